package store

import (
	"cmp"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// versions is the table in which goose keeps the versions that were applied.
const versions = "schema_version"

// migrate brings the database to the newest schema, each version in a transaction of its own; one that is newer already
// is an error. In PostgreSQL an advisory lock keeps two programs from doing it at once.
func (t *tables) migrate(ctx context.Context, name, folder string, d goose.Dialect) error {
	sub, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true)}
	if d == goose.DialectPostgres {
		l, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(l))
	}
	p, err := goose.NewProvider(d, t.db, sub, options...)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if t.was, err = t.version(ctx); err != nil {
		return t.explain(err)
	}
	t.is = t.was
	if t.was > newest {
		return newer(name, t.was, newest)
	}
	if t.was == newest {
		return nil
	}
	if err := t.mayCreate(ctx); err != nil {
		return err
	}
	_, err = p.Up(ctx)
	var now error
	if t.is, now = t.version(ctx); now == nil && t.is == newest {
		return nil // even with an error: another program did it at the same time
	}
	return t.explain(cmp.Or(err, now))
}

// mayCreate tries whether tables can be made here: goose asks four times, a second apart, before it believes it.
func (t *tables) mayCreate(ctx context.Context) error {
	tx, err := t.db.BeginTx(ctx, nil)
	if err != nil {
		return t.explain(err)
	}
	defer tx.Rollback() // nothing is to stay
	_, err = tx.ExecContext(ctx, "CREATE TABLE c7mon_may_create (x integer)")
	return t.explain(err)
}

// check refuses a database whose schema is not the newest.
func (t *tables) check(ctx context.Context, name, folder string) error {
	files, err := fs.ReadDir(migrations, "migrations/"+folder)
	if err != nil {
		return err
	}
	newest := int64(len(files)) // they are numbered from 1 without a gap
	v, err := t.version(ctx)
	t.was, t.is = v, v
	switch {
	case err != nil:
		return t.explain(err)
	case v == 0:
		return fmt.Errorf("%s: there are no calls in it yet: run c7mon replay or c7mon migrate with this --db first", name)
	case v < newest:
		return fmt.Errorf("%s: its schema is version %d, this c7mon needs %d: run c7mon migrate", name, v, newest)
	case v > newest:
		return newer(name, v, newest)
	}
	return nil
}

func newer(name string, is, newest int64) error {
	return fmt.Errorf("%s: its schema is version %d, this c7mon knows versions up to %d: use the newer c7mon that made it",
		name, is, newest)
}

// version gives the version of the schema, 0 where there is none.
func (t *tables) version(ctx context.Context) (int64, error) {
	var there bool
	if err := t.db.QueryRowContext(ctx, t.dialect.hasVersions).Scan(&there); err != nil || !there {
		return 0, err
	}
	var v sql.NullInt64
	err := t.db.QueryRowContext(ctx, "SELECT max(version_id) FROM "+versions+" WHERE is_applied").Scan(&v)
	return v.Int64, err
}
