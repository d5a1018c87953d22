package tap

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/hw"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/wire"
)

// openTap hears c7a.
func openTap(t testing.TB, c Config) hw.Source {
	t.Helper()
	c.Interface = "c7a"
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// sendOne puts a frame on c7b.
func sendOne(t testing.TB, frame []byte) {
	t.Helper()
	s, err := newSender("c7b")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if err := s.send(frame); err != nil {
		t.Fatal(err)
	}
}

// labFile writes the capture of a scenario.
func labFile(t testing.TB, o lab.Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lab.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o.Link = "m3ua"
	if _, err := lab.Write(f, o); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestTapReconnects removes the interface while it is heard: the source says so, and hears it again when it is back.
func TestTapReconnects(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		files, err := capture.Open([]string{labFile(t, lab.Options{Scenario: "basic"})}, capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		var f capture.Frame
		if err := files.Next(&f); err != nil {
			t.Fatal(err)
		}
		frame, want := bytes.Clone(files.Record()), bytes.Clone(f.Data)

		src := openTap(t, Config{})
		next := func() {
			t.Helper()
			for end := time.Now().Add(time.Minute); time.Now().Before(end); {
				if err := src.Next(&f); err != nil {
					t.Fatal(err)
				}
				if f.Payload != capture.Tick {
					return
				}
			}
			t.Fatal("nothing comes")
		}
		heard := func(number uint64) {
			t.Helper()
			if next(); f.Payload != capture.IP || !bytes.Equal(f.Data, want) || f.Number != number || src.LineName(&f) != "c7a" {
				t.Fatalf("%+v of %q", f, src.LineName(&f))
			}
		}
		down := func(on bool) {
			t.Helper()
			if next(); f.Payload != capture.LineEvent || f.Event.Kind != capture.EventDown || f.Event.On != on || src.LineName(&f) != "" {
				t.Fatalf("%+v of %q", f, src.LineName(&f))
			}
		}
		up := make(chan error)
		send := func() {
			err := listening("c7a")
			if err == nil {
				sendOne(t, frame)
			}
			up <- err
		}
		go send()
		heard(1)
		if err := <-up; err != nil {
			t.Fatal(err)
		}
		for n := range uint64(2) {
			if err := ip("link delete c7a"); err != nil {
				t.Fatal(err)
			}
			down(true)
			if !strings.Contains(f.Event.Text, "c7a") {
				t.Errorf("%v does not name the interface", f.Event)
			}
			if err := pair(); err != nil {
				t.Fatal(err)
			}
			down(false)
			go send()
			heard(2 + n)
			if err := <-up; err != nil {
				t.Fatal(err)
			}
		}
		src.Close()
		if err := src.Next(&f); err != io.EOF {
			t.Errorf("Next after Close: %v", err)
		}
	})
}

// ending is a source that ends after so many frames, heard or dropped. With times, these are the times of the frames.
type ending struct {
	capture.Source
	times   []wire.Time
	left    int
	heard   int
	dropped int
	ctx     context.Context
}

func (e *ending) Next(f *capture.Frame) error {
	if e.left <= 0 {
		return io.EOF
	}
	if e.ctx.Err() != nil {
		return fmt.Errorf("%d frames never came: %w", e.left, e.ctx.Err())
	}
	err := e.Source.Next(f)
	switch {
	case err != nil:
	case f.Payload == capture.Tick:
		if e.times != nil {
			f.Time, f.Clock = wire.NoTime, wire.NoTime
		}
	case f.Payload != capture.LineEvent:
		if e.times != nil {
			f.Time, f.Clock = e.times[e.heard], e.times[e.heard]
		}
		e.heard++
		e.left--
	case f.Event.Kind == capture.EventDropped:
		e.dropped += int(f.Event.Count)
		e.left -= int(f.Event.Count)
	}
	return err
}

// records gives the calls of a source, without what depends on when and where they were heard, and the counters.
func records(t testing.TB, src capture.Source, name func(*capture.Frame) string) (calls []string, sum monitor.Summary) {
	t.Helper()
	m := monitor.New(monitor.Options{LineName: name, Calls: &correlate.Options{Namer: monitor.NewNaming(config.Default()),
		Sink: func(c *correlate.Call) { calls = append(calls, record(*c)) }}})
	if err := m.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	slices.Sort(calls) // calls that end at once may be given in any order
	return calls, m.Summary()
}

// record is a call as text, with which of its times are known in place of the times.
func record(c correlate.Call) string {
	known := ""
	for _, at := range []*wire.Time{&c.Start, &c.ACM, &c.Alerting, &c.Answer, &c.Release, &c.ReleaseComplete, &c.End} {
		known += fmt.Sprint(at.Known(), " ")
		*at = wire.NoTime
	}
	digits := fmt.Sprintf("%s %s", c.Called.Append(nil), c.Calling.Append(nil))
	c.Suspended, c.FirstFrame, c.LastFrame = 0, 0, 0
	return fmt.Sprintf("%s %s %+v", digits, known, c)
}

// timesOf gives the times of all frames of a capture.
func timesOf(t testing.TB, files *capture.Files) (times []wire.Time) {
	t.Helper()
	var f capture.Frame
	for {
		if err := files.Next(&f); err != nil {
			if err != io.EOF {
				t.Fatal(err)
			}
			return times
		}
		times = append(times, f.Time)
	}
}

// TestTapCalls sends the packets of scenarios over the wire: the calls are those of the file. Where it matters how long
// things took there, the times of the file are put back, for here all is over in a moment.
func TestTapCalls(t *testing.T) {
	inNamespace(t, func(t *testing.T) {
		f := func(o lab.Options, timed bool) {
			t.Helper()
			path := labFile(t, o)
			open := func() *capture.Files {
				files, err := capture.Open([]string{path}, capture.Options{})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { files.Close() })
				return files
			}
			files := open()
			want, wantSum := records(t, files, files.LineName)

			live := monitor.NewLive([]monitor.NamedSource{{Name: "tap", Source: openTap(t, Config{})}})
			defer live.Close()
			sent := make(chan error, 1)
			go func() { sent <- sendFile(open()) }()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			src := &ending{Source: live, left: int(wantSum.Frames), ctx: ctx}
			if timed {
				src.times = timesOf(t, open())
			}
			got, sum := records(t, src, live.LineName)
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
			if len(got) != len(want) || len(want) == 0 {
				t.Errorf("%s: %d calls, want %d", o.Scenario, len(got), len(want))
			}
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Fatalf("%s: call %d:\n%s\nwant\n%s", o.Scenario, i, got[i], want[i])
				}
			}
			for what, have := range map[string][2]any{"frames": {sum.FramesBy, wantSum.FramesBy}, "messages": {sum.MessagesBy, wantSum.MessagesBy},
				"outcomes": {sum.Outcomes, wantSum.Outcomes}} {
				if fmt.Sprint(have[0]) != fmt.Sprint(have[1]) {
					t.Errorf("%s: %s: %v, want %v", o.Scenario, what, have[0], have[1])
				}
			}
		}
		f(lab.Options{Scenario: "basic"}, false)
		f(lab.Options{Scenario: "load", Calls: 500}, false)
		f(lab.Options{Scenario: "faults"}, true)
	})
}

// sendFile puts the frames of a capture on c7b once somebody hears c7a.
func sendFile(files *capture.Files) error {
	if err := listening("c7a"); err != nil {
		return err
	}
	s, err := newSender("c7b")
	if err != nil {
		return err
	}
	defer s.close()
	var f capture.Frame
	for {
		if err := files.Next(&f); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		if err := s.send(files.Record()); err != nil {
			return err
		}
	}
}
