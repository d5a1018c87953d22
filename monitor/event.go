package monitor

import (
	"strings"

	"c7mon/capture"
	"c7mon/wire"
)

// event takes what happened to a line, or to all lines of a source. While octets go by unheard no sequence number tells how
// many messages are missed, for the numbers begin anew after 128: so the calls of those lines are marked without them.
func (m *Monitor) event(f *capture.Frame) {
	e := &f.Event
	if !e.Kind.Condition() || e.On {
		m.count.events[e.Kind]++
	}
	if e.Kind == capture.EventDropped {
		m.count.dropped += e.Count
	}
	if e.Kind.Deaf() {
		m.deaf(f)
	}
	if m.opt.Event != nil {
		name := ""
		if m.opt.LineName != nil {
			name = m.opt.LineName(f)
		}
		m.opt.Event(f, name)
	}
}

// deaf tells the correlator that messages of some lines may have been missed between what was heard last and now.
func (m *Monitor) deaf(f *capture.Frame) {
	if m.correlator == nil || m.opt.LineName == nil {
		return
	}
	name := m.opt.LineName(f)
	for _, l := range m.lines.all {
		if !concerns(name, m.lines.names[l.link]) {
			continue
		}
		if f.Direction == wire.NoDirection {
			m.correlator.Missed(l.link, wire.Forth, f.Clock)
			m.correlator.Missed(l.link, wire.Back, f.Clock)
		} else {
			m.correlator.Missed(l.link, f.Direction, f.Clock)
		}
	}
}

// concerns reports whether what happens to a line happens to another too: of source "tap" are "tap:0" and "tap:0/16", of
// the E1 "tap:0" is "tap:0/16".
func concerns(name, line string) bool {
	rest, ok := strings.CutPrefix(line, name)
	return ok && (rest == "" || rest[0] == ':' || rest[0] == '/')
}
