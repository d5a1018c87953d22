package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Parse reads a configuration; file stands in the errors. What a section says replaces what Default says of the same
// thing. The error is an Errors with everything that is wrong.
func Parse(file string, data []byte, pc PointCodes) (*Config, error) {
	p := sections{reader: reader{file: file}, c: Default(), pointCodes: pc}
	c := p.c
	top := p.object(p.parse(data), "configuration", "time_zone", "max_call", "numbering", "networks", "points",
		"link_sets", "trunk_groups", "services")
	if top == nil {
		return nil, p.errs
	}
	p.timing(top)
	p.numbering(top)
	for _, n := range top.list("networks") {
		p.network(n)
	}
	for _, n := range top.list("points") {
		p.point(n)
	}
	for _, n := range top.list("link_sets") {
		p.linkSet(n)
	}
	for _, n := range top.list("trunk_groups") {
		p.trunkGroup(n)
	}
	if top.has("services") {
		c.Services = nil
		for _, n := range top.list("services") {
			p.service(n)
		}
	}
	if len(p.errs) > 0 {
		p.errs.sort()
		return nil, p.errs
	}
	c.build()
	return c, nil
}

// sections reads the sections of the file one after the other; later ones refer to earlier ones.
type sections struct {
	reader
	c          *Config
	pointCodes PointCodes
	circuits   []takenCircuits
}

// takenCircuits is a range of circuits that a trunk group has.
type takenCircuits struct {
	pair circuitPair
	CICRange
	group *TrunkGroup
}

func (p *sections) timing(top *object) {
	if z := top.text("time_zone"); z != "" {
		loc, err := time.LoadLocation(z)
		if err != nil || z == "Local" {
			top.errorf("time_zone", "there is no zone %q: write a name such as Asia/Ho_Chi_Minh", z)
		}
		p.c.TimeZone, p.c.Zone = z, loc
	}
	if s := top.text("max_call"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < time.Minute {
			top.errorf("max_call", "%q: a time of at least 1m is needed, such as 24h or 90m", s)
		}
		p.c.MaxCall = d
	}
}

func (p *sections) numbering(top *object) {
	if !top.has("numbering") {
		return
	}
	o := p.object(top.values["numbering"], "numbering", "trunk_prefix", "international_prefix")
	if o == nil {
		return
	}
	for key, at := range map[string]*string{
		"trunk_prefix": &p.c.Numbering.TrunkPrefix, "international_prefix": &p.c.Numbering.InternationalPrefix,
	} {
		if o.has(key) {
			*at = strings.ToUpper(o.text(key))
			if !isDigits(*at) {
				o.errorf(key, "%q: digits are needed, 0-9 and A-E, or \"\" for none", *at)
			}
		}
	}
}

func (p *sections) network(n ast.Node) {
	o := p.object(n, "network", "key", "variant", "ni", "point_codes")
	if o == nil {
		return
	}
	w := Network{Key: p.key(o, "key"), Variant: o.needed("variant"), Form: o.text("point_codes"), NI: p.ni(o)}
	if w.Key != "" && slices.ContainsFunc(p.c.Networks, func(x Network) bool { return x.Key == w.Key }) {
		o.errorf("key", "%q stands twice: give each network its own", w.Key)
	}
	if w.Variant != "" {
		if _, err := p.pointCodes(w.Variant, "", ""); err != nil {
			p.errorf(o.at("variant"), "%s: %v", o.what, err)
			w.Variant = ""
		} else if _, err := p.pointCodes(w.Variant, w.Form, ""); err != nil {
			p.errorf(o.at("point_codes"), "%s: %v", o.what, err)
			w.Form = ""
		}
	}
	p.c.Networks = append(p.c.Networks, w)
}

func (p *sections) point(n ast.Node) {
	o := p.object(n, "point", "pc", "name", "operator", "network")
	if o == nil {
		return
	}
	w := p.networkOf(o)
	text := o.needed("pc")
	pt := Point{Name: o.text("name"), Operator: o.text("operator")}
	if w == nil || text == "" {
		return
	}
	pc, ok := p.code(o, o.at("pc"), "pc", w, text)
	if !ok {
		return
	}
	pt.Address = Address{w.Key, pc}
	for _, other := range p.c.Points {
		if other.Address == pt.Address {
			o.errorf("pc", "%s of network %s stands twice: take one away", text, w.Key)
		}
		if pt.Name != "" && other.Name == pt.Name {
			o.errorf("name", "%q stands twice: give each point its own", pt.Name)
		}
	}
	p.c.Points = append(p.c.Points, pt)
}

func (p *sections) linkSet(n ast.Node) {
	o := p.object(n, "link set", "name", "network", "variant", "points", "links")
	if o == nil {
		return
	}
	s := LinkSet{Name: p.key(o, "name"), Variant: o.text("variant")}
	if s.Variant != "" {
		if _, err := p.pointCodes(s.Variant, "", ""); err != nil {
			p.errorf(o.at("variant"), "%s: %v", o.what, err)
		}
	}
	if o.has("network") || o.has("points") {
		if w := p.networkOf(o); w != nil {
			s.Network = w.Key
			switch {
			case s.Variant == "":
				s.Variant = w.Variant
			case w.Variant != "" && s.Variant != w.Variant:
				o.errorf("variant", "%s, but network %s is %s: take variant away or name another network", s.Variant, w.Key,
					w.Variant)
			}
			if pair, ok := p.pair(o, w); ok {
				s.Points = pair[:]
			}
		}
	}
	for _, l := range o.scalars("links") {
		for _, other := range append(p.c.LinkSets, s) {
			if slices.Contains(other.Links, l.text) {
				p.errorf(l.node, "link set: links: %q is in link set %s already: take one away", l.text, other.Name)
			}
		}
		s.Links = append(s.Links, l.text)
	}
	if len(s.Links) == 0 && !o.has("links") {
		o.errorf("links", "is missing: name the lines as c7mon decode shows them, links: [\"0\"]")
	}
	if s.Name != "" && slices.ContainsFunc(p.c.LinkSets, func(x LinkSet) bool { return x.Name == s.Name }) {
		o.errorf("name", "%q stands twice: give each link set its own", s.Name)
	}
	p.c.LinkSets = append(p.c.LinkSets, s)
}

func (p *sections) trunkGroup(n ast.Node) {
	o := p.object(n, "trunk group", "key", "network", "ni", "points", "cic", "direction")
	if o == nil {
		return
	}
	g := TrunkGroup{Key: p.key(o, "key"), NI: p.ni(o), Direction: o.text("direction")}
	if g.Direction != "" && !slices.Contains([]string{"both", "forth", "back"}, g.Direction) {
		o.errorf("direction", "%q: one of both, forth (seized by the first point alone), back is needed", g.Direction)
	}
	if g.Key != "" && slices.ContainsFunc(p.c.TrunkGroups, func(x TrunkGroup) bool { return x.Key == g.Key }) {
		o.errorf("key", "%q stands twice: give each trunk group its own", g.Key)
	}
	if !o.has("points") {
		o.errorf("points", "is missing: name the two ends, points: [A, B]")
	}
	if !o.has("cic") {
		o.errorf("cic", "is missing: give the circuits, cic: [1-15, 17-31]")
	}
	w := p.networkOf(o)
	if w == nil {
		return
	}
	pair, ok := p.pair(o, w)
	g.Points = pair
	for _, s := range o.scalars("cic") {
		from, to, good := span(s.text)
		if !good {
			p.errorf(s.node, "trunk group: cic: %q: a circuit or a range is needed, such as 7 or 1-31", s.text)
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
func (p *sections) take(s scalar, g *TrunkGroup, r CICRange) {
	mine := takenCircuits{g.pair(), r, g}
	for _, t := range p.circuits {
		apart := len(t.group.NI) > 0 && len(g.NI) > 0 &&
			!slices.ContainsFunc(g.NI, func(ni uint8) bool { return slices.Contains(t.group.NI, ni) })
		if t.pair == mine.pair && !apart && r.From <= t.To && t.From <= r.To {
			p.errorf(s.node, "trunk group: cic: %s: circuit %d is in trunk group %s already: a circuit has one group",
				s.text, max(r.From, t.From), t.group.Key)
			break
		}
	}
	p.circuits = append(p.circuits, mine)
}

// ni gives the network indicators of a network or trunk group, none where the key is not there.
func (p *sections) ni(o *object) []uint8 {
	var all []uint8
	for _, s := range o.scalars("ni") {
		ni, ok := indicators[s.text]
		if !ok {
			p.errorf(s.node, "%s: ni: %q: 0 (international), 1, 2 (national) or 3 is needed", o.what, s.text)
			continue
		}
		all = append(all, ni)
	}
	return all
}

// indicators are the network indicators as they may be written, Q.704 14.2.2.
var indicators = map[string]uint8{"0": 0, "1": 1, "2": 2, "3": 3, "international": 0, "national": 2}

// networkOf gives the network that an entry names, or the only one that there is.
func (p *sections) networkOf(o *object) *Network {
	name := o.text("network")
	keys := make([]string, len(p.c.Networks))
	for i := range p.c.Networks {
		if keys[i] = p.c.Networks[i].Key; keys[i] == name {
			return &p.c.Networks[i]
		}
	}
	switch {
	case len(keys) == 0:
		o.errorf("network", "there are no networks: add networks: with key and variant")
	case name != "":
		o.errorf("network", "there is no network %q: one of %s", name, strings.Join(keys, ", "))
	case len(keys) > 1:
		o.errorf("network", "is missing: one of %s", strings.Join(keys, ", "))
	default:
		return &p.c.Networks[0]
	}
	return nil
}

// code reads a point code of a network; ok is false and the error noted where it is none.
func (p *sections) code(o *object, n ast.Node, key string, w *Network, text string) (uint32, bool) {
	if w.Variant == "" {
		return 0, false // its own error is noted
	}
	pc, err := p.pointCodes(w.Variant, w.Form, text)
	if err != nil {
		p.errorf(n, "%s: %s: %v", o.what, key, err)
	}
	return pc, err == nil
}

// address reads a point by its name or its code.
func (p *sections) address(o *object, s scalar, key string, w *Network) (Address, bool) {
	for i := range p.c.Points {
		if pt := &p.c.Points[i]; pt.Name == s.text && (w == nil || pt.Network == w.Key) {
			return pt.Address, true
		}
	}
	if w == nil {
		p.errorf(s.node, "%s: %s: there is no point named %q: add it under points", o.what, key, s.text)
		return Address{}, false
	}
	if s.text[0] < '0' || s.text[0] > '9' {
		p.errorf(s.node, "%s: %s: there is no point named %q in network %s: add it under points or write its code", o.what, key,
			s.text, w.Key)
		return Address{}, false
	}
	pc, ok := p.code(o, s.node, key, w, s.text)
	return Address{w.Key, pc}, ok
}

// pair reads the two points of a link set or trunk group.
func (p *sections) pair(o *object, w *Network) (pair [2]Address, ok bool) {
	if !o.has("points") {
		return pair, false
	}
	ends := o.scalars("points")
	if len(ends) != 2 {
		o.errorf("points", "%d of them: two are needed, points: [A, B]", len(ends))
		return pair, false
	}
	ok = true
	for i, s := range ends {
		a, good := p.address(o, s, "points", w)
		pair[i], ok = a, ok && good
	}
	if ok && pair[0] == pair[1] {
		o.errorf("points", "both ends are the same point: two are needed")
		ok = false
	}
	return pair, ok
}

// key reads a name that stands in records: no spaces, commas or quotes.
func (p *sections) key(o *object, key string) string {
	s := o.needed(key)
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == ',' || r == '"' || r == ';' || r == 0x7f }) {
		o.errorf(key, "%q: no spaces, commas or quotes: it stands in records and tables", s)
	}
	return s
}

func isDigits(s string) bool {
	for i := range len(s) {
		if digitValue(s[i]) < 0 {
			return false
		}
	}
	return true
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
