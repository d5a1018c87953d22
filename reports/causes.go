package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/store"
)

// CausesInput is what the causes report is made of: what was asked for and the counts that the store gave.
type CausesInput struct {
	Period   Period
	Select   Selection
	All      bool               // answered calls too
	By       store.Dimension    // what the table is divided by
	Counts   []store.CauseCount // partial calls among them, whatever service is selected
	Coverage Coverage
	Style    Style
}

// A Selection is which calls a report counts.
type Selection struct {
	Service    string // "" for all
	TrunkGroup string // "" for all
	OPC, DPC   *uint32
}

// A Style is how a report is written. The zero Style is English with decimal codes.
type Style struct {
	Lang       Lang
	Hex        bool                   // cause codes in hexadecimal, in text and CSV
	CauseNames Lang                   // language of the cause names
	PointCode  func(pc uint32) string // point codes in text; nil for decimal numbers
}

// Excluded counts the calls that a table leaves out, each once: those that lost a dual seizure, were tried again on
// another circuit, are still up, or whose answer could not be seen, and the other ones whose beginning was not seen.
type Excluded struct{ Glare, Reattempt, Open, Unknown, Partial int64 }

// tally counts the calls of one cause; code is noCause for those without one.
type tally struct {
	code  int
	calls int64
}

const noCause = -1

// Causes makes the table of causes: a row a cause, most calls first, then by code; the calls that ended without a cause
// are the last row. Counted are the calls that were not answered, or all of them; what is left out is counted beside.
func Causes(in CausesInput) Table {
	x := in.Style.Lang.texts()
	whole, out := tallies{}, Excluded{}
	groups := map[string]tallies{}
	for i := range in.Counts {
		n := &in.Counts[i]
		if !in.counted(n, &out) {
			continue
		}
		code := noCause
		if n.HasCause {
			code = int(n.Cause)
		}
		whole[code] += n.Calls
		if groups[n.Key] == nil {
			groups[n.Key] = tallies{}
		}
		groups[n.Key][code] += n.Calls
	}
	total := whole.total()
	t := Table{
		Report: "causes",
		Lang:   in.Style.Lang,
		Title:  in.title(),
		Columns: []Column{{"code", x.code, true}, {"calls", x.calls, true}, {"share", x.share, true},
			{"cause", x.cause, false}},
		Rows:   in.rows(whole),
		Empty:  x.empty,
		Fields: in.fields(total),
		More:   []Field{{"excluded", out.object()}},
		Notes:  in.notes(total, out),
	}
	if in.By != store.ByNothing {
		t.By = dimensionNames[in.By]
		t.Groups = in.groups(groups, total)
	}
	return t
}

// counted reports whether the table counts the calls of n, and notes those that it leaves out.
func (in *CausesInput) counted(n *store.CauseCount, out *Excluded) bool {
	switch {
	case n.Outcome == correlate.Glare:
		out.Glare += n.Calls
	case n.Outcome == correlate.Reattempt:
		out.Reattempt += n.Calls
	case n.Outcome == correlate.Open:
		out.Open += n.Calls
	case n.Outcome == correlate.Unknown:
		out.Unknown += n.Calls
	case n.Outcome == correlate.Answered && !in.All:
	case n.Partial:
		out.Partial += n.Calls
	default:
		return true
	}
	return false
}

// tallies are calls by cause code.
type tallies map[int]int64

func (t tallies) total() (n int64) {
	for _, calls := range t {
		n += calls
	}
	return n
}

// sorted gives the causes in the order of the table.
func (t tallies) sorted() []tally {
	list := make([]tally, 0, len(t))
	for code, calls := range t {
		list = append(list, tally{code, calls})
	}
	slices.SortFunc(list, func(a, b tally) int {
		if (a.code == noCause) != (b.code == noCause) {
			return cmp.Compare(b.code, a.code) // the one without a code is the smaller and comes last
		}
		return cmp.Or(cmp.Compare(b.calls, a.calls), cmp.Compare(a.code, b.code))
	})
	return list
}

// rows writes the causes of a table or a group; shares are of its own total.
func (in *CausesInput) rows(t tallies) []Row {
	total := t.total()
	rows := []Row{}
	for _, n := range t.sorted() {
		code, name := Cell{}, in.Style.Lang.texts().noCause
		if n.code != noCause {
			format, names := "%d", [...]string{English: "en", Vietnamese: "vi"}
			if in.Style.Hex {
				format = "%X"
			}
			text := fmt.Sprintf(format, n.code)
			code = Cell{text, text, n.code}
			name = cause.Code(n.code).NameIn(names[in.Style.CauseNames&1])
		}
		calls, part := strconv.FormatInt(n.calls, 10), share(n.calls, total)
		rows = append(rows, Row{
			code,
			{calls, calls, n.calls},
			{in.Style.Lang.decimal(part) + "%", part, Fixed(part)},
			{name, name, name},
		})
	}
	return rows
}

// share gives part of total as a percentage with two decimals, half away from zero, "0.00" of nothing.
func share(part, total int64) string {
	if total == 0 {
		return "0.00"
	}
	hundredths := (part*20000 + total) / (2 * total)
	return fmt.Sprintf("%d.%02d", hundredths/100, hundredths%100)
}

func (in *CausesInput) title() string {
	x := in.Style.Lang.texts()
	title := x.unsuccessful
	if in.All {
		title = x.all
	}
	if in.Select.Service != "" {
		title += fmt.Sprintf(x.service, in.Select.Service)
	}
	if in.Style.Lang == English {
		title += ","
	}
	return title + " " + in.Style.Lang.period(in.Period)
}

// fields are those of the JSON object between title and rows.
func (in *CausesInput) fields(total int64) []Field {
	calls := "unsuccessful"
	if in.All {
		calls = "all"
	}
	f := []Field{{"from", in.Period.From.String()}, {"to", in.Period.To.String()}, {"tz", in.Period.zoneName()},
		{"service", textOrNull(in.Select.Service)}}
	f = append(f, in.Select.fields()...)
	return append(f, Field{"calls", calls}, Field{"total", total}, Field{"coverage", in.Coverage.json()})
}

// fields are those of the JSON object that say what was selected, but for the service.
func (s Selection) fields() (f []Field) {
	if s.OPC != nil {
		f = append(f, Field{"opc", *s.OPC})
	}
	if s.DPC != nil {
		f = append(f, Field{"dpc", *s.DPC})
	}
	if s.TrunkGroup != "" {
		f = append(f, Field{"trunk_group", s.TrunkGroup})
	}
	return f
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (out Excluded) object() Object {
	return Object{{"glare", out.Glare}, {"reattempt", out.Reattempt}, {"open", out.Open}, {"unknown", out.Unknown},
		{"partial", out.Partial}}
}

// notes are the lines under the text.
func (in *CausesInput) notes(total int64, out Excluded) []string {
	x := in.Style.Lang.texts()
	var notes []string
	if s := in.Select.words(in.Style); s != "" {
		notes = append(notes, x.only+s+".")
	}
	if in.All {
		notes = append(notes, fmt.Sprintf(x.totalAll, total))
	} else {
		notes = append(notes, fmt.Sprintf(x.total, total))
	}
	left := counted([]counter{{x.glare, out.Glare}, {x.reattempt, out.Reattempt}, {x.open, out.Open}, {x.unknown, out.Unknown},
		{x.partial, out.Partial}})
	if left != "" {
		notes = append(notes, x.excluded+left)
	} else {
		notes = append(notes, x.excludedNone)
	}
	return append(notes, in.Coverage.note(in.Style.Lang))
}

// A counter is a text with a place for a number, and the number.
type counter struct {
	text string
	n    int64
}

// counted writes the counters that are above zero in a row, "" where there are none.
func counted(list []counter) string {
	var parts []string
	for _, c := range list {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf(c.text, c.n))
		}
	}
	if parts == nil {
		return ""
	}
	return strings.Join(parts, "; ") + "."
}

// words names what is selected and does not stand in the title.
func (s Selection) words(style Style) string {
	x := style.Lang.texts()
	var parts []string
	if s.OPC != nil {
		parts = append(parts, x.opc+" "+style.pointCode(*s.OPC))
	}
	if s.DPC != nil {
		parts = append(parts, x.dpc+" "+style.pointCode(*s.DPC))
	}
	if s.TrunkGroup != "" {
		parts = append(parts, x.trunkGroup+" "+s.TrunkGroup)
	}
	return strings.Join(parts, ", ")
}

func (s *Style) pointCode(pc uint32) string {
	if s.PointCode == nil {
		return strconv.FormatUint(uint64(pc), 10)
	}
	return s.PointCode(pc)
}
