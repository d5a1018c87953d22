package lab

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"c7mon/cause"
	"c7mon/wire"
)

// Point codes of the week, national network, 3-8-3.
const (
	pcHome       = 5<<11 | 20<<3 | 1 // the province's exchange, at whose links the tap is
	pcSecond     = 5<<11 | 20<<3 | 2 // the province's second exchange
	pcVTN        = 1<<11 | 10<<3 | 1 // the national carrier's transit exchange
	pcVMS        = 3<<11 | 1<<3 | 1  // mobile, 90
	pcGPC        = 3<<11 | 2<<3 | 1  // mobile, 91
	pcSPT        = 4<<11 | 1<<3 | 1  // VoIP, 177
	pcViettel    = 4<<11 | 2<<3 | 1  // VoIP, 178
	pcVPTel      = 4<<11 | 3<<3 | 1  // VoIP, 179
	nationalNI   = 2
	weekStart    = wire.Time(1065891600 * time.Second) // Sunday 2003-10-12 00:00 at UTC+7
	quarter      = 15 * time.Minute
	weekQuarters = 7 * 24 * 4
)

// A row of one of the two tables: how many calls failed with a cause.
type row struct {
	code  cause.Code
	calls int
}

// idd and voip are the unsuccessful calls that the province's report of that week counted. The VoIP table was cut off
// after its eleventh row, four calls short of its total: the last four rows are ours.
var (
	idd = [...]row{{16, 920}, {31, 180}, {28, 58}, {17, 51}, {34, 44}, {41, 38}, {21, 18}, {42, 13}, {127, 12}, {1, 9},
		{3, 8}, {19, 8}, {27, 5}, {58, 4}, {18, 2}, {4, 1}, {47, 1}}
	voip = [...]row{{0x10, 549}, {0x01, 159}, {0x13, 85}, {0x11, 55}, {0x1f, 42}, {0x22, 32}, {0x1c, 30}, {0x66, 26},
		{0x15, 21}, {0x03, 8}, {0x2f, 2}, {0x1b, 1}, {0x29, 1}, {0x2a, 1}, {0x7f, 1}}
)

// Answered calls of the two services, and of the others calls by default.
const (
	iddAnswered  = 1486
	voipAnswered = 1290
	othersCalls  = 9000
)

// How the traffic goes over the day, by hour, and over the week from Sunday. Calls abroad rise in the evening.
var (
	dayCurve = [24]uint32{6, 3, 2, 2, 3, 10, 30, 62, 100, 112, 108, 86, 58, 66, 92, 100, 98, 84, 66, 72, 78, 62, 34, 15}
	iddCurve = [24]uint32{14, 6, 4, 4, 5, 12, 30, 52, 80, 92, 88, 70, 58, 62, 76, 84, 82, 74, 70, 92, 104, 96, 62, 34}
	weekday  = [7]uint32{72, 108, 104, 102, 101, 106, 88}
)

// An arrival is a call that is to come.
type arrival struct {
	at     wire.Time
	kind   *kind
	answer bool
	code   cause.Code
	listed bool // belongs to the fixed numbers and must not be lost
}

// week is the traffic of oct2003: the listed calls are drawn at the beginning, the others a quarter of an hour at a time.
type week struct {
	chance   chance
	kinds    []kind // of the others
	weights  []uint32
	others   int
	curve    []uint64 // sums of the day curve up to each quarter
	listed   []arrival
	quarter  int // the next one to be drawn
	arrivals []arrival
}

func setOct2003(e *engine, o *Options) (wire.Time, error) {
	w := &week{chance: e.chance, others: othersCalls, curve: curveSums(&dayCurve)}
	if o.Calls > 0 {
		w.others = o.Calls
	}
	n := e.network
	e1s := 1 + w.others/25000 // of each group of the others, so that few calls are blocked
	vtn := n.join(pcHome, pcVTN, nationalNI, 2)
	w.list(vtn, n)
	second := n.join(pcHome, pcSecond, nationalNI, 2)
	vms, gpc := n.join(pcHome, pcVMS, nationalNI, 1), n.join(pcHome, pcGPC, nationalNI, 1)
	e1s = min(e1s, 100)
	w.background(vtn.trunks("VTN-NATIONAL", 8, e1s), second.trunks("SECOND-LOCAL", 0, e1s),
		vms.trunks("VMS", 0, e1s), gpc.trunks("GPC", 0, e1s))
	e.traffic, e.end = w, weekStart.Add(weekQuarters*quarter)
	w.chores(e)
	return weekStart, nil
}

// list draws the IDD and VoIP calls, whose numbers are fixed.
func (w *week) list(vtn *route, n *network) {
	abroad := []kind{{service: "IDD", group: vtn.trunks("VTN-IDD", 0, 2), out: true, dial: dialIDD, from: fromHome,
		manner: mannerIDD, weight: 1}}
	var operators []kind
	add := func(r *route, prefix, name string, first int, weight uint32) {
		operators = append(operators, kind{service: "VOIP", group: r.trunks(name, first, 2), out: true,
			dial: dialVoIP(prefix), from: fromHome, manner: mannerVoIP, weight: weight})
	}
	add(vtn, "171", "VTN-VOIP", 4, 35)
	add(n.join(pcHome, pcSPT, nationalNI, 1), "177", "SPT", 0, 13)
	add(n.join(pcHome, pcViettel, nationalNI, 1), "178", "VIETTEL", 0, 37)
	add(n.join(pcHome, pcVPTel, nationalNI, 1), "179", "VPTEL", 0, 15)
	evening := curveSums(&iddCurve)
	w.draw(abroad, evening, row{0, iddAnswered}, idd[:])
	w.draw(operators, evening, row{0, voipAnswered}, voip[:])
	slices.SortStableFunc(w.listed, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
}

// draw adds listed calls of some kinds, each at a moment of the week that the curve makes likely.
func (w *week) draw(kinds []kind, curve []uint64, answered row, failed []row) {
	weights := weightsOf(kinds)
	for i, r := range append([]row{answered}, failed...) {
		for range r.calls {
			w.listed = append(w.listed, arrival{at: w.moment(curve), kind: &kinds[w.chance.pick(weights)],
				answer: i == 0, code: r.code, listed: true})
		}
	}
}

// moment draws a time of the week.
func (w *week) moment(curve []uint64) wire.Time {
	n := w.chance.below(curve[len(curve)-1])
	q := sort.Search(len(curve), func(i int) bool { return curve[i] > n })
	return w.within(q)
}

// within draws a time of a quarter of an hour.
func (w *week) within(q int) wire.Time {
	return weekStart.Add(time.Duration(q)*quarter + w.chance.between(0, quarter-time.Microsecond))
}

// curveSums adds up how much traffic each quarter of an hour of the week has, between the values of the hours.
func curveSums(hours *[24]uint32) []uint64 {
	sums := make([]uint64, weekQuarters)
	sum := uint64(0)
	for q := range sums {
		h, part := q/4%24, uint32(q%4)
		sum += uint64(weekday[q/96]) * uint64(hours[h]*(4-part)+hours[(h+1)%24]*part)
		sums[q] = sum
	}
	return sums
}

func weightsOf(kinds []kind) []uint32 {
	weights := make([]uint32, len(kinds))
	for i := range kinds {
		weights[i] = kinds[i].weight
	}
	return weights
}

// background sets the kinds of the other calls.
func (w *week) background(vtn, second, vms, gpc *group) {
	w.kinds = []kind{
		{"LOCAL", second, true, dialLocal, fromHome, mannerLocal, 17},
		{"LOCAL", second, false, dialLocal, fromHome, mannerLocal, 17},
		{"NATIONAL", vtn, true, dialNational, fromHome, mannerNational, 14},
		{"NATIONAL", vtn, false, dialHome, fromAreas, mannerNational, 16},
		{"MOBILE", vms, true, dialMobile("90"), fromHome, mannerMobile, 8},
		{"MOBILE", gpc, true, dialMobile("91"), fromHome, mannerMobile, 10},
		{"NATIONAL", vms, false, dialHome, fromMobile("90"), mannerMobile, 7},
		{"NATIONAL", gpc, false, dialHome, fromMobile("91"), mannerMobile, 9},
		{"OTHER", second, true, dialShort, fromHome, mannerLocal, 2},
	}
	w.weights = weightsOf(w.kinds)
}

// next gives the time of the next call.
func (w *week) next() (wire.Time, bool) {
	for len(w.arrivals) == 0 {
		if w.quarter == weekQuarters {
			return 0, false
		}
		w.drawQuarter()
	}
	return w.arrivals[0].at, true
}

// drawQuarter draws the calls of the next quarter of an hour.
func (w *week) drawQuarter() {
	q := w.quarter
	w.quarter++
	w.arrivals = w.arrivals[:0]
	total := w.curve[len(w.curve)-1]
	before := uint64(0)
	if q > 0 {
		before = w.curve[q-1]
	}
	for range share(w.others, w.curve[q], total) - share(w.others, before, total) {
		k := &w.kinds[w.chance.pick(w.weights)]
		answer, code := fate(w.chance, 58)
		w.arrivals = append(w.arrivals, arrival{at: w.within(q), kind: k, answer: answer, code: code})
	}
	end := weekStart.Add(time.Duration(w.quarter) * quarter)
	for len(w.listed) > 0 && w.listed[0].at < end {
		w.arrivals = append(w.arrivals, w.listed[0])
		w.listed = w.listed[1:]
	}
	slices.SortStableFunc(w.arrivals, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
}

// share is n * part / total, rounded down.
func share(n int, part, total uint64) int { return int(uint64(n) * part / total) }

func (w *week) begin(e *engine, at wire.Time) error {
	a := w.arrivals[0]
	w.arrivals = w.arrivals[1:]
	return a.run(e, at)
}

// run begins the call. One that is listed and finds no idle circuit comes again a second later; the others are lost.
func (a *arrival) run(e *engine, at wire.Time) error {
	ok, err := a.kind.begin(e, a.kind.group, at, a.answer, a.code)
	switch {
	case ok || err != nil:
		return err
	case a.listed:
		e.later(at.Add(time.Second), a)
	default:
		e.sum.Blocked++
	}
	return nil
}
