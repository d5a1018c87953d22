package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/cause"
	"c7mon/wire"
)

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
			cmp.Compare(bit(a.Partial), bit(b.Partial)))
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

// zone gives the SQL of a zone's offset at start, constant or a choice between the times at which
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

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
