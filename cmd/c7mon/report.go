package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
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
	reportQuestion
	by, calls, names, radix string
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
	q.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&q.by, "by", "", "a table for each `DIMENSION`: service, dpc, trunk_group, location or day")
	f.StringVar(&q.calls, "calls", "unsuccessful", "`WHICH` calls: unsuccessful, or all, the answered ones too")
	f.StringVar(&q.names, "cause-names", "en", "`LANGUAGE` of the cause names: en or vi")
	f.StringVar(&q.radix, "radix", "dec", "`RADIX` of cause codes in text and CSV: dec or hex")
	values(cmd, "by", "service", "dpc", "trunk_group", "location", "day")
	values(cmd, "calls", "unsuccessful", "all")
	values(cmd, "cause-names", "en", "vi")
	values(cmd, "radix", "dec", "hex")
	return cmd
}

// causes asks the store and prints the table.
func (a *app) causes(cmd *cobra.Command, q *causesQuestion) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	in, format, err := q.input(a, pointCodeForm(cfg))
	if err != nil {
		return a.usage("%w", err)
	}
	return a.report(cmd.Context(), &q.reportQuestion, format, func(db store.Store, p reports.Period) (reports.Table, error) {
		in.Period = p
		if err := reports.QueryCauses(cmd.Context(), db, in); err != nil {
			return reports.Table{}, err
		}
		return reports.Causes(*in), nil
	})
}

// input reads the flags that need no database.
func (q *causesQuestion) input(a *app, form mtp.PointCodeForm) (in *reports.CausesInput, format reports.Format, err error) {
	in = &reports.CausesInput{}
	if in.Select, in.Style, format, err = q.read(a, form); err != nil {
		return nil, 0, err
	}
	if in.By, err = reports.ParseBy(q.by); err != nil {
		return nil, 0, err
	}
	if in.Style.CauseNames, err = reports.ParseLang(q.names); err != nil {
		return nil, 0, fmt.Errorf("--cause-names: %w", err)
	}
	if in.Style.Hex, err = either("--radix", q.radix, "dec", "hex"); err != nil {
		return nil, 0, err
	}
	in.All, err = either("--calls", q.calls, "unsuccessful", "all")
	return in, format, err
}
