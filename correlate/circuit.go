package correlate

import (
	"c7mon/wire"
)

// circuitKey is what both directions of a circuit share: the relation stands for network, protocol, NI and the two point
// codes.
type circuitKey uint64

func keyOf(rel *relation, cic uint32) circuitKey { return circuitKey(rel.number)<<32 | circuitKey(cic) }

// A circuit is one speech circuit between two points. It outlives its calls.
type circuit struct {
	rel   *relation
	cic   uint32
	call  *leg       // the call that is up
	rival *leg       // the other IAM of a dual seizure that is not settled
	told  wire.Time  // when a message last told whether it is busy or idle, NoTime before the first
	owed  [2]owedRLC // by the side that owes it: 0 the lower point code
}

// owedRLC counts RLCs that answer a REL or RSC of before the call that is up.
type owedRLC struct {
	until wire.Time // by the clock
	n     uint8
	stray bool // the newest answers a REL that belonged to no call
}

// circuit finds the circuit, or makes it.
func (c *Correlator) circuit(rel *relation, cic uint32) *circuit {
	if rel.circuit != nil && rel.circuit.cic == cic {
		return rel.circuit
	}
	k := keyOf(rel, cic)
	ct := c.circuits[k]
	if ct == nil {
		ct = &circuit{rel: rel, cic: cic, told: wire.NoTime}
		c.circuits[k] = ct
	}
	rel.circuit = ct
	return ct
}

// unknown reports that it cannot be said whether a call stands on the circuit: nothing was heard of it yet, or messages of
// its links were lost since.
func (ct *circuit) unknown() bool {
	return ct.call == nil && (!ct.told.Known() || ct.told < ct.rel.gaps[0])
}

// tell notes that it was told at t whether the circuit is busy or idle.
func (ct *circuit) tell(t wire.Time) { ct.told = max(ct.told, t) }

// owe notes that side will send n RLCs that belong to no call that is up, for what it was sent at t.
func (ct *circuit) owe(side int, n uint8, t wire.Time) {
	o := &ct.owed[side]
	if t > o.until {
		o.n = 0
	}
	o.n = uint8(min(int(o.n)+int(n), 255))
	o.until, o.stray = max(o.until, t.Add(owedFor)), false
}

// paid reports whether an RLC from side at t was owed for something earlier, and takes it off.
func (ct *circuit) paid(side int, t wire.Time) bool {
	o := &ct.owed[side]
	if o.n == 0 || t > o.until {
		return false
	}
	o.n--
	return true
}

// A leg is a call while the correlator has it.
type leg struct {
	Call
	next, prev *leg
	in         *list
	ct         *circuit
	serial     uint64    // tells it from the calls that the leg held before
	began      wire.Time // by the clock
	last       wire.Time // last message of the call, by the clock
	blocked    wire.Time // hardware CGB that came while it was up
	blockedAt  wire.Time // the same by the clock
	retry      wire.Time // when it became a candidate for a re-attempt, by the clock
	paused     wire.Time // SUS of the network that no RES followed
	due        [2]uint8  // RLCs that each side owes for its RELs
	backward   bool      // a backward message was seen
	retried    bool      // the same call came on another circuit
	early      bool      // a partial call that was seen before its answer
	undirected bool      // a partial call whose direction is not known
}

// A list holds legs in the order they were added.
type list struct {
	first, tail *leg
	n           int
}

func (s *list) add(l *leg) {
	l.in, l.next, l.prev = s, nil, s.tail
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
	l.in, l.next, l.prev = nil, nil, nil
	s.n--
}
