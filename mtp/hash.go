package mtp

import (
	"encoding/binary"
	"math/bits"
)

// Hash condenses what makes two MSUs the same message: service indicator, network indicator, label and Data, whichever way
// they came. Equal messages have equal hashes on every machine; different ones differ but for one pair in 2^64.
func (m *MSU) Hash() uint64 {
	h := mix(uint64(m.OPC)|uint64(m.DPC)<<32, uint64(m.SLS)|uint64(m.SI)<<8|uint64(m.NI)<<16|uint64(len(m.Data))<<24)
	b := m.Data
	for len(b) > 8 {
		h = mix(h^binary.LittleEndian.Uint64(b), 0x9e3779b97f4a7c15)
		b = b[8:]
	}
	var last uint64
	for i, o := range b {
		last |= uint64(o) << (8 * i)
	}
	return mix(h^last, 0xd6e8feb86659fd93)
}

// mix folds the 128-bit product of two numbers that are made odd first by constants, so that a zero loses nothing.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0xa0761d6478bd642f, b^0xe7037ed1a0b428db)
	return hi ^ lo
}
