package lab

import (
	"encoding/binary"
	"io"
	"strconv"

	"c7mon/capture"
	"c7mon/wire"
)

// file writes a capture: pcap with nanoseconds, or pcapng with nanoseconds and an interface for each link.
type file struct {
	w     io.Writer
	ng    bool
	octet []byte
	sum   written
}

// written is how much went into a capture, and from when to when.
type written struct {
	frames, octets uint64
	first, last    wire.Time
}

func (f *file) written() written { return f.sum }

func (f *file) write(b []byte) error {
	f.sum.octets += uint64(len(b))
	_, err := f.w.Write(b)
	return err
}

// head writes what comes before the frames.
func (f *file) head(t capture.LinkType, interfaces int) error {
	le := binary.LittleEndian
	if !f.ng {
		b := le.AppendUint32(nil, 0xa1b23c4d)
		b = le.AppendUint16(le.AppendUint16(b, 2), 4)
		b = append(b, make([]byte, 8)...)
		return f.write(le.AppendUint32(le.AppendUint32(b, 1<<18), uint32(t)))
	}
	b := le.AppendUint32(nil, 0x0a0d0d0a) // section header
	b = le.AppendUint32(le.AppendUint32(b, 28), 0x1a2b3c4d)
	b = le.AppendUint16(le.AppendUint16(b, 1), 0)
	b = le.AppendUint64(b, 1<<64-1)
	b = le.AppendUint32(b, 28)
	for i := range interfaces {
		b = appendInterface(b, t, "link"+strconv.Itoa(i))
	}
	return f.write(b)
}

// appendInterface adds an interface description block with the options if_name and if_tsresol (10^-9 s).
func appendInterface(b []byte, t capture.LinkType, name string) []byte {
	le := binary.LittleEndian
	padded := (len(name) + 3) &^ 3
	size := uint32(20 + 4 + padded + 8 + 4)
	b = le.AppendUint32(le.AppendUint32(b, 1), size)
	b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, uint16(t)), 0), 1<<18)
	b = le.AppendUint16(le.AppendUint16(b, 2), uint16(len(name)))
	b = append(b, name...)
	b = append(b, make([]byte, padded-len(name))...)
	b = append(le.AppendUint16(le.AppendUint16(b, 9), 1), 9, 0, 0, 0)
	return le.AppendUint32(append(b, 0, 0, 0, 0), size)
}

// record writes one frame.
func (f *file) record(at wire.Time, link int, data []byte) error {
	if f.sum.frames == 0 {
		f.sum.first = at
	}
	f.sum.frames++
	f.sum.last = at
	le := binary.LittleEndian
	n := uint32(len(data))
	b := f.octet[:0]
	if !f.ng {
		s := uint64(at) / 1e9
		b = le.AppendUint32(le.AppendUint32(b, uint32(s)), uint32(uint64(at)-s*1e9))
		b = append(le.AppendUint32(le.AppendUint32(b, n), n), data...)
		f.octet = b
		return f.write(b)
	}
	padding := -n & 3
	size := 32 + n + padding
	b = le.AppendUint32(le.AppendUint32(b, 6), size) // enhanced packet
	b = le.AppendUint32(b, uint32(link))
	b = le.AppendUint32(le.AppendUint32(b, uint32(uint64(at)>>32)), uint32(at))
	b = append(le.AppendUint32(le.AppendUint32(b, n), n), data...)
	b = append(b, "\x00\x00\x00"[:padding]...)
	b = le.AppendUint32(b, size)
	f.octet = b
	return f.write(b)
}
