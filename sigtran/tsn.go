package sigtran

import (
	"encoding/binary"
	"math/bits"

	"c7mon/wire"
)

const (
	windowSize = 1024    // TSNs behind the highest one that are remembered
	maxOutage  = 1 << 22 // TSNs: a farther jump is no loss but a new start
	stuckAfter = 4       // repeats of the only TSN ever heard that show a source whose TSN stands still
	maxBacks   = 3       // jumps back without an INIT that show a source that does not count
)

// A window follows the transmission sequence numbers of one direction of an association, RFC 9260 3.3.1 and 6.6. Numbers
// compare by serial arithmetic, RFC 1982. It keeps which of the last 1,024 TSNs were heard and a fingerprint of what
// each carried: a source that uses a TSN again for something else does not number its messages, and is no longer
// judged by its TSNs until a new INIT.
//
// A jump farther than the window is believed only when a second TSN confirms it, so that one damaged TSN costs nothing.
type window struct {
	next uint32 // the highest TSN heard + 1; valid when placed
	slow bool   // one of the conditions that the fast path leaves out: see pace

	placed   bool   // next and base are known
	off      bool   // the TSNs of this source mean nothing
	ended    bool   // ABORT or SHUTDOWN COMPLETE was heard: what comes next is a new start
	asked    bool   // an INIT or INIT ACK announced a new start at restart
	jumped   bool   // the last TSN was far away
	distinct uint8  // different TSNs heard since the start, 2 for more
	repeats  uint8  // of the only TSN heard
	backs    uint8  // jumps back that were believed
	patience uint16 // TSNs left until an announced start that does not come is forgotten

	base    uint32 // first TSN since the start
	restart uint32
	far     uint32 // the TSN that was far away, with its text and time
	farText uint16
	farTime wire.Time

	runs  []run
	heard [windowSize / 64]uint64
	text  [windowSize]uint16
}

// fingerprint folds octets into 16 bits, never 0, which stands for octets that are not known whole. Two chains, so that
// one does not wait for the other.
func fingerprint(b []byte) uint16 {
	h, g := uint64(len(b)), uint64(0)
	for len(b) >= 16 {
		h = bits.RotateLeft64(h, 5) + binary.LittleEndian.Uint64(b)
		g = bits.RotateLeft64(g, 7) + binary.LittleEndian.Uint64(b[8:16])
		b = b[16:]
	}
	if len(b) >= 8 {
		h = bits.RotateLeft64(h, 5) + binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	if len(b) >= 4 {
		g = bits.RotateLeft64(g, 7) + uint64(binary.LittleEndian.Uint32(b))
		b = b[4:]
	}
	for _, o := range b {
		h = bits.RotateLeft64(h, 9) + uint64(o)
	}
	return uint16((h*0x9e3779b97f4a7c15^g*0xc2b2ae3d27d4eb4f)>>48) | 1
}

func (w *window) isHeard(tsn uint32) bool { return w.heard[tsn/64%(windowSize/64)]>>(tsn%64)&1 != 0 }

func (w *window) mark(tsn uint32, text uint16) {
	w.heard[tsn/64%(windowSize/64)] |= 1 << (tsn % 64)
	w.text[tsn%windowSize] = text
}

func (w *window) unmark(tsn uint32) { w.heard[tsn/64%(windowSize/64)] &^= 1 << (tsn % 64) }

// place starts anew with tsn as the next one.
func (w *window) place(tsn uint32) {
	w.next, w.base, w.placed = tsn, tsn, true
	w.jumped, w.distinct, w.repeats = false, 0, 0
	w.heard = [windowSize / 64]uint64{}
}

// announce notes the first TSN of a new start that an INIT or INIT ACK said; it takes effect with the first TSN there.
func (w *window) announce(tsn uint32) {
	w.asked, w.restart, w.patience, w.slow = true, tsn, windowSize, true
}

// end notes that the association is over.
func (w *window) end() { w.ended, w.slow = true, true }

// pace says whether the fast path may be taken.
func (w *window) pace() {
	w.slow = w.off || w.ended || w.asked || w.jumped || w.distinct < 2 || len(w.runs) > 0
}

// observe takes the TSN of a data chunk of f, and says whether it was heard before. The fast path is the next TSN with
// nothing pending.
func (d *Decoder) observe(f *flow, tsn uint32, text uint16) Fate {
	w := &f.window
	if tsn == w.next && !w.slow {
		w.mark(tsn, text)
		w.next++
		f.measure.Seen++
		return First
	}
	fate := d.observeSlow(f, tsn, text)
	w.pace()
	return fate
}

func (d *Decoder) observeSlow(f *flow, tsn uint32, text uint16) Fate {
	w := &f.window
	if announced := w.asked && tsn-w.restart < windowSize; announced || w.ended {
		d.startOver(f)
		if announced {
			w.place(w.restart)
		}
		w.asked = false
	}
	if w.off {
		f.measure.Untracked++
		return First
	}
	if w.asked {
		w.patience--
		w.asked = w.patience > 0
	}
	if !w.placed {
		w.place(tsn)
		f.link.current[f.way] = f
	}
	ahead := int32(tsn - w.next)
	switch {
	case ahead >= windowSize || ahead < -windowSize:
		return d.observeFar(f, tsn, text)
	case ahead >= 0:
		d.advance(f, tsn)
	case !w.isHeard(tsn):
		if int32(tsn-w.base) >= 0 && !w.open(tsn) && f.measure.Missed > 0 {
			f.measure.Missed-- // it had been given up
		}
	default:
		return d.observeAgain(f, tsn, text)
	}
	w.mark(tsn, text)
	w.jumped = false
	w.distinct = min(2, w.distinct+1)
	f.measure.Seen++
	return First
}

// startOver forgets what was heard of the association before.
func (d *Decoder) startOver(f *flow) {
	w := &f.window
	if w.placed {
		d.counts.Restarts++
	}
	d.settle(f, never)
	d.dropPieces(f)
	w.placed, w.off, w.ended, w.backs = false, false, false, 0
	f.link.current[f.way] = f
}

// advance moves the window on to tsn, which is at most windowSize ahead; the TSNs passed over make a run.
func (d *Decoder) advance(f *flow, tsn uint32) {
	w := &f.window
	for len(w.runs) > 0 && (tsn-w.runs[0].first >= windowSize || tsn != w.next && len(w.runs) >= maxRuns) {
		d.giveUp(f, d.time)
	}
	if tsn != w.next {
		for n := w.next; n != tsn; n++ {
			w.unmark(n)
		}
		w.runs = append(w.runs, run{w.next, tsn, d.time})
		d.await(f, d.time.Add(gapTimeout))
	}
	w.next = tsn + 1
}

// observeFar takes a TSN outside the window. A second one near it makes it the new place: forward a loss, unless it is
// too far to be one, backward a new start.
func (d *Decoder) observeFar(f *flow, tsn uint32, text uint16) Fate {
	w := &f.window
	near := int32(tsn - w.far)
	switch {
	case !w.jumped || near >= windowSize || near <= -windowSize:
		w.jumped, w.far, w.farText, w.farTime = true, tsn, text, d.time
		f.measure.Seen++
		return First
	case near == 0 && (text == 0 || w.farText == 0 || text == w.farText):
		f.measure.Repeats++
		return Repeat
	case near == 0:
		return d.turnOff(f)
	}
	d.settle(f, never)
	if lost := w.far - w.next; lost < maxOutage {
		f.measure.Missed += uint64(lost)
		d.miss(f, run{w.next, w.far, w.farTime}, w.farTime.Add(gapTimeout), lost)
	} else {
		d.counts.Restarts++
		if w.backs++; w.backs >= maxBacks {
			return d.turnOff(f)
		}
	}
	w.place(w.far)
	w.next, w.distinct = w.far+1, 2
	w.mark(w.far, w.farText)
	if near > 0 {
		d.advance(f, tsn)
	}
	w.mark(tsn, text)
	f.measure.Seen++
	return First
}

// observeAgain takes a TSN that was heard: a repeat, or a source that does not number what it sends.
func (d *Decoder) observeAgain(f *flow, tsn uint32, text uint16) Fate {
	w := &f.window
	if was := w.text[tsn%windowSize]; text != 0 && was != 0 && was != text {
		return d.turnOff(f)
	}
	if w.distinct < 2 {
		if w.repeats++; w.repeats >= stuckAfter {
			return d.turnOff(f)
		}
	}
	f.measure.Repeats++
	return Repeat
}

// turnOff ends the judging of f by its TSNs; what was open is not claimed to be missing.
func (d *Decoder) turnOff(f *flow) Fate {
	f.window.off = true
	f.window.runs = f.window.runs[:0]
	f.measure.Untracked++
	return First
}

// forward takes a FORWARD TSN: what was not heard up to cumulative will not come, and is not missing. RFC 3758 3.2.
func (d *Decoder) forward(f *flow, cumulative uint32) {
	w := &f.window
	if !w.placed || w.off {
		return
	}
	d.dropPiecesTo(f, cumulative)
	if ahead := int32(cumulative - w.next); ahead >= 0 && ahead < windowSize {
		for len(w.runs) > 0 && cumulative-w.runs[0].first >= windowSize {
			d.giveUp(f, d.time)
		}
		for ; w.next != cumulative+1; w.next++ {
			w.unmark(w.next)
		}
	}
	keep := w.runs[:0]
	for _, r := range w.runs {
		if int32(r.first-cumulative) <= 0 {
			r.first = cumulative + 1
		}
		if int32(r.end-r.first) > 0 {
			keep = append(keep, r)
		}
	}
	w.runs = keep
	w.pace()
}
