package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"c7mon/wire"
)

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
		type key struct {
			capture int64
			quarter wire.Time
		}
		cleared := map[key]bool{}
		for i := range cs {
			c := &cs[i]
			if k := (key{c.Capture, c.Quarter}); !cleared[k] {
				cleared[k] = true
				q := query{dialect: &t.dialect}
				q.WriteString("DELETE FROM coverage WHERE capture = " + q.arg(c.Capture) + " AND quarter = " +
					q.arg(t.dialect.moment(c.Quarter.Micros())))
				if _, err := tx.ExecContext(ctx, q.String(), q.args...); err != nil {
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
