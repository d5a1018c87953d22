package monitor

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A drawn source gives frames whose octets tell their number, at times that its seed draws, and ticks between. Then it ends,
// or waits to be closed, which it may not heed. It writes over what it gave before.
type drawn struct {
	r      *rand.Rand
	left   int
	at     wire.Time
	step   int // ns from one frame to the next, at most
	dead   bool
	after  int // frames that it still gives once it is closed
	deaf   chan struct{}
	given  atomic.Int64
	closed chan struct{}
	once   sync.Once
	buf    [24]byte
}

func (s *drawn) Next(f *capture.Frame) error {
	for i := range s.buf {
		s.buf[i] = 0xee
	}
	*f = capture.Frame{Direction: wire.NoDirection}
	if s.r.IntN(50) == 0 {
		f.Time = s.at
		return nil
	}
	if s.left == 0 && s.dead {
		<-s.closed
		if s.deaf != nil {
			<-s.deaf
			return io.EOF
		}
		s.left, s.after, s.dead = s.after, 0, false
	}
	if s.left == 0 {
		return io.EOF
	}
	s.left--
	s.at += wire.Time(s.r.IntN(s.step))
	n := s.given.Add(1)
	size := 8 + s.r.IntN(len(s.buf)-7)
	binary.BigEndian.PutUint64(s.buf[:], uint64(n))
	*f = capture.Frame{Time: s.at, Payload: capture.MTP3, Interface: 1, Number: uint64(n), Data: s.buf[:size], Len: size}
	return nil
}

func (s *drawn) LineName(f *capture.Frame) string { return fmt.Sprint(f.Interface) }

func (s *drawn) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func newDrawn(seed uint64, at wire.Time, frames int) *drawn {
	return &drawn{r: rand.New(rand.NewPCG(seed, 3)), at: at, left: frames, step: 2_000_000, closed: make(chan struct{})}
}

// readLive reads to the end, and holds that each frame of each source comes once, whole, in its order, by a clock that never
// goes back. each is called with every frame.
func readLive(t *testing.T, l *Live, sources []*drawn, each func(*capture.Frame)) {
	t.Helper()
	got := make([]int64, len(sources))
	var f capture.Frame
	last := wire.NoTime
	for l.Next(&f) == nil {
		if f.Clock < last {
			t.Fatalf("clock %v after %v", f.Clock, last)
		}
		last = f.Clock
		if f.Payload == capture.MTP3 {
			got[f.File]++
			if n := int64(f.Number); n != got[f.File] || n != int64(binary.BigEndian.Uint64(f.Data)) || len(f.Data) != f.Len || cap(f.Data) != f.Len {
				t.Fatalf("source %d: frame %d, octets %x, want %d", f.File, n, f.Data, got[f.File])
			}
		}
		each(&f)
	}
	for i, s := range sources {
		if got[i] != s.given.Load() {
			t.Errorf("source %d: %d frames of %d", i, got[i], s.given.Load())
		}
	}
}

func liveDrawn(sources []*drawn) *Live {
	var named []NamedSource
	for i, s := range sources {
		named = append(named, NamedSource{fmt.Sprint("s", i), s})
	}
	return NewLive(named)
}

// TestLiveDrawn reads sources as they may be: those that end, that fall silent, that are far ahead or behind, with a reader
// that is slow now and then, and Close at any moment.
func TestLiveDrawn(t *testing.T) {
	t.Parallel()
	for seed := range uint64(16) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel() // most of the time they wait
			r := rand.New(rand.NewPCG(seed, 1))
			now := wire.TimeOf(time.Now())
			var sources []*drawn
			for i := range 1 + r.IntN(5) {
				at := now.Add(time.Duration(r.IntN(1000)) * time.Millisecond)
				switch r.IntN(8) {
				case 0:
					at = at.Add(time.Hour)
				case 1:
					at = at.Add(-time.Hour)
				case 2:
					at = 1_066_471_200e9
				}
				s := newDrawn(seed*100+uint64(i), at, r.IntN(5000))
				s.dead, s.after = r.IntN(3) == 0, r.IntN(300)
				sources = append(sources, s)
			}
			l := liveDrawn(sources)
			closeAt, n := r.IntN(15_000), 0
			dead := false
			for _, s := range sources {
				dead = dead || s.dead
			}
			if dead { // it would not end by itself
				timer := time.AfterFunc(2*time.Second, func() { l.Close() })
				defer timer.Stop()
			}
			readLive(t, l, sources, func(*capture.Frame) {
				if n++; n == closeAt {
					go l.Close()
				}
				if r.IntN(2000) == 0 {
					time.Sleep(time.Duration(r.IntN(20)) * time.Millisecond)
				}
			})
			l.Close()
			var f capture.Frame
			if err := l.Next(&f); err != io.EOF {
				t.Error("after the end:", err)
			}
		})
	}
}

// TestLiveBurst holds that a burst of 100,000 frames comes whole while another source is silent, in a memory that is bounded,
// and that a source waits for a reader that does not read.
func TestLiveBurst(t *testing.T) {
	t.Parallel()
	burst, dead := newDrawn(1, wire.TimeOf(time.Now()), 100_000), newDrawn(2, 0, 0)
	dead.dead = true
	sources := []*drawn{burst, dead}
	l := liveDrawn(sources)
	for l.full.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if n := burst.given.Load(); n != liveFrames+1 {
		t.Errorf("%d frames were taken, the reader has read none", n)
	}
	n := 0
	readLive(t, l, sources, func(f *capture.Frame) {
		if n++; f.Number == 100_000 {
			go l.Close()
		}
	})
}

// TestLiveEndless holds that Close ends a Live whose sources do not end: one gives frames for ever, one does not heed Close.
func TestLiveEndless(t *testing.T) {
	t.Parallel()
	endless, deaf := newDrawn(1, wire.TimeOf(time.Now()), 1<<40), newDrawn(2, 0, 0)
	deaf.dead, deaf.deaf = true, make(chan struct{})
	defer close(deaf.deaf)
	sources := []*drawn{endless}
	l := liveDrawn(append(sources, deaf))
	var f capture.Frame
	for range 1000 {
		if err := l.Next(&f); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	n := 0
	for l.Next(&f) == nil {
		n++
	}
	if most := 3*liveFrames + 3; n > most {
		t.Errorf("%d frames after Close, more than %d", n, most)
	}
}

// failing is a source that ends with an error.
type failing struct{ scripted }

func (s *failing) Next(*capture.Frame) error { return errors.New("broken") }

// TestLiveError holds that a source that ends with an error is told as down.
func TestLiveError(t *testing.T) {
	t.Parallel()
	l := NewLive([]NamedSource{{"a", &failing{*newScripted(0)}}})
	defer l.Close()
	f, err := nextFrame(t, l)
	if err != nil || f.Event != (capture.Event{Kind: capture.EventDown, On: true, Text: "broken"}) || l.LineName(&f) != "a" {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := nextFrame(t, l); err != io.EOF {
		t.Error(err)
	}
}

// TestLiveFar holds that one frame of a wild time does not move the clock of the stream, that a source alone may have a
// reckoning of its own, and that what was left out is given with a time that timers can run on.
func TestLiveFar(t *testing.T) {
	t.Parallel()
	a := newScripted(8)
	l := liveOf(t, a)
	now := wire.TimeOf(time.Now())
	f := func(at wire.Time, near wire.Time) {
		t.Helper()
		a.put(at)
		got, err := nextFrame(t, l)
		if err != nil || got.Time != at || got.Clock.Sub(near).Abs() > liveAstray {
			t.Errorf("time %v: clock %v, want about %v: %v", at, got.Clock, near, err)
		}
	}
	f(now, now)
	f(now.Add(1000*time.Hour), now)
	f(nothing, now)
	f(wire.NoTime, now)
	f(-1<<62, now)
	f(now.Add(time.Second), now)
	a.frames <- capture.Frame{Time: now.Add(time.Hour), Repeats: 7}
	var got capture.Frame
	for got.Repeats == 0 {
		if err := l.Next(&got); err != nil {
			t.Fatal(err)
		}
	}
	if got.Time != got.Clock || got.Clock.Sub(now) > liveAstray {
		t.Errorf("%+v", got)
	}
	if l.Late() != 0 {
		t.Errorf("%d late", l.Late())
	}

	a = newScripted(8)
	l = liveOf(t, a)
	const old = wire.Time(1_066_471_200e9)
	f(old, old)
	f(old+3600e9, old+3600e9)
}
