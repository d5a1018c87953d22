package monitor

import (
	"strings"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// event takes what happened to a line, or to all lines of a source. While octets go by unheard no sequence number tells how
// many messages are missed, for the numbers begin anew after 128: so the calls of those lines are marked without them.
func (m *Monitor) event(f *capture.Frame) {
	e := &f.Event
	if e.Kind != capture.EventFound && (!e.Kind.Condition() || e.On) {
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
	k := outage{f.File, m.opt.LineName(f), f.Direction, f.Event.Kind}
	now := moment{f.Time, f.Clock}
	if !now.time.Known() {
		now.time = now.clock
	}
	since, lasting := m.measures.outages[k]
	switch {
	case !lasting:
		since = now
	case !f.Event.On:
		delete(m.measures.outages, k)
	}
	if f.Event.Kind.Condition() && f.Event.On {
		if m.measures.outages == nil {
			m.measures.outages = map[outage]moment{}
		}
		m.measures.outages[k] = since // one that is told again has lasted since it was told first
	}
	m.unheard(k, since.time, now.time, f.Event.Count == 0 && countless(f.Event.Kind))
	m.missedOn(k, now.clock)
}

// countless reports whether an event of the kind without a number may stand for any length of time.
func countless(k capture.EventKind) bool { return k == capture.EventGap || k == capture.EventDropped }

// outage is a condition under which a line is not heard.
type outage struct {
	file int
	name string
	dir  wire.Direction
	kind capture.EventKind
}

// A moment is one by the times of a source, and by the clock of the stream.
type moment struct{ time, clock wire.Time }

// at is the time of the source when the clock was so late.
func (b moment) at(clock wire.Time) wire.Time { return b.time + max(clock-b.clock, 0) }

// unheard marks the quarters of an hour in which lines were not heard from from to to; long says that it may have been for
// longer than that.
func (m *Monitor) unheard(k outage, from, to wire.Time, long bool) {
	m.concerned(k, func(l mtp.Link, d wire.Direction) {
		m.measures.deafTime(k.file, l, d, from, to)
		if long {
			m.measures.of(k.file, l, d, to).deaf = true
		}
	})
}

// missedOn tells the correlator of the lines on which messages may have been missed up to clock.
func (m *Monitor) missedOn(k outage, clock wire.Time) {
	if m.correlator != nil {
		m.concerned(k, func(l mtp.Link, d wire.Direction) { m.correlator.Missed(l, d, clock) })
	}
}

// concerned calls do for each direction of each line that an outage concerns, and of each association that was heard there.
// An association tells by itself what was lost on the way, by numbers that do not go round; but not while nothing of it
// comes.
func (m *Monitor) concerned(k outage, do func(mtp.Link, wire.Direction)) {
	both := func(l mtp.Link, dir wire.Direction) {
		for _, d := range [...]wire.Direction{wire.Forth, wire.Back} {
			if dir == wire.NoDirection || dir == d {
				do(l, d)
			}
		}
	}
	for _, l := range m.lines.all {
		if concerns(k.name, m.lines.names[l.link]) {
			both(l.link, k.dir)
		}
	}
	if !k.kind.Condition() {
		return
	}
	for link, places := range m.places {
		for _, p := range places {
			if p.known && p.file == k.file && concerns(k.name, m.placeName(p)) {
				both(mtp.Link(link), wire.NoDirection)
				break
			}
		}
	}
}

// A heardPlace is an interface of a source on which an association was heard.
type heardPlace struct {
	known bool
	file  int
	iface uint32
}

// placeName gives the name of a place as a line.
func (m *Monitor) placeName(p heardPlace) string {
	return m.opt.LineName(&capture.Frame{File: p.file, Interface: p.iface})
}

// heardAt notes where an association was heard. The last few places are kept: a tap has two outputs, and an association may
// have several paths.
func (m *Monitor) heardAt(link mtp.Link, f *capture.Frame) {
	for int64(link) >= int64(len(m.places)) {
		m.places = append(m.places, [4]heardPlace{})
	}
	at, all := heardPlace{true, f.File, f.Interface}, &m.places[link]
	if all[0] == at || all[1] == at || all[2] == at || all[3] == at {
		return
	}
	copy(all[1:], all[:3])
	all[0] = at
}

// tellDeaf is how often the correlator is told anew of lines that are still not heard: more often than a call that has ended
// waits to learn it.
const tellDeaf wire.Time = 10_000_000_000

// stillDeaf tells the correlator of lines that are still not heard at clock, so that calls are marked too that begin and end
// meanwhile.
func (m *Monitor) stillDeaf(clock wire.Time) {
	if told := m.measures.toldDeaf; clock >= told && clock-told < tellDeaf {
		return
	}
	m.measures.toldDeaf = clock
	for k := range m.measures.outages {
		m.missedOn(k, clock)
	}
}

// settleOutages marks what outages that last have made unknown up to now.
func (m *Monitor) settleOutages() {
	for k, since := range m.measures.outages {
		m.unheard(k, since.time, since.at(m.frame.Clock), false)
	}
}

// forgetOutages lets outages that last begin with the first quarter of an hour that is not before t: what was before is
// settled, and will not be asked for any more.
func (m *Monitor) forgetOutages(t wire.Time) {
	if t%quarter != 0 {
		t = quarterOf(t) + quarter
	}
	for k, since := range m.measures.outages {
		if gone := t - since.time; gone > 0 {
			m.measures.outages[k] = moment{since.time + gone, since.clock + gone}
		}
	}
}

// finishOutages ends what lasts to the end.
func (m *Monitor) finishOutages() {
	m.settleOutages()
	for k, since := range m.measures.outages {
		m.missedOn(k, max(m.frame.Clock, since.clock))
	}
}

// concerns reports whether what happens to a line happens to another too: of source "tap" are "tap:0" and "tap:0/16", of
// the E1 "tap:0" is "tap:0/16". What has no name is the only source.
func concerns(name, line string) bool {
	if name == "" {
		return true
	}
	rest, ok := strings.CutPrefix(line, name)
	return ok && (rest == "" || rest[0] == ':' || rest[0] == '/')
}
