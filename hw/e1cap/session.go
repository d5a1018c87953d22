package e1cap

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A session reads one recording from its beginning to its end.
type session struct {
	conf     *Config
	pairs    []pair
	links    []hw.Link
	receiver *hw.Receiver
	in       *hw.Input
	reader   *reader
	rec      record

	legs   [2]*leg              // of a tracer, by direction
	slots  map[[2]byte]*slotLeg // of a recorder, by line and timeslot
	newest wire.Time            // of the records
	first  wire.Time            // of the records
	ready  bool                 // see warmUp
	count  counts
	err    error // the session has ended with it, once all that waits is given
}

// counts are the records by what became of them. Each record is in one of these.
type counts struct {
	octets, frames, failed, other, configured uint64 // given as octets; as HDLC frames; USB errors; modes that are no signalling; left out by links
	skipped                                   uint64 // octets that are of no record
}

func newSession(c *Config, pairs []pair, links []hw.Link, r *hw.Receiver, in *hw.Input) *session {
	return &session{conf: c, pairs: pairs, links: links, receiver: r, in: in, reader: newReader(in),
		slots: map[[2]byte]*slotLeg{}, newest: wire.NoTime, first: wire.NoTime}
}

// Next gives the next frame or event, or a tick when a FIFO has given nothing for a second.
func (s *session) Next(f *capture.Frame) error {
	for !s.give(f) {
		if s.err != nil {
			return s.err
		}
		switch err := s.reader.next(&s.rec); {
		case err == nil:
			s.take(&s.rec)
		case errors.Is(err, os.ErrDeadlineExceeded):
			s.flush()
			if !s.give(f) {
				f.Time = wire.TimeOf(time.Now())
				f.Clock = f.Time
			}
			return nil
		default:
			s.end(err)
		}
	}
	return nil
}

// warmUp is how long nothing is given, so that the directions and timeslots that come first are not in front of the others.
const warmUp wire.Time = 300_000_000

// flush lets go all that waits.
func (s *session) flush() {
	s.receiver.Flush()
	s.ready = true
}

// give gives what is due.
func (s *session) give(f *capture.Frame) bool { return s.ready && s.receiver.Next(f) }

// take takes a record.
func (s *session) take(rec *record) {
	if rec.skipped > 0 {
		s.count.skipped += uint64(rec.skipped)
		s.note(rec.time, fmt.Sprintf("%d octets of the recording are of no record", rec.skipped))
	}
	if !s.first.Known() {
		s.first = rec.time
	}
	s.newest = max(s.newest, rec.time)
	s.ready = s.ready || s.newest-s.first > warmUp
	if rec.form == recorder {
		s.slot(rec)
		return
	}
	dir := wire.Direction(rec.endPoint - 0x81)
	l := s.legs[dir]
	if l == nil {
		l = &leg{port: s.receiver.E1(s.conf.Name, dir), clock: lineClock{width: 32}}
		s.legs[dir] = l
	}
	if rec.status < 0 {
		s.count.failed++
	} else {
		s.count.octets++
	}
	l.takes(rec)
}

// end notes how the recording ended, and lets go what waits. A file ends the source, a FIFO the session.
func (s *session) end(err error) {
	s.err = err
	t := s.newest
	if !t.Known() {
		t = wire.TimeOf(time.Now())
	}
	switch {
	case s.in.Live() || err == io.EOF || errors.Is(err, os.ErrClosed):
	case err == io.ErrUnexpectedEOF:
		s.count.skipped += uint64(s.rec.skipped)
		s.note(t, fmt.Sprintf("the recording ends inside a record; its last %d octets are left out", s.rec.skipped))
		s.err = io.EOF
	default: // it would be the same when it is read again
		s.note(t, fmt.Sprintf("the recording cannot be read any further: %v", err))
		s.err = io.EOF
	}
	if n := s.count.other; n > 0 {
		s.note(t, fmt.Sprintf("%d records of modes that are no signalling are left out", n))
	}
	if n := s.count.configured; n > 0 {
		s.note(t, fmt.Sprintf("%d records of timeslots that links does not name are left out", n))
	}
	s.flush()
}

// note tells something of the whole source.
func (s *session) note(t wire.Time, text string) {
	s.receiver.Event("", wire.NoDirection, t, capture.Event{Kind: capture.EventNote, Text: text})
}

// Close ends the session.
func (s *session) Close() error { return s.in.Close() }
