// Package reconcile takes observed calls and the records of a switch or a biller, pairs them, and says what one has that the other
// has not, and what differs.
package reconcile

import (
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// Observed is a call as the lines showed it.
type Observed struct {
	ID              uint64
	Calling, Called []byte // as config.Numbering.Normal gives them; "" where there are no digits
	Start, Answer   wire.Time
	End             wire.Time // of the charging: release, or what ended the call; NoTime where it is not known
	CIC             uint32
	TrunkGroup      string
	Free            bool // the record says no charge
	Sure            bool // its beginning, answer and end were seen without loss; else a difference may be ours
	HasMoney        bool // it could be rated
	Money           int64
	Tariff          string // name of the tariff in the book
	Suspended       time.Duration
}

// Class is what became of a call or a record.
type Class uint8

// A Matcher pairs. Fill it with AddCall and AddRecord, in any order, then Match.
type Matcher struct {
	// to be implemented
}

// AddCall takes an observed call; nothing of it is kept but what is copied.
func (m *Matcher) AddCall(o *Observed) {}

// AddRecord takes a record of the file.
func (m *Matcher) AddRecord(r *cdr.Record) {}
