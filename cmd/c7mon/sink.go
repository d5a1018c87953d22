package main

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"time"

	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/monitor"
	"c7mon/store"
	"c7mon/wire"
)

// A sink takes calls to the database, or nowhere.
type sink struct {
	ctx      context.Context
	store    store.Store
	writer   *store.Writer
	heard    func() []store.Capture // what is known now of what is listened to
	captures []int64
	horizon  wire.Time // what was heard in quarters of an hour before it is stored, and let go
	result   store.Result
	indexing time.Duration // what the indexes took that are built after the load
	err      error
	stop     func() // ends the reading
}

// openSink opens the database and enters the captures.
func (a *app) openSink(ctx context.Context, heard func() []store.Capture) (*sink, error) {
	s := &sink{ctx: context.WithoutCancel(ctx), heard: heard, horizon: wire.NoTime} // an interrupted replay still stores what had ended
	if a.db == "none" {
		return s, nil
	}
	db, err := a.openStore(ctx, store.Write)
	if err != nil {
		return nil, err
	}
	s.store = db
	for _, c := range heard() {
		id, err := db.PutCapture(ctx, c)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		s.captures = append(s.captures, id)
	}
	s.writer = store.NewWriter(s.ctx, db, s.captures, replayBatch)
	return s, nil
}

// add enters a capture that calls of the database came from, and gives its index.
func (s *sink) add(id int64) int {
	s.captures = append(s.captures, id)
	s.writer.AddCapture(id)
	return len(s.captures) - 1
}

func (s *sink) put(c *correlate.Call) {
	if s.writer != nil && s.err == nil {
		s.fail(s.writer.Put(c))
	}
}

// close stores what is left: the last calls, and, of a capture that was read to its end, what was heard of its links.
func (s *sink) close(m *monitor.Monitor, whole bool) error {
	if s.store == nil {
		return nil
	}
	var err error
	s.result, err = s.writer.Close()
	if err == nil {
		var rows []store.Coverage
		if whole {
			rows = s.coverage(m.Measures())
		}
		err = putHeard(s.ctx, s.store, s.heard(), rows, s.horizon)
	}
	if err == nil {
		began := time.Now()
		err = s.store.Finish(s.ctx)
		s.indexing = time.Since(began)
	}
	return ofStore(errors.Join(err, s.store.Close()))
}

// A storeError is an error of the database, and of nothing below it: a broken pipe to its server is none of standard output,
// whose reader may have seen enough.
type storeError struct{ error }

func ofStore(err error) error {
	if err == nil {
		return nil
	}
	return storeError{err}
}

// flush lets the calls that were put be stored now.
func (s *sink) flush() {
	if s.writer != nil && s.err == nil {
		s.fail(s.writer.Flush())
	}
}

// keep stores what was heard of links and sources up to now, beside the caller. What a quarter of an hour that is long over
// has counted is let go.
func (s *sink) keep(m *monitor.Monitor, now wire.Time) {
	measures, before := m.Measures(), s.horizon
	if now.Known() {
		s.horizon = max(s.horizon, now.Add(-time.Hour))
		m.TakeMeasures(s.horizon)
	}
	if s.writer == nil || s.err != nil {
		return
	}
	rows, heard := s.coverage(measures), slices.Clone(s.heard())
	s.fail(s.writer.Do(func(ctx context.Context, db store.Store) error {
		if err := putHeard(ctx, db, heard, rows, before); err != nil {
			return err
		}
		return db.Finish(ctx)
	}))
}

// putHeard stores what was heard of links and captures. Rows of quarters of an hour before horizon say what was heard in them
// since they were stored, as of a source whose clock is far behind that of another.
func putHeard(ctx context.Context, db store.Store, heard []store.Capture, rows []store.Coverage, horizon wire.Time) error {
	for _, c := range heard {
		if _, err := db.PutCapture(ctx, c); err != nil {
			return err
		}
	}
	rows, err := withStored(ctx, db, rows, horizon)
	if err != nil {
		return err
	}
	return db.PutCoverage(ctx, rows)
}

// withStored adds to the rows of quarters of an hour before horizon what the database has of them.
func withStored(ctx context.Context, db store.Store, rows []store.Coverage, horizon wire.Time) ([]store.Coverage, error) {
	type key struct {
		capture   int64
		quarter   wire.Time
		link      string
		direction wire.Direction
	}
	at := map[key]int{}     // in rows
	again := map[key]bool{} // captures and quarters
	from, to := wire.NoTime, wire.NoTime
	for i, r := range rows {
		if r.Quarter >= horizon {
			continue
		}
		at[key{r.Capture, r.Quarter, r.Link, r.Direction}] = i
		again[key{capture: r.Capture, quarter: r.Quarter}] = true
		if !from.Known() || r.Quarter < from {
			from = r.Quarter
		}
		to = max(to, r.Quarter+1)
	}
	if len(at) == 0 {
		return rows, nil
	}
	stored, err := db.Coverage(ctx, from, to)
	for _, r := range stored {
		if !again[key{capture: r.Capture, quarter: r.Quarter}] {
			continue
		}
		i, ok := at[key{r.Capture, r.Quarter, r.Link, r.Direction}]
		if !ok {
			rows = append(rows, r) // a quarter of an hour is stored whole
			continue
		}
		if rows[i].Seen += r.Seen; rows[i].Expected > 0 && r.Expected > 0 {
			rows[i].Expected += r.Expected
		} else {
			rows[i].Expected = 0
		}
	}
	return rows, err
}

// fail ends the reading: what comes after err cannot be stored either.
func (s *sink) fail(err error) {
	if err != nil && s.err == nil {
		s.err = err
		s.stop()
	}
}

// coverage makes rows of what the monitor counted.
func (s *sink) coverage(measures []monitor.Measure) []store.Coverage {
	var rows []store.Coverage
	for _, q := range measures {
		c := store.Coverage{Capture: s.captures[q.File], Link: q.Link, Direction: q.Direction, Quarter: q.Quarter, Seen: q.Seen}
		if q.Known {
			c.Expected = q.Seen + q.Missed
		}
		rows = append(rows, c)
	}
	return rows
}

// capturesIn gives what is known of capture files.
func capturesIn(files *capture.Files) func() []store.Capture {
	return func() (list []store.Capture) {
		for _, f := range files.Info() {
			list = append(list, captureOf(f))
		}
		return list
	}
}

func captureOf(f capture.FileInfo) store.Capture {
	c := store.Capture{Path: f.Path, Size: f.Size, First: f.First, Last: f.Last, Frames: f.Frames, Bytes: f.Bytes}
	_, _ = hex.Decode(c.SHA256[:], []byte(f.SHA256)) // empty, thus all zero, before standard input has been read
	return c
}
