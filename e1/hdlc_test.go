package e1

import (
	"bytes"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"c7mon/mtp"
)

// A result is a unit and how many octets had been taken when it was given.
type result struct {
	at   int
	kind UnitKind
	data string
}

func (r result) String() string { return fmt.Sprintf("%d: kind %d [% x]", r.at, r.kind, r.data) }

// deframe gives all that d finds in b, which is cut into pieces of the sizes that cut gives, and an Abort that the next call
// would give.
func deframe(t *testing.T, d *Deframer, b []byte, cut func() int) (found []result) {
	t.Helper()
	var u Unit
	at := 0
	for rest := b; len(rest) > 0; {
		piece := rest[:min(cut(), len(rest))]
		rest = rest[len(piece):]
		for len(piece) > 0 {
			n := d.Next(piece, &u)
			at += n
			if u.Kind == NoUnit && n != len(piece) {
				t.Fatalf("%d of %d octets taken, and no unit", n, len(piece))
			}
			piece = piece[n:]
			if u.Kind != NoUnit {
				found = append(found, result{at, u.Kind, string(u.Data)})
			}
		}
	}
	if d.aborted {
		d.aborted = false
		found = append(found, result{at, Abort, ""})
	}
	return found
}

func whole() int { return 1 << 30 }

// cuts gives sizes from 1 to most at random.
func cuts(r *rand.Rand, most int) func() int { return func() int { return 1 + r.IntN(most) } }

// reversed turns octets of one bit order into those of the other.
func reversed(b []byte) []byte {
	r := make([]byte, len(b))
	for i, o := range b {
		r[i] = bits.Reverse8(o)
	}
	return r
}

// shifted gives b, most significant bit first, without its first k bits, zeros at the end.
func shifted(b []byte, k int) []byte {
	s := make([]byte, len(b))
	for i, o := range b {
		s[i] = o << k
		if i+1 < len(b) {
			s[i] |= b[i+1] >> (8 - k)
		}
	}
	return s
}

// A reference is a Deframer that goes bit by bit and keeps each bit: slow, and the Recommendation word for word.
type reference struct {
	max                       int
	ones                      int
	unit                      []byte // a bit an octet
	hearing, counting, counts bool   // counts: it was counting before this octet and still is
	counted                   int
	found                     []result
}

func (r *reference) deframe(order BitOrder, b []byte) []result {
	for at, o := range b {
		r.counts = r.counting
		for i := range 8 {
			bit := o >> i & 1
			if order == MSBFirst {
				bit = o >> (7 - i) & 1
			}
			r.bit(bit, at+1)
		}
		if r.counts {
			if r.counted++; r.counted == 16 {
				r.counted = 0
				r.give(at+1, SixteenOctets, nil)
			}
		}
	}
	return r.found
}

func (r *reference) bit(bit byte, at int) {
	if bit == 1 {
		r.ones++
		switch {
		case r.ones == 7 && r.hearing:
			r.end(at, 5, Abort)
			r.hearing = false
		case r.ones <= 5:
			r.unit = append(r.unit, 1)
		}
	} else {
		switch {
		case r.ones < 5:
			r.unit = append(r.unit, 0)
		case r.ones == 6:
			if r.hearing {
				r.end(at, 6, NoUnit)
			}
			r.hearing, r.unit = true, nil
		}
		r.ones = 0
	}
	if r.hearing && len(r.unit) == 8*(r.max+2) {
		r.end(at, 0, NoUnit)
		r.hearing = false
	}
}

// end ends the unit, whose last bits are none of its own. kind is Abort or NoUnit.
func (r *reference) end(at, foreign int, kind UnitKind) {
	n := len(r.unit) - foreign
	if n <= 0 && kind != Abort {
		return
	}
	octets := make([]byte, n/8)
	for i := range n / 8 * 8 {
		octets[i/8] |= r.unit[i] << (i % 8)
	}
	switch {
	case n >= 8*(r.max+1):
		kind, octets = Long, octets[:r.max+1]
	case kind == Abort:
	case n%8 != 0:
		kind = Ragged
	case n < 40:
		kind = Short
	case !slowFCS(r.unit[:n]):
		kind = BadFCS
	default:
		kind, octets = Good, octets[:len(octets)-2]
		r.counting, r.counts = false, false
	}
	if r.counting {
		return
	}
	if kind == Abort || kind == Long {
		r.counting, r.counts, r.counted = true, false, 0
	}
	r.give(at, kind, octets)
}

func (r *reference) give(at int, kind UnitKind, octets []byte) {
	r.found = append(r.found, result{at, kind, string(octets)})
}

// slowFCS divides by the generator, bit by bit. Q.703 4.2.
func slowFCS(unit []byte) bool {
	c := uint16(0xffff)
	for _, bit := range unit {
		if c&1 != uint16(bit) {
			c = c>>1 ^ 0x8408
		} else {
			c >>= 1
		}
	}
	return c == 0xf0b8
}

// compare holds that the Deframer finds what the reference finds, whole and in pieces.
func compare(t *testing.T, order BitOrder, most int, b []byte, r *rand.Rand) {
	t.Helper()
	want := (&reference{max: most}).deframe(order, b)
	for _, cut := range []func() int{whole, func() int { return 1 }, cuts(r, 20)} {
		if d := differ(deframe(t, NewDeframer(order, most), b, cut), want); d != "" {
			t.Fatalf("order %d, at most %d octets: %s of % x", order, most, d, b[:min(len(b), 200)])
		}
		set := NewDeframer(order, most+1+r.IntN(100))
		set.SetMax(most)
		if d := differ(deframe(t, set, b, cut), want); d != "" {
			t.Fatalf("order %d, set to at most %d octets: %s of % x", order, most, d, b[:min(len(b), 200)])
		}
	}
}

// differ says where two lists of units do, "" when they do not.
func differ(got, want []result) string {
	i := 0
	for i < min(len(got), len(want)) && got[i] == want[i] {
		i++
	}
	if i == len(got) && i == len(want) {
		return ""
	}
	return fmt.Sprintf("%d units, want %d; from number %d on\ngot  %v\nwant %v\n",
		len(got), len(want), i, got[i:min(i+3, len(got))], want[i:min(i+3, len(want))])
}

// placeless gives units without where they ended.
func placeless(units []result) []result {
	for i := range units {
		units[i].at = 0
	}
	return units
}

// TestDeframerVectors has the bits of a channel written out. F is a flag, A a FISU and its check sequence, B an MSU, S two octets.
func TestDeframerVectors(t *testing.T) {
	const flag = "01111110"
	fisu, msu := []byte{0xff, 0x7f, 0x00}, []byte{0x81, 0x82, 0x04, 0x85, 0xff, 0xff, 0xff}
	stuffed := func(unit []byte) string {
		s := NewStuffer(LSBFirst)
		s.octets(mtp.AppendFCS(slices.Clone(unit), unit))
		var b strings.Builder
		for i := range 8*len(s.out) + int(s.n) {
			o := byte(s.acc)
			if i/8 < len(s.out) {
				o = s.out[i/8]
			}
			fmt.Fprint(&b, o>>(i%8)&1)
		}
		return b.String()
	}
	words := strings.NewReplacer(" ", "", "F", flag, "A", stuffed(fisu), "B", stuffed(msu), "S", stuffed([]byte{1, 2}))
	f := func(text string, want ...result) {
		t.Helper()
		text = words.Replace(text)
		for k := range 8 { // wherever the octets begin
			line := strings.Repeat("0", k) + text + "0000000"
			b := make([]byte, len(line)/8)
			for i := range 8 * len(b) {
				b[i/8] |= (line[i] - '0') << (7 - i%8)
			}
			for i, units := range [][]result{
				deframe(t, NewDeframer(MSBFirst, 20), b, whole),
				deframe(t, NewDeframer(LSBFirst, 20), reversed(b), whole),
				deframe(t, NewDeframer(MSBFirst, 20), b, func() int { return 1 }),
			} {
				if d := differ(placeless(units), want); d != "" {
					t.Fatalf("%s, %d bits on, way %d: %s", text, k, i, d)
				}
			}
		}
	}
	unit := func(k UnitKind, data ...byte) result { return result{kind: k, data: string(data)} }
	a, b := unit(Good, fisu...), unit(Good, msu...)
	ones := func(n int) string { return strings.Repeat("1", n) }
	zeros := func(n int) string { return strings.Repeat("0", n) }
	counted := unit(SixteenOctets)

	f("")
	f("F F F F")
	f("0111111 0111111 01111110") // shared zeros
	f("F A F", a)
	f("F A F B F A F", a, b, a)
	f("F A 0111111 01111110 B F", a, b)
	f("A F A F", a)           // the first one has no flag
	f(zeros(99)+"F A F", a)   // nothing before the first flag, whatever it is
	f(ones(300)+"0 F A F", a) //
	f("F A 0 F", unit(Ragged, mtp.AppendFCS(slices.Clone(fisu), fisu)...))
	f("F 1 F", unit(Ragged))
	f("F 10011111 0 F", unit(Short, 0xf9))
	f("F 10011111 F", unit(Ragged)) // the inserted zero is missing, so that of the flag is none
	f("F 10110101 101 F", unit(Ragged, 0xad))
	f("F 10110101 F", unit(Short, 0xad))
	f("F S F", unit(Short, mtp.AppendFCS([]byte{1, 2}, []byte{1, 2})...)) // and its check sequence is right
	f("F 10110101 10110101 10110101 10110101 F", unit(Short, 0xad, 0xad, 0xad, 0xad))
	f("F 10110101 10110101 10110101 10110101 10110101 F", unit(BadFCS, 0xad, 0xad, 0xad, 0xad, 0xad))
	f("F 10110101 101 1111111 0 F A F", unit(Abort, 0xad), a)
	f("F 1111111 0 F A F", unit(Abort), a)
	f("F A F 1111111 0 F A F", a, unit(Abort), a)
	f("F"+ones(7+8*5)+"0 F A F", unit(Abort), a) // and the good one ends within sixteen octets
	f("F"+ones(7+8*20)+"0 F A F", unit(Abort), counted, a)
	f("F"+ones(7+8*36)+"0 F A F", unit(Abort), counted, counted, a)
	f("F 1111111 0 F 10110101 F 1 F 1111111 0 F A F 10110101 F", unit(Abort), a, unit(Short, 0xad)) // errored ones do not count twice
	f("F 1111111 0 F A F 1111111 0 F A F", unit(Abort), a, unit(Abort), a)

	long := func(n int) string { return strings.Repeat("10110101", n) }
	some := func(n int) []byte { return bytes.Repeat([]byte{0xad}, n) }
	f("F"+long(20)+"F A F", unit(BadFCS, some(20)...), a)
	f("F"+long(20)+"10 F A F", unit(Ragged, some(20)...), a)
	f("F"+long(21)+"F A F", unit(Long, some(21)...), a)
	f("F"+long(21)+"1010 F A F", unit(Long, some(21)...), a)
	f("F"+long(20)+"0 1111111 0 F A F", unit(Abort, some(20)...), a)
	f("F"+long(21)+"0 1111111 0 F A F", unit(Long, some(21)...), a)
	f("F"+long(22+5)+"F A F", unit(Long, some(21)...), a)
	f("F"+long(22+20)+"F A F", unit(Long, some(21)...), counted, a)
	f("F"+long(22+25)+"F"+long(11)+"F A F", unit(Long, some(21)...), counted, counted, a)
}

// TestDeframerAgainstReference compares on octets of every kind of trouble.
func TestDeframerAgainstReference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		order, most := BitOrder(r.IntN(2)), 5+r.IntN(40)
		b := make([]byte, 1+r.IntN(2000))
		for i := range b {
			b[i] = byte(r.Uint32())
			switch r.IntN(8) { // so that flags and ones are many
			case 0:
				b[i] = 0xff
			case 1, 2:
				b[i] = 0x7e
			case 3:
				b[i] = bits.RotateLeft8(0x7e, r.IntN(8))
			}
		}
		compare(t, order, most, b, r)
	}
	for range 300 {
		order := BitOrder(r.IntN(2))
		b, _ := stream(r, order, 1+r.IntN(60))
		for range r.IntN(1 + len(b)/10) {
			at := r.IntN(len(b))
			switch r.IntN(4) {
			case 0:
				b = slices.Delete(b, at, min(at+r.IntN(3), len(b)))
			case 1:
				b = slices.Insert(b, at, byte(r.Uint32()))
			case 2:
				b[at] = byte(r.Uint32())
			default:
				b[at] ^= 1 << r.IntN(8)
			}
			if len(b) == 0 {
				b = []byte{0x7e}
			}
		}
		compare(t, order, 5+r.IntN(60), b, r)
	}
}

// stream gives octets with units at random, and all that is to be found in them.
func stream(r *rand.Rand, order BitOrder, count int) (b []byte, want []result) {
	s := NewStuffer(order)
	for range count {
		unit := make([]byte, 3+r.IntN(60)*r.IntN(2))
		for i := range unit {
			unit[i] = byte(r.Uint32()) | byte(0xff*(r.IntN(3)/2)) // many ones
		}
		switch r.IntN(5) {
		case 0:
			s.Flags(1 + r.IntN(3))
		case 1:
			begin := slices.Clone(unit[:r.IntN(len(unit))])
			if n := len(begin); n > 0 {
				begin[n-1] &= 0x7f // its last bit is none of the ones of the abort
			}
			s.Abort(begin)
			want = append(want, result{kind: Abort, data: string(begin)})
		}
		s.Unit(unit)
		want = append(want, result{kind: Good, data: string(unit)})
	}
	s.Flags(1)
	b = make([]byte, s.Ready())
	s.Take(b)
	return b, want
}

// TestStufferRoundTrip holds that what a Stuffer makes is what a Deframer finds, in both orders and pieces of any size.
func TestStufferRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		order := BitOrder(r.IntN(2))
		b, want := stream(r, order, 40)
		for _, cut := range []func() int{whole, func() int { return 1 }, cuts(r, 3), cuts(r, 100)} {
			got := slices.DeleteFunc(deframe(t, NewDeframer(order, 281), b, cut), func(u result) bool { return u.kind == SixteenOctets })
			if d := differ(placeless(got), want); d != "" {
				t.Fatalf("order %d: %s", order, d)
			}
		}
	}
}

// TestDeframerPrefixes holds that the first octets of a channel give the first of what all of them give.
func TestDeframerPrefixes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	b, _ := stream(r, MSBFirst, 30)
	for range 10 {
		b[r.IntN(len(b))] ^= 0xff
	}
	all := deframe(t, NewDeframer(MSBFirst, 30), b, whole)
	for n := range b {
		want := all
		for len(want) > 0 && want[len(want)-1].at > n {
			want = want[:len(want)-1]
		}
		if d := differ(deframe(t, NewDeframer(MSBFirst, 30), b[:n], whole), want); d != "" {
			t.Fatalf("first %d octets: %s", n, d)
		}
	}
}

// TestDeframerSkip holds that nothing is made up of what stood before and behind a loss.
func TestDeframerSkip(t *testing.T) {
	s := NewStuffer(MSBFirst)
	for range 3 {
		s.Unit([]byte{1, 2, 3, 0x85, 5, 6, 7})
	}
	b := make([]byte, s.Ready())
	s.Take(b)
	for at := range b {
		for until := at; until < len(b); until++ {
			d := NewDeframer(MSBFirst, 281)
			units := deframe(t, d, b[:at], whole)
			d.Skip()
			units = append(units, deframe(t, d, b[until:], whole)...)
			for _, u := range units {
				if u.kind != Good {
					t.Fatalf("octets %d to %d skipped: %v", at, until, u)
				}
			}
			if len(units) > 3 {
				t.Fatalf("octets %d to %d skipped: %d units", at, until, len(units))
			}
		}
	}

	d := NewDeframer(MSBFirst, 281) // the ones before a loss and a zero behind it are no flag
	got := deframe(t, d, []byte{0x3f}, whole)
	d.Skip()
	if got = append(got, deframe(t, d, []byte{0x55, 0x55, 0x7e}, whole)...); len(got) != 0 {
		t.Errorf("a flag with a hole: got %v", got)
	}

	d = NewDeframer(MSBFirst, 281)
	ones := bytes.Repeat([]byte{0xff}, 15)
	got = deframe(t, d, append([]byte{0x7e}, ones...), whole)
	d.Skip()
	got = append(got, deframe(t, d, ones, whole)...)
	if want := []result{{2, Abort, ""}, {2, SixteenOctets, ""}}; !slices.Equal(got, want) {
		t.Errorf("octet counting: got %v, want %v", got, want)
	}
}

func TestDeframerAllocations(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	b, _ := stream(r, MSBFirst, 500)
	for range 50 {
		b[r.IntN(len(b))] ^= 0xff
	}
	d := NewDeframer(MSBFirst, 281)
	var u Unit
	if n := testing.AllocsPerRun(10, func() {
		for rest := b; len(rest) > 0; {
			rest = rest[d.Next(rest, &u):]
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzDeframer(f *testing.F) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 20 {
		b, _ := stream(r, MSBFirst, 5)
		f.Add(b, true, uint16(20))
	}
	f.Add([]byte("\x7e\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x3f"), true, uint16(5))
	f.Add([]byte("\x7e\x7f\x7e\x00\x00\x00\x00\x00\x00\x00\x00\x00\x7e"), false, uint16(5))
	f.Fuzz(func(t *testing.T, b []byte, msb bool, most uint16) {
		order := LSBFirst
		if msb {
			order = MSBFirst
		}
		compare(t, order, max(int(most), minUnit), b, rand.New(rand.NewPCG(uint64(len(b)), 1)))
	})
}
