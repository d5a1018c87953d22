package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"c7mon/correlate"
)

// partition makes the partitions that calls need, each in a transaction of its own. It gives the table that they all go
// into, a partition where that can be, which saves the server a tenth of its work, and counts the calls of odd days, which
// go to calls_default.
func (p *postgres) partition(ctx context.Context, conn *pgx.Conn, calls []correlate.Call) (table string, odd int64, err error) {
	first, end := sane(time.Now())
	days := 0
	last := int64(-1 << 62) // day of the call before: mostly that of this one too
	for i := range calls {
		start := calls[i].Start
		if start < first || start >= end {
			odd++
			continue
		}
		d := dayOf(start)
		if d == last {
			continue
		}
		last = d
		days++
		if p.days[d] {
			continue
		}
		if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return makePartition(ctx, tx, d) }); err != nil {
			return "", odd, err
		}
		p.days[d] = true
	}
	if days == 1 && odd == 0 {
		return partitionName(last), odd, nil
	}
	return "calls", odd, nil
}

// partitionName gives the table of a day that is counted from 1970.
func partitionName(d int64) string { return "calls_" + time.Unix(d*86400, 0).UTC().Format("20060102") }

// makePartition makes the partition of a day unless it is there. Calls of that day that went to calls_default, because
// the day was more than tomorrow then, move into it with their charges. Other charges of that day are of a partition that was
// dropped.
func makePartition(ctx context.Context, tx pgx.Tx, d int64) error {
	if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtext('c7mon partition'))"); err != nil {
		return err
	}
	from := time.Unix(d*86400, 0).UTC()
	name := partitionName(d)
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", name).Scan(&there); err != nil || there {
		return err
	}
	const stamp = "2006-01-02 15:04:05+00"
	fill := strings.NewReplacer("{name}", name, "{low}", from.Format(stamp), "{high}", from.Add(day).Format(stamp))
	for _, s := range []string{
		"SET LOCAL c7mon.moving = on", // the triggers of calls let their charges be
		"DELETE FROM charges WHERE start >= '{low}' AND start < '{high}' AND NOT EXISTS (SELECT FROM calls_default d WHERE d.start = charges.start AND d.id = charges.id)",
		"CREATE TABLE {name} (LIKE calls INCLUDING ALL)",
		"LOCK TABLE calls_default IN SHARE ROW EXCLUSIVE MODE",
		"WITH moved AS (DELETE FROM calls_default WHERE start >= '{low}' AND start < '{high}' RETURNING *) INSERT INTO {name} SELECT * FROM moved",
		"ALTER TABLE calls ATTACH PARTITION {name} FOR VALUES FROM ('{low}') TO ('{high}')",
	} {
		if _, err := tx.Exec(ctx, fill.Replace(s)); err != nil {
			return err
		}
	}
	return nil
}
