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
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/lab"
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
		hwtest.Opens(t, s, err)
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
		var c Config
		hwtest.Decode(t, text, &c)
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

// playScene lets the daemon play the scene and gives what was heard.
func playScene(t *testing.T, s *hwtest.Scene, c Config, send func()) *hwtest.Record {
	t.Helper()
	c.Line.Clock, c.Line.Start = "stream", s.Start.String()
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	go send()
	return hwtest.Hear(t, hwtest.CloseAfter(t, src, s.MSUs), src.LineName)
}

// step is how many octets of each timeslot are sent before the next one has its turn.
const step = 4000

func TestScenario(t *testing.T) {
	for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "faults", Pause: time.Second}, {Scenario: "load", Calls: 200, For: 30 * time.Second}} {
		s := hwtest.NewScene(t, o, false)
		want := s.Record(t)
		links := s.Links()
		t.Run(o.Scenario+" channelized", func(t *testing.T) {
			d := newDaemon(t)
			got := playScene(t, s, tracer(d.path, links...), func() {
				for k := range s.Lanes {
					d.timeslots(uint8(k.Timeslot))
				}
				n := 0
				for at := 0; n < len(s.Lanes); at += step {
					n = 0
					for k, b := range s.Lanes {
						if b = b[min(at, len(b)):min(at+step, len(b))]; len(b) == 0 {
							n++
						} else if !d.send(stream{address{0, uint8(k.Dir)}, uint8(k.Timeslot)}, b) {
							return
						}
					}
				}
			})
			got.Same(t, want, time.Millisecond)
		})
		t.Run(o.Scenario+" superchannel", func(t *testing.T) {
			d := newDaemon(t)
			c := tracer(d.path, links...)
			c.Mode, c.ReceiveOnly, c.Buffer = "superchannel", true, 100
			both := [2][]byte{s.InFrames(wire.Forth, 1, 31), s.InFrames(wire.Back, 1, 31)}
			got := playScene(t, s, c, func() {
				d.timeslots(superchannel)
				for at := 0; at < len(both[0]); at += 4001 { // not whole frames
					for dir, b := range both {
						if !d.send(stream{address{0, uint8(dir)}, superchannel}, b[at:min(at+4001, len(b))]) {
							return
						}
					}
				}
			})
			got.Same(t, want, time.Millisecond)
			if d.buffer != 3100 || d.asked[lineConfig] != 2 {
				t.Errorf("buffer %d, %d lines configured", d.buffer, d.asked[lineConfig])
			}
		})
	}
}

// TestFound plays a scene to a source that is not told its links.
func TestFound(t *testing.T) {
	s := hwtest.NewScene(t, lab.Options{Scenario: "basic"}, true)
	want := s.Record(t)
	d := newDaemon(t)
	both := [2][]byte{s.InFrames(wire.Forth, 1, 31), s.InFrames(wire.Back, 1, 31)}
	c := tracer(d.path)
	c.Mode = "superchannel"
	got := playScene(t, s, c, func() {
		d.timeslots(superchannel)
		for at := 0; at < len(both[0]); at += 31 * step {
			for dir, b := range both {
				if !d.send(stream{address{0, uint8(dir)}, superchannel}, b[at:min(at+31*step, len(b))]) {
					return
				}
			}
		}
	})
	got.Same(t, want, time.Millisecond)
}

// listen reads a source in the background.
func listen(t *testing.T, c Config) *hwtest.Listener {
	t.Helper()
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return hwtest.Listen(t, src)
}

// unitOctets are the octets of an MSU whose last octet is n, between flags.
func unitOctets(n uint16) []byte { return hwtest.Stuffed(hwtest.MSU(n, false)) }

var both = [2]wire.Direction{wire.Forth, wire.Back}

// sendUnit gives an MSU to both directions of a timeslot.
func (d *daemon) sendUnit(ts uint8, n uint16) {
	for _, dir := range both {
		if !d.send(stream{address{0, uint8(dir)}, ts}, unitOctets(n)) {
			d.t.Errorf("line 0.%d: timeslot %d is not open", dir, ts)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel() // it waits more than it does
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	alarms := []struct {
		begins kind
		line   uint8
		want   capture.EventKind
	}{{event, 0, capture.EventLOS}, {event | 2, 1, capture.EventAIS}, {event | 4, 0, capture.EventRAI}, {event | 6, 1, capture.EventLFA}}
	for _, on := range []bool{false, true, true, false} { // the end of what did not begin says nothing, nor does a second beginning
		for _, a := range alarms {
			m := message{kind: a.begins, at: address{0, a.line}}
			if !on {
				m.kind++
			}
			d.tell(m.Append(nil))
		}
	}
	for _, on := range []bool{true, false} {
		for _, a := range alarms {
			got := l.Next()
			if got.Line != "0" || got.Direction != both[a.line] || got.Event != (capture.Event{Kind: a.want, On: on}) {
				t.Errorf("%s, want %v %v of direction %v", &got, a.want, on, both[a.line])
			}
		}
	}
	sa := message{kind: event | 0x3f, at: address{0, 0}, body: []byte{0x1f}}
	d.tell(sa.Append(nil))
	los := message{kind: event, at: address{7, 7}}
	d.tell(los.Append(nil))
	d.sendUnit(16, 9)
	l.MSU("0/16", wire.Forth, 9)
	l.MSU("0/16", wire.Back, 9)
}

// TestRestart kills the daemon in mid-unit with an alarm up, and starts it again.
func TestRestart(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	d.sendUnit(16, 1)
	l.MSU("0/16", wire.Forth, 1)
	los := message{kind: event, at: address{0, 0}}
	d.tell(los.Append(nil))
	l.Event("0", capture.EventLOS, true)
	d.send(stream{address{0, 0}, 16}, unitOctets(2)[:6])
	d.kill()
	down := l.Event("", capture.EventDown, true)
	l.Event("0", capture.EventLOS, false)
	if !strings.Contains(down.Event.Text, "osmo-e1d") {
		t.Errorf("down: %q", down.Event.Text)
	}
	d.start()
	l.Event("", capture.EventDown, false)
	l.Event("0/16", capture.EventGap, false)
	d.timeslots(16)
	d.sendUnit(16, 3)
	got := l.MSU("0/16", wire.Forth, 3)
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
		l.MSU("0/16", wire.Forth, 1)
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
	t.Parallel()
	d := newDaemon(t)
	d.kill()
	l := listen(t, tracer(d.path, "16"))
	if got := l.Event("", capture.EventDown, true); !strings.Contains(got.Event.Text, "osmo-e1d at "+d.path) {
		t.Error(got.Event.Text)
	}
	d.start()
	d.timeslots(16)
	d.sendUnit(16, 1)
	l.Event("", capture.EventDown, false)
	l.MSU("0/16", wire.Back, 1)
}

// TestTimeslotClosed closes one descriptor of three: the others are heard on, and it is opened again.
func TestTimeslotClosed(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "5", "16"))
	d.timeslots(5, 16)
	d.set(func() {
		d.taken[stream{address{0, 0}, 5}] = true
		d.stop(stream{address{0, 0}, 5})
	})
	if got := l.Event("0/5", capture.EventDown, true); got.Direction != wire.Forth || !strings.Contains(got.Event.Text, "closed") {
		t.Errorf("%+v", got.Event)
	}
	d.sendUnit(16, 1)
	l.MSU("0/16", wire.Forth, 1)
	if !d.send(stream{address{0, 1}, 5}, unitOctets(2)) {
		t.Error("the other direction is closed too")
	}
	l.MSU("0/5", wire.Back, 2)
	d.set(func() { d.taken[stream{address{0, 0}, 5}] = false })
	l.Event("0/5", capture.EventDown, false)
	d.timeslots(5)
	d.sendUnit(5, 3)
	l.MSU("0/5", wire.Forth, 3)
}

// TestTaken has a timeslot that another program has open, and takes it by force.
func TestTaken(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	d.set(func() { d.taken[stream{address{0, 0}, 5}] = true })
	l := listen(t, tracer(d.path, "5", "16"))
	if got := l.Event("0/5", capture.EventDown, true); !strings.Contains(got.Event.Text, "force: true") {
		t.Errorf("%+v", got.Event)
	}
	c := tracer(d.path, "5")
	c.Force = true
	l.Close()
	d.hangUp()
	l = listen(t, c)
	d.timeslots(5)
	d.sendUnit(5, 1)
	l.MSU("0/5", wire.Forth, 1)
}

// TestUnplugged has one line of the two: what is there is heard.
func TestUnplugged(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	d.set(func() { delete(d.modes, address{0, 1}) })
	l := listen(t, tracer(d.path, "16"))
	if got := l.Event("0", capture.EventDown, true); got.Direction != wire.Back || !strings.Contains(got.Event.Text, "no line 0.1") {
		t.Errorf("%+v", got.Event)
	}
	d.timeslots(16)
	d.send(stream{address{0, 0}, 16}, unitOctets(1))
	l.MSU("0/16", wire.Forth, 1)
	d.set(func() { d.modes[address{0, 1}] = lineChannelized })
	l.Event("0", capture.EventDown, false)
	d.timeslots(16)
	d.sendUnit(16, 2)
	l.MSU("0/16", wire.Back, 2)
}

// TestGarbage has the daemon say what it never does, in the middle of a session and at its beginning.
func TestGarbage(t *testing.T) {
	t.Parallel()
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
		d.sendUnit(16, uint16(i))
		if i > 0 {
			l.Event("", capture.EventDown, false)
		}
		l.MSU("0/16", wire.Forth, uint16(i))
		d.tell(c.packet)
		if got := l.Event("", capture.EventDown, true); !strings.Contains(got.Event.Text, c.want) {
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
	}
}

// TestBitErrors turns one bit in a hundred around: what is heard and what is spoilt is counted, and the source goes on.
func TestBitErrors(t *testing.T) {
	t.Parallel()
	s := hwtest.NewScene(t, lab.Options{Scenario: "basic"}, true)
	d := newDaemon(t)
	l := listen(t, tracer(d.path, "16"))
	d.timeslots(16)
	b := slices.Clone(s.Lanes[hwtest.Lane{Timeslot: 16, Dir: wire.Forth}])
	b = b[:min(len(b), 80_000)]
	hwtest.Spoil(b, 100)
	go d.send(stream{address{0, 0}, 16}, b)
	bad := 0
	l.Wait("fifty errored units", func(f *hwtest.Heard) bool {
		if f.Payload == capture.Malformed {
			if f.Err == nil || f.Line != "0/16" {
				t.Errorf("malformed: %v on %q", f.Err, f.Line)
			}
			bad++
		}
		return bad >= 50
	})
	for range 200 { // behind what is still on its way
		d.send(stream{address{0, 0}, 16}, unitOctets(77))
	}
	l.MSU("0/16", wire.Forth, 77)
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
		l := hwtest.Listen(t, src)
		d.timeslots(1, 31)
		l.Close()
		l.Rest()
		d.hangUp()
		if i == 0 {
			before = open()
		} else if n := open(); n > before+4 {
			t.Fatalf("%d descriptors are open, %d were after the first session", n, before)
		}
	}
}

// TestClose holds that what waits in the sockets when a session is closed is given, though nobody has read it.
func TestClose(t *testing.T) {
	t.Parallel()
	d := newDaemon(t)
	s, err := newSource(tracer(d.path, "16"))
	if err != nil {
		t.Fatal(err)
	}
	h, err := s.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d.timeslots(16)
	d.sendUnit(16, 9)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	units := 0
	var f capture.Frame
	for err = h.Next(&f); err == nil; err = h.Next(&f) {
		if f.Payload == capture.MTP2 && f.Data[len(f.Data)-1] == 9 {
			units++
		}
	}
	if units != 2 || !errors.Is(err, errClosed) {
		t.Errorf("%d units, and then %v", units, err)
	}
}
