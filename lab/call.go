package lab

import (
	"strings"
	"time"

	"c7mon/cause"
	"c7mon/isup"
	"c7mon/wire"
)

// A Call is what a scenario made: the truth that a monitor has to find. Times that did not come are wire.NoTime; numbers are
// digits as text without the end-of-dialling digit; names are those of the call record.
type Call struct {
	Service    string // as the built-in rules have it
	TrunkGroup string // of the scenario
	Link       int    // number of the signalling link, as a pseudo-header has it
	NI         uint8
	OPC, DPC   uint32 // direction of the IAM
	CIC        uint16

	Called, Calling             string
	CalledNOA, CallingNOA       uint8
	CallingPresentation         uint8
	HasCalling                  bool // the IAM had a calling party number, with digits or without
	Redirecting, OriginalCalled string
	Category, TMR               uint8

	// End is NoTime for a call that is up when the capture ends.
	Start, ACM, Alerting, Answer, Release, ReleaseComplete, End wire.Time

	Outcome    string // "answered", "abandoned", "busy", ...
	EndReason  string // "release", ...
	Flags      string // "overlap suspended", as the call record has them
	Cause      cause.Code
	Location   cause.Location
	ReleasedBy string        // "calling" or "called"
	Charge     string        // "charge", "no_charge" or ""
	Suspended  time.Duration // by the network
	Messages   int           // that did something to it
}

// call is a Call that is under way, with what is still to be sent.
type call struct {
	Call
	route   *route
	group   *group
	out     bool   // the IAM goes from the near exchange to the far one
	plan    manner // how it goes
	digits  []byte // called number, with 'F' at its end where dialling ended so
	sent    int    // of digits
	reason  uint8  // for which it was redirected, where Redirecting is set
	scratch [32]byte
	steps   []step
	next    int       // of steps
	overlap bool      // some digits came in SAMs
	waited  bool      // there was a SUS
	susp    wire.Time // when the network suspended it
	blocked wire.Time // when its circuit was blocked for a hardware failure
}

// A step is one message of a call.
type step struct {
	after time.Duration // the IAM
	typ   isup.Type
	back  bool   // sent by the called side
	bci   uint16 // backward call indicators, first octet low; 0 where the message has none
	a, b  uint8  // digits of an IAM or SAM, event of a CPG, who suspends, continuity; cause and location of a REL;
	// range of a group message and its type; of an IAM, b asks for a continuity check
	silent bool // not sent: another call's message that concerns this one
}

// Backward call indicators, Q.763 3.5, first octet low.
const (
	bciNoCharge   = 0x01
	bciCharge     = 0x02
	bciFree       = 0x04 // called party's status
	bciOrdinary   = 0x10 // called party's category
	bciInterwork  = 0x01 << 8
	bciISUP       = 0x04 << 8 // ISDN user part all the way
	bciISDNAccess = 0x10 << 8
)

// Events of a CPG, Q.763 3.21.
const (
	eventAlerting = 1
	eventProgress = 2
	eventInBand   = 3
)

// add puts a message at the given time after the IAM.
func (c *call) add(after time.Duration, typ isup.Type, back bool, a, b uint8, bci uint16) {
	c.steps = append(c.steps, step{after: after, typ: typ, back: back, a: a, b: b, bci: bci})
}

// note keeps what the message s tells about the call.
func (c *call) note(s *step, at wire.Time) {
	if c.concerns(s) {
		c.Messages++
	}
	switch {
	case s.bci&3 == bciCharge:
		c.Charge = "charge"
	case s.bci&3 == bciNoCharge:
		c.Charge = "no_charge"
	}
	if s.typ == isup.ACM && s.bci&bciFree != 0 || s.typ == isup.CPG && s.a == eventAlerting {
		first(&c.Alerting, at)
	}
	switch s.typ {
	case isup.IAM:
		if s.silent {
			first(&c.End, at)
		}
	case isup.SAM:
		c.overlap = true
	case isup.ACM:
		first(&c.ACM, at)
	case isup.CON:
		first(&c.ACM, at)
		first(&c.Answer, at)
	case isup.ANM:
		first(&c.Answer, at)
	case isup.SUS:
		c.waited = true
		if s.a == byNetwork {
			c.susp = at
		}
	case isup.RES:
		c.resume(at)
	case isup.REL:
		c.resume(at)
		if !c.Release.Known() {
			c.released(s, at)
		}
	case isup.RLC:
		if c.Release.Known() && !c.ReleaseComplete.Known() {
			c.ReleaseComplete, c.End = at, at
		}
	case isup.RSC, isup.GRS, isup.UCIC:
		first(&c.End, at)
	case isup.CGB:
		if s.b == forHardware {
			c.blocked = at
		}
	case isup.COT:
		if s.a == 0 {
			first(&c.End, at)
		}
	}
}

// concerns tells the messages that do something to the call from those that only answer a reset or a blocking, leave the
// call alone, or belong to another call.
func (c *call) concerns(s *step) bool {
	switch s.typ {
	case isup.IAM:
		return !s.silent
	case isup.RLC:
		return c.Release.Known() && !c.ReleaseComplete.Known()
	case isup.CGB:
		return s.b == forHardware
	}
	return s.typ != isup.GRA && s.typ != isup.CGBA
}

func first(t *wire.Time, at wire.Time) {
	if !t.Known() {
		*t = at
	}
}

func (c *call) resume(at wire.Time) {
	if c.susp.Known() {
		c.Suspended += at.Sub(c.susp)
		c.susp = wire.NoTime
	}
}

func (c *call) released(s *step, at wire.Time) {
	c.Release, c.Cause, c.Location = at, cause.Code(s.a), cause.Location(s.b)
	if c.Messages == 1 {
		return // nothing before it tells who called
	}
	c.ReleasedBy = "calling"
	if s.back {
		c.ReleasedBy = "called"
	}
}

// finish says how the call ended, unless its scenario has said so already.
func (c *call) finish() {
	if c.Outcome == "" {
		c.Outcome, c.EndReason = outcomeOf(c), "release"
	}
	switch {
	case c.EndReason == "blocking":
		c.End = c.blocked
	case c.EndReason == "glare":
		c.End = c.Start
	case c.EndReason == "release" && !c.ReleaseComplete.Known():
		c.End = c.Release // there was no RLC
	}
	for _, f := range [...]struct {
		name string
		is   bool
	}{{"overlap", c.overlap}, {"suspended", c.waited}} {
		if f.is {
			c.Flags = strings.TrimPrefix(c.Flags+" "+f.name, " ")
		}
	}
}

// outcomeOf names how a released call ended, as the table of outcomes does.
func outcomeOf(c *call) string {
	if c.Answer.Known() {
		return "answered"
	}
	switch c.Cause {
	case 16:
		if c.ReleasedBy == "calling" {
			return "abandoned"
		}
	case 17:
		return "busy"
	case 18, 19:
		return "no_answer"
	case 21:
		return "rejected"
	case 1:
		return "unallocated"
	case 34, 42, 44, 47:
		return "congestion"
	}
	return "failed"
}
