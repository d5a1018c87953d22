package capture

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"c7mon/wire"
)

// Block types of pcapng that are read; all others are passed over.
const (
	blockSection   = 0x0a0d0d0a // the same in both byte orders
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
)

// Options of the blocks that are read.
const (
	optEnd         = 0
	optName        = 2  // if_name
	optFlags       = 2  // epb_flags, pack_flags
	optResolution  = 9  // if_tsresol
	optFCSLength   = 13 // if_fcslen
	optTimeOffset  = 14 // if_tsoffset
	minBlock       = 12
	maxInterfaces  = 4096
	maxName        = 256
	byteOrderMagic = 0x1a2b3c4d
)

// A pcapngReader reads the packets of a pcapng file.
//
//	type | length | body, padded to four octets | length again
//
// A section begins with its header, which tells the byte order; then its interfaces are described, each before the
// first packet that names it. An interface that a later section describes again in the same words is the same
// interface, so that files written one behind the other read as one.
type pcapngReader struct {
	s        *stream
	big      bool
	ids      []uint32 // index in ifaces of each interface of the section
	ifaces   *[]iface
	used     []uint64 // the section, counted from 1, that last described each of ifaces
	sections uint64
}

func newPcapngReader(s *stream, ifaces *[]iface) (*pcapngReader, error) {
	*ifaces = (*ifaces)[:0]
	p := &pcapngReader{s: s, ifaces: ifaces}
	if err := p.section(); err != nil {
		return nil, fmt.Errorf("pcapng section header: %w", err)
	}
	return p, nil
}

func (p *pcapngReader) u16(b []byte) uint16 {
	if p.big {
		return binary.BigEndian.Uint16(b)
	}
	return binary.LittleEndian.Uint16(b)
}

func (p *pcapngReader) u32(b []byte) uint32 {
	if p.big {
		return binary.BigEndian.Uint32(b)
	}
	return binary.LittleEndian.Uint32(b)
}

func (p *pcapngReader) u64(b []byte) uint64 {
	if p.big {
		return binary.BigEndian.Uint64(b)
	}
	return binary.LittleEndian.Uint64(b)
}

func (p *pcapngReader) read(e *entry) error {
	for {
		p.s.mark = p.s.offset()
		h, err := p.s.need(8)
		if err != nil {
			return err
		}
		switch kind := p.u32(h); kind {
		case blockEnhanced, blockPacket, blockSimple:
			n, err := p.block(h)
			if err != nil {
				return err
			}
			e.off = p.s.mark
			b, blk := p.s.take(n)
			if err := p.packet(e, kind, b); err != nil {
				p.s.release(blk)
				return err
			}
			e.blk = blk
			return nil
		case blockSection:
			err = p.section()
		case blockInterface:
			err = p.describe(h)
		default:
			err = p.pass(h)
		}
		if err != nil {
			return err
		}
	}
}

// block gives the length of the block that starts at h once it is there whole and both its lengths agree.
func (p *pcapngReader) block(h []byte) (int, error) {
	length := p.u32(h[4:])
	if length < minBlock || length > maxRecord {
		return 0, fmt.Errorf("block length %d is not within %d to %d", length, minBlock, maxRecord)
	}
	n := int(length)
	b, err := p.s.need(n)
	if err != nil {
		return 0, err
	}
	if again := p.u32(b[n-4:]); again != length {
		return 0, fmt.Errorf("block length %d, but %d at its end", length, again)
	}
	return n, nil
}

// pass goes past a block that is not read, whatever its length.
func (p *pcapngReader) pass(h []byte) error {
	length := p.u32(h[4:])
	if length < minBlock {
		return fmt.Errorf("block length %d is under %d", length, minBlock)
	}
	kind := p.u32(h)
	if err := p.s.skip(int64(length) - 4); err != nil {
		return err
	}
	b, err := p.s.need(4)
	if err != nil {
		return cutAtEnd(err)
	}
	if again := p.u32(b); again != length {
		return fmt.Errorf("block of type %d: length %d, but %d at its end", kind, length, again)
	}
	p.s.pos += 4
	return nil
}

// section reads a section header, whose byte-order magic tells how even its own length is to be read.
func (p *pcapngReader) section() error {
	h, err := p.s.need(minBlock)
	if err != nil {
		return cutAtEnd(err)
	}
	switch {
	case binary.LittleEndian.Uint32(h[8:]) == byteOrderMagic:
		p.big = false
	case binary.BigEndian.Uint32(h[8:]) == byteOrderMagic:
		p.big = true
	default:
		return fmt.Errorf("byte-order magic is % x", h[8:12])
	}
	n, err := p.block(h)
	if err != nil {
		return cutAtEnd(err)
	}
	if n < 28 {
		return fmt.Errorf("section header of %d octets", n)
	}
	b, _ := p.s.need(n)
	if major := p.u16(b[12:]); major != 1 {
		return fmt.Errorf("pcapng version %d.%d is not known", major, p.u16(b[14:]))
	}
	p.ids = p.ids[:0]
	p.sections++
	p.s.pos += n
	return nil
}

// describe reads an interface description.
func (p *pcapngReader) describe(h []byte) error {
	n, err := p.block(h)
	if err != nil {
		return err
	}
	if n < 20 {
		return fmt.Errorf("interface description of %d octets", n)
	}
	b, _ := p.s.need(n)
	i := iface{link: LinkType(p.u16(b[8:])), snap: p.u32(b[12:]), clock: clock{res: clockMicro}}
	p.options(b[16:n-4], func(code uint16, v []byte) {
		switch {
		case code == optName:
			i.name = cleanName(v)
		case code == optResolution && len(v) >= 1:
			i.clock.res = v[0]
		case code == optFCSLength && len(v) >= 1:
			i.fcs = v[0]
		case code == optTimeOffset && len(v) >= 8:
			i.clock.offset = int64(p.u64(v))
		}
	})
	p.s.pos += n
	return p.add(i)
}

// add gives the next interface of the section its index in the file.
func (p *pcapngReader) add(i iface) error {
	if len(p.ids) == maxInterfaces {
		return fmt.Errorf("more than %d interfaces in one section", maxInterfaces)
	}
	index := len(*p.ifaces)
	if at := len(p.ids); at < index && p.free(at, i) {
		index = at
	} else {
		for at := range *p.ifaces {
			if p.free(at, i) {
				index = at
				break
			}
		}
	}
	if index == maxInterfaces {
		return fmt.Errorf("more than %d interfaces", maxInterfaces)
	}
	if index == len(*p.ifaces) {
		*p.ifaces = append(*p.ifaces, i)
		p.used = append(p.used, 0)
	}
	p.used[index] = p.sections
	p.ids = append(p.ids, uint32(index))
	return nil
}

// free tells that the interface at an index is described as i is, by an earlier section.
func (p *pcapngReader) free(at int, i iface) bool {
	return p.used[at] != p.sections && (*p.ifaces)[at] == i
}

// options calls f with each option of b. A length that does not fit ends the list.
func (p *pcapngReader) options(b []byte, f func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := p.u16(b), int(p.u16(b[2:]))
		if code == optEnd || n > len(b)-4 {
			return
		}
		f(code, b[4:4+n])
		b = b[min(len(b), 4+(n+3)&^3):]
	}
}

// cleanName makes an interface name fit to be printed and bounded in length.
func cleanName(b []byte) string {
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return -1
		}
		return r
	}, string(b[:min(len(b), maxName)]))
	return strings.TrimSpace(s)
}

// cutAtEnd makes of an end of file where something must follow what it is.
func cutAtEnd(err error) error {
	if err == io.EOF {
		return ErrCut
	}
	return err
}

// packet sets e from a whole packet block.
func (p *pcapngReader) packet(e *entry, kind uint32, b []byte) error {
	const end = 4 // the second length
	var id, kept, length uint32
	start := 28
	switch {
	case kind == blockSimple && len(b) >= 12+end:
		start = 12
		length = p.u32(b[8:])
		kept = min(length, uint32(len(b)-12-end))
		if len(p.ids) > 0 {
			if snap := (*p.ifaces)[p.ids[0]].snap; snap > 0 {
				kept = min(kept, snap)
			}
		}
	case kind != blockSimple && len(b) >= 28+end:
		id = p.u32(b[8:])
		if kind == blockPacket {
			id = uint32(p.u16(b[8:]))
		}
		kept, length = p.u32(b[20:]), p.u32(b[24:])
	default:
		return fmt.Errorf("packet block of %d octets", len(b))
	}
	if kept > maxFrame || int(kept) > len(b)-start-end {
		return fmt.Errorf("packet of %d octets in a block of %d", kept, len(b))
	}
	stop := start + int(kept)
	e.data, e.cut = b[start:stop:stop], missing(length, kept)
	e.dir, e.iface, e.link, e.fcs, e.time = wire.NoDirection, id, 0, 0, 0
	e.blank = kind == blockSimple
	if e.bad = int(id) >= len(p.ids); !e.bad {
		e.iface = p.ids[id]
		i := &(*p.ifaces)[e.iface]
		e.link, e.fcs = i.link, i.fcs
		if !e.blank {
			e.time = i.clock.time(uint64(p.u32(b[12:]))<<32 | uint64(p.u32(b[16:])))
		}
	} else {
		e.blank = true
	}
	if next := start + (int(kept)+3)&^3; kind != blockSimple && next < len(b)-end {
		p.flags(e, b[next:len(b)-end])
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
