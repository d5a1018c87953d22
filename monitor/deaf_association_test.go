package monitor

import (
	"context"
	"io"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/wire"
)

// TestDeafAssociation holds that a tap that is lost makes suspect the calls that were up on the associations heard there,
// and the coverage unknown, although no number of theirs is passed over before they are heard again.
func TestDeafAssociation(t *testing.T) {
	path := labFile(t, lab.Options{Scenario: "load", Link: "m3ua", Seed: 7, MSUs: 20_000})
	const begin = wire.Time(1_065_920_400e9) // 2003-10-12 01:00:00 UTC
	f := func(lost uint32, concerned bool) {
		t.Helper()
		files, err := capture.Open([]string{path}, capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		var calls []correlate.Call
		m := New(Options{LineName: func(f *capture.Frame) string { return [...]string{"a", "b"}[f.Interface] },
			Calls: &correlate.Options{Namer: NewNaming(config.Default()), Sink: func(c *correlate.Call) { calls = append(calls, *c) }}})
		at := begin.Add(40 * time.Second)
		down := capture.Frame{Time: at, Clock: at, Interface: lost, Direction: wire.NoDirection, Payload: capture.LineEvent,
			Event: capture.Event{Kind: capture.EventDown, On: true}}
		if err := m.Run(context.Background(), &lostAfter{files, at, down, false}); err != nil {
			t.Fatal(err)
		}
		tick := at.Add(time.Hour) // time goes on without frames
		m.take(&capture.Frame{Time: tick, Clock: tick, Direction: wire.NoDirection})
		m.frame.Time, m.frame.Clock = tick, tick
		m.Finish()
		up := 0
		for i := range calls {
			c := &calls[i]
			isUp := !c.End.Known() || c.End > at
			if isUp {
				up++
			}
			if got := c.Flags&correlate.Suspect != 0; got != (isUp && concerned) && (isUp || c.End < at.Add(-time.Second)) {
				t.Fatalf("call from %v to %v: suspect %v", c.Start, c.End, got)
			}
		}
		unknown := 0
		for _, q := range m.Measures() {
			if !q.Known {
				unknown++
			}
		}
		if up < 100 || len(calls)-up < 100 || concerned != (unknown > 4) {
			t.Errorf("%d calls, %d of them up, %d quarters unknown", len(calls), up, unknown)
		}
	}
	f(0, true)
	f(1, false) // another tap, which hears nothing of them
}

// lostAfter is a source that ends with an event at a moment.
type lostAfter struct {
	capture.Source
	at   wire.Time
	last capture.Frame
	over bool
}

func (s *lostAfter) Next(f *capture.Frame) error {
	if s.over {
		return io.EOF
	}
	err := s.Source.Next(f)
	if err == nil && f.Clock >= s.at {
		s.over, *f = true, s.last
	}
	return err
}
