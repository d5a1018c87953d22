package store

import (
	"context"
	"fmt"
	"sync/atomic"

	"c7mon/correlate"
)

// DefaultBatch is how many calls one transaction takes where nothing else is asked for.
const DefaultBatch = 16384

// A Writer gathers calls into batches and stores them beside the one who finds them: the one channel of the system. Its
// methods are for one goroutine.
type Writer struct {
	captures []int64
	batch    batch
	size     int
	full     chan batch
	free     chan batch
	done     chan Result
	failed   atomic.Pointer[error]
}

// A batch is calls with the captures that were known when it was handed over, or something else to be done.
type batch struct {
	calls    []correlate.Call
	captures []int64
	do       func(context.Context, Store) error // nil: calls
}

// batches is how many there are: one being filled, one waiting, one being stored.
const batches = 3

// NewWriter starts a Writer into s. captures holds the ids of the capture files by their index. Calls that were put are
// stored under ctx, also those that Close finds waiting.
func NewWriter(ctx context.Context, s Store, captures []int64, size int) *Writer {
	if size <= 0 {
		size = DefaultBatch
	}
	w := &Writer{captures: captures, size: size, full: make(chan batch, batches), free: make(chan batch, batches),
		done: make(chan Result, 1)}
	for range batches - 1 {
		w.free <- batch{}
	}
	go w.run(ctx, s)
	return w
}

// run stores batches until there are no more; after an error it only takes them.
func (w *Writer) run(ctx context.Context, s Store) {
	var sum Result
	for b := range w.full {
		if b.do != nil {
			if w.failed.Load() == nil {
				if err := b.do(ctx, s); err != nil {
					w.failed.Store(&err)
				}
			}
			continue
		}
		if w.failed.Load() == nil {
			r, err := s.Put(ctx, b.calls, b.captures)
			sum.Add(r)
			if err != nil {
				err = fmt.Errorf("%w (%d calls of this run are in, whole; run it again and those are known)", err, sum.Stored)
				w.failed.Store(&err)
				b = batch{} // a broken connection may still be reading it
			}
		}
		b.calls = b.calls[:0]
		w.free <- b
	}
	w.done <- sum
}

// AddCapture adds the id of a further capture file, whose index is the next.
func (w *Writer) AddCapture(id int64) { w.captures = append(w.captures, id) }

// Put copies c, to be stored with its batch. It waits while the database is behind. The error is the first of any batch.
func (w *Writer) Put(c *correlate.Call) error {
	w.batch.calls = append(w.batch.calls, *c)
	if len(w.batch.calls) >= w.size {
		return w.Flush()
	}
	return w.err()
}

// Flush hands over the calls that were put, without waiting until they are stored.
func (w *Writer) Flush() error {
	if len(w.batch.calls) > 0 {
		w.batch.captures = w.captures
		w.full <- w.batch
		w.batch = <-w.free
	}
	return w.err()
}

// Do lets fn write to the store once the calls that were put are in it. fn runs beside the caller. Its error ends the
// storing, as that of a batch does.
func (w *Writer) Do(fn func(context.Context, Store) error) error {
	if err := w.Flush(); err != nil {
		return err
	}
	w.full <- batch{do: fn}
	return w.err()
}

// Close stores what was put and ends the Writer. It gives the sum of all batches that are in, and the first error.
func (w *Writer) Close() (Result, error) {
	w.Flush()
	close(w.full)
	return <-w.done, w.err()
}

func (w *Writer) err() error {
	if e := w.failed.Load(); e != nil {
		return *e
	}
	return nil
}
