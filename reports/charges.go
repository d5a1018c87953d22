package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/charge/tariff"
	"c7mon/correlate"
	"c7mon/store"
)

// ChargeKey is what the charges report sums by.
type ChargeKey uint8

// The keys.
const (
	ChargesByService ChargeKey = iota
	ChargesByOperator
	ChargesByDPC
	ChargesByTrunkGroup
	ChargesByDestination
	ChargesByDay
	ChargesByTariff
)

var chargeKeyNames = [...]string{ChargesByService: "service", ChargesByOperator: "operator", ChargesByDPC: "dpc", ChargesByTrunkGroup: "trunk_group",
	ChargesByDestination: "destination", ChargesByDay: "day", ChargesByTariff: "tariff"}

// ChargeKeyNames gives the names that ParseChargeKey reads.
func ChargeKeyNames() []string { return chargeKeyNames[:] }

// ParseChargeKey gives the key of that name.
func ParseChargeKey(name string) (ChargeKey, error) {
	for k, n := range chargeKeyNames {
		if n == name {
			return ChargeKey(k), nil
		}
	}
	return 0, fmt.Errorf("--by %q: one of %s is needed", name, strings.Join(chargeKeyNames[:], ", "))
}

// ChargesInput is what the charges report is made of. Set what was asked for, Add each call, then make the table.
type ChargesInput struct {
	Period   Period
	Select   Selection
	By       ChargeKey
	Operator func(*correlate.Call) string // of the point that the IAM came from, for ChargesByOperator
	Stored   bool                         // the charges are those of the database
	Coverage Coverage
	Style    Style

	keys  map[string]*keySum
	whole keySum
	// status counts the calls whose charge is not known, by the status that says why, in the order of tariff.Status.
	status map[tariff.Status]int64
	books  map[book]int64
}

// A book is one text of a book: its name stays when it is changed, its fingerprint does not.
type book struct{ name, fingerprint string }

// Add counts a call with its charge; nil is for a call that has none.
func (in *ChargesInput) Add(r *store.Row, c *store.Charge) {
	if in.keys == nil {
		in.keys, in.status, in.books = map[string]*keySum{}, map[tariff.Status]int64{}, map[book]int64{}
	}
	if c == nil {
		c = &store.Charge{}
	}
	key := in.key(r, c)
	s := in.keys[key]
	if s == nil {
		s = &keySum{}
		in.keys[key] = s
	}
	status, _ := tariff.StatusOf(c.Status) // a name that there is not is that of a later c7mon: unrated here
	s.add(status, r, c)
	in.whole.add(status, r, c)
	switch status {
	case tariff.Rated:
		in.books[book{c.Book, c.Fingerprint}]++
	case tariff.Free, tariff.NotAnswered:
	default:
		in.status[status]++
	}
}

// key gives the value of the key that a call belongs to.
func (in *ChargesInput) key(r *store.Row, c *store.Charge) string {
	switch in.By {
	case ChargesByOperator:
		if in.Operator == nil {
			return ""
		}
		return in.Operator(&r.Call)
	case ChargesByDPC:
		return strconv.FormatUint(uint64(r.DPC), 10)
	case ChargesByTrunkGroup:
		return r.TrunkGroup
	case ChargesByDestination:
		return or(c.Destination, c.Prefix)
	case ChargesByDay:
		return DayOf(r.Start, in.Period.Zone).String()
	case ChargesByTariff:
		return c.Tariff
	}
	return r.Service
}

// Charges makes the table of charges: a row a value of the key, most rated calls first, days in their order, the calls without a
// value last; more than one row where there is more than one currency, and then the calls that cost nothing are in the first.
// Every call is counted once: rated, free, not answered, or not rated, and the notes say why not.
func Charges(in ChargesInput) Table {
	x := in.Style.Lang.chargeTexts()
	t := Table{
		Report: "charges", Lang: in.Style.Lang, Title: in.title(), Empty: in.Style.Lang.texts().empty,
		Columns: []Column{{chargeKeyNames[in.By], x.keys[in.By], false}, {"calls", x.calls, true}, {"rated", x.rated, true},
			{"free", x.free, true}, {"not_answered", x.notAnswered, true}, {"not_rated", x.notRated, true}, {"minutes", x.minutes, true},
			{"units", x.units, true}, {"price", x.price, true}, {"currency", x.currency, false}},
		Rows:   []Row{},
		Fields: in.fields(),
		More:   []Field{{"not_rated", in.reasons()}, {"books", in.bookObjects()}},
		Notes:  in.notes(),
	}
	for _, key := range in.sortedKeys() {
		t.Rows = append(t.Rows, in.rows(in.keyCell(key), in.keys[key])...)
	}
	return t
}

// sortedKeys gives the values of the key in the order of the table.
func (in *ChargesInput) sortedKeys() []string {
	list := make([]string, 0, len(in.keys))
	for key := range in.keys {
		list = append(list, key)
	}
	slices.SortFunc(list, func(a, b string) int {
		switch s, t := in.keys[a], in.keys[b]; {
		case (a == "") != (b == ""):
			return cmp.Compare(len(b), len(a))
		case in.By == ChargesByDay:
			return cmp.Compare(a, b)
		default:
			return cmp.Or(cmp.Compare(t.rated, s.rated), cmp.Compare(t.calls, s.calls), cmp.Compare(a, b))
		}
	})
	return list
}

// keyCell writes a value of the key.
func (in *ChargesInput) keyCell(key string) Cell {
	switch {
	case key == "":
		return Cell{Text: "-"}
	case in.By == ChargesByDay:
		return Cell{in.Style.Lang.date(key), key, key}
	case in.By == ChargesByDPC:
		pc, _ := strconv.ParseUint(key, 10, 32) // it was made of one
		return Cell{in.Style.pointCode(uint32(pc)), key, pc}
	}
	return words([]byte(key))
}

// rows writes the sums of one value of the key.
func (in *ChargesInput) rows(key Cell, s *keySum) (rows []Row) {
	list := s.currencies()
	if len(list) == 0 {
		return []Row{{key, whole(s.calls), whole(0), whole(s.free), whole(s.notAnswered), whole(s.notRated), {}, {}, {}, {}}}
	}
	for i, c := range list {
		m := s.money[c]
		row := Row{key, whole(m.calls), whole(m.calls), whole(0), whole(0), whole(0), minutes(in.Style.Lang, m.talk),
			decimal(in.Style.Lang, m.units.String()), decimal(in.Style.Lang, c.Format(m.money)), words([]byte(c.Code))}
		if i == 0 {
			row[1], row[3] = whole(m.calls+s.calls-s.rated), whole(s.free)
			row[4], row[5] = whole(s.notAnswered), whole(s.notRated)
		}
		rows = append(rows, row)
	}
	return rows
}

// minutes gives a sum of durations in minutes with two decimals, half up.
func minutes(l Lang, d time.Duration) Cell {
	const hundredth = time.Minute / 100
	n := d / hundredth
	if d%hundredth >= hundredth/2 {
		n++
	}
	return decimal(l, fmt.Sprintf("%d.%02d", n/100, n%100))
}

// decimal gives a cell of an amount.
func decimal(l Lang, text string) Cell { return Cell{l.amount(text), text, Fixed(text)} }

func (in *ChargesInput) title() string {
	x := in.Style.Lang.chargeTexts()
	title := x.title
	if in.Select.Service != "" {
		title += fmt.Sprintf(in.Style.Lang.texts().service, in.Select.Service)
	}
	if in.Style.Lang == English {
		title += ","
	}
	return title + " " + in.Style.Lang.period(in.Period)
}

// fields are those of the JSON object between title and rows.
func (in *ChargesInput) fields() []Field {
	f := []Field{{"from", in.Period.From.String()}, {"to", in.Period.To.String()}, {"tz", in.Period.zoneName()},
		{"service", textOrNull(in.Select.Service)}}
	f = append(f, in.Select.fields()...)
	totals := []Object{}
	for _, c := range in.whole.currencies() {
		m := in.whole.money[c]
		totals = append(totals, Object{{"currency", c.Code}, {"calls", m.calls}, {"minutes", minutes(English, m.talk).JSON},
			{"units", Fixed(m.units.String())}, {"price", Fixed(c.Format(m.money))}})
	}
	s := &in.whole
	return append(f, Field{"by", chargeKeyNames[in.By]}, Field{"stored", in.Stored}, Field{"calls", s.calls}, Field{"rated", s.rated},
		Field{"free", s.free}, Field{"not_answered", s.notAnswered}, Field{"totals", totals}, Field{"coverage", in.Coverage.json()})
}

// reasons counts the calls that could not be rated.
func (in *ChargesInput) reasons() Object {
	o := Object{{"total", in.whole.notRated}}
	for _, s := range tariff.Statuses() {
		if n := in.status[s]; n > 0 {
			o = append(o, Field{s.String(), n})
		}
	}
	return o
}

// OtherBooks counts the rated calls whose book has none of the fingerprints.
func (in *ChargesInput) OtherBooks(fingerprints []string) (n int64) {
	for b, calls := range in.books {
		if !slices.Contains(fingerprints, b.fingerprint) {
			n += calls
		}
	}
	return n
}

// sortedBooks gives the books by which calls were rated, the one with most calls first.
func (in *ChargesInput) sortedBooks() []book {
	list := make([]book, 0, len(in.books))
	for b := range in.books {
		list = append(list, b)
	}
	slices.SortFunc(list, func(a, b book) int {
		return cmp.Or(cmp.Compare(in.books[b], in.books[a]), cmp.Compare(a.name, b.name), cmp.Compare(a.fingerprint, b.fingerprint))
	})
	return list
}

func (in *ChargesInput) bookObjects() []Object {
	list := []Object{}
	for _, b := range in.sortedBooks() {
		list = append(list, Object{{"book", b.name}, {"fingerprint", b.fingerprint}, {"calls", in.books[b]}})
	}
	return list
}

// notes are the lines under the text.
func (in *ChargesInput) notes() []string {
	x, s := in.Style.Lang.chargeTexts(), &in.whole
	var notes []string
	if only := in.Select.words(in.Style); only != "" {
		notes = append(notes, in.Style.Lang.texts().only+only+".")
	}
	notes = append(notes, fmt.Sprintf(x.total, s.calls, s.rated, s.free, s.notAnswered, s.notRated))
	for _, c := range s.currencies() {
		m := s.money[c]
		notes = append(notes, fmt.Sprintf(x.sum, in.Style.Lang.amount(c.Format(m.money)), c.Code, minutes(in.Style.Lang, m.talk).Text,
			in.Style.Lang.amount(m.units.String())))
	}
	var why []counter
	for _, status := range tariff.Statuses() {
		why = append(why, counter{x.why[status], in.status[status]})
	}
	if left := counted(why); left != "" {
		notes = append(notes, x.notRatedNote+left)
	}
	for _, b := range in.sortedBooks() {
		notes = append(notes, fmt.Sprintf(x.book, b.name, b.fingerprint, in.books[b]))
	}
	if in.Stored {
		notes = append(notes, x.stored)
	}
	return append(notes, in.Coverage.note(in.Style.Lang))
}
