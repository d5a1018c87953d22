package capture

import (
	"fmt"

	"c7mon/wire"
)

// A packetHead is what a packet block says before its octets, which begin at start.
//
//	enhanced   type | length | interface                 | time, 8 octets | kept | length on the line | octets | options
//	obsolete   type | length | interface, drops, 16 bits | time, 8 octets | kept | length on the line | octets | options
//	simple     type | length | length on the line | octets
type packetHead struct {
	id, kept, length uint32
	start            int
}

// blockEnd is the second length of a block.
const blockEnd = 4

func (p *pcapngReader) packetHead(kind uint32, b []byte) (h packetHead, err error) {
	switch {
	case kind == blockSimple && len(b) >= 12+blockEnd:
		h.start, h.length = 12, p.u32(b[8:])
		h.kept = min(h.length, uint32(len(b)-12-blockEnd))
		if len(p.ids) > 0 {
			if snap := (*p.ifaces)[p.ids[0]].snap; snap > 0 {
				h.kept = min(h.kept, snap)
			}
		}
	case kind != blockSimple && len(b) >= 28+blockEnd:
		h.start, h.id = 28, p.u32(b[8:])
		if kind == blockPacket {
			h.id = uint32(p.u16(b[8:]))
		}
		h.kept, h.length = p.u32(b[20:]), p.u32(b[24:])
	default:
		return h, fmt.Errorf("packet block of %d octets", len(b))
	}
	if h.kept > maxFrame || int(h.kept) > len(b)-h.start-blockEnd {
		return h, fmt.Errorf("packet of %d octets in a block of %d", h.kept, len(b))
	}
	return h, nil
}

// packet sets e from a whole packet block.
func (p *pcapngReader) packet(e *entry, kind uint32, b []byte) error {
	h, err := p.packetHead(kind, b)
	if err != nil {
		return err
	}
	stop := h.start + int(h.kept)
	e.data, e.cut = b[h.start:stop:stop], missing(h.length, h.kept)
	e.dir, e.iface, e.link, e.fcs, e.time = wire.NoDirection, h.id, 0, 0, 0
	e.bad = int64(h.id) >= int64(len(p.ids))
	e.blank = e.bad || kind == blockSimple
	if !e.bad {
		e.iface = p.ids[h.id]
		i := &(*p.ifaces)[e.iface]
		e.link, e.fcs = i.link, i.fcs
		if !e.blank {
			e.time = i.clock.time(uint64(p.u32(b[12:]))<<32 | uint64(p.u32(b[16:])))
		}
	}
	if next := (stop + 3) &^ 3; kind != blockSimple && next < len(b)-blockEnd {
		p.flags(e, b[next:len(b)-blockEnd])
	}
	return nil
}

// flags reads direction and length of the frame check sequence from the options of a packet.
func (p *pcapngReader) flags(e *entry, b []byte) {
	for len(b) >= 4 {
		code, n := p.u16(b), int(p.u16(b[2:]))
		if code == optEnd || n > len(b)-4 {
			return
		}
		if code == optFlags && n == 4 {
			v := p.u32(b[4:])
			switch v & 3 {
			case 1: // inbound
				e.dir = wire.Forth
			case 2: // outbound
				e.dir = wire.Back
			}
			if fcs := uint8(v >> 5 & 0xf); fcs != 0 {
				e.fcs = fcs
			}
			return
		}
		b = b[min(len(b), 4+(n+3)&^3):]
	}
}
