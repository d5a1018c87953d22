package isup

import (
	"fmt"
	"strconv"

	"c7mon/wire"
)

// Hops is the hop counter parameter.
//
//	8 7 6 | 5 4 3 2 1
//	spare | exchanges that the call may still pass
//
// Q.763 3.80.
type Hops uint8

// Decode sets v from the contents of the parameter.
func (v *Hops) Decode(b []byte) error {
	o, err := octet(b, "hop counter")
	*v = Hops(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v Hops) Append(dst []byte) []byte { return append(dst, byte(v)) }

// Count is the counter, 0 to 31.
func (v Hops) Count() int { return int(v & 0x1f) }

func showHops(b []byte) any {
	var v Hops
	err := v.Decode(b)
	return described(b, err, strconv.Itoa(v.Count()))
}

// Delay is the propagation delay counter parameter, in milliseconds.
//
//	high octet                     octet 1
//	low octet                      octet 2
//
// Q.763 3.42.
type Delay uint16

// Decode sets v from the contents of the parameter.
func (v *Delay) Decode(b []byte) error {
	r := wire.NewReader(b)
	*v = Delay(r.U16BE("propagation delay counter"))
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (v Delay) Append(dst []byte) []byte { return append(dst, byte(v>>8), byte(v)) }

func showDelay(b []byte) any {
	var v Delay
	err := v.Decode(b)
	return described(b, err, fmt.Sprintf("%d ms", uint16(v)))
}
