package dahdi

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/e1"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/wire"
)

// A laneKey is one direction of a timeslot.
type laneKey struct {
	timeslot int
	dir      wire.Direction
}

// A scene is a scenario of lab on the timeslots of an E1 named "0", from 16 on: the octets of each direction of each, and
// the units with the time at which the last octet of each is on the line.
type scene struct {
	start wire.Time
	lanes map[laneKey][]byte
	units []capture.Frame
	msus  int
}

// newScene plays a scenario. Between its units there are flags, or FISUs as on a line.
func newScene(t testing.TB, o lab.Options, fisus bool) *scene {
	t.Helper()
	o.Link = "mtp2-phdr"
	path := filepath.Join(t.TempDir(), "lab.pcap")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := lab.Write(out, o)
	if err != nil {
		t.Fatal(err)
	}
	out.Close()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	s := &scene{start: sum.First - 1e9, lanes: map[laneKey][]byte{}}
	made, last := map[laneKey]*e1.Stuffer{}, map[laneKey][]byte{}
	var f capture.Frame
	for {
		if err := files.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		k := laneKey{16 + int(f.Line), f.Direction}
		line := made[k]
		if line == nil {
			line = e1.NewStuffer(e1.MSBFirst)
			made[k] = line
		}
		if fisus && last[k] == nil {
			last[k] = []byte{f.Data[0], f.Data[1], 0}
			if len(f.Data) > 5 {
				last[k][1] = f.Data[1]&0x80 | (f.Data[1]-1)&0x7f
			}
		}
		line.Fill(int((f.Time-s.start)/125_000)-len(f.Data)-3, last[k])
		line.Unit(f.Data)
		if fisus {
			last[k] = []byte{f.Data[0], f.Data[1], 0}
		}
		f.Time = s.start + wire.Time(line.Ready())*125_000
		f.Clock, f.Interface, f.HasLine, f.FCS = f.Time, uint32(k.timeslot), false, capture.FCSGone
		f.Data = slices.Clone(f.Data)
		s.units = append(s.units, f)
		if len(f.Data) > 5 {
			s.msus++
		}
	}
	slices.SortStableFunc(s.units, func(a, b capture.Frame) int { return int(a.Time - b.Time) })
	longest := 0
	for _, line := range made {
		line.Flags(1)
		longest = max(longest, line.Ready())
	}
	for k, line := range made {
		line.Fill(longest+80, last[k])
		s.lanes[k] = make([]byte, longest+80)
		line.Take(s.lanes[k])
	}
	return s
}

// A unitSource gives the units of a scene, as a capture file would.
type unitSource struct {
	units []capture.Frame
}

func (u *unitSource) Next(f *capture.Frame) error {
	if len(u.units) == 0 {
		return io.EOF
	}
	*f = u.units[0]
	u.units = u.units[1:]
	return nil
}

// A heardBy is what a monitor made of a source.
type heardBy struct {
	calls []correlate.Call
	sum   monitor.Summary
}

// play gives the calls of a source that heard the scene, and holds that everything it heard is in one counter.
func play(t testing.TB, src capture.Source, name func(*capture.Frame) string) *heardBy {
	t.Helper()
	h := &heardBy{}
	m := monitor.New(monitor.Options{LineName: name, Calls: &correlate.Options{Namer: monitor.NewNaming(config.Default()),
		Sink: func(c *correlate.Call) { h.calls = append(h.calls, *c) }}})
	if err := m.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	h.sum = m.Summary()
	frames, messages := uint64(0), uint64(0)
	for _, n := range h.sum.FramesBy {
		frames += n
	}
	for _, n := range h.sum.MessagesBy {
		messages += n
	}
	if frames != h.sum.Frames || messages != h.sum.MSUs {
		t.Errorf("the counters add up to %d of %d frames and %d of %d MSUs", frames, h.sum.Frames, messages, h.sum.MSUs)
	}
	return h
}

// reference gives the calls as from a file.
func (s *scene) reference(t testing.TB) *heardBy {
	return play(t, &unitSource{s.units}, func(f *capture.Frame) string { return fmt.Sprintf("0/%d", f.Interface) })
}

// times are those of a call.
func times(c *correlate.Call) []*wire.Time {
	return []*wire.Time{&c.Start, &c.ACM, &c.Alerting, &c.Answer, &c.Release, &c.ReleaseComplete, &c.End}
}

// sameCalls holds that two have the same calls, but for capture and frame numbers, and for parts of a millisecond; where the
// source stamps by the machine's clock the times are those of the test.
func sameCalls(t *testing.T, got, want *heardBy, timed bool) {
	t.Helper()
	order := func(a, b correlate.Call) int {
		return cmp.Or(cmp.Compare(a.CIC, b.CIC), cmp.Compare(a.Start, b.Start))
	}
	slices.SortFunc(got.calls, order)
	slices.SortFunc(want.calls, order)
	if len(got.calls) != len(want.calls) || len(want.calls) == 0 {
		t.Fatalf("%d calls, want %d", len(got.calls), len(want.calls))
	}
	for i := range want.calls {
		g, w := got.calls[i], want.calls[i]
		for j, at := range times(&g) {
			if of := times(&w)[j]; at.Known() && of.Known() && (!timed || at.Sub(*of).Abs() < time.Millisecond) {
				*at = *of
			}
		}
		if !timed {
			g.Suspended = w.Suspended
		}
		g.FirstFile, g.FirstFrame, g.LastFile, g.LastFrame = w.FirstFile, w.FirstFrame, w.LastFile, w.LastFrame
		if a, b := fmt.Sprintf("%+v", g), fmt.Sprintf("%+v", w); a != b {
			t.Fatalf("call %d of %d:\n got %s\nwant %s", i, len(want.calls), a, b)
		}
	}
}
