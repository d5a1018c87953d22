package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

// A chargesQuestion is what the flags of report charges say.
type chargesQuestion struct {
	period              reports.PeriodFlags
	service, trunkGroup string
	opc, dpc            string
	by, lang            string
	format, output      string
	books               []string
	stored              bool
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
	f := cmd.Flags()
	f.StringVar(&q.period.From, "from", "", "first `DAY`, as 2003-10-12")
	f.StringVar(&q.period.To, "to", "", "last `DAY`, included")
	f.StringVar(&q.period.Week, "week", "", "seven days from a `DAY` on (2003-10-12), or an ISO week (2003-W42)")
	f.StringVar(&q.service, "service", "", "only calls of this `SERVICE`, as IDD")
	f.StringVar(&q.trunkGroup, "trunk-group", "", "only calls of this trunk `GROUP`, as the configuration names it")
	f.StringVar(&q.opc, "opc", "", "only calls from this point `CODE`, as 2129 or 1-10-1")
	f.StringVar(&q.dpc, "dpc", "", "only calls to this point `CODE`")
	f.StringVar(&q.by, "by", "service", "`WHAT` a row is: service, operator, dpc, trunk_group, destination, tariff or day")
	bookFlag(cmd, &q.books)
	f.BoolVar(&q.stored, "stored", false, "sum the charges that are stored, whatever book they were computed by")
	f.StringVar(&q.lang, "lang", "en", "`LANGUAGE` of text: en or vi")
	f.StringVar(&q.format, "format", "text", "`FORMAT` text, csv, json, html, xlsx or pdf")
	f.StringVarP(&q.output, "output", "o", "", "write to `FILE`, not to standard output")
	values(cmd, "by", reports.ChargeKeyNames()...)
	values(cmd, "lang", "en", "vi")
	values(cmd, "format", reports.FormatNames()...)
	return cmd
}

// charges asks the store and prints the table.
func (a *app) charges(cmd *cobra.Command, q *chargesQuestion) error {
	ctx := cmd.Context()
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in, format, err := q.input(pointCodeForm(cfg))
	if err == nil {
		err = a.fitsOutput(format, q.output)
	}
	if err != nil {
		return a.usage("%w", err)
	}
	in.Period, err = q.period.Period(a.zone, func() (wire.Time, error) { return 0, errNewest })
	if err != nil && !errors.Is(err, errNewest) {
		return a.usage("%w", err)
	}
	in.Operator = func(c *correlate.Call) string { return operatorOf(cfg, c) }
	if q.stored && len(q.books) > 0 {
		return a.usage("--stored sums what is in the database: --book rates the calls anew, without it")
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
	db, err := a.openStore(ctx, store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	in.Period, err = q.period.Period(a.zone, func() (wire.Time, error) { return db.Newest(ctx) })
	if err != nil {
		return err
	}
	if err := reports.QueryCharges(ctx, db, in, rater); err != nil {
		return err
	}
	if n := in.OtherBooks(fingerprints(books)); q.stored && len(books) > 0 && n > 0 {
		fmt.Fprintf(a.stderr, "c7mon: warning: %s charged by other books than the configuration names now: c7mon charge calls --store computes "+
			"them anew\n", count(int(n), "call"))
	}
	t := reports.Charges(*in)
	return a.writeTo(q.output, func(w io.Writer) error { return t.Write(w, format) })
}

// input reads the flags that need no database.
func (q *chargesQuestion) input(form mtp.PointCodeForm) (in *reports.ChargesInput, format reports.Format, err error) {
	in = &reports.ChargesInput{Select: reports.Selection{Service: q.service, TrunkGroup: q.trunkGroup}, Stored: q.stored}
	in.Style.PointCode = form.Format
	if format, err = reports.ParseFormat(q.format); err != nil {
		return nil, 0, fmt.Errorf("--format: %w", err)
	}
	if in.By, err = reports.ParseChargeKey(q.by); err != nil {
		return nil, 0, err
	}
	if in.Style.Lang, err = reports.ParseLang(q.lang); err != nil {
		return nil, 0, fmt.Errorf("--lang: %w", err)
	}
	if in.Select.OPC, err = pointCode("--opc", q.opc, form); err != nil {
		return nil, 0, err
	}
	in.Select.DPC, err = pointCode("--dpc", q.dpc, form)
	return in, format, err
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
