package hwtest

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/hw"
	"c7mon/monitor"
	"c7mon/wire"
)

// A Record is what a monitor made of a source.
type Record struct {
	Calls []correlate.Call
	Sum   monitor.Summary
}

// Hear gives the calls of a source to its end, and holds that all that it gave is in one counter each, and that the times
// of its signal units do not go back.
func Hear(t testing.TB, src capture.Source, name func(*capture.Frame) string) *Record {
	t.Helper()
	r := &Record{}
	m := monitor.New(monitor.Options{LineName: name, Calls: &correlate.Options{Namer: monitor.NewNaming(config.Default()),
		Sink: func(c *correlate.Call) { r.Calls = append(r.Calls, *c) }}})
	if err := m.Run(context.Background(), &inOrder{Source: src, t: t}); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	r.Sum = m.Summary()
	frames, messages := uint64(0), uint64(0)
	for _, n := range r.Sum.FramesBy {
		frames += n
	}
	for _, n := range r.Sum.MessagesBy {
		messages += n
	}
	if frames != r.Sum.Frames || messages != r.Sum.MSUs {
		t.Errorf("the counters add up to %d of %d frames and %d of %d MSUs: %v", frames, r.Sum.Frames, messages, r.Sum.MSUs, r.Sum.FramesBy)
	}
	return r
}

// inOrder holds that the times of a source do not go back.
type inOrder struct {
	capture.Source
	t    testing.TB
	last wire.Time
}

func (o *inOrder) Next(f *capture.Frame) error {
	err := o.Source.Next(f)
	if err == nil && (f.Payload == capture.MTP2 || f.Payload == capture.MTP2Annex) {
		if f.Time < o.last {
			o.t.Errorf("frame %d of %v comes after %v", f.Number, f.Time, o.last)
		}
		o.last = f.Time
	}
	return err
}

// Untimed says that times are of no concern, but for which of them are known.
const Untimed time.Duration = -1

// Same holds that two records have the same calls and messages. Times may be within apart, or as far as they like where that
// is Untimed; which frame a message was in is of no concern.
func (r *Record) Same(t testing.TB, want *Record, within time.Duration) {
	t.Helper()
	got, all := inPlace(r.Calls), inPlace(want.Calls)
	if len(got) != len(all) || len(all) == 0 {
		t.Fatalf("%d calls, want %d", len(got), len(all))
	}
	for i := range all {
		if diff := difference(&got[i], &all[i], within); diff != "" {
			c := &all[i]
			t.Fatalf("call %d of %d, %s circuit %d-%d-%d at %v: %s", i, len(all), c.Protocol, c.OPC, c.DPC, c.CIC, c.Start, diff)
		}
	}
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"MSUs", r.Sum.MSUs, want.Sum.MSUs}, {"missed units", r.Sum.Missed, want.Sum.Missed}, {"messages", r.Sum.Messages, want.Sum.Messages},
		{"messages by fate", r.Sum.MessagesBy, want.Sum.MessagesBy}, {"outcomes", r.Sum.Outcomes, want.Sum.Outcomes},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, c.got, c.want)
		}
	}
}

// inPlace gives the calls in an order that does not depend on when each was given.
func inPlace(calls []correlate.Call) []correlate.Call {
	calls = slices.Clone(calls)
	slices.SortFunc(calls, func(a, b correlate.Call) int {
		return cmp.Or(cmp.Compare(a.OPC, b.OPC), cmp.Compare(a.DPC, b.DPC), cmp.Compare(a.CIC, b.CIC), cmp.Compare(a.Start, b.Start))
	})
	return calls
}

// difference names the first field in which two calls differ, "" when they do not.
func difference(got, want *correlate.Call, within time.Duration) string {
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range g.NumField() {
		name := g.Type().Field(i).Name
		if strings.HasPrefix(name, "First") || strings.HasPrefix(name, "Last") {
			continue // file and frame
		}
		a, b := g.Field(i).Interface(), w.Field(i).Interface()
		if reflect.DeepEqual(a, b) || near(a, b, within) {
			continue
		}
		return fmt.Sprintf("%s: %+v, want %+v", name, a, b)
	}
	return ""
}

// near reports whether two values are times, or lengths of time, that are near each other.
func near(a, b any, within time.Duration) bool {
	off := time.Duration(0)
	switch a := a.(type) {
	case wire.Time:
		b := b.(wire.Time)
		if !a.Known() || !b.Known() {
			return false
		}
		off = a.Sub(b)
	case time.Duration:
		off = a - b.(time.Duration)
	default:
		return false
	}
	return within == Untimed || off.Abs() < within
}

// CloseAfter gives a source that is closed when so many MSUs have come, or nothing more comes of them.
func CloseAfter(t testing.TB, src hw.Source, msus int) hw.Source {
	late := time.AfterFunc(Patience, func() {
		t.Errorf("%d MSUs have not come in %v", msus, Patience)
		src.Close()
	})
	t.Cleanup(func() { late.Stop() })
	return &closing{src, msus}
}

type closing struct {
	hw.Source
	left int
}

func (c *closing) Next(f *capture.Frame) error {
	err := c.Source.Next(f)
	if err == nil && isMSU(f) {
		if c.left--; c.left == 0 {
			c.Source.Close()
		}
	}
	return err
}

// Until gives a source that ends at a frame that is a mark, without that. Ticks are left out, of which a slow machine has
// more.
func Until(src capture.Source, mark func(f *capture.Frame) bool) capture.Source {
	return &until{src, mark}
}

type until struct {
	capture.Source
	mark func(f *capture.Frame) bool
}

func (u *until) Next(f *capture.Frame) error {
	for {
		err := u.Source.Next(f)
		if err == nil && u.mark(f) {
			return io.EOF
		}
		if err != nil || f.Payload != capture.Tick {
			return err
		}
	}
}
