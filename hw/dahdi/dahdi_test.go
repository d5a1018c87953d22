package dahdi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/lab"
	"c7mon/wire"
)

// tap is the configuration of two spans that hear one E1.
func tap(mode string, links ...string) Config {
	return Config{Pairs: []Pair{{Name: "0", Forth: 1, Back: 2}}, Mode: mode, Line: hw.LineConfig{Links: links}}
}

func TestOpen(t *testing.T) {
	f := func(c Config) {
		t.Helper()
		s, err := Open(c)
		hwtest.Opens(t, s, err)
	}
	f(tap(""))
	f(tap("clear", "16", "1-15"))
	f(tap("hdlc", "1-15+17-31"))
	f(tap("mtp2", "16"))
	f(Config{Pairs: []Pair{{Name: "a", Forth: 4}}, Directory: "/dev/dahdi", Line: hw.LineConfig{Clock: "stream"}})
}

// TestConfig reads the keys as the configuration file has them.
func TestConfig(t *testing.T) {
	var c Config
	hwtest.Decode(t, `dahdi:mode=clear,pairs=[{name: "0", forth: 1, back: 2}],links=["16"],sequence=basic`, &c)
	want := tap("clear", "16")
	want.Line.Sequence = "basic"
	if got := fmt.Sprintf("%+v", c); got != fmt.Sprintf("%+v", want) {
		t.Errorf("%s, want %+v", got, want)
	}
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
	f(pairs(Pair{Forth: 1}), "pairs: name of pair 1")
	f(pairs(Pair{Name: "a", Back: 1}), "pairs: forth of a: 0: the number of a span is needed, 1 to 128")
	f(pairs(Pair{Name: "a", Forth: 1, Back: 129}), "pairs: back of a: 129")
	f(pairs(Pair{Name: "a", Forth: 1, Back: 1}), "pairs: back of a: span 1 stands twice")
	f(tap("voice"), `mode: "voice": clear, hdlc or mtp2 is needed`)
	f(tap("mtp2"), "links: the timeslots of the links are needed with mode: mtp2")
	f(tap("clear", "1+2"), `links: "1+2": clear channels come one by one`)
	f(tap("clear", "32"), "links: ")
	c := tap("hdlc", "16")
	c.Line.Clock = "stream"
	f(c, "clock and bit_order are for octets, and mode: hdlc gives frames")
}

func TestList(t *testing.T) {
	m := newMachine(t, sigClear)
	m.alarms[2] = alarmRed | alarmLOS
	m.odd[16] = sigMTP2
	m.odd[47] = 0x4711
	got, err := list(context.Background(), "", m)
	want := []hw.Device{
		{Driver: "dahdi", Name: "1", Detail: `TE2/0/1 "T2XXP (PCI) Card 0": ccs, hdb3, crc4; channel 1-15 bchan or clear; channel 16 mtp2; channel 17-31 bchan or clear; no alarm`},
		{Driver: "dahdi", Name: "2", Detail: `TE2/0/2 "T2XXP (PCI) Card 0": ccs, hdb3, crc4; channel 32-46 bchan or clear; channel 47 0x4711; channel 48-62 bchan or clear; red, loss of signal`},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
}

func TestList_Failure(t *testing.T) {
	if _, err := List(context.Background(), t.TempDir()); err == nil || !strings.Contains(err.Error(), "/ctl: no such file") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := list(ctx, "", newMachine(t, 0)); err != context.Canceled {
		t.Error(err)
	}
}

// TestKernel does what can be done with the real system where there is no driver: a file that is no device of it says so.
func TestKernel(t *testing.T) {
	path := t.TempDir() + "/ctl"
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := kernel{}.open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := status(d, 1); err == nil || !strings.Contains(err.Error(), "inappropriate ioctl") {
		t.Error(err)
	}
	b := make([]byte, 8)
	if n, err := d.Read(b); n != 3 || err != nil {
		t.Error(n, err)
	}
	if _, err := unix.Write(d.descriptor(), b); err != unix.EBADF {
		t.Error("a device file can be written to:", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

// playScene lets the machine play the scene and gives what was heard.
func playScene(t *testing.T, m *machine, s *hwtest.Scene, c Config, send func()) *hwtest.Record {
	t.Helper()
	src, err := open(c, m)
	if err != nil {
		t.Fatal(err)
	}
	go send()
	return hwtest.Hear(t, hwtest.CloseAfter(t, src, s.MSUs), src.LineName)
}

// channelOf is the number of a lane's channel in the machine.
func channelOf(k hwtest.Lane) int { return 31*int(k.Dir) + k.Timeslot }

func channelsOf(s *hwtest.Scene) (channels []int) {
	for k := range s.Lanes {
		channels = append(channels, channelOf(k))
	}
	return channels
}

func TestClear(t *testing.T) {
	for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "faults", Pause: time.Second}, {Scenario: "load", Calls: 100, For: 30 * time.Second}} {
		for _, told := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, links told: %v", o.Scenario, told), func(t *testing.T) {
				s := hwtest.NewScene(t, o, true)
				links, channels := s.Links(), channelsOf(s)
				m := newMachine(t, sigClear)
				if !told {
					m.odd[1], links = 0x8000, nil
				}
				c := tap("clear", links...)
				c.Line.Clock, c.Line.Start = "stream", s.Start.String()
				got := playScene(t, m, s, c, func() {
					m.channels(channels...)
					for at, more := 0, true; more; at += clearOctets {
						more = false
						for k, b := range s.Lanes {
							if b = b[min(at, len(b)):min(at+clearOctets, len(b))]; len(b) > 0 {
								more = true
								if !m.push(channelOf(k), 32, waiting{data: b}) {
									return
								}
							}
						}
					}
				})
				got.Same(t, s.Record(t), time.Millisecond)
				if m.bufsize != clearOctets {
					t.Error("buffers of", m.bufsize)
				}
			})
		}
	}
}

func TestFramed(t *testing.T) {
	for _, mode := range []string{"hdlc", "mtp2"} {
		for _, o := range []lab.Options{{Scenario: "basic"}, {Scenario: "load", Calls: 100, For: 30 * time.Second}} {
			t.Run(mode+" "+o.Scenario, func(t *testing.T) {
				s := hwtest.NewScene(t, o, false)
				links, channels := s.Links(), channelsOf(s)
				m := newMachine(t, map[string]uint32{"hdlc": sigHDLCFCS, "mtp2": sigMTP2}[mode])
				m.old = mode == "mtp2"
				got := playScene(t, m, s, tap(mode, links...), func() {
					m.channels(channels...)
					before := map[int][]byte{}
					for _, u := range s.Units {
						n := channelOf(hwtest.Lane{Timeslot: int(u.Interface), Dir: u.Direction})
						b := hwtest.WithFCS(u.Data)
						if mode == "mtp2" && bytes.Equal(b, before[n]) {
							continue // as the driver does
						}
						before[n] = b
						if !m.push(n, 1, waiting{data: b}) {
							return
						}
						m.drained(n) // so that the directions stay in step
					}
				})
				got.Same(t, s.Record(t), hwtest.Untimed)
			})
		}
	}
}

// drained waits until a channel has nothing that waits.
func (m *machine) drained(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wait("the channel to be read", func() bool { c := m.cards[n]; return c == nil || len(c.waiting) == 0 })
}

// listen reads a source of the machine in the background.
func listen(t *testing.T, c Config, m *machine) *hwtest.Listener {
	t.Helper()
	src, err := open(c, m)
	if err != nil {
		t.Fatal(err)
	}
	return hwtest.Listen(t, src)
}

// frameOctets are the octets of an MSU with its check sequence, whose last octet is n.
func frameOctets(n uint16) []byte { return hwtest.WithFCS(hwtest.MSU(n, false)) }

func TestSpanAlarms(t *testing.T) {
	t.Parallel() // it waits more than it does
	m := newMachine(t, sigMTP2)
	l := listen(t, tap("mtp2", "16"), m)
	m.channels(16, 47)
	f := func(span int, bits uint32, want capture.EventKind, text string) {
		t.Helper()
		m.set(func() { m.alarms[span] = bits })
		m.push(16, 8, waiting{event: eventAlarm})
		got := l.Event("0", want, true)
		if got.Direction != wire.Direction(span-1) || got.Event.Text != text {
			t.Errorf("%v: direction %v, %q", want, got.Direction, got.Event.Text)
		}
		m.set(func() { m.alarms[span] = 0 })
		m.push(16, 8, waiting{event: eventNoAlarm})
		l.Event("0", want, false)
	}
	f(1, alarmRed|alarmLOS, capture.EventLOS, "")
	f(2, alarmRed|alarmLFA, capture.EventLFA, "")
	f(2, alarmRed, capture.EventLFA, "red alarm")
	f(1, alarmLMFA, capture.EventLMFA, "")
	f(1, alarmBlue|alarmRed, capture.EventAIS, "")
	f(2, alarmYellow, capture.EventRAI, "")
	m.set(func() { m.counters[2] = [3]uint32{5, 6, 7} })
	if got := l.Event("0", capture.EventCRC4, false); got.Event.Count != 5 || got.Direction != wire.Back {
		t.Errorf("%+v", got.Event)
	}
	if got := l.Event("0", capture.EventEBit, false); got.Event.Count != 6 {
		t.Errorf("%+v", got.Event)
	}
	if got := l.Event("0", capture.EventNote, false); got.Event.String() != "note: 7: interrupts of the card were missed" {
		t.Errorf("%v", got.Event)
	}
	m.set(func() { m.counters[2] = [3]uint32{2, 6, 7} }) // the driver was loaded anew
	m.push(16, 8, waiting{event: eventNoAlarm})          // so that it is looked at now, not in a second
	if got := l.Event("0", capture.EventCRC4, false); got.Event.Count != 2 {
		t.Errorf("%+v", got.Event)
	}
	m.set(func() { m.alarms[1] = alarmLoopback })
	m.push(16, 8, waiting{event: eventAlarm})
	l.Event("0", capture.EventNote, false)
}

func TestChannelEvents(t *testing.T) {
	m := newMachine(t, sigHDLCFCS)
	l := listen(t, tap("hdlc", "16"), m)
	m.channels(16, 47)
	f := func(event uint32, want string) {
		t.Helper()
		m.push(47, 8, waiting{event: event})
		got := l.Wait(want, func(f *hwtest.Heard) bool { return f.Payload == capture.Malformed })
		if got.Err == nil || !strings.Contains(got.Err.Error(), want) || got.Line != "0/16" || got.Direction != wire.Back {
			t.Errorf("%v on %s, direction %v", got.Err, got.Line, got.Direction)
		}
	}
	f(eventAbort, "aborted")
	f(eventOverrun, "longer than any")
	f(eventBadFCS, "frame check sequence is wrong")
	m.push(16, 8, waiting{event: 30}) // nothing was written, and nothing ever is
	m.push(16, 8, waiting{event: eventReadOverrun})
	l.Event("0/16", capture.EventDropped, false)
	for range 70 {
		m.push(16, 64, waiting{event: eventBadFCS})
	}
	l.Event("0/16", capture.EventErrorRate, true)
	for i := range 256 * 70 {
		if !m.push(16, 32, waiting{data: frameOctets(uint16(i))}) {
			t.Fatal("closed")
		}
	}
	l.Event("0/16", capture.EventErrorRate, false)
}

// TestRepeats leaves out FISUs that say nothing new, and counts them.
func TestRepeats(t *testing.T) {
	m := newMachine(t, sigHDLCFCS)
	l := listen(t, tap("hdlc", "16"), m)
	m.channels(16, 47)
	fisu := hwtest.WithFCS([]byte{0x81, 0x82, 0})
	const sent = 500
	for range sent {
		m.push(16, 32, waiting{data: fisu})
	}
	m.push(16, 32, waiting{data: frameOctets(3)})
	given, left := 0, uint32(0)
	l.Wait("the MSU", func(f *hwtest.Heard) bool {
		left += f.Repeats
		if f.Payload == capture.MTP2 && len(f.Data) > 7 {
			return true
		}
		given++
		return false
	})
	if given+int(left) != sent || left < sent/2 {
		t.Errorf("%d given and %d left out of %d", given, left, sent)
	}
}

func TestWrongChannels(t *testing.T) {
	f := func(c Config, want string, set func(m *machine)) {
		t.Helper()
		m := newMachine(t, sigClear)
		set(m)
		l := listen(t, c, m)
		got := l.Event("", capture.EventDown, true)
		if !strings.Contains(got.Event.Text, want) {
			t.Errorf("%q, want %q", got.Event.Text, want)
		}
		l.Close()
	}
	f(tap("clear", "16"), "/dev/dahdi/ctl: no such file", func(m *machine) { m.gone = true })
	f(tap("mtp2", "16"), "span 1, timeslot 16 (channel 16): it is configured as bchan or clear: mtp2=16 is needed in /etc/dahdi/system.conf", func(*machine) {})
	f(tap("clear", "16"), "it is configured as unused: bchan=16 is needed", func(m *machine) { m.sigtype = 0 })
	f(tap("clear"), "span 1 has no clear channel", func(m *machine) { m.sigtype = sigMTP2 })
	f(tap("clear", "16"), "another program has it open", func(m *machine) { m.busy[16], m.busy[47] = true, true })
	f(tap("hdlc", "1-3+5"), "timeslot 3 is not bundled with it: dchan=1-3,5 is needed", func(m *machine) {
		m.sigtype = sigHDLCFCS
		m.master[2] = 1
	})
	c := tap("clear", "16")
	c.Pairs[0] = Pair{Name: "0", Forth: 3, Back: 4}
	f(c, "there is no span 3", func(*machine) {})
}

// TestBundle hears a link of several timeslots by the channel that the others are bundled with.
func TestBundle(t *testing.T) {
	m := newMachine(t, sigMTP2)
	for n := 2; n < 32; n++ {
		m.master[n], m.master[n+31] = 1, 32
	}
	l := listen(t, tap("mtp2", "1-15+17-31"), m)
	m.channels(1, 32)
	m.push(32, 8, waiting{data: frameOctets(5)})
	l.MSU("0/1-15+17-31", wire.Back, 5)
}

// TestOneBusy has one channel that another program has open: the rest is heard, and it too when it is free.
func TestOneBusy(t *testing.T) {
	t.Parallel()
	m := newMachine(t, sigMTP2)
	m.busy[16] = true
	l := listen(t, tap("mtp2", "5", "16"), m)
	if got := l.Event("0/16", capture.EventDown, true); got.Direction != wire.Forth || !strings.Contains(got.Event.Text, "another program") {
		t.Errorf("%+v", got.Event)
	}
	m.push(47, 8, waiting{data: frameOctets(5)})
	l.MSU("0/16", wire.Back, 5)
	m.set(func() { m.busy[16] = false })
	l.Event("0/16", capture.EventDown, false)
	m.push(16, 8, waiting{data: frameOctets(6)})
	l.MSU("0/16", wire.Forth, 6)
}

// TestRemoved takes the card out in the middle of a session, with an alarm up, and puts it in again.
func TestRemoved(t *testing.T) {
	t.Parallel()
	m := newMachine(t, sigMTP2)
	l := listen(t, tap("mtp2", "16"), m)
	m.channels(16, 47)
	m.push(16, 8, waiting{data: frameOctets(1)})
	l.MSU("0/16", wire.Forth, 1)
	m.set(func() { m.alarms[1] = alarmLOS })
	l.Event("0", capture.EventLOS, true)
	m.set(func() {
		m.gone, m.cards[47].broken = true, unix.ENODEV
		m.cards[47].w.Write([]byte{0})
	})
	if got := l.Event("0/16", capture.EventDown, true); !strings.Contains(got.Event.Text, "no such device") || got.Direction != wire.Back {
		t.Errorf("%+v", got.Event)
	}
	m.push(16, 8, waiting{event: eventRemoved})
	if got := l.Event("0/16", capture.EventDown, true); !strings.Contains(got.Event.Text, "taken out") {
		t.Errorf("%+v", got.Event)
	}
	l.Event("", capture.EventDown, true)
	l.Event("0", capture.EventLOS, false)
	m.set(func() { m.gone, m.alarms[1] = false, 0 })
	l.Event("", capture.EventDown, false)
	m.channels(16, 47)
	m.push(16, 8, waiting{data: frameOctets(2)})
	l.MSU("0/16", wire.Forth, 2)
}

// TestBitErrors turns one bit in a hundred around on a clear channel.
func TestBitErrors(t *testing.T) {
	t.Parallel()
	s := hwtest.NewScene(t, lab.Options{Scenario: "basic"}, true)
	m := newMachine(t, sigClear)
	l := listen(t, tap("clear", "16"), m)
	m.channels(16, 47)
	b := slices.Clone(s.Lanes[hwtest.Lane{Timeslot: 16, Dir: wire.Forth}])[:80_000]
	hwtest.Spoil(b, 100)
	go func() {
		for part := range slices.Chunk(b, clearOctets) {
			m.push(16, 32, waiting{data: part})
		}
	}()
	bad := 0
	l.Wait("fifty errored units", func(f *hwtest.Heard) bool {
		if f.Payload == capture.Malformed {
			bad++
		}
		return bad >= 50
	})
	clean := s.Lanes[hwtest.Lane{Timeslot: 16, Dir: wire.Back}]
	for part := range slices.Chunk(clean, clearOctets) {
		m.push(47, 32, waiting{data: part})
	}
	l.Wait("the other direction", func(f *hwtest.Heard) bool {
		return f.Payload == capture.MTP2 && f.Direction == wire.Back && len(f.Data) > 5
	})
}

// TestDescriptors holds that sessions leave no device file open.
func TestDescriptors(t *testing.T) {
	m := newMachine(t, sigClear)
	for range 3 {
		src, err := open(tap("clear"), m)
		if err != nil {
			t.Fatal(err)
		}
		l := hwtest.Listen(t, src)
		m.channels(1, 62)
		l.Close()
		l.Rest()
		m.set(func() {
			if len(m.cards) > 0 {
				t.Errorf("%d channels are open", len(m.cards))
			}
		})
	}
}

// TestClose holds that what waits in the channels when a session is closed is given, though nobody has read it, and that one
// which could not begin is closed too.
func TestClose(t *testing.T) {
	m := newMachine(t, sigMTP2)
	s, err := newSource(tap("mtp2", "16"), m)
	if err != nil {
		t.Fatal(err)
	}
	m.set(func() { m.gone = true })
	if _, err := s.dial(t.Context()); !errors.Is(err, unix.ENOENT) {
		t.Errorf("without the driver: %v", err)
	}
	m.set(func() { m.gone = false })
	h, err := s.dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	m.channels(16, 47)
	m.push(16, 8, waiting{data: frameOctets(3)})
	m.push(47, 8, waiting{data: frameOctets(4)})
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	var last [2]byte
	var f capture.Frame
	for err = h.Next(&f); err == nil; err = h.Next(&f) {
		if f.Payload == capture.MTP2 {
			last[f.Direction] = f.Data[len(f.Data)-3]
		}
	}
	if last != [2]byte{3, 4} || !errors.Is(err, errClosed) {
		t.Errorf("%v, and then %v", last, err)
	}
}
