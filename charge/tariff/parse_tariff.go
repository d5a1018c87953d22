package tariff

import (
	"fmt"
	"slices"
	"strings"

	"c7mon/charge"
	"c7mon/yamlfile"
)

// A tariff is a table of bands in time.
type tariff struct {
	name    string
	network int  // in the book's list, 0 for the home network
	inward  bool // of incoming calls: the home network's elements, divided by e3 (5.2)
	style   style
	bands   []band
	week    [dayTypes][]stretch
}

// A style is how the bands of a tariff are written, which decides what an interval under way costs at the end of a call.
type style uint8

const (
	noStyle   style = iota
	completed       // elements as they are: intervals count when they are over
	begun           // in a carrier's terms: a block counts when it has begun
)

// A band is what a call costs at some times of some days.
type band struct {
	days  [dayTypes]bool
	hours []span
	text  string // days and hours, and the network where it is not home, for explanations

	// What the network would send: first at the charging point, with e7 and e4; then at the same moment, where it has any
	// element; change when the band begins in mid-call.
	first, then, change charge.CAI
	initial, interval   int64 // e7 and e2, in ticks of a tenth of a second
}

// A span is part of a day in minutes, the last not included.
type span struct{ from, to int }

// tariff reads one tariff.
func (p *sections) tariff(n yamlfile.Node) {
	o := p.object(n, "tariff", "name", "network", "direction", "bands")
	if o == nil {
		return
	}
	t := tariff{name: p.name(o)}
	if t.name != "" {
		o.What = "tariff " + t.name
		if p.tariffOf(t.name) >= 0 {
			o.Errorf("name", "%q stands twice: give each tariff its own", t.name)
		}
	}
	if s := o.Text("network"); s != "" {
		t.network = slices.IndexFunc(p.b.networks, func(w network) bool { return w.name == s })
		if t.network < 0 {
			o.Errorf("network", "there is no network %q: add it under networks", s)
			t.network = 0
		}
	}
	switch s := o.Text("direction"); s {
	case "incoming":
		t.inward = true
	case "outgoing", "":
	default:
		o.Errorf("direction", "%q: outgoing or incoming is needed", s)
	}
	if o.Has("direction") && !o.Has("network") {
		p.doubts.Errorf(o.At("direction"), "tariff %s: direction makes no difference at home: add the network that it is about", t.name)
	}
	var nodes []yamlfile.Node
	for _, n := range o.List("bands") {
		if p.band(n, &t) {
			nodes = append(nodes, n)
		}
	}
	if len(t.bands) == 0 && (!o.Has("bands") || yamlfile.Describe(o.Values["bands"]) == "a list") {
		o.Errorf("bands", "is missing: add one with cai or blocks; without days and hours it is always in force")
	}
	p.b.tariffs = append(p.b.tariffs, t)
	p.nodes, p.heads = append(p.nodes, nodes), append(p.heads, n)
}

func (p *sections) tariffOf(name string) int {
	return slices.IndexFunc(p.b.tariffs, func(t tariff) bool { return t.name == name })
}

// band reads one band of a tariff; ok is false where it is none.
func (p *sections) band(n yamlfile.Node, t *tariff) (ok bool) {
	what := "band"
	if t.name != "" {
		what = "tariff " + t.name + ": band"
	}
	o := p.object(n, what, "days", "hours", "cai", "blocks")
	if o == nil {
		return false
	}
	var b band
	days, hours := p.bandDays(o, &b), p.bandHours(o, &b)
	b.text = strings.TrimSpace(strings.Join(texts(days), ", ") + " " + strings.Join(texts(hours), ", "))
	how := noStyle
	_, cai := o.Values["cai"]
	_, inBlocks := o.Values["blocks"]
	switch {
	case cai && inBlocks:
		o.Errorf("blocks", "beside cai: write a band in one of the two ways")
	case cai:
		how = completed
	case inBlocks:
		how = begun
	default:
		p.Errorf(n, "%s: cai or blocks is missing: add one; {} is a free band", what)
	}
	switch {
	case how == noStyle:
	case t.style == noStyle:
		t.style = how
	case t.style != how:
		p.Errorf(n, "%s: cai and blocks in one tariff: write all of its bands in one of the two ways", what)
		how = noStyle
	}
	t.bands = append(t.bands, b)
	switch how {
	case completed:
		p.cai(o, t)
	case begun:
		p.inBlocks(o, t)
	}
	return true
}

func texts(list []yamlfile.Scalar) []string {
	all := make([]string, len(list))
	for i := range list {
		all[i] = list[i].Text
	}
	return all
}

// bandDays reads the types of day, all where the key is not there, and gives them as written.
func (p *sections) bandDays(o *yamlfile.Object, b *band) []yamlfile.Scalar {
	if !o.Has("days") {
		b.days = [dayTypes]bool{true, true, true}
		return nil
	}
	list := o.Scalars("days")
	for _, s := range list {
		d := slices.Index(dayNames[:], s.Text)
		if d < 0 {
			p.Errorf(s.Node, "%s: days: %q: one of %s is needed", o.What, s.Text, strings.Join(dayNames[:], ", "))
			continue
		}
		if b.days[d] {
			p.Errorf(s.Node, "%s: days: %s stands twice: take one away", o.What, s.Text)
		}
		b.days[d] = true
	}
	return list
}

// bandHours reads the times of day, all of it where the key is not there, and gives them as written. A time that ends before
// it begins is two: up to midnight, and from midnight on of the same day.
func (p *sections) bandHours(o *yamlfile.Object, b *band) []yamlfile.Scalar {
	if !o.Has("hours") {
		b.hours = []span{{0, dayMinutes}}
		return nil
	}
	if yamlfile.Describe(o.Values["hours"]) == "a list" {
		for _, n := range o.List("hours") {
			if yamlfile.Describe(n) == "a mapping" { // what [07:00-12:00, 13:00-23:00] is in YAML
				p.Errorf(n, "%s: hours: in a list each time needs quotes: [\"07:00-12:00\", \"13:00-23:00\"]", o.What)
				return nil
			}
		}
	}
	list := o.Scalars("hours")
	for _, s := range list {
		from, to, ok := parseHours(s.Text)
		switch {
		case !ok:
			p.Errorf(s.Node, "%s: hours: %q: two times of day are needed, such as 07:00-23:00, each in quotes in a list of several",
				o.What, s.Text)
		case from == to:
			p.Errorf(s.Node, "%s: hours: %s has no length: the whole day is 00:00-24:00", o.What, s.Text)
		case from < to:
			b.hours = append(b.hours, span{from, to})
		default:
			b.hours = append(b.hours, span{from, dayMinutes})
			if to > 0 {
				b.hours = append(b.hours, span{0, to})
			}
		}
	}
	return list
}

// parseHours reads two times of day with a hyphen between. 24:00 is the end of the day.
func parseHours(s string) (from, to int, ok bool) {
	a, b, two := strings.Cut(s, "-")
	from, ok1 := parseMinute(a)
	to, ok2 := parseMinute(b)
	return from, to, two && ok1 && ok2 && from < dayMinutes
}

func parseMinute(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	for _, i := range [...]int{0, 1, 3, 4} {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
	return h*60 + m, m < 60 && h*60+m <= dayMinutes
}

func minuteText(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// cai reads a band that is written in elements.
func (p *sections) cai(o *yamlfile.Object, t *tariff) {
	e := p.object(o.Values["cai"], o.What+": cai", "e1", "e2", "e4", "e5", "e6", "e7")
	if e == nil {
		return
	}
	var c charge.CAI
	for _, el := range [...]charge.Element{charge.E1, charge.E2, charge.E4, charge.E5, charge.E6, charge.E7} {
		s := e.Text(el.String())
		if s == "" {
			continue
		}
		var err error
		if c, err = c.Set(el, s); err != nil {
			p.Errorf(e.At(el.String()), "%s: %v: table 1 of TS 22.024", e.What, err)
		}
	}
	p.idle(e)
	p.elements(e, t, len(t.bands)-1, c)
}

// idle notes elements that charge nothing as they stand there.
func (p *sections) idle(e *yamlfile.Object) {
	timed := e.Has("e2") || e.Has("e7")
	switch {
	case e.Has("e1") && !timed:
		p.doubts.Errorf(e.At("e1"), "%s: e1 without e2: no interval is ever over, so that it charges nothing: add e2, in seconds", e.What)
	case timed && !e.Has("e1"):
		p.doubts.Errorf(e.Node, "%s: e2 and e7 without e1: intervals charge nothing: add e1, in units", e.What)
	}
	for _, key := range [...]string{"e5", "e6"} {
		if e.Has(key) {
			p.doubts.Errorf(e.At(key), "%s: %s: nothing on the lines counts segments, so that it charges nothing: take it away", e.What, key)
		}
	}
}

// elements completes a band with its elements, still in units of the network that sets them: it makes them what the network
// that charges sends, in three messages.
func (p *sections) elements(o *yamlfile.Object, t *tariff, i int, c charge.CAI) {
	e3 := p.b.networks[t.network].e3
	if e3 == 0 {
		return // it has its error already
	}
	convert := charge.Outgoing
	if t.inward {
		convert = charge.Incoming
	}
	c, err := convert(c, e3)
	if err != nil {
		p.Errorf(o.Node, "%s: divided by e3 of network %s: %v: table 1 and 5.2 of TS 22.024", o.What, p.b.networks[t.network].name, err)
		return
	}
	b := &t.bands[i]
	if n := p.b.networks[t.network]; t.network > 0 {
		roaming := "in units of " + n.name + ", 5.1"
		if t.inward {
			roaming = "divided by e3 of " + n.name + ", 5.2"
		}
		b.text = strings.TrimPrefix(b.text+"; "+roaming, "; ")
	}
	b.initial, _ = c.Get(charge.E7)
	b.interval, _ = c.Get(charge.E2)
	e1, _ := c.Get(charge.E1)
	b.first = c
	if t.style == begun && b.interval > 0 {
		// The first block is paid by e4 already, so the interval that e7 times costs nothing.
		b.first = c.Without(charge.E1)
		b.then, _ = b.then.With(charge.E1, e1)
	}
	b.change = c.Without(charge.E4)
	// What a band does not say is zero, not what the band before had. Calls on circuits have no data: e5 and e6 stay as they are.
	for _, v := range [...]struct {
		e     charge.Element
		steps int64
	}{{charge.E1, e1}, {charge.E2, b.interval}, {charge.E7, 0}} {
		b.change, _ = b.change.With(v.e, v.steps) // in range, for c has them
	}
}
