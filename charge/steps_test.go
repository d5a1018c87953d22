package charge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
)

// TestSteps holds that a meter tells each step with its clause, as an explanation of the charge needs it.
func TestSteps(t *testing.T) {
	f := func(cai string, events func(m *charge.Meter), want ...string) {
		t.Helper()
		var got []string
		m := charge.Meter{Trace: func(s charge.Step) {
			got = append(got, fmt.Sprintf("%v %s %s: %d * %v = %v", s.At, s.Rule, s.What, s.Count, s.Each, s.Sum))
		}}
		m.Receive(0, must(elements(strings.Fields(cai))))
		events(&m)
		if !slices.Equal(got, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	receive := func(m *charge.Meter, at time.Duration, cai string) {
		t.Helper()
		m.Receive(at*time.Second, must(elements(strings.Fields(cai))))
	}
	// e4 of 2; e7 until 5 s, e2 until 15 s and, with the e1 of 1, until 25 s; then e1 is 4: 35 s, and after a second without link
	// two intervals at once at 46 and 56 s.
	f("e1=1 e2=10 e3=1 e4=2 e7=5", func(m *charge.Meter) {
		receive(m, 16, "e1=2 e4=1")
		receive(m, 17, "e1=4")
		m.LinkLost(36 * time.Second)
		m.LinkBack(37 * time.Second)
		m.End(60 * time.Second)
	},
		"0s 4.1 charging point: e4 of the first CAI: 1 * 2.000 = 2.000",
		"0s 4.1 timing begins: 1 * 0.000 = 2.000",
		"5s 4.3 d interval of e7 is over: 1 * 1.000 = 3.000",
		"15s 4.3 d interval of e2 is over: 1 * 1.000 = 4.000",
		"16s 4.3 c e4 of a later CAI: 1 * 1.000 = 5.000",
		"16s 4.3 e e1, e2, e7 are held until the interval is over: 1 * 0.000 = 5.000",
		"17s 4.3 e e1, e2, e7 supersede what was held: 1 * 0.000 = 5.000",
		"25s 4.3 d interval of e2 is over: 1 * 1.000 = 6.000",
		"25s 4.3 e what was held comes into operation: 1 * 0.000 = 6.000",
		"35s 4.3 d interval of e2 is over: 1 * 4.000 = 10.000",
		"36s 4.3 m the radio link is lost: CDUR is suspended: 1 * 0.000 = 10.000",
		"37s 4.3 m the radio link is back: CDUR is resumed: 1 * 0.000 = 10.000",
		"56s 4.3 d interval of e2 is over: 2 * 4.000 = 18.000",
		"1m0s 4.2.1 the call ends: 1 * 0.000 = 18.000")
	// 9 segments are two intervals of 4, 3 more end the third. Of the next, of 5, there are 3 when an e6 of zero
	// comes, and 2 more end it, and the counting.
	f("e3=1 e5=3 e6=4", func(m *charge.Meter) {
		m.Segments(time.Second, 9)
		receive(m, 2, "e5=1 e6=2")
		receive(m, 2, "e6=5")
		m.Segments(3*time.Second, 6)
		receive(m, 4, "e6=0")
		m.Segments(5*time.Second, 9)
		receive(m, 6, "e6=7")
	},
		"0s 4.1 charging point: e4 of the first CAI: 1 * 0.000 = 0.000",
		"0s 4.1 counting of segments begins: 1 * 0.000 = 0.000",
		"1s 4.3 f data interval of e6 is over: 2 * 3.000 = 6.000",
		"2s 4.3 g e5, e6 are held until the data interval is over: 1 * 0.000 = 6.000",
		"2s 4.3 g e5, e6 supersede what was held: 1 * 0.000 = 6.000",
		"3s 4.3 f data interval of e6 is over: 1 * 3.000 = 9.000",
		"3s 4.3 g what was held comes into operation: 1 * 0.000 = 9.000",
		"4s 4.3 g e5, e6 are held until the data interval is over: 1 * 0.000 = 9.000",
		"5s 4.3 f data interval of e6 is over: 1 * 1.000 = 10.000",
		"5s 4.3 g what was held comes into operation: 1 * 0.000 = 10.000",
		"6s 4.3 g no data interval: e5, e6 hold at once: 1 * 0.000 = 10.000")
	// The service changes to one without time charge, then nothing is timing until 3 s.
	f("e1=1 e2=10 e3=1", func(m *charge.Meter) {
		m.ServiceChange(time.Second)
		receive(m, 2, "e2=0")
		receive(m, 3, "e2=2")
		m.End(6 * time.Second)
	},
		"0s 4.1 charging point: e4 of the first CAI: 1 * 0.000 = 0.000",
		"0s 4.1 timing begins: 1 * 0.000 = 0.000",
		"1s 4.4 the service changes: the next CAI restarts CDUR: 1 * 0.000 = 0.000",
		"2s 4.4 CDUR is restarted: 1 * 0.000 = 0.000",
		"3s 4.3 e nothing is timing: e1, e2, e7 hold at once: 1 * 0.000 = 0.000",
		"5s 4.3 d interval of e2 is over: 1 * 1.000 = 1.000",
		"6s 4.2.1 the call ends: 1 * 0.000 = 1.000")
	// What is zero neither times nor counts, and nothing is said of it.
	f("e1=1 e3=1", func(*charge.Meter) {}, "0s 4.1 charging point: e4 of the first CAI: 1 * 0.000 = 0.000")
}
