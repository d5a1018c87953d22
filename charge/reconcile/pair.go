package reconcile

import (
	"slices"
	"time"

	"c7mon/wire"
)

// nobody stands for no partner.
const nobody = ^uint32(0)

const (
	// wideWindow is how far an answer may be off when all else fits.
	wideWindow = 2 * time.Minute
	// ringing is how long after the start of a call that was not answered a record may claim an answer, where nothing tells its end.
	ringing = 3 * time.Minute
	// legWindow is how long an answer or a release may take through the switch from one side to the other.
	legWindow = time.Second
	// mostRounds bounds the work on a crowd of the same numbers at the same time.
	mostRounds = 32
)

// A pairing finds the partners. Each stage works on what the ones before have left.
type pairing struct {
	m      *Matcher
	clock  Clock
	mates  []uint32 // of each call its record
	owners []uint32 // of each record its call
	twins  []uint32 // of each record without a call the one that it repeats
	legs   []uint32 // of each call without a record the one that it repeats
	a, b   []entry
	edges  []edge
}

// A stage is one way to find pairs: the same key, a time of the same kind near by, and what accept says.
type stage struct {
	callKey   func(c *call) uint64 // 0: not in this stage
	recordKey func(r *record) uint64
	kinds     []kind
	window    int64
	accept    func(c *call, r *record, k kind) (cost uint64, ok bool)
}

var allKinds = []kind{byAnswer, byStart, byEnd}

// run goes through the stages, the surest first.
func (p *pairing) run() {
	m, tolerance := p.m, int64(p.clock.Tolerance)
	p.mates, p.legs = filled(len(m.calls)), filled(len(m.calls))
	p.owners, p.twins = filled(len(m.records)), filled(len(m.records))
	p.a, p.b = make([]entry, 0, len(m.calls)), make([]entry, 0, len(m.records))
	p.edges = make([]edge, 0, min(len(m.calls), len(m.records))) // most calls have one
	tail := func(c *call) uint64 { return m.numbers.tail(c.called) }
	recordTail := func(r *record) uint64 { return m.numbers.tail(r.called) }
	head := func(c *call) uint64 { return m.numbers.head(c.called) }
	recordHead := func(r *record) uint64 { return m.numbers.head(r.called) }
	strong := func() {
		p.stage(stage{tail, recordTail, allKinds, tolerance, p.sameNumbers})
		p.stage(stage{head, recordHead, allKinds, tolerance, p.sameNumbers})
		p.doubles() // before anything weaker could take them
	}
	weak := func() {
		p.stage(stage{func(c *call) uint64 { return circuitKey(c.group, c.cic, c.flags) },
			func(r *record) uint64 { return circuitKey(r.group, r.cic, r.flags) }, allKinds, tolerance, p.near})
		p.stage(stage{func(c *call) uint64 { return m.numbers.tail(c.calling) },
			func(r *record) uint64 { return m.numbers.tail(r.calling) }, allKinds, tolerance, p.otherNumber})
		p.stage(stage{func(c *call) uint64 { return 1 + uint64(c.cic) }, (*record).cicKey, allKinds, tolerance, p.oneNumber})
		p.stage(stage{head, recordHead, allKinds, tolerance, p.oneNumber})
		p.stage(stage{tail, recordTail, allKinds, tolerance, p.oneNumber})
		p.stage(stage{tail, recordTail, []kind{byAnswer}, max(int64(wideWindow), tolerance), p.lateAnswer})
		p.inside(tail, recordTail)
		p.doubles()
		p.copies(recordTail)
	}
	strong()
	p.otherHour(strong)
	weak()
	p.otherHour(func() { strong(); weak() })
	p.findLegs(tail)
	p.a, p.b, p.edges = nil, nil, nil
}

// otherHour does the same for records that are left in the other of two hours that the clock repeats. Those that are left then are of
// the hour that they were of.
func (p *pairing) otherHour(do func()) {
	var list []int
	for i := range p.m.records {
		if r := &p.m.records[i]; r.other != [3]int32{} && p.owners[i] == nobody && p.twins[i] == nobody {
			*r = r.moved()
			list = append(list, i)
		}
	}
	if list == nil {
		return
	}
	do()
	for _, i := range list {
		if r := &p.m.records[i]; p.owners[i] == nobody { // a double too, as the list is in order of the first hour
			*r = r.moved()
		}
	}
}

func filled(n int) []uint32 {
	list := make([]uint32, n)
	for i := range list {
		list[i] = nobody
	}
	return list
}

// stage pairs by one stage: the cheapest edge first, each call and record once.
func (p *pairing) stage(s stage) {
	for range mostRounds {
		p.edges = p.edges[:0]
		more := false
		for _, k := range s.kinds {
			p.a = p.callEntries(p.a[:0], k, s.callKey, false)
			p.b = p.recordEntries(p.b[:0], k, s.recordKey)
			var cut bool
			p.edges, cut = join(p.edges, p.a, p.b, s.window, mostEdges, func(a, b uint32) (uint64, bool) {
				return s.accept(&p.m.calls[a], &p.m.records[b], k)
			})
			more = more || cut
		}
		if !p.take() || !more {
			return
		}
	}
}

// take makes pairs of the edges; it tells whether there was one.
func (p *pairing) take() (some bool) {
	slices.SortFunc(p.edges, compareEdges)
	for _, e := range p.edges {
		if p.mates[e.a] == nobody && p.owners[e.b] == nobody {
			p.mates[e.a], p.owners[e.b] = e.b, e.a
			some = true
		}
	}
	return some
}

// callEntries lists the calls that have a partner, or those that have none.
func (p *pairing) callEntries(list []entry, k kind, key func(c *call) uint64, paired bool) []entry {
	for i := range p.m.calls {
		c := &p.m.calls[i]
		if (p.mates[i] != nobody) != paired || !c.times[k].Known() {
			continue
		}
		if x := key(c); x != 0 {
			list = append(list, entry{x, int64(c.times[k]), uint32(i)})
		}
	}
	slices.SortFunc(list, compareEntries)
	return list
}

// recordEntries lists the records that have no partner and are no doubles.
func (p *pairing) recordEntries(list []entry, k kind, key func(r *record) uint64) []entry {
	for i := range p.m.records {
		r := &p.m.records[i]
		if p.owners[i] != nobody || p.twins[i] != nobody {
			continue
		}
		t := p.at(r, k)
		if !t.Known() {
			continue
		}
		if x := key(r); x != 0 {
			list = append(list, entry{x, int64(t), uint32(i)})
		}
	}
	slices.SortFunc(list, compareEntries)
	return list
}

// at gives a time of the record on the wire. An end that the file has not follows from answer and duration, and an answer from end
// and duration where there is no beginning either, unless durations are rounded up.
func (p *pairing) at(r *record, k kind) wire.Time {
	switch {
	case r.times[k].Known() || r.duration <= 0:
	case k == byEnd:
		return p.clock.Wire(r.times[byAnswer].Add(r.duration))
	case k == byAnswer && !r.times[byStart].Known() && p.clock.Step == 0 && r.answered():
		return p.clock.Wire(r.times[byEnd].Add(-r.duration))
	}
	return p.clock.Wire(r.times[k])
}

// near takes a pair of which a time fits, at the first kind that does, and gives what all of them cost: the sum of the distances in
// microseconds, each bounded; one that is not known costs as much as one at the tolerance.
func (p *pairing) near(c *call, r *record, k kind) (cost uint64, ok bool) {
	tolerance := int64(p.clock.Tolerance)
	sum := int64(0)
	for i, t := range c.times {
		u := p.at(r, kind(i))
		if !t.Known() || !u.Known() {
			sum += tolerance
			continue
		}
		d := distance(t, u)
		if d <= tolerance && !ok {
			if kind(i) != k {
				return 0, false
			}
			ok = true
		}
		if kind(i) == byEnd {
			if x, y := c.lasts(), r.lasts(); x >= 0 && y >= 0 {
				d = distance(x, y)
			}
		}
		sum += min(d, 4*tolerance)
	}
	if c.answered() != r.answered() {
		sum += tolerance
	}
	if c.answered() && !r.charged() { // of two sides of a switch the one that is paid for
		sum += tolerance
	}
	return uint64(sum / 1000), ok
}

// The circuit decides between pairs before the cost does.
const circuitShift = 56

// sameNumbers takes a pair whose numbers and a time fit.
func (p *pairing) sameNumbers(c *call, r *record, k kind) (cost uint64, ok bool) {
	called, calling := p.m.numbers.fit(c.called, r.called), p.m.numbers.fit(c.calling, r.calling)
	if called < part || calling == differs {
		return 0, false
	}
	cost, ok = p.near(c, r, k)
	quarter := uint64(p.clock.Tolerance / 4 / time.Microsecond)
	if called == part {
		cost += quarter
	}
	if calling != equal {
		cost += quarter
	}
	return cost | uint64(circuits(c, r))<<circuitShift, ok
}

// otherNumber takes a pair of one caller and time with another called number: it ends alike, so that only the prefix is another; or
// the circuit is the same; or the duration fits too, as a caller has one call at a time.
func (p *pairing) otherNumber(c *call, r *record, k kind) (cost uint64, ok bool) {
	where := circuits(c, r)
	if p.m.numbers.fit(c.calling, r.calling) != equal || p.m.numbers.fit(c.called, r.called) != differs || where == otherCircuit {
		return 0, false
	}
	if cost, ok = p.near(c, r, k); !ok {
		return 0, false
	}
	same := where <= sameCIC || r.lasts() > 0 && p.clock.lastEqual(c, r)
	return cost, same || p.m.numbers.sameTail(c.called, r.called)
}

// oneNumber takes a pair of which all is the same that both tell, time and duration among it, but for one number: the calling one,
// where the circuit is the same as far as it is known; or a digit or two of the called one, where the caller is not told.
func (p *pairing) oneNumber(c *call, r *record, k kind) (cost uint64, ok bool) {
	n, where := &p.m.numbers, circuits(c, r)
	called, calling := n.fit(c.called, r.called), n.fit(c.calling, r.calling)
	switch {
	case where == otherCircuit, r.lasts() <= 0, !p.clock.lastEqual(c, r):
		return 0, false
	case called >= part && calling == differs && where <= sameCIC, called == differs && calling == unknown && n.alike(c.called, r.called):
		return p.near(c, r, k)
	}
	return 0, false
}

// lateAnswer takes a pair whose numbers and durations fit though no time does: the caller or the circuit must be the same too.
func (p *pairing) lateAnswer(c *call, r *record, _ kind) (cost uint64, ok bool) {
	called, calling := p.m.numbers.fit(c.called, r.called), p.m.numbers.fit(c.calling, r.calling)
	switch where := circuits(c, r); {
	case called < part, calling == differs, where == otherCircuit, calling == unknown && where != sameCircuit:
		return 0, false
	}
	if !p.clock.lastEqual(c, r) {
		return 0, false
	}
	return uint64(distance(c.times[byAnswer], p.at(r, byAnswer)) / 1000), true
}

// inside pairs calls that were not answered with records that have nothing but an answer, which lies within them.
func (p *pairing) inside(tail func(*call) uint64, recordTail func(*record) uint64) {
	tolerance := int64(p.clock.Tolerance)
	key := func(c *call) uint64 {
		if c.answered() {
			return 0
		}
		return tail(c)
	}
	p.a = p.callEntries(p.a[:0], byStart, key, false)
	p.b = p.recordEntries(p.b[:0], byAnswer, func(r *record) uint64 {
		if r.times[byStart].Known() {
			return 0
		}
		return recordTail(r)
	})
	p.edges, _ = join(p.edges[:0], p.a, p.b, int64(ringing)+tolerance, mostEdges, func(a, b uint32) (uint64, bool) {
		c, r := &p.m.calls[a], &p.m.records[b]
		if p.m.numbers.fit(c.called, r.called) < part || p.m.numbers.fit(c.calling, r.calling) == differs {
			return 0, false
		}
		d := int64(p.at(r, byAnswer) - c.times[byStart])
		long := int64(ringing)
		if c.times[byEnd].Known() {
			long = min(long, int64(c.times[byEnd]-c.times[byStart]))
		}
		return uint64(distance(d, 0)/1000) | uint64(circuits(c, r))<<circuitShift, d >= -tolerance && d <= long+tolerance
	})
	p.take()
}
