package isup

import (
	"fmt"

	"c7mon/cause"
	"c7mon/wire"
)

// Cause is the cause indicators parameter.
//
//	  8  | 7 6    | 5     | 4 3 2 1
//	ext  | coding | spare | location     octet 1
//	ext  | recommendation                octet 1a, present when ext of octet 1 is 0
//	ext  | cause value                   octet 2
//	diagnostics                          octets 3 to n
//
// Q.763 3.12, Q.850 2.1.
type Cause struct {
	Coding     uint8 // 0 ITU-T, 1 ISO/IEC, 2 national, 3 specific to the location
	Location   cause.Location
	Value      cause.Code
	Diagnostic []byte // aliases the octets given to Decode
}

// Decode sets c from the contents of the parameter, without its length octet.
func (c *Cause) Decode(b []byte) error {
	r := wire.NewReader(b)
	o := r.U8("location")
	c.Coding, c.Location = o>>5&3, cause.Location(o&0x0f)
	if o&0x80 == 0 {
		r.U8("recommendation")
	}
	c.Value = cause.Code(r.U8("cause value") & 0x7f)
	c.Diagnostic = r.Rest()
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (c *Cause) Append(dst []byte) []byte {
	dst = append(dst, 0x80|c.Coding&3<<5|byte(c.Location)&0x0f, 0x80|byte(c.Value)&0x7f)
	return append(dst, c.Diagnostic...)
}

// String gives the form that reports and dumps use: "16 normal call clearing (LN)". A code of another coding standard
// than that of ITU-T stays a number: "23, coding national (LN)".
func (c *Cause) String() string {
	if c.Coding == 0 {
		return fmt.Sprintf("%v (%v)", c.Value, c.Location)
	}
	return fmt.Sprintf("%d, coding %s (%v)", uint8(c.Value), codings[c.Coding&3], c.Location)
}

var codings = [4]string{"ITU-T", "ISO/IEC", "national", "specific to the location"}

func showCause(b []byte) any {
	var c Cause
	err := c.Decode(b)
	return described(b, err, c.String()+c.diagnostics())
}

// showCauseANSI knows the codes of T1.113 under the national coding standard.
func showCauseANSI(b []byte) any {
	var c Cause
	err := c.Decode(b)
	s := c.String()
	if c.Coding == 2 {
		s = fmt.Sprintf("%s, coding ANSI (%v)", c.Value.StringANSI(), c.Location)
	}
	return described(b, err, s+c.diagnostics())
}

func (c *Cause) diagnostics() string {
	if len(c.Diagnostic) == 0 {
		return ""
	}
	return fmt.Sprintf(", diagnostics %x", c.Diagnostic)
}
