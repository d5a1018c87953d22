package e1cap

import (
	"fmt"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/hw"
)

// The four octets before the frames of a transfer of the e1-tracer are a number whose low octet comes first.
//
//	place of the first frame | 0 | 0 | flags
//
// The place counts frames, and goes round at 128, or at 256 where the tracer has the larger memory.
const (
	places       = 128 // as far as both agree
	flagMisalign = 1   // the tracer lost the frame alignment, and frames before these
	flagOverflow = 2   // its memory ran over, and frames before these are lost
	doubts       = 3   // places in a row that do not fit until they are no longer believed
)

// A leg is one direction of the E1 that an e1-tracer hears.
type leg struct {
	port   *hw.Port
	clock  lineClock
	next   int64 // place that the next frame should have
	heard  bool  // a transfer was heard
	placed bool  // the places count frames: two transfers in a row have shown it
	doubt  int
	errors uint64 // transfers that failed since the last one that did not
}

// takes takes a transfer, or the error that stands in its place.
func (l *leg) takes(rec *record) {
	if rec.status < 0 {
		l.errors++
		return
	}
	if len(rec.data) <= prefix {
		return
	}
	place, flags, frames := int64(rec.data[0])%places, rec.data[3], rec.data[prefix:]
	n := int64(len(frames) / e1.FrameOctets)
	missing := l.missing(rec, place, n, flags&(flagMisalign|flagOverflow) != 0)
	if missing > 0 {
		l.port.Gap(rec.time, missing*e1.FrameOctets)
		l.clock.skips(missing * e1.FrameOctets)
	}
	if late := l.clock.takes(rec.time, len(frames)); late > 0 {
		l.port.Gap(rec.time, late)
	} else if missing == 0 && l.errors > 0 {
		l.port.Event(rec.time, capture.Event{Kind: capture.EventDropped, Text: fmt.Sprintf("%d transfers failed on the USB", l.errors)})
	}
	switch {
	case flags&flagOverflow != 0:
		l.port.Event(rec.time, capture.Event{Kind: capture.EventDropped, Text: "the memory of the tracer ran over"})
	case flags&flagMisalign != 0:
		l.port.Event(rec.time, capture.Event{Kind: capture.EventDropped, Text: "the tracer lost the frame alignment"})
	}
	l.port.Feed(rec.time, frames)
	l.next, l.heard, l.errors = (place+n)%places, true, 0
}

// missing tells how many frames are missing before n frames that begin at place. The places tell it but for whole rounds,
// and those the times tell. jumped says that the tracer's memory was emptied, so that places say nothing this once.
func (l *leg) missing(rec *record, place, n int64, jumped bool) int64 {
	elapsed := l.clock.elapsed(rec.time) - n
	switch {
	case !l.heard:
		return 0
	case jumped:
		return max(elapsed, 0)
	}
	off := (place - l.next + places) % places
	switch {
	case off == 0 && n%places != 0:
		l.placed, l.doubt = true, 0
		return 0
	case !l.placed:
		return 0
	}
	if rounds := (elapsed - off + places/2) / places; off != 0 && rounds > 0 {
		off += rounds * places
	}
	if l.doubt++; l.doubt >= doubts {
		l.placed = false
	}
	return off
}
