package charge

import (
	"errors"
	"time"
)

// CallID names a call of a mobile station. The caller chooses it; one that is over may be used again.
type CallID uint32

// Direction tells who set a call up (clause 2).
type Direction uint8

// The directions: an outgoing call of the mobile station, and an incoming one.
const (
	MobileOriginated Direction = iota
	MobileTerminated
)

// Errors of the events of an MS. Neither changes anything but the time.
var (
	ErrNoCall   = errors.New("there is no such call")
	ErrCallIsUp = errors.New("the call is there already")
)

// A Termination is a call that the mobile station ended by itself because of ACMmax (4.2.2).
type Termination struct {
	At   time.Duration
	Call CallID
}

// ACMPeriod is the least time between two updates of the ACM, but for the end of a call (4.3 h).
const ACMPeriod = 5 * time.Second

// An MS is a mobile station that supports advice of charge: the calls that are up and the call meters CCM, ACM and ACMmax
// (4.2, 4.3). Its zero value has no call, an ACM of zero and no valid ACMmax; NewMS begins with others. Each event carries its
// time, and one before the last counts as the last; what the time brings comes before an event of the same time. Nothing
// is allocated once as many calls as ever have been up at once.
//
// A stretch of time costs one round of the calls that are up for each update of the ACM in it, so at most one in five
// seconds, however short the intervals are.
type MS struct {
	// NoAoC makes it a mobile station that does not support advice of charge: a CAI is neither confirmed nor used (4.3 k).
	NoAoC bool

	calls   []call        // that are up, in the order in which they began; a mobile has a handful
	over    Units         // of the calls that have ended since the CCM was zero
	now     time.Duration // of the last event, where begun is set
	begun   bool
	acm     int64
	max     int64 // ACMmax
	updates bool  // the ACM has been updated since the CCM was zero:
	updated time.Duration
	counted Units // CCM at the last update
	ended   []Termination
}

// A call is one that is up.
type call struct {
	id        CallID
	direction Direction
	ending    bool // ends when its interval is over, because of ACMmax
	meter     Meter
}

// NewMS gives a mobile station whose SIM holds this ACM and ACMmax, in whole units. One below zero is zero.
func NewMS(acm, acmMax int64) *MS { return &MS{acm: max(acm, 0), max: max(acmMax, 0)} }

// CCM gives the current call meter: the charge of all calls since the mobile was last without one, those that are over
// included. It is held until the next Start (4.2.1, 4.3 l).
func (s *MS) CCM() Units {
	sum := s.over
	for i := range s.calls {
		sum = sum.plus(1, s.calls[i].meter.units)
	}
	return sum
}

// ACM gives the accumulated call meter in whole units (4.2.2). It stays at the greatest int64 where it would be more.
func (s *MS) ACM() int64 { return s.acm }

// ACMMax gives the maximum of the ACM, 0 where none is valid (4.2.3).
func (s *MS) ACMMax() int64 { return s.max }

// Units gives the charge of a call that is up; ok is false where there is no such call.
func (s *MS) Units(id CallID) (u Units, ok bool) {
	if c := s.find(id); c != nil {
		return c.meter.units, true
	}
	return 0, false
}

// Terminated gives the calls that ended because of ACMmax in the last event and the time before it, in the order in which
// they ended. It is borrowed until the next event.
func (s *MS) Terminated() []Termination { return s.ended }

// Advance lets the time go by.
func (s *MS) Advance(at time.Duration) { s.event(at) }

// SetACMMax sets the maximum of the ACM, in whole units (4.2.3); 0 or less is not valid. It holds at once: calls end as if
// the ACM had just reached it, and those that were to end because of the old one go on.
func (s *MS) SetACMMax(at time.Duration, units int64) {
	s.event(at)
	s.max = max(units, 0)
	for i := range s.calls {
		s.calls[i].ending = false
	}
	s.mark()
	s.terminate()
}

// Start begins a call, or tells that it is barred, because it is outgoing, no emergency call, and the ACM has reached
// ACMmax (4.2.2). A barred call is not there. Where no call is up the CCM becomes zero, of a barred call too (4.2.1). The
// error is ErrCallIsUp.
func (s *MS) Start(at time.Duration, id CallID, d Direction, emergency bool) (barred bool, err error) {
	s.event(at)
	if s.find(id) != nil {
		return false, ErrCallIsUp
	}
	if len(s.calls) == 0 {
		s.over, s.counted, s.updates = 0, 0, false
	}
	if d == MobileOriginated && !emergency && s.reached() {
		return true, nil
	}
	s.calls = append(s.calls, call{id: id, direction: d})
	return false, nil
}

// Receive takes a CAI message for a call, and tells whether its receipt is confirmed to the network (4.3 k). An incoming call
// ends by it if the ACM has reached ACMmax and the call can cost anything by it (4.2.2). The error is ErrNoCall.
func (s *MS) Receive(at time.Duration, id CallID, cai CAI) (confirmed bool, err error) {
	c, err := s.eventOf(at, id)
	if err != nil || s.NoAoC {
		return false, err
	}
	barred := c.direction == MobileTerminated && s.reached()
	c.meter.Receive(s.now, cai)
	if barred && c.meter.canCost(&cai) {
		s.terminateCall(c)
	}
	s.settle()
	return true, nil
}

// ServiceChange tells a change of the bearer of a call (4.4). The error is ErrNoCall.
func (s *MS) ServiceChange(at time.Duration, id CallID) error {
	c, err := s.eventOf(at, id)
	if err == nil {
		c.meter.ServiceChange(s.now)
	}
	return err
}

// Segments counts n segments of data of a call (4.3 f). The error is ErrNoCall.
func (s *MS) Segments(at time.Duration, id CallID, n int64) error {
	c, err := s.eventOf(at, id)
	if err == nil {
		c.meter.Segments(s.now, n)
		s.settle()
	}
	return err
}

// LinkLost suspends the timing of a call (4.3 m). The error is ErrNoCall.
func (s *MS) LinkLost(at time.Duration, id CallID) error {
	c, err := s.eventOf(at, id)
	if err == nil {
		c.meter.LinkLost(s.now)
	}
	return err
}

// LinkBack resumes it. The error is ErrNoCall.
func (s *MS) LinkBack(at time.Duration, id CallID) error {
	c, err := s.eventOf(at, id)
	if err == nil {
		c.meter.LinkBack(s.now)
	}
	return err
}

// End ends a call; the ACM is brought up to date. The error is ErrNoCall.
func (s *MS) End(at time.Duration, id CallID) error {
	c, err := s.eventOf(at, id)
	if err == nil {
		s.remove(c)
		s.terminate()
	}
	return err
}

// eventOf lets the time go by up to an event of a call.
func (s *MS) eventOf(at time.Duration, id CallID) (*call, error) {
	s.event(at)
	if c := s.find(id); c != nil {
		return c, nil
	}
	return nil, ErrNoCall
}

func (s *MS) find(id CallID) *call {
	for i := range s.calls {
		if s.calls[i].id == id {
			return &s.calls[i]
		}
	}
	return nil
}
