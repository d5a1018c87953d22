// Package lab is a synthetic SS7 network: it takes the name of a scenario and a seed and writes a capture of its signalling
// links, the same octets on every machine, and tells the calls that it made.
package lab

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

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
	link  string                         // form where none is asked for
	sized bool                           // the scenario takes Options.MSUs
	span  func(o *Options) time.Duration // how long it goes on, nearly
	set   func(e *engine, o *Options) (from wire.Time, err error)
}

// scenarios are in the order in which they are listed.
var scenarios = [...]scenario{
	{Info{"oct2003", "a province's week, 12 to 18 October 2003 (UTC+7): 1,372 failed IDD and 1,013 failed VoIP calls among the others"},
		"mtp2-phdr", false, lasting(7 * 24 * time.Hour), setOct2003},
	{Info{"load", "calls on many circuits and links, hundreds up at once, for measuring speed"},
		"mtp2-phdr", true, loadSpan, setLoad},
	{Info{"basic", "one answered call and one to a busy party"},
		"mtp2-phdr", false, lasting(4 * time.Minute), setBasic},
	{Info{"faults", "one of each thing that goes wrong: resets, dual seizure, blocking, lost messages, calls cut by the capture"},
		"mtp2-phdr", false, lasting(3 * time.Hour), setFaults},
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

// E1Forms lists the forms that are no capture but the bits of an E1 with CRC-4, whose timeslots 16, 1 to 15 and 17 to 28 are
// the links in their order, with fill-in between the messages, 30 and 31 speech, and the others idle: "e1" has both directions
// as records of an e1-tracer, "e1-raw" nothing but the frames that the near exchange sends, "timeslot" nothing but its octets
// of the first link. An hour of an E1 takes 2 GB, and half and a 64th of that in the other forms.
func E1Forms() []string { return []string{"e1", "e1-raw", "timeslot"} }

// Options say what to write. Zero values take what the scenario has by default.
type Options struct {
	Scenario string
	Seed     uint64
	Calls    int    // calls; in oct2003 those beside the IDD and VoIP ones, whose numbers are fixed
	MSUs     int    // messages of the user part after which the capture stops, with calls still up (load only)
	Link     string // one of Links or of E1Forms

	For   time.Duration // the capture ends after it, with calls still up, 0 for no such end
	Pause time.Duration // an E1 is not recorded where it has been idle for longer; 0 for a recording without pauses

	// Faults of an E1. Those of a number come from one to three seconds apart while the E1 lasts; a line without signal has
	// zeros.
	BitErrors float64 // share of the bits that are turned, 0 to 0.5
	Slips     int     // frames that are repeated or left out
	LOS       int     // times that a direction has no signal
	Swap      bool    // the directions change places

	Unit  func(*Unit) // is given each message when it has gone out on an E1; the octets are the caller's
	Fault func(Fault) // is given each slip and loss of signal
	Call  func(*Call) // is given each call when it has ended; the value is used again afterwards

	CDR *CDR // the call records of the near exchange, nil for none; the capture is the same with them and without
}

// Summary is what was written.
type Summary struct {
	Scenario, Link string
	Frames, Bytes  uint64 // frames (of an E1 those of 32 octets) and octets of the capture
	MSUs           int    // messages of the user part
	Calls          int    // calls that ended
	Open           int    // calls still up at the end
	Blocked        int    // calls that found no idle circuit and were never seen on a link
	Records        int    // call records of the switch
	First, Last    wire.Time
	Faults         Faults // of an E1
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
	if err := o.check(s); err != nil {
		return Summary{}, err
	}
	e := &engine{chance: newChance(s.Name, o.Seed), network: &network{}, truth: o.Call, limit: o.MSUs}
	from, err := s.set(e, &o)
	if err != nil {
		return Summary{}, err
	}
	if o.CDR != nil {
		e.records = newCDRSheet(o.CDR, newChance(s.Name+" cdr", o.Seed), from)
	}
	e.stop = math.MaxInt64
	if o.For > 0 {
		e.stop = from.Add(o.For)
	}
	out := &counter{w: w}
	if e.line, err = newLine(out, &o, e.network, newChance(s.Name+" line", o.Seed)); err != nil {
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
	if e.records != nil && err == nil {
		e.records.leftOver(e)
		err = e.records.write()
		sum.Records = e.records.rows
	}
	if l, ok := e.line.(*e1Line); ok {
		sum.Faults = l.faults.sum
	}
	return sum, err
}

// longestE1 is how long an E1 may go on when nobody said that it shall be long.
const longestE1 = 20 * time.Minute

// check says what is wrong with the options of the call records and of an E1.
func (o *Options) check(s *scenario) error {
	isE1 := slices.Contains(E1Forms(), o.Link)
	span := s.span(o)
	if o.CDR != nil {
		if err := o.CDR.check(); err != nil {
			return err
		}
	}
	switch {
	case o.For < 0 || o.Pause < 0 || o.Slips < 0 || o.LOS < 0:
		return errors.New("for, pause, slips and los cannot be below 0")
	case !(o.BitErrors == 0 || o.BitErrors >= 1e-9 && o.BitErrors <= 0.5):
		return fmt.Errorf("bit errors %g: 0, or from 1e-9 to 0.5", o.BitErrors)
	case !isE1 && (o.Pause > 0 || o.BitErrors > 0 || o.Slips > 0 || o.LOS > 0 || o.Swap):
		return errors.New("pause, bit-errors, slips, los and swap are for an E1: link e1, e1-raw or timeslot is needed")
	case o.Pause > 0 && o.Pause < time.Second/10:
		return fmt.Errorf("pause %v: 100ms is the least", o.Pause)
	case isE1 && o.For == 0 && o.Pause == 0 && span > longestE1:
		return fmt.Errorf("scenario %s goes on for %v, as an E1 %d MB: for or pause is needed", s.Name, span, int(span.Seconds()*e1Bytes)>>20)
	}
	return nil
}

// lasting is the span of a scenario that always takes as long.
func lasting(d time.Duration) func(*Options) time.Duration {
	return func(*Options) time.Duration { return d }
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
