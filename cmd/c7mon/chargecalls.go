package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c7mon/charge"
	"c7mon/charge/tariff"
	"c7mon/reports"
	"c7mon/store"
)

// A chargeQuestion is what the flags of charge calls say.
type chargeQuestion struct {
	selection
	ids                         []uint64
	books                       []string
	explain, store              bool
	status, tariff, destination string
}

func (a *app) chargeCallsCmd() *cobra.Command {
	var q chargeQuestion
	cmd := &cobra.Command{
		Use:   "calls [CALL-ID...]",
		Short: "Say what each call ought to have cost",
		Long: `Rate stored calls by books of tariffs, those with the ids or, oldest first, all that fit the flags, and print what each ought to have
cost: units, price, tariff, destination.
A call costs from its answer to its release, or whatever ended it; one with the indication no charge is free. Calls whose
beginning, answer or end was not seen are not rated, and status says so. --explain says by which steps a charge came about.

--store keeps the charges in the database, in the place of those there, with the book they were computed by. When a call is
replaced by a better copy or reclassified, its charge goes; after a change of a book, store them again.`,
		Example: `  c7mon charge calls --book tariffs.yaml 2228780452395587991 --explain
  c7mon charge calls --book tariffs.yaml --from 2003-10-12 --to 2003-10-18 --service IDD
  c7mon charge calls --book tariffs.yaml --number 0912345678 --explain
  c7mon --config c7mon.yaml charge calls --store`,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, arg := range args {
				id, err := callID(arg)
				if err != nil {
					return a.usage("%w", err)
				}
				q.ids = append(q.ids, id)
			}
			return a.chargeCalls(cmd, &q)
		},
	}
	q.flags(cmd)
	bookFlag(cmd, &q.books)
	f := cmd.Flags()
	f.StringVar(&q.status, "status", "", "only calls of this `STATUS`: "+strings.Join(statuses(), ", "))
	f.StringVar(&q.tariff, "tariff", "", "only calls rated by this `TARIFF` of the book")
	f.StringVar(&q.destination, "destination", "", "only calls to this `DESTINATION` of the book, by its name, or its prefix where it has none")
	f.BoolVar(&q.explain, "explain", false, "print the steps of each charge with their clauses of TS 22.024")
	f.BoolVar(&q.store, "store", false, "store the charges, and print how many")
	f.IntVar(&q.limit, "limit", 50, "print the first `N` calls, 0 for all")
	f.StringVar(&q.format, "format", "table", "`FORMAT` table, csv or json")
	values(cmd, "format", "table", "csv", "json")
	values(cmd, "status", statuses()...)
	return cmd
}

// statuses are the names that --status takes.
func statuses() (names []string) {
	for _, s := range tariff.Statuses() {
		if s != tariff.Unrated { // a call that is rated here is never that
			names = append(names, s.String())
		}
	}
	return names
}

// fits tells whether a charge is one of those that are asked for.
func (q *chargeQuestion) fits(c *store.Charge) bool {
	return (q.status == "" || q.status == c.Status) && (q.tariff == "" || q.tariff == c.Tariff) &&
		(q.destination == "" || q.destination == cmp.Or(c.Destination, c.Prefix))
}

// selecting are the flags that say nothing of calls that are named by their ids.
var selecting = []string{"from", "to", "service", "called", "calling", "number", "cic", "opc", "dpc", "cause", "trunk-group", "outcome", "status",
	"tariff", "destination", "store", "limit"}

// fitTogether says which flags do not.
func (q *chargeQuestion) fitTogether(cmd *cobra.Command) error {
	switch {
	case q.explain && (q.store || q.format == "csv"):
		return errors.New("--explain is for --format table and json, and not for --store")
	case q.store && cmd.Flags().Changed("limit"):
		return errors.New("--store stores the charges of all calls that are selected: --limit is for printing")
	case q.store && q.status+q.tariff+q.destination != "":
		return errors.New("--store stores the charges of all calls that are selected: --status, --tariff and --destination are for printing")
	case q.status != "" && !slices.Contains(statuses(), q.status):
		return fmt.Errorf("--status %s: one of %s is needed", q.status, strings.Join(statuses(), ", "))
	case q.store && q.format == "csv":
		return errors.New("--store prints a summary: --format table or json is needed")
	case len(q.ids) > 0:
		for _, name := range selecting {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--%s is for calls that are not named by their ids", name)
			}
		}
	}
	return nil
}

// chargeCalls prints or stores what the calls cost that q selects.
func (a *app) chargeCalls(cmd *cobra.Command, q *chargeQuestion) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	form := pointCodeForm(cfg)
	f, err := q.filter(cmd, a.zone, form, cfg.Numbering.CountryCode)
	if err == nil {
		err = q.fitTogether(cmd)
	}
	if err != nil {
		return a.usage("%w", err)
	}
	books, err := a.books(cfg, q.books)
	if err != nil {
		return err
	}
	rater, err := tariff.NewRater(books, cfg)
	if err != nil {
		return err
	}
	if q.store {
		f.Limit = 0
		return a.storeCharges(cmd.Context(), rater, f, q.format == "json")
	}
	out, err := reports.NewChargeWriter(a.stdout, q.format, a.callStyle(form))
	if err != nil {
		return a.usage("%w", err)
	}
	db, err := a.openStore(cmd.Context(), store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	return a.printCharges(cmd.Context(), db, rater, f, out, q)
}

// each gives the calls that are asked for, those with the ids in their order.
func (q *chargeQuestion) each(ctx context.Context, db store.Store, f store.Filter, do func(*store.Row) error) error {
	if len(q.ids) == 0 {
		return db.Calls(ctx, f, do)
	}
	for _, id := range q.ids {
		r, err := db.Call(ctx, id)
		if err == nil {
			err = do(r)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// errEnough ends a reading of calls before its end.
var errEnough = errors.New("enough calls were read")

// printCharges prints the calls that f and q let through with what they ought to have cost.
func (a *app) printCharges(ctx context.Context, db store.Store, rater *tariff.Rater, f store.Filter, out reports.ChargeWriter,
	q *chargeQuestion) error {
	var steps []charge.Step
	shown, limit := 0, f.Limit
	if len(q.ids) > 0 {
		limit = 0
	}
	if q.status+q.tariff+q.destination != "" {
		f.Limit = 0 // it is of those that fit, which the store cannot tell
	} else if limit > 0 {
		f.Limit++ // one more tells that there are more
	}
	err := q.each(ctx, db, f, func(r *store.Row) error {
		g := rater.Rate(&r.Call)
		c := reports.ChargeOf(r, &g)
		switch {
		case !q.fits(&c):
			return nil
		case limit > 0 && shown == limit:
			return errEnough
		case q.explain:
			steps, _ = rater.Explain(steps[:0], &r.Call)
		}
		shown++
		return out.Write(r, &c, steps)
	})
	more := errors.Is(err, errEnough)
	if err != nil && !more {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if more {
		fmt.Fprintf(a.stderr, "c7mon: these are the first %d calls, there are more: --limit 0 prints all\n", limit)
	}
	return nil
}
