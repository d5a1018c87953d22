package reconcile

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// A world says how calls and records are made.
type world struct {
	seed             uint64
	calls            int
	callers, callees int
	span             time.Duration
	offset           time.Duration // of the switch
	ppm              int64
	round            func(wire.Time) wire.Time
	columns          string // of the file: "start", "answer", "end", "duration", "calling", "circuit", "money", "answered", "tariff"
	all              bool   // the file has the calls that were not answered too
	each             int    // faults of each sort
	step             time.Duration
	keep             int // digits of the called number that the file has, from its end; below 0 from its head; 0 for all
}

func (w world) has(column string) bool { return strings.Contains(w.columns, column) }

const everything = "start answer end duration calling circuit money answered tariff"

func whole(t wire.Time) wire.Time  { return (t + 5e8).Add(0) / 1e9 * 1e9 }
func cut(t wire.Time) wire.Time    { return t / 1e9 * 1e9 }
func exact(t wire.Time) wire.Time  { return t }
func minute(t wire.Time) wire.Time { return t / 60e9 * 60e9 }

// A made is a world with its truth.
type made struct {
	calls   []Observed
	records []cdr.Record
	call    map[uint64]Class // truth, by call
	record  map[int64]Class  // truth, by line
	gaps    []Gap
}

const epoch = wire.Time(1_066_000_000e9)

// price is 10 a started second.
func price(d time.Duration) int64 { return 10 * int64((max(d, 0)+time.Second-1)/time.Second) }

// make makes calls of callers that have one call at a time, and the records that a switch writes of them.
func (w world) make(t testing.TB) *made {
	rng := rand.New(rand.NewPCG(w.seed, 7))
	x := &made{call: map[uint64]Class{}, record: map[int64]Class{}}
	busy := make([]wire.Time, w.callers)
	for n := range w.calls {
		from := rng.IntN(w.callers)
		start := epoch + wire.Time(int64(n)*int64(w.span)/int64(w.calls)) + wire.Time(rng.Int64N(1e9))
		start = max(start, busy[from]+wire.Time(3e9+rng.Int64N(4e9)))
		o := Observed{ID: uint64(n + 1), Calling: fmt.Appendf(nil, "+8491%07d", from*7919), CIC: uint32(n % 3000),
			Called: fmt.Appendf(nil, "+1415%07d", rng.IntN(w.callees)*6101), Start: start, Answer: wire.NoTime,
			End: start + wire.Time(2e9+rng.Int64N(20e9)), TrunkGroup: fmt.Sprintf("G%d", from%3), Sure: true, Tariff: "IDD",
			Destination: "USA"}
		if rng.IntN(3) > 0 {
			o.Answer = start + wire.Time(2e9+rng.Int64N(9e9))
			o.End = o.Answer + wire.Time(1e9+rng.ExpFloat64()*60e9)
			if rng.IntN(5) == 0 { // a short one, which is called again
				o.End = o.Answer + wire.Time(1e9+rng.Int64N(2e9))
			}
			d := o.End.Sub(o.Answer)
			o.HasMoney, o.Money, o.HasRange, o.Least, o.Most = true, price(d), true, price(d-Floor), price(d+Floor)
			o.Free = rng.IntN(40) == 0
		}
		busy[from] = o.End
		x.calls = append(x.calls, o)
		x.call[o.ID] = Matched
	}
	for i := range x.calls {
		w.record(x, &x.calls[i])
	}
	w.faults(t, x, rng)
	return x
}

// clock gives a time by the clock of the switch.
func (w world) clock(t wire.Time) wire.Time {
	if !t.Known() {
		return t
	}
	return w.round(t.Add(w.offset) + wire.Time(int64(t-epoch)/1e6*w.ppm))
}

// record adds what the switch writes of a call, if it does.
func (w world) record(x *made, o *Observed) {
	line := int64(o.ID) + 1
	if !o.Answer.Known() && !w.all {
		x.call[o.ID] = NoCharge
		return
	}
	r := cdr.Record{Line: line, Start: w.clock(o.Start), Answer: w.clock(o.Answer), End: w.clock(o.End), Duration: -1, Answered: 0, Charged: -1,
		CIC: int64(o.CIC), TrunkGroup: []byte(o.TrunkGroup), Calling: o.Calling, Called: o.Called, HasMoney: true}
	if o.Answer.Known() {
		r.Answered, r.Duration = 1, w.round(wire.Time(o.End.Sub(o.Answer))).Sub(0)
		if w.step > 0 {
			r.Duration = (o.End.Sub(o.Answer) + w.step - 1) / w.step * w.step
		}
		r.Money, r.Tariff = price(r.Duration), []byte("USA")
		if w.step > 0 {
			r.Money = o.Money
		}
		if o.Free {
			r.Money = 0
		}
	}
	if w.keep > 0 {
		r.Called = r.Called[len(r.Called)-w.keep:]
	} else if w.keep < 0 {
		r.Called = r.Called[:1-w.keep]
	}
	w.strip(&r)
	x.records = append(x.records, r)
	x.record[line] = Matched
}

// strip takes away what the file does not have.
func (w world) strip(r *cdr.Record) {
	for column, without := range map[string]func(){
		"start": func() { r.Start = wire.NoTime }, "answer": func() { r.Answer = wire.NoTime },
		"end": func() { r.End = wire.NoTime }, "duration": func() { r.Duration = -1 },
		"calling": func() { r.Calling = nil }, "circuit": func() { r.CIC, r.TrunkGroup = -1, nil },
		"money": func() { r.HasMoney, r.Money = false, 0 }, "answered": func() { r.Answered = -1 },
		"tariff": func() { r.Tariff = nil },
	} {
		if !w.has(column) {
			without()
		}
	}
}

// faults puts each fault in as often as is asked, no two near one another between the same numbers: there the truth could not be
// told from the file.
func (w world) faults(t testing.TB, x *made, rng *rand.Rand) {
	byLine := map[int64]int{}
	for i := range x.records {
		byLine[x.records[i].Line] = i
	}
	var touched []*Observed
	alone := func(o *Observed) bool {
		for _, p := range touched {
			if string(p.Called) == string(o.Called) && (!w.has("calling") || string(p.Calling) == string(o.Calling)) &&
				distance(p.Start, o.Start) < int64(10*time.Minute) {
				return false
			}
		}
		return true
	}
	gone := map[int64]bool{}
	line := int64(1_000_000)
	more := func(r cdr.Record, c Class) {
		line++
		r.Line = line
		w.strip(&r)
		x.records = append(x.records, r)
		x.record[line] = c
	}
	both := func(o *Observed, c Class) { x.call[o.ID], x.record[int64(o.ID)+1] = c, c }
	put := func(wants func(o *Observed) bool, do func(o *Observed, r *cdr.Record)) {
		t.Helper()
		for left, tries := w.each, 0; left > 0; tries++ {
			if tries == 100_000 {
				t.Fatalf("%+v: no room for the faults", w)
			}
			o := &x.calls[rng.IntN(len(x.calls))]
			if !alone(o) || !wants(o) {
				continue
			}
			touched = append(touched, o)
			var r *cdr.Record
			if i, ok := byLine[int64(o.ID)+1]; ok {
				r = &x.records[i]
			}
			do(o, r)
			left--
		}
	}
	paid := func(o *Observed) bool { return o.Answer.Known() && !o.Free && o.End.Sub(o.Answer) > 5*time.Second }
	later := func(t *wire.Time, d time.Duration) { *t = t.Add(d) }

	put(paid, func(o *Observed, r *cdr.Record) { // the record is missing
		gone[r.Line] = true
		x.call[o.ID] = WireOnly
		delete(x.record, r.Line)
	})
	var strays []*Observed
	put(func(o *Observed) bool { return paid(o) && w.free(x, o) }, func(o *Observed, r *cdr.Record) { // the call is missing
		strays = append(strays, o)
		x.record[r.Line] = FileOnly
		delete(x.call, o.ID)
		o.ID = 0
	})
	unheard := func(o *Observed) bool { // and no stray that was would be in the gap
		for _, p := range strays {
			if p.Start < o.End+300e9 && o.Start < p.End+300e9 { // where the file has no start, some minutes before the answer count
				return false
			}
		}
		return paid(o) && w.free(x, o)
	}
	put(unheard, func(o *Observed, r *cdr.Record) {
		x.record[r.Line] = Unseen
		x.gaps = append(x.gaps, Gap{o.Start - 1e9, o.Start + 1e9, o.TrunkGroup}, Gap{o.Start - 1e9, o.Start, "other"})
		delete(x.call, o.ID)
		o.ID = 0
	})
	if w.has("duration") || w.has("end") {
		put(paid, func(o *Observed, r *cdr.Record) {
			d := time.Duration(70+rng.Int64N(40)) * time.Second
			later(&r.End, d)
			r.Duration += d * time.Duration(min(1, max(0, r.Duration)))
			r.Money += int64(d / time.Second * 10)
			both(o, Duration)
		})
		put(paid, func(o *Observed, r *cdr.Record) {
			d := time.Duration(10+rng.Int64N(40)) * time.Second
			later(&r.Answer, d)
			later(&r.End, d)
			both(o, Answer)
		})
		put(paid, func(o *Observed, r *cdr.Record) { // the same, of a call whose end was not heard well
			o.Sure = false
			later(&r.Answer, 10*time.Second)
			later(&r.End, 10*time.Second)
			both(o, Unproved)
		})
	}
	put(func(o *Observed) bool { return !o.Answer.Known() && o.End-o.Start > 4e9 && w.free(x, o) },
		func(o *Observed, r *cdr.Record) {
			d := time.Duration(20+rng.Int64N(9)) * time.Second
			n := cdr.Record{Start: w.clock(o.Start), Answer: w.clock(o.Start + 3e9), End: w.clock(o.Start.Add(3e9 + d)), Duration: d,
				Answered: 1, Charged: -1, Calling: o.Calling, Called: o.Called, CIC: int64(o.CIC), TrunkGroup: []byte(o.TrunkGroup), HasMoney: true,
				Money: price(d)}
			if r != nil {
				n.Line = r.Line
				w.strip(&n)
				*r = n
				both(o, x.unlessMissed(o, ChargedNotAnswered))
				return
			}
			more(n, x.unlessMissed(o, ChargedNotAnswered))
			x.call[o.ID] = x.unlessMissed(o, ChargedNotAnswered)
		})
	put(paid, func(o *Observed, r *cdr.Record) { // the second record, with another start of the charging or none
		n := *r
		if n.Duration > 0 && rng.IntN(2) == 0 && w.has("calling") {
			n.Duration += 9e9
		}
		more(n, Double)
	})
	if w.has("start") && w.has("answered") {
		put(paid, func(o *Observed, r *cdr.Record) {
			r.Answered, r.Answer, r.Duration, r.Money = 0, wire.NoTime, 0, 0
			both(o, AnsweredNotCharged)
		})
	}
	if w.has("money") {
		put(paid, func(o *Observed, r *cdr.Record) { r.Money = 0; both(o, AnsweredNotCharged) })
		put(paid, func(o *Observed, r *cdr.Record) { r.Money *= 3; both(o, Tariff) })
		put(func(o *Observed) bool { return o.Free }, func(o *Observed, r *cdr.Record) { r.Money = 77; both(o, ChargedFree) })
	}
	if w.has("circuit") {
		put(paid, func(o *Observed, r *cdr.Record) { r.Called = []byte("+611234567"); both(o, Number) })
	}
	if w.has("calling") && w.keep == 0 {
		put(paid, func(o *Observed, r *cdr.Record) { r.Called = append([]byte("+61"), o.Called[3:]...); both(o, Number) })
	}
	if w.has("calling") && w.has("duration") {
		put(paid, func(o *Observed, r *cdr.Record) { // a wrong digit
			r.Called = slices.Clone(r.Called)
			last := &r.Called[len(r.Called)-1-rng.IntN(4)]
			*last = '0' + (*last-'0'+1+byte(rng.IntN(9)))%10
			both(o, Number)
		})
	}
	x.gather(gone)
}

// unlessMissed gives the class, and Unproved where the lines of a call missed something while it was up.
func (x *made) unlessMissed(o *Observed, c Class) Class {
	for _, g := range x.gaps {
		if g.From <= o.End && g.To >= o.Start && g.TrunkGroup == o.TrunkGroup {
			return Unproved
		}
	}
	return c
}

// free tells whether the record of a call can fit no other one: none of the same numbers is near at any of its times.
func (w world) free(x *made, o *Observed) bool {
	for i := range x.calls {
		p := &x.calls[i]
		if p == o || string(p.Called) != string(o.Called) || w.has("calling") && string(p.Calling) != string(o.Calling) {
			continue
		}
		if p.Start < o.End+130e9 && o.Start < p.End+130e9 {
			return false
		}
	}
	return true
}

// gather drops what is missing.
func (x *made) gather(gone map[int64]bool) {
	calls, records := x.calls[:0:0], x.records[:0:0]
	for _, o := range x.calls {
		if o.ID != 0 {
			calls = append(calls, o)
		}
	}
	for _, r := range x.records {
		if !gone[r.Line] {
			records = append(records, r)
		}
	}
	x.calls, x.records = calls, records
}

// match pairs a made world, added in any order.
func (x *made) match(seed uint64, o Options) *Result {
	rng := rand.New(rand.NewPCG(seed, 9))
	var m Matcher
	for _, i := range rng.Perm(len(x.calls)) {
		m.AddCall(&x.calls[i])
	}
	for _, i := range rng.Perm(len(x.records)) {
		m.AddRecord(&x.records[i])
	}
	o.Gaps = x.gaps
	return m.Match(o)
}

// check holds the result against the truth: each fault is found, and nothing else.
func (x *made) check(t *testing.T, w world, r *Result) {
	t.Helper()
	call, record := map[uint64]Class{}, map[int64]Class{}
	wrong := 0
	for i := range r.Items {
		if i.ownsCall() {
			call[i.Call] = i.Class
		}
		if i.ownsRecord() {
			record[i.Line] = i.Class
		}
		if i.ownsCall() && i.ownsRecord() && i.Line < 1_000_000 && uint64(i.Line) != i.Call+1 {
			if wrong++; wrong <= 3 {
				t.Errorf("seed %d: call %d is paired with record %d: %+v", w.seed, i.Call, i.Line, *i)
			}
		}
	}
	for id, want := range x.call {
		if got, ok := call[id]; !ok || got != want {
			if wrong++; wrong <= 6 {
				t.Errorf("seed %d: call %d: %v, want %v", w.seed, id, got, want)
			}
		}
	}
	for line, want := range x.record {
		if got, ok := record[line]; !ok || got != want {
			if wrong++; wrong <= 6 {
				t.Errorf("seed %d: record %d: %v, want %v", w.seed, line, got, want)
			}
		}
	}
	if len(call) != len(x.call) || len(record) != len(x.record) {
		t.Errorf("seed %d: %d calls and %d records, want %d and %d", w.seed, len(call), len(record), len(x.call), len(x.record))
	}
	if wrong > 0 || t.Failed() {
		t.Fatalf("%d wrong in %+v with %+v", wrong, w, r.Clock)
	}
}

// TestTruth makes networks and files with each fault in known numbers: each must be found, and nothing else.
func TestTruth(t *testing.T) {
	clocks := []struct {
		offset time.Duration
		ppm    int64
	}{{0, 0}, {-3200 * time.Millisecond, 0}, {7 * time.Hour, 0}, {0, 50}, {-7 * time.Hour, -200}, {90 * time.Second, 400}}
	shapes := []world{
		{calls: 1500, callers: 700, callees: 600, span: 24 * time.Hour, columns: everything, all: true},
		{calls: 1500, callers: 700, callees: 600, span: 14 * 24 * time.Hour, columns: everything},
		{calls: 1500, callers: 700, callees: 600, span: 3 * time.Hour, columns: "answer duration calling"},
		{calls: 1500, callers: 700, callees: 900, span: 24 * time.Hour, columns: "answer duration calling money", keep: 8},
		{calls: 1500, callers: 700, callees: 900, span: 24 * time.Hour, columns: "start answer duration calling money tariff", keep: -9},
		{calls: 3000, callers: 30, callees: 12, span: 18 * time.Hour, columns: "start answer end calling answered money", all: true},
		{calls: 3000, callers: 30, callees: 12, span: 7 * 24 * time.Hour, columns: "answer duration calling money answered"},
		{calls: 3000, callers: 900, callees: 3000, span: 48 * time.Hour, columns: "start answer duration money"},
		{calls: 1500, callers: 500, callees: 900, span: 48 * time.Hour, columns: "answer end duration calling money", step: time.Minute},
	}
	for n, w := range shapes {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			seed := uint64(n) << 32 // another one for each world
			for range 2 {
				for _, c := range clocks {
					for _, round := range []func(wire.Time) wire.Time{exact, whole, cut} {
						w := w
						seed++
						w.seed, w.each, w.offset, w.ppm, w.round = seed, 5, c.offset, c.ppm, round
						x := w.make(t)
						r := x.match(seed, Options{})
						x.check(t, w, r)
						w.checkClock(t, r, int64(len(x.records)))
					}
				}
			}
		})
	}
}

// checkClock holds the clock that was found against the one that was made.
func (w world) checkClock(t *testing.T, r *Result, records int64) {
	t.Helper()
	if !r.Clock.Known || r.Clock.Pairs < 100 || r.Clock.Step != w.step {
		t.Fatalf("%+v: %+v", w, r.Clock)
	}
	for _, at := range []wire.Time{epoch, epoch.Add(w.span / 2), epoch.Add(w.span)} {
		if d := distance(r.Clock.Wire(w.clock(at)), at); d > int64(1100*time.Millisecond) {
			t.Fatalf("%+v: at %v it is off by %v: %+v", w, at, time.Duration(d), r.Clock)
		}
	}
}
