package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"c7mon/charge/cdr"
	"c7mon/charge/reconcile"
	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

// records reads call records into a matcher.
type records struct {
	app         *app
	cfg         *config.Config
	layout      *cdr.Map
	matcher     reconcile.Matcher
	names       []string // of the files
	counts      cdr.Counts
	first, last wire.Time // of the records, by the clock of the switch
}

// badShown is how many rows that are no records are told one by one.
const badShown = 10

// read reads the files. Without a record in any of them there is nothing to reconcile.
func (r *records) read(ctx context.Context, files []string) error {
	for i, file := range files {
		if err := r.readFile(ctx, i, file); err != nil {
			return err
		}
	}
	if more := r.counts.Bad - badShown; more > 0 {
		fmt.Fprintf(r.app.stderr, "c7mon: and %d more rows that are no records\n", more)
	}
	if r.counts.Records > 0 && 2*r.counts.Bad > r.counts.Rows {
		fmt.Fprintf(r.app.stderr, "c7mon: warning: %d of %d rows are no records: is the map right?\n", r.counts.Bad, r.counts.Rows)
	}
	r.first, r.last = r.matcher.Span()
	what := strings.Join(r.names, ", ")
	switch {
	case r.counts.Records > 0 && !r.first.Known():
		return fmt.Errorf("%s: no record has a time: correct the map", what)
	case r.counts.Records > 0:
		return nil
	case r.counts.Bad > 0:
		return fmt.Errorf("%s: none of %s is a record: correct the map (c7mon charge check --map FILE) or the file", what, count(int(r.counts.Rows), "row"))
	case r.counts.LeftOut > 0:
		return fmt.Errorf("%s: the map leaves out all of %s: correct only and except", what, count(int(r.counts.Rows), "row"))
	}
	return fmt.Errorf("%s: there are no records in it", what)
}

// readFile reads one file.
func (r *records) readFile(ctx context.Context, index int, file string) error {
	name, from := "standard input", r.app.input(ctx)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		if s, err := f.Stat(); err == nil && s.IsDir() {
			return fmt.Errorf("%s: it is a directory: name the files in it, a --cdr for each", file)
		}
		name, from = file, f
	}
	r.names = append(r.names, name)
	from, err := unpacked(from)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	in := cdr.NewReader(from, name, r.layout, &r.cfg.Numbering)
	if err := r.each(ctx, in, index); err != nil {
		return err
	}
	n := in.Counts()
	r.counts.Rows, r.counts.Records = r.counts.Rows+n.Rows, r.counts.Records+n.Records
	r.counts.LeftOut, r.counts.Bad = r.counts.LeftOut+n.LeftOut, r.counts.Bad+n.Bad
	if never := in.NeverFilled(); n.Records > 0 && len(never) > 0 {
		fmt.Fprintf(r.app.stderr, "c7mon: warning: %s: no record has a value in %s: are these the right columns of the map?\n", name,
			strings.Join(never, ", "))
	}
	return nil
}

// unpacked gives what is compressed by gzip as it was before, and all else as it is.
func unpacked(from io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(from, 1<<16)
	if head, _ := b.Peek(2); string(head) != "\x1f\x8b" { // an error comes again when it is read
		return b, nil
	}
	return gzip.NewReader(b)
}

// each adds the records of a file to the matcher.
func (r *records) each(ctx context.Context, in *cdr.Reader, index int) error {
	var rec cdr.Record
	bad := r.counts.Bad
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := in.Read(&rec)
		var row *cdr.RowError
		switch {
		case errors.As(err, &row):
			if bad++; bad <= badShown {
				r.app.tell(row)
			}
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		rec.Line = reports.LineOf(index, rec.Line)
		r.matcher.AddRecord(&rec)
	}
}

// An observer adds stored calls to a matcher.
type observer struct {
	matcher   *reconcile.Matcher
	numbering *config.Numbering
	rater     *tariff.Rater // nil where calls have no price
	tolerance time.Duration
	notCalls  int64 // attempts that no switch writes a record of

	digits, calling, called []byte // scratch
}

// doubtful are the flags of calls of which a message may be missing.
const doubtful = correlate.Partial | correlate.Suspect

// add adds a call.
func (o *observer) add(row *store.Row) error {
	c := &row.Call
	if c.Outcome == correlate.Glare || c.Outcome == correlate.Reattempt {
		o.notCalls++
		return nil
	}
	o.calling, o.called = o.normal(o.calling, &c.Calling), o.normal(o.called, &c.Called)
	x := reconcile.Observed{ID: row.ID, Calling: o.calling, Called: o.called, Start: c.Start, Answer: c.Answer,
		End: tariff.EndOfCharging(c), CIC: c.CIC, TrunkGroup: c.TrunkGroup, Free: c.Charge == correlate.ChargeNo, Suspended: c.Suspended}
	x.Sure = c.Flags&doubtful == 0 && c.Outcome != correlate.Lost && c.Outcome != correlate.Open && c.Outcome != correlate.Unknown &&
		x.End.Known()
	if o.rater != nil && c.Answer.Known() {
		o.price(&x, c)
	}
	o.matcher.AddCall(&x)
	return nil
}

// normal gives the normal form of a number in the room of dst.
func (o *observer) normal(dst []byte, n *correlate.Number) []byte {
	o.digits = n.Append(o.digits[:0])
	return o.numbering.Normal(dst[:0], string(o.digits), n.NOA)
}

// price rates a call, and the same call as a switch may have measured it: with answer and end up to the tolerance earlier or later.
func (o *observer) price(x *reconcile.Observed, c *correlate.Call) {
	g := o.rater.Rate(c)
	x.Tariff, x.Destination = g.Tariff, g.To
	if g.Status != tariff.Rated {
		return
	}
	x.HasMoney, x.HasRange, x.Money, x.Least, x.Most = true, true, g.Money, g.Money, g.Money
	t := o.tolerance
	moved := *c
	rate := func(answer, end time.Duration) (same bool) {
		moved.Answer, moved.Release = c.Answer.Add(answer), max(x.End.Add(end), c.Answer.Add(answer))
		if g := o.rater.Rate(&moved); g.Status == tariff.Rated {
			x.Least, x.Most = min(x.Least, g.Money), max(x.Most, g.Money)
			return g.Money == x.Money
		}
		return true // at the border of a book
	}
	rate(0, -t)
	rate(0, t)
	early, late := rate(-t, -t), rate(t, t)
	if early && late {
		return
	}
	// Another tariff is near: it may have another price of what is shorter or longer, too.
	for _, answer := range [...]time.Duration{-t, t} {
		rate(answer, answer-t)
		rate(answer, answer+t)
	}
}
