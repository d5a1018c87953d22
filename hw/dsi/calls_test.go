package dsi

import (
	"fmt"
	"testing"

	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/hw/hwtest"
	"c7mon/lab"
	"c7mon/wire"
)

// TestCalls plays scenarios of the laboratory over sockets and from files: the calls are those of the capture.
func TestCalls(t *testing.T) {
	f := func(o lab.Options, network string) {
		t.Helper()
		path, _ := hwtest.Laboratory(t, o)
		octets, text := greeting(nil), []byte(nil)
		links := 0
		hwtest.Each(t, hwtest.Open(t, path), func(f *capture.Frame) {
			links = max(links, int(f.Line)+1)
			m := stamped(uint16(2*f.Line)+uint16(f.Direction), f.Time, f.Data)
			octets, text = appendMessage(octets, m), append(text, logLine(m)...)
		})
		c := Config{Clock: "source"}
		for i := range links {
			c.Links = append(c.Links, Link{Name: fmt.Sprint(i), Forth: id(2 * i), Back: id(2*i + 1)})
		}
		switch network {
		case "tcp", "unix":
			r := newRelay(t, network)
			c.Address = r.address()
			go func() {
				conn, err := r.ear.Accept()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				send(t, conn, appendMessage(octets, message{kind: boardInd}))
			}()
		case "text":
			c.Address, c.Format = "file:"+hwtest.File(t, "log", text), network
		default:
			c.Address, c.Format = "file:"+hwtest.File(t, "log", octets), network
		}
		src, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		// The peer ends with a message of the board's state.
		got := hwtest.Hear(t, hwtest.Until(src, func(f *capture.Frame) bool { return f.Event.Kind == capture.EventNote }), src.LineName)
		files := hwtest.Open(t, path)
		t.Logf("%s over %s", o.Scenario, network)
		got.Same(t, hwtest.Hear(t, files, files.LineName), 0)
	}
	for _, network := range []string{"tcp", "unix", "records", "text"} {
		f(lab.Options{Scenario: "basic"}, network)
		f(lab.Options{Scenario: "faults"}, network)
		f(lab.Options{Scenario: "load", Seed: 7, Calls: 1000}, network)
	}
}

// TestDoubt holds that calls are marked when the relay says that messages were lost.
func TestDoubt(t *testing.T) {
	path, _ := hwtest.Laboratory(t, lab.Options{Scenario: "basic"})
	b, n := greeting(nil), 0
	hwtest.Each(t, hwtest.Open(t, path), func(f *capture.Frame) {
		b = appendMessage(b, stamped(uint16(2*f.Line)+uint16(f.Direction), f.Time, f.Data))
		if n == 1 {
			b = append(b, 0, 6, kindLost, 0, 0, 0, 0, 3)
		}
		n++
	})
	src, err := Open(Config{Address: "file:" + hwtest.File(t, "records", b), Format: "records"})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	got := hwtest.Hear(t, src, func(f *capture.Frame) string { // as a live source names its lines
		if name := src.LineName(f); name != "" {
			return "tap:" + name
		}
		return "tap"
	})
	suspect := 0
	for i := range got.Calls {
		if got.Calls[i].Flags&correlate.Suspect != 0 {
			suspect++
		}
	}
	if suspect == 0 || got.Sum.First == wire.NoTime {
		t.Errorf("%d of %d calls are suspect", suspect, len(got.Calls))
	}
}
