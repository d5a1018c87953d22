package lab

import "c7mon/wire"

// An event is something that will happen: the next message of a call, or else a chore.
type event struct {
	at    wire.Time
	order uint64 // events of the same moment come in the order in which they were put
	call  *call
	chore chore
}

// A chore is what happens beside the calls: tests of the links, maintenance of circuits.
type chore interface {
	run(e *engine, at wire.Time) error
}

func (a *event) before(b *event) bool {
	return a.at < b.at || a.at == b.at && a.order < b.order
}

// queue is a heap of what is still to happen, the next event first. container/heap would box each event.
type queue struct {
	events []event
	order  uint64
}

func (q *queue) put(ev event) {
	ev.order = q.order
	q.order++
	q.events = append(q.events, ev)
	h := q.events
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !ev.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = ev
}

// take gives the next event; there must be one.
func (q *queue) take() event {
	h := q.events
	first, last := h[0], h[len(h)-1]
	h[len(h)-1] = event{}
	h = h[:len(h)-1]
	q.events = h
	i := 0
	for {
		child := 2*i + 1
		if child >= len(h) {
			break
		}
		if child+1 < len(h) && h[child+1].before(&h[child]) {
			child++
		}
		if !h[child].before(&last) {
			break
		}
		h[i] = h[child]
		i = child
	}
	if len(h) > 0 {
		h[i] = last
	}
	return first
}
