package lab

import (
	"fmt"
	"io"
	"slices"
	"time"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// newLine makes the line of a link form. Link type 140 has no place for the number of the link, so that form is a pcapng,
// whose interfaces are the links.
func newLine(w io.Writer, o *Options, n *network, ch chance) (line, error) {
	switch o.Link {
	case "mtp2":
		f, err := newPcapng(w, capture.LinkMTP2, n.links)
		return &mtp2Line{file: f, ends: make([][2]uint16, n.links), chance: ch}, err
	case "mtp2-phdr":
		f := newPcap(w, capture.LinkMTP2Phdr)
		return &mtp2Line{file: f, ends: make([][2]uint16, n.links), chance: ch, phdr: true}, nil
	case "mtp3":
		return &mtp3Line{file: newPcap(w, capture.LinkMTP3)}, nil
	case "m3ua":
		return newM3UALine(newPcap(w, capture.LinkEthernet), n, ch), nil
	}
	if slices.Contains(E1Forms(), o.Link) {
		return newE1Line(w, o, n, ch)
	}
	return nil, fmt.Errorf("link %q: there are mtp2, mtp2-phdr, mtp3 and m3ua, and e1, e1-raw and timeslot", o.Link)
}

// mtp3Line writes MSUs from the service information octet on.
type mtp3Line struct {
	*file
	octets []byte
}

func (l *mtp3Line) begin(*engine, wire.Time) error { return nil }

func (l *mtp3Line) msu(_ *engine, at wire.Time, _ *route, _ bool, m *mtp.MSU) error {
	l.octets = m.Append(l.octets[:0])
	return l.record(at, 0, l.octets)
}

func (l *mtp3Line) test(e *engine, at wire.Time, r *route, link int) error {
	testLink(e, at, r, link)
	return nil
}

// mtp2Line writes signal units of basic error correction with 7-bit sequence numbers. Each end of each link counts its own
// MSUs, and acknowledges the last one of the other end with whatever it sends next; nothing is ever sent again.
type mtp2Line struct {
	*file
	chance chance
	ends   [][2]uint16 // forward sequence number of the last MSU of each link's near and far end
	phdr   bool
	fills  int // percent of the MSUs that a FISU acknowledges
	msuBuf []byte
	octets []byte
}

// begin gives each end the number that it had reached when the capture began.
func (l *mtp2Line) begin(e *engine, at wire.Time) error {
	for i := range l.ends {
		l.ends[i] = [2]uint16{uint16(l.chance.below(128)), uint16(l.chance.below(128))}
	}
	if e.end == 0 { // no idle times
		return nil
	}
	l.fills = 12
	for i := range l.ends {
		for _, near := range [...]bool{true, false} {
			if err := l.unit(at, i, near, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *mtp2Line) msu(e *engine, at wire.Time, r *route, near bool, m *mtp.MSU) error {
	l.msuBuf = m.Append(l.msuBuf[:0])
	link := r.link(m.SLS)
	if l.fills > 0 && l.chance.percent(l.fills) {
		e.queue.put(event{at: at.Add(l.chance.between(2*time.Millisecond, 9*time.Millisecond)), chore: &fill{l, link, !near}})
	}
	return l.unit(at, link, near, l.msuBuf)
}

// fill is a FISU to be sent.
type fill struct {
	line *mtp2Line
	link int
	near bool
}

func (f *fill) run(_ *engine, at wire.Time) error { return f.line.unit(at, f.link, f.near, nil) }

// unit sends an MSU, or a FISU where data is nil.
func (l *mtp2Line) unit(at wire.Time, link int, near bool, data []byte) error {
	own, other, sent := &l.ends[link][0], &l.ends[link][1], byte(1)
	if !near {
		own, other, sent = other, own, 0
	}
	if data != nil {
		*own = (*own + 1) & 0x7f
	}
	b := l.octets[:0]
	if l.phdr {
		b = append(b, sent, 0, byte(link>>8), byte(link))
	}
	su := mtp.SignalUnit{BSN: *other, FSN: *own, BIB: true, FIB: true, Data: data}
	l.octets = su.Append(b, false)
	if l.phdr {
		link = 0 // there is one interface
	}
	return l.record(at, link, l.octets)
}

func (l *mtp2Line) test(e *engine, at wire.Time, r *route, link int) error {
	testLink(e, at, r, link)
	return nil
}

// testLink lets both ends of a link test it: SLTM and SLTA, Q.707 2.2. The SLS field holds the link's code.
func testLink(e *engine, at wire.Time, r *route, link int) {
	slc := slices.Index(r.links, link)
	pattern := []byte{byte(link), byte(slc), 0x55, 0xaa, byte(r.far), byte(r.far >> 8)}
	length := byte(len(pattern)) << 4
	ask, answer := append([]byte{0x11, length}, pattern...), append([]byte{0x21, length}, pattern...)
	for _, near := range [...]bool{true, false} {
		e.queue.put(event{at: at, chore: &testMessage{r, near, slc, ask}})
		e.queue.put(event{at: at.Add(35 * time.Millisecond), chore: &testMessage{r, !near, slc, answer}})
		at = at.Add(1700 * time.Millisecond)
	}
}

// testMessage is an SLTM or SLTA to be sent.
type testMessage struct {
	route *route
	near  bool
	slc   int
	data  []byte
}

func (t *testMessage) run(e *engine, at wire.Time) error {
	m := mtp.MSU{Variant: mtp.ITU, NI: t.route.ni, SI: mtp.MTN, SLS: uint8(t.slc),
		OPC: t.route.near, DPC: t.route.far, Data: t.data}
	if !t.near {
		m.OPC, m.DPC = m.DPC, m.OPC
	}
	return e.line.msu(e, at, t.route, t.near, &m)
}
