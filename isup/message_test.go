package isup

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

var variants = []*Tables{&ITU, &ANSI, &BICC, &France, &Israel, &Japan, &Russia, &Singapore, &Spain, &UK}

// sample makes a message of type c with every mandatory parameter and, where it may have them, two optional ones.
func sample(t testing.TB, tables *Tables, c Type, octet byte) []byte {
	t.Helper()
	var fields []Field
	if l := tables.messages[c].layout; l != nil {
		for _, f := range l.fixed {
			fields = append(fields, Field{f.code, bytes.Repeat([]byte{octet}, int(f.size))})
		}
		for i, code := range l.variable {
			fields = append(fields, Field{code, bytes.Repeat([]byte{octet}, 3+i)})
		}
		if l.optional {
			fields = append(fields, Field{CauseIndicators, []byte{0x82, octet | 0x80}}, Field{0xf0, []byte{octet}})
		}
	}
	b, err := tables.Append(nil, 5, c, fields)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEveryMessage encodes every message of every variant, reads it back, and encodes what was read to the same octets.
func TestEveryMessage(t *testing.T) {
	for _, tables := range variants {
		for i := range 256 {
			in := sample(t, tables, Type(i), 3)
			var m Message
			m.Decode(tables, in)
			if m.Err != nil || m.CIC != 5 || m.Type != Type(i) {
				t.Fatalf("%s: %x: CIC %d, %v", m.Name(), in, m.CIC, m.Err)
			}
			if out, err := m.encode(); err != nil || !bytes.Equal(out, in) {
				t.Fatalf("%s: got %x, %v, want %x", m.Name(), out, err, in)
			}
		}
	}
}

// encode makes the octets of a message anew from its parameters.
func (m *Message) encode() ([]byte, error) {
	var fields []Field
	for _, p := range m.Params {
		fields = append(fields, Field{p.Code, m.Value(p)})
	}
	if m.Tables.messages[m.Type].layout == nil {
		fields = append(fields, Field{Value: m.Body()})
	}
	return m.Tables.Append(nil, m.CIC, m.Type, fields)
}

// TestEveryPrefix cuts every message at every octet: each cut says so or is a shorter message that still has all that is
// mandatory, and what was read is a front part of what the whole message has.
func TestEveryPrefix(t *testing.T) {
	for _, tables := range variants {
		for i := range 256 {
			in := sample(t, tables, Type(i), 1)
			var whole, cut Message
			whole.Decode(tables, in)
			l := tables.messages[i].layout
			for n := range in {
				cut.Decode(tables, in[:n])
				raw := n > int(tables.cicOctets) && (l == nil || l.mayEnd && n == int(tables.cicOctets)+1)
				if (cut.Err == nil) != raw {
					t.Fatalf("%s cut to %d of %d: %v", whole.Name(), n, len(in), cut.Err)
				}
				if len(cut.Params) > len(whole.Params) {
					t.Fatalf("%s cut to %d: %d parameters", whole.Name(), n, len(cut.Params))
				}
				for j, p := range cut.Params {
					if p != whole.Params[j] {
						t.Fatalf("%s cut to %d: parameter %d is %+v", whole.Name(), n, j, p)
					}
				}
			}
		}
	}
}

// TestMandatoryKept holds that a message which ends before the pointer to its optional part keeps what is mandatory:
// exchanges send such messages.
func TestMandatoryKept(t *testing.T) {
	f := func(hex string, c Code, want string) {
		t.Helper()
		var m Message
		m.Decode(&ITU, unhex(t, hex))
		b, ok := m.Param(c)
		var e *Error
		if !errors.As(m.Err, &e) || e.Field != "optional part" || !ok || !bytes.Equal(b, unhex(t, want)) {
			t.Errorf("%s: %x, %v", hex, b, m.Err)
		}
		if !m.MandatoryRead() {
			t.Errorf("%s: mandatory part not read", hex)
		}
	}
	f("0100030100", InformationRequest, "0100")
	f("01002c01", EventInformation, "01")
	f("0100061604", BackwardCall, "1604")
	var m Message
	m.Decode(&ITU, unhex(t, "01000c05"))
	if m.MandatoryRead() {
		t.Error("REL without its cause has all that is mandatory")
	}
}

func TestErrors(t *testing.T) {
	f := func(hex, want string) {
		t.Helper()
		var m Message
		m.Decode(&ITU, unhex(t, hex))
		if m.Err == nil || m.Err.Error() != want {
			t.Errorf("%s: got %v, want %s", hex, m.Err, want)
		}
	}
	f("01000c", "REL: cause indicators: at octet 3: no pointer")
	f("01000c0000", "REL: cause indicators: at octet 3: pointer outside the message")
	f("01000c0200", "REL: cause indicators: at octet 3: pointer outside the message")
	f("01000c020003ff90", "REL: cause indicators: at octet 5: longer than the message")
	f("01000905", "ANM: optional part: at octet 3: pointer outside the message")
	f("0100090112", "ANM: cause indicators: at octet 4: no length")
	f("010009011203ff", "ANM: cause indicators: at octet 4: longer than the message")
	f("0100090112028290", "ANM: optional part: at octet 8: no end of optional parameters")
}

func TestAppendErrors(t *testing.T) {
	f := func(want string, cic uint32, typ Type, fields ...Field) {
		t.Helper()
		dst := []byte{1}
		out, err := ITU.Append(dst, cic, typ, fields)
		if err == nil || err.Error() != want || !bytes.Equal(out, dst) {
			t.Errorf("got %x, %v, want %s", out, err, want)
		}
	}
	long := make([]byte, 256)
	cause := Field{CauseIndicators, []byte{0x82, 0x90}}
	f("REL: circuit code 4096: does not fit", 4096, REL, cause)
	f("REL: cause indicators: missing, it is mandatory in place 1", 1, REL)
	f("ACM: backward call indicators: 1 octets, it has 2", 1, ACM, Field{BackwardCall, []byte{1}})
	f("ACM: backward call indicators: missing, it is mandatory in place 1", 1, ACM, cause)
	f("REL: cause indicators: 256 octets, more than 255", 1, REL, Field{CauseIndicators, long})
	f("REL: optional part: 257 octets after its pointer, more than 255", 1, REL, Field{CauseIndicators, long[1:]}, cause)
	f("REL: user-to-user information: 256 octets, more than 255", 1, REL, cause, Field{UserToUser, long})
	f("REL: end of optional parameters: is no parameter", 1, REL, cause, Field{})
	f("BLO: cause indicators: the message has no optional part", 1, BLO, cause)
	f("CQR: circuit state indicator: 257 octets after its pointer, more than 255", 1, CQR,
		Field{RangeAndStatus, long[1:]}, Field{CircuitState, nil})
}

func TestPassAlong(t *testing.T) {
	var m, inner Message
	m.Decode(&ITU, unhex(t, "0500280c02000283a2"))
	if !m.PassAlong(&inner) || inner.Type != REL || inner.CIC != 5 || inner.Err != nil {
		t.Fatalf("got %v, CIC %d, %v", inner.Name(), inner.CIC, inner.Err)
	}
	if b, ok := inner.Param(CauseIndicators); !ok || !bytes.Equal(b, []byte{0x83, 0xa2}) {
		t.Errorf("cause %x", b)
	}
	if inner.PassAlong(&m) {
		t.Error("a REL carries a message")
	}
	m.Decode(&ITU, unhex(t, "050028"))
	if !m.PassAlong(&inner) || inner.Err == nil {
		t.Error("an empty PAM is whole")
	}
}

// TestLong holds that a message of any length is taken.
func TestLong(t *testing.T) {
	b := append(unhex(t, "01000901"), bytes.Repeat([]byte{0x20, 0xff}, 40000)...)
	var m Message
	m.Decode(&ITU, b)
	if m.Err == nil || len(m.Data) != maxLength {
		t.Errorf("%d octets, %v", len(m.Data), m.Err)
	}
	if n := len(m.AppendDump(nil)); n == 0 {
		t.Error("no dump")
	}
}

// corpus is every vector and one sample of every message.
func corpus(t testing.TB) [][]byte {
	var c [][]byte
	for _, in := range vectors(t) {
		c = append(c, readHex(t, in))
	}
	for i := range 256 {
		if ITU.Known(Type(i)) {
			c = append(c, sample(t, &ITU, Type(i), 3))
		}
	}
	return c
}

// TestCorrupt changes random octets of whole messages: reading and dumping them must end, and every parameter must lie
// inside the message.
func TestCorrupt(t *testing.T) {
	c := corpus(t)
	var m Message
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b := bytes.Clone(c[r.IntN(len(c))])
		for range r.IntN(5) {
			if len(b) > 0 {
				b[r.IntN(len(b))] = byte(r.Uint32())
			}
		}
		check(t, &m, variants[r.IntN(len(variants))], b)
	}
}

// check reads b and dumps it, and holds what is true of any octets.
func check(t *testing.T, m *Message, tables *Tables, b []byte) {
	t.Helper()
	m.Decode(tables, b)
	if err := m.Dump(io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Params {
		if int(p.Off)+int(p.Len) > len(m.Data) || len(m.Value(p)) != int(p.Len) {
			t.Fatalf("%x: %+v lies outside", b, p)
		}
	}
	if m.Err != nil {
		return
	}
	// What is whole can be encoded, and reads the same again, though maybe with other pointers.
	again, err := m.encode()
	if err != nil {
		return // parts that overlap may be longer than pointers reach
	}
	var n Message
	n.Decode(tables, again)
	if n.Err != nil || n.CIC != m.CIC || n.Type != m.Type || len(n.Params) != len(m.Params) {
		t.Fatalf("%x: again %x: %v", b, again, n.Err)
	}
	for i, p := range m.Params {
		if q := n.Params[i]; q.Code != p.Code || !bytes.Equal(n.Value(q), m.Value(p)) {
			t.Fatalf("%x: again %x: parameter %d", b, again, i)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, b := range corpus(f) {
		f.Add(uint8(0), b)
	}
	f.Add(uint8(1), sample(f, &ANSI, IAM, 3))
	f.Add(uint8(2), sample(f, &BICC, IAM, 3))
	var m Message
	f.Fuzz(func(t *testing.T, v uint8, b []byte) {
		check(t, &m, variants[int(v)%len(variants)], b)
	})
}

// FuzzValues gives any octets to every typed value: what it encodes after that reads the same again.
func FuzzValues(f *testing.F) {
	f.Add([]byte{0x83, 0x93, 0x21, 0x43, 0xf5})
	f.Add([]byte{0x02, 0x80, 0x90})
	f.Add([]byte{0x0a, 0x03, 0x04})
	f.Fuzz(func(t *testing.T, b []byte) {
		b = b[:min(len(b), 300)] // longer ones only cost time
		for _, c := range values() {
			if c.v.Decode(b) != nil {
				continue
			}
			first := c.v.Append(nil)
			if err := c.v.Decode(first); err != nil {
				t.Fatalf("%T: %x gives %x: %v", c.v, b, first, err)
			}
			if second := c.v.Append(nil); !bytes.Equal(first, second) {
				t.Fatalf("%T: %x gives %x, then %x", c.v, b, first, second)
			}
		}
		for i := range 256 {
			ITU.Show(Code(i), b)
			ANSI.Show(Code(i), b)
		}
	})
}

// TestAllocs holds that reading whole messages and their values allocates nothing.
func TestAllocs(t *testing.T) {
	var m Message
	for _, tables := range []*Tables{&ITU, &ANSI, &BICC} {
		for i := range 256 {
			b := sample(t, tables, Type(i), 3)
			m.Decode(tables, b)
			if n := testing.AllocsPerRun(20, func() { m.Decode(tables, b) }); n != 0 {
				t.Errorf("%s: %v allocations", m.Name(), n)
			}
		}
	}
	rel := unhex(t, "01000c0200028390")
	var c Cause
	if n := testing.AllocsPerRun(100, func() {
		m.Decode(&ITU, rel)
		b, _ := m.Param(CauseIndicators)
		_ = c.Decode(b)
	}); n != 0 {
		t.Errorf("REL with its cause: %v allocations", n)
	}
}
