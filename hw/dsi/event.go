package dsi

import (
	"fmt"

	"c7mon/capture"
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

// liuStates are the states of a line interface by the status of MVD_MSG_LIU_STATUS. SS7MD Programmer's Manual 6.7.5; those
// from 18 on are of other boards of the family.
var liuStates = [29]capture.Event{
	10: {Kind: capture.EventLFA, On: true},
	11: {Kind: capture.EventLFA},
	12: {Kind: capture.EventAIS, On: true},
	13: {Kind: capture.EventAIS},
	14: {Kind: capture.EventRAI, On: true},
	15: {Kind: capture.EventRAI},
	16: {Kind: capture.EventLMFA},
	17: {Kind: capture.EventLMFA, On: true},
	18: {Kind: capture.EventNote, Text: "AIS in timeslot 16"},
	19: {Kind: capture.EventNote, Text: "no AIS in timeslot 16 any more"},
	20: {Kind: capture.EventLOS, On: true},
	21: {Kind: capture.EventLOS},
	22: {Kind: capture.EventSlip, Count: 1},
	25: {Kind: capture.EventNote, Text: "bit error rate above 1 in 100,000"},
	26: {Kind: capture.EventNote, Text: "bit error rate no more above 1 in 100,000"},
	27: {Kind: capture.EventNote, Text: "bit error rate above 1 in 1,000"},
	28: {Kind: capture.EventNote, Text: "bit error rate no more above 1 in 1,000"},
}

// linkStates are those of MGT_MSG_SS7_STATE, Q.703 3.
var linkStates = [7]string{1: "in service", 2: "out of service", 3: "initial alignment", 4: "aligned, not ready", 5: "aligned, ready", 6: "processor outage"}

// linkEvents are those of MGT_MSG_SS7_EVENT, Q.791 and Q.752.
var linkEvents = [49]string{
	0: "stop request", 1: "abnormal FIB or BSN", 2: "excessive delay of acknowledgement", 3: "excessive error rate",
	4: "excessive congestion", 5: "unexpected SIO", 6: "unexpected SIN", 7: "unexpected SIE", 8: "SIOS",
	16: "congestion", 17: "no congestion any more", 18: "congestion, messages are discarded",
	32: "T1 expired", 33: "T2 expired", 34: "T3 expired", 48: "failed proving",
}

// named gives the text of a code, or the code.
func named(list []string, what string, code uint8) string {
	if int(code) < len(list) && list[code] != "" {
		return what + ": " + list[code]
	}
	return fmt.Sprintf("%s: %d", what, code)
}

// happened takes a message that is no signal unit. It is false when nothing is known of its type.
func (s *session) happened(m *message, t wire.Time) bool {
	switch m.kind {
	case liuStatus:
		s.lineInterface(m, t)
	case ss7State:
		s.onLink(m.id, named(linkStates[:], "signalling link", m.status), t)
	case ss7Event:
		s.onLink(m.id, named(linkEvents[:], "signalling link", m.status), t)
	case mtpEvent:
		s.note(fmt.Sprintf("MTP3 of the host: event %d, id %d", m.status, m.id), t)
	case eventInd:
		s.note(fmt.Sprintf("board %d: error indication %d, id %d", m.instance, m.status, m.id), t)
	case congested:
		s.note(fmt.Sprintf("board %d: congestion, status %d", m.instance, m.status), t)
	case boardInd:
		s.note(fmt.Sprintf("board %d: state 0x%02x", m.id, m.status), t)
	case clockInd:
		s.note(fmt.Sprintf("board %d: clock event %d", m.instance, m.status), t)
	default:
		return false
	}
	return true
}

// lineInterface puts an event of the links that are on a line interface, or of itself where none is known to be.
func (s *session) lineInterface(m *message, t wire.Time) {
	e := capture.Event{}
	if int(m.status) < len(liuStates) {
		e = liuStates[m.status]
	}
	if e.Kind == capture.NoEvent {
		e = capture.Event{Kind: capture.EventNote, Text: fmt.Sprintf("line interface: status %d", m.status)}
	}
	at := liu{m.instance, m.id}
	if !s.news(at, e) {
		return
	}
	ways := s.h.lius[at]
	for _, w := range ways {
		s.pending = append(s.pending, pending{line: w.line, dir: w.dir, event: e, time: t})
	}
	if len(ways) == 0 {
		line := s.h.lines.Add(fmt.Sprintf("liu %d/%d", m.instance, m.id))
		s.pending = append(s.pending, pending{line: line, dir: wire.NoDirection, event: e, time: t})
	}
}

// news reports whether an event of a line interface says what was not known in this session. A host may tell of a condition
// again, or of the end of one of which it was told before we came.
func (s *session) news(at liu, e capture.Event) bool {
	bit := uint64(1) << e.Kind
	if !e.Kind.Condition() {
		return true
	}
	up := s.up[at]
	if up&bit != 0 == e.On {
		return false
	}
	if s.up == nil {
		s.up = map[liu]uint64{}
	}
	s.up[at] = up ^ bit
	return true
}

// onLink puts a note of a link.
func (s *session) onLink(id uint16, text string, t wire.Time) {
	p := pending{dir: wire.NoDirection, event: capture.Event{Kind: capture.EventNote, Text: text}, time: t}
	if w := s.h.way(id); w != nil {
		p.line, p.dir = w.line, w.dir
	} else {
		p.event.Text = fmt.Sprintf("link id %d: %s", id, text)
	}
	s.pending = append(s.pending, p)
}

// note puts an event of the whole source.
func (s *session) note(text string, t wire.Time) {
	s.pending = append(s.pending, pending{dir: wire.NoDirection, event: capture.Event{Kind: capture.EventNote, Text: text}, time: t})
}
