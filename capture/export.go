package capture

import (
	"encoding/binary"
	"fmt"

	"c7mon/wire"
)

// LinkExported is the link type of messages of an upper layer that a program took out of their packets: Wireshark's
// "exported PDU". It is also that of messages of M3UA which never were in a packet that c7mon saw.
const LinkExported LinkType = 252

// Tags that stand before an exported message. Those between tell addresses, ports and point codes of the packet that it was in.
const (
	exportedEnd  = 0
	exportedName = 12 // name of the dissector for the message
)

// nameM3UA is the name of M3UA, padded with zero octets to a multiple of four as names have to be.
const nameM3UA = "m3ua"

// exportedM3UA takes off the tags before an exported message. ok says that it is one of M3UA; it aliases data. The error
// says where the tags break off.
//
//	tag 2 | length 2 | value, its padding to 4 octets counted in the length | ... | tag 0 | length 0 | message
func exportedM3UA(data []byte) (message []byte, ok bool, err error) {
	for off := 0; ; {
		if len(data)-off < 4 {
			return nil, false, &wire.ShortError{Field: "exported message: tag", Off: off, Need: 4, Have: len(data) - off}
		}
		tag, n := binary.BigEndian.Uint16(data[off:]), int(binary.BigEndian.Uint16(data[off+2:]))
		off += 4
		if n > len(data)-off {
			return nil, false, &wire.ShortError{Field: fmt.Sprintf("exported message: value of tag %d", tag), Off: off, Need: n, Have: len(data) - off}
		}
		value := data[off : off+n]
		off += n
		switch tag {
		case exportedEnd:
			if !ok {
				return nil, false, nil
			}
			return data[off:], true, nil
		case exportedName:
			ok = isName(value, nameM3UA)
		}
	}
}

// isName says whether a value is a name with nothing but zero octets behind it.
func isName(value []byte, name string) bool {
	if len(value) < len(name) || string(value[:len(name)]) != name {
		return false
	}
	for _, o := range value[len(name):] {
		if o != 0 {
			return false
		}
	}
	return true
}

// AppendExportedM3UA adds a message of M3UA to dst as a record of link type LinkExported has it.
func AppendExportedM3UA(dst, message []byte) []byte {
	dst = append(dst, 0, exportedName, 0, byte(len(nameM3UA)))
	dst = append(dst, nameM3UA...)
	dst = append(dst, 0, exportedEnd, 0, 0)
	return append(dst, message...)
}
