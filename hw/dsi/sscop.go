package dsi

import (
	"errors"

	"c7mon/capture"
)

// A PDU of SSCOP has its type behind what it carries, Q.2110 7.2:
//
//	information   padded to a multiple of 4 octets
//	pad 2 | spare 2 | type 4
//	N(S)          3 octets
const (
	sscopTrailer = 4
	sscopSD      = 8 // sequenced data
	sscfStatus   = 4 // octets of a PDU of SSCF that tells the state of the link, Q.2140
)

// errSSCOP tells of a PDU that is none.
var errSSCOP = errors.New("SSCOP: shorter than its trailer and padding")

// sscop sets the payload of a frame to the message of MTP3 in a PDU; PDUs without one are Other.
func sscop(f *capture.Frame, pdu []byte) {
	f.Type, f.Payload, f.Data = capture.LinkMTP3, capture.Other, pdu
	if len(pdu) < sscopTrailer {
		f.Payload, f.Err = capture.Malformed, errSSCOP
		return
	}
	n := len(pdu) - sscopTrailer
	o := pdu[n]
	if o&0x0f != sscopSD {
		return
	}
	if n -= int(o >> 6); n < 0 {
		f.Payload, f.Err = capture.Malformed, errSSCOP
		return
	}
	if n > sscfStatus {
		f.Payload, f.Data = capture.MTP3, pdu[:n:n]
	}
}
