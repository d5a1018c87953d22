package raw

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

func TestOpen_Failure(t *testing.T) {
	f := func(c Config, want string) {
		t.Helper()
		if _, err := Open(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s ...", err, want)
		}
	}
	f(Config{Format: "e1"}, "forth: ")
	f(Config{Forth: "x", Back: "x", Format: "e1"}, "back: ")
	f(Config{Forth: "x"}, `format: "": one of timeslot, e1`)
	f(Config{Forth: "unix:", Format: "e1"}, `forth: "unix:"`)
	f(Config{Back: "tcp:host", Format: "e1"}, `back: "tcp:host": a host and a port`)
	f(Config{Forth: "x", Format: "e1", Pace: "slow"}, `pace: "slow"`)
	f(Config{Forth: "x", Format: "e1", Line: hw.LineConfig{BitOrder: "x"}}, "bit_order: ")
	f(Config{Forth: "x", Format: "timeslot", Line: hw.LineConfig{Links: []string{"1-3"}}}, "links: ")
}

// heard is what a source gave.
type heard struct {
	units  [2][]int // numbers of the messages of each direction
	times  []wire.Time
	events []string
}

func (h *heard) take(f *hwtest.Heard) {
	if f.Payload == capture.MTP2 && len(f.Data) == 12 {
		h.units[f.Direction] = append(h.units[f.Direction], int(f.Data[4])|int(f.Data[5])<<8)
		h.times = append(h.times, f.Time)
	}
	h.events = append(h.events, hwtest.Events([]hwtest.Heard{*f})...)
}

// hear reads a source to its end.
func hear(t *testing.T, c Config) *heard {
	t.Helper()
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	h := &heard{}
	for _, f := range hwtest.ReadAll(t, src) {
		h.take(&f)
	}
	if !slices.IsSorted(h.times) {
		t.Error("the times go back")
	}
	return h
}

// TestFiles reads both directions of a timeslot, of which one is shorter, compressed and cut.
func TestFiles(t *testing.T) {
	octets := hwtest.Numbered(8000)
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write(octets)
	w.Close()
	c := Config{Forth: hwtest.File(t, "octets", octets), Format: "timeslot", Name: "x",
		Line: hw.LineConfig{Links: []string{"16"}, Clock: "stream", Start: "2003-10-12T01:00:00Z"}}
	h := hear(t, c)
	if len(h.units[0]) != 50 || len(h.units[1]) != 0 || len(h.events) != 0 {
		t.Errorf("%d messages, %q", len(h.units[0]), h.events)
	}
	start := wire.TimeOf(time.Date(2003, 10, 12, 1, 0, 0, 0, time.UTC))
	for i, at := range h.times {
		if off := at - start - wire.Time(i*160)*125_000; off < 0 || off > 20*125_000 {
			t.Errorf("message %d at %v", i, at)
		}
	}

	c.Back = hwtest.File(t, "octets", z.Bytes())
	if h = hear(t, c); len(h.units[0]) != 50 || len(h.units[1]) != 50 || len(h.events) != 0 {
		t.Errorf("%d and %d messages, %q", len(h.units[0]), len(h.units[1]), h.events)
	}
	c.Back = hwtest.File(t, "octets", z.Bytes()[:z.Len()-z.Len()/4])
	if h = hear(t, c); len(h.units[0]) != 50 || len(h.units[1]) < 20 ||
		len(h.events) != 1 || !strings.HasPrefix(h.events[0], "x note: "+c.Back+": cannot be read any further: unexpected EOF") {
		t.Errorf("%d and %d messages, %q", len(h.units[0]), len(h.units[1]), h.events)
	}
	c.Forth, c.Back = "", hwtest.File(t, "octets", octets[:3999])
	if h = hear(t, c); len(h.units[0]) != 0 || len(h.units[1]) != 25 {
		t.Errorf("%d and %d messages", len(h.units[0]), len(h.units[1]))
	}
}

// TestPace holds that files at the pace of a line have the same messages, at times that are not ahead of the machine's.
func TestPace(t *testing.T) {
	before := wire.TimeOf(time.Now())
	h := hear(t, Config{Forth: hwtest.File(t, "octets", hwtest.Numbered(1600)), Back: hwtest.File(t, "octets", hwtest.Numbered(1600)), Format: "timeslot", Pace: "line",
		Line: hw.LineConfig{Links: []string{"1"}}})
	after := wire.TimeOf(time.Now())
	if len(h.units[0]) != 10 || len(h.units[1]) != 10 {
		t.Fatalf("%d and %d messages", len(h.units[0]), len(h.units[1]))
	}
	if h.times[0] < before || h.times[19] > after || h.times[19]-h.times[0] < 170e6 {
		t.Errorf("from %v to %v, between %v and %v", h.times[0], h.times[19], before, after)
	}
}

// A listener serves octets of a line, and closes each connection behind them.
func serve(t *testing.T, network, addr string, octets []byte) string {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write(octets)
			c.Close()
		}
	}()
	return l.Addr().String()
}

// until listens until a source has done enough.
func until(l *hwtest.Listener, enough func(h *heard) bool) *heard {
	h := &heard{}
	for !enough(h) {
		f := l.Next()
		h.take(&f)
	}
	return h
}

// TestSockets holds that both directions are heard of sockets, and again after they closed, which is told.
func TestSockets(t *testing.T) {
	octets := hwtest.Numbered(1600)
	path := filepath.Join(t.TempDir(), "s")
	serve(t, "unix", path, octets)
	tcp := serve(t, "tcp", "127.0.0.1:0", octets)
	src, err := Open(Config{Forth: "unix:" + path, Back: "tcp:" + tcp, Format: "timeslot", Line: hw.LineConfig{Links: []string{"1"}}})
	if err != nil {
		t.Fatal(err)
	}
	h := until(hwtest.Listen(t, src), func(h *heard) bool { return len(h.units[0]) > 12 || len(h.units[1]) > 12 })
	gone := fmt.Sprintf("source down begins: tcp:%s: %v", tcp, hw.ErrGone)
	if !slices.Contains(h.events, gone) && !slices.Contains(h.events, strings.Replace(gone, "tcp:"+tcp, "unix:"+path, 1)) || !slices.Contains(h.events, "source down ends") {
		t.Errorf("%q", h.events)
	}
}

// TestFIFO holds that a FIFO is waited for and opened again, that nothing is lost of what was written, and that Close ends
// the wait.
func TestFIFO(t *testing.T) {
	path := hwtest.FIFO(t)
	src, err := Open(Config{Forth: path, Format: "e1", Line: hw.LineConfig{Links: []string{"16"}}})
	if err != nil {
		t.Fatal(err)
	}
	frames := hwtest.E1(hwtest.Numbered(4000))
	put := func() {
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		w.Write(frames[77:])
		w.Close()
	}
	go put()
	down := "source down begins: " + path + ": " + hw.ErrGone.Error()
	l := hwtest.Listen(t, src)
	h := until(l, func(h *heard) bool { return slices.Contains(h.events, down) })
	if n := h.units[0]; len(n) < 24 || !slices.IsSorted(n) {
		t.Errorf("%v", n)
	}
	go put()
	until(l, func(h *heard) bool { return len(h.units[0]) >= 24 })
	l.Close()
	l.Rest()
}

// TestMixed holds that a file and a FIFO cannot be the two directions of one line, and that what is no file is told.
func TestMixed(t *testing.T) {
	path := hwtest.FIFO(t)
	f := func(c Config, want string) {
		t.Helper()
		c.Format = "e1"
		src, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		var frame capture.Frame
		if err := src.Next(&frame); err != nil || !frame.Event.On || !strings.Contains(frame.Event.Text, want) {
			t.Errorf("%v, %v", frame.Event, err)
		}
	}
	f(Config{Forth: path, Back: hwtest.File(t, "octets", nil)}, "forth and back must both")
	f(Config{Forth: t.TempDir()}, "a file or FIFO is needed")
	f(Config{Forth: path + "not"}, "no such file")
}

// TestConditions holds that what a lost socket told of its E1 ends with it, and that good frames of the next one say nothing
// of it.
func TestConditions(t *testing.T) {
	good := hwtest.E1(hwtest.Numbered(1600))
	bad := slices.Clone(good)
	for i := len(bad) / 2; i < len(bad); i += e1.FrameOctets {
		bad[i] = 0
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Write([][]byte{bad, good}[n%2])
			c.Close()
		}
	}()
	src, err := Open(Config{Forth: "tcp:" + l.Addr().String(), Format: "e1", Line: hw.LineConfig{Links: []string{"16"}}})
	if err != nil {
		t.Fatal(err)
	}
	h := until(hwtest.Listen(t, src), func(h *heard) bool {
		return len(h.events) > 1 && strings.HasPrefix(h.events[len(h.events)-1], "source down begins") && len(h.units[0]) > 12
	})
	var got []string
	for _, e := range h.events {
		if !strings.HasPrefix(e, "0 gap") {
			e, _, _ = strings.Cut(e, ": ")
			got = append(got, e)
		}
	}
	want := []string{"0 loss of frame alignment begins", "source down begins", "0 loss of frame alignment ends", "source down ends", "source down begins"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", h.events)
	}
}

// FuzzOctets holds that no octets of a line do harm.
func FuzzOctets(f *testing.F) {
	f.Add(hwtest.Numbered(400), false)
	f.Add(new(e1.Encoder).Append(nil, hwtest.Numbered(31*40)), true)
	f.Fuzz(func(t *testing.T, b []byte, whole bool) {
		c := Config{Forth: hwtest.File(t, "x", b), Format: "timeslot"}
		if whole {
			c.Format = "e1"
		}
		hear(t, c)
	})
}

// TestClose holds that all that has been received before a source is closed is given, though the other direction is silent
// and nobody reads while it is closed.
func TestClose(t *testing.T) {
	octets := hwtest.Numbered(3200)
	for range 50 {
		lines := &hw.Lines{}
		d := &driver{conf: Config{Format: "timeslot", Name: "0", Line: hw.LineConfig{Links: []string{"1"}}}, lines: lines, reached: wire.NoTime}
		opened := make(chan struct{})
		forth, sends := net.Pipe() // a Write is over once all of it has been received
		back, silent := net.Pipe()
		src := hw.Keep(lines, func(context.Context) (*session, error) {
			r, err := hw.NewReceiver(lines, d.conf.Line)
			if err != nil {
				return nil, err
			}
			defer close(opened)
			return newSession(d, r, []*leg{{dir: wire.Forth, in: hw.ConnInput(forth)}, {dir: wire.Back, in: hw.ConnInput(back)}}), nil
		})
		h, over := &heard{}, make(chan struct{})
		go func() {
			defer close(over)
			for _, f := range hwtest.ReadAll(t, src) {
				h.take(&f)
			}
		}()
		<-opened
		if _, err := sends.Write(octets); err != nil {
			t.Fatal(err)
		}
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
		<-over
		if n := len(h.units[0]); n != 20 || len(h.units[1]) != 0 {
			t.Fatalf("%d messages, want 20", n)
		}
		sends.Close()
		silent.Close()
	}
}

// TestCloseUnread holds the same of a session of which nobody reads until it is closed, and that it ends.
func TestCloseUnread(t *testing.T) {
	forth, sends := net.Pipe()
	back, silent := net.Pipe()
	defer sends.Close()
	defer silent.Close()
	d := &driver{conf: Config{Format: "timeslot", Name: "0", Line: hw.LineConfig{Links: []string{"1"}}}, lines: &hw.Lines{}, reached: wire.NoTime}
	r, err := hw.NewReceiver(d.lines, d.conf.Line)
	if err != nil {
		t.Fatal(err)
	}
	s := newSession(d, r, []*leg{{dir: wire.Forth, in: hw.ConnInput(forth)}, {dir: wire.Back, in: hw.ConnInput(back)}})
	sends.Write(hwtest.Numbered(3200))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	messages := 0
	var f capture.Frame
	for err = s.Next(&f); err == nil; err = s.Next(&f) {
		if f.Payload == capture.MTP2 && len(f.Data) == 12 {
			messages++
		}
	}
	if messages != 20 {
		t.Errorf("%d messages, and then %v", messages, err)
	}
}
