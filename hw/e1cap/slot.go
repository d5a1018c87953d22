package e1cap

import (
	"fmt"
	"slices"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A slotLeg is one direction of a timeslot that the recorder recorded.
type slotLeg struct {
	name  string
	dir   wire.Direction
	out   bool         // links does not name it
	port  *hw.Port     // nil until octets come
	units *hw.UnitPort // nil until units come that the recorder found
	clock lineClock
}

// slot takes a record of the recorder.
func (s *session) slot(rec *record) {
	l := s.slotOf(rec)
	switch {
	case l.out:
		s.count.configured++
	case rec.mode == modeRaw:
		s.count.octets++
		if len(rec.data) == 0 {
			return
		}
		if l.port == nil {
			l.port = s.receiver.Channel(l.name, l.dir, 1)
		}
		if late := l.clock.takes(rec.time, len(rec.data)); late > 0 {
			l.port.Gap(rec.time, late)
		}
		l.port.Feed(rec.time, rec.data)
	case rec.mode == modeHDLC:
		s.count.frames++
		if l.units == nil {
			l.units = s.receiver.Units(l.name, l.dir, 1, false)
		}
		l.units.Good(rec.time, rec.data, capture.FCSUnknown)
	default:
		s.count.other++
	}
}

// slotOf finds the leg of a record.
func (s *session) slotOf(rec *record) *slotLeg {
	key := [2]byte{rec.line, rec.timeslot}
	l := s.slots[key]
	if l != nil {
		return l
	}
	forth, dir := int(rec.line)&^1, wire.Direction(rec.line&1)
	for _, p := range s.pairs {
		switch int(rec.line) {
		case p.forth:
			forth, dir = p.forth, wire.Forth
		case p.back:
			forth, dir = p.forth, wire.Back
		}
	}
	l = &slotLeg{name: fmt.Sprintf("%d/%d", forth, rec.timeslot), dir: dir, clock: lineClock{width: 1}}
	l.out = len(s.links) > 0 && !slices.ContainsFunc(s.links, func(k hw.Link) bool {
		return len(k.Timeslots) == 1 && k.Timeslots[0] == int(rec.timeslot)
	})
	s.slots[key] = l
	return l
}
