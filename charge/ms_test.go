package charge_test

import (
	"math"
	"testing"
	"time"

	"c7mon/charge"
)

// dearest is the CAI with which an interval costs most.
func dearest() (c charge.CAI) {
	for e, steps := range map[charge.Element]int64{charge.E1: 8191, charge.E2: 1, charge.E3: 8191, charge.E4: 8191, charge.E5: 8191, charge.E6: 1} {
		c = must(c.With(e, steps))
	}
	return c
}

// TestLong holds what calls of hours and years cost at the dearest rate: 819.1 * 81.91 = 67092.481 units each 0.1 s.
func TestLong(t *testing.T) {
	const each = 67_092_481
	f := func(from, to time.Duration, want charge.Units) {
		t.Helper()
		var m charge.Meter
		m.Receive(from, dearest())
		if got := m.End(to); got != want {
			t.Errorf("%v to %v: got %v, want %v", from, to, got, want)
		}
	}
	f(0, 24*time.Hour, each+864_000*each)
	f(0, 10*365*24*time.Hour, each+3_153_600_000*each)
	f(0, math.MaxInt64, each+92_233_720_368*each)             // 292 years
	f(math.MinInt64, math.MaxInt64, charge.MaxUnits)          // 584 years are too much
	f(math.MaxInt64-time.Second, math.MaxInt64, each+10*each) // the next interval would end after the last time there is
}

// TestSaturated holds that what is too much stays at MaxUnits, and has no price.
func TestSaturated(t *testing.T) {
	var m charge.Meter
	m.Receive(0, dearest())
	m.Segments(0, math.MaxInt64)
	m.Segments(1, math.MaxInt64)
	m.Receive(2, dearest())
	if got := m.End(time.Hour); got != charge.MaxUnits {
		t.Errorf("got %v", got)
	}
	if _, err := (charge.PUCT{Price: charge.Decimal{Mantissa: 1, Decimals: 18}}).Money(m.Units()); err != charge.ErrTooMuch {
		t.Errorf("a price of what cannot be counted: %v", err)
	}

	for shift := 38; shift < 63; shift++ { // the product of 128 bits has low halves of any size
		var m charge.Meter
		m.Receive(0, dearest())
		if m.Segments(0, 1<<shift); m.Units() != charge.MaxUnits {
			t.Errorf("2^%d segments: got %v", shift, m.Units())
		}
	}

	s := charge.NewMS(math.MaxInt64-5, 0)
	for id := range charge.CallID(3) {
		_, err1 := s.Start(0, id, charge.MobileOriginated, false)
		_, err2 := s.Receive(0, id, dearest())
		if err := s.Segments(0, id, math.MaxInt64); err != nil || err1 != nil || err2 != nil {
			t.Fatal(err, err1, err2)
		}
	}
	s.Advance(time.Minute)
	if s.CCM() != charge.MaxUnits || s.ACM() != math.MaxInt64 {
		t.Errorf("CCM %v, ACM %d", s.CCM(), s.ACM())
	}
}

// TestLastTime holds that a mobile comes to the last time there is: an interval that would end after it does not end.
func TestLastTime(t *testing.T) {
	s := charge.NewMS(0, 0)
	from := time.Duration(math.MaxInt64 - 650*time.Millisecond)
	for id, e2 := range map[charge.CallID]string{1: "0.3", 2: "0.7"} {
		_, err1 := s.Start(from, id, charge.MobileOriginated, false)
		_, err2 := s.Receive(from, id, must(elements([]string{"e1=1", "e2=" + e2, "e3=1"})))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
	}
	s.Advance(math.MaxInt64)
	if s.CCM() != 2000 || s.ACM() != 1 { // the second unit waits for its 5 seconds
		t.Errorf("CCM %v, ACM %d", s.CCM(), s.ACM())
	}
	if err := s.End(math.MaxInt64, 1); err != nil || s.ACM() != 2 {
		t.Errorf("%v, ACM %d", err, s.ACM())
	}
}

// TestMeterEvents holds what a Meter makes of events that a call does not have.
func TestMeterEvents(t *testing.T) {
	cai := must(must(must(charge.CAI{}.With(charge.E1, 10)).With(charge.E2, 10)).With(charge.E3, 100))
	f := func(want charge.Units, events ...func(m *charge.Meter)) {
		t.Helper()
		var m charge.Meter
		for _, e := range events {
			e(&m)
		}
		if got := m.End(10 * time.Second); got != want || m.Units() != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	receive := func(at time.Duration) func(*charge.Meter) {
		return func(m *charge.Meter) { m.Receive(at, cai) }
	}
	end := func(at time.Duration) func(*charge.Meter) { return func(m *charge.Meter) { m.End(at) } }
	f(0)
	f(10_000, receive(0))
	f(0, end(1), receive(2))                                                               // after its end
	f(3_000, receive(0), end(3*time.Second), receive(4*time.Second))                       // the same
	f(3_000, receive(0), end(3*time.Second), end(9*time.Second))                           // ended twice
	f(5_000, receive(5*time.Second), receive(0))                                           // an earlier time is the last
	f(10_000, func(m *charge.Meter) { m.Segments(-9*time.Second, -3) }, receive(0))        // before the charging point
	f(10_000, receive(0), func(m *charge.Meter) { m.LinkBack(time.Second) })               // it was not lost
	f(2_000, receive(0), func(m *charge.Meter) { m.LinkLost(2_000_000_000) })              // nor came back
	f(9_000, func(m *charge.Meter) { m.LinkLost(-1); m.Receive(0, cai); m.LinkBack(1e9) }) // lost before the charging point
}

// TestMSEvents holds the errors of events, and that they change nothing.
func TestMSEvents(t *testing.T) {
	var s charge.MS
	for kind := evReceive; kind <= evEnd; kind++ {
		if o := play(&s, event{kind: kind, call: 7, cai: dearest(), n: 3}); o != (outcome{err: charge.ErrNoCall}) {
			t.Errorf("%s of no call: got %+v", kindNames[kind], o)
		}
	}
	if o := play(&s, event{kind: evStart, call: 7}); o != (outcome{}) {
		t.Errorf("start: got %+v", o)
	}
	play(&s, event{at: 1, kind: evReceive, call: 7, cai: dearest()})
	before := s.CCM()
	if o := play(&s, event{at: 2, kind: evStart, call: 7}); o != (outcome{err: charge.ErrCallIsUp}) || s.CCM() != before {
		t.Errorf("start of a call that is up: got %+v, CCM %v, want %v", o, s.CCM(), before)
	}
	play(&s, event{at: time.Second, kind: evEnd, call: 7})
	if o := play(&s, event{at: time.Minute, kind: evEnd, call: 7}); o != (outcome{err: charge.ErrNoCall}) {
		t.Errorf("end of a call that is over: got %+v", o)
	}
	if s = *charge.NewMS(-1, -1); s.ACM() != 0 || s.ACMMax() != 0 {
		t.Errorf("ACM %d, ACMmax %d", s.ACM(), s.ACMMax())
	}
	if s.SetACMMax(0, 9); s.ACMMax() != 9 {
		t.Errorf("ACMmax %d", s.ACMMax())
	}
}

// TestBackwards holds that a time before the last counts as the last.
func TestBackwards(t *testing.T) {
	for i := range 2000 {
		acm, acmMax, script := randomOctets(random(i)).script()
		plain, back := charge.NewMS(acm, acmMax), charge.NewMS(acm, acmMax)
		for j, v := range script {
			play(plain, v)
			if j > 0 && v.at == script[j-1].at {
				v.at -= time.Duration(j) * time.Second
			}
			play(back, v)
			if plain.CCM() != back.CCM() || plain.ACM() != back.ACM() {
				t.Fatalf("seed %d, sequence %d, event %d: CCM %v and %v, ACM %d and %d\n%s", seed, i, j+1, plain.CCM(), back.CCM(), plain.ACM(), back.ACM(), text(script))
			}
		}
	}
}

// TestAllocations holds that neither a Meter nor an MS that has had its calls allocates anything.
func TestAllocations(t *testing.T) {
	_, acmMax, script := randomOctets(random(1)).script()
	s := charge.NewMS(0, acmMax)
	round := script[len(script)-1].at - script[0].at
	full := charge.NewMS(10, 10)
	for name, f := range map[string]func(){
		"meter": func() { wholeCall(0) },
		"mobile that ends a call": func() {
			_, _ = full.Start(0, 1, charge.MobileTerminated, false)
			if _, _ = full.Receive(0, 1, dayCAI); len(full.Terminated()) != 1 {
				t.Error("the call goes on")
			}
		},
		"mobile": func() {
			for i := range script {
				play(s, script[i])
				script[i].at += round
			}
		},
		"money": func() { _, _ = charge.PUCT{Price: charge.Decimal{Mantissa: 825, Decimals: 4}}.Money(123_456) },
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// wholeCall is a call of 3 minutes with a change of tariff in it.
func wholeCall(at time.Duration) charge.Units {
	var m charge.Meter
	m.Receive(at, dayCAI)
	m.Receive(at+100*time.Second, nightCAI)
	return m.End(at + 180*time.Second)
}

var (
	dayCAI   = must(elements([]string{"e1=1.5", "e2=6", "e3=1", "e4=2", "e7=60"}))
	nightCAI = must(elements([]string{"e1=1", "e2=6", "e7=0"}))
)

func TestWholeCall(t *testing.T) {
	// e4 of 2, e7 at 60 s and e2 until 102 s, 8 * 1.5; then INT(78/6) * 1: 2 + 12 + 13.
	if got := wholeCall(time.Hour); got != 27_000 {
		t.Errorf("got %v", got)
	}
}

// FuzzEvents holds the engine against the literal simulation on the scripts that octets make.
func FuzzEvents(f *testing.F) {
	for i := range 20 {
		f.Add([]byte(randomOctets(random(i))))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := differ(b); err != nil {
			acm, acmMax, script := octets(b).script()
			t.Fatalf("%v\nACM %d, ACMmax %d\n%s", err, acm, acmMax, text(script))
		}
	})
}

// FuzzMeter holds that events at any times, with any numbers, neither make a Meter panic nor let its units go down.
func FuzzMeter(f *testing.F) {
	f.Add([]byte{0}, int64(0), int64(math.MaxInt64), int64(math.MaxInt64))
	f.Add([]byte{2, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 4, 5, 3, 2, 0x7f, 3, 0xff}, int64(math.MinInt64), int64(1e18), int64(3))
	f.Fuzz(func(t *testing.T, b []byte, at, by, n int64) {
		o := octets(b)
		var last charge.Units
		m := charge.Meter{Trace: func(s charge.Step) {
			if s.Count < 1 || s.Each < 0 || s.Sum < last {
				t.Errorf("%+v after %v", s, last)
			}
			last = s.Sum
		}}
		for len(o) > 0 {
			v := event{kind: evReceive + kind(o.next()%5), at: time.Duration(at), n: n}
			v.cai = o.cai()
			playMeter(&m, v)
			if m.Units() != last {
				t.Fatalf("units %v, steps %v", m.Units(), last)
			}
			at += by
		}
	})
}

func BenchmarkMeter(b *testing.B) {
	b.ReportAllocs()
	var sum charge.Units
	for i := range b.N {
		sum += wholeCall(time.Duration(i))
	}
	if sum == 0 {
		b.Fatal("calls cost nothing")
	}
}

func BenchmarkMeterDay(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var m charge.Meter
		m.Receive(0, dearest0)
		m.End(24 * time.Hour)
	}
}

var dearest0 = dearest()

func BenchmarkMobileCall(b *testing.B) {
	b.ReportAllocs()
	s := charge.NewMS(0, 0)
	for i := range b.N {
		at := time.Duration(i) * time.Hour
		_, _ = s.Start(at, 1, charge.MobileOriginated, false)
		_, _ = s.Receive(at, 1, dayCAI)
		_, _ = s.Receive(at+100*time.Second, 1, nightCAI)
		_ = s.End(at+180*time.Second, 1)
	}
}

func BenchmarkMoney(b *testing.B) {
	b.ReportAllocs()
	p := charge.PUCT{Price: charge.Decimal{Mantissa: 825, Decimals: 4}, Currency: charge.Currency{Decimals: 2}}
	for b.Loop() {
		_, _ = p.Money(123_456)
	}
}
