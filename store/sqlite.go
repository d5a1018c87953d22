package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"c7mon/correlate"
)

// sqlite is a Store in one file.
type sqlite struct {
	tables
	path string
	rec  record
	args []any
}

var sqliteDialect = dialect{
	mark:   "?",
	moment: func(us int64) any { return us },
	day: func(offset string) string { // of the days since 200,000 days before 1970, so that division rounds down
		return "((start + " + offset + " + 17280000000000000) / 86400000000 - 200000)"
	},
	offset:      func(seconds int) string { return strconv.Itoa(seconds * 1000000) },
	hasVersions: "SELECT count(*) > 0 FROM sqlite_schema WHERE name = '" + versions + "'",
}

// openSQLite opens a database file, which Write makes when it is not there.
func openSQLite(ctx context.Context, path string, mode Mode) (Store, error) {
	if err := examine(path, mode); err != nil {
		return nil, err
	}
	s := &sqlite{path: path}
	s.dialect, s.stage = sqliteDialect, stageSQLite
	s.explain = func(err error) error { return explainSQLite(path, err) }
	var err error
	if mode == Write {
		err = s.open(sqliteURL(path, "_txlock", "immediate", "_journal_mode", "WAL", "_busy_timeout", strconv.Itoa(int(patience.Milliseconds())),
			"_pragma", "cache_size(-65536)", "_pragma", "foreign_keys(1)"))
		if err == nil {
			err = s.prepare(ctx)
		}
	} else {
		err = s.open(sqliteURL(path, "mode", "ro", "_busy_timeout", strconv.Itoa(int(patience.Milliseconds()))))
		if err == nil {
			err = s.check(ctx, "database "+path, "sqlite")
		}
		if code := sqliteCode(err); code == lib.SQLITE_CANTOPEN || code == lib.SQLITE_READONLY {
			// The file is in WAL mode in a folder where SQLite cannot make the files it wants beside it.
			s.db.Close()
			if err = s.open(sqliteURL(path, "mode", "ro", "immutable", "1")); err == nil {
				err = s.check(ctx, "database "+path, "sqlite")
			}
		}
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *sqlite) open(url string) (err error) {
	s.db, err = sql.Open("sqlite", url)
	if err == nil {
		s.db.SetMaxOpenConns(4)
	}
	return err
}

// prepare brings the file to the newest schema. SQLite itself does not wait for another program that does the same at that
// moment, when the file changes to WAL mode.
func (s *sqlite) prepare(ctx context.Context) error {
	began := time.Now()
	for failures := 0; ; {
		err := s.own(ctx)
		if err == nil {
			err = s.migrate(ctx, "database "+s.path, "sqlite", goose.DialectSQLite3)
		}
		// A migration that the other program has just done fails here as a whole, and is known as done when looked for again.
		if err != nil && sqliteCode(err) != lib.SQLITE_BUSY {
			failures++
		}
		if err == nil || failures > 3 || time.Since(began) > patience {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// patience is how long to wait for another program that writes to the same file.
const patience = 10 * time.Second

// own refuses the file of another program.
func (s *sqlite) own(ctx context.Context) error {
	var all, ours int
	err := s.db.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (WHERE name = ?) FROM sqlite_schema", versions).
		Scan(&all, &ours)
	if err == nil && all > 0 && ours == 0 {
		return fmt.Errorf("database %s: the file is another program's database: name another with --db; it was left as it is", s.path)
	}
	return s.explain(err)
}

// sqliteURL gives the file as a URI, in which no character of the path means anything else.
func sqliteURL(path string, options ...string) string {
	q := url.Values{}
	for i := 0; i < len(options); i += 2 {
		q.Add(options[i], options[i+1])
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// sqliteMagic opens every SQLite file.
const sqliteMagic = "SQLite format 3\x00"

// examine says what is wrong with a path before SQLite gets it: SQLite says no more than that it cannot.
func examine(path string, mode Mode) error {
	if path == "" || strings.HasPrefix(path, ":") {
		return fmt.Errorf("database sqlite:%s: name a file: --db sqlite:c7mon.db", path)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && mode == Read:
		return fmt.Errorf("database %s: there is no such file: run c7mon replay first, or name another with --db", path)
	case errors.Is(err, fs.ErrNotExist):
		dir := filepath.Dir(path)
		if d, err := os.Stat(dir); err != nil || !d.IsDir() {
			return fmt.Errorf("database %s: there is no folder %s: create it, or name another file with --db", path, dir)
		}
		return nil
	case err != nil:
		return fmt.Errorf("database %s: %w: name another file with --db", path, bare(err))
	case info.IsDir():
		return fmt.Errorf("database %s: it is a folder: name a file in it, such as --db sqlite:%s", path, filepath.Join(path, "c7mon.db"))
	case mode == Write && info.Mode().Perm()&0o222 == 0:
		return fmt.Errorf("database %s: the file is read-only: chmod u+w it, or name another with --db", path)
	}
	flag := os.O_RDONLY
	if mode == Write {
		flag = os.O_RDWR
	}
	f, err := os.OpenFile(path, flag, 0)
	switch {
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		return fmt.Errorf("database %s: the file is read-only for this user: chmod or chown it, or name another with --db", path)
	case err != nil:
		return fmt.Errorf("database %s: %w: name another file with --db", path, bare(err))
	}
	defer f.Close()
	head := make([]byte, len(sqliteMagic))
	n, _ := io.ReadFull(f, head) // a shorter file is judged by what it has
	if n > 0 && !bytes.Equal(head[:n], []byte(sqliteMagic)) {
		return fmt.Errorf("database %s: the file is no SQLite database: name another with --db; it was left as it is", path)
	}
	return nil
}

// bare takes the path off an error of the file system.
func bare(err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Err
	}
	return err
}

// Close is as Store says.
func (s *sqlite) Close() error {
	if s.db == nil {
		return nil
	}
	return s.explain(s.db.Close())
}

// sqliteRows is how many calls one statement inserts: the more, the fewer times it is set up; SQLite allows 32,766
// parameters.
const sqliteRows = 100

// Put is as Store says.
func (s *sqlite) Put(ctx context.Context, calls []correlate.Call, captures []int64) (Result, error) {
	r := Result{Known: int64(len(calls))}
	first, end := sane(time.Now())
	for i := range calls {
		if calls[i].Start < first || calls[i].Start >= end {
			r.Odd++
		}
	}
	err := s.transaction(ctx, func(tx *sql.Tx) error {
		rest := distinct(calls)
		for _, size := range []int{sqliteRows, 1} {
			if len(rest) < size {
				continue
			}
			insert, err := tx.PrepareContext(ctx, insertRows(size))
			if err != nil {
				return err
			}
			defer insert.Close()
			for ; len(rest) >= size; rest = rest[size:] {
				done, err := insert.ExecContext(ctx, s.row(rest[:size], captures)...)
				if err != nil {
					return err
				}
				n, err := done.RowsAffected()
				if err != nil {
					return err
				}
				r.Stored += n
			}
		}
		return nil
	})
	if err != nil {
		return Result{}, err
	}
	r.Known -= r.Stored
	return r, nil
}

// row gives the parameters of an insert of calls. They are used again by the next.
func (s *sqlite) row(calls []correlate.Call, captures []int64) []any {
	s.args = s.args[:0]
	for i := range calls {
		s.rec.set(&calls[i], captures)
		for i := range columns {
			switch {
			case s.rec.isNull(i):
				s.args = append(s.args, nil)
			case i < colNetwork:
				s.args = append(s.args, s.rec.num[i])
			default:
				s.args = append(s.args, string(s.rec.text[i-colNetwork]))
			}
		}
	}
	return s.args
}

// insertRows gives the statement that inserts so many calls.
func insertRows(n int) string {
	row := "(?" + strings.Repeat(", ?", numColumns-1) + ")"
	return "INSERT INTO calls (" + columnList("") + ") VALUES " + row + strings.Repeat(", "+row, n-1) + replaceRule()
}

// Finish is as Store says.
func (s *sqlite) Finish(ctx context.Context) error {
	return s.transaction(ctx, func(tx *sql.Tx) error {
		for _, x := range indexes {
			if _, err := tx.ExecContext(ctx, "CREATE INDEX IF NOT EXISTS calls_"+x.name+" ON calls "+x.on); err != nil {
				return err
			}
		}
		return nil
	})
}

// sqliteCode gives the primary result code of an error of SQLite, 0 for any other.
func sqliteCode(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// explainSQLite turns an error of SQLite into one line that says what to do.
func explainSQLite(path string, err error) error {
	var done *explained
	if err == nil || errors.As(err, &done) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &explained{"database " + path + ": stopped before it was done", err}
	}
	text, known := sqliteRemedies[sqliteCode(err)]
	if !known {
		text = oneLine(err.Error())
	}
	return &explained{"database " + path + ": " + text, err}
}

// sqliteRemedies says for SQLite's result codes what is wrong and what to do.
var sqliteRemedies = map[int]string{
	lib.SQLITE_BUSY:     "another program is writing to it: wait until it ends, then run the command again",
	lib.SQLITE_CANTOPEN: "the file, or those SQLite wants beside it, cannot be opened: look at the rights of its folder, or name another with --db",
	lib.SQLITE_CORRUPT:  "the file is damaged: restore it from a copy, or replay the captures into a new one",
	lib.SQLITE_FULL:     "the disk is full: make room, then run the command again",
	lib.SQLITE_IOERR:    "the disk does not read or write: look at the system's log, or name another file with --db",
	lib.SQLITE_NOTADB:   "the file is no SQLite database: name another with --db; it was left as it is",
	lib.SQLITE_READONLY: "the file or its folder is read-only: chmod or chown it, or name another with --db",
}
