package isup

// SuspendIndicators is the suspend/resume indicators parameter.
//
//	8 7 6 5 4 3 2 | 1
//	spare         | network initiated
//
// Q.763 3.52.
type SuspendIndicators uint8

// Decode sets v from the contents of the parameter.
func (v *SuspendIndicators) Decode(b []byte) error {
	o, err := octet(b, "suspend/resume indicators")
	*v = SuspendIndicators(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v SuspendIndicators) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Network reports whether the network began it; else an ISDN subscriber did.
func (v SuspendIndicators) Network() bool { return v&1 != 0 }

var suspendBits = []bits{{"initiated_by", 0, 0x01, []string{"ISDN subscriber", "network"}}}

// ContinuityIndicators is the continuity indicators parameter of a COT.
//
//	8 7 6 5 4 3 2 | 1
//	spare         | successful
//
// Q.763 3.18.
type ContinuityIndicators uint8

// Decode sets v from the contents of the parameter.
func (v *ContinuityIndicators) Decode(b []byte) error {
	o, err := octet(b, "continuity indicators")
	*v = ContinuityIndicators(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v ContinuityIndicators) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Successful reports whether the continuity check was successful; else it failed.
func (v ContinuityIndicators) Successful() bool { return v&1 != 0 }

var continuityBits = []bits{{"continuity_check", 0, 0x01, []string{"failed", "successful"}}}

// Supervision is the circuit group supervision message type indicator.
//
//	8 7 6 5 4 3 | 2 1
//	spare       | type
//
// Q.763 3.13.
type Supervision uint8

// Types of Supervision.
const (
	Maintenance     = 0 // blocking leaves calls up
	HardwareFailure = 1 // blocking releases calls
)

// Decode sets v from the contents of the parameter.
func (v *Supervision) Decode(b []byte) error {
	o, err := octet(b, "circuit group supervision message type indicator")
	*v = Supervision(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v Supervision) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Kind is the type, 0 to 3: Maintenance, HardwareFailure; 2 national (1984), 3 spare.
func (v Supervision) Kind() uint8 { return uint8(v & 3) }

// Hardware reports whether it is hardware failure oriented.
func (v Supervision) Hardware() bool { return v.Kind() == HardwareFailure }

var supervisionBits = []bits{{"type", 0, 0x03, []string{"maintenance oriented", "hardware failure oriented",
	"reserved for national use", "spare"}}}
