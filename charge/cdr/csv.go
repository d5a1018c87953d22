package cdr

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A span is where a value stands in a row, by offset.
type span struct {
	from, to int
	doubled  bool // it has quotes that stand twice
}

// A rowEnd is where a row ends: its last line at stop, the next row begins at next, so many lines on.
type rowEnd struct {
	stop, next int
	lines      int64
}

// split cuts the CSV row at the head, whose first line ends as given, into spans. A value in quotes may go over several lines. The
// reason tells what is wrong with the row, and then only its first line belongs to it.
func (r *Reader) split(e rowEnd) (rowEnd, string) {
	r.spans = r.spans[:0]
	row := r.lines.rest()[:e.stop]
	if r.m.quote != 0 && bytes.IndexByte(row, r.m.quote) >= 0 {
		return r.splitQuoted(e)
	}
	for at := 0; ; {
		i := bytes.IndexByte(row[at:], r.m.delimiter)
		if i < 0 {
			r.spans = append(r.spans, span{from: at, to: e.stop})
			return e, ""
		}
		r.spans = append(r.spans, span{from: at, to: at + i})
		at += i + 1
	}
}

// splitQuoted is split for a row with quotes.
func (r *Reader) splitQuoted(first rowEnd) (rowEnd, string) {
	e := first
	for at := 0; ; at++ {
		row := r.lines.rest()[:e.stop]
		s := span{from: at}
		if open := at + spaces(row[at:], r.m.delimiter); open < e.stop && row[open] == r.m.quote {
			var ok bool
			if s, ok = r.quoted(open+1, &e); !ok {
				return first, "a quote is not closed"
			}
			row = r.lines.rest()[:e.stop]
			at = s.to + 1
			at += spaces(row[at:], r.m.delimiter)
			if at < e.stop && row[at] != r.m.delimiter {
				return first, "text behind a closing quote"
			}
		} else {
			if i := bytes.IndexByte(row[at:], r.m.delimiter); i >= 0 {
				at += i
			} else {
				at = e.stop
			}
			s.to = at
		}
		r.spans = append(r.spans, s)
		if at >= e.stop {
			return e, ""
		}
	}
}

// quoted finds the quote that closes a value, and moves the end of the row where it is on a later line.
func (r *Reader) quoted(from int, e *rowEnd) (s span, ok bool) {
	s = span{from: from, to: from}
	for {
		row := r.lines.rest()[:e.stop]
		i := bytes.IndexByte(row[s.to:], r.m.quote)
		if i < 0 {
			s.to = e.stop
			stop, next, err := r.lines.end(e.next)
			if err != nil {
				return s, false
			}
			*e = rowEnd{stop, next, e.lines + 1}
			continue
		}
		s.to += i
		if s.to+1 >= e.stop || row[s.to+1] != r.m.quote {
			return s, true
		}
		s.doubled = true
		s.to += 2
	}
}

// spaces counts the spaces at the head that are no delimiter.
func spaces(text []byte, delimiter byte) int {
	for i, c := range text {
		if c != ' ' && c != '\t' || c == delimiter {
			return i
		}
	}
	return len(text)
}

// csvCells fills the cells from the spans.
func (r *Reader) csvCells() {
	row := r.lines.rest()
	for i, n := range r.numbers {
		r.cells[i] = nil
		if n <= len(r.spans) {
			r.cells[i] = trim(r.unquoted(row, r.spans[n-1]))
		}
	}
}

// unquoted gives the text of a span.
func (r *Reader) unquoted(row []byte, s span) []byte {
	text := row[s.from:s.to]
	if !s.doubled {
		return text
	}
	begin := len(r.text)
	for i := 0; i < len(text); i++ {
		r.text = append(r.text, text[i])
		if text[i] == r.m.quote {
			i++
		}
	}
	return r.text[begin:]
}

// readHeader finds the columns of the map by the names in the header.
func (r *Reader) readHeader() error {
	e, reason, err := r.row()
	switch {
	case err == io.EOF:
		return err // an hour without calls may be an empty file
	case err == errTooLong:
		return fmt.Errorf("%s:%d: header: %s", r.file, r.line, r.tooLong())
	case err != nil:
		return fmt.Errorf("%s:%d: header: %w", r.file, r.line, err)
	case reason != "":
		return fmt.Errorf("%s:%d: header: %s", r.file, r.line, reason)
	}
	row := r.lines.rest()
	names := make([]string, len(r.spans))
	for i, s := range r.spans {
		names[i] = string(bytes.TrimSpace(r.unquoted(row, s)))
	}
	r.header = bytes.Clone(row[:e.stop])
	r.lines.take(e.next, e.lines)
	r.width = len(names)
	var missing []string
	for i, c := range r.m.columns {
		at := slices.Index(names, c.octets)
		switch {
		case at >= 0 && slices.Contains(names[at+1:], c.octets):
			return fmt.Errorf("%s:%d: header: column %s stands there twice: write its number in the map", r.file, r.line, c.name)
		case at >= 0:
			r.numbers[i] = at + 1
		case c.number == 0 || c.number > len(names):
			missing = append(missing, c.name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	for i := range names {
		names[i] = shown([]byte(names[i]), r.m.latin1)
	}
	hint := "for a file without a header write header: no in the map"
	if len(names) == 1 {
		hint = fmt.Sprintf("is the delimiter %q of the map the right one?", r.m.delimiter)
	}
	return fmt.Errorf("%s:%d: the header has no column %s, which the map names; it has %s; %s",
		r.file, r.line, strings.Join(missing, ", "), strings.Join(names, ", "), hint)
}
