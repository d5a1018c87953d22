package hw

import (
	"c7mon/capture"
	"c7mon/wire"
)

// Event gives an event of a line that has no port of its own, at t: an E1 whose timeslots come one by one, say. Where the
// clock is stream it has the time of the newest octets, or of the start when there are none.
func (r *Receiver) Event(line string, dir wire.Direction, t wire.Time, e capture.Event) {
	if r.reading.stream {
		t = max(r.newest, r.reading.start)
	}
	f := capture.Frame{Time: t, Interface: r.lines.Add(line), Direction: dir, Payload: capture.LineEvent, Event: e}
	r.queue.put(&f, nil)
	r.fed(t)
}

// A Link is the timeslots of one signalling link.
type Link struct {
	Name      string // as the configuration has it: "16", "1-15+17-31"
	Timeslots []int  // in the order of time, from 1 to 31
}

// LinkList gives the links of the configuration, none when they are to be found. The error is that of Check.
func (c *LineConfig) LinkList() ([]Link, error) {
	r, err := c.parse()
	if err != nil {
		return nil, err
	}
	list := make([]Link, len(r.links))
	for i, l := range r.links {
		list[i] = Link{l.name, l.timeslots}
	}
	return list, nil
}
