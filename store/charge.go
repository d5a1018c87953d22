package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"strings"

	"c7mon/correlate"
	"c7mon/wire"
)

// A Charge is what a call ought to have cost by a book of tariffs.
type Charge struct {
	Start wire.Time // primary key of the call, as its Row has it
	ID    uint64

	Status      string // whether it could be rated, and if not why
	Units       int64  // thousandths of a unit
	HasMoney    bool   // Money holds
	Money       int64  // in the smallest part of the currency
	Decimals    uint8  // of an amount of the currency
	Currency    string
	Tariff      string // name in the book
	Prefix      string // of the destination that decided
	Destination string // its name
	Book        string // name
	Fingerprint string // of the text of the book

	// Of is the copy of the call that was rated, as Row.Copy gives it. When another one is stored by the time of PutCharges,
	// the charge is left out. The zero Copy asks for nothing.
	Of Copy
}

// A Copy tells apart what has been stored as one call in the course of time: whatever replaces or renames a call changes
// one of these.
type Copy struct {
	Messages            uint32
	EndReason           correlate.EndReason
	Service, TrunkGroup string
}

// Copy tells which copy of the call r is.
func (r *Row) Copy() Copy { return Copy{r.Messages, r.EndReason, r.Service, r.TrunkGroup} }

// ChargeResult counts what became of charges that were put. Of several charges of one call the last one counts.
type ChargeResult struct {
	New     int64 // of calls that had none
	Changed int64 // put in the place of another
	Same    int64 // there already
	NoCall  int64 // left out: the call is not stored, or not any more as it was rated
}

// Add adds another count to r.
func (r *ChargeResult) Add(s ChargeResult) {
	r.New += s.New
	r.Changed += s.Changed
	r.Same += s.Same
	r.NoCall += s.NoCall
}

// terms are what many charges have in common: they are stored once.
type terms struct {
	status, book, fingerprint, tariff, prefix, destination, currency string
	decimals                                                         uint8
}

func (c *Charge) terms() terms {
	return terms{c.Status, c.Book, c.Fingerprint, c.Tariff, c.Prefix, c.Destination, c.Currency, c.Decimals}
}

func (c *Charge) setTerms(t *terms) {
	c.Status, c.Book, c.Fingerprint, c.Tariff = t.status, t.book, t.fingerprint, t.tariff
	c.Prefix, c.Destination, c.Currency, c.Decimals = t.prefix, t.destination, t.currency, t.decimals
}

// chargesArriving is the staging table of PutCharges. messages is null where any copy of the call will do.
var chargesArriving = staging{"charges_arriving", []column{{"start", moment}, {"id", big}, {"units", big}, {"money", big},
	{"terms", whole}, {"messages", whole}, {"end_reason", small}, {"service", text}, {"trunk_group", text}}}

// The SQL between charges that arrive (a), calls (c) and the charges that these have (h).
const (
	chargedCalls = ` FROM charges_arriving AS a JOIN calls AS c ON c.start = a.start AND c.id = a.id
		AND (a.messages IS NULL OR c.messages = a.messages AND c.end_reason = a.end_reason
			AND coalesce(c.service, '') = a.service AND coalesce(c.trunk_group, '') = a.trunk_group)`
	countCharges = `SELECT count(*), count(*) FILTER (WHERE h.id IS NULL), count(*) FILTER (WHERE h.units = a.units
		AND h.terms = a.terms AND h.money IS NOT DISTINCT FROM a.money)` + chargedCalls +
		` LEFT JOIN charges AS h ON h.start = a.start AND h.id = a.id`
	putCharges = `INSERT INTO charges (start, id, units, money, terms) SELECT a.start, a.id, a.units, a.money, a.terms` +
		chargedCalls
	replaceCharges = ` ON CONFLICT (start, id) DO UPDATE SET units = excluded.units, money = excluded.money, terms = excluded.terms
		WHERE charges.units <> excluded.units OR charges.terms <> excluded.terms OR charges.money IS DISTINCT FROM excluded.money`
)

// PutCharges is as Store says.
func (t *tables) PutCharges(ctx context.Context, charges []Charge) (r ChargeResult, err error) {
	if len(charges) == 0 {
		return r, nil
	}
	charges = latest(charges)
	err = t.session(ctx, func(conn *sql.Conn, tx *sql.Tx) error {
		if t.dialect.lockCharges != "" {
			if _, err := tx.ExecContext(ctx, t.dialect.lockCharges); err != nil {
				return err
			}
		}
		ids, err := t.termsOf(ctx, tx, charges)
		if err != nil {
			return err
		}
		if err := t.stage(ctx, conn, tx, &chargesArriving, len(charges), func(i int, dst []any) []any {
			c := &charges[i]
			dst = append(dst, t.dialect.moment(c.Start.Micros()), int64(c.ID), c.Units, nil, ids[c.terms()], nil, nil, nil, nil)
			if c.HasMoney {
				dst[3] = c.Money
			}
			if c.Of != (Copy{}) {
				dst[5], dst[6], dst[7], dst[8] = int64(c.Of.Messages), int64(c.Of.EndReason), c.Of.Service, c.Of.TrunkGroup
			}
			return dst
		}); err != nil {
			return err
		}
		first, last := charges[0].Start.Micros(), charges[0].Start.Micros()
		for i := range charges {
			first, last = min(first, charges[i].Start.Micros()), max(last, charges[i].Start.Micros())
		}
		count := query{dialect: &t.dialect}
		count.WriteString(countCharges)
		count.within("c.start", first, last)
		var there int64
		if err := tx.QueryRowContext(ctx, count.String(), count.args...).Scan(&there, &r.New, &r.Same); err != nil {
			return err
		}
		r.Changed, r.NoCall = there-r.New-r.Same, int64(len(charges))-there
		put := query{dialect: &t.dialect}
		put.WriteString(putCharges)
		put.within("c.start", first, last)
		put.WriteString(replaceCharges)
		_, err = tx.ExecContext(ctx, put.String(), put.args...)
		return err
	})
	if err != nil {
		return ChargeResult{}, err
	}
	return r, nil
}

// within appends the condition that a column is a time from first to last, in microseconds since 1970, so that only the
// partitions of these days are looked at.
func (q *query) within(column string, first, last int64) {
	q.WriteString(" WHERE " + column + " >= " + q.arg(q.moment(first)) + " AND " + column + " <= " + q.arg(q.moment(last)))
}

// latest gives charges with each call once, the last charge of it. It returns charges itself where there is nothing to
// leave out.
func latest(charges []Charge) []Charge {
	at := make(map[key]int, len(charges))
	for i := range charges {
		at[key{charges[i].Start.Micros(), int64(charges[i].ID)}] = i
	}
	if len(at) == len(charges) {
		return charges
	}
	out := make([]Charge, 0, len(at))
	for i := range charges {
		if at[key{charges[i].Start.Micros(), int64(charges[i].ID)}] == i {
			out = append(out, charges[i])
		}
	}
	return out
}

const termsColumns = "status, book, fingerprint, tariff, prefix, destination, currency, decimals"

// termsOf gives the ids of the terms of charges, and enters those that are new.
func (t *tables) termsOf(ctx context.Context, tx *sql.Tx, charges []Charge) (map[terms]int64, error) {
	ids := map[terms]int64{}
	q := query{dialect: &t.dialect}
	sep := " WHERE fingerprint IN ("
	books := map[string]bool{}
	for i := range charges {
		w := charges[i].terms()
		ids[w] = 0
		if !books[w.fingerprint] {
			books[w.fingerprint] = true
			q.WriteString(sep + q.arg(w.fingerprint))
			sep = ", "
		}
	}
	rows, err := tx.QueryContext(ctx, "SELECT id, "+termsColumns+" FROM charge_terms"+q.String()+")", q.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	stored, err := scanTerms(rows)
	if err != nil {
		return nil, err
	}
	for id, w := range stored {
		ids[*w] = id
	}
	for w, id := range ids {
		if id != 0 {
			continue
		}
		q := query{dialect: &t.dialect}
		values := []string{q.arg(w.status), q.arg(w.book), q.arg(w.fingerprint), q.arg(w.tariff), q.arg(w.prefix), q.arg(w.destination),
			q.arg(w.currency), q.arg(int64(w.decimals))}
		q.WriteString("INSERT INTO charge_terms (" + termsColumns + ") VALUES (" + strings.Join(values, ", ") + ") RETURNING id")
		if err := tx.QueryRowContext(ctx, q.String(), q.args...).Scan(&id); err != nil {
			return nil, err
		}
		ids[w] = id
	}
	return ids, nil
}

func scanTerms(rows *sql.Rows) (map[int64]*terms, error) {
	list := map[int64]*terms{}
	for rows.Next() {
		var id int64
		w := new(terms)
		if err := rows.Scan(&id, &w.status, &w.book, &w.fingerprint, &w.tariff, &w.prefix, &w.destination, &w.currency,
			&w.decimals); err != nil {
			return nil, err
		}
		list[id] = w
	}
	return list, rows.Err()
}

// Charges is as Store says.
func (t *tables) Charges(ctx context.Context, f Filter, fn func(*Row, *Charge) error) error {
	q := query{dialect: &t.dialect}
	q.chargedCalls(&f)
	var of map[int64]*terms
	var c Charge
	var units, money, id sql.NullInt64
	return t.rows(ctx, &q, func(r *Row) error {
		if !id.Valid {
			return fn(r, nil)
		}
		if of[id.Int64] == nil { // those of charges that were put since, too
			var err error
			if of, err = t.allTerms(ctx); err != nil {
				return err
			}
			if of[id.Int64] == nil {
				return errors.New("table charge_terms: terms " + strconv.FormatInt(id.Int64, 10) +
					" of a charge are missing: the table was changed by hand; empty the table charges")
			}
		}
		c = Charge{Start: r.Start, ID: r.ID, Units: units.Int64, HasMoney: money.Valid, Money: money.Int64, Of: r.Copy()}
		c.setTerms(of[id.Int64])
		return fn(r, &c)
	}, &units, &money, &id)
}

// chargedCalls asks for the calls that f lets through with their charges. The times of f are said for both tables: the
// database would not think of it.
func (q *query) chargedCalls(f *Filter) {
	q.WriteString("SELECT " + columnList("calls.") + ", charges.units, charges.money, charges.terms FROM calls LEFT JOIN charges ON " +
		"charges.start = calls.start AND charges.id = calls.id")
	q.period(func(parts ...string) { q.WriteString(" AND " + strings.Join(parts, "")) }, "charges.start", f)
	q.where(f)
	q.WriteString(" ORDER BY calls.start, calls.id")
	if f.Limit > 0 {
		q.WriteString(" LIMIT " + strconv.Itoa(f.Limit))
	}
}

func (t *tables) allTerms(ctx context.Context) (map[int64]*terms, error) {
	rows, err := t.db.QueryContext(ctx, "SELECT id, "+termsColumns+" FROM charge_terms")
	if err != nil {
		return nil, t.explain(err)
	}
	defer rows.Close()
	list, err := scanTerms(rows)
	return list, t.explain(err)
}
