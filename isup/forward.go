package isup

import "c7mon/wire"

// ForwardIndicators is the forward call indicators parameter, its first octet in the low half.
//
//	8 7             | 6             | 5        | 4            | 3 2    | 1
//	ISUP preference | ISUP all way  | e2e info | interworking | method | international   octet 1
//	national use    | QoR           | ported   | spare        | SCCP   | ISDN access     octet 2
//
// Q.763 3.23.
type ForwardIndicators uint16

// Decode sets v from the contents of the parameter.
func (v *ForwardIndicators) Decode(b []byte) error {
	r := wire.NewReader(b)
	*v = ForwardIndicators(r.U16LE("forward call indicators"))
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v ForwardIndicators) Append(dst []byte) []byte { return append(dst, byte(v), byte(v>>8)) }

// International reports whether the call is to be treated as an international one.
func (v ForwardIndicators) International() bool { return v&0x01 != 0 }

// EndToEnd is the end-to-end method: bit 0 pass-along, bit 1 SCCP.
func (v ForwardIndicators) EndToEnd() uint8 { return uint8(v >> 1 & 3) }

// Interworking reports whether interworking was encountered.
func (v ForwardIndicators) Interworking() bool { return v&0x08 != 0 }

// ISUPAllWay reports whether the ISDN user part was used all the way.
func (v ForwardIndicators) ISUPAllWay() bool { return v&0x20 != 0 }

// Preference is the ISDN user part preference: 0 preferred, 1 not required, 2 required all the way.
func (v ForwardIndicators) Preference() uint8 { return uint8(v >> 6 & 3) }

// ISDNAccess reports whether the originating access is ISDN.
func (v ForwardIndicators) ISDNAccess() bool { return v&0x100 != 0 }

// Translated reports whether the called number was translated for number portability.
func (v ForwardIndicators) Translated() bool { return v&0x1000 != 0 }

var (
	noYes      = []string{"no", "yes"}
	endToEnd   = []string{"none", "pass-along", "SCCP", "pass-along and SCCP"}
	sccpMethod = []string{"no indication", "connectionless", "connection oriented", "connectionless and connection oriented"}
	isupUsed   = []string{"not used all the way", "used all the way"}
	accessKind = []string{"non-ISDN", "ISDN"}
)

var forwardBits = []bits{
	{"call", 0, 0x01, []string{"national", "international"}},
	{"end_to_end_method", 0, 0x06, endToEnd},
	{"interworking", 0, 0x08, noYes},
	{"end_to_end_information", 0, 0x10, noYes},
	{"isup", 0, 0x20, isupUsed},
	{"isup_preference", 0, 0xc0, []string{"preferred", "not required", "required", "spare"}},
	{"originating_access", 1, 0x01, accessKind},
	{"sccp_method", 1, 0x06, sccpMethod},
	{"number_translated", 1, 0x10, noYes},
	{"query_on_release", 1, 0x20, noYes},
}

// OptionalForwardIndicators is the optional forward call indicators parameter.
//
//	8                 | 7 6 5 4 | 3            | 2 1
//	connected line id | spare   | segmentation | closed user group
//
// Q.763 3.38.
type OptionalForwardIndicators uint8

// Decode sets v from the contents of the parameter.
func (v *OptionalForwardIndicators) Decode(b []byte) error {
	o, err := octet(b, "optional forward call indicators")
	*v = OptionalForwardIndicators(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v OptionalForwardIndicators) Append(dst []byte) []byte { return append(dst, byte(v)) }

// ClosedUserGroup is 0 for a call outside of any, 2 with outgoing access allowed, 3 without; 1 is spare.
func (v OptionalForwardIndicators) ClosedUserGroup() uint8 { return uint8(v & 3) }

// Segmented reports whether an SGM with more parameters follows.
func (v OptionalForwardIndicators) Segmented() bool { return v&0x04 != 0 }

// ConnectedLine reports whether the connected line identity is asked for.
func (v OptionalForwardIndicators) ConnectedLine() bool { return v&0x80 != 0 }

var optionalForwardBits = []bits{
	{"closed_user_group", 0, 0x03, []string{"non-CUG call", "spare", "outgoing access allowed", "outgoing access not allowed"}},
	{"segmentation", 0, 0x04, []string{"no more information", "SGM follows"}},
	{"connected_line_identity", 0, 0x80, []string{"not requested", "requested"}},
}
