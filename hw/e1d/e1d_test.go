package e1d

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/hw"
	"c7mon/lab"
	"c7mon/mtp"
	"c7mon/wire"
)

// tracer is the configuration of an e1-tracer.
func tracer(path string, links ...string) Config {
	return Config{Socket: path, Pairs: []Pair{{Name: "0", Forth: "0.0", Back: "0.1"}}, Line: hw.LineConfig{Links: links}}
}

func TestOpen(t *testing.T) {
	f := func(c Config) {
		t.Helper()
		s, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		var frame capture.Frame
		if err := s.Next(&frame); err != io.EOF {
			t.Error("a closed source gives", err)
		}
	}
	f(tracer(""))
	f(tracer("/nowhere", "16", "1-15"))
	f(Config{Pairs: []Pair{{Name: "a", Forth: "0.0"}}, Mode: "superchannel", Line: hw.LineConfig{Links: []string{"1-15+17-31"}}})
	f(Config{Pairs: []Pair{{Name: "a", Forth: "0.0", Back: "0.1"}, {Name: "b", Forth: "1.0", Back: "1.1"}}, Buffer: 8, Force: true, ReceiveOnly: true})
}

// TestConfig reads the keys as the configuration file has them.
func TestConfig(t *testing.T) {
	f := func(text string) {
		t.Helper()
		s, err := config.ParseSource(text)
		if err != nil {
			t.Fatal(err)
		}
		var c Config
		if err := s.Decode(&c); err != nil {
			t.Fatal(err)
		}
		want := tracer("/tmp/osmo-e1d.ctl", "16")
		want.Mode, want.ReceiveOnly, want.Line.Sequence = "superchannel", true, "basic"
		if got := fmt.Sprintf("%+v", c); got != fmt.Sprintf("%+v", want) {
			t.Errorf("%s, want %+v", got, want)
		}
	}
	f(`e1d:socket=/tmp/osmo-e1d.ctl,pairs=[{name: "0", forth: "0.0", back: "0.1"}],mode=superchannel,receive_only=true,links=["16"],sequence=basic`)
	f(`e1d:socket=/tmp/osmo-e1d.ctl,pairs=[{name: 0, forth: "0.0", back: 0.1}],mode=superchannel,receive_only=true,links=[16],sequence=basic`)
}

func TestOpen_Failure(t *testing.T) {
	f := func(c Config, want string) {
		t.Helper()
		s, err := Open(c)
		if err == nil {
			s.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	pairs := func(p ...Pair) Config { return Config{Pairs: p} }
	f(Config{}, "pairs: the two directions of each E1 are needed")
	f(pairs(Pair{Forth: "0.0"}), "pairs: name of pair 1")
	f(pairs(Pair{Name: "a", Forth: "0.0"}, Pair{Name: "a", Forth: "0.1"}), `pairs: name of pair 2: "a"`)
	f(pairs(Pair{Name: "a", Back: "0.1"}), `pairs: forth of a: ""`)
	f(pairs(Pair{Name: "a", Forth: "0"}), `pairs: forth of a: "0": interface and line are needed in quotes, such as "0.1"`)
	f(pairs(Pair{Name: "a", Forth: "0.0", Back: "0.255"}), `pairs: back of a: "0.255"`)
	f(pairs(Pair{Name: "a", Forth: "0.0", Back: "0.0"}), "pairs: back of a: line 0.0 stands twice")
	c := tracer("")
	c.Mode = "off"
	f(c, `mode: "off": channelized or superchannel is needed`)
	c = tracer("")
	c.Buffer = 4096
	f(c, "buffer: 4096: 8 to 2048 octets are needed")
	f(tracer("", "0"), "links: ")
	c = tracer("", "1+2")
	c.Mode = "channelized"
	f(c, "needs mode: superchannel")
	c = tracer("")
	c.Line.Clock = "sun"
	f(c, "clock: ")
}

func TestList(t *testing.T) {
	d := newDaemon(t)
	d.set(func() {
		d.modes[address{0, 1}] = lineSuperchannel
		d.taken[stream{address{0, 0}, 16}] = true
	})
	got, err := List(context.Background(), d.path)
	want := []hw.Device{{Driver: "e1d", Name: "0.0", Detail: "channelized, open: 16 raw"}, {Driver: "e1d", Name: "0.1", Detail: "superchannel, no timeslot open"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestList_Failure(t *testing.T) {
	d := newDaemon(t)
	f := func(want string, spin func([]byte) []byte) {
		t.Helper()
		d.set(func() { d.spin = spin })
		if _, err := List(context.Background(), d.path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	f("version 2 of its protocol", func(b []byte) []byte { return message{}.version(2) })
	f("its header has 8", func(b []byte) []byte { return b[:5] })
	f("the packet has 9 octets", func(b []byte) []byte { return b[:9] })
	f("error 0x16", func(b []byte) []byte { m := message{kind: refusal | 0x16}; return m.Append(nil) })
	f("is no answer to", func(b []byte) []byte { m := message{kind: answer | timeslotOpen}; return m.Append(nil) })
	f("longer than 4096", func(b []byte) []byte { return make([]byte, 5000) })
	f("no whole number of records", func(b []byte) []byte { m := message{kind: answer, body: []byte{1, 2, 3}}; return m.Append(nil) })
	if _, err := List(context.Background(), d.path+"x"); err == nil || !strings.Contains(err.Error(), "osmo-e1d at ") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := List(ctx, d.path); err != context.Canceled {
		t.Error(err)
	}
}

func (message) version(v byte) []byte { return packet(0xe1|uint16(v)<<8, 8, 0x80, 0, 0, 0) }

// counted closes a source when so many MSUs have come.
type counted struct {
	hw.Source
	left int
	err  error
}

func (c *counted) Next(f *capture.Frame) error {
	err := c.Source.Next(f)
	if err == nil && f.Payload == capture.MTP2 && len(f.Data) > 5 {
		if c.left--; c.left == 0 {
			c.err = c.Source.Close()
		}
	}
	return err
}

// playScene lets the daemon play the scene and gives what was heard.
func playScene(t *testing.T, d *daemon, s *scene, c Config, send func()) *heardBy {
	t.Helper()
	c.Line.Clock, c.Line.Start = "stream", s.start.String()
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { src.Close() })
	defer late.Stop()
	go send()
	return play(t, &counted{Source: src, left: s.msus}, src.LineName)
}

// step is how many octets of each timeslot are sent before the next one has its turn.
const step = 4000

func TestScenario(t *testing.T) {
	for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "faults"}, {Scenario: "load", Calls: 200}} {
		s := newScene(t, o, false)
		want := s.reference(t)
		var links []string
		for k := range s.lanes {
			if k.dir == wire.Forth {
				links = append(links, fmt.Sprint(k.timeslot))
			}
		}
		t.Run(o.Scenario+" channelized", func(t *testing.T) {
			d := newDaemon(t)
			got := playScene(t, d, s, tracer(d.path, links...), func() {
				for k := range s.lanes {
					d.timeslots(uint8(k.timeslot))
				}
				n := 0
				for at := 0; n < len(s.lanes); at += step {
					n = 0
					for k, b := range s.lanes {
						if b = b[min(at, len(b)):min(at+step, len(b))]; len(b) == 0 {
							n++
						} else if !d.send(stream{address{0, uint8(k.dir)}, uint8(k.timeslot)}, b) {
							return
						}
					}
				}
			})
			sameCalls(t, got, want)
		})
		if o.Scenario == "faults" {
			continue // hours of all timeslots
		}
		t.Run(o.Scenario+" superchannel", func(t *testing.T) {
			d := newDaemon(t)
			c := tracer(d.path, links...)
			c.Mode, c.ReceiveOnly, c.Buffer = "superchannel", true, 100
			both := [2][]byte{s.inFrames(wire.Forth, 1, 31), s.inFrames(wire.Back, 1, 31)}
			got := playScene(t, d, s, c, func() {
				d.timeslots(superchannel)
				for at := 0; at < len(both[0]); at += 4001 { // not whole frames
					for dir, b := range both {
						if !d.send(stream{address{0, uint8(dir)}, superchannel}, b[at:min(at+4001, len(b))]) {
							return
						}
					}
				}
			})
			sameCalls(t, got, want)
			if d.buffer != 3100 || d.asked[lineConfig] != 2 {
				t.Errorf("buffer %d, %d lines configured", d.buffer, d.asked[lineConfig])
			}
		})
	}
}

// TestFound plays a scene to a source that is not told its links.
func TestFound(t *testing.T) {
	s := newScene(t, lab.Options{Scenario: "basic"}, true)
	want := s.reference(t)
	d := newDaemon(t)
	both := [2][]byte{s.inFrames(wire.Forth, 1, 31), s.inFrames(wire.Back, 1, 31)}
	c := tracer(d.path)
	c.Mode = "superchannel"
	got := playScene(t, d, s, c, func() {
		d.timeslots(superchannel)
		for at := 0; at < len(both[0]); at += 31 * step {
			for dir, b := range both {
				if !d.send(stream{address{0, uint8(dir)}, superchannel}, b[at:min(at+31*step, len(b))]) {
					return
				}
			}
		}
	})
	sameCalls(t, got, want)
}

// A listener reads a source in the background.
type listener struct {
	t      *testing.T
	src    hw.Source
	frames chan heardFrame
}

type heardFrame struct {
	capture.Frame
	line string
}

func listen(t *testing.T, c Config) *listener {
	t.Helper()
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	l := &listener{t, src, make(chan heardFrame, 1<<16)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var f capture.Frame
			if err := src.Next(&f); err != nil {
				if err != io.EOF {
					t.Error(err)
				}
				return
			}
			f.Data = slices.Clone(f.Data)
			if f.Payload != capture.Tick {
				l.frames <- heardFrame{f, src.LineName(&f)}
			}
		}
	}()
	t.Cleanup(func() {
		src.Close()
		<-done
	})
	return l
}

// wait waits for a frame that is as the test wants it.
func (l *listener) wait(what string, is func(*heardFrame) bool) heardFrame {
	l.t.Helper()
	late := time.After(patience)
	for {
		select {
		case f := <-l.frames:
			if is(&f) {
				return f
			}
		case <-late:
			l.t.Fatalf("waited %v for %s", patience, what)
		}
	}
}

func (l *listener) event(line string, kind capture.EventKind, on bool) heardFrame {
	l.t.Helper()
	return l.wait(fmt.Sprintf("%v %v of %q", kind, on, line), func(f *heardFrame) bool {
		return f.Payload == capture.LineEvent && f.line == line && f.Event.Kind == kind && f.Event.On == on
	})
}

// unit waits for an MSU whose last octet is n.
func (l *listener) unit(line string, dir wire.Direction, n byte) heardFrame {
	l.t.Helper()
	return l.wait(fmt.Sprintf("unit %d of %s, direction %v", n, line, dir), func(f *heardFrame) bool {
		return f.Payload == capture.MTP2 && f.line == line && f.Direction == dir && f.Data[len(f.Data)-1] == n
	})
}

// unitOctets are the octets of an MSU whose last octet is n, between flags.
func unitOctets(n byte) []byte {
	su := mtp.SignalUnit{FSN: uint16(n & 0x7f), FIB: true, BIB: true, Data: []byte{0x85, 1, 2, 3, 4, 5, 6, n}}
	return stuffed(su.Append(nil, false))
}

var both = [2]wire.Direction{wire.Forth, wire.Back}

// sendUnit gives an MSU to both directions of a timeslot.
func (d *daemon) sendUnit(ts uint8, n byte) {
	for _, dir := range both {
		if !d.send(stream{address{0, uint8(dir)}, ts}, unitOctets(n)) {
			d.t.Errorf("line 0.%d: timeslot %d is not open", dir, ts)
		}
	}
}

func TestEvents(t *testing.T) {
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	f := func(k byte, line uint8, want capture.EventKind) {
		t.Helper()
		for on := range 2 {
			m := message{kind: event | kind(k+byte(1-on)), at: address{0, line}}
			if on == 0 { // the end of what did not begin says nothing
				d.tell(m.Append(nil))
				continue
			}
			d.tell(m.Append(nil))
			d.tell(m.Append(nil))
			got := l.event("0", want, true)
			if got.Direction != both[line] {
				t.Errorf("%v: direction %v, want %v", want, got.Direction, both[line])
			}
			m.kind++
			d.tell(m.Append(nil))
			l.event("0", want, false)
		}
	}
	f(0, 0, capture.EventLOS)
	f(2, 1, capture.EventAIS)
	f(4, 0, capture.EventRAI)
	f(6, 1, capture.EventLFA)
	sa := message{kind: event | 0x3f, at: address{0, 0}, body: []byte{0x1f}}
	d.tell(sa.Append(nil))
	los := message{kind: event, at: address{7, 7}}
	d.tell(los.Append(nil))
	d.sendUnit(16, 9)
	l.unit("0/16", wire.Forth, 9)
	l.unit("0/16", wire.Back, 9)
}

// TestRestart kills the daemon in mid-unit with an alarm up, and starts it again.
func TestRestart(t *testing.T) {
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	d.sendUnit(16, 1)
	l.unit("0/16", wire.Forth, 1)
	los := message{kind: event, at: address{0, 0}}
	d.tell(los.Append(nil))
	l.event("0", capture.EventLOS, true)
	d.send(stream{address{0, 0}, 16}, unitOctets(2)[:6])
	d.kill()
	l.event("0", capture.EventLOS, false)
	down := l.event("", capture.EventDown, true)
	if !strings.Contains(down.Event.Text, "osmo-e1d") {
		t.Errorf("down: %q", down.Event.Text)
	}
	d.start()
	l.event("", capture.EventDown, false)
	l.event("0/16", capture.EventGap, false)
	d.timeslots(16)
	d.sendUnit(16, 3)
	got := l.unit("0/16", wire.Forth, 3)
	if got.Time < down.Time {
		t.Errorf("time %v goes back behind %v", got.Time, down.Time)
	}
}

// TestReceiveOnly holds that descriptors are shut for writing where the configuration says so, and only there: osmo-e1d
// closes a timeslot whose reader has shut it.
func TestReceiveOnly(t *testing.T) {
	f := func(only bool, want error) {
		t.Helper()
		d := newDaemon(t)
		c := tracer(d.path, "16")
		c.ReceiveOnly = only
		l := listen(t, c)
		d.timeslots(16)
		d.sendUnit(16, 1)
		l.unit("0/16", wire.Forth, 1)
		d.set(func() {
			s := d.streams[stream{address{0, 0}, 16}]
			s.SetReadDeadline(time.Now().Add(time.Millisecond))
			if n, err := s.Read(make([]byte, 1)); n != 0 || !errors.Is(err, want) {
				t.Errorf("osmo-e1d reads %d octets and %v, want %v", n, err, want)
			}
		})
	}
	f(true, io.EOF)
	f(false, os.ErrDeadlineExceeded)
}

// TestNotThere begins before the daemon does.
func TestNotThere(t *testing.T) {
	d := newDaemon(t)
	d.kill()
	l := listen(t, tracer(d.path, "16"))
	if got := l.event("", capture.EventDown, true); !strings.Contains(got.Event.Text, "osmo-e1d at "+d.path) {
		t.Error(got.Event.Text)
	}
	d.start()
	l.event("", capture.EventDown, false)
	d.timeslots(16)
	d.sendUnit(16, 1)
	l.unit("0/16", wire.Back, 1)
}

// TestTimeslotClosed closes one descriptor of three: the others are heard on, and it is opened again.
func TestTimeslotClosed(t *testing.T) {
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "5", "16"))
	d.timeslots(5, 16)
	d.set(func() {
		d.taken[stream{address{0, 0}, 5}] = true
		d.stop(stream{address{0, 0}, 5})
	})
	if got := l.event("0/5", capture.EventDown, true); got.Direction != wire.Forth || !strings.Contains(got.Event.Text, "closed") {
		t.Errorf("%+v", got.Event)
	}
	d.sendUnit(16, 1)
	l.unit("0/16", wire.Forth, 1)
	if !d.send(stream{address{0, 1}, 5}, unitOctets(2)) {
		t.Error("the other direction is closed too")
	}
	l.unit("0/5", wire.Back, 2)
	d.set(func() { d.taken[stream{address{0, 0}, 5}] = false })
	l.event("0/5", capture.EventDown, false)
	d.timeslots(5)
	d.sendUnit(5, 3)
	l.unit("0/5", wire.Forth, 3)
}

// TestTaken has a timeslot that another program has open, and takes it by force.
func TestTaken(t *testing.T) {
	d := newDaemon(t)
	d.set(func() { d.taken[stream{address{0, 0}, 5}] = true })
	l := listen(t, tracer(d.path, "5", "16"))
	if got := l.event("0/5", capture.EventDown, true); !strings.Contains(got.Event.Text, "force: true") {
		t.Errorf("%+v", got.Event)
	}
	c := tracer(d.path, "5")
	c.Force = true
	l.src.Close()
	d.hangUp()
	l = listen(t, c)
	d.timeslots(5)
	d.sendUnit(5, 1)
	l.unit("0/5", wire.Forth, 1)
}

// TestUnplugged has one line of the two: what is there is heard.
func TestUnplugged(t *testing.T) {
	d := newDaemon(t)
	d.set(func() { delete(d.modes, address{0, 1}) })
	l := listen(t, tracer(d.path, "16"))
	if got := l.event("0", capture.EventDown, true); got.Direction != wire.Back || !strings.Contains(got.Event.Text, "no line 0.1") {
		t.Errorf("%+v", got.Event)
	}
	d.timeslots(16)
	d.send(stream{address{0, 0}, 16}, unitOctets(1))
	l.unit("0/16", wire.Forth, 1)
	d.set(func() { d.modes[address{0, 1}] = lineChannelized })
	l.event("0", capture.EventDown, false)
	d.timeslots(16)
	d.sendUnit(16, 2)
	l.unit("0/16", wire.Back, 2)
}

// TestGarbage has the daemon say what it never does, in the middle of a session and at its beginning.
func TestGarbage(t *testing.T) {
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	for i, c := range []struct {
		packet []byte
		want   string
	}{
		{[]byte("GET / HTTP/1.1\r\n\r\n"), "this is not osmo-e1d"},
		{packet(0x02e1, 8, 0x40, 0, 0, 0), "version 2 of its protocol"},
		{packet(0x01e1, 8, 0x40), "5 octets, its header has 8"},
		{packet(0x01e1, 9, 0x40, 0, 0, 0), "its length is 9"},
		{make([]byte, 5000), "longer than 4096"},
	} {
		d.timeslots(16)
		d.sendUnit(16, byte(i))
		l.unit("0/16", wire.Forth, byte(i))
		d.tell(c.packet)
		if got := l.event("", capture.EventDown, true); !strings.Contains(got.Event.Text, c.want) {
			t.Errorf("%q, want %q", got.Event.Text, c.want)
		}
		d.set(func() {
			for s := range d.streams {
				d.stop(s)
			}
			if i == 0 {
				d.spin = func(b []byte) []byte { d.spin = nil; return b[:5] }
			}
		})
		l.event("", capture.EventDown, false)
	}
}

// TestBitErrors turns one bit in a hundred around: what is heard and what is spoilt is counted, and the source goes on.
func TestBitErrors(t *testing.T) {
	s := newScene(t, lab.Options{Scenario: "basic"}, true)
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	b := slices.Clone(s.lanes[laneKey{16, wire.Forth}])
	b = b[:min(len(b), 80_000)]
	x := uint32(1)
	for i := range len(b) * 8 {
		if x = x*1664525 + 1013904223; x>>16%100 == 0 {
			b[i/8] ^= 1 << (i % 8)
		}
	}
	go d.send(stream{address{0, 0}, 16}, b)
	bad := 0
	l.wait("fifty errored units", func(f *heardFrame) bool {
		if f.Payload == capture.Malformed {
			if f.Err == nil || f.line != "0/16" {
				t.Errorf("malformed: %v on %q", f.Err, f.line)
			}
			bad++
		}
		return bad >= 50
	})
	for range 200 { // behind what is still on its way
		d.send(stream{address{0, 0}, 16}, unitOctets(77))
	}
	l.unit("0/16", wire.Forth, 77)
}

// TestDescriptors holds that sessions leave no descriptor behind.
func TestDescriptors(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	d := newDaemon(t)
	before := 0
	for i := range 5 {
		src, err := Open(tracer(d.path))
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error)
		go func() {
			var f capture.Frame
			err := error(nil)
			for err == nil {
				err = src.Next(&f)
			}
			done <- err
		}()
		d.timeslots(1, 31)
		src.Close()
		if err := <-done; err != io.EOF {
			t.Fatal(err)
		}
		d.hangUp()
		if i == 0 {
			before = open()
		} else if n := open(); n > before+4 {
			t.Fatalf("%d descriptors are open, %d were after the first session", n, before)
		}
	}
}
