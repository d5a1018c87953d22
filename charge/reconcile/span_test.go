package reconcile

import (
	"fmt"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// TestOwnTime adds a day of calls, and the records of its noon hour alone, by a switch that is seven hours ahead. However the file
// was cut, only the call is missing whose record is, and no record is without its call.
func TestOwnTime(t *testing.T) {
	const ahead = 7 * time.Hour
	f := func(cut kind, wantAttempts bool, o Options) *Result {
		t.Helper()
		var m Matcher
		n := 0
		for i := range 24 * 60 {
			at := second(float64(i) * 60)
			c := talk(func(c *Observed) {
				c.ID, c.Called, c.CIC = uint64(i+1), fmt.Appendf(nil, "+4415555%05d", i), uint32(i)
				c.Start, c.Answer, c.End = at, at.Add(20*time.Second), at.Add(time.Duration(30+i%7*100)*time.Second)
				if i%2 == 0 {
					c.TrunkGroup = "H"
				}
				if i%3 == 0 && wantAttempts {
					c.Answer, c.HasMoney = wire.NoTime, false
				}
			})
			m.AddCall(&c)
			if c.times()[cut] < second(12*3600) || c.times()[cut] >= second(13*3600) || i == 751 {
				continue
			}
			n++
			r := entered(func(r *cdr.Record) {
				r.Line, r.Called, r.CIC, r.TrunkGroup = int64(i+2), c.Called, int64(i), []byte(c.TrunkGroup)
				r.Start, r.Answer, r.End, r.Duration = c.Start.Add(ahead), c.Answer.Add(ahead), c.End.Add(ahead), c.End.Sub(c.Answer)
				if !c.Answer.Known() {
					r.Answer, r.Answered, r.Duration, r.Money = wire.NoTime, 0, 0, 0
				}
			})
			m.AddRecord(&r)
		}
		x := m.Match(o)
		for i := range x.Items {
			if c := i.Class; c.Weight() == Difference && (c != WireOnly || i.Call != 752) || c == Attempt {
				t.Errorf("cut by %d: %v of call %d", cut, c, i.Call)
			}
		}
		if n < 50 || !x.Clock.Known || x.Clock.Offset != ahead || x.Sums[WireOnly].Calls != 1 || x.Attempts != wantAttempts ||
			x.Sums[Matched].Records+x.Sums[Outside].Records != int64(n) {
			t.Errorf("cut by %d: %d records, %+v, %+v", cut, n, x.Clock, x.Sums)
		}
		return x
	}
	for _, cut := range []kind{byStart, byEnd} {
		for _, attempts := range []bool{false, true} {
			x := f(cut, attempts, Options{Own: true})
			if x.Sums[Outside].Records != 0 || x.From < second(11*3600) || x.To > second(14*3600) {
				t.Errorf("%v to %v: %+v", x.From, x.To, x.Sums)
			}
		}
		x := f(cut, false, Options{Own: true, TrunkGroup: "G"})
		if n := x.Sums[Matched].Records; n < 28 || n > 32 {
			t.Errorf("%d of the group are matched", n)
		}
		// A time that is given is judged whole, and the file with it.
		o := Options{Own: true, From: second(12*3600 + 900), To: second(13*3600 - 900)}
		if x := f(cut, false, o); x.Sums[Outside].Records == 0 || x.From != o.From || x.To != o.To {
			t.Errorf("%v to %v: %+v", x.From, x.To, x.Sums)
		}
	}
}

// times gives the times of a call, by kind.
func (o *Observed) times() [3]wire.Time { return [3]wire.Time{o.Answer, o.Start, o.End} }

// TestUncompared counts pairs whose call has no price.
func TestUncompared(t *testing.T) {
	f := func(o Observed, r cdr.Record, want int64) {
		t.Helper()
		if x := run1(Options{}, []Observed{o}, []cdr.Record{r}); x.Uncompared != want || x.From.Known() || x.To.Known() {
			t.Errorf("%d, want %d: %+v", x.Uncompared, want, x.Sums)
		}
	}
	noPrice := func(o *Observed) { o.HasMoney, o.Money = false, 0 }
	f(talk(), entered(), 0)
	f(talk(noPrice), entered(), 1)
	f(talk(noPrice), entered(noMoney), 0)
	f(talk(noPrice, func(o *Observed) { o.Free = true }), entered(), 0)
}

// TestSpan holds that single records that are far from all others do not make a file longer, and that those of a file with few
// records, or with pauses, belong to it.
func TestSpan(t *testing.T) {
	f := func(times []wire.Time, first, last wire.Time) {
		t.Helper()
		var m Matcher
		for i, at := range times {
			r := entered(func(r *cdr.Record) { r.Line, r.Start, r.Answer, r.End = int64(i), wire.NoTime, at, wire.NoTime })
			m.AddRecord(&r)
		}
		if a, b := m.Span(); a != first || b != last {
			t.Errorf("%v to %v, want %v to %v", a, b, first, last)
		}
	}
	day := func(n int, step, from float64) (list []wire.Time) {
		for i := range n {
			list = append(list, second(from+float64(i)*step))
		}
		return list
	}
	const year = 365 * 86400
	f(nil, wire.NoTime, wire.NoTime)
	f([]wire.Time{wire.NoTime, second(5)}, second(5), second(5))
	f(day(100, 60, 0), second(0), second(99*60))
	f(append(day(100, 60, 0), second(-year)), second(0), second(99*60))
	f(append(day(100, 60, 0), second(year)), second(0), second(99*60))
	f(append(day(100, 60, 0), second(year), second(-year), wire.NoTime), second(0), second(99*60))
	f(append(day(100, 60, 0), second(20*3600)), second(0), second(20*3600))                               // less than a day off
	f(append(day(100, 60, 0), second(year), second(year+60)), second(0), second(year+60))                 // too many of them
	f(append(day(3000, 60, 0), second(year), second(2*year), second(3*year)), second(0), second(2999*60)) // one in a thousand
	f(append(day(60, 86400, 0), second(70*86400)), second(0), second(70*86400))                           // no further than the others
	f([]wire.Time{second(0), second(1), second(year)}, second(0), second(year))                           // too few to tell
}

// TestStrayDate adds a record that is dated years before: calls before the file are not missing in it.
func TestStrayDate(t *testing.T) {
	var m Matcher
	for i := range 200 {
		at := second(float64(i) * 60)
		c := talk(func(c *Observed) {
			c.ID, c.Called, c.CIC, c.Start, c.Answer, c.End = uint64(i+1), fmt.Appendf(nil, "+4415555%05d", i), uint32(i), at, at, at.Add(30*time.Second)
		})
		m.AddCall(&c)
		r := entered(func(r *cdr.Record) {
			r.Line, r.Called, r.CIC, r.Start, r.Answer, r.End, r.Duration = int64(i+2), c.Called, int64(i), at, at, c.End, 30*time.Second
		})
		if i == 150 {
			r.Called, r.Start, r.Answer, r.End = []byte("+44999"), second(-1e9), second(-1e9), second(-1e9+30)
		}
		if i >= 100 {
			m.AddRecord(&r)
		}
	}
	x := m.Match(Options{Own: true})
	if x.Sums[WireOnly].Calls != 1 || x.Sums[FileOnly].Records != 1 || x.Sums[Outside].Calls != 100 || x.From != second(100*60) || x.Clock.At != x.From {
		t.Errorf("%+v, from %v, %+v", x.Sums, x.From, x.Clock)
	}
}
