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

// deaf tells the correlator that messages of some lines may have been missed between what was heard last and now, and notes
// how long they were.
func (m *Monitor) deaf(f *capture.Frame) {
	if m.opt.LineName == nil {
		return
	}
	name := m.opt.LineName(f)
	from := f.Clock
	if k := (outage{f.File, name, f.Direction, f.Event.Kind}); f.Event.Kind.Condition() {
		if f.Event.On {
			m.outages[k] = f.Clock
		} else if began, ok := m.outages[k]; ok {
			delete(m.outages, k)
			from = began
		}
	}
	m.unheard(f, name, f.Direction, from)
}

// outage is a condition under which a line is not heard.
type outage struct {
	file int
	name string
	dir  wire.Direction
	kind capture.EventKind
}

// unheard marks what the lines of that name may have carried from from to the moment of f.
func (m *Monitor) unheard(f *capture.Frame, name string, dir wire.Direction, from wire.Time) {
	for _, l := range m.lines.all {
		if !concerns(name, m.lines.names[l.link]) {
			continue
		}
		for _, d := range [...]wire.Direction{wire.Forth, wire.Back} {
			if dir != wire.NoDirection && dir != d {
				continue
			}
			m.measures.deafTime(f.File, l.link, d, from, f.Clock)
			if m.correlator != nil {
				m.correlator.Missed(l.link, d, f.Clock)
			}
		}
	}
}

// finishOutages ends what lasts to the end.
func (m *Monitor) finishOutages() {
	for k, from := range m.outages {
		m.unheard(&m.frame, k.name, k.dir, from)
	}
}

// concerns reports whether what happens to a line happens to another too: of source "tap" are "tap:0" and "tap:0/16", of
// the E1 "tap:0" is "tap:0/16".
func concerns(name, line string) bool {
	rest, ok := strings.CutPrefix(line, name)
	return ok && (rest == "" || rest[0] == ':' || rest[0] == '/')
}
