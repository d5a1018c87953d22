package monitor

import (
	"fmt"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A loaded source gives n frames of 60 octets each time it is let to.
type loaded struct {
	scripted
	n, left int
	at, end wire.Time // of the next frame, and of the last that it gives now
	step    wire.Time
	load    chan wire.Time
	octets  [60]byte
}

func (s *loaded) Next(f *capture.Frame) error {
	if s.left == 0 {
		select {
		case s.end = <-s.load:
			s.left = s.n
		case <-s.closed:
			return fmt.Errorf("closed")
		}
	}
	s.left--
	s.at += s.step
	if s.left == 0 {
		s.at = s.end // all end together, so that none is waited for
	}
	*f = capture.Frame{Time: s.at, Payload: capture.MTP2, Interface: 1, Data: s.octets[:], Len: len(s.octets)}
	return nil
}

// BenchmarkLive measures what a frame costs in the goroutine of the reader: the sources have heard all of them when it
// begins.
func BenchmarkLive(b *testing.B) {
	for _, sources := range []int{2, 16} {
		b.Run(fmt.Sprint(sources), func(b *testing.B) {
			const n = 1 << 15
			at := wire.TimeOf(time.Now())
			var named []NamedSource
			var all []*loaded
			for i := range sources {
				s := &loaded{scripted: *newScripted(0), n: n, at: at + wire.Time(i), step: 1000, load: make(chan wire.Time)}
				all, named = append(all, s), append(named, NamedSource{fmt.Sprint(i), s})
			}
			l := NewLive(named)
			defer l.Close()
			var f capture.Frame
			frames := 0
			for b.Loop() {
				b.StopTimer()
				at += 1_000_000 * n
				for _, s := range all {
					s.load <- at
				}
				for _, q := range l.queues {
					for heard := 0; heard < n; {
						q.mu.Lock()
						heard = len(q.in.frames)
						q.mu.Unlock()
					}
				}
				b.StartTimer()
				for range sources * n {
					if err := l.Next(&f); err != nil || len(f.Data) != 60 {
						b.Fatal(err)
					}
					frames++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(frames), "ns/frame")
			if l.Late() > 0 {
				b.Fatal(l.Late(), "late")
			}
		})
	}
}
