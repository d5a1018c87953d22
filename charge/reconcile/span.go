package reconcile

import (
	"slices"
	"time"

	"c7mon/wire"
)

// A span is a time with both ends; from is NoTime where there is none.
type span struct{ from, to wire.Time }

func (s *span) add(t wire.Time) {
	switch {
	case !t.Known():
	case !s.from.Known():
		s.from, s.to = t, t
	default:
		s.from, s.to = min(s.from, t), max(s.to, t)
	}
}

const (
	fewRecords = 1000           // one in so many records may be dated wrongly,
	leastOf    = 50             // or one of so many at least
	farOff     = 24 * time.Hour // what is nearer belongs to the file
)

// core gives the first and the last reference time of the records, without the few at either end that are further from all
// others than these are from each other: a clock that was reset, 1970 or a year ahead, does not make a file longer. NoTime stands
// for no record with a time.
func (m *Matcher) core() (first, last wire.Time) {
	times := make([]wire.Time, 0, len(m.records))
	for i := range m.records {
		if t := reference(&m.records[i].times); t.Known() {
			times = append(times, t)
		}
	}
	n := len(times)
	if n == 0 {
		return wire.NoTime, wire.NoTime
	}
	slices.Sort(times)
	if first, last = times[0], times[n-1]; n < leastOf {
		return first, last
	}
	few := max(1, n/fewRecords)
	low, high := times[few], times[n-1-few]
	for i := 1; i <= few; i++ {
		if gap := times[i].Sub(times[i-1]); gap > max(farOff, high.Sub(times[i])) {
			first = times[i]
		}
		if gap := times[n-i].Sub(times[n-1-i]); gap > max(farOff, times[n-1-i].Sub(low)) {
			last = times[n-1-i]
		}
	}
	return first, last
}

// Span gives the first and the last time of the records that were added, by the clock of the switch, without single records that
// are far from all others; NoTime where no record has a time.
func (m *Matcher) Span() (first, last wire.Time) {
	s := span{wire.NoTime, wire.NoTime}
	m.eachOfCore(func(r *record) {
		for _, t := range r.times {
			s.add(t)
		}
	})
	return s.from, s.to
}

// eachOfCore gives the records that are not far from all others.
func (m *Matcher) eachOfCore(do func(*record)) {
	first, last := m.core()
	for i := range m.records {
		r := &m.records[i]
		if t := reference(&r.times); t >= first && t <= last {
			do(r)
		}
	}
}

// bound finds the time that the file is of, and what is judged.
func (x *Result) bound() {
	o := &x.options
	all := span{wire.NoTime, wire.NoTime}
	for k := range x.spans {
		x.spans[k] = all
	}
	x.m.eachOfCore(func(r *record) {
		times := r.times
		if !times[byEnd].Known() && times[byAnswer].Known() && r.duration > 0 {
			times[byEnd] = times[byAnswer].Add(r.duration)
		}
		for k, t := range times {
			t = x.Clock.Wire(t)
			x.spans[k].add(t)
			all.add(t)
		}
	})
	x.From, x.To = wire.NoTime, wire.NoTime
	if o.From != 0 || o.To != 0 {
		x.From, x.To = o.From, o.To
	} else if o.Own {
		x.From, x.To = all.from, all.to
	}
}

// judged tells whether a time on the wire and a trunk group are among what is judged.
func (x *Result) judged(t wire.Time, group uint32) bool {
	o := &x.options
	return (o.From == 0 && o.To == 0 || t >= o.From && t < o.To) && (x.group == 0 || group == x.group)
}

// inFile tells whether the file is of the time of a call, so that a record of it could be there.
func (x *Result) inFile(c *call) bool {
	if !x.options.Own {
		return true
	}
	for k, s := range x.spans {
		if t := c.times[k]; t.Known() && s.from.Known() && (t < s.from || t > s.to) {
			return false
		}
	}
	return true
}

// groupOf gives the trunk group of a record: that of its call, else the one that it names.
func (x *Result) groupOf(r *record, call uint32) uint32 {
	if call != nobody && x.m.calls[call].group != 0 {
		return x.m.calls[call].group
	}
	return r.group
}
