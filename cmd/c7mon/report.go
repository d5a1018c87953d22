package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

func (a *app) reportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report NAME",
		Short: "Print a report of stored calls",
		Args:  aCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.causesCmd(), a.chargesCmd())
	return cmd
}

// A causesQuestion is what the flags of report causes say.
type causesQuestion struct {
	period              reports.PeriodFlags
	service, trunkGroup string
	opc, dpc            string
	by, calls           string
	lang, names, radix  string
	format, output      string
}

func (a *app) causesCmd() *cobra.Command {
	var q causesQuestion
	cmd := &cobra.Command{
		Use:   "causes",
		Short: "Why calls failed: calls by cause, as the weekly table",
		Long: `Print the causes of unsuccessful calls of a period: one row a cause, most calls first. Counted are the calls that began in the
period, ended, and were not answered; those left out are counted below the table. Days are those of --tz. Without a period the
last seven whole days before the newest call are taken.`,
		Example: `  c7mon report causes --week 2003-10-12 --service IDD --lang vi
  c7mon report causes --week 2003-W42 --by dpc --format csv
  c7mon report causes --service IDD --lang vi --format pdf -o idd.pdf
  c7mon report causes --from 2003-10-12 --to 2003-10-12 --radix hex`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.causes(cmd, &q) },
	}
	f := cmd.Flags()
	f.StringVar(&q.period.From, "from", "", "first `DAY`, as 2003-10-12")
	f.StringVar(&q.period.To, "to", "", "last `DAY`, included")
	f.StringVar(&q.period.Week, "week", "", "seven days from a `DAY` on (2003-10-12), or an ISO week (2003-W42)")
	f.StringVar(&q.service, "service", "", "only calls of this `SERVICE`, as IDD")
	f.StringVar(&q.trunkGroup, "trunk-group", "", "only calls of this trunk `GROUP`, as the configuration names it")
	f.StringVar(&q.opc, "opc", "", "only calls from this point `CODE`, as 2129 or 1-10-1")
	f.StringVar(&q.dpc, "dpc", "", "only calls to this point `CODE`")
	f.StringVar(&q.by, "by", "", "a table for each `DIMENSION`: service, dpc, trunk_group, location or day")
	f.StringVar(&q.calls, "calls", "unsuccessful", "`WHICH` calls: unsuccessful, or all, the answered ones too")
	f.StringVar(&q.lang, "lang", "en", "`LANGUAGE` of text: en or vi")
	f.StringVar(&q.names, "cause-names", "en", "`LANGUAGE` of the cause names: en or vi")
	f.StringVar(&q.radix, "radix", "dec", "`RADIX` of cause codes in text and CSV: dec or hex")
	f.StringVar(&q.format, "format", "text", "`FORMAT` text, csv, json, html, xlsx or pdf")
	f.StringVarP(&q.output, "output", "o", "", "write to `FILE`, not to standard output")
	values(cmd, "by", "service", "dpc", "trunk_group", "location", "day")
	values(cmd, "calls", "unsuccessful", "all")
	values(cmd, "lang", "en", "vi")
	values(cmd, "cause-names", "en", "vi")
	values(cmd, "radix", "dec", "hex")
	values(cmd, "format", reports.FormatNames()...)
	return cmd
}

// errNewest says that the flags name no period: the newest call does.
var errNewest = errors.New("the newest call is needed")

// causes asks the store and prints the table.
func (a *app) causes(cmd *cobra.Command, q *causesQuestion) error {
	ctx := cmd.Context()
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in, format, err := q.input(pointCodeForm(cfg))
	if err != nil {
		return a.usage("%w", err)
	}
	if err := a.fitsOutput(format, q.output); err != nil {
		return a.usage("%w", err)
	}
	in.Period, err = q.period.Period(a.zone, func() (wire.Time, error) { return 0, errNewest })
	if err != nil && !errors.Is(err, errNewest) {
		return a.usage("%w", err)
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
	if err := reports.QueryCauses(ctx, db, in); err != nil {
		return err
	}
	t := reports.Causes(*in)
	return a.writeTo(q.output, func(w io.Writer) error { return t.Write(w, format) })
}

// fitsOutput refuses to write what is no text to a terminal.
func (a *app) fitsOutput(format reports.Format, output string) error {
	if f, ok := a.stdout.(*os.File); ok && format.Binary() && (output == "" || output == "-") && term.IsTerminal(int(f.Fd())) {
		return fmt.Errorf("--format %v is nothing for a terminal: -o FILE writes it to a file", format)
	}
	return nil
}

// input reads the flags that need no database.
func (q *causesQuestion) input(form mtp.PointCodeForm) (in *reports.CausesInput, format reports.Format, err error) {
	in = &reports.CausesInput{Select: reports.Selection{Service: q.service, TrunkGroup: q.trunkGroup}}
	in.Style.PointCode = form.Format
	if format, err = reports.ParseFormat(q.format); err != nil {
		return nil, 0, fmt.Errorf("--format: %w", err)
	}
	if in.By, err = reports.ParseBy(q.by); err != nil {
		return nil, 0, err
	}
	if in.Style.Lang, err = reports.ParseLang(q.lang); err != nil {
		return nil, 0, fmt.Errorf("--lang: %w", err)
	}
	if in.Style.CauseNames, err = reports.ParseLang(q.names); err != nil {
		return nil, 0, fmt.Errorf("--cause-names: %w", err)
	}
	if in.Style.Hex, err = either("--radix", q.radix, "dec", "hex"); err != nil {
		return nil, 0, err
	}
	if in.All, err = either("--calls", q.calls, "unsuccessful", "all"); err != nil {
		return nil, 0, err
	}
	if in.Select.OPC, err = pointCode("--opc", q.opc, form); err != nil {
		return nil, 0, err
	}
	in.Select.DPC, err = pointCode("--dpc", q.dpc, form)
	return in, format, err
}
