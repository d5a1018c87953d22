package capture

import (
	"encoding/binary"
	"errors"
	"fmt"

	"c7mon/wire"
)

// Record types of the Extensible Record Format that carry HDLC frames of one channel of an E1 or T1.
const (
	erfMCHDLC      = 5
	erfColorMCHDLC = 17
	erfExtended    = 0x80 // extension headers follow
	erfExtension   = 8    // octets of each
)

// Bits of the flags octet.
const (
	erfInterface = 0x03
	erfRxError   = 0x10
)

// The multi-channel header.
//
//	31    | 30           | 29        | 28    | 27      | 26   | 25    | 24  | 23-10    | 9-0
//	spare | first record | lost byte | octet | aborted | long | short | FCS | reserved | connection number
const (
	mcConnection = 0x000003ff
	mcErrors     = 0x3f000000
)

// errRx is the reason when the card marked the record without saying more.
var errRx = errors.New("ERF: receive error")

// mcFaults names the error bits of the multi-channel header, from bit 24 on.
var mcFaults = [...]string{
	"frame check sequence wrong", "too short", "too long", "aborted", "not a whole number of octets", "octets lost in the card",
}

// erf takes off the headers of a record in the Extensible Record Format.
//
//	timestamp, 8 octets, low octet first | type | flags | record length | loss counter | wire length     16 octets
//	extension headers, 8 octets each, as long as the top bit says that one follows
//	multi-channel header, 4 octets
//
// Line is the connection number (0 to 1023) plus 1024 times the capture interface of the flags (0 to 3), so for a card
// with one interface just the connection number. The wire length counts the frame with its frame check sequence and
// without the multi-channel header; what the record has beyond it is padding. A record that the card marks as received
// in error is Malformed. Other record types are Other.
func (f *Frame) erf() {
	const header, mc = 16, 4
	b := f.Data
	if len(b) < header {
		f.short("ERF header", 0, header)
		return
	}
	off, whole := erfExtensions(b, header)
	if !whole {
		f.short("ERF extension header", off, erfExtension)
		return
	}
	if kind := b[8] &^ erfExtended; kind != erfMCHDLC && kind != erfColorMCHDLC {
		f.Payload = Other
		return
	}
	flags := b[9]
	length, onWire := int(binary.BigEndian.Uint16(b[10:])), int(binary.BigEndian.Uint16(b[14:]))
	if length < off+mc {
		f.malformed(fmt.Errorf("ERF: record length %d, headers of %d octets", length, off+mc))
		return
	}
	if len(b) < off+mc {
		f.short("ERF multi-channel header", off, mc)
		return
	}
	word := binary.BigEndian.Uint32(b[off:])
	f.Line, f.HasLine = word&mcConnection|uint32(flags&erfInterface)<<10, true
	if word&mcErrors != 0 || flags&erfRxError != 0 {
		f.malformed(mcFault(word))
		return
	}
	have := min(len(b), length) - off - mc
	f.Payload = MTP2
	f.Data = b[off+mc : off+mc+min(have, onWire)]
	f.Cut = max(onWire-have, 0)
	f.FCS = thereIf(f.Cut == 0)
}

// erfExtensions gives the octet behind the extension headers that follow octet off, or that of the one that is cut.
func erfExtensions(b []byte, off int) (end int, whole bool) {
	for more := b[8]&erfExtended != 0; more; off += erfExtension {
		if len(b) < off+erfExtension {
			return off, false
		}
		more = b[off]&erfExtended != 0
	}
	return off, true
}

// erfTime sets the time of an ERF record to that which the card gave it: finer than that of the file around it, which
// was made from it. It counts in units of 2^-32 s.
func (e *entry) erfTime() {
	if len(e.data) >= 8 {
		stamp := binary.LittleEndian.Uint64(e.data)
		e.time = clamp(wire.Time(stamp>>32)*1e9 + wire.Time((stamp&0xffffffff*1e9+1<<31)>>32))
		e.blank = false
	}
}

// mcFault says what the error bits of a multi-channel header mean, the lowest bit first.
func mcFault(word uint32) error {
	for i, name := range mcFaults {
		if word>>(24+i)&1 != 0 {
			return fmt.Errorf("ERF: %s", name)
		}
	}
	return errRx
}
