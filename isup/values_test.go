package isup

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"c7mon/cause"
)

// A value is what every typed parameter has.
type value interface {
	Decode([]byte) error
	Append([]byte) []byte
}

// values gives one of each typed value with the fewest octets that it can be read from.
func values() []struct {
	v   value
	min int
} {
	return []struct {
		v   value
		min int
	}{
		{new(NatureIndicators), 1}, {new(ForwardIndicators), 2}, {new(OptionalForwardIndicators), 1},
		{new(BackwardIndicators), 2}, {new(OptionalBackwardIndicators), 1}, {new(Category), 1}, {new(Medium), 1},
		{new(Event), 1}, {new(Redirection), 1}, {new(SuspendIndicators), 1}, {new(ContinuityIndicators), 1},
		{new(Supervision), 1}, {new(Range), 1}, {new(RequestIndicators), 2}, {new(InformationIndicators), 2},
		{new(Hops), 1}, {new(Delay), 2}, {new(Cause), 2}, {new(Number), 2}, {new(SubsequentNumber), 1},
		{new(GenericNumber), 3},
	}
}

// TestWords holds that a value of one or two octets gives back each of its octets.
func TestWords(t *testing.T) {
	one := []value{new(NatureIndicators), new(OptionalForwardIndicators), new(OptionalBackwardIndicators), new(Category),
		new(Medium), new(Event), new(SuspendIndicators), new(ContinuityIndicators), new(Supervision), new(Hops)}
	for _, v := range one {
		for i := range 256 {
			in := []byte{byte(i)}
			if err := v.Decode(in); err != nil || !bytes.Equal(v.Append(nil), in) {
				t.Fatalf("%T: %x gives %x, %v", v, in, v.Append(nil), err)
			}
		}
	}
	two := []value{new(ForwardIndicators), new(BackwardIndicators), new(RequestIndicators), new(InformationIndicators),
		new(Delay)}
	for _, v := range two {
		for i := range 65536 {
			in := []byte{byte(i >> 8), byte(i)}
			if err := v.Decode(in); err != nil || !bytes.Equal(v.Append(nil), in) {
				t.Fatalf("%T: %x gives %x, %v", v, in, v.Append(nil), err)
			}
		}
	}
}

// TestStructs holds that what the values with fields encode, all of the codes of each field, decodes to the same.
func TestStructs(t *testing.T) {
	f := func(in, out value) {
		t.Helper()
		b := in.Append(nil)
		if err := out.Decode(b); err != nil {
			t.Fatalf("%T: %x: %v", in, b, err)
		}
		if !reflect.DeepEqual(in, out) {
			t.Fatalf("%x: got %+v, want %+v", b, out, in)
		}
	}
	for v := range 128 {
		for l := range 16 {
			for coding := range uint8(4) {
				f(&Cause{coding, cause.Location(l), cause.Code(v), []byte{}}, new(Cause))
			}
		}
		f(&Cause{0, 2, cause.Code(v), []byte{1, 2}}, new(Cause))
	}
	for i := range 256 {
		o := uint8(i)
		f(&Number{NOA: o & 0x7f, Odd: i > 127, INN: o&1 != 0, Plan: o & 7, Presentation: o & 3, Screening: o >> 2 & 3,
			Signals: []byte{0x21, o}}, new(Number))
		f(&GenericNumber{o, Number{NOA: 3, Plan: 1, Signals: []byte{o}}}, new(GenericNumber))
		f(&SubsequentNumber{i&1 != 0, []byte{o}}, new(SubsequentNumber))
		f(&Range{o, bytes.Repeat([]byte{o}, i/8)}, new(Range))
		for j := range 128 {
			p := uint8(j)
			f(&Redirection{Indicator: p & 7, OriginalReason: o >> 4, Counter: p >> 4, Reason: o & 15}, new(Redirection))
		}
		f(&Redirection{Indicator: o & 7, OriginalReason: o >> 4, Short: true}, new(Redirection))
	}
}

// TestCutValues gives every value all of its prefixes: too few octets are an error, enough are none.
func TestCutValues(t *testing.T) {
	whole := []byte{0x83, 0x93, 0x21, 0x43, 0x65}
	for _, c := range values() {
		for n := range len(whole) + 1 {
			if err := c.v.Decode(whole[:n]); (err == nil) != (n >= c.min) {
				t.Errorf("%T of %d octets: %v", c.v, n, err)
			}
		}
	}
	var v Cause
	if v.Decode([]byte{0x03, 0x80}) == nil {
		t.Error("a cause cut after octet 1a is taken")
	}
}

// TestValueAllocs holds that reading a value allocates nothing.
func TestValueAllocs(t *testing.T) {
	b := []byte{0x83, 0x93, 0x21, 0x43, 0xf5}
	for _, c := range values() {
		if n := testing.AllocsPerRun(100, func() { _ = c.v.Decode(b) }); n != 0 {
			t.Errorf("%T: %v allocations", c.v, n)
		}
	}
	var n Number
	buf := make([]byte, 0, 32)
	if a := testing.AllocsPerRun(100, func() { _ = n.Decode(b); buf, _ = n.AppendDigits(buf[:0]) }); a != 0 {
		t.Errorf("digits: %v allocations", a)
	}
}

func TestIndicators(t *testing.T) {
	f := func(got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("got %v, want %v", got, want)
		}
	}
	b := BackwardIndicators(0x1416)
	f(b.Charge(), uint8(Charge))
	f(b.CalledStatus(), uint8(SubscriberFree))
	f(b.CalledCategory(), uint8(1))
	f(b.ISUPAllWay() && b.ISDNAccess() && !b.Interworking(), true)
	f(BackwardIndicators(1).Charge(), uint8(NoCharge))
	fwd := ForwardIndicators(0x1169)
	f(fwd.International() && fwd.Interworking() && fwd.ISUPAllWay() && fwd.ISDNAccess() && fwd.Translated(), true)
	f(fwd.Preference(), uint8(1))
	f(fwd.EndToEnd(), uint8(0))
	n := NatureIndicators(0x15)
	f(n.Satellites(), 1)
	f(n.Continuity(), uint8(CheckRequired))
	f(n.OutgoingEcho(), true)
	f(OptionalForwardIndicators(0x84).Segmented() && OptionalForwardIndicators(0x84).ConnectedLine(), true)
	f(OptionalForwardIndicators(3).ClosedUserGroup(), uint8(3))
	f(OptionalBackwardIndicators(1).InBand() && OptionalBackwardIndicators(2).Diversion() &&
		OptionalBackwardIndicators(4).Segmented(), true)
	f(Event(0x81).Indicator(), uint8(Alerting))
	f(Event(0x81).Restricted(), true)
	f(SuspendIndicators(1).Network(), true)
	f(ContinuityIndicators(0).Successful(), false)
	f(Supervision(1).Hardware(), true)
	f(Supervision(0xfc).Kind(), uint8(Maintenance))
	f(RequestIndicators(0x1b).CallingAddress() && RequestIndicators(0x1b).CallingCategory(), true)
	f(RequestIndicators(0x92).Holding() && RequestIndicators(0x92).MaliciousCall() &&
		RequestIndicators(0x92).ChargeInformation(), true)
	f(InformationIndicators(0xe7).CallingAddress(), uint8(3))
	f(Hops(0xff).Count(), 31)
	f(Medium(36).String(), "36 23x64 kbit/s unrestricted")
	f(Medium(19).String(), "19")
	f(Medium(42).String(), "42 29x64 kbit/s unrestricted")
	f(Category(10).String(), "10 ordinary calling subscriber")
	f(Category(0xe0).String(), "224")
	f(State(0x0d).Call(), uint8(CallIdle))
	f(State(0x2d).Hardware(), uint8(RemotelyBlocked))
	f(State(0x2d).Maintenance(), uint8(LocallyBlocked))
	f(State(3).Unequipped() && State(0).Transient() && !State(12).Transient(), true)
}

func TestDigits(t *testing.T) {
	f := func(in, want string, wantST bool) {
		t.Helper()
		var n, back Number
		n.SetDigits(nil, in)
		if err := back.Decode(n.Append(nil)); err != nil {
			t.Fatal(err)
		}
		if got, st := back.Digits(); got != want || st != wantST {
			t.Errorf("%q: got %q, %v", in, got, st)
		}
		buf, st := back.AppendDigits([]byte("F"))
		if string(buf) != "F"+want || st != wantST {
			t.Errorf("%q: appended %q, %v", in, buf, st)
		}
	}
	f("", "", false)
	f("1", "1", false)
	f("84912345678", "84912345678", false)
	f("0912345678F", "0912345678", true)
	f("0BCDE", "0BCDE", false)
	f("12F4", "124", true)
}

func TestRange(t *testing.T) {
	f := func(hex string, circuits, bits int, c Type, wantErr string) {
		t.Helper()
		var v Range
		if err := v.Decode(unhex(t, hex)); err != nil {
			t.Fatal(err)
		}
		if v.Circuits() != circuits || v.Bits() != bits {
			t.Errorf("%s: %d circuits, %d bits, want %d, %d", hex, v.Circuits(), v.Bits(), circuits, bits)
		}
		err := v.Check(c)
		if got := fmt.Sprint(err); got != wantErr {
			t.Errorf("%s: %v, want %v", hex, got, wantErr)
		}
	}
	ok := "<nil>"
	f("1f", 32, 0, GRS, ok)
	f("20", 33, 0, GRS, "range: 32, at most 31")
	f("00", 1, 0, GRS, "range: 0 is reserved")
	f("00", 1, 0, CQM, "range: 0 is reserved")
	f("0a0304", 11, 3, CGB, ok)
	f("0a03", 11, 2, CGB, "status: 1 octets, 2 needed")
	f("0affff", 11, 11, CGB, ok)
	f("0a", 11, 0, GRA, "status: 0 octets, 2 needed")
	f("0a0000", 11, 0, GRS, "status: 2 octets, 0 needed")
	f("ff"+"ffffffff"+"00000000000000000000000000000000000000000000000000000000", 256, 32, CGU, ok)
	f("ff"+"ffffffff"+"01000000000000000000000000000000000000000000000000000000", 256, 33, CGU, "status: 33 circuits, at most 32")
	v := Range{Range: 10, Status: []byte{0x03, 0xff}}
	for i, want := range map[int]bool{-1: false, 0: true, 1: true, 2: false, 8: true, 10: true, 11: false, 1 << 20: false} {
		if v.Bit(i) != want {
			t.Errorf("bit %d: %v", i, v.Bit(i))
		}
	}
}

func TestShow(t *testing.T) {
	f := func(tables *Tables, c Code, hex, text, asJSON string) {
		t.Helper()
		v := tables.Show(c, unhex(t, hex))
		if got := fmt.Sprint(v); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
		if got, err := json.Marshal(v); err != nil || string(got) != asJSON {
			t.Errorf("got %s, %v, want %s", got, err, asJSON)
		}
	}
	f(&ITU, CauseIndicators, "8290", "16 normal call clearing (LN)", `"16 normal call clearing (LN)"`)
	f(&ITU, CauseIndicators, "82", "82 (cause value: at octet 1: 1 octets needed, 0 there)",
		`"82 (cause value: at octet 1: 1 octets needed, 0 there)"`)
	f(&ITU, SuspendResume, "01", "initiated by: 1 network", `{"initiated_by":"1 network"}`)
	f(&ITU, SuspendResume, "01ff", "initiated by: 1 network, further octets: ff",
		`{"initiated_by":"1 network","further_octets":"ff"}`)
	f(&ITU, BackwardCall, "01", "01 (1 octets, at least 2 needed)", `"01 (1 octets, at least 2 needed)"`)
	f(&ITU, CalledNumber, "0110", "digits: -, nature: 1 subscriber number, plan: 1 E.164",
		`{"digits":"","nature":"1 subscriber number","plan":"1 E.164"}`)
	f(&ITU, GenericNum, "0683132103", "qualifier: 6 additional calling party number, digits: 123, "+
		"nature: 3 national number, plan: 1 E.164, presentation: 0 allowed, screening: 3 network provided",
		`{"qualifier":"6 additional calling party number","digits":"123","nature":"3 national number",`+
			`"plan":"1 E.164","presentation":"0 allowed","screening":"3 network provided"}`)
	f(&ITU, CalledNumber, "83902143f5", "digits: 12345, nature: 3 national number, plan: 1 E.164, "+
		"internal network number: not allowed",
		`{"digits":"12345","nature":"3 national number","plan":"1 E.164","internal_network_number":"not allowed"}`)
	f(&ITU, PropagationDelay, "0064", "100 ms", `"100 ms"`)
	f(&ITU, HopCounter, "1f", "31", `"31"`)
	f(&ITU, 0xf0, "dead", "dead", `"dead"`)
	f(&ANSI, CauseIndicators, "c29b", "27 NP query-on-release: number not found, coding ANSI (LN)",
		`"27 NP query-on-release: number not found, coding ANSI (LN)"`)
}
