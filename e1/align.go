package e1

import (
	"encoding/binary"
	"math/bits"

	"c7mon/capture"
)

// A search is what a Framer knows of the line while it looks for frames, and of AIS at any time.
type search struct {
	past   int  // bits at the front of raw at which no frame may begin
	block  int  // octets of the period of AIS that were searched
	zeros  int  // zero bits among them; while aligned, those of a double frame
	quiet  int  // periods gone by since the search began
	lfa    bool // loss of frame alignment was told
	wary   bool // what looked like frames last time were none
	ais    bool // AIS was told
	aisRun int  // periods in a row that speak against that
}

const (
	aisPeriod = 2 * FrameOctets // 512 bits
	aisZeros  = 2               // as many at most in a period of AIS
	aisTwice  = 2               // periods that it takes to begin and to end
	patience  = 32              // periods without frames before loss of alignment is told of a line that has just begun: 8 ms, as long as G.706 4.2 has for an alignment to prove right
)

// restart begins the search. No frame begins in the next past bits.
func (f *Framer) restart(past int) {
	f.past, f.block, f.zeros, f.quiet = past, 0, 0, 0
	f.multiframe.state = noMultiframe
}

// ahead is how many octets it takes to tell whether a frame begins in the first of them.
func (f *Framer) ahead() int {
	if f.wary {
		return 6*FrameOctets + 2
	}
	return 2*FrameOctets + 2
}

// seek looks for the first bit with which a frame alignment signal and the two timeslots 0 after it agree (G.706 4.1.2),
// and reports whether it found it or something happened; otherwise it needs more octets.
//
// Random bits agree once in 2^15, sixty times a second. Once an alignment has been lost within 8 ms, the frame alignment
// signal must therefore be there four times, with the frames between, until one lasts longer: a line that is no E1 would
// else begin and end its loss of alignment all day. No frame is lost by it, as the octets are kept.
func (f *Framer) seek() bool {
	for ahead := f.ahead(); f.held() >= ahead; {
		b := f.raw[f.start:]
		n := min(7, f.held()-ahead+1, aisPeriod-f.block)
		first := ^uint64(0) << (64 - 8*n)
		m := starts(b, f.wary) & first & (^uint64(0) >> f.past)
		f.past = 0
		if m != 0 {
			bit := bits.LeadingZeros64(m)
			f.start += bit / 8
			f.found(bit % 8)
			return true
		}
		f.zeros += bits.OnesCount64(^binary.BigEndian.Uint64(b) & first)
		f.start += n
		if f.block += n; f.block == aisPeriod {
			f.searched()
			if len(f.events) > 0 {
				return true
			}
		}
	}
	return false
}

// searched ends a period of 512 bits without alignment.
func (f *Framer) searched() {
	f.period(f.zeros)
	f.block, f.zeros = 0, 0
	if f.quiet++; f.quiet == patience && !f.lfa {
		f.lfa = true
		f.push(capture.Event{Kind: capture.EventLFA, On: true, Text: "none found"})
	}
}

// found says that a frame with the frame alignment signal begins at bit shift of the first octet of raw. AIS ends with it
// if nothing else has ended it, G.775 5.2.
func (f *Framer) found(shift int) {
	f.aligned, f.shift = true, shift
	f.frame.begin()
	f.zeros = 0
	if f.ais {
		f.push(capture.Event{Kind: capture.EventAIS})
	}
	f.ais, f.aisRun = false, 0
	if f.lfa {
		f.push(capture.Event{Kind: capture.EventLFA})
	}
	f.lfa = false
	f.multiframe.state = noMultiframe
	if f.crc != CRC4Off {
		f.lookForMultiframe(false)
	}
}

// period tells how many zeros the last 512 bits had. AIS begins with two periods in a row of two zeros or less each, and
// ends with two in a row of three or more each. G.775 5.2, O.162.
func (f *Framer) period(zeros int) {
	if ones := zeros <= aisZeros; ones == f.ais {
		f.aisRun = 0
		return
	}
	if f.aisRun++; f.aisRun == aisTwice {
		f.ais, f.aisRun = !f.ais, 0
		f.push(capture.Event{Kind: capture.EventAIS, On: f.ais})
	}
}
