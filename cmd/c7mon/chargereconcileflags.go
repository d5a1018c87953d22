package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/charge"
	"c7mon/charge/reconcile"
	"c7mon/charge/tariff"
	"c7mon/reports"
)

const reconcileExample = `  c7mon charge reconcile --cdr switch.csv --map map.yaml --book tariffs.yaml
  c7mon --config c7mon.yaml charge reconcile --cdr 2003-10-12.csv --cdr 2003-10-13.csv --list differences
  c7mon charge reconcile --cdr switch.csv --map map.yaml --from 2003-10-12 --to 2003-10-12 --list wire_only --format csv --limit 0`

// reconcileLong says what the command does, and what the classes are.
func reconcileLong() string {
	var s strings.Builder
	s.WriteString(`Pair the call records of a switch or a biller with the stored calls, and print a table of what agrees, what differs, and the
money at stake. First the clock of the switch is found from the pairs that cannot be mistaken: a wrong zone or a drift is no
difference. --map says how the records are read (c7mon charge example map prints one), --book what calls ought to have cost;
without a book money is not compared.

Without --from and --to the time of the file is judged: a call without a record counts where each of its times lies between the
first and the last of the file. With them that time is judged, and a call in it that the file does not reach is missing there.
Files that are cut by days want those of the days before and after beside them: --cdr may be repeated. Calls are read from 26
hours before to 26 hours after the times of the file; a clock that is off by more is followed as long as some calls lie there. A
file that is compressed by gzip is read as it is.

--list prints each call and record of a class, with the id of the call (c7mon show ID) and the line of the record. In text the
table comes first, and the columns are those that fit a terminal; the other formats have all of them, and the list alone. A list
of millions wants --format csv or json: the others keep it in memory. Classes:
`)
	for _, c := range reconcile.Classes() {
		fmt.Fprintf(&s, "\n  %-21s %s", c, wrapped(c.Text(), 24, 128))
	}
	return s.String()
}

// wrapped breaks a text into lines of at most width columns, all but the first behind indent spaces.
func wrapped(text string, indent, width int) string {
	var s strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		if i > 0 && at+1+len(word) > width {
			s.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		} else if i > 0 {
			s.WriteByte(' ')
			at++
		}
		s.WriteString(word)
		at += len(word)
	}
	return s.String()
}

// listed are the sets of classes that --list takes.
var listed = [...]struct {
	name string
	fits func(c reconcile.Class) bool
}{
	{"differences", func(c reconcile.Class) bool { return c.Weight() == reconcile.Difference }},
	{"doubts", func(c reconcile.Class) bool { return c.Weight() == reconcile.Doubt }},
	{"all", func(reconcile.Class) bool { return true }},
}

func classLists() (names []string) {
	for _, l := range listed {
		names = append(names, l.name)
	}
	return names
}

func classNames() (names []string) {
	for _, c := range reconcile.Classes() {
		names = append(names, c.String())
	}
	return names
}

// read reads the flags that need neither the configuration nor a file.
func (q *reconcileQuestion) read(a *app, cmd *cobra.Command) (in reports.ReconcileInput, err error) {
	switch {
	case len(q.files) == 0:
		return in, errors.New("call records are needed: --cdr FILE, or - for standard input")
	case (q.from == "") != (q.to == ""):
		return in, errors.New("--from and --to go together: give both, or none for the time of the file")
	case q.limit < 0:
		return in, fmt.Errorf("--limit %d: 0 or more is needed", q.limit)
	case q.list == "" && cmd.Flags().Changed("limit"):
		return in, errors.New("--limit is about a list: --list is needed")
	}
	for i, file := range q.files {
		if slices.Contains(q.files[:i], file) {
			return in, fmt.Errorf("--cdr %s stands twice: its records would be doubles", file)
		}
	}
	for _, d := range [...]struct {
		flag string
		d    time.Duration
	}{{"tolerance", q.options.Tolerance}, {"step", q.options.Step}} {
		if d.d < 0 || d.d == 0 && cmd.Flags().Changed(d.flag) {
			return in, fmt.Errorf("--%s %v: more than 0 is needed", d.flag, d.d)
		}
	}
	if in.Style, q.as, err = q.style(a); err != nil {
		return in, err
	}
	if q.classes, err = readClasses(q.list); err != nil {
		return in, err
	}
	return in, q.readTime(&in, a.zone)
}

// readTime reads --from and --to. Whole days are told as such.
func (q *reconcileQuestion) readTime(in *reports.ReconcileInput, zone *time.Location) error {
	in.Zone = zone
	if q.options.Own = q.from == ""; q.options.Own {
		return nil
	}
	from, to, err := timeSpan(q.from, q.to, zone)
	if err != nil {
		return err
	}
	q.options.From, q.options.To = from, to
	first, err1 := reports.ParseDay(q.from)
	last, err2 := reports.ParseDay(q.to)
	if err1 == nil && err2 == nil {
		in.Period = reports.Period{From: first, To: last, Zone: zone}
	}
	return nil
}

// readClasses reads --list.
func readClasses(list string) (classes []reconcile.Class, err error) {
	if list == "" {
		return nil, nil
	}
	for _, name := range strings.Split(list, ",") {
		name = strings.TrimSpace(name)
		c, ok := reconcile.ClassOf(name)
		if ok {
			classes = append(classes, c)
			continue
		}
		i := slices.Index(classLists(), name)
		if i < 0 {
			return nil, fmt.Errorf("--list %s: one of %s is needed", name, strings.Join(append(classLists(), classNames()...), ", "))
		}
		for _, c := range reconcile.Classes() {
			if listed[i].fits(c) {
				classes = append(classes, c)
			}
		}
	}
	return classes, nil
}

// oneCurrency gives the currency that the map and all books have: amounts of two cannot be compared.
func oneCurrency(file string, of charge.Currency, books []*tariff.Book) (charge.Currency, error) {
	where := file
	for _, b := range books {
		c := b.PUCT.Currency
		switch {
		case of.Code == "":
			of, where = c, b.File
		case of.Code != c.Code:
			return of, fmt.Errorf("%s has the currency %s and %s the currency %s: amounts of one currency can be compared", where, of.Code, b.File, c.Code)
		case of.Decimals != c.Decimals:
			return of, fmt.Errorf("%s has %s with %s and %s with %s: one number of decimals is needed", where, of.Code, count(int(of.Decimals), "decimal"),
				b.File, count(int(c.Decimals), "decimal"))
		}
	}
	return of, nil
}

// smallest reads an amount and gives it in the smallest part of the currency.
func smallest(text string, of charge.Currency) (int64, error) {
	d, err := charge.ParseDecimal(text)
	if err != nil {
		return 0, fmt.Errorf("%w: an amount as 0.05 is needed", err)
	}
	for ; d.Decimals > of.Decimals && d.Mantissa%10 == 0; d.Decimals-- {
		d.Mantissa /= 10
	}
	if d.Decimals > of.Decimals {
		return 0, fmt.Errorf("%q: the currency has %s", text, count(int(of.Decimals), "decimal"))
	}
	for ; d.Decimals < of.Decimals; d.Decimals++ {
		if d.Mantissa > math.MaxInt64/10 {
			return 0, fmt.Errorf("%q: too large a number", text)
		}
		d.Mantissa *= 10
	}
	return d.Mantissa, nil
}
