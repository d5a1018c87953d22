package monitor

import (
	"fmt"
	"testing"

	"c7mon/capture"
	"c7mon/wire"
)

func TestConcerns(t *testing.T) {
	f := func(name, line string, want bool) {
		t.Helper()
		if got := concerns(name, line); got != want {
			t.Errorf("%q, %q: %v", name, line, got)
		}
	}
	f("tap", "tap", true)
	f("tap", "tap:0/16", true)
	f("tap:0", "tap:0/16", true)
	f("tap:0/1", "tap:0/1", true)
	f("tap:0/1", "tap:0/16", false)
	f("tap:0", "tap:01/16", false)
	f("tap", "tap2:0", false)
	f("tap:0/16", "tap:0", false)
	f("", "0/16", true)
}

// sltmUnit makes a frame of a signal unit: an MSU of SLTM, so that it belongs to no call.
func sltmUnit(at wire.Time, fsn byte, dir wire.Direction) capture.Frame {
	return capture.Frame{Time: at, Clock: at, Payload: capture.MTP2, FCS: capture.FCSGone, Interface: 1, Direction: dir,
		Data: []byte{0xff, 0x80 | fsn, 9, 0x81, 0x01, 0x40, 0, 0, 0x11, 0x20, 1, 2}, Len: 14}
}

// TestEventCoverage holds that a line that was not heard for long makes what was seen of its quarter of an hour unknown, and
// no other; that events are counted, and units left out.
func TestEventCoverage(t *testing.T) {
	var told []string
	m := New(Options{LineName: func(f *capture.Frame) string { return [...]string{"s", "s:0/16", "s:1/16"}[f.Interface] },
		Event: func(f *capture.Frame, line string) { told = append(told, line+" "+f.Event.String()) }})
	const second, quarter = wire.Time(1e9), wire.Time(900e9)
	take := func(f capture.Frame) { m.take(&f) }
	event := func(at wire.Time, line uint32, dir wire.Direction, e capture.Event) {
		take(capture.Frame{Time: at, Clock: at, Interface: line, Direction: dir, Payload: capture.LineEvent, Event: e})
	}
	for i := range byte(8) {
		for line := uint32(1); line <= 2; line++ {
			f := sltmUnit(wire.Time(i)*quarter+second, i, wire.Forth)
			f.Interface, f.Repeats = line, 3
			take(f)
		}
	}
	at := 8 * quarter
	event(at, 1, wire.Forth, capture.Event{Kind: capture.EventSlip, Count: 1})                    // short: the numbers tell
	event(at+quarter, 1, wire.Forth, capture.Event{Kind: capture.EventLOS, On: true})             // two quarters of an hour
	event(at+2*quarter+second, 1, wire.Forth, capture.Event{Kind: capture.EventLOS})              // over
	event(at+4*quarter, 0, wire.NoDirection, capture.Event{Kind: capture.EventDropped, Count: 7}) // short too
	f := sltmUnit(at, 8, wire.Forth)
	take(f)
	got := map[string][]wire.Time{}
	for _, x := range m.Measures() {
		if !x.Known {
			got[x.Link] = append(got[x.Link], x.Quarter/quarter)
		}
	}
	if len(got) != 1 || len(got["s:0/16"]) != 2 || got["s:0/16"][0] != 9 || got["s:0/16"][1] != 10 {
		t.Errorf("not known: %v", got)
	}
	s := m.Summary()
	if s.Dropped != 7 || s.Events["loss of signal"] != 1 || s.Events["slip"] != 1 || s.FramesBy["left_out"] != 48 || s.Frames != 48+17 {
		t.Errorf("%+v", s)
	}
	if len(told) != 4 || told[0] != "s:0/16 slip: 1" || told[1] != "s:0/16 loss of signal begins" || told[3] != "s dropped: 7" {
		t.Errorf("%q", told)
	}
	before := m.Measures()
	taken := m.TakeMeasures(5 * quarter)
	if len(taken)+len(m.Measures()) != len(before) || len(taken) != 10 {
		t.Errorf("%d taken, %d left of %d", len(taken), len(m.Measures()), len(before))
	}
	if after := m.Summary(); after.Seen != s.Seen || after.Missed != s.Missed {
		t.Errorf("seen %d and missed %d, before %d and %d", after.Seen, after.Missed, s.Seen, s.Missed)
	}
}

// TestEventOutage holds that an outage that lasts counts in what is asked for meanwhile, whether it is told once or again and
// again; that what was taken is not counted anew when it ends; and that a gap of unknown length makes its quarter of an hour
// unknown, by the times of the source, which may be off the clock.
func TestEventOutage(t *testing.T) {
	m := New(Options{LineName: func(f *capture.Frame) string { return [...]string{"s", "s:0/16"}[f.Interface] }})
	const second, quarter, ahead = wire.Time(1e9), wire.Time(900e9), wire.Time(3600e9)
	unit := func(clock wire.Time, fsn byte) {
		m.frame = sltmUnit(clock, fsn, wire.Forth)
		m.frame.Time += ahead
		m.take(&m.frame)
	}
	event := func(clock wire.Time, e capture.Event) {
		m.frame = capture.Frame{Time: clock + ahead, Clock: clock, Interface: 1, Direction: wire.Forth, Payload: capture.LineEvent, Event: e}
		m.take(&m.frame)
	}
	f := func(got []Measure, want string) {
		t.Helper()
		text := ""
		for _, x := range got {
			text += fmt.Sprintf("%d:%d %v ", (x.Quarter-ahead)/quarter, x.Seen, x.Known)
		}
		if text != want {
			t.Errorf("%s, want %s", text, want)
		}
	}
	unit(second, 1)
	event(2*second, capture.Event{Kind: capture.EventLOS, On: true})
	f(m.Measures(), "0:1 true ")
	event(5*second, capture.Event{Kind: capture.EventLOS, On: true})
	unit(quarter+second, 2)
	f(m.Measures(), "0:1 false 1:1 false ")
	f(m.TakeMeasures(quarter+ahead+second), "0:1 false 1:1 false ")
	unit(2*quarter+second, 3)
	event(3*quarter+second, capture.Event{Kind: capture.EventLOS})
	unit(4*quarter+second, 4)
	unit(5*quarter+second, 5)
	event(5*quarter+2*second, capture.Event{Kind: capture.EventGap, Count: 800})
	unit(6*quarter+second, 6)
	event(6*quarter+2*second, capture.Event{Kind: capture.EventGap})
	f(m.Measures(), "2:1 false 3:0 false 4:1 true 5:1 true 6:1 false ")
	event(7*quarter+second, capture.Event{Kind: capture.EventDown, On: true})
	m.frame = capture.Frame{Time: 8 * quarter, Clock: 8 * quarter}
	m.take(&m.frame)
	m.Finish()
	f(m.Measures()[5:], "7:0 false 8:0 false ")
}
