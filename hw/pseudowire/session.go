package pseudowire

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A source gives the packets. Close may be called from any goroutine.
type source interface {
	capture.Source
	Close() error
}

// A fileSource is a capture file that may be closed while it is read.
type fileSource struct {
	mu     sync.Mutex
	files  *capture.Files
	closed bool
}

func (s *fileSource) Next(f *capture.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return s.files.Next(f)
}

func (s *fileSource) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.files.Close()
}

var errClosed = errors.New("closed")

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

// flow finds the flow of a packet; nil when it is of no concern.
func (s *session) flow(k flowKey) *flow {
	if f := s.flows[k]; f != nil {
		return f
	}
	line, ok := s.driver.lineOf(k)
	if !ok {
		s.count.other++
		return nil
	}
	d := s.directions[line]
	if len(s.flows) >= maxFlows {
		s.count.crowded++
		return nil
	}
	if d == nil {
		if len(s.directions) >= maxLines {
			s.count.crowded++
			return nil
		}
		d = &direction{receiver: s.receiver, name: line.name, dir: line.dir, since: wire.NoTime}
		s.directions[line] = d
	}
	f := newFlow(&s.driver.format, d)
	f.key = k
	s.flows[k] = f
	s.order = append(s.order, f)
	return f
}

// lineOf gives the line that packets between two ends belong to.
func (d *driver) lineOf(k flowKey) (lineKey, bool) {
	best, key := 0, lineKey{}
	try := func(e *ends, from, to netip.AddrPort, dir wire.Direction) {
		if k.src.Addr() != from.Addr() || k.dst.Addr() != to.Addr() {
			return
		}
		score := 0
		if k.dst.Port() == to.Port() {
			score += 2
		}
		if k.src.Port() == from.Port() {
			score++
		}
		if score > best {
			best, key = score, lineKey{e.name, dir}
		}
	}
	for i := range d.named {
		e := &d.named[i]
		try(e, e.from, e.to, wire.Forth)
		try(e, e.to, e.from, wire.Back)
	}
	if best > 0 {
		return key, true
	}
	if !d.ports[k.src.Port()] && !d.ports[k.dst.Port()] {
		return key, false
	}
	if k.dst.Compare(k.src) < 0 {
		return lineKey{k.dst.String() + "-" + k.src.String(), wire.Back}, true
	}
	return lineKey{k.src.String() + "-" + k.dst.String(), wire.Forth}, true
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

// sweep lets go what waits for packets that come no more.
func (s *session) sweep(t wire.Time) {
	s.swept = t
	tell := t-s.told > tellCounts
	for _, f := range s.order {
		f.window.idle(t)
		if f.known && t-f.heard > silentFor && f.to.owner == f {
			f.to.silence(t)
		}
		if tell {
			s.tell(f)
		}
	}
	if tell {
		s.told = t
		s.forget(t)
	}
}

// forget forgets flows that have not turned out to be pseudowires.
func (s *session) forget(t wire.Time) {
	s.order = slices.DeleteFunc(s.order, func(f *flow) bool {
		if f.known || f.to.owner == f || t-f.heard < tellCounts/2 {
			return false
		}
		f.ends()
		s.forgotten += f.count.heard()
		delete(s.flows, f.key)
		return true
	})
	used := map[*direction]bool{}
	for _, f := range s.order {
		used[f.to] = true
	}
	maps.DeleteFunc(s.directions, func(_ lineKey, d *direction) bool { return d.width == 0 && !used[d] })
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
