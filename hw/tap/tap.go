// Package tap takes the name of a network interface, at which a mirror port or a tap brings SIGTRAN, and gives the IP packets
// that may carry signalling as frames.
package tap

import (
	"context"
	"fmt"

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
	size, err := hw.Octets(c.Buffer)
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
