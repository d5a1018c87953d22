package main

import (
	"cmp"
	"math"
	"slices"
	"time"

	"c7mon/charge/reconcile"
	"c7mon/store"
	"c7mon/wire"
)

const (
	quarter = 15 * time.Minute // of coverage
	// leastPause is the shortest time between two captures in which calls may have gone by: those that follow each other, as of a
	// recorder that begins a file an hour, have less between their messages.
	leastPause = time.Minute
)

// gapsOf gives the times between from and to in which calls may have gone by unheard: before the first capture and after the last,
// between captures, quarters of an hour in which no line was heard, and those in which a line missed something. Which trunk groups
// a line carries is not known, since any link of a relation may carry any of its calls: a gap is one for all.
func gapsOf(captures []store.Capture, heard []store.Coverage, from, to wire.Time) (gaps []reconcile.Gap) {
	add := func(from, to wire.Time) {
		if to > from {
			gaps = append(gaps, reconcile.Gap{From: from, To: to})
		}
	}
	listened := slices.DeleteFunc(slices.Clone(captures), func(c store.Capture) bool { return !c.First.Known() || !c.Last.Known() })
	slices.SortFunc(listened, func(a, b store.Capture) int { return cmp.Compare(a.First, b.First) })
	end := wire.NoTime
	for _, c := range listened {
		if !end.Known() || c.First > end.Add(leastPause) {
			add(end, c.First)
		}
		end = max(end, c.Last)
	}
	add(end, math.MaxInt64)
	some := map[wire.Time]bool{}
	for _, c := range heard {
		some[c.Quarter] = true
	}
	if len(listened) > 0 { // what lies outside the captures is a gap already
		from, to = max(from, listened[0].First), min(to, end)
	}
	silent := wire.NoTime
	for q := from - from%wire.Time(quarter); q < to; q = q.Add(quarter) {
		switch {
		case !some[q] && !silent.Known():
			silent = q
		case some[q] && silent.Known():
			add(silent, q)
			silent = wire.NoTime
		}
	}
	if silent.Known() {
		add(silent, to)
	}
	return append(gaps, missed(heard)...)
}

// missed gives the times in which a line missed something: the quarter of an hour in which that was found, for what came next had
// another number, and all the time before since the quarter in which something was heard of the line. Rows are in the order of time.
func missed(heard []store.Coverage) (gaps []reconcile.Gap) {
	type line struct {
		link      string
		direction wire.Direction
	}
	type source struct {
		line
		capture int64
	}
	counts, last := map[source]bool{}, map[line]wire.Time{}
	for _, c := range heard {
		if c.Expected > 0 {
			counts[source{line{c.Link, c.Direction}, c.Capture}] = true
		}
	}
	for _, c := range heard {
		l := line{c.Link, c.Direction}
		// A line that has sequence numbers, and no number of what was sent, was not heard for some time.
		if c.Seen < c.Expected || c.Expected == 0 && counts[source{l, c.Capture}] {
			from := c.Quarter
			if before, ok := last[l]; ok {
				from = min(from, before)
			}
			gaps = append(gaps, reconcile.Gap{From: from, To: c.Quarter.Add(quarter)})
		}
		last[l] = c.Quarter
	}
	return gaps
}
