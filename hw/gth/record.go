package gth

import (
	"encoding/binary"
	"fmt"
	"math"

	"c7mon/wire"
)

// A record is one signal unit as the probe sends it:
//
//	length of what follows   2 octets
//	tag                      2
//	flags                    2
//	milliseconds since 1970  6
//	signal unit with its frame check sequence
//
// High octet first.
type record struct {
	tag, flags uint16
	time       wire.Time // NoTime when there is no such time
	ms         uint64    // as sent
	unit       []byte    // aliases the octets of the record
}

// Bounds of a record in octets. A probe sends signal units of up to 4,096, which are errored then.
const (
	lengthOctets = 2
	recordHead   = 10
	maxRecord    = recordHead + 4200
)

// whole gives the octets of the whole records at the front of b. An error says that what follows them is no record, which
// nothing can be read behind.
func whole(b []byte) (n int, err error) {
	for len(b)-n >= lengthOctets {
		length := int(binary.BigEndian.Uint16(b[n:]))
		if length < recordHead || length > maxRecord {
			return n, fmt.Errorf("a record of %d octets, where %d to %d can be", length, recordHead, maxRecord)
		}
		if len(b)-n < lengthOctets+length {
			break
		}
		n += lengthOctets + length
	}
	return n, nil
}

// decode reads the record at the front of b, which whole has found, and says how long it is; 0 when there is none.
func (r *record) decode(b []byte) (n int) {
	if len(b) < lengthOctets+recordHead {
		return 0
	}
	n = lengthOctets + int(binary.BigEndian.Uint16(b))
	if n < lengthOctets+recordHead || len(b) < n {
		return 0
	}
	r.tag, r.flags = binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[4:])
	r.ms = uint64(binary.BigEndian.Uint16(b[6:]))<<32 | uint64(binary.BigEndian.Uint32(b[8:]))
	r.time = wire.NoTime
	if r.ms <= math.MaxInt64/1_000_000 {
		r.time = wire.Time(r.ms * 1_000_000)
	}
	r.unit = b[lengthOctets+recordHead : n : n]
	return n
}
