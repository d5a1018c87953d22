package sigtran

import (
	"encoding/binary"
	"slices"
)

// Parameters of INIT and INIT ACK that hold an address, RFC 9260 3.3.2.1.
const (
	paramIPv4 = 5
	paramIPv6 = 6
)

// initLength is the fixed part of INIT and INIT ACK with the chunk header, RFC 9260 3.3.2.
//
//	type 1 | flags 1 | length 2 | initiate tag 4 | window 4 | streams out 2 | streams in 2 | initial TSN 4 | parameters
const initLength = 20

// addresses appends the address the packet came from and those that its parameters name.
func addresses(dst []addr, src addr, c []byte) []addr {
	dst = append(dst, src)
	for off := initLength; off+4 <= len(c); {
		tag, n := binary.BigEndian.Uint16(c[off:]), int(binary.BigEndian.Uint16(c[off+2:]))
		if n < 4 || off+n > len(c) {
			break
		}
		var a addr
		switch {
		case tag == paramIPv4 && n == 8:
			a = addr4(c[off+4:])
		case tag == paramIPv6 && n == 20:
			a = addr6(c[off+4:])
		}
		if a != (addr{}) && len(dst) < maxAddresses && !slices.Contains(dst, a) {
			dst = append(dst, a)
		}
		off += (n + 3) &^ 3
	}
	return dst
}

// initiated takes an INIT: the tag and first TSN of the end that sent it. The way to it is known from now on by its tag;
// its own way starts anew with the first TSN that fits.
func (d *Decoder) initiated(p *path, c []byte) {
	t := &d.table
	tag, tsn := binary.BigEndian.Uint32(c[4:]), binary.BigEndian.Uint32(c[16:])
	if tag == 0 {
		return
	}
	var room [maxAddresses]addr
	list := addresses(room[:0], p.src, c)
	l, way := t.linkAmong(p, list)
	s := start{true, tag, tsn}
	if l.started[way] == s && !l.over() {
		return // sent again
	}
	l.started[way] = s
	if f := l.current[way]; f != nil {
		f.window.announce(tsn)
	}
	back := p.back(tag)
	f := t.find(&back)
	if f == nil {
		f = d.add(back, l, way^1)
	}
	f.dsts = append(f.dsts[:0], list...)
}

// acknowledged takes an INIT ACK: the tag and first TSN of the other end. Both ways are known then.
func (d *Decoder) acknowledged(p *path, c []byte) {
	t := &d.table
	tag, tsn := binary.BigEndian.Uint32(c[4:]), binary.BigEndian.Uint32(c[16:])
	if tag == 0 {
		return
	}
	f := t.find(p)
	if f == nil {
		if f = t.tags[p.key]; f != nil && p.tag() != 0 && slices.Contains(f.dsts, p.dst) {
			t.alias(f, *p)
		} else {
			l, way := t.link(p)
			f = d.add(*p, l, way)
			f.dsts = append(f.dsts, p.dst)
		}
	}
	l, way, s := f.link, f.way, start{true, tag, tsn}
	if l.started[way] == s && !l.over() {
		return
	}
	l.started[way] = s
	f.srcs = addresses(f.srcs[:0], p.src, c)
	f.window.announce(tsn)
	back := p.back(tag)
	g := t.find(&back)
	if g == nil {
		g = d.add(back, l, way^1)
	}
	g.srcs, g.dsts = append(g.srcs[:0], f.dsts...), append(g.dsts[:0], f.srcs...)
	if other := l.started[way^1]; other.known {
		g.window.announce(other.tsn)
	}
}

// linkAmong gives the link of p, or one that another address of its sender is known by.
func (t *table) linkAmong(p *path, list []addr) (*link, uint8) {
	for _, a := range list {
		q := path{a, p.dst, p.key}
		e, way := endsOf(&q)
		if l := t.links[e]; l != nil {
			return l, way
		}
	}
	return t.link(p)
}

// over says whether an end of the association has ended it.
func (l *link) over() bool {
	return l.current[0] != nil && l.current[0].window.ended || l.current[1] != nil && l.current[1].window.ended
}

// finished takes an ABORT or SHUTDOWN COMPLETE. With the T bit it carries the sender's own tag, RFC 9260 8.5.1.
func (d *Decoder) finished(p *path, flags byte) {
	q := *p
	if flags&1 != 0 {
		q = p.back(p.tag())
	}
	f := d.table.controlFlow(&q)
	if f == nil || f.link.current[f.way] != f {
		return
	}
	for _, g := range f.link.current {
		if g != nil {
			g.window.end()
			d.dropPieces(g)
		}
	}
}
