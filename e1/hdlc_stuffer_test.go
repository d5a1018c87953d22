package e1

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestStufferBits has what is on the line written out, most significant bit first.
func TestStufferBits(t *testing.T) {
	f := func(make func(s *Stuffer), want ...byte) {
		t.Helper()
		s := NewStuffer(MSBFirst)
		make(s)
		if got := s.take(s.Ready()); !bytes.Equal(got, want) {
			t.Errorf("got %08b, want %08b", got, want)
		}
	}
	f(func(s *Stuffer) { s.Flags(2) }, 0x7e, 0x7e)
	f(func(s *Stuffer) { s.Abort(nil) }, 0x7e)                   // seven ones are no octet
	f(func(s *Stuffer) { s.Abort(nil); s.Flags(1) }, 0x7e, 0xfe) // 1111111 01111110 is a bit short of two octets
	f(func(s *Stuffer) { s.Abort([]byte{0xff, 1}); s.Flags(1) },
		0x7e, 0b11111011, 0b11000000, 0b01111111, 0b01111110)
	// An LSSU, as the recording of libss7 has it first.
	f(func(s *Stuffer) { s.Unit([]byte{0xff, 0xff, 0x01, 0x00}) },
		0x7e, 0xfb, 0xef, 0xb0, 0x00, 0x1c, 0x8c, 0xef)
}

// take takes n octets, which must be there.
func (s *Stuffer) take(n int) []byte {
	b := make([]byte, n)
	return b[:s.Take(b)]
}

// TestStufferFill holds that what follows a Fill begins within the octet behind it, that FISUs fill all that they can and
// flags the rest, and that Take in pieces loses nothing.
func TestStufferFill(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	fisu, msu := []byte{0x81, 0x82, 0x00}, []byte{0x81, 0x83, 0x04, 0x85, 0xff, 0xff, 0xff}
	for _, order := range []BitOrder{MSBFirst, LSBFirst} {
		for range 300 {
			s := NewStuffer(order)
			var line []byte
			var begin int // the octet in which the MSU begins
			for range 1 + r.IntN(3) {
				n := r.IntN(200)
				s.Fill(n, fisu)
				if s.Ready() < n || s.Ready() > n+1 {
					t.Fatalf("%d octets were to be filled, %d are", n, s.Ready())
				}
				line = append(line, s.take(n)...)
				begin = len(line) + s.Ready()
				s.Unit(msu)
				line = append(line, s.take(s.Ready())...)
			}
			s.Flags(1)
			line = append(line, s.take(s.Ready())...)

			units := deframe(t, NewDeframer(order, maxSignalUnit), line, whole)
			last := len(units) - 1
			if units[last].data != string(msu) || units[last].kind != Good {
				t.Fatalf("last unit: %v", units[last])
			}
			// Its 9 octets and a few inserted zeros end with a flag of 8 bits.
			if took := units[last].at - begin; took < 10 || took > 12 {
				t.Fatalf("the unit ends %d octets behind where it was to begin", took)
			}
			at := 0
			for i, u := range units {
				if u.kind != Good || u.data != string(fisu) && u.data != string(msu) {
					t.Fatalf("unit %d: %v", i, u)
				}
				// Fill leaves no more than a FISU's own room to flags, and 8 octets are more than one takes.
				if room := u.at - at; room > 12+8 {
					t.Fatalf("%d octets before unit %d", room, i)
				}
				at = u.at
			}
		}
	}
}

// TestStufferFillFlags holds that a Fill without a unit makes flags alone, as many as were asked for.
func TestStufferFillFlags(t *testing.T) {
	s := NewStuffer(MSBFirst)
	s.Fill(100, nil)
	if b := s.take(100); s.Ready() != 0 || !bytes.Equal(b, bytes.Repeat([]byte{0x7e}, 100)) {
		t.Errorf("% x, and %d more", b, s.Ready())
	}
	s.Unit([]byte{1, 2, 3})
	before := s.Ready()
	s.Fill(before, nil)
	if s.Ready() != before {
		t.Errorf("%d octets more than asked for", s.Ready()-before)
	}
}

// TestStufferTake holds that the size of a Take does not matter.
func TestStufferTake(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	var in [2]*Stuffer
	var out [2][]byte
	for i := range in {
		in[i] = NewStuffer(LSBFirst)
	}
	for range 200 {
		unit := make([]byte, 3+r.IntN(20))
		for i := range unit {
			unit[i] = byte(r.Uint32())
		}
		for i, s := range in {
			s.Unit(unit)
			if i == 1 {
				out[1] = append(out[1], s.take(r.IntN(10))...)
			}
		}
	}
	for i, s := range in {
		out[i] = append(out[i], s.take(s.Ready())...)
	}
	if !slices.Equal(out[0], out[1]) {
		t.Error("octets taken one by one differ from those taken at once")
	}
}
