package hw

import "c7mon/wire"

// A streamClock tells when each octet of a line was on it. A line carries width octets each 125 us by its own clock, and a
// driver gets them in pieces, some time after. So octets are counted, and where the machine's clock is to be followed, the
// count is held against the moments at which the pieces came: none came before its last octet was on the line.
//
// How right that is, for a line within 50 in 1,000,000 of its rate (G.703): where every piece takes some time to come, and one
// that took no longer than that came e ago, an octet has the time at which it was on the line, and as much later, give or take
// 10 us, and up to e/5000 more; but never later than it came. A stop of no more than 0.3 s changes nothing. A longer one is
// taken for octets that are missing, and where they are, the times are right again at once; where they come after all, in one
// piece, they were right all along, and in several, the octets of the backlog have the times at which they came.
type streamClock struct {
	width int64
	free  bool      // counted from the start alone
	base  wire.Time // of the octet at position 0
	begun bool
	last  wire.Time // when the piece before came
}

// Bounds of how the clock of the machine is followed.
const (
	frameTime           = 125_000        // ns, G.704 2.3
	setBack   wire.Time = 60_000_000_000 // ns; times farther back than this go back with the machine's clock
	stall     wire.Time = 300_000_000    // ns; pieces later than this do not come late: octets are missing before them
	driftPart           = 10_000         // the line's clock may be slower by a part of this, G.703 has 50 in 1,000,000
)

// onward gives t, or last when t is a little before it. When it is far before it the machine's clock was set back, and times
// go back with it.
func onward(last, t wire.Time) wire.Time {
	if t < last && t > last-setBack {
		return last
	}
	return t
}

// at gives the moment of the octet at pos.
func (c *streamClock) at(pos uint64) wire.Time {
	return c.base + wire.Time(pos/uint64(c.width)*frameTime+pos%uint64(c.width)*frameTime/uint64(c.width))
}

// came says that the octets up to pos had come at t. It reports whether the line had stood still or lost octets before.
func (c *streamClock) came(pos uint64, t wire.Time) (stalled bool) {
	if c.free {
		return false
	}
	if !c.begun {
		c.begun, c.last = true, t
		c.base += t - c.at(pos)
		return false
	}
	late := t - c.at(pos)
	switch {
	case late < 0: // it cannot come before it was sent: those before came late
		c.base += late
	case late > stall:
		c.base += late
		stalled = true
	default:
		c.base += min(late, max(t-c.last, 0)/driftPart)
	}
	c.last = t
	return stalled
}
