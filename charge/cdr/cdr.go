// Package cdr takes the call records of a switch or a biller, in CSV, fixed columns or JSON lines, with a map that says which column
// is what, and gives them as records that compare with observed calls.
package cdr

import (
	"io"
	"time"

	"c7mon/charge"
	"c7mon/config"
	"c7mon/wire"
)

// A Record is one call as the file has it. What the file does not say is empty, wire.NoTime or -1.
type Record struct {
	Line int64 // in the file, from 1
	// Numbers as config.Numbering.Normal gives them; they may be borrowed until the next record.
	Calling, Called []byte
	Start, Answer   wire.Time // by the clock of the switch
	End             wire.Time
	Duration        time.Duration // charged, -1 where it is not told
	Answered        int8          // 1 yes, 0 no, -1 not told
	TrunkGroup      []byte        // as the map names it in terms of c7mon, "" where it is not told
	CIC             int64         // -1 where it is not told
	Money           int64         // in the smallest part of the currency; HasMoney tells whether it is there
	HasMoney        bool
	Tariff          []byte // name of a tariff or destination as the file has it
}

// A Map says how a file is read. It is made by LoadMap.
type Map struct {
	Currency charge.Currency // of the money column, as the map or the caller says

	// to be implemented
}

// LoadMap reads a map from a YAML file.
func LoadMap(file string) (*Map, error) { return nil, nil }

// A Reader gives the records of one file.
type Reader struct {
	// to be implemented
}

// NewReader reads records from r; file stands in errors.
func NewReader(r io.Reader, file string, m *Map, n *config.Numbering) *Reader { return nil }

// Read fills rec with the next record. It gives io.EOF at the end, and a *RowError for a line that is no record: the next Read
// goes on behind it.
func (r *Reader) Read(rec *Record) error { return io.EOF }

// A RowError says what is wrong with one line of a file.
type RowError struct {
	File   string
	Line   int64
	Column string
	Value  string
	Reason string
}

func (e *RowError) Error() string { return e.Reason }
