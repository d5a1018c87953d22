package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/wire"
)

// ErrNoCall is the error of Call for an id that is not stored.
var ErrNoCall = errors.New("no such call")

// tables is what both databases do the same way, over database/sql.
type tables struct {
	db      *sql.DB
	dialect dialect
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

// rows runs a query over all columns of calls.
func (t *tables) rows(ctx context.Context, q *query, fn func(*Row) error) error {
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
	dest := make([]any, numColumns)
	for i := range dest {
		dest[i] = field{&rec, i}
	}
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

// Causes is as Store says.
func (t *tables) Causes(ctx context.Context, f Filter, by By) ([]CauseCount, error) {
	q := query{dialect: &t.dialect}
	key, err := t.dimension(ctx, &q, &f, by)
	if err != nil {
		return nil, err
	}
	q.WriteString("SELECT " + key + " AS k, cause, outcome, flags & 1 AS partial, count(*) FROM calls")
	q.where(&f)
	q.WriteString(" GROUP BY 1, 2, 3, 4")
	rows, err := t.db.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, t.explain(err)
	}
	defer rows.Close()
	var out []CauseCount
	for rows.Next() {
		var c CauseCount
		var key sql.NullString
		var code sql.NullInt64
		var partial int64
		if err := rows.Scan(&key, &code, &c.Outcome, &partial, &c.Calls); err != nil {
			return nil, t.explain(err)
		}
		c.Key, c.HasCause, c.Cause, c.Partial = by.key(key), code.Valid, cause.Code(code.Int64), partial != 0
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b CauseCount) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.code(), b.code()), cmp.Compare(a.Outcome, b.Outcome),
			cmp.Compare(fmt.Sprint(a.Partial), fmt.Sprint(b.Partial)))
	})
	return out, t.explain(rows.Err())
}

// code puts the calls without a cause after all causes.
func (c *CauseCount) code() int {
	if !c.HasCause {
		return 256
	}
	return int(c.Cause)
}

// dimension gives the SQL of what Causes divides by, always a text.
func (t *tables) dimension(ctx context.Context, q *query, f *Filter, by By) (string, error) {
	switch by.Dimension {
	case ByService:
		return "service", nil
	case ByTrunkGroup:
		return "trunk_group", nil
	case ByDPC:
		return "CAST(dpc AS text)", nil
	case ByLocation:
		return "CAST(cause_location AS text)", nil
	case ByDay:
		first, last, err := t.span(ctx, f)
		if err != nil {
			return "", err
		}
		return "CAST(" + t.dialect.day(q.zone(by.Zone, first, last)) + " AS text)", nil
	}
	return "''", nil
}

// key gives the value of the dimension as it is printed.
func (by By) key(k sql.NullString) string {
	if !k.Valid {
		return ""
	}
	n, err := strconv.Atoi(k.String)
	switch {
	case err != nil:
	case by.Dimension == ByLocation:
		return cause.Location(n).String()
	case by.Dimension == ByDay:
		return time.Unix(int64(n)*86400, 0).UTC().Format(time.DateOnly)
	}
	return k.String
}

// zone appends nothing: it gives the SQL of a zone's offset at start, constant or a choice between the times at which
// the zone changes between first and last.
func (q *query) zone(zone *time.Location, first, last wire.Time) string {
	if zone == nil {
		zone = time.UTC
	}
	var sql strings.Builder
	at := first.Std().In(zone)
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		if end.IsZero() || end.After(last.Std()) {
			if sql.Len() == 0 {
				return q.dialect.offset(offset)
			}
			return "CASE " + sql.String() + " ELSE " + q.dialect.offset(offset) + " END"
		}
		sql.WriteString(" WHEN start < " + q.arg(q.moment(end.UnixMicro())) + " THEN " + q.dialect.offset(offset))
		at = end
	}
}

// span gives the first and the last start that f lets through, both 0 when it lets nothing through.
func (t *tables) span(ctx context.Context, f *Filter) (first, last wire.Time, err error) {
	q := query{dialect: &t.dialect}
	q.WriteString("SELECT min(start), max(start) FROM calls")
	q.where(f)
	var a, b moments
	if err := t.db.QueryRowContext(ctx, q.String(), q.args...).Scan(&a, &b); err != nil {
		return 0, 0, t.explain(err)
	}
	if !a.Known() {
		return 0, 0, nil
	}
	return a.Time, b.Time, nil
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

// Coverage is as Store says.
func (t *tables) Coverage(ctx context.Context, from, to wire.Time) ([]Coverage, error) {
	q := query{dialect: &t.dialect}
	q.WriteString("SELECT capture, link, direction, quarter, seen, coalesce(expected, 0) FROM coverage WHERE 1 = 1")
	if from.Known() {
		q.WriteString(" AND quarter > " + q.arg(q.moment(from.Micros()-int64(quarter/time.Microsecond))))
	}
	if to.Known() {
		q.WriteString(" AND quarter < " + q.arg(q.moment(ceilMicros(to))))
	}
	q.WriteString(" ORDER BY quarter, capture, link, direction")
	rows, err := t.db.QueryContext(ctx, q.String(), q.args...)
	if err != nil {
		return nil, t.explain(err)
	}
	defer rows.Close()
	var out []Coverage
	for rows.Next() {
		var c Coverage
		var start moments
		if err := rows.Scan(&c.Capture, &c.Link, &c.Direction, &start, &c.Seen, &c.Expected); err != nil {
			return nil, t.explain(err)
		}
		c.Quarter = start.Time
		out = append(out, c)
	}
	return out, t.explain(rows.Err())
}

const quarter = 15 * time.Minute

// Captures is as Store says.
func (t *tables) Captures(ctx context.Context) ([]Capture, error) {
	rows, err := t.db.QueryContext(ctx,
		"SELECT id, path, size, sha256, first_time, last_time, frames, bytes FROM captures ORDER BY id")
	if err != nil {
		return nil, t.explain(err)
	}
	defer rows.Close()
	var out []Capture
	for rows.Next() {
		var c Capture
		var sum []byte
		var first, last moments
		if err := rows.Scan(&c.ID, &c.Path, &c.Size, &sum, &first, &last, &c.Frames, &c.Bytes); err != nil {
			return nil, t.explain(err)
		}
		copy(c.SHA256[:], sum)
		c.First, c.Last = first.Time, last.Time
		out = append(out, c)
	}
	return out, t.explain(rows.Err())
}

// PutCapture is as Store says.
func (t *tables) PutCapture(ctx context.Context, c Capture) (id int64, err error) {
	c.Path = strings.ToValidUTF8(c.Path, "\uFFFD") // file names may hold any octets, a text of PostgreSQL may not
	err = t.transaction(ctx, func(tx *sql.Tx) error {
		q := query{dialect: &t.dialect}
		q.WriteString("SELECT id, frames FROM captures WHERE path = " + q.arg(c.Path) +
			" AND sha256 = " + q.arg(c.SHA256[:]) + " AND size = " + q.arg(c.Size))
		var frames uint64
		err := tx.QueryRowContext(ctx, q.String(), q.args...).Scan(&id, &frames)
		if errors.Is(err, sql.ErrNoRows) {
			return t.insertCapture(ctx, tx, &c, &id)
		}
		if err != nil || frames > c.Frames {
			return err
		}
		q = query{dialect: &t.dialect}
		q.WriteString("UPDATE captures SET first_time = " + q.arg(t.known(c.First)) + ", last_time = " + q.arg(t.known(c.Last)) +
			", frames = " + q.arg(int64(c.Frames)) + ", bytes = " + q.arg(int64(c.Bytes)) + " WHERE id = " + q.arg(id))
		_, err = tx.ExecContext(ctx, q.String(), q.args...)
		return err
	})
	return id, err
}

// insertCapture enters a new capture; another program may have done so a moment ago.
func (t *tables) insertCapture(ctx context.Context, tx *sql.Tx, c *Capture, id *int64) error {
	q := query{dialect: &t.dialect}
	values := []string{q.arg(c.Path), q.arg(c.SHA256[:]), q.arg(c.Size), q.arg(t.known(c.First)), q.arg(t.known(c.Last)),
		q.arg(int64(c.Frames)), q.arg(int64(c.Bytes))}
	q.WriteString("INSERT INTO captures (path, sha256, size, first_time, last_time, frames, bytes) VALUES (" +
		strings.Join(values, ", ") + ") ON CONFLICT (path, sha256, size) DO UPDATE SET path = excluded.path RETURNING id")
	return tx.QueryRowContext(ctx, q.String(), q.args...).Scan(id)
}

// known gives a time as a parameter, null when it is not known.
func (t *tables) known(at wire.Time) any {
	if !at.Known() {
		return nil
	}
	return t.dialect.moment(at.Micros())
}

// PutCoverage is as Store says.
func (t *tables) PutCoverage(ctx context.Context, cs []Coverage) error {
	return t.transaction(ctx, func(tx *sql.Tx) error {
		cleared := map[int64]bool{}
		for i := range cs {
			c := &cs[i]
			if !cleared[c.Capture] {
				cleared[c.Capture] = true
				if _, err := tx.ExecContext(ctx, "DELETE FROM coverage WHERE capture = "+t.dialect.mark+"1", c.Capture); err != nil {
					return err
				}
			}
			if err := t.insertCoverage(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *tables) insertCoverage(ctx context.Context, tx *sql.Tx, c *Coverage) error {
	q := query{dialect: &t.dialect}
	values := []string{q.arg(c.Capture), q.arg(c.Link), q.arg(int64(c.Direction)), q.arg(t.dialect.moment(c.Quarter.Micros())),
		q.arg(int64(c.Seen)), q.arg(sql.NullInt64{Int64: int64(c.Expected), Valid: c.Expected != 0})}
	q.WriteString("INSERT INTO coverage (capture, link, direction, quarter, seen, expected) VALUES (" +
		strings.Join(values, ", ") + ")")
	_, err := tx.ExecContext(ctx, q.String(), q.args...)
	return err
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
