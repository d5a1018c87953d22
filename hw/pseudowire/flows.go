package pseudowire

import (
	"maps"
	"net/netip"
	"slices"

	"c7mon/wire"
)

// flow finds the flow of a packet; nil when it is of no concern.
func (s *session) flow(k flowKey) *flow {
	if f := s.flows[k]; f != nil {
		return f
	}
	line, ok := s.driver.lineOf(k)
	if !ok {
		s.count.other++
		return nil
	}
	d := s.directions[line]
	if len(s.flows) >= maxFlows {
		s.count.crowded++
		return nil
	}
	if d == nil {
		if len(s.directions) >= maxLines {
			s.count.crowded++
			return nil
		}
		d = &direction{receiver: s.receiver, name: line.name, dir: line.dir, since: wire.NoTime}
		s.directions[line] = d
	}
	f := newFlow(&s.driver.format, d)
	f.key = k
	s.flows[k] = f
	s.order = append(s.order, f)
	return f
}

// lineOf gives the line that packets between two ends belong to.
func (d *driver) lineOf(k flowKey) (lineKey, bool) {
	best, key := 0, lineKey{}
	try := func(e *ends, from, to netip.AddrPort, dir wire.Direction) {
		if k.src.Addr() != from.Addr() || k.dst.Addr() != to.Addr() {
			return
		}
		score := 0
		if k.dst.Port() == to.Port() {
			score += 2
		}
		if k.src.Port() == from.Port() {
			score++
		}
		if score > best {
			best, key = score, lineKey{e.name, dir}
		}
	}
	for i := range d.named {
		e := &d.named[i]
		try(e, e.from, e.to, wire.Forth)
		try(e, e.to, e.from, wire.Back)
	}
	if best > 0 {
		return key, true
	}
	if !d.ports[k.src.Port()] && !d.ports[k.dst.Port()] {
		return key, false
	}
	if k.dst.Compare(k.src) < 0 {
		return lineKey{k.dst.String() + "-" + k.src.String(), wire.Back}, true
	}
	return lineKey{k.src.String() + "-" + k.dst.String(), wire.Forth}, true
}

// sweep lets go what waits for packets that come no more.
func (s *session) sweep(t wire.Time) {
	s.swept = t
	tell := t-s.told > tellCounts
	for _, f := range s.order {
		f.window.idle(t)
		if f.known && t-f.heard > silentFor && f.to.owner == f {
			f.to.silence(t)
		}
		if tell {
			s.tell(f)
		}
	}
	if tell {
		s.told = t
		s.forget(t)
	}
}

// forget forgets flows that have not turned out to be pseudowires.
func (s *session) forget(t wire.Time) {
	s.order = slices.DeleteFunc(s.order, func(f *flow) bool {
		if f.known || f.to.owner == f || t-f.heard < tellCounts/2 {
			return false
		}
		f.ends()
		s.forgotten += f.count.heard()
		delete(s.flows, f.key)
		return true
	})
	used := map[*direction]bool{}
	for _, f := range s.order {
		used[f.to] = true
	}
	maps.DeleteFunc(s.directions, func(_ lineKey, d *direction) bool { return d.width == 0 && !used[d] })
}
