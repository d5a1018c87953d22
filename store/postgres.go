package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"c7mon/correlate"
	"c7mon/wire"
)

// postgres is a Store in a PostgreSQL database.
type postgres struct {
	tables
	pool *pgxpool.Pool
	copy *copyReader

	days    map[int64]bool // days, counted from 1970, that have a partition of their own
	merging bool           // the last batch met calls that are stored
}

var postgresDialect = dialect{
	mark:   "$",
	moment: func(us int64) any { return time.UnixMicro(us).UTC() },
	day: func(offset string) string {
		return "((start AT TIME ZONE 'UTC' + " + offset + ")::date - DATE '1970-01-01')"
	},
	offset:      func(seconds int) string { return fmt.Sprintf("interval '%d seconds'", seconds) },
	hasVersions: "SELECT to_regclass('" + versions + "') IS NOT NULL",
	// A call that is replaced meanwhile takes its charge with it, which must not come after that.
	lockCharges: "LOCK TABLE charges IN SHARE ROW EXCLUSIVE MODE",
}

// openPostgres opens the database that a URL names.
func openPostgres(ctx context.Context, dsn string, mode Mode) (Store, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("database %s: not understood: write postgres://USER:PASSWORD@HOST:5432/NAME, special characters as %%40", redact(dsn))
	}
	config.MaxConns = max(config.MaxConns, 4)
	server := config.ConnConfig
	if server.ConnectTimeout == 0 {
		server.ConnectTimeout = 10 * time.Second
	}
	if _, set := server.RuntimeParams["application_name"]; !set {
		server.RuntimeParams["application_name"] = "c7mon"
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, explainPostgres(server, err)
	}
	p := &postgres{copy: new(copyReader), pool: pool, days: map[int64]bool{}}
	p.db = stdlib.OpenDBFromPool(pool)
	p.dialect, p.stage = postgresDialect, stagePostgres
	p.explain = func(err error) error { return explainPostgres(server, err) }
	err = p.explain(pool.Ping(ctx))
	name := address(server)
	switch {
	case err != nil:
	case mode == Write:
		err = p.migrate(ctx, name, "postgres", goose.DialectPostgres)
	default:
		err = p.check(ctx, name, "postgres")
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// Close is as Store says.
func (p *postgres) Close() error {
	err := p.db.Close()
	p.pool.Close()
	return err
}

const day = 24 * time.Hour

// dayOf gives the day of a time, counted from 1970-01-01, UTC.
func dayOf(t wire.Time) int64 {
	d := int64(t) / int64(day)
	if int64(t)%int64(day) < 0 {
		d--
	}
	return d
}

// Put is as Store says.
func (p *postgres) Put(ctx context.Context, calls []correlate.Call, captures []int64) (Result, error) {
	if len(calls) == 0 {
		return Result{}, nil
	}
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return Result{}, p.explain(err)
	}
	defer conn.Release()
	table, odd, err := p.partition(ctx, conn.Conn(), calls)
	if err != nil {
		return Result{}, p.explain(err)
	}
	if !p.merging {
		err := p.insert(ctx, conn.Conn(), table, calls, captures)
		if err == nil {
			return Result{Stored: int64(len(calls)), Odd: odd}, nil
		}
		if code(err) == undefinedTable { // the partition was taken away since: make it again
			clear(p.days)
			if _, odd, err = p.partition(ctx, conn.Conn(), calls); err != nil {
				return Result{}, p.explain(err)
			}
		} else if code(err) != uniqueViolation {
			return Result{}, p.explain(err)
		}
	}
	stored, err := p.merge(ctx, conn.Conn(), calls, captures)
	if err != nil {
		return Result{}, p.explain(err)
	}
	p.merging = stored < int64(len(calls))
	return Result{Stored: stored, Known: int64(len(calls)) - stored, Odd: odd}, nil
}

// insert copies calls straight in. It is one statement and so one transaction.
func (p *postgres) insert(ctx context.Context, conn *pgx.Conn, table string, calls []correlate.Call, captures []int64) error {
	p.copy.reset(calls, captures)
	_, err := conn.PgConn().CopyFrom(ctx, p.copy, "COPY "+table+" FROM STDIN BINARY")
	if err != nil {
		// When the connection breaks, pgconn comes back while it may still be reading.
		p.copy = new(copyReader)
	}
	return err
}

// merge copies calls into a table of this session and from there into calls, where the stored ones stay or give way.
func (p *postgres) merge(ctx context.Context, conn *pgx.Conn, calls []correlate.Call, captures []int64) (stored int64, err error) {
	err = pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE IF NOT EXISTS calls_arriving (LIKE calls) ON COMMIT DELETE ROWS"); err != nil {
			return err
		}
		if err := p.insert(ctx, conn, "calls_arriving", distinct(calls), captures); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, "INSERT INTO calls SELECT * FROM calls_arriving"+replaceRule())
		stored = tag.RowsAffected()
		return err
	})
	return stored, err
}

// SQLSTATE codes, PostgreSQL appendix A.
const (
	uniqueViolation = "23505"
	undefinedTable  = "42P01"
)

// code gives the SQLSTATE of an error of the server, "" for any other.
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// redact hides the password of a URL.
func redact(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		scheme, _, _ := strings.Cut(dsn, ":")
		return scheme + ":..."
	}
	return u.Redacted()
}
