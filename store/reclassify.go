package store

import (
	"context"
	"database/sql"

	"c7mon/correlate"
)

// ReclassResult counts what Reclassify has done.
type ReclassResult struct {
	Seen    int64 // calls that were looked at
	Changed int64 // calls that have another service or trunk group now
}

// reclassBatch is how many changed calls one transaction takes.
const reclassBatch = 16384

// A renamed call is one that gets another service or trunk group.
type renamed struct {
	key
	was                 Copy
	service, trunkGroup string
}

// callsRenamed is the staging table of Reclassify.
var callsRenamed = staging{"calls_renamed", []column{{"start", moment}, {"id", big}, {"messages", whole}, {"end_reason", small},
	{"service", text}, {"trunk_group", text}}}

// Reclassify is as Store says.
func (t *tables) Reclassify(ctx context.Context, f Filter, fn func(*Row) (service, trunkGroup string)) (r ReclassResult, err error) {
	batch := make([]renamed, 0, reclassBatch)
	flush := func() error {
		n, err := t.rename(ctx, batch)
		r.Changed += n
		batch = batch[:0]
		return err
	}
	err = t.Calls(ctx, f, func(row *Row) error {
		r.Seen++
		service, group := "", ""
		if row.Flags&correlate.Partial == 0 {
			service, group = fn(row)
		}
		if service == row.Service && group == row.TrunkGroup {
			return nil
		}
		batch = append(batch, renamed{key{row.Start.Micros(), int64(row.ID)}, row.Copy(), service, group})
		if len(batch) < reclassBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return r, err
}

// rename stores new names of calls in one transaction, and tells how many. A call that was replaced since it was read is
// left as it is: it has the names of the one who replaced it.
func (t *tables) rename(ctx context.Context, calls []renamed) (changed int64, err error) {
	if len(calls) == 0 {
		return 0, nil
	}
	err = t.session(ctx, func(conn *sql.Conn, tx *sql.Tx) error {
		if err := t.stage(ctx, conn, tx, &callsRenamed, len(calls), func(i int, dst []any) []any {
			c := &calls[i]
			return append(dst, t.dialect.moment(c.start), c.id, int64(c.was.Messages), int64(c.was.EndReason),
				orNull(c.service), orNull(c.trunkGroup))
		}); err != nil {
			return err
		}
		q := query{dialect: &t.dialect}
		q.rename(calls[0].start, calls[len(calls)-1].start) // oldest first
		done, err := tx.ExecContext(ctx, q.String(), q.args...)
		if err != nil {
			return err
		}
		changed, err = done.RowsAffected()
		return err
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// rename takes the new names of calls of a time from their staging table.
func (q *query) rename(first, last int64) {
	q.WriteString("UPDATE calls SET service = a.service, trunk_group = a.trunk_group FROM calls_renamed AS a")
	q.within("calls.start", first, last)
	q.WriteString(" AND calls.start = a.start AND calls.id = a.id AND calls.messages = a.messages AND calls.end_reason = a.end_reason")
}

// orNull gives a text as it is stored: an empty one is null.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
