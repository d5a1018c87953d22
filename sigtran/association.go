package sigtran

import (
	"slices"

	"c7mon/mtp"
	"c7mon/wire"
)

const (
	defaultAssociations = 2048
	maxAddresses        = 16 // of one end
	maxPaths            = 64 // of one flow
	cacheSize           = 256
	// randomTag is the least verification tag that is taken for a random one, by which alone an association can be told.
	randomTag = 1 << 16
)

// A path is what the packets of one direction of an association have in common as long as they take the same way
// between the same addresses: the tag is that of the receiver, RFC 9260 8.5.
type path struct {
	src, dst addr
	key      uint64 // source port 16 | destination port 16 | verification tag 32
}

func (p *path) ports() uint32 { return uint32(p.key >> 32) }
func (p *path) tag() uint32   { return uint32(p.key) }

func swap(ports uint32) uint32 { return ports>>16 | ports<<16 }

// back is the path of the other direction, with the tag of the other end.
func (p *path) back(tag uint32) path {
	return path{p.dst, p.src, uint64(swap(p.ports()))<<32 | uint64(tag)}
}

func (p *path) hash() uint64 {
	return (p.src.lo*0x9e3779b97f4a7c15 ^ p.dst.lo*0xc2b2ae3d27d4eb4f ^ p.key*0xd6e8feb86659fd93) >> 56 % cacheSize
}

// A flow is one direction of an association.
type flow struct {
	link    *link
	measure *Measure // that of the link in this direction
	way     uint8    // index of the direction in the link
	index   int      // in table.flows
	paths   []path   // by which it is found
	srcs    []addr   // the sender's addresses as INIT or INIT ACK gave them; empty when not heard
	dsts    []addr
	waiting bool // it is in table.waiting
	pieces  []piece
	window  window
}

func (f *flow) direction() wire.Direction { return wire.Direction(f.way) }

// table finds the flow of a packet.
type table struct {
	cache [cacheSize]struct {
		path path
		flow *flow
	}
	paths    map[path]*flow
	tags     map[uint64]*flow // by ports and tag: the flow last made with them
	flows    []*flow
	used     []uint64 // by index of the flow: when it was last asked for
	clock    uint64
	limit    int
	waiting  []*flow // with open runs or pieces
	links    map[ends]*link
	order    []*link
	more     *link
	newLink  func(string) mtp.Link
	variants func(string) Variants
}

func (t *table) init(opt Options) {
	t.limit = 2 * defaultAssociations
	if opt.Associations > 0 {
		t.limit = 2 * opt.Associations
	}
	t.paths, t.tags, t.links = map[path]*flow{}, map[uint64]*flow{}, map[ends]*link{}
	t.variants = opt.Variants
	if t.variants == nil {
		v := opt.Variant
		if v > mtp.Japan {
			v = mtp.ITU
		}
		t.variants = func(string) Variants { return Variants{v, v, v, v} }
	}
	t.newLink = opt.NewLink
	if t.newLink == nil {
		next := mtp.Link(0)
		t.newLink = func(string) mtp.Link { next++; return next - 1 }
	}
}

// find gives the flow of a path that is known, or nil.
func (t *table) find(p *path) *flow {
	e := &t.cache[p.hash()]
	f := e.flow
	if f == nil || e.path.key != p.key || e.path.src != p.src || e.path.dst != p.dst {
		if f = t.paths[*p]; f == nil {
			return nil
		}
		e.path, e.flow = *p, f
	}
	t.clock++
	t.used[f.index] = t.clock
	return f
}

// dataFlow gives the flow of a packet with data: a known path, another path of a known association, or a new one.
func (d *Decoder) dataFlow(p *path, tsn uint32, text uint16) *flow {
	t := &d.table
	f := t.find(p)
	if f == nil {
		if f = t.tags[p.key]; f != nil && f.accepts(p, tsn, text) {
			t.alias(f, *p)
		} else {
			l, way := t.link(p)
			f = d.add(*p, l, way)
		}
	}
	if !f.link.numbered {
		t.number(f.link)
	}
	return f
}

// controlFlow gives the flow of a packet without data, or nil.
func (t *table) controlFlow(p *path) *flow {
	if f := t.find(p); f != nil {
		return f
	}
	if f := t.tags[p.key]; f != nil && f.listed(p) {
		return f
	}
	return nil
}

// listed says whether both ends of p are among the addresses that the ends of f named.
func (f *flow) listed(p *path) bool {
	return len(f.srcs) > 0 && len(f.dsts) > 0 && slices.Contains(f.srcs, p.src) && slices.Contains(f.dsts, p.dst)
}

// accepts says whether a packet with the ports and tag of f but other addresses belongs to it. The address lists say so
// where they were heard; else the TSN must go on where f is, or repeat what f had. Small tags are no evidence: they
// come from generators that use the same for every association, so with them only the next TSN will do.
func (f *flow) accepts(p *path, tsn uint32, text uint16) bool {
	w := &f.window
	switch {
	case p.tag() == 0:
		return false
	case f.listed(p):
		return true
	case !w.placed || w.off || w.ended:
		return false
	}
	ahead := int32(tsn - w.next)
	if p.tag() < randomTag {
		return ahead == 0 || ahead < 0 && w.open(tsn)
	}
	if ahead >= windowSize || ahead < -windowSize {
		return false
	}
	return ahead >= 0 || !w.isHeard(tsn) || w.text[tsn%windowSize] == text
}

// alias makes f found by another path too.
func (t *table) alias(f *flow, p path) {
	if len(f.paths) < maxPaths {
		f.paths = append(f.paths, p)
		t.paths[p] = f
	}
	t.clock++
	t.used[f.index] = t.clock
}

// add makes a flow, in place of the one not asked for for longest when there are too many.
func (d *Decoder) add(p path, l *link, way uint8) *flow {
	t := &d.table
	var f *flow
	if len(t.flows) < t.limit {
		f = &flow{index: len(t.flows)}
		t.flows, t.used = append(t.flows, f), append(t.used, 0)
	} else {
		oldest := 0
		for i, u := range t.used {
			if u < t.used[oldest] {
				oldest = i
			}
		}
		f = t.flows[oldest]
		d.forget(f)
	}
	f.link, f.measure, f.way = l, &l.measures[way], way
	f.window = window{slow: true, runs: f.window.runs[:0]}
	t.paths[p], t.tags[p.key] = f, f
	f.paths, f.srcs, f.dsts = append(f.paths[:0], p), f.srcs[:0], f.dsts[:0]
	t.clock++
	t.used[f.index] = t.clock
	return f
}

// forget takes a flow out of everything that finds it.
func (d *Decoder) forget(f *flow) {
	t := &d.table
	d.counts.Evicted++
	d.settle(f, never)
	d.dropPieces(f)
	for _, p := range f.paths {
		delete(t.paths, p)
		if t.tags[p.key] == f {
			delete(t.tags, p.key)
		}
	}
	for i := range t.cache {
		if t.cache[i].flow == f {
			t.cache[i].flow = nil
		}
	}
	if f.link.current[f.way] == f {
		f.link.current[f.way] = nil
	}
}

// await puts f among the flows that expire looks at, at the latest at t.
func (d *Decoder) await(f *flow, t wire.Time) {
	d.wake(t)
	if !f.waiting {
		f.waiting = true
		d.table.waiting = append(d.table.waiting, f)
	}
}

func (d *Decoder) wake(t wire.Time) { d.timer = min(d.timer, t) }

// expire gives up what is due at t and finds the next deadline.
func (d *Decoder) expire(t wire.Time) {
	dropped, next := d.fragments.expire(t)
	d.counts.DroppedIP += uint64(dropped)
	keep := d.table.waiting[:0]
	for _, f := range d.table.waiting {
		d.settle(f, t)
		next = min(next, d.expirePieces(f, t))
		if runs := f.window.runs; len(runs) > 0 {
			next = min(next, runs[0].noticed.Add(gapTimeout))
		}
		if f.waiting = len(f.window.runs) > 0 || len(f.pieces) > 0; f.waiting {
			keep = append(keep, f)
		}
	}
	clear(d.table.waiting[len(keep):])
	d.table.waiting, d.timer = keep, next
}
