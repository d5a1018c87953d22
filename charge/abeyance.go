package charge

import "time"

// timeElements and dataElements are the elements that wait for the end of an interval (4.3 e, g), as bits of CAI.has. e3 is
// not among them: a new scaling factor holds at once. Nor is e4, which is added when it comes.
const (
	timeElements = 1<<(E1-1) | 1<<(E2-1) | 1<<(E7-1)
	dataElements = 1<<(E5-1) | 1<<(E6-1)
	atOnce       = 1 << (E3 - 1)
)

// Receive takes a CAI message. The first is the charging point: what is missing in it is zero (clause 3). In a later one what
// is missing stays as it is, a missing e4 adds nothing, and a missing e7 is not used again. An e4 is added at once (4.3 c),
// by the e3 that holds then; other elements may be held in abeyance (4.3 e, g).
func (m *Meter) Receive(at time.Duration, c CAI) {
	if !m.event(at) {
		return
	}
	first := !m.charging
	if first {
		m.charging, m.start = true, m.now
	}
	m.force.take(&c, atOnce)
	e4, there := c.Get(E4)
	switch each := Units(e4) * Units(m.force.steps[E3-1]); {
	case first:
		m.add(m.now, "4.1", "charging point: e4 of the first CAI", 1, each)
	case there:
		m.add(m.now, "4.3 c", "e4 of a later CAI", 1, each)
	}
	m.receiveTime(&c, first)
	m.receiveData(&c, first)
}

// ServiceChange tells a change of the bearer: the next CAI restarts CDUR with its e1, e2 and e7, and what was held of them is
// dropped (4.4). Without a CAI it changes nothing.
func (m *Meter) ServiceChange(at time.Duration) {
	if m.event(at) && !m.changed {
		m.changed = true
		m.trace(m.now, "4.4", "the service changes: the next CAI restarts CDUR")
	}
}

// receiveTime takes e1, e2 and e7: those of the first CAI begin the timing (4.1, 4.3 a, b), later ones may have to wait (4.3 e).
func (m *Meter) receiveTime(c *CAI, first bool) {
	switch there := c.has&timeElements != 0; {
	case m.changed:
		m.changed = false
		m.held.drop(timeElements)
		if c.has&E7.bit() == 0 && m.initial { // e7 stays as it is, and its interval is not yet over
			m.force.take(c, timeElements)
			m.cdur = 0
		} else {
			m.restart(c)
		}
		m.trace(m.now, "4.4", "CDUR is restarted")
	case m.length == 0:
		m.restart(c)
		switch {
		case first && m.length != 0:
			m.trace(m.now, "4.1", "timing begins")
		case !first && there:
			m.trace(m.now, "4.3 e", "nothing is timing: e1, e2, e7 hold at once")
		}
	case there:
		what := "e1, e2, e7 are held until the interval is over"
		if m.held.has&c.has&timeElements != 0 {
			what = "e1, e2, e7 supersede what was held"
		}
		m.held.take(c, timeElements)
		m.trace(m.now, "4.3 e", what)
	}
}

// receiveData takes e5 and e6: counting begins with the first e6 that is not zero (4.1), later ones may have to wait (4.3 g).
func (m *Meter) receiveData(c *CAI, first bool) {
	if c.has&dataElements == 0 {
		return
	}
	if m.force.steps[E6-1] == 0 { // and SEG with it
		m.force.take(c, dataElements)
		switch {
		case !first:
			m.trace(m.now, "4.3 g", "no data interval: e5, e6 hold at once")
		case m.force.steps[E6-1] != 0:
			m.trace(m.now, "4.1", "counting of segments begins")
		}
		return
	}
	what := "e5, e6 are held until the data interval is over"
	if m.held.has&c.has&dataElements != 0 {
		what = "e5, e6 supersede what was held"
	}
	m.held.take(c, dataElements)
	m.trace(m.now, "4.3 g", what)
}

// release begins the next time interval with what was held (4.3 e).
func (m *Meter) release() {
	held := m.held.has&timeElements != 0
	m.restart(&m.held)
	if held {
		m.held.drop(timeElements)
		m.trace(m.moment(m.over), "4.3 e", "what was held comes into operation")
	}
}

// releaseData begins the next data interval with what was held (4.3 g).
func (m *Meter) releaseData() {
	m.seg = 0
	if m.held.has&dataElements == 0 {
		return
	}
	m.force.take(&m.held, dataElements)
	m.held.drop(dataElements)
	m.trace(m.now, "4.3 g", "what was held comes into operation")
}

// restart sets CDUR to zero and brings e1, e2 and e7 into operation: first e7, unless it is zero or missing, then e2 (4.3 a,
// e). Where e2 is zero too, nothing is timing (4.3 b).
func (m *Meter) restart(c *CAI) {
	m.force.take(c, timeElements)
	m.cdur, m.length, m.initial = 0, m.force.steps[E2-1], false
	if c.has&E7.bit() != 0 && c.steps[E7-1] != 0 {
		m.length, m.initial = c.steps[E7-1], true
	}
}

// canCost tells whether a call that has just received c can cost anything by it: its e4, the intervals under way, or what is
// held and will follow them (4.2.2).
func (m *Meter) canCost(c *CAI) bool {
	if m.force.steps[E3-1] == 0 {
		return false
	}
	later := m.force
	later.take(&m.held, timeElements|dataElements)
	e1, e5 := m.force.steps[E1-1], m.force.steps[E5-1]
	e7 := m.held.has&E7.bit() != 0 && later.steps[E7-1] != 0
	switch {
	case c.has&E4.bit() != 0 && c.steps[E4-1] != 0:
		return true
	case m.length != 0 && (e1 != 0 || later.steps[E1-1] != 0 && (e7 || later.steps[E2-1] != 0)):
		return true
	}
	return m.force.steps[E6-1] != 0 && (e5 != 0 || later.steps[E5-1] != 0 && later.steps[E6-1] != 0)
}
