package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/reports"
	"c7mon/store"
)

// A chargesQuestion is what the flags of report charges say.
type chargesQuestion struct {
	reportQuestion
	by     string
	books  []string
	stored bool
}

func (a *app) chargesCmd() *cobra.Command {
	var q chargesQuestion
	cmd := &cobra.Command{
		Use:   "charges",
		Short: "What calls ought to have cost, summed by service, destination, day ...",
		Long: `Sum what the calls of a period ought to have cost by books of tariffs: one row a service, operator, DPC, trunk group, destination,
tariff or day. Counted are the calls that began in the period, each once: rated, free, not answered, or not rated, and why
not. They are rated now, from the calls; --stored sums what c7mon charge calls --store has put into the database. Days are
those of --tz. Without a period the last seven whole days before the newest call are taken.`,
		Example: `  c7mon report charges --book tariffs.yaml --week 2003-10-12
  c7mon report charges --book tariffs.yaml --week 2003-W42 --by destination --service IDD --format xlsx -o idd.xlsx
  c7mon report charges --stored --by day --from 2003-10-01 --to 2003-10-31`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.charges(cmd, &q) },
	}
	q.flags(cmd)
	bookFlag(cmd, &q.books)
	f := cmd.Flags()
	f.StringVar(&q.by, "by", "service", "`WHAT` a row is: service, operator, dpc, trunk_group, destination, tariff or day")
	f.BoolVar(&q.stored, "stored", false, "sum the charges that are stored, whatever book they were computed by")
	values(cmd, "by", reports.ChargeKeyNames()...)
	return cmd
}

// charges asks the store and prints the table.
func (a *app) charges(cmd *cobra.Command, q *chargesQuestion) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in := &reports.ChargesInput{Stored: q.stored, Operator: func(c *correlate.Call) string { return operatorOf(cfg, c) }}
	var format reports.Format
	if in.Select, in.Style, format, err = q.read(a, pointCodeForm(cfg)); err == nil {
		in.By, err = reports.ParseChargeKey(q.by)
	}
	if err == nil && q.stored && len(q.books) > 0 {
		err = errors.New("--stored sums what is in the database: --book rates the calls anew, without it")
	}
	if err != nil {
		return a.usage("%w", err)
	}
	var books []*tariff.Book
	if !q.stored || len(cfg.Charge.Books) > 0 {
		if books, err = a.books(cfg, q.books); err != nil {
			return err
		}
	}
	rater, err := tariff.NewRater(books, cfg)
	if err != nil {
		return err
	}
	return a.report(cmd.Context(), &q.reportQuestion, format, func(db store.Store, p reports.Period) (reports.Table, error) {
		in.Period = p
		if err := reports.QueryCharges(cmd.Context(), db, in, rater); err != nil {
			return reports.Table{}, err
		}
		if n := in.OtherBooks(fingerprints(books)); q.stored && len(books) > 0 && n > 0 {
			fmt.Fprintf(a.stderr, "c7mon: warning: %s charged by other books than the configuration names now: c7mon charge calls --store "+
				"computes them anew\n", count(int(n), "call"))
		}
		return reports.Charges(*in), nil
	})
}

// fingerprints gives those of books.
func fingerprints(books []*tariff.Book) (list []string) {
	for _, b := range books {
		list = append(list, b.Fingerprint)
	}
	return list
}

// operatorOf gives the operator of the exchange from which a call came, "" where the configuration does not say it.
func operatorOf(cfg *config.Config, c *correlate.Call) string {
	if p := cfg.Point(c.Network, c.OPC); p != nil {
		return p.Operator
	}
	return ""
}
