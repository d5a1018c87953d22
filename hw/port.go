package hw

import (
	"fmt"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/wire"
)

// A Port is one direction of an E1 or channel.
type Port struct {
	r         *Receiver
	name      string
	line      uint32
	dir       wire.Direction
	width     int // octets each 125 us
	clock     streamClock
	framer    *e1.Framer // nil in a channel
	run       e1.Run
	pos       uint64 // octets of the line so far, lost ones too
	next      uint64 // position after the last frame that the framer gave
	channels  []*channel
	surveyors []*surveyor
	slot      []byte // octets of one link or timeslot out of frames
	mark      wire.Time
	told      wire.Time // of its last event
}

// below names a line of an E1.
func (p *Port) below(name string) string {
	if p.name == "" {
		return name
	}
	return p.name + "/" + name
}

// chunk bounds the octets that are taken apart at once, so that they stay in the nearest cache for all timeslots.
const chunk = 256 * e1.FrameOctets

// Feed takes octets, the last of which came at t (by the machine's clock; not asked where the clock is stream). Nothing of b
// is kept.
func (p *Port) Feed(t wire.Time, b []byte) {
	if len(b) == 0 {
		return
	}
	if p.clock.came(p.pos+uint64(len(b)), t) {
		p.put(capture.Event{Kind: capture.EventGap, Text: "the line stood still, or octets were lost before they came here"}, p.clock.at(p.pos))
	}
	for len(b) > 0 {
		n := min(len(b), chunk)
		if p.framer != nil {
			p.frames(b[:n])
		} else {
			p.octets(b[:n], p.pos)
		}
		p.pos += uint64(n)
		b = b[n:]
	}
	p.arrived()
}

// frames takes octets of an E1.
func (p *Port) frames(b []byte) {
	for len(b) > 0 {
		n := p.framer.Next(b, &p.run)
		b = b[n:]
		if len(p.run.Frames) > 0 {
			if p.run.At != p.next {
				p.broken()
			}
			p.octets(p.run.Frames, p.run.At)
			p.next = p.run.At + uint64(len(p.run.Frames))
		}
		if p.run.Event.Kind != capture.NoEvent {
			p.put(p.run.Event, p.clock.at(p.run.At+uint64(len(p.run.Frames))))
		}
	}
}

// octets takes whole frames, or octets of a channel, that begin at position at of the line.
func (p *Port) octets(b []byte, at uint64) {
	for _, c := range p.channels {
		if len(c.timeslots) == p.width { // it is the whole of the port
			c.feed(p, b, at)
			continue
		}
		p.slot = gather(p.slot[:0], b, c.timeslots, p.width)
		c.feed(p, p.slot, at)
	}
	for i := 0; i < len(p.surveyors); i++ {
		s := p.surveyors[i]
		if s.survey(p, b, at); s.link {
			p.drop(s)
			i--
		}
	}
}

// broken says that octets are missing before the next ones.
func (p *Port) broken() {
	p.settle()
	for _, c := range p.channels {
		c.deframer.Skip()
	}
	for _, s := range p.surveyors {
		s.restart()
	}
}

// longestGap is a year of a line that has the width, in octets: what is said to be longer is no length.
func (p *Port) longestGap() int64 { return int64(p.width) * e1.FrameRate * 86400 * 365 }

// Gap says that octets octets of this line were lost here, of which the stream's clock still counts each, up to a year, and
// gives an EventGap. It does nothing when octets is not above zero.
func (p *Port) Gap(t wire.Time, octets int64) {
	if octets <= 0 {
		return
	}
	octets = min(octets, p.longestGap())
	p.put(capture.Event{Kind: capture.EventGap, Count: uint64(octets)}, p.clock.at(p.pos))
	p.pos += uint64(octets)
	p.clock.came(p.pos, t)
	if p.framer != nil {
		p.framer.Skip(octets)
	}
	p.broken()
	p.next = p.pos
	p.arrived()
}

// Event gives an event that the device tells of this line, at t; where the clock is stream, at the last octet fed.
func (p *Port) Event(t wire.Time, e capture.Event) {
	if p.r.reading.stream {
		t = p.clock.at(p.pos)
	}
	p.put(e, t)
	p.r.fed(t)
}

// put queues an event of the line.
func (p *Port) put(e capture.Event, t wire.Time) {
	p.told = onward(p.told, t)
	p.event(p.line, e, p.told)
}

func (p *Port) event(line uint32, e capture.Event, t wire.Time) {
	f := capture.Frame{Time: t, Interface: line, Direction: p.dir, Payload: capture.LineEvent, Event: e}
	p.r.queue.put(&f, nil)
}

// arrived says that the octets up to here have been read.
func (p *Port) arrived() {
	p.mark = p.clock.at(p.pos)
	p.r.fed(p.mark)
}

// reached is the time up to which nothing more can come of this line.
func (p *Port) reached() wire.Time {
	m := p.mark
	for _, s := range p.surveyors {
		if s.begun && m.Known() {
			m = min(m, p.clock.at(s.at))
		}
	}
	return m
}

// settle makes links of the timeslots that carry signal units as far as they were surveyed, for no more comes that belongs to
// it.
func (p *Port) settle() {
	for i := 0; i < len(p.surveyors); i++ {
		s := p.surveyors[i]
		if s.settle(p); s.link {
			p.drop(s)
			i--
		}
	}
}

// flush gives what was counted and is not told yet.
func (p *Port) flush() {
	p.settle()
	for p.framer != nil {
		if p.framer.Flush(&p.run); p.run.Event.Kind == capture.NoEvent {
			break
		}
		p.put(p.run.Event, p.clock.at(p.run.At))
	}
	for _, c := range p.channels {
		if n := c.units.Left(); n > 0 {
			f := capture.Frame{Time: max(p.mark, c.last), Interface: c.line, Direction: p.dir, Repeats: n}
			p.r.queue.put(&f, nil)
		}
	}
}

// addChannel opens a link.
func (p *Port) addChannel(name string, timeslots []int, s sequence) *channel {
	c := newChannel(p.r.lines.Add(name), timeslots, s, p.r.reading.orderOf(p))
	p.channels = append(p.channels, c)
	return c
}

// orderOf is the order of the bits in the octets of a port once its frames are told: the Framer puts them right.
func (r *reading) orderOf(p *Port) e1.BitOrder {
	if p.framer != nil {
		return e1.MSBFirst
	}
	return r.order
}

// String names the port in texts.
func (p *Port) String() string { return fmt.Sprintf("%s, direction %v", p.name, p.dir) }
