package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"c7mon/wire"
)

// An entry is a record as its file has it, held until its turn comes. Its data alias a block of its stream.
type entry struct {
	key   wire.Time // place in the order; set by the window
	time  wire.Time
	num   uint64
	off   int64
	data  []byte
	blk   *block
	iface uint32
	link  LinkType
	cut   uint32
	dir   wire.Direction
	fcs   uint8 // octets of frame check sequence that the record says it ends with
	bad   bool  // the record names no interface that the file describes
	blank bool  // the record has no time
}

// A recordReader sets the fields of e, except key and num, from the next record of a file. The error is io.EOF, ErrCut,
// or why the record and all that follows cannot be read.
type recordReader interface {
	read(e *entry) error
}

// An iface is what a file says once about many of its records.
type iface struct {
	name  string
	link  LinkType
	snap  uint32
	clock clock
	fcs   uint8
}

// newRecordReader tells the format by the first octets and reads the header of the file. how is the name of the
// compression around it.
func newRecordReader(s *stream, how string, ifaces *[]iface) (recordReader, error) {
	head, err := s.need(4)
	switch {
	case err == io.EOF:
		return nil, errors.New("no capture: empty" + inside(how))
	case err == ErrCut:
		return nil, fmt.Errorf("no capture: too short (%d octets)%s", s.end-s.pos, inside(how))
	case err != nil:
		return nil, err
	}
	if m := pcapMagic(head); m.known {
		return newPcapReader(s, m, ifaces)
	}
	if binary.BigEndian.Uint32(head) == blockSection {
		return newPcapngReader(s, ifaces)
	}
	s.need(16)
	return nil, fmt.Errorf("no capture: starts with %s%s (pcap and pcapng are read, plain or in gzip or zstd)",
		describe(s.buf[s.pos:min(s.end, s.pos+16)]), inside(how))
}

func inside(how string) string {
	if how == "" {
		return ""
	}
	return " inside " + how
}

// describe says what the first octets of a file are: quoted when they are text.
func describe(b []byte) string {
	if utf8.Valid(b) && !bytes.ContainsFunc(b, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' && r != '\r' }) {
		return fmt.Sprintf("text %q", b)
	}
	return fmt.Sprintf("octets % x", b[:min(len(b), 8)])
}
