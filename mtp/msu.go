// Package mtp reads the message transfer part: MTP2 signal units (Q.703), the service information octet and routing
// label of each national form of MTP3 (Q.704, T1.111.4), and point codes as text. It takes octets and gives an MSU whose
// Data is what the user part receives.
package mtp

import (
	"fmt"

	"c7mon/wire"
)

// Variant selects the routing label and the circuit code: the table labels has a row for each.
type Variant uint8

// The variants.
const (
	ITU   Variant = iota // 14-bit point codes, Q.704 2.2
	ANSI                 // 24-bit point codes, T1.111.4
	China                // 24-bit point codes, ITU above
	Japan                // 16-bit point codes, TTC JT-Q704
)

// Service indicators, Q.704 14.2.1.
const (
	SNM  = 0  // signalling network management
	MTN  = 1  // testing and maintenance
	MTNS = 2  // testing, special (ANSI)
	SCCP = 3  //
	TUP  = 4  //
	ISUP = 5  //
	BICC = 13 //
)

// Link numbers a signalling link or SCTP association; the monitor has the names.
type Link uint32

// An MSU is a message signal unit from the service information octet on, whichever way it came: over MTP2, M2UA, M2PA,
// or from the fields of an M3UA DATA message.
type MSU struct {
	Link      Link           // where it was heard
	Direction wire.Direction // which way it went there; NoDirection where the capture does not say
	Variant   Variant
	NI        uint8  // network indicator, 0 to 3
	SI        uint8  // service indicator, 0 to 15
	Priority  uint8  // message priority, 0 to 3; 0 where the variant has none
	SLS       uint8  // signalling link selection (SLC in network management)
	OPC, DPC  uint32 // point codes, the most significant part of the written form in the high bits
	Data      []byte // what follows the label; aliases the octets given to Decode
}

// labels holds the width of the fields of each routing label.
//
//	ITU    DPC 14 | OPC 14 | SLS 4           32 bits, low octet first
//	ANSI   DPC 24 | OPC 24 | SLS 8           each low octet (member) first
//	China  DPC 24 | OPC 24 | SLS 4, spare 4
//	Japan  DPC 16 | OPC 16 | SLS 4, spare 4
var labels = [...]struct {
	octets int
	pcBits uint
	sls    uint8
}{
	ITU:   {4, 14, 0x0f},
	ANSI:  {7, 24, 0xff},
	China: {7, 24, 0x0f},
	Japan: {5, 16, 0x0f},
}

var variantNames = [...]string{ITU: "itu", ANSI: "ansi", China: "china", Japan: "japan"}

// String gives the name that the command line and the configuration use.
func (v Variant) String() string {
	if int(v) < len(variantNames) {
		return variantNames[v]
	}
	return fmt.Sprintf("variant %d", uint8(v))
}

// ParseVariant is the inverse of String.
func ParseVariant(s string) (Variant, error) {
	for v, name := range variantNames {
		if s == name {
			return Variant(v), nil
		}
	}
	return ITU, fmt.Errorf("variant %q: one of itu, ansi, china, japan is needed", s)
}

// PointCodeBits is the width of a point code: 14, 24 or 16 bits.
func (v Variant) PointCodeBits() uint { return labels[v].pcBits }

// Decode reads the service information octet and the label of variant v; m.Data aliases b. Link and Direction are left
// as they are. Q.704 14.2, 15.3.
func (m *MSU) Decode(v Variant, b []byte) error {
	l := &labels[v]
	m.Variant, m.Data = v, nil
	if len(b) < 1+l.octets {
		r := wire.NewReader(b)
		m.sio(v, r.U8("service information octet"))
		r.Take("routing label", l.octets)
		return r.Err()
	}
	m.sio(v, b[0])
	switch v {
	case ITU:
		w := uint32(b[1]) | uint32(b[2])<<8 | uint32(b[3])<<16 | uint32(b[4])<<24
		m.DPC, m.OPC, m.SLS = w&0x3fff, w>>14&0x3fff, uint8(w>>28)
	case Japan:
		m.DPC = uint32(b[1]) | uint32(b[2])<<8
		m.OPC = uint32(b[3]) | uint32(b[4])<<8
		m.SLS = b[5] & l.sls
	default:
		m.DPC = uint32(b[1]) | uint32(b[2])<<8 | uint32(b[3])<<16
		m.OPC = uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16
		m.SLS = b[7] & l.sls
	}
	m.Data = b[1+l.octets:]
	return nil
}

// sio splits the service information octet: SI in the low half, NI in the top two bits, and between them the priority
// where the variant has one.
func (m *MSU) sio(v Variant, o byte) {
	m.SI, m.NI, m.Priority = o&0x0f, o>>6, 0
	if v != ITU {
		m.Priority = o >> 4 & 3
	}
}

// Append encodes the service information octet, the label and Data.
func (m *MSU) Append(dst []byte) []byte {
	dst = append(dst, m.SI&0x0f|m.Priority&3<<4|m.NI<<6)
	switch m.Variant {
	case ITU:
		w := m.DPC&0x3fff | m.OPC&0x3fff<<14 | uint32(m.SLS)<<28
		dst = append(dst, byte(w), byte(w>>8), byte(w>>16), byte(w>>24))
	case Japan:
		dst = append(dst, byte(m.DPC), byte(m.DPC>>8), byte(m.OPC), byte(m.OPC>>8), m.SLS&0x0f)
	default:
		dst = append(dst, byte(m.DPC), byte(m.DPC>>8), byte(m.DPC>>16), byte(m.OPC), byte(m.OPC>>8), byte(m.OPC>>16),
			m.SLS&labels[m.Variant].sls)
	}
	return append(dst, m.Data...)
}
