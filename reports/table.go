// Package reports turns counts of stored calls, their charges and what a reconciliation found into tables and writes them:
// as text for a terminal, CSV and JSON for programs, as a page of HTML, a spreadsheet and PDF pages. It reads the store and
// formats; what a figure means is defined here and nowhere else.
package reports

import (
	"fmt"
	"io"
	"strings"
)

// A Table is a finished report: cells are written already as the reader of the text sees them, with the value that
// programs get beside it.
type Table struct {
	Report  string // the name on the command line: "causes"
	Lang    Lang   // the language of its texts
	Title   string
	Columns []Column
	Rows    []Row
	Groups  []Group // the same divided, nil where the report is not divided
	By      string  // what it is divided by: "dpc", "day", ...
	Fields  []Field // what else the JSON object says, in order; the first stand before rows
	Notes   []string
	Empty   string  // the line that stands in the text where there are no rows
	More    []Field // fields of the JSON object after rows

	// stream gives the rows in place of Rows where they are too many to be kept; only CSV and JSON know it. It may be asked once,
	// and gives an error of do back.
	stream func(do func(Row) error) error
}

// each gives the rows of a table that is not divided, one after the other.
func (t *Table) each(do func(Row) error) error {
	if t.stream != nil {
		return t.stream(do)
	}
	for _, r := range t.Rows {
		if err := do(r); err != nil {
			return err
		}
	}
	return nil
}

// A Column is one column of a table.
type Column struct {
	Key   string // name in CSV and JSON
	Title string // heading of the text
	Right bool   // figures stand to the right
}

// A Row has one cell a column.
type Row []Cell

// A Cell is one value in the three ways that it is written.
type Cell struct {
	Text string // for a reader, in the language asked for
	CSV  string // for a program; never depends on the language, except for names
	JSON any    // nil, string, integer, Fixed or bool
}

// A Group is the part of a table that has one value of what the table is divided by.
type Group struct {
	Key    string // "" for calls that have no value
	Title  string // heading of the text
	Rows   []Row
	Fields []Field // in the JSON object, before rows
	Note   string  // line below its text
}

// A Field is one named value of a JSON object.
type Field struct {
	Key   string
	Value any // as Cell.JSON, or an Object
}

// An Object is a JSON object whose fields keep their order.
type Object []Field

// A Fixed is a decimal number in JSON, written as it stands: "67.06".
type Fixed string

// Format is a way to write a table.
type Format uint8

// The formats.
const (
	Text Format = iota
	CSV
	JSON
	HTML
	XLSX
	PDF
)

var formatNames = [...]string{Text: "text", CSV: "csv", JSON: "json", HTML: "html", XLSX: "xlsx", PDF: "pdf"}

// FormatNames gives the names that ParseFormat reads, in the order of the formats.
func FormatNames() []string { return formatNames[:] }

// ParseFormat gives the format of that name.
func ParseFormat(name string) (Format, error) {
	for f, n := range formatNames {
		if n == name {
			return Format(f), nil
		}
	}
	return Text, fmt.Errorf("format %q: one of %s is needed", name, strings.Join(formatNames[:], ", "))
}

// String gives the name that ParseFormat reads.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return fmt.Sprintf("format %d", uint8(f))
}

// Binary reports whether what the format writes is no text, so that it belongs in a file and not on a terminal.
func (f Format) Binary() bool { return f == XLSX || f == PDF }

// Write writes the table in a format. The same table gives the same octets. An error of w is returned, wrapped or as it
// is; what was written before it is not whole.
func (t *Table) Write(w io.Writer, f Format) error {
	switch f {
	case CSV:
		return t.writeCSV(w)
	case JSON:
		return t.writeJSON(w)
	case HTML:
		return t.writeHTML(w)
	case XLSX:
		return t.writeXLSX(w)
	case PDF:
		return t.writePDF(w)
	}
	return t.writeText(w)
}
