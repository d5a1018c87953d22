package cdr

import (
	_ "embed"
	"fmt"
	"os"
	"time"

	"c7mon/charge"
)

// A Map says how a file is read. It is made by LoadMap or ParseMap and does not change afterwards but for its Currency, which
// is set before the first NewReader; then several goroutines may use it.
type Map struct {
	Currency charge.Currency // of the money column, as the map or the caller says; without a Code it is not known

	format    format
	latin1    bool // values are octets of ISO 8859-1
	delimiter byte
	quote     byte // 0 for none
	header    bool
	skip      int    // lines before the header or the first row
	comment   string // lines that begin so are none, "" for none
	zone      *time.Location
	columns   []column // that are read, each once
	empty     []string // values that stand for none, as octets of the file
	filters   []filter
	keys      []jsonKey // paths of the columns of JSON lines; the first is the top

	calling, called   numberField
	times             [3]timeField // start, answer, end
	duration          durationField
	answered, charged flagField
	trunkGroup        nameField
	cic               field
	money             moneyField
	currency          field
	tariff            nameField
}

// format is how records stand in a file.
type format uint8

const (
	csv format = 1 + iota
	fixed
	jsonl
)

// formats are the names of the formats.
var formats = map[string]format{"csv": csv, "fixed": fixed, "jsonl": jsonl}

// Indices of Map.times.
const (
	start = iota
	answer
	end
)

// A column is one that the map names.
type column struct {
	name     string // as the map has it, for errors
	octets   string // the name as the file writes it
	number   int    // of CSV, from 1; 0 for one that only its name tells
	from, to int    // of fixed columns: line[from:to]
}

// A field is what one key under columns says: which columns, by index of Map.columns, none where the file does not tell it.
type field struct {
	key     string
	columns []int
	empty   []string // values that stand for none in this field, besides Map.empty
	whole   bool     // a fixed column that the line ends in is an error: what is left would be another number
}

type numberField struct {
	field
	nature      uint8 // of address, where no column tells it, Q.763 3.9 c
	strip       [256]bool
	natureField field
	natures     map[string]uint8
}

type timeField struct {
	field
	layouts    []layout
	sharesDate bool // its first column is the date of the start as well
}

type durationField struct {
	field
	unit      unit
	fromStart bool // it counts from the start, not from the answer
}

type flagField struct {
	field
	yes, no map[string]bool // nil where there is no such list
	folded  bool            // the lists are in lower case, and so are values to be
}

type nameField struct {
	field
	names map[string][]byte
}

type moneyField struct {
	field
	decimal byte
	group   byte // 0 for none
	implied int  // decimals that no mark separates
	strip   [256]bool
}

// A filter tells which rows are records.
type filter struct {
	column int
	values map[string]bool
	keep   bool // rows with one of the values, or all others
}

//go:embed example.yaml
var example string

// Example is a map that reads the records that c7mon lab writes, with all other keys as comments: it is there to be changed.
func Example() string { return example }

// LoadMap reads a map from a YAML file. What is wrong with the file is a yamlfile.Errors, all of it.
func LoadMap(file string) (*Map, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("map of call records: %w: --map needs a file that can be read", err)
	}
	return ParseMap(file, data)
}
