package hwtest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// Heard is a frame or event with octets of its own and the name of its line.
type Heard struct {
	capture.Frame
	Line string
}

// String gives its line, direction, and octets, event or error in words.
func (f *Heard) String() string {
	s := f.Line + " " + f.Direction.String() + " "
	switch {
	case f.Payload == capture.LineEvent:
		return s + f.Event.String()
	case f.Err != nil:
		return s + f.Err.Error()
	case f.Payload == capture.Other:
		return s + "other"
	}
	return s + fmt.Sprintf("%x", f.Data)
}

// A Listener reads a source in the background, until the test is over. Ticks are left out, but for those that bear a count
// of repeats.
type Listener struct {
	hw.Source
	t      testing.TB
	frames chan Heard
}

// Listen begins to read.
func Listen(t testing.TB, src hw.Source) *Listener {
	t.Helper()
	l := &Listener{src, t, make(chan Heard, 1<<16)}
	go func() {
		defer close(l.frames)
		for {
			f, err := next(src)
			if err != nil {
				if err != io.EOF {
					t.Error(err)
				}
				return
			}
			l.frames <- f
		}
	}()
	t.Cleanup(func() {
		src.Close()
		for range l.frames { // what it reads from may be taken away after this
		}
	})
	return l
}

// next gives the next frame that is no tick.
func next(src hw.Source) (Heard, error) {
	for {
		var f capture.Frame
		if err := src.Next(&f); err != nil {
			return Heard{}, err
		}
		if f.Payload != capture.Tick || f.Repeats > 0 {
			f.Data = slices.Clone(f.Data)
			return Heard{f, src.LineName(&f)}, nil
		}
	}
}

// ReadAll reads a source to its end, and closes it.
func ReadAll(t testing.TB, src hw.Source) (all []Heard) {
	t.Helper()
	defer src.Close()
	for {
		f, err := next(src)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
}

// Events are the events among these in words, with the names of their lines where they have one.
func Events(all []Heard) (texts []string) {
	for i := range all {
		if f := &all[i]; f.Payload == capture.LineEvent {
			texts = append(texts, strings.TrimSpace(f.Line+" "+f.Event.String()))
		}
	}
	return texts
}

// next gives the next one; ok is false when the source has ended.
func (l *Listener) next(what string) (f Heard, ok bool) {
	l.t.Helper()
	select {
	case f, ok = <-l.frames:
	case <-time.After(Patience):
		l.t.Fatalf("waited %v for %s", Patience, what)
	}
	return f, ok
}

// Next waits for a frame or event.
func (l *Listener) Next() Heard {
	l.t.Helper()
	f, ok := l.next("a frame or event")
	if !ok {
		l.t.Fatal("the source has ended")
	}
	return f
}

// Wait waits for a frame or event that is as the test wants it. What comes before it is left out.
func (l *Listener) Wait(what string, is func(f *Heard) bool) Heard {
	l.t.Helper()
	for {
		f, ok := l.next(what)
		if !ok {
			l.t.Fatalf("the source has ended, and %s was to come", what)
		}
		if is(&f) {
			return f
		}
	}
}

// Event waits for an event of a line.
func (l *Listener) Event(line string, kind capture.EventKind, on bool) Heard {
	l.t.Helper()
	return l.Wait(fmt.Sprintf("%v %v of %q", kind, on, line), func(f *Heard) bool {
		return f.Payload == capture.LineEvent && f.Line == line && f.Event.Kind == kind && f.Event.On == on
	})
}

// MSU waits for the MSU of that number, with or without its check sequence.
func (l *Listener) MSU(line string, dir wire.Direction, n uint16) Heard {
	l.t.Helper()
	return l.Wait(fmt.Sprintf("MSU %d of %s, direction %v", n, line, dir), func(f *Heard) bool {
		end := len(f.Data)
		if f.FCS == capture.FCSThere {
			end -= 2
		}
		return isMSU(&f.Frame) && f.Line == line && f.Direction == dir && f.Data[end-1] == byte(n)
	})
}

// Want waits for frames and events that are these in words, and nothing between them. A star at the end of one stands for
// anything.
func (l *Listener) Want(texts ...string) {
	l.t.Helper()
	for _, want := range texts {
		f := l.Next()
		got := f.String()
		if front, open := strings.CutSuffix(want, "*"); got != want && !(open && strings.HasPrefix(got, front)) {
			l.t.Fatalf("got  %s\nwant %s", got, want)
		}
	}
}

// Rest gives all that comes until the end of the source.
func (l *Listener) Rest() (all []Heard) {
	l.t.Helper()
	for {
		f, ok := l.next("the end of the source")
		if !ok {
			return all
		}
		all = append(all, f)
	}
}

// End waits for the end of the source, and holds that nothing more comes before it.
func (l *Listener) End() {
	l.t.Helper()
	if rest := l.Rest(); len(rest) > 0 {
		l.t.Fatal("more: ", rest[0].String())
	}
}
