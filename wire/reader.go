// Package wire turns octets into fields: a reader that remembers its first error, BCD digits, and the two
// facts that travel with any octets from a line, when they were heard and which way they went.
package wire

import (
	"encoding/binary"
	"fmt"
)

// A Reader takes fields from the front of an octet string. After the first field that does not fit every further
// read gives zero, so that a decoder is a straight list of reads with one look at Err at its end. Slices that it
// gives out alias the octets it was made from.
type Reader struct {
	b   []byte
	off int
	err *ShortError
}

// A ShortError says which field did not fit: it starts at octet Off (from 0) of the decoded part, needs Need octets,
// and Have are there.
type ShortError struct {
	Field           string
	Off, Need, Have int
}

func (e *ShortError) Error() string {
	return fmt.Sprintf("%s: at octet %d: %d octets needed, %d there", e.Field, e.Off, e.Need, e.Have)
}

// NewReader gives a Reader at the first octet of b, which it keeps and does not change.
func NewReader(b []byte) Reader { return Reader{b: b} }

// Take gives the next n octets, capped so that an append to them cannot write into what follows.
func (r *Reader) Take(field string, n int) []byte {
	if r.err != nil {
		return nil
	}
	if n < 0 || n > len(r.b)-r.off {
		r.err = &ShortError{field, r.off, n, len(r.b) - r.off}
		return nil
	}
	s := r.b[r.off : r.off+n : r.off+n]
	r.off += n
	return s
}

// U8 reads one octet.
func (r *Reader) U8(field string) byte {
	if s := r.Take(field, 1); s != nil {
		return s[0]
	}
	return 0
}

// U16LE reads two octets, low octet first.
func (r *Reader) U16LE(field string) uint16 {
	if s := r.Take(field, 2); s != nil {
		return binary.LittleEndian.Uint16(s)
	}
	return 0
}

// U16BE reads two octets, high octet first.
func (r *Reader) U16BE(field string) uint16 {
	if s := r.Take(field, 2); s != nil {
		return binary.BigEndian.Uint16(s)
	}
	return 0
}

// U24LE reads three octets, low octet first.
func (r *Reader) U24LE(field string) uint32 {
	if s := r.Take(field, 3); s != nil {
		return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16
	}
	return 0
}

// U32LE reads four octets, low octet first.
func (r *Reader) U32LE(field string) uint32 {
	if s := r.Take(field, 4); s != nil {
		return binary.LittleEndian.Uint32(s)
	}
	return 0
}

// U32BE reads four octets, high octet first.
func (r *Reader) U32BE(field string) uint32 {
	if s := r.Take(field, 4); s != nil {
		return binary.BigEndian.Uint32(s)
	}
	return 0
}

// Rest takes all that is left, nil after an error.
func (r *Reader) Rest() []byte { return r.Take("rest", len(r.b)-r.off) }

// Len is the number of octets not yet read.
func (r *Reader) Len() int { return len(r.b) - r.off }

// Off is the offset of the next octet.
func (r *Reader) Off() int { return r.off }

// Err is the first error, a *ShortError, or nil.
func (r *Reader) Err() error {
	if r.err == nil {
		return nil
	}
	return r.err
}
