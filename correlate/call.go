// Package correlate joins the messages of a circuit into calls. It takes decoded messages with the MSU that carried them
// and the time they were heard, and gives each call once, when it has ended.
package correlate

import (
	"time"

	"c7mon/cause"
	"c7mon/wire"
)

// A Call is one call attempt as it was seen: the record of design section 4.3. The correlator owns the Calls it gives out
// and uses them again when the receiver returns: keep a copy of what outlives that.
type Call struct {
	Protocol   string // "isup", "bicc"
	Network    string // configured key, "default" without one
	Service    string // by the service rules, "" for a partial call
	TrunkGroup string

	Called         Number // with the digits of every SAM
	Calling        Number
	Redirecting    Number
	OriginalCalled Number
	Category       uint8 // calling party's category, valid when HasCategory
	TMR            uint8 // transmission medium requirement, valid when HasTMR
	HasCategory    bool
	HasTMR         bool

	NI       uint8
	Flags    Flags
	OPC, DPC uint32 // the direction of the IAM
	CIC      uint32
	Messages uint32 // of this call, ISUP's own repeats among them

	Start           wire.Time // first message seen
	ACM             wire.Time // first ACM or CON
	Alerting        wire.Time // first sign of ringing
	Answer          wire.Time // ANM or CON
	Release         wire.Time // first REL
	ReleaseComplete wire.Time // RLC
	End             wire.Time // whatever closed the call; not known of one that is up at the end of the capture

	Outcome    Outcome
	EndReason  EndReason
	HasCause   bool // the first REL carried the three below
	Cause      cause.Code
	Location   cause.Location
	Coding     uint8 // coding standard, 0 ITU-T to 3
	ReleasedBy Side
	Charge     Charge

	Suspended  time.Duration // by the network
	FirstFile  int           // index of the capture of the first message, and its frame number
	FirstFrame uint64
	LastFile   int // the same of the last message
	LastFrame  uint64
}

// A Number is an address as it was sent, kept without a further allocation up to 32 digits.
type Number struct {
	Seen         bool  // the parameter was there
	NOA          uint8 // nature of address, 0 to 127
	Presentation uint8 // address presentation restricted indicator, 0 to 3
	ST           bool  // ended with the end-of-dialling digit, which is not among the digits
	n            uint8
	bcd          [16]byte
	more         *string // digits after the 32nd: most numbers need no place for them
}

// Outcome is how a call ended, as design section 4.3 defines it.
type Outcome uint8

// The outcomes.
const (
	OutcomeNone Outcome = iota
	Glare
	Reattempt
	Answered
	Unknown
	Reset
	Abandoned
	Busy
	NoAnswer
	Rejected
	Unallocated
	Congestion
	Failed
	Open
	Lost
)

// EndReason says what closed a call.
type EndReason uint8

// The reasons.
const (
	ReasonNone EndReason = iota
	ByRelease
	ByReset
	ByGroupReset
	ByUnequipped
	ByBlocking
	ByContinuity
	ByNewIAM
	ByTimeout
	ByCaptureEnd
	ByGlare
	ByRestart
)

// Side is one of the two parties of a call.
type Side uint8

// The sides.
const (
	NoSide Side = iota
	CallingSide
	CalledSide
)

// Charge is what the last backward call indicators said of charging.
type Charge uint8

// The indications.
const (
	ChargeUnknown Charge = iota
	ChargeNo
	ChargeYes
)

// Flags is a set of facts about a call.
type Flags uint16

// The flags, in the order they are printed.
const (
	Partial Flags = 1 << iota
	Suspect
	Overlap
	SuspendedFlag
	ContinuityFailed
	ReleaseCollision
	DualSeizure
	NoRLC
)

var (
	outcomeNames = [...]string{"", "glare", "reattempt", "answered", "unknown", "reset", "abandoned", "busy", "no_answer",
		"rejected", "unallocated", "congestion", "failed", "open", "lost"}
	reasonNames = [...]string{"", "release", "reset", "group_reset", "unequipped", "blocking", "continuity", "new_iam",
		"timeout", "capture_end", "glare", "restart"}
	sideNames   = [...]string{"", "calling", "called"}
	chargeNames = [...]string{"", "no_charge", "charge"}
	flagNames   = [...]string{"partial", "suspect", "overlap", "suspended", "continuity_failed", "release_collision",
		"dual_seizure", "no_rlc"}
)

func (o Outcome) String() string   { return outcomeNames[o] }
func (r EndReason) String() string { return reasonNames[r] }
func (s Side) String() string      { return sideNames[s] }
func (c Charge) String() string    { return chargeNames[c] }

// OutcomeOf is the inverse of Outcome.String; ok is false for a name that there is not.
func OutcomeOf(s string) (o Outcome, ok bool) { return of[Outcome](outcomeNames[:], s) }

// EndReasonOf is the inverse of EndReason.String.
func EndReasonOf(s string) (r EndReason, ok bool) { return of[EndReason](reasonNames[:], s) }

// SideOf is the inverse of Side.String.
func SideOf(s string) (r Side, ok bool) { return of[Side](sideNames[:], s) }

// ChargeOf is the inverse of Charge.String.
func ChargeOf(s string) (c Charge, ok bool) { return of[Charge](chargeNames[:], s) }

func of[T ~uint8](names []string, s string) (T, bool) {
	for i, n := range names {
		if n == s {
			return T(i), true
		}
	}
	return 0, false
}

// Append appends the names of the flags that are set, with a space between.
func (f Flags) Append(dst []byte) []byte {
	start := len(dst)
	for i, n := range flagNames {
		if f&(1<<i) == 0 {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = append(dst, n...)
	}
	return dst
}

func (f Flags) String() string { return string(f.Append(nil)) }

// FlagsOf is the inverse of Flags.String; names that there are not are left out.
func FlagsOf(s string) (f Flags) {
	for len(s) > 0 {
		name := s
		if i := indexByte(s, ' '); i >= 0 {
			name, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		for i, n := range flagNames {
			if n == name {
				f |= 1 << i
			}
		}
	}
	return f
}

func indexByte(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// The durations are never below zero, though times that the capture has out of order may be.

// SetupTime is the time from the IAM to the first ACM or CON, the post-dial delay; ok is false when one was not seen.
func (c *Call) SetupTime() (d time.Duration, ok bool) {
	if c.Flags&Partial != 0 || !c.ACM.Known() {
		return 0, false
	}
	return max(c.ACM.Sub(c.Start), 0), true
}

// RingTime is the time from the first sign of ringing to answer, release or end.
func (c *Call) RingTime() (d time.Duration, ok bool) {
	if !c.Alerting.Known() {
		return 0, false
	}
	for _, t := range [...]wire.Time{c.Answer, c.Release, c.End} {
		if t.Known() {
			return max(t.Sub(c.Alerting), 0), true
		}
	}
	return 0, false
}

// TalkTime is the time from answer to release, or to the reset, UCIC or hardware blocking that ended the call; ok is
// false where the end was not seen.
func (c *Call) TalkTime() (d time.Duration, ok bool) {
	if !c.Answer.Known() {
		return 0, false
	}
	if c.Release.Known() {
		return max(c.Release.Sub(c.Answer), 0), true
	}
	switch c.EndReason {
	case ByReset, ByGroupReset, ByUnequipped, ByBlocking:
		return max(c.End.Sub(c.Answer), 0), true
	}
	return 0, false
}

// ID is a pure function of start in microseconds, network, protocol, NI, OPC, DPC and CIC: the FNV-1a hash, 64 bits, of
// the network key, a zero octet, the protocol, a zero octet, NI, and then OPC, DPC and CIC (32 bits each) and the start in
// microseconds since 1970 (64 bits), each with the low octet first; its top bit is cleared, so that every database holds
// it as a number.
func (c *Call) ID() uint64 {
	h := uint64(14695981039346656037)
	octet := func(b byte) { h = (h ^ uint64(b)) * 1099511628211 }
	text := func(s string) {
		for i := range len(s) {
			octet(s[i])
		}
		octet(0)
	}
	number := func(v uint64, octets int) {
		for range octets {
			octet(byte(v))
			v >>= 8
		}
	}
	text(c.Network)
	text(c.Protocol)
	octet(c.NI)
	number(uint64(c.OPC), 4)
	number(uint64(c.DPC), 4)
	number(uint64(c.CIC), 4)
	number(uint64(c.Start.Micros()), 8)
	return h &^ (1 << 63)
}
