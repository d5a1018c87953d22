// Package e1 is the line in software: it takes the bits of E1 lines and gives frames, timeslots, what HDLC finds between
// its flags, what a timeslot carries, and each thing that happens to the line as an event.
package e1

import "math/bits"

// BitOrder says which bit of an octet was first on the line.
type BitOrder uint8

// The orders. A timeslot of an E1 is sent most significant bit first (G.704 2.3), so this is what most cards give.
const (
	MSBFirst BitOrder = iota
	LSBFirst
)

// FrameOctets is the length of an E1 frame, one octet a timeslot, and FrameRate how many go by in a second. G.704 2.3.
const (
	FrameOctets = 32
	FrameRate   = 8000
)

// Reverse appends the octets of b to dst with their bits in the other order.
func Reverse(dst, b []byte) []byte {
	for _, o := range b {
		dst = append(dst, bits.Reverse8(o))
	}
	return dst
}
