package dsi

import (
	"bytes"
	"fmt"
	"strings"

	"c7mon/capture"
)

// errLong tells of a line that is too long.
var errLong = fmt.Errorf("line: longer than %d octets", maxLine)

// takeLine takes a line.
func (s *session) takeLine(f *capture.Frame) (got, more bool, err error) {
	b := s.octets[s.from:s.to]
	n := bytes.IndexByte(b, '\n')
	next := n + 1
	if n < 0 {
		if s.skipping || len(b) > maxLine {
			n = len(b)
		} else if n = len(b); n == 0 || s.end == nil || s.live { // the last line of a file needs no end
			return false, true, nil
		}
		next = n
	}
	switch text := b[:n]; {
	case s.skipping:
		s.skipping = next == n
		s.from += next
		return false, n == 0 && next == n, nil
	case n > maxLine:
		s.skipping = next == n
		*f = s.malformed(errLong, text[:maxLine], s.now())
		got = true
	default:
		var stay bool
		if got, stay = s.line(f, text); stay {
			return false, false, nil
		}
	}
	s.from += next
	return got, false, nil
}

// line takes a line of a log. stay says that it is to be taken again, after an event.
func (s *session) line(f *capture.Frame, text []byte) (got, stay bool) {
	var l line
	err := s.h.reader.decode(&l, text)
	stamp := l.board
	if !stamp.Known() {
		stamp = l.host
	}
	switch {
	case err != nil:
		*f = s.malformed(err, text, s.now())
		return true, false
	case l.kind == lineMessage:
		return s.message(f, &l.message, stamp)
	case l.kind == lineText:
		t, moved := s.time(stamp)
		if moved {
			return false, true
		}
		s.note(strings.ToValidUTF8(string(l.text), "?"), t)
	}
	return false, false
}
