package main

import (
	"c7mon/capture"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// A lineTest counts what is heard of each line, between a source and the monitor that reads it.
type lineTest struct {
	*monitor.Live
	lines  map[string]*testedLine
	events []*toldEvent
	told   map[toldKey]*toldEvent
	untold uint64                // events that are in neither
	found  map[string]*[3]string // what timeslots carry, by line and direction
	down   map[string]string     // sources that are down now, and why
	first  wire.Time
	last   wire.Time
	heardN uint64 // frames
	ip     uint64 // of them IP packets, which are of no line
}

// toldEvent is an event that has come at least once.
type toldEvent struct {
	line  string
	dir   wire.Direction
	text  string
	first wire.Time
	n     uint64
	count uint64
}

// toldKey tells events apart.
type toldKey struct {
	line string
	dir  wire.Direction
	text string
}

// testedLine is what was heard of both directions of a line.
type testedLine struct {
	name string
	dirs [3]testedDirection // by direction: forth, back, not known
	hash [2]map[uint64]int  // MSUs of each direction, for directions that are tied together
}

// testedDirection is what was heard of one direction.
type testedDirection struct {
	units, fill, status, messages, errored uint64
	octets                                 uint64 // of MSUs, with their check sequence and a flag
	basic, annexA                          bool   // there were units with sequence numbers of 7 bits, of 12
	linkStatus                             bool   // the last unit that was no message was an LSSU: what is left out is like it
	first, last                            wire.Time
	points                                 map[testedPoints]uint64
}

// testedPoints are the ends of MSUs.
type testedPoints struct {
	opc, dpc uint32
	ni       uint8
}

// Bounds of what a test remembers, however long it is.
const (
	mostHashes = 100_000 // messages of each direction of a line
	mostEvents = 1000    // events of different lines, or that say different things
)

func newLineTest(live *monitor.Live) *lineTest {
	return &lineTest{Live: live, lines: map[string]*testedLine{}, told: map[toldKey]*toldEvent{}, found: map[string]*[3]string{},
		down: map[string]string{}, first: wire.NoTime, last: wire.NoTime}
}

// Next gives the next frame and counts it.
func (t *lineTest) Next(f *capture.Frame) error {
	err := t.Live.Next(f)
	if err != nil || f.Payload == capture.LineEvent || f.Payload == capture.Tick && f.Repeats == 0 {
		return err
	}
	if f.Time.Known() && f.Payload != capture.Tick {
		if !t.first.Known() {
			t.first = f.Time
		}
		t.last = max(t.last, f.Time)
	}
	t.heardN++
	if f.Payload == capture.IP || f.Payload == capture.Other {
		t.ip++
		return nil
	}
	t.of(t.LineName(f)).dirs[dirIndex(f.Direction)].count(f)
	return nil
}

// dirIndex is the index of a direction in testedLine.dirs.
func dirIndex(d wire.Direction) int {
	if d == wire.NoDirection {
		return 2
	}
	return int(d & 1)
}

func (t *lineTest) of(name string) *testedLine {
	l := t.lines[name]
	if l == nil {
		l = &testedLine{name: name}
		t.lines[name] = l
	}
	return l
}

// count counts a frame, and the repeats that were left out before it.
func (d *testedDirection) count(f *capture.Frame) {
	begun := d.units > 0
	d.units += uint64(f.Repeats)
	if d.linkStatus {
		d.status += uint64(f.Repeats)
	} else {
		d.fill += uint64(f.Repeats)
	}
	if f.Payload == capture.Tick {
		return
	}
	d.units++
	if !begun {
		d.first = f.Time
	}
	d.last = f.Time
	switch f.Payload {
	case capture.Malformed:
		d.errored++
	case capture.MTP2, capture.MTP2Annex:
		d.unit(f)
	default:
		d.messages++
	}
}

// unit counts a signal unit by its kind.
func (d *testedDirection) unit(f *capture.Frame) {
	annexA := f.Payload == capture.MTP2Annex
	d.annexA, d.basic = d.annexA || annexA, d.basic || !annexA
	data := f.Data
	if f.FCS == capture.FCSThere && len(data) > 2 {
		data = data[:len(data)-2]
	}
	var unit mtp.SignalUnit
	if unit.Decode(data, annexA, f.Cut) != nil {
		return
	}
	switch unit.Kind {
	case mtp.FISU:
		d.fill++
		d.linkStatus = false
	case mtp.LSSU:
		d.status++
		d.linkStatus = true
	default:
		d.messages++
		d.octets += uint64(len(data) + 3)
	}
}

// heard takes each message, whose points and octets say whether the directions are right.
func (t *lineTest) heard(h *monitor.Heard) {
	l := t.of(h.Link)
	d := &l.dirs[dirIndex(h.MSU.Direction)]
	if d.points == nil {
		d.points = map[testedPoints]uint64{}
	}
	d.points[testedPoints{h.MSU.OPC, h.MSU.DPC, h.MSU.NI}]++
	if i := dirIndex(h.MSU.Direction); i < 2 {
		if l.hash[i] == nil {
			l.hash[i] = map[uint64]int{}
		}
		if len(l.hash[i]) < mostHashes {
			l.hash[i][h.MSU.Hash()]++
		}
	}
}

// event takes what happened; what comes again and again is counted.
func (t *lineTest) event(f *capture.Frame, line string) {
	e := f.Event
	if e.Kind == capture.EventFound {
		if t.found[line] == nil {
			t.found[line] = new([3]string)
		}
		t.found[line][dirIndex(f.Direction)] = e.Text
		return
	}
	if e.Kind == capture.EventDown {
		delete(t.down, line)
		if e.On {
			t.down[line] = e.Text
		}
	}
	k := toldEvent{line: line, dir: f.Direction, text: e.Kind.String(), first: f.Time}
	if e.Kind.Condition() || e.Kind == capture.EventNote || e.Kind == capture.EventClock {
		k.text, e.Count = e.String(), 0
	}
	key := toldKey{line, k.dir, k.text}
	told := t.told[key]
	if told == nil {
		if len(t.events) >= mostEvents {
			t.untold++
			return
		}
		told = &k
		t.told[key] = told
		t.events = append(t.events, told)
	}
	told.n++
	told.count += e.Count
}

// unreachable gives the error of a source of which nothing was heard because it is down, nil when that is not so.
func (t *lineTest) unreachable() error {
	if t.heardN > 0 {
		return nil
	}
	return downError(t.down)
}
