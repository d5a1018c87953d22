package reconcile

import "c7mon/wire"

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

// bound finds the time that the file is of, and what is judged.
func (x *Result) bound() {
	o := &x.options
	all := span{wire.NoTime, wire.NoTime}
	for k := range x.spans {
		x.spans[k] = all
	}
	for i := range x.m.records {
		r := &x.m.records[i]
		times := r.times
		if !times[byEnd].Known() && times[byAnswer].Known() && r.duration > 0 {
			times[byEnd] = times[byAnswer].Add(r.duration)
		}
		for k, t := range times {
			t = x.Clock.Wire(t)
			x.spans[k].add(t)
			all.add(t)
		}
	}
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
