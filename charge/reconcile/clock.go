package reconcile

import (
	"cmp"
	"slices"
	"time"

	"c7mon/wire"
)

// A Clock is what the file shows of the clock of the switch against the wire, and what follows from it.
type Clock struct {
	Known     bool          // false: too few pairs tell, so offset and drift are taken as zero
	At        wire.Time     // the first record of those that Span is of, by the clock of the switch; NoTime where no record has a time
	Offset    time.Duration // of the switch at that time, more than zero where it is ahead
	Drift     int64         // parts in 10^9, more than zero where the switch is fast
	Scatter   time.Duration // median of the absolute deviations from offset and drift
	Pairs     int           // that tell it
	Looked    int           // pairs that were looked at, those that disagree among them
	Tolerance time.Duration // of times
	Lasting   time.Duration // tolerance of durations
	Step      time.Duration // durations of the file are rounded up to it, 0 where they are not
	Ratio     int64         // median of what a duration of the file is of that on the wire, in thousandths; 0 where too few pairs tell it
}

// Wire gives the time on the wire of a time of the switch. NoTime stays NoTime.
func (c *Clock) Wire(t wire.Time) wire.Time {
	if !t.Known() || !c.Known {
		return t
	}
	return t - wire.Time(c.Offset) - wire.Time(scale(int64(t-c.At), c.Drift))
}

// scale gives d times drift parts in 10^9.
func scale(d, drift int64) int64 { return d/1e9*drift + d%1e9*drift/1e9 }

const (
	leastPairs   = 5                // that can tell a clock
	enoughPairs  = 50               // after which no other pairs are looked for
	mostPoints   = 8192             // that are reckoned with
	maxOffset    = 400 * 86400e9    // ns: a year wrong, and some weeks
	maxDrift     = 1_000_000        // parts in 10^9
	groupCalls   = 64               // longest ones of a group that are tried against each other
	mostTried    = 1 << 18          // pairs of all groups together
	sampled      = 200_000          // calls and records each that are looked at for unambiguous pairs, where there are more
	firstWindow  = 64 * time.Second // ns, of the search for the offset
	lastWindow   = 4 * time.Second
	scatterTimes = 6 // tolerance in scatters: four standard deviations
)

// A point is a pair that may be right: time of the call, which is finer than the record's, and how far the record is ahead of it.
type point struct {
	t, d int64
	a, b uint32
}

// findClock looks for pairs that tell the clock: first those whose two numbers stand once on either side; where these are few, the
// longest calls of each called number, whose durations tell them apart; first by the ends of the numbers, then by their heads.
func (m *Matcher) findClock(o *Options) Clock {
	at, _ := m.core()
	best := Clock{At: at}
	var inliers []point
	for _, points := range [...]func() []point{m.singles, func() []point { return m.longest((*texts).tail) },
		func() []point { return m.longest((*texts).head) }} {
		c, in := fitClock(points(), at)
		if c.Known && c.Pairs > best.Pairs {
			best, inliers = c, in
		}
		if best.Pairs >= enoughPairs {
			break
		}
		if !best.Known {
			best.Looked = max(best.Looked, c.Looked)
		}
	}
	best.Tolerance = max(Floor, tenths(scatterTimes*best.Scatter))
	best.Ratio = m.ratio(inliers)
	best.Lasting, best.Step = m.lasting(inliers, &best, o.Step)
	if best.OtherUnit() {
		best.Lasting, best.Step = Floor, o.Step // a tolerance that made all of them fit would hide everything
	}
	if o.Tolerance > 0 {
		best.Tolerance, best.Lasting = min(o.Tolerance, maxOffset), min(o.Tolerance, maxOffset)
	}
	return best
}

// tenths rounds up to tenths of a second, which read better.
func tenths(d time.Duration) time.Duration {
	const tenth = 100 * time.Millisecond
	return (d + tenth - 1) / tenth * tenth
}

// A keyed is a call or record with what it is grouped by.
type keyed struct {
	key uint64
	i   uint32
}

func compareKeyed(a, b keyed) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return cmp.Compare(a.i, b.i)
}

// singles gives the pairs of a call and a record whose called and calling number stand once on either side. Of many only those
// with some keys are looked at: the same ones on both sides.
func (m *Matcher) singles() []point {
	key := func(called, calling uint32) uint64 {
		if called == 0 || calling == 0 {
			return 0
		}
		h := (m.numbers.tail(called)*0x9e3779b97f4a7c15 ^ m.numbers.tail(calling)) * 0xff51afd7ed558ccd
		return h ^ h>>32 | 1
	}
	shift := 0
	for max(len(m.calls), len(m.records))>>shift > sampled {
		shift++
	}
	mask := uint64(1)<<shift - 1
	gather := func(n int, key func(i int) uint64) (list []keyed) {
		for i := range n {
			if k := key(i); k != 0 && k>>8&mask == 0 {
				list = append(list, keyed{k, uint32(i)})
			}
		}
		slices.SortFunc(list, compareKeyed)
		return list
	}
	calls := gather(len(m.calls), func(i int) uint64 { return key(m.calls[i].called, m.calls[i].calling) })
	records := gather(len(m.records), func(i int) uint64 { return key(m.records[i].called, m.records[i].calling) })
	var points []point
	groups(calls, records, func(a, b []keyed) {
		if len(a) == 1 && len(b) == 1 {
			points = m.point(points, a[0].i, b[0].i)
		}
	})
	return points
}

// longest gives the pairs of the longest calls and records of each called number whose durations agree.
func (m *Matcher) longest(key func(x *texts, id uint32) uint64) []point {
	gather := func(n int, called func(i int) uint32, lasts func(i uint32) int64) []keyed {
		list := make([]keyed, 0, n)
		for i := range n {
			if k := key(&m.numbers, called(i)); k != 0 {
				list = append(list, keyed{k, uint32(i)})
			}
		}
		slices.SortFunc(list, func(a, b keyed) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(lasts(b.i), lasts(a.i)), cmp.Compare(a.i, b.i))
		})
		return list
	}
	calls := gather(len(m.calls), func(i int) uint32 { return m.calls[i].called }, func(i uint32) int64 { return int64(m.calls[i].lasts()) })
	records := gather(len(m.records), func(i int) uint32 { return m.records[i].called },
		func(i uint32) int64 { return int64(m.records[i].lasts()) })
	var points []point
	groups(calls, records, func(a, b []keyed) {
		a, b = a[:min(len(a), groupCalls)], b[:min(len(b), groupCalls)]
		for _, x := range a {
			for _, y := range b {
				if len(points) < mostTried && m.mayLast(&m.calls[x.i], &m.records[y.i]) {
					points = m.point(points, x.i, y.i)
				}
			}
		}
	})
	return points
}

// groups gives the calls and records of each key that both have.
func groups(calls, records []keyed, do func(a, b []keyed)) {
	for len(calls) > 0 && len(records) > 0 {
		switch c := cmp.Compare(calls[0].key, records[0].key); {
		case c < 0:
			calls = calls[run(calls):]
		case c > 0:
			records = records[run(records):]
		default:
			a, b := run(calls), run(records)
			do(calls[:a], records[:b])
			calls, records = calls[a:], records[b:]
		}
	}
}

// run counts the items at the head of a list that have one key.
func run(list []keyed) int {
	n := 1
	for n < len(list) && list[n].key == list[0].key {
		n++
	}
	return n
}

// point adds a pair whose numbers fit and which has a time in common, twice where that may be of two hours.
func (m *Matcher) point(points []point, i, j uint32) []point {
	c, r := &m.calls[i], &m.records[j]
	if m.numbers.fit(c.called, r.called) < part || m.numbers.fit(c.calling, r.calling) == differs {
		return points
	}
	for k := range c.times {
		if c.times[k].Known() && r.times[k].Known() {
			if d := int64(r.times[k] - c.times[k]); d > -maxOffset && d < maxOffset {
				points = append(points, point{int64(c.times[k]), d, i, j})
				if s := int64(r.other[k]); s != 0 {
					points = append(points, point{int64(c.times[k]), d + s*1e9, i, j})
				}
				return points
			}
			break
		}
	}
	return points
}

// lasts gives the duration on the wire, -1 where it is not known.
func (c *call) lasts() time.Duration {
	if !c.times[byAnswer].Known() || !c.times[byEnd].Known() {
		return -1
	}
	return max(c.times[byEnd].Sub(c.times[byAnswer]), 0)
}

// lasts gives the duration in the file, from its times where it does not tell it; -1 where it is not known.
func (r *record) lasts() time.Duration {
	if r.duration >= 0 || !r.times[byAnswer].Known() || !r.times[byEnd].Known() {
		return r.duration
	}
	return max(r.between(), 0)
}

func (c *call) answered() bool { return c.times[byAnswer].Known() }

// answered tells whether the record says that the call was answered; where it does not say so, by its times.
func (r *record) answered() bool {
	if r.flags&(saysAnswered|saysUnanswered) != 0 {
		return r.flags&saysAnswered != 0
	}
	return r.times[byAnswer].Known() || r.duration > 0
}

// mayLast tells whether durations agree as far as is known before the clock is: those of the file may be rounded up to a minute.
func (m *Matcher) mayLast(c *call, r *record) bool {
	a, b := c.lasts(), r.lasts()
	if a < 0 || b < 0 {
		return c.answered() == r.answered()
	}
	return distance(a, b) <= int64(Floor) || b > a && b%(6*time.Second) == 0 && b-a < time.Minute
}
