// Package e1d takes the timeslots that osmo-e1d hears on an e1-tracer or icE1usb and gives their signalling links as frames.
//
// It speaks the daemon's control protocol in Go, over a unix socket of packets, and gets a descriptor for each timeslot. It
// writes to none of them. It takes no timeslot in HDLC mode: there osmo-e1d cuts units at 264 octets, and a signal unit has
// up to 278 (Q.703 2.3).
package e1d

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"c7mon/hw"
	"c7mon/wire"
)

// Config says which lines of osmo-e1d are heard.
type Config struct {
	Socket      string        `yaml:"socket"`       // control socket, default /tmp/osmo-e1d.ctl
	Pairs       []Pair        `yaml:"pairs"`        // the E1s
	Mode        string        `yaml:"mode"`         // channelized or superchannel: the lines are put into it; default: they are heard as they are
	Force       bool          `yaml:"force"`        // timeslots that another program has open are taken from it
	ReceiveOnly bool          `yaml:"receive_only"` // the device has no transmitter (an e1-tracer): descriptors are shut for writing
	Buffer      int           `yaml:"buffer"`       // octets of a timeslot that osmo-e1d gathers before it gives them, 8 to 2048; default 320, 40 ms
	Line        hw.LineConfig `yaml:",inline"`
}

// A Pair is the two directions of one E1, each of which is a line of osmo-e1d.
type Pair struct {
	Name  string `yaml:"name"`  // of the E1, the beginning of the names of its links: "0" gives "0/16"
	Forth string `yaml:"forth"` // interface and line of the direction forth: "0.0"
	Back  string `yaml:"back"`  // of the direction back: "0.1"; empty: it is not heard
}

// Defaults of Config.
const (
	defaultSocket = "/tmp/osmo-e1d.ctl"
	defaultBuffer = 320
	leastBuffer   = 8
	mostBuffer    = 2048 // 31 times as much is given in 16 bits
)

// Open gives the source that c describes. It checks all of c and touches nothing: the first Next connects. An error names
// the key that is wrong and says what is wanted.
func Open(c Config) (hw.Source, error) {
	s, err := newSource(c)
	if err != nil {
		return nil, err
	}
	return hw.Keep(s.lines, s.dial), nil
}

// newSource checks c and makes what outlives the sessions.
func newSource(c Config) (*source, error) {
	if c.Socket == "" {
		c.Socket = defaultSocket
	}
	if c.Buffer == 0 {
		c.Buffer = defaultBuffer
	}
	if c.Buffer < leastBuffer || c.Buffer > mostBuffer {
		return nil, fmt.Errorf("buffer: %d: %d to %d octets are needed", c.Buffer, leastBuffer, mostBuffer)
	}
	s := &source{config: c, lines: &hw.Lines{}}
	switch c.Mode {
	case "":
	case "channelized":
		s.mode = lineChannelized
	case "superchannel":
		s.mode = lineSuperchannel
	default:
		return nil, fmt.Errorf("mode: %q: channelized or superchannel is needed", c.Mode)
	}
	var err error
	if s.links, err = c.Line.LinkList(); err != nil {
		return nil, err
	}
	for _, l := range s.links {
		if len(l.Timeslots) > 1 && s.mode == lineChannelized {
			return nil, fmt.Errorf("links: %q: osmo-e1d opens timeslots at different moments, so a link of several needs mode: superchannel", l.Name)
		}
	}
	s.lines.Add("")
	if s.receiver, err = hw.NewReceiver(s.lines, c.Line); err != nil {
		return nil, err
	}
	s.directions, err = directionsOf(c.Pairs, s.receiver)
	return s, err
}

// directionsOf checks the pairs.
func directionsOf(pairs []Pair, r *hw.Receiver) (all []*direction, err error) {
	if len(pairs) == 0 {
		return nil, errors.New(`pairs: the two directions of each E1 are needed, such as {name: "0", forth: "0.0", back: "0.1"}`)
	}
	names, taken := map[string]bool{}, map[address]bool{}
	for i, p := range pairs {
		if p.Name == "" || names[p.Name] {
			return nil, fmt.Errorf("pairs: name of pair %d: %q: a name of its own is needed", i+1, p.Name)
		}
		names[p.Name] = true
		for dir, text := range [...]string{wire.Forth: p.Forth, wire.Back: p.Back} {
			if text == "" && dir == int(wire.Back) {
				continue
			}
			key := [...]string{"forth", "back"}[dir]
			at, ok := parseAddress(text)
			if !ok {
				return nil, fmt.Errorf("pairs: %s of %s: %q: interface and line are needed in quotes, such as \"0.1\"", key, p.Name, text)
			}
			if taken[at] {
				return nil, fmt.Errorf("pairs: %s of %s: line %v stands twice", key, p.Name, at)
			}
			taken[at] = true
			all = append(all, &direction{Conditions: r.Conditions(p.Name, wire.Direction(dir)),
				at: at, name: p.Name, dir: wire.Direction(dir), ports: map[string]*hw.Port{}})
		}
	}
	return all, nil
}

// An address is a line of osmo-e1d.
type address struct{ intf, line uint8 }

func (a address) String() string { return fmt.Sprintf("%d.%d", a.intf, a.line) }

// parseAddress reads "0.1".
func parseAddress(s string) (a address, ok bool) {
	x, y, two := strings.Cut(s, ".")
	i, err := strconv.ParseUint(x, 10, 8)
	l, err2 := strconv.ParseUint(y, 10, 8)
	return address{uint8(i), uint8(l)}, two && err == nil && err2 == nil && i != unused && l != unused
}
