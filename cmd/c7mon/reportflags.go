package main

import (
	"context"
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

// A reportQuestion is what the flags say that all reports of stored calls have.
type reportQuestion struct {
	period              reports.PeriodFlags
	service, trunkGroup string
	opc, dpc            string
	tableQuestion
}

// A tableQuestion is how a table is written.
type tableQuestion struct{ lang, format, output string }

// flags are those of every report.
func (q *reportQuestion) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.period.From, "from", "", "first `DAY`, as 2003-10-12")
	f.StringVar(&q.period.To, "to", "", "last `DAY`, included")
	f.StringVar(&q.period.Week, "week", "", "seven days from a `DAY` on (2003-10-12), or an ISO week (2003-W42)")
	f.StringVar(&q.service, "service", "", "only calls of this `SERVICE`, as IDD")
	f.StringVar(&q.trunkGroup, "trunk-group", "", "only calls of this trunk `GROUP`, as the configuration names it")
	f.StringVar(&q.opc, "opc", "", "only calls from this point `CODE`, as 2129 or 1-10-1")
	f.StringVar(&q.dpc, "dpc", "", "only calls to this point `CODE`")
	q.tableQuestion.flags(cmd)
}

func (q *tableQuestion) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&q.lang, "lang", "en", "`LANGUAGE` of text: en or vi")
	f.StringVar(&q.format, "format", "text", "`FORMAT` text, csv, json, html, xlsx or pdf")
	f.StringVarP(&q.output, "output", "o", "", "write to `FILE`, not to standard output")
	values(cmd, "lang", "en", "vi")
	values(cmd, "format", reports.FormatNames()...)
}

// style reads the language and the format.
func (q *tableQuestion) style(a *app) (style reports.Style, format reports.Format, err error) {
	if format, err = reports.ParseFormat(q.format); err != nil {
		return style, 0, fmt.Errorf("--format: %w", err)
	}
	if style.Lang, err = reports.ParseLang(q.lang); err != nil {
		return style, 0, fmt.Errorf("--lang: %w", err)
	}
	if f, ok := a.stdout.(*os.File); ok && format.Binary() && (q.output == "" || q.output == "-") && term.IsTerminal(int(f.Fd())) {
		return style, 0, fmt.Errorf("--format %v is nothing for a terminal: -o FILE writes it to a file", format)
	}
	return style, format, nil
}

// read reads what needs no database. Of the period it finds what is wrong.
func (q *reportQuestion) read(a *app, form mtp.PointCodeForm) (s reports.Selection, style reports.Style, format reports.Format, err error) {
	s = reports.Selection{Service: q.service, TrunkGroup: q.trunkGroup}
	if style, format, err = q.style(a); err != nil {
		return s, style, format, err
	}
	style.PointCode = form.Format
	if s.OPC, err = pointCode("--opc", q.opc, form); err != nil {
		return s, style, format, err
	}
	if s.DPC, err = pointCode("--dpc", q.dpc, form); err != nil {
		return s, style, format, err
	}
	errNewest := errors.New("the newest call is needed")
	if _, err = q.period.Period(a.zone, func() (wire.Time, error) { return 0, errNewest }); errors.Is(err, errNewest) {
		err = nil
	}
	return s, style, format, err
}

// report opens the database, finds the period, has the table made, and writes it.
func (a *app) report(ctx context.Context, q *reportQuestion, format reports.Format,
	table func(db store.Store, p reports.Period) (reports.Table, error)) error {
	db, err := a.openStore(ctx, store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := q.period.Period(a.zone, func() (wire.Time, error) { return db.Newest(ctx) })
	if err != nil {
		return err
	}
	t, err := table(db, p)
	if err != nil {
		return err
	}
	return a.writeTo(q.output, func(w io.Writer) error { return t.Write(w, format) })
}
