// Package m3ua takes the copy of its traffic that an STP sends to a monitoring application server and gives its messages as
// frames: it is a live ASP that can go active in broadcast mode alone and has no way to send DATA.
package m3ua

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"c7mon/capture"
	"c7mon/hw"
)

// Config is one association with an STP, or with any other signalling gateway that can send a copy.
type Config struct {
	Remote          []string `yaml:"remote"`          // IP addresses of the STP's end, several where it is multi-homed
	Port            int      `yaml:"port"`            // its SCTP port; 0 is 2905
	Local           []string `yaml:"local"`           // our IP addresses; none: those that the system chooses
	LocalPort       int      `yaml:"local_port"`      // our SCTP port, where the STP asks for a certain one; 0: any
	RoutingContexts []uint32 `yaml:"routing_context"` // of the monitoring application servers; at least one
	ASPIdentifier   *uint32  `yaml:"asp_identifier"`  // where the STP asks for one
	Streams         int      `yaml:"streams"`         // streams that the STP may send on; 0: as many as it likes
	Heartbeat       int      `yaml:"heartbeat"`       // seconds between two BEAT of ours; 0 is 10, -1: none, for an STP that does not know BEAT
}

const (
	defaultPort = 2905 // RFC 4666 1.4.8
	maxContexts = 64   // far more than an STP gives to one ASP

	defaultHeartbeat = 10 * time.Second
	maxHeartbeat     = 3600
)

// setting is what a Config says, once it is known to be right.
type setting struct {
	remote, local []netip.Addr
	port, ours    int
	contexts      []uint32
	identifier    *uint32
	streams       int
	heartbeat     time.Duration // between two BEAT; 0: none
}

// Open gives the messages that the STP of c sends. Nothing is sent or opened before the first Next. The error says which
// part of c is wrong: without a routing context there is no source, because an ASP that names none is put into every
// application server that the STP knows it for.
func Open(c Config) (hw.Source, error) {
	s, err := c.check()
	if err != nil {
		return nil, err
	}
	t := usual
	t.beat, t.dead = s.heartbeat, 3*s.heartbeat
	return keep(&dialer{setting: s, times: t, connect: s.connect}), nil
}

// keep makes the source of a dialer. Its frames have one line, named for the association.
func keep(d *dialer) hw.Source {
	lines := &hw.Lines{}
	k := hw.Keep(lines, d.dial)
	d.line = lines.Add(d.setting.name())
	return k
}

var (
	errNoRemote  = errors.New("remote: no address of the STP is given")
	errNoContext = errors.New("routing_context: none is given: without the one of the monitoring application server " +
		"the STP might send the calls of another one here")
)

func (c Config) check() (s setting, err error) {
	s = setting{port: c.Port, ours: c.LocalPort, streams: c.Streams, identifier: c.ASPIdentifier}
	if len(c.Remote) == 0 {
		return s, errNoRemote
	}
	if s.remote, err = addresses("remote", c.Remote); err != nil {
		return s, err
	}
	if s.local, err = addresses("local", c.Local); err != nil {
		return s, err
	}
	if s.port == 0 {
		s.port = defaultPort
	}
	switch {
	case s.port < 0 || s.port > 0xffff:
		return s, fmt.Errorf("port: %d is no port", c.Port)
	case s.ours < 0 || s.ours > 0xffff:
		return s, fmt.Errorf("local_port: %d is no port", c.LocalPort)
	case s.streams < 0 || s.streams > 0xffff:
		return s, fmt.Errorf("streams: %d is not from 1 to 65535", c.Streams)
	case c.Heartbeat < -1 || c.Heartbeat > maxHeartbeat:
		return s, fmt.Errorf("heartbeat: %d is not -1 nor from 1 to %d", c.Heartbeat, maxHeartbeat)
	}
	if s.streams == 0 {
		s.streams = 0xffff
	}
	switch c.Heartbeat {
	case -1:
	case 0:
		s.heartbeat = defaultHeartbeat
	default:
		s.heartbeat = time.Duration(c.Heartbeat) * time.Second
	}
	s.contexts, err = contexts(c.RoutingContexts)
	return s, err
}

func contexts(list []uint32) (all []uint32, err error) {
	switch {
	case len(list) == 0:
		return nil, errNoContext
	case len(list) > maxContexts:
		return nil, fmt.Errorf("routing_context: %d are more than %d", len(list), maxContexts)
	}
	seen := map[uint32]bool{}
	for _, n := range list {
		if seen[n] {
			return nil, fmt.Errorf("routing_context: %d is given twice", n)
		}
		seen[n] = true
	}
	return append(all, list...), nil
}

func addresses(key string, list []string) (all []netip.Addr, err error) {
	for _, text := range list {
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no IP address", key, text)
		}
		if a.IsUnspecified() || a.IsMulticast() {
			return nil, fmt.Errorf("%s: %s is not the address of one machine", key, text)
		}
		all = append(all, a.Unmap())
	}
	return all, nil
}

// name names the association as package sigtran does, lower address first: 10.0.0.1:2905-10.0.0.2:2905. Where our own
// address or port is not set they may differ from start to start, and the name is that of the STP's end alone.
func (s *setting) name() string {
	far := end(s.remote[0], s.port)
	if len(s.local) == 0 || s.ours == 0 {
		return far
	}
	near := end(s.local[0], s.ours)
	if n := s.local[0].Compare(s.remote[0]); n > 0 || n == 0 && s.ours > s.port {
		return far + "-" + near
	}
	return near + "-" + far
}

func end(a netip.Addr, port int) string {
	if a.Is4() {
		return a.String() + ":" + strconv.Itoa(port)
	}
	return "[" + a.String() + "]:" + strconv.Itoa(port)
}

// wants says, for errors, how the STP has to be set.
func (s *setting) wants() string {
	return "set the application server of routing context " + numbers(s.contexts) + " to traffic mode broadcast, as a copy for monitoring"
}

func numbers(list []uint32) string {
	var b []byte
	for i, n := range list {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return string(b)
}

// note is an event that only says something.
func note(format string, args ...any) capture.Event {
	return capture.Event{Kind: capture.EventNote, Text: fmt.Sprintf(format, args...)}
}
