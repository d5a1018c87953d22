package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

// A selection is what the flags of calls say.
type selection struct {
	from, to, called, calling, number, outcome string
	service, trunkGroup, opc, dpc              string
	cic                                        uint32
	cause                                      uint8
	limit                                      int
	format                                     string
}

func (a *app) callsCmd() *cobra.Command {
	var s selection
	cmd := &cobra.Command{
		Use:   "calls",
		Short: "List stored calls",
		Long: `List stored calls, oldest first: those that fit every flag that is given. --number finds a subscriber however the number is
written (0912..., 84912..., 0084912..., +84 912...); --called and --calling take a number as it was sent, or its beginning and *.
Days are those of --tz, both included.`,
		Example: `  c7mon calls --from 2003-10-12 --to 2003-10-18 --service IDD --cause 34
  c7mon calls --called '84*' --outcome busy --format csv
  c7mon calls --number 0912345678`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.calls(cmd, &s) },
	}
	s.flags(cmd)
	f := cmd.Flags()
	f.IntVar(&s.limit, "limit", 50, "print the first `N` calls, 0 for all")
	f.StringVar(&s.format, "format", "table", "`FORMAT` table, csv or json")
	values(cmd, "format", "table", "csv", "json")
	return cmd
}

// flags are those that select calls.
func (s *selection) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.from, "from", "", "first `DAY` (2003-10-12), or time (2003-10-12T08:00:00+07:00)")
	f.StringVar(&s.to, "to", "", "last `DAY`, included, or time, not included")
	f.StringVar(&s.service, "service", "", "`SERVICE`, as IDD")
	f.StringVar(&s.called, "called", "", "called `NUMBER` as it was sent, or its beginning and *")
	f.StringVar(&s.calling, "calling", "", "calling `NUMBER` as it was sent, or its beginning and *")
	f.StringVar(&s.number, "number", "", "a `NUMBER` in any written form, as called, calling, redirecting or original called number")
	f.Uint32Var(&s.cic, "cic", 0, "circuit identification code `CIC`")
	f.StringVar(&s.opc, "opc", "", "point `CODE` that the IAM came from, as 2129 or 1-10-1")
	f.StringVar(&s.dpc, "dpc", "", "point `CODE` that the IAM went to")
	f.Uint8Var(&s.cause, "cause", 0, "cause `VALUE`, as 34")
	f.StringVar(&s.trunkGroup, "trunk-group", "", "trunk `GROUP`, as the configuration names it")
	f.StringVar(&s.outcome, "outcome", "", "`OUTCOME`, as busy: "+strings.Join(outcomes(), ", "))
	values(cmd, "outcome", outcomes()...)
}

// calls prints the calls that s selects.
func (a *app) calls(cmd *cobra.Command, s *selection) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	form := pointCodeForm(cfg)
	f, err := s.filter(cmd, a.zone, form, cfg.Numbering.CountryCode)
	if err != nil {
		return a.usage("%w", err)
	}
	out, err := reports.NewCallWriter(a.stdout, s.format, a.callStyle(form))
	if err != nil {
		return a.usage("%w", err)
	}
	db, err := a.openStore(cmd.Context(), store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	shown, more := 0, false
	limit := f.Limit
	if limit > 0 {
		f.Limit = limit + 1 // one more tells that there are more
	}
	err = db.Calls(cmd.Context(), f, func(r *store.Row) error {
		if limit > 0 && shown == limit {
			more = true
			return nil
		}
		shown++
		return out.Write(r)
	})
	if err != nil {
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

// filter makes the question to the store. A flag that was not given asks nothing.
func (s *selection) filter(cmd *cobra.Command, zone *time.Location, form mtp.PointCodeForm, country string) (f store.Filter, err error) {
	if f.From, f.To, err = timeSpan(s.from, s.to, zone); err != nil {
		return f, err
	}
	f.Service, f.TrunkGroup, f.Called, f.Calling = s.service, s.trunkGroup, s.called, s.calling
	f.Limit = s.limit
	if s.limit < 0 {
		return f, fmt.Errorf("--limit %d: 0 or more is needed", s.limit)
	}
	if cmd.Flags().Changed("cic") {
		f.CIC = &s.cic
	}
	if f.OPC, err = pointCode("--opc", s.opc, form); err != nil {
		return f, err
	}
	if f.DPC, err = pointCode("--dpc", s.dpc, form); err != nil {
		return f, err
	}
	if cmd.Flags().Changed("cause") {
		if s.cause > 127 {
			return f, fmt.Errorf("--cause %d: a cause value from 0 to 127 is needed", s.cause)
		}
		c := cause.Code(s.cause)
		f.Cause = &c
	}
	if s.outcome != "" {
		o, ok := correlate.OutcomeOf(s.outcome)
		if !ok {
			return f, fmt.Errorf("--outcome %s: one of %s is needed", s.outcome, strings.Join(outcomes(), ", "))
		}
		f.Outcome = o
	}
	if s.number != "" {
		if f.Number = writtenForms(s.number, country); f.Number == nil {
			return f, fmt.Errorf("--number %s: digits are needed", s.number)
		}
	}
	return f, nil
}

// outcomes are the names that --outcome takes.
func outcomes() (names []string) {
	for o := correlate.OutcomeNone + 1; o <= correlate.Lost; o++ {
		names = append(names, o.String())
	}
	return names
}

// pointCode reads a point code of a flag, nil where it is not given: a number, or parts as the tables print them.
func pointCode(flag, text string, form mtp.PointCodeForm) (*uint32, error) {
	if text == "" {
		return nil, nil
	}
	pc, err := form.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return &pc, nil
}

// timeSpan reads --from and --to: whole days, both included, or RFC 3339 times.
func timeSpan(from, to string, zone *time.Location) (a, b wire.Time, err error) {
	a, b = wire.NoTime, wire.NoTime
	if from != "" {
		if a, _, err = dayOrTime("--from", from, zone); err != nil {
			return a, b, err
		}
	}
	if to != "" {
		if _, b, err = dayOrTime("--to", to, zone); err != nil {
			return a, b, err
		}
	}
	if a.Known() && b.Known() && b <= a {
		return a, b, fmt.Errorf("--to %s is not after --from %s: exchange them", to, from)
	}
	return a, b, nil
}

// dayOrTime gives the beginning and the end of a day, or a time twice.
func dayOrTime(flag, s string, zone *time.Location) (begin, end wire.Time, err error) {
	if d, err := reports.ParseDay(s); err == nil {
		begin, end = reports.Period{From: d, To: d, Zone: zone}.Bounds()
		return begin, end, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, 0, fmt.Errorf("%s %s: a day as 2003-10-12 or a time as 2003-10-12T08:00:00+07:00 is needed", flag, s)
	}
	return wire.TimeOf(t), wire.TimeOf(t), nil
}

// writtenForms gives the forms in which a number may have been sent, by the way people of the country write it: 0912...,
// 84912..., 0084912..., +84 912... and +84 (0)912... are one number.
func writtenForms(s, country string) []string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "(0)", ""))
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if digits == "" {
		return nil
	}
	abroad, international := strings.CutPrefix(digits, "00")
	international = international || strings.HasPrefix(s, "+")
	national, home := strings.CutPrefix(abroad, country)
	home = home && country != ""
	switch {
	case international && !home:
		return unique(digits, abroad, "00"+abroad)
	case international, home && len(digits) >= 10: // the code may also begin a shorter number of the country itself
		national = strings.TrimPrefix(national, "0")
	default:
		national = strings.TrimPrefix(digits, "0")
	}
	if country == "" {
		return unique(digits, national, "0"+national)
	}
	return unique(digits, national, "0"+national, country+national, "00"+country+national)
}

func unique(list ...string) []string {
	kept := list[:0]
	for _, s := range list {
		seen := false
		for _, k := range kept {
			seen = seen || k == s
		}
		if !seen {
			kept = append(kept, s)
		}
	}
	return kept
}
