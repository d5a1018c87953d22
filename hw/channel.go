package hw

import (
	"errors"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/wire"
)

// A channel is one direction of a signalling link in timeslots of a line.
type channel struct {
	line      uint32
	timeslots []int
	deframer  *e1.Deframer
	unit      e1.Unit
	units     Units
	basic     bool   // the deframer knows that the link has basic sequence numbers
	pos       uint64 // octets of the channel so far
	last      wire.Time
}

// The longest signal units in octets: the header, 3 basic and 6 of Annex A, 273 of SIO and SIF, 2 of the check sequence.
// Q.703 2.2, 4.1.4.
const (
	maxBasic = 3 + 273 + 2
	maxUnit  = 6 + 273 + 2
)

func newChannel(line uint32, timeslots []int, s sequence, order e1.BitOrder) *channel {
	c := &channel{line: line, timeslots: timeslots, deframer: e1.NewDeframer(order, maxUnit),
		units: newUnits(len(timeslots), s, uint64(len(timeslots))*e1.FrameRate), last: wire.NoTime}
	c.bound()
	return c
}

// bound makes the units of a link that is known to be basic no longer than they may be.
func (c *channel) bound() {
	if !c.basic && c.units.sequence == sequenceBasic {
		c.basic = true
		c.deframer.SetMax(maxBasic)
	}
}

// gather appends the octets of timeslots out of frames of width octets.
func gather(dst, b []byte, timeslots []int, width int) []byte {
	if len(timeslots) == width {
		return append(dst, b...)
	}
	if len(timeslots) == 1 {
		n := len(dst)
		dst = append(dst, b[:len(b)/width]...) // for its length; every octet is set below
		out := dst[n:]
		for i, at := 0, timeslots[0]; i < len(out); i, at = i+1, at+width {
			out[i] = b[at]
		}
		return dst
	}
	for ; len(b) >= width; b = b[width:] {
		for _, t := range timeslots {
			dst = append(dst, b[t])
		}
	}
	return dst
}

// unitErrors says what is wrong with an errored unit.
var unitErrors = [...]error{
	e1.BadFCS: errors.New("signal unit: frame check sequence is wrong"),
	e1.Short:  errors.New("signal unit: shorter than any"),
	e1.Long:   errors.New("signal unit: longer than any"),
	e1.Ragged: errors.New("signal unit: no whole number of octets"),
	e1.Abort:  errors.New("signal unit: aborted by seven ones or more"),
}

// feed takes octets of the channel, the first of which stands in the frame at position at of the line.
func (c *channel) feed(p *Port, b []byte, at uint64) {
	n, per := 0, len(c.timeslots)
	for n < len(b) {
		n += c.deframer.Next(b[n:], &c.unit)
		kind := c.unit.Kind
		if kind == e1.NoUnit {
			break
		}
		changed := c.units.Rate(kind == e1.Good, c.pos+uint64(n))
		if !changed && kind == e1.SixteenOctets {
			continue
		}
		end := at + uint64((n+per-1)/per*p.width)
		if len(c.timeslots) == p.width {
			end = at + uint64(n)
		}
		if kind == e1.Good {
			c.good(p, c.pos+uint64(n), end)
		} else if kind != e1.SixteenOctets {
			c.bad(p, end)
		}
		if changed {
			p.event(c.line, capture.Event{Kind: capture.EventErrorRate, On: c.units.Excessive()}, c.reach(p, end))
		}
	}
	c.pos += uint64(len(b))
}

// good gives a unit, unless it says what the one before said.
func (c *channel) good(p *Port, at, end uint64) {
	payload, pass, left := c.units.Good(c.unit.Data, at)
	c.bound()
	if !pass {
		return
	}
	f := capture.Frame{Interface: c.line, Direction: p.dir, Type: capture.LinkMTP2, Payload: payload, FCS: capture.FCSGone,
		Len: len(c.unit.Data) + fcsOctets, Repeats: left}
	c.put(p, &f, end)
}

// bad gives an errored unit, as far as it was read.
func (c *channel) bad(p *Port, end uint64) {
	f := capture.Frame{Interface: c.line, Direction: p.dir, Type: capture.LinkMTP2, Payload: capture.Malformed,
		Len: len(c.unit.Data), Err: unitErrors[c.unit.Kind]}
	c.put(p, &f, end)
}

func (c *channel) put(p *Port, f *capture.Frame, end uint64) {
	f.Time = c.reach(p, end)
	p.r.queue.put(f, c.unit.Data)
}

// reach is the time of the octet before position end: the clock of the line may be set back a little, its units never.
func (c *channel) reach(p *Port, end uint64) wire.Time {
	c.last = onward(c.last, p.clock.at(end))
	return c.last
}
