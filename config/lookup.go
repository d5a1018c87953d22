package config

import (
	"cmp"
	"slices"
	"strings"
)

type niPoint struct {
	ni uint8
	pc uint32
}

type circuitPair struct {
	network   string
	low, high uint32
}

// A circuitRange is one range of a trunk group.
type circuitRange struct {
	CICRange
	group *TrunkGroup
}

type linkPrefix struct {
	text string
	set  *LinkSet
}

// build makes the tables that the questions are answered from.
func (c *Config) build() {
	c.fallback = Network{Key: DefaultNetwork}
	c.buildNetworks()
	c.points = make(map[Address]*Point, len(c.Points))
	for i := range c.Points {
		c.points[c.Points[i].Address] = &c.Points[i]
	}
	c.circuits = make(map[circuitPair][]circuitRange, len(c.TrunkGroups))
	for i := range c.TrunkGroups {
		g := &c.TrunkGroups[i]
		pair := g.pair()
		for _, r := range g.CIC {
			c.circuits[pair] = append(c.circuits[pair], circuitRange{r, g})
		}
		slices.SortStableFunc(c.circuits[pair], func(a, b circuitRange) int { return cmp.Compare(a.From, b.From) })
	}
	c.links = make(map[string]*LinkSet)
	for i := range c.LinkSets {
		s := &c.LinkSets[i]
		for _, name := range s.Links {
			if text, ok := strings.CutSuffix(name, "*"); ok {
				c.prefixes = append(c.prefixes, linkPrefix{text, s})
			} else {
				c.links[name] = s
			}
		}
	}
	c.rules = compile(c.Services)
}

// buildNetworks finds for each network indicator the network that it means, and where two or more networks share one,
// the points that tell them apart.
func (c *Config) buildNetworks() {
	c.byPoint = make(map[niPoint][]*Network)
	for ni := range uint8(4) {
		var here []*Network
		for i := range c.Networks {
			if n := &c.Networks[i]; n.hasNI(ni) {
				here = append(here, n)
			}
		}
		c.byNI[ni], c.niAlone[ni] = &c.fallback, len(here) <= 1
		if len(here) > 0 {
			c.byNI[ni] = here[0]
		}
		if c.niAlone[ni] {
			continue
		}
		for _, p := range c.Points {
			for _, n := range here {
				if n.Key == p.Network {
					k := niPoint{ni, p.PC}
					c.byPoint[k] = append(c.byPoint[k], n)
				}
			}
		}
	}
}

func (n *Network) hasNI(ni uint8) bool { return len(n.NI) == 0 || slices.Contains(n.NI, ni) }

func (g *TrunkGroup) pair() circuitPair {
	a, b := g.Points[0], g.Points[1]
	return circuitPair{a.Network, min(a.PC, b.PC), max(a.PC, b.PC)}
}

// Network gives the network of a message: where its network indicator is that of one network alone, that one; where
// several share it, the first that has both points, else one of them; else the first of the indicator. What is in none
// is in the network named DefaultNetwork, whose variant is empty. The result is never nil. A link set that names its
// network goes before this: see Link.
func (c *Config) Network(ni uint8, opc, dpc uint32) *Network {
	ni &= 3
	if c.niAlone[ni] {
		return c.byNI[ni]
	}
	from, to := c.byPoint[niPoint{ni, opc}], c.byPoint[niPoint{ni, dpc}]
	for _, n := range from {
		if slices.Contains(to, n) {
			return n
		}
	}
	switch {
	case len(from) > 0:
		return from[0]
	case len(to) > 0:
		return to[0]
	}
	return c.byNI[ni]
}

// NetworkOf gives the network of that key, nil where there is none.
func (c *Config) NetworkOf(key string) *Network {
	for i := range c.Networks {
		if c.Networks[i].Key == key {
			return &c.Networks[i]
		}
	}
	if key == DefaultNetwork {
		return &c.fallback
	}
	return nil
}

// TrunkGroup gives the key of the trunk group that has the circuit, "" where none has. The point codes may come in
// either order.
func (c *Config) TrunkGroup(network string, ni uint8, lowPC, highPC, cic uint32) string {
	if len(c.TrunkGroups) == 0 {
		return ""
	}
	for _, r := range c.circuits[circuitPair{network, min(lowPC, highPC), max(lowPC, highPC)}] {
		if cic >= r.From && cic <= r.To && (len(r.group.NI) == 0 || slices.Contains(r.group.NI, ni)) {
			return r.group.Key
		}
	}
	return ""
}

// Link gives the link set of a captured line or association, nil where none names it. An exact name goes before one
// that ends in *.
func (c *Config) Link(name string) *LinkSet {
	if s := c.links[name]; s != nil {
		return s
	}
	for _, p := range c.prefixes {
		if strings.HasPrefix(name, p.text) {
			return p.set
		}
	}
	return nil
}

// Variant gives the variant of a captured line or association: that of its link set, else that of the networks where
// all have the same. It is "" where the configuration does not say.
func (c *Config) Variant(link string) string {
	if s := c.Link(link); s != nil && s.Variant != "" {
		return s.Variant
	}
	variant := ""
	for i := range c.Networks {
		if v := c.Networks[i].Variant; variant != "" && v != variant {
			return ""
		} else {
			variant = v
		}
	}
	return variant
}

// Point gives what the configuration says of a point, nil where it says nothing.
func (c *Config) Point(network string, pc uint32) *Point { return c.points[Address{network, pc}] }
