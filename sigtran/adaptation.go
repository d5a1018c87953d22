package sigtran

import (
	"encoding/binary"
	"errors"
	"fmt"

	"c7mon/wire"
)

// Protocol is the user adaptation layer of a user message.
type Protocol uint8

// The protocols; Foreign is one that is not followed.
const (
	Foreign Protocol = iota
	M3UA             // RFC 4666
	M2UA             // RFC 3331
	M2PA             // RFC 4165
	SUA              // RFC 3868
)

var protocolNames = [...]string{"foreign", "M3UA", "M2UA", "M2PA", "SUA"}

// String gives the name of the protocol.
func (p Protocol) String() string {
	if int(p) < len(protocolNames) {
		return protocolNames[p]
	}
	return fmt.Sprintf("protocol %d", uint8(p))
}

// protocolOf gives the protocol of a payload protocol identifier, also of one sent low octet first.
func protocolOf(ppid uint32) Protocol {
	if ppid > 0xff && ppid&0xffffff == 0 {
		ppid >>= 24
	}
	switch ppid {
	case 3:
		return M3UA
	case 2:
		return M2UA
	case 5:
		return M2PA
	case 4:
		return SUA
	}
	return Foreign
}

// byPorts gives the protocol that is registered for one of two ports, for messages whose payload protocol says nothing.
func byPorts(ports uint32) Protocol {
	for _, port := range [2]uint32{ports & 0xffff, ports >> 16} {
		switch port {
		case 2905:
			return M3UA
		case 2904:
			return M2UA
		case 3565:
			return M2PA
		case 14001:
			return SUA
		}
	}
	return Foreign
}

// Message classes, RFC 4666 3.1.2, RFC 3331 3.1.3, RFC 4165 2.1.2, RFC 3868 3.1.2.
const (
	classTransfer       = 1
	classMAUP           = 6
	classConnectionless = 7
	classConnection     = 8
	classM2PA           = 11

	typeData = 1 // of the classes 1, 6 and 11
)

// uaHeader is the length of the common header of all adaptation layers.
//
//	version 1 | reserved 1 | class 1 | type 1 | length 4, header included
const uaHeader = 8

var (
	errNoData    = errors.New("message: it has no protocol data")
	errUAVersion = errors.New("message: its version is not 1")
	errUALength  = errors.New("message: its length is less than 8")
)

// user takes a whole user message. One that only the ports say to be of a protocol must look like it.
func (d *Decoder) user(w *walk, protocol Protocol, ppid uint32, fate Fate, b []byte, cut error) {
	if len(b) < uaHeader || b[0] != 1 {
		if ppid != 0 && protocolOf(ppid) == Foreign {
			d.counts.Foreign++
			w.got[Other] = true
			return
		}
		d.broken(w, fate, b)
		return
	}
	class, typ := b[2], b[3]
	switch {
	case protocol == M3UA && class == classTransfer && typ == typeData:
		it := d.item(w, fate)
		it.Err = m3ua(&it.MSU, &w.flow.link.variants, b)
		d.count(w, it, cut)
	case protocol == M2UA && class == classMAUP && typ == typeData:
		it := d.item(w, fate)
		it.Err = m2ua(&it.MSU, &w.flow.link.variants, b)
		d.count(w, it, cut)
	case protocol == M2PA && m2paHasMSU(b):
		it := d.item(w, fate)
		it.Err = m2pa(&it.MSU, &w.flow.link.variants, b)
		d.count(w, it, cut)
	case protocol == SUA && (class == classConnectionless || class == classConnection):
		d.counts.Foreign++
		w.got[Other] = true
	default:
		d.management(w, protocol, fate, b)
	}
}

// item adds an item to those of the packet.
func (d *Decoder) item(w *walk, fate Fate) *Item {
	n := len(d.Items)
	if n < cap(d.Items) {
		d.Items = d.Items[:n+1]
	} else {
		d.Items = append(d.Items, Item{})
	}
	it := &d.Items[n]
	it.Fate = fate
	m := &it.MSU
	m.Link, m.Direction, m.Variant = w.flow.link.id, wire.Direction(w.flow.way), w.flow.link.variants[0]
	return it
}

// count puts an item into its counter.
func (d *Decoder) count(w *walk, it *Item, cut error) {
	if it.Err == nil {
		it.Err = cut
	}
	switch {
	case it.Fate == Repeat:
		d.counts.Repeats++
		w.got[Duplicate] = true
		return
	case it.Err != nil:
		d.counts.Broken++
	default:
		d.counts.MSUs++
	}
	w.got[MSU] = true
}

// broken adds the item of a message whose header cannot be read.
func (d *Decoder) broken(w *walk, fate Fate, b []byte) {
	it := d.item(w, fate)
	clearMSU(&it.MSU)
	it.Err = errUAVersion
	if len(b) < uaHeader {
		it.Err = &wire.ShortError{Field: "common message header", Off: 0, Need: uaHeader, Have: len(b)}
	}
	d.count(w, it, nil)
}

// management adds a message that carries no MSU.
func (d *Decoder) management(w *walk, protocol Protocol, fate Fate, b []byte) {
	if fate == Repeat {
		d.counts.Repeats++
		w.got[Duplicate] = true
	} else {
		d.counts.Management++
		w.got[Management] = true
	}
	d.Messages = append(d.Messages, Message{w.flow.link.id, wire.Direction(w.flow.way), protocol, fate, b})
}

// parameter gives the value of the parameter at off of a message and the offset of the next one; what does not fit is
// given as far as it goes, with an error.
//
//	tag 2 | length 2, these four octets included | value | padding to 4 octets
func parameter(b []byte, off int) (tag uint16, value []byte, next int, err error) {
	if off+4 > len(b) {
		return 0, nil, len(b), &wire.ShortError{Field: "parameter", Off: off, Need: 4, Have: len(b) - off}
	}
	tag = binary.BigEndian.Uint16(b[off:])
	n := int(binary.BigEndian.Uint16(b[off+2:]))
	if n < 4 {
		return tag, nil, len(b), noParameter(n, off)
	}
	end := off + n
	if end > len(b) {
		return tag, b[off+4:], len(b), &wire.ShortError{Field: "parameter", Off: off, Need: n, Have: len(b) - off}
	}
	return tag, b[off+4 : end : end], (end + 3) &^ 3, nil
}

func noParameter(n, off int) error {
	return fmt.Errorf("parameter at octet %d: its length %d is less than 4", off, n)
}

// body cuts a message to the length its header says. A length beyond what is there is not an error in itself: some
// count a padding that is not sent.
func body(b []byte) ([]byte, error) {
	n := binary.BigEndian.Uint32(b[4:])
	if n < uaHeader {
		return nil, errUALength
	}
	if uint64(n) < uint64(len(b)) {
		b = b[:n]
	}
	return b, nil
}
