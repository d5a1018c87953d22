package cdr

import (
	"math"
	"time"

	"c7mon/wire"
)

// slack is by how much the times of a record may contradict each other: some are cut to seconds, others are not.
const slack = time.Second

// times fills start, answer, end, duration, and whether the call was answered.
//
// What follows from the rest: the end, where the answer and the duration are told (or the start and a duration from there); the
// duration, where answer and end are. An answer is never made of end and duration, for a duration is often rounded.
func (r *Reader) times(rec *Record) {
	var stamps [3]stamp
	for i := range stamps {
		stamps[i] = r.stamp(&r.m.times[i])
	}
	for i := answer; i <= end; i++ {
		// A date that is that of the start is a day too early behind midnight.
		const halfDay = 12 * 3600
		if s := &stamps[i]; r.m.times[i].sharesDate && s.known && stamps[start].known && s.seconds < stamps[start].seconds-halfDay {
			s.seconds += 86400
		}
	}
	d := r.duration()
	r.instants(rec, &stamps, d)
	answered := r.flag(&r.m.answered)
	if answered < 0 {
		answered = r.followsAnswered(rec, d)
	}
	rec.Answered = answered
	r.derive(rec, d)
	r.checkOrder(rec)
}

// stamp reads a time.
func (r *Reader) stamp(f *timeField) stamp {
	text := r.value(&f.field)
	if text == nil {
		return stamp{}
	}
	for i := range f.layouts {
		if s, ok := f.layouts[i].read(text); ok {
			return s
		}
	}
	r.fail(&f.field, text, "no time of a layout of the map")
	return stamp{}
}

// duration reads the duration as it is told, -1 where it is not.
func (r *Reader) duration() time.Duration {
	f := &r.m.duration
	text := r.value(&f.field)
	if text == nil {
		return -1
	}
	d, ok := f.unit.read(text)
	if !ok {
		r.fail(&f.field, text, "no duration in the unit of the map, or more than 366 days")
	}
	return d
}

// instants puts the stamps into UTC. A time in an hour that the clock repeats is the first of the two, unless with the second the
// times are in order, or fit the duration better, or are nearer to each other; where all of them in the other are in order and fit
// the duration as well, the record says so.
func (r *Reader) instants(rec *Record, stamps *[3]stamp, d time.Duration) {
	var all [3]instant
	var nanos [3]int64
	choices, second := 1, 0
	for i, s := range stamps {
		nanos[i] = s.nanos
		switch {
		case !s.known:
			continue
		case s.utc:
			all[i] = instant{[2]int64{s.seconds}, 1}
		default:
			all[i] = r.clock.at(s.seconds)
		}
		if all[i].n == 0 {
			r.fail(&r.m.times[i].field, r.value(&r.m.times[i].field), "there was no such time: the clock was put forward over it")
			return
		}
		if all[i].n == 2 {
			choices, second = 1<<len(all), second|1<<i
		}
	}
	best, least := 0, int64(math.MaxInt64)
	for c := range choices {
		if cost, ok := r.cost(&all, c, d); ok && cost < least {
			best, least = c, cost
		}
	}
	other, open := second-best, false
	if second > 0 && (best == 0 || best == second) {
		cost, ok := r.cost(&all, other, d)
		open = ok && cost>>spanBits <= least>>spanBits
	}
	for i, to := range []*wire.Time{&rec.Start, &rec.Answer, &rec.End} {
		if open && all[i].n == 2 {
			rec.Other[i] = time.Duration(all[i].at[other>>i&1]-all[i].at[best>>i&1]) * time.Second
		}
		if all[i].n > 0 {
			*to = wire.Time(all[i].at[best>>i&1]*int64(time.Second) + nanos[i])
		}
	}
}

// spanBits are the bits of a cost that tell choices apart which fit equally well, by the seconds from the first to the last time.
const spanBits = 20

// cost says in seconds how badly a choice of instants fits, above its spanBits: bit i takes the second of all[i]. It is false where
// there is none.
func (r *Reader) cost(all *[3]instant, choice int, d time.Duration) (cost int64, ok bool) {
	const disorder = 1 << 40
	var at [3]int64
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range all {
		second := choice >> i & 1
		if second == 1 && all[i].n < 2 {
			return 0, false
		}
		at[i] = all[i].at[second]
		if all[i].n > 0 {
			first, last = min(first, at[i]), max(last, at[i])
		}
		for before := range i {
			if all[i].n > 0 && all[before].n > 0 && at[before] > at[i] {
				cost += disorder
			}
		}
	}
	from := answer
	if r.m.duration.fromStart {
		from = start
	}
	if d >= 0 && all[from].n > 0 && all[end].n > 0 {
		off := at[end] - at[from] - int64(d/time.Second)
		cost += max(off, -off)
	}
	return min(cost, 1<<42)<<spanBits + min(max(last-first, 0), 1<<spanBits-1), true
}

// followsAnswered tells whether the call was answered where no column says it: it has a time of answer, or a duration from there.
func (r *Reader) followsAnswered(rec *Record, d time.Duration) int8 {
	hasDuration := d >= 0 && !r.m.duration.fromStart
	switch {
	case rec.Answer.Known() || hasDuration && d > 0:
		return 1
	case hasDuration || len(r.m.times[answer].columns) > 0:
		return 0
	}
	return -1
}

// derive fills what follows from the rest.
func (r *Reader) derive(rec *Record, d time.Duration) {
	from, other := rec.Answer, rec.Other[answer]
	if r.m.duration.fromStart {
		from, other = rec.Start, rec.Other[start]
	} else {
		rec.Duration = d
	}
	if !rec.End.Known() && from.Known() && d >= 0 {
		rec.End, rec.Other[end] = from.Add(d), other
	}
	if rec.Duration < 0 && rec.Answered == 1 && rec.Answer.Known() && rec.End.Known() {
		rec.Duration = max(rec.End.Sub(rec.Answer), 0)
	}
}

// checkOrder holds that there is a time, and that the times are in order.
func (r *Reader) checkOrder(rec *Record) {
	if !rec.Start.Known() && !rec.Answer.Known() && !rec.End.Known() {
		r.failRow("it has no time: rows that are no calls, or of calls that were not answered, can be left out with only and except")
		return
	}
	first, last := &r.m.times[answer].field, &r.m.times[end].field
	if len(last.columns) == 0 {
		last = &r.m.duration.field // which the end follows from
	}
	switch {
	case isBefore(rec.Answer, rec.Start):
		r.fail(first, r.value(first), "the answer is before the start")
	case isBefore(rec.End, rec.Answer):
		r.fail(last, r.value(last), "the end is before the answer")
	case isBefore(rec.End, rec.Start):
		r.fail(last, r.value(last), "the end is before the start")
	}
}

func isBefore(late, early wire.Time) bool {
	return late.Known() && early.Known() && late < early.Add(-slack)
}
