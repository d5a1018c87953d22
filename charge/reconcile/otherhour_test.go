package reconcile

import (
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// eitherHour makes a record one that may be of an hour later as well.
func eitherHour(r *cdr.Record) {
	r.Other = [3]time.Duration{time.Hour, time.Hour, time.Hour}
}

// TestOtherHour holds that a record of an hour that the clock repeats finds its call in either.
func TestOtherHour(t *testing.T) {
	const hour = 3600
	at := func(s float64, change ...func(*Observed)) Observed {
		return talk(append([]func(*Observed){func(o *Observed) {
			o.Start, o.Answer, o.End = second(s), second(s+10), second(s+70)
		}}, change...)...)
	}
	f := func(o Observed, records []cdr.Record, want ...Class) {
		t.Helper()
		wantClasses(t, []Observed{o}, records, want...)
	}
	one := []cdr.Record{entered(eitherHour)}
	f(at(0), one, Matched)
	f(at(hour), one, Matched)
	f(at(-hour), one, WireOnly, FileOnly)
	f(at(2*hour), one, FileOnly, WireOnly)
	f(at(hour), []cdr.Record{entered()}, FileOnly, WireOnly)
	f(at(hour), []cdr.Record{entered(func(r *cdr.Record) { r.Other = [3]time.Duration{-time.Hour, -time.Hour, -time.Hour} })}, FileOnly, WireOnly)
	f(at(hour), []cdr.Record{entered(eitherHour, func(r *cdr.Record) { r.Duration, r.End = 90*time.Second, second(100) })}, Duration)
	f(at(hour), []cdr.Record{entered(eitherHour, func(r *cdr.Record) { r.Called = []byte("+14155550900") })}, Number)
	f(at(hour), []cdr.Record{entered(eitherHour), entered(eitherHour, func(r *cdr.Record) { r.Line = 3 })}, Double, Matched)
	f(at(hour), []cdr.Record{entered(eitherHour, func(r *cdr.Record) { r.Start, r.End = wire.NoTime, wire.NoTime })}, Matched)

	// It is of neither where one of them was not heard.
	for _, from := range []float64{0, hour} {
		o := Options{Gaps: []Gap{{second(from - 5), second(from + 5), ""}}}
		if x := run1(o, nil, one); x.Sums[Unseen].Records != 1 {
			t.Errorf("%+v", x.Sums)
		}
	}

	// What was matched once is so again.
	var m Matcher
	o := at(hour)
	m.AddCall(&o)
	m.AddRecord(&one[0])
	for range 3 {
		if x := m.Match(Options{}); x.Sums[Matched].Calls != 1 {
			t.Errorf("%+v", x.Sums)
		}
	}
}

// TestOtherHourClock holds that a file of that hour alone does not look like one of a clock that is an hour off.
func TestOtherHourClock(t *testing.T) {
	for _, late := range []int{0, 50, 100} { // so many of a hundred are of the second hour
		w := world{seed: 3, calls: 1000, callers: 500, callees: 500, span: 50 * time.Minute, round: whole, columns: "start answer end duration calling"}
		x := w.make(t)
		for i := range x.calls {
			if o := &x.calls[i]; i*100 >= (100-late)*len(x.calls) {
				for _, p := range []*wire.Time{&o.Start, &o.Answer, &o.End} {
					if p.Known() {
						*p = p.Add(time.Hour)
					}
				}
			}
		}
		for i := range x.records {
			eitherHour(&x.records[i])
		}
		r := x.match(1, Options{})
		if r.Sums[Matched].Records != int64(len(x.records)) || len(x.records) < 600 || distance(r.Clock.Offset, 0) > int64(time.Second) {
			t.Errorf("%d of a hundred: %+v, clock %+v", late, r.Sums, r.Clock)
		}
	}
}
