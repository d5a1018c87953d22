package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

func (a *app) reportCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report NAME",
		Short: "Print a report of stored calls",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.causesCmd())
	return cmd
}

// A causesQuestion is what the flags of report causes say.
type causesQuestion struct {
	period              reports.PeriodFlags
	service, trunkGroup string
	opc, dpc            uint32
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
  c7mon report causes --from 2003-10-12 --to 2003-10-12 --radix hex`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.causes(cmd, &q) },
	}
	f := cmd.Flags()
	f.StringVar(&q.period.From, "from", "", "first day, as 2003-10-12")
	f.StringVar(&q.period.To, "to", "", "last day, included")
	f.StringVar(&q.period.Week, "week", "", "seven days from one on (2003-10-12), or an ISO week (2003-W42)")
	f.StringVar(&q.service, "service", "", "only calls of this service, as IDD")
	f.StringVar(&q.trunkGroup, "trunk-group", "", "only calls of this trunk group")
	f.Uint32Var(&q.opc, "opc", 0, "only calls from this point code")
	f.Uint32Var(&q.dpc, "dpc", 0, "only calls to this point code")
	f.StringVar(&q.by, "by", "", "a table for each service, dpc, trunk_group, location or day")
	f.StringVar(&q.calls, "calls", "unsuccessful", "unsuccessful, or all: answered calls too")
	f.StringVar(&q.lang, "lang", "en", "en or vi")
	f.StringVar(&q.names, "cause-names", "en", "language of the cause names: en or vi")
	f.StringVar(&q.radix, "radix", "dec", "cause codes in text and CSV: dec or hex")
	f.StringVar(&q.format, "format", "text", "text, csv or json")
	f.StringVarP(&q.output, "output", "o", "", "write to this file")
	for flag, values := range map[string][]string{"by": {"service", "dpc", "trunk_group", "location", "day"},
		"calls": {"unsuccessful", "all"}, "lang": {"en", "vi"}, "cause-names": {"en", "vi"}, "radix": {"dec", "hex"},
		"format": {"text", "csv", "json"}} {
		_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	return cmd
}

// causes asks the store and prints the table.
func (a *app) causes(cmd *cobra.Command, q *causesQuestion) error {
	ctx := cmd.Context()
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in, format, err := q.input(cmd)
	if err != nil {
		return a.usage("%w", err)
	}
	in.Style.PointCode = pointCodeForm(cfg).Format
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
		return stopped(err)
	}
	t := reports.Causes(*in)
	return a.writeTo(q.output, func(w io.Writer) error { return t.Write(w, format) })
}

// input reads the flags that need no database.
func (q *causesQuestion) input(cmd *cobra.Command) (in *reports.CausesInput, format reports.Format, err error) {
	in = &reports.CausesInput{Select: reports.Selection{Service: q.service, TrunkGroup: q.trunkGroup}}
	if format, err = reports.ParseFormat(q.format); err != nil {
		return nil, 0, err
	}
	if in.By, err = reports.ParseBy(q.by); err != nil {
		return nil, 0, err
	}
	if in.Style.Lang, err = reports.ParseLang(q.lang); err != nil {
		return nil, 0, err
	}
	if in.Style.CauseNames, err = reports.ParseLang(q.names); err != nil {
		return nil, 0, err
	}
	if in.Style.Hex, err = either("--radix", q.radix, "dec", "hex"); err != nil {
		return nil, 0, err
	}
	if in.All, err = either("--calls", q.calls, "unsuccessful", "all"); err != nil {
		return nil, 0, err
	}
	if cmd.Flags().Changed("opc") {
		in.Select.OPC = &q.opc
	}
	if cmd.Flags().Changed("dpc") {
		in.Select.DPC = &q.dpc
	}
	return in, format, nil
}

// writeTo gives a writer to standard output or to a file, which is left out when it could not be finished.
func (a *app) writeTo(path string, write func(io.Writer) error) error {
	if path == "" || path == "-" {
		return write(a.stdout)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	err = write(f)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}
