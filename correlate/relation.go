package correlate

import (
	"math"

	"c7mon/mtp"
	"c7mon/wire"
)

// A relation is a pair of points that exchange messages of one protocol: all circuits between them share it.
type relation struct {
	number   uint32
	protocol string
	network  string
	ni       uint8
	low      uint32
	high     uint32
	lines    []line       // on which it was heard
	gaps     [8]wire.Time // newest losses on its lines, when they began, the newest first; NoTime where there is none
	near     [32]*page    // pages of its circuits that were used last, by the low bits of their number
	doubts   int          // lines on which numbers are passed over but may still come
}

// A line is one direction of one link.
type line struct {
	link mtp.Link
	dir  wire.Direction
}

// noLine is none that there is.
var noLine = line{math.MaxUint32, wire.NoDirection}

type relationKey struct {
	points   uint64 // lower point code in the high half
	ni       uint8
	protocol string
}

// relations finds the relation of an MSU.
type relations struct {
	byKey map[relationKey]*relation
	all   []*relation
	last  [64]*relation // the ones used last, by a hash of their points
	doubt map[line]bool
}

func newRelations() relations {
	return relations{byKey: map[relationKey]*relation{}, doubt: map[line]bool{}}
}

func (rs *relations) of(m *mtp.MSU, protocol string, names Namer) *relation {
	low, high := m.OPC, m.DPC
	if low > high {
		low, high = high, low
	}
	slot := &rs.last[(low*31+high+uint32(m.NI))%uint32(len(rs.last))]
	if r := *slot; r != nil && r.low == low && r.high == high && r.ni == m.NI && r.protocol == protocol {
		return r
	}
	k := relationKey{uint64(low)<<32 | uint64(high), m.NI, protocol}
	r := rs.byKey[k]
	if r == nil {
		r = &relation{number: uint32(len(rs.all)), protocol: protocol, ni: m.NI, low: low, high: high}
		for i := range r.gaps {
			r.gaps[i] = wire.NoTime
		}
		r.network = names.Network(m.NI, m.OPC, m.DPC)
		rs.byKey[k] = r
		rs.all = append(rs.all, r)
	}
	*slot = r
	return r
}

// heard notes the line on which r was heard.
func (rs *relations) heard(r *relation, w line) {
	if r.on(w) {
		return
	}
	r.lines = append(r.lines, w)
	if rs.doubt[w] {
		r.doubts++
	}
}

func (r *relation) on(w line) bool {
	for i := range r.lines {
		if r.lines[i] == w {
			return true
		}
	}
	return false
}

// Doubt tells whether numbers were passed over on a line and may still come (a retransmission brings them). While they
// may, ended calls of its relations wait, because they might yet be suspect.
func (c *Correlator) Doubt(link mtp.Link, dir wire.Direction, open bool) {
	w := line{link, dir}
	if c.relations.doubt[w] == open {
		return
	}
	if open {
		c.relations.doubt[w] = true
	} else {
		delete(c.relations.doubt, w)
	}
	for _, r := range c.relations.all {
		if !r.on(w) {
			continue
		}
		if open {
			r.doubts++
		} else if r.doubts > 0 {
			r.doubts--
		}
	}
	if !open {
		c.settleHeld()
	}
}

// Missed tells that signal units were lost on a line: since is when the numbers were passed over. Calls that were up then
// are suspect (those that still are learn it when they end), and circuits that were idle are unknown again.
func (c *Correlator) Missed(link mtp.Link, dir wire.Direction, since wire.Time) {
	w := line{link, dir}
	c.hide(since)
	for _, r := range c.relations.all {
		if r.on(w) {
			r.lost(since)
		}
	}
	for l := c.held.first; l != nil; l = l.next {
		if l.ct.rel.on(w) {
			l.suspectIf(l.End)
		}
	}
}

// lost notes a loss that began at t.
func (r *relation) lost(t wire.Time) {
	for i := range r.gaps {
		if t == r.gaps[i] {
			return
		}
		if t > r.gaps[i] {
			copy(r.gaps[i+1:], r.gaps[i:])
			r.gaps[i] = t
			return
		}
	}
}

// suspectIf flags a call that is known to have been up until end (NoTime: of the capture) when messages were lost after
// its first.
func (l *leg) suspectIf(end wire.Time) {
	r := l.ct.rel
	if r.gaps[0] <= l.Start || l.Flags&Suspect != 0 {
		return
	}
	for _, t := range r.gaps {
		if t > l.Start && (t <= end || !end.Known()) {
			l.Flags |= Suspect
		}
	}
}

// settle takes back every doubt, at the end of the capture.
func (rs *relations) settle() {
	clear(rs.doubt)
	for _, r := range rs.all {
		r.doubts = 0
	}
}
