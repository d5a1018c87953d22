// Package dahdi takes the channels of E1 cards that DAHDI drives and gives their signalling links as frames: octets of clear
// channels, or the frames that the kernel finds in HDLC and MTP2 channels.
package dahdi

import (
	"errors"
	"fmt"

	"c7mon/hw"
	"c7mon/wire"
)

// Config says which spans are heard.
type Config struct {
	Directory string        `yaml:"directory"` // of the device files, default /dev/dahdi
	Pairs     []Pair        `yaml:"pairs"`     // the E1s
	Mode      string        `yaml:"mode"`      // how the channels are configured: clear (default), hdlc or mtp2
	Line      hw.LineConfig `yaml:",inline"`   // hdlc and mtp2 need links, and take of the rest sequence alone
}

// A Pair is the two directions of one E1, each of which is a span: a tap needs two receivers.
type Pair struct {
	Name  string `yaml:"name"`  // of the E1, the beginning of the names of its links: "0" gives "0/16"
	Forth int    `yaml:"forth"` // number of the span of the direction forth, from 1
	Back  int    `yaml:"back"`  // of the direction back; 0: it is not heard
}

const defaultDirectory = "/dev/dahdi"

// A mode is how channels are configured in /etc/dahdi/system.conf.
type mode struct {
	name    string
	keyword string // of system.conf
	sigtype uint32
}

// The modes, in the order in which an error lists them.
var modes = [...]mode{
	{"clear", "bchan", sigClear},
	{"hdlc", "dchan", sigHDLCFCS},
	{"mtp2", "mtp2", sigMTP2},
}

// Open gives the source that c describes. It checks all of c and touches nothing: the first Next opens the channels. An
// error names the key that is wrong and says what is wanted.
func Open(c Config) (hw.Source, error) { return open(c, kernel{}) }

func open(c Config, sys system) (hw.Source, error) {
	s, err := newSource(c, sys)
	if err != nil {
		return nil, err
	}
	return hw.Keep(s.lines, s.dial), nil
}

// newSource checks c and makes what outlives the sessions.
func newSource(c Config, sys system) (*source, error) {
	if c.Directory == "" {
		c.Directory = defaultDirectory
	}
	if c.Mode == "" {
		c.Mode = modes[0].name
	}
	s := &source{config: c, system: sys, lines: &hw.Lines{}}
	for _, m := range modes {
		if m.name == c.Mode {
			s.mode = m
		}
	}
	if s.mode.name == "" {
		return nil, fmt.Errorf("mode: %q: clear, hdlc or mtp2 is needed", c.Mode)
	}
	var err error
	if s.links, err = c.Line.LinkList(); err != nil {
		return nil, err
	}
	if err := s.checkLinks(); err != nil {
		return nil, err
	}
	s.lines.Add("")
	if s.receiver, err = hw.NewReceiver(s.lines, c.Line); err != nil {
		return nil, err
	}
	return s, s.directionsOf(c.Pairs)
}

// checkLinks holds the links against the mode.
func (s *source) checkLinks() error {
	c := &s.config.Line
	if s.framed() {
		switch {
		case len(s.links) == 0:
			return fmt.Errorf("links: the timeslots of the links are needed with mode: %s, such as [16]", s.mode.name)
		case c.Clock == "stream" || c.BitOrder == "lsb":
			return fmt.Errorf("clock and bit_order are for octets, and mode: %s gives frames", s.mode.name)
		}
		return nil
	}
	for _, l := range s.links {
		if len(l.Timeslots) > 1 {
			return fmt.Errorf("links: %q: clear channels come one by one, so a link of several timeslots needs mode: hdlc or mtp2", l.Name)
		}
	}
	return nil
}

// directionsOf checks the pairs.
func (s *source) directionsOf(pairs []Pair) error {
	if len(pairs) == 0 {
		return errors.New(`pairs: the two directions of each E1 are needed, such as {name: "0", forth: 1, back: 2}`)
	}
	names, taken := map[string]bool{}, map[int]bool{}
	for i, p := range pairs {
		if p.Name == "" || names[p.Name] {
			return fmt.Errorf("pairs: name of pair %d: %q: a name of its own is needed", i+1, p.Name)
		}
		names[p.Name] = true
		for dir, span := range [...]int{wire.Forth: p.Forth, wire.Back: p.Back} {
			key := [...]string{"forth", "back"}[dir]
			if span == 0 && dir == int(wire.Back) {
				continue
			}
			if span < 1 || span > maxSpans {
				return fmt.Errorf("pairs: %s of %s: %d: the number of a span is needed, 1 to %d", key, p.Name, span, maxSpans)
			}
			if taken[span] {
				return fmt.Errorf("pairs: %s of %s: span %d stands twice", key, p.Name, span)
			}
			taken[span] = true
			s.directions = append(s.directions, &direction{Conditions: s.receiver.Conditions(p.Name, wire.Direction(dir)),
				span: span, name: p.Name, dir: wire.Direction(dir), channels: map[string]*channel{}})
		}
	}
	return nil
}

// framed reports whether the kernel finds the frames.
func (s *source) framed() bool { return s.mode.sigtype != sigClear }
