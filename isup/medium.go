package isup

import "strconv"

// Medium is the transmission medium requirement parameter, one octet; transmission medium requirement prime and
// transmission medium used have the same values.
//
//	8 7 6 5 4 3 2 1
//	medium
//
// Q.763 3.54 to 3.56.
type Medium uint8

// Some media.
const (
	Speech          Medium = 0
	Unrestricted64k Medium = 2
	Audio3k1        Medium = 3
	Preferred64k    Medium = 6
)

// Decode sets v from the contents of the parameter.
func (v *Medium) Decode(b []byte) error {
	o, err := octet(b, "transmission medium requirement")
	*v = Medium(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v Medium) Append(dst []byte) []byte { return append(dst, byte(v)) }

// String gives "3 3.1 kHz audio", or the number of a medium without a name.
func (v Medium) String() string {
	if v >= 16 && v <= 42 && v != 19 && v != 37 {
		return strconv.Itoa(int(v)) + " " + strconv.Itoa(int(v)-13) + "x64 kbit/s unrestricted"
	}
	return numbered(uint8(v), media)
}

var media = []string{
	0:  "speech",
	2:  "64 kbit/s unrestricted",
	3:  "3.1 kHz audio",
	4:  "reserved for alternate speech (service 2)/64 kbit/s unrestricted (service 1)",
	5:  "reserved for alternate 64 kbit/s unrestricted (service 1)/speech (service 2)",
	6:  "64 kbit/s preferred",
	7:  "2x64 kbit/s unrestricted",
	8:  "384 kbit/s unrestricted",
	9:  "1536 kbit/s unrestricted",
	10: "1920 kbit/s unrestricted",
}

func showMedium(b []byte) any {
	var v Medium
	err := v.Decode(b)
	return described(b, err, v.String())
}
