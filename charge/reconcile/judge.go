package reconcile

import (
	"cmp"
	"math"
	"slices"
	"time"

	"c7mon/wire"
)

// lastEqual tells whether both durations are known and agree.
func (c *Clock) lastEqual(x *call, r *record) bool {
	d, ok := c.excess(x, r)
	return ok && d == 0
}

// excess gives by how much the duration of the record is longer than that of the call, 0 within the tolerance; ok is false where one
// is not known. A file may count the time that the call was suspended, or not.
func (c *Clock) excess(x *call, r *record) (d time.Duration, ok bool) {
	call, file := x.lasts(), r.lasts()
	if call < 0 || file < 0 {
		return 0, false
	}
	file -= time.Duration(scale(int64(file), c.Drift))
	fits := func(d time.Duration) bool { return d >= -c.Lasting && d <= c.Lasting+c.Step }
	if d = file - call; fits(d) || fits(d+x.suspended) {
		return 0, true
	}
	return d, true
}

// charged tells whether somebody pays for the record: by its money, by what flags it, or else by answer and duration.
func (r *record) charged() bool {
	switch {
	case r.flags&hasMoney != 0 && r.money > 0, r.flags&saysCharged != 0:
		return true
	case r.flags&(hasMoney|saysUncharged) != 0:
		return false
	}
	return r.answered() && r.lasts() != 0
}

// uncharged tells whether a record of an answered call says that it costs nothing.
func (x *Result) uncharged(c *call, r *record) bool {
	switch {
	case r.flags&hasMoney != 0 && r.money > 0:
		return false
	case r.flags&(saysUnanswered|saysUncharged) != 0:
		return true
	case r.flags&hasMoney != 0: // nothing, which is right where the call costs nothing
		return c.flags&hasMoney == 0 || c.least > x.options.Money
	case r.lasts() == 0:
		return !x.Clock.lastEqual(c, r) || r.between() >= time.Second
	}
	return !r.answered() && r.lasts() < 0 && r.times[byStart].Known()
}

// between gives the time between answer and end of the record, whatever it says of the duration; 0 where one is not known.
func (r *record) between() time.Duration {
	if !r.times[byAnswer].Known() || !r.times[byEnd].Known() {
		return 0
	}
	return r.times[byEnd].Sub(r.times[byAnswer])
}

// answerOff gives by how much the record's answer is later than the call's; ok is false where one is not known.
func (x *Result) answerOff(c *call, r *record) (d time.Duration, ok bool) {
	if !c.answered() || !r.times[byAnswer].Known() {
		return 0, false
	}
	return x.Clock.Wire(r.times[byAnswer]).Sub(c.times[byAnswer]), true
}

// pair gives the class of a call and its record.
func (x *Result) pair(c *call, r *record) Class {
	class := x.compare(c, r)
	if class != Matched && c.flags&sure == 0 || class == ChargedNotAnswered && x.mayBeAnswered(c) {
		return Unproved
	}
	return class
}

// mayBeAnswered tells whether the answer of a call without one may be what was not heard. A loss that shows long after the end of a
// call says nothing of the call, but then nothing says that it was not its answer.
func (x *Result) mayBeAnswered(c *call) bool {
	from, to := c.times[byStart], c.times[byEnd]
	switch {
	case !from.Known() && !to.Known():
		return false
	case !from.Known():
		from = to
	case !to.Known():
		to = from
	}
	return x.missed(from, to, x.m.names.text(c.group))
}

// compare gives the first difference between a call and its record, Matched where there is none.
func (x *Result) compare(c *call, r *record) Class {
	if !c.answered() {
		switch {
		case r.charged():
			return ChargedNotAnswered
		case x.otherNumber(c, r):
			return Number
		case r.answered() && r.lasts() > 0:
			return Answer
		}
		return Matched
	}
	isFree := c.flags&free != 0
	switch {
	case !isFree && x.uncharged(c, r):
		return AnsweredNotCharged
	case isFree && r.flags&hasMoney != 0 && r.money > 0:
		return ChargedFree
	case x.otherNumber(c, r):
		return Number
	}
	if d, ok := x.Clock.excess(c, r); ok && d != 0 {
		return Duration
	}
	if d, ok := x.answerOff(c, r); ok && distance(d, 0) > int64(x.Clock.Tolerance) {
		return Answer
	}
	if x.otherTariff(c, r) {
		return Tariff
	}
	return Matched
}

func (x *Result) otherNumber(c *call, r *record) bool {
	n := &x.m.numbers
	return n.fit(c.called, r.called) == differs || n.fit(c.calling, r.calling) == differs
}

// otherTariff compares money where both have it, and names where the record's is one that some call has: a file with names of its
// own cannot be compared by them.
func (x *Result) otherTariff(c *call, r *record) bool {
	if c.flags&r.flags&hasMoney != 0 && c.flags&free == 0 &&
		(r.money < less(c.least, x.options.Money) || r.money > plus(c.most, x.options.Money)) {
		return true
	}
	return c.tariff != 0 && r.tariff != 0 && x.ours[r.tariff] && r.tariff != c.tariff && r.tariff != c.dest
}

// alone gives the class of a call without a record.
func (x *Result) alone(i int) Class {
	c := &x.m.calls[i]
	switch {
	case !x.judged(reference(&c.times), c.group), !x.inFile(c):
		return Outside
	case x.legs[i] != nobody:
		return Leg
	case c.answered() && c.flags&free != 0, !c.answered() && c.flags&sure != 0 && !x.Attempts:
		return NoCharge
	case c.flags&sure == 0:
		return Unproved
	case !c.answered():
		return Attempt
	}
	return WireOnly
}

// stray gives the class of a record without a call.
func (x *Result) stray(i int) Class {
	r := &x.m.records[i]
	at := reference(&r.times)
	switch {
	case !at.Known(), r.called == 0 && circuitKey(r.group, r.cic, r.flags) == 0:
		return Unusable
	case !x.judged(x.Clock.Wire(at), x.groupOf(r, x.twins[i])):
		return Outside
	case x.twins[i] != nobody && x.otherSide(r, &x.m.records[x.mates[x.twins[i]]]):
		return Leg
	case x.twins[i] != nobody:
		return Double
	case x.unheard(r) || r.other != [3]int32{} && x.unheard(new(r.moved())):
		return Unseen
	}
	return FileOnly
}

// otherSide tells whether a second record of a call is that of its other side through the switch: it names another circuit, and
// nobody pays for it besides the first.
func (x *Result) otherSide(r, first *record) bool {
	paid := r.flags&hasMoney != 0 && r.money > 0 || r.flags&saysCharged != 0
	return r.flags&first.flags&hasCIC != 0 && !sameCircuits(r, first) && !paid
}

// gaps are the gaps by their beginning; latest is the latest end of all up to each.
type gaps struct {
	list   []Gap
	latest []wire.Time
}

func newGaps(list []Gap) gaps {
	g := gaps{list: slices.Clone(list), latest: make([]wire.Time, len(list))}
	slices.SortStableFunc(g.list, func(a, b Gap) int { return cmp.Compare(a.From, b.From) })
	for i, x := range g.list {
		g.latest[i] = x.To
		if i > 0 {
			g.latest[i] = max(x.To, g.latest[i-1])
		}
	}
	return g
}

// unheard tells whether a gap touches the time at which the call of a record began, on its trunk group where it names one. A call
// whose beginning was heard would be there, with its numbers, whatever was lost of it later.
func (x *Result) unheard(r *record) bool {
	tolerance := x.Clock.Tolerance
	var from, to wire.Time
	switch start, answer, end := x.Clock.Wire(r.times[byStart]), x.Clock.Wire(r.times[byAnswer]), x.Clock.Wire(r.times[byEnd]); {
	case start.Known():
		from, to = start, start
	case answer.Known():
		from, to = answer.Add(-ringing), answer
	default:
		from, to = end.Add(-ringing-max(r.duration, 0)), end
	}
	from, to = from.Add(-tolerance), to.Add(tolerance)
	return x.missed(from, to, x.m.names.text(r.group))
}

// missed tells whether a gap touches a time, on a trunk group where one is named.
func (x *Result) missed(from, to wire.Time, name []byte) bool {
	group := string(name)
	n, _ := slices.BinarySearchFunc(x.gaps.list, to, func(g Gap, t wire.Time) int {
		if g.From <= t {
			return -1
		}
		return 1
	})
	for n--; n >= 0 && x.gaps.latest[n] >= from; n-- {
		g := &x.gaps.list[n]
		if g.To >= from && (g.TrunkGroup == "" || group == "" || g.TrunkGroup == group) {
			return true
		}
	}
	return false
}

// plus and less stop at the ends of the numbers: amounts of a file may be anything.

func plus(a, b int64) int64 {
	switch c := a + b; {
	case a > 0 && b > 0 && c < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && c >= 0:
		return math.MinInt64
	default:
		return c
	}
}

func less(a, b int64) int64 {
	if b == math.MinInt64 {
		return plus(plus(a, math.MaxInt64), 1)
	}
	return plus(a, -b)
}
