package lab

import (
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/wire"
)

// A Unit is a message as it went out on an E1.
type Unit struct {
	Link, Timeslot int
	Near           bool      // sent by the near exchange
	At             wire.Time // of its last bit
	Octets         []byte    // signal unit without check sequence
	Hit            bool      // bits of it were wrong, lost or repeated, or it came right after that
}

// A Fault is something that was done to one direction of an E1.
type Fault struct {
	Kind  capture.EventKind // EventLOS or EventSlip
	Near  bool              // of the direction in which the near exchange sends
	At    wire.Time
	Until wire.Time // of a loss of signal
	Frame int       // of a slip: 1 repeated, -1 lost
}

// Faults says how much went wrong on an E1.
type Faults struct {
	BitErrors  uint64
	Slips, LOS int
	Hit        int // messages that were hit
}

// Times of the faults. One comes from one to three seconds after the one before of its kind.
const (
	faultFirst  = 2 * time.Second
	faultLeast  = time.Second
	faultMost   = 3 * time.Second
	losLeast    = 150 * time.Millisecond
	losMost     = 450 * time.Millisecond
	realignTime = 20 * time.Millisecond // in which a receiver is aligned again, and misses messages
)

// e1Faults spoils the frames of an E1. A line without signal gives zeros here, because octets cannot show it.
type e1Faults struct {
	links []e1Link
	unit  func(*Unit)
	fault func(Fault)
	sum   Faults
	ways  [2]e1Spoiler
}

// e1Spoiler has the chances of one direction, and when the next fault of each kind comes. Places are in frames of the line,
// those of bit errors in bits.
type e1Spoiler struct {
	chance        chance
	every         time.Duration // mean distance of two bit errors, 0 for none
	nextBit       int64
	slips, losses int // to come
	nextSlip      int64
	losFrom, los  int64 // frames without signal, from and up to
}

func newE1Faults(o *Options, links []e1Link) *e1Faults {
	f := &e1Faults{links: links, unit: o.Unit, fault: o.Fault}
	which := newChance("faults", o.Seed)
	for way, name := range [...]string{"faults near", "faults far"} {
		w := &f.ways[way]
		w.chance = newChance(name, o.Seed)
		if o.BitErrors > 0 {
			w.every = time.Duration((1/o.BitErrors-0.5)*aBit) * time.Microsecond
			w.nextBit = w.bits()
		}
	}
	for range o.Slips {
		f.ways[which.below(2)].slips++
	}
	for range o.LOS {
		f.ways[which.below(2)].losses++
	}
	for way := range f.ways {
		w := &f.ways[way]
		w.nextSlip = frames(faultFirst) + w.gap()
		w.lose(frames(faultFirst) + w.gap())
	}
	return f
}

func frames(d time.Duration) int64 { return int64(d / e1Frame) }

func (w *e1Spoiler) gap() int64 { return frames(w.chance.between(faultLeast, faultMost)) }

// bits is how many bits later the next wrong one comes.
func (w *e1Spoiler) bits() int64 {
	return 1 + int64(w.chance.exponential(w.every)/time.Microsecond)/aBit
}

// aBit is how many microseconds stand for a bit, since chance has times.
const aBit = 1000

// lose sets the next loss of signal, which begins at that frame.
func (w *e1Spoiler) lose(from int64) {
	w.losFrom, w.los = from, from+frames(w.chance.between(losLeast, losMost))
}

// spoil does to a piece of frames, the first of which has the number pos and the last of which ends at end, what is due.
func (f *e1Faults) spoil(way int, pos int64, end wire.Time, b []byte) []byte {
	w := &f.ways[way]
	f.flip(way, pos, b)
	if w.losses > 0 {
		f.silence(way, pos, end, b)
	}
	if w.slips > 0 && w.nextSlip < pos+e1Piece {
		b = f.slip(way, pos, end, b)
	}
	return b
}

// flip turns the bits whose turn it is.
func (f *e1Faults) flip(way int, pos int64, b []byte) {
	w := &f.ways[way]
	first := pos * e1.FrameOctets * 8
	for w.every > 0 && w.nextBit < first+int64(8*len(b)) {
		at := w.nextBit - first
		b[at/8] ^= 0x80 >> (at % 8)
		f.sum.BitErrors++
		f.hit(way, int(at/8%e1.FrameOctets), w.nextBit/(8*e1.FrameOctets), w.nextBit/(8*e1.FrameOctets)+1)
		w.nextBit += w.bits()
	}
}

// silence makes zeros of the frames without signal.
func (f *e1Faults) silence(way int, pos int64, end wire.Time, b []byte) {
	w := &f.ways[way]
	from, to := max(w.losFrom, pos), min(w.los, pos+e1Piece)
	if from >= to {
		return
	}
	clear(b[(from-pos)*e1.FrameOctets : (to-pos)*e1.FrameOctets])
	f.hit(way, allSlots, from, to+frames(realignTime))
	if to < w.los {
		return
	}
	until := end.Add(-time.Duration(pos+e1Piece-to) * e1Frame)
	if f.fault != nil {
		f.fault(Fault{Kind: capture.EventLOS, Near: way == 0, At: until.Add(-time.Duration(w.los-w.losFrom) * e1Frame), Until: until})
	}
	f.sum.LOS++
	w.losses--
	w.lose(to + w.gap())
}

// slip repeats a frame, or leaves it out.
func (f *e1Faults) slip(way int, pos int64, end wire.Time, b []byte) []byte {
	w := &f.ways[way]
	at := int(w.nextSlip-pos) * e1.FrameOctets
	what := 1
	if w.chance.percent(50) {
		what = -1
		b = append(b[:at], b[at+e1.FrameOctets:]...)
	} else {
		b = append(b[:at+e1.FrameOctets], b[at:]...)
	}
	f.hit(way, allSlots, w.nextSlip, w.nextSlip+frames(realignTime))
	if f.fault != nil {
		f.fault(Fault{Kind: capture.EventSlip, Near: way == 0, At: end.Add(-time.Duration(pos+e1Piece-w.nextSlip) * e1Frame), Frame: what})
	}
	f.sum.Slips++
	w.slips--
	w.nextSlip += w.gap()
	return b
}

// allSlots stands for every timeslot.
const allSlots = -1

// hit marks the messages of a timeslot that lie, with the flags around them, in the frames from one up to another.
func (f *e1Faults) hit(way, slot int, from, to int64) {
	for link := range f.links {
		if slot != allSlots && slot != slotOf(link) {
			continue
		}
		c := &f.links[link][way]
		for i := range c.sent {
			if u := &c.sent[i]; u.begin-around < to && u.end+around > from {
				u.hit = true
			}
		}
		c.shadow = max(c.shadow, to)
	}
}
