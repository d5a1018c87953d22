package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"c7mon/capture"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// A lineTest counts what is heard of each line, between a source and the monitor that reads it.
type lineTest struct {
	*monitor.Live
	lines  map[string]*testedLine
	events []string
	counts map[string]*toldEvent // of events that come often, by what they say
	found  map[string]*[3]string // what timeslots carry, by line and direction
	first  wire.Time
	last   wire.Time
	ip     uint64 // IP packets, which are of no line
}

// toldEvent is an event that has come at least once.
type toldEvent struct {
	n     uint64
	count uint64
}

// testedLine is what was heard of both directions of a line.
type testedLine struct {
	name string
	dirs [3]testedDirection // by direction: forth, back, not known
	hash [2]map[uint64]int  // MSUs of each direction, for directions that are tied together
}

// testedDirection is what was heard of one direction.
type testedDirection struct {
	units, fill, status, messages, errored, leftOut uint64
	octets                                          uint64 // of MSUs, with their check sequence and a flag
	annexA                                          bool
	first, last                                     wire.Time
	points                                          map[testedPoints]uint64
}

// testedPoints are the ends of MSUs.
type testedPoints struct {
	opc, dpc uint32
	ni       uint8
}

func newLineTest(live *monitor.Live) *lineTest {
	return &lineTest{Live: live, lines: map[string]*testedLine{}, counts: map[string]*toldEvent{}, found: map[string]*[3]string{}, first: wire.NoTime, last: wire.NoTime}
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

func (d *testedDirection) count(f *capture.Frame) {
	d.leftOut += uint64(f.Repeats)
	d.units += uint64(f.Repeats)
	d.fill += uint64(f.Repeats)
	if f.Payload == capture.Tick {
		return
	}
	d.units++
	if d.units == 1+uint64(f.Repeats) {
		d.first = f.Time
	}
	d.last = f.Time
	var unit mtp.SignalUnit
	d.annexA = d.annexA || f.Payload == capture.MTP2Annex
	switch {
	case f.Payload == capture.Malformed:
		d.errored++
	case f.Payload != capture.MTP2 && f.Payload != capture.MTP2Annex:
		d.messages++
	default:
		data := f.Data
		if f.FCS == capture.FCSThere && len(data) > 2 {
			data = data[:len(data)-2]
		}
		if unit.Decode(data, f.Payload == capture.MTP2Annex, f.Cut) != nil {
			return
		}
		switch unit.Kind {
		case mtp.FISU:
			d.fill++
		case mtp.LSSU:
			d.status++
		default:
			d.messages++
			d.octets += uint64(len(data) + 3)
		}
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
		if len(l.hash[i]) < 100_000 {
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
	where := line
	if f.Direction != wire.NoDirection {
		where += ", direction " + f.Direction.String()
	}
	if e.Kind.Condition() || e.Kind == capture.EventNote || e.Kind == capture.EventClock {
		text := where + ": " + e.String()
		if k := t.counts[text]; k != nil {
			k.n++
			return
		}
		t.counts[text] = &toldEvent{n: 1}
		t.events = append(t.events, text)
		return
	}
	text := where + ": " + e.Kind.String()
	k := t.counts[text]
	if k == nil {
		k = &toldEvent{}
		t.counts[text] = k
		t.events = append(t.events, text)
	}
	k.n++
	k.count += e.Count
}

func (t *lineTest) fault(*capture.Frame, error) {}

// write prints what was heard.
func (t *lineTest) write(w io.Writer, s *monitor.Summary, form mtp.PointCodeForm) error {
	var b strings.Builder
	if len(t.lines) == 0 && t.ip == 0 {
		b.WriteString("no frame was heard\n")
	}
	if t.ip > 0 {
		fmt.Fprintf(&b, "%d packets: %s\n", t.ip, strings.Join(countsOf(s.FramesBy), ", "))
	}
	for _, name := range sortedNames(t.lines) {
		t.lines[name].write(&b, form)
	}
	t.timeslots(&b)
	for _, warning := range t.warnings(form) {
		fmt.Fprintf(&b, "look: %s\n", warning)
	}
	for _, text := range t.events {
		k := t.counts[text]
		fmt.Fprintf(&b, "event: %s", text)
		if k.n > 1 {
			fmt.Fprintf(&b, ", %d times", k.n)
		}
		if k.count > 0 {
			fmt.Fprintf(&b, ", %d in all", k.count)
		}
		b.WriteByte('\n')
	}
	if s.Dropped > 0 {
		fmt.Fprintf(&b, "%d frames were dropped before they came here\n", s.Dropped)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// timeslots prints what each timeslot carries, and how that shows.
func (t *lineTest) timeslots(b *strings.Builder) {
	if len(t.found) == 0 {
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "TIMESLOT\tDIRECTION\tCARRIES\tEVIDENCE")
	for _, name := range sortedNames(t.found) {
		texts := t.found[name]
		for i, text := range texts {
			which := [...]string{"0", "1", "-"}[i]
			switch {
			case text == "", i == 1 && text == texts[0]:
				continue
			case i == 0 && text == texts[1]:
				which = "0, 1"
			}
			carries, evidence, _ := strings.Cut(text, ": ")
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, which, carries, evidence)
		}
	}
	w.Flush()
}

func countsOf(by map[string]uint64) (list []string) {
	for _, k := range sortedNames(by) {
		list = append(list, fmt.Sprintf("%s %d", k, by[k]))
	}
	return list
}

func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.SortFunc(names, naturally)
	return names
}

// naturally compares names in whose parts numbers are in their order: "0/2" comes before "0/16".
func naturally(a, b string) int {
	for a != "" && b != "" {
		x, y := leadingNumber(a), leadingNumber(b)
		if x > 0 && y > 0 {
			if c := cmp.Or(cmp.Compare(x, y), cmp.Compare(a[:x], b[:y])); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber is the number of digits at the head of s.
func leadingNumber(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// write prints one line of the test a direction.
func (l *testedLine) write(b *strings.Builder, form mtp.PointCodeForm) {
	fmt.Fprintf(b, "line %s\n", l.name)
	for i := range l.dirs {
		d := &l.dirs[i]
		if d.units == 0 && len(d.points) == 0 {
			if i < 2 && l.dirs[2].units == 0 && len(l.dirs[2].points) == 0 {
				fmt.Fprintf(b, "  direction %d  nothing\n", i)
			}
			continue
		}
		label := fmt.Sprintf("direction %d", i)
		if i == 2 {
			label = "no direction"
		}
		fmt.Fprintf(b, "  %s  %s\n", label, d.String())
		for _, p := range d.ends() {
			fmt.Fprintf(b, "    %s -> %s (NI %d): %s\n", form.Format(p.opc), form.Format(p.dpc), p.ni, count(int(d.points[p]), "message"))
		}
	}
}

// ends gives the points, those with most messages first.
func (d *testedDirection) ends() []testedPoints {
	var list []testedPoints
	for p := range d.points {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b testedPoints) int {
		return cmp.Or(cmp.Compare(d.points[b], d.points[a]), cmp.Compare(a.opc, b.opc), cmp.Compare(a.dpc, b.dpc), cmp.Compare(a.ni, b.ni))
	})
	return list[:min(len(list), 8)]
}

// String says how much was heard and how good it was.
func (d *testedDirection) String() string {
	seconds := d.last.Sub(d.first).Seconds()
	var parts []string
	if d.units > 0 {
		parts = append(parts, count(int(d.units), "signal unit"))
	}
	if seconds > 0 && d.units > 1 {
		parts = append(parts, fmt.Sprintf("%.1f a second", float64(d.units-1)/seconds))
	}
	if d.annexA {
		parts = append(parts, "12-bit sequence numbers")
	}
	parts = append(parts, fmt.Sprintf("%d fill-in, %d link status, %s", d.fill, d.status, count(int(d.messages), "message")))
	if seconds > 0 && d.octets > 0 {
		parts = append(parts, fmt.Sprintf("%.3f erlang at 64 kbit/s", float64(d.octets)*8/64000/seconds))
	}
	share := 0.0
	if d.units > 0 {
		share = float64(d.errored) * 100 / float64(d.units)
	}
	return strings.Join(append(parts, fmt.Sprintf("%d errored (%.3g %%)", d.errored, share)), ", ")
}
