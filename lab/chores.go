package lab

import (
	"time"

	"c7mon/isup"
	"c7mon/wire"
)

// chores sets what the exchanges do beside the calls: they test their links, and at night maintain their circuits. Links
// are tested every quarter of an hour here, where real ones do it each half minute or so: the week would consist of that.
func (w *week) chores(e *engine) {
	for _, r := range e.network.routes {
		for _, link := range r.links {
			e.later(weekStart.Add(time.Duration(7+link)*time.Second), &linkTests{r, link, quarter})
		}
	}
	what := [...]isup.Type{isup.GRS, isup.BLO, isup.CGB, isup.RSC}
	i := 0
	for day := range 7 {
		night := weekStart.Add(time.Duration(day)*24*time.Hour + 2*time.Hour)
		for _, r := range e.network.routes {
			if (day+r.number)%3 != 0 {
				continue
			}
			g := r.groups[day%len(r.groups)]
			first := g.idle[1].ring[g.idle[1].head] &^ 31 // its first E1
			m := &maintenance{group: g, typ: what[i%len(what)], first: first + 1, last: first + 15, near: i%2 == 0}
			if m.typ == isup.BLO || m.typ == isup.RSC {
				m.last = m.first
			}
			i++
			e.later(night.Add(w.chance.between(0, 2*time.Hour)), m)
		}
	}
}

// maintenance blocks idle circuits and unblocks them after some time, or resets them.
type maintenance struct {
	group       *group
	typ         isup.Type // BLO, CGB, RSC, GRS
	first, last uint16
	near        bool // the near exchange asks
	phase       int
}

// The four phases: ask, answer, and for a blocking the same once more to end it.
const (
	asked = iota
	answered
	askedBack
	answeredBack
)

// answers holds for each request its answer, and the request that ends a blocking.
var answers = map[isup.Type]struct{ answer, back, backAnswer isup.Type }{
	isup.BLO: {isup.BLA, isup.UBL, isup.UBA},
	isup.CGB: {isup.CGBA, isup.CGU, isup.CGUA},
	isup.RSC: {answer: isup.RLC},
	isup.GRS: {answer: isup.GRA},
}

func (m *maintenance) run(e *engine, at wire.Time) error {
	with := answers[m.typ]
	typ, near, wait := m.typ, m.near, 70*time.Millisecond
	switch m.phase {
	case asked:
		if !m.group.withdraw(m.first, m.last) {
			e.later(at.Add(5*time.Minute), m)
			return nil
		}
	case answered:
		typ, near, wait = with.answer, !near, 25*time.Minute
		if with.back == 0 {
			m.group.putBack(m.first, m.last)
			wait = 0
		}
	case askedBack:
		typ = with.back
	case answeredBack:
		typ, near, wait = with.backAnswer, !near, 0
		m.group.putBack(m.first, m.last)
	}
	m.phase++
	if wait > 0 { // even when the week ends meanwhile: what was asked is answered
		e.queue.put(event{at: at.Add(wait), chore: m})
	}
	data, err := e.coder.supervision(typ, m.first, m.last, forMaintenance)
	if err != nil {
		return err
	}
	return e.send(at, m.group.route, near, m.first, data)
}

// Types of a blocking, Q.763 3.13.
const (
	forMaintenance = 0 // calls stay
	forHardware    = 1 // calls are cleared
)

// supervision encodes a message about the circuits from first to last, all of which it concerns.
func (k *coder) supervision(typ isup.Type, first, last uint16, blocking uint8) ([]byte, error) {
	k.begin()
	n := int(last-first) + 1
	switch typ {
	case isup.CGB, isup.CGBA, isup.CGU, isup.CGUA:
		k.field(isup.SupervisionType, blocking)
		k.rangeAndStatus(n, 0xff)
	case isup.GRA:
		k.rangeAndStatus(n, 0) // none is blocked
	case isup.GRS:
		k.field(isup.RangeAndStatus, byte(n-1))
	}
	return k.message(first, typ)
}

// rangeAndStatus adds the range of n circuits and a status bit for each, Q.763 3.43.
func (k *coder) rangeAndStatus(n int, status byte) {
	k.field(isup.RangeAndStatus, byte(n-1))
	for ; n > 0; n -= 8 {
		octet := status
		if n < 8 {
			octet &= 1<<n - 1
		}
		k.values = append(k.values, octet)
	}
}
