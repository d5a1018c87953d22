package mtp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// octets reads hex with spaces.
func octets(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSignalUnit(t *testing.T) {
	f := func(text string, annexA bool, want SignalUnit) {
		t.Helper()
		b := octets(t, text)
		var s SignalUnit
		if err := s.Decode(b, annexA, 0); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if s.Kind != want.Kind || s.BSN != want.BSN || s.FSN != want.FSN || s.BIB != want.BIB || s.FIB != want.FIB ||
			s.LI != want.LI || s.Status != want.Status {
			t.Errorf("%s: %+v, want %+v", text, s, want)
		}
		if got := s.Append(nil, annexA); !bytes.Equal(got, b) {
			t.Errorf("%s: encoded again %x", text, got)
		}
	}
	f("85 06 00", false, SignalUnit{Kind: FISU, BSN: 5, FSN: 6, BIB: true})
	f("ff ff 01 03", false, SignalUnit{Kind: LSSU, BSN: 127, FSN: 127, BIB: true, FIB: true, LI: 1, Status: StatusOutOfService})
	f("00 80 02 04 00", false, SignalUnit{Kind: LSSU, FIB: true, LI: 2, Status: StatusProcessorOutage})
	f("01 02 05 85 11 12 02 00", false, SignalUnit{Kind: MSUnit, BSN: 1, FSN: 2, LI: 5})
	f("00 00 3f"+strings.Repeat(" 55", 63), false, SignalUnit{Kind: MSUnit, LI: 63})
	f("00 00 3f"+strings.Repeat(" 55", 273), false, SignalUnit{Kind: MSUnit, LI: 63})
	f("ff 8f fe 0f 00 00", true, SignalUnit{Kind: FISU, BSN: 4095, BIB: true, FSN: 4094})
	f("01 00 02 80 11 01"+strings.Repeat(" 55", 273), true, SignalUnit{Kind: MSUnit, BSN: 1, FSN: 2, FIB: true, LI: 273})
}

func TestSignalUnitErrors(t *testing.T) {
	f := func(text string, annexA bool, want string) {
		t.Helper()
		var s SignalUnit
		err := s.Decode(octets(t, text), annexA, 0)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
		if s.Kind != NoUnit {
			t.Errorf("%s: kind %d of a broken unit", text, s.Kind)
		}
	}
	f("", false, "signal unit: at octet 0: 3 octets needed, 0 there")
	f("85 06", false, "3 octets needed, 2 there")
	f("85 06 00 00", false, "length indicator 0 with 1 octets behind it")
	f("85 06 05 01", false, "length indicator 5 with 1 octets")
	f("85 06 3f 01", false, "length indicator 63 with 1 octets")
	f("00 00 3f"+strings.Repeat(" 55", 274), false, "longer than any signal unit")
	f("00 00 00 00 00", true, "6 octets needed, 5 there")
	f("00 00 00 00 05 00", true, "length indicator 5 with 0 octets")
}

// TestSignalUnitCut holds that a unit which the capture did not keep whole is read as far as it goes.
func TestSignalUnitCut(t *testing.T) {
	var s SignalUnit
	if err := s.Decode(octets(t, "01 02 09 85 11 12"), false, 6); err != nil || s.Kind != MSUnit || len(s.Data) != 3 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := s.Decode(octets(t, "01 02 01"), false, 1); err != nil || s.Kind != LSSU {
		t.Errorf("an LSSU without its status field: %+v, %v", s, err)
	}
}

// TestSignalUnitPrefixes holds that no prefix of a unit is taken for one.
func TestSignalUnitPrefixes(t *testing.T) {
	whole := octets(t, "01 02 08 85 11 12 02 00 05 00 10")
	for n := range whole {
		var s SignalUnit
		if err := s.Decode(whole[:n], false, 0); err == nil {
			t.Errorf("%d of %d octets: no error", n, len(whole))
		}
	}
}

func TestFCS(t *testing.T) {
	f := func(text string) {
		t.Helper()
		b := octets(t, text)
		with := AppendFCS(b[:len(b):len(b)], b)
		if len(with) != len(b)+2 || !GoodFCS(with) {
			t.Errorf("%s: %x is no good sequence", text, with)
		}
		for bit := range 8 * len(with) {
			with[bit/8] ^= 1 << (bit % 8)
			if GoodFCS(with) {
				t.Errorf("%s: bit %d inverted is not seen", text, bit)
			}
			with[bit/8] ^= 1 << (bit % 8)
		}
	}
	f("85 06 00")
	f("01 02 05 85 11 12 02 00")
}

// TestFCSFinder holds that the sequence is found by evidence, on units of each length, and that a line without it loses
// no octet.
func TestFCSFinder(t *testing.T) {
	unit := func(n int) []byte {
		s := SignalUnit{BSN: 3, FSN: 4, Data: bytes.Repeat([]byte{0x85}, n)}
		return s.Append(nil, false)
	}
	f := func(lengths []int, with bool) {
		t.Helper()
		var finder FCSFinder
		for _, n := range lengths {
			b := unit(n)
			in := b
			if with {
				in = AppendFCS(b[:len(b):len(b)], b)
			}
			got, ok := finder.Trim(in, false, false, 0)
			if !ok || !bytes.Equal(got, b) {
				t.Errorf("lengths %v, with FCS %v: unit of %d octets comes out as %x, %v", lengths, with, n, got, ok)
			}
		}
	}
	for _, lengths := range [][]int{{0, 5, 70}, {70, 5, 70}, {70, 71, 273}, {1, 2, 62, 63, 64}, {273, 0}} {
		f(lengths, false)
		f(lengths, true)
	}
	var finder FCSFinder
	finder.Trim(AppendFCS(unit(5), unit(5)), false, false, 0)
	bad := AppendFCS(unit(5), unit(5))
	bad[4] ^= 1
	if _, ok := finder.Trim(bad, false, false, 0); ok {
		t.Error("an errored unit is taken for a good one")
	}
	if _, ok := finder.Trim(unit(5)[:2], false, true, 0); ok {
		t.Error("two octets are taken for a unit with its sequence")
	}
}

func TestMSULabels(t *testing.T) {
	f := func(v Variant, text string, want MSU) {
		t.Helper()
		b := octets(t, text)
		var m MSU
		if err := m.Decode(v, b); err != nil {
			t.Fatal(err)
		}
		if m.NI != want.NI || m.SI != want.SI || m.Priority != want.Priority || m.OPC != want.OPC || m.DPC != want.DPC ||
			m.SLS != want.SLS || !bytes.Equal(m.Data, want.Data) {
			t.Errorf("%v %s: %+v, want %+v", v, text, m, want)
		}
		if got := m.Append(nil); !bytes.Equal(got, b) {
			t.Errorf("%v %s: encoded again %x", v, text, got)
		}
		for n := range len(b) - len(want.Data) { // every prefix that cuts the label
			var short MSU
			if err := short.Decode(v, b[:n]); err == nil || short.Data != nil {
				t.Errorf("%v: %d octets: error %v, data %x", v, n, err, short.Data)
			}
		}
		if n := testing.AllocsPerRun(100, func() { _ = m.Decode(v, b); m.Hash() }); n != 0 {
			t.Errorf("%v: %v allocations", v, n)
		}
	}
	f(ITU, "85 11 52 80 50 0500", MSU{NI: 2, SI: 5, OPC: 0x0201, DPC: 0x1211, SLS: 5, Data: []byte{5, 0}})
	f(ANSI, "b5 010a02 050403 e1 2c01", MSU{NI: 2, SI: 5, Priority: 3, DPC: 0x020a01, OPC: 0x030405, SLS: 0xe1, Data: []byte{0x2c, 1}})
	f(China, "85 010a02 050403 0c 00", MSU{NI: 2, SI: 5, DPC: 0x020a01, OPC: 0x030405, SLS: 12, Data: []byte{0}})
	f(Japan, "85 3412 7856 03 00", MSU{NI: 2, SI: 5, DPC: 0x1234, OPC: 0x5678, SLS: 3, Data: []byte{0}})
}

func TestVariantNames(t *testing.T) {
	for _, v := range []Variant{ITU, ANSI, China, Japan} {
		if got, err := ParseVariant(v.String()); got != v || err != nil {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
	if _, err := ParseVariant("etsi"); err == nil {
		t.Error("etsi is a variant")
	}
}

// TestHash holds that what makes two messages differ changes the hash, and that link and direction do not.
func TestHash(t *testing.T) {
	base := MSU{NI: 2, SI: 5, OPC: 1, DPC: 2, SLS: 3, Data: []byte{1, 2, 3, 4, 5, 6, 7, 8, 9}}
	same := base
	same.Link, same.Direction, same.Priority = 7, 1, 3
	if base.Hash() != same.Hash() {
		t.Error("the same message on another link has another hash")
	}
	f := func(change func(*MSU)) {
		t.Helper()
		m := base
		m.Data = bytes.Clone(base.Data)
		change(&m)
		if m.Hash() == base.Hash() {
			t.Errorf("%+v has the hash of %+v", m, base)
		}
	}
	f(func(m *MSU) { m.NI = 0 })
	f(func(m *MSU) { m.SI = 13 })
	f(func(m *MSU) { m.OPC, m.DPC = 2, 1 })
	f(func(m *MSU) { m.SLS++ })
	f(func(m *MSU) { m.Data = m.Data[:8] })
	f(func(m *MSU) { m.Data = append(m.Data, 0) })
	for i := range base.Data {
		f(func(m *MSU) { m.Data[i] ^= 0x10 })
	}
}

func TestManagement(t *testing.T) {
	f := func(m MSU, want string) {
		t.Helper()
		if got := m.Management(); got != want {
			t.Errorf("SI %d % x: %q, want %q", m.SI, m.Data, got, want)
		}
	}
	f(MSU{SI: SNM, Data: []byte{0x14, 0x34, 0x12}}, "TFP")
	f(MSU{SI: MTN, Data: []byte{0x11, 0x40}}, "SLTM")
	f(MSU{SI: MTNS, Data: []byte{0x21, 0x40}}, "SLTA")
	f(MSU{SI: SNM, Variant: Japan, Data: []byte{0, 0x14}}, "TFP")
	f(MSU{SI: SNM, Data: []byte{0xff}}, "")
	f(MSU{SI: SNM}, "")
	f(MSU{SI: SNM, Variant: Japan, Data: []byte{0}}, "")
	f(MSU{SI: ISUP, Data: []byte{0x14}}, "")
}

func TestSignalUnitAllocations(t *testing.T) {
	b := octets(t, "01 02 05 85 11 12 02 00")
	var s SignalUnit
	var f FCSFinder
	if n := testing.AllocsPerRun(100, func() {
		unit, _ := f.Trim(b, false, false, 0)
		_ = s.Decode(unit, false, 0)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzSignalUnit holds that no octets stop the decoder, and that what it took is encoded to the same octets again.
func FuzzSignalUnit(f *testing.F) {
	for _, s := range []string{"85 06 00", "ff ff 01 03", "01 02 05 85 11 12 02 00", "ff 8f fe 0f 00 00"} {
		f.Add(octets(f, s), false, 0)
		f.Add(octets(f, s), true, 0)
	}
	f.Fuzz(func(t *testing.T, b []byte, annexA bool, cut int) {
		cut = min(max(cut, 0), 1<<16)
		var finder FCSFinder
		unit, ok := finder.Trim(b, annexA, false, cut)
		if !ok {
			return
		}
		var s SignalUnit
		if err := s.Decode(unit, annexA, cut); err != nil {
			var le *LengthError
			if !errors.As(err, &le) && len(unit) > headAnnexA {
				t.Errorf("%x: %v", unit, err)
			}
			return
		}
		var again SignalUnit
		if cut == 0 {
			if err := again.Decode(s.Append(nil, annexA), annexA, 0); err != nil || again.FSN != s.FSN || again.Kind != s.Kind ||
				!bytes.Equal(again.Data, s.Data) {
				t.Errorf("%x: %+v, again %+v, %v", unit, s, again, err)
			}
		}
		for v := ITU; v <= Japan; v++ {
			var m MSU
			if m.Decode(v, s.Data) == nil && !bytes.Equal(m.Append(nil)[1:], s.Data[1:]) && v != China && v != Japan {
				t.Errorf("%v %x: label encoded again as %x", v, s.Data, m.Append(nil))
			}
			m.Management()
			m.Hash()
		}
	})
}
