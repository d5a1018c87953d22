// Package tariff takes a book of tariffs and finished calls, and says what each call ought to have cost: by which tariff, how many
// units, how much money, and by which steps.
package tariff

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"time"

	"c7mon/charge"
	"c7mon/wire"
	"c7mon/yamlfile"
)

// A Book is a book of tariffs, read from one YAML file. It does not change once it is read, so several goroutines may use it.
type Book struct {
	Name        string
	File        string
	Fingerprint string // of its text: the first 16 hexadecimal digits of its SHA-256
	Zone        *time.Location
	PUCT        charge.PUCT // of the home network

	from, to int64   // it is valid from the one nanosecond since 1970 to before the other
	free     bool    // time suspended by the network costs nothing
	holidays []int64 // days since 1970, in order
	networks []network
	tariffs  []tariff
	entries  []entry
	tree     prefixTree
	errs     yamlfile.Errors // what Check says whatever the configuration
	warnings yamlfile.Errors
}

// Size gives how many tariffs and destinations are in the book.
func (b *Book) Size() (tariffs, destinations int) { return len(b.tariffs), len(b.entries) }

//go:embed example.yaml
var example string

// Example is a book for the network of the sources, Vietnam in 2003, whose prices are invented: it is there to be changed. It
// goes with config.Default.
func Example() string { return example }

// Load reads a book. What is wrong with the file is a yamlfile.Errors.
func Load(file string) (*Book, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("book of tariffs: %w: name a file that can be read", err)
	}
	return Parse(file, data)
}

// Parse reads a book from data; file stands in the errors. The error is a yamlfile.Errors with everything that is wrong. What
// makes a book doubtful but leaves it readable, Check says.
func Parse(file string, data []byte) (*Book, error) {
	sum := sha256.Sum256(data)
	b := &Book{File: file, Fingerprint: hex.EncodeToString(sum[:8])}
	p := newSections(b)
	if n := p.Parse(data); len(p.Errs) == 0 { // of a text that is no YAML the rest would be misunderstood
		p.book(n)
	}
	if len(p.Errs) > 0 {
		p.Errs.Sort()
		return nil, p.Errs
	}
	b.tree = plant(b.entries)
	p.examine()
	b.errs, b.warnings = p.found.Errs, p.doubts.Errs
	return b, nil
}

// Valid gives the time in which the book is valid, the first moment and the one after the last, wire.NoTime where the book
// sets no limit.
func (b *Book) Valid() (from, to wire.Time) {
	from, to = wire.NoTime, wire.NoTime
	if b.from != always {
		from = wire.Time(b.from)
	}
	if b.to != forever {
		to = wire.Time(b.to)
	}
	return from, to
}

// Status says whether a call could be rated, and if not why.
type Status uint8

// The statuses, in the order in which the first that fits is taken.
const (
	Unrated     Status = iota // not looked at
	Rated                     // Units and Money hold
	Free                      // answered, and the call record says no charge
	NotAnswered               // nothing to charge
	Partial                   // its beginning was not seen
	Lost                      // its end was not seen
	Open                      // it is still up
	NoBook                    // no book is valid at its answer
	NoTariff                  // no entry of the book fits it
	NoBand                    // its tariff has a gap at a time that the call lasts
	Failed                    // its numbers are too large for the arithmetic
)

var statusNames = [...]string{"unrated", "rated", "free", "not_answered", "partial", "lost", "open", "no_book", "no_tariff",
	"no_band", "failed"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unrated"
}

// Statuses gives all statuses in their order.
func Statuses() []Status {
	list := make([]Status, len(statusNames))
	for i := range list {
		list[i] = Status(i)
	}
	return list
}

// StatusOf is the inverse of Status.String; ok is false for a name that there is not.
func StatusOf(name string) (s Status, ok bool) {
	for i, n := range statusNames {
		if n == name {
			return Status(i), true
		}
	}
	return Unrated, false
}

// A Rating is what a call ought to have cost.
type Rating struct {
	Status   Status
	Units    charge.Units
	Money    int64 // in the smallest part of the book's currency
	Book     *Book
	Tariff   string        // name in the book
	Prefix   string        // of the destination that decided, as the book writes it
	To       string        // name of the destination in the book, "" where it has none
	Duration time.Duration // that was charged, before any rounding: without what was suspended, where the book says so
}
