package monitor

import (
	"cmp"
	"slices"

	"c7mon/mtp"
	"c7mon/wire"
)

// A Measure says how much of one direction of a link was heard in a quarter of an hour, by its sequence numbers.
type Measure struct {
	File      int // index of the capture
	Link      string
	Direction wire.Direction
	Quarter   wire.Time // when the quarter of an hour begins
	Seen      uint64    // signal units or chunks heard, repeats not among them
	Missed    uint64    // those passed over and never heard
	Known     bool      // the numbers tell, and the line was heard all the time; without, Missed means nothing
}

// quarter is a quarter of an hour in nanoseconds.
const quarter = 15 * 60 * 1_000_000_000

type measureKey struct {
	file    int
	link    mtp.Link
	dir     wire.Direction
	quarter wire.Time
}

type measure struct {
	seen, missed uint64
	known        bool
	deaf         bool // the line was not heard for a time in which the numbers may have gone round
}

func (m *measure) tells() bool { return m.known && !m.deaf }

// measures counts signal units by quarter of an hour.
type measures struct {
	byKey   map[measureKey]*measure
	last    []usedMeasure // of byKey, the one used last on each direction of each link
	seen    uint64        // of those that were taken
	gone    uint64
	outages map[outage]moment // since when each lasts

	toldDeaf wire.Time // when the correlator was last told of those
}

// usedMeasure remembers one entry of byKey.
type usedMeasure struct {
	file    int
	quarter wire.Time
	at      *measure
}

func (ms *measures) of(file int, link mtp.Link, dir wire.Direction, t wire.Time) *measure {
	i := int(link)*3 + int(dir) + 1 // a direction is -1, 0 or 1
	if i >= len(ms.last) {
		ms.last = append(ms.last, make([]usedMeasure, i+1-len(ms.last))...)
	}
	slot := &ms.last[i]
	if slot.at != nil && slot.file == file && t >= slot.quarter && t < slot.quarter+quarter {
		return slot.at
	}
	begin := quarterOf(t)
	k := measureKey{file, link, dir, begin}
	m := ms.byKey[k]
	if m == nil {
		m = new(measure)
		ms.byKey[k] = m
	}
	*slot = usedMeasure{file, begin, m}
	return m
}

// quarterOf is when the quarter of an hour begins that t is in.
func quarterOf(t wire.Time) wire.Time {
	if t%quarter < 0 {
		return t - t%quarter - quarter
	}
	return t - t%quarter
}

func (ms *measures) heard(file int, link mtp.Link, dir wire.Direction, t wire.Time, known bool) {
	m := ms.of(file, link, dir, t)
	m.seen++
	m.known = known
}

func (ms *measures) lost(file int, link mtp.Link, dir wire.Direction, t wire.Time, n uint64) {
	m := ms.of(file, link, dir, t)
	m.missed += n
	m.known = true
}

// total adds up the links whose numbers tell.
func (ms *measures) total() (seen, missed uint64) {
	seen, missed = ms.seen, ms.gone
	for _, m := range ms.byKey {
		if m.tells() {
			seen += m.seen
			missed += m.missed
		}
	}
	return seen, missed
}

// roundTime is the shortest time in which the sequence numbers of a link may go round: 128 MSUs of 8 octets and more, each
// with its check sequence and a flag, at 64 kbit/s.
const roundTime = 128 * (8 + 3 + 2 + 1) * 125_000

// deafTime notes that a line was not heard from from to to.
func (ms *measures) deafTime(file int, link mtp.Link, dir wire.Direction, from, to wire.Time) {
	if to-from < roundTime {
		return
	}
	const most = 1000 // quarters of an hour
	for t, n := from, 0; t < to && n < most; t, n = t+quarter, n+1 {
		ms.of(file, link, dir, t).deaf = true
	}
	ms.of(file, link, dir, to).deaf = true
}

// TakeMeasures gives what was counted in quarters of an hour that began before t, and forgets it.
func (m *Monitor) TakeMeasures(t wire.Time) []Measure {
	all := m.Measures()
	ms := &m.measures
	m.forgetOutages(t)
	ms.last = ms.last[:0]
	for k, v := range ms.byKey {
		if k.quarter < t {
			if v.tells() {
				ms.seen += v.seen
				ms.gone += v.missed
			}
			delete(ms.byKey, k)
		}
	}
	return slices.DeleteFunc(all, func(x Measure) bool { return x.Quarter >= t })
}

// Measures gives what was counted, in the order of quarter, file, link and direction.
func (m *Monitor) Measures() []Measure {
	m.settleOutages()
	out := make([]Measure, 0, len(m.measures.byKey))
	for k, v := range m.measures.byKey {
		out = append(out, Measure{k.file, m.lines.names[k.link], k.dir, k.quarter, v.seen, v.missed, v.tells()})
	}
	slices.SortFunc(out, func(a, b Measure) int {
		return cmp.Or(cmp.Compare(a.Quarter, b.Quarter), cmp.Compare(a.File, b.File), cmp.Compare(a.Link, b.Link),
			cmp.Compare(a.Direction, b.Direction))
	})
	return out
}
