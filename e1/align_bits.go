package e1

import (
	"encoding/binary"
	"math/bits"
)

// reverse puts the octets of src with their bits in the other order into dst.
func reverse(dst, src []byte) {
	n := len(src) &^ 7
	for i := 0; i < n; i += 8 {
		x := bits.Reverse64(binary.LittleEndian.Uint64(src[i:]))
		binary.BigEndian.PutUint64(dst[i:], x)
	}
	for i := n; i < len(src); i++ {
		dst[i] = bits.Reverse8(src[i])
	}
}

// advance fills dst, whose length is a multiple of 8, with the bits of src from bit shift on, 1 to 7. src is one octet
// longer at least.
func advance(dst, src []byte, shift int) {
	up, down := uint(shift)&7, uint(8-shift)&7
	for len(dst) >= 8 && len(src) >= 9 {
		x := binary.BigEndian.Uint64(src)<<up | uint64(src[8]>>down)
		binary.BigEndian.PutUint64(dst, x)
		dst, src = dst[8:], src[8:]
	}
}

// starts marks the bits of the first seven octets of b at which frame alignment as of G.706 4.1.2 is there: a frame
// alignment signal (the first of its eight bits may be anything), a one in bit 2 of timeslot 0 a frame later, and a frame
// alignment signal another frame later. The first bit is the most significant one. With further, two more signals of each
// kind follow. b has six frames and a word then, else two and a word.
func starts(b []byte, further bool) uint64 {
	m := fas(b) & nfas(b[FrameOctets:]) & fas(b[2*FrameOctets:])
	if m != 0 && further {
		m &= nfas(b[3*FrameOctets:]) & fas(b[4*FrameOctets:]) & nfas(b[5*FrameOctets:]) & fas(b[6*FrameOctets:])
	}
	return m
}

// fas marks each bit of b at which x0011011 begins, the frame alignment signal. G.704 2.3.2.
func fas(b []byte) uint64 {
	x := binary.BigEndian.Uint64(b)
	return ^(x<<1 | x<<2 | x<<5) & (x << 3) & (x << 4) & (x << 6) & (x << 7)
}

// nfas marks each bit of b that is followed by a one, as bit 2 is in frames without the signal. G.704 2.3.2.
func nfas(b []byte) uint64 { return binary.BigEndian.Uint64(b) << 1 }
