package dahdi

import (
	"context"
	"errors"
	"fmt"
	"os"
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
	system     system
	mode       mode
	links      []hw.Link
	lines      *hw.Lines
	receiver   *hw.Receiver // of clear channels
	directions []*direction
}

// A session is the time from the opening of the channels until none can be heard.
type session struct {
	*source
	control device
	stopped *os.File // when stop is closed, a wait on it comes back
	stop    *os.File
	polls   []unix.PollFd // stopped, then those of open
	open    []*channel
	octets  []byte // read at once
	batch   batch  // frames and events where the kernel finds the frames
	err     error  // why the session ends, once all that was heard is given
	given   time.Time
	heard   time.Time
	look    time.Time // when the spans are looked at again
	retry   time.Time // when what is not open is tried again
	last    wire.Time // of the newest frame given

	running sync.Mutex // held while Next or Close uses the devices
	once    sync.Once
}

// Times of a session.
const (
	tickEvery  = time.Second
	tickBehind = 500 * time.Millisecond // ticks are so much behind: frames wait a little for those before them
	silence    = 500 * time.Millisecond // when nothing comes for so long, what waits for its turn is given
	lookEvery  = time.Second
	retryEvery = 10 * time.Second
)

// errClosed ends what waits when the session is closed.
var errClosed = errors.New("closed")

// dial opens the channels. It fails when none can be opened.
func (s *source) dial(ctx context.Context) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := time.Now()
	n := &session{source: s, octets: make([]byte, framedOctets), given: now, heard: now, last: wire.NoTime}
	var err error
	if n.stopped, n.stop, err = os.Pipe(); err != nil {
		return nil, err
	}
	if n.control, err = s.system.open(s.config.Directory + "/ctl"); err != nil {
		err = fmt.Errorf("DAHDI: %s/ctl: %w", s.config.Directory, err)
	} else {
		err = n.openAll()
	}
	if err != nil {
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
		if n.batch.next(f) || n.receiver.Next(f) {
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
	n.batch.clear()
	wait := min(max(tickEvery-time.Since(n.given), time.Millisecond), silence)
	if _, err := unix.Poll(n.polls, int(wait/time.Millisecond)); err != nil && err != unix.EINTR {
		n.end(err)
		return
	}
	if n.polls[0].Revents != 0 {
		n.end(errClosed)
		return
	}
	now := time.Now()
	lost := false
	for i, c := range n.open {
		if n.polls[1+i].Revents == 0 {
			continue
		}
		n.heard = now
		if err := n.hear(c, now); err != nil {
			c.close(now, err)
			n.tell(c.name, c.dir, err, &c.down)
			lost = true
		}
	}
	if now.Sub(n.heard) >= silence {
		n.receiver.Flush()
	}
	if now.After(n.look) {
		n.lookAtSpans(now)
	}
	if lost {
		n.listOpen()
		n.retry = now.Add(lookEvery)
	}
	if now.After(n.retry) && n.err == nil {
		n.tryAgain(now)
	}
}

// end notes why the session ends. What is held back is due, and of the alarms nothing is known any more.
func (n *session) end(err error) {
	n.err = err
	now := time.Now()
	for _, c := range n.open {
		c.lost(now)
	}
	for _, d := range n.directions {
		d.known = false
		d.setAlarms(n, 0)
		n.flush(d, wire.TimeOf(now))
	}
	n.receiver.Flush()
}

// Close ends the session. A Next that waits comes back.
func (n *session) Close() error {
	n.once.Do(func() {
		n.stop.Close()
		n.running.Lock()
		defer n.running.Unlock()
		if n.err == nil {
			n.end(errClosed)
		}
		for _, d := range n.directions {
			for _, c := range d.channels {
				c.close(time.Now(), nil)
			}
		}
		n.stopped.Close()
		if n.control != nil {
			n.control.Close()
		}
	})
	return nil
}

// event gives an event of a line, now.
func (n *session) event(line string, dir wire.Direction, e capture.Event) {
	t := wire.TimeOf(time.Now())
	if !n.framed() {
		n.receiver.Event(line, dir, t, e)
		return
	}
	n.batch.put(&capture.Frame{Time: t, Interface: n.lines.Add(line), Direction: dir, Payload: capture.LineEvent, Event: e}, nil)
}

// tell says that a line cannot be heard, or is heard again, when it is news.
func (n *session) tell(line string, dir wire.Direction, err error, down *bool) {
	if (err != nil) == *down {
		return
	}
	*down = err != nil
	e := capture.Event{Kind: capture.EventDown, On: *down}
	if err != nil {
		e.Text = err.Error()
	}
	n.event(line, dir, e)
}

// A batch is frames, with their octets, that were made by one look at the channels.
type batch struct {
	frames []capture.Frame
	ends   []int // of each frame's octets in octets
	octets []byte
	head   int
}

func (b *batch) put(f *capture.Frame, octets []byte) {
	b.octets = append(b.octets, octets...)
	b.frames, b.ends = append(b.frames, *f), append(b.ends, len(b.octets))
}

// next gives the next frame, whose octets are valid until clear.
func (b *batch) next(f *capture.Frame) bool {
	if b.head == len(b.frames) {
		return false
	}
	from := 0
	if b.head > 0 {
		from = b.ends[b.head-1]
	}
	*f = b.frames[b.head]
	f.Clock = f.Time
	f.Data = b.octets[from:b.ends[b.head]]
	b.head++
	return true
}

func (b *batch) clear() {
	b.frames, b.ends, b.octets, b.head = b.frames[:0], b.ends[:0], b.octets[:0], 0
}
