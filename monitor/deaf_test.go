package monitor

import (
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/wire"
)

// A deafened source is a capture of several links as a live source of two E1s, on which something happens from one moment to
// another: the links of the E1 that it concerns, or of the whole source, are not heard then.
type deafened struct {
	src      *capture.Files
	from, to wire.Time
	line     uint32 // 0: the source; 1 and 2: its E1s
	dir      wire.Direction
	kind     capture.EventKind
	again    bool // it is told twice that it began
	lasts    bool // it is not told that it ended
	told     int
	held     capture.Frame
	holds    bool
	over     bool
}

// firstLink is the number of the line of the first link.
const firstLink = 3

func (s *deafened) Next(f *capture.Frame) error {
	if !s.holds {
		if err := s.src.Next(&s.held); err != nil {
			return err
		}
		s.held.Interface, s.held.HasLine = firstLink+s.held.Line, false
		s.holds = true
	}
	now := s.held.Clock
	switch {
	case s.told == 0 && now >= s.from, s.told == 1 && s.again && now >= s.from+1e9:
		s.tell(f, now, true)
		return nil
	case s.told > 0 && now >= s.to && !s.over && !s.lasts:
		s.over = true
		s.tell(f, now, false)
		return nil
	}
	s.holds = false
	*f = s.held
	if now >= s.from && now < s.to && s.concerns(f.Interface, f.Direction) {
		*f = capture.Frame{Time: now, Clock: now, Direction: wire.NoDirection}
	}
	return nil
}

func (s *deafened) tell(f *capture.Frame, at wire.Time, on bool) {
	s.told++
	*f = capture.Frame{Time: at, Clock: at, Interface: s.line, Direction: s.dir, Payload: capture.LineEvent,
		Event: capture.Event{Kind: s.kind, On: on}}
}

// concerns reports whether a direction of a link is not heard.
func (s *deafened) concerns(link uint32, dir wire.Direction) bool {
	return (s.line == 0 || e1Of(link) == s.line) && (s.dir == wire.NoDirection || s.dir == dir)
}

func e1Of(link uint32) uint32 { return 1 + (link-firstLink)%2 }

func (s *deafened) LineName(f *capture.Frame) string {
	switch n := f.Interface; {
	case n == 0:
		return "tap"
	case n < firstLink:
		return fmt.Sprintf("tap:%d", n)
	default:
		return fmt.Sprintf("tap:%d/%d", e1Of(n), n)
	}
}

// pair is the points of a call, the lower one first.
func pair(a, b uint32) [2]uint32 { return [2]uint32{min(a, b), max(a, b)} }

// TestDeaf holds that what happens to a line in the middle of its calls makes those suspect that were up while it was not
// heard, and no others; and that the coverage of those quarters of an hour is not known, and of no others.
func TestDeaf(t *testing.T) {
	path := labFile(t, lab.Options{Scenario: "load", Link: "mtp2-phdr", Seed: 7, MSUs: 40_000})
	f := func(d deafened, from, to time.Duration) {
		t.Helper()
		files, err := capture.Open([]string{path}, capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		const begin = wire.Time(1_065_920_400e9) // 2003-10-12 01:00:00 UTC
		d.src, d.from, d.to = files, begin.Add(from), begin.Add(to)
		concerned := map[[2]uint32]bool{}
		var calls []correlate.Call
		m := New(Options{LineName: d.LineName, Heard: func(h *Heard) {
			if e1Of(h.Frame.Interface) == d.line || d.line == 0 {
				concerned[pair(h.MSU.OPC, h.MSU.DPC)] = true
			}
		}, Calls: &correlate.Options{Namer: NewNaming(config.Default()), Sink: func(c *correlate.Call) { calls = append(calls, *c) }}})
		if err := m.Run(context.Background(), &d); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		m.Finish()
		var counts [2]int
		for i := range calls {
			c := &calls[i]
			suspect := c.Flags&correlate.Suspect != 0
			up := concerned[pair(c.OPC, c.DPC)] && c.Start <= d.to && (!c.End.Known() || c.End >= d.from)
			// The numbers tell of it too, once each line is heard again.
			near := concerned[pair(c.OPC, c.DPC)] && c.Start <= d.to.Add(10*time.Second) && (!c.End.Known() || c.End >= d.from.Add(-5*time.Second))
			switch {
			case up && !suspect:
				t.Errorf("call of %d and %d from %v to %v, ended by %v: not suspect", c.OPC, c.DPC, c.Start, c.End, c.EndReason)
			case suspect && !up && !near:
				t.Errorf("call of %d and %d from %v to %v, ended by %v: suspect", c.OPC, c.DPC, c.Start, c.End, c.EndReason)
			case up:
				counts[0]++
			case !suspect:
				counts[1]++
			}
		}
		if counts[0] < 10 || counts[1] < 10 {
			t.Errorf("%d suspect, %d not: this shows nothing", counts[0], counts[1])
		}
		for _, x := range m.Measures() {
			long := d.to-d.from > roundTime
			var n uint32
			fmt.Sscanf(x.Link, "tap:%d", &n)
			if known := !long || !(d.line == 0 || n == d.line) || d.dir != wire.NoDirection && d.dir != x.Direction; x.Known != known {
				t.Errorf("%s, direction %v: known %v, want %v", x.Link, x.Direction, x.Known, known)
			}
		}
	}
	f(deafened{line: 1, dir: wire.NoDirection, kind: capture.EventLOS}, 40*time.Second, 200*time.Second)
	f(deafened{line: 2, dir: wire.Back, kind: capture.EventLOS}, 40*time.Second, 200*time.Second)
	f(deafened{line: 1, dir: wire.Forth, kind: capture.EventAIS, again: true}, 40*time.Second, 50*time.Second)
	f(deafened{line: 1, dir: wire.Back, kind: capture.EventLFA}, 40*time.Second, 40*time.Second+100*time.Millisecond)
	f(deafened{line: 0, dir: wire.NoDirection, kind: capture.EventDown}, 40*time.Second, 70*time.Second)
	f(deafened{line: 0, dir: wire.NoDirection, kind: capture.EventDown, lasts: true}, 90*time.Second, time.Hour)
}
