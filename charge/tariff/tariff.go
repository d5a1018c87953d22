// Package tariff takes a book of tariffs and finished calls, and says what each call ought to have cost: by which tariff, how many
// units, how much money, and by which steps.
package tariff

import (
	"time"

	"c7mon/charge"
	"c7mon/config"
	"c7mon/correlate"
)

// A Book is a book of tariffs, read from one YAML file. It does not change once it is read, so several goroutines may use it.
type Book struct {
	Name        string
	File        string
	Fingerprint string // of its text: the first 16 hexadecimal digits of its SHA-256
	Zone        *time.Location
	PUCT        charge.PUCT // of the home network

	// to be implemented
}

// Load reads a book. What is wrong with the file is a yamlfile.Errors.
func Load(file string) (*Book, error) { return nil, nil }

// Parse reads a book from data; file stands in the errors.
func Parse(file string, data []byte) (*Book, error) { return nil, nil }

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

// A Rating is what a call ought to have cost.
type Rating struct {
	Status Status
	Units  charge.Units
	Money  int64 // in the smallest part of the book's currency
	Book   *Book
	Tariff string // name in the book
	Prefix string // of the destination that decided, as the book writes it
	To     string // name of the destination in the book, "" where it has none
}

// A Rater rates calls by the books, each by the one that is valid when the call is answered. It is used by one goroutine.
type Rater struct {
	// to be implemented
}

// NewRater makes a rater. The configuration says how numbers are dialled and which operator a point belongs to.
func NewRater(books []*Book, c *config.Config) (*Rater, error) { return &Rater{}, nil }

// Rate rates a call. Nothing is allocated.
func (r *Rater) Rate(c *correlate.Call) Rating { return Rating{} }

// Explain rates a call and appends the steps that led to it; times are since the answer.
func (r *Rater) Explain(dst []charge.Step, c *correlate.Call) ([]charge.Step, Rating) {
	return dst, Rating{}
}
