package dsi

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A session is one connection with a relay, one writer of a pipe, or a file. Close apart it is for one goroutine.
type session struct {
	h      *host
	conn   conn
	live   bool // not a file
	closed atomic.Bool
	once   sync.Once
	err    error // of closing

	octets   [32 << 10]byte
	from, to int       // of octets: what is still to be read
	heard    time.Time // when the last of them came
	came     wire.Time // the same
	greeted  bool      // the beginning of the stream was right
	skipping bool      // a line that is too long
	end      error     // why nothing more comes
	flushed  bool
	pending  []pending
	up       map[liu]uint64 // conditions of line interfaces, a bit for each kind
}

// errID tells of a signal unit of no link of ours.
var errID = errors.New("signal unit: its link id is that of no link")

// Next gives the next signal unit, event or tick. What was read before the end is given first.
func (s *session) Next(f *capture.Frame) error {
	for {
		if len(s.pending) > 0 {
			e := &s.pending[0]
			*f = capture.Frame{Time: e.time, Interface: e.line, Direction: e.dir, Event: e.event, Repeats: e.repeats}
			if e.event.Kind != capture.NoEvent {
				f.Payload = capture.LineEvent
			}
			s.pending = s.pending[1:]
			return s.stamp(f)
		}
		got, more, err := s.take(f)
		switch {
		case err != nil:
			if !s.live { // what is wrong in a file is so the next time
				s.note("the rest of the file cannot be read: "+err.Error(), s.now())
				err = io.EOF
			}
			s.from, s.end = s.to, err
			continue
		case got:
			return s.stamp(f)
		case !more:
			continue
		case s.end != nil:
			if err := s.finish(); err != nil {
				return err
			}
			continue
		}
		if s.read(f) {
			return s.stamp(f)
		}
	}
}

// stamp gives a frame its place in the order.
func (s *session) stamp(f *capture.Frame) error {
	s.h.last = max(s.h.last, f.Time)
	f.Clock = s.h.last
	return nil
}

// read waits for more octets. tick says that none came for a second, which f tells.
func (s *session) read(f *capture.Frame) (tick bool) {
	copy(s.octets[:], s.octets[s.from:s.to])
	s.from, s.to = 0, s.to-s.from
	_, err := s.readWithin(time.Second)
	switch {
	case err == nil:
	case errors.Is(err, os.ErrDeadlineExceeded) && !s.closed.Load():
		now := time.Now()
		if silent := now.Sub(s.heard); silent > s.h.silence && !s.h.text {
			s.end = fmt.Errorf("the relay has said nothing for %v", silent.Round(time.Second))
			return false
		}
		*f = capture.Frame{Time: s.h.clock.Now(wire.TimeOf(now)), Direction: wire.NoDirection}
		return true
	case err == io.EOF && s.live:
		s.end = errors.New("the other end has closed")
	case err == io.EOF || s.live:
		s.end = err
	default:
		s.note("the rest of the file cannot be read: "+err.Error(), s.now())
		s.end = io.EOF
	}
	return false
}

// finish says what is left when nothing more comes: the counts of what was left out, then the error that ends the session.
func (s *session) finish() error {
	left := s.to - s.from
	if s.flushed {
		if left > 0 && s.live {
			return fmt.Errorf("%w, in the middle of a message, %d octets of which had come", s.end, left)
		}
		return s.end
	}
	s.flushed = true
	for _, id := range slices.Sorted(maps.Keys(s.h.ways)) {
		w := s.h.ways[id]
		if n := w.units.Left(); n > 0 {
			s.pending = append(s.pending, pending{line: w.line, dir: w.dir, time: s.h.last, repeats: n})
		}
	}
	if left > 0 && s.end == io.EOF {
		s.note(fmt.Sprintf("the file ends in the middle of a message, %d octets of which are there", left), s.h.last)
	}
	return nil
}

// take takes what is at the front of the octets: got says that f tells of it, more that nothing whole is there.
func (s *session) take(f *capture.Frame) (got, more bool, err error) {
	if s.h.text {
		return s.takeLine(f)
	}
	b := s.octets[s.from:s.to]
	if !s.greeted {
		if len(b) == 0 {
			return false, true, nil
		}
		more, err := hello(b)
		if more || err != nil {
			return false, true, err
		}
		s.greeted = true
		s.from += helloOctets
		return false, false, nil
	}
	var r record
	n, err := r.decode(b)
	if n == 0 || err != nil {
		return false, true, err
	}
	stay := false
	switch {
	case r.err != nil:
		*f = s.malformed(r.err, b[:n], s.now())
		got = true
	case r.kind == kindMessage:
		got, stay = s.message(f, &r.message, wire.NoTime)
	case r.kind == kindLost:
		s.pending = append(s.pending, pending{dir: wire.NoDirection, time: s.now(), event: capture.Event{Kind: capture.EventDropped, Count: uint64(r.lost), Text: "at the relay"}})
	case r.kind != kindAlive:
		*f = s.other(b[:n], s.now())
		got = true
	}
	if !stay {
		s.from += n
	}
	return got, false, nil
}

// message takes a message, whose time is stamp where it bears none itself. stay says that it is to be taken again, after an
// event.
func (s *session) message(f *capture.Frame, m *message, stamp wire.Time) (got, stay bool) {
	if m.kind != rxInd && m.kind != rxIndT {
		t, moved := s.time(stamp)
		if moved {
			return false, true
		}
		if !s.happened(m, t) {
			*f = s.other(m.param, t)
			return true, false
		}
		return false, false
	}
	w := s.h.way(m.id)
	unit, own, err := m.unit(w != nil && w.aal5)
	if own.Known() {
		stamp = own
	}
	t, moved := s.time(stamp)
	if moved {
		return false, true
	}
	switch {
	case err != nil:
		*f = s.malformed(err, m.param, t)
	case w == nil:
		*f = s.malformed(errID, unit, t)
	default:
		*f = capture.Frame{Time: t, Interface: w.line, Direction: w.dir, Type: capture.LinkMTP2, Payload: capture.MTP2, FCS: capture.FCSGone, Data: unit, Len: len(unit)}
		return s.unit(f, w), false
	}
	return true, false
}

// unit says what a signal unit is. It is false for a repeat, which is left out.
func (s *session) unit(f *capture.Frame, w *way) (pass bool) {
	if w.aal5 {
		sscop(f, f.Data)
		return true
	}
	f.Payload, pass, f.Repeats = w.units.Good(f.Data, uint64(max(f.Time, 0)/1_000_000))
	return pass
}

// time gives the time of what bears the stamp. moved says that an event of the clock comes first.
func (s *session) time(stamp wire.Time) (t wire.Time, moved bool) {
	if !stamp.Known() {
		return s.now(), false
	}
	if t, moved = s.h.clock.Time(stamp, s.came); moved {
		s.pending = append(s.pending, pending{dir: wire.NoDirection, event: s.h.clock.Event(), time: t})
	}
	return t, moved
}

// now is the time of what bears none: that of the message before in a file.
func (s *session) now() wire.Time {
	if s.live {
		return s.h.clock.Now(s.came)
	}
	if s.h.last.Known() {
		return s.h.last
	}
	return s.h.start
}

func (s *session) malformed(err error, b []byte, t wire.Time) capture.Frame {
	return capture.Frame{Time: t, Direction: wire.NoDirection, Type: capture.LinkMTP2, Payload: capture.Malformed, Data: b, Len: len(b), Err: err}
}

// other is a frame of a message that carries no signal unit.
func (s *session) other(b []byte, t wire.Time) capture.Frame {
	return capture.Frame{Time: t, Direction: wire.NoDirection, Type: capture.LinkMTP2, Payload: capture.Other, Data: b, Len: len(b)}
}
