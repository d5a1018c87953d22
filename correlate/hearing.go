package correlate

import (
	"math/bits"
	"time"

	"c7mon/mtp"
	"c7mon/wire"
)

// Hearings tells an MSU that is heard a second time on another link from a new one: a second tap, both legs of a transfer
// point, a changeover. The n-th hearing of the same octets on one link pairs with the n-th on another within 2 s; on one
// link a second hearing is always new, since its sequence numbers already said so.
//
// It holds the MSUs of the last two periods of 2 s, each in its own table, so that what is old goes all at once. Its size
// follows the rate of the traffic up to a bound; past that it forgets early.
type Hearings struct {
	now, before period
}

const (
	pairWithin    = 2 * time.Second
	mostHearings  = 1 << 17 // of a period: 65,000 MSUs a second
	fewestSlots   = 1 << 8
	linksRecorded = 3
)

// A period holds the MSUs that were new, or new again, in a span of time.
type period struct {
	start    wire.Time
	hearings []hearing
	slots    []slot // open addressing, a power of two of them, at most half full
}

// A slot says where the hearing of a hash is: its number from 1 in the low bits and the high bits of the hash. Zero is
// free.
type slot uint64

const numberBits = 18

// A hearing is what is remembered of one MSU: how often it was new, and how often each link had it.
type hearing struct {
	hash  uint64
	last  wire.Time // when it was new the last time
	prior wire.Time // when it was new the time before that
	links [linksRecorded]mtp.Link
	heard [linksRecorded]uint8 // by each of them; 0: the place is free
	news  uint8                // how often it was new; 0: it has moved to the period now
}

// NewHearings gives an empty table.
func NewHearings() *Hearings {
	h := &Hearings{}
	h.now.reset(0, wire.NoTime)
	h.before.reset(0, wire.NoTime)
	return h
}

// Again takes the hash of an MSU heard on link at t, and reports whether another link had it already.
func (h *Hearings) Again(t wire.Time, link mtp.Link, hash uint64) bool {
	if t > h.now.start.Add(pairWithin) || len(h.now.hearings) >= mostHearings {
		h.turn(t)
	}
	if e := h.now.find(hash); e != nil {
		if !near(t, e.last) {
			e.begin(t, link, hash)
			return false
		}
		return e.again(t, link)
	}
	if e := h.before.find(hash); e != nil && e.news > 0 && near(t, e.last) {
		again := e.again(t, link)
		if !again { // it is young again
			*h.now.add(hash) = *e
			e.news = 0
		}
		return again
	}
	h.now.add(hash).begin(t, link, hash)
	return false
}

// near reports that two times are at most 2 s apart, whichever is first.
func near(t, u wire.Time) bool { return t.Sub(u) <= pairWithin && u.Sub(t) <= pairWithin }

// turn begins a new period at t.
func (h *Hearings) turn(t wire.Time) {
	h.now, h.before = h.before, h.now
	h.now.reset(len(h.before.hearings), t)
}

// reset empties a period that is expected to have n hearings.
func (p *period) reset(n int, start wire.Time) {
	size := max(fewestSlots, 1<<bits.Len(uint(3*n)))
	if size <= cap(p.slots) {
		p.slots = p.slots[:size]
		clear(p.slots)
	} else {
		p.slots = make([]slot, size)
	}
	p.start, p.hearings = start, p.hearings[:0]
}

// find gives the hearing of a hash, nil when there is none.
func (p *period) find(hash uint64) *hearing {
	mask := uint64(len(p.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := p.slots[i]
		if s == 0 {
			return nil
		}
		if uint64(s)>>numberBits == hash>>numberBits {
			if e := &p.hearings[s&(1<<numberBits-1)-1]; e.hash == hash {
				return e
			}
		}
	}
}

// add makes room for the hearing of a hash that is not there.
func (p *period) add(hash uint64) *hearing {
	if 2*len(p.hearings) >= len(p.slots) {
		n := len(p.hearings)
		old := p.hearings
		p.reset(2*n, p.start)
		for i := range old {
			p.place(old[i].hash, i)
		}
		p.hearings = old
	}
	n := len(p.hearings)
	p.place(hash, n)
	if n < cap(p.hearings) {
		p.hearings = p.hearings[:n+1]
	} else {
		p.hearings = append(p.hearings, hearing{})
	}
	return &p.hearings[n]
}

func (p *period) place(hash uint64, n int) {
	mask := uint64(len(p.slots) - 1)
	i := hash & mask
	for p.slots[i] != 0 {
		i = (i + 1) & mask
	}
	p.slots[i] = slot(hash>>numberBits<<numberBits) | slot(n+1)
}

// begin makes e the first hearing of an MSU.
func (e *hearing) begin(t wire.Time, link mtp.Link, hash uint64) {
	*e = hearing{hash: hash, last: t, prior: t, news: 1}
	e.links[0], e.heard[0] = link, 1
}

// again counts a further hearing, at most 2 s after e was new the last time.
func (e *hearing) again(t wire.Time, link mtp.Link) bool {
	by := e.by(link)
	if by < 0 {
		return true // more links than are recorded: the others had it
	}
	n := &e.heard[by]
	if *n+1 < e.news && t.Sub(e.prior) > pairWithin {
		*n = e.news - 1 // those before the last one are too old to be this one
	}
	if *n < e.news {
		*n++
		return true
	}
	if e.news == 255 { // the same octets again and again on one link: begin anew
		e.begin(t, link, e.hash)
		return false
	}
	e.news++
	*n = e.news
	e.prior, e.last = e.last, t
	return false
}

// by gives the place of a link, or a free one for it; -1 when there is none.
func (e *hearing) by(link mtp.Link) int {
	for i := range e.links {
		if e.heard[i] == 0 || e.links[i] == link {
			e.links[i] = link
			return i
		}
	}
	return -1
}
