package e1

import (
	"encoding/binary"
	"math/bits"

	"c7mon/capture"
)

// A frame is what a Framer knows of the line from timeslot 0 of its frames.
type frame struct {
	nfas      bool // the next frame is one without the frame alignment signal
	wrongFAS  int  // frame alignment signals in a row that were wrong
	wrongNFAS int  // frames in a row without it that had a zero in bit 2
	crossed   int  // frames of FAS, NFAS, FAS seen where the other kind was due
	age       int  // frames since the alignment was found, no more than young
	rai       bool // remote alarm was told
	raiRun    int  // A bits in a row that speak against that
}

// Timeslot 0. G.704 2.3.2.
const (
	fasMask  = 0x7f // bit 1 is international or of CRC-4
	fasBits  = 0x1b // 0011011, in every other frame
	nfasBit2 = 0x40 // always one in the frames between
	nfasA    = 0x20 // remote alarm indication
)

const (
	wrongTimes = 3  // in a row: alignment is lost, G.706 4.1.1
	raiTimes   = 3  // in a row: remote alarm begins or ends, O.162 2.1.4
	young      = 64 // frames that an alignment must last to count as one, 8 ms
)

// begin starts with a frame that has the frame alignment signal. The remote alarm stays as it was told.
func (w *frame) begin() { *w = frame{rai: w.rai} }

// watch looks at frames until something happens, and says how many octets of them are to be given.
func (f *Framer) watch(b []byte) (n int) {
	for n < len(b) && len(f.events) == 0 {
		if k := f.quick(b[n:]); k > 0 {
			n += k
			continue
		}
		if !f.step(b[n : n+FrameOctets]) {
			return n
		}
		n += FrameOctets
	}
	return n
}

// step looks at one frame, and reports whether it is to be given.
func (f *Framer) step(b []byte) bool {
	if f.nfas && !f.stepNFAS(b) || !f.nfas && !f.stepFAS(b) {
		return false
	}
	if f.age < young {
		if f.age++; f.age == young {
			f.wary = false
		}
	}
	f.stepMultiframe(b, f.nfas)
	f.nfas = !f.nfas
	return true
}

// stepFAS looks at a frame in which the frame alignment signal is due. Three wrong ones in a row are loss of frame
// alignment, and the third frame is not given. G.706 4.1.1.
func (f *Framer) stepFAS(b []byte) bool {
	if b[0]&fasMask == fasBits {
		f.wrongFAS, f.crossed = 0, 0
		f.zeros = aisZeros + 1 // it has three zeros
		return true
	}
	if f.crossed == 1 && b[0]&nfasBit2 != 0 {
		f.crossed = 2
	} else {
		f.crossed = 0
	}
	f.zeros = zeros(b)
	if f.wrongFAS++; f.wrongFAS == wrongTimes {
		f.lose("three wrong frame alignment signals in a row")
		return false
	}
	return true
}

// stepNFAS looks at a frame in which no frame alignment signal is due. Three zeros in a row in bit 2 are loss of frame
// alignment too, as G.706 4.1.1 allows: they limit the harm of octets that only look like the signal. The A bit counts when
// the signal before it was right.
func (f *Framer) stepNFAS(b []byte) bool {
	if b[0]&fasMask == fasBits {
		if f.crossed == 2 {
			f.slip()
			return true
		}
		f.crossed = 1
	} else {
		f.crossed = 0
	}
	f.zeros += zeros(b)
	f.period(f.zeros)
	if b[0]&nfasBit2 == 0 {
		if f.wrongNFAS++; f.wrongNFAS == wrongTimes {
			f.lose("three zeros in a row in bit 2 of frames between")
			return false
		}
		return true
	}
	f.wrongNFAS = 0
	if f.wrongFAS == 0 {
		f.remoteAlarm(b[0]&nfasA != 0)
	}
	return true
}

// slip says that a frame was lost or repeated: in place of two frames of one kind with one of the other between, three
// frames came as they are when alignment is found (G.706 4.1.2), an odd number of frames off and on the same bit. The last
// of them is the one that is looked at. It takes two to four frames from the slip until this is seen; all are given, and it
// is no loss of alignment. Whether the frame was lost or repeated, and whether three were, timeslot 0 does not show.
func (f *Framer) slip() {
	f.nfas = false
	f.wrongFAS, f.wrongNFAS, f.crossed = 0, 0, 0
	f.zeros = aisZeros + 1
	f.push(capture.Event{Kind: capture.EventSlip, Count: 1})
	if f.state == inMultiframe {
		f.tellCounts()
		f.lookForMultiframe(f.had || f.right == certain)
	}
}

// remoteAlarm looks at an A bit. Three in a row begin and end remote alarm. O.162 2.1.4.
func (f *Framer) remoteAlarm(a bool) {
	if a == f.rai {
		f.raiRun = 0
		return
	}
	if f.raiRun++; f.raiRun == raiTimes {
		f.rai, f.raiRun = a, 0
		f.push(capture.Event{Kind: capture.EventRAI, On: a})
	}
}

// lose ends the alignment. What comes next is searched from its second bit on, so that the same alignment is not found in
// the same place.
func (f *Framer) lose(text string) {
	if f.age < young {
		f.wary = true
	}
	f.tellCounts()
	f.aligned, f.lfa = false, true
	f.push(capture.Event{Kind: capture.EventLFA, On: true, Text: text})
	f.restart(f.shift + 1)
}

// missed says that frames went by unheard.
func (f *Framer) missed(frames uint64) {
	if frames == 0 {
		return
	}
	if frames%2 == 1 {
		f.nfas = !f.nfas
	}
	f.crossed = 0
	f.zeros = aisZeros + 1
	f.missedMultiframe(frames)
}

// calm reports whether nothing is out of order that the next frames could put right or make worse, and the next has the
// frame alignment signal.
func (f *Framer) calm() bool {
	return !f.nfas && !f.ais && f.age == young && f.wrongFAS|f.wrongNFAS|f.raiRun|f.aisRun == 0
}

// quick looks at as many frames as are in order, and says how many octets they are. It only saves time: what it passes over,
// step passes over too.
func (f *Framer) quick(b []byte) int {
	if !f.calm() {
		return 0
	}
	switch f.state {
	case noMultiframe:
		return f.quickPairs(b)
	case inMultiframe:
		return f.quickBlocks(b)
	}
	return 0
}

// quickPairs passes over frames without CRC-4 in twos.
func (f *Framer) quickPairs(b []byte) (n int) {
	want := f.inOrder()
	for ; len(b)-n >= 2*FrameOctets; n += 2 * FrameOctets {
		if pair(b[n:])&pairMask != want {
			break
		}
	}
	return n
}

// pair is timeslot 0 of two frames.
func pair(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[FrameOctets]) }

// pairMask leaves what must be right in a pair.
const pairMask = fasMask<<8 | nfasBit2 | nfasA

// inOrder is what it must be.
func (f *Framer) inOrder() uint16 {
	if f.rai {
		return fasBits<<8 | nfasBit2 | nfasA
	}
	return fasBits<<8 | nfasBit2
}

// zeros counts the zero bits of a frame.
func zeros(b []byte) (n int) {
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(^binary.BigEndian.Uint64(b))
	}
	return n
}
