package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"c7mon/correlate"
	"c7mon/wire"
)

// ErrNoCall is the error of Call for an id that is not stored.
var ErrNoCall = errors.New("no such call")

// tables is what both databases do the same way, over database/sql.
type tables struct {
	db      *sql.DB
	dialect dialect
	stage   stage
	explain func(error) error // an error of the database as one line that says what to do
	was, is int64             // schema
}

func (t *tables) Schema() (was, is int64) { return t.was, t.is }

// A field is where the scan of one column goes.
type field struct {
	r *record
	i int
}

// Scan takes a value from either database.
func (f field) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		f.r.null |= 1 << f.i
	case int64:
		f.r.num[f.i] = v
	case time.Time:
		f.r.num[f.i] = v.UnixMicro()
	case string:
		f.r.string(f.i, v)
	default:
		return fmt.Errorf("column %s: a value of type %T", columns[f.i].name, v)
	}
	return nil
}

// Calls is as Store says.
func (t *tables) Calls(ctx context.Context, f Filter, fn func(*Row) error) error {
	q := query{dialect: &t.dialect}
	q.WriteString("SELECT " + columnList("") + " FROM calls")
	q.where(&f)
	q.WriteString(" ORDER BY start, id")
	if f.Limit > 0 {
		q.WriteString(" LIMIT " + strconv.Itoa(f.Limit))
	}
	return t.rows(ctx, &q, fn)
}

// Call is as Store says.
func (t *tables) Call(ctx context.Context, id uint64) (*Row, error) {
	q := query{dialect: &t.dialect}
	q.WriteString("SELECT " + columnList("") + " FROM calls WHERE id = " + q.arg(int64(id)) + " ORDER BY start LIMIT 1")
	var found *Row
	err := t.rows(ctx, &q, func(r *Row) error {
		found = r
		return nil
	})
	if err == nil && found == nil {
		err = fmt.Errorf("%w: %d: c7mon calls lists those there are", ErrNoCall, id)
	}
	return found, err
}

// rows runs a query over all columns of calls. What it asks for beyond them goes to more.
func (t *tables) rows(ctx context.Context, q *query, fn func(*Row) error, more ...any) error {
	captures, err := t.Captures(ctx)
	if err != nil {
		return err
	}
	paths := make(map[int64]string, len(captures))
	for i := range captures {
		paths[captures[i].ID] = captures[i].Path
	}
	rows, err := t.db.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return t.explain(err)
	}
	defer rows.Close()
	var rec record
	dest := make([]any, numColumns, numColumns+len(more))
	for i := range dest {
		dest[i] = field{&rec, i}
	}
	dest = append(dest, more...)
	var row Row
	for rows.Next() {
		rec.null, rec.buf = 0, rec.buf[:0]
		if err := rows.Scan(dest...); err != nil {
			return t.explain(err)
		}
		rec.call(&row)
		row.CapturePath, row.LastCapturePath = paths[row.Capture], paths[row.LastCapture]
		if err := fn(&row); err != nil {
			return err
		}
	}
	return t.explain(rows.Err())
}

// moments scans a time that may be null.
type moments struct{ wire.Time }

// Scan takes a value from either database.
func (m *moments) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		m.Time = wire.NoTime
	case int64:
		m.Time = fromMicros(v)
	case time.Time:
		m.Time = fromMicros(v.UnixMicro())
	default:
		return fmt.Errorf("a time of type %T", v)
	}
	return nil
}

// Newest is as Store says.
func (t *tables) Newest(ctx context.Context) (wire.Time, error) {
	first, end := sane(time.Now())
	for _, f := range []Filter{{From: first, To: end}, {}} {
		q := query{dialect: &t.dialect}
		q.WriteString("SELECT max(start) FROM calls")
		q.where(&f)
		var newest moments
		if err := t.db.QueryRowContext(ctx, q.String(), q.args...).Scan(&newest); err != nil {
			return wire.NoTime, t.explain(err)
		}
		if newest.Known() {
			return newest.Time, nil
		}
	}
	return wire.NoTime, nil
}

// sane gives the days that calls are dated by clocks that go right: from 1990 to the end of tomorrow, UTC.
func sane(now time.Time) (first, end wire.Time) {
	return wire.TimeOf(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)),
		wire.TimeOf(now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 2))
}

// transaction runs fn in one, which it ends.
func (t *tables) transaction(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return t.explain(err)
	}
	if err := fn(tx); err != nil {
		tx.Rollback() // the error that counts is the first
		return t.explain(err)
	}
	return t.explain(tx.Commit())
}

// columnList gives the names of the columns of calls, each after prefix.
func columnList(prefix string) string {
	names := make([]string, numColumns)
	for i := range names {
		names[i] = prefix + columns[i].name
	}
	return strings.Join(names, ", ")
}

// replaceRule is the tail of an INSERT that gives better its say over a row that is there already.
func replaceRule() string {
	set := make([]string, 0, numColumns)
	for _, c := range columns[2:] {
		set = append(set, c.name+" = excluded."+c.name)
	}
	end := strconv.Itoa(int(correlate.ByCaptureEnd))
	return " ON CONFLICT (start, id) DO UPDATE SET " + strings.Join(set, ", ") +
		" WHERE calls.end_reason = " + end + " AND excluded.end_reason NOT IN (0, " + end + ")" +
		" OR excluded.messages > calls.messages"
}
