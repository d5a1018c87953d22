package isup

import (
	"fmt"

	"c7mon/wire"
)

// Range is the range and status parameter: the circuits from that of the message on, and a bit for each.
//
//	range                                octet 1, one less than the circuits
//	status of circuit 7 | ... | 0        octet 2, missing in GRS, CQM, CQR
//	...                                  octet n
//
// Q.763 3.43.
type Range struct {
	Range  uint8  // as sent: 1 is two circuits; 0 is reserved
	Status []byte // aliases the octets given to Decode; may be shorter or longer than the range asks for
}

// Decode sets v from the contents of the parameter.
func (v *Range) Decode(b []byte) error {
	r := wire.NewReader(b)
	v.Range = r.U8("range")
	v.Status = r.Rest()
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v *Range) Append(dst []byte) []byte { return append(append(dst, v.Range), v.Status...) }

// Circuits is how many circuits are named, 1 to 256, whether or not the number is allowed: those with the circuit codes
// from that of the message to it plus Range.
func (v *Range) Circuits() int { return int(v.Range) + 1 }

// Bit is the status bit of the circuit i after that of the message, from 0. It is false for a circuit outside the range
// and for one whose status octet is missing.
func (v *Range) Bit(i int) bool {
	return i >= 0 && i < v.Circuits() && i/8 < len(v.Status) && v.Status[i/8]>>(i%8)&1 != 0
}

// Bits is how many circuits have their status bit set.
func (v *Range) Bits() int {
	n := 0
	for i := range v.Circuits() {
		if v.Bit(i) {
			n++
		}
	}
	return n
}

// Check says what Q.763 3.43 does not allow in a message of type c, nil when all is well. The circuits are named all the
// same: networks send ranges that it forbids.
func (v *Range) Check(c Type) error {
	group := c == CGB || c == CGU || c == CGBA || c == CGUA
	need := (v.Circuits() + 7) / 8
	if c == GRS || c == CQM || c == CQR {
		need = 0
	}
	switch {
	case v.Range == 0:
		return fmt.Errorf("range: 0 is reserved")
	case v.Range > 31 && !group:
		return fmt.Errorf("range: %d, at most 31", v.Range)
	case len(v.Status) != need:
		return fmt.Errorf("status: %d octets, %d needed", len(v.Status), need)
	case group && v.Bits() > 32:
		return fmt.Errorf("status: %d circuits, at most 32", v.Bits())
	}
	return nil
}

func showRange(b []byte) any {
	var v Range
	err := v.Decode(b)
	d := Description{{"range", fmt.Sprint(v.Range)}, {"circuits", fmt.Sprint(v.Circuits())}}
	if len(v.Status) > 0 {
		d = append(d, Item{"status", fmt.Sprintf("%x", v.Status)}, Item{"status_bits", fmt.Sprint(v.Bits())})
	}
	return described(b, err, d)
}
