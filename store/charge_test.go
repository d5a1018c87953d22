package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"c7mon/correlate"
	"c7mon/wire"
)

// charged gives a charge of a call with every field set.
func charged(c *correlate.Call, units int64) Charge {
	return Charge{Start: c.Start, ID: c.ID(), Status: "rated", Units: units, HasMoney: true, Money: units * 7, Decimals: 2,
		Currency: "USD", Tariff: "peak", Prefix: "+84", Destination: "Vietnam", Book: "October", Fingerprint: "0123456789abcdef"}
}

// putCharged stores charges and checks the counts.
func putCharged(t *testing.T, s Store, want ChargeResult, c ...Charge) {
	t.Helper()
	if got, err := s.PutCharges(context.Background(), c); err != nil || got != want {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
}

// charges gives the charges of the calls that f lets through, a line each: circuit and units, - for a call without.
func charges(t *testing.T, s Store, f Filter) string {
	t.Helper()
	var list []string
	if err := s.Charges(context.Background(), f, func(r *Row, c *Charge) error {
		if c == nil {
			list = append(list, fmt.Sprint(r.CIC, ":-"))
		} else {
			list = append(list, fmt.Sprint(r.CIC, ":", c.Units))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(list, " ")
}

func TestChargesRoundTrip(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		a := answered(at("08:00:00")+123456789, 1)
		b, c, d := answered(at("08:00:01"), 2), answered(at("08:00:02"), 3), answered(wire.NoTime, 4)
		if _, err := s.Put(context.Background(), []correlate.Call{a, b, c, d}, nil); err != nil {
			t.Fatal(err)
		}
		want := map[uint32]Charge{}
		full := charged(&a, math.MaxInt64)
		full.Money, full.Decimals, full.Destination = math.MinInt64, 255, "Hà Nội, \"toll\" '"
		want[1] = full
		want[2] = Charge{Start: b.Start, ID: b.ID(), Status: "no_tariff"}
		free := charged(&d, 0)
		free.Money = 0 // known to be nothing, which is not the same as not known
		want[4] = free
		putCharged(t, s, ChargeResult{New: 3}, want[1], want[2], want[4])
		seen := 0
		if err := s.Charges(context.Background(), Filter{}, func(r *Row, c *Charge) error {
			seen++
			w, has := want[r.CIC]
			if !has {
				if c != nil {
					t.Errorf("circuit %d has the charge %+v", r.CIC, c)
				}
				return nil
			}
			if r.Start.Known() {
				w.Start = wire.Time(w.Start.Micros() * 1000)
			}
			w.Of = r.Copy()
			if c == nil || *c != w {
				t.Errorf("circuit %d:\ngot  %+v\nwant %+v", r.CIC, c, w)
			}
			return nil
		}); err != nil || seen != 4 {
			t.Errorf("%d calls, %v", seen, err)
		}
		stop := errors.New("enough")
		if err := s.Charges(context.Background(), Filter{}, func(*Row, *Charge) error { return stop }); err != stop {
			t.Errorf("an error of fn came back as %v", err)
		}
	})
}

func TestPutCharges(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		a, b, c := answered(at("08:00:00"), 1), answered(at("23:59:59"), 2), answered(at("08:00:00").Add(3*day), 3)
		c.Service = "VOIP"
		put(t, s, 3, 0, a, b, c)
		stranger := answered(at("09:00:00"), 9)
		putCharged(t, s, ChargeResult{})
		putCharged(t, s, ChargeResult{New: 2, NoCall: 1}, charged(&c, 30), charged(&a, 10), charged(&stranger, 90))
		putCharged(t, s, ChargeResult{New: 1, Changed: 1, Same: 1}, charged(&a, 10), charged(&b, 20), charged(&c, 31))
		putCharged(t, s, ChargeResult{Same: 3}, charged(&a, 1), charged(&a, 10), charged(&b, 20), charged(&c, 31))
		f := func(filter Filter, want string) {
			t.Helper()
			if got := charges(t, s, filter); got != want {
				t.Errorf("%+v: %s, want %s", filter, got, want)
			}
		}
		f(Filter{}, "1:10 2:20 3:31")
		f(Filter{Limit: 2}, "1:10 2:20")
		f(Filter{From: at("08:00:00"), To: at("23:59:59")}, "1:10")
		f(Filter{From: at("08:00:00") + 1, To: wire.NoTime}, "2:20 3:31")
		f(Filter{Service: "VOIP"}, "3:31")
		f(Filter{Called: "0084*", Service: "IDD"}, "1:10 2:20")

		// Each part of a charge counts when two are compared.
		next := charged(&a, 10)
		for _, change := range []func(){
			func() { next.Status = "free" }, func() { next.HasMoney = false }, func() { next.Decimals = 3 },
			func() { next.Currency = "VND" }, func() { next.Tariff = "off" }, func() { next.Prefix = "+8" }, func() { next.Destination = "" },
			func() { next.Book = "November" }, func() { next.Fingerprint = "" }, func() { next.HasMoney, next.Money = true, 5 },
		} {
			change()
			putCharged(t, s, ChargeResult{Changed: 1}, next)
			putCharged(t, s, ChargeResult{Same: 1}, next)
		}
		// A charge of another copy of the call is none of it.
		next.Units = 11
		for _, of := range []Copy{{4, a.EndReason, "IDD", "HN-1"}, {5, correlate.ByReset, "IDD", "HN-1"}, {5, a.EndReason, "", "HN-1"},
			{5, a.EndReason, "IDD", "HN-2"}} {
			next.Of = of
			putCharged(t, s, ChargeResult{NoCall: 1}, next)
		}
		next.Of = Copy{5, a.EndReason, "IDD", "HN-1"}
		putCharged(t, s, ChargeResult{Changed: 1}, next)
		bare := answered(at("10:00:00"), 4)
		bare.Service, bare.TrunkGroup = "", ""
		put(t, s, 1, 0, bare)
		next = charged(&bare, 1)
		next.Of = Copy{Messages: 5, EndReason: bare.EndReason}
		putCharged(t, s, ChargeResult{New: 1}, next)
	})
}

func TestChargeGoesWithCall(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		a, b := answered(at("08:00:00"), 1), answered(at("08:00:01"), 2)
		a.EndReason = correlate.ByCaptureEnd
		put(t, s, 2, 0, a, b)
		f := func(what, want string) {
			t.Helper()
			if got := charges(t, s, Filter{}); got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
			putCharged(t, s, ChargeResult{New: int64(strings.Count(want, ":-")), Same: int64(strings.Count(want, ":10"))},
				charged(&a, 10), charged(&b, 10))
		}
		f("new", "1:- 2:-")
		put(t, s, 0, 2, a, b)
		f("stored again", "1:10 2:10")
		a.EndReason = correlate.ByRelease
		put(t, s, 1, 1, a, b)
		f("finished", "1:- 2:10")
		b.Messages++
		put(t, s, 1, 1, b, a)
		f("more messages", "1:10 2:-")
		if r, err := s.Reclassify(ctx, Filter{}, func(r *Row) (string, string) {
			if r.CIC == 1 {
				return "VOIP", r.TrunkGroup
			}
			return r.Service, r.TrunkGroup
		}); err != nil || r != (ReclassResult{2, 1}) {
			t.Errorf("%+v %v", r, err)
		}
		f("reclassified", "1:- 2:10")
		run(t, s, "DELETE FROM calls WHERE cic = 2")
		put(t, s, 1, 0, b)
		f("deleted", "1:10 2:-")
		if _, lite := s.(*sqlite); !lite {
			run(t, s, "DELETE FROM calls_20031012 WHERE cic = 2")
			put(t, s, 1, 0, b)
			f("deleted from the partition", "1:10 2:-")
			run(t, s, "TRUNCATE calls")
			if n := number(t, s, "SELECT count(*) FROM charges"); n != 0 {
				t.Errorf("%d charges without calls", n)
			}
			return
		}
		run(t, s, "DELETE FROM calls")
		if n := number(t, s, "SELECT count(*) FROM charges"); n != 0 {
			t.Errorf("%d charges without calls", n)
		}
	})
}

// TestChargesLateDay has calls move from the default partition to one of their day: they keep their charges. Those of a
// partition that was dropped do not come back with it.
func TestChargesLateDay(t *testing.T) {
	s := open(t, cluster.Database(t), Write)
	a, b := answered(at("08:00:00"), 1), answered(at("08:00:01"), 2)
	put(t, s, 2, 0, a, b)
	putCharged(t, s, ChargeResult{New: 2}, charged(&a, 10), charged(&b, 20))
	run(t, s, "CREATE TEMPORARY TABLE k AS SELECT * FROM calls WHERE cic = 2; DROP TABLE calls_20031012; INSERT INTO calls SELECT * FROM k")
	if n := number(t, s, "SELECT count(*) FROM charges"); n != 2 {
		t.Fatalf("%d charges", n)
	}
	put(t, s, 1, 1, a, b)
	if n := number(t, s, "SELECT count(*) FROM calls_20031012"); n != 2 {
		t.Fatalf("%d calls in the partition", n)
	}
	if got := charges(t, s, Filter{}); got != "1:- 2:20" {
		t.Errorf("charges: %s", got)
	}
	// The partition that was made since has its trigger.
	b.Messages++
	put(t, s, 1, 0, b)
	if got := charges(t, s, Filter{}); got != "1:- 2:-" {
		t.Errorf("charges: %s", got)
	}
}

// TestChargesProperty compares random changes with a model: a charge is there exactly while its copy of the call is.
func TestChargesProperty(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		rnd := rand.New(rand.NewPCG(3, 4))
		const n = 12
		calls := map[uint32]correlate.Call{}
		units := map[uint32]int64{}
		services := []string{"IDD", "VOIP", ""}
		for step := range 400 {
			cic := rnd.Uint32N(n)
			circuit := func(cic uint32) correlate.Call { return answered(at("08:00:00").Add(day*time.Duration(cic%3)), cic) }
			switch rnd.IntN(5) {
			case 0, 1: // stored, perhaps with others
				var batch []correlate.Call
				for range 1 + rnd.IntN(4) {
					c := circuit(rnd.Uint32N(n))
					c.Messages = 1 + rnd.Uint32N(9)
					c.EndReason = correlate.ByRelease
					if rnd.IntN(3) == 0 {
						c.EndReason = correlate.ByCaptureEnd
					}
					batch = append(batch, c)
				}
				if _, err := s.Put(ctx, batch, nil); err != nil {
					t.Fatal(err)
				}
				best := map[uint32]correlate.Call{}
				for _, b := range batch {
					if old, has := best[b.CIC]; !has || better(&old, &b) {
						best[b.CIC] = b
					}
				}
				for cic, b := range best {
					if old, has := calls[cic]; !has || better(&old, &b) {
						calls[cic] = b
						delete(units, cic)
					}
				}
			case 2: // charged
				c := circuit(cic)
				ch := charged(&c, rnd.Int64N(3))
				if _, err := s.PutCharges(ctx, []Charge{ch}); err != nil {
					t.Fatal(err)
				}
				if _, has := calls[cic]; has {
					units[cic] = ch.Units
				}
			case 3: // renamed
				to := services[rnd.IntN(len(services))]
				if _, err := s.Reclassify(ctx, Filter{CIC: &cic}, func(r *Row) (string, string) { return to, r.TrunkGroup }); err != nil {
					t.Fatal(err)
				}
				if old, has := calls[cic]; has && old.Service != to {
					old.Service = to
					calls[cic] = old
					delete(units, cic)
				}
			case 4: // taken away
				run(t, s, fmt.Sprint("DELETE FROM calls WHERE cic = ", cic))
				delete(calls, cic)
				delete(units, cic)
			}
			there := 0
			if err := s.Charges(ctx, Filter{}, func(r *Row, ch *Charge) error {
				there++
				want, has := units[r.CIC]
				if has != (ch != nil) || has && ch.Units != want {
					t.Errorf("step %d, circuit %d: %+v, want %d (%v)", step, r.CIC, ch, want, has)
				}
				if r.Service != calls[r.CIC].Service || r.Messages != calls[r.CIC].Messages {
					t.Errorf("step %d, circuit %d: %s with %d messages", step, r.CIC, r.Service, r.Messages)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if there != len(calls) || number(t, s, "SELECT count(*) FROM charges") != int64(len(units)) || t.Failed() {
				t.Fatalf("step %d: %d calls, want %d", step, there, len(calls))
			}
		}
	})
}

// TestChargesMeanwhile has one program replace calls while another charges them: no charge is of a copy that is gone.
func TestChargesMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s, other := open(t, url, Write), open(t, url, Write)
		const n = 300
		copies := func(messages uint32) (list []correlate.Call) {
			for i := range uint32(n) {
				c := answered(at("08:00:00"), i)
				c.Messages = messages
				list = append(list, c)
			}
			return list
		}
		put(t, s, n, 0, copies(1)...)
		done := make(chan error)
		go func() {
			var err error
			for m := uint32(2); m < 30 && err == nil; m++ {
				_, err = other.Put(ctx, copies(m), nil)
			}
			done <- err
		}()
		var sum ChargeResult
		for going := true; going; {
			select {
			case err := <-done:
				if err != nil {
					t.Fatal(err)
				}
				going = false
			default:
			}
			var batch []Charge
			for _, r := range read(t, s, Filter{}) {
				ch := charged(&r.Call, int64(r.Messages))
				ch.Of = r.Copy()
				batch = append(batch, ch)
			}
			r, err := s.PutCharges(ctx, batch)
			if err != nil {
				t.Fatal(err)
			}
			sum.Add(r)
			if err := s.Charges(ctx, Filter{}, func(r *Row, ch *Charge) error {
				if ch != nil && ch.Units != int64(r.Messages) {
					return fmt.Errorf("a copy with %d messages has the charge of one with %d", r.Messages, ch.Units)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if got := number(t, s, "SELECT count(*) FROM charges"); got != n {
			t.Errorf("%d charges at the end, want %d (%+v)", got, n, sum)
		}
	})
}

func TestNoChargeHalfWritten(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		calls := traffic(500)
		put(t, s, 500, 0, calls...)
		if _, lite := s.(*sqlite); lite {
			run(t, s, "CREATE TRIGGER refuse BEFORE INSERT ON charges WHEN new.units = 400 BEGIN SELECT RAISE(ABORT, 'no'); END")
		} else {
			run(t, s, "ALTER TABLE charges ADD CONSTRAINT no CHECK (units <> 400)")
		}
		var batch []Charge
		for i := range calls {
			batch = append(batch, charged(&calls[i], int64(i)))
		}
		if r, err := s.PutCharges(context.Background(), batch); err == nil || r != (ChargeResult{}) {
			t.Errorf("%+v %v", r, err)
		}
		if n := number(t, s, "SELECT (SELECT count(*) FROM charges) + (SELECT count(*) FROM charge_terms)"); n != 0 {
			t.Errorf("%d rows are in after the error", n)
		}
		stopped, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := s.PutCharges(stopped, batch[:400]); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that ended: %v", err)
		}
		putCharged(t, s, ChargeResult{New: 400}, batch[:400]...)
		run(t, s, "DELETE FROM charge_terms")
		err := s.Charges(context.Background(), Filter{}, func(*Row, *Charge) error { return nil })
		if err == nil || !strings.Contains(err.Error(), " of a charge are missing: the table was changed by hand") {
			t.Errorf("without terms: %v", err)
		}
	})
}

func TestChargeList(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		f := func(units int64, known bool, money int64, decimals uint8, wantUnits, wantMoney string) {
			t.Helper()
			c := answered(at("08:00:00"), 1)
			if _, err := s.Put(context.Background(), []correlate.Call{c}, nil); err != nil {
				t.Fatal(err)
			}
			ch := charged(&c, units)
			ch.HasMoney, ch.Money, ch.Decimals = known, money, decimals
			if _, err := s.PutCharges(context.Background(), []Charge{ch}); err != nil {
				t.Fatal(err)
			}
			var got [10]string
			if err := raw(s).QueryRow(`SELECT service, called, status, CAST(units AS text), coalesce(CAST(money AS text), '-'), currency,
				tariff, prefix, destination, book FROM charge_list WHERE id = `+fmt.Sprint(c.ID())).Scan(&got[0], &got[1], &got[2], &got[3],
				&got[4], &got[5], &got[6], &got[7], &got[8], &got[9]); err != nil {
				t.Fatal(err)
			}
			if want := [10]string{"IDD", "0084912345678", "rated", wantUnits, wantMoney, "USD", "peak", "+84", "Vietnam", "October"}; got != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		}
		f(0, false, 0, 0, "0.000", "-")
		f(1, true, 0, 0, "0.001", "0")
		f(12345, true, 5, 2, "12.345", "0.05")
		f(1000, true, 123456, 2, "1.000", "1234.56")
		f(999, true, 123456, 0, "0.999", "123456")
		f(10, true, 99, 3, "0.010", "0.099")
		f(-10, true, -99, 1, "-0.010", "-9.9")
		b := answered(at("09:00:00"), 2)
		put(t, s, 1, 0, b)
		putCharged(t, s, ChargeResult{New: 1}, Charge{Start: b.Start, ID: b.ID(), Status: "no_tariff"})
		if n := number(t, s, `SELECT count(*) FROM charge_list WHERE status = 'no_tariff' AND currency IS NULL AND tariff IS NULL AND prefix IS NULL
			AND destination IS NULL AND book IS NULL AND fingerprint IS NULL AND money IS NULL`); n != 1 {
			t.Errorf("%d charges without a tariff", n)
		}
	})
}

// TestOlderSchema opens a database of version 2 with calls in it.
func TestOlderSchema(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		newest := open(t, url, Write)
		folder, d := "sqlite", goose.DialectSQLite3
		if _, lite := newest.(*sqlite); !lite {
			folder, d = "postgres", goose.DialectPostgres
		}
		sub, err := fs.Sub(migrations, "migrations/"+folder)
		if err != nil {
			t.Fatal(err)
		}
		p, err := goose.NewProvider(d, raw(newest), sub, goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			t.Fatal(err)
		}
		// All the way back and up again to 2, as the program of then made it.
		if _, err := p.DownTo(ctx, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := p.UpTo(ctx, 2); err != nil {
			t.Fatal(err)
		}
		start := "1065945600000000"
		if folder == "postgres" {
			run(t, newest, "CREATE TABLE calls_20031012 PARTITION OF calls FOR VALUES FROM ('2003-10-12 00:00:00+00') TO ('2003-10-13 00:00:00+00')")
			start = "'2003-10-12 08:00:00+00'"
		}
		c := answered(at("08:00:00"), 7)
		run(t, newest, fmt.Sprintf(`INSERT INTO calls (start, id, cic, opc, dpc, messages, flags, ni, outcome, end_reason, network, protocol,
			service, trunk_group) VALUES (%s, %d, 7, 4001, 4002, 4, 0, 2, 3, 9, 'default', 'isup', 'IDD', 'HN-1')`, start, c.ID()))
		refused(t, url, Read, `: its schema is version 2, this c7mon needs 3: run c7mon migrate$`)

		s := open(t, url, Write)
		if was, is := s.Schema(); was != 2 || is != 3 {
			t.Errorf("schema was %d and is %d", was, is)
		}
		if rows := read(t, s, Filter{}); len(rows) != 1 || rows[0].Start != c.Start || rows[0].ID != c.ID() {
			t.Errorf("calls after the upgrade: %+v", rows)
		}
		putCharged(t, s, ChargeResult{New: 1}, charged(&c, 1))
		if got := charges(t, s, Filter{}); got != "7:1" {
			t.Errorf("charges: %s", got)
		}
		put(t, s, 1, 0, c)
		if got := charges(t, s, Filter{}); got != "7:-" {
			t.Errorf("charges after a better copy: %s", got)
		}
	})
}

// TestChargePlans asks each database how it charges, renames and reads calls of one day among many: by their keys, and in
// PostgreSQL without a look at the other days.
func TestChargePlans(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		var calls []correlate.Call
		for i := range uint32(8000) {
			calls = append(calls, answered(at("08:00:00").Add(day*time.Duration(i%8)).Add(time.Duration(i)*time.Second), i))
		}
		put(t, s, 8000, 0, calls...)
		var all []Charge
		for i := range calls {
			all = append(all, charged(&calls[i], 1))
		}
		putCharged(t, s, ChargeResult{New: 8000}, all...)
		if err := s.Finish(ctx); err != nil {
			t.Fatal(err)
		}
		both := tablesOf(s)
		fits := func(what, plan, postgres, sqlite string) {
			t.Helper()
			want := postgres
			if both.dialect.mark == "?" {
				want = sqlite
			}
			if !regexp.MustCompile(want).MatchString(plan) || strings.Contains(plan, "calls_20031013") {
				t.Errorf("%s: want %s in\n%s", what, want, plan)
			}
		}
		q := query{dialect: &both.dialect}
		q.chargedCalls(&Filter{From: at("08:00:00"), To: at("08:01:00")})
		got := plan(t, raw(s), &q)
		fits("read", got, `calls_20031012_pkey`, `calls USING PRIMARY KEY \(start`)
		fits("read", got, `charges_pkey`, `charges USING PRIMARY KEY \(start=\? AND id=\?\)`)
		fill := func(n int, s *staging, row func(i int, dst []any) []any, ask func(tx *sql.Tx)) {
			t.Helper()
			if err := both.session(ctx, func(conn *sql.Conn, tx *sql.Tx) error {
				if err := both.stage(ctx, conn, tx, s, n, row); err != nil {
					return err
				}
				ask(tx)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		first, last := calls[0].Start.Micros(), calls[72].Start.Micros()
		fill(10, &chargesArriving, func(i int, dst []any) []any {
			c := &calls[8*i]
			return append(dst, both.dialect.moment(c.Start.Micros()), int64(c.ID()), int64(1), nil, int64(1), nil, nil, nil, nil)
		}, func(tx *sql.Tx) {
			for _, sql := range []string{countCharges, putCharges} {
				q := query{dialect: &both.dialect}
				q.WriteString(sql)
				q.within("c.start", first, last)
				fits(sql, plan(t, tx, &q), `calls_20031012`, `c USING PRIMARY KEY \(start=\? AND id=\?\)`)
			}
		})
		fill(10, &callsRenamed, func(i int, dst []any) []any {
			c := &calls[8*i]
			return append(dst, both.dialect.moment(c.Start.Micros()), int64(c.ID()), int64(5), int64(1), "VOIP", nil)
		}, func(tx *sql.Tx) {
			q := query{dialect: &both.dialect}
			q.rename(first, last)
			fits("rename", plan(t, tx, &q), `calls_20031012`, `calls USING PRIMARY KEY \(start=\? AND id=\?\)`)
		})
	})
}
