package isup

import "c7mon/wire"

// Redirection is the redirection information parameter. The second octet may be missing.
//
//	8 7 6 5         | 4     | 3 2 1
//	original reason | spare | indicator      octet 1
//	reason          | spare | counter        octet 2
//
// Q.763 3.45.
type Redirection struct {
	Indicator      uint8 // 3 call diverted; 0 to 7
	OriginalReason uint8 // 0 to 15: 1 user busy, 2 no reply, 3 unconditional
	Short          bool  // there is no octet 2
	Counter        uint8 // number of redirections, 1 to 5; 0 to 7
	Reason         uint8 // 0 to 15: as OriginalReason, 4 and 5 deflection, 6 mobile subscriber not reachable
}

// Decode sets v from the contents of the parameter.
func (v *Redirection) Decode(b []byte) error {
	r := wire.NewReader(b)
	o := r.U8("redirecting indicator")
	*v = Redirection{Indicator: o & 7, OriginalReason: o >> 4, Short: len(b) < 2}
	if !v.Short {
		o = r.U8("redirection counter")
		v.Counter, v.Reason = o&7, o>>4
	}
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v Redirection) Append(dst []byte) []byte {
	dst = append(dst, v.OriginalReason<<4|v.Indicator&7)
	if v.Short {
		return dst
	}
	return append(dst, v.Reason<<4|v.Counter&7)
}

var redirectionReasons = []string{"unknown", "user busy", "no reply", "unconditional", "deflection during alerting",
	"deflection immediate response", "mobile subscriber not reachable"}

var redirectionBits = []bits{
	{"redirecting_indicator", 0, 0x07, []string{
		"no redirection",
		"call rerouted",
		"call rerouted, all redirection information presentation restricted",
		"call diverted",
		"call diverted, all redirection information presentation restricted",
		"call rerouted, redirection number presentation restricted",
		"call diversion, redirection number presentation restricted",
		"spare",
	}},
	{"original_reason", 0, 0xf0, redirectionReasons[:4]},
	{"counter", 1, 0x07, nil},
	{"reason", 1, 0xf0, redirectionReasons},
}
