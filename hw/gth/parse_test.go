package gth

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

func TestConfig(t *testing.T) {
	good := func(c Config) {
		t.Helper()
		src, err := Open(c)
		hwtest.Opens(t, src, err)
	}
	bad := func(c Config, want string) {
		t.Helper()
		if _, err := Open(c); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	one := []Link{{Forth: "1A/16", Back: "2A/16"}}
	no := false
	good(Config{Host: "172.16.1.10", Links: one})
	good(Config{Host: "172.16.1.10:2089", Listen: ":4700", Address: "172.16.1.1", From: "172.16.2.10", Monitoring: &no, Framing: "multiframe", Layer1: "leave", Repeats: "here", Errored: true, Clock: "source",
		Links: []Link{{Name: "a", Back: "pcm55/1-15+17-31", ESNF: true}, {Name: "b", Forth: "1A/1+3"}}})
	good(Config{Host: "probe.example", Links: one})
	bad(Config{Links: one}, `host: "": the address of the probe is needed, such as 172.16.1.10 or 172.16.1.10:2089`)
	bad(Config{Host: "a:b", Links: one}, `host: "a:b": the address of the probe is needed, such as 172.16.1.10 or 172.16.1.10:2089`)
	bad(Config{Host: "a"}, "links: at least one link is needed, such as {forth: 1A/16, back: 2A/16}")
	bad(Config{Host: "a", Links: []Link{{Name: "x"}}}, "links: link 1: forth or back is needed, such as 1A/16")
	bad(Config{Host: "a", Links: []Link{{Name: "x", Forth: "1A"}}}, `links: x: forth: "": a timeslot from 1 to 31, a range such as 1-15, or several joined by + are needed`)
	bad(Config{Host: "a", Links: []Link{{Name: "x", Back: "1A/0"}}}, `links: x: back: "0": a timeslot from 1 to 31, a range such as 1-15, or several joined by + are needed`)
	bad(Config{Host: "a", Links: []Link{{Name: "x", Forth: "1A/1-32"}}}, `links: x: forth: "1-32": a timeslot from 1 to 31, a range such as 1-15, or several joined by + are needed`)
	bad(Config{Host: "a", Links: []Link{{Name: "x", Forth: "1'/1"}}}, `links: x: forth: "1'/1": a span and timeslots are needed, such as 1A/16 or pcm55/1-15+17-31`)
	bad(Config{Host: "a", Links: []Link{{Name: "x", Forth: "1A/1", Back: "pcm1A/1"}}}, "links: x: timeslot 1 of pcm1A stands twice")
	bad(Config{Host: "a", Links: []Link{{Name: "x", Forth: "1A/1"}, {Name: "x", Forth: "1A/2"}}}, `links: name: "x" stands twice`)
	bad(Config{Host: "a", Listen: "4700", Links: one}, `listen: "4700": an address and a port are needed, such as 0.0.0.0:4700`)
	bad(Config{Host: "a", Address: "::1", Links: one}, `address: "::1": an IPv4 address is needed, such as 172.16.1.20`)
	bad(Config{Host: "a", From: "b", Links: one}, `from: "b": an IP address is needed`)
	bad(Config{Host: "a", Framing: "esf", Links: one}, `framing: "esf": doubleframe or multiframe is needed`)
	bad(Config{Host: "a", Layer1: "up", Links: one}, `layer1: "up": set or leave is needed`)
	bad(Config{Host: "a", Repeats: "all", Links: one}, `repeats: "all": probe or here is needed`)
	bad(Config{Host: "a", Clock: "ntp", Links: one}, `clock: "ntp": machine or source is needed`)
}

// stream is records, and what they say.
func stream() []byte {
	at := wire.Time(1_700_000_000_123_000_000)
	b := appendRecord(nil, 0, at, unitOf(1, false))
	b = appendRecord(b, 1, at+1_000_000, hwtest.WithFCS([]byte{1, 2, 0}))
	return appendRecord(b, 9, at, nil)
}

func TestRecords(t *testing.T) {
	b := stream()
	var r record
	if n := r.decode(b); n != 12+len(unitOf(1, false)) || r.tag != 0 || r.time != 1_700_000_000_123_000_000 || !bytes.Equal(r.unit, unitOf(1, false)) {
		t.Errorf("%d: %+v", n, r)
	}
	far := append([]byte{0, 10, 0, 1, 0, 2}, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	if n := r.decode(far); n != 12 || r.time.Known() || r.flags != 2 || len(r.unit) != 0 {
		t.Errorf("%d: %+v", n, r)
	}
	for n := range b { // each prefix holds the records that are whole
		got, err := whole(b[:n])
		if err != nil || got > n {
			t.Fatal(n, got, err)
		}
		for at := 0; at < got; {
			m := r.decode(b[at:got])
			if m == 0 {
				t.Fatalf("%d octets: no record at %d of %d", n, at, got)
			}
			at += m
		}
	}
	for _, bad := range []string{"\x00\x00", "\x00\x09", "\x10\x73", "\xff\xff"} {
		if n, err := whole(append(stream(), bad...)); err == nil || n != len(b) {
			t.Errorf("%x: %d, %v", bad, n, err)
		}
	}
}

// messages are what a probe sends on its control connection.
var messages = []string{
	"<ok/>", "<job id=\"m2mo9\"/>", "<error reason='bad argument'>text</error>",
	"<event><l1_message name='3A' state='ok'/></event>", "<event>\n<slip name='pcm1A'/>\n<mtp2_message id='m2mo0' value='in service'/></event>",
	"<event><l2_alarm id='m2mo1' attribute='load' state='raised' value='40'/></event>", "<event><fatality id='m2mo1'/></event>",
	"<state><resource name='pcm1A'><attribute name='status' value='OK'/></resource></state>", "<?xml version='1.0'?><ok/>",
}

func TestMessages(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		m, err := parseMessage([]byte(in))
		if err != nil || m.String() != want {
			t.Errorf("%s: %v, %v, want %s", in, &m, err, want)
		}
	}
	f(messages[0], "ok")
	f(messages[1], `job id="m2mo9"`)
	f(messages[2], `error reason="bad argument": text`)
	f(messages[4], `event (slip name="pcm1A") (mtp2_message id="m2mo0" value="in service")`)
	f(messages[7], `state (resource name="pcm1A" (attribute name="status" value="OK"))`)
	for _, whole := range messages {
		for n := range len(whole) { // no prefix is a whole element
			if m, err := parseMessage([]byte(whole[:n])); err == nil {
				t.Errorf("%s: %v", whole[:n], &m)
			}
		}
		framed := string(command{whole}.append(nil))
		m, ok, err := readMessage(bufio.NewReader(strings.NewReader(framed)))
		if err != nil || !ok || m.name == "" {
			t.Errorf("%s: %v", framed, err)
		}
		for n := range len(framed) {
			if _, _, err := readMessage(bufio.NewReader(strings.NewReader(framed[:n]))); err == nil || n == 0 && err != io.EOF {
				t.Errorf("%q: %v", framed[:n], err)
			}
		}
	}
	for _, bad := range []string{"", "ok", "<ok/><ok/>", "<ok></no>", "</ok>", "<ok", strings.Repeat("<a>", 20) + strings.Repeat("</a>", 20)} {
		if m, err := parseMessage([]byte(bad)); err == nil {
			t.Errorf("%s: %v", bad, &m)
		}
	}
	plain := "content-type: text/plain\r\ncontent-length: 3\r\n\r\nlog" + messages[0]
	if _, ok, err := readMessage(bufio.NewReader(strings.NewReader(plain))); ok || err != nil {
		t.Error("text:", ok, err)
	}
}

// still is a session without connections.
func still(t testing.TB) *session {
	t.Helper()
	p, err := newProbe(Config{Host: "a", Links: []Link{{Name: "a", Forth: "1A/1", Back: "2A/1"}}}, new(hw.Lines))
	if err != nil {
		t.Fatal(err)
	}
	s := &session{p: p, jobs: map[string]int{"m2mo0": 0, "m2mo1": 1}, news: make(chan struct{}, 1), done: make(chan struct{}), ticker: time.NewTicker(time.Hour)}
	return s
}

func FuzzRecords(f *testing.F) {
	f.Add(stream())
	f.Add([]byte{0, 10, 0, 1, 0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		s := still(t)
		n, _ := whole(b)
		if n > len(b) {
			t.Fatal(n, len(b))
		}
		free := make(chan *chunk, 1)
		s.chunks = append(s.chunks, &chunk{octets: b, n: n, came: 1_700_000_000_000_000_000, free: free})
		s.stop(io.EOF) // what was read is given all the same
		last := wire.NoTime
		for {
			var g capture.Frame
			if err := s.Next(&g); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if g.Clock < last {
				t.Fatal("the clock goes back")
			}
			last = g.Clock
		}
		if len(free) != 1 {
			t.Fatal("the chunk was not given back")
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, m := range messages {
		f.Add(command{m}.append(nil))
	}
	f.Add([]byte("Content-length: 5\n\n<ok/>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := still(t)
		for r := bufio.NewReader(bytes.NewReader(b)); ; {
			m, ok, err := readMessage(r)
			if err != nil {
				return
			}
			if !ok {
				continue
			}
			_, _ = m.String(), m.err()
			for i := range m.children {
				if m.children[i].name != "fatality" {
					s.happened(&m.children[i], 0)
				}
			}
		}
	})
}

// TestAllocations holds that a signal unit costs none.
func TestAllocations(t *testing.T) {
	s := still(t)
	s.chunk = &chunk{came: now(), free: make(chan *chunk, 1)}
	b := appendRecord(nil, 1, now(), unitOf(1, false))
	var f capture.Frame
	if n := testing.AllocsPerRun(1000, func() {
		s.rest = b
		if err := s.Next(&f); err != nil || f.Payload != capture.MTP2 {
			t.Fatal(err, f)
		}
	}); n != 0 {
		t.Error(n, "allocations")
	}
}

// BenchmarkUnits measures a signal unit from the octets of the probe to the frame.
func BenchmarkUnits(b *testing.B) {
	s := still(b)
	s.chunk = &chunk{came: now(), free: make(chan *chunk, 1)}
	octets := appendRecord(nil, 1, now(), unitOf(1, false))
	var f capture.Frame
	b.ReportAllocs()
	for b.Loop() {
		s.rest = octets
		if err := s.Next(&f); err != nil {
			b.Fatal(err)
		}
	}
}
