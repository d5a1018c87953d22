package charge

import (
	"math"
	"time"
)

// Tick is the precision of the timer CDUR (4.1).
const Tick = 100 * time.Millisecond

// A Step is one thing that a Meter did, for explanations.
type Step struct {
	At    time.Duration // of the last of them, where Count is more than 1
	Rule  string        // clause, as "4.3 d"
	What  string        // a constant text, as "interval of e7 is over"
	Count int64         // how many times at once, 1 where nothing is repeated
	Each  Units         // added by each
	Sum   Units         // of the call after it
}

// A Meter counts the units of one call (4.1, 4.3, 4.4), which without a change of its elements are
// e3 * (e4 + e1*INT(CDUR/(e7,e2)) + e5*INT(SEG/e6)) (clause 4). Its zero value is a call before its charging point, which the first
// Receive is. Times are since any moment that is the same for all of them; one before the last counts as the last. Nothing is
// allocated, unless Trace is set. What an event costs does not grow with the time that went by.
//
// CDUR counts ticks of 0.1 s from the charging point on. A tick comes before an event of the same time, so an interval that
// ends exactly with the call is charged; ticks while the radio link is lost do not count. The meter charges intervals that
// are over, as the specification does; how a carrier's blocks, charged when they begin, are put in elements is the caller's.
//
// No events make a Meter fail: after End they change nothing, a number of segments below 1 is none, and a sum that is too
// much stays at MaxUnits.
type Meter struct {
	Trace func(Step) // is given each step, nil for none

	units  Units
	now    time.Duration // of the last event
	start  time.Duration // charging point, where charging is set
	ticks  uint64        // of the grid from the charging point to now, counted or not
	over   uint64        // the tick at which the last interval ended, 0 for none
	cdur   uint16        // CDUR, in ticks; less than length
	length uint16        // of the interval under way, in ticks; 0 where nothing is timing
	seg    uint16        // SEG; less than e6 in force
	force  CAI           // the elements in operation; e4 is not kept
	held   CAI           // what is held in abeyance; what is not in has holds nothing

	begun    bool // now is set
	charging bool // the first CAI has come
	initial  bool // the interval under way is that of e7
	changed  bool // a change of service waits for its CAI
	lost     bool // the radio link is lost
	ended    bool
}

// End ends the charging and gives the units of the call. Every later event is ignored (4.2.1).
func (m *Meter) End(at time.Duration) Units {
	if m.event(at) {
		m.ended = true
		m.trace(m.now, "4.2.1", "the call ends")
	}
	return m.units
}

// Units gives the units up to the last event.
func (m *Meter) Units() Units { return m.units }

// Segments counts n segments of data (4.3 f).
func (m *Meter) Segments(at time.Duration, n int64) {
	if m.event(at) && n > 0 {
		m.count(uint64(n))
	}
}

// LinkLost suspends the timing (4.3 m).
func (m *Meter) LinkLost(at time.Duration) {
	if m.event(at) && !m.lost {
		m.lost = true
		m.trace(m.now, "4.3 m", "the radio link is lost: CDUR is suspended")
	}
}

// LinkBack resumes it.
func (m *Meter) LinkBack(at time.Duration) {
	if m.event(at) && m.lost {
		m.lost = false
		m.trace(m.now, "4.3 m", "the radio link is back: CDUR is resumed")
	}
}

// event lets the time go by up to an event; false tells that the call is over.
func (m *Meter) event(at time.Duration) bool {
	if m.ended {
		return false
	}
	if !m.begun {
		m.begun, m.now = true, at
	}
	m.advance(at)
	return true
}

// advance lets the time go by.
func (m *Meter) advance(at time.Duration) {
	if m.ended || !m.begun || at <= m.now {
		return
	}
	m.now = at
	if !m.charging {
		return
	}
	ticks := since(m.start, at) / uint64(Tick)
	gone := ticks - m.ticks
	m.ticks = ticks
	if !m.lost {
		m.run(gone)
	}
}

// run lets CDUR count ticks, the last of which is the newest of the grid (4.1, 4.3 a, b, d).
func (m *Meter) run(ticks uint64) {
	for m.length != 0 {
		need := uint64(m.length - m.cdur)
		if ticks < need {
			m.cdur += uint16(ticks)
			return
		}
		count := uint64(1)
		if !m.initial && m.held.has&timeElements == 0 { // then every further interval is like this one
			count += (ticks - need) / uint64(m.length)
		}
		ticks -= need + (count-1)*uint64(m.length)
		m.over = m.ticks - ticks
		what := "interval of e2 is over"
		if m.initial {
			what = "interval of e7 is over"
		}
		m.add(m.moment(m.over), "4.3 d", what, count, m.scaled(E1))
		m.release()
	}
}

// count lets SEG count segments (4.1, 4.3 b, f).
func (m *Meter) count(segments uint64) {
	for m.force.steps[E6-1] != 0 {
		e6 := m.force.steps[E6-1]
		need := uint64(e6 - m.seg)
		if segments < need {
			m.seg += uint16(segments)
			return
		}
		count := uint64(1)
		if m.held.has&dataElements == 0 {
			count += (segments - need) / uint64(e6)
		}
		segments -= need + (count-1)*uint64(e6)
		m.add(m.now, "4.3 f", "data interval of e6 is over", count, m.scaled(E5))
		m.releaseData()
	}
}

// scaled is e1 or e5, in tenths, times e3, in hundredths (4.3 d, f). It is zero where either is (4.3 i, j).
func (m *Meter) scaled(e Element) Units {
	return Units(m.force.steps[e-1]) * Units(m.force.steps[E3-1])
}

// add adds each count times.
func (m *Meter) add(at time.Duration, rule, what string, count uint64, each Units) {
	m.units = m.units.plus(count, each)
	if m.Trace != nil {
		m.Trace(Step{At: at, Rule: rule, What: what, Count: int64(min(count, math.MaxInt64)), Each: each, Sum: m.units})
	}
}

// trace tells a step that adds nothing.
func (m *Meter) trace(at time.Duration, rule, what string) {
	if m.Trace != nil {
		m.Trace(Step{At: at, Rule: rule, What: what, Count: 1, Sum: m.units})
	}
}

// moment is the time of a tick that has been or, where next says so, will be.
func (m *Meter) moment(tick uint64) time.Duration {
	return time.Duration(uint64(m.start) + tick*uint64(Tick))
}

// next gives the time at which the interval under way will be over; false where nothing is timing, the link is lost, or that
// time is beyond what a Duration holds.
func (m *Meter) next() (time.Duration, bool) {
	if m.length == 0 || m.lost || m.ended {
		return 0, false
	}
	tick := m.ticks + uint64(m.length-m.cdur)
	if tick > since(m.start, math.MaxInt64)/uint64(Tick) {
		return 0, false
	}
	return m.moment(tick), true
}

// overNow tells whether a time interval ended at this very moment.
func (m *Meter) overNow() bool { return m.over != 0 && m.moment(m.over) == m.now }

// since gives the nanoseconds from one time to a later one, which int64 may not hold.
func since(from, to time.Duration) uint64 { return uint64(to) - uint64(from) }
