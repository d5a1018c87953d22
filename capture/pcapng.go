package capture

import (
	"encoding/binary"
	"fmt"
	"io"
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

// cutAtEnd makes of an end of file where something must follow what it is.
func cutAtEnd(err error) error {
	if err == io.EOF {
		return ErrCut
	}
	return err
}
