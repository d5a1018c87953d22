package correlate

import (
	"container/heap"

	"c7mon/wire"
)

// A deadline is a moment of the clock after which a call has to be looked at again.
type deadline struct {
	at    wire.Time
	kind  deadlineKind
	leg   *leg
	call  uint64 // that leg held then: legs are used again
	order uint64 // of being set, so that equal deadlines come in that order
}

type deadlineKind uint8

const (
	forEvidence deadlineKind = iota // the same call on another circuit: reattemptWithin
	forRelease                      // the REL after a hardware CGB: blockingRelease
)

// A queue gives deadlines in order.
type queue struct {
	heap  deadlines
	order uint64
}

func (q *queue) before(t wire.Time) bool { return len(q.heap) > 0 && q.heap[0].at < t }

func (q *queue) set(at wire.Time, kind deadlineKind, l *leg) {
	q.order++
	heap.Push(&q.heap, deadline{at, kind, l, l.serial, q.order})
}

func (q *queue) pop() deadline { return heap.Pop(&q.heap).(deadline) }

type deadlines []deadline

func (d deadlines) Len() int { return len(d) }
func (d deadlines) Less(i, j int) bool {
	return d[i].at < d[j].at || d[i].at == d[j].at && d[i].order < d[j].order
}
func (d deadlines) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)   { *d = append(*d, x.(deadline)) }
func (d *deadlines) Pop() any {
	last := (*d)[len(*d)-1]
	*d = (*d)[:len(*d)-1]
	return last
}

// expire acts on a deadline that has come.
func (c *Correlator) expire(d deadline) {
	l := d.leg
	if l.in == free || l.serial != d.call {
		return // the call has been given out
	}
	switch d.kind {
	case forEvidence:
		if l.in == held {
			c.release(l)
		}
	case forRelease:
		if l.in == open {
			c.lapse(l)
		}
	}
}
