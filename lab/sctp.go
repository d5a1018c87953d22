package lab

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/mtp"
	"c7mon/wire"
)

// SCTP chunk types, RFC 9260 3.2.
const (
	chunkData         = 0
	chunkInit         = 1
	chunkInitAck      = 2
	chunkSack         = 3
	chunkHeartbeat    = 4
	chunkHeartbeatAck = 5
	chunkCookieEcho   = 10
	chunkCookieAck    = 11
)

const (
	m3uaPort    = 2905
	m3uaPPID    = 3
	sctpStreams = 17 // stream 0 for the management of M3UA, 1 to 16 for the data by SLS
	rwnd        = 1 << 17
)

// m3uaLine writes M3UA over SCTP over IPv4 over Ethernet: an association for each route, between signalling processes that
// need no gateway (IPSP, RFC 4666 1.4.3). Each end acknowledges with its next DATA, or by itself after two.
type m3uaLine struct {
	*file
	network      *network
	chance       chance
	associations [][2]endpoint // of each route; the near end first
	castagnoli   *crc32.Table
	packet       []byte
}

// An endpoint is one end of an association.
type endpoint struct {
	address [4]byte
	tag     uint32 // that the other end's packets carry
	tsn     uint32 // of its next DATA
	ssn     [sctpStreams]uint16
	heard   uint32 // TSN of the last DATA that it got
	owed    int    // DATA that it has not acknowledged
	ipID    uint16
}

func newM3UALine(f *file, n *network, ch chance) *m3uaLine {
	return &m3uaLine{file: f, network: n, chance: ch, associations: make([][2]endpoint, len(n.routes)),
		castagnoli: crc32.MakeTable(crc32.Castagnoli)}
}

// begin sets up each association and makes both of its ends active.
func (l *m3uaLine) begin(_ *engine, at wire.Time) error {
	for i := range l.associations {
		for end := range l.associations[i] {
			u := l.chance.pcg.Uint64()
			p := &l.associations[i][end]
			p.address = [4]byte{10, 17, byte(i + 1), byte(end + 1)}
			p.tag, p.tsn = uint32(u)|1, uint32(u>>32)
		}
		// A set-up takes a moment; all of it stands at the moment of the first call, so that no call waits for it.
		if err := l.setUp(at, i); err != nil {
			return err
		}
	}
	return nil
}

func (l *m3uaLine) setUp(at wire.Time, route int) error {
	a, b := &l.associations[route][0], &l.associations[route][1]
	a.heard, b.heard = b.tsn-1, a.tsn-1
	cookie := binary.BigEndian.AppendUint64(nil, l.chance.pcg.Uint64())
	control := func(near bool, tag uint32, kind byte, value []byte) error {
		l.begins(route, near, tag)
		l.chunk(kind, 0, value)
		return l.end(at)
	}
	if err := control(true, 0, chunkInit, initOf(a, nil)); err != nil {
		return err
	}
	if err := control(false, a.tag, chunkInitAck, initOf(b, cookie)); err != nil {
		return err
	}
	if err := control(true, b.tag, chunkCookieEcho, cookie); err != nil {
		return err
	}
	if err := control(false, a.tag, chunkCookieAck, nil); err != nil {
		return err
	}
	return l.activate(at, route)
}

// initOf gives the contents of an INIT, or with a cookie of an INIT ACK.
func initOf(p *endpoint, cookie []byte) []byte {
	be := binary.BigEndian
	b := be.AppendUint32(be.AppendUint32(nil, p.tag), rwnd)
	b = be.AppendUint16(be.AppendUint16(b, sctpStreams), sctpStreams)
	b = be.AppendUint32(b, p.tsn)
	if cookie != nil {
		b = append(be.AppendUint16(be.AppendUint16(b, 7), uint16(4+len(cookie))), cookie...)
	}
	return b
}

// activate sends the management messages of M3UA that bring the traffic up, RFC 4666 4.3.
func (l *m3uaLine) activate(at wire.Time, route int) error {
	context := params.NewRoutingContext(uint32(route + 1))
	mode := params.NewTrafficModeType(params.TrafficModeLoadshare)
	for _, s := range [...]struct {
		near bool
		m    messages.M3UA
	}{
		{true, messages.NewAspUp(params.NewAspIdentifier(uint32(route+1)), nil)},
		{false, messages.NewAspUpAck(nil, nil)},
		{false, messages.NewNotify(params.NewStatus(params.AsStateInactive), nil, context, nil)},
		{true, messages.NewAspActive(mode, context, nil)},
		{false, messages.NewAspActiveAck(mode, context, nil)},
		{false, messages.NewNotify(params.NewStatus(params.AsStateActive), nil, context, nil)},
	} {
		octets, err := messages.MarshalBinary(s.m)
		if err != nil {
			return fmt.Errorf("%s: %w", s.m.MessageTypeName(), err)
		}
		if err := l.data(at, route, s.near, 0, octets); err != nil {
			return err
		}
	}
	return nil
}

// msu sends a DATA message: routing context and protocol data, RFC 4666 3.3.1.
func (l *m3uaLine) msu(_ *engine, at wire.Time, r *route, near bool, m *mtp.MSU) error {
	l.dataBegins(r.number, near, 1+uint16(m.SLS&15))
	be := binary.BigEndian
	start := len(l.packet)
	b := append(l.packet, 1, 0, 1, 1, 0, 0, 0, 0)
	b = append(b, 0, 6, 0, 8, 0, 0, byte((r.number+1)>>8), byte(r.number+1))
	b = append(b, 2, 0x10, 0, byte((16+len(m.Data))>>8)) // tag 0x0210; its length is set right below
	be.PutUint16(b[len(b)-2:], uint16(16+len(m.Data)))
	b = be.AppendUint32(be.AppendUint32(b, m.OPC), m.DPC)
	b = append(b, m.SI, m.NI, m.Priority, m.SLS)
	b = append(b, m.Data...)
	b = append(b, "\x00\x00\x00"[:-len(m.Data)&3]...)
	be.PutUint32(b[start+4:], uint32(len(b)-start))
	l.packet = b
	return l.dataEnds(at, r.number, near)
}

// data sends a whole M3UA message.
func (l *m3uaLine) data(at wire.Time, route int, near bool, stream uint16, message []byte) error {
	l.dataBegins(route, near, stream)
	l.packet = append(l.packet, message...)
	return l.dataEnds(at, route, near)
}

// Where things are in a packet.
const (
	ipAt    = 14
	sctpAt  = ipAt + 20
	chunkAt = sctpAt + 12
)

// begins starts a packet from one end of an association, up to the SCTP common header.
func (l *m3uaLine) begins(route int, near bool, tag uint32) {
	from, to := &l.associations[route][0], &l.associations[route][1]
	if !near {
		from, to = to, from
	}
	be := binary.BigEndian
	b := l.packet[:0]
	b = append(append(b, 2, 0), to.address[:]...)
	b = append(append(b, 2, 0), from.address[:]...)
	b = append(b, 8, 0)
	b = append(b, 0x45, 0x00, 0, 0, byte(from.ipID>>8), byte(from.ipID), 0x40, 0, 64, 132, 0, 0) // may not be fragmented
	from.ipID++
	b = append(append(b, from.address[:]...), to.address[:]...)
	b = be.AppendUint16(be.AppendUint16(b, m3uaPort), m3uaPort)
	l.packet = be.AppendUint32(be.AppendUint32(b, tag), 0)
}

// chunk adds a whole chunk.
func (l *m3uaLine) chunk(kind, flags byte, value []byte) {
	n := 4 + len(value)
	b := append(l.packet, kind, flags, byte(n>>8), byte(n))
	b = append(b, value...)
	l.packet = append(b, "\x00\x00\x00"[:-n&3]...)
}

// sack adds an acknowledgement of all that p got, RFC 9260 3.3.4.
func (l *m3uaLine) sack(p *endpoint) {
	be := binary.BigEndian
	b := append(l.packet, chunkSack, 0, 0, 16)
	b = be.AppendUint32(be.AppendUint32(b, p.heard), rwnd)
	l.packet = append(b, 0, 0, 0, 0) // no gaps, no duplicates
	p.owed = 0
}

// dataBegins starts a packet with one DATA chunk, whose user data is then appended.
func (l *m3uaLine) dataBegins(route int, near bool, stream uint16) {
	from, to := &l.associations[route][0], &l.associations[route][1]
	if !near {
		from, to = to, from
	}
	l.begins(route, near, to.tag)
	if from.owed > 0 {
		l.sack(from)
	}
	be := binary.BigEndian
	b := append(l.packet, chunkData, 3, 0, 0) // a whole message
	b = be.AppendUint32(b, from.tsn)
	b = be.AppendUint16(be.AppendUint16(b, stream), from.ssn[stream])
	l.packet = be.AppendUint32(b, m3uaPPID)
	from.ssn[stream]++
	to.heard = from.tsn
	from.tsn++
	to.owed++
}

// dataEnds sets the length of the DATA chunk, which is the last of the packet and a SACK of 16 octets may stand before,
// and sends the packet; the other end acknowledges every second one by itself.
func (l *m3uaLine) dataEnds(at wire.Time, route int, near bool) error {
	start := chunkAt
	if l.packet[start] == chunkSack {
		start += 16
	}
	binary.BigEndian.PutUint16(l.packet[start+2:], uint16(len(l.packet)-start)) // M3UA messages are multiples of 4
	if err := l.end(at); err != nil {
		return err
	}
	from, to := &l.associations[route][0], &l.associations[route][1]
	if !near {
		from, to = to, from
	}
	if to.owed < 2 {
		return nil
	}
	l.begins(route, !near, from.tag)
	l.sack(to)
	return l.end(at)
}

// end sets the length and the checksums of the packet and writes it.
func (l *m3uaLine) end(at wire.Time) error {
	b, be := l.packet, binary.BigEndian
	be.PutUint16(b[ipAt+2:], uint16(len(b)-ipAt))
	sum := uint32(0)
	for i := ipAt; i < sctpAt; i += 2 {
		sum += uint32(be.Uint16(b[i:]))
	}
	sum = sum&0xffff + sum>>16
	sum = sum&0xffff + sum>>16
	be.PutUint16(b[ipAt+10:], ^uint16(sum))
	binary.LittleEndian.PutUint32(b[sctpAt+8:], crc32.Checksum(b[sctpAt:], l.castagnoli))
	return l.record(at, 0, b)
}

// test sends a HEARTBEAT each way; it tests an association, once for all the links that it stands for.
func (l *m3uaLine) test(e *engine, at wire.Time, r *route, link int) error {
	if link != r.links[0] {
		return nil
	}
	for _, near := range [...]bool{true, false} {
		info := append([]byte{0, 1, 0, 12}, binary.BigEndian.AppendUint64(nil, uint64(at))...)
		e.queue.put(event{at: at, chore: &heartbeat{l, r.number, near, chunkHeartbeat, info}})
		e.queue.put(event{at: at.Add(600 * time.Microsecond), chore: &heartbeat{l, r.number, !near, chunkHeartbeatAck, info}})
		at = at.Add(1700 * time.Millisecond)
	}
	return nil
}

// heartbeat is a HEARTBEAT or its acknowledgement to be sent.
type heartbeat struct {
	line  *m3uaLine
	route int
	near  bool
	kind  byte
	info  []byte
}

func (h *heartbeat) run(_ *engine, at wire.Time) error {
	to := &h.line.associations[h.route][1]
	if !h.near {
		to = &h.line.associations[h.route][0]
	}
	h.line.begins(h.route, h.near, to.tag)
	h.line.chunk(h.kind, 0, h.info)
	return h.line.end(at)
}
