package store

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"
)

// plan gives how a database would answer.
func plan(t *testing.T, db interface {
	Query(string, ...any) (*sql.Rows, error)
}, q *query) string {
	t.Helper()
	explain, columns := "EXPLAIN ", 1
	if q.mark == "?" {
		explain, columns = "EXPLAIN QUERY PLAN ", 4
	}
	rows, err := db.Query(explain+q.String(), q.args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var a, b, c, line any
		if err := rows.Scan([]any{&a, &b, &c, &line}[4-columns:]...); err != nil {
			t.Fatal(err)
		}
		text, _ := line.(string)
		lines = append(lines, text)
	}
	return strings.Join(lines, "\n")
}

// tablesOf gives what both stores have in common.
func tablesOf(s Store) *tables {
	switch s := s.(type) {
	case *sqlite:
		return &s.tables
	case *postgres:
		return &s.tables
	}
	return nil
}

// TestIndexes asks each database how it would answer the questions that the indexes are for.
func TestIndexes(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		calls := traffic(5000)
		put(t, s, 5000, 0, calls...)
		if err := s.Finish(context.Background()); err != nil {
			t.Fatal(err)
		}
		f := func(filter Filter, want string) {
			t.Helper()
			q := query{dialect: &tablesOf(s).dialect}
			q.WriteString("SELECT " + columnList("") + " FROM calls")
			q.where(&filter)
			q.WriteString(" ORDER BY start, id")
			if got := plan(t, raw(s), &q); !regexp.MustCompile(want).MatchString(got) {
				t.Errorf("%+v: want %s in\n%s", filter, want, got)
			}
		}
		opc, cic := uint32(4001), uint32(7)
		f(Filter{Called: calls[9].Called.String()}, `calls_\w*called\b`)
		f(Filter{Called: calls[9].Called.String()[:9] + "*"}, `calls_\w*called\b`)
		f(Filter{Calling: calls[9].Calling.String()}, `calls_\w*calling\b`)
		f(Filter{CIC: &cic, OPC: &opc}, `calls_\w*circuit`)
		f(Filter{Number: []string{calls[9].Called.String(), "12"}}, `(?s)calls_\w*called\b.*calls_\w*calling\b.*calls_\w*redirecting\b.*original_called`)
		f(Filter{From: at("08:00:00"), To: at("08:00:01")}, `calls_20031012_pkey|PRIMARY KEY`)
	})
}
