package hw

import (
	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// Units follows the signal units of one direction of a link, whoever found them: it tells which sequence numbers the link
// has, leaves out FISUs and LSSUs that say what the one before said, and watches over the error rate. Where a unit ended is
// counted in octets of the link or in moments, as it suits, so many in a second.
type Units struct {
	sequence  sequence
	timeslots int
	perSecond uint64
	at        uint64 // the farthest so far
	repeats   mtp.RepeatFilter
	errors    errorRate
}

// NewUnits gives the Units of a link of so many timeslots, with the sequence numbers of Q.703 Annex A or the basic ones.
// perSecond is how far its count goes in a second.
func NewUnits(timeslots int, annexA bool, perSecond uint64) Units {
	if annexA {
		return newUnits(timeslots, sequenceExtended, perSecond)
	}
	return newUnits(timeslots, sequenceBasic, perSecond)
}

func newUnits(timeslots int, s sequence, perSecond uint64) Units {
	return Units{sequence: s, timeslots: timeslots, perSecond: perSecond}
}

// Rate takes a unit, good or errored, or sixteen octets between two, that ended at at. It reports whether that changed
// Excessive. It is to be called with each unit or not at all, and before Good.
func (u *Units) Rate(good bool, at uint64) (changed bool) {
	u.at = max(u.at, at)
	return u.errors.unit(good, u.at)
}

// Excessive reports whether the error rate is too high. Q.703 10.2, Annex A.
func (u *Units) Excessive() bool { return u.errors.excessive() }

// Good takes a good unit, without its check sequence, that ended at at. pass says that it is to be given, as payload; left is
// how many were left out before it.
func (u *Units) Good(unit []byte, at uint64) (payload capture.Payload, pass bool, left uint32) {
	u.at = max(u.at, at)
	annexA := u.annexA(unit)
	if pass, left = u.repeats.Pass(unit, annexA, u.at, u.perSecond); pass && aligning(unit, annexA) {
		u.errors.restart()
	}
	if annexA {
		return capture.MTP2Annex, pass, left
	}
	return capture.MTP2, pass, left
}

// Skip says that nothing was heard of the link up to at, which is no fault of it.
func (u *Units) Skip(at uint64) {
	u.at = max(u.at, at)
	u.errors.skip(u.at)
}

// Forget has the error rate judged anew, as when the session has ended that told of it.
func (u *Units) Forget() { u.errors = errorRate{} }

// Left is how many were left out and are not told yet, for the end of the line; it begins anew.
func (u *Units) Left() uint32 { return u.repeats.Left() }

// annexA tells which sequence numbers the link has. A link has one kind for all its life, and the first unit whose length
// fits one kind alone tells which: a FISU does, which every link sends. Q.703 Annex A.
func (u *Units) annexA(unit []byte) bool {
	if u.sequence == sequenceAuto {
		basic := fits(unit, false)
		if extended := fits(unit, true); basic != extended {
			u.sequence = sequenceBasic
			if extended {
				u.sequence = sequenceExtended
			}
		}
	}
	if u.sequence == sequenceExtended && u.errors.wide == 0 && u.timeslots > 1 {
		u.errors.widen(u.at, u.perSecond)
	}
	return u.sequence == sequenceExtended
}

// fits reports whether the length indicator is that of the unit.
func fits(unit []byte, annexA bool) bool {
	var s mtp.SignalUnit
	return s.Decode(unit, annexA, 0) == nil
}

// A UnitPort is one direction of a link whose signal units the device has found itself.
type UnitPort struct {
	r     *Receiver
	line  uint32
	dir   wire.Direction
	all   bool
	units Units
	last  wire.Time // of its newest frame
}

// moments is how many of them are in a second, where units are counted by their times.
const moments = 1000

// Units adds one direction of a link of so many timeslots. all says that the device gives every unit, errored ones too, so
// that the error rate can be told.
func (r *Receiver) Units(name string, dir wire.Direction, timeslots int, all bool) *UnitPort {
	p := &UnitPort{r: r, line: r.lines.Add(name), dir: dir, all: all, units: newUnits(timeslots, r.reading.sequence, moments), last: wire.NoTime}
	r.units = append(r.units, p)
	return p
}

// moment counts what happens at t.
func moment(t wire.Time) uint64 { return uint64(max(t, 0)) / (1e9 / moments) }

// Good gives a good unit that came at t, unless it says what the one before said. b ends with its check sequence where fcs is
// capture.FCSThere. Nothing of b is kept.
func (p *UnitPort) Good(t wire.Time, b []byte, fcs capture.FCS) {
	unit, n := b, len(b)
	switch fcs {
	case capture.FCSThere:
		unit = b[:max(n-fcsOctets, 0)]
	case capture.FCSGone:
		n += fcsOctets
	}
	changed := p.all && p.units.Rate(true, moment(t))
	if payload, pass, left := p.units.Good(unit, moment(t)); pass {
		p.put(&capture.Frame{Time: t, Payload: payload, FCS: fcs, Len: n, Repeats: left}, b)
	}
	p.rate(t, changed)
}

// fcsOctets is the length of the check sequence. Q.703 2.2.
const fcsOctets = 2

// Bad gives an errored unit, of which the device keeps nothing.
func (p *UnitPort) Bad(t wire.Time, err error) {
	p.put(&capture.Frame{Time: t, Payload: capture.Malformed, Err: err}, nil)
	p.rate(t, p.all && p.units.Rate(false, moment(t)))
}

// Skip says that nothing was heard of the link up to t, which is no fault of it.
func (p *UnitPort) Skip(t wire.Time) { p.units.Skip(moment(t)) }

// rate tells of an error rate that has become too high, or no longer is.
func (p *UnitPort) rate(t wire.Time, changed bool) {
	if changed {
		p.put(&capture.Frame{Time: t, Payload: capture.LineEvent, Event: capture.Event{Kind: capture.EventErrorRate, On: p.units.Excessive()}}, nil)
	}
}

// put queues what came at f.Time.
func (p *UnitPort) put(f *capture.Frame, octets []byte) {
	p.last = onward(p.last, f.Time)
	f.Time, f.Interface, f.Direction = p.last, p.line, p.dir
	if f.Payload != capture.LineEvent {
		f.Type = capture.LinkMTP2
	}
	p.r.queue.put(f, octets)
	p.r.fed(p.last)
}

// flush gives the count of what was left out.
func (p *UnitPort) flush() {
	if left := p.units.Left(); left > 0 {
		f := capture.Frame{Time: p.last, Interface: p.line, Direction: p.dir, Repeats: left}
		p.r.queue.put(&f, nil)
	}
}
