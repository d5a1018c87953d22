package isup

import "c7mon/wire"

// BackwardIndicators is the backward call indicators parameter, its first octet in the low half.
//
//	8 7    | 6 5             | 4 3           | 2 1
//	method | called category | called status | charge                                 octet 1
//	SCCP   | echo    | access | holding | ISUP all way | e2e info | interworking      octet 2
//
// Q.763 3.5.
type BackwardIndicators uint16

// Charge indicator.
const (
	ChargeNoIndication = 0
	NoCharge           = 1
	Charge             = 2
)

// Called party's status indicator.
const (
	StatusNoIndication = 0
	SubscriberFree     = 1
	ConnectWhenFree    = 2
)

// Decode sets v from the contents of the parameter.
func (v *BackwardIndicators) Decode(b []byte) error {
	r := wire.NewReader(b)
	*v = BackwardIndicators(r.U16LE("backward call indicators"))
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v BackwardIndicators) Append(dst []byte) []byte { return append(dst, byte(v), byte(v>>8)) }

// Charge is the charge indicator, 0 to 3: ChargeNoIndication, NoCharge, Charge; 3 is spare.
func (v BackwardIndicators) Charge() uint8 { return uint8(v & 3) }

// CalledStatus is the called party's status, 0 to 3: StatusNoIndication, SubscriberFree, ConnectWhenFree; 3 is spare.
func (v BackwardIndicators) CalledStatus() uint8 { return uint8(v >> 2 & 3) }

// CalledCategory is the called party's category: 1 ordinary subscriber, 2 payphone.
func (v BackwardIndicators) CalledCategory() uint8 { return uint8(v >> 4 & 3) }

// Interworking reports whether interworking was encountered.
func (v BackwardIndicators) Interworking() bool { return v&0x100 != 0 }

// ISUPAllWay reports whether the ISDN user part was used all the way.
func (v BackwardIndicators) ISUPAllWay() bool { return v&0x400 != 0 }

// ISDNAccess reports whether the terminating access is ISDN.
func (v BackwardIndicators) ISDNAccess() bool { return v&0x1000 != 0 }

var backwardBits = []bits{
	{"charge", 0, 0x03, []string{"no indication", "no charge", "charge", "spare"}},
	{"called_status", 0, 0x0c, []string{"no indication", "subscriber free", "connect when free", "spare"}},
	{"called_category", 0, 0x30, []string{"no indication", "ordinary subscriber", "payphone", "spare"}},
	{"end_to_end_method", 0, 0xc0, endToEnd},
	{"interworking", 1, 0x01, noYes},
	{"end_to_end_information", 1, 0x02, noYes},
	{"isup", 1, 0x04, isupUsed},
	{"holding", 1, 0x08, []string{"not requested", "requested"}},
	{"terminating_access", 1, 0x10, accessKind},
	{"incoming_echo_device", 1, 0x20, []string{"not included", "included"}},
	{"sccp_method", 1, 0xc0, sccpMethod},
}

// OptionalBackwardIndicators is the optional backward call indicators parameter.
//
//	8 7 6 5      | 4         | 3            | 2         | 1
//	national use | MLPP user | segmentation | diversion | in-band information
//
// Q.763 3.37.
type OptionalBackwardIndicators uint8

// Decode sets v from the contents of the parameter.
func (v *OptionalBackwardIndicators) Decode(b []byte) error {
	o, err := octet(b, "optional backward call indicators")
	*v = OptionalBackwardIndicators(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v OptionalBackwardIndicators) Append(dst []byte) []byte { return append(dst, byte(v)) }

// InBand reports whether in-band information or an appropriate pattern is now available.
func (v OptionalBackwardIndicators) InBand() bool { return v&0x01 != 0 }

// Diversion reports whether call diversion may occur.
func (v OptionalBackwardIndicators) Diversion() bool { return v&0x02 != 0 }

// Segmented reports whether an SGM with more parameters follows.
func (v OptionalBackwardIndicators) Segmented() bool { return v&0x04 != 0 }

var optionalBackwardBits = []bits{
	{"in_band_information", 0, 0x01, []string{"no indication", "available"}},
	{"call_diversion", 0, 0x02, []string{"no indication", "may occur"}},
	{"segmentation", 0, 0x04, []string{"no more information", "SGM follows"}},
	{"mlpp_user", 0, 0x08, noYes},
}
