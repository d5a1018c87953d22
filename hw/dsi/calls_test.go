package dsi

import (
	"context"
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
	"c7mon/wire"
)

// until ends a source at the mark that the peer sends last, a message of the board's state. Ticks are left out, for
// a slow machine has more of them.
type until struct {
	capture.Source
}

func (u until) Next(f *capture.Frame) error {
	for {
		err := u.Source.Next(f)
		if err == nil && f.Event.Kind == capture.EventNote {
			return io.EOF
		}
		if err != nil || f.Payload != capture.Tick {
			return err
		}
	}
}

// laboratory writes a scenario.
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

// TestCalls plays scenarios of the laboratory over sockets and from files: the calls are those of the capture.
func TestCalls(t *testing.T) {
	f := func(o lab.Options, network string) {
		t.Helper()
		what := o.Scenario + " over " + network
		path := laboratory(t, o)
		octets, text := greeting(nil), []byte(nil)
		links := 0
		for files := openFile(t, path); ; {
			var f capture.Frame
			if err := files.Next(&f); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			links = max(links, int(f.Line)+1)
			m := stamped(uint16(2*f.Line)+uint16(f.Direction), f.Time, f.Data)
			octets, text = appendMessage(octets, m), append(text, logLine(m)...)
		}
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
		default:
			c.Address, c.Format = "file:"+filepath.Join(t.TempDir(), "log"), network
			if network == "text" {
				octets = text
			}
			if err := os.WriteFile(c.Address[len("file:"):], octets, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		src, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer src.Close()
		got, gs := callsOf(t, until{src}, src.LineName)
		files := openFile(t, path)
		want, ws := callsOf(t, files, files.LineName)
		if len(got) != len(want) || len(want) == 0 {
			t.Fatalf("%s: %d calls, want %d", what, len(got), len(want))
		}
		for i := range want {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s: call %d:\n%+v\nwant\n%+v", what, i, got[i], want[i])
			}
		}
		if gs.MSUs != ws.MSUs || gs.Missed != ws.Missed || !reflect.DeepEqual(gs.Messages, ws.Messages) || !reflect.DeepEqual(gs.MessagesBy, ws.MessagesBy) || !reflect.DeepEqual(gs.Outcomes, ws.Outcomes) {
			t.Errorf("%s: %+v\nwant\n%+v", what, gs, ws)
		}
	}
	for _, network := range []string{"tcp", "unix", "records", "text"} {
		f(lab.Options{Scenario: "basic"}, network)
		f(lab.Options{Scenario: "faults"}, network)
		f(lab.Options{Scenario: "load", Seed: 7, Calls: 1000}, network)
	}
}

// TestDoubt holds that calls are marked when the relay says that messages were lost.
func TestDoubt(t *testing.T) {
	path := laboratory(t, lab.Options{Scenario: "basic"})
	b := greeting(nil)
	for files, n := openFile(t, path), 0; ; n++ {
		var f capture.Frame
		if err := files.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		b = appendMessage(b, stamped(uint16(2*f.Line)+uint16(f.Direction), f.Time, f.Data))
		if n == 1 {
			b = append(b, 0, 6, kindLost, 0, 0, 0, 0, 3)
		}
	}
	at := filepath.Join(t.TempDir(), "records")
	if err := os.WriteFile(at, b, 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := Open(Config{Address: "file:" + at, Format: "records"})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	calls, s := callsOf(t, src, func(f *capture.Frame) string { // as a live source names its lines
		if name := src.LineName(f); name != "" {
			return "tap:" + name
		}
		return "tap"
	})
	suspect := 0
	for i := range calls {
		if calls[i].Flags&correlate.Suspect != 0 {
			suspect++
		}
	}
	if suspect == 0 || s.First == wire.NoTime {
		t.Errorf("%d of %d calls are suspect", suspect, len(calls))
	}
}
