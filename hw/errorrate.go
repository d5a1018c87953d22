package hw

import "c7mon/mtp"

// errorRate watches over the errors of one direction of a link: by signal units, as the links of 64 kbit/s do, or by
// intervals, as those of high speed do. The zero value goes by signal units. Q.703 10.2, Annex A.
type errorRate struct {
	units     mtp.SUERM
	intervals mtp.EIM
	wide      uint64 // octets an interval; 0: by signal units
	next      uint64 // octets of the link at which the interval is over
}

// widen goes by intervals from pos on, of a link that carries perSecond octets.
func (e *errorRate) widen(pos, perSecond uint64) {
	if e.units.Excessive() {
		return // until that has ended
	}
	e.wide = perSecond / mtp.EIMIntervals
	e.next = pos + e.wide
}

// mostIntervals is how many intervals behind each other without any unit are counted: that many say all that more would.
const mostIntervals = 100

// unit takes a unit that ended at octet pos of the link. It reports whether the state changed.
func (e *errorRate) unit(good bool, pos uint64) (changed bool) {
	switch {
	case e.wide == 0 && good:
		return e.units.Good()
	case e.wide == 0:
		return e.units.Bad()
	}
	was := e.intervals.Excessive()
	if most := e.next + mostIntervals*e.wide; pos > most {
		e.next += (pos - most) / e.wide * e.wide
	}
	for ; pos > e.next; e.next += e.wide {
		e.intervals.Interval()
	}
	if good {
		e.intervals.Good()
	} else {
		e.intervals.Bad()
	}
	return e.intervals.Excessive() != was
}

// skip leaves out what was not heard up to pos.
func (e *errorRate) skip(pos uint64) { e.next = pos + e.wide }

func (e *errorRate) excessive() bool { return e.units.Excessive() || e.intervals.Excessive() }

// restart begins anew, as the monitor of the link itself does when the link is aligned; what is excessive has to end first.
func (e *errorRate) restart() {
	if !e.units.Excessive() {
		e.units = mtp.SUERM{}
	}
	if !e.intervals.Excessive() {
		e.intervals = mtp.EIM{}
	}
}

// aligning reports whether a unit is a status indication of a link that is being brought up. Q.703 11.1.3.
func aligning(unit []byte, annexA bool) bool {
	var s mtp.SignalUnit
	if len(unit) > 8 || s.Decode(unit, annexA, 0) != nil {
		return false
	}
	return s.Kind == mtp.LSSU && s.Status.Aligning()
}
