// Package gth takes the configuration of a Corelatus GTH or STH probe and gives what it hears on SS7 links as signal units
// and events of the lines. It tells the probe what to listen to over the probe's control protocol, and the probe connects
// back with the units.
package gth

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// Config says where the probe is and what it listens to.
type Config struct {
	Host       string `yaml:"host"`       // address of the probe, with or without a port; 2089 without
	Listen     string `yaml:"listen"`     // where the probe connects to: "0.0.0.0:4700"; default: any free port of the address from which the probe is reached
	Address    string `yaml:"address"`    // IPv4 address at which the probe reaches us; default: the address from which it is reached
	From       string `yaml:"from"`       // IP address from which the probe connects back where that is not that of host
	Monitoring *bool  `yaml:"monitoring"` // true (default): the inputs are at protected monitor points of -20 dB and need the gain; false: they are not
	Framing    string `yaml:"framing"`    // doubleframe or multiframe (CRC-4); default: as the probe is set
	Layer1     string `yaml:"layer1"`     // set (default): the inputs are enabled; leave: they are as somebody else has set them
	Repeats    string `yaml:"repeats"`    // probe (default): the probe leaves out FISUs and LSSUs like the one before; here: it sends them all, and they are counted and left out here
	Errored    bool   `yaml:"errored"`    // the probe sends errored signal units too
	Clock      string `yaml:"clock"`      // machine (default) or source, see hw.Clock
	Links      []Link `yaml:"links"`      // at least one
}

// A Link is one signalling link, heard on two inputs of the probe, one a direction.
type Link struct {
	Name  string `yaml:"name"`  // default: forth, or back where there is no forth
	Forth string `yaml:"forth"` // span and timeslots: "1A/16", n x 64 kbit/s as "1A/1-15+17-31"
	Back  string `yaml:"back"`  // the other direction
	ESNF  bool   `yaml:"esnf"`  // extended sequence numbers of 12 bits, Q.703 Annex A
}

// A port is timeslots of a span of the probe.
type port struct {
	span      string // "1A", "pcm55"
	timeslots []int  // in the order of time
}

// resource is the name by which the probe knows the span itself.
func (p *port) resource() string {
	if strings.HasPrefix(p.span, "pcm") {
		return p.span
	}
	return "pcm" + p.span
}

// A way is one direction of a link. Its place among all is the tag that its signal units bear.
type way struct {
	line  uint32
	dir   wire.Direction
	port  port
	esnf  bool
	units hw.Units // by the ms of the probe's clock
}

// probe is a configuration that has been checked, and what is remembered from one session to the next. It is for one
// goroutine.
type probe struct {
	host       string // with the port
	listen     string
	address    string
	from       netip.Addr
	monitoring bool
	framing    string
	layer1     bool
	all        bool // repeats come too
	errored    bool
	clock      hw.Clock
	ways       []way
	spans      map[string]capture.EventKind // by name of the resource: the condition that lasts, NoEvent without one
	last       wire.Time                    // Clock of the last frame

	wait time.Duration // for an answer, or the probe to connect back
	ping time.Duration // between two signs of life
}

// Open checks the configuration and gives the source; the first Next goes to the probe. An error names the key that is
// wrong and says what is needed.
func Open(c Config) (hw.Source, error) {
	lines := new(hw.Lines)
	p, err := newProbe(c, lines)
	if err != nil {
		return nil, err
	}
	return keep(lines, p), nil
}

// keep makes the source of a probe.
func keep(lines *hw.Lines, p *probe) *hw.Kept {
	return hw.Keep(lines, p.dial)
}

// controlPort is where a probe takes commands.
const controlPort = "2089"

func newProbe(c Config, lines *hw.Lines) (*probe, error) {
	lines.Add("") // the whole source is line 0
	p := &probe{listen: c.Listen, address: c.Address, monitoring: c.Monitoring == nil || *c.Monitoring, framing: c.Framing,
		errored: c.Errored, spans: map[string]capture.EventKind{}, last: wire.NoTime, wait: 10 * time.Second, ping: 5 * time.Second}
	var err error
	if p.clock, err = hw.NewClock(c.Clock); err != nil {
		return nil, err
	}
	if err = p.addresses(c); err != nil {
		return nil, err
	}
	if c.Framing != "" && c.Framing != "doubleframe" && c.Framing != "multiframe" {
		return nil, fmt.Errorf("framing: %q: doubleframe or multiframe is needed", c.Framing)
	}
	if p.layer1, err = either("layer1", c.Layer1, "set", "leave"); err != nil {
		return nil, err
	}
	probe, err := either("repeats", c.Repeats, "probe", "here")
	if err != nil {
		return nil, err
	}
	p.all = !probe
	return p, p.links(c.Links, lines)
}

// either reads a key that is one of two, the first by default.
func either(key, have, first, second string) (bool, error) {
	switch have {
	case "", first:
		return true, nil
	case second:
		return false, nil
	}
	return false, fmt.Errorf("%s: %q: %s or %s is needed", key, have, first, second)
}

// addresses checks who is where.
func (p *probe) addresses(c Config) error {
	host, number, err := net.SplitHostPort(c.Host)
	if err != nil {
		host, number = strings.Trim(c.Host, "[]"), controlPort
	}
	if _, perr := strconv.ParseUint(number, 10, 16); host == "" || strings.ContainsAny(host, " /") || perr != nil {
		return fmt.Errorf("host: %q: the address of the probe is needed, such as 172.16.1.10 or 172.16.1.10:2089", c.Host)
	}
	p.host = net.JoinHostPort(host, number)
	if c.Listen != "" {
		_, number, err := net.SplitHostPort(c.Listen)
		if _, perr := strconv.ParseUint(number, 10, 16); err != nil || perr != nil {
			return fmt.Errorf("listen: %q: an address and a port are needed, such as 0.0.0.0:4700", c.Listen)
		}
	}
	if c.Address != "" {
		if a, err := netip.ParseAddr(c.Address); err != nil || !a.Is4() {
			return fmt.Errorf("address: %q: an IPv4 address is needed, such as 172.16.1.20", c.Address)
		}
	}
	if c.From != "" {
		if p.from, err = netip.ParseAddr(c.From); err != nil {
			return fmt.Errorf("from: %q: an IP address is needed", c.From)
		}
	}
	return nil
}

// links makes the ways of the links.
func (p *probe) links(links []Link, lines *hw.Lines) error {
	if len(links) == 0 {
		return fmt.Errorf("links: at least one link is needed, such as {forth: 1A/16, back: 2A/16}")
	}
	names, taken := map[string]bool{}, map[string]bool{}
	for i, l := range links {
		if l.Forth == "" && l.Back == "" {
			return fmt.Errorf("links: link %d: forth or back is needed, such as 1A/16", i+1)
		}
		l.Name = cmp.Or(l.Name, l.Forth, l.Back)
		if names[l.Name] {
			return fmt.Errorf("links: name: %q stands twice", l.Name)
		}
		names[l.Name] = true
		line := lines.Add(l.Name)
		for dir, text := range [...]string{wire.Forth: l.Forth, wire.Back: l.Back} {
			if text == "" {
				continue
			}
			at, err := parsePort(text)
			if err != nil {
				return fmt.Errorf("links: %s: %s: %w", l.Name, [...]string{"forth", "back"}[dir], err)
			}
			for _, t := range at.timeslots {
				k := at.resource() + "/" + strconv.Itoa(t)
				if taken[k] {
					return fmt.Errorf("links: %s: timeslot %d of %s stands twice", l.Name, t, at.span)
				}
				taken[k] = true
			}
			p.ways = append(p.ways, way{line: line, dir: wire.Direction(dir), port: at, esnf: l.ESNF, units: hw.NewUnits(len(at.timeslots), l.ESNF, 1000)})
			p.spans[at.resource()] = capture.NoEvent
		}
	}
	if len(p.ways) > 1<<16 {
		return fmt.Errorf("links: more than %d directions", 1<<16)
	}
	return nil
}

// parsePort reads "1A/16" or "pcm55/1-15+17-31".
func parsePort(text string) (p port, err error) {
	span, slots, _ := strings.Cut(text, "/")
	if !spanName(span) {
		return p, fmt.Errorf("%q: a span and timeslots are needed, such as 1A/16 or pcm55/1-15+17-31", text)
	}
	p.span = span
	p.timeslots, err = hw.Timeslots(slots)
	return p, err
}

// spanName reports whether s can be the name of a span: digits and letters.
func spanName(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return s != ""
}
