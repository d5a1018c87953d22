package lab

// A route joins two exchanges: the signalling links between them, and the circuits in groups. The near one is the exchange
// at whose links the tap is.
type route struct {
	near, far uint32 // point codes
	ni        uint8
	links     []int // numbers of the signalling links; SLS spreads the messages over them
	number    int   // of the route, from 0
	groups    []*group
}

// link is the signalling link that carries the messages of one SLS.
func (r *route) link(sls uint8) int { return r.links[int(sls)%len(r.links)] }

// A group is a trunk group. An exchange takes the circuit that has been idle longest, the one with the higher point code
// from the even ones first and the other from the odd ones, so that both seldom want the same (Q.764 2.9.1.4).
type group struct {
	name  string
	route *route
	idle  [2]fifo // even and odd circuits
	busy  int
}

// network is what a scenario plays in.
type network struct {
	routes []*route
	links  int
}

// join adds a route over n signalling links.
func (n *network) join(near, far uint32, ni uint8, links int) *route {
	r := &route{near: near, far: far, ni: ni, number: len(n.routes)}
	for range links {
		r.links = append(r.links, n.links)
		n.links++
	}
	n.routes = append(n.routes, r)
	return r
}

// trunks adds a group of whole E1s to the route, from E1 number first on. Circuit 32n+k is time slot k of E1 n; time slots
// 0 and 16 carry no call.
func (r *route) trunks(name string, first, e1s int) *group {
	g := &group{name: name, route: r}
	for e1 := first; e1 < first+e1s; e1++ {
		for slot := range 32 {
			if slot%16 != 0 {
				g.free(uint16(32*e1 + slot))
			}
		}
	}
	g.busy = 0
	r.groups = append(r.groups, g)
	return g
}

// seize takes an idle circuit for a call from the near exchange (out) or to it. ok is false when all are busy.
func (g *group) seize(out bool) (cic uint16, ok bool) {
	half := 0
	if out != (g.route.near > g.route.far) {
		half = 1
	}
	for range 2 {
		if cic, ok := g.idle[half].take(); ok {
			g.busy++
			return cic, true
		}
		half ^= 1
	}
	return 0, false
}

// free makes a circuit idle again.
func (g *group) free(cic uint16) {
	g.idle[cic&1].put(cic)
	g.busy--
}

// withdraw takes all circuits from first to last out of use, if every one of them is idle.
func (g *group) withdraw(first, last uint16) bool {
	for half := range g.idle {
		for cic := first; cic <= last; cic++ {
			if int(cic&1) == half && cic%16 != 0 && !g.idle[half].has(cic) {
				return false
			}
		}
	}
	for cic := first; cic <= last; cic++ {
		if cic%16 != 0 {
			g.idle[cic&1].remove(cic)
			g.busy++
		}
	}
	return true
}

// putBack is the inverse of withdraw.
func (g *group) putBack(first, last uint16) {
	for cic := first; cic <= last; cic++ {
		if cic%16 != 0 {
			g.free(cic)
		}
	}
}

// fifo holds circuits in the order in which they became idle, in a ring.
type fifo struct {
	ring []uint16
	head int
	n    int
}

func (f *fifo) put(cic uint16) {
	if f.n == len(f.ring) {
		ring := make([]uint16, max(16, 2*f.n))
		for i := range f.n {
			ring[i] = f.ring[(f.head+i)%f.n]
		}
		f.ring, f.head = ring, 0
	}
	f.ring[(f.head+f.n)%len(f.ring)] = cic
	f.n++
}

func (f *fifo) take() (cic uint16, ok bool) {
	if f.n == 0 {
		return 0, false
	}
	cic = f.ring[f.head]
	f.head = (f.head + 1) % len(f.ring)
	f.n--
	return cic, true
}

func (f *fifo) has(cic uint16) bool {
	for i := range f.n {
		if f.ring[(f.head+i)%len(f.ring)] == cic {
			return true
		}
	}
	return false
}

func (f *fifo) remove(cic uint16) {
	for range f.n {
		if c, _ := f.take(); c != cic {
			f.put(c)
		}
	}
}
