package store

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"c7mon/store/pgtest"
)

// refused checks that a database is not opened and that the one line says why.
func refused(t *testing.T, url string, mode Mode, want string) {
	t.Helper()
	s, err := Open(context.Background(), url, mode)
	if err == nil {
		s.Close()
		t.Errorf("%s: opened, want: %s", url, want)
		return
	}
	if ok, _ := regexp.MatchString(want, err.Error()); !ok || strings.ContainsAny(err.Error(), "\n") {
		t.Errorf("%s:\ngot  %v\nwant %s", url, err, want)
	}
}

func TestOpenRefuses(t *testing.T) {
	refused(t, "mysql://root:secret@h/x", Write, `^database "mysql://root:xxxxx@h/x": neither sqlite:PATH nor postgres://USER@HOST/NAME$`)
	refused(t, "c7mon.db", Write, `neither sqlite:PATH`)
	refused(t, "none", Read, `^database none: this needs a database: give --db `)
	refused(t, "sqlite:", Write, `name a file: --db sqlite:c7mon.db`)
	refused(t, "sqlite::memory:", Write, `name a file`)
	refused(t, "postgres://u:p%zz@h/x", Write, `^database postgres:...: not understood: write postgres://`)
	refused(t, "postgres://u:secret@h:port/x", Write, `^database postgres:...: not understood: write postgres://`)
}

func TestSQLiteRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, contents string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	f := func(path string, mode Mode, want string) {
		t.Helper()
		refused(t, "sqlite:"+path, mode, "^database "+regexp.QuoteMeta(path)+": "+want)
	}
	none := filepath.Join(dir, "none.db")
	f(none, Read, "there is no such file: run c7mon replay first, or name another with --db$")
	if _, err := os.Stat(none); !errors.Is(err, os.ErrNotExist) {
		t.Error("reading made the file")
	}
	f(filepath.Join(dir, "no", "such", "c.db"), Write, "there is no folder .*/no/such: create it, or name another file with --db$")
	f(dir, Write, "it is a folder: name a file in it, such as --db sqlite:.*/c7mon.db$")
	f(dir, Read, "it is a folder: ")
	note := file("note.txt", "Not a database, but a letter to my aunt.")
	f(note, Write, "the file is no SQLite database: name another with --db; it was left as it is$")
	f(note, Read, "the file is no SQLite database: ")
	f(filepath.Join(note, "x.db"), Write, "not a directory: name another file with --db$")
	f(file("short", "SQLite"), Write, "the file is no SQLite database: ")
	f(file("half.db", sqliteMagic+strings.Repeat("x", 100)), Write, "the file is no SQLite database: ")
	f(file("empty.db", ""), Read, "there are no calls in it yet: run c7mon replay or c7mon migrate with this --db first$")
	locked := file("read-only.db", "")
	if err := os.Chmod(locked, 0o444); err != nil {
		t.Fatal(err)
	}
	f(locked, Write, `the file is read-only: chmod u\+w it, or name another with --db$`)

	foreign := file("foreign.db", "")
	db, err := sql.Open("sqlite", "file:"+foreign)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("CREATE TABLE songs (title text)"); err != nil {
		t.Fatal(err)
	}
	db.Close()
	f(foreign, Write, "the file is another program's database: name another with --db; it was left as it is$")
	f(foreign, Read, "there are no calls in it yet: ")
}

// TestSQLiteInUse has another program write meanwhile.
func TestSQLiteInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.db")
	s := open(t, "sqlite:"+path, Write)
	put(t, s, 1, 0, answered(at("08:00:00"), 1))
	other := open(t, "sqlite:"+path, Read)
	tx, err := s.(*sqlite).db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if rows := read(t, other, Filter{}); len(rows) != 1 {
		t.Errorf("read %d calls while another writes", len(rows))
	}
	late := &sqlite{path: path}
	late.dialect, late.explain = sqliteDialect, s.(*sqlite).explain
	if err := late.open(sqliteURL(path, "_txlock", "immediate", "_busy_timeout", "10")); err != nil {
		t.Fatal(err)
	}
	defer late.Close()
	if _, err := late.PutCapture(context.Background(), Capture{}); err == nil ||
		err.Error() != "database "+path+": another program is writing to it: wait until it ends, then run the command again" {
		t.Error(err)
	}
}

func TestSQLiteFull(t *testing.T) {
	s := open(t, "sqlite:"+filepath.Join(t.TempDir(), "c.db"), Write)
	raw(s).SetMaxOpenConns(1)
	run(t, s, "PRAGMA max_page_count = 100")
	r, err := s.Put(context.Background(), traffic(5000), nil)
	if err == nil || r != (Result{}) || !strings.HasSuffix(err.Error(), "c.db: the disk is full: make room, then run the command again") {
		t.Errorf("%+v %v", r, err)
	}
	if rows := read(t, s, Filter{}); len(rows) != 0 {
		t.Errorf("%d calls are in", len(rows))
	}
}

// TestSQLiteReadOnlyPlace reads a database where nothing may be written.
func TestSQLiteReadOnlyPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.db")
	s := open(t, "sqlite:"+path, Write)
	put(t, s, 1, 0, answered(at("08:00:00"), 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o444); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(path), 0o555); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(filepath.Dir(path), 0o755)
	r := open(t, "sqlite:"+path, Read)
	if rows := read(t, r, Filter{}); len(rows) != 1 {
		t.Errorf("%d calls", len(rows))
	}
	if _, err := r.Put(context.Background(), traffic(1), nil); err == nil ||
		!strings.HasSuffix(err.Error(), ": the file or its folder is read-only: chmod or chown it, or name another with --db") {
		t.Errorf("put: %v", err)
	}
}

func TestPostgresRefuses(t *testing.T) {
	base := cluster.Database(t)
	if !cluster.Private() {
		t.Skip("needs the roles of a private server: unset " + pgtest.Env)
	}
	f := func(change func(*url.URL, url.Values), mode Mode, want string) {
		t.Helper()
		u, err := url.Parse(base)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		change(u, q)
		u.RawQuery = q.Encode()
		refused(t, u.String(), mode, want)
	}
	user := func(name, password string) func(*url.URL, url.Values) {
		return func(u *url.URL, _ url.Values) { u.User = url.UserPassword(name, password) }
	}
	f(user(pgtest.Locked, "wrong"), Write, `^postgres database c7mon_test_\S+ at /tmp/c7mon-pg-\d+/.s.PGSQL.5432: wrong password for user locked: give the right one in --db, PGPASSWORD or ~/.pgpass$`)
	f(user(pgtest.Locked, "wrong"), Read, `: wrong password for user locked: `)
	f(user(pgtest.Locked, pgtest.LockedPassword), Read, `: there are no calls in it yet: run c7mon replay or c7mon migrate with this --db first$`)
	f(user(pgtest.Locked, pgtest.LockedPassword), Write, `: user locked lacks a right \(permission denied for schema public\): GRANT ALL ON DATABASE `)
	f(user("nobody-here", ""), Write, `: the server does not let user nobody-here in \(role "nobody-here" does not exist\): create the user or allow it in pg_hba.conf$`)
	f(func(u *url.URL, _ url.Values) { u.Path = "/nowhere" }, Write,
		`^postgres database nowhere at .*: there is no such database: create it with createdb nowhere, or correct the name in --db$`)
	f(func(_ *url.URL, q url.Values) { q.Set("host", "/tmp/nowhere") }, Write,
		`: no PostgreSQL server answers there \(no such file or directory\): start it, or correct host and port in --db$`)
	f(func(_ *url.URL, q url.Values) { q.Set("default_transaction_read_only", "on") }, Write,
		`: the server is read-only: connect to the primary, not to a standby$`)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := l.Addr().String()
	l.Close()
	refused(t, "postgres://u:secret@"+free+"/x", Write, `^postgres database x at `+free+
		`: no PostgreSQL server answers there \(connection refused\): start it, or correct host and port in --db$`)
}

func TestSchema(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		const newest = 3
		f := func(mode Mode, was, is int64) Store {
			t.Helper()
			s := open(t, url, mode)
			if a, b := s.Schema(); a != was || b != is {
				t.Errorf("schema was %d and is %d, want %d and %d", a, b, was, is)
			}
			return s
		}
		s := f(Write, 0, newest)
		put(t, s, 1, 0, answered(at("08:00:00"), 1))
		f(Write, newest, newest)
		f(Read, newest, newest)

		run(t, s, "DROP VIEW charge_list", "DROP TABLE charges", "DROP TABLE charge_terms", "DELETE FROM schema_version WHERE version_id = 3")
		if _, lite := s.(*sqlite); lite {
			run(t, s, "DROP TRIGGER charge_goes_on_update", "DROP TRIGGER charge_goes_on_delete")
		} else {
			run(t, s, "DROP FUNCTION charge_goes_with_call CASCADE")
		}
		refused(t, url, Read, `: its schema is version 2, this c7mon needs 3: run c7mon migrate$`)
		f(Write, 2, newest)
		if n := number(t, s, "SELECT count(*) FROM call_list"); n != 1 {
			t.Errorf("%d calls after the upgrade, want 1", n)
		}
		run(t, s, "INSERT INTO schema_version (version_id, is_applied) VALUES (99, true)")
		for _, mode := range []Mode{Read, Write} {
			refused(t, url, mode, `: its schema is version 99, this c7mon knows versions up to 3: use the newer c7mon that made it$`)
		}
	})
}

// TestOpenAtOnce has several programs make the schema at the same time.
func TestOpenAtOnce(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		done := make(chan error)
		for range 4 {
			go func() {
				s, err := Open(context.Background(), url, Write)
				if err == nil {
					err = s.Close()
				}
				done <- err
			}()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}
