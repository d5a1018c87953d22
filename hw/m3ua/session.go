package m3ua

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A session is one association on which this ASP is active, from ASP Up to its end. RFC 4666 4.3.1 has the states.
type session struct {
	dialer *dialer
	a      association
	inbox  inbox

	up     bool     // ASP Up Ack came
	asked  bool     // ASP Active went out
	absent []uint32 // routing contexts for which ASP Active Ack has not come
	unsure bool     // an acknowledgement did not say the traffic mode
	beats  uint64   // BEAT sent

	heard    time.Time // when the last message came
	beatAt   time.Time // when the next BEAT is due
	tickAt   time.Time
	strange  uint64 // messages that are not of version 1 of M3UA
	ppids    []uint32
	events   []capture.Event
	early    []earlier // what came before the session was up
	leftOut  uint64    // of those, what was too much
	leave    sync.Once
	leaveErr error
}

// earlier is a message that came while ASP Up and ASP Active were not yet answered: traffic may overtake the answer on
// another stream.
type earlier struct {
	at      time.Time
	payload capture.Payload
	data    []byte
}

const (
	maxEarly  = 4096 // messages of early
	maxEvents = 64   // that wait
	maxPPIDs  = 16   // of ppids
)

func newSession(d *dialer, a association) *session {
	now := time.Now()
	return &session{dialer: d, a: a, heard: now, beatAt: now.Add(d.times.beat), absent: slices.Clone(d.setting.contexts)}
}

// start goes up and active.
func (s *session) start() error {
	set := &s.dialer.setting
	err := s.ask(request{kind: aspUp, identifier: set.identifier}, "ASP Up", func() bool { return s.up })
	if err != nil {
		return s.dialer.note(err)
	}
	s.asked = true
	err = s.ask(request{kind: aspActive, contexts: set.contexts}, "ASP Active", func() bool { return len(s.absent) == 0 })
	if err != nil {
		return s.dialer.note(err)
	}
	if s.unsure {
		s.event(note("the STP acknowledges ASP Active without saying the traffic mode: make sure that it is broadcast"))
	}
	now := time.Now()
	s.beatAt = now.Add(s.dialer.times.beat)
	return s.nextTick(now)
}

// ask sends r until done, RFC 4666 4.3.4.1 and 4.3.4.3.
func (s *session) ask(r request, name string, done func() bool) error {
	wait := s.dialer.times.ack
	for range tries {
		if err := s.a.write(r); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := s.a.until(time.Now().Add(wait)); err != nil {
			return err
		}
		for !done() {
			b, c, err := s.receive()
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return err
			}
			p, err := s.take(b, c)
			if err != nil {
				return err
			}
			s.keepEarly(p, b)
		}
		if done() {
			return nil
		}
	}
	err := fmt.Errorf("the STP does not answer %s: %d tries of %v", name, tries, wait)
	if s.strange > 0 {
		err = fmt.Errorf("%w; %d messages came that are not of version 1 of M3UA", err, s.strange)
	}
	return err
}

// keepEarly keeps a copy of a message that is a frame, for the first calls of Next.
func (s *session) keepEarly(p capture.Payload, b []byte) {
	switch {
	case p == capture.Tick:
	case len(s.early) == maxEarly:
		s.leftOut++
	default:
		s.early = append(s.early, earlier{s.heard, p, slices.Clone(b)})
	}
}

// Next gives the next message of the STP's traffic, event or tick.
func (s *session) Next(f *capture.Frame) error {
	for !s.waiting(f) {
		b, c, err := s.receive()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if err := s.alive(time.Now()); err != nil {
				return s.lost(err)
			}
			s.frame(f, time.Now(), capture.Tick, nil)
			return nil
		}
		if err != nil {
			return s.lost(err)
		}
		p, err := s.take(b, c)
		if err == nil && !s.heard.Before(s.tickAt) {
			err = s.alive(s.heard)
		}
		if err != nil {
			return s.lost(err)
		}
		if p != capture.Tick {
			s.frame(f, s.heard, p, b)
			return nil
		}
	}
	return nil
}

// waiting fills f with what came before: messages first, then events.
func (s *session) waiting(f *capture.Frame) bool {
	if len(s.early) > 0 {
		e := s.early[0]
		s.early = s.early[1:]
		s.frame(f, e.at, e.payload, e.data)
		return true
	}
	if n := s.inbox.takeLost() + s.leftOut; n > 0 {
		s.leftOut = 0
		s.event(capture.Event{Kind: capture.EventDropped, Count: n, Text: "messages cut off, too long, or too many at the start"})
	}
	if len(s.events) == 0 {
		return false
	}
	s.frame(f, s.heard, capture.LineEvent, nil)
	f.Event = s.events[0]
	s.events = append(s.events[:0], s.events[1:]...)
	return true
}

// frame fills f. Both directions of what is copied come in the one direction of this association, so the frame has none:
// OPC and DPC tell.
func (s *session) frame(f *capture.Frame, at time.Time, p capture.Payload, b []byte) {
	t := wire.TimeOf(at)
	*f = capture.Frame{Time: t, Clock: t, Interface: s.dialer.line, Direction: wire.NoDirection, Type: capture.LinkExported,
		Payload: p, FCS: capture.FCSGone, Data: b, Len: len(b)}
}

func (s *session) event(e capture.Event) {
	if len(s.events) < maxEvents {
		s.events = append(s.events, e)
	}
}

// receive waits for a message. The end of the association is an error that does not end the source.
func (s *session) receive() ([]byte, chunk, error) {
	b, c, err := s.inbox.next(s.a)
	if err == nil {
		s.heard = time.Now()
	}
	if err == io.EOF {
		err = errors.New("the STP closed the association")
	}
	return b, c, err
}

// alive sends a BEAT when one is due and finds out whether the STP is gone.
func (s *session) alive(now time.Time) error {
	if s.dialer.times.beat == 0 {
		return s.nextTick(now)
	}
	if now.Sub(s.heard) >= s.dialer.times.dead {
		return fmt.Errorf("the STP is silent: nothing came for %v, no answer to BEAT either", s.dialer.times.dead)
	}
	if !now.Before(s.beatAt) {
		s.beatAt = now.Add(s.dialer.times.beat)
		s.beats++
		if err := s.a.write(request{kind: beat, data: binary.BigEndian.AppendUint64(nil, s.beats)}); err != nil {
			return fmt.Errorf("BEAT: %w", err)
		}
	}
	return s.nextTick(now)
}

func (s *session) nextTick(now time.Time) error {
	s.tickAt = now.Add(s.dialer.times.tick)
	return s.a.until(s.tickAt)
}

// lost ends the session: the STP is told that nothing is wanted any more.
func (s *session) lost(err error) error {
	s.Close()
	return s.dialer.note(err)
}

// Close goes inactive and down, and ends the association. What the STP answers is not waited for.
func (s *session) Close() error {
	s.leave.Do(func() {
		// Errors do not matter: an association that is gone has no ASP that is active.
		_ = s.a.write(request{kind: aspInactive, contexts: s.dialer.setting.contexts})
		_ = s.a.write(request{kind: aspDown})
		s.leaveErr = s.a.end()
	})
	return s.leaveErr
}
