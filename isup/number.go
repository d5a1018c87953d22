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

func signals(b []byte, odd bool) (digits string, st bool) {
	text := wire.AppendDigits(make([]byte, 0, 2*len(b)), b, odd)
	kept := text[:0]
	for _, c := range text {
		if c == 'F' {
			st = true
			continue
		}
		kept = append(kept, c)
	}
	return string(kept), st
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
