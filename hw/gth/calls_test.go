package gth

import (
	"errors"
	"fmt"
	"testing"

	"c7mon/capture"
	"c7mon/hw/hwtest"
	"c7mon/lab"
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

// TestCalls plays scenarios of the laboratory through a probe: the calls are those of the file.
func TestCalls(t *testing.T) {
	f := func(o lab.Options) {
		t.Helper()
		path, _ := hwtest.Laboratory(t, o)
		var octets []byte
		links := 0
		hwtest.Each(t, hwtest.Open(t, path), func(f *capture.Frame) {
			links = max(links, int(f.Line)+1)
			octets = appendRecord(octets, uint16(2*f.Line)+uint16(f.Direction), f.Time, hwtest.WithFCS(f.Data))
		})
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
			ctl.send(appendRecord(octets, 0xffff, 0, []byte{0, 0, 0, 0, 0})) // a unit of no link is the last
		}()
		got := hwtest.Hear(t, hwtest.Until(src, func(f *capture.Frame) bool { return errors.Is(f.Err, errTag) }), src.LineName)
		files := hwtest.Open(t, path)
		t.Log(o.Scenario)
		got.Same(t, hwtest.Hear(t, coarse{files}, files.LineName), 0)
	}
	f(lab.Options{Scenario: "basic"})
	f(lab.Options{Scenario: "faults"})
	f(lab.Options{Scenario: "load", Seed: 7, Calls: 1000})
}
