package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"c7mon/yamlfile"
)

// takenCircuits is a range of circuits that a trunk group has.
type takenCircuits struct {
	pair circuitPair
	CICRange
	group *TrunkGroup
}

func (p *sections) linkSet(n yamlfile.Node) {
	o := p.Object(n, "link set", "name", "network", "variant", "points", "links")
	if o == nil {
		return
	}
	s := LinkSet{Name: p.key(o, "name"), Variant: o.Text("variant")}
	if s.Variant != "" {
		if _, err := p.pointCodes(s.Variant, "", ""); err != nil {
			p.Errorf(o.At("variant"), "%s: %v", o.What, err)
		}
	}
	if o.Has("network") || o.Has("points") {
		if w := p.networkOf(o); w != nil {
			s.Network = w.Key
			switch {
			case s.Variant == "":
				s.Variant = w.Variant
			case w.Variant != "" && s.Variant != w.Variant:
				o.Errorf("variant", "%s, but network %s is %s: take variant away or name another network", s.Variant, w.Key,
					w.Variant)
			}
			if pair, ok := p.pair(o, w); ok {
				s.Points = pair[:]
			}
		}
	}
	for _, l := range o.Scalars("links") {
		for _, other := range append(p.c.LinkSets, s) {
			if slices.Contains(other.Links, l.Text) {
				p.Errorf(l.Node, "link set: links: %q is in link set %s already: take one away", l.Text, other.Name)
			}
		}
		s.Links = append(s.Links, l.Text)
	}
	if len(s.Links) == 0 && !o.Has("links") {
		o.Errorf("links", "is missing: name the lines as c7mon decode shows them, links: [\"0\"]")
	}
	if s.Name != "" && slices.ContainsFunc(p.c.LinkSets, func(x LinkSet) bool { return x.Name == s.Name }) {
		o.Errorf("name", "%q stands twice: give each link set its own", s.Name)
	}
	p.c.LinkSets = append(p.c.LinkSets, s)
}

func (p *sections) trunkGroup(n yamlfile.Node) {
	o := p.Object(n, "trunk group", "key", "network", "ni", "points", "cic", "direction")
	if o == nil {
		return
	}
	g := TrunkGroup{Key: p.key(o, "key"), NI: p.ni(o), Direction: o.Text("direction")}
	if g.Direction != "" && !slices.Contains([]string{"both", "forth", "back"}, g.Direction) {
		o.Errorf("direction", "%q: one of both, forth (seized by the first point alone), back is needed", g.Direction)
	}
	if g.Key != "" && slices.ContainsFunc(p.c.TrunkGroups, func(x TrunkGroup) bool { return x.Key == g.Key }) {
		o.Errorf("key", "%q stands twice: give each trunk group its own", g.Key)
	}
	if !o.Has("points") {
		o.Errorf("points", "is missing: name the two ends, points: [A, B]")
	}
	if !o.Has("cic") {
		o.Errorf("cic", "is missing: give the circuits, cic: [1-15, 17-31]")
	}
	w := p.networkOf(o)
	if w == nil {
		return
	}
	pair, ok := p.pair(o, w)
	g.Points = pair
	for _, s := range o.Scalars("cic") {
		from, to, good := span(s.Text)
		if !good {
			p.Errorf(s.Node, "trunk group: cic: %q: a circuit or a range is needed, such as 7 or 1-31", s.Text)
			continue
		}
		r := CICRange{from, to}
		g.CIC = append(g.CIC, r)
		if ok {
			p.take(s, &g, r)
		}
	}
	p.c.TrunkGroups = append(p.c.TrunkGroups, g)
}

// take notes that a group has a range of circuits, and says so where another has some of them.
func (p *sections) take(s yamlfile.Scalar, g *TrunkGroup, r CICRange) {
	mine := takenCircuits{g.pair(), r, g}
	for _, t := range p.circuits {
		apart := len(t.group.NI) > 0 && len(g.NI) > 0 &&
			!slices.ContainsFunc(g.NI, func(ni uint8) bool { return slices.Contains(t.group.NI, ni) })
		if t.pair == mine.pair && !apart && r.From <= t.To && t.From <= r.To {
			p.Errorf(s.Node, "trunk group: cic: %s: circuit %d is in trunk group %s already: a circuit has one group",
				s.Text, max(r.From, t.From), t.group.Key)
			break
		}
	}
	p.circuits = append(p.circuits, mine)
}

// pair reads the two points of a link set or trunk group.
func (p *sections) pair(o *yamlfile.Object, w *Network) (pair [2]Address, ok bool) {
	if !o.Has("points") {
		return pair, false
	}
	ends := o.Scalars("points")
	if len(ends) != 2 {
		o.Errorf("points", "%d of them: two are needed, points: [A, B]", len(ends))
		return pair, false
	}
	ok = true
	for i, s := range ends {
		a, good := p.address(o, s, "points", w)
		pair[i], ok = a, ok && good
	}
	if ok && pair[0] == pair[1] {
		o.Errorf("points", "both ends are the same point: two are needed")
		ok = false
	}
	return pair, ok
}

// span reads a number or a range of two with a hyphen between.
func span(s string) (from, to uint32, ok bool) {
	a, b, two := strings.Cut(s, "-")
	lo, err1 := strconv.ParseUint(strings.TrimSpace(a), 10, 32)
	hi, err2 := lo, error(nil)
	if two {
		hi, err2 = strconv.ParseUint(strings.TrimSpace(b), 10, 32)
	}
	return uint32(lo), uint32(hi), cmp.Or(err1, err2) == nil && lo <= hi
}
