package capture

import "fmt"

// An Event is something that happened to a line, or to the source that hears it, and not on the line. It concerns the line
// that the Frame's Interface names, and every line whose name begins with that name and a slash: line "0" is an E1, and
// "0/16" a timeslot of it. The line named "" is the whole source.
type Event struct {
	Kind  EventKind
	On    bool   // of a condition: it began; false, it ended
	Count uint64 // how many, in the unit that the kind says; 0 where it is not known
	Text  string // what is to be said besides, in words
}

// EventKind is the kind of an Event.
type EventKind uint8

// Conditions, which begin and end.
const (
	NoEvent         EventKind = iota
	EventDown                 // the source cannot be reached; Text says why
	EventLOS                  // loss of signal, which only a card or probe can tell
	EventAIS                  // alarm indication signal: nothing but ones, G.775
	EventLFA                  // loss of frame alignment, G.706 4.1.1
	EventLMFA                 // loss of CRC-4 multiframe alignment, G.706 4.2
	EventRAI                  // remote alarm indication: the far end does not hear, G.704 2.3.2
	EventErrorRate            // too many errored signal units, Q.703 10.2
	eventConditions           // those above begin and end, those below happen
	EventSlip                 // Count frames of an E1 were lost or repeated
	EventCRC4                 // Count blocks with a wrong CRC-4, G.706 4.3
	EventEBit                 // Count blocks that the far end found wrong, G.704 2.3.3.4
	EventDropped              // Count frames were heard and dropped before c7mon got them
	EventGap                  // Count octets of the line are missing
	EventClock                // the source's clock is off; Text says by how much and what was done
	EventFound                // what a timeslot carries was found out; Text says it with the evidence
	EventNote                 // anything else; Text says it
	eventKinds
)

var eventNames = [eventKinds]string{"none", "source down", "loss of signal", "AIS", "loss of frame alignment",
	"loss of multiframe alignment", "remote alarm", "excessive error rate", "", "slip", "CRC-4 errors", "far end CRC-4 errors",
	"dropped", "gap", "clock", "found", "note"}

func (k EventKind) String() string {
	if k < eventKinds {
		return eventNames[k]
	}
	return fmt.Sprintf("event %d", uint8(k))
}

// Condition reports whether events of the kind begin and end.
func (k EventKind) Condition() bool { return k > NoEvent && k < eventConditions }

// Deaf reports whether octets of the line go by unheard: while the condition lasts, or at the moment of the event.
func (k EventKind) Deaf() bool {
	switch k {
	case EventDown, EventLOS, EventAIS, EventLFA, EventSlip, EventDropped, EventGap:
		return true
	}
	return false
}

// String gives the event in words: "loss of signal begins", "dropped: 17".
func (e Event) String() string {
	s := e.Kind.String()
	switch {
	case e.Kind.Condition() && e.On:
		s += " begins"
	case e.Kind.Condition():
		s += " ends"
	case e.Count > 0:
		s += fmt.Sprintf(": %d", e.Count)
	}
	if e.Text != "" {
		s += ": " + e.Text
	}
	return s
}
