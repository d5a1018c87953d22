package e1cap

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"c7mon/wire"
)

// A form is one of the two formats that bear the name.
type form uint8

const (
	tracer   form = iota // of the e1-tracer: each record is a transfer of one end-point, whole E1 frames
	recorder             // of osmo-e1-recorder: each record is what one timeslot gave
)

// Sizes of the headers, and bounds of what they may say.
const (
	tracerHeader   = 23
	recorderHeader = 24
	prefix         = 4          // octets before the frames of a transfer of the tracer
	maxRecord      = 1 << 15    // octets of data in a record: the tracer's length has 15 bits, the recorder reads 160 at once
	magic          = 0xe115600d // of the tracer
	second         = 1_000_000_000
	earliest       = 315_532_800   // 1980: nothing was recorded before
	latest         = 1<<32 - 1     // seconds
	near           = 7 * 24 * 3600 // seconds that two records of one file are apart at most, where octets in between were skipped
)

// A record is a header and the octets behind it.
type record struct {
	form    form
	time    wire.Time
	data    []byte // borrowed until the next record is read
	skipped int    // octets before it that are of no record

	endPoint byte  // tracer: 0x81 or 0x82
	status   int16 // tracer: below 0 the USB error that stands there instead of data

	line, timeslot byte // recorder
	mode           byte // recorder: one of the modes
}

// Modes of a timeslot of the recorder.
const (
	modeRaw  = 0 // the octets of the timeslot
	modeHDLC = 1 // one HDLC frame, without its check sequence
	modeLast = 3 // those between, TRAU and PGSL, are speech and data of mobile networks
)

var errForm = errors.New("neither form of e1cap: no record of the e1-tracer nor of osmo-e1-recorder stands at the beginning")

// A reader reads the records of one file. It finds its way again behind octets that are of no record.
type reader struct {
	in    *bufio.Reader
	form  form
	order binary.ByteOrder
	known bool   // form and order are
	magic []byte // as the tracer's records begin with it
	taken int    // octets of in that belong to the record given last
	last  uint64 // seconds of the record given last, 0 before the first
	lost  int    // octets skipped that no record has told yet
}

func newReader(in io.Reader) *reader { return &reader{in: bufio.NewReaderSize(in, 2*maxRecord)} }

// next reads the next record. The error is io.EOF at the end, io.ErrUnexpectedEOF where the file ends inside a record, with
// the octets of it in rec.skipped, errForm where it is no e1cap at all, or that of the file; after a time-out next may be
// called again.
func (r *reader) next(rec *record) error {
	if r.taken > 0 {
		r.in.Discard(r.taken)
		r.taken = 0
	}
	if !r.known {
		if err := r.detect(); err != nil {
			return err
		}
	}
	for {
		*rec = record{form: r.form}
		n, err := r.header(rec)
		if err != nil {
			return r.ends(rec, err)
		}
		if n < 0 {
			if err := r.skip(); err != nil {
				return r.ends(rec, err)
			}
			continue
		}
		size := r.headerSize() + n
		b, err := r.in.Peek(size)
		if err != nil {
			if err == io.EOF && r.inside(b) {
				r.skip()
				continue
			}
			return r.ends(rec, err)
		}
		if r.overrun(size) {
			if err := r.skip(); err != nil {
				return r.ends(rec, err)
			}
			continue
		}
		b, _ = r.in.Peek(size)
		rec.data, r.taken = b[r.headerSize():], size
		rec.skipped, r.lost = r.lost, 0
		r.last = uint64(rec.time / second)
		return nil
	}
}

func (r *reader) headerSize() int {
	if r.form == tracer {
		return tracerHeader
	}
	return recorderHeader
}

// ends says how the file ends.
func (r *reader) ends(rec *record, err error) error {
	if err != io.EOF {
		return err
	}
	rec.skipped, r.lost = r.lost+r.in.Buffered(), 0
	r.in.Discard(r.in.Buffered())
	if rec.skipped > 0 {
		return io.ErrUnexpectedEOF
	}
	return io.EOF
}

// detect tells the form and the byte order. The tracer's header begins with a number that tells both; the recorder's has
// none, and is told by what can stand in it.
func (r *reader) detect() error {
	b, err := r.in.Peek(recorderHeader)
	if err != nil && (err != io.EOF || len(b) == 0) {
		return err
	}
	if r.tracer(b, 0) {
		return nil
	}
	for _, order := range orders {
		var rec record
		if len(b) == recorderHeader && parseRecorder(&rec, b, order) >= 0 {
			r.form, r.order, r.known = recorder, order, true
			return nil
		}
	}
	b, err = r.in.Peek(maxRecord) // the file may begin in the middle of a record
	if err != nil && err != io.EOF {
		return err
	}
	if r.tracer(b, len(b)) {
		return nil
	}
	return errForm
}

var orders = [...]binary.ByteOrder{binary.LittleEndian, binary.BigEndian}

// tracer looks for the magic of the tracer in b, at the latest at most.
func (r *reader) tracer(b []byte, most int) bool {
	for _, order := range orders {
		m := make([]byte, 4)
		order.PutUint32(m, magic)
		if i := bytes.Index(b, m); i >= 0 && i <= most {
			r.form, r.order, r.magic, r.known = tracer, order, m, true
			return true
		}
	}
	return false
}

// header reads the header that stands next, and says how many octets follow it; below 0, that it is none.
func (r *reader) header(rec *record) (n int, err error) {
	b, err := r.in.Peek(r.headerSize())
	if err != nil {
		return 0, err
	}
	n = r.parse(rec, b)
	if r.lost > 0 && n >= 0 && r.far(rec.time) {
		n = -1
	}
	return n, nil
}

func (r *reader) parse(rec *record, b []byte) int {
	if r.form == tracer {
		return parseTracer(rec, b, r.order)
	}
	return parseRecorder(rec, b, r.order)
}

// far reports whether a time is nowhere near that of the record before.
func (r *reader) far(t wire.Time) bool {
	s := uint64(t / second)
	return r.last != 0 && (s > r.last+near || s+near < r.last)
}

// parseTracer reads a header of the e1-tracer, packed, in the order of the machine that wrote it.
//
//	magic, 4 octets | seconds, 8 | microseconds, 8 | length or USB error, 2 | end-point, 1
//
// It gives the octets that follow, or -1 where this is no header.
func parseTracer(rec *record, b []byte, order binary.ByteOrder) int {
	if len(b) < tracerHeader || order.Uint32(b) != magic {
		return -1
	}
	sec, usec, n := order.Uint64(b[4:]), order.Uint64(b[12:]), int16(order.Uint16(b[20:]))
	rec.endPoint, rec.status = b[22], min(n, 0)
	whole := n <= 0 || n >= prefix && (n-prefix)%32 == 0
	if !whole || usec >= 1_000_000 || sec < earliest || sec > latest || rec.endPoint != 0x81 && rec.endPoint != 0x82 {
		return -1
	}
	rec.time = wire.Time(sec*second + usec*1000)
	return int(max(n, 0))
}

// parseRecorder reads a header of osmo-e1-recorder, packed; only the length is in network order on every machine.
//
//	seconds, 4 octets | microseconds, 4 | length, 4 | line | timeslot | mode | flags | 8 octets without meaning
//
// It gives the octets that follow, or -1 where this is no header.
func parseRecorder(rec *record, b []byte, order binary.ByteOrder) int {
	if len(b) < recorderHeader {
		return -1
	}
	sec, usec, n := order.Uint32(b), order.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	rec.line, rec.timeslot, rec.mode = b[12], b[13], b[14]
	if usec >= 1_000_000 || sec < earliest || n > maxRecord || rec.timeslot > 31 || rec.mode > modeLast || b[15] != 0 {
		return -1
	}
	rec.time = wire.Time(uint64(sec)*second + uint64(usec)*1000)
	return int(n)
}

// skip goes on to the next octet at which a header may stand.
func (r *reader) skip() error {
	n := 1
	if r.form == tracer {
		b, err := r.in.Peek(max(r.in.Buffered(), 5))
		if err != nil && len(b) < 5 {
			return err
		}
		if i := bytes.Index(b[1:], r.magic); i >= 0 {
			n = 1 + i
		} else {
			n = len(b) - 3 // the magic may begin in the last three
		}
	}
	n, err := r.in.Discard(n)
	r.lost += n
	return err
}

// overrun reports whether the length of the record that stands next is wrong: its octets hold the beginning of another one,
// and none stands behind it. The recorder has no magic to tell that by.
func (r *reader) overrun(size int) bool {
	if r.form != tracer {
		return false
	}
	b, err := r.in.Peek(size + 4)
	if err == nil && r.order.Uint32(b[size:]) == magic || err != nil && len(b) == size {
		return false
	}
	return r.inside(b[:size])
}

// inside reports whether another record begins in the octets of one.
func (r *reader) inside(b []byte) bool {
	return r.form == tracer && len(b) > tracerHeader && bytes.Contains(b[1:], r.magic)
}
