package charge_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
)

// The tests of this file read like TS 22.024: worked examples in the order of its clauses, each with its arithmetic. An
// example is a script, an event or a check a line:
//
//	sim 8 10                      ACM and ACMmax in the SIM, 0 0 where the line is not there
//	0s b start out                call b begins: out, in, emergency; "barred" after it where it is
//	0s cai e1=1 e2=10 e3=1        call a (no name stands for a) receives a CAI, which is confirmed
//	0s change | segments 5 | lost | back | end
//	0s acmmax 12                  ACMmax is set
//	35s = ccm 3.000 acm 3 up a    the meters then, and the calls that are up ("-" for none)
//	35s ended a@20s               what ACMmax has ended since the last check of it
//
// Without a start, call a is outgoing and begins with the first event.

// spec plays scripts.
func spec(t *testing.T) func(script string) {
	return func(script string) {
		t.Helper()
		p := player{s: charge.NewMS(0, 0)}
		lines := strings.Split(strings.TrimSpace(script), "\n")
		if !strings.Contains(script, "start") {
			p.starts = true
		}
		for _, line := range lines {
			if err := p.line(strings.Fields(line)); err != nil {
				t.Errorf("%s: %v", strings.TrimSpace(line), err)
			}
		}
	}
}

// A player plays the lines of a script.
type player struct {
	s      *charge.MS
	starts bool // call a is still to be begun
	ended  []string
}

func (p *player) line(f []string) error {
	if f[0] == "sim" {
		var acm, acmMax int64
		if _, err := fmt.Sscan(f[1]+" "+f[2], &acm, &acmMax); err != nil {
			return err
		}
		p.s = charge.NewMS(acm, acmMax)
		return nil
	}
	at, err := time.ParseDuration(f[0])
	if err != nil {
		return err
	}
	f = f[1:]
	v := event{at: at, call: 'a'}
	if len(f[0]) == 1 && f[0] != "=" {
		v.call = charge.CallID(f[0][0])
		f = f[1:]
	}
	if p.starts {
		p.starts = false
		if o := play(p.s, event{at: at, call: 'a', kind: evStart}); o != (outcome{}) {
			return fmt.Errorf("start: %v", o)
		}
	}
	switch f[0] {
	case "=":
		p.play(event{at: at})
		return p.check(f[1:])
	case "ended":
		p.play(event{at: at})
		got := strings.Join(p.ended, " ")
		p.ended = nil
		return same("ended", got, strings.Join(f[1:], " "))
	}
	want, err := v.read(f)
	if err != nil {
		return err
	}
	if got := p.play(v); got != want {
		return fmt.Errorf("got %+v, want %+v", got, want)
	}
	return nil
}

// read sets the event that the words tell, and gives what it is to answer.
func (v *event) read(f []string) (want outcome, err error) {
	for k, name := range kindNames {
		if name == f[0] {
			v.kind = kind(k)
		}
	}
	switch v.kind {
	case evAdvance:
		return want, fmt.Errorf("no such event")
	case evStart:
		v.incoming, v.emergency = f[1] == "in", f[1] == "emergency"
		want.yes = f[len(f)-1] == "barred"
	case evReceive:
		want.yes = true
		v.cai, err = elements(f[1:])
	case evSegments, evMax:
		_, err = fmt.Sscan(f[1], &v.n)
	}
	return want, err
}

func (p *player) play(v event) outcome {
	o := play(p.s, v)
	for _, e := range p.s.Terminated() {
		p.ended = append(p.ended, fmt.Sprintf("%c@%vs", e.Call, e.At.Seconds()))
	}
	return o
}

// check compares the meters.
func (p *player) check(f []string) error {
	for len(f) > 1 {
		got := ""
		switch f[0] {
		case "ccm":
			got = p.s.CCM().String()
		case "acm":
			got = fmt.Sprint(p.s.ACM())
		case "up":
			for c := charge.CallID('a'); c <= 'z'; c++ {
				if _, ok := p.s.Units(c); ok {
					got += string(rune(c))
				}
			}
			if got == "" {
				got = "-"
			}
		}
		if err := same(f[0], got, f[1]); err != nil {
			return err
		}
		f = f[2:]
	}
	if len(f) != 0 {
		return fmt.Errorf("%q: no check", f[0])
	}
	return nil
}

func same(what, got, want string) error {
	if got != want {
		return fmt.Errorf("%s: got %q, want %q", what, got, want)
	}
	return nil
}

// elements reads "e1=12.3".
func elements(f []string) (c charge.CAI, err error) {
	for _, word := range f {
		name, value, _ := strings.Cut(word, "=")
		for e := charge.E1; e <= charge.E7 && err == nil; e++ {
			if name == e.String() {
				c, err = c.Set(e, value)
			}
		}
	}
	if got := c.String(); err == nil && len(f) > 0 && got != strings.Join(f, " ") {
		err = fmt.Errorf("read as %q", got)
	}
	return c, err
}

func TestClause3(t *testing.T) {
	f := spec(t)
	// Missing in the first CAI is zero: e3 is missing, so 0 * (5 + 1*3) = 0.
	f(`0s cai e1=1 e2=10 e4=5
	  35s = ccm 0.000`)
	// Missing in a later CAI is unchanged: only e1 is new, from the end of the interval at 20 s on. 1 + 1 + 2 = 4.
	f(`0s cai e1=1 e2=10 e3=1
	  15s cai e1=2
	  30s = ccm 4.000`)
	// A later CAI of no element changes nothing: INT(30/10) = 3.
	f(`0s cai e1=1 e2=10 e3=1
	  15s cai
	  30s = ccm 3.000`)
}

func TestClause4Equation(t *testing.T) {
	f := spec(t)
	// AoC = e3 * (e4 + e1*INT(CDUR/(e7,e2)) + e5*INT(SEG/e6)) = 2 * (3 + 1.5*INT(35/10) + 0.5*INT(9/4))
	//     = 2 * (3 + 4.5 + 1) = 17.
	f(`0s cai e1=1.5 e2=10 e3=2 e4=3 e5=0.5 e6=4
	  20s segments 9
	  35s end
	  35s = ccm 17.000 acm 17 up -`)
	// First e7, then e2: of 55 s, 30 are one interval of e7 and the other 25 are INT(25/10) = 2 of e2. 1 * (1 + 2) = 3.
	f(`0s cai e1=1 e2=10 e3=1 e7=30
	  55s end
	  55s = ccm 3.000`)
	// INT(60/60) = 1: an interval that ends with the call is charged; one of 59.9 s is not.
	f(`0s cai e1=1 e2=60 e3=1
	  60s end
	  60s = ccm 1.000`)
	f(`0s cai e1=1 e2=60 e3=1
	  59.999999999s end
	  60s = ccm 0.000`)
}

func TestClause4_1InitialCharge(t *testing.T) {
	f := spec(t)
	// e4*e3 on receipt of the CAI: 2.5 * 1.25 = 3.125. Neither e1, e2 nor e7 has a part in it (note 1).
	f(`0s cai e1=9 e2=10 e3=1.25 e4=2.5 e7=20
	  0s = ccm 3.125 acm 4`)
}

func TestClause4_1InitialTime(t *testing.T) {
	f := spec(t)
	// CDUR reaches e7 of 30 s: 0.7 * 1.5 = 1.050. Then e2 holds, and e7 is not used further: 45 and 60 s, 3 * 1.050 = 3.150.
	f(`0s cai e1=0.7 e2=15 e3=1.5 e7=30
	  29.9s = ccm 0.000
	  30s = ccm 1.050
	  44.9s = ccm 1.050
	  60s = ccm 3.150`)
	// The charging point is the receipt, not the start: 7.25 s + 30 s.
	f(`0s a start out
	  7.25s cai e1=1 e2=15 e3=1 e7=30
	  37.249s = ccm 0.000
	  37.25s = ccm 1.000`)
}

func TestClause4_1Time(t *testing.T) {
	f := spec(t)
	// The precision is 0.1 s: intervals of 0.1 s of 0.1 * 0.01 = 0.001 units. INT(12.34 / 0.1) = 123 of them.
	f(`0s cai e1=0.1 e2=0.1 e3=0.01
	  12.34s end
	  12.34s = ccm 0.123 acm 1`)
	// The greatest values: 819.1 * 81.91 = 67092.481 each 819.1 s.
	f(`0s cai e1=819.1 e2=819.1 e3=81.91
	  819.0s = ccm 0.000
	  1638.2s = ccm 134184.962`)
}

func TestClause4_1Data(t *testing.T) {
	f := spec(t)
	// SEG reaches e6 of 64: 0.3 * 2 = 0.6. 63 segments are none, 64 one, 64 + 130 = 194 are INT(194/64) = 3 intervals.
	f(`0s cai e3=2 e5=0.3 e6=64
	  1s segments 63
	  1s = ccm 0.000
	  2s segments 1
	  2s = ccm 0.600
	  9s segments 130
	  9s = ccm 1.800`)
	// Counting begins with the first e6 that is not zero, from zero: the 5 segments before it do not count. 5 < 8, 8 = 8.
	f(`0s cai e3=1 e5=1
	  1s segments 5
	  2s cai e6=8
	  3s segments 5
	  3s = ccm 0.000
	  4s segments 3
	  4s = ccm 1.000`)
}

func TestClause4_2_1CCM(t *testing.T) {
	f := spec(t)
	// It holds the last call's 3 units until the next call begins, however that one goes on.
	f(`0s a start out
	  0s cai e1=1 e2=10 e3=1
	  35s end
	  90s = ccm 3.000
	  91s a start out
	  91s = ccm 0.000
	  92s end
	  92s = ccm 0.000 acm 3`)
	// "regardless of the success of the attempt": ACM 3 has reached ACMmax 3, so the attempt at 91 s is barred.
	f(`sim 0 3
	  0s a start out
	  0s cai e1=1 e2=10 e3=1
	  35s = ccm 3.000 acm 3 up -
	  91s a start out barred
	  91s = ccm 0.000 acm 3`)
	// The computation ceases on the end of the call: INT(19.9/10) = 1, and nothing at 20 s.
	f(`0s cai e1=1 e2=10 e3=1
	  19.9s end
	  60s = ccm 1.000`)
	// Of several calls it is the total while the mobile is in a call: a has 2 from INT(25/10), b from 20 s on 5 from
	// INT(25/5); c begins when none is up.
	f(`0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  20s b start in
	  20s b cai e1=1 e2=5 e3=1
	  25s a end
	  25s = ccm 3.000
	  45s b end
	  45s = ccm 7.000
	  50s c start out
	  50s = ccm 0.000 acm 7`)
}

func TestClause4_2_2ACM(t *testing.T) {
	f := spec(t)
	// It accumulates over calls, from what the SIM holds: 100 + 3 + 2.
	f(`sim 100 0
	  0s a start out
	  0s cai e1=1 e2=10 e3=1
	  35s end
	  35s = ccm 3.000 acm 103
	  40s a start in
	  40s cai e3=1 e4=2
	  41s end
	  41s = ccm 2.000 acm 105`)
}

func TestClause4_2_2Termination(t *testing.T) {
	f := spec(t)
	// 8 + 1 at 10 s, 8 + 2 = 10 at 20 s, which ACMmax is. The interval has ended at 20 s, and so does the call.
	f(`sim 8 10
	  0s cai e1=1 e2=10 e3=1
	  19.9s = acm 9 up a
	  20s = ccm 2.000 acm 10 up -
	  60s ended a@20s`)
	// CCM 1 at 3 s, ACM 9; CCM 2 at 6 s, ACM 10 at 3 + 5 = 8 s. The interval under way is over at 9 s: the call ends then
	// with CCM 3, and ACM 11 is more than ACMmax.
	f(`sim 8 10
	  0s cai e1=1 e2=3 e3=1
	  8s = ccm 2.000 acm 10 up a
	  8.9s = up a
	  9s = ccm 3.000 acm 11 up -
	  60s ended a@9s`)
	// A call in which nothing is timing ends at once: 3 intervals of 4 segments, 8 + 3 = 11.
	f(`sim 8 10
	  0s cai e3=1 e5=1 e6=4
	  7s segments 12
	  7s = ccm 3.000 acm 11 up -
	  7s ended a@7s`)
	// All chargeable calls: a has cost e4 of 1 at 4 s, b 1 at 10 s, so ACM is 8 + 2 = 10 at 10 s. The interval of b is over then,
	// that of a at 4 + 60 s, with 0.5 units more; CCM is 1 + 1 + 0.5 = 2.5 and ACM 8 + 3 = 11. c, which is free, goes on.
	f(`sim 8 10
	  4s a start out
	  4s a cai e1=0.5 e2=60 e3=1 e4=1
	  5s b start out
	  5s b cai e1=1 e2=5 e3=1
	  6s c start in
	  6s c cai e2=7
	  9.9s = ccm 1.000 acm 9 up abc
	  10s = ccm 2.000 acm 10 up ac
	  63.9s = up ac
	  64s = ccm 2.500 acm 11 up c
	  99s ended b@10s a@64s`)
	// A call whose link is lost waits with its interval. CCM 1 at 3 s, ACM 9; e4 of 1 at 8 s, ACM 10. The interval that began at
	// 3 s is over at 3 + 3 + 4 = 10 s, since 4 s were without link.
	f(`sim 8 10
	  0s cai e1=1 e2=3 e3=1
	  4s lost
	  8s cai e4=1
	  8s = acm 10 up a
	  8s back
	  9.9s = up a
	  10s = ccm 3.000 acm 11 up -
	  10s ended a@10s`)
	// The end of b at 13 s brings the ACM up to date, before the 5 s after 10 s are over: 8 + 1 + 2 = 11. a ends with its interval.
	f(`sim 8 11
	  0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  12s b start out
	  12s b cai e3=1 e4=2
	  12s = acm 9 up ab
	  13s b end
	  13s = ccm 3.000 acm 11 up a
	  19.9s = up a
	  20s = ccm 4.000 acm 12 up -
	  20s ended a@20s`)
	// The same where nothing is timing in a: it ends with b.
	f(`sim 8 10
	  0s a start out
	  0s a cai e3=1 e4=1
	  1s b start out
	  1s b cai e3=1 e4=1
	  1s = acm 9 up ab
	  2s b end
	  2s = ccm 2.000 acm 10 up -
	  2s ended a@2s`)
	// b has cost nothing when the ACM reaches ACMmax at 10 s. It has at 12 s, and the ACM counts it at 10 + 5 s, 8 + ceil(1.1): then it
	// is to end too, with the interval under way, at 17 s. 1 + 0.1 * 2.
	f(`sim 8 9
	  0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  7s b start in
	  7s b cai e1=0.1 e2=5 e3=1
	  10s = ccm 1.000 acm 9 up b
	  12s = ccm 1.100 acm 9 up b
	  15s = acm 10 up b
	  16.9s = up b
	  17s = ccm 1.200 acm 10 up -
	  17s ended a@10s b@17s`)
}

func TestClause4_2_2Barring(t *testing.T) {
	f := spec(t)
	// ACM equals ACMmax: outgoing calls cannot be placed, emergency calls can, incoming ones may begin.
	f(`sim 10 10
	  0s a start out barred
	  1s b start emergency
	  2s c start in
	  3s d start out barred
	  4s = up bc`)
	// One unit less is not reached.
	f(`sim 9 10
	  0s a start out
	  0s = up a`)
	// An emergency call is exempt from the barring, not from the end of chargeable calls: 10 + 1 at 10 s.
	f(`sim 10 10
	  0s a start emergency
	  0s cai e1=1 e2=10 e3=1
	  9.9s = up a
	  10s = ccm 1.000 acm 11 up -
	  10s ended a@10s`)
}

func TestClause4_2_2Incoming(t *testing.T) {
	f := spec(t)
	// A zero CAI does not end an incoming call, one that can cost something does: e4 of 2 is added, 10 + 2.
	f(`sim 10 10
	  0s a start in
	  1s cai e1=0 e2=10 e3=1 e4=0
	  30s = ccm 0.000 up a
	  35s cai e3=1 e4=2
	  35s = ccm 2.000 acm 12 up -
	  35s ended a@35s`)
	// It need not have cost anything: e1 in intervals of e2 is enough. Without e2 and e7, or with e3 of 0, nothing can come of e1.
	f(`sim 10 10
	  0s a start in
	  1s cai e1=5 e3=1
	  2s cai e2=10 e3=0
	  3s = up a
	  4s cai e3=1
	  4s = ccm 0.000 acm 10 up -
	  4s ended a@4s`)
	// What is held counts: the e1 of 2 s comes into operation at 11 s, but with an e2 of zero, and e7 is used: it can never cost
	// anything. At 3 s an e7 comes, by whose interval e1 will.
	f(`sim 10 10
	  0s a start in
	  0s cai e2=10 e3=1 e7=1
	  2s cai e1=1 e2=0
	  2s = up a
	  3s cai e7=1
	  3s = ccm 0.000 acm 10 up -
	  3s ended a@3s`)
	// A data part can cost something with e5 and e6 together alone, those in force or those held.
	f(`sim 10 10
	  0s a start in
	  0s cai e3=1 e5=1
	  1s cai e5=0 e6=4
	  2s cai e5=1 e6=0
	  2s = up a
	  3s cai e5=0 e6=4
	  3s = up a
	  4s cai e5=1
	  4s = ccm 0.000 up -`)
	// A call in progress when the ACM reaches ACMmax is to end with its interval at 10 s; an incoming one that receives another CAI by
	// which it can cost something ends then, an outgoing one not. 1 + 1 and 1 + 1 + 1.
	f(`sim 9 10
	  0s a start in
	  0s cai e1=1 e2=10 e3=1 e4=1
	  4s = ccm 1.000 acm 10 up a
	  5s cai e4=1
	  5s = ccm 2.000 acm 11 up -`)
	f(`sim 9 10
	  0s a start out
	  0s cai e1=1 e2=10 e3=1 e4=1
	  5s cai e4=1
	  9.9s = ccm 2.000 up a
	  10s = ccm 3.000 acm 12 up -`)
}

func TestClause4_2_3ACMMax(t *testing.T) {
	f := spec(t)
	// Zero is not valid: nothing is limited.
	f(`sim 1000 0
	  0s cai e1=100 e2=1 e3=1
	  5s = ccm 500.000 up a`)
	// Set while a call has cost 2: ACM 2 has reached it, the call ends with its interval, at 30 s.
	f(`0s cai e1=1 e2=10 e3=1
	  25s acmmax 2
	  25s = up a
	  30s = ccm 3.000 acm 3 up -`)
	// Raised before the interval is over: the call goes on until ACM is 4.
	f(`0s cai e1=1 e2=10 e3=1
	  25s acmmax 2
	  26s acmmax 4
	  39.9s = ccm 3.000 up a
	  40s = ccm 4.000 acm 4 up -
	  99s ended a@40s`)
	// Set at the very end of an interval: that interval is over, and so is the call.
	f(`0s cai e1=1 e2=10 e3=1
	  20s acmmax 2
	  20s = ccm 2.000 acm 2 up -
	  20s ended a@20s`)
	// Raised or made invalid it bars no more.
	f(`sim 10 10
	  0s a start out barred
	  1s acmmax 11
	  1s a start out
	  2s a end
	  3s acmmax 10
	  3s a start out barred
	  4s acmmax 0
	  4s a start out`)
}

func TestClause4_2_4PUCT(t *testing.T) {
	f := func(units charge.Units, price string, c charge.Currency, want string) {
		t.Helper()
		p := charge.PUCT{Price: must(charge.ParseDecimal(price)), Currency: c}
		amount, err := p.Money(units)
		if got := c.Format(amount); err != nil || got != want {
			t.Errorf("%v units at %s: got %s, %v, want %s", units, price, got, err, want)
		}
	}
	vnd, usd, kwd := charge.Currency{Code: "VND"}, charge.Currency{Code: "USD", Decimals: 2}, charge.Currency{Code: "KWD", Decimals: 3}
	// 12.345 * 550 = 6789.75, rounded to 6790; 12.345 * 0.0825 = 1.0184625, rounded to 1.02 and 1.018.
	f(12_345, "550", vnd, "6790")
	f(12_345, "0.0825", usd, "1.02")
	f(12_345, "0.0825", kwd, "1.018")
	// Half up, once: 0.5 * 0.01 = 0.005 is 0.01; 0.499 * 0.01 = 0.00499 is 0.00, though 0.499 alone would round up to 0.5.
	f(500, "0.01", usd, "0.01")
	f(499, "0.01", usd, "0.00")
}

func TestClause4_3a(t *testing.T) {
	f := spec(t)
	// e7 is zero, or not sent: e2 applies from the beginning. INT(25/10) = 2.
	f(`0s cai e1=1 e2=10 e3=1 e7=0
	  25s = ccm 2.000`)
	f(`0s cai e1=1 e2=10 e3=1
	  25s = ccm 2.000`)
}

func TestClause4_3b(t *testing.T) {
	f := spec(t)
	// e2 is zero: no time related charge, the data part goes on: 2*INT(7/3) = 4.
	f(`0s cai e1=1 e2=0 e3=1 e5=2 e6=3
	  50s segments 7
	  50s = ccm 4.000`)
	// e6 is zero: no data related charge, the time part goes on: INT(50/10) = 5.
	f(`0s cai e1=1 e2=10 e3=1 e5=2 e6=0
	  50s segments 7
	  50s = ccm 5.000`)
	// e2 is zero and e7 is not: the initial interval alone is charged.
	f(`0s cai e1=1 e2=0 e3=1 e7=20
	  20s = ccm 1.000
	  90s = ccm 1.000`)
}

func TestClause4_3c(t *testing.T) {
	f := spec(t)
	// A subsequent e4 is added at once: 1*1.5 at 0 s, 2*1.5 at 4 s, without touching CDUR: INT(10/10) * 1*1.5 at 10 s. 6.
	f(`0s cai e1=1 e2=10 e3=1.5 e4=1
	  3.9s = ccm 1.500
	  4s cai e4=2
	  4s = ccm 4.500
	  10s = ccm 6.000`)
	// It is scaled by the e3 of its own message, which holds at once: 2*3 = 6, and 1*3 at 10 s.
	f(`0s cai e1=1 e2=10 e3=1
	  4s cai e3=3 e4=2
	  4s = ccm 6.000
	  10s = ccm 9.000`)
	// A later CAI without e4 adds nothing: 1 at 0 s alone, though e4 was 1 before.
	f(`0s cai e3=1 e4=1
	  4s cai e3=2
	  9s cai
	  9s = ccm 1.000`)
}

func TestClause4_3d(t *testing.T) {
	f := spec(t)
	// CDUR reaches e2: e1*e3 = 0.5*1.1 = 0.550 is added, CDUR is zero again: 10, 20 and 30 s.
	f(`0s cai e1=0.5 e2=10 e3=1.1
	  9.9s = ccm 0.000
	  10s = ccm 0.550
	  19.9s = ccm 0.550
	  20s = ccm 1.100
	  30s = ccm 1.650`)
}

func TestClause4_3eAbeyance(t *testing.T) {
	f := spec(t)
	// New e1 and e2 at 4 s wait until CDUR has reached the old e2 at 10 s, and the old e1 of 1 is added. Then 3 each 4 s: 14, 18.
	f(`0s cai e1=1 e2=10 e3=1
	  4s cai e1=3 e2=4
	  9.9s = ccm 0.000
	  10s = ccm 1.000
	  13.9s = ccm 1.000
	  14s = ccm 4.000
	  18s = ccm 7.000`)
	// A new e7 comes into operation first, then e2: 10 s, 10 + 6 = 16 s, then 16 + 10 = 26 s.
	f(`0s cai e1=1 e2=10 e3=1
	  4s cai e7=6
	  15.9s = ccm 1.000
	  16s = ccm 2.000
	  25.9s = ccm 2.000
	  26s = ccm 3.000`)
	// A held e7 of zero is not used: in the interval of e7 until 20 s comes a new tariff; from then on 2 each 5 s: 25 s.
	f(`0s cai e1=1 e2=10 e3=1 e7=20
	  4s cai e1=2 e2=5 e7=0
	  20s = ccm 1.000
	  24.9s = ccm 1.000
	  25s = ccm 3.000`)
	// A held e2 of zero ends the timing: 1 at 10 s is the last.
	f(`0s cai e1=1 e2=10 e3=1
	  4s cai e2=0
	  90s = ccm 1.000`)
	// A tick comes before an event of its time: the CAI at 10 s comes in the second interval, and waits for its end. 1 + 1 + 5.
	f(`0s cai e1=1 e2=10 e3=1
	  10s cai e1=5
	  20s = ccm 2.000
	  30s = ccm 7.000`)
	// Two CAI at the charging point are a first and a later one: timing has begun by then, so the e2 and e7 of the second are held,
	// though CDUR is still zero. 1 at 10 s, at 10 + 2 s, and at 12 + 5 s.
	f(`0s cai e1=1 e2=20 e3=1 e7=10
	  0s cai e2=5 e7=2
	  9.9s = ccm 0.000
	  10s = ccm 1.000
	  12s = ccm 2.000
	  17s = ccm 3.000`)
}

func TestClause4_3eSuperseded(t *testing.T) {
	f := spec(t)
	// What is held is superseded element by element: e1 of 2 stays held, e2 of 5 gives way to 4. 1 at 10 s, 2 each 4 s: 14, 18.
	f(`0s cai e1=1 e2=10 e3=1
	  3s cai e1=2 e2=5
	  6s cai e2=4
	  10s = ccm 1.000
	  13.9s = ccm 1.000
	  18s = ccm 5.000`)
	// A held e7 of 6 gives way to zero: at 10 s, then at 20 s.
	f(`0s cai e1=1 e2=10 e3=1
	  3s cai e7=6
	  6s cai e7=0
	  19.9s = ccm 1.000
	  20s = ccm 2.000`)
	// A held e7 is not superseded by an e2 that comes later: 6 s of e7, then 4 s of e2. 1 at 10, 16 and 20 s.
	f(`0s cai e1=1 e2=10 e3=1
	  3s cai e7=6
	  6s cai e2=4
	  15.9s = ccm 1.000
	  16s = ccm 2.000
	  20s = ccm 3.000`)
}

func TestClause4_3eNotTiming(t *testing.T) {
	f := spec(t)
	// e2 is zero and e7 missing: nothing is timing, so the e2 that comes at 7 s holds at once, CDUR from zero: 17 and 27 s.
	f(`0s cai e1=1 e3=1
	  7s cai e2=10
	  16.9s = ccm 0.000
	  17s = ccm 1.000
	  27s = ccm 2.000`)
	// e2 is zero and the processing of e7 completed at 5 s. The new e7 at 7 s holds at once, as in a new call: 7 + 3 = 10 s, then
	// by e2 14 s.
	f(`0s cai e1=1 e2=0 e3=1 e7=5
	  7s cai e2=4 e7=3
	  9.9s = ccm 1.000
	  10s = ccm 2.000
	  13.9s = ccm 2.000
	  14s = ccm 3.000`)
	// CDUR goes on counting on its own grid of 0.1 s, from the charging point: the first tick after 7.05 s is at 7.1 s, so one
	// second is over at 8.0 s.
	f(`0s cai e1=1 e3=1
	  7.05s cai e2=1
	  7.999s = ccm 0.000
	  8s = ccm 1.000`)
	// Nothing is timing, so an e1 that comes alone holds at once too: the interval from 20 to 25 s costs 2.
	f(`0s cai e1=1 e3=1
	  10s cai e1=2
	  20s cai e2=5
	  25s = ccm 2.000`)
	// A held e2 of zero has ended the timing at 10 s: the e2 of 100 s holds at once, 105 s.
	f(`0s cai e1=1 e2=10 e3=1
	  4s cai e2=0
	  100s cai e2=5
	  104.9s = ccm 1.000
	  105s = ccm 2.000`)
}

func TestClause4_3f(t *testing.T) {
	f := spec(t)
	// SEG reaches e6: e5*e3 = 0.5*3 = 1.5 is added, SEG is zero again: of 4 + 4 segments one interval of 5, of 2 more the second.
	f(`0s cai e3=3 e5=0.5 e6=5
	  1s segments 4
	  2s segments 4
	  2s = ccm 1.500
	  3s segments 2
	  3s = ccm 3.000`)
	// e6 is zero: condition b.
	f(`0s cai e3=3 e5=0.5 e6=0
	  1s segments 1000
	  1s = ccm 0.000`)
}

func TestClause4_3g(t *testing.T) {
	f := spec(t)
	// New e5 and e6 wait until SEG has reached the old e6 of 5: 1 is added. Then 3 each 2 segments, from zero: 2 + 3 + 2*2 = 9
	// segments are 1 + 3 + 3.
	f(`0s cai e3=1 e5=1 e6=5
	  1s segments 2
	  2s cai e5=3 e6=2
	  3s segments 2
	  3s = ccm 0.000
	  4s segments 1
	  4s = ccm 1.000
	  5s segments 4
	  5s = ccm 7.000`)
	// All at once is the same.
	f(`0s cai e3=1 e5=1 e6=5
	  2s cai e5=3 e6=2
	  5s segments 9
	  5s = ccm 7.000`)
	// Superseded element by element: e5 of 3 stays held, e6 of 2 gives way to 4. 5 + 4 segments are 1 + 3.
	f(`0s cai e3=1 e5=1 e6=5
	  1s cai e5=3 e6=2
	  2s cai e6=4
	  3s segments 9
	  3s = ccm 4.000`)
	// The old e6 was zero: the new values hold at once.
	f(`0s cai e3=1 e5=1
	  1s cai e5=3 e6=2
	  2s segments 2
	  2s = ccm 3.000`)
	// A held e6 of zero ends the counting after the data interval under way; the e6 that comes then holds at once, from zero.
	f(`0s cai e3=1 e5=1 e6=5
	  1s segments 2
	  2s cai e6=0
	  3s segments 100
	  3s = ccm 1.000
	  4s cai e6=2
	  5s segments 1
	  5s = ccm 1.000
	  6s segments 1
	  6s = ccm 2.000`)
}

func TestClause4_3h(t *testing.T) {
	f := spec(t)
	// CCM is 0.4 at 2 s, 0.8 at 4, 1.2 at 6, 1.6 at 8, 2.0 at 10, 2.4 at 12. ACM, in whole units rounded up: 1 at the first increment;
	// then 5 seconds are the longer period: ceil(1.2) = 2 at 7 s, ceil(2.4) = 3 at 12 s.
	f(`0s cai e1=0.4 e2=2 e3=1
	  1.9s = ccm 0.000 acm 0
	  2s = ccm 0.400 acm 1
	  6.999s = ccm 1.200 acm 1
	  7s = ccm 1.200 acm 2
	  11.9s = ccm 2.000 acm 2
	  12s = ccm 2.400 acm 3`)
	// Intervals of 7 s are the longer period: ACM is incremented with the CCM.
	f(`0s cai e1=1 e2=7 e3=1
	  7s = acm 1
	  13.9s = acm 1
	  14s = acm 2`)
	// At the end it is brought up to date: CCM 1.5 at 3 s and 3.0 at 6 s; ACM 2 at 3 s, and ceil(3.0) = 3 at 6.5 s, before 8 s.
	f(`0s cai e1=1.5 e2=3 e3=1
	  6.4s = ccm 3.000 acm 2
	  6.5s end
	  6.5s = ccm 3.000 acm 3`)
	// The rounding is of the CCM, not of each increment, and anew for each stay in calls: ceil(0.3 * 4) = 2, then ceil(0.3) = 1.
	f(`0s a start out
	  0s cai e1=0.3 e2=6 e3=1
	  24s end
	  24s = ccm 1.200 acm 2
	  30s a start out
	  30s cai e1=0.3 e2=6 e3=1
	  37s end
	  37s = ccm 0.300 acm 3`)
	// An incrementation that adds nothing because of the rounding begins a period too: ACM ceil(0.5) = 1 at 0 s; at 5 s CCM is
	// 0.5 + 5 * 0.1 = 1.0, which adds nothing; 1.1 at 6 s waits until 10 s, when ceil(1.5) = 2.
	f(`0s cai e1=0.1 e2=1 e3=1 e4=0.5
	  5s = ccm 1.000 acm 1
	  6s = ccm 1.100 acm 1
	  9.9s = acm 1
	  10s = ccm 1.500 acm 2`)
	// Two calls whose intervals end at the same time make one increment of the CCM: 1 + 2 * 0.5 = 2 at 10 s.
	f(`0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  0s b start out
	  0s b cai e1=0.5 e2=5 e3=1
	  5s = ccm 0.500 acm 1
	  10s = ccm 2.000 acm 2`)
	// With the CCM the period begins anew: 3 s after the ACM was incremented at the end of a call it is by the e4 of the next. 1 + 1.
	f(`0s a start out
	  0s cai e3=1 e4=1
	  1s end
	  1s = acm 1
	  4s a start out
	  4s cai e3=1 e4=0.5
	  4s = ccm 0.500 acm 2`)
}

func TestClause4_3i(t *testing.T) {
	f := spec(t)
	// A zero of any element is valid. e1 of zero: the intervals run and cost nothing, and the e1 that comes at 14 s waits for 20 s.
	f(`0s cai e1=0 e2=10 e3=1 e4=0 e5=0 e6=0 e7=0
	  14s cai e1=1
	  29.9s = ccm 0.000
	  30s = ccm 1.000`)
	// e3 of zero: nothing costs anything. It comes back at 25 s, at once: the interval that ends at 30 s is charged whole.
	f(`0s cai e1=1 e2=10 e3=1
	  15s cai e3=0
	  25s cai e3=1
	  25s = ccm 1.000
	  30s = ccm 2.000`)
	// e3 is in no list of what is held (e, g): a new one in mid interval holds at once, for the whole interval. 1 at 10 s, 3 at 20.
	f(`0s cai e1=1 e2=10 e3=1
	  19.9s cai e3=3
	  20s = ccm 4.000`)
}

func TestClause4_3j(t *testing.T) {
	f := spec(t)
	// A free call: a CAI with zero elements.
	f(`0s cai e1=0 e2=0 e3=1 e4=0
	  3600s end
	  3600s = ccm 0.000 acm 0`)
}

func TestClause4_3k(t *testing.T) {
	f := func(s *charge.MS, want bool) {
		t.Helper()
		if _, err := s.Start(0, 1, charge.MobileOriginated, false); err != nil {
			t.Fatal(err)
		}
		cai := must(elements(strings.Fields("e1=1 e2=10 e3=1")))
		for _, at := range []time.Duration{0, time.Second} {
			if got, err := s.Receive(at, 1, cai); got != want || err != nil {
				t.Errorf("confirmed %v, %v, want %v", got, err, want)
			}
		}
		s.Advance(10 * time.Second)
		if used := s.CCM() == 1000; used != want {
			t.Errorf("CCM %v", s.CCM())
		}
	}
	f(&charge.MS{}, true)             // any CAI is confirmed,
	f(&charge.MS{NoAoC: true}, false) // but by a mobile without advice of charge, which does not use it either
}

func TestClause4_3l(t *testing.T) {
	f := spec(t)
	// Elements and timers are each call's own: a 1 each 10 s from 0 s, b 5 and then 2 each 4 s from 3.3 s. Until 12 s a has 1, b
	// 5 + 2*2 = 9. The CAI at 12 s is a's alone.
	f(`0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  3.3s b start out
	  3.3s b cai e1=2 e2=4 e3=1 e4=5
	  12s = ccm 10.000
	  12s a cai e4=1
	  12s = ccm 11.000
	  15.2s = ccm 11.000
	  15.3s = ccm 13.000
	  20s = ccm 16.000`)
}

func TestClause4_3m(t *testing.T) {
	f := spec(t)
	// CDUR is suspended from 4 to 9 s and resumed: 4 + 6 = 10 s of it are over at 15 s.
	f(`0s cai e1=1 e2=10 e3=1
	  4s lost
	  9s back
	  14.9s = ccm 0.000
	  15s = ccm 1.000`)
	// The reestablishment fails: the call ends without the time after 9 s.
	f(`0s cai e1=1 e2=10 e3=1
	  9s lost
	  20s end
	  20s = ccm 0.000`)
	// A loss of one call suspends that call alone.
	f(`0s a start out
	  0s a cai e1=1 e2=10 e3=1
	  0s b start out
	  0s b cai e1=1 e2=10 e3=1
	  5s a lost
	  20s = ccm 2.000`)
	// The tick of the moment of the loss counts, that of the moment of the return does not: 9.9 s of CDUR at 11.9 s.
	f(`0s cai e1=1 e2=10 e3=1
	  9.9s lost
	  11.9s back
	  11.999s = ccm 0.000
	  12s = ccm 1.000`)
	// The interval that ends at the moment of the loss is over; nothing of the next has gone by at the return: 20 + 10 s.
	f(`0s cai e1=1 e2=10 e3=1
	  10s lost
	  10s = ccm 1.000
	  20s back
	  29.9s = ccm 1.000
	  30s = ccm 2.000`)
	// CDUR alone is suspended: segments count, e4 is added, e2 is held until CDUR has reached 10 s, at 15 s; then 3 s. 2 + 4 + 1 + 1.
	f(`0s cai e1=1 e2=10 e3=1 e5=1 e6=1
	  4s lost
	  5s segments 2
	  6s cai e2=3 e4=4
	  6s = ccm 6.000
	  9s back
	  14.9s = ccm 6.000
	  15s = ccm 7.000
	  18s = ccm 8.000`)
}

func TestClause4_4SCUDIF(t *testing.T) {
	f := spec(t)
	// Audio to video at 14 s: CDUR is reset, 4 s of an interval are lost, e4 of 2 is added, then 5 each 10 s: 24 and 34 s. 1 + 2 + 10.
	f(`0s cai e1=1 e2=10 e3=1
	  13s change
	  14s cai e1=5 e2=10 e4=2
	  14s = ccm 3.000
	  23.9s = ccm 3.000
	  24s = ccm 8.000
	  34s = ccm 13.000`)
	// What was held is dropped: e1 of 9 never comes into operation.
	f(`0s cai e1=1 e2=10 e3=1
	  3s cai e1=9
	  4s change
	  4s cai e2=5
	  9s = ccm 1.000
	  14s = ccm 2.000`)
	// The next CAI alone: the one at 6 s is held, until 4 + 10 s.
	f(`0s cai e1=1 e2=10 e3=1
	  4s change
	  4s cai e1=2
	  6s cai e1=3
	  14s = ccm 2.000
	  24s = ccm 5.000`)
	// A change of service without a CAI changes nothing.
	f(`0s cai e1=1 e2=10 e3=1
	  4s change
	  30s = ccm 3.000`)
	// In the interval of e7: the new e7 holds at once, 4 + 6 s, then e2; where the CAI has none it is unchanged, and begins anew.
	f(`0s cai e1=1 e2=10 e3=1 e7=20
	  4s change
	  4s cai e7=6
	  10s = ccm 1.000
	  20s = ccm 2.000`)
	f(`0s cai e1=1 e2=10 e3=1 e7=20
	  4s change
	  4s cai e1=2
	  23.9s = ccm 0.000
	  24s = ccm 2.000
	  34s = ccm 4.000`)
	// "Units on a time basis": the data part stays with rule g. SEG is 3 of 5, and its old e5 of 1 is added.
	f(`0s cai e3=1 e5=1 e6=5
	  1s segments 3
	  2s change
	  2s cai e5=7 e6=5
	  3s segments 2
	  3s = ccm 1.000`)
	// So does what was held of it: e5 of 7 and e6 of 2 hold after the fifth segment. 1 + 7.
	f(`0s cai e3=1 e5=1 e6=5
	  1s segments 3
	  2s cai e5=7 e6=2
	  3s change
	  3s cai e1=0
	  4s segments 4
	  4s = ccm 8.000`)
}

func TestClause5_1(t *testing.T) {
	f := func(local string, e3 int64, want string) {
		t.Helper()
		got, err := charge.Outgoing(must(elements(strings.Fields(local))), e3)
		if err != nil || got.String() != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	}
	f("e1=1 e2=10 e4=2", charge.Unity, "e1=1 e2=10 e3=1 e4=2") // at home e3 is unity
	f("e1=1 e2=10 e4=2", 145, "e1=1 e2=10 e3=1.45 e4=2")       // elsewhere it converts, and all others are the LPLMN's own

	// Of a call of 25 s then (2 + 1*INT(25/10)) * 1.45 = 5.800 home units.
	spec(t)(`0s cai e1=1 e2=10 e3=1.45 e4=2
	  25s end
	  25s = ccm 5.800 acm 6`)
}

func TestClause5_2(t *testing.T) {
	f := func(home string, e3 int64, want string) {
		t.Helper()
		got, err := charge.Incoming(must(elements(strings.Fields(home))), e3)
		if err != nil || got.String() != want {
			t.Errorf("got %v, %v, want %s", got, err, want)
		}
	}
	// e1i = 3/1.5 = 2, e4i = 1/1.5 = 0.666.. = 0.7, e5i = 0.5/1.5 = 0.333.. = 0.3; e2, e6 and e7 as they are.
	f("e1=3 e2=10 e4=1 e5=0.5 e6=64 e7=30", 150, "e1=2 e2=10 e3=1.5 e4=0.7 e5=0.3 e6=64 e7=30")
	// Half up: 0.1/2 = 0.05 = 0.1, 0.3/2 = 0.15 = 0.2; 0.1/2.01 = 0.0497.. = 0. What is missing stays so.
	f("e1=0.1 e4=0.3", 200, "e1=0.1 e3=2 e4=0.2")
	f("e1=0.1", 201, "e1=0 e3=2.01")
	// At home elements may be zero.
	f("e1=0 e2=0 e4=0", charge.Unity, "e1=0 e2=0 e3=1 e4=0")
	// 8.1/0.01 = 810 is in range, 8.2/0.01 = 820 is not. It is the rounded value that is to be in range: 761.8/0.93 = 819.1397..
	// is 819.1, 761.9/0.93 = 819.247.. is 819.2.
	f("e1=8.1", 1, "e1=810 e3=0.01")
	f("e1=761.8", 93, "e1=819.1 e3=0.93")

	bad := func(home string, e3 int64, want string) {
		t.Helper()
		if _, err := charge.Incoming(must(elements(strings.Fields(home))), e3); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	bad("e1=1", 0, `e3 of "0": zero, and so no divisor`)
	bad("e1=1 e4=8.2", 1, `e4 of "820": out of range 0 to 819.1`)
	bad("e5=761.9", 93, `e5 of "819.2": out of range 0 to 819.1`)
	bad("e1=1", 8192, `e3 of "81.92": out of range 0 to 81.91`)
}
