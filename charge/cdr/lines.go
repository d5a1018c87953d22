package cdr

import (
	"bytes"
	"errors"
	"io"
)

// maxRow is the longest row that is read; a longer one is an error of that row. It holds a call record many times over.
const maxRow = 1 << 16

// errTooLong tells that a row is longer than maxRow.
var errTooLong = errors.New("longer than 65536 octets")

// lines cuts a file into lines. What is there and not taken yet is buf[from:to]; offsets below are from its head, for it moves.
type lines struct {
	src      io.Reader
	buf      []byte
	from, to int
	err      error // of the source: io.EOF or another, nil while there may be more
	line     int64 // of the head, from 1
}

func newLines(src io.Reader) lines {
	return lines{src: src, buf: make([]byte, 4*maxRow), line: 1}
}

// rest gives all that is there. It holds until the next call of end.
func (l *lines) rest() []byte { return l.buf[l.from:l.to] }

// more reads on; false where nothing more comes or fits.
func (l *lines) more() bool {
	if l.err != nil {
		return false
	}
	if l.from > 0 {
		l.to = copy(l.buf, l.buf[l.from:l.to])
		l.from = 0
	}
	for range 100 {
		n, err := l.src.Read(l.buf[l.to:])
		l.to += n
		l.err = err
		if n > 0 {
			return true
		}
		if err != nil {
			return false
		}
	}
	l.err = io.ErrNoProgress
	return false
}

// end finds the end of the line that begins at an offset: it ends at stop, without its line feed and carriage return, and the
// next one begins at next. The error is errTooLong where it ends too far from the head, io.EOF where nothing is left, or that of
// the source.
func (l *lines) end(begin int) (stop, next int, err error) {
	for seen := begin; ; {
		if i := bytes.IndexByte(l.buf[l.from+seen:l.to], '\n'); i >= 0 {
			stop = seen + i
			next = stop + 1
			break
		}
		seen = l.to - l.from
		if seen > maxRow+1 {
			return 0, 0, errTooLong
		}
		if l.more() {
			continue
		}
		if l.err != io.EOF || seen == begin {
			return 0, 0, l.err
		}
		stop, next = seen, seen
		break
	}
	if stop > begin && l.buf[l.from+stop-1] == '\r' {
		stop--
	}
	if stop > maxRow {
		return 0, 0, errTooLong
	}
	return stop, next, nil
}

// take takes what stands before an offset, which is so many lines.
func (l *lines) take(next int, lines int64) {
	l.from += next
	l.line += lines
}

// drop takes the line at the head, however long it is.
func (l *lines) drop() {
	for {
		if i := bytes.IndexByte(l.rest(), '\n'); i >= 0 {
			l.take(i+1, 1)
			return
		}
		l.from = l.to
		if !l.more() {
			return
		}
	}
}
