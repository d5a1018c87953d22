// Package raw takes the octets of one timeslot, or of a whole E1, as files, FIFOs and sockets give them, and gives frames.
package raw

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"c7mon/e1"
	"c7mon/hw"
	"c7mon/wire"
)

// Config is what the configuration says of a source. One direction or both are given; a path is that of a file, as it is or
// compressed by gzip, or of a FIFO; unix:/path and tcp:host:port are sockets that are connected to.
type Config struct {
	Forth  string        `yaml:"forth"`     // where the octets of one direction come from
	Back   string        `yaml:"back"`      // and those of the other
	Format string        `yaml:"format"`    // timeslot: 64 kbit/s, an octet each 125 us; e1: 2,048 kbit/s, the frames may begin anywhere
	Name   string        `yaml:"line_name"` // of the timeslot, as 0/16, or of the E1; default 0
	Pace   string        `yaml:"pace"`      // of files: full (default): as fast as they can be read; line: 8,000 frames a second
	Line   hw.LineConfig `yaml:",inline"`
}

// Open makes a Source of what is configured. It opens nothing: the first Next does. The error names the key that is wrong.
//
// Files of both directions are read in step, so that their times agree; they bear the times of a line that began when they
// were opened, or at start where the clock is stream, and the source ends with them. A FIFO or socket that closes is lost,
// and opened again.
func Open(c Config) (hw.Source, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	lines := &hw.Lines{}
	d := &driver{conf: c, lines: lines, reached: wire.NoTime}
	return hw.Keep(lines, d.dial), nil
}

func (c *Config) check() error {
	if c.Forth == "" && c.Back == "" {
		return errors.New("forth: where the octets come from is needed, here or in back")
	}
	if c.Forth == c.Back {
		return errors.New("back: is the same as forth")
	}
	for _, p := range [...]struct{ key, path string }{{"forth", c.Forth}, {"back", c.Back}} {
		if err := checkPath(p.path); err != nil {
			return fmt.Errorf("%s: %q: %w", p.key, p.path, err)
		}
	}
	switch c.Format {
	case "timeslot", "e1":
	default:
		return fmt.Errorf("format: %q: one of timeslot, e1 is needed", c.Format)
	}
	switch c.Pace {
	case "", "line", "full":
	default:
		return fmt.Errorf("pace: %q: one of full, line is needed", c.Pace)
	}
	if c.Name == "" {
		c.Name = "0"
	}
	links, err := c.Line.LinkList()
	if err != nil {
		return err
	}
	if c.Format == "timeslot" && (len(links) > 1 || len(links) == 1 && len(links[0].Timeslots) > 1) {
		return errors.New("links: a timeslot has one link of one timeslot")
	}
	return nil
}

func checkPath(p string) error {
	network, addr, ok := strings.Cut(p, ":")
	switch {
	case ok && network == "unix" && addr == "":
		return errors.New("a path is needed: unix:/path")
	case ok && network == "tcp":
		host, port, err := net.SplitHostPort(addr)
		if err != nil || host == "" || port == "" {
			return errors.New("a host and a port are needed: tcp:host:port")
		}
	}
	return nil
}

// width is how many octets go by in 125 us.
func (c *Config) width() int {
	if c.Format == "e1" {
		return e1.FrameOctets
	}
	return 1
}

// A driver makes sessions.
type driver struct {
	conf    Config
	lines   *hw.Lines
	reached wire.Time // up to which octets were read in sessions before
}

// dial opens what both directions come from.
func (d *driver) dial(ctx context.Context) (*session, error) {
	r, err := hw.NewReceiver(d.lines, d.conf.Line)
	if err != nil {
		return nil, err
	}
	var legs []*leg
	for i, path := range [...]string{wire.Forth: d.conf.Forth, wire.Back: d.conf.Back} {
		if path == "" {
			continue
		}
		in, err := openInput(ctx, path)
		if err != nil {
			for _, l := range legs {
				l.in.Close()
			}
			return nil, err
		}
		legs = append(legs, &leg{path: path, dir: wire.Direction(i), in: in})
	}
	if len(legs) == 2 && legs[0].in.Live() != legs[1].in.Live() {
		for _, l := range legs {
			l.in.Close()
		}
		return nil, errors.New("forth and back must both be files, or both be FIFOs or sockets")
	}
	return newSession(d, r, legs), nil
}

// openInput opens what one direction comes from.
func openInput(ctx context.Context, path string) (*hw.Input, error) {
	if network, addr, ok := strings.Cut(path, ":"); ok && (network == "unix" || network == "tcp") {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return hw.ConnInput(c), nil
	}
	return hw.OpenInput(path, 0)
}
