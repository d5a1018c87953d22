package correlate

import (
	"c7mon/isup"
)

// Set keeps the number that p holds. The end-of-dialling digit becomes ST.
func (n *Number) Set(p *isup.Number) {
	*n = Number{Seen: true, NOA: p.NOA, Presentation: p.Presentation}
	n.AppendSignals(p.Signals, p.Odd)
}

// AppendSignals adds address signals, two to an octet, low half first; the last high half is filler when odd is set.
func (n *Number) AppendSignals(b []byte, odd bool) {
	if n.n == 0 && len(b) > 0 && len(b) <= len(n.bcd) && allDigits(b, odd) { // as nearly all numbers are
		copy(n.bcd[:], b)
		n.n = uint8(2 * len(b))
		if odd {
			n.n--
			n.bcd[len(b)-1] &= 0x0f
		}
		return
	}
	for i, o := range b {
		n.add(o & 0x0f)
		if odd && i == len(b)-1 {
			break
		}
		n.add(o >> 4)
	}
}

// allDigits reports that no signal of b is the end of dialling.
func allDigits(b []byte, odd bool) bool {
	for i, o := range b {
		if o&0x0f == 0x0f || o>>4 == 0x0f && !(odd && i == len(b)-1) {
			return false
		}
	}
	return true
}

// maxDigits bounds a number, SAMs without end among the reasons: no parameter holds more.
const maxDigits = 512

// add keeps one address signal.
func (n *Number) add(d byte) {
	if d == 0x0f {
		n.ST = true
		return
	}
	switch {
	case int(n.n) >= 2*len(n.bcd):
		if more := n.rest(); int(n.n)+len(more) < maxDigits {
			more += "0123456789ABCDE"[d : d+1]
			n.more = &more
		}
	case n.n&1 == 0:
		n.bcd[n.n/2] = d
		n.n++
	default:
		n.bcd[n.n/2] |= d << 4
		n.n++
	}
}

// rest gives the digits after the 32nd as text.
func (n *Number) rest() string {
	if n.more == nil {
		return ""
	}
	return *n.more
}

// Append appends the digits as text, 0-9 and A-E.
func (n *Number) Append(dst []byte) []byte {
	for i := range int(n.n) {
		dst = append(dst, "0123456789ABCDE?"[n.bcd[i/2]>>(i&1*4)&0x0f])
	}
	return append(dst, n.rest()...)
}

// String gives the digits as text.
func (n *Number) String() string { return string(n.Append(make([]byte, 0, 32))) }

// Len is the number of digits.
func (n *Number) Len() int { return int(n.n) + len(n.rest()) }

// SameDigits reports whether two numbers have the same digits.
func (n *Number) SameDigits(m *Number) bool {
	return n.n == m.n && n.bcd == m.bcd && n.rest() == m.rest()
}

// prefixOf reports whether m begins with the digits of n.
func (n *Number) prefixOf(m *Number) bool {
	a, b := n.Append(make([]byte, 0, 64)), m.Append(make([]byte, 0, 64))
	return len(a) <= len(b) && string(a) == string(b[:len(a)])
}

// ParseNumber makes a Number from digits as text; it is how stored calls are read back.
func ParseNumber(digits string, noa, presentation uint8) Number {
	n := Number{Seen: true, NOA: noa, Presentation: presentation}
	for i := range len(digits) {
		switch c := digits[i]; {
		case c >= '0' && c <= '9':
			n.add(c - '0')
		case c >= 'A' && c <= 'E':
			n.add(c - 'A' + 10)
		}
	}
	return n
}
