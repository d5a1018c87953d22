package e1d

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
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
	err    error         // why the session ends, once all that was heard is given
	given  time.Time     // when Next last gave anything
	heard  time.Time     // when anything last came
	retry  time.Time     // when what is not open is tried again
	wait   time.Duration // from one such try to the next
	last   wire.Time     // of the newest frame given

	running sync.Mutex // held while Next or Close uses the descriptors
	once    sync.Once
}

// Times of a session.
const (
	tickEvery   = time.Second
	tickBehind  = 500 * time.Millisecond // ticks are so much behind: frames wait a little for those before them
	silence     = 500 * time.Millisecond // when nothing comes for so long, what waits for its turn is given
	firstRetry  = time.Second
	longestWait = 30 * time.Second
)

// dial connects and opens the timeslots. It fails when none can be opened.
func (s *source) dial(ctx context.Context) (*session, error) {
	n := &session{source: s, octets: make([]byte, readOctets*superchannelOctets), given: time.Now(), heard: time.Now(), wait: firstRetry, last: wire.NoTime}
	var stop func() bool
	var err error
	if n.client, stop, err = dialClient(ctx, s.config.Socket, n.lineEvent); err != nil {
		return nil, err
	}
	defer stop()
	if err := n.openAll(); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

// Next gives what is heard, as hw.Session says.
func (n *session) Next(f *capture.Frame) error {
	n.running.Lock()
	defer n.running.Unlock()
	for {
		if n.receiver.Next(f) {
			n.given, n.last = time.Now(), max(n.last, f.Time)
			return nil
		}
		if n.err != nil {
			return n.err
		}
		if now := time.Now(); now.Sub(n.given) >= tickEvery {
			n.given = now
			n.last = n.tickTime(now)
			*f = capture.Frame{Time: n.last, Clock: n.last, Direction: wire.NoDirection}
			return nil
		}
		n.listen()
	}
}

// tickTime is the time of a tick: a little behind the machine's clock, or where the line's own clock stands.
func (n *session) tickTime(now time.Time) wire.Time {
	if n.config.Line.Clock == "stream" && n.last.Known() {
		return n.last
	}
	return max(n.last, wire.TimeOf(now.Add(-tickBehind)))
}

// listen waits for octets and events, at most until the next tick is due, and takes them. What goes wrong with the whole
// session is left in n.err.
func (n *session) listen() {
	wait := min(max(tickEvery-time.Since(n.given), time.Millisecond), silence)
	if err := poll(n.polls, wait); err != nil {
		n.end(err)
		return
	}
	if n.polls[0].Revents != 0 {
		n.end(errClosed)
		return
	}
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
			n.end(err)
			return
		}
		n.lineEvent(&m)
	}
	switch {
	case told || len(n.ready) > 0:
		n.heard = now
	case now.Sub(n.heard) >= silence:
		n.receiver.Flush()
	}
	n.tryAgain()
}

// end notes why the session ends. What the receiver holds back is due, and of the alarms nothing is known any more: a new
// session is told of those that begin, not of those that are up.
func (n *session) end(err error) {
	n.err = err
	for _, f := range n.open {
		f.lost(time.Now())
	}
	for _, d := range n.directions {
		d.mode = 0
		for kind := range d.on {
			d.alarm(n.receiver, capture.EventKind(kind), false)
		}
	}
	n.receiver.Flush()
}

// Close ends the session. A Next that waits comes back.
func (n *session) Close() error {
	n.once.Do(func() {
		n.client.wakeUp()
		n.running.Lock()
		defer n.running.Unlock()
		if n.err == nil {
			n.end(errClosed)
		}
		for _, f := range n.open {
			f.close()
		}
		n.client.close()
	})
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
			d.alarm(n.receiver, lineEvents[i/2], i%2 == 0)
		}
	}
}
