package dahdi

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/hw"
	"c7mon/wire"
)

// A source is what outlives the sessions: the links that were found, the clocks of the lines, and which alarms are up.
type source struct {
	config     Config
	system     system
	mode       mode
	links      []hw.Link
	lines      *hw.Lines
	receiver   *hw.Receiver
	directions []*direction
}

// A session is the time from the opening of the channels until none can be heard.
type session struct {
	*source
	control device
	stopped *os.File // when stop is closed, a wait on it comes back
	stop    *os.File
	wake    sync.Once
	polls   []unix.PollFd // stopped, then those of open
	open    []*channel
	octets  []byte     // read at once
	look    time.Time  // when the spans are looked at again
	retry   hw.Backoff // of what is not open
}

// lookEvery is how often the spans are looked at without being told to.
const lookEvery = time.Second

// errClosed ends what waits when the session is closed.
var errClosed = errors.New("closed")

// dial opens the channels. It fails when none can be opened.
func (s *source) dial(ctx context.Context) (*hw.Hearing, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := &session{source: s, octets: make([]byte, framedOctets)}
	var err error
	if n.stopped, n.stop, err = os.Pipe(); err != nil {
		return nil, err
	}
	n.listOpen()
	h := hw.Hear(s.receiver, n)
	if n.control, err = s.system.open(s.config.Directory + "/ctl"); err != nil {
		err = fmt.Errorf("DAHDI: %s/ctl: %w", s.config.Directory, err)
	} else {
		n.retry.Failed(time.Now())
		err = n.openAll()
	}
	if err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Listen waits for octets and events and takes them, as hw.Feeder says.
func (n *session) Listen(wait time.Duration) (heard bool, err error) {
	if _, err := unix.Poll(n.polls, int(wait/time.Millisecond)+1); err != nil && err != unix.EINTR {
		return false, err
	}
	closed := n.polls[0].Revents != 0
	now := time.Now()
	lost := false
	for i, c := range n.open {
		if n.polls[1+i].Revents == 0 {
			continue
		}
		heard = true
		if err := n.hear(c, now); err != nil {
			c.close(now, err)
			c.Down(err)
			lost = true
		}
	}
	if closed {
		return heard, errClosed
	}
	if now.After(n.look) {
		n.lookAtSpans(now)
	}
	if lost {
		n.listOpen()
		n.retry.Reset()
		n.retry.Failed(now)
	}
	return heard, n.tryAgain(now)
}

// Lost notes that nothing is heard any more, and that of the alarms nothing is known.
func (n *session) Lost(t time.Time) {
	for _, c := range n.open {
		c.silence.Begin(t)
	}
	for _, d := range n.directions {
		d.known = false
		d.Forget()
		for _, c := range d.channels {
			c.Forget()
		}
	}
}

// Wake has every wait come back.
func (n *session) Wake() { n.wake.Do(func() { n.stop.Close() }) }

// Close closes all devices.
func (n *session) Close() error {
	for _, d := range n.directions {
		for _, c := range d.channels {
			c.close(time.Now(), nil)
		}
	}
	n.stopped.Close()
	if n.control != nil {
		n.control.Close()
	}
	return nil
}

// now is the machine's time.
func now() wire.Time { return wire.TimeOf(time.Now()) }
