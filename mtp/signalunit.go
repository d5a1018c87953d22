package mtp

import (
	"fmt"

	"c7mon/wire"
)

// A SignalUnit is what stands between two flags of a signalling link.
//
//	BIB | BSN 7             octet 1      Annex A: BSN 12 bits, 3 spare, BIB     octets 1 and 2, low first
//	FIB | FSN 7             octet 2               FSN 12 bits, 3 spare, FIB     octets 3 and 4
//	spare 2 | LI 6          octet 3               LI 9 bits, 7 spare            octets 5 and 6
//	SF, or SIO and SIF      LI octets
//	FCS                     2 octets, low first; most captures do not keep it
//
// The length indicator is no length: 63 says 63 octets or more. Q.703 2.2, Annex A.
type SignalUnit struct {
	Kind     Kind
	BSN, FSN uint16
	BIB, FIB bool
	LI       uint16
	Status   Status // of an LSSU
	Data     []byte // SIO and SIF of an MSU, status field of an LSSU; aliases the octets given to Decode
}

// Kind is the kind of a signal unit, told by its length indicator.
type Kind uint8

// The kinds.
const (
	NoUnit Kind = iota // not decoded
	FISU               // fill-in, LI 0
	LSSU               // link status, LI 1 or 2
	MSUnit             // message, LI 3 and more
)

// Status is the low three bits of the status field of an LSSU, Q.703 11.1.
type Status uint8

// The status indications.
const (
	StatusOutOfAlignment Status = iota
	StatusNormal
	StatusEmergency
	StatusOutOfService
	StatusProcessorOutage
	StatusBusy
)

var statusNames = [8]string{"SIO", "SIN", "SIE", "SIOS", "SIPO", "SIB", "status 6", "status 7"}

func (s Status) String() string { return statusNames[s&7] }

// Aligning reports whether the status belongs to a link that is being brought up or is down: its sequence numbers begin
// anew with the next MSU.
func (s Status) Aligning() bool { return s <= StatusOutOfService }

// MaxSIF and the other bounds of a signal unit, in octets, Q.703 2.2 and 2.3.3.
const (
	MaxSIF      = 272
	headBasic   = 3
	headAnnexA  = 6
	fcsOctets   = 2
	maxLIBasic  = 63
	maxSUOctets = 1 + MaxSIF
)

// A LengthError says that a frame cannot be a signal unit.
type LengthError struct {
	LI, Octets int // length indicator and octets behind it
	Reason     string
}

func (e *LengthError) Error() string {
	return fmt.Sprintf("signal unit: at octet 2: length indicator %d with %d octets behind it: %s", e.LI, e.Octets, e.Reason)
}

// Decode reads a signal unit without its frame check sequence. cut is the number of octets that the capture left out at
// the end: a unit that was cut is read as far as it goes. Q.703 2.2; annexA selects the 12-bit sequence numbers.
func (s *SignalUnit) Decode(b []byte, annexA bool, cut int) error {
	*s = SignalUnit{}
	head := headBasic
	if annexA {
		head = headAnnexA
	}
	if len(b) < head {
		r := wire.NewReader(b)
		r.Take("signal unit", head)
		return r.Err()
	}
	if annexA {
		s.BSN, s.BIB = uint16(b[0])|uint16(b[1])<<8&0x0f00, b[1]&0x80 != 0
		s.FSN, s.FIB = uint16(b[2])|uint16(b[3])<<8&0x0f00, b[3]&0x80 != 0
		s.LI = (uint16(b[4]) | uint16(b[5])<<8) & 0x1ff
	} else {
		s.BSN, s.BIB = uint16(b[0]&0x7f), b[0]&0x80 != 0
		s.FSN, s.FIB = uint16(b[1]&0x7f), b[1]&0x80 != 0
		s.LI = uint16(b[2] & 0x3f)
	}
	s.Data = b[head:]
	if n := len(s.Data) + cut; n != int(s.LI) && (annexA || s.LI != maxLIBasic || n < maxLIBasic) {
		return &LengthError{int(s.LI), n, "they differ"}
	}
	if n := len(s.Data) + cut; n > maxSUOctets {
		return &LengthError{int(s.LI), n, "longer than any signal unit"}
	}
	switch {
	case s.LI == 0:
		s.Kind = FISU
	case s.LI <= 2:
		s.Kind = LSSU
		if len(s.Data) > 0 {
			s.Status = Status(s.Data[0] & 7)
		}
	default:
		s.Kind = MSUnit
	}
	return nil
}

// Append encodes the unit without its frame check sequence; LI follows from Data.
func (s *SignalUnit) Append(dst []byte, annexA bool) []byte {
	n := len(s.Data)
	if annexA {
		bsn, fsn := s.BSN&0x0fff|bit(s.BIB, 15), s.FSN&0x0fff|bit(s.FIB, 15)
		dst = append(dst, byte(bsn), byte(bsn>>8), byte(fsn), byte(fsn>>8), byte(n), byte(n>>8)&1)
	} else {
		dst = append(dst, byte(s.BSN&0x7f|bit(s.BIB, 7)), byte(s.FSN&0x7f|bit(s.FIB, 7)), byte(min(n, maxLIBasic)))
	}
	return append(dst, s.Data...)
}

func bit(set bool, n uint) uint16 {
	if set {
		return 1 << n
	}
	return 0
}
