package cdr

import "time"

// A clock tells the seconds since 1970 in UTC of local times of one zone. It remembers the stretch that it was asked of last, for
// records of one file lie close together.
type clock struct {
	zone     *time.Location
	from, to int64 // local seconds in which offset holds, and no time stands twice
	offset   int64
}

// An instant is what a local time may be in UTC: none where the clock was put forward over it, two where it was put back.
type instant struct {
	at [2]int64 // the earlier first
	n  int
}

// at gives the instants of a local time in seconds.
func (c *clock) at(local int64) instant {
	if c.from <= local && local < c.to {
		return instant{[2]int64{local - c.offset}, 1}
	}
	// No offset is as large as this, and no zone changes it twice within.
	const far = 16 * 3600
	var i instant
	for _, around := range [...]int64{local - far, local + far} {
		at := local - c.offsetAt(around)
		if at+c.offsetAt(at) != local || i.n == 1 && i.at[0] == at {
			continue
		}
		i.at[i.n] = at
		i.n++
	}
	if i.n == 2 && i.at[0] > i.at[1] {
		i.at[0], i.at[1] = i.at[1], i.at[0]
	}
	if i.n == 1 {
		c.remember(i.at[0])
	}
	return i
}

// offsetAt gives the offset at an instant.
func (c *clock) offsetAt(at int64) int64 {
	_, offset := time.Unix(at, 0).In(c.zone).Zone()
	return int64(offset)
}

// remember keeps the stretch around an instant.
func (c *clock) remember(at int64) {
	begin, end := time.Unix(at, 0).In(c.zone).ZoneBounds()
	c.offset = c.offsetAt(at)
	c.from, c.to = -1<<62, 1<<62
	if !begin.IsZero() {
		c.from = begin.Unix() + max(c.offset, c.offsetAt(begin.Unix()-1))
	}
	if !end.IsZero() {
		c.to = end.Unix() + min(c.offset, c.offsetAt(end.Unix()))
	}
}
