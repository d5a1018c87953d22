package isup

import (
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
