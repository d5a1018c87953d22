package gth

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// pending is an event that waits for its turn, or a count of repeats.
type pending struct {
	line    uint32
	dir     wire.Direction
	event   capture.Event
	time    wire.Time
	repeats uint32 // those left out at the end; then there is no event
}

// errTag tells of a signal unit of no job of ours.
var errTag = errors.New("signal unit: its tag is that of no link")

// errShort tells of a signal unit without a frame check sequence.
var errShort = errors.New("signal unit: shorter than its frame check sequence")

// Next gives the next signal unit, event or tick. What was read before the session ended is given first.
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
		if len(s.rest) > 0 {
			if s.unit(f) {
				return s.stamp(f)
			}
			continue
		}
		if s.chunk != nil {
			s.chunk.free <- s.chunk // there is room for both
			s.chunk = nil
		}
		if s.translate() || s.nextChunk() {
			continue
		}
		select {
		case <-s.news:
		case t := <-s.ticker.C:
			*f = capture.Frame{Time: s.p.clock.Now(wire.TimeOf(t)), Direction: wire.NoDirection}
			return s.stamp(f)
		case <-s.done:
			if s.finish() {
				return s.why()
			}
		}
	}
}

// finish looks, when the session has ended, for what was read before: true when all of it is given, the counts of what was
// left out at last.
func (s *session) finish() bool {
	s.readers.Wait()
	s.mu.Lock()
	more := len(s.chunks) > 0 || len(s.events) > 0
	s.mu.Unlock()
	if more || s.counted {
		return !more
	}
	s.counted = true
	for i := range s.p.ways {
		w := &s.p.ways[i]
		if n := w.units.Left(); n > 0 {
			s.pending = append(s.pending, pending{line: w.line, dir: w.dir, time: s.p.last, repeats: n})
		}
	}
	return false
}

// stamp gives a frame its place in the order.
func (s *session) stamp(f *capture.Frame) error {
	s.p.last = max(s.p.last, f.Time)
	f.Clock = s.p.last
	return nil
}

// unit takes the record at the front of rest. It is false when that gives no frame: it repeats the one before, or an event
// comes first.
func (s *session) unit(f *capture.Frame) bool {
	var r record
	n := r.decode(s.rest)
	if n == 0 { // never: whole has seen it
		s.rest = nil
		return false
	}
	t, moved := s.p.clock.Time(r.time, s.chunk.came)
	if moved {
		s.pending = append(s.pending, pending{dir: wire.NoDirection, event: s.p.clock.Event(), time: t})
		return false
	}
	s.rest = s.rest[n:]
	*f = capture.Frame{Time: t, Direction: wire.NoDirection, Type: capture.LinkMTP2, FCS: capture.FCSThere, Data: r.unit, Len: len(r.unit)}
	if int(r.tag) >= len(s.p.ways) {
		f.Payload, f.Err = capture.Malformed, errTag
		return true
	}
	w := &s.p.ways[r.tag]
	f.Interface, f.Direction = w.line, w.dir
	if len(r.unit) <= 2 {
		f.Payload, f.Err = capture.Malformed, errShort
		return true
	}
	return s.check(f, w, r.ms)
}

// check leaves out repeats, and counts errored units against good ones where the probe sends all of both.
func (s *session) check(f *capture.Frame, w *way, ms uint64) (pass bool) {
	good := mtp.GoodFCS(f.Data)
	if s.p.all && s.p.errored && w.units.Rate(good, ms) {
		s.pending = append(s.pending, pending{line: w.line, dir: w.dir, event: capture.Event{Kind: capture.EventErrorRate, On: w.units.Excessive()}, time: f.Time})
	}
	if good {
		f.Payload, pass, f.Repeats = w.units.Good(f.Data[:len(f.Data)-2], ms)
		return pass
	}
	f.Payload = capture.MTP2
	if w.esnf {
		f.Payload = capture.MTP2Annex
	}
	return true
}

// translate turns what the probe told of into events of lines; false when it told of nothing.
func (s *session) translate() bool {
	s.mu.Lock()
	events, lost, strange := s.events, s.lost, s.strange
	s.events, s.lost, s.strange = nil, 0, nil
	s.mu.Unlock()
	if len(events)+lost+len(strange) == 0 {
		return false
	}
	now := s.p.clock.Now(wire.TimeOf(time.Now()))
	for i := range events {
		s.happened(&events[i], now)
	}
	if lost > 0 {
		s.note(fmt.Sprintf("%d events of the probe were too many at once and left out", lost), now)
	}
	for _, a := range strange {
		s.note("a connection from "+a+", which is not the probe, was refused", now)
	}
	return true
}

// note puts an event of the whole source.
func (s *session) note(text string, t wire.Time) {
	s.pending = append(s.pending, pending{dir: wire.NoDirection, event: capture.Event{Kind: capture.EventNote, Text: text}, time: t})
}

// happened takes one event.
func (s *session) happened(m *message, now wire.Time) {
	switch m.name {
	case "l1_message":
		s.input1(m.attr("name"), m.attr("state"), now)
	case "slip":
		s.onSpan(resourceName(m.attr("name")), capture.Event{Kind: capture.EventSlip, Count: 1}, now)
	case "mtp2_message":
		s.onJob(m, "signalling link: "+m.attr("value"), now)
	case "l2_alarm":
		s.onJob(m, fmt.Sprintf("alarm of the signalling link: %s %s: %s", m.attr("attribute"), m.attr("state"), m.attr("value")), now)
	case "fatality":
		if _, ours := s.jobs[m.attr("id")]; ours {
			s.end(fmt.Errorf("the probe ended job %s: %s", m.attr("id"), m.attr("reason")))
		}
	case "message_ended", "info", "alert", "alarm", "fault", "l2_socket_alert", "sync_message":
		s.note("the probe says "+m.String(), now)
	default:
		s.note("the probe says, of something unknown, "+m.String(), now)
	}
}

// onJob puts a note of the link of a job.
func (s *session) onJob(m *message, text string, now wire.Time) {
	i, ours := s.jobs[m.attr("id")]
	if !ours {
		return
	}
	w := &s.p.ways[i]
	s.pending = append(s.pending, pending{line: w.line, dir: w.dir, event: capture.Event{Kind: capture.EventNote, Text: text}, time: now})
}

// onSpan puts an event of each link that is heard on a span.
func (s *session) onSpan(resource string, e capture.Event, now wire.Time) {
	for i := range s.p.ways {
		if w := &s.p.ways[i]; w.port.resource() == resource {
			s.pending = append(s.pending, pending{line: w.line, dir: w.dir, event: e, time: now})
		}
	}
}

// resourceName gives the name of the resource of a span, which events call by either name.
func resourceName(name string) string {
	if strings.HasPrefix(name, "pcm") {
		return name
	}
	return "pcm" + name
}

// states are those of an input, as conditions. NoEvent is a good one.
var states = map[string]capture.EventKind{
	"ok": capture.NoEvent, "los": capture.EventLOS, "ais": capture.EventAIS, "lfa": capture.EventLFA, "lof": capture.EventLFA,
	"lmfa": capture.EventLMFA, "lomf": capture.EventLMFA, "rai": capture.EventRAI,
}

// input1 takes the state of an input. It has one at a time: the one before ends.
func (s *session) input1(name, state string, now wire.Time) {
	resource := resourceName(name)
	before, ours := s.p.spans[resource]
	if !ours {
		return
	}
	kind, known := states[strings.ToLower(state)]
	if !known {
		s.onSpan(resource, capture.Event{Kind: capture.EventNote, Text: "input: " + state}, now)
		return
	}
	if kind == before {
		return
	}
	s.p.spans[resource] = kind
	if before != capture.NoEvent {
		s.onSpan(resource, capture.Event{Kind: before}, now)
	}
	if kind != capture.NoEvent {
		s.onSpan(resource, capture.Event{Kind: kind, On: true}, now)
	}
}
