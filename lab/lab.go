// Package lab is a synthetic SS7 network: it takes the name of a scenario and a seed and writes a capture of its signalling
// links, the same octets on every machine, and tells the calls that it made.
package lab

import (
	"errors"
	"fmt"
	"io"

	"c7mon/wire"
)

// Info names a scenario.
type Info struct {
	Name string
	Doc  string // one line
}

// scenario makes the network and the traffic of an engine whose chance and line are there.
type scenario struct {
	Info
	link  string // form where none is asked for
	sized bool   // the scenario takes Options.MSUs
	set   func(e *engine, o *Options) (from wire.Time, err error)
}

// scenarios are in the order in which they are listed.
var scenarios = [...]scenario{
	{Info{"oct2003", "a province's week, 12 to 18 October 2003 (UTC+7): 1,372 failed IDD and 1,013 failed VoIP calls among the others"},
		"mtp2-phdr", false, setOct2003},
	{Info{"load", "calls on many circuits and links, hundreds up at once, for measuring speed"},
		"mtp2-phdr", true, setLoad},
	{Info{"basic", "one answered call and one to a busy party"},
		"mtp2-phdr", false, setBasic},
	{Info{"faults", "one of each thing that goes wrong: resets, dual seizure, blocking, lost messages, calls cut by the capture"},
		"mtp2-phdr", false, setFaults},
}

// Scenarios lists what Write can play.
func Scenarios() []Info {
	list := make([]Info, len(scenarios))
	for i, s := range scenarios {
		list[i] = s.Info
	}
	return list
}

// Links lists the link forms: a signalling unit of MTP2 without and with pseudo-header (link types 140 and 139), MTP3 (141),
// and M3UA over SCTP over IPv4 over Ethernet.
func Links() []string { return []string{"mtp2", "mtp2-phdr", "mtp3", "m3ua"} }

// Options say what to write. Zero values take what the scenario has by default.
type Options struct {
	Scenario string
	Seed     uint64
	Calls    int    // calls; in oct2003 those beside the IDD and VoIP ones, whose numbers are fixed
	MSUs     int    // messages of the user part after which the capture stops, with calls still up (load only)
	Link     string // one of Links

	Call func(*Call) // is given each call when it has ended; the value is used again afterwards
}

// Summary is what was written.
type Summary struct {
	Scenario, Link string
	Frames, Bytes  uint64 // frames and octets of the capture
	MSUs           int    // messages of the user part
	Calls          int    // calls that ended
	Open           int    // calls still up at the end
	Blocked        int    // calls that found no idle circuit and were never seen on a link
	First, Last    wire.Time
}

// Write plays a scenario and writes its capture to w: pcap with nanoseconds, or pcapng with an interface for each link where
// the form mtp2 could not say otherwise which link a unit was on. An error names the option that is wrong, or is w's.
func Write(w io.Writer, o Options) (Summary, error) {
	s, err := find(o.Scenario)
	if err != nil {
		return Summary{}, err
	}
	switch {
	case o.Calls < 0 || o.MSUs < 0:
		return Summary{}, errors.New("calls and msus cannot be below 0")
	case o.MSUs > 0 && !s.sized:
		return Summary{}, fmt.Errorf("scenario %s ends when its calls do: msus is for load", s.Name)
	}
	if o.Link == "" {
		o.Link = s.link
	}
	e := &engine{chance: newChance(s.Name, o.Seed), network: &network{}, truth: o.Call, limit: o.MSUs}
	from, err := s.set(e, &o)
	if err != nil {
		return Summary{}, err
	}
	out := &counter{w: w}
	if e.line, err = newLine(out, o.Link, e.network, newChance(s.Name+" line", o.Seed)); err != nil {
		return Summary{}, err
	}
	if err := e.line.begin(e, from); err != nil {
		return Summary{}, err
	}
	if err := e.run(); err != nil {
		return Summary{}, err
	}
	err = e.line.flush()
	sum := e.summary(s.Name, o.Link)
	sum.Bytes = out.n
	return sum, err
}

func find(name string) (*scenario, error) {
	names := ""
	for i := range scenarios {
		if scenarios[i].Name == name {
			return &scenarios[i], nil
		}
		names += " " + scenarios[i].Name
	}
	return nil, fmt.Errorf("scenario %q: there are%s", name, names)
}
