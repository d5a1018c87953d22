package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"c7mon/charge"
	"c7mon/charge/reconcile"
	"c7mon/wire"
)

// ReconcileInput is what the tables of a reconciliation are made of.
type ReconcileInput struct {
	Result   *reconcile.Result
	File     string         // name of the file for the title, "" for none
	Period   Period         // what was judged; without a Zone it is not told
	Zone     *time.Location // of the times that are shown, nil for UTC
	Currency charge.Currency
	Coverage Coverage
	Style    Style

	Files []string // where there is more than one: their names, see LineOf
	Books []string // of tariffs by which the calls were priced, as a reader knows them again; none: calls have no price

	ByMap    int64 // rows of the file that the map leaves out
	Bad      int64 // rows that are no records
	NotCalls int64 // attempts that were not added because no switch writes a record of them: glare and reattempt
}

// fileBits is how many bits of a line number are the line.
const fileBits = 40

// LineOf gives the number of a line where there are several files: for reconcile.Item.Line of a ReconcileInput with Files, whose
// index file is.
func LineOf(file int, line int64) int64 { return int64(file)<<fileBits | line }

// judged gives how many calls and records were compared: all but those outside the time.
func (in *ReconcileInput) judged() (calls, records int64) {
	outside := &in.Result.Sums[reconcile.Outside]
	return in.Result.Calls - outside.Calls, in.Result.Records - outside.Records
}

// sums gives the sum of all classes of a weight, and how many items they have.
func (in *ReconcileInput) sums(w reconcile.Weight) (s reconcile.Sum, items int64) {
	for _, c := range reconcile.Classes() {
		if c.Weight() != w {
			continue
		}
		x := in.Result.Sums[c]
		s.Lost, s.Over, s.Unpriced = capped(s.Lost, x.Lost), capped(s.Over, x.Over), s.Unpriced+x.Unpriced
		items += max(x.Calls, x.Records) // a pair is one item; no class has both calls and records that are single
	}
	return s, items
}

// capped adds two amounts that are not below zero, and stops at the end of the numbers.
func capped(a, b int64) int64 {
	if c := a + b; c >= 0 {
		return c
	}
	return 1<<63 - 1
}

// Reconciliation makes the table of the classes: what was compared, how much of it differs, and what money is at stake. Matched, all
// differences and all doubts have a row; what is set aside has one where there is any.
func Reconciliation(in ReconcileInput) Table {
	x := in.Style.Lang.reconcileTexts()
	t := Table{
		Report: "reconciliation", Lang: in.Style.Lang, Title: in.reconcileTitle(x.title), Empty: x.empty,
		Columns: []Column{{"class", x.class, false}, {"calls", x.calls, true}, {"records", x.records, true}, {"minutes", x.minutes, true},
			{"file_minutes", x.fileMinutes, true}, {"due", x.due, true}, {"charged", x.charged, true}, {"lost", x.lost, true},
			{"overcharged", x.over, true}, {"unpriced", x.unpriced, true}},
		Rows:   []Row{},
		Fields: in.reconcileFields(),
		More:   []Field{{"excluded", Object{{"map", in.ByMap}, {"bad", in.Bad}, {"not_calls", in.NotCalls}}}},
		Notes:  in.reconcileNotes(),
	}
	if calls, records := in.judged(); calls+records == 0 {
		return t
	}
	for _, c := range reconcile.Classes() {
		s := &in.Result.Sums[c]
		switch {
		case s.Calls+s.Records == 0 && (c.Weight() == reconcile.Aside || c == reconcile.NoCharge):
			continue
		case c == reconcile.Outside && s.Records == 0: // of calls there are as many as the caller thought good
			continue
		}
		t.Rows = append(t.Rows, Row{{x.classes[c], c.String(), c.String()}, whole(s.Calls), whole(s.Records), in.minutes(s.Talk),
			in.minutes(s.FileTalk), in.money(s.Expected, true), in.money(s.Charged, true), in.money(s.Lost, true), in.money(s.Over, true),
			whole(s.Unpriced)})
	}
	return t
}

func (in *ReconcileInput) reconcileTitle(title string) string {
	if in.File != "" {
		title += fmt.Sprintf(in.Style.Lang.reconcileTexts().of, in.File)
	}
	if in.Period.Zone != nil {
		if in.Style.Lang == English {
			title += ","
		}
		title += " " + in.Style.Lang.period(in.Period)
	}
	return title
}

// reconcileFields are those of the JSON object between title and rows.
func (in *ReconcileInput) reconcileFields() []Field {
	f := []Field{{"file", textOrNull(in.File)}}
	if in.Period.Zone != nil {
		f = append(f, Field{"from", in.Period.From.String()}, Field{"to", in.Period.To.String()}, Field{"tz", in.Period.zoneName()})
	}
	s, items := in.sums(reconcile.Difference)
	_, doubts := in.sums(reconcile.Doubt)
	c := &in.Result.Clock
	moment := func(t wire.Time) any { return in.moment(t).JSON }
	calls, records := in.judged()
	books := in.Books
	if books == nil {
		books = []string{}
	}
	f = append(f, Field{"judged_from", moment(in.Result.From)}, Field{"judged_to", moment(in.Result.To)}, Field{"books", books})
	return append(f, Field{"currency", textOrNull(in.Currency.Code)}, Field{"calls", calls}, Field{"records", records},
		Field{"differences", items}, Field{"doubts", doubts}, Field{"lost", in.money(s.Lost, true).JSON},
		Field{"overcharged", in.money(s.Over, true).JSON}, Field{"unpriced", s.Unpriced},
		Field{"clock", Object{{"known", c.Known}, {"at", moment(c.At)}, {"offset_ms", c.Offset.Milliseconds()},
			{"drift_ppm", Fixed(thousandths(c.Drift))}, {"scatter_ms", c.Scatter.Milliseconds()}, {"pairs", c.Pairs}, {"looked_at", c.Looked},
			{"tolerance_ms", c.Tolerance.Milliseconds()}, {"talk_tolerance_ms", c.Lasting.Milliseconds()},
			{"step_ms", c.Step.Milliseconds()}}},
		Field{"answered_only", !in.Result.Attempts}, Field{"foreign_tariffs", in.Result.Foreign},
		Field{"uncompared", in.Result.Uncompared}, Field{"coverage", in.Coverage.json()})
}

// reconcileNotes are the lines under the text.
func (in *ReconcileInput) reconcileNotes() []string {
	x, r := in.Style.Lang.reconcileTexts(), in.Result
	s, items := in.sums(reconcile.Difference)
	_, doubts := in.sums(reconcile.Doubt)
	code := in.Currency.Code
	if code == "" {
		code = "-"
	}
	calls, records := in.judged()
	notes := []string{fmt.Sprintf(x.total, items, calls, records, in.money(s.Lost, true).Text, in.money(s.Over, true).Text, code)}
	add := func(n int64, text string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(text, n))
		}
	}
	add(s.Unpriced, x.unpricedNote)
	add(doubts, x.agree)
	if r.From.Known() && r.To.Known() {
		notes = append(notes, fmt.Sprintf(x.judged, in.moment(r.From).Text, in.moment(r.To).Text))
	}
	if len(in.Books) > 0 {
		notes = append(notes, fmt.Sprintf(x.books, strings.Join(in.Books, ", ")))
		add(r.Uncompared, x.uncompared)
	} else {
		notes = append(notes, x.noBook)
	}
	notes = append(notes, in.clockNotes()...)
	if !r.Attempts {
		notes = append(notes, x.answeredOnly)
	}
	add(r.Foreign, x.foreign)
	if left := counted([]counter{{x.byMap, in.ByMap}, {x.bad, in.Bad}, {x.notCalls, in.NotCalls}}); left != "" {
		notes = append(notes, x.leftOut+left)
	} else {
		notes = append(notes, x.leftOutNone)
	}
	if in.Bad > 0 && r.Sums[reconcile.WireOnly].Calls > 0 {
		notes = append(notes, x.badNote)
	}
	return append(notes, in.Coverage.note(in.Style.Lang))
}

// clockNotes say what the file shows of the clock, and the tolerances.
func (in *ReconcileInput) clockNotes() []string {
	x, c, l := in.Style.Lang.reconcileTexts(), &in.Result.Clock, in.Style.Lang
	note := fmt.Sprintf(x.unknown, c.Looked)
	if c.Known {
		offset, way := c.Offset, x.ahead
		if offset < 0 {
			offset, way = -offset, x.behind
		}
		note = fmt.Sprintf(x.clock, l.decimal(clockTime(offset)), way, in.moment(c.At).Text, l.decimal(thousandths(c.Drift)),
			l.decimal(seconds(c.Scatter)), c.Pairs, c.Looked)
	}
	limits := fmt.Sprintf(x.tolerance, l.decimal(seconds(c.Tolerance)), l.decimal(seconds(c.Lasting)))
	if c.Step > 0 {
		limits += " " + fmt.Sprintf(x.step, l.decimal(seconds(c.Step)))
	}
	return []string{note, limits}
}

func whole(n int64) Cell {
	text := strconv.FormatInt(n, 10)
	return Cell{text, text, n}
}

// atLeast gives a number, and nothing for one that is below the least there is.
func atLeast(n, least int64) Cell {
	if n < least {
		return Cell{}
	}
	return whole(n)
}

// words gives a text of the file or the configuration, nothing for none. What is no UTF-8 is replaced.
func words(b []byte) Cell {
	if len(b) == 0 {
		return Cell{}
	}
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	return Cell{s, s, s}
}

// moment gives a time: for readers in the zone, for programs in UTC.
func (in *ReconcileInput) moment(t wire.Time) Cell {
	if !t.Known() {
		return Cell{}
	}
	zone := in.Zone
	if zone == nil {
		zone = time.UTC
	}
	return Cell{t.Std().In(zone).Format("2006-01-02 15:04:05.000"), t.String(), t.String()}
}

// money gives an amount in units of the currency.
func (in *ReconcileInput) money(amount int64, known bool) Cell {
	if !known {
		return Cell{}
	}
	text := in.Currency.Format(amount)
	return decimal(in.Style.Lang, text)
}

// span gives a duration: for readers in seconds, for programs in whole milliseconds.
func (in *ReconcileInput) span(d time.Duration, known bool) Cell {
	if !known {
		return Cell{}
	}
	ms := d.Milliseconds()
	return Cell{in.Style.Lang.decimal(seconds(d)), strconv.FormatInt(ms, 10), ms}
}

// minutes gives a sum of durations.
func (in *ReconcileInput) minutes(d time.Duration) Cell { return minutes(in.Style.Lang, d) }

// seconds writes a duration in seconds with three decimals, cut.
func seconds(d time.Duration) string { return thousandths(d.Milliseconds()) }

// thousandths writes n/1000.
func thousandths(n int64) string {
	sign := ""
	if n < 0 {
		sign = "-"
	}
	whole, part := n/1000, n%1000
	return fmt.Sprintf("%s%d.%03d", sign, max(whole, -whole), max(part, -part))
}

// clockTime writes a duration that is not below zero as 7:00:03.200.
func clockTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%d:%02d:%02d.%03d", ms/3600000, ms/60000%60, ms/1000%60, ms%1000)
}
