package config

import (
	"slices"
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
		"link_sets", "trunk_groups", "services", "sources")
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
	for _, n := range top.list("sources") {
		p.source(n)
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
