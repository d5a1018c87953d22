package config

import (
	"slices"
	"strings"
	"time"

	"c7mon/yamlfile"
)

// Parse reads a configuration; file stands in the errors. What a section says replaces what Default says of the same
// thing. The error is an Errors with everything that is wrong.
func Parse(file string, data []byte, pc PointCodes) (*Config, error) {
	p := sections{Reader: yamlfile.Reader{File: file}, c: Default(), pointCodes: pc}
	c := p.c
	top := p.Object(p.Parse(data), "configuration", "time_zone", "max_call", "numbering", "networks", "points",
		"link_sets", "trunk_groups", "services", "sources", "charge")
	if top == nil {
		return nil, p.Errs
	}
	p.timing(top)
	p.numbering(top)
	p.charge(top)
	for _, n := range top.List("networks") {
		p.network(n)
	}
	for _, n := range top.List("points") {
		p.point(n)
	}
	for _, n := range top.List("sources") {
		p.source(n)
	}
	for _, n := range top.List("link_sets") {
		p.linkSet(n)
	}
	for _, n := range top.List("trunk_groups") {
		p.trunkGroup(n)
	}
	if top.Has("services") {
		c.Services = nil
		for _, n := range top.List("services") {
			p.service(n)
		}
	}
	if len(p.Errs) > 0 {
		p.Errs.Sort()
		return nil, p.Errs
	}
	c.build()
	return c, nil
}

// sections reads the sections of the file one after the other; later ones refer to earlier ones.
type sections struct {
	yamlfile.Reader
	c          *Config
	pointCodes PointCodes
	circuits   []takenCircuits
}

func (p *sections) timing(top *yamlfile.Object) {
	if z := top.Text("time_zone"); z != "" {
		loc, err := time.LoadLocation(z)
		if err != nil || z == "Local" {
			top.Errorf("time_zone", "there is no zone %q: write a name such as Asia/Ho_Chi_Minh", z)
		}
		p.c.TimeZone, p.c.Zone = z, loc
	}
	if s := top.Text("max_call"); s != "" {
		d, err := time.ParseDuration(s)
		if err != nil || d < time.Minute {
			top.Errorf("max_call", "%q: a time of at least 1m is needed, such as 24h or 90m", s)
		}
		p.c.MaxCall = d
	}
}

func (p *sections) numbering(top *yamlfile.Object) {
	if !top.Has("numbering") {
		return
	}
	o := p.Object(top.Values["numbering"], "numbering", "trunk_prefix", "international_prefix", "country_code", "area_code",
		"access_codes")
	if o == nil {
		return
	}
	for key, at := range map[string]*string{
		"trunk_prefix": &p.c.Numbering.TrunkPrefix, "international_prefix": &p.c.Numbering.InternationalPrefix,
		"country_code": &p.c.Numbering.CountryCode, "area_code": &p.c.Numbering.AreaCode,
	} {
		if o.Has(key) {
			*at = strings.ToUpper(o.Text(key))
			if !isDigits(*at) {
				o.Errorf(key, "%q: digits are needed, 0-9 and A-E, or \"\" for none", *at)
			}
		}
	}
	if !o.Has("access_codes") {
		return
	}
	p.c.Numbering.AccessCodes = nil
	for _, s := range o.Scalars("access_codes") {
		if !isDigits(s.Text) {
			p.Errorf(s.Node, "numbering: access_codes: %q: digits are needed, 0-9 and A-E, or [] for none", s.Text)
		}
		p.c.Numbering.AccessCodes = append(p.c.Numbering.AccessCodes, s.Text)
	}
}

func (p *sections) network(n yamlfile.Node) {
	o := p.Object(n, "network", "key", "variant", "ni", "point_codes")
	if o == nil {
		return
	}
	w := Network{Key: p.key(o, "key"), Variant: o.Needed("variant"), Form: o.Text("point_codes"), NI: p.ni(o)}
	if w.Key != "" && slices.ContainsFunc(p.c.Networks, func(x Network) bool { return x.Key == w.Key }) {
		o.Errorf("key", "%q stands twice: give each network its own", w.Key)
	}
	if w.Variant != "" {
		if _, err := p.pointCodes(w.Variant, "", ""); err != nil {
			p.Errorf(o.At("variant"), "%s: %v", o.What, err)
			w.Variant = ""
		} else if _, err := p.pointCodes(w.Variant, w.Form, ""); err != nil {
			p.Errorf(o.At("point_codes"), "%s: %v", o.What, err)
			w.Form = ""
		}
	}
	p.c.Networks = append(p.c.Networks, w)
}

func (p *sections) point(n yamlfile.Node) {
	o := p.Object(n, "point", "pc", "name", "operator", "network")
	if o == nil {
		return
	}
	w := p.networkOf(o)
	text := o.Needed("pc")
	pt := Point{Name: o.Text("name"), Operator: o.Text("operator")}
	if w == nil || text == "" {
		return
	}
	pc, ok := p.code(o, o.At("pc"), "pc", w, text)
	if !ok {
		return
	}
	pt.Address = Address{w.Key, pc}
	for _, other := range p.c.Points {
		if other.Address == pt.Address {
			o.Errorf("pc", "%s of network %s stands twice: take one away", text, w.Key)
		}
		if pt.Name != "" && other.Name == pt.Name {
			o.Errorf("name", "%q stands twice: give each point its own", pt.Name)
		}
	}
	p.c.Points = append(p.c.Points, pt)
}

// ni gives the network indicators of a network or trunk group, none where the key is not there.
func (p *sections) ni(o *yamlfile.Object) []uint8 {
	var all []uint8
	for _, s := range o.Scalars("ni") {
		ni, ok := indicators[s.Text]
		if !ok {
			p.Errorf(s.Node, "%s: ni: %q: 0 (international), 1, 2 (national) or 3 is needed", o.What, s.Text)
			continue
		}
		all = append(all, ni)
	}
	return all
}

// indicators are the network indicators as they may be written, Q.704 14.2.2.
var indicators = map[string]uint8{"0": 0, "1": 1, "2": 2, "3": 3, "international": 0, "national": 2}

// networkOf gives the network that an entry names, or the only one that there is.
func (p *sections) networkOf(o *yamlfile.Object) *Network {
	name := o.Text("network")
	keys := make([]string, len(p.c.Networks))
	for i := range p.c.Networks {
		if keys[i] = p.c.Networks[i].Key; keys[i] == name {
			return &p.c.Networks[i]
		}
	}
	switch {
	case len(keys) == 0:
		o.Errorf("network", "there are no networks: add networks: with key and variant")
	case name != "":
		o.Errorf("network", "there is no network %q: one of %s", name, strings.Join(keys, ", "))
	case len(keys) > 1:
		o.Errorf("network", "is missing: one of %s", strings.Join(keys, ", "))
	default:
		return &p.c.Networks[0]
	}
	return nil
}

// code reads a point code of a network; ok is false and the error noted where it is none.
func (p *sections) code(o *yamlfile.Object, n yamlfile.Node, key string, w *Network, text string) (uint32, bool) {
	if w.Variant == "" {
		return 0, false // its own error is noted
	}
	pc, err := p.pointCodes(w.Variant, w.Form, text)
	if err != nil {
		p.Errorf(n, "%s: %s: %v", o.What, key, err)
	}
	return pc, err == nil
}

// address reads a point by its name or its code.
func (p *sections) address(o *yamlfile.Object, s yamlfile.Scalar, key string, w *Network) (Address, bool) {
	for i := range p.c.Points {
		if pt := &p.c.Points[i]; pt.Name == s.Text && (w == nil || pt.Network == w.Key) {
			return pt.Address, true
		}
	}
	if w == nil {
		p.Errorf(s.Node, "%s: %s: there is no point named %q: add it under points", o.What, key, s.Text)
		return Address{}, false
	}
	if s.Text[0] < '0' || s.Text[0] > '9' {
		p.Errorf(s.Node, "%s: %s: there is no point named %q in network %s: add it under points or write its code", o.What, key,
			s.Text, w.Key)
		return Address{}, false
	}
	pc, ok := p.code(o, s.Node, key, w, s.Text)
	return Address{w.Key, pc}, ok
}

// key reads a name that stands in records: no spaces, commas or quotes.
func (p *sections) key(o *yamlfile.Object, key string) string {
	s := o.Needed(key)
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == ',' || r == '"' || r == ';' || r == 0x7f }) {
		o.Errorf(key, "%q: no spaces, commas or quotes: it stands in records and tables", s)
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
