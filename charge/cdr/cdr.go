// Package cdr takes the call records of a switch or a biller, in CSV, fixed columns or JSON lines, with a map that says which column
// is what, and gives them as records that compare with observed calls.
package cdr

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"c7mon/wire"
)

// A Record is one call as the file has it. What the file does not say is empty, wire.NoTime or -1. All its slices are borrowed
// until the next record.
type Record struct {
	Line int64 // in the file, from 1
	// Numbers as config.Numbering.Normal gives them; they may be borrowed until the next record.
	Calling, Called []byte
	Start, Answer   wire.Time // by the clock of the switch
	End             wire.Time
	// Other is by how much start, answer and end are later, or earlier, where they may as well be of the other of two hours that the
	// clock repeats; else zeros.
	Other      [3]time.Duration
	Duration   time.Duration // charged, -1 where it is not told
	Answered   int8          // 1 yes, 0 no, -1 not told
	Charged    int8          // 1 yes, 0 no, -1 not told: what a column says that flags it, not what follows from the money
	TrunkGroup []byte        // as the map names it in terms of c7mon, "" where it is not told
	CIC        int64         // -1 where it is not told
	Money      int64         // in the smallest part of the currency; HasMoney tells whether it is there
	HasMoney   bool
	Tariff     []byte // name of a tariff or destination as the file has it, or as the map renames it
}

// Counts says what became of the rows of a file. Rows is the sum of the other three; a header, comments and blank lines are no
// rows.
type Counts struct {
	Rows    int64
	Records int64 // given by Read
	LeftOut int64 // by only and except of the map
	Bad     int64 // a *RowError each
}

// A RowError says what is wrong with one line of a file.
type RowError struct {
	File   string
	Line   int64  // where the row begins, from 1
	Field  string // key of the map, as "start"; "" where the row as a whole is wrong
	Column string // as the map names it, "" where the row as a whole is wrong
	Value  string // as UTF-8; of a long one the beginning
	Reason string
}

// Error gives one line: file, line, what the column is, column, value, reason; what is empty is left out.
func (e *RowError) Error() string {
	text := fmt.Sprintf("%s:%d: ", e.File, e.Line)
	switch e.Column {
	case "":
	case e.Field:
		text += fmt.Sprintf("%s: %q: ", e.Field, e.Value)
	default:
		text += fmt.Sprintf("%s: column %s: %q: ", e.Field, e.Column, e.Value)
	}
	return text + e.Reason
}

// maxShown is how many octets of a value stand in an error.
const maxShown = 64

// shown gives a value for an error.
func shown(value []byte, latin1 bool) string {
	more := ""
	if len(value) > maxShown {
		value, more = value[:maxShown], "..."
	}
	if latin1 {
		return string(appendLatin1(nil, value)) + more
	}
	return strings.ToValidUTF8(string(value), string(utf8.RuneError)) + more
}

// appendLatin1 appends octets of ISO 8859-1 as UTF-8.
func appendLatin1(dst, octets []byte) []byte {
	for _, c := range octets {
		dst = utf8.AppendRune(dst, rune(c))
	}
	return dst
}
