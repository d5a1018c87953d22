package pseudowire

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

func TestOpen(t *testing.T) {
	for _, c := range []Config{
		{Interface: "eth1", Protocol: "satop", Ports: []int{2142}},
		{Interface: "eth1", Protocol: "satop", Lines: []Named{{"hn-hcm", "10.0.0.1:2142", "10.0.0.2:2142"}}, RTP: "before", Payload: 256, Window: 32},
		{File: "x.pcap", Protocol: "cesopsn", Timeslots: []string{"1-15", "17-31"}, CAS: true, Ports: []int{2142}, Payload: 240},
		{File: "x.pcap", Protocol: "cesopsn", Timeslots: []string{"1-16"}, Ports: []int{2142}, Line: hw.LineConfig{Links: []string{"1", "2+3"}}},
	} {
		src, err := Open(c)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
			continue
		}
		src.Close()
	}
}

func TestOpen_Failure(t *testing.T) {
	good := Config{File: "x", Protocol: "satop", Ports: []int{2142}}
	f := func(change func(c *Config), want string) {
		t.Helper()
		c := good
		change(&c)
		if _, err := Open(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s ...", err, want)
		}
	}
	f(func(c *Config) { c.File = "" }, "interface: ")
	f(func(c *Config) { c.Interface = "eth0" }, "interface: ")
	f(func(c *Config) { c.Ports = nil }, "ports: ")
	f(func(c *Config) { c.Ports = []int{0} }, "ports: 0: ")
	f(func(c *Config) { c.Protocol = "" }, `protocol: "": one of satop, cesopsn`)
	f(func(c *Config) { c.Timeslots = []string{"1"} }, "timeslots: ")
	f(func(c *Config) { c.Protocol = "cesopsn" }, "timeslots: ")
	f(func(c *Config) { c.Protocol, c.Timeslots = "cesopsn", []string{"0-3"} }, `timeslots: "0-3"`)
	f(func(c *Config) { c.Protocol, c.Timeslots = "cesopsn", []string{"1-3", "3"} }, "timeslots: 3 stands twice")
	f(func(c *Config) { c.Protocol, c.Timeslots, c.Payload = "cesopsn", []string{"1-3"}, 8 }, "payload: 8: a multiple of 3")
	f(func(c *Config) {
		c.Protocol, c.Timeslots, c.Line.Links = "cesopsn", []string{"1-3"}, []string{"16"}
	}, `links: "16": timeslot 16 is not among timeslots`)
	f(func(c *Config) { c.RTP = "yes" }, `rtp: "yes"`)
	f(func(c *Config) { c.Window = 1000 }, "window: 1000")
	f(func(c *Config) { c.Line.Clock = "stream" }, "clock: machine")
	f(func(c *Config) { c.Line.CRC4 = "maybe" }, "crc4: ")
	f(func(c *Config) { c.Lines = []Named{{"", "10.0.0.1:1", "10.0.0.2:1"}} }, "lines: name: ")
	f(func(c *Config) { c.Lines = []Named{{"a", "10.0.0.1", "10.0.0.2:1"}} }, `lines: a: from: "10.0.0.1"`)
	f(func(c *Config) { c.Lines = []Named{{"a", "10.0.0.1:1", "b:1"}} }, `lines: a: to: "b:1"`)
	f(func(c *Config) { c.Lines = []Named{{"a", "10.0.0.1:1", "10.0.0.1:2"}} }, "lines: a: from and to")
	f(func(c *Config) { c.File, c.Interface, c.Buffer = "", "eth0", "1" }, "buffer: 256 KiB to 1 GiB")
	f(func(c *Config) { c.Buffer = "much" }, `buffer: "much"`)
}

// TestFile holds that a file that is not there is waited for, that one that ends inside a record is read as far as it goes,
// and that Close ends a wait.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pcap")
	src, err := Open(Config{File: path, Protocol: "satop", Ports: []int{2142}})
	if err != nil {
		t.Fatal(err)
	}
	var f capture.Frame
	if err := src.Next(&f); err != nil || f.Event.Kind != capture.EventDown || !f.Event.On {
		t.Fatalf("%v, %v", f.Event, err)
	}
	header := octets(t, "d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000")
	p := sent{data: make([]byte, 256)}
	record := octets(t, "00000040 00000000 20010000 20010000")
	file := append(header, append(record, p.ip()...)...)
	if err := os.WriteFile(path, file[:len(file)-3], 0o644); err != nil {
		t.Fatal(err)
	}
	var last capture.Frame
	for {
		f.Direction = wire.NoDirection
		err := src.Next(&f)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = f
	}
	if last.Payload != capture.LineEvent && last.Payload != capture.Tick {
		t.Errorf("%+v", last)
	}

	src, err = Open(Config{File: path + ".not", Protocol: "satop", Ports: []int{2142}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var f capture.Frame
		for {
			if err := src.Next(&f); err != nil {
				done <- err
				return
			}
		}
	}()
	src.Close()
	if err := <-done; !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}
