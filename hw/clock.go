package hw

import (
	"fmt"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A Clock gives the times of what a device stamped by a clock of its own. The stamps tell how far apart things were; where
// the device's clock is off from the machine's by more than 2 s, a constant difference is added to them, and added anew
// when the difference jumps. Things may come late without their clock being slow, after a stop on the way: so a stamp of
// the past moves nothing unless it is the first, older than those before it, or all that came for half a minute was late.
type Clock struct {
	asIs   bool
	shift  wire.Time // what is added to a stamp
	judged bool      // the first stamp since Restart was seen
	newest wire.Time // stamp
	heard  wire.Time // when it came

	late  bool      // since since, all came late, by least at least
	since wire.Time // machine's clock
	least wire.Time
}

// Bounds of a Clock.
const (
	clockTolerance = wire.Time(2 * time.Second)
	clockPatience  = wire.Time(30 * time.Second)
)

// NewClock gives a Clock by the configuration key clock: machine, also when it is empty, or source, by which stamps are
// taken as they are.
func NewClock(key string) (Clock, error) {
	switch key {
	case "", "machine":
		return Clock{}, nil
	case "source":
		return Clock{asIs: true}, nil
	}
	return Clock{}, fmt.Errorf("clock: %q: machine or source is needed", key)
}

// Time gives the time of what bears the stamp and came at now by the machine's clock. moved says that the difference is
// another one from here on, which Event tells of. What bears no stamp (wire.NoTime) has the time at which it came.
func (c *Clock) Time(stamp, now wire.Time) (t wire.Time, moved bool) {
	if !stamp.Known() {
		return c.Now(now), false
	}
	if !c.asIs {
		moved = c.judge(stamp, now)
	}
	if moved || !c.judged || stamp >= c.newest {
		c.newest, c.heard = stamp, now
	}
	c.judged = true
	return stamp + c.shift, moved
}

// judge holds a stamp against the machine's clock.
func (c *Clock) judge(stamp, now wire.Time) (moved bool) {
	off := now - stamp - c.shift
	switch {
	case off < -clockTolerance, // nothing comes before it was
		off > clockTolerance && (!c.judged || stamp < c.newest-clockTolerance):
		return c.set(now - stamp)
	case off <= clockTolerance:
		c.late = false
	case !c.late:
		c.late, c.since, c.least = true, now, off
	default:
		if c.least = min(c.least, off); now-c.since >= clockPatience {
			return c.set(c.shift + c.least)
		}
	}
	return false
}

func (c *Clock) set(shift wire.Time) (moved bool) {
	c.late = false
	if shift >= -clockTolerance && shift <= clockTolerance {
		shift = 0
	}
	moved = shift != c.shift
	c.shift = shift
	return moved
}

// Now gives the time that the device's clock would stamp now, as Time gives it: for ticks and events without a stamp.
func (c *Clock) Now(now wire.Time) wire.Time {
	if c.asIs && c.judged {
		return c.newest + max(now-c.heard, 0)
	}
	return now
}

// Restart says that the device was connected to again: its clock may have been set.
func (c *Clock) Restart() { c.judged = false }

// Shift is what is added to the stamps.
func (c *Clock) Shift() time.Duration { return time.Duration(c.shift) }

// Event tells how far the clock is off.
func (c *Clock) Event() capture.Event {
	e := capture.Event{Kind: capture.EventClock}
	switch d := c.Shift().Round(time.Millisecond); {
	case d > 0:
		e.Text = fmt.Sprintf("the source's clock is %v behind, which is added to its times", d)
	case d < 0:
		e.Text = fmt.Sprintf("the source's clock is %v ahead, which is taken off its times", -d)
	default:
		e.Text = "the source's clock is right again"
	}
	return e
}
