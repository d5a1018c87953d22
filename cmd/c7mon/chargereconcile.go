package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/charge/cdr"
	"c7mon/charge/reconcile"
	"c7mon/charge/tariff"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

// A reconcileQuestion is what the flags of charge reconcile say.
type reconcileQuestion struct {
	files, books []string
	mapFile      string
	from, to     string
	money, list  string
	limit        int
	tableQuestion
	options reconcile.Options

	classes []reconcile.Class // that are listed, none for no list
	as      reports.Format
}

func (a *app) chargeReconcileCmd() *cobra.Command {
	var q reconcileQuestion
	cmd := &cobra.Command{
		Use:     "reconcile --cdr FILE",
		Short:   "Check the call records of a switch or a biller against the calls on the wire",
		Long:    reconcileLong(),
		Example: reconcileExample,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.chargeReconcile(cmd, &q) },
	}
	f := cmd.Flags()
	f.StringArrayVar(&q.files, "cdr", nil, "call records `FILE`, - for standard input, a flag for each")
	f.StringVar(&q.mapFile, "map", "", "map `FILE` that says how the records are read (default: that of the configuration)")
	bookFlag(cmd, &q.books)
	f.StringVar(&q.from, "from", "", "first `DAY` (2003-10-12), or time (2003-10-12T08:00:00+07:00)")
	f.StringVar(&q.to, "to", "", "last `DAY`, included, or time, not included")
	f.StringVar(&q.options.TrunkGroup, "trunk-group", "", "only calls of this trunk `GROUP`, as the configuration names it")
	f.DurationVar(&q.options.Tolerance, "tolerance", 0, "times and durations that differ by so `LONG` agree, as 3s (default: it is found, 2s or more)")
	f.DurationVar(&q.options.Step, "step", 0, "the durations of the records are rounded up to whole `LONG`s, as 1m (default: it is found)")
	f.StringVar(&q.money, "money-tolerance", "", "amounts that differ by up to `AMOUNT` agree, as 0.05 (default 0)")
	f.StringVar(&q.list, "list", "", "list the calls and records of these `CLASSES`, as wire_only,double; differences, doubts or all")
	f.IntVar(&q.limit, "limit", 100, "list the first `N`, 0 for all")
	values(cmd, "list", append(classLists(), classNames()...)...)
	q.flags(cmd)
	return cmd
}

// chargeReconcile pairs, judges and prints.
func (a *app) chargeReconcile(cmd *cobra.Command, q *reconcileQuestion) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in, err := q.read(a, cmd)
	if err != nil {
		return a.usage("%w", err)
	}
	r := &records{app: a, cfg: cfg}
	rater, err := a.reconcileBooks(q, r, &in)
	if err != nil {
		return err
	}
	ctx := cmd.Context()
	db, err := a.openStore(ctx, store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := r.read(ctx, q.files); err != nil {
		return err
	}
	if err := q.load(ctx, db, r, rater, &in); err != nil {
		return err
	}
	return a.printReconciled(q, in)
}

// reconcileBooks reads the map and the books. Without a book there is no rater.
func (a *app) reconcileBooks(q *reconcileQuestion, r *records, in *reports.ReconcileInput) (rater *tariff.Rater, err error) {
	file := q.mapFile
	if file == "" {
		file = r.cfg.Charge.Map
	}
	if file == "" {
		return nil, a.usage("a map of call records is needed: --map FILE, or map under charge in the configuration " +
			"(c7mon charge example map prints one to begin with)")
	}
	if r.layout, err = cdr.LoadMap(file); err != nil {
		return nil, a.configErrors(file, err)
	}
	var books []*tariff.Book
	if len(q.books)+len(r.cfg.Charge.Books) > 0 {
		if books, err = a.books(r.cfg, q.books); err != nil {
			return nil, err
		}
		if rater, err = tariff.NewRater(books, r.cfg); err != nil {
			return nil, err
		}
	}
	if in.Currency, err = oneCurrency(file, r.layout.Currency, books); err != nil {
		return nil, err
	}
	r.layout.Currency = in.Currency
	for _, b := range books {
		in.Books = append(in.Books, fmt.Sprintf("%s (%s)", b.Name, b.Fingerprint))
	}
	if q.money != "" {
		if q.options.Money, err = smallest(q.money, in.Currency); err != nil {
			return nil, a.usage("--money-tolerance %w", err)
		}
	}
	return rater, nil
}

// clockMargin is how far before and after the records calls are read: the clock of the switch may be in a wrong zone.
const clockMargin = 26 * time.Hour

// load adds the calls to the records, and fills in what came of it.
func (q *reconcileQuestion) load(ctx context.Context, db store.Store, r *records, rater *tariff.Rater, in *reports.ReconcileInput) error {
	from, to := r.first, r.last
	if !q.options.Own {
		from, to = q.options.From, q.options.To
	}
	from, to = around(from, -clockMargin), around(to, clockMargin)
	tolerance := q.options.Tolerance
	if tolerance == 0 {
		tolerance = reconcile.Floor
	}
	o := observer{matcher: &r.matcher, numbering: &r.cfg.Numbering, rater: rater, tolerance: tolerance}
	captures, err := db.Captures(ctx)
	if err != nil {
		return err
	}
	var heard []store.Coverage
	for more := []store.Filter{{From: from, To: to}}; more != nil; {
		for _, f := range more {
			if err := db.Calls(ctx, f, o.add); err != nil {
				return err
			}
		}
		if heard, err = db.Coverage(ctx, from, to); err != nil {
			return err
		}
		q.options.Gaps = gapsOf(captures, heard, from, to)
		in.Result = r.matcher.Match(q.options)
		from, to, more = q.further(r, &in.Result.Clock, from, to)
	}
	r.warn(in.Result, captures)
	in.NotCalls, in.ByMap, in.Bad = o.notCalls, r.counts.LeftOut, r.counts.Bad
	in.File = strings.Join(r.names, ", ")
	if len(r.names) > 1 {
		in.Files = r.names
	}
	in.Coverage = reports.CoverageOf(slices.DeleteFunc(heard, func(c store.Coverage) bool {
		return c.Quarter.Add(quarter) <= in.Result.From || c.Quarter > in.Result.To
	}))
	return nil
}

// longCall is how long before the first record a call may have begun.
const longCall = 2 * time.Hour

// further gives the time of which calls are still to be read, where the clock of the switch shows that the file is of another one than
// was read.
func (q *reconcileQuestion) further(r *records, c *reconcile.Clock, from, to wire.Time) (first, last wire.Time, more []store.Filter) {
	if !q.options.Own || !c.Known || c.Wire(r.first).Add(-longCall) >= from && c.Wire(r.last).Add(longCall) <= to {
		return from, to, nil
	}
	first, last = min(from, around(c.Wire(r.first), -clockMargin)), max(to, around(c.Wire(r.last), clockMargin))
	if first < from {
		more = append(more, store.Filter{From: first, To: from})
	}
	if last > to {
		more = append(more, store.Filter{From: to, To: last})
	}
	return first, last, more
}

// around moves a time, and stays within what times can be.
func around(t wire.Time, by time.Duration) wire.Time {
	const most = math.MaxInt64 / 2
	return max(min(t, most), -most).Add(by)
}

// printReconciled prints the table, or the list, or in text both.
func (a *app) printReconciled(q *reconcileQuestion, in reports.ReconcileInput) error {
	total := int64(0)
	err := a.writeTo(q.output, func(w io.Writer) (err error) {
		if q.classes == nil || q.as == reports.Text {
			t := reports.Reconciliation(in)
			if err := t.Write(w, q.as); err != nil || q.classes == nil {
				return err
			}
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		o := reports.DifferenceOptions{Classes: q.classes, Limit: q.limit, Brief: q.as == reports.Text}
		total, err = reports.WriteDifferences(w, in, o, q.as)
		return err
	})
	if err == nil && q.limit > 0 && total > int64(q.limit) {
		fmt.Fprintf(a.stderr, "c7mon: these are the first %d of %d: --limit 0 lists all\n", q.limit, total)
	}
	return err
}
