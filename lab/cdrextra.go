package lab

import (
	"time"

	"c7mon/wire"
)

// How often a call that never was is tried to be placed, and how long its circuit is idle around it.
const (
	extraDraws = 2000
	extraIdle  = 2 * time.Second
)

// invent makes up to so many records of calls that never were, and tells how many. Each has the circuit, the manner and nearly
// the numbers of a call that was, at a time within the capture when that circuit was idle.
func (s *cdrSheet) invent(k *cdrKind, want int) (got int) {
	if len(s.calls) == 0 {
		return 0
	}
	first, last := s.calls[0].Start, chargedUntil(s.calls[len(s.calls)-1])
	for _, c := range s.calls {
		first = min(first, c.Start)
	}
	known := map[string]bool{}
	for _, c := range s.calls {
		known[c.Called] = true
	}
	for draw := 0; draw < extraDraws*want && got < want; draw++ {
		d := damage{kind: k, call: s.calls[s.chance.below(uint64(len(s.calls)))]}
		if !s.clean(d.call) {
			continue
		}
		if d.was = s.row(d.call); !d.chargeable(s) {
			continue
		}
		c := s.moved(d.call, first, last)
		if c == nil || known[c.Called] || !s.idle(c) {
			continue
		}
		r := s.row(c)
		if !s.pay(&r, c) {
			continue
		}
		known[c.Called] = true
		s.extra = append(s.extra, &damage{kind: k, rows: []cdrRow{r}, what: "there was no such call"})
		got++
	}
	return got
}

// moved gives a call like c at another time from first to last, with other numbers; nil where there is no room for it.
func (s *cdrSheet) moved(c *Call, first, last wire.Time) *Call {
	room := last.Sub(first) - c.End.Sub(c.Start)
	if room <= 0 {
		return nil
	}
	n := *c
	by := first.Add(s.chance.between(0, room)).Sub(c.Start)
	for _, t := range [...]*wire.Time{&n.Start, &n.ACM, &n.Alerting, &n.Answer, &n.Release, &n.ReleaseComplete, &n.End} {
		if t.Known() {
			*t = t.Add(by)
		}
	}
	n.Called, n.Calling = s.miswrite(n.Called, 4), s.miswrite(n.Calling, 3)
	return &n
}

// idle tells whether no call, and none of those that never were, is on the circuit of c around its time.
func (s *cdrSheet) idle(c *Call) bool {
	from, to := c.Start.Add(-extraIdle), c.End.Add(extraIdle)
	for _, calls := range [...][]*Call{s.calls, s.others} {
		for _, o := range calls {
			if sameCircuit(o, c) && o.Start < to && (!o.End.Known() || o.End > from) {
				return false
			}
		}
	}
	for _, d := range s.extra {
		if r := &d.rows[0]; r.cic == c.CIC && r.start < to && r.end > from {
			return false
		}
	}
	return true
}

// sameCircuit tells whether two calls are on the same circuit, in either direction.
func sameCircuit(a, b *Call) bool {
	return a.CIC == b.CIC && a.NI == b.NI && min(a.OPC, a.DPC) == min(b.OPC, b.DPC) && max(a.OPC, a.DPC) == max(b.OPC, b.DPC)
}
