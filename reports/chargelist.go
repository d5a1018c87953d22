package reports

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"c7mon/charge"
	"c7mon/charge/tariff"
	"c7mon/store"
)

// A chargeField is one column of the list of charges, as field is of calls. text gives nothing for what is not known.
type chargeField struct {
	name   string
	number bool
	text   func(dst []byte, r *store.Row, c *store.Charge) []byte
}

// chargeFields are the columns in their order. duration_ms is from the answer to the end, as calls have it: what a book takes
// off as suspended is in it.
var chargeFields = []chargeField{
	{"id", false, ofCall("id")},
	{"start", false, ofCall("start")},
	{"answer", false, ofCall("answer")},
	{"end", false, func(dst []byte, r *store.Row, _ *store.Charge) []byte {
		return tariff.EndOfCharging(&r.Call).AppendRFC3339(dst)
	}},
	{"duration_ms", true, func(dst []byte, r *store.Row, _ *store.Charge) []byte {
		d, ok := lasting(r)
		if !ok {
			return dst
		}
		return strconv.AppendInt(dst, d.Milliseconds(), 10)
	}},
	{"service", false, ofCall("service")},
	{"trunk_group", false, ofCall("trunk_group")},
	{"calling", false, ofCall("calling")},
	{"called", false, ofCall("called")},
	{"status", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Status...) }},
	{"units", true, func(dst []byte, _ *store.Row, c *store.Charge) []byte {
		if !c.HasMoney {
			return dst
		}
		return append(dst, charge.Units(c.Units).String()...)
	}},
	{"price", true, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, price(c)...) }},
	{"currency", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Currency...) }},
	{"tariff", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Tariff...) }},
	{"prefix", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Prefix...) }},
	{"destination", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Destination...) }},
	{"book", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Book...) }},
	{"fingerprint", false, func(dst []byte, _ *store.Row, c *store.Charge) []byte { return append(dst, c.Fingerprint...) }},
}

// ofCall gives the column of the list of calls that has the name.
func ofCall(name string) func([]byte, *store.Row, *store.Charge) []byte {
	for i := range callFields {
		if callFields[i].name == name {
			return func(dst []byte, r *store.Row, _ *store.Charge) []byte { return callFields[i].text(dst, r) }
		}
	}
	return func(dst []byte, _ *store.Row, _ *store.Charge) []byte { return dst }
}

// price gives the money of a charge with the decimals of its currency, "" where it has none.
func price(c *store.Charge) string {
	if !c.HasMoney {
		return ""
	}
	return charge.Currency{Code: c.Currency, Decimals: c.Decimals}.Format(c.Money)
}

// lasting is how long a call costs, from its answer to what ended it; ok is false where one of them was not seen.
func lasting(r *store.Row) (d time.Duration, ok bool) {
	end := tariff.EndOfCharging(&r.Call)
	if !r.Answer.Known() || !end.Known() {
		return 0, false
	}
	return max(end.Sub(r.Answer), 0), true
}

// ChargeOf makes what is stored and printed of the rating of a call.
func ChargeOf(r *store.Row, g *tariff.Rating) store.Charge {
	c := store.Charge{Start: r.Start, ID: r.ID, Status: g.Status.String(), Tariff: g.Tariff, Prefix: g.Prefix, Destination: g.To, Of: r.Copy()}
	if b := g.Book; b != nil {
		c.Book, c.Fingerprint = b.Name, b.Fingerprint
		c.Currency, c.Decimals = b.PUCT.Currency.Code, b.PUCT.Currency.Decimals
		if g.Status == tariff.Rated || g.Status == tariff.Free {
			c.Units, c.Money, c.HasMoney = int64(g.Units), g.Money, true
		}
	}
	return c
}

// A ChargeWriter prints calls with their charges one by one.
type ChargeWriter interface {
	// Write prints a call, its charge, and the steps by which the charge came about, if there are any.
	Write(r *store.Row, c *store.Charge, steps []charge.Step) error
	Close() error // finishes the output; the writer below stays open
}

// NewChargeWriter gives the writer of a format: table, csv (which has no room for steps) or json (one object a line).
func NewChargeWriter(w io.Writer, format string, style CallStyle) (ChargeWriter, error) {
	switch format {
	case "table":
		t := &chargeTable{w: w, style: style}
		t.heading()
		return t, nil
	case "csv":
		c := &chargeCSV{w: csv.NewWriter(w), record: make([]string, len(chargeFields))}
		for i := range chargeFields {
			c.record[i] = chargeFields[i].name
		}
		return c, c.w.Write(c.record)
	case "json":
		return &chargeJSON{w: w}, nil
	}
	return nil, fmt.Errorf("--format %s: one of table, csv, json is needed", format)
}

type chargeCSV struct {
	w      *csv.Writer
	record []string
	buf    []byte
}

func (c *chargeCSV) Write(r *store.Row, ch *store.Charge, _ []charge.Step) error {
	for i := range chargeFields {
		c.buf = chargeFields[i].text(c.buf[:0], r, ch)
		c.record[i] = string(c.buf)
	}
	return c.w.Write(c.record)
}

func (c *chargeCSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

type chargeJSON struct {
	w   io.Writer
	buf []byte
}

// Write prints an object; a field that is unknown is null. The steps stand in a list at its end.
func (c *chargeJSON) Write(r *store.Row, ch *store.Charge, steps []charge.Step) error {
	dst := append(c.buf[:0], '{')
	var value []byte
	for i := range chargeFields {
		f := &chargeFields[i]
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(strconv.AppendQuote(dst, f.name), ':')
		if value = f.text(value[:0], r, ch); len(value) == 0 {
			dst = append(dst, "null"...)
		} else if f.number {
			dst = append(dst, value...)
		} else {
			text, _ := json.Marshal(string(value)) // a string is always good JSON
			dst = append(dst, text...)
		}
	}
	if len(steps) > 0 {
		dst = append(dst, `,"steps":[`...)
		for i := range steps {
			s := &steps[i]
			if i > 0 {
				dst = append(dst, ',')
			}
			what, _ := json.Marshal(s.What)
			dst = fmt.Appendf(dst, `{"at_ms":%d,"rule":%q,"what":%s,"count":%d,"each":%v,"sum":%v}`, s.At.Milliseconds(), s.Rule, what,
				s.Count, s.Each, s.Sum)
		}
		dst = append(dst, ']')
	}
	c.buf = append(dst, '}', '\n')
	_, err := c.w.Write(c.buf)
	return err
}

func (c *chargeJSON) Close() error { return nil }

// A chargeTable lists charges for people, with the columns that fit a terminal. The steps of a call stand below it, so the
// table is then one of each call.
type chargeTable struct {
	w     io.Writer
	style CallStyle
	tab   *tabwriter.Writer
}

// heading begins a table.
func (t *chargeTable) heading() {
	t.tab = tabwriter.NewWriter(t.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t.tab, "START\tSERVICE\tCALLED\tTALK\tSTATUS\tUNITS\tPRICE\t\tTARIFF\tDESTINATION\tID")
}

func (t *chargeTable) Write(r *store.Row, c *store.Charge, steps []charge.Step) error {
	if t.tab == nil {
		t.heading()
	}
	talk, units := "", ""
	if d, ok := lasting(r); ok {
		talk = d.Truncate(charge.Tick).String()
	}
	if c.HasMoney {
		units = charge.Units(c.Units).String()
	}
	_, err := fmt.Fprintf(t.tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\n", r.Start.Std().In(t.style.Zone).Format("2006-01-02 15:04:05"),
		r.Service, r.Called.String(), talk, c.Status, units, price(c), c.Currency, line(c.Tariff), line(or(c.Destination, c.Prefix)), r.ID)
	if err != nil || len(steps) == 0 {
		return err
	}
	if err := t.Close(); err != nil {
		return err
	}
	var b strings.Builder
	widest := 0
	for i := range steps {
		widest = max(widest, width(line(steps[i].What)))
	}
	for i := range steps {
		writeStep(&b, &steps[i], widest)
	}
	fmt.Fprintf(&b, "    %s units by book %s (%s): %s %s\n", units, line(c.Book), c.Fingerprint, price(c), c.Currency)
	b.WriteByte('\n')
	_, err = io.WriteString(t.w, b.String())
	return err
}

// writeStep writes a step: when, by which clause, what in so many columns, and how many units.
func writeStep(b *strings.Builder, s *charge.Step, columns int) {
	added := ""
	switch {
	case s.Each == 0:
	case s.Count == 1:
		added = "+ " + s.Each.String()
	default:
		added = fmt.Sprintf("+ %d x %v", s.Count, s.Each)
	}
	what := line(s.What)
	fmt.Fprintf(b, "    +%-13s %-6s %s%*s  %-18s = %v", clockTime(s.At), s.Rule, what, columns-width(what), "", added, s.Sum)
	b.WriteByte('\n')
}

func (t *chargeTable) Close() error {
	if t.tab == nil {
		return nil
	}
	tab := t.tab
	t.tab = nil
	return tab.Flush()
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// line gives a text of a file as it may stand in a line of a terminal.
func line(s string) string {
	var b strings.Builder
	putLine(&b, s)
	return strings.TrimSuffix(b.String(), "\n")
}
