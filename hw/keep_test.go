package hw

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A played session gives frames, then its error, or waits to be closed where it has none.
type played struct {
	frames int
	err    error
	closed chan struct{}
	once   sync.Once
}

func (p *played) Next(f *capture.Frame) error {
	if p.frames > 0 {
		p.frames--
		f.Payload, f.Data, f.Len = capture.MTP2, []byte{1, 2, 3}, 3
		return nil
	}
	if p.err != nil {
		return p.err
	}
	<-p.closed
	return errors.New("closed")
}

func (p *played) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// next gives the next frame that is no tick.
func next(t *testing.T, s Source) (f capture.Frame) {
	t.Helper()
	for {
		if err := s.Next(&f); err != nil {
			t.Fatal(err)
		}
		if f.Payload != capture.Tick {
			return f
		}
		if !f.Time.Known() || f.Direction != wire.NoDirection {
			t.Fatalf("tick %+v", f)
		}
	}
}

// TestKeep holds that a source tells once that it is down, comes back by itself, and numbers its frames through all
// sessions.
func TestKeep(t *testing.T) {
	refused, broken := errors.New("refused"), errors.New("connection reset")
	dials := 0
	k := Keep(&Lines{}, func(context.Context) (Session, error) {
		dials++
		switch dials {
		case 1, 2:
			return nil, refused
		case 3:
			return &played{frames: 2, err: broken, closed: make(chan struct{})}, nil
		}
		return &played{frames: 1, err: io.EOF, closed: make(chan struct{})}, nil
	})
	f := func(p capture.Payload, number uint64, e capture.Event) {
		t.Helper()
		got := next(t, k)
		if got.Payload != p || got.Number != number || got.Event != e || got.Interface != 0 || k.LineName(&got) != "" {
			t.Errorf("%+v, want payload %d, number %d, event %v", got, p, number, e)
		}
	}
	down := capture.EventDown
	f(capture.LineEvent, 0, capture.Event{Kind: down, On: true, Text: "refused"})
	f(capture.LineEvent, 0, capture.Event{Kind: down})
	f(capture.MTP2, 1, capture.Event{})
	f(capture.MTP2, 2, capture.Event{})
	f(capture.LineEvent, 0, capture.Event{Kind: down, On: true, Text: "connection reset"})
	f(capture.LineEvent, 0, capture.Event{Kind: down})
	f(capture.MTP2, 3, capture.Event{})
	var end capture.Frame
	for range 2 {
		if err := k.Next(&end); err != io.EOF {
			t.Error(err)
		}
	}
	if dials != 4 {
		t.Errorf("%d dials", dials)
	}
}

// TestKeepClose holds that Close ends a source that waits for a frame, for its next try, or for the device to answer.
func TestKeepClose(t *testing.T) {
	f := func(dial func(context.Context, chan struct{}) (Session, error)) {
		t.Helper()
		waits := make(chan struct{}, 1)
		k := Keep(&Lines{}, func(ctx context.Context) (Session, error) { return dial(ctx, waits) })
		done := make(chan error)
		go func() {
			var f capture.Frame
			for {
				if err := k.Next(&f); err != nil {
					done <- err
					return
				}
			}
		}()
		<-waits
		k.Close()
		k.Close()
		if err := <-done; err != io.EOF {
			t.Error(err)
		}
	}
	f(func(_ context.Context, waits chan struct{}) (Session, error) {
		waits <- struct{}{}
		return &played{closed: make(chan struct{})}, nil
	})
	f(func(ctx context.Context, waits chan struct{}) (Session, error) {
		waits <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	})
	f(func(_ context.Context, waits chan struct{}) (Session, error) {
		select {
		case waits <- struct{}{}:
		default:
		}
		return nil, errors.New("refused")
	})
}

// A script is a session that gives the frames it has, and its error; or, once it is closed, those it held back, and an error.
type script struct {
	frames, held []capture.Frame
	err          error // nil: it waits to be closed
	waits        chan struct{}
	closed       chan struct{}
	once         sync.Once
}

func (s *script) Next(f *capture.Frame) error {
	if len(s.frames) == 0 && s.err == nil {
		close(s.waits)
		<-s.closed
		s.frames, s.held, s.err = s.held, nil, errors.New("closed")
	}
	if len(s.frames) == 0 {
		return s.err
	}
	*f, s.frames = s.frames[0], s.frames[1:]
	return nil
}

func (s *script) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func newScript(err error, frames ...capture.Frame) *script {
	return &script{frames: frames, err: err, waits: make(chan struct{}), closed: make(chan struct{})}
}

// TestKeepCloseGives holds that what a session held back is given after Close, ticks apart, and that a session that ticks for
// ever ends all the same.
func TestKeepCloseGives(t *testing.T) {
	unit, tick := capture.Frame{Payload: capture.MTP2}, capture.Frame{}
	left := capture.Frame{Repeats: 3}
	f := func(want int, held ...capture.Frame) {
		t.Helper()
		s := newScript(nil, unit)
		s.held = held
		k := Keep(&Lines{}, func(context.Context) (Session, error) { return s, nil })
		go func() {
			<-s.waits
			k.Close()
		}()
		var got capture.Frame
		n, ticks := 0, 0
		for k.Next(&got) == nil {
			if got.Payload == capture.Tick && got.Repeats == 0 {
				ticks++
			} else {
				n++
			}
		}
		if n != want || ticks > 1 { // one may have been on its way
			t.Errorf("%d frames, want %d; %d ticks", n, want, ticks)
		}
	}
	f(1)
	f(4, unit, tick, left, unit)
	f(1, make([]capture.Frame, 1000)...)
}

// TestKeepRefused holds that a device that accepts and closes at once, or says nothing but ticks, is tried ever more rarely
// and is not told to be up before it has said something; and what the times of that are, on the machine's clock and on
// another.
func TestKeepRefused(t *testing.T) {
	broken := errors.New("connection reset")
	const at = wire.Time(1_066_471_200e9)
	f := func(first wire.Time, apart bool) {
		t.Helper()
		sessions := []*script{
			newScript(broken, capture.Frame{Time: first, Payload: capture.MTP2}),
			newScript(broken), newScript(broken),
			newScript(io.EOF, capture.Frame{Time: first + 7, Payload: capture.MTP2}),
		}
		lines := &Lines{}
		lines.Add("before")
		k := Keep(lines, func(context.Context) (Session, error) {
			s := sessions[0]
			sessions = sessions[1:]
			return s, nil
		})
		if got := next(t, k); got.Payload != capture.MTP2 || got.Time != first || got.Number != 1 {
			t.Errorf("%+v", got)
		}
		down := next(t, k)
		if down.Event != (capture.Event{Kind: capture.EventDown, On: true, Text: "connection reset"}) || down.Interface != 1 || k.LineName(&down) != "" {
			t.Errorf("%+v", down)
		}
		if (down.Time == first) != apart {
			t.Errorf("down at %v, the frame before at %v", down.Time, first)
		}
		up := next(t, k)
		if up.Event != (capture.Event{Kind: capture.EventDown}) || up.Time != first+7 {
			t.Errorf("%+v", up)
		}
		if k.again.wait != 0 {
			t.Errorf("wait %v: the frame did not begin it anew", k.again.wait)
		}
		if got := next(t, k); got.Payload != capture.MTP2 || got.Time != first+7 || got.Number != 2 {
			t.Errorf("%+v", got)
		}
	}
	f(at, true)
	f(wire.TimeOf(time.Now()), false)

	k := Keep(&Lines{}, func(context.Context) (Session, error) { return newScript(broken, capture.Frame{}), nil })
	var got capture.Frame
	for k.again.wait < 2*firstWait {
		if err := k.Next(&got); err != nil {
			t.Fatal(err)
		}
	}
	k.Close()
}

func TestLines(t *testing.T) {
	var l Lines
	if a, b, c := l.Add("0/16"), l.Add("0/17"), l.Add("0/16"); a != c || a == b || l.Name(a) != "0/16" || l.Name(b) != "0/17" {
		t.Error(a, b, c)
	}
	if l.Name(99) != "" {
		t.Error(l.Name(99))
	}
}

// TestKeepConditions holds that a condition that a session has told of does not outlive the session.
func TestKeepConditions(t *testing.T) {
	var lines Lines
	a, b := lines.Add("0"), lines.Add("1")
	event := func(line uint32, dir wire.Direction, kind capture.EventKind, on bool) capture.Frame {
		return capture.Frame{Time: 1, Payload: capture.LineEvent, Interface: line, Direction: dir, Event: capture.Event{Kind: kind, On: on}}
	}
	first := []capture.Frame{
		event(a, wire.Forth, capture.EventLOS, true), event(a, wire.Back, capture.EventLOS, true),
		event(b, wire.Forth, capture.EventAIS, true), event(a, wire.Forth, capture.EventLOS, false),
		event(b, wire.Forth, capture.EventSlip, false), event(a, wire.Forth, capture.EventRAI, true),
	}
	dials := 0
	k := Keep(&lines, func(context.Context) (*told, error) {
		if dials++; dials == 1 {
			return &told{frames: first, err: errors.New("reset")}, nil
		}
		return &told{frames: []capture.Frame{event(a, wire.Back, capture.EventLOS, true)}, err: io.EOF}, nil
	})
	up := map[condition]bool{}
	down := 0
	for {
		var f capture.Frame
		if err := k.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		switch c := (condition{f.Interface, f.Direction, f.Event.Kind}); {
		case f.Payload != capture.LineEvent || !f.Event.Kind.Condition():
		case f.Event.Kind == capture.EventDown:
			down++
			if !f.Event.On && len(up) > 0 {
				t.Errorf("still on when the source is up again: %v", up)
			}
		case f.Event.On:
			up[c] = true
		case !up[c]:
			t.Errorf("%v ends and had not begun", c)
		default:
			delete(up, c)
		}
	}
	if down != 2 || len(up) != 1 || !up[condition{a, wire.Back, capture.EventLOS}] {
		t.Errorf("%d times down or up, and at the end on: %v", down, up)
	}
}

// A told session gives frames, then its error.
type told struct {
	frames []capture.Frame
	err    error
}

func (s *told) Next(f *capture.Frame) error {
	if len(s.frames) == 0 {
		return s.err
	}
	*f, s.frames = s.frames[0], s.frames[1:]
	return nil
}

func (s *told) Close() error { return nil }
