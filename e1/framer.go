package e1

import "c7mon/capture"

// A Framer finds the frames of one direction of an E1 in its bits, which may begin anywhere in an octet, and watches over
// them. It takes the bits in pieces of any size.
//
// (contract; to be implemented)
type Framer struct{}

// CRC4 says whether the E1 has CRC-4 multiframes.
type CRC4 uint8

// What may be known of it. CRC4Auto finds out, G.706 annex B.
const (
	CRC4Auto CRC4 = iota
	CRC4On
	CRC4Off
)

// NewFramer gives a Framer that has heard nothing.
func NewFramer(order BitOrder, crc CRC4) *Framer { return &Framer{} }

// Next takes octets from the front of b, up to the next event or to the end of b, and says how many it took.
func (f *Framer) Next(b []byte, r *Run) (n int) { *r = Run{}; return len(b) }

// Skip says that octets octets of the line were lost here. Where that is known and a multiple of the frame the alignment
// is kept.
func (f *Framer) Skip(octets int64) {}

// A Run is a number of whole frames one after the other, and what happened after the last of them.
type Run struct {
	Frames []byte        // 32 octets each, timeslot 0 first, most significant bit first; borrowed until the next call
	At     uint64        // octets of the line that went before the first of them, counted from the first octet ever given
	Event  capture.Event // NoEvent when nothing happened; it happened behind the last of Frames, or at At where there are none
}
