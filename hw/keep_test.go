package hw

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

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

func TestLines(t *testing.T) {
	var l Lines
	if a, b, c := l.Add("0/16"), l.Add("0/17"), l.Add("0/16"); a != c || a == b || l.Name(a) != "0/16" || l.Name(b) != "0/17" {
		t.Error(a, b, c)
	}
	if l.Name(99) != "" {
		t.Error(l.Name(99))
	}
}
