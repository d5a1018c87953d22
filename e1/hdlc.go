package e1

// A Deframer finds what HDLC carries in the octets of one channel: a timeslot, several as one, or a whole E1. It takes the
// octets in pieces of any size. Q.703 3 and 4.1.
//
// It gives nothing before the first flag. A unit that is aborted or too long makes it count octets: each sixteen are as bad
// as an errored unit. Flags do not end that, and errored units do not either and are not given then; the next good unit
// does. So each Unit that is not Good counts as one errored signal unit. Q.703 4.1.4.
type Deframer struct {
	table *hdlcTable
	max   int
	ones  uint32 // in a row at the end of what was taken, 7 for more, too

	unit []byte // octets of the unit under way
	n    int    // how many of them are whole
	acc  uint32 // the bits behind them, first bit lowest
	bits uint32 // how many these are, below 8

	hearing  bool // a flag was heard, and the unit behind it is not given up
	counting bool // octet counting mode
	counted  int  // octets in it since it began or SixteenOctets was given
	aborted  bool // an Abort is still to be given: a unit ended in the same octet
}

const (
	minUnit    = 5  // a FISU, or an unnumbered frame of Q.921, and its check sequence
	fcsOctets  = 2  // of the check sequence, Q.703 4.2
	countEvery = 16 // octets, N of Q.703 10.2
	tail       = 2  // octets beyond max until a unit is given up: the last bits may turn out to be of a flag
)

// NewDeframer gives a Deframer that has heard nothing. A unit of more than maxOctets, its check sequence included, is Long.
func NewDeframer(order BitOrder, maxOctets int) *Deframer {
	maxOctets = max(maxOctets, minUnit)
	d := &Deframer{table: msbTable, max: maxOctets, unit: make([]byte, maxOctets+tail)}
	if order == LSBFirst {
		d.table = lsbTable
	}
	return d
}

// SetMax makes a unit of more than maxOctets Long from the next one on. It is to be called when a unit has just been given;
// there is no more room than NewDeframer was told.
func (d *Deframer) SetMax(maxOctets int) {
	d.max = min(max(maxOctets, minUnit), len(d.unit)-tail)
}

// Next takes octets from the front of b until a unit ends, and says how many it took: the last bit of the unit lies in the
// last octet taken. u.Kind is NoUnit when all of b was taken and none ended. Call it again with the rest of b, until that
// is empty. It takes nothing when two units ended in the octet taken last: then it gives the second, an Abort.
//
// Flags behind each other are no unit, whether they share the zero between them or not.
func (d *Deframer) Next(b []byte, u *Unit) (n int) {
	*u = Unit{}
	if d.aborted && len(b) > 0 {
		d.aborted = false
		u.Kind = Abort
		return 0
	}
	for n < len(b) && u.Kind == NoUnit {
		if d.hearing && !d.counting {
			n += d.read(b[n:], u)
		} else {
			n += d.search(b[n:], u)
		}
	}
	return n
}

// Skip says that octets of the channel were lost here: the unit under way is given up, and nothing is given for it. Octet
// counting goes on where it was; what was lost does not count.
func (d *Deframer) Skip() { d.hearing, d.ones = false, 0 }

// A Unit is what stood between two flags, or why nothing good did.
type Unit struct {
	Kind UnitKind
	Data []byte // without the check sequence when Good, else the whole octets that were read; borrowed until the next call of Next
}

// UnitKind is how a unit ended.
type UnitKind uint8

// The kinds. Q.703 4.1.
const (
	NoUnit        UnitKind = iota // none has ended
	Good                          // its check sequence is right
	BadFCS                        // its check sequence is wrong
	Short                         // fewer octets than any unit and its check sequence
	Long                          // more octets than there may be: octet counting begins
	Ragged                        // no whole number of octets
	Abort                         // seven ones or more: octet counting begins
	SixteenOctets                 // sixteen octets more went by in octet counting mode
)

// read takes octets while a unit is under way, until one ends. It is the path of all that is good, so it does no more for
// an octet than it must, and knows a good unit by itself.
func (d *Deframer) read(b []byte, u *Unit) int {
	t, unit, limit := d.table, d.unit, d.max+tail
	n, acc, bits, ones := d.n, d.acc, d.bits, d.ones
	for i, o := range b {
		e := t[o][ones&7]
		ones = e.ones()
		c := e.event()
		if c == noEvent {
			acc |= e.data() << (bits & 7)
			bits += e.count()
			unit[n] = byte(acc)
			n += int(bits >> 3)
			acc >>= bits & 8
			bits &= 7
			if n < limit {
				continue
			}
		} else if drop := c - flagEvent; drop <= maxFlagDrop {
			if bits == drop && n >= minUnit && n <= d.max && goodFCS(unit[:n]) {
				d.n, d.acc, d.bits, d.ones = 0, e.data(), e.count(), ones
				u.Kind, u.Data = Good, unit[:n-fcsOctets]
				return i + 1
			}
			if bits <= drop && n == 0 { // flags behind each other
				acc, bits = e.data(), e.count()
				continue
			}
		}
		d.n, d.acc, d.bits, d.ones = n, acc, bits, ones
		if c == noEvent {
			d.hearing = false
			d.finish(8*n, u)
		} else {
			d.event(e, u)
		}
		return i + 1
	}
	d.n, d.acc, d.bits, d.ones = n, acc, bits, ones
	return len(b)
}

// search takes octets until something is to be given or a unit is begun that read can go on with: before the first flag,
// and in octet counting mode.
func (d *Deframer) search(b []byte, u *Unit) int {
	for i, o := range b {
		e := d.table[o][d.ones&7]
		d.ones = e.ones()
		switch {
		case e.event() != noEvent:
			d.event(e, u)
		case d.hearing:
			d.add(e)
			d.hearing = d.n < d.max+tail
		}
		switch {
		case u.Kind != NoUnit, d.hearing && !d.counting:
			return i + 1
		case d.counting:
			if d.counted++; d.counted == countEvery {
				d.counted = 0
				u.Kind = SixteenOctets
				return i + 1
			}
		}
	}
	return len(b)
}

// add puts the bits of an octet behind those of the unit.
func (d *Deframer) add(e transition) {
	d.acc |= e.data() << (d.bits & 7)
	d.bits += e.count()
	d.unit[d.n] = byte(d.acc)
	d.n += int(d.bits >> 3)
	d.acc >>= d.bits & 8
	d.bits &= 7
}

// event ends the unit under way and, with a flag, begins another.
func (d *Deframer) event(e transition, u *Unit) {
	switch c := e.event(); {
	case c < abortEvent:
		d.flag(e, c-flagEvent, u)
	case c < flagAbort:
		d.abort(int(e.count())-int(c-abortEvent), u)
	default:
		d.flag(e, maxFlagDrop, u)
		if u.Kind == NoUnit {
			d.abort(0, u)
			return
		}
		d.hearing = false
		if !d.counting {
			d.count()
			d.aborted = true
		}
	}
}

// flag ends the unit under way, of whose bits drop are of the flag, and begins the next with the bits behind it.
func (d *Deframer) flag(e transition, drop uint32, u *Unit) {
	if d.hearing {
		d.finish(8*d.n+int(d.bits)-int(drop), u)
	}
	d.hearing, d.n, d.acc, d.bits = true, 0, e.data(), e.count()
}

// abort gives up the unit under way, which has that many bits more (or fewer, when negative).
func (d *Deframer) abort(more int, u *Unit) {
	if !d.hearing {
		return
	}
	d.hearing = false
	d.unit[d.n] = byte(d.acc)
	bits := 8*d.n + int(d.bits) + more
	switch {
	case d.counting:
	case bits >= 8*(d.max+1):
		d.finish(bits, u)
	default:
		u.Kind, u.Data = Abort, d.unit[:bits/8]
		d.count()
	}
}

// finish says what a unit of so many bits is.
func (d *Deframer) finish(bits int, u *Unit) {
	n := bits / 8
	switch data := d.unit; {
	case bits <= 0: // two flags, which may share a zero
	case n > d.max:
		if !d.counting {
			u.Kind, u.Data = Long, data[:d.max+1]
			d.count()
		}
	case bits%8 == 0 && n >= minUnit && goodFCS(data[:n]):
		u.Kind, u.Data = Good, data[:n-fcsOctets]
		d.counting = false
	case d.counting:
	default:
		u.Kind, u.Data = BadFCS, data[:n]
		if bits%8 != 0 {
			u.Kind = Ragged
		} else if n < minUnit {
			u.Kind = Short
		}
	}
}

// count begins octet counting mode; the octet that was taken last does not count. Q.703 4.1.4.
func (d *Deframer) count() { d.counting, d.counted = true, 0 }
