package m3ua

import (
	"strings"
	"testing"
	"time"

	"c7mon/capture"
)

func TestConfig_Success(t *testing.T) {
	f := func(c Config, name string) {
		t.Helper()
		s, err := Open(c)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		set, _ := c.check()
		if set.name() != name || s.LineName(&capture.Frame{Interface: 1}) != name || s.LineName(&capture.Frame{}) != "" {
			t.Errorf("name %s, line %q, want %s", set.name(), s.LineName(&capture.Frame{Interface: 1}), name)
		}
	}
	id := uint32(7)
	one := []uint32{10}
	f(Config{Remote: []string{"10.0.0.2"}, RoutingContexts: one}, "10.0.0.2:2905")
	f(Config{Remote: []string{"10.0.0.2", "10.1.0.2"}, Local: []string{"10.0.0.1", "10.1.0.1"}, LocalPort: 2905, RoutingContexts: []uint32{10, 0},
		ASPIdentifier: &id, Streams: 17}, "10.0.0.1:2905-10.0.0.2:2905")
	f(Config{Remote: []string{"10.0.0.2"}, Local: []string{"10.0.0.9"}, LocalPort: 2906, RoutingContexts: one}, "10.0.0.2:2905-10.0.0.9:2906")
	f(Config{Remote: []string{"10.0.0.2"}, Local: []string{"10.0.0.9"}, RoutingContexts: one}, "10.0.0.2:2905")
	f(Config{Remote: []string{"127.0.0.1"}, Local: []string{"127.0.0.1"}, Port: 3000, LocalPort: 3001, RoutingContexts: one}, "127.0.0.1:3000-127.0.0.1:3001")
	f(Config{Remote: []string{"2001:db8::2"}, Local: []string{"2001:db8::1"}, Port: 3000, LocalPort: 2905, RoutingContexts: one}, "[2001:db8::1]:2905-[2001:db8::2]:3000")
}

func TestConfig_Failure(t *testing.T) {
	f := func(want string, change func(*Config)) {
		t.Helper()
		c := Config{Remote: []string{"10.0.0.2"}, RoutingContexts: []uint32{10}}
		change(&c)
		if s, err := Open(c); err == nil || s != nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f("routing_context: none is given", func(c *Config) { c.RoutingContexts = nil })
	f("routing_context: 10 is given twice", func(c *Config) { c.RoutingContexts = []uint32{10, 11, 10} })
	f("routing_context: 65 are more than 64", func(c *Config) { c.RoutingContexts = make([]uint32, 65) })
	f("remote: no address of the STP", func(c *Config) { c.Remote = nil })
	f(`remote: "stp" is no IP address`, func(c *Config) { c.Remote = []string{"10.0.0.2", "stp"} })
	f(`remote: "10.0.0.2:2905" is no IP address`, func(c *Config) { c.Remote = []string{"10.0.0.2:2905"} })
	f("remote: 0.0.0.0 is not the address of one machine", func(c *Config) { c.Remote = []string{"0.0.0.0"} })
	f("local: ff02::1 is not the address of one machine", func(c *Config) { c.Local = []string{"ff02::1"} })
	f("port: 65536 is no port", func(c *Config) { c.Port = 65536 })
	f("local_port: -1 is no port", func(c *Config) { c.LocalPort = -1 })
	f("heartbeat: -2 is not -1 nor from 1 to 3600", func(c *Config) { c.Heartbeat = -2 })
	f("heartbeat: 3601 is not -1 nor from 1 to 3600", func(c *Config) { c.Heartbeat = 3601 })
	f("streams: 65536 is not from 1 to 65535", func(c *Config) { c.Streams = 65536 })
}

func TestHeartbeat(t *testing.T) {
	f := func(seconds int, want time.Duration) {
		t.Helper()
		set, err := Config{Remote: []string{"10.0.0.2"}, RoutingContexts: []uint32{10}, Heartbeat: seconds}.check()
		if err != nil || set.heartbeat != want {
			t.Errorf("%v, %v, want %v", set.heartbeat, err, want)
		}
	}
	f(0, 10*time.Second)
	f(-1, 0)
	f(30, 30*time.Second)
}
