package sigtran

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"c7mon/mtp"
	"c7mon/wire"
)

const (
	maxLinks = 16384
	// moreLinks is the name of the link that all associations beyond maxLinks share.
	moreLinks = "further associations"
)

// ends names the two ends of an association, the lower address and port first.
type ends struct {
	low, high addr
	ports     uint32 // that of low in the high half
}

// A link is what is kept of an association for good: its number, its name, what was measured. A restart goes on with it.
type link struct {
	id       mtp.Link
	numbered bool // user data that is followed was heard: it has its id
	name     string
	variants Variants
	current  [2]*flow // the flow last started in each direction
	started  [2]start
	measures [2]Measure
}

// A start is what the last INIT or INIT ACK of an end said.
type start struct {
	known    bool
	tag, tsn uint32
}

// A Measure counts the data chunks of one direction of an association.
type Measure struct {
	Link      mtp.Link
	Direction wire.Direction
	Seen      uint64 // TSNs heard, each once
	Missed    uint64 // TSNs that were given up
	Repeats   uint64 // TSNs heard again
	Untracked uint64 // chunks whose TSNs meant nothing
}

// Expected is how many TSNs were sent as far as is known, and whether it is known: it is not where TSNs do not move.
func (m Measure) Expected() (uint64, bool) { return m.Seen + m.Missed, m.Untracked == 0 && m.Seen > 0 }

// link gives the link between the ends of p, made when there is none, and which way p goes on it.
func (t *table) link(p *path) (*link, uint8) {
	e, way := endsOf(p)
	if l := t.links[e]; l != nil {
		return l, way
	}
	if len(t.links) >= maxLinks {
		if t.more == nil {
			t.more = &link{name: moreLinks}
			t.order = append(t.order, t.more)
		}
		return t.more, way
	}
	l := &link{name: e.name()}
	t.links[e] = l
	t.order = append(t.order, l)
	return l, way
}

// number gives a link its number once it carries something that is followed.
func (t *table) number(l *link) {
	l.numbered, l.id, l.variants = true, t.newLink(l.name), t.variants(l.name)
	for way := range l.measures {
		l.measures[way].Link, l.measures[way].Direction = l.id, wire.Direction(way)
	}
}

func endsOf(p *path) (ends, uint8) {
	if p.dst.less(p.src) || p.dst == p.src && p.ports()&0xffff < p.ports()>>16 {
		return ends{p.dst, p.src, swap(p.ports())}, uint8(wire.Back)
	}
	return ends{p.src, p.dst, p.ports()}, uint8(wire.Forth)
}

// name gives 10.0.0.1:2905-10.0.0.2:2905, IPv6 addresses in brackets.
func (e ends) name() string {
	b := appendEnd(nil, e.low, e.ports>>16)
	return string(appendEnd(append(b, '-'), e.high, e.ports&0xffff))
}

func appendEnd(dst []byte, a addr, port uint32) []byte {
	var o [16]byte
	binary.BigEndian.PutUint64(o[:], a.hi)
	binary.BigEndian.PutUint64(o[8:], a.lo)
	ip := netip.AddrFrom16(o)
	if ip.Is4In6() {
		dst = ip.Unmap().AppendTo(dst)
	} else {
		dst = append(ip.AppendTo(append(dst, '[')), ']')
	}
	return strconv.AppendUint(append(dst, ':'), uint64(port), 10)
}

// LinkName gives the name of an association, its lower address and port first: 10.0.0.1:2905-10.0.0.2:2905, or
// [2001:db8::1]:2905-[2001:db8::2]:2905. It is "" for a number that is no association's.
func (d *Decoder) LinkName(id mtp.Link) string {
	for _, l := range d.table.order {
		if l.numbered && l.id == id {
			return l.name
		}
	}
	return ""
}

// Measures gives what was counted on each association and direction on which user data was heard, in the order of
// their first packets.
func (d *Decoder) Measures() []Measure {
	var all []Measure
	for _, l := range d.table.order {
		for _, m := range l.measures {
			if l.numbered && (m.Seen > 0 || m.Untracked > 0) {
				all = append(all, m)
			}
		}
	}
	return all
}
