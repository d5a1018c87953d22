package dsi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
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
	link := func(l Link) Config { return Config{Address: "unix:/s", Links: []Link{l}} }
	good(Config{Address: "tcp:10.0.0.5:4700"})
	good(Config{Address: "tcp:[::1]:4700", Format: "text", Timezone: "Asia/Ho_Chi_Minh", Clock: "source",
		Links: []Link{{Name: "a", Forth: id(0), Back: id(1), ForthLIU: "0/0", BackLIU: "1", Sequence: "extended"}, {Back: id(65535), AAL5: true, Sequence: "basic"}}})
	good(Config{Address: "fifo:/run/dsi", Format: "records", Clock: "machine"})
	good(Config{Address: "file:/var/log/s7.log", Start: "2003-10-18T10:00:00Z", Clock: "source"})
	bad(Config{}, `address: "": tcp:HOST:PORT, unix:PATH, fifo:PATH or file:PATH is needed`)
	bad(Config{Address: "10.0.0.5:4700"}, `address: "10.0.0.5:4700": tcp:HOST:PORT, unix:PATH, fifo:PATH or file:PATH is needed`)
	bad(Config{Address: "tcp:4700"}, `address: "tcp:4700": tcp:, a host, a colon and a port, such as tcp:10.0.0.5:4700, is needed`)
	bad(Config{Address: "tcp"}, `address: "tcp": tcp:, a host, a colon and a port, such as tcp:10.0.0.5:4700, is needed`)
	bad(Config{Address: "unix:"}, `address: "unix:": unix: and a path is needed`)
	bad(Config{Address: "unix:/s", Format: "json"}, `format: "json": records or text is needed`)
	bad(Config{Address: "unix:/s", Timezone: "Hanoi"}, `timezone: "Hanoi": a name such as Asia/Ho_Chi_Minh is needed`)
	bad(Config{Address: "unix:/s", Start: "2003-10-18T10:00:00Z"}, "start: is for a file alone")
	bad(Config{Address: "file:/s", Start: "today"}, `start: "today": a time such as 2003-10-18T10:00:00Z is needed`)
	bad(Config{Address: "file:/s", Clock: "machine"}, `clock: "machine": a file has no clock but the source's`)
	bad(Config{Address: "unix:/s", Clock: "gps"}, `clock: "gps": machine or source is needed`)
	bad(link(Link{}), "links: link 1: forth or back is needed: the link id of MONITOR_LINK")
	bad(link(Link{Forth: id(65536)}), "links: link 1: forth: 65536: a link id from 0 to 65535 is needed")
	bad(link(Link{Back: id(-1)}), "links: link 1: back: -1: a link id from 0 to 65535 is needed")
	bad(link(Link{Forth: id(1), Back: id(1)}), "links: link 1: back: link id 1 stands twice")
	bad(link(Link{Forth: id(1), Sequence: "12"}), `links: link 1: sequence: "12": basic or extended is needed`)
	bad(link(Link{Forth: id(1), ForthLIU: "a"}), `links: link 1: forth_liu: "a": the numbers of a board and of its line interface are needed, such as 0/3`)
	bad(link(Link{Forth: id(1), BackLIU: "1"}), "links: link 1: back_liu: is of no use without back")
}

// stream is a greeting and a record of each kind.
func stream() []byte {
	b := appendMessage(greeting(nil), stamped(1, 1_700_000_000_000_000_000, hwtest.MSU(1, false)))
	b = appendMessage(b, message{kind: liuStatus, id: 2, instance: 3, src: 4, dst: 5, rspReq: 6, hclass: 7, status: 10, errInfo: 0x01020304})
	return append(b, 0, 6, kindLost, 0, 0, 0, 1, 2, 0, 2, kindAlive, 0, 0, 3, 9, 0, 7)
}

func TestRecords(t *testing.T) {
	b := stream()
	for n := range helloOctets {
		if more, err := hello(b[:n]); !more || err != nil {
			t.Error(n, more, err)
		}
	}
	if more, err := hello(b); more || err != nil {
		t.Error(more, err)
	}
	if _, err := hello([]byte("C7DS\x01\x00\x00\x00")); !errors.Is(err, errVersion) {
		t.Error(err)
	}
	b = b[helloOctets:]
	var all []record
	for at := 0; at < len(b); {
		var r record
		n, err := r.decode(b[at:])
		if n == 0 || err != nil {
			t.Fatal(at, n, err)
		}
		for short := range n { // no prefix is a record
			if m, err := r.decode(b[at : at+short]); m != 0 || err != nil {
				t.Fatal(at, short, m, err)
			}
		}
		if _, err := r.decode(b[at:]); err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
		at += n
	}
	want := []record{
		{kind: kindMessage, message: stamped(1, 1_700_000_000_000_000_000, hwtest.MSU(1, false))},
		{kind: kindMessage, message: message{kind: liuStatus, id: 2, instance: 3, src: 4, dst: 5, rspReq: 6, hclass: 7, status: 10, errInfo: 0x01020304, param: []byte{}}},
		{kind: kindLost, lost: 258}, {kind: kindAlive}, {kind: 9}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("%+v\nwant\n%+v", all, want)
	}
	whole := appendMessage(nil, message{kind: rxInd, param: make([]byte, maxParam)})
	var r record
	if n, err := r.decode(whole); n != len(whole) || err != nil || r.err != nil || len(r.message.param) != maxParam {
		t.Error(n, err, r.err)
	}
	whole = appendMessage(nil, message{kind: rxInd, param: make([]byte, maxParam+1)})
	if n, err := r.decode(whole); n != len(whole) || err != nil || r.err != errRecord {
		t.Error(n, err, r.err)
	}
}

// lines are those of manuals and logs.
var lines = []string{
	"S7L:I0000 M t8f01 i0000 f00 def s00 pffff0103",
	"S7L:I0000 M t8f0f i0000 f00 def s00 pffff01037caa8ec4e90f2abf",
	"S7L:2001-11-20 15:17:01.012 BRD:2001-11-20 15:17:01.011 I0000 M t7e20 i0000 f0d def s00 p00030001006000",
	"M-I0000-t8f01-i0000-f00-def-s00-pffff0103",
	"M-t7e34-i0001-f1d-d20-r8000-e0000000a-p",
	"S7L:I0001 RSI_MSG_LNK_STATUS : Link 0 now down", "S7_log : mod ID=0xef, options=0xaf0d", "* comment", "",
}

func TestLines(t *testing.T) {
	r := &textReader{zone: time.UTC}
	f := func(in string, want line) {
		t.Helper()
		var l line
		if err := r.decode(&l, []byte(in)); err != nil {
			t.Errorf("%s: %v", in, err)
			return
		}
		l.message.param = bytes.Clone(l.message.param)
		if !reflect.DeepEqual(l, want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", in, l, want)
		}
	}
	none := line{host: wire.NoTime, board: wire.NoTime}
	m := none
	m.kind, m.message = lineMessage, message{kind: rxInd, dst: 0xef, param: []byte{0xff, 0xff, 1, 3}}
	f(lines[0], m)
	f(lines[3], m)
	m.message.kind, m.message.param = rxIndT, []byte{0xff, 0xff, 1, 3, 0x7c, 0xaa, 0x8e, 0xc4, 0xe9, 0x0f, 0x2a, 0xbf}
	f(lines[1], m)
	at := wire.TimeOf(time.Date(2001, 11, 20, 15, 17, 1, 0, time.UTC))
	m.host, m.board = at+12_000_000, at+11_000_000
	m.message = message{kind: 0x7e20, src: 0x0d, dst: 0xef, param: []byte{0, 3, 0, 1, 0, 0x60, 0}}
	f(lines[2], m)
	m = none
	m.kind, m.message = lineMessage, message{kind: 0x7e34, id: 1, src: 0x1d, dst: 0x20, rspReq: 0x8000, errInfo: 10, param: []byte{}}
	f(lines[4], m)
	words := none
	words.kind, words.text = lineText, []byte("I0001 RSI_MSG_LNK_STATUS : Link 0 now down")
	f(lines[5], words)
	for _, blank := range lines[6:] {
		f(blank, none)
	}
	long := "M-t8f01-p" + strings.Repeat("00", maxParam)
	m = none
	m.kind, m.message = lineMessage, message{kind: rxInd, param: make([]byte, maxParam)}
	f(long, m)
	bad := func(in, want string) {
		t.Helper()
		var l line
		if err := r.decode(&l, []byte(in)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", in, err, want)
		}
	}
	bad("hello", errLine.Error())
	bad("Mt8f01", errLine.Error())
	bad("M-i0000-p00", "line: a message without its type")
	bad("M-i0000", "line: a message without its type")
	bad("M-t8f01-p0", "line: half an octet at its end")
	bad("M-t8f01-p0x", `line: "0x" is no octet`)
	bad("M-t8f0x", `line: field 't' is no number of up to 8 hexadecimal digits`)
	bad("M-t123456789", `line: field 't' is no number of up to 8 hexadecimal digits`)
	bad("M-t8f01-z", `line: field 'z' without a value`)
	bad(long+"00", "line: more than 320 octets of parameters")
	for _, whole := range lines {
		for n := range len(whole) { // a prefix is less, or an error
			var l line
			if err := r.decode(&l, []byte(whole[:n])); err == nil && l.kind == lineMessage && len(l.message.param) > n/2 {
				t.Errorf("%s: %+v", whole[:n], l)
			}
		}
	}
}

// still is a session without a connection.
func still(t testing.TB, c Config) *session {
	t.Helper()
	h, err := newHost(c, new(hw.Lines))
	if err != nil {
		t.Fatal(err)
	}
	return &session{h: h, greeted: true, came: 1_700_000_000_000_000_000, live: true}
}

// drain takes what the session gives to the end of its octets, and holds that its clock does not go back.
func drain(t *testing.T, s *session) {
	last := wire.NoTime
	s.end = io.EOF
	for range 4 * len(s.octets) {
		var f capture.Frame
		if s.Next(&f) != nil {
			return
		}
		if f.Clock < last || f.Clock < f.Time {
			t.Fatal("the clock goes back")
		}
		last = f.Clock
	}
	t.Fatal("it does not end")
}

func FuzzRecords(f *testing.F) {
	f.Add(stream())
	f.Add(stream()[:30])
	f.Add([]byte("C7DS\x00\x02\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := still(t, Config{Address: "unix:/s", Links: []Link{{Forth: id(0), Back: id(1), ForthLIU: "1"}, {Forth: id(2), AAL5: true}, {Back: id(3), Sequence: "extended"}}})
		s.greeted = false
		s.to = copy(s.octets[:], b)
		drain(t, s)
	})
}

func FuzzLines(f *testing.F) {
	f.Add(strings.Join(lines, "\n"))
	f.Add("S7L:2001-11-20 15:17:01.01299999999999 \nS7L:9999-99-99 99:99:99 BRD:\n")
	f.Fuzz(func(t *testing.T, text string) {
		s := still(t, Config{Address: "file:/s"})
		s.live, s.h.start = false, 0
		s.to = copy(s.octets[:], text)
		drain(t, s)
	})
}

// TestAllocations holds that a signal unit costs none, in either form.
func TestAllocations(t *testing.T) {
	f := func(c Config, b []byte) {
		t.Helper()
		s := still(t, c)
		n := copy(s.octets[:], b)
		var f capture.Frame
		next := func() {
			s.from, s.to = 0, n
			if err := s.Next(&f); err != nil || f.Payload != capture.MTP2 {
				t.Fatal(err, f)
			}
		}
		next() // meets the link
		if n := testing.AllocsPerRun(1000, next); n != 0 {
			t.Error(n, "allocations")
		}
	}
	m := stamped(1, 1_700_000_000_000_000_000, hwtest.MSU(1, false))
	f(Config{Address: "unix:/s"}, appendMessage(nil, m))
	f(Config{Address: "fifo:/s", Format: "text"}, []byte(logLine(m)))
}

// BenchmarkUnits measures a signal unit from the octets of the relay, and of a log, to the frame.
func BenchmarkUnits(b *testing.B) {
	m := stamped(1, 1_700_000_000_000_000_000, hwtest.MSU(1, false))
	for _, c := range []Config{{Address: "unix:/s", Format: "records"}, {Address: "unix:/s", Format: "text"}} {
		b.Run(c.Format, func(b *testing.B) {
			s := still(b, c)
			n := copy(s.octets[:], appendMessage(nil, m))
			if s.h.text {
				n = copy(s.octets[:], logLine(m))
			}
			var f capture.Frame
			b.ReportAllocs()
			for b.Loop() {
				s.from, s.to = 0, n
				if err := s.Next(&f); err != nil {
					b.Fatal(fmt.Errorf("next: %w", err))
				}
			}
		})
	}
}
