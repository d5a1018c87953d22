package correlate

import (
	"runtime"
	"testing"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// TestID holds the hash of a call to what its comment says, computed elsewhere: stored calls are found by it again.
func TestID(t *testing.T) {
	c := Call{Network: "default", Protocol: "isup", NI: 2, OPC: 1000, DPC: 2000, CIC: 5, Start: epoch + 1_234_567_891}
	const want = 8872206869353803391
	if got := c.ID(); got != want {
		t.Errorf("is %d, want %d", got, uint64(want))
	}
	same := c
	same.Start, same.Answer, same.Messages = c.Start+108, c.Start, 99 // the same microsecond
	if same.ID() != c.ID() {
		t.Error("differs by what is no part of it")
	}
	seen := map[uint64]bool{c.ID(): true}
	for _, change := range []func(*Call){
		func(c *Call) { c.Network = "x" }, func(c *Call) { c.Protocol = "bicc" }, func(c *Call) { c.NI = 0 },
		func(c *Call) { c.OPC, c.DPC = c.DPC, c.OPC }, func(c *Call) { c.CIC = 6 }, func(c *Call) { c.Start += 1000 },
		func(c *Call) { c.OPC++ }, func(c *Call) { c.Network, c.Protocol = "defaulti", "sup" },
	} {
		other := c
		change(&other)
		if seen[other.ID()] {
			t.Errorf("%+v has the ID of another", other)
		}
		seen[other.ID()] = true
	}
}

// TestNames reads back what String gives.
func TestNames(t *testing.T) {
	for o := OutcomeNone; o <= Lost; o++ {
		if got, ok := OutcomeOf(o.String()); !ok || got != o {
			t.Errorf("outcome %d %q is read as %d", o, o, got)
		}
	}
	for r := ReasonNone; r <= ByRestart; r++ {
		if got, ok := EndReasonOf(r.String()); !ok || got != r {
			t.Errorf("end reason %d %q is read as %d", r, r, got)
		}
	}
	for s := NoSide; s <= CalledSide; s++ {
		if got, ok := SideOf(s.String()); !ok || got != s {
			t.Errorf("side %d %q is read as %d", s, s, got)
		}
	}
	for c := ChargeUnknown; c <= ChargeYes; c++ {
		if got, ok := ChargeOf(c.String()); !ok || got != c {
			t.Errorf("charge %d %q is read as %d", c, c, got)
		}
	}
	if _, ok := OutcomeOf("engaged"); ok {
		t.Error("an outcome that there is not was found")
	}
	for f := range Flags(1 << len(flagNames)) {
		if got := FlagsOf(f.String()); got != f {
			t.Errorf("flags %q are read as %q", f, got)
		}
	}
	if got := (Partial | NoRLC | DualSeizure).String(); got != "partial dual_seizure no_rlc" {
		t.Errorf("flags are %q", got)
	}
	if got := FlagsOf(" partial  other suspect"); got != Partial|Suspect {
		t.Errorf("flags are %q", got)
	}
}

// TestParseNumber reads back digits as text.
func TestParseNumber(t *testing.T) {
	for _, s := range []string{"", "1", "0912345678", "12ABCDE", "12345678901234567890123456789012", "123456789012345678901234567890123456789"} {
		n := ParseNumber(s, 4, 1)
		if n.String() != s || n.Len() != len(s) || n.NOA != 4 || n.Presentation != 1 || !n.Seen {
			t.Errorf("%q is %+v", s, n)
		}
		m := ParseNumber(s, 3, 0)
		if !n.SameDigits(&m) {
			t.Errorf("%q is not the same twice", s)
		}
	}
}

// TestSetNumber is as adding the signals one by one, with the filler of an odd number left out.
func TestSetNumber(t *testing.T) {
	f := func(want string, st, odd bool, octets ...byte) {
		t.Helper()
		var n Number
		n.Set(&isup.Number{NOA: 3, Odd: odd, Signals: octets})
		if n.String() != want || n.ST != st {
			t.Errorf("% x is %s, ST %t; want %s, %t", octets, n.String(), n.ST, want, st)
		}
		same := ParseNumber(want, 0, 0)
		if !n.SameDigits(&same) {
			t.Errorf("% x is not %s", octets, want)
		}
		n.AppendSignals([]byte{0x09}, true)
		if n.String() != want+"9" {
			t.Errorf("% x and 9 is %s", octets, n.String())
		}
	}
	f("1234", false, false, 0x21, 0x43)
	f("123", false, true, 0x21, 0x03)
	f("123", false, true, 0x21, 0xf3)
	f("123", true, false, 0x21, 0xf3)
	f("12", true, true, 0x21, 0x0f)
	f("12ABCDE", false, true, 0x21, 0xba, 0xdc, 0x0e)
	f("", false, false)
}

// TestNoNamer is a Correlator that nobody told the names.
func TestNoNamer(t *testing.T) {
	var got Call
	c := New(Options{Sink: func(c *Call) { got = *c }})
	steps, _ := parse(t, "0 A>B 5 IAM called=1")
	c.Message(At{Time: epoch}, &steps[0].msu, &steps[0].msg)
	c.Close()
	if got.Network != "default" || got.Called.String() != "1" {
		t.Errorf("is %s", show(&got))
	}
	New(Options{}).Close()
}

// TestResume goes on with calls that an earlier capture left open.
func TestResume(t *testing.T) {
	before, _ := parse(t, `
		0 A>B 5 IAM called=1
		1 B>A 5 ACM free
		2 A>B 6 IAM called=2
		3 A>B 7 IAM called=3
		4 B>A 7 ACM
	`)
	calls, _ := play(t, Options{}, before, true)
	var got []Call
	c := New(Options{Namer: namer{}, Sink: func(c *Call) { got = append(got, *c) }})
	for i := range calls {
		c.Resume(&calls[i])
		c.Resume(&calls[i])
	}
	after, _ := parse(t, `
		10  B>A 5 ANM
		20  A>B 5 REL 16 LN
		20.1 B>A 5 RLC
		21  B>A 6 REL 17 LN
		24h5s A>B 9 RSC
	`)
	for i := range after {
		s := &after[i]
		if f := c.Message(At{Time: s.at, Clock: s.clock}, &s.msu, &s.msg); f != Decoded {
			t.Errorf("%s: fate %d", s.line, f)
		}
	}
	c.Close()
	compare(t, got, `
		A>B 5 called=1 start=0 acm=1 alerting=1 answer=10 release=20 rlc=20.1 outcome=answered cause=16/LN by=calling messages=5
		A>B 6 called=2 start=2 release=21 outcome=busy cause=17/LN by=called flags=no_rlc messages=2
		A>B 7 called=3 start=3 acm=4 outcome=lost reason=timeout end=86404 messages=2
	`)
}

// TestMemoryOfOpenCalls measures what calls that are up take of the heap, the table of circuits and what the allocator
// rounds up among it.
func TestMemoryOfOpenCalls(t *testing.T) {
	steps, _ := parse(t, "0 A>B 5 IAM called=0084912345678 calling=48251234")
	s := &steps[0]
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c := New(Options{})
	const n = 32000
	for i := range n {
		s.msu = mtp.MSU{NI: 2, OPC: 1, DPC: uint32(10 + i/2000)}
		s.msg.CIC = uint32(i % 2000)
		c.Message(At{Time: epoch + wire.Time(i)}, &s.msu, &s.msg)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if c.Open() != n {
		t.Fatalf("%d calls are up", c.Open())
	}
	per := float64(after.HeapAlloc-before.HeapAlloc) / n
	t.Logf("%.0f octets an open call", per)
	if per > 512 {
		t.Error("more than 512")
	}
	runtime.KeepAlive(c)
}
