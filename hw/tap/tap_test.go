package tap

import (
	"context"
	"net"
	"strings"
	"testing"

	"c7mon/config"
)

func TestOpenFailure(t *testing.T) {
	f := func(c Config, want string) {
		t.Helper()
		if _, err := Open(c); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(Config{}, "interface: a name is needed")
	f(Config{Interface: "x", Buffer: "1 KiB"}, "buffer: 256 KiB to 1 GiB")
	f(Config{Interface: "x", Buffer: "2GiB"}, `buffer: "2GiB": a number of octets is needed, with KiB, MiB or GiB behind it: 64MiB`)
	f(Config{Interface: "x", Buffer: "much"}, `buffer: "much": a number of octets is needed, with KiB, MiB or GiB behind it: 64MiB`)
	f(Config{Interface: "x", Ports: []int{-1}}, "UDP port -1: 1 to 65535")
	f(Config{Interface: "x", SnapLen: -1}, "snap length: less than nothing")
}

// TestConfig reads a source as it stands on the command line, with each key.
func TestConfig(t *testing.T) {
	s, err := config.ParseSource("tap:interface=eth1,ports=[2142,2143],snap_length=2000,buffer=128MiB,hardware_stamps=true,promiscuous=false")
	if err != nil {
		t.Fatal(err)
	}
	var c Config
	if err := s.Decode(&c); err != nil {
		t.Fatal(err)
	}
	if c.Interface != "eth1" || len(c.Ports) != 2 || c.SnapLen != 2000 || c.Buffer != "128MiB" || !c.HardwareStamps || c.Promiscuous == nil || *c.Promiscuous {
		t.Errorf("%+v", c)
	}
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	src.Close()
}

// TestList holds that each interface of the machine is named as the system names it.
func TestList(t *testing.T) {
	devices, err := List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	all, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	if len(devices) != len(all) {
		t.Errorf("%v, want %d", devices, len(all))
	}
	for _, d := range devices {
		i, err := net.InterfaceByName(d.Name)
		if err != nil || d.Driver != "tap" || strings.Contains(d.Detail, "loopback") != (i.Flags&net.FlagLoopback != 0) {
			t.Errorf("%+v: %v", d, err)
		}
	}
	if _, err := List(cancelled()); err == nil {
		t.Error("a context that has ended")
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
