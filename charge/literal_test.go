package charge_test

import (
	"slices"
	"time"

	"c7mon/charge"
)

// The literal simulation of TS 22.024: every call of a mobile is stepped 0.1 s by 0.1 s and segment by segment, and each step
// does word by word what the clauses say. It is slow and shares nothing with the engine but the names of its inputs and
// results.

// none is an element that is missing, or one for which nothing is held.
const none = -1

// A literalCall is one call in the mobile.
type literalCall struct {
	id       charge.CallID
	incoming bool

	computing bool          // "On receipt of the CAI message, charging computation commences" (4.1)
	nextTick  time.Duration // when CDUR is incremented next
	cdur, seg int64
	timing    int // 7, 2 or, where CDUR is not actively timing, 0
	e         [8]int64
	abeyance  [8]int64
	aoc       int64 // thousandths
	suspended bool
	scudif    bool
	toEnd     bool // "shall be terminated once the chargeable interval has elapsed" (4.2.2)
	elapsed   bool // an interval has ended at this moment
}

// A literalMobile is the mobile station.
type literalMobile struct {
	calls       []*literalCall
	now         time.Duration
	last        int64 // charge of the calls that have ended, held by the CCM (4.2.1)
	acm, acmMax int64

	incremented bool // the CCM has been, since the ACM was
	acmEver     bool
	acmAt       time.Duration
	ccmAtACM    int64
	terminated  []charge.Termination
}

func newLiteralCall(id charge.CallID, incoming bool) *literalCall {
	c := &literalCall{id: id, incoming: incoming}
	for i := range c.abeyance {
		c.abeyance[i] = none
	}
	return c
}

// tick is 0.1 s of a call. It gives what is added to the CCM.
func (c *literalCall) tick() (added int64) {
	if c.suspended || c.timing == 0 { // 4.3 m, b
		return 0
	}
	c.cdur++
	if c.cdur < c.e[c.timing] {
		return 0
	}
	added = c.e[1] * c.e[3] // 4.3 d
	c.aoc += added
	c.elapsed = true
	c.cdur = 0
	c.timing = 2     // "timing of the next interval to commence based on CAI element e2" (4.1)
	if c.e[2] == 0 { // 4.3 b
		c.timing = 0
	}
	// 4.3 e: "The new e1, e2 and/or e7 are then brought into operation. e7 is applied followed by e2".
	waiting := c.abeyance[1] != none || c.abeyance[2] != none || c.abeyance[7] != none
	if waiting {
		c.operate(c.abeyance[1], c.abeyance[2], c.abeyance[7])
		c.abeyance[1], c.abeyance[2], c.abeyance[7] = none, none, none
	}
	return added
}

// operate brings e1, e2 and e7 into operation with CDUR at zero.
func (c *literalCall) operate(e1, e2, e7 int64) {
	if e1 != none {
		c.e[1] = e1
	}
	if e2 != none {
		c.e[2] = e2
	}
	c.cdur = 0
	switch {
	case e7 > 0:
		c.e[7] = e7
		c.timing = 7
	case c.e[2] > 0: // 4.3 a
		c.timing = 2
	default:
		c.timing = 0
	}
}

// segment is one segment transferred (4.1, 4.3 f, g).
func (c *literalCall) segment() (added int64) {
	if c.e[6] == 0 {
		return 0
	}
	c.seg++
	if c.seg < c.e[6] {
		return 0
	}
	added = c.e[5] * c.e[3]
	c.aoc += added
	c.seg = 0
	for _, i := range []int{5, 6} {
		if c.abeyance[i] != none {
			c.e[i], c.abeyance[i] = c.abeyance[i], none
		}
	}
	return added
}

// receive is the receipt of a CAI message.
func (c *literalCall) receive(at time.Duration, cai charge.CAI) (added int64) {
	var new [8]int64
	for i := 1; i <= 7; i++ {
		new[i] = none
		if steps, ok := cai.Get(charge.Element(i)); ok {
			new[i] = steps
		}
	}
	if !c.computing {
		for i := 1; i <= 7; i++ {
			new[i] = max(new[i], 0) // "missing from the initial CAI: treated as zero" (3)
		}
		c.computing = true
		c.nextTick = at + 100*time.Millisecond
	}
	if new[3] != none {
		c.e[3] = new[3]
	}
	if new[4] != none {
		added = new[4] * c.e[3] // 4.1, 4.3 c
		c.aoc += added
	}
	switch {
	case c.scudif: // 4.4
		c.scudif = false
		c.abeyance[1], c.abeyance[2], c.abeyance[7] = none, none, none
		if new[7] == none && c.timing == 7 { // e7 is unchanged, and not yet over
			new[7] = c.e[7]
		}
		c.operate(new[1], new[2], new[7])
	case c.timing == 0: // "applied immediately as per a normal new call" (4.3 e)
		c.operate(new[1], new[2], new[7])
	default:
		for _, i := range []int{1, 2, 7} {
			if new[i] != none {
				c.abeyance[i] = new[i]
			}
		}
	}
	atOnce := c.e[6] == 0 // 4.3 g
	for _, i := range []int{5, 6} {
		switch {
		case new[i] == none:
		case atOnce:
			c.e[i] = new[i]
			c.seg = 0
		default:
			c.abeyance[i] = new[i]
		}
	}
	return added
}

// chargeable tells whether a call can cost anything from a CAI on that has just come (4.2.2): it plays on with what holds
// and what is held, and looks.
func (c *literalCall) chargeable(cai charge.CAI) bool {
	if e4, ok := cai.Get(charge.E4); ok && e4*c.e[3] > 0 {
		return true
	}
	play := *c
	play.suspended = false
	for range 3 * 8191 { // the interval under way, one of e7, one of e2
		if play.tick() > 0 || play.segment() > 0 {
			return true
		}
	}
	return false
}

// ccm is "the sum of all the charges for the services being used currently" (4.3 l), and of those before (4.2.1).
func (m *literalMobile) ccm() int64 {
	sum := m.last
	for _, c := range m.calls {
		sum += c.aoc
	}
	return sum
}

// to lets the time go by, one moment after the other.
func (m *literalMobile) to(at time.Duration) {
	m.terminated = nil
	for {
		moment := at + 1
		for _, c := range m.calls {
			if c.computing {
				moment = min(moment, c.nextTick)
			}
		}
		if m.incremented && m.acmEver {
			moment = min(moment, m.acmAt+5*time.Second)
		}
		if moment > at {
			break
		}
		m.moment(moment)
		for _, c := range m.calls {
			if c.computing && c.nextTick == moment {
				c.nextTick += 100 * time.Millisecond
				m.add(c.tick())
			}
		}
		m.after()
	}
	m.moment(at)
}

// moment sets the clock.
func (m *literalMobile) moment(at time.Duration) {
	if at > m.now {
		m.now = at
		for _, c := range m.calls {
			c.elapsed = false
		}
	}
}

// add notes an increment of the CCM.
func (m *literalMobile) add(added int64) { m.incremented = m.incremented || added > 0 }

// after is what follows at the same moment from increments and from the clock (4.2.2, 4.3 h).
func (m *literalMobile) after() {
	if m.incremented && (!m.acmEver || m.now-m.acmAt >= 5*time.Second) {
		m.updateACM()
	}
	m.endThoseWhoseTimeHasCome()
}

func (m *literalMobile) endThoseWhoseTimeHasCome() {
	for {
		i := slices.IndexFunc(m.calls, func(c *literalCall) bool { return c.toEnd && (c.elapsed || c.timing == 0) })
		if i < 0 {
			return
		}
		m.terminate(m.calls[i])
	}
}

func (m *literalMobile) terminate(c *literalCall) {
	m.terminated = append(m.terminated, charge.Termination{At: m.now, Call: c.id})
	m.end(c)
}

func (m *literalMobile) end(c *literalCall) {
	m.last += c.aoc
	m.calls = slices.DeleteFunc(m.calls, func(o *literalCall) bool { return o == c })
	if m.incremented {
		m.updateACM()
	}
}

func roundedUp(thousandths int64) int64 { return (thousandths + 999) / 1000 }

func (m *literalMobile) updateACM() {
	m.acm += roundedUp(m.ccm()) - roundedUp(m.ccmAtACM)
	m.ccmAtACM = m.ccm()
	m.acmAt, m.acmEver, m.incremented = m.now, true, false
	m.checkMax()
}

func (m *literalMobile) full() bool { return m.acmMax > 0 && m.acm >= m.acmMax }

func (m *literalMobile) checkMax() {
	for _, c := range m.calls {
		if m.full() && c.aoc > 0 {
			c.toEnd = true
		}
	}
}

func (m *literalMobile) find(id charge.CallID) *literalCall {
	for _, c := range m.calls {
		if c.id == id {
			return c
		}
	}
	return nil
}

// do is one event of a script.
func (m *literalMobile) do(v event) (o outcome) {
	m.to(v.at)
	c := m.find(v.call)
	switch v.kind {
	case evAdvance:
		return o
	case evMax:
		m.acmMax = v.n
		for _, c := range m.calls {
			c.toEnd = false
		}
		m.checkMax()
		m.endThoseWhoseTimeHasCome()
		return o
	case evStart:
		if c != nil {
			return outcome{err: charge.ErrCallIsUp}
		}
		if len(m.calls) == 0 { // 4.2.1
			m.last, m.ccmAtACM, m.acmEver, m.incremented = 0, 0, false, false
		}
		if !v.incoming && !v.emergency && m.full() {
			return outcome{yes: true}
		}
		m.calls = append(m.calls, newLiteralCall(v.call, v.incoming))
		return o
	}
	if c == nil {
		return outcome{err: charge.ErrNoCall}
	}
	switch v.kind {
	case evReceive:
		full := m.full()
		m.add(c.receive(m.now, v.cai))
		if full && c.incoming && c.chargeable(v.cai) {
			m.terminate(c)
		}
		m.after()
		o.yes = true
	case evChange:
		c.scudif = true
	case evSegments:
		for range v.n {
			m.add(c.segment())
		}
		m.after()
	case evLost:
		c.suspended = true
	case evBack:
		c.suspended = false
	case evEnd:
		m.end(c)
		m.endThoseWhoseTimeHasCome()
	}
	return o
}
