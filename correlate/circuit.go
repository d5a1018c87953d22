package correlate

import (
	"c7mon/wire"
)

// A circuit is one speech circuit between two points. It outlives its calls.
type circuit struct {
	rel   *relation
	cic   uint32
	owed  [2]uint8  // RLCs that answer a REL or RSC of before the call that is up, by the side that owes them
	stray [2]bool   // the newest of them answers a REL that belonged to no call
	until wire.Time // they come before this, by the clock
	call  *leg      // the call that is up
	rival *leg      // the other IAM of a dual seizure that is not settled
	told  wire.Time // when a message last told whether it is busy or idle, NoTime before the first
	heard [2]line   // on which each side was heard last
}

// circuits finds circuits. They lie in pages of neighbouring circuit codes, which calls use together.
type circuits map[pageKey]*page

// pageKey is what both directions of a circuit share: the relation stands for network, protocol, NI and the two point
// codes, and the rest of the circuit code lies in the page.
type pageKey uint64

const pageSize = 8

type page [pageSize]circuit

func keyOf(rel *relation, cic uint32) pageKey { return pageKey(rel.number)<<32 | pageKey(cic/pageSize) }

// find gives the circuit, nil when it was never heard of, nor one beside it.
func (cs circuits) find(rel *relation, cic uint32) *circuit {
	near := &rel.near[cic/pageSize%uint32(len(rel.near))]
	if p := *near; p != nil && p[cic%pageSize].cic == cic {
		return &p[cic%pageSize]
	}
	p := cs[keyOf(rel, cic)]
	if p == nil {
		return nil
	}
	*near = p
	return &p[cic%pageSize]
}

// of gives the circuit, and makes it when there is none.
func (cs circuits) of(rel *relation, cic uint32) *circuit {
	if ct := cs.find(rel, cic); ct != nil {
		return ct
	}
	p := new(page)
	for i := range p {
		p[i] = circuit{rel: rel, cic: cic&^(pageSize-1) + uint32(i), told: wire.NoTime, until: wire.NoTime,
			heard: [2]line{noLine, noLine}}
	}
	cs[keyOf(rel, cic)] = p
	return &p[cic%pageSize]
}

// unknown reports that it cannot be said whether a call stands on the circuit: nothing was heard of it yet, or messages of
// its links were lost since.
func (ct *circuit) unknown() bool {
	return ct.call == nil && (!ct.told.Known() || ct.told < ct.rel.gaps[0].to)
}

// tell notes that it was told at t whether the circuit is busy or idle.
func (ct *circuit) tell(t wire.Time) { ct.told = max(ct.told, t) }

// owe notes that side will send n RLCs that belong to no call that is up, for what it was sent at t.
func (ct *circuit) owe(side int, n uint8, t wire.Time) {
	if t > ct.until {
		ct.owed = [2]uint8{}
	}
	ct.owed[side] = uint8(min(int(ct.owed[side])+int(n), 255))
	ct.until, ct.stray[side] = max(ct.until, t.Add(owedFor)), false
}

// paid reports whether an RLC from side at t was owed for something earlier, and takes it off.
func (ct *circuit) paid(side int, t wire.Time) bool {
	if ct.owed[side] == 0 || t > ct.until {
		return false
	}
	ct.owed[side]--
	return true
}

// A leg is a call while the correlator has it.
type leg struct {
	Call
	ct         *circuit
	last       wire.Time // last message of the call, by the clock
	began      wire.Time // by the clock
	blocked    wire.Time // hardware CGB that came while it was up
	blockedAt  wire.Time // the same by the clock
	until      wire.Time // of one that has ended: by the clock, until when it may have been up
	retry      wire.Time // when it became a candidate for a re-attempt, by the clock
	paused     wire.Time // SUS of the network that no RES followed
	next, prev *leg
	serial     uint64   // tells it from the calls that the leg held before
	due        [2]uint8 // RLCs that each side owes for its RELs
	in         place
	backward   bool // a backward message was seen
	retried    bool // the same call came on another circuit
	early      bool // a partial call that was seen before its answer
	undirected bool // a partial call whose direction is not known
}

// place is the list that a leg is in.
type place uint8

const (
	free place = iota
	open
	held
)

// A list holds legs in the order they were added.
type list struct {
	place       place
	first, tail *leg
	n           int
}

func (s *list) add(l *leg) {
	l.in, l.next, l.prev = s.place, nil, s.tail
	if s.tail == nil {
		s.first = l
	} else {
		s.tail.next = l
	}
	s.tail = l
	s.n++
}

func (s *list) remove(l *leg) {
	if l.prev == nil {
		s.first = l.next
	} else {
		l.prev.next = l.next
	}
	if l.next == nil {
		s.tail = l.prev
	} else {
		l.next.prev = l.prev
	}
	l.in, l.next, l.prev = free, nil, nil
	s.n--
}
