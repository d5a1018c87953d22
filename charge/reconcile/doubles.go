package reconcile

import (
	"slices"
	"time"
)

// doubles finds for records without a call the call with a record that they fit too.
func (p *pairing) doubles() {
	keys := [...]func(uint32) uint64{p.m.numbers.tail, p.m.numbers.head}
	for _, key := range keys {
		for _, k := range allKinds {
			p.a = p.recordEntries(p.a[:0], k, func(r *record) uint64 { return key(r.called) })
			p.b = p.callEntries(p.b[:0], k, func(c *call) uint64 { return key(c.called) }, true)
			p.edges, _ = join(p.edges[:0], p.a, p.b, int64(p.clock.Tolerance), 1, func(a, b uint32) (uint64, bool) {
				return p.repeats(b, &p.m.records[a], k)
			})
			for _, e := range p.edges {
				if p.twins[e.a] == nobody {
					p.twins[e.a] = e.b
				}
			}
		}
	}
}

// repeats takes a further record of a call: the numbers and a time fit, one of its times is that of the first record, and the
// caller, the circuit or the duration shows that it is the same call. On another circuit, which a switch may write a record of too,
// the caller and the duration must; of a call that was not answered, the caller.
func (p *pairing) repeats(i uint32, r *record, k kind) (cost uint64, ok bool) {
	c := &p.m.calls[i]
	if cost, ok = p.sameNumbers(c, r, k); !ok || !meet(r, &p.m.records[p.mates[i]]) {
		return 0, false
	}
	caller, lasts := p.m.numbers.fit(c.calling, r.calling) >= part, p.clock.lastEqual(c, r) || !c.answered() && !r.answered()
	switch circuits(c, r) {
	case sameCircuit:
		return cost, true
	case otherCircuit:
		return cost, caller && lasts
	}
	return cost, caller || lasts
}

// copies finds records that repeat one that has a call in all but the circuit, though they do not fit the call: what is wrong with the
// one is so with the other.
func (p *pairing) copies(key func(r *record) uint64) {
	for _, k := range allKinds {
		p.a = p.recordEntries(p.a[:0], k, key)
		p.b = p.b[:0]
		for i := range p.m.records {
			r := &p.m.records[i]
			if t := p.at(r, k); p.owners[i] != nobody && t.Known() && key(r) != 0 {
				p.b = append(p.b, entry{key(r), int64(t), uint32(i)})
			}
		}
		slices.SortFunc(p.b, compareEntries)
		p.edges, _ = join(p.edges[:0], p.a, p.b, int64(time.Second), 1, func(a, b uint32) (uint64, bool) {
			r, s := &p.m.records[a], &p.m.records[b]
			if r.called != s.called || r.calling != s.calling || r.answered() != s.answered() || !agree(r, s, r.calling != 0 || sameCircuits(r, s)) {
				return 0, false
			}
			off := distance(r.lasts(), s.lasts())
			return uint64(off), off <= int64(time.Second)
		})
		for _, e := range p.edges {
			if p.twins[e.a] == nobody {
				p.twins[e.a] = p.owners[e.b]
			}
		}
	}
}

// meet tells whether two records have a time in common. They are by one clock, so it is the same but for rounding; records that
// tell different times may meet.
func meet(r, s *record) bool {
	equal, other := r.common(s)
	return equal > 0 || other == 0
}

// agree tells the same of records of which something else is known to be the same, or not: then two times at least, and all that both
// tell, have to be.
func agree(r, s *record, known bool) bool {
	equal, other := r.common(s)
	return known && equal+other > 0 && meet(r, s) || equal >= 2 && other == 0
}

// common counts the times that two records have in common, and in which they differ.
func (r *record) common(s *record) (equal, other int) {
	for k := range r.times {
		switch {
		case !r.times[k].Known() || !s.times[k].Known():
		case distance(r.times[k], s.times[k]) <= int64(time.Second):
			equal++
		default:
			other++
		}
	}
	return equal, other
}

// findLegs finds for calls without a record the call with one that they are another leg of.
func (p *pairing) findLegs(tail func(*call) uint64) {
	for _, k := range [...]kind{byAnswer, byStart} {
		p.a = p.callEntries(p.a[:0], k, tail, false)
		p.b = p.callEntries(p.b[:0], k, tail, true)
		p.edges, _ = join(p.edges[:0], p.a, p.b, int64(legWindow), 1, func(a, b uint32) (uint64, bool) {
			c, d := &p.m.calls[a], &p.m.calls[b]
			if c.called != d.called || c.calling != d.calling || c.calling == 0 || c.cic == d.cic && c.group == d.group ||
				c.answered() != d.answered() || !c.times[byEnd].Known() || !d.times[byEnd].Known() {
				return 0, false
			}
			off := distance(c.times[byEnd], d.times[byEnd])
			return uint64(off), off <= int64(legWindow)
		})
		for _, e := range p.edges {
			if p.legs[e.a] == nobody {
				p.legs[e.a] = e.b
			}
		}
	}
}
