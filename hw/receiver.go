package hw

import (
	"slices"
	"strconv"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/wire"
)

// A Receiver turns the octets of E1s and timeslots, as a driver gets them, into frames: signal units, errored ones as
// Malformed, and events. Frames come in the order of time whatever order the octets of the lines came in, but for those of a
// line that is too far behind to be waited for; their Clock does not go back. It is for one goroutine.
//
// FISUs and LSSUs that say the same as the one before are counted and left out (Frame.Repeats). Where the configuration
// names no links, each timeslot is surveyed, again each minute: one with signal units becomes a link from the first octet
// that was surveyed on, and what a timeslot carries is told by an EventFound when it is news.
type Receiver struct {
	lines   *Lines
	reading reading
	ports   []*Port
	units   []*UnitPort
	queue   queue
	given   *entry // whose octets the caller has
	clock   wire.Time
	newest  wire.Time
	due     wire.Time // the horizon as it was when last looked for
	moved   bool      // it may have moved since
	flushed bool
}

// How long frames wait for those of a line that is behind. Lines read from files are in step by their own clock, and one
// whose timeslots are still being surveyed is behind by as much as that takes.
const (
	holdMachine wire.Time = 300_000_000
	holdStream  wire.Time = 2_000_000_000
)

// NewReceiver gives a Receiver whose lines are added to lines. The error says which part of c is wrong.
func NewReceiver(lines *Lines, c LineConfig) (*Receiver, error) {
	r := &Receiver{lines: lines, clock: wire.NoTime, newest: wire.NoTime, due: wire.NoTime}
	var err error
	if r.reading, err = c.parse(); err != nil {
		return nil, err
	}
	if !r.reading.start.Known() {
		r.reading.start = wire.TimeOf(time.Now())
	}
	return r, nil
}

// Start sets the time of the first octet of all lines where the clock is stream and the configuration does not say it; a
// driver calls it when the medium tells, before the first Feed.
func (r *Receiver) Start(t wire.Time) {
	r.reading.start = t
	for _, p := range r.ports {
		p.clock.base = t
	}
}

// E1 adds one direction of an E1 with the name of its line. Its links are lines of their own: name, a slash, the timeslot
// ("0/16"); with an empty name just the timeslot.
func (r *Receiver) E1(name string, dir wire.Direction) *Port {
	p := r.port(name, dir, e1.FrameOctets)
	p.framer = e1.NewFramer(r.reading.order, r.reading.crc)
	for _, l := range r.reading.links {
		p.addChannel(p.below(l.name), l.timeslots, r.reading.sequence)
	}
	if len(r.reading.links) == 0 {
		for t := 1; t < e1.FrameOctets; t++ {
			p.surveyors = append(p.surveyors, newSurveyor(p.below(strconv.Itoa(t)), t))
		}
	}
	return p
}

// Channel adds one direction of a channel of n timeslots that comes without the rest of its E1, n octets each 125 us. A
// channel of one timeslot is surveyed where the configuration names no links; else it is a link.
func (r *Receiver) Channel(name string, dir wire.Direction, n int) *Port {
	n = max(n, 1)
	p := r.port(name, dir, n)
	if n == 1 && len(r.reading.links) == 0 {
		p.surveyors = append(p.surveyors, newSurveyor(name, 0))
		return p
	}
	slots := make([]int, n)
	for i := range slots {
		slots[i] = i
	}
	p.addChannel(name, slots, r.reading.sequence)
	return p
}

func (r *Receiver) port(name string, dir wire.Direction, width int) *Port {
	p := &Port{r: r, name: name, line: r.lines.Add(name), dir: dir, width: width}
	p.clock = streamClock{width: int64(width), free: r.reading.stream, base: r.reading.start}
	p.mark, p.told = wire.NoTime, wire.NoTime
	r.ports = append(r.ports, p)
	return p
}

// Next fills f with the next frame that is due; false says that none is, until more octets are fed. Its Data are valid until
// the next call of Next; Feed does not touch them.
func (r *Receiver) Next(f *capture.Frame) bool {
	if r.given != nil {
		r.queue.free = append(r.queue.free, r.given)
		r.given = nil
	}
	first, ok := r.queue.first()
	if !ok {
		return false
	}
	if !r.flushed && first > r.due {
		if !r.moved {
			return false
		}
		r.due, r.moved = r.horizon(), false
		if first > r.due {
			return false
		}
	}
	r.given = r.queue.take()
	*f = r.given.frame
	f.Data = r.given.octets
	r.clock = max(r.clock, f.Time)
	f.Clock = r.clock
	return true
}

// horizon is the time up to which nothing more can come, but from a line that is too far behind to be waited for.
func (r *Receiver) horizon() wire.Time {
	hold := holdMachine
	if r.reading.stream {
		hold = holdStream
	}
	h := r.newest
	for _, p := range r.ports {
		if m := p.reached(); m.Known() && m >= r.newest-hold {
			h = min(h, m)
		} else {
			h = min(h, r.newest-hold)
		}
	}
	return h
}

// Flush says that nothing more comes for now: what was held back for the order of time is due, what was counted is told, and
// timeslots that show signal units are links, however short they were heard. Feed may follow. At the end of a source call it
// once more after the last octets.
func (r *Receiver) Flush() {
	r.flushed = true
	for _, p := range r.ports {
		p.flush()
	}
	for _, p := range r.units {
		p.flush()
	}
}

// forget has the error rates judged anew: the session that told of them has ended.
func (r *Receiver) forget() {
	for _, p := range r.ports {
		for _, c := range p.channels {
			c.units.Forget()
		}
	}
	for _, p := range r.units {
		p.units.Forget()
	}
}

// fed says that octets up to t have come.
func (r *Receiver) fed(t wire.Time) {
	r.flushed, r.moved = false, true
	if r.newest < t || !r.reading.stream && t < r.newest-setBack {
		r.newest = t
	}
}

// drop takes a surveyor out once its timeslot is a link.
func (p *Port) drop(s *surveyor) {
	p.surveyors = slices.DeleteFunc(p.surveyors, func(x *surveyor) bool { return x == s })
}
