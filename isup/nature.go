package isup

// NatureIndicators is the nature of connection indicators parameter.
//
//	8 7 6 | 5    | 4 3        | 2 1
//	spare | echo | continuity | satellite
//
// Q.763 3.35.
type NatureIndicators uint8

// Continuity check indicator of NatureIndicators.
const (
	CheckNotRequired = 0
	CheckRequired    = 1 // on this circuit
	CheckOnPrevious  = 2 // performed on a previous circuit
)

// Decode sets v from the contents of the parameter.
func (v *NatureIndicators) Decode(b []byte) error {
	o, err := octet(b, "nature of connection indicators")
	*v = NatureIndicators(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v NatureIndicators) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Satellites is the number of satellite circuits in the connection, 0 to 2; 3 is spare.
func (v NatureIndicators) Satellites() int { return int(v & 3) }

// Continuity is the continuity check indicator, CheckNotRequired to CheckOnPrevious; 3 is spare.
func (v NatureIndicators) Continuity() uint8 { return uint8(v >> 2 & 3) }

// OutgoingEcho reports whether an outgoing half echo control device is included.
func (v NatureIndicators) OutgoingEcho() bool { return v&0x10 != 0 }

var natureBits = []bits{
	{"satellite", 0, 0x03, []string{"none", "one", "two", "spare"}},
	{"continuity_check", 0, 0x0c, []string{"not required", "required on this circuit", "performed on a previous circuit", "spare"}},
	{"outgoing_echo_device", 0, 0x10, []string{"not included", "included"}},
}
