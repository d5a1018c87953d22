package hw

import (
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/wire"
)

// Conditions are those of one direction of a line that are up, as a driver is told of them. Each is given as an event of now
// when it begins and when it ends, and only then.
type Conditions struct {
	receiver *Receiver
	line     string
	dir      wire.Direction
	up       uint64 // a bit for each kind
}

// Conditions gives those of a line, none of which is up.
func (r *Receiver) Conditions(line string, dir wire.Direction) Conditions {
	return Conditions{receiver: r, line: line, dir: dir}
}

// Set says that a condition is up, or is not; text says more of it.
func (c *Conditions) Set(kind capture.EventKind, on bool, text string) {
	if bit := uint64(1) << kind; c.up&bit != 0 != on {
		c.up ^= bit
		c.Event(capture.Event{Kind: kind, On: on, Text: text})
	}
}

// Down says that the line cannot be heard, because of err; nil says that it is heard.
func (c *Conditions) Down(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	c.Set(capture.EventDown, err != nil, text)
}

// Forget says that the session has ended in which they were told: none is up for the next one, of which Kept tells.
func (c *Conditions) Forget() { c.up = 0 }

// Event gives any event of the line, now.
func (c *Conditions) Event(e capture.Event) {
	c.receiver.Event(c.line, c.dir, wire.TimeOf(time.Now()), e)
}

// A Silence is a time in which octets of a line go by unheard. The zero value has not begun.
type Silence struct{ since time.Time }

// Begin says that it has begun at t; one that had begun goes on.
func (s *Silence) Begin(t time.Time) {
	if s.since.IsZero() {
		s.since = t
	}
}

// End says that it has ended at t, and gives the octets of a timeslot that went by, for Port.Gap; 0 when it had not begun.
func (s *Silence) End(t time.Time) (octets int64) {
	if !s.since.IsZero() {
		octets = int64(t.Sub(s.since) * e1.FrameRate / time.Second)
	}
	s.since = time.Time{}
	return octets
}
