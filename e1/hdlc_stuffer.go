package e1

import (
	"math/bits"

	"c7mon/mtp"
)

// A Stuffer makes the octets of a channel out of what HDLC is to carry, for tests and for lab: nothing here is ever sent.
// It makes bits, and Take takes the whole octets among them; the bits of an octet that is not whole yet stay for those that
// follow. A unit ends with a flag that is also the first one of the next. Q.703 3.
type Stuffer struct {
	order BitOrder
	out   []byte // whole octets that were not taken
	acc   uint32 // the bits behind them, first bit lowest
	n     uint   // how many these are, below 8
	ones  int    // in a row at the end
	flag  bool   // the last bits are a flag
	fcs   []byte // scratch
}

// NewStuffer gives a Stuffer that has made nothing.
func NewStuffer(order BitOrder) *Stuffer { return &Stuffer{order: order} }

// Unit makes a unit with its check sequence and a flag behind it; unit is what stands between flag and check sequence. A
// flag before it is made only where there is none.
func (s *Stuffer) Unit(unit []byte) {
	s.open()
	s.fcs = mtp.AppendFCS(s.fcs[:0], unit)
	s.octets(unit)
	s.octets(s.fcs)
	s.Flags(1)
}

// Flags makes n flags.
func (s *Stuffer) Flags(n int) {
	for range n {
		s.bits(0x7e, 8)
		s.ones, s.flag = 0, true
	}
}

// Abort makes the beginning of a unit, which may be empty, and seven ones. Q.703 4.1.4.
func (s *Stuffer) Abort(begin []byte) {
	s.open()
	s.octets(begin)
	s.bits(0x7f, 7)
	s.ones, s.flag = 0, false
}

// Ready is how many whole octets wait to be taken.
func (s *Stuffer) Ready() int { return len(s.out) }

// Take moves whole octets to dst, the first made first, and says how many: all of dst or as many as there are.
func (s *Stuffer) Take(dst []byte) int {
	n := copy(dst, s.out)
	s.out = s.out[:copy(s.out, s.out[n:])]
	return n
}

// Fill makes unit (a FISU, say) again and again as long as no more than octets whole ones can be taken then, and after that
// flags until so many can be. So what is made next begins where they end, or up to seven bits later. A nil unit fills with
// flags alone. To begin a unit at a moment: Fill the octets up to it, Take them, and make the unit.
func (s *Stuffer) Fill(octets int, unit []byte) {
	for unit != nil && len(s.out) < octets {
		before := *s
		s.Unit(unit)
		if len(s.out) > octets {
			before.out, before.fcs = s.out[:len(before.out)], s.fcs // what was appended goes
			*s = before
			break
		}
	}
	for len(s.out) < octets {
		s.Flags(1)
	}
}

// open makes the flag before a unit.
func (s *Stuffer) open() {
	if !s.flag {
		s.Flags(1)
	}
	s.flag = false
}

// octets makes the octets of a unit, with a zero after each five ones. Q.703 3.2.
func (s *Stuffer) octets(b []byte) {
	for _, o := range b {
		for i := range 8 {
			bit := uint32(o) >> i & 1
			s.bits(bit, 1)
			if s.ones++; bit == 0 {
				s.ones = 0
			}
			if s.ones == 5 {
				s.bits(0, 1)
				s.ones = 0
			}
		}
	}
}

// bits appends n bits as they are, lowest first.
func (s *Stuffer) bits(b uint32, n uint) {
	s.acc |= b << s.n
	for s.n += n; s.n >= 8; s.n -= 8 {
		o := byte(s.acc)
		if s.order == MSBFirst {
			o = bits.Reverse8(o)
		}
		s.out = append(s.out, o)
		s.acc >>= 8
	}
}
