package isup

import "c7mon/wire"

// RequestIndicators is the information request indicators parameter of an INR, its first octet in the low half.
//
//	8              | 7 6   | 5      | 4        | 3     | 2       | 1
//	malicious call | spare | charge | category | spare | holding | calling address   octet 1
//	reserved       | spare                                                          octet 2
//
// Malicious call identification is of 1988. Q.763 3.29.
type RequestIndicators uint16

// Decode sets v from the contents of the parameter.
func (v *RequestIndicators) Decode(b []byte) error {
	r := wire.NewReader(b)
	*v = RequestIndicators(r.U16LE("information request indicators"))
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v RequestIndicators) Append(dst []byte) []byte { return append(dst, byte(v), byte(v>>8)) }

// CallingAddress reports whether the calling party address is asked for.
func (v RequestIndicators) CallingAddress() bool { return v&0x01 != 0 }

// Holding reports whether holding is asked for.
func (v RequestIndicators) Holding() bool { return v&0x02 != 0 }

// CallingCategory reports whether the calling party's category is asked for.
func (v RequestIndicators) CallingCategory() bool { return v&0x08 != 0 }

// ChargeInformation reports whether charge information is asked for.
func (v RequestIndicators) ChargeInformation() bool { return v&0x10 != 0 }

// MaliciousCall reports whether malicious call identification is asked for.
func (v RequestIndicators) MaliciousCall() bool { return v&0x80 != 0 }

var requested = []string{"not requested", "requested"}

var requestBits = []bits{
	{"calling_party_address", 0, 0x01, requested},
	{"holding", 0, 0x02, requested},
	{"calling_party_category", 0, 0x08, requested},
	{"charge_information", 0, 0x10, requested},
	{"malicious_call_identification", 0, 0x80, requested},
}

// InformationIndicators is the information indicators parameter of an INF, its first octet in the low half.
//
//	8           | 7      | 6        | 5 4   | 3       | 2 1
//	unsolicited | charge | category | spare | holding | calling party address   octet 1
//	reserved    | spare                                                         octet 2
//
// Q.763 3.28.
type InformationIndicators uint16

// Decode sets v from the contents of the parameter.
func (v *InformationIndicators) Decode(b []byte) error {
	r := wire.NewReader(b)
	*v = InformationIndicators(r.U16LE("information indicators"))
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v InformationIndicators) Append(dst []byte) []byte { return append(dst, byte(v), byte(v>>8)) }

// CallingAddress is 0 when the calling party address is not included, 1 when it is not available, 3 when it is included.
func (v InformationIndicators) CallingAddress() uint8 { return uint8(v & 3) }

// Holding reports whether holding is provided.
func (v InformationIndicators) Holding() bool { return v&0x04 != 0 }

// CallingCategory reports whether the calling party's category is included.
func (v InformationIndicators) CallingCategory() bool { return v&0x20 != 0 }

// ChargeInformation reports whether charge information is included.
func (v InformationIndicators) ChargeInformation() bool { return v&0x40 != 0 }

// Unsolicited reports whether no INR asked for it.
func (v InformationIndicators) Unsolicited() bool { return v&0x80 != 0 }

var included = []string{"not included", "included"}

var informationBits = []bits{
	{"calling_party_address", 0, 0x03, []string{"not included", "not available", "spare", "included"}},
	{"holding", 0, 0x04, []string{"not provided", "provided"}},
	{"calling_party_category", 0, 0x20, included},
	{"charge_information", 0, 0x40, included},
	{"solicited", 0, 0x80, []string{"solicited", "unsolicited"}},
}
