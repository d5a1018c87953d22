package store

import (
	"context"
	"database/sql"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// A staging is a table of the session, into which many rows go at once, so that one statement can join them with what the
// database has.
type staging struct {
	table   string
	columns []column
}

// stage fills a staging table with n rows, in place of those it had. row appends the values of row i to dst, which is
// empty.
type stage func(ctx context.Context, conn *sql.Conn, tx *sql.Tx, s *staging, n int, row func(i int, dst []any) []any) error

// session runs fn in a transaction, which it ends, with the connection of that.
func (t *tables) session(ctx context.Context, fn func(*sql.Conn, *sql.Tx) error) error {
	conn, err := t.db.Conn(ctx)
	if err != nil {
		return t.explain(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return t.explain(err)
	}
	if err := fn(conn, tx); err != nil {
		tx.Rollback() // the error that counts is the first
		return t.explain(err)
	}
	return t.explain(tx.Commit())
}

// names gives the columns, each with its type where types are given.
func (s *staging) names(types []string) string {
	names := make([]string, len(s.columns))
	for i, c := range s.columns {
		names[i] = c.name
		if types != nil {
			names[i] += " " + types[c.kind]
		}
	}
	return strings.Join(names, ", ")
}

// pgTypes are the types of PostgreSQL by kind.
var pgTypes = []string{moment: "timestamptz", big: "bigint", whole: "integer", small: "smallint", text: `text COLLATE "C"`}

// stagePostgres fills the table by COPY. The server forgets its rows with the transaction.
func stagePostgres(ctx context.Context, conn *sql.Conn, tx *sql.Tx, s *staging, n int, row func(int, []any) []any) error {
	if _, err := tx.ExecContext(ctx, "CREATE TEMPORARY TABLE IF NOT EXISTS "+s.table+" ("+s.names(pgTypes)+") ON COMMIT DELETE ROWS"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "TRUNCATE "+s.table); err != nil {
		return err
	}
	if err := conn.Raw(func(driver any) error {
		values := make([]any, 0, len(s.columns))
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{s.table}, strings.Split(s.names(nil), ", "),
			pgx.CopyFromSlice(n, func(i int) ([]any, error) {
				values = row(i, values[:0])
				return values, nil
			}))
		return err
	}); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "ANALYZE "+s.table) // else the server guesses how many they are
	return err
}

// stageSQLite fills the table by inserts of many rows.
func stageSQLite(ctx context.Context, _ *sql.Conn, tx *sql.Tx, s *staging, n int, row func(int, []any) []any) error {
	if _, err := tx.ExecContext(ctx, "CREATE TEMPORARY TABLE IF NOT EXISTS "+s.table+" ("+s.names(nil)+")"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DELETE FROM "+s.table); err != nil {
		return err
	}
	one := "(?" + strings.Repeat(", ?", len(s.columns)-1) + ")"
	var values, args []any
	done := 0
	for _, size := range []int{sqliteRows, 1} {
		if n-done < size {
			continue
		}
		insert, err := tx.PrepareContext(ctx, "INSERT INTO "+s.table+" VALUES "+one+strings.Repeat(", "+one, size-1))
		if err != nil {
			return err
		}
		defer insert.Close()
		for ; n-done >= size; done += size {
			args = args[:0]
			for i := range size {
				values = row(done+i, values[:0])
				args = append(args, values...)
			}
			if _, err := insert.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
	}
	return nil
}
