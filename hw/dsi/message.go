package dsi

import (
	"encoding/binary"
	"fmt"

	"c7mon/wire"
)

// A message is one of the messages that the modules of a DSI host send each other (GCT).
type message struct {
	kind     uint16 // type: RX_IND, ...
	id       uint16 // of a link, line interface or board, as the type has it
	instance uint16 // number of the board
	src, dst uint8  // modules
	rspReq   uint16
	hclass   uint8
	status   uint8
	errInfo  uint32
	param    []byte // parameter area, at most 320 octets; borrowed
}

// maxParam is the size of the parameter area in octets.
const maxParam = 320

// Types of messages. SS7MD Programmer's Manual, chapter 6.
const (
	rxInd     = 0x8f01 // API_MSG_RX_IND: a signal unit from its BSN on, without check sequence
	rxIndT    = 0x8f0f // API_MSG_RX_INDT: the same, and 8 octets that say when
	liuStatus = 0x0e01 // MVD_MSG_LIU_STATUS
	ss7State  = 0x0201 // MGT_MSG_SS7_STATE
	ss7Event  = 0x0202 // MGT_MSG_SS7_EVENT
	mtpEvent  = 0x0301 // MGT_MSG_MTP_EVENT
	eventInd  = 0x0008 // MGT_MSG_EVENT_IND
	congested = 0x0f06 // MGT_MSG_CONGESTION
	boardInd  = 0x06a0 // SSD_MSG_STATE_IND
	clockInd  = 0x0e23 // MVD_MSG_CLK_IND
)

// Octets behind a signal unit.
const (
	stampOctets = 8 // seconds and fraction of a second, high octet first
	atmOctets   = 2 // CPCS user-to-user indication and common part indicator of AAL5
)

// unit gives the signal unit of an RX_IND or RX_INDT, and the time that it bears, NoTime when none. aal5 says that the link
// is one on ATM. An error says that the parameter area is too short for what stands at its end.
func (m *message) unit(aal5 bool) (unit []byte, stamp wire.Time, err error) {
	unit, stamp = m.param, wire.NoTime
	if m.kind == rxIndT {
		n := len(unit) - stampOctets
		if n < 0 {
			return nil, stamp, fmt.Errorf("time stamp: %d octets, where %d stand at the end", len(unit), stampOctets)
		}
		stamp = ntpTime(binary.BigEndian.Uint32(unit[n:]), binary.BigEndian.Uint32(unit[n+4:]))
		unit = unit[:n:n]
	}
	if aal5 {
		n := len(unit) - atmOctets
		if n < 0 {
			return nil, stamp, fmt.Errorf("AAL5: %d octets, where UUI and CPI stand at the end", len(unit))
		}
		unit = unit[:n:n]
	}
	return unit, stamp, nil
}

// ntpTime is the time of seconds since 1900 and a fraction of a second in units of 2^-32. The count of seconds begins anew
// on 7 February 2036, so one below 2^31 stands for what comes after that day, RFC 4330 3.
func ntpTime(seconds, fraction uint32) wire.Time {
	const since1970 = 2_208_988_800
	s := int64(seconds) - since1970
	if seconds < 1<<31 {
		s += 1 << 32
	}
	return wire.Time(s*1_000_000_000 + int64(uint64(fraction)*1_000_000_000>>32))
}
