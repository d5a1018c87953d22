package config

import (
	"strconv"
	"strings"

	"c7mon/yamlfile"
)

// natures are the names of nature of address that rules may use, Q.763 3.9 c; other codes are written as numbers.
var natures = map[string]uint8{
	"subscriber":       natureSubscriber,
	"unknown":          natureUnknown,
	"national":         natureNational,
	"international":    natureInternational,
	"network_specific": natureNetworkSpecific,
}

// service reads a service rule.
func (p *sections) service(n yamlfile.Node) {
	o := p.Object(n, "service rule", "service", "called", "nature", "digits", "network", "trunk_group", "from", "to")
	if o == nil {
		return
	}
	u := Rule{Service: p.key(o, "service")}
	for _, s := range o.Scalars("called") {
		prefix := strings.ToUpper(s.Text)
		if !isDigits(prefix) {
			p.Errorf(s.Node, "service rule: called: %q: a prefix of digits is needed, 0-9 and A-E", s.Text)
		}
		u.Called = append(u.Called, prefix)
	}
	u.Nature = p.natures(o)
	if s := o.Text("digits"); s != "" {
		from, to, ok := span(s)
		if !ok || to == 0 || to > 1000 {
			o.Errorf("digits", "%q: how many digits, such as 7 or 3-4, is needed", s)
		}
		u.MinDigits, u.MaxDigits = int(from), int(to)
	}
	for _, s := range o.Scalars("network") {
		if !p.hasNetwork(s.Text) {
			p.Errorf(s.Node, "service rule: network: there is no network %q: add it under networks", s.Text)
		}
		u.Networks = append(u.Networks, s.Text)
	}
	for _, s := range o.Scalars("trunk_group") {
		if !p.hasTrunkGroup(s.Text) {
			p.Errorf(s.Node, "service rule: trunk_group: there is no trunk group %q: add it under trunk_groups", s.Text)
		}
		u.TrunkGroups = append(u.TrunkGroups, s.Text)
	}
	u.From, u.To = p.ends(o, "from"), p.ends(o, "to")
	p.c.Services = append(p.c.Services, u)
}

// natures reads natures of address by name or code.
func (p *sections) natures(o *yamlfile.Object) []uint8 {
	var all []uint8
	for _, s := range o.Scalars("nature") {
		code, ok := natures[s.Text]
		if !ok {
			n, err := strconv.ParseUint(s.Text, 10, 7)
			if err != nil {
				p.Errorf(s.Node, "service rule: nature: %q: one of subscriber, unknown, national, international, "+
					"network_specific or a code from 0 to 127 is needed", s.Text)
				continue
			}
			code = uint8(n)
		}
		all = append(all, code)
	}
	return all
}

// ends reads the points of one end of a rule's direction. A code alone is one of the only network.
func (p *sections) ends(o *yamlfile.Object, key string) []Address {
	var only *Network
	if len(p.c.Networks) == 1 {
		only = &p.c.Networks[0]
	}
	var all []Address
	for _, s := range o.Scalars(key) {
		if a, ok := p.address(o, s, key, only); ok {
			all = append(all, a)
		}
	}
	return all
}

func (p *sections) hasNetwork(key string) bool {
	for i := range p.c.Networks {
		if p.c.Networks[i].Key == key {
			return true
		}
	}
	return key == DefaultNetwork
}

func (p *sections) hasTrunkGroup(key string) bool {
	for i := range p.c.TrunkGroups {
		if p.c.TrunkGroups[i].Key == key {
			return true
		}
	}
	return false
}
