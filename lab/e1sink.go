package lab

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"

	"c7mon/e1"
	"c7mon/wire"
)

// The record of an e1-tracer: a header without gaps in the order of the host, which is little endian here, and a packet of
// USB. The packet has a word of which the low octet counts frames, sixteen a multiframe, and the high one tells errors, and
// then frames.
const (
	e1Magic     = 0xe115600d
	e1Header    = 4 + 8 + 8 + 2 + 1
	e1Word      = 4
	e1Near      = 0x81 // end point of the direction in which the near exchange sends
	e1Far       = 0x82
	frameNumber = 0x7f
)

// e1Bytes is what a second of an E1 takes as records of an e1-tracer.
const e1Bytes = 2 * e1.FrameRate / e1Piece * (e1Header + e1Word + e1Piece*e1.FrameOctets)

// e1Sink writes the frames of an E1 in one of the forms: both directions as records of an e1-tracer ("e1"), the frames of the
// near exchange alone ("e1-raw"), or the octets of its first link alone ("timeslot"). Swapped directions change places.
type e1Sink struct {
	w      *bufio.Writer
	form   string
	swap   bool
	frames uint64 // written
	octets []byte
}

func newE1Sink(w io.Writer, o *Options) *e1Sink {
	return &e1Sink{w: bufio.NewWriterSize(w, 1<<16), form: o.Link, swap: o.Swap}
}

// put writes frames of one direction of which the first is number, and which had all been heard at the moment at.
func (s *e1Sink) put(way int, number int64, at wire.Time, frames []byte) error {
	if s.swap {
		way = 1 - way
	}
	if way != 0 && s.form != "e1" {
		return nil
	}
	s.frames += uint64(len(frames) / e1.FrameOctets)
	b := s.octets[:0]
	switch s.form {
	case "timeslot":
		for slot := slotOf(0); slot < len(frames); slot += e1.FrameOctets {
			b = append(b, frames[slot])
		}
		frames = nil
	case "e1":
		b = s.header(b, way, number, at, len(frames))
	}
	s.octets = append(b, frames...)
	_, err := s.w.Write(s.octets)
	return err
}

// header appends the header of a record and the word before the frames.
func (s *e1Sink) header(b []byte, way int, number int64, at wire.Time, octets int) []byte {
	point := byte(e1Near)
	if way != 0 {
		point = e1Far
	}
	le := binary.LittleEndian
	b = le.AppendUint32(b, e1Magic)
	b = le.AppendUint64(b, uint64(at/wire.Time(time.Second)))
	b = le.AppendUint64(b, uint64(at%wire.Time(time.Second)/wire.Time(time.Microsecond)))
	b = append(le.AppendUint16(b, uint16(e1Word+octets)), point)
	return le.AppendUint32(b, uint32(number)&frameNumber)
}

func (s *e1Sink) flush() error { return s.w.Flush() }
