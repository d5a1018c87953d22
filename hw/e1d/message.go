package e1d

import (
	"encoding/binary"
	"fmt"
)

// A message is one packet of the control protocol, in the byte order of the machine.
//
//	magic 0x01e1, whose high octet is the version | length of the whole message | 2 octets each
//	type | interface | line | timeslot            | 1 octet each, 0xff where there is none
//	records of the type
type message struct {
	kind     kind
	at       address
	timeslot uint8
	body     []byte // aliases the octets given to Decode
}

// kind is the type of a message.
type kind uint8

// Requests, and the two bits in which answers, errors and events differ from them.
const (
	interfaceQuery kind = 0x00
	lineQuery      kind = 0x01
	timeslotQuery  kind = 0x02
	lineConfig     kind = 0x03
	timeslotOpen   kind = 0x04

	kindMask kind = 0xc0
	event    kind = 0x40
	answer   kind = 0x80
	refusal  kind = 0xc0
)

// Values of the protocol.
const (
	magic            = 0x01e1
	headerOctets     = 8
	maxMessage       = 4096
	unused           = 0xff // interface, line or timeslot that is not named
	superchannel     = 0xfe // timeslot that stands for timeslots 1 to 31 as one
	lineChannelized  = 0x20
	lineSuperchannel = 0x21
	lineE1oIP        = 0x22
	timeslotRaw      = 0x10
	timeslotHDLC     = 0x11
	openForce        = 0x80
)

// Decode reads a message out of one packet.
func (m *message) Decode(b []byte) error {
	if len(b) < headerOctets {
		return fmt.Errorf("message of osmo-e1d: %d octets, its header has %d", len(b), headerOctets)
	}
	switch have := binary.NativeEndian.Uint16(b); {
	case have&0xff != magic&0xff:
		return fmt.Errorf("message of osmo-e1d: magic is 0x%04x: this is not osmo-e1d", have)
	case have != magic:
		return fmt.Errorf("message of osmo-e1d: version %d of its protocol, version %d is needed", have>>8, magic>>8)
	}
	if n := int(binary.NativeEndian.Uint16(b[2:])); n != len(b) {
		return fmt.Errorf("message of osmo-e1d: its length is %d, the packet has %d octets", n, len(b))
	}
	*m = message{kind(b[4]), address{b[5], b[6]}, b[7], b[headerOctets:]}
	return nil
}

// Append encodes the message.
func (m *message) Append(dst []byte) []byte {
	dst = binary.NativeEndian.AppendUint16(dst, magic)
	dst = binary.NativeEndian.AppendUint16(dst, uint16(headerOctets+len(m.body)))
	dst = append(dst, byte(m.kind), m.at.intf, m.at.line, m.timeslot)
	return append(dst, m.body...)
}

// An interfaceInfo is one record of the answer to an interface query: id, number of lines.
type interfaceInfo struct{ id, lines uint8 }

// A lineInfo is one record of the answer to a line query: id, mode, and an octet that has no meaning yet.
type lineInfo struct{ id, mode uint8 }

// A timeslotInfo is one record of the answer to a timeslot query: id, mode, flags, size of the read buffer in 2 octets, and
// an octet that has no meaning yet.
type timeslotInfo struct{ id, mode uint8 }

// Lengths of the records.
const (
	interfaceOctets = 2
	lineOctets      = 3
	timeslotOctets  = 6
)

// records cuts the body of an answer into records of size octets.
func records(what string, body []byte, size int) ([][]byte, error) {
	if len(body)%size != 0 {
		return nil, fmt.Errorf("%s: %d octets are no whole number of records of %d", what, len(body), size)
	}
	var all [][]byte
	for ; len(body) > 0; body = body[size:] {
		all = append(all, body[:size:size])
	}
	return all, nil
}

// decodeInterfaces reads the answer to an interface query.
func decodeInterfaces(body []byte) (all []interfaceInfo, err error) {
	list, err := records("interfaces", body, interfaceOctets)
	for _, r := range list {
		all = append(all, interfaceInfo{r[0], r[1]})
	}
	return all, err
}

// decodeLines reads the answer to a line query, or to a line configuration.
func decodeLines(body []byte) (all []lineInfo, err error) {
	list, err := records("lines", body, lineOctets)
	for _, r := range list {
		all = append(all, lineInfo{r[0], r[1]})
	}
	return all, err
}

// decodeTimeslots reads the answer to a timeslot query, or to the opening of one.
func decodeTimeslots(body []byte) (all []timeslotInfo, err error) {
	list, err := records("timeslots", body, timeslotOctets)
	for _, r := range list {
		all = append(all, timeslotInfo{r[0], r[1]})
	}
	return all, err
}

// openBody is what asks for a timeslot: mode, flags, size of the read buffer.
func openBody(force bool, buffer int) []byte {
	flags := byte(0)
	if force {
		flags = openForce
	}
	return binary.NativeEndian.AppendUint16([]byte{timeslotRaw, flags}, uint16(buffer))
}

// modeText names the mode of a line or timeslot.
func modeText(mode uint8) string {
	switch mode {
	case 0:
		return "off"
	case lineChannelized:
		return "channelized"
	case lineSuperchannel:
		return "superchannel"
	case lineE1oIP:
		return "E1 over IP"
	case timeslotRaw:
		return "raw"
	case timeslotHDLC:
		return "HDLC"
	}
	return fmt.Sprintf("mode 0x%02x", mode)
}
