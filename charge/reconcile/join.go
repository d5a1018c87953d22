package reconcile

import (
	"cmp"
	"slices"
)

// An entry is a call or record in a list that is sorted by what must be equal, and then by time on the wire.
type entry struct {
	key uint64
	t   int64
	i   uint32
}

// An edge is a pair that may be, with what speaks against it.
type edge struct {
	cost uint64
	a, b uint32
}

const (
	// mostInWindow is how many entries about one are looked at, where a crowd has the same key and time.
	mostInWindow = 256
	// mostEdges is how many edges of an entry are kept at once, the cheapest ones. The others come up again when those are taken.
	mostEdges = 8
)

func compareEntries(a, b entry) int {
	switch { // most of the time of a match is spent in sorting, so nothing is compared that need not be
	case a.key != b.key:
		return cmp.Compare(a.key, b.key)
	case a.t != b.t:
		return cmp.Compare(a.t, b.t)
	}
	return cmp.Compare(a.i, b.i)
}

func compareEdges(a, b edge) int {
	switch {
	case a.cost != b.cost:
		return cmp.Compare(a.cost, b.cost)
	case a.a != b.a:
		return cmp.Compare(a.a, b.a)
	}
	return cmp.Compare(a.b, b.b)
}

// join appends the edges between sorted lists: each entry of a with the keep cheapest of those of b that have its key and a time no
// further than window away, and that accept takes. more tells that some were left out.
func join(edges []edge, a, b []entry, window int64, keep int, accept func(a, b uint32) (cost uint64, ok bool)) (_ []edge, more bool) {
	low, high := 0, 0
	equals := 0 // entries of a just before this one with its key and time
	for n := range a {
		x := &a[n]
		if n > 0 && a[n-1].key == x.key && a[n-1].t == x.t {
			equals++
		} else {
			equals = 0
		}
		for low < len(b) && (b[low].key < x.key || b[low].key == x.key && b[low].t < x.t-window) {
			low++
		}
		for high = max(high, low); high < len(b) && b[high].key == x.key && b[high].t <= x.t+window; {
			high++
		}
		near, cut := nearest(b[low:high], x.t, equals)
		first := len(edges)
		for _, y := range near {
			if cost, ok := accept(x.i, y.i); ok {
				edges, ok = insert(edges, first, keep, edge{cost, x.i, y.i})
				cut = cut || !ok
			}
		}
		more = more || cut
	}
	return edges, more
}

// nearest cuts a list down to the entries about a time, those of a crowd at the same time in turn.
func nearest(list []entry, t int64, turn int) (_ []entry, cut bool) {
	if len(list) <= mostInWindow {
		return list, false
	}
	at, _ := slices.BinarySearchFunc(list, t, func(e entry, t int64) int { return cmp.Compare(e.t, t) })
	from := min(max(at+turn-mostInWindow/2, 0), len(list)-mostInWindow)
	return list[from : from+mostInWindow], true
}

// insert keeps the cheapest edges behind first in order; fits is false where one had to go.
func insert(edges []edge, first, keep int, e edge) (_ []edge, fits bool) {
	fits = len(edges)-first < keep
	if !fits {
		if last := len(edges) - 1; compareEdges(e, edges[last]) >= 0 {
			return edges, false
		}
		edges = edges[:len(edges)-1]
	}
	edges = append(edges, e)
	for i := len(edges) - 1; i > first && compareEdges(edges[i], edges[i-1]) < 0; i-- {
		edges[i], edges[i-1] = edges[i-1], edges[i]
	}
	return edges, fits
}
