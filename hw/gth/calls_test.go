package gth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// resolution is how fine the stamps of a probe are.
const resolution = wire.Time(1_000_000)

// coarse gives the frames of a source with times as coarse as those of a probe.
type coarse struct {
	capture.Source
}

func (c coarse) Next(f *capture.Frame) error {
	err := c.Source.Next(f)
	f.Time -= f.Time % resolution
	f.Clock -= f.Clock % resolution
	return err
}

// until ends a source at the mark that the peer sends last: a unit of no link. Ticks are left out, for a slow machine has
// more of them.
type until struct {
	capture.Source
}

func (u until) Next(f *capture.Frame) error {
	for {
		err := u.Source.Next(f)
		if err == nil && errors.Is(f.Err, errTag) {
			return io.EOF
		}
		if err != nil || f.Payload != capture.Tick {
			return err
		}
	}
}

// laboratory writes a scenario and opens it.
func laboratory(t *testing.T, o lab.Options) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "lab.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o.Link = "mtp2-phdr"
	if _, err := lab.Write(f, o); err != nil {
		t.Fatal(err)
	}
	return path
}

func openFile(t *testing.T, path string) *capture.Files {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files
}

// callsOf gives the calls of a source, without the numbers of their frames.
func callsOf(t *testing.T, src capture.Source, name func(*capture.Frame) string) (calls []correlate.Call, s monitor.Summary) {
	t.Helper()
	m := monitor.New(monitor.Options{LineName: name, Calls: &correlate.Options{Namer: monitor.NewNaming(config.Default()), Sink: func(c *correlate.Call) {
		k := *c
		k.FirstFile, k.FirstFrame, k.LastFile, k.LastFrame = 0, 0, 0, 0
		calls = append(calls, k)
	}}})
	if err := m.Run(context.Background(), src); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	return calls, m.Summary()
}

// TestCalls plays scenarios of the laboratory through a probe: the calls are those of the file.
func TestCalls(t *testing.T) {
	f := func(o lab.Options) {
		t.Helper()
		path := laboratory(t, o)
		var octets []byte
		links := 0
		for files := openFile(t, path); ; {
			var f capture.Frame
			if err := files.Next(&f); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			links = max(links, int(f.Line)+1)
			octets = appendRecord(octets, uint16(2*f.Line)+uint16(f.Direction), f.Time, mtp.AppendFCS(append([]byte(nil), f.Data...), f.Data))
		}
		c := Config{Clock: "source"}
		for i := range links {
			c.Links = append(c.Links, Link{Name: fmt.Sprint(i), Forth: fmt.Sprintf("%dA/16", i+1), Back: fmt.Sprintf("%dB/16", i+1)})
		}
		p := newPeer(t, 2*links)
		c.Host = p.at
		src, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		go func() {
			ctl := p.next()
			ctl.send(appendRecord(octets, 0xffff, 0, []byte{0, 0, 0, 0, 0}))
		}()
		got, gs := callsOf(t, until{src}, src.LineName)
		files := openFile(t, path)
		want, ws := callsOf(t, coarse{files}, files.LineName)
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%s: %d calls, want %d", o.Scenario, len(got), len(want))
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s: call %d:\n%+v\nwant\n%+v", o.Scenario, i, got[i], want[i])
			}
		}
		if gs.MSUs != ws.MSUs || gs.Missed != ws.Missed || !reflect.DeepEqual(gs.Messages, ws.Messages) || !reflect.DeepEqual(gs.MessagesBy, ws.MessagesBy) || !reflect.DeepEqual(gs.Outcomes, ws.Outcomes) {
			t.Errorf("%s: %+v\nwant\n%+v", o.Scenario, gs, ws)
		}
	}
	f(lab.Options{Scenario: "basic"})
	f(lab.Options{Scenario: "faults"})
	f(lab.Options{Scenario: "load", Seed: 7, Calls: 1000})
}
