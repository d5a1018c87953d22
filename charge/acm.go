package charge

import (
	"math"
	"slices"
	"time"
)

// event lets the time go by up to an event.
func (s *MS) event(at time.Duration) {
	s.ended = s.ended[:0]
	if !s.begun {
		s.begun, s.now = true, at
	}
	for s.now < at {
		s.now = s.next(at)
		for i := range s.calls {
			s.calls[i].meter.advance(s.now)
		}
		s.settle()
	}
}

// next gives the next moment, not after at, when the ACM may be updated or a call may end.
func (s *MS) next(at time.Duration) time.Duration {
	waits := s.updates && since(s.updated, s.now) < uint64(ACMPeriod)
	if waits && since(s.updated, at) >= uint64(ACMPeriod) {
		at = s.updated + ACMPeriod
	}
	for i := range s.calls {
		c := &s.calls[i]
		if waits && !c.ending || !c.ending && !c.meter.increments() {
			continue
		}
		if t, ok := c.meter.next(); ok && t < at {
			at = t
		}
	}
	return at
}

// increments tells whether the end of the interval under way adds to the CCM or may bring something into operation that
// will.
func (m *Meter) increments() bool { return m.scaled(E1) != 0 || m.held.has&timeElements != 0 }

// settle does what an increment of the CCM and the time call for: the ACM is updated when the CCM is incremented or once every
// 5 seconds, whichever is the longer period (4.3 h); calls end because of it.
func (s *MS) settle() {
	if !s.updates || since(s.updated, s.now) >= uint64(ACMPeriod) {
		s.update()
	}
	s.terminate()
}

// update adds to the ACM the difference between the CCM, rounded up, and what it was at the last update, rounded up (4.3 h).
// One that adds nothing because of the rounding is an update too; where the CCM has not been incremented there is none.
func (s *MS) update() {
	ccm := s.CCM()
	if ccm == s.counted {
		return
	}
	increment := ccm.Ceil() - s.counted.Ceil()
	s.acm += min(increment, math.MaxInt64-s.acm)
	s.updates, s.updated, s.counted = true, s.now, ccm
	s.mark()
}

// reached tells whether the ACM has reached a valid ACMmax.
func (s *MS) reached() bool { return s.max != 0 && s.acm >= s.max }

// mark lets the calls that have cost anything end with their interval, if ACMmax is reached (4.2.2).
func (s *MS) mark() {
	if !s.reached() {
		return
	}
	for i := range s.calls {
		if c := &s.calls[i]; c.meter.units > 0 {
			c.ending = true
		}
	}
}

// terminate ends the calls that were to end with their interval and whose interval is over, or that time none. An interval
// that ended at this very moment is over. The end of one may bring others to it.
func (s *MS) terminate() {
	for i := 0; i < len(s.calls); i++ {
		c := &s.calls[i]
		if c.ending && (c.meter.length == 0 || c.meter.overNow()) {
			s.terminateCall(c)
			i = -1
		}
	}
}

func (s *MS) terminateCall(c *call) {
	s.ended = append(s.ended, Termination{s.now, c.id})
	s.remove(c)
}

// remove ends a call and brings the ACM up to date at once.
func (s *MS) remove(c *call) {
	s.over = s.over.plus(1, c.meter.End(s.now))
	for i := range s.calls {
		if &s.calls[i] == c {
			s.calls = slices.Delete(s.calls, i, i+1)
			break
		}
	}
	s.update()
}
