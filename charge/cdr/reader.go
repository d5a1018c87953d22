package cdr

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"c7mon/config"
)

// A Reader gives the records of one file. It is used by one goroutine.
type Reader struct {
	m         *Map
	numbering *config.Numbering
	file      string
	lines     lines
	clock     clock
	counts    Counts
	begun     bool
	err       error // that ended the file

	line    int64    // where the row begins
	cells   [][]byte // value of each column of the map in this row, without spaces around it
	odd     []bool   // the value of the column is an object or a list, or cut by the end of the line
	seen    []bool   // some record had a value in the column
	numbers []int    // of the columns in a CSV file, from 1
	width   int      // columns of the header, 0 without one
	header  []byte   // its line, empty without one
	spans   []span
	found   int       // columns that a line of JSON has
	text    []byte    // values of this row that do not stand in the file as they are
	digits  []byte    // of a number
	bad     *RowError // what is wrong with this row
}

// NewReader reads records from r; file stands in errors. Without a numbering, numbers stay as they are written.
func NewReader(r io.Reader, file string, m *Map, n *config.Numbering) *Reader {
	if n == nil {
		n = &config.Numbering{}
	}
	rd := &Reader{m: m, numbering: n, file: file, lines: newLines(r), clock: clock{zone: m.zone},
		cells: make([][]byte, len(m.columns)), odd: make([]bool, len(m.columns)), seen: make([]bool, len(m.columns)),
		numbers: make([]int, len(m.columns))}
	for i, c := range m.columns {
		rd.numbers[i] = c.number
	}
	return rd
}

// Counts says what became of the rows so far.
func (r *Reader) Counts() Counts { return r.counts }

// NeverFilled gives the columns that the map names and no record so far had a value in: at the end of the file, a hint that the
// map does not fit.
func (r *Reader) NeverFilled() (names []string) {
	for i, c := range r.m.columns {
		if !r.seen[i] {
			names = append(names, c.name)
		}
	}
	return names
}

// Read fills rec with the next record. It gives io.EOF at the end, and a *RowError for a line that is no record: the next Read
// goes on behind it. Any other error is the end of the file: it cannot be read, or the map does not fit it.
func (r *Reader) Read(rec *Record) error {
	if !r.begun && r.err == nil {
		r.begun = true
		r.err = r.begin()
	}
	for r.err == nil {
		leftOut, err := r.next(rec)
		switch {
		case err != nil:
			r.err = err
			continue
		case leftOut:
			r.counts.LeftOut++
		case r.bad == nil:
			r.counts.Records++
		default:
			r.counts.Bad++
		}
		r.counts.Rows++
		if r.bad != nil {
			return r.bad
		}
		if !leftOut {
			return nil
		}
	}
	return r.err
}

// begin reads what stands before the first row.
func (r *Reader) begin() error {
	if len(r.m.money.columns) > 0 && r.m.Currency.Code == "" {
		return fmt.Errorf("%s: money: the currency is not known: add currency: {code: VND, decimals: 0} to the map", r.file)
	}
	for len(r.lines.rest()) < 4 && r.lines.more() {
	}
	if what := binary(r.lines.rest()); what != "" {
		return fmt.Errorf("%s: it is %s", r.file, what)
	}
	if bytes.HasPrefix(r.lines.rest(), bom) {
		r.lines.take(len(bom), 0)
	}
	for range r.m.skip {
		if len(r.lines.rest()) == 0 && !r.lines.more() {
			break
		}
		r.lines.drop()
	}
	if r.m.header {
		return r.readHeader()
	}
	return nil
}

// tooLong says what is wrong with a line that is too long to be one.
func (r *Reader) tooLong() string {
	if rest := r.lines.rest(); bytes.IndexByte(rest, '\r') >= 0 && bytes.IndexByte(rest, '\n') < 0 {
		return errTooLong.Error() + ": lines end with carriage returns alone: write line feeds"
	}
	return errTooLong.Error()
}

// next reads the next row, which may be left out, a record, or bad.
func (r *Reader) next(rec *Record) (leftOut bool, err error) {
	r.bad = nil
	r.text = r.text[:0]
	e, reason, err := r.row()
	switch {
	case err == errTooLong:
		r.failRow(r.tooLong())
		r.lines.drop()
		return false, nil
	case err == io.EOF:
		return false, err
	case err != nil:
		return false, fmt.Errorf("%s:%d: %w", r.file, r.line, err)
	}
	row := r.lines.rest()[:e.stop]
	if reason == "" {
		reason = r.fill(row)
	}
	if r.m.format == jsonl && reason == "" && r.found == 0 && r.counts.Rows == r.counts.Bad {
		return false, r.noneFound(row)
	}
	r.lines.take(e.next, e.lines)
	if reason != "" {
		r.failRow(reason)
		return false, nil
	}
	if r.leftOut() {
		return true, nil
	}
	r.checkWidth(row)
	r.record(rec)
	return false, nil
}

// row finds the next line that is not blank, no comment and not the header once more, as where files are joined, and of CSV the whole row with its spans. A reason tells what is wrong
// with it.
func (r *Reader) row() (e rowEnd, reason string, err error) {
	for {
		r.line = r.lines.line
		stop, next, err := r.lines.end(0)
		if err != nil {
			return e, "", err
		}
		e = rowEnd{stop, next, 1}
		row := r.lines.rest()[:stop]
		comment := r.m.comment != "" && len(row) >= len(r.m.comment) && string(row[:len(r.m.comment)]) == r.m.comment
		switch {
		case comment || len(trim(row)) == 0 || len(r.header) > 0 && bytes.Equal(bytes.TrimPrefix(row, bom), r.header):
			r.lines.take(next, 1)
		case r.m.format == csv:
			e, reason = r.split(e)
			return e, reason, nil
		default:
			return e, "", nil
		}
	}
}

// fill fills the cells from a row.
func (r *Reader) fill(row []byte) (reason string) {
	switch r.m.format {
	case csv:
		r.csvCells()
	case fixed:
		for i, c := range r.m.columns {
			from, to := min(c.from, len(row)), min(c.to, len(row))
			r.cells[i] = trim(row[from:to])
			r.odd[i] = from < to && to < c.to
		}
	case jsonl:
		return r.jsonCells(row)
	}
	return ""
}

// leftOut tells whether the filters leave a row out.
func (r *Reader) leftOut() bool {
	for i := range r.m.filters {
		f := &r.m.filters[i]
		r.seen[f.column] = r.seen[f.column] || len(r.cells[f.column]) > 0
		if f.values[string(r.cells[f.column])] != f.keep {
			return true
		}
	}
	return false
}

// checkWidth holds that a CSV row has the columns that the map needs, and no more than the header: else a delimiter stands in a
// value, and what follows is not what it seems.
func (r *Reader) checkWidth(row []byte) {
	if r.m.format != csv {
		return
	}
	for i, n := range r.numbers {
		if n > len(r.spans) {
			r.failRow(fmt.Sprintf("it has %s: %s is the column %d", countColumns(len(r.spans)), r.m.columns[i].name, n))
			return
		}
	}
	if r.width == 0 || len(r.spans) <= r.width {
		return
	}
	for _, s := range r.spans[r.width:] {
		if len(bytes.TrimSpace(row[s.from:s.to])) > 0 {
			r.failRow(fmt.Sprintf("it has %s, the header has %d", countColumns(len(r.spans)), r.width))
			return
		}
	}
}

// countColumns writes a number of columns.
func countColumns(n int) string {
	if n == 1 {
		return "1 column"
	}
	return fmt.Sprintf("%d columns", n)
}

// failRow notes what is wrong with the row as a whole. What is noted first stays.
func (r *Reader) failRow(reason string) {
	if r.bad == nil {
		r.bad = &RowError{File: r.file, Line: r.line, Reason: reason}
	}
}

// failPart notes what is wrong with the value of one column of a field.
func (r *Reader) failPart(f *field, i int, value []byte, reason string) {
	one := field{key: f.key, columns: f.columns[i : i+1]}
	r.fail(&one, value, reason)
}

// fail notes what is wrong with the value of a field.
func (r *Reader) fail(f *field, value []byte, reason string) {
	if r.bad != nil {
		return
	}
	names := make([]string, len(f.columns))
	for i, c := range f.columns {
		names[i] = r.m.columns[c].name
	}
	r.bad = &RowError{r.file, r.line, f.key, strings.Join(names, " and "), shown(value, r.m.latin1), reason}
}
