package mtp

import (
	"time"

	"c7mon/wire"
)

// A Sequence follows the forward sequence numbers of one direction of one link: it tells a repeat from a new unit and
// counts the units that were sent but not heard. Where a capture does not say which link or direction a unit was on, one
// Sequence may get those of several mixed; then it tells repeats all the same and counts nothing. Q.703 5.2, 5.3, 6.
//
// A unit that carries the number of an earlier one and the same octets is a repeat, whether basic error correction asked
// for it or preventive cyclic retransmission sends it again unasked. The number after the last one is always new. Numbers
// that were passed over stay open, because a noisy line brings them again; those still open when the window has moved on,
// the link starts anew, or retransmission would long have come count as missed.
type Sequence struct {
	mask    uint16 // 127 or 4095
	mixed   bool   // the units of several links or directions
	started bool
	last    uint16 // newest number heard or announced
	open    int    // numbers passed over and not heard since
	since   wire.Time
	slots   []slot
	seen    uint64
	missed  uint64
}

// A slot remembers the unit that last had a number.
type slot struct {
	hash  uint64
	at    wire.Time // when it was last heard
	count uint64    // of new units heard up to it
	open  bool
	full  bool
}

// repeatWithin bounds how long after the last hearing a repeat may come. Q.703 lets a unit wait for its acknowledgement
// at most T7 (2 s), and T6 (6 s) more while the other end is busy.
const repeatWithin = 10 * time.Second

// openFor is how long a passed-over number may still be filled by a retransmission.
const openFor = 3 * time.Second

// NewSequence gives a Sequence for 7-bit numbers, or 12-bit ones of Annex A; mixed says that links or directions cannot be
// told apart.
func NewSequence(annexA, mixed bool) *Sequence {
	n := 128
	if annexA {
		n = 4096
	}
	return &Sequence{mask: uint16(n - 1), mixed: mixed, slots: make([]slot, n)}
}

// Restart forgets the numbers, as the link does when it is aligned anew: the next unit may have any number. It returns
// how many numbers were still open and are missed now.
func (s *Sequence) Restart() (missed int) {
	missed = s.close()
	clear(s.slots)
	s.started = false
	return missed
}

// Unit takes an MSU with its number and a hash of its octets. repeat says that it was heard before; missed is how many
// earlier units are given up as not heard.
func (s *Sequence) Unit(t wire.Time, fsn uint16, hash uint64) (repeat bool, missed int) {
	fsn &= s.mask
	at := &s.slots[fsn]
	if s.mixed {
		if s.again(at, t, hash) {
			return true, 0
		}
		s.note(at, t, hash)
		return false, 0
	}
	missed = s.expire(t)
	ahead := (fsn - s.last) & s.mask
	switch {
	case !s.started, ahead == 1: // the next one is new, whatever it carries
	case at.open:
		s.open--
		s.note(at, t, hash)
		return false, missed
	case s.again(at, t, hash):
		return true, missed
	default:
		missed += s.pass(t, (ahead-1)&s.mask)
	}
	s.started, s.last = true, fsn
	if at.open { // the numbers went once around
		s.open--
		s.missed++
		missed++
	}
	s.note(at, t, hash)
	return false, missed
}

// again reports whether the unit that had the number of slot at is heard once more: the same octets, before its number
// could come round again.
func (s *Sequence) again(at *slot, t wire.Time, hash uint64) bool {
	if !at.full || at.hash != hash || t.Sub(at.at) > repeatWithin || s.seen-at.count >= uint64(s.mask) {
		return false
	}
	at.at = t
	return true
}

// Fill takes the number that a FISU or LSSU repeats: that of the last MSU sent. Numbers after the last one heard were
// sent and not heard.
func (s *Sequence) Fill(t wire.Time, fsn uint16) (missed int) {
	if s.mixed {
		return 0
	}
	fsn &= s.mask
	missed = s.expire(t)
	if !s.started {
		s.started, s.last = true, fsn
		return missed
	}
	if ahead := (fsn - s.last) & s.mask; ahead != 0 && ahead <= s.mask/2 {
		missed += s.pass(t, ahead)
		s.last = fsn
	}
	return missed
}

// Mixed reports that the units of several links or directions cannot be told apart, so that nothing is known of what was
// missed.
func (s *Sequence) Mixed() bool { return s.mixed }

// Open reports whether numbers are passed over that may still come.
func (s *Sequence) Open() bool { return s.open > 0 }

// Since is when the numbers that are or were last open were passed over.
func (s *Sequence) Since() wire.Time { return s.since }

// Counts gives the units heard (repeats not among them) and those given up.
func (s *Sequence) Counts() (seen, missed uint64) { return s.seen, s.missed }

// Finish gives up what is still open at the end of the capture.
func (s *Sequence) Finish() (missed int) { return s.close() }

func (s *Sequence) note(at *slot, t wire.Time, hash uint64) {
	s.seen++
	*at = slot{hash: hash, at: t, count: s.seen, full: true}
}

// pass opens n numbers after the last one.
func (s *Sequence) pass(t wire.Time, n uint16) (missed int) {
	for i := uint16(1); i <= n; i++ {
		at := &s.slots[(s.last+i)&s.mask]
		if at.open {
			missed++
			s.missed++
			s.open--
		}
		*at = slot{open: true}
		s.open++
	}
	if n > 0 {
		s.since = t
	}
	return missed
}

// expire gives up open numbers for which no retransmission came in time.
func (s *Sequence) expire(t wire.Time) int {
	if s.open == 0 || t.Sub(s.since) <= openFor {
		return 0
	}
	return s.close()
}

// close gives up every open number.
func (s *Sequence) close() (missed int) {
	if s.open == 0 {
		return 0
	}
	for i := range s.slots {
		s.slots[i].open = false
	}
	missed = s.open
	s.missed += uint64(missed)
	s.open = 0
	return missed
}
