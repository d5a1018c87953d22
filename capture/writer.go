package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"c7mon/wire"
)

// A Record is a frame to be written: its octets with all headers that its link type asks for.
type Record struct {
	Time      wire.Time // 1970 or later; in a pcap, before 2106
	Interface uint32    // as AddInterface gave it; 0 in a pcap
	Direction wire.Direction
	Data      []byte // not kept
	Cut       int    // octets that the frame had on the line beyond Data
}

// A Writer writes a capture file with times in nanoseconds, from its Records alone: the same records, the same octets.
// What it has taken is in the file after Flush. After an error all further calls give that error.
type Writer struct {
	w      *bufio.Writer
	pcapng bool
	links  []LinkType
	err    error
	head   [44]byte
}

// NewPcapWriter begins a pcap file, whose frames are all of one link type. It cannot hold directions.
func NewPcapWriter(w io.Writer, link LinkType) *Writer {
	p := &Writer{w: bufio.NewWriterSize(w, 64<<10), links: []LinkType{link}}
	h := binary.LittleEndian.AppendUint32(p.head[:0], 0xa1b23c4d)
	h = binary.LittleEndian.AppendUint16(h, 2)
	h = binary.LittleEndian.AppendUint16(h, 4)
	h = binary.LittleEndian.AppendUint64(h, 0) // zone and accuracy, always 0
	h = binary.LittleEndian.AppendUint32(h, maxFrame)
	h = binary.LittleEndian.AppendUint32(h, uint32(link))
	p.write(h)
	return p
}

// NewPcapngWriter begins a pcapng file, whose interfaces are added one by one.
func NewPcapngWriter(w io.Writer) *Writer {
	p := &Writer{w: bufio.NewWriterSize(w, 64<<10), pcapng: true}
	const length = 28
	h := binary.LittleEndian.AppendUint32(p.head[:0], blockSection)
	h = binary.LittleEndian.AppendUint32(h, length)
	h = binary.LittleEndian.AppendUint32(h, byteOrderMagic)
	h = binary.LittleEndian.AppendUint32(h, 1)          // version 1.0
	h = binary.LittleEndian.AppendUint64(h, ^uint64(0)) // length of the section: not told
	p.write(binary.LittleEndian.AppendUint32(h, length))
	return p
}

// AddInterface describes an interface of a pcapng file and gives its number.
func (p *Writer) AddInterface(i InterfaceInfo) (uint32, error) {
	switch {
	case p.err != nil:
		return 0, p.err
	case !p.pcapng:
		return 0, errors.New("a pcap file has one interface only")
	case i.Link > 0xffff:
		return 0, fmt.Errorf("link type %d does not fit in pcapng", i.Link)
	case len(i.Name) > maxName:
		return 0, fmt.Errorf("interface name of %d octets", len(i.Name))
	}
	b := binary.LittleEndian.AppendUint32(nil, blockInterface)
	b = append(b, 0, 0, 0, 0) // length, below
	b = binary.LittleEndian.AppendUint16(b, uint16(i.Link))
	b = append(b, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, maxFrame)
	if i.Name != "" {
		b = appendOption(b, optName, i.Name)
	}
	b = appendOption(b, optResolution, "\x09")
	b = append(b, 0, 0, 0, 0) // end of options
	length := uint32(len(b) + 4)
	binary.LittleEndian.PutUint32(b[4:], length)
	p.write(binary.LittleEndian.AppendUint32(b, length))
	p.links = append(p.links, i.Link)
	return uint32(len(p.links) - 1), p.err
}

func appendOption(b []byte, code uint16, value string) []byte {
	b = binary.LittleEndian.AppendUint16(b, code)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	b = append(b, value...)
	return append(b, "\x00\x00\x00"[:-len(value)&3]...)
}

// Write adds a frame.
func (p *Writer) Write(r Record) error {
	switch {
	case p.err != nil:
		return p.err
	case int64(r.Interface) >= int64(len(p.links)):
		return fmt.Errorf("interface %d is not described", r.Interface)
	case len(r.Data) > maxFrame:
		return fmt.Errorf("frame of %d octets is over %d", len(r.Data), maxFrame)
	case r.Time < 0 || !p.pcapng && r.Time >= 1<<32*1e9:
		return fmt.Errorf("time %v does not fit in the file", r.Time)
	}
	if p.pcapng {
		p.enhanced(r)
		return p.err
	}
	h := binary.LittleEndian.AppendUint32(p.head[:0], uint32(r.Time/1e9))
	h = binary.LittleEndian.AppendUint32(h, uint32(r.Time%1e9))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(r.Data)))
	p.write(binary.LittleEndian.AppendUint32(h, uint32(len(r.Data)+max(r.Cut, 0))))
	p.write(r.Data)
	return p.err
}

// enhanced writes an enhanced packet block, with epb_flags where the direction is known.
func (p *Writer) enhanced(r Record) {
	pad := -len(r.Data) & 3
	length := uint32(32 + len(r.Data) + pad)
	if r.Direction != wire.NoDirection {
		length += 12
	}
	h := binary.LittleEndian.AppendUint32(p.head[:0], blockEnhanced)
	h = binary.LittleEndian.AppendUint32(h, length)
	h = binary.LittleEndian.AppendUint32(h, r.Interface)
	h = binary.LittleEndian.AppendUint32(h, uint32(uint64(r.Time)>>32))
	h = binary.LittleEndian.AppendUint32(h, uint32(r.Time))
	h = binary.LittleEndian.AppendUint32(h, uint32(len(r.Data)))
	p.write(binary.LittleEndian.AppendUint32(h, uint32(len(r.Data)+max(r.Cut, 0))))
	p.write(r.Data)
	h = append(p.head[:0], "\x00\x00\x00"[:pad]...)
	if r.Direction != wire.NoDirection {
		h = binary.LittleEndian.AppendUint16(h, optFlags)
		h = binary.LittleEndian.AppendUint16(h, 4)
		h = binary.LittleEndian.AppendUint32(h, uint32(r.Direction)+1) // 1 inbound, 2 outbound
		h = append(h, 0, 0, 0, 0)                                      // end of options
	}
	p.write(binary.LittleEndian.AppendUint32(h, length))
}

// Flush hands on what has been written so far.
func (p *Writer) Flush() error {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	return p.err
}

func (p *Writer) write(b []byte) {
	if p.err == nil {
		_, p.err = p.w.Write(b)
	}
}
