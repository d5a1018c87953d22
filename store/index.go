package store

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
)

// indexes are what the questions people ask need besides the primary key: a number or its beginning, a circuit, a call's
// id. They cost more than the rows themselves, so they are built when a load ends.
var indexes = []struct{ name, on string }{
	{"called", "(called)"},
	{"calling", "(calling)"},
	{"redirecting", "(redirecting) WHERE redirecting IS NOT NULL"},
	{"original_called", "(original_called) WHERE original_called IS NOT NULL"},
	{"circuit", "(cic, opc, dpc)"},
	{"id", "(id)"},
}

// Finish is as Store says: the partitions that lack an index get it.
func (p *postgres) Finish(ctx context.Context) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return p.explain(err)
	}
	defer conn.Release()
	return p.explain(pgx.BeginFunc(ctx, conn.Conn(), func(tx pgx.Tx) error {
		// One row an index that a partition lacks.
		names := make([]string, len(indexes))
		on := map[string]string{}
		for i, x := range indexes {
			names[i] = x.name
			on[x.name] = x.on
		}
		rows, err := tx.Query(ctx, `SELECT c.relname, x.name
			FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid CROSS JOIN unnest($1::text[]) AS x (name)
			WHERE i.inhparent = 'calls'::regclass AND NOT EXISTS (
				SELECT FROM pg_class d JOIN pg_index n ON n.indexrelid = d.oid
				WHERE n.indrelid = c.oid AND d.relname = c.relname || '_' || x.name)
			ORDER BY c.relname`, names)
		if err != nil {
			return err
		}
		var missing []string
		var table, index, last string
		if _, err := pgx.ForEachRow(rows, []any{&table, &index}, func() error {
			if table != last { // without statistics the server would not use the indexes
				missing = append(missing, "ANALYZE "+table)
			}
			last = table
			missing = append(missing, "CREATE INDEX "+table+"_"+index+" ON "+table+" "+on[index])
			return nil
		}); err != nil || len(missing) == 0 {
			return err
		}
		_, err = tx.Exec(ctx, "SET LOCAL maintenance_work_mem = '256MB'; "+strings.Join(missing, "; "), pgx.QueryExecModeSimpleProtocol)
		return err
	}))
}
