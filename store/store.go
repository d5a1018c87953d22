// Package store keeps finished calls: it takes correlate.Calls and writes them as rows into PostgreSQL or an embedded
// SQLite file, each call once, and gives them back whole or counted.
package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/wire"
)

// A Store is a database of calls. One goroutine may write (Put, PutCapture, PutCoverage, PutCharges, Reclassify, Finish)
// while others read. Every error is one line that says what is wrong and what to do.
type Store interface {
	// Put stores calls in one transaction: all of them or, with an error, none. captures holds the id of each capture
	// file by its index (Call.FirstFile, LastFile); an index outside it stands for no capture. A call that is stored
	// already is left as it is, unless the stored one was cut off by the end of its capture and this one is finished,
	// or this one has more messages. The calls are not kept and not changed.
	Put(ctx context.Context, calls []correlate.Call, captures []int64) (Result, error)

	// PutCapture stores a capture file and gives its id, the same id whenever path, hash and size are the same. What
	// is known of it already stays when c knows fewer frames, so that a file can be entered before it is read.
	PutCapture(ctx context.Context, c Capture) (id int64, err error)

	// PutCoverage stores what was heard of the links. All rows of the captures and quarters of an hour that c names are
	// replaced.
	PutCoverage(ctx context.Context, c []Coverage) error

	// Finish ends a load: it builds the indexes that the tables written to do not have yet. Those that have them keep
	// them through every load.
	Finish(ctx context.Context) error

	// Calls gives the calls that f lets through to fn, oldest first, by start and then by id. The Row is used again
	// for the next call. An error of fn ends the reading and is given back as it is.
	Calls(ctx context.Context, f Filter, fn func(*Row) error) error

	// Call gives the call with that id; ErrNoCall when there is none.
	Call(ctx context.Context, id uint64) (*Row, error)

	// Causes counts the calls that f lets through by cause, outcome and the dimension by, in the order of these three.
	Causes(ctx context.Context, f Filter, by By) ([]CauseCount, error)

	// PutCharges stores charges in one transaction: all of them or, with an error, none. They take the place of those that
	// their calls had. A charge of a call that is not stored, or not any more as it was rated (Charge.Of), is left out. A
	// charge goes with its call: when the call is replaced by a better copy, reclassified or deleted, it is deleted.
	PutCharges(ctx context.Context, charges []Charge) (ChargeResult, error)

	// Charges gives the calls that f lets through with their charges to fn, oldest first, as Calls does. The charge is nil
	// for a call that has none. Both are used again for the next call.
	Charges(ctx context.Context, f Filter, fn func(*Row, *Charge) error) error

	// Reclassify gives the calls that f lets through the service and the trunk group that fn says, oldest first, and
	// changes nothing else of them. Partial calls have neither and are not shown to fn, which must not keep the Row. What
	// changes is stored in batches, each in a transaction: after an error the calls of the batches before it, Changed of
	// them, are changed, and the others are as they were. A call that is replaced meanwhile is left as it is then.
	Reclassify(ctx context.Context, f Filter, fn func(*Row) (service, trunkGroup string)) (ReclassResult, error)

	// Newest gives the start of the newest call, NoTime when there is none. Calls dated before 1990 or after tomorrow
	// count only when there are no others: their clock was wrong.
	Newest(ctx context.Context) (wire.Time, error)

	// Coverage gives the rows whose quarter of an hour has a part in the time from from to to (NoTime: no limit), in
	// the order of quarter, capture, link and direction.
	Coverage(ctx context.Context, from, to wire.Time) ([]Coverage, error)

	// Captures gives the capture files in the order of their ids.
	Captures(ctx context.Context) ([]Capture, error)

	// Schema gives the version of the schema as Open found it, 0 for a new database, and as it is now.
	Schema() (was, is int64)

	// Close lets go of the database. What Put has stored stays stored.
	Close() error
}

// Result counts what became of the calls that were put; Stored and Known add up to them.
type Result struct {
	Stored int64 // new, or put in the place of the stored one
	Known  int64 // there already and left as they were, or a worse copy of another call of the same batch
	Odd    int64 // of both, the calls dated before 1990 or after tomorrow (UTC)
}

// Add adds another count to r.
func (r *Result) Add(s Result) {
	r.Stored += s.Stored
	r.Known += s.Known
	r.Odd += s.Odd
}

// A Row is a stored call, its times cut to microseconds. FirstFile and LastFile of the Call are not known (0): the
// captures stand beside it.
type Row struct {
	correlate.Call
	ID              uint64 // as Call.ID gave it when the call was stored
	Capture         int64  // id of the capture with the first message, 0 when not known
	LastCapture     int64  // the same of the last message
	CapturePath     string // path of Capture as it was given, "" when not known
	LastCapturePath string
}

// A Capture is a capture file that was read.
type Capture struct {
	ID     int64
	Path   string
	Size   int64     // octets of the file, as it lies there
	SHA256 [32]byte  // of its first 64 KiB
	First  wire.Time // of its first and last frame, NoTime when not known
	Last   wire.Time
	Frames uint64
	Bytes  uint64 // octets of its frames
}

// Coverage says how much of a link was heard in a quarter of an hour.
type Coverage struct {
	Capture   int64
	Link      string
	Direction wire.Direction
	Quarter   wire.Time // when the quarter of an hour starts
	Seen      uint64    // signal units or chunks heard
	Expected  uint64    // sent, by their sequence numbers; 0 when that is not known
}

// By names the dimension by which Causes counts.
type By struct {
	Dimension Dimension
	Zone      *time.Location // where days begin and end, for ByDay; nil is UTC
}

// Dimension is what a count is divided by.
type Dimension uint8

// The dimensions.
const (
	ByNothing Dimension = iota
	ByService
	ByDPC
	ByTrunkGroup
	ByLocation // of the cause
	ByDay      // of the start
)

// CauseCount is a number of calls that have these things in common.
type CauseCount struct {
	Key      string // value of the dimension, "" where a call has none; a DPC in decimal, a day as 2003-10-12
	HasCause bool   // false: the calls ended without a cause
	Cause    cause.Code
	Outcome  correlate.Outcome
	Partial  bool // their IAM was not seen
	Calls    int64
}

// Mode says what a database is opened for.
type Mode uint8

// The modes.
const (
	Read  Mode = iota // must be there, at this schema; nothing is written
	Write             // made when it is not there (SQLite), brought to this schema
)

// Open opens the database that url names: sqlite:PATH or postgres://USER@HOST/NAME.
func Open(ctx context.Context, url string, mode Mode) (Store, error) {
	scheme, rest, _ := strings.Cut(url, ":")
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, strings.TrimPrefix(rest, "//"), mode)
	case "postgres", "postgresql":
		return openPostgres(ctx, url, mode)
	case "none":
		return nil, fmt.Errorf("database none: this needs a database: give --db sqlite:PATH or --db postgres://USER@HOST/NAME")
	}
	return nil, fmt.Errorf("database %q: neither sqlite:PATH nor postgres://USER@HOST/NAME", redact(url))
}
