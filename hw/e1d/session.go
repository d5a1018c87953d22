package e1d

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/hw"
)

// A source is what outlives the sessions: the links that were found, the clocks of the lines, and which alarms are up.
type source struct {
	config     Config
	mode       uint8 // into which the lines are put; 0: none
	links      []hw.Link
	lines      *hw.Lines
	receiver   *hw.Receiver
	directions []*direction
}

// A session is one connection with osmo-e1d.
type session struct {
	*source
	client *client
	polls  []unix.PollFd // the pipe, the control socket, then those of open
	open   []*feed       // those with a descriptor
	ready  []*feed       // of open, those whose descriptor has octets; for one wait
	octets []byte        // read from one descriptor
	retry  hw.Backoff    // of what is not open
}

// dial connects and opens the timeslots. It fails when none can be opened.
func (s *source) dial(ctx context.Context) (*hw.Hearing, error) {
	n := &session{source: s, octets: make([]byte, readOctets*superchannelOctets)}
	var stop func() bool
	var err error
	if n.client, stop, err = dialClient(ctx, s.config.Socket, n.lineEvent); err != nil {
		return nil, err
	}
	defer stop()
	h := hw.Hear(s.receiver, n)
	n.retry.Failed(time.Now())
	if err := n.openAll(); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Listen waits for octets and events and takes them, as hw.Feeder says.
func (n *session) Listen(wait time.Duration) (heard bool, err error) {
	if err := poll(n.polls, wait); err != nil {
		return false, err
	}
	closed := n.polls[0].Revents != 0
	now := time.Now()
	n.ready = n.ready[:0]
	for i, f := range n.open {
		if n.polls[firstFeed+i].Revents != 0 {
			n.ready = append(n.ready, f)
		}
	}
	told := n.polls[1].Revents != 0
	for _, f := range n.ready {
		n.hear(f, now)
	}
	if told {
		m, fd, err := n.client.receive()
		drop(fd)
		if err != nil {
			return true, err
		}
		n.lineEvent(&m)
	}
	if closed {
		return true, errClosed
	}
	return told || len(n.ready) > 0, n.tryAgain(now)
}

// Lost notes that nothing is heard any more, and that of the alarms nothing is known: a new session is told of those that
// begin, not of those that are up.
func (n *session) Lost(t time.Time) {
	for _, f := range n.open {
		f.silence.Begin(t)
	}
	for _, d := range n.directions {
		d.mode = 0
		d.Forget()
		for _, f := range d.feeds {
			f.Forget()
		}
	}
}

// Wake has every wait come back.
func (n *session) Wake() { n.client.wakeUp() }

// Close closes all descriptors.
func (n *session) Close() error {
	for _, f := range n.open {
		f.close()
	}
	n.client.close()
	return nil
}

// lineEvents are the conditions that osmo-e1d tells of, by type of its event. An odd type is the end of a condition.
var lineEvents = [...]capture.EventKind{0: capture.EventLOS, 1: capture.EventAIS, 2: capture.EventRAI, 3: capture.EventLFA}

// lineEvent takes an event of osmo-e1d. Sa bits, and whatever later versions may tell, are none of ours.
func (n *session) lineEvent(m *message) {
	i := int(m.kind &^ kindMask)
	if m.kind&kindMask != event || i/2 >= len(lineEvents) {
		return
	}
	for _, d := range n.directions {
		if d.at == m.at {
			d.Set(lineEvents[i/2], i%2 == 0, "")
		}
	}
}
