package sigtran

import (
	"time"

	"c7mon/mtp"
	"c7mon/wire"
)

const (
	gapTimeout = 3 * time.Second // how long a TSN not heard may still come
	maxRuns    = 64              // runs of TSNs not heard that are open at once
)

// A Gap says that TSNs were not heard in time, so that messages may be missing.
type Gap struct {
	Link      mtp.Link
	Direction wire.Direction
	Noticed   wire.Time // when a later TSN showed the gap
	Time      wire.Time // when it was given up: 3 s later, or earlier when 1,024 further TSNs had come
	Count     uint32    // TSNs, each a message or a part of one
}

// A run is a stretch of TSNs from first to before end of which at least one was not heard when it was noticed.
type run struct {
	first, end uint32
	noticed    wire.Time
}

// open says whether tsn is in a run that still may be filled.
func (w *window) open(tsn uint32) bool {
	for _, r := range w.runs {
		if tsn-r.first < r.end-r.first {
			return true
		}
	}
	return false
}

// settle gives up the runs that are due at t.
func (d *Decoder) settle(f *flow, t wire.Time) {
	for w := &f.window; len(w.runs) > 0; {
		due := w.runs[0].noticed.Add(gapTimeout)
		if due > t {
			break
		}
		d.giveUp(f, due)
	}
	f.window.pace()
}

// giveUp takes the oldest run off and counts what of it was never heard.
func (d *Decoder) giveUp(f *flow, at wire.Time) {
	w := &f.window
	r := w.runs[0]
	w.runs = append(w.runs[:0], w.runs[1:]...)
	count := uint32(0)
	for n := r.first; n != r.end; n++ {
		if !w.isHeard(n) {
			count++
		}
	}
	if count > 0 {
		f.measure.Missed += uint64(count)
		d.miss(f, r, at, count)
	}
}

func (d *Decoder) miss(f *flow, r run, at wire.Time, count uint32) {
	if f.link.numbered {
		d.Missed = append(d.Missed, Gap{f.link.id, f.direction(), r.noticed, at, count})
	}
}

// A Line is one direction of an association.
type Line struct {
	Link      mtp.Link
	Direction wire.Direction
}

// Open appends the directions on which TSNs were passed over that may still come: what is heard there now may turn out
// to have a loss before it.
func (d *Decoder) Open(dst []Line) []Line {
	for _, f := range d.table.waiting {
		if len(f.window.runs) > 0 {
			dst = append(dst, Line{f.link.id, f.direction()})
		}
	}
	return dst
}
