package hwtest

import (
	"c7mon/e1"
	"c7mon/mtp"
)

// MSU is a signal unit without check sequence whose forward sequence number and last octet are n.
func MSU(n uint16, annexA bool) []byte {
	u := mtp.SignalUnit{FSN: n, FIB: true, BIB: true, Data: []byte{0x85, 1, 2, 3, 4, byte(n)}}
	if !annexA {
		u.FSN &= 0x7f
	}
	return u.Append(nil, annexA)
}

// WithFCS gives a copy of a unit with its check sequence behind it.
func WithFCS(unit []byte) []byte { return mtp.AppendFCS(append([]byte(nil), unit...), unit) }

// Stuffed gives a unit between flags, as octets of a timeslot.
func Stuffed(unit []byte) []byte {
	s := e1.NewStuffer(e1.MSBFirst)
	s.Flags(3)
	s.Unit(unit)
	s.Flags(3)
	b := make([]byte, s.Ready())
	s.Take(b)
	return b
}

// NumberedOctets is how many octets of a timeslot there are from one message of Numbered to the next: 20 ms.
const NumberedOctets = 160

// Numbered gives n octets of a timeslot with a message of 12 octets each 20 ms, and FISUs between them. The number of each
// message stands in its fifth and sixth octets, the low one first.
func Numbered(n int) []byte {
	s, out := e1.NewStuffer(e1.MSBFirst), make([]byte, n)
	for i := 0; s.Ready() < n; i++ {
		fsn := 0x80 | byte(i+1)&0x7f
		s.Unit([]byte{0x80, fsn, 9, 0xc5, byte(i), byte(i >> 8), 2, 3, 4, 5, 6, 7})
		s.Fill(s.Ready()/NumberedOctets*NumberedOctets+NumberedOctets, []byte{0x80, fsn, 0})
	}
	s.Take(out)
	return out
}

// E1 gives the frames of an E1 whose timeslot 16 carries these octets, and the others an idle pattern.
func E1(timeslot16 []byte) []byte {
	slots := make([]byte, len(timeslot16)*(e1.FrameOctets-1))
	for i := range slots {
		slots[i] = 0xd5
	}
	for i, o := range timeslot16 {
		slots[i*(e1.FrameOctets-1)+15] = o
	}
	return new(e1.Encoder).Append(nil, slots)
}

// Spoil turns about one bit in n around, always the same ones.
func Spoil(b []byte, n uint32) {
	x := uint32(1)
	for i := range len(b) * 8 {
		if x = x*1664525 + 1013904223; x>>16%n == 0 {
			b[i/8] ^= 1 << (i % 8)
		}
	}
}
