// Package pseudowire takes packets of E1s that are carried over a packet network, SAToP and CESoPSN, as a network tap hears
// them or a capture file has them, and gives the frames of their lines.
package pseudowire

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"c7mon/capture"
	"c7mon/hw"
)

// Config is what the configuration says of a source. All its pseudowires are made alike; those made otherwise are another
// source of the same interface.
type Config struct {
	Interface string        `yaml:"interface"`       // network interface that a mirror port or tap is connected to, or
	File      string        `yaml:"file"`            // a capture file
	Buffer    string        `yaml:"buffer"`          // memory for packets that wait to be read: "64MiB" (default), 256KiB to 1GiB
	Stamps    bool          `yaml:"hardware_stamps"` // times from the interface where it can tell them
	Protocol  string        `yaml:"protocol"`        // satop: a whole E1, RFC 4553; cesopsn: timeslots, RFC 5086
	Timeslots []string      `yaml:"timeslots"`       // of cesopsn, those that are carried: "1-15", "17"
	CAS       bool          `yaml:"cas"`             // of cesopsn, the signalling of the timeslots follows them
	Payload   int           `yaml:"payload"`         // octets of the line in a packet; 0: as the packets have it
	RTP       string        `yaml:"rtp"`             // auto (default), none, before or after: where an RTP header stands to the control word
	Window    int           `yaml:"window"`          // packets within which order is made, from 1 to 512; default 16
	Ports     []int         `yaml:"ports"`           // UDP ports; all pseudowires with one of them are heard
	Lines     []Named       `yaml:"lines"`           // pseudowires with names of their own
	Line      hw.LineConfig `yaml:",inline"`
}

// Named is a pseudowire that the configuration names. Its ends are address and UDP port. A packet between the two addresses
// belongs to it when it goes to the port of its receiver or comes from that of its sender.
type Named struct {
	Name string `yaml:"name"` // of the line
	From string `yaml:"from"` // the end that sends in the direction forth: 10.0.0.1:2142
	To   string `yaml:"to"`   // the other
}

// Open makes a Source of the pseudowires. It opens nothing: the first Next does. The error names the key that is wrong.
//
// A line of SAToP is an E1, its links are "name/16"; timeslots of CESoPSN are "name/16" too. A pseudowire that Lines does
// not name is called by its ends, the lower first, and what that end sends is the direction forth.
func Open(c Config) (hw.Source, error) {
	d := &driver{conf: c, lines: &hw.Lines{}}
	if err := d.check(); err != nil {
		return nil, err
	}
	return hw.Keep(d.lines, d.dial), nil
}

// A driver makes sessions.
type driver struct {
	conf   Config
	lines  *hw.Lines
	format format
	named  []ends
	ports  map[uint16]bool
	buffer int // octets, 0: the default
}

// ends are those of a Named.
type ends struct {
	name     string
	from, to netip.AddrPort
}

const (
	defaultWindow = 16
	maxWindow     = history / 2
	maxPayload    = 65_000
)

func (d *driver) check() error {
	c := &d.conf
	switch {
	case (c.Interface == "") == (c.File == ""):
		return errors.New("interface: a network interface is needed, or a capture file in file")
	case len(c.Ports) == 0 && len(c.Lines) == 0:
		return errors.New("ports: the UDP ports of the pseudowires are needed, here or in lines")
	case c.Window < 0 || c.Window > maxWindow:
		return fmt.Errorf("window: %d: 1 to %d packets are needed", c.Window, maxWindow)
	}
	if c.Line.Clock == "stream" {
		return errors.New("clock: machine is needed: packets have times")
	}
	for _, f := range [...]func() error{d.checkFormat, d.checkLine, d.checkPorts, d.checkLive} {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

// checkFormat reads how the packets are made.
func (d *driver) checkFormat() error {
	c, f := &d.conf, &d.format
	switch c.Protocol {
	case "satop":
		f.satop, f.width = true, 32
		if len(c.Timeslots) > 0 || c.CAS {
			return errors.New("timeslots: satop carries all of an E1; timeslots and cas are for cesopsn")
		}
	case "cesopsn":
		var err error
		if f.timeslots, err = parseTimeslots(c.Timeslots); err != nil {
			return err
		}
		f.width, f.cas = len(f.timeslots), c.CAS
	default:
		return fmt.Errorf("protocol: %q: one of satop, cesopsn is needed", c.Protocol)
	}
	place := slices.Index([]string{"auto", "none", "before", "after"}, c.RTP)
	if place < 0 && c.RTP != "" {
		return fmt.Errorf("rtp: %q: one of auto, none, before, after is needed", c.RTP)
	}
	f.rtp = rtpPlace(max(place, 0))
	if c.Payload < 0 || c.Payload > maxPayload || c.Payload%f.width != 0 && !f.satop {
		return fmt.Errorf("payload: %d: a multiple of %d octets is needed", c.Payload, f.width)
	}
	f.payload, f.window = c.Payload, c.Window
	if f.window == 0 {
		f.window = defaultWindow
	}
	return nil
}

// checkLine reads the links.
func (d *driver) checkLine() (err error) {
	if d.format.links, err = d.conf.Line.LinkList(); err != nil || d.format.satop {
		return err
	}
	for _, l := range d.format.links {
		for _, t := range l.Timeslots {
			if !slices.Contains(d.format.timeslots, t) {
				return fmt.Errorf("links: %q: timeslot %d is not among timeslots", l.Name, t)
			}
		}
	}
	return nil
}

// checkPorts reads the ports and the ends of the lines.
func (d *driver) checkPorts() error {
	d.ports = map[uint16]bool{}
	for _, p := range d.conf.Ports {
		if p < 1 || p > 65535 {
			return fmt.Errorf("ports: %d: a UDP port from 1 to 65535 is needed", p)
		}
		d.ports[uint16(p)] = true
	}
	names := map[string]bool{}
	for _, l := range d.conf.Lines {
		e := ends{name: l.Name}
		if l.Name == "" || names[l.Name] {
			return fmt.Errorf("lines: name: %q: each line needs a name of its own", l.Name)
		}
		names[l.Name] = true
		var err error
		if e.from, err = parseEnd(l.From); err != nil {
			return fmt.Errorf("lines: %s: from: %w", l.Name, err)
		}
		if e.to, err = parseEnd(l.To); err != nil {
			return fmt.Errorf("lines: %s: to: %w", l.Name, err)
		}
		if e.from.Addr() == e.to.Addr() {
			return fmt.Errorf("lines: %s: from and to are the same host", l.Name)
		}
		d.named = append(d.named, e)
	}
	return nil
}

func parseEnd(text string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(text)
	if err != nil || a.Port() == 0 {
		return a, fmt.Errorf("%q: an address and a UDP port such as 10.0.0.1:2142 are needed", text)
	}
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port()), nil
}

// checkLive reads what an interface is opened with.
func (d *driver) checkLive() (err error) {
	if d.buffer, err = hw.Octets(d.conf.Buffer); err != nil {
		return fmt.Errorf("buffer: %w", err)
	}
	if d.conf.File != "" {
		return nil
	}
	return d.live().Check()
}

// live gives what an interface is opened with.
func (d *driver) live() capture.LiveOptions {
	ports := slices.Clone(d.conf.Ports)
	for _, e := range d.named {
		ports = append(ports, int(e.from.Port()), int(e.to.Port()))
	}
	slices.Sort(ports)
	return capture.LiveOptions{Interface: d.conf.Interface, Ports: slices.Compact(ports), Ring: d.buffer,
		HardwareStamps: d.conf.Stamps, Promiscuous: true}
}

// dial opens what the packets come from.
func (d *driver) dial(context.Context) (hw.Session, error) {
	r, err := hw.NewReceiver(d.lines, d.conf.Line)
	if err != nil {
		return nil, err
	}
	var src source
	if d.conf.File != "" {
		files, err := capture.Open([]string{d.conf.File}, capture.Options{})
		if err != nil {
			return nil, err
		}
		src = &fileSource{files: files}
	} else if src, err = capture.OpenLive(d.live()); err != nil {
		return nil, err
	}
	return newSession(d, r, src), nil
}

// parseTimeslots reads numbers and ranges, and gives them in the order of time.
func parseTimeslots(texts []string) (all []int, err error) {
	for _, text := range texts {
		slots, err := hw.Timeslots(text)
		if err != nil {
			return nil, fmt.Errorf("timeslots: %w", err)
		}
		for _, t := range slots {
			if slices.Contains(all, t) {
				return nil, fmt.Errorf("timeslots: %d stands twice", t)
			}
			all = append(all, t)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("timeslots: those that the pseudowires carry are needed")
	}
	slices.Sort(all)
	return all, nil
}
