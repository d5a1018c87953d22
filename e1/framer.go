package e1

import "c7mon/capture"

// A Framer finds the frames of one direction of an E1 in its bits, which may begin anywhere in an octet, and watches over
// them. It takes the bits in pieces of any size; the frames and events are the same whatever the pieces, save that one Run
// may come as several. It allocates nothing once it is made, and is for one goroutine.
//
// Its events are LFA, RAI and slips (framer_frame.go), AIS (align.go), LMFA, CRC-4 and E bits (multiframe.go). The rule of
// each stands there. Loss of signal cannot be seen in octets.
type Framer struct {
	lsb  bool
	crc  CRC4
	pos  uint64 // octets of the line that were taken or lost
	owed int    // octets at the front of the next piece that were taken already
	drop int    // octets before the next frame begins

	raw        [window + slack]byte // octets with no frame made of them yet, most significant bit first
	start, end int                  // what raw holds
	out        [window]byte         // frames out of raw, when they do not begin with an octet

	events  []capture.Event // to be given, those from told on
	told    int
	aligned bool
	shift   int // bit of an octet with which frames begin

	search
	frame
	multiframe
}

// window is how many octets a Framer takes at once where it cannot give frames out of the piece itself: 64 frames, which
// stay in the nearest cache. Words are read up to slack octets behind it.
const (
	window = 64 * FrameOctets
	slack  = 8
)

// CRC4 says whether the E1 has CRC-4 multiframes.
type CRC4 uint8

// What may be known of it. CRC4Auto finds out, G.706 annex B: each time frames are found it looks for multiframes for 400 ms,
// and then takes the line for one without until they are lost and found again.
const (
	CRC4Auto CRC4 = iota
	CRC4On
	CRC4Off
)

// NewFramer gives a Framer that has heard nothing.
func NewFramer(order BitOrder, crc CRC4) *Framer {
	f := &Framer{lsb: order == LSBFirst, crc: crc, events: make([]capture.Event, 0, 8)}
	f.restart(0)
	return f
}

// A Run is a number of whole frames one after the other, and what happened after the last of them.
type Run struct {
	Frames []byte        // 32 octets each, timeslot 0 first, most significant bit first; borrowed until the next call, and may be part of the octets given
	At     uint64        // octets of the line that went before the first of them, lost ones too, counted from the first octet ever given; where a frame begins within an octet, those before that octet
	Event  capture.Event // NoEvent when nothing happened; it happened behind the last of Frames, or at At where there are none
}

// Next takes octets from the front of b, up to the next event or to the end of b or less, and says how many it took. Call it
// again with the rest of b until that is empty. It may take none when there is more than one thing to say of one place. It
// leaves the last octet of b to the next call while there is more to say, so that nothing is said later than it could be.
func (f *Framer) Next(b []byte, r *Run) (n int) {
	*r = Run{}
	n = min(f.owed, len(b))
	f.owed -= n
	n += f.next(b[n:], r)
	if n > 0 && n == len(b) && f.more() {
		n--
		f.owed++
	}
	return n
}

// next does the work of Next for octets that were not taken before.
func (f *Framer) next(b []byte, r *Run) (n int) {
	for {
		r.At = f.here()
		if f.told < len(f.events) {
			r.Event = f.event()
			return n
		}
		if n += f.discard(b[n:]); f.drop > 0 {
			return n
		}
		r.At = f.here()
		if !f.aligned {
			n += f.fill(b[n:], window)
			if !f.seek() && n == len(b) {
				return n
			}
			continue
		}
		var frames []byte
		var used int
		if f.held() == 0 && f.shift == 0 && !f.lsb && len(b)-n >= FrameOctets {
			frames = b[n : n+(len(b)-n)&^(FrameOctets-1)]
			used = f.watch(frames)
			f.pos += uint64(used)
			n += used
		} else {
			n += f.fill(b[n:], f.reach())
			if frames = f.cut(); len(frames) == 0 {
				return n
			}
			used = f.watch(frames)
			f.start += used
		}
		if used > 0 {
			r.Frames = frames[:used:used]
			r.Event = f.event()
			return n
		}
	}
}

// Skip says that octets octets of the line were lost here. The alignment is kept where their number is known: the frame
// that they broke is left out, and the next given is the first whole one. Zero or less says that it is not known: frames are
// looked for again, and loss of frame alignment is told only when none are found soon.
func (f *Framer) Skip(octets int64) {
	if octets <= 0 || !f.aligned {
		f.pos += uint64(max(octets, 0))
		f.start, f.end, f.drop, f.aisRun = 0, 0, 0, 0
		f.aligned = false
		f.restart(0)
		return
	}
	next := f.here() + uint64(f.drop) // where the next frame begins
	f.pos += uint64(octets)
	f.start, f.end = 0, 0
	lost := uint64(0)
	if f.pos > next {
		lost = (f.pos - next + FrameOctets - 1) / FrameOctets
	}
	f.drop = int(next + lost*FrameOctets - f.pos)
	f.missed(lost)
}

// Flush gives what was counted and not told yet, for the end of a line: call it until r.Event is NoEvent.
func (f *Framer) Flush(r *Run) {
	f.tellCounts()
	*r = Run{At: f.here(), Event: f.event()}
}

// here is the position in the line of what comes next: octets before it.
func (f *Framer) here() uint64 { return f.pos - uint64(f.held()) }

// held is how many octets are in raw.
func (f *Framer) held() int { return f.end - f.start }

// more reports whether another call would say something without another octet.
func (f *Framer) more() bool {
	switch {
	case f.told < len(f.events):
		return true
	case f.aligned:
		return f.held()-f.drop >= f.whole()
	}
	return f.held() >= f.ahead()
}

// whole is how many octets a frame lies in.
func (f *Framer) whole() int {
	if f.shift > 0 {
		return FrameOctets + 1
	}
	return FrameOctets
}

// reach is how many octets raw is to hold before frames are made of them: the frame under way and no more where the
// others can be given as they lie in the piece.
func (f *Framer) reach() int {
	if f.shift == 0 && !f.lsb {
		return FrameOctets
	}
	return window
}

// fill takes octets into raw, up to limit of them in all.
func (f *Framer) fill(b []byte, limit int) int {
	n := min(len(b), limit-f.held())
	if n <= 0 {
		return 0
	}
	f.end = copy(f.raw[:], f.raw[f.start:f.end])
	f.start = 0
	if f.lsb {
		reverse(f.raw[f.end:], b[:n])
	} else {
		copy(f.raw[f.end:], b[:n])
	}
	f.end += n
	f.pos += uint64(n)
	return n
}

// discard drops the octets between two alignments, or what is left of a frame of which a part was lost.
func (f *Framer) discard(b []byte) int {
	n := min(f.drop, f.held())
	f.start += n
	f.drop -= n
	n = min(f.drop, len(b))
	f.pos += uint64(n)
	f.drop -= n
	return n
}

// cut gives the whole frames in raw.
func (f *Framer) cut() []byte {
	if f.shift == 0 {
		return f.raw[f.start : f.start+f.held()&^(FrameOctets-1)]
	}
	n := (f.held() - 1) &^ (FrameOctets - 1)
	if n <= 0 {
		return nil
	}
	advance(f.out[:n], f.raw[f.start:f.end], f.shift)
	return f.out[:n]
}

// push adds an event to those to be given.
func (f *Framer) push(e capture.Event) { f.events = append(f.events, e) }

// event takes the first event out, NoEvent where there is none.
func (f *Framer) event() (e capture.Event) {
	if f.told == len(f.events) {
		return e
	}
	e = f.events[f.told]
	if f.told++; f.told == len(f.events) {
		f.events, f.told = f.events[:0], 0
	}
	return e
}
