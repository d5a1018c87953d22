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
	lines    []line    // on which it was heard
	doubts   int       // lines on which numbers are passed over but may still come
	gaps     [8]gap    // newest losses on its lines, the newest first; NoTime where there is none
	near     [32]*page // pages of its circuits that were used last, by the low bits of their number
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
	known [][2]*hearsay // of the lines whose sequence numbers are followed, by link and direction
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
			r.gaps[i] = gap{wire.NoTime, wire.NoTime}
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
		if s := c.relations.hearsay(w); s != nil {
			s.before = s.heard
		}
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

// settle takes back every doubt, at the end of the capture.
func (rs *relations) settle() {
	clear(rs.doubt)
	for _, r := range rs.all {
		r.doubts = 0
	}
}
