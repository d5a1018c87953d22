// Package tap takes the name of a network interface, at which a mirror port or a tap brings SIGTRAN, and gives the IP packets
// that may carry signalling as frames.
package tap

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"c7mon/capture"
	"c7mon/hw"
)

// Config says which interface is heard. Only Interface has no default.
type Config struct {
	Interface      string `yaml:"interface"`       // its name: eth1
	Ports          []int  `yaml:"ports"`           // UDP ports heard besides 9899, that of SCTP over UDP; SCTP itself is always heard
	SnapLen        int    `yaml:"snap_length"`     // octets kept of a frame; default: all of it
	Buffer         string `yaml:"buffer"`          // memory for packets that wait: "64MiB" (default), 256KiB to 1GiB
	HardwareStamps bool   `yaml:"hardware_stamps"` // take the times from the interface where it can tell them
	Promiscuous    *bool  `yaml:"promiscuous"`     // hear packets that are not for this host: default true
}

// Open gives the source that c describes. It checks all of c and touches no interface: the first Next does. An error names
// the key that is wrong. Its one line has the name of the interface.
func Open(c Config) (hw.Source, error) {
	size, err := octets(c.Buffer)
	if err != nil {
		return nil, fmt.Errorf("buffer: %w", err)
	}
	opt := capture.LiveOptions{Interface: c.Interface, Ports: c.Ports, SnapLen: c.SnapLen, Ring: size,
		HardwareStamps: c.HardwareStamps, Promiscuous: c.Promiscuous == nil || *c.Promiscuous}
	if err := opt.Check(); err != nil {
		return nil, err
	}
	lines := &hw.Lines{}
	return hw.Keep(lines, func(context.Context) (*session, error) {
		live, err := capture.OpenLive(opt)
		if err != nil {
			return nil, err
		}
		return &session{live, lines.Add(c.Interface)}, nil
	}), nil
}

// A session is the interface from the moment it could be heard until it goes down or is removed.
type session struct {
	*capture.Live
	line uint32
}

// Next gives what the interface gives, as of its line.
func (s *session) Next(f *capture.Frame) error {
	err := s.Live.Next(f)
	f.Interface = s.line
	return err
}

// units are the powers of 1024 that a size may be given in.
var units = []struct {
	name  string
	shift int
}{{"KiB", 10}, {"MiB", 20}, {"GiB", 30}}

// octets reads a size: "64MiB", "65536"; 0 for none.
func octets(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	number, shift := strings.TrimSpace(text), 0
	for _, u := range units {
		if rest, ok := strings.CutSuffix(number, u.name); ok {
			number, shift = strings.TrimSpace(rest), u.shift
			break
		}
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > math.MaxInt32>>shift {
		return 0, fmt.Errorf("%q: a number of octets is needed, with KiB, MiB or GiB behind it: 64MiB", text)
	}
	return n << shift, nil
}
