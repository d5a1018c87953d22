package lab

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/mtp"
	"c7mon/wire"
)

// A piece is a record of an e1-tracer.
type piece struct {
	at     wire.Time
	frames []byte
}

// pieces takes the records apart, those of each direction by themselves.
func pieces(t *testing.T, b []byte) (ways [2][]piece) {
	t.Helper()
	le := binary.LittleEndian
	for len(b) > 0 {
		if len(b) < 27 || le.Uint32(b) != 0xe115600d {
			t.Fatalf("no record, %d octets before the end", len(b))
		}
		at := wire.Time(le.Uint64(b[4:])*1e9 + le.Uint64(b[12:])*1e3)
		n, point := int(int16(le.Uint16(b[20:]))), b[22]
		if point != 0x81 && point != 0x82 || n < 4 || n%32 != 4 {
			t.Fatalf("record of %d octets at end point %#x", n, point)
		}
		way := int(point - 0x81)
		ways[way] = append(ways[way], piece{at, b[27 : 23+n]})
		b = b[23+n:]
	}
	return ways
}

// An onLine is a signal unit that was found on a line.
type onLine struct {
	at   wire.Time
	unit []byte
}

// listener frames one direction and reads its timeslots.
type listener struct {
	links  []*e1.Deframer
	found  [][]onLine // by link
	bad    int
	events []capture.Event
	slots  [32]*e1.Survey
	octet  [32][]byte
}

// listen hears a direction of so many links.
func listen(links int, list []piece) *listener {
	l := &listener{found: make([][]onLine, links)}
	for range links {
		l.links = append(l.links, e1.NewDeframer(e1.MSBFirst, 281))
	}
	for i := range l.slots {
		l.slots[i] = e1.NewSurvey()
	}
	framer := e1.NewFramer(e1.MSBFirst, e1.CRC4Auto)
	pos := uint64(0)
	var run e1.Run
	for _, p := range list {
		start := pos
		pos += uint64(len(p.frames))
		for b := p.frames; len(b) > 0; {
			n := framer.Next(b, &run)
			b = b[n:]
			// Frames may be given later than they came, so their time is counted from their place.
			begin := p.at.Add(-time.Duration(pos-start) * e1Frame / 32).Add(time.Duration(int64(run.At)-int64(start)) * e1Frame / 32)
			l.hear(run.Frames, begin)
			if run.Event.Kind != capture.NoEvent {
				l.events = append(l.events, run.Event)
			}
		}
	}
	return l
}

// hear takes frames of which the first began at a moment.
func (l *listener) hear(frames []byte, begin wire.Time) {
	for at := 0; at < len(frames); at += 32 {
		for slot := 1; slot < 32; slot++ {
			l.octet[slot] = append(l.octet[slot], frames[at+slot])
		}
		for link, d := range l.links {
			var u e1.Unit
			for b := frames[at+slotOf(link) : at+slotOf(link)+1]; len(b) > 0; {
				b = b[d.Next(b, &u):]
				switch u.Kind {
				case e1.Good:
					l.found[link] = append(l.found[link], onLine{begin.Add(time.Duration(at/32+1) * e1Frame), bytes.Clone(u.Data)})
				case e1.NoUnit:
				default:
					l.bad++
				}
			}
		}
	}
}

// messages are the MSUs among the units of a link.
func (l *listener) messages(link int) (list []onLine) {
	for _, h := range l.found[link] {
		if len(h.unit) > 5 {
			list = append(list, h)
		}
	}
	return list
}

// captured gives the messages of a capture in the form mtp2-phdr, by link and direction: 0 is what the near exchange sends.
func captured(t *testing.T, o Options, links int) (list [][2][]onLine) {
	t.Helper()
	o.Link = "mtp2-phdr"
	o.Pause, o.BitErrors, o.Slips, o.LOS, o.Swap = 0, 0, 0, 0, false
	b, _, _ := write(t, o)
	list = make([][2][]onLine, links)
	for _, f := range records(t, b) {
		if len(f.data) > 4+5 {
			link, way := binary.BigEndian.Uint16(f.data[2:]), 1-f.data[0]
			list[link][way] = append(list[link][way], onLine{f.at, f.data[4:]})
		}
	}
	return list
}

// TestE1_SameMessages holds that what is heard on the E1 is what the capture of the same scenario has: every message, in its
// order and with its forward sequence number, on its link, at its time or behind the message before it.
func TestE1_SameMessages(t *testing.T) {
	f := func(o Options, links int) {
		t.Helper()
		want := captured(t, o, links)
		var units []Unit
		o.Link, o.Unit = "e1", func(u *Unit) { units = append(units, *u) }
		b, s, _ := write(t, o)
		ways := pieces(t, b)
		if n := uint64(len(ways[0])+len(ways[1])) * 8; n != s.Frames {
			t.Errorf("%s: %d frames, the summary says %d", o.Scenario, n, s.Frames)
		}
		total := 0
		for way := range ways {
			l := listen(links, ways[way])
			if l.bad > links {
				t.Errorf("%s: %d errored units", o.Scenario, l.bad)
			}
			for link := range want {
				got := l.messages(link)
				total += len(got)
				same(t, o.Scenario, got, want[link][way])
				same(t, o.Scenario+", as told", got, told(units, link, way))
				acknowledges(t, l.found[link])
			}
			if len(l.events) > 0 {
				t.Errorf("%s: %v", o.Scenario, l.events)
			}
		}
		if total < s.MSUs || len(units) != total || s.Faults != (Faults{}) {
			t.Errorf("%s: %d messages, %d told, the summary says %d and %+v", o.Scenario, total, len(units), s.MSUs, s.Faults)
		}
	}
	f(Options{Scenario: "basic", Seed: 5}, 1)
	f(Options{Scenario: "faults", Seed: 2, Pause: 300 * time.Millisecond}, 2)
	f(Options{Scenario: "load", Calls: 60}, 16)
	f(Options{Scenario: "load", MSUs: 1500}, 16)
	f(Options{Scenario: "oct2003", For: 20 * time.Second}, e1MostLinks)
}

// told gives the messages of one link and direction as they were told.
func told(units []Unit, link, way int) (list []onLine) {
	for i := range units {
		if u := &units[i]; u.Link == link && u.Near == (way == 0) && u.Timeslot == slotOf(link) {
			list = append(list, onLine{u.At, u.Octets})
		}
	}
	return list
}

// same compares messages but for their BSN, and their times within a millisecond, or more where the line was taken.
func same(t *testing.T, name string, got, want []onLine) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d messages, not %d", name, len(got), len(want))
		return
	}
	busy := wire.Time(0)
	for i := range got {
		if !bytes.Equal(got[i].unit[1:], want[i].unit[1:]) {
			t.Errorf("%s: message %d is % x, not % x", name, i, got[i].unit, want[i].unit)
			return
		}
		takes := time.Duration(len(got[i].unit)+4) * time.Millisecond / 8 * 6 / 5
		early, late := want[i].at.Add(-time.Millisecond), max(want[i].at, busy.Add(takes)).Add(time.Millisecond)
		if got[i].at < early || got[i].at > late {
			t.Errorf("%s: message %d at %v, not at %v", name, i, got[i].at, want[i].at)
			return
		}
		busy = got[i].at
	}
}

// acknowledges holds that FISUs stand between the messages, with their forward sequence number, and that the backward one goes
// on by one at a time.
func acknowledges(t *testing.T, units []onLine) {
	t.Helper()
	var before mtp.SignalUnit
	fisus := 0
	for i, h := range units {
		var u mtp.SignalUnit
		if err := u.Decode(h.unit, false, 0); err != nil {
			t.Fatal(err)
		}
		step := uint16(0)
		if u.Kind == mtp.MSUnit {
			step = 1
		} else {
			fisus++
		}
		if i > 0 && (u.FSN != (before.FSN+step)&0x7f || (u.BSN-before.BSN)&0x7f > 3) {
			t.Errorf("unit %d: %+v after %+v", i, u, before)
			return
		}
		before = u
	}
	if fisus < len(units)/4 {
		t.Errorf("%d FISUs in %d units", fisus, len(units))
	}
}

// TestE1_Faults holds that every message that no fault hit is heard, that nothing is heard that was not sent, and that the
// faults are those asked for.
func TestE1_Faults(t *testing.T) {
	f := func(o Options) {
		t.Helper()
		const links = 16
		var units []Unit
		var faults []Fault
		o.Link, o.Unit, o.Fault = "e1", func(u *Unit) { units = append(units, *u) }, func(f Fault) { faults = append(faults, f) }
		b, s, _ := write(t, o)
		ways := pieces(t, b)
		for way := range ways {
			l := listen(links, ways[way])
			for link := range links {
				got, lost := l.messages(link), 0
				for _, u := range units {
					if u.Link != link || u.Near != (way == 0) {
						continue
					}
					switch {
					case lost < len(got) && bytes.Equal(got[lost].unit, u.Octets):
						lost++
					case !u.Hit:
						t.Errorf("%+v: link %d, direction %d: message at %v was not hit, and not heard", o, link, way, u.At)
					}
				}
				if lost != len(got) {
					t.Errorf("%+v: link %d, direction %d: %d messages heard that were not sent", o, link, way, len(got)-lost)
				}
			}
			away := 0
			for _, f := range faults {
				if f.Kind == capture.EventLOS && f.Near == (way == 0) {
					away++
					silent(t, ways[way], f)
				}
			}
			begun := 0
			for _, e := range l.events {
				if e.Kind == capture.EventLFA && e.On {
					begun++
				}
			}
			if begun < away {
				t.Errorf("%+v: direction %d: %d losses of frame alignment, %d of signal", o, way, begun, away)
			}
		}
		hit := 0
		for _, u := range units {
			if u.Hit {
				hit++
			}
		}
		if s.Faults.Hit != hit || s.Faults.Slips != o.Slips || s.Faults.LOS != o.LOS || len(faults) != o.Slips+o.LOS {
			t.Errorf("%+v: %d hit, %d faults told; the summary says %+v", o, hit, len(faults), s.Faults)
		}
		if bits := float64(s.Frames) * 256 * o.BitErrors; float64(s.Faults.BitErrors) < 0.9*bits-30 || float64(s.Faults.BitErrors) > 1.1*bits+30 {
			t.Errorf("%+v: %d bit errors of %.0f", o, s.Faults.BitErrors, bits)
		}
	}
	f(Options{Scenario: "load", MSUs: 1500, BitErrors: 1e-5})
	f(Options{Scenario: "load", MSUs: 1500, BitErrors: 1e-3, Seed: 2})
	f(Options{Scenario: "load", MSUs: 2500, Slips: 12})
	f(Options{Scenario: "load", MSUs: 2500, LOS: 10})
	f(Options{Scenario: "load", MSUs: 2500, LOS: 4, Slips: 5, BitErrors: 1e-5, Seed: 3})
}

// silent holds that a line without signal has zeros.
func silent(t *testing.T, list []piece, f Fault) {
	t.Helper()
	if d := f.Until.Sub(f.At); d < losLeast || d > losMost {
		t.Errorf("no signal for %v", d)
	}
	n := 0
	for _, p := range list {
		if p.at > f.At.Add(e1Tick) && p.at <= f.Until {
			n++
			if bytes.ContainsFunc(p.frames, func(r rune) bool { return r != 0 }) {
				t.Errorf("signal at %v, between %v and %v", p.at, f.At, f.Until)
				return
			}
		}
	}
	if n < int(losLeast/e1Tick)-2 {
		t.Errorf("%d pieces without signal", n)
	}
}

// TestE1_Forms holds that the smaller forms are parts of the whole, and which direction stands at which end point.
func TestE1_Forms(t *testing.T) {
	o := Options{Scenario: "basic", For: 3 * time.Second, Link: "e1"}
	join := func(list []piece) (b []byte) {
		for _, p := range list {
			b = append(b, p.frames...)
		}
		return b
	}
	get := func(link string, swap bool) []byte {
		o.Link, o.Swap = link, swap
		b, s, _ := write(t, o)
		if s.Last.Sub(s.First) != 3*time.Second+e1Lead {
			t.Errorf("%s: from %v to %v", link, s.First, s.Last)
		}
		return b
	}
	ways, swapped := pieces(t, get("e1", false)), pieces(t, get("e1", true))
	near, far := join(ways[0]), join(ways[1])
	if !bytes.Equal(near, join(swapped[1])) || !bytes.Equal(far, join(swapped[0])) || bytes.Equal(near, far) {
		t.Error("the directions did not change places")
	}
	if !bytes.Equal(near, get("e1-raw", false)) || !bytes.Equal(far, get("e1-raw", true)) {
		t.Error("the frames alone are others")
	}
	slot := func(b []byte) (s []byte) {
		for i := 16; i < len(b); i += 32 {
			s = append(s, b[i])
		}
		return s
	}
	if !bytes.Equal(slot(near), get("timeslot", false)) || !bytes.Equal(slot(far), get("timeslot", true)) {
		t.Error("the octets of the timeslot are others")
	}
}

// TestE1_Timeslots surveys the timeslots: each has what the documentation says.
func TestE1_Timeslots(t *testing.T) {
	b, _, _ := write(t, Options{Scenario: "load", For: 6 * time.Second, Link: "e1"})
	for way, list := range pieces(t, b) {
		l := listen(16, list)
		for slot := 1; slot < 32; slot++ {
			want := e1.Idle
			switch {
			case slot <= 16:
				want = e1.MTP2
			case slot >= firstSpeech:
				want = e1.Speech
			}
			for at := 0; at+4000 <= len(l.octet[slot]); at += 4000 {
				s := e1.NewSurvey()
				s.Add(l.octet[slot][at : at+4000])
				if got := s.Finding(); got.Content != want {
					t.Errorf("direction %d, timeslot %d at %d: %v, not %v: %s", way, slot, at, got.Content, want, got.Evidence)
				}
			}
		}
	}
}

// TestE1_Pause holds that the recording stands still only where nothing is said, and that the frames go on behind it.
func TestE1_Pause(t *testing.T) {
	b, s, _ := write(t, Options{Scenario: "faults", Link: "e1", Pause: 200 * time.Millisecond})
	if s.Bytes > 60<<20 || s.Last.Sub(s.First) < 3*time.Hour {
		t.Errorf("%+v", s)
	}
	ways := pieces(t, b)
	pauses := 0
	for i := 1; i < len(ways[0]); i++ {
		step := ways[0][i].at.Sub(ways[0][i-1].at)
		if step != e1Tick {
			pauses++
			if step < e1Tick || (step-e1Tick)%(2*time.Millisecond) != 0 {
				t.Fatalf("%v after %v", step, ways[0][i-1].at)
			}
		}
		if ways[1][i].at != ways[0][i].at {
			t.Fatalf("record %d: %v and %v", i, ways[0][i].at, ways[1][i].at)
		}
	}
	if pauses < 50 {
		t.Errorf("%d pauses", pauses)
	}
}

// TestE1_Sums compares with the sums that each machine had before.
func TestE1_Sums(t *testing.T) {
	const golden = "testdata/e1.golden"
	var got strings.Builder
	for _, link := range E1Forms() {
		for _, o := range []Options{{Scenario: "basic", For: 5 * time.Second}, {Scenario: "load", MSUs: 600},
			{Scenario: "load", MSUs: 600, BitErrors: 1e-4, Slips: 3, LOS: 2, Swap: true, Seed: 7},
			{Scenario: "faults", Pause: time.Second, For: 3 * time.Minute}} {
			o.Link = link
			sum := sha256.New()
			s, err := Write(sum, o)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%s %s seed %d: %d MSUs, %d frames, %+v, %s\n", o.Scenario, link, o.Seed, s.MSUs, s.Frames, s.Faults,
				hex.EncodeToString(sum.Sum(nil)))
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the octets are not what they were (-update, if that was meant): got\n%swant\n%s", &got, want)
	}
}

// TestWrite_For ends a capture of any form before its scenario does.
func TestWrite_For(t *testing.T) {
	for _, link := range slices.Concat(Links(), E1Forms()) {
		_, all, _ := write(t, Options{Scenario: "load", Link: link, Calls: 100})
		_, s, _ := write(t, Options{Scenario: "load", Link: link, Calls: 100, For: 10 * time.Second})
		if s.Open == 0 || s.MSUs >= all.MSUs || s.Last > loadStart.Add(10*time.Second) || s.MSUs < 100 {
			t.Errorf("%s: %+v of %+v", link, s, all)
		}
	}
}

func BenchmarkE1(b *testing.B) {
	for b.Loop() {
		s, err := Write(discard{}, Options{Scenario: "load", Link: "e1", For: 10 * time.Second})
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(s.Bytes))
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
