package tap

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/capture/vethtest"
	"c7mon/hw"
	"c7mon/hw/hwtest"
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
	s, err := vethtest.NewSender("c7b")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Send(frame); err != nil {
		t.Fatal(err)
	}
}

// TestTapReconnects removes the interface while it is heard: the source says so, and hears it again when it is back.
func TestTapReconnects(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		path, _ := hwtest.Laboratory(t, lab.Options{Scenario: "basic", Link: "m3ua"})
		files := hwtest.Open(t, path)
		var f capture.Frame
		if err := files.Next(&f); err != nil {
			t.Fatal(err)
		}
		frame, want := bytes.Clone(files.Record()), bytes.Clone(f.Data)

		src := openTap(t, Config{})
		l := hwtest.Listen(t, src)
		heard := func(number uint64) {
			t.Helper()
			if f := l.Next(); f.Payload != capture.IP || !bytes.Equal(f.Data, want) || f.Number != number || f.Line != "c7a" {
				t.Fatalf("%+v", f)
			}
		}
		down := func(on bool) hwtest.Heard {
			t.Helper()
			f := l.Next()
			if f.Payload != capture.LineEvent || f.Event.Kind != capture.EventDown || f.Event.On != on || f.Line != "" {
				t.Fatalf("%+v", f)
			}
			return f
		}
		up := make(chan error)
		send := func() {
			err := vethtest.Listening("c7a")
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
			if err := vethtest.IP("link delete c7a"); err != nil {
				t.Fatal(err)
			}
			if f := down(true); !strings.Contains(f.Event.Text, "c7a") {
				t.Errorf("%v does not name the interface", f.Event)
			}
			if err := vethtest.Pair(); err != nil {
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
		l.End()
	})
}

// TestTapCarrier sets the interface down and up again while it has no carrier: what begins ends, once.
func TestTapCarrier(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		ip := func(args string) {
			t.Helper()
			if err := vethtest.IP(args); err != nil {
				t.Fatal(err)
			}
		}
		l := hwtest.Listen(t, openTap(t, Config{}))
		if err := vethtest.Listening("c7a"); err != nil {
			t.Fatal(err)
		}
		ip("link set c7b down")
		l.Want("c7a  loss of signal begins")
		ip("link set c7a down")
		l.Want("  source down begins*", "c7a  loss of signal ends*")
		ip("link set c7a up")
		l.Want("  source down ends", "c7a  loss of signal begins")
		ip("link set c7b up")
		l.Want("c7a  loss of signal ends")
		l.Close()
		l.End()
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

// timesOf gives the times of all frames of a capture.
func timesOf(t testing.TB, files *capture.Files) (times []wire.Time) {
	t.Helper()
	hwtest.Each(t, files, func(f *capture.Frame) { times = append(times, f.Time) })
	return times
}

// TestTapCalls sends the packets of scenarios over the wire: the calls are those of the file. Where it matters how long
// things took there, the times of the file are put back, for here all is over in a moment.
func TestTapCalls(t *testing.T) {
	vethtest.Run(t, func(t *testing.T) {
		f := func(o lab.Options, timed bool) {
			t.Helper()
			o.Link = "m3ua"
			path, _ := hwtest.Laboratory(t, o)
			files := hwtest.Open(t, path)
			want := hwtest.Hear(t, files, files.LineName)

			live := monitor.NewLive([]monitor.NamedSource{{Name: "tap", Source: openTap(t, Config{})}})
			defer live.Close()
			sent, again := make(chan error, 1), hwtest.Open(t, path)
			go func() { sent <- sendFile(again) }()
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			src := &ending{Source: live, left: int(want.Sum.Frames), ctx: ctx}
			within := hwtest.Untimed
			if timed {
				within = 0
				src.times = timesOf(t, hwtest.Open(t, path))
			}
			got := hwtest.Hear(t, src, live.LineName)
			if err := <-sent; err != nil {
				t.Fatal(err)
			}
			got.Same(t, want, within)
			if !maps.Equal(got.Sum.FramesBy, want.Sum.FramesBy) {
				t.Errorf("%s: frames: %v, want %v", o.Scenario, got.Sum.FramesBy, want.Sum.FramesBy)
			}
		}
		f(lab.Options{Scenario: "basic"}, false)
		f(lab.Options{Scenario: "load", Calls: 500}, false)
		f(lab.Options{Scenario: "faults"}, true)
	})
}

// sendFile puts the frames of a capture on c7b once somebody hears c7a.
func sendFile(files *capture.Files) error {
	if err := vethtest.Listening("c7a"); err != nil {
		return err
	}
	s, err := vethtest.NewSender("c7b")
	if err != nil {
		return err
	}
	defer s.Close()
	var f capture.Frame
	for {
		if err := files.Next(&f); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		if err := s.Send(files.Record()); err != nil {
			return err
		}
	}
}
