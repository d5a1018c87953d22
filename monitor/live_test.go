package monitor

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A scripted source gives what is put into its channel, and ends with it or when it is closed.
type scripted struct {
	frames chan capture.Frame
	closed chan struct{}
	once   sync.Once
	buf    []byte // what is given is written over by the next call, as a Source may
}

func newScripted(n int) *scripted {
	return &scripted{frames: make(chan capture.Frame, n), closed: make(chan struct{})}
}

func (s *scripted) Next(f *capture.Frame) error {
	for i := range s.buf {
		s.buf[i] = 0xee
	}
	select {
	case g, ok := <-s.frames:
		if !ok {
			return io.EOF
		}
		*f = g
		s.buf = append(s.buf[:0], g.Data...)
		f.Data = s.buf
		return nil
	default:
	}
	select {
	case g, ok := <-s.frames:
		if !ok {
			return io.EOF
		}
		*f = g
		s.buf = append(s.buf[:0], g.Data...)
		f.Data = s.buf
		return nil
	case <-s.closed:
		return io.EOF
	}
}

func (s *scripted) LineName(f *capture.Frame) string { return [...]string{"", "0/16"}[f.Interface] }

func (s *scripted) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

// put adds a frame of a moment, whose octets are the moment.
func (s *scripted) put(t wire.Time) {
	s.frames <- capture.Frame{Time: t, Payload: capture.MTP3, Interface: 1, Data: binary.BigEndian.AppendUint64(nil, uint64(t))}
}

// liveOf begins to listen to sources.
func liveOf(t *testing.T, sources ...*scripted) *Live {
	var named []NamedSource
	for i, s := range sources {
		named = append(named, NamedSource{fmt.Sprint("s", i), s})
	}
	l := NewLive(named)
	t.Cleanup(func() { l.Close() })
	return l
}

// nextFrame gives the next frame that is no tick.
func nextFrame(t *testing.T, l *Live) (f capture.Frame, err error) {
	t.Helper()
	for {
		if err = l.Next(&f); err != nil || f.Payload != capture.Tick {
			return f, err
		}
	}
}

// TestLiveOrder holds that the frames of several sources come in the order of time, whole, each once.
func TestLiveOrder(t *testing.T) {
	t.Parallel()
	const n = 30_000 // more than a queue holds: sources wait for the reader
	a, b, c := newScripted(64), newScripted(64), newScripted(64)
	for i, s := range []*scripted{a, b, c} {
		go func() {
			for k := range n {
				s.put(wire.Time(1_000_000*k + i*300_000))
			}
			close(s.frames)
		}()
	}
	l := liveOf(t, a, b, c)
	var got [3]int
	last := wire.NoTime
	for {
		f, err := nextFrame(t, l)
		if err == io.EOF {
			break
		}
		if f.Clock < last || f.Clock != f.Time {
			t.Fatalf("clock %d after %d, time %d", f.Clock, last, f.Time)
		}
		last = f.Clock
		if want := wire.Time(1_000_000*got[f.File] + f.File*300_000); f.Time != want || uint64(want) != binary.BigEndian.Uint64(f.Data) {
			t.Fatalf("source %d, frame %d: time %d, octets %x, want %d", f.File, got[f.File], f.Time, f.Data, want)
		}
		if name := l.LineName(&f); name != fmt.Sprintf("s%d:0/16", f.File) {
			t.Fatal(name)
		}
		got[f.File]++
	}
	if got != [3]int{n, n, n} || l.Late() != 0 {
		t.Errorf("%v frames, %d late", got, l.Late())
	}
}

// TestLiveSilent holds that a source that gives nothing holds nobody up for good, and that what was heard before the end is
// given.
func TestLiveSilent(t *testing.T) {
	t.Parallel()
	a, dead := newScripted(8), newScripted(8)
	l := liveOf(t, a, dead)
	a.put(5)
	a.put(6)
	for _, want := range []wire.Time{5, 6} {
		if f, err := nextFrame(t, l); err != nil || f.Time != want {
			t.Fatalf("%v %v, want %d", f.Time, err, want)
		}
	}
	dead.put(3) // too late: it is given where it comes
	f, err := nextFrame(t, l)
	if err != nil || f.Time != 3 || f.Clock != 6 || l.Late() != 1 {
		t.Errorf("%+v %v, %d late", f, err, l.Late())
	}
	a.put(7)
	for len(a.frames) > 0 {
		time.Sleep(time.Millisecond)
	}
	l.Close()
	if f, err := nextFrame(t, l); err != nil || f.Time != 7 {
		t.Errorf("after Close: %v %v", f.Time, err)
	}
	if _, err := nextFrame(t, l); err != io.EOF {
		t.Error(err)
	}
}

// TestLiveTicks holds that time passes on silent sources, by the clock of the frames and never ahead of it.
func TestLiveTicks(t *testing.T) {
	t.Parallel()
	a := newScripted(8)
	l := liveOf(t, a)
	var f capture.Frame
	if err := l.Next(&f); err != nil || f.Payload != capture.Tick || f.Time.Known() {
		t.Fatalf("%+v %v: a tick without time is wanted before the first frame", f, err)
	}
	const at = wire.Time(1_066_471_200e9) // of 2003: the stream has a clock of its own
	a.put(at)
	began := time.Now()
	last := at
	for passed := false; !passed; {
		if err := l.Next(&f); err != nil {
			t.Fatal(err)
		}
		if ahead := f.Time.Sub(at) - time.Since(began); f.Time.Known() && (f.Time < last || ahead > 0) {
			t.Fatalf("%v after %v, %v ahead", f.Time, last, ahead)
		}
		if f.Time.Known() {
			last = f.Time
		}
		passed = last > at
	}
	a.put(last + 1)
	if f, err := nextFrame(t, l); err != nil || f.Clock != last+1 {
		t.Errorf("%+v %v", f, err)
	}
}

// TestLiveAstray holds that a source whose clock is an hour off is put in order by when its frames come, while another
// source is right.
func TestLiveAstray(t *testing.T) {
	t.Parallel()
	right, off := newScripted(8), newScripted(8)
	l := liveOf(t, right, off)
	now := wire.TimeOf(time.Now())
	right.put(now)
	off.put(now.Add(time.Hour))
	right.put(now + 1)
	off.put(now.Add(time.Hour) + 1)
	seen := map[int]int{}
	for range 4 {
		f, err := nextFrame(t, l)
		if err != nil {
			t.Fatal(err)
		}
		seen[f.File]++
		if ahead := f.Clock.Sub(now); ahead > 30*time.Minute {
			t.Errorf("source %d: the clock is %v ahead", f.File, ahead)
		}
		if f.File == 1 && f.Time.Sub(now) < 30*time.Minute {
			t.Error("the time of the source itself was changed")
		}
	}
	if seen[0] != 2 || seen[1] != 2 {
		t.Error(seen)
	}
}
