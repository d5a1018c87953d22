package charge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"c7mon/charge"
)

// seed of all random tests; a failure tells it and the number of the sequence.
const seed = 22024

func random(stream int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(stream))) }

func randomOctets(r *rand.Rand) octets {
	o := make(octets, 30+r.IntN(170))
	for i := range o {
		o[i] = byte(r.Uint32())
	}
	return o
}

// differ plays a script with the engine and with the literal simulation, and tells the first difference.
func differ(o octets) error {
	acm, acmMax, script := o.script()
	s := charge.NewMS(acm, acmMax)
	m := &literalMobile{now: math.MinInt64, acm: acm, acmMax: acmMax}
	for i, v := range script {
		got, want := play(s, v), m.do(v)
		switch {
		case got != want:
			return fmt.Errorf("event %d: got %v, want %v", i+1, got, want)
		case int64(s.CCM()) != m.ccm():
			return fmt.Errorf("after event %d: CCM %v, want %v", i+1, s.CCM(), charge.Units(m.ccm()))
		case s.ACM() != m.acm:
			return fmt.Errorf("after event %d: ACM %d, want %d", i+1, s.ACM(), m.acm)
		case !slices.Equal(s.Terminated(), m.terminated):
			return fmt.Errorf("event %d: terminated %v, want %v", i+1, s.Terminated(), m.terminated)
		}
		for id := range charge.CallID(4) {
			u, up := s.Units(id)
			c := m.find(id)
			if up != (c != nil) || up && int64(u) != c.aoc {
				return fmt.Errorf("after event %d: call %d up %v with %v, want %+v", i+1, id, up, u, c)
			}
		}
	}
	return nil
}

// up counts the calls that are up.
func up(s *charge.MS) (n int) {
	for id := range charge.CallID(4) {
		if _, ok := s.Units(id); ok {
			n++
		}
	}
	return n
}

// TestLiteral holds the mobile station - CCM, ACM, ACMmax, what is barred and what is terminated when - against the literal
// simulation in 0.1 s steps, on 100,000 random sequences of events.
func TestLiteral(t *testing.T) {
	for i := range sequences {
		o := randomOctets(random(i))
		if err := differ(o); err != nil {
			acm, acmMax, script := o.script()
			t.Fatalf("seed %d, sequence %d: %v\nACM %d, ACMmax %d\n%s", seed, i, err, acm, acmMax, text(script))
		}
	}
}

// TestLiteralReaches holds that the random sequences come to everything that they are to compare.
func TestLiteralReaches(t *testing.T) {
	var barred, terminated, several, incoming, charged, late int
	for i := range 2000 {
		acm, acmMax, script := randomOctets(random(i)).script()
		s := charge.NewMS(acm, acmMax)
		directions := map[charge.CallID]bool{}
		for _, v := range script {
			o := play(s, v)
			switch {
			case v.kind == evStart && o.yes:
				barred++
			case v.kind == evStart && o.err == nil:
				directions[v.call] = v.incoming
			}
			for _, e := range s.Terminated() {
				terminated++
				if v.kind == evReceive && e.Call == v.call && directions[e.Call] {
					incoming++
				}
				if e.At != v.at {
					late++
				}
			}
			if up(s) > 1 {
				several++
			}
			if s.CCM() > 0 {
				charged++
			}
		}
	}
	for name, n := range map[string]int{"barred": barred, "terminated": terminated, "several calls": several,
		"incoming ended by its CAI": incoming, "charged": charged, "terminated between events": late} {
		if n < 200 {
			t.Errorf("%s: %d times in 2000 sequences: too few to prove anything", name, n)
		}
	}
}

// playMeter gives an event of one call to its meter.
func playMeter(m *charge.Meter, v event) {
	switch v.kind {
	case evReceive:
		m.Receive(v.at, v.cai)
	case evChange:
		m.ServiceChange(v.at)
	case evSegments:
		m.Segments(v.at, v.n)
	case evLost:
		m.LinkLost(v.at)
	case evBack:
		m.LinkBack(v.at)
	}
}

// meterScript is a script of one call that ends in a call of some minutes without events, so that many intervals go by at
// once.
func meterScript(r *rand.Rand) []event {
	_, _, script := randomOctets(r).script()
	script = slices.DeleteFunc(script, func(v event) bool { return v.kind == evStart || v.kind == evEnd || v.kind == evMax })
	last := script[len(script)-1].at
	return append(script, event{at: last + time.Duration(r.Int64N(int64(3*time.Minute)))})
}

// TestMeterLiteral holds the meter of one call against the literal simulation, and its steps against its result.
func TestMeterLiteral(t *testing.T) {
	for i := range 3000 {
		script := meterScript(random(i))
		var plain charge.Meter
		var sum charge.Units
		var stepAt time.Duration = math.MinInt64
		traced := charge.Meter{Trace: func(s charge.Step) {
			if s.At < stepAt || s.Count < 1 || s.Rule == "" || s.What == "" {
				t.Fatalf("seed %d, sequence %d: step %+v after %v\n%s", seed, i, s, stepAt, text(script))
			}
			stepAt = s.At
			if sum += s.Each * charge.Units(s.Count); sum != s.Sum {
				t.Fatalf("seed %d, sequence %d: step %+v, sum %v\n%s", seed, i, s, sum, text(script))
			}
		}}
		m := &literalMobile{now: math.MinInt64}
		m.do(event{at: script[0].at, kind: evStart})
		for _, v := range script {
			v.call = 0
			m.do(v)
			playMeter(&plain, v)
			playMeter(&traced, v)
		}
		end := script[len(script)-1].at
		got, want := plain.End(end), charge.Units(m.ccm())
		if with := traced.End(end); got != want || with != want || sum != want {
			t.Fatalf("seed %d, sequence %d: got %v, traced %v, steps %v, want %v\n%s", seed, i, got, with, sum, want, text(script))
		}
	}
}

// TestSplit holds that a call split anywhere by its own CAI, without e4 and e7, costs the same (4.3 e, g): between ticks, on
// them, at the end of an interval and at that of the call.
func TestSplit(t *testing.T) {
	charged := 0
	for i := range 20_000 {
		r := random(i)
		o := randomOctets(r)
		cai := o.cai()
		length := time.Duration(r.Int64N(int64(20 * time.Second)))
		moment := func() time.Duration { return time.Duration(r.Int64N(int64(length) + 1)) }
		if i%2 == 0 {
			length = length.Truncate(charge.Tick)
			moment = func() time.Duration { return charge.Tick * time.Duration(r.Int64N(int64(length/charge.Tick)+1)) }
		}
		cuts := make([]time.Duration, 1+r.IntN(5))
		for j := range cuts {
			cuts[j] = moment()
		}
		slices.Sort(cuts)
		segments := make([]int64, len(cuts)+1) // before each cut, and after the last
		for j := range segments {
			segments[j] = r.Int64N(20)
		}
		cost := func(split bool) charge.Units {
			var m charge.Meter
			m.Receive(0, cai)
			for j, cut := range cuts {
				m.Segments(cut, segments[j])
				if split {
					m.Receive(cut, cai.Without(charge.E4).Without(charge.E7))
				}
			}
			m.Segments(length, segments[len(cuts)])
			return m.End(length)
		}
		got, want := cost(true), cost(false)
		if got != want {
			t.Fatalf("seed %d, call %d: %v, %v long, segments %d, split at %v: got %v, want %v", seed, i, cai, length, segments, cuts, got, want)
		}
		if e4, _ := cai.Get(charge.E4); want > 0 && e4 == 0 {
			charged++
		}
	}
	if charged < 2000 {
		t.Errorf("%d calls charged by time or data: too few to prove anything", charged)
	}
}

// TestNeverDecreases holds that the ACM is never decremented (4.2.2), and the CCM only by a start with no call up (4.2.1).
func TestNeverDecreases(t *testing.T) {
	for i := range 5000 {
		acm, acmMax, script := randomOctets(random(i)).script()
		s := charge.NewMS(acm, acmMax)
		var ccm charge.Units
		grown := func(v event) {
			t.Helper()
			if s.CCM() < ccm || s.ACM() < acm {
				t.Fatalf("seed %d, sequence %d: at %v CCM from %v to %v, ACM from %d to %d\n%s", seed, i, v, ccm, s.CCM(), acm, s.ACM(), text(script))
			}
			ccm, acm = s.CCM(), s.ACM()
		}
		for _, v := range script {
			s.Advance(v.at) // what the time brings, which may end the last call
			grown(v)
			if v.kind == evStart && up(s) == 0 {
				ccm = 0
			}
			play(s, v)
			grown(v)
		}
	}
}

// TestZeroCostsNothing holds that calls cost nothing whose CAI add nothing: e3 zero, or e1, e4, e5 zero or missing (4.3 i, j).
func TestZeroCostsNothing(t *testing.T) {
	for i := range 5000 {
		_, acmMax, script := randomOctets(random(i)).script()
		s := charge.NewMS(0, acmMax)
		for _, v := range script {
			if i%2 == 0 {
				v.cai = must(v.cai.With(charge.E3, 0))
			} else {
				v.cai = must(v.cai.With(charge.E1, 0)).Without(charge.E4)
				v.cai = must(v.cai.With(charge.E5, 0))
			}
			play(s, v)
			if s.CCM() != 0 || s.ACM() != 0 || len(s.Terminated()) != 0 {
				t.Fatalf("seed %d, sequence %d: at %v CCM %v, ACM %d, terminated %v\n%s", seed, i, v, s.CCM(), s.ACM(), s.Terminated(), text(script))
			}
		}
	}
}

// TestAbeyanceOrder holds that, of any CAI that come in one interval, the last value of each element is what comes into
// operation, e7 before e2: the call costs what its intervals cost by themselves (4.3 e).
func TestAbeyanceOrder(t *testing.T) {
	for i := range 20_000 {
		r := random(i)
		c := must(must(must(charge.CAI{}.With(charge.E1, 1)).With(charge.E2, 100)).With(charge.E3, charge.Unity))
		var m charge.Meter
		m.Receive(0, c)
		last := [8]int64{charge.E1: 1, charge.E2: 100, charge.E7: 0}
		at := 10 * time.Second
		for n := range r.IntN(6) { // held until 10 s
			m.Receive(time.Duration(n)*time.Second, some(r, &last, 50, charge.E1, charge.E2, charge.E7))
		}
		if got := m.Units(); got != 0 {
			t.Fatalf("seed %d, call %d: %v before the interval is over", seed, i, got)
		}
		length := at + time.Duration(r.Int64N(int64(30*time.Second)))
		ticks := int64((length - at) / charge.Tick)
		want := int64(100) // the first interval, by the first e1 of 0.1
		e1, e2, e7 := last[charge.E1], last[charge.E2], last[charge.E7]
		if e7 > 0 && ticks >= e7 {
			want += e1 * 100
		}
		if ticks -= e7; ticks > 0 && e2 > 0 {
			want += ticks / e2 * e1 * 100
		}
		if got := m.End(length); got != charge.Units(want) {
			t.Fatalf("seed %d, call %d: then e1=%d e2=%d e7=%d in tenths until %v: got %v, want %v", seed, i, e1, e2, e7, length, got, charge.Units(want))
		}
	}
}

// TestAbeyanceOrderData holds the same of e5 and e6 and the data interval (4.3 g).
func TestAbeyanceOrderData(t *testing.T) {
	for i := range 20_000 {
		r := random(i)
		c := must(must(must(charge.CAI{}.With(charge.E5, 1)).With(charge.E6, 10)).With(charge.E3, charge.Unity))
		var m charge.Meter
		m.Receive(0, c)
		last := [8]int64{charge.E5: 1, charge.E6: 10}
		before := int64(0)
		for range r.IntN(6) { // held until the tenth segment
			m.Receive(0, some(r, &last, 12, charge.E5, charge.E6))
			more := r.Int64N(10 - before)
			m.Segments(0, more)
			before += more
		}
		if got := m.Units(); got != 0 {
			t.Fatalf("seed %d, call %d: %v before the data interval is over", seed, i, got)
		}
		all := r.Int64N(60) + 10
		m.Segments(0, all-before)
		want := int64(100) // the first data interval, by the first e5 of 0.1
		if last[charge.E6] > 0 {
			want += (all - 10) / last[charge.E6] * last[charge.E5] * 100
		}
		if got := m.End(0); got != charge.Units(want) {
			t.Fatalf("seed %d, call %d: then e5=%d tenths, e6=%d, %d segments in all: got %v, want %v", seed, i, last[charge.E5], last[charge.E6], all, got, charge.Units(want))
		}
	}
}

// some gives a CAI with some of the elements, each below a limit, and notes their values.
func some(r *rand.Rand, last *[8]int64, limit int64, elements ...charge.Element) (c charge.CAI) {
	for _, e := range elements {
		if r.IntN(2) == 0 {
			last[e] = r.Int64N(limit)
			c = must(c.With(e, last[e]))
		}
	}
	return c
}
