package hw

import (
	"c7mon/capture"
	"c7mon/wire"
)

// An entry is a frame that waits for its turn, with octets of its own.
type entry struct {
	frame  capture.Frame
	octets []byte
}

// A queue orders frames by time, and those of the same time as they came: a heap in which each has four below it, which is
// flatter than two and has them side by side.
type queue struct {
	heap []place
	free []*entry
	n    uint64
}

// A place is one of the heap.
type place struct {
	time   wire.Time
	number uint64
	entry  *entry
}

func (p *place) before(o *place) bool {
	return p.time < o.time || p.time == o.time && p.number < o.number
}

const below = 4

// put adds a frame; its octets are copied.
func (q *queue) put(f *capture.Frame, octets []byte) {
	var e *entry
	if n := len(q.free); n > 0 {
		e = q.free[n-1]
		q.free = q.free[:n-1]
	} else {
		e = &entry{octets: make([]byte, 0, maxUnit)}
	}
	e.frame, e.octets = *f, append(e.octets[:0], octets...)
	q.n++
	q.heap = append(q.heap, place{f.Time, q.n, e})
	h := q.heap
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / below
		if !h[i].before(&h[up]) {
			return
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// first gives the time of the first frame; ok is false when there is none.
func (q *queue) first() (t wire.Time, ok bool) {
	if len(q.heap) == 0 {
		return 0, false
	}
	return q.heap[0].time, true
}

// take takes the first frame out.
func (q *queue) take() *entry {
	h := q.heap
	e := h[0].entry
	last := len(h) - 1
	moved := h[last]
	h[last] = place{}
	h = h[:last]
	q.heap = h
	if last == 0 {
		return e
	}
	i := 0
	for {
		first := below*i + 1
		if first >= last {
			break
		}
		least := first
		for c := first + 1; c < min(first+below, last); c++ {
			if h[c].before(&h[least]) {
				least = c
			}
		}
		if !h[least].before(&moved) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = moved
	return e
}
