package store

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/store/pgtest"
	"c7mon/wire"
)

var cluster pgtest.Cluster

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" {
		cluster.Settings = []string{"fsync=off"} // only benchmarks wait for the disk
	}
	code := m.Run()
	cluster.Stop()
	os.Exit(code)
}

// both runs a test over a new database of each kind.
func both(t *testing.T, test func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "c 7%?#.db")) })
	t.Run("postgres", func(t *testing.T) { test(t, cluster.Database(t)) })
}

// open opens a database for the length of a test.
func open(t testing.TB, url string, mode Mode) Store {
	t.Helper()
	s, err := Open(context.Background(), url, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// put stores calls and checks the counts.
func put(t *testing.T, s Store, stored, known int64, calls ...correlate.Call) {
	t.Helper()
	r, err := s.Put(context.Background(), calls, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Stored != stored || r.Known != known {
		t.Errorf("stored %d and known %d, want %d and %d", r.Stored, r.Known, stored, known)
	}
}

// read gives the calls that a filter lets through.
func read(t *testing.T, s Store, f Filter) []Row {
	t.Helper()
	var rows []Row
	if err := s.Calls(context.Background(), f, func(r *Row) error {
		rows = append(rows, *r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return rows
}

// at gives a time of 12 October 2003.
func at(clock string) wire.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2003-10-12 "+clock)
	if err != nil {
		return wire.NoTime
	}
	return wire.TimeOf(t)
}

// answered gives a call with every field that most calls have.
func answered(start wire.Time, cic uint32) correlate.Call {
	return correlate.Call{
		Protocol: "isup", Network: "default", Service: "IDD", TrunkGroup: "HN-1",
		NI: 2, OPC: 4001, DPC: 4002, CIC: cic,
		Called:   correlate.ParseNumber("0084912345678", 4, 0),
		Calling:  correlate.ParseNumber("48251234", 3, 1),
		Category: 10, HasCategory: true, TMR: 0, HasTMR: true,
		Start: start, ACM: start.Add(1500 * time.Millisecond), Alerting: start.Add(1500 * time.Millisecond),
		Answer: start.Add(9 * time.Second), Release: start.Add(80 * time.Second),
		ReleaseComplete: start.Add(80*time.Second + 40*time.Millisecond), End: start.Add(80*time.Second + 40*time.Millisecond),
		Outcome: correlate.Answered, EndReason: correlate.ByRelease,
		HasCause: true, Cause: 16, Location: 2, ReleasedBy: correlate.CallingSide, Charge: correlate.ChargeYes,
		FirstFrame: 100, LastFrame: 900, Messages: 5,
	}
}

// full gives a call with every field set to something that no other field has.
func full() correlate.Call {
	c := answered(at("08:00:00")+123456789, 0xfffffff0)
	c.Redirecting = correlate.ParseNumber("123456789012345678901234567890ABCDE12345", 5, 2)
	c.OriginalCalled = correlate.ParseNumber("1", 127, 3)
	c.Called.ST, c.OriginalCalled.ST = true, true
	c.Called.Presentation = 1
	c.OPC, c.DPC, c.NI = 0xfedcba, 0xabcdef, 3
	c.Category, c.TMR = 255, 254
	c.Cause, c.Location, c.Coding, c.ReleasedBy, c.Charge = 127, 15, 3, correlate.CalledSide, correlate.ChargeNo
	c.Flags, c.Suspended = 0xffff, 90*time.Second+5*time.Microsecond
	c.FirstFrame, c.LastFrame, c.Messages = 1<<40, 1<<40+1, 1<<31-1
	return c
}

func TestRoundTrip(t *testing.T) {
	bare := correlate.Call{Protocol: "bicc", Network: "x", Start: 0, ACM: wire.NoTime, Alerting: wire.NoTime,
		Answer: wire.NoTime, Release: wire.NoTime, ReleaseComplete: wire.NoTime, End: wire.NoTime,
		Outcome: correlate.Open, EndReason: correlate.ByCaptureEnd}
	noDigits := bare
	noDigits.Start = at("09:00:00")
	noDigits.Calling = correlate.ParseNumber("", 3, 2)
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		for i, c := range []correlate.Call{full(), bare, noDigits, answered(at("00:00:00"), 1)} {
			put(t, s, 1, 0, c)
			row, err := s.Call(context.Background(), c.ID())
			if err != nil {
				t.Fatal(err)
			}
			want := c
			for _, w := range []*wire.Time{&want.Start, &want.ACM, &want.Alerting, &want.Answer, &want.Release,
				&want.ReleaseComplete, &want.End} {
				if w.Known() {
					*w = wire.Time(w.Micros() * 1000)
				}
			}
			if !same(row.Call, want) {
				t.Errorf("call %d:\ngot  %+v\nwant %+v", i, row.Call, want)
			}
			if row.ID != c.ID() || row.Call.ID() != c.ID() {
				t.Errorf("call %d: id %d, of the call read back %d, want %d", i, row.ID, row.Call.ID(), c.ID())
			}
		}
	})
}

// same tells whether two calls are equal; long numbers are not equal by ==.
func same(a, b correlate.Call) bool {
	x := [...]*correlate.Number{&a.Called, &a.Calling, &a.Redirecting, &a.OriginalCalled}
	y := [...]*correlate.Number{&b.Called, &b.Calling, &b.Redirecting, &b.OriginalCalled}
	for i, n := range x {
		m := y[i]
		if n.String() != m.String() || n.Seen != m.Seen || n.NOA != m.NOA || n.Presentation != m.Presentation || n.ST != m.ST {
			return false
		}
		*n, *m = correlate.Number{}, correlate.Number{}
	}
	return a == b
}

func TestReplacement(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		c := answered(at("08:00:00"), 1)
		stays := func(n correlate.Call) { t.Helper(); put(t, s, 0, 1, n) }
		replaces := func(n correlate.Call) { t.Helper(); put(t, s, 1, 0, n) }
		cut := c
		cut.EndReason, cut.Messages = correlate.ByCaptureEnd, 4
		replaces(cut)
		stays(cut)
		cut.Cause = 1
		stays(cut)
		few := c
		few.Messages = 2
		replaces(few) // finished after cut off, although it has fewer messages
		stays(few)
		cut.Messages = 2
		stays(cut)
		few.Messages = 1
		stays(few)
		replaces(c) // more messages
		stays(c)
		other := c
		other.CIC = 2
		put(t, s, 1, 2, c, other, c)
		if rows := read(t, s, Filter{}); len(rows) != 2 || rows[0].Cause != 16 || rows[1].Cause != 16 || rows[0].Messages != 5 {
			t.Errorf("stored: %+v", rows)
		}
		// Within one batch as in two.
		cut.CIC, few.CIC, c.CIC = 3, 3, 3
		put(t, s, 1, 2, cut, few, c)
		if rows := read(t, s, Filter{CIC: &c.CIC}); len(rows) != 1 || rows[0].Messages != 5 {
			t.Errorf("of three copies in one batch stored: %+v", rows)
		}
	})
}

func TestFilter(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		a := answered(at("08:00:00"), 1)
		b := answered(at("08:00:00")+999, 2) // in the same microsecond
		b.Calling = correlate.ParseNumber("48251299", 3, 0)
		b.Service, b.TrunkGroup, b.HasCause, b.Outcome = "VOIP", "HN-2", false, correlate.Lost
		c := answered(at("09:00:00"), 3)
		c.Called = correlate.ParseNumber("00849123E", 4, 0)
		c.Redirecting = correlate.ParseNumber("777", 4, 0)
		c.OPC, c.DPC = 9, 8
		d := answered(at("00:00:00")-1, 4) // the day before
		d.OriginalCalled = correlate.ParseNumber("777", 3, 0)
		d.EndReason, d.Outcome, d.Cause = correlate.ByCaptureEnd, correlate.Busy, 17
		put(t, s, 4, 0, c, b, d, a)
		f := func(filter Filter, want ...uint32) {
			t.Helper()
			got := []uint32{}
			rows := read(t, s, filter)
			for i := range rows {
				got = append(got, rows[i].CIC)
			}
			if fmt.Sprint(got) != fmt.Sprint(append([]uint32{}, want...)) {
				t.Errorf("%+v: circuits %v, want %v", filter, got, want)
			}
		}
		number := func(n uint32) *uint32 { return &n }
		busy := cause.Code(17)
		first, second := uint32(1), uint32(2)
		if b.ID() < a.ID() {
			first, second = 2, 1
		}
		all := func() {
			t.Helper()
			f(Filter{}, 4, first, second, 3)
			f(Filter{Limit: 1}, 4)
			f(Filter{Limit: 3}, 4, first, second)
			f(Filter{From: at("00:00:00"), To: wire.NoTime}, first, second, 3)
			f(Filter{From: wire.NoTime, To: at("00:00:00")}, 4)
			f(Filter{From: at("08:00:00"), To: at("09:00:00")}, first, second)
			f(Filter{From: at("08:00:00"), To: at("09:00:00") + 1}, first, second, 3)
			f(Filter{From: at("08:00:00") + 1, To: wire.NoTime}, 3)
			f(Filter{From: at("08:00:00"), To: at("08:00:00")})
			f(Filter{Service: "VOIP"}, 2)
			f(Filter{TrunkGroup: "HN-2"}, 2)
			f(Filter{Called: "0084912345678"}, 4, first, second)
			f(Filter{Called: "00849123"})
			f(Filter{Called: "00849123*"}, 4, first, second, 3)
			f(Filter{Called: "00849123E*"}, 3)
			f(Filter{Called: "00849123e"}, 3)
			f(Filter{Called: "0084913*"})
			f(Filter{Called: "*", Limit: 2}, 4, first)
			f(Filter{Calling: "4825129*"}, 2)
			f(Filter{Calling: "48251299", Called: "00*"}, 2)
			f(Filter{Number: []string{"777", "48251299"}}, 4, 2, 3)
			f(Filter{Number: []string{"00849123E"}}, 3)
			f(Filter{Number: []string{"1"}})
			f(Filter{CIC: number(2)}, 2)
			f(Filter{OPC: number(9), DPC: number(8)}, 3)
			f(Filter{OPC: number(8)})
			f(Filter{Cause: &busy}, 4)
			f(Filter{NoCause: true}, 2)
			f(Filter{Outcome: correlate.Lost}, 2)
			f(Filter{EndReason: correlate.ByCaptureEnd}, 4)
		}
		all()
		if err := s.Finish(context.Background()); err != nil {
			t.Fatal(err)
		}
		all()
	})
}
