package config

import (
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
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
func (p *sections) service(n ast.Node) {
	o := p.object(n, "service rule", "service", "called", "nature", "digits", "network", "trunk_group", "from", "to")
	if o == nil {
		return
	}
	u := Rule{Service: p.key(o, "service")}
	for _, s := range o.scalars("called") {
		prefix := strings.ToUpper(s.text)
		if !isDigits(prefix) {
			p.errorf(s.node, "service rule: called: %q: a prefix of digits is needed, 0-9 and A-E", s.text)
		}
		u.Called = append(u.Called, prefix)
	}
	u.Nature = p.natures(o)
	if s := o.text("digits"); s != "" {
		from, to, ok := span(s)
		if !ok || to == 0 || to > 1000 {
			o.errorf("digits", "%q: how many digits, such as 7 or 3-4, is needed", s)
		}
		u.MinDigits, u.MaxDigits = int(from), int(to)
	}
	for _, s := range o.scalars("network") {
		if !p.hasNetwork(s.text) {
			p.errorf(s.node, "service rule: network: there is no network %q: add it under networks", s.text)
		}
		u.Networks = append(u.Networks, s.text)
	}
	for _, s := range o.scalars("trunk_group") {
		if !p.hasTrunkGroup(s.text) {
			p.errorf(s.node, "service rule: trunk_group: there is no trunk group %q: add it under trunk_groups", s.text)
		}
		u.TrunkGroups = append(u.TrunkGroups, s.text)
	}
	u.From, u.To = p.ends(o, "from"), p.ends(o, "to")
	p.c.Services = append(p.c.Services, u)
}

// natures reads natures of address by name or code.
func (p *sections) natures(o *object) []uint8 {
	var all []uint8
	for _, s := range o.scalars("nature") {
		code, ok := natures[s.text]
		if !ok {
			n, err := strconv.ParseUint(s.text, 10, 7)
			if err != nil {
				p.errorf(s.node, "service rule: nature: %q: one of subscriber, unknown, national, international, "+
					"network_specific or a code from 0 to 127 is needed", s.text)
				continue
			}
			code = uint8(n)
		}
		all = append(all, code)
	}
	return all
}

// ends reads the points of one end of a rule's direction. A code alone is one of the only network.
func (p *sections) ends(o *object, key string) []Address {
	var only *Network
	if len(p.c.Networks) == 1 {
		only = &p.c.Networks[0]
	}
	var all []Address
	for _, s := range o.scalars(key) {
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
