package isup

// Category is the calling party's category parameter, one octet.
//
//	8 7 6 5 4 3 2 1
//	category
//
// Q.763 3.11.
type Category uint8

// Some categories.
const (
	OrdinarySubscriber Category = 10
	PrioritySubscriber Category = 11
	DataCall           Category = 12
	TestCall           Category = 13
	Payphone           Category = 15
)

// Decode sets v from the contents of the parameter.
func (v *Category) Decode(b []byte) error {
	o, err := octet(b, "calling party's category")
	*v = Category(o)
	return err
}

// Append adds the encoded parameter contents to dst.
func (v Category) Append(dst []byte) []byte { return append(dst, byte(v)) }

// String gives "10 ordinary calling subscriber", or the number of a category without a name.
func (v Category) String() string { return numbered(uint8(v), categories) }

var categories = []string{
	0:  "unknown at this time",
	1:  "operator, language French",
	2:  "operator, language English",
	3:  "operator, language German",
	4:  "operator, language Russian",
	5:  "operator, language Spanish",
	6:  "available to Administrations",
	7:  "available to Administrations",
	8:  "available to Administrations",
	9:  "reserved (national use)",
	10: "ordinary calling subscriber",
	11: "calling subscriber with priority",
	12: "data call (voice band data)",
	13: "test call",
	14: "IEPS call marking for preferential call set up",
	15: "payphone",
	16: "mobile terminal located in the home PLMN",
	17: "mobile terminal located in a visited PLMN",
}

func showCategory(b []byte) any {
	var v Category
	err := v.Decode(b)
	return described(b, err, v.String())
}
