package reconcile

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// TestClock holds what is found of the clock where pairs are wrong, few or many.
func TestClock(t *testing.T) {
	// wrong of a hundred calls have a record of another call between the same numbers, any time away; each pair of numbers calls
	// repeats times.
	f := func(n, repeats, wrong int, span, offset time.Duration, ppm int64, round func(wire.Time) wire.Time, within time.Duration) {
		t.Helper()
		for seed := range uint64(8) {
			rng := rand.New(rand.NewPCG(seed, 5))
			w := world{offset: offset, ppm: ppm, round: round}
			var m Matcher
			for i := range n {
				at := epoch + wire.Time(rng.Int64N(int64(span)))
				pair := i / repeats
				o := Observed{ID: uint64(i + 1), Calling: fmt.Appendf(nil, "+8491%07d", pair*37), Called: fmt.Appendf(nil, "+8498%07d", pair*91),
					Start: at - 5e9, Answer: at, End: at + wire.Time(rng.ExpFloat64()*90e9), Sure: true}
				m.AddCall(&o)
				told := at
				if rng.IntN(100) < wrong {
					told = epoch + wire.Time(rng.Int64N(int64(span)))
				}
				m.AddRecord(&cdr.Record{Line: int64(i + 1), Calling: o.Calling, Called: o.Called, Start: wire.NoTime, Answer: w.clock(told),
					End: wire.NoTime, Duration: o.End.Sub(o.Answer), Answered: 1, Charged: -1, CIC: -1})
			}
			c := m.Match(Options{}).Clock
			for _, at := range []wire.Time{epoch, epoch.Add(span / 2), epoch.Add(span)} {
				if d := distance(c.Wire(w.clock(at)), at); !c.Known || d > int64(within) {
					t.Errorf("seed %d, offset %v, %d ppm: at %v off by %v: %+v", seed, offset, ppm, at.Sub(epoch), time.Duration(d), c)
				}
			}
			want := offset + time.Duration(int64(c.At-epoch.Add(offset))/1e6*ppm)
			if off := c.Offset - want; off < -within || off > within || c.At.Sub(c.Wire(c.At)) != c.Offset {
				t.Errorf("offset %v at %v, want %v", c.Offset, c.At, want)
			}
		}
	}
	const day = 24 * time.Hour
	f(200, 1, 20, day, 0, 0, exact, 100*time.Millisecond)
	f(200, 1, 20, day, -3200*time.Millisecond, 0, whole, 700*time.Millisecond)
	f(500, 1, 20, 21*day, 7*time.Hour, 300, cut, 1100*time.Millisecond)
	f(500, 1, 15, 21*day, -11*time.Hour, -500, whole, 700*time.Millisecond)
	f(3000, 1, 20, 60*day, 30*time.Second, 120, whole, 700*time.Millisecond)
	f(600, 3, 10, 14*day, 7*time.Hour, -200, whole, 700*time.Millisecond) // no pair of numbers is unambiguous
	f(600, 600, 10, 2*day, 7*time.Hour, 50, whole, 700*time.Millisecond)  // all numbers are the same
	f(400, 1, 15, day, time.Hour, 0, minute, 35*time.Second)
	f(20, 1, 20, day, 7*time.Hour, 0, whole, 1500*time.Millisecond)
	f(40, 1, 0, 10*time.Minute, time.Hour, 0, whole, 700*time.Millisecond) // too short for a drift
}

// TestClockUnknown holds that too few pairs, and pairs that only chance puts together, tell nothing.
func TestClockUnknown(t *testing.T) {
	f := func(calls []Observed, records []cdr.Record) {
		t.Helper()
		c := run1(Options{}, calls, records).Clock
		if c.Known || c.Offset != 0 || c.Drift != 0 || c.Pairs != 0 || c.Tolerance != Floor || c.Lasting != Floor {
			t.Errorf("%+v", c)
		}
	}
	f(nil, nil)
	f([]Observed{talk()}, []cdr.Record{entered()})
	rng := rand.New(rand.NewPCG(3, 3))
	var calls []Observed
	var records []cdr.Record
	for i := range 400 {
		calls = append(calls, talk(func(o *Observed) {
			o.Calling, o.Called, o.Start = fmt.Appendf(nil, "+8491%07d", i), fmt.Appendf(nil, "+8498%07d", i), wire.NoTime
			o.Answer = epoch + wire.Time(rng.Int64N(86400e9))
			o.End = o.Answer + wire.Time(rng.Int64N(900e9))
		}))
		records = append(records, entered(func(r *cdr.Record) {
			r.Calling, r.Called, r.Start, r.End = calls[i].Calling, calls[i].Called, wire.NoTime, wire.NoTime
			r.Answer = epoch + wire.Time(rng.Int64N(86400e9))
		}))
	}
	f(calls, records)
}

// TestTolerance holds where the tolerance comes from.
func TestTolerance(t *testing.T) {
	f := func(round func(wire.Time) wire.Time, o Options, tolerance, lasting time.Duration) {
		t.Helper()
		w := world{seed: 1, calls: 1000, callers: 500, callees: 500, span: 24 * time.Hour, round: round, columns: "answer end calling"}
		c := w.make(t).match(1, o).Clock
		if d := c.Tolerance - tolerance; d < -tolerance/4 || d > tolerance/4 || c.Lasting != lasting && (c.Lasting < lasting/2 || c.Lasting > 2*lasting) {
			t.Errorf("%+v, want %v and %v", c, tolerance, lasting)
		}
	}
	f(exact, Options{}, Floor, Floor)
	f(whole, Options{}, Floor, Floor)
	f(minute, Options{}, 90*time.Second, 105*time.Second)
	f(whole, Options{Tolerance: 5 * time.Second}, 5*time.Second, 5*time.Second)
	f(exact, Options{Tolerance: time.Millisecond}, time.Millisecond, time.Millisecond)
}

// TestOtherUnit holds that durations in another unit are told, and make no tolerance.
func TestOtherUnit(t *testing.T) {
	f := func(times, parts int64, want bool) {
		t.Helper()
		w := world{seed: 1, calls: 1000, callers: 500, callees: 500, span: 24 * time.Hour, round: exact, columns: "start answer duration calling"}
		x := w.make(t)
		for i := range x.records {
			if r := &x.records[i]; r.Duration > 0 {
				r.Duration = r.Duration * time.Duration(times) / time.Duration(parts)
			}
		}
		c := x.match(1, Options{}).Clock
		if c.OtherUnit() != want || c.Lasting != Floor || c.Pairs < 100 || distance(c.Ratio*parts, 1000*times) > 100*times {
			t.Errorf("%+v, want %v", c, want)
		}
	}
	f(1, 1, false)
	f(60, 1, true)
	f(1, 60, true)
	f(10, 1, true)
	f(1, 10, true)
	f(1000, 1, true)
}

// TestCoarse holds that a switch that cuts its times to ten seconds is reconciled too.
func TestCoarse(t *testing.T) {
	ten := func(t wire.Time) wire.Time { return t / 10e9 * 10e9 }
	w := world{calls: 2000, callers: 900, callees: 900, span: 24 * time.Hour, offset: -90 * time.Minute, ppm: 30, round: ten,
		columns: "start answer end calling circuit"}
	for seed := range uint64(5) {
		w.seed = seed
		x := w.make(t)
		r := x.match(seed, Options{})
		x.check(t, w, r)
		if r.Clock.Tolerance < 12*time.Second || r.Clock.Tolerance > 18*time.Second {
			t.Errorf("%+v", r.Clock)
		}
	}
}

// TestRedials has one caller who calls one number every three seconds: the record that is missing, and the one that is too many,
// must be the right ones.
func TestRedials(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var m Matcher
		n, lost, extra := 250, rng.IntN(100), 150+rng.IntN(100) // no answer is late by so much
		for i := range n {
			at := epoch + wire.Time(int64(i)*3e9+rng.Int64N(5e8))
			o := talk(func(o *Observed) {
				o.ID, o.Start, o.Answer, o.End, o.Money = uint64(i+1), at-5e8, at, at+1e9+wire.Time(rng.Int64N(1e9)), 20
			})
			r := entered(func(r *cdr.Record) {
				r.Line, r.Start, r.Answer, r.End, r.CIC, r.Money = int64(i+1), wire.NoTime, whole(at+4e8), wire.NoTime, -1, 20
				r.Duration = o.End.Sub(o.Answer)
			})
			if i != extra {
				m.AddCall(&o)
			}
			if i != lost {
				m.AddRecord(&r)
			}
		}
		x := m.Match(Options{})
		for i := range x.Items {
			switch {
			case i.Call == uint64(lost+1) && i.Class == WireOnly, i.Line == int64(extra+1) && i.Class == FileOnly:
			case i.Class != Matched || int64(i.Call) != i.Line:
				t.Errorf("seed %d, lost %d, extra %d: %v call %d line %d", seed, lost+1, extra+1, i.Class, i.Call, i.Line)
			}
		}
	}
}

// crowd is n calls and as many records between the same numbers, all within so long.
func crowd(m *Matcher, n int, within int64, column func(r *cdr.Record)) {
	rng := rand.New(rand.NewPCG(8, 8))
	for i := range n {
		at := epoch + wire.Time(rng.Int64N(within))
		o := talk(func(o *Observed) {
			o.ID, o.Start, o.Answer, o.End = uint64(i+1), at-4e9, at, at+wire.Time(1e9+rng.ExpFloat64()*60e9)
		})
		m.AddCall(&o)
		r := entered(func(r *cdr.Record) {
			r.Line, r.Start, r.Answer, r.End, r.Duration = int64(i+1), o.Start, o.Answer, o.End, o.End.Sub(o.Answer)
			column(r)
		})
		m.AddRecord(&r)
	}
}

// TestCrowd holds that everybody finds a partner where all numbers are the same, and soon.
func TestCrowd(t *testing.T) {
	f := func(n int, within int64, least int64, column func(r *cdr.Record)) {
		t.Helper()
		var m Matcher
		crowd(&m, n, within, column)
		x := m.Match(Options{})
		paired := int64(0)
		for i := range x.Items {
			if i.ownsCall() && i.ownsRecord() {
				paired++
			}
		}
		if paired < least {
			t.Errorf("%d of %d within %v paired: %+v", paired, n, time.Duration(within), x.Clock)
		}
	}
	f(3000, 3600e9, 3000, func(*cdr.Record) {})
	f(3000, 3600e9, 3000, func(r *cdr.Record) { r.Calling, r.Start, r.End, r.CIC = nil, wire.NoTime, wire.NoTime, -1 })
	f(5000, 1, 5000, func(r *cdr.Record) { r.Start, r.End, r.Duration = wire.NoTime, wire.NoTime, -1 }) // all at one time
	f(20000, 10e9, 19900, func(r *cdr.Record) { r.Start, r.CIC = wire.NoTime, -1 })
}

// items gives all that a result tells, without what is borrowed.
func items(x *Result) (list []string) {
	for i := range x.Items {
		list = append(list, fmt.Sprintf("%+v", *i))
	}
	return list
}

// TestOrder holds that the order in which calls and records come in changes nothing.
func TestOrder(t *testing.T) {
	for seed := range uint64(3) {
		w := world{seed: seed, calls: 1200, callers: 25, callees: 9, span: 9 * time.Hour, columns: everything, each: 3, round: cut,
			offset: 7 * time.Hour, all: seed == 1}
		x := w.make(t)
		first := x.match(1, Options{})
		want := items(first)
		for order := range uint64(4) {
			again := x.match(order+2, Options{})
			if got := items(again); !reflect.DeepEqual(got, want) || again.Sums != first.Sums || again.Clock != first.Clock {
				t.Fatalf("seed %d: another order gives another result", seed)
			}
		}
		if len(items(first)) != len(want) {
			t.Error("the items are there only once")
		}
		n := 0
		for range first.Items {
			if n++; n == 3 {
				break
			}
		}
	}
}

// invariants hold for any input: each call and each record has one item, items come in order of time, sums are those of the items.
func invariants(t testing.TB, calls []Observed, records []cdr.Record, x *Result) {
	t.Helper()
	call, line := map[uint64]int{}, map[int64]int{}
	for i := range calls {
		call[calls[i].ID]++
	}
	for i := range records {
		line[records[i].Line]++
	}
	last := wire.NoTime
	var sums [numClasses]Sum
	for i := range x.Items {
		if i.At < last {
			t.Fatalf("%v after %v", i.At, last)
		}
		last = i.At
		if i.ownsCall() {
			call[i.Call]--
		}
		if i.ownsRecord() {
			line[i.Line]--
		}
		if !i.ownsCall() && !i.ownsRecord() || i.HasStake && i.Stake < 0 && sums[i.Class].Lost < 0 {
			t.Fatalf("an item of nothing: %+v", *i)
		}
		sums[i.Class].add(i)
	}
	for id, n := range call {
		if n != 0 {
			t.Fatalf("call %d is there %d times too few", id, n)
		}
	}
	for l, n := range line {
		if n != 0 {
			t.Fatalf("record %d is there %d times too few", l, n)
		}
	}
	var nc, nr int64
	for _, s := range x.Sums {
		nc, nr = nc+s.Calls, nr+s.Records
		if s.Lost < 0 || s.Over < 0 || s.Talk < 0 || s.FileTalk < 0 {
			t.Fatalf("%+v", s)
		}
	}
	if nc != int64(len(calls)) || nr != int64(len(records)) || x.Calls != nc || x.Records != nr || sums != x.Sums {
		t.Fatalf("%d calls and %d records, want %d and %d", nc, nr, len(calls), len(records))
	}
	if x.Clock.Tolerance <= 0 || x.Clock.Scatter < 0 || x.Clock.Pairs > x.Clock.Looked {
		t.Fatalf("%+v", x.Clock)
	}
}

// small makes a set of a few calls and records from octets, with all that a file may have wrong.
func small(data []byte) (calls []Observed, records []cdr.Record, o Options) {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	numbers := []string{"", "+84912345678", "912345678", "+849123", "113", "+14155550100", "+", "\xff\x00"}
	number := func() []byte { return []byte(numbers[next()%len(numbers)]) }
	moment := func() wire.Time {
		switch b := next(); {
		case b < 40:
			return wire.NoTime
		case b == 255:
			return 1<<63 - 1
		case b == 254:
			return wire.NoTime + 1
		default:
			return epoch + wire.Time(b-128)*7e8*wire.Time(1+next()%3)
		}
	}
	amounts := []int64{0, 1, 600, -600, 1<<63 - 1, -1 << 63}
	o = Options{Tolerance: time.Duration(next()%3) * time.Second, Step: time.Duration(next()%2) * time.Minute, Money: int64(next() % 2)}
	if next()%4 == 0 {
		o.From, o.To = moment(), moment()
		o.Gaps = []Gap{{moment(), moment(), "G"}, {moment(), moment(), ""}}
	}
	for len(data) > 0 && len(calls)+len(records) < 200 {
		if b := next(); b&1 == 0 {
			calls = append(calls, Observed{ID: uint64(len(calls)+1) * uint64(1+b>>7), Calling: number(), Called: number(), Start: moment(),
				Answer: moment(), End: moment(), CIC: uint32(next() % 3), TrunkGroup: []string{"", "G", "H"}[next()%3], Free: b&2 != 0,
				Sure: b&4 != 0, HasMoney: b&8 != 0, Money: amounts[next()%6], Tariff: []string{"", "T", "U"}[next()%3],
				Suspended: time.Duration(next()-9) * time.Second, HasRange: b&16 != 0, Least: amounts[next()%6], Most: amounts[next()%6]})
		} else {
			r := cdr.Record{Line: int64(len(records) + 1), Calling: number(), Called: number(), Start: moment(), Answer: moment(),
				End: moment(), Duration: time.Duration(next()-1) * time.Second, Answered: int8(next()%3 - 1), Charged: int8(next()%3 - 1),
				TrunkGroup: []byte([]string{"", "G", "H"}[next()%3]), CIC: int64(next()%4 - 1), HasMoney: b&2 != 0, Money: amounts[next()%6],
				Tariff: []byte([]string{"", "T", "V"}[next()%3])}
			if b&4 != 0 && b&8 != 0 && b&16 != 0 {
				r.Duration, r.CIC = 1<<63-1, 1<<40
			}
			if b&32 != 0 {
				eitherHour(&r)
			}
			records = append(records, r)
		}
	}
	return calls, records, o
}

// FuzzMatch holds the invariants for small sets of anything, and that the order of adding changes nothing.
func FuzzMatch(f *testing.F) {
	rng := rand.New(rand.NewPCG(4, 4))
	for n := range 40 {
		data := make([]byte, n*40)
		for i := range data {
			data[i] = byte(rng.IntN(256))
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		calls, records, o := small(data)
		x := run1(o, calls, records)
		invariants(t, calls, records, x)
		var m Matcher
		for i := range records {
			m.AddRecord(&records[len(records)-1-i])
		}
		for i := range calls {
			m.AddCall(&calls[len(calls)-1-i])
		}
		if y := m.Match(o); !reflect.DeepEqual(items(y), items(x)) {
			t.Fatalf("another order gives\n%q\nnot\n%q", items(y), items(x))
		}
	})
}

// TestInvariants holds them for made worlds too.
func TestInvariants(t *testing.T) {
	for seed := range uint64(4) {
		w := world{seed: seed, calls: 2000, callers: 50, callees: 30, span: 20 * time.Hour, columns: everything, each: 4, round: whole,
			all: seed%2 == 0, ppm: 20}
		x := w.make(t)
		invariants(t, x.calls, x.records, x.match(seed, Options{From: epoch.Add(time.Hour), To: epoch.Add(15 * time.Hour)}))
	}
}

// TestAddAllocs holds that what is added costs no more than its place.
func TestAddAllocs(t *testing.T) {
	var m Matcher
	m.calls, m.records = make([]call, 0, 5000), make([]record, 0, 5000)
	o, r := talk(), entered()
	m.AddCall(&o)
	m.AddRecord(&r)
	if n := testing.AllocsPerRun(1000, func() { m.AddCall(&o); m.AddRecord(&r) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestCoarseTimes holds that times cut to two seconds in a few minutes make no durations wrong: their scatter is more than the floor,
// and no drift is seen in it.
func TestCoarseTimes(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 9))
		var m Matcher
		cut := func(t wire.Time) wire.Time { return t - t%2e9 }
		for i := range 2000 {
			at := epoch + wire.Time(rng.Int64N(200e9))
			o := Observed{ID: uint64(i + 1), Calling: fmt.Appendf(nil, "+8491%07d", i), Called: fmt.Appendf(nil, "+8498%07d", i),
				Start: at - 5e9, Answer: at, End: at + wire.Time(rng.ExpFloat64()*90e9) + 2e9, Sure: true}
			m.AddCall(&o)
			m.AddRecord(&cdr.Record{Line: int64(i + 1), Calling: o.Calling, Called: o.Called, Start: cut(o.Start), Answer: cut(o.Answer),
				End: cut(o.End), Duration: cut(o.End).Sub(cut(o.Answer)), Answered: 1, Charged: -1, CIC: -1})
		}
		if x := m.Match(Options{}); x.Sums[Matched].Calls != 2000 || x.Clock.Drift != 0 || x.Clock.Lasting <= Floor {
			t.Errorf("seed %d: %+v %+v", seed, x.Clock, x.Sums)
		}
	}
}
