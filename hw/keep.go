package hw

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A Session is one connection with a device, from the moment it is up to the moment it is lost.
type Session interface {
	// Next waits for the next frame, event or tick and fills f, which is empty but for Direction (wire.NoDirection): Time,
	// Interface, Direction, Type, Payload, FCS, Data, Len, and what else the device says. What it gives is valid until the
	// next call. io.EOF ends the whole source (a file has been read); any other error ends the session, and another one is
	// begun.
	Next(f *capture.Frame) error
	// Close ends the session. It may be called from any goroutine, more than once, and a Next that waits comes back. Next
	// then gives what was heard before, and an error behind it.
	Close() error
}

// tickEvery is how often a source gives at least something.
const tickEvery = time.Second

// Bounds of Kept.
const (
	farOff    = time.Minute // a source whose times are so far from the machine's clock has a reckoning of its own
	lastTicks = 3           // ticks of a session that was closed, after which it is taken to have no more to give
)

// Kept is a Source made of sessions one after another. When one is lost, or cannot be had, it says so once as EventDown, and
// tries again after 0.25 s, twice as long each time, at most 30 s; when a session gives its first frame, event or tick,
// EventDown ends. A device that accepts and closes at once is down all the time. The waits begin anew once a frame has been
// heard, or a session was up for longer than the longest of them; not when the device merely answers. Kept gives a tick a
// second while it waits, and numbers the frames. What it says itself has the time of the machine's clock, or the last time
// of the source where that is far from it.
//
// A condition that a session has told of (loss of signal, say) ends with the session: what came of it is not known until the
// next one tells. The whole source is down by then.
//
// After Close it still gives what the session had heard, then io.EOF.
type Kept struct {
	lines  *Lines
	whole  uint32 // the line of the whole source
	dial   func(context.Context) (Session, error)
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // guards session and closed
	session Session
	closed  bool

	down   bool      // EventDown has begun
	again  Backoff   // the next try
	up     time.Time // since when there is a session
	last   wire.Time // of what a session gave last
	apart  bool      // that was far from the machine's clock when the session was lost
	number uint64
	held   capture.Frame // the first of a session, behind the end of EventDown; valid when holds
	holds  bool
	ticks  int         // of a session that was closed
	lasts  []condition // told by the session, and not ended
	ends   []condition // of a session that was lost, to be ended
}

// A condition is one that a session has told of.
type condition struct {
	line uint32
	dir  wire.Direction
	kind capture.EventKind
}

// Keep makes a Source of the sessions that dial opens. The context that dial gets ends when the Source is closed. The line ""
// is the whole source; it is line 0 unless lines has others already.
func Keep[S Session](lines *Lines, dial func(context.Context) (S, error)) *Kept {
	ctx, cancel := context.WithCancel(context.Background())
	open := func(ctx context.Context) (Session, error) {
		s, err := dial(ctx)
		if err != nil {
			return nil, err // a nil pointer would be a Session
		}
		return s, nil
	}
	return &Kept{lines: lines, whole: lines.Add(""), dial: open, ctx: ctx, cancel: cancel, last: wire.NoTime}
}

// Next gives the next frame, event or tick, as Source says.
func (k *Kept) Next(f *capture.Frame) error {
	if k.holds {
		*f, k.holds = k.held, false
		return nil
	}
	if n := len(k.ends); n > 0 {
		c := k.ends[n-1]
		k.ends = k.ends[:n-1]
		k.event(f, capture.Event{Kind: c.kind, Text: "the source is down"})
		f.Interface, f.Direction = c.line, c.dir
		return nil
	}
	for {
		*f = capture.Frame{Direction: wire.NoDirection}
		s, closed := k.current()
		if s == nil && closed {
			return io.EOF
		}
		if s == nil {
			if told, err := k.connect(f); told || err != nil {
				return err
			}
			continue
		}
		err := s.Next(f)
		switch {
		case err == nil && closed && f.Payload == capture.Tick && f.Repeats == 0:
			if k.ticks++; k.ticks < lastTicks {
				continue
			}
			err = io.EOF
		case err == nil:
			k.heard(f)
			return nil
		}
		k.lose(s)
		if err == io.EOF {
			k.Close()
			return io.EOF
		}
		if k.ctx.Err() == nil {
			k.fails(f, err)
			return nil
		}
	}
}

// heard takes what a session has given. The first that it gives ends EventDown, and follows it.
func (k *Kept) heard(f *capture.Frame) {
	if f.Payload != capture.Tick && f.Payload != capture.LineEvent {
		k.number++
		f.Number = k.number
		k.again.Reset()
	}
	if f.Payload == capture.LineEvent && f.Event.Kind.Condition() {
		k.condition(f)
	}
	if f.Time.Known() {
		k.last = f.Time
	}
	if k.down {
		k.down = false
		k.held, k.holds = *f, true
		k.event(f, capture.Event{Kind: capture.EventDown})
		if k.held.Time.Known() {
			f.Time, f.Clock = k.held.Time, k.held.Time
		}
	}
}

// condition remembers that one has begun, or forgets one that has ended.
func (k *Kept) condition(f *capture.Frame) {
	c := condition{f.Interface, f.Direction, f.Event.Kind}
	k.lasts = slices.DeleteFunc(k.lasts, func(x condition) bool { return x == c })
	if f.Event.On {
		k.lasts = append(k.lasts, c)
	}
}

func (k *Kept) current() (s Session, closed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.session, k.closed
}

// connect tries to get a session, or waits until it is time to. told says that f tells of it.
func (k *Kept) connect(f *capture.Frame) (told bool, err error) {
	if left := k.again.Left(time.Now()); left > 0 {
		timer := time.NewTimer(min(left, tickEvery))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-k.ctx.Done():
			return false, io.EOF
		}
		k.event(f, capture.Event{})
		return true, nil
	}
	s, err := k.dial(k.ctx)
	if err != nil {
		if k.ctx.Err() != nil {
			return false, io.EOF
		}
		k.fails(f, err)
		return true, nil
	}
	k.mu.Lock()
	closed := k.closed
	k.session = s
	k.mu.Unlock()
	if closed { // meanwhile: what it has heard already is given
		s.Close()
	}
	k.up = time.Now()
	return false, nil
}

// lose forgets a session that has ended.
func (k *Kept) lose(s Session) {
	s.Close()
	k.mu.Lock()
	k.session = nil
	k.mu.Unlock()
}

// fails sets the time of the next try, and makes f say so when it is news, else a tick.
func (k *Kept) fails(f *capture.Frame, err error) {
	now := time.Now()
	if !k.up.IsZero() {
		if now.Sub(k.up) > longestWait {
			k.again.Reset()
		}
		k.apart = k.last.Known() && wire.TimeOf(now).Sub(k.last).Abs() > farOff
	}
	k.up = time.Time{}
	k.again.Failed(now)
	e := capture.Event{}
	if !k.down {
		k.down = true
		e = capture.Event{Kind: capture.EventDown, On: true, Text: err.Error()}
	}
	k.ends, k.lasts = append(k.ends, k.lasts...), k.lasts[:0]
	k.event(f, e)
}

// event makes f an event of the whole source, or a tick.
func (k *Kept) event(f *capture.Frame, e capture.Event) {
	t := wire.TimeOf(time.Now())
	if k.apart {
		t = k.last
	}
	*f = capture.Frame{Time: t, Clock: t, Interface: k.whole, Direction: wire.NoDirection, Event: e}
	if e.Kind != capture.NoEvent {
		f.Payload = capture.LineEvent
	}
}

// LineName names the line of a frame.
func (k *Kept) LineName(f *capture.Frame) string { return k.lines.Name(f.Interface) }

// Close ends the source.
func (k *Kept) Close() error {
	k.cancel()
	k.mu.Lock()
	s := k.session
	k.closed = true
	k.mu.Unlock()
	if s != nil {
		return s.Close()
	}
	return nil
}
