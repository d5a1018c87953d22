package hw

import (
	"context"
	"io"
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
	// Close ends the session. It may be called from any goroutine, more than once, and a Next that waits comes back.
	Close() error
}

// Waits between two tries to get a session: the first, and the longest.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 30 * time.Second
	tickEvery   = time.Second
)

// Kept is a Source made of sessions one after another. When one is lost, or cannot be had, it says so once as EventDown, and
// tries again after 0.25 s, twice as long each time, at most 30 s; when one is up again, EventDown ends. The waits begin
// anew once a frame has been heard, not when the device merely answers. It gives a tick a second while it waits, and
// numbers the frames.
type Kept struct {
	lines  *Lines
	dial   func(context.Context) (Session, error)
	ctx    context.Context
	cancel context.CancelFunc

	mu      sync.Mutex // guards session and closed
	session Session
	closed  bool

	down   bool // EventDown has begun
	wait   time.Duration
	again  time.Time // when the next try is due
	number uint64
}

// Keep makes a Source of the sessions that dial opens. The context that dial gets ends when the Source is closed. Line 0 of
// lines becomes the whole source, whose name is "".
func Keep(lines *Lines, dial func(context.Context) (Session, error)) *Kept {
	lines.Add("")
	ctx, cancel := context.WithCancel(context.Background())
	return &Kept{lines: lines, dial: dial, ctx: ctx, cancel: cancel, wait: firstWait}
}

// Next gives the next frame, event or tick, as Source says.
func (k *Kept) Next(f *capture.Frame) error {
	for {
		*f = capture.Frame{Direction: wire.NoDirection}
		s, closed := k.current()
		if closed {
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
		case err == nil:
			if f.Payload != capture.Tick && f.Payload != capture.LineEvent {
				k.number++
				f.Number, k.wait = k.number, firstWait
			}
			return nil
		case err == io.EOF:
			k.Close()
			return io.EOF
		}
		k.lose(s)
		if k.ctx.Err() == nil {
			k.fails(f, err)
			return nil
		}
	}
}

func (k *Kept) current() (s Session, closed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.session, k.closed
}

// connect tries to get a session, or waits until it is time to. told says that f tells of it.
func (k *Kept) connect(f *capture.Frame) (told bool, err error) {
	if left := time.Until(k.again); left > 0 {
		timer := time.NewTimer(min(left, tickEvery))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-k.ctx.Done():
			return false, io.EOF
		}
		f.Time = wire.TimeOf(time.Now())
		f.Clock = f.Time
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
	k.session = s
	closed := k.closed
	k.mu.Unlock()
	if closed {
		s.Close()
		return false, io.EOF
	}
	if !k.down {
		return false, nil
	}
	k.down = false
	k.event(f, capture.Event{Kind: capture.EventDown})
	return true, nil
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
	k.again = time.Now().Add(k.wait)
	k.wait = min(2*k.wait, longestWait)
	e := capture.Event{}
	if !k.down {
		k.down = true
		e = capture.Event{Kind: capture.EventDown, On: true, Text: err.Error()}
	}
	k.event(f, e)
}

// event makes f an event of the whole source, or a tick.
func (k *Kept) event(f *capture.Frame, e capture.Event) {
	now := wire.TimeOf(time.Now())
	*f = capture.Frame{Time: now, Clock: now, Direction: wire.NoDirection, Event: e}
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
