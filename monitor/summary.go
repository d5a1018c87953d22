package monitor

import (
	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/isup"
	"c7mon/wire"
)

// frameFate is the counter that a frame ends in.
type frameFate uint8

const (
	frameMSU frameFate = iota
	frameFISU
	frameLSSU
	frameSCTPControl
	frameManagement
	frameFragment
	frameOther
	frameMalformed
	frameDuplicate
	frameUnsupported
	frameLeftOut
	frameFates
)

var frameNames = [frameFates]string{"msu", "fisu", "lssu", "sctp_control", "management", "fragment", "other_traffic",
	"malformed", "duplicate", "unsupported_link_type", "left_out"}

// messageFate is the counter that an MSU ends in.
type messageFate uint8

const (
	messageDecoded messageFate = iota
	messageMalformed
	messageUnknown
	messageOrphan
	messageRepeated
	messageDuplicate
	messageOtherUser
	messageFates
)

var messageNames = [messageFates]string{"decoded", "malformed", "unknown", "orphan", "repeated", "duplicate",
	"other_user_part"}

// A Summary says what a run has read and what became of it. FramesBy adds up to Frames, MessagesBy to MSUs.
type Summary struct {
	Frames     uint64
	Bytes      uint64 // octets of the frames, as captured
	First      wire.Time
	Last       wire.Time
	MSUs       uint64
	FramesBy   map[string]uint64
	MessagesBy map[string]uint64
	Messages   map[string]map[string]uint64 // by protocol and abbreviation, each message once
	Calls      uint64
	Open       uint64 // of Calls, still up at the end
	Outcomes   map[string]uint64
	Seen       uint64  // signal units heard on links with sequence numbers
	Missed     uint64  // and those that were sent and not heard
	Anomalies  uint64  // times far ahead of those around them
	Errors     []error // the first of each kind of malformed frame
	Dropped    uint64  // frames that were heard and dropped before they came here; they are in no other count
	Events     map[string]uint64
}

// counters are the counts while they are made: arrays, so that counting costs next to nothing.
type counters struct {
	frames   [frameFates]uint64
	bytes    uint64
	first    wire.Time
	last     wire.Time
	messages [messageFates]uint64
	isup     [256]uint64
	bicc     [256]uint64
	other    map[string]map[string]uint64
	outcomes [256]uint64
	open     uint64
	errors   []error
	events   [256]uint64
	dropped  uint64
}

func (k *counters) add(protocol, name string) {
	by := k.other[protocol]
	if by == nil {
		by = map[string]uint64{}
		k.other[protocol] = by
	}
	by[name]++
}

// maxErrors bounds how many malformed frames are told one by one; all of them are counted.
const maxErrors = 20

func (k *counters) fault(err error) {
	if len(k.errors) < maxErrors {
		k.errors = append(k.errors, err)
	}
}

// Summary gives the counts so far.
func (m *Monitor) Summary() Summary {
	k := &m.count
	s := Summary{Bytes: k.bytes, First: k.first, Last: k.last, Open: k.open, Errors: k.errors,
		FramesBy: map[string]uint64{}, MessagesBy: map[string]uint64{}, Messages: map[string]map[string]uint64{},
		Outcomes: map[string]uint64{}, Dropped: k.dropped, Events: map[string]uint64{}}
	for i, n := range k.frames {
		s.Frames += n
		if n > 0 {
			s.FramesBy[frameNames[i]] = n
		}
	}
	for i, n := range k.messages {
		s.MSUs += n
		if n > 0 {
			s.MessagesBy[messageNames[i]] = n
		}
	}
	for i, n := range k.events {
		if n > 0 {
			s.Events[capture.EventKind(i).String()] = n
		}
	}
	for protocol, by := range k.other {
		s.Messages[protocol] = by
	}
	s.name("isup", &k.isup, m.isupTables())
	s.name("bicc", &k.bicc, &isup.BICC)
	for o, n := range k.outcomes {
		if n > 0 {
			s.Calls += n
			s.Outcomes[correlate.Outcome(o).String()] = n
		}
	}
	if m.correlator != nil {
		s.Anomalies = m.correlator.Anomalies()
	}
	s.Seen, s.Missed = m.measures.total()
	return s
}

func (s *Summary) name(protocol string, counts *[256]uint64, t *isup.Tables) {
	by := map[string]uint64{}
	for c, n := range counts {
		if n > 0 {
			by[t.Name(isup.Type(c))] += n
		}
	}
	if len(by) > 0 {
		s.Messages[protocol] = by
	}
}

// MSUs is the number of MSUs so far.
func (m *Monitor) MSUs() (n uint64) {
	for _, by := range m.count.messages {
		n += by
	}
	return n
}
