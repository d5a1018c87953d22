package isup

import "c7mon/wire"

// Number is an address parameter: called, calling, redirecting, redirection, original called, connected and location
// number have the same shape, with presentation and screening meaningful in those that name a party.
//
//	  8  | 7 6 5 4 3 2 1
//	odd  | nature of address            octet 1
//	INN  | plan 7-5 | present. | screen octet 2
//	2nd address signal | 1st            octet 3
//	filler or last     | ...            octet n
//
// Q.763 3.9, 3.10, 3.16, 3.30, 3.39, 3.44 to 3.46.
type Number struct {
	NOA          uint8  // nature of address, 0 to 127
	Odd          bool   // the last high half is filler
	INN          bool   // top bit of octet 2: internal network number, or number incomplete (calling party)
	Plan         uint8  // numbering plan, 1 = E.164
	Presentation uint8  // 0 allowed, 1 restricted, 2 not available
	Screening    uint8  // 1 user provided, verified and passed; 3 network provided
	Signals      []byte // address signals, two to an octet, low half first; aliases the octets given to Decode
}

// Decode sets n from the contents of the parameter, without its length octet.
func (n *Number) Decode(b []byte) error {
	r := wire.NewReader(b)
	o := r.U8("nature of address")
	n.NOA, n.Odd = o&0x7f, o&0x80 != 0
	o = r.U8("numbering plan")
	n.INN, n.Plan, n.Presentation, n.Screening = o&0x80 != 0, o>>4&7, o>>2&3, o&3
	n.Signals = r.Rest()
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (n *Number) Append(dst []byte) []byte {
	o := n.NOA & 0x7f
	if n.Odd {
		o |= 0x80
	}
	dst = append(dst, o)
	o = n.Plan&7<<4 | n.Presentation&3<<2 | n.Screening&3
	if n.INN {
		o |= 0x80
	}
	dst = append(dst, o)
	return append(dst, n.Signals...)
}

// SetDigits sets Signals and Odd to digits, using buf's capacity for the octets.
func (n *Number) SetDigits(buf []byte, digits string) {
	n.Signals, n.Odd = wire.AppendBCD(buf[:0], digits), len(digits)%2 == 1
}

// Digits gives the address signals as text: 0-9, A-E for codes 10 to 14; the end-of-dialling signal (code 15) is left
// out and reported by st.
func (n *Number) Digits() (digits string, st bool) {
	return signals(n.Signals, n.Odd)
}

// AppendDigits is Digits without an allocation of its own: it appends to dst.
func (n *Number) AppendDigits(dst []byte) (digits []byte, st bool) {
	return appendSignals(dst, n.Signals, n.Odd)
}

func signals(b []byte, odd bool) (digits string, st bool) {
	text, st := appendSignals(make([]byte, 0, 64), b, odd)
	return string(text), st
}

func appendSignals(dst, b []byte, odd bool) (digits []byte, st bool) {
	from := len(dst)
	dst = wire.AppendDigits(dst, b, odd)
	kept := dst[:from]
	for _, c := range dst[from:] {
		if c == 'F' {
			st = true
			continue
		}
		kept = append(kept, c)
	}
	return kept, st
}

// SubsequentNumber carries the digits of a SAM.
//
//	odd | spare                         octet 1
//	2nd address signal | 1st            octet 2
//
// Q.763 3.51.
type SubsequentNumber struct {
	Odd     bool
	Signals []byte // aliases the octets given to Decode
}

// Decode sets n from the contents of the parameter.
func (n *SubsequentNumber) Decode(b []byte) error {
	r := wire.NewReader(b)
	n.Odd = r.U8("odd/even indicator")&0x80 != 0
	n.Signals = r.Rest()
	return r.Err()
}

// Append adds the encoded parameter contents to dst.
func (n *SubsequentNumber) Append(dst []byte) []byte {
	o := byte(0)
	if n.Odd {
		o = 0x80
	}
	return append(append(dst, o), n.Signals...)
}

// Digits is as of Number.
func (n *SubsequentNumber) Digits() (digits string, st bool) { return signals(n.Signals, n.Odd) }

// AppendDigits is as of Number.
func (n *SubsequentNumber) AppendDigits(dst []byte) (digits []byte, st bool) {
	return appendSignals(dst, n.Signals, n.Odd)
}

// GenericNumber is the generic number parameter: a number with an octet in front that says what it is. T1.113 calls it
// generic address.
//
//	qualifier                           octet 1
//	as of Number                        octets 2 to n
//
// Q.763 3.26.
type GenericNumber struct {
	Qualifier uint8 // 1 additional called, 5 additional connected, 6 additional calling party number, ...
	Number
}

// Decode sets n from the contents of the parameter.
func (n *GenericNumber) Decode(b []byte) error {
	r := wire.NewReader(b)
	n.Qualifier = r.U8("number qualifier")
	rest := r.Rest()
	if err := r.Err(); err != nil {
		n.Number = Number{}
		return err
	}
	return n.Number.Decode(rest)
}

// Append adds the encoded parameter contents to dst.
func (n *GenericNumber) Append(dst []byte) []byte { return n.Number.Append(append(dst, n.Qualifier)) }

var natures = []string{
	1: "subscriber number",
	2: "unknown",
	3: "national number",
	4: "international number",
	5: "network specific number",
	6: "network routing number, national format",
	7: "network routing number, network specific format",
	8: "network routing number concatenated with called number",
}

var (
	plans         = []string{"unknown", "E.164", "spare", "X.121", "F.69", "private", "national use", "spare"}
	presentations = []string{"allowed", "restricted", "address not available", "reserved"}
	screenings    = []string{"user provided, not verified", "user provided, verified and passed",
		"user provided, verified and failed", "network provided"}
	qualifiers = []string{"dialled digits", "additional called number", "user provided, failed screening",
		"user provided, not screened", "redirecting terminating number", "additional connected number",
		"additional calling party number", "additional original called number", "additional redirecting number",
		"additional redirection number", "reserved"}
)

// describe gives the parts of a number; party says that it names one, with presentation and screening.
func (n *Number) describe(party bool) Description {
	digits, st := n.Digits()
	d := Description{{"digits", digits}}
	if st {
		d = append(d, Item{"end_of_dialling", "yes"})
	}
	d = append(d, Item{"nature", numbered(n.NOA, natures)}, Item{"plan", numbered(n.Plan, plans)})
	if !party {
		if n.INN {
			d = append(d, Item{"internal_network_number", "not allowed"})
		}
		return d
	}
	if n.INN {
		d = append(d, Item{"incomplete", "yes"})
	}
	return append(d, Item{"presentation", numbered(n.Presentation, presentations)},
		Item{"screening", numbered(n.Screening, screenings)})
}

func showCalled(b []byte) any {
	var n Number
	err := n.Decode(b)
	return described(b, err, n.describe(false))
}

func showParty(b []byte) any {
	var n Number
	err := n.Decode(b)
	return described(b, err, n.describe(true))
}

func showSubsequent(b []byte) any {
	var n SubsequentNumber
	err := n.Decode(b)
	digits, st := n.Digits()
	if st {
		digits += " (end of dialling)"
	}
	return described(b, err, digits)
}

func showGeneric(b []byte) any {
	var n GenericNumber
	err := n.Decode(b)
	d := Description{{"qualifier", numbered(n.Qualifier, qualifiers)}}
	return described(b, err, append(d, n.describe(true)...))
}

// showGenericANSI is of T1.113: its types of address are others, so they stay numbers.
func showGenericANSI(b []byte) any {
	var n GenericNumber
	err := n.Decode(b)
	d := Description{{"type_of_address", numbered(n.Qualifier, nil)}}
	return described(b, err, append(d, n.describe(true)...))
}

// showChargeNumber is of T1.113: its natures of address are others, so they stay numbers.
func showChargeNumber(b []byte) any {
	var n Number
	err := n.Decode(b)
	digits, _ := n.Digits()
	return described(b, err, Description{{"digits", digits}, {"nature", numbered(n.NOA, nil)}, {"plan", numbered(n.Plan, plans)}})
}
