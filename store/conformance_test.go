package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/wire"
)

// raw gives the database under a store.
func raw(s Store) *sql.DB {
	switch s := s.(type) {
	case *sqlite:
		return s.db
	case *postgres:
		return s.db
	}
	return nil
}

// run runs SQL behind the store's back.
func run(t testing.TB, s Store, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		if _, err := raw(s).Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// number gives the result of SQL that counts something.
func number(t testing.TB, s Store, query string) (n int64) {
	t.Helper()
	if err := raw(s).QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCauses(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		var calls []correlate.Call
		add := func(n int, change func(*correlate.Call)) {
			for range n {
				c := answered(at("16:59:59")+999999999, uint32(len(calls)))
				change(&c)
				calls = append(calls, c)
			}
		}
		add(3, func(c *correlate.Call) {})
		add(2, func(c *correlate.Call) { c.Outcome, c.Cause, c.Location = correlate.Busy, 17, 6 })
		add(2, func(c *correlate.Call) {
			c.Outcome, c.HasCause, c.Start, c.Service = correlate.Lost, false, at("17:00:00"), "VOIP"
		})
		add(1, func(c *correlate.Call) {
			c.Outcome, c.Flags, c.Service, c.TrunkGroup, c.DPC = correlate.Unknown, correlate.Partial, "", "", 7
			c.Start = at("16:59:59") - wire.Time(24*time.Hour)
		})
		put(t, s, int64(len(calls)), 0, calls...)
		f := func(filter Filter, by By, want ...string) {
			t.Helper()
			counts, err := s.Causes(context.Background(), filter, by)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range counts {
				line := fmt.Sprint(c.Key, " ", uint8(c.Cause), " ", c.Outcome, " ", c.Calls)
				if !c.HasCause {
					line = fmt.Sprint(c.Key, " none ", c.Outcome, " ", c.Calls)
				}
				if c.Partial {
					line += " partial"
				}
				got = append(got, line)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%+v by %v:\ngot  %q\nwant %q", filter, by.Dimension, got, want)
			}
		}
		hanoi, err := time.LoadLocation("Asia/Ho_Chi_Minh")
		if err != nil {
			t.Fatal(err)
		}
		f(Filter{}, By{}, " 16 answered 3", " 16 unknown 1 partial", " 17 busy 2", " none lost 2")
		f(Filter{Service: "IDD"}, By{}, " 16 answered 3", " 17 busy 2")
		f(Filter{From: at("17:00:00"), To: wire.NoTime}, By{}, " none lost 2")
		f(Filter{Service: "none of these"}, By{})
		f(Filter{Service: "none of these"}, By{Dimension: ByDay})
		f(Filter{}, By{Dimension: ByService}, " 16 unknown 1 partial", "IDD 16 answered 3", "IDD 17 busy 2", "VOIP none lost 2")
		f(Filter{}, By{Dimension: ByTrunkGroup}, " 16 unknown 1 partial", "HN-1 16 answered 3", "HN-1 17 busy 2", "HN-1 none lost 2")
		f(Filter{}, By{Dimension: ByDPC}, "4002 16 answered 3", "4002 17 busy 2", "4002 none lost 2", "7 16 unknown 1 partial")
		f(Filter{}, By{Dimension: ByLocation}, " none lost 2", "6 17 busy 2", "LN 16 answered 3", "LN 16 unknown 1 partial")
		f(Filter{}, By{Dimension: ByDay}, "2003-10-11 16 unknown 1 partial", "2003-10-12 16 answered 3", "2003-10-12 17 busy 2", "2003-10-12 none lost 2")
		f(Filter{Service: "IDD"}, By{ByDay, hanoi}, "2003-10-12 16 answered 3", "2003-10-12 17 busy 2")
		f(Filter{Service: "VOIP"}, By{ByDay, hanoi}, "2003-10-13 none lost 2")
	})
}

// TestCausesByDay counts calls of every hour of three years in zones with and without summer time, and across an
// ancient change of offset by some seconds, against the days that the standard library gives.
func TestCausesByDay(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		var calls []correlate.Call
		for _, from := range []time.Time{time.Date(1906, 6, 28, 0, 0, 0, 0, time.UTC), time.Date(1969, 12, 30, 0, 0, 0, 0, time.UTC),
			time.Date(2003, 3, 28, 0, 0, 0, 0, time.UTC), time.Date(2003, 10, 24, 0, 0, 0, 0, time.UTC)} {
			for i := range 5 * 48 {
				c := answered(wire.TimeOf(from.Add(time.Duration(i)*30*time.Minute-time.Microsecond)), uint32(i))
				calls = append(calls, c)
			}
		}
		put(t, s, int64(len(calls)), 0, calls...)
		for _, name := range []string{"UTC", "Asia/Ho_Chi_Minh", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"} {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]int64{}
			for i := range calls {
				want[calls[i].Start.Std().In(zone).Format(time.DateOnly)]++
			}
			got, err := s.Causes(context.Background(), Filter{}, By{ByDay, zone})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range got {
				if want[c.Key] != c.Calls {
					t.Errorf("%s %s: %d calls, want %d", name, c.Key, c.Calls, want[c.Key])
				}
				delete(want, c.Key)
			}
			if len(want) > 0 {
				t.Errorf("%s: days without a count: %v", name, want)
			}
		}
	})
}

func TestOddDays(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		if newest, err := s.Newest(ctx); newest.Known() || err != nil {
			t.Errorf("newest of nothing: %v %v", newest, err)
		}
		day := func(y int, m time.Month, d int) wire.Time {
			return wire.Time(time.Date(y, m, d, 12, 0, 0, 1000, time.UTC).UnixNano())
		}
		times := []wire.Time{math.MinInt64 + 1000, day(1678, 1, 1), -1, 0, day(1969, 12, 31), day(1989, 12, 31), day(2262, 1, 1),
			math.MaxInt64}
		var calls []correlate.Call
		for i, start := range times {
			calls = append(calls, answered(start, uint32(i)))
			for _, p := range []*wire.Time{&calls[i].ACM, &calls[i].Alerting, &calls[i].Answer, &calls[i].Release, &calls[i].ReleaseComplete, &calls[i].End} {
				*p = start
			}
		}
		unknown := answered(wire.NoTime, 99)
		calls = append(calls, unknown)
		put1 := func(calls ...correlate.Call) {
			t.Helper()
			r, err := s.Put(ctx, calls, nil)
			if want := (Result{Stored: int64(len(calls)), Odd: int64(len(calls))}); err != nil || r != want {
				t.Errorf("%+v %v, want %+v", r, err, want)
			}
		}
		put1(calls...)
		for i := range calls {
			row, err := s.Call(ctx, calls[i].ID())
			if err != nil {
				t.Fatal(err)
			}
			want := calls[i].Start
			if us := want.Micros(); us >= math.MinInt64/1000 {
				want = wire.Time(us * 1000)
			} else {
				want = wire.NoTime
			}
			if row.Start != want || i < len(times) && row.End != want {
				t.Errorf("start %d and end %d, want %d", row.Start, row.End, want)
			}
		}
		if newest, _ := s.Newest(ctx); newest != math.MaxInt64/1000*1000 {
			t.Errorf("newest of odd days: %v", newest)
		}
		put(t, s, 1, 0, answered(at("08:00:00"), 1))
		if newest, _ := s.Newest(ctx); newest != at("08:00:00") {
			t.Errorf("newest: %v", newest)
		}
		if rows := read(t, s, Filter{From: wire.NoTime, To: 0}); len(rows) != 5 {
			t.Errorf("%d calls before 1970", len(rows))
		}
		// Both edges, and calls of days that were too far ahead when they were stored.
		put(t, s, 2, 0, answered(wire.TimeOf(time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)), 1),
			answered(wire.TimeOf(time.Now().UTC().Truncate(24*time.Hour).Add(48*time.Hour-1)), 1))
		put1(answered(wire.TimeOf(time.Now().UTC().Truncate(24*time.Hour).Add(48*time.Hour)), 1))
	})
}

// TestLateDay has a day with rows in the default partition get a partition of its own.
func TestLateDay(t *testing.T) {
	s := open(t, cluster.Database(t), Write)
	put(t, s, 1, 0, answered(at("08:00:00"), 1))
	run(t, s, "CREATE TEMPORARY TABLE k AS SELECT * FROM calls; DROP TABLE calls_20031012; INSERT INTO calls SELECT * FROM k")
	if n := number(t, s, "SELECT count(*) FROM calls_default"); n != 1 {
		t.Fatalf("%d rows in the default partition", n)
	}
	// The store has not heard that its partition is gone.
	put(t, s, 1, 1, answered(at("08:00:00"), 1), answered(at("08:00:00"), 2))
	if n := number(t, s, "SELECT count(*) FROM calls_20031012"); n != 2 {
		t.Errorf("%d rows in the partition of the day, want 2", n)
	}
}

func TestPartitions(t *testing.T) {
	s := open(t, cluster.Database(t), Write)
	var calls []correlate.Call
	for i := range 10 {
		calls = append(calls, answered(at("00:00:00").Add(time.Duration(i)*8*time.Hour-1), uint32(i)))
	}
	put(t, s, 10, 0, calls...)
	put(t, s, 1, 0, answered(at("00:00:00"), 77))
	want := map[string]int64{"calls_20031011": 1, "calls_20031012": 4, "calls_20031013": 3, "calls_20031014": 3, "calls_default": 0}
	for table, n := range want {
		if got := number(t, s, "SELECT count(*) FROM "+table); got != n {
			t.Errorf("%s: %d rows, want %d", table, got, n)
		}
	}
	list := func() int64 { return number(t, s, "SELECT count(*) FROM pg_indexes WHERE tablename LIKE 'calls%'") }
	before := list()
	for range 2 {
		if err := s.Finish(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got, want := list(), before+int64(len(indexes)*len(want)); got != want {
			t.Errorf("%d indexes, want %d", got, want)
		}
	}
}

func TestCaptures(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		f := func(c Capture, want int64) {
			t.Helper()
			if id, err := s.PutCapture(ctx, c); err != nil || id != want {
				t.Errorf("id %d %v, want %d", id, err, want)
			}
		}
		a := Capture{Path: "/captures/thứ hai.pcap", Size: 1 << 40, SHA256: [32]byte{1, 2, 31: 3}, First: wire.NoTime, Last: wire.NoTime}
		f(a, 1)
		f(a, 1)
		b := a
		b.Size++
		f(b, 2)
		b.SHA256[0] = 9
		f(b, 3)
		b.Path = "-"
		f(b, 4)
		done := a
		done.First, done.Last, done.Frames, done.Bytes = at("08:00:00"), at("09:00:00"), 1000, 1<<33
		f(done, 1)
		f(a, 1) // read again: what is known stays
		all, err := s.Captures(ctx)
		if err != nil || len(all) != 4 {
			t.Fatal(all, err)
		}
		done.ID = 1
		if all[0] != done {
			t.Errorf("got  %+v\nwant %+v", all[0], done)
		}
		b.ID = 4
		if all[3] != b {
			t.Errorf("got  %+v\nwant %+v", all[3], b)
		}
		f(Capture{Path: "not UTF-8: \xff"}, 5)
		f(Capture{Path: "not UTF-8: \xff"}, 5)
		c := answered(at("08:00:00"), 1)
		c.FirstFile, c.LastFile = 0, 1
		d := answered(at("08:00:01"), 2)
		d.FirstFile, d.LastFile = 7, -1
		if _, err := s.Put(ctx, []correlate.Call{c, d}, []int64{1, 4}); err != nil {
			t.Fatal(err)
		}
		rows := read(t, s, Filter{})
		if r := rows[0]; r.Capture != 1 || r.CapturePath != a.Path || r.LastCapture != 4 || r.LastCapturePath != "-" {
			t.Errorf("captures of the call: %+v", r)
		}
		if r := rows[1]; r.Capture != 0 || r.CapturePath != "" || r.LastCapture != 0 {
			t.Errorf("captures of the call without: %+v", r)
		}
	})
}

func TestCoverage(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		for i := range 2 {
			if _, err := s.PutCapture(ctx, Capture{Path: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		rows := []Coverage{
			{1, "pcap0:3", wire.Forth, at("08:00:00"), 99, 100},
			{1, "pcap0:3", wire.Back, at("08:00:00"), 50, 50},
			{1, "pcap0:3", wire.NoDirection, at("08:15:00"), 5, 0},
			{2, "pcap0:3", wire.Forth, at("08:15:00"), 1, 1},
		}
		store := func(c ...Coverage) {
			t.Helper()
			if err := s.PutCoverage(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		f := func(from, to wire.Time, want ...Coverage) {
			t.Helper()
			got, err := s.Coverage(ctx, from, to)
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%v to %v: %v\ngot  %v\nwant %v", from, to, err, got, want)
			}
		}
		store()
		store(rows...)
		f(wire.NoTime, wire.NoTime, rows...)
		f(at("08:14:59"), at("08:15:00"), rows[:2]...)
		f(at("08:15:00"), at("08:15:00")+1, rows[2:]...)
		f(at("08:30:00"), wire.NoTime)
		f(wire.NoTime, at("08:00:00"))
		rows[0].Seen = 98
		store(rows[0]) // the first quarter of capture 1 again, which lost a row
		f(wire.NoTime, wire.NoTime, rows[0], rows[2], rows[3])
		if err := s.PutCoverage(ctx, []Coverage{rows[1], {9, "", wire.Forth, 0, 0, 0}}); err == nil {
			t.Error("coverage of a capture that there is not: no error")
		}
		f(wire.NoTime, wire.NoTime, rows[0], rows[2], rows[3]) // nothing half written
	})
}

// TestCallList compares the view with what the methods of Call say.
func TestCallList(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		rnd := rand.New(rand.NewPCG(7, 12))
		maybe := func(t wire.Time) wire.Time {
			if rnd.IntN(2) == 0 {
				return wire.NoTime
			}
			return t
		}
		var calls []correlate.Call
		for i := range 300 {
			c := answered(at("08:00:00").Add(time.Duration(rnd.Int64N(1e13)))-wire.Time(i%2)<<60, uint32(i))
			later := func() wire.Time { return maybe(c.Start.Add(time.Duration(rnd.Int64N(1e12)))) }
			c.ACM, c.Alerting, c.Answer, c.Release = later(), later(), later(), later()
			c.End = c.Start.Add(time.Duration(rnd.Int64N(1e12)))
			c.Outcome, c.EndReason = correlate.Outcome(1+i%14), correlate.EndReason(1+i%11)
			c.ReleasedBy, c.Charge = correlate.Side(i%3), correlate.Charge(i/3%3)
			c.Flags, c.Location = correlate.Flags(rnd.IntN(256)), cause.Location(i%16)
			c.Suspended = time.Duration(i) * 1500 * time.Microsecond
			calls = append(calls, c)
		}
		put(t, s, 300, 0, calls...)
		for _, row := range read(t, s, Filter{}) {
			want := fmt.Sprint(ms(row.SetupTime()), ms(row.RingTime()), ms(row.TalkTime()), row.Outcome, " ", row.EndReason, " ",
				row.Location, " ", row.ReleasedBy, " ", row.Charge, " ", row.Suspended.Milliseconds(), " ", row.Flags)
			var setup, ring, talk, suspended sql.NullInt64
			var outcome, reason, location, flags string
			var side, charge sql.NullString
			if err := raw(s).QueryRow(fmt.Sprintf(`SELECT setup_ms, ring_ms, talk_ms, outcome, end_reason, cause_location, released_by,
				charge, suspended_ms, flags FROM call_list WHERE id = %d`, row.ID)).Scan(&setup, &ring, &talk, &outcome, &reason, &location,
				&side, &charge, &suspended, &flags); err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(null(setup), null(ring), null(talk), outcome, " ", reason, " ", location, " ", side.String, " ", charge.String, " ",
				suspended.Int64, " ", flags)
			if got != want {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
		}
	})
}

func ms(d time.Duration, ok bool) string {
	return null(sql.NullInt64{Int64: d.Milliseconds(), Valid: ok})
}

func null(n sql.NullInt64) string {
	if !n.Valid {
		return "- "
	}
	return fmt.Sprint(n.Int64, " ")
}

// refuse has the database fail for calls on one circuit, by the given statement of PostgreSQL.
func refuse(t *testing.T, s Store, statement string) {
	if _, lite := s.(*sqlite); lite {
		run(t, s, "CREATE TRIGGER refuse BEFORE INSERT ON calls WHEN new.cic = 666 BEGIN SELECT RAISE(FAIL, 'no'); END")
		return
	}
	run(t, s, "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF new.cic = 666 THEN "+statement+
		"; END IF; RETURN new; END $$", "CREATE TRIGGER refuse BEFORE INSERT ON calls FOR EACH ROW EXECUTE FUNCTION refuse()")
}

func TestNothingHalfWritten(t *testing.T) {
	f := func(t *testing.T, s Store, statement, want string) {
		ctx := context.Background()
		put(t, s, 1, 0, answered(at("07:00:00"), 1))
		refuse(t, s, statement)
		var bad []correlate.Call
		for i := range 2000 {
			bad = append(bad, answered(at("08:00:00"), uint32(i)))
		}
		for range 2 { // new rows only, and, with the one from above, the way round
			r, err := s.Put(ctx, bad, nil)
			if err == nil || r != (Result{}) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%+v %v, want %q", r, err, want)
			}
			if rows := read(t, s, Filter{}); len(rows) != 1 {
				t.Errorf("%d calls are in after the error, want 1", len(rows))
			}
			bad = append(bad, answered(at("07:00:00"), 1))
			bad[0], bad[len(bad)-1] = bad[len(bad)-1], bad[0]
		}
		bad[666].CIC = 5000
		put(t, s, 2000, 2, bad...)

		// The Writer gives the error to every later Put and says how many are in.
		w := NewWriter(ctx, s, nil, 10)
		var err error
		for i := range uint32(10000) {
			c := answered(at("10:00:00"), 600+i)
			if err = w.Put(&c); err != nil {
				break
			}
		}
		c := answered(at("11:00:00"), 1)
		if again := w.Put(&c); again == nil || again != err {
			t.Errorf("after the error %v Put gave %v", err, again)
		}
		r, err := w.Close()
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "(60 calls") || r.Stored != 60 {
			t.Errorf("%+v %v", r, err)
		}
		if rows := read(t, s, Filter{From: at("10:00:00"), To: wire.NoTime}); len(rows) != 60 {
			t.Errorf("%d calls of the Writer are in, want 60", len(rows))
		}
	}
	both(t, func(t *testing.T, url string) { f(t, open(t, url, Write), "RAISE EXCEPTION 'no'", ": no") })
	t.Run("connection lost", func(t *testing.T) {
		f(t, open(t, cluster.Database(t), Write), "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5)",
			"the connection") // "the server ended" it or it "broke", by which of both ends noticed first
	})
}

func TestWriter(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		for _, path := range []string{"a", "b"} {
			if _, err := s.PutCapture(ctx, Capture{Path: path}); err != nil {
				t.Fatal(err)
			}
		}
		w := NewWriter(ctx, s, []int64{1}, 100)
		var c correlate.Call // used again, as the correlator does
		for i := range uint32(1001) {
			c = answered(at("08:00:00"), i)
			if i == 500 {
				w.AddCapture(2)
			}
			if i >= 500 {
				c.FirstFile = 1
			}
			if err := w.Put(&c); err != nil {
				t.Fatal(err)
			}
		}
		r, err := w.Close()
		if err != nil || r != (Result{Stored: 1001}) {
			t.Fatal(r, err)
		}
		for _, row := range read(t, s, Filter{}) {
			if want := int64(1 + row.CIC/500); row.Capture != min(want, 2) {
				t.Errorf("circuit %d: capture %d", row.CIC, row.Capture)
			}
		}
		stopped, cancel := context.WithCancel(ctx)
		cancel()
		w = NewWriter(stopped, s, nil, 100)
		w.Put(&c)
		if _, err := w.Close(); !errors.Is(err, context.Canceled) {
			t.Errorf("with a context that ended: %v", err)
		}
	})
}

func TestReadingEnds(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		put(t, s, 2, 0, answered(at("08:00:00"), 1), answered(at("08:00:00"), 2))
		stop := errors.New("enough")
		n := 0
		if err := s.Calls(context.Background(), Filter{}, func(*Row) error { n++; return stop }); err != stop || n != 1 {
			t.Errorf("%d calls, %v", n, err)
		}
		if _, err := s.Call(context.Background(), 1); !errors.Is(err, ErrNoCall) {
			t.Errorf("a call that there is not: %v", err)
		}
	})
}
