package e1

import "encoding/binary"

// CRC-4 is the remainder of a block of eight frames, times x^4, by x^4 + x + 1 (G.704 2.3.3.5). That polynomial divides
// x^15 + 1, so a word of 64 bits is worth x^4 times the one behind it and a frame is worth x times the next one, whatever
// is in them. A block is thus added up in one word; only the sum is divided.

// frameSum is what the 32 octets of a frame are worth, with keep cut out of the first word. The international bit of a
// frame with a CRC-4 bit counts as zero.
func frameSum(b []byte, keep uint64) uint64 {
	_ = b[FrameOctets-1]
	return times(binary.BigEndian.Uint64(b)&keep, 12) ^ times(binary.BigEndian.Uint64(b[8:]), 8) ^
		times(binary.BigEndian.Uint64(b[16:]), 4) ^ binary.BigEndian.Uint64(b[24:])
}

// What frameSum keeps of a frame without and with a CRC-4 bit.
const (
	keepAll = ^uint64(0)
	keepCRC = ^uint64(0) >> 1
)

// times gives a sum times x^k, k up to 60: what goes out at the top is worth x^64, which is x^4.
func times(sum uint64, k uint) uint64 { return sum<<k ^ sum>>(64-k)<<4 }

// blockSum is what eight frames are worth, the first with a CRC-4 bit, and so on by turns.
func blockSum(b []byte) (sum uint64) {
	for ; len(b) >= 2*FrameOctets; b = b[2*FrameOctets:] {
		sum = times(sum, 2) ^ times(frameSum(b, keepCRC), 1) ^ frameSum(b[FrameOctets:], keepAll)
	}
	return sum
}

// remainder is the CRC-4 of a sum, C1 as its most significant bit.
func remainder(sum uint64) uint8 {
	sum = sum>>60 ^ sum&(1<<60-1)
	sum = sum>>30 ^ sum&(1<<30-1)
	sum = sum>>15 ^ sum&(1<<15-1)
	sum = sum<<4&(1<<15-1) ^ sum>>11 // times x^4
	for sum > 15 {
		top := sum >> 4
		sum = sum&15 ^ top ^ top<<1
	}
	return uint8(sum)
}
