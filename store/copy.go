package store

import (
	"encoding/binary"
	"io"

	"c7mon/correlate"
)

// copyHeader opens the binary COPY format: signature, flags, length of the header's extension.
const copyHeader = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

// pgEpoch is 2000-01-01 in microseconds since 1970, from which PostgreSQL counts.
const pgEpoch = 946684800 * 1000000

// A copyReader gives calls as binary COPY data, encoding them as they are read, so that the server works meanwhile.
type copyReader struct {
	calls    []correlate.Call
	captures []int64
	rec      record
	buf      []byte // encoded, from off on not read yet
	off      int
	next     int
	ended    bool
}

// copyChunk is how many octets are encoded at a time: a little less than what pgconn asks for.
const copyChunk = 48 << 10

// reset starts again with other calls; the buffers stay.
func (c *copyReader) reset(calls []correlate.Call, captures []int64) {
	c.calls, c.captures = calls, captures
	c.buf, c.off, c.next, c.ended = append(c.buf[:0], copyHeader...), 0, 0, false
}

// Read is of io.Reader.
func (c *copyReader) Read(p []byte) (int, error) {
	if c.off == len(c.buf) {
		if c.ended {
			return 0, io.EOF
		}
		c.buf, c.off = c.buf[:0], 0
	}
	for !c.ended && len(c.buf) < copyChunk {
		if c.next == len(c.calls) {
			c.buf, c.ended = append(c.buf, 0xff, 0xff), true
			break
		}
		c.rec.set(&c.calls[c.next], c.captures)
		c.buf = c.rec.appendCopy(c.buf)
		c.next++
	}
	n := copy(p, c.buf[c.off:])
	c.off += n
	return n, nil
}

// appendCopy appends the row in the binary COPY format: the number of columns, then each with its length, -1 for null.
func (r *record) appendCopy(b []byte) []byte {
	be := binary.BigEndian
	b = be.AppendUint16(b, numColumns)
	for i := range columns {
		if r.isNull(i) {
			b = append(b, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		switch columns[i].kind {
		case moment:
			b = be.AppendUint64(append(b, 0, 0, 0, 8), uint64(r.num[i]-pgEpoch))
		case big:
			b = be.AppendUint64(append(b, 0, 0, 0, 8), uint64(r.num[i]))
		case whole:
			b = be.AppendUint32(append(b, 0, 0, 0, 4), uint32(r.num[i]))
		case small:
			b = append(b, 0, 0, 0, 2, byte(r.num[i]>>8), byte(r.num[i]))
		case text:
			t := r.text[i-colNetwork]
			b = append(be.AppendUint32(b, uint32(len(t))), t...)
		}
	}
	return b
}
