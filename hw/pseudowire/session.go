package pseudowire

import (
	"errors"
	"fmt"
	"io"
	"net/netip"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A session hears one source from its beginning to its end.
type session struct {
	driver     *driver
	receiver   *hw.Receiver
	src        source
	frame      capture.Frame
	datagram   datagram
	flows      map[flowKey]*flow
	order      []*flow // as they were met
	directions map[lineKey]*direction
	swept      wire.Time // when it was last seen who is silent
	told       wire.Time // when counts were last told
	begun      wire.Time
	ready      bool // see warmUp
	count      packets
	forgotten  uint64 // packets of flows that are forgotten
	err        error
}

// packets are those of the source by what became of them.
type packets struct {
	flows     uint64 // of pseudowires: counted in their flows
	other     uint64 // of no pseudowire that is configured
	malformed uint64 // broken before it was known whose they are
	crowded   uint64 // of pseudowires that are too many
}

type flowKey struct{ src, dst netip.AddrPort }

type lineKey struct {
	name string
	dir  wire.Direction
}

const (
	maxLines             = 512 // directions of pseudowires, against noise
	maxFlows             = 2048
	sweepEvery wire.Time = 100_000_000 // ns
	silentFor  wire.Time = 2_000_000_000
	tellCounts wire.Time = 60_000_000_000
)

func newSession(d *driver, r *hw.Receiver, src source) *session {
	return &session{driver: d, receiver: r, src: src, flows: map[flowKey]*flow{}, directions: map[lineKey]*direction{}, begun: wire.NoTime}
}

// Next gives the next frame, event or tick.
func (s *session) Next(f *capture.Frame) error {
	for !s.ready || !s.receiver.Next(f) {
		if s.err != nil {
			return s.err
		}
		if err := s.src.Next(&s.frame); err != nil {
			s.broken(err)
			continue
		}
		s.begin()
		switch s.frame.Payload {
		case capture.Tick:
			s.sweep(s.frame.Time)
			s.flush()
			if !s.receiver.Next(f) {
				*f = s.frame
			}
			return nil
		case capture.LineEvent:
			s.receiver.Event("", wire.NoDirection, s.frame.Time, s.frame.Event)
		case capture.IP:
			s.packet(s.frame.Time, s.frame.Data)
		case capture.Malformed:
			s.count.malformed++
		default:
			s.count.other++
		}
		if s.frame.Time-s.swept > sweepEvery {
			s.sweep(s.frame.Time)
		}
	}
	return nil
}

// warmUp is how long nothing is given, so that the directions that come first are not in front of the others.
const warmUp wire.Time = 300_000_000

// begin looks at the time of a frame.
func (s *session) begin() {
	t := s.frame.Time
	if !s.begun.Known() {
		s.begun, s.swept, s.told = t, t, t
	}
	s.ready = s.ready || t-s.begun > warmUp
}

// flush lets go all that waits.
func (s *session) flush() {
	s.ready = true
	s.receiver.Flush()
}

// packet takes an IP packet.
func (s *session) packet(t wire.Time, b []byte) {
	err := s.datagram.decode(b)
	if err == errOther || err != nil && !s.datagram.dst.IsValid() {
		if err == errOther {
			s.count.other++
		} else {
			s.count.malformed++
		}
		return
	}
	f := s.flow(flowKey{s.datagram.src, s.datagram.dst})
	switch {
	case f == nil:
		return // it is counted
	case err != nil:
		s.count.flows++
		f.bad(err)
	default:
		s.count.flows++
		f.takes(t, s.datagram.payload)
	}
}

// broken takes an error of the source. A file is read as far as it goes.
func (s *session) broken(err error) {
	record := (*capture.RecordError)(nil)
	if errors.As(err, &record) {
		s.note("", wire.NoDirection, err.Error())
		return
	}
	if err == io.EOF && s.driver.conf.File == "" {
		err = errClosed // an interface has no end
	}
	s.err = err
	for _, f := range s.order {
		f.ends()
		s.tell(f)
	}
	if c := s.count; c.malformed+c.crowded > 0 {
		s.note("", wire.NoDirection, fmt.Sprintf("%d packets with broken headers, %d of pseudowires that are too many", c.malformed, c.crowded))
	}
	s.flush()
}

// tell tells the counts of a flow in which something is wrong that was not told yet.
func (s *session) tell(f *flow) {
	wrong := f.count
	wrong.given, wrong.channel = 0, 0
	if wrong == f.told {
		return
	}
	f.told = wrong
	text := f.count.String()
	if f.first != nil {
		text += "; the first malformed one: " + f.first.Error()
	}
	s.note(f.to.name, f.to.dir, text)
}

// note tells something of a line.
func (s *session) note(line string, dir wire.Direction, text string) {
	s.receiver.Event(line, dir, s.frame.Time, capture.Event{Kind: capture.EventNote, Text: text})
}

// Close ends the session.
func (s *session) Close() error { return s.src.Close() }
