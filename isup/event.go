package isup

// Event is the event information parameter of a CPG.
//
//	8          | 7 6 5 4 3 2 1
//	restricted | event
//
// Q.763 3.21.
type Event uint8

// Values of the event indicator.
const (
	Alerting               = 1
	Progress               = 2
	InBandInformation      = 3
	ForwardedBusy          = 4
	ForwardedNoReply       = 5
	ForwardedUnconditional = 6
)

// Decode sets v from the contents of the parameter.
func (v *Event) Decode(b []byte) error {
	o, err := octet(b, "event information")
	*v = Event(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v Event) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Indicator is the event, 0 to 127: Alerting, Progress, ...
func (v Event) Indicator() uint8 { return uint8(v & 0x7f) }

// Restricted reports whether the event must not be presented.
func (v Event) Restricted() bool { return v&0x80 != 0 }

// String gives "1 alerting", with ", presentation restricted" behind where it is.
func (v Event) String() string {
	s := numbered(v.Indicator(), events)
	if v.Restricted() {
		s += ", presentation restricted"
	}
	return s
}

var events = []string{
	1: "alerting",
	2: "progress",
	3: "in-band information available",
	4: "forwarded on busy",
	5: "forwarded on no reply",
	6: "forwarded unconditional",
}

func showEvent(b []byte) any {
	var v Event
	err := v.Decode(b)
	return described(b, err, v.String())
}
