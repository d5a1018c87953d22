package capture

import (
	"encoding/binary"
	"fmt"

	"c7mon/wire"
)

// Sizes of a pcap file.
//
//	magic | version 2.4 | zone | accuracy | snaplen | link type     24 octets, once
//	seconds | micro- or nanoseconds | kept | length on the line     16 octets before each frame
const (
	pcapHeader         = 24
	pcapRecord         = 16
	pcapModifiedRecord = 24 // with interface index, protocol, packet type and an octet of padding
)

// A pcapForm is what the magic number of a pcap file tells.
type pcapForm struct {
	known    bool
	big      bool // numbers have the high octet first
	nano     bool // the fraction of a second is in nanoseconds
	modified bool // longer record headers, by A. Kuznetzov's patch of libpcap 0.4
}

func pcapMagic(b []byte) pcapForm {
	f := pcapForm{known: true}
	for range 2 {
		m := binary.LittleEndian.Uint32(b)
		if f.big {
			m = binary.BigEndian.Uint32(b)
		}
		switch m {
		case 0xa1b2c3d4:
			return f
		case 0xa1b23c4d:
			f.nano = true
			return f
		case 0xa1b2cd34:
			f.modified = true
			return f
		}
		f.big = true
	}
	return pcapForm{}
}

// A pcapReader reads the records of a pcap file.
type pcapReader struct {
	s       *stream
	big     bool
	head    int // octets of a record header
	unit    wire.Time
	swapped bool // versions before 2.3 have the two lengths the other way about
	link    LinkType
	fcs     uint8
}

// fcsFlag of the link type says that its top four bits count the pairs of octets of frame check sequence.
const (
	linkMask = 0x03ffffff
	fcsFlag  = 0x04000000
)

func newPcapReader(s *stream, form pcapForm, ifaces *[]iface) (*pcapReader, error) {
	h, err := s.need(pcapHeader)
	if err != nil {
		return nil, fmt.Errorf("pcap header of %d octets: %w", pcapHeader, err)
	}
	p := &pcapReader{s: s, big: form.big, head: pcapRecord, unit: 1000}
	if form.nano {
		p.unit = 1
	}
	if form.modified {
		p.head = pcapModifiedRecord
	}
	var order binary.ByteOrder = binary.LittleEndian
	if form.big {
		order = binary.BigEndian
	}
	major, minor := order.Uint16(h[4:]), order.Uint16(h[6:])
	if major != 2 {
		return nil, fmt.Errorf("pcap version %d.%d is not known", major, minor)
	}
	p.swapped = minor < 3
	link := order.Uint32(h[20:])
	if link&fcsFlag != 0 {
		p.fcs = uint8(link >> 28 * 2)
	}
	p.link = LinkType(link & linkMask)
	*ifaces = append((*ifaces)[:0], iface{link: p.link, snap: order.Uint32(h[16:]), fcs: p.fcs})
	s.pos += pcapHeader
	return p, nil
}

func (p *pcapReader) read(e *entry) error {
	s := p.s
	s.mark = s.offset()
	h, err := s.need(p.head)
	if err != nil {
		return err
	}
	var sec, frac, kept, length uint32
	if p.big {
		sec, frac = binary.BigEndian.Uint32(h), binary.BigEndian.Uint32(h[4:])
		kept, length = binary.BigEndian.Uint32(h[8:]), binary.BigEndian.Uint32(h[12:])
	} else {
		sec, frac = binary.LittleEndian.Uint32(h), binary.LittleEndian.Uint32(h[4:])
		kept, length = binary.LittleEndian.Uint32(h[8:]), binary.LittleEndian.Uint32(h[12:])
	}
	if p.swapped {
		kept, length = length, kept
	}
	if kept > maxFrame {
		return fmt.Errorf("record length %d is over %d", kept, maxFrame)
	}
	n := p.head + int(kept)
	if s.end-s.pos < n {
		if _, err := s.need(n); err != nil {
			return err
		}
	}
	e.off = s.mark
	b, blk := s.take(n)
	e.time = clamp(wire.Time(sec)*1e9 + wire.Time(frac)*p.unit)
	e.data, e.blk = b[p.head:], blk
	e.iface, e.link, e.cut, e.fcs, e.bad, e.blank = 0, p.link, missing(length, kept), p.fcs, false, false
	e.dir = wire.NoDirection
	if p.head == pcapModifiedRecord {
		e.dir = packetDirection(uint16(b[22]))
	}
	return nil
}

// missing is the number of octets of a frame that a capture did not keep.
func missing(length, kept uint32) uint32 {
	if length > kept {
		return length - kept
	}
	return 0
}
