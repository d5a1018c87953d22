package e1cap

import "c7mon/wire"

// A lineClock holds the octets of one direction against the times of the records, to find out what is missing between two.
type lineClock struct {
	width int64 // octets each 125 us
	base  wire.Time
	pos   int64
	last  wire.Time
	begun bool
}

// Bounds. Programs write what waits in their buffers, up to 0.2 s of it, at once after they were held up: what is later than
// that does not come late, but is missing before it.
const (
	frameTime           = 125_000 // ns, G.704 2.3
	stall     wire.Time = 300_000_000
	driftPart           = 10_000 // the line's clock may be slower by a part of this, G.703 has 50 in 1,000,000
)

// takes counts n octets that came at t. late is how many octets are missing before them, 0 where the time does not tell.
func (c *lineClock) takes(t wire.Time, n int) (late int64) {
	c.pos += int64(n)
	at := c.base + wire.Time(c.pos/c.width*frameTime)
	if !c.begun {
		c.begun, c.base, c.last = true, c.base+t-at, t
		return 0
	}
	behind := t - at
	switch {
	case behind < 0:
		c.base += behind
	case behind > stall:
		late = int64(behind) / frameTime * c.width
		c.pos += late
	default:
		c.base += min(behind, max(t-c.last, 0)/driftPart)
	}
	c.last = t
	return late
}

// skips counts octets that are missing.
func (c *lineClock) skips(n int64) { c.pos += n }

// elapsed is how many frames of the line the time from the record before to t is.
func (c *lineClock) elapsed(t wire.Time) int64 { return int64(max(t-c.last, 0)) / frameTime }
