package cdr

import (
	"slices"
	"strconv"
	"strings"

	"c7mon/yamlfile"
)

// Natures of address, Q.763 3.9 c.
const (
	subscriber    = 1
	unknown       = 2
	national      = 3
	international = 4
)

// forms are the ways in which numbers are written, as natures of address.
var forms = map[string]uint8{"as_dialled": unknown, "international": international, "national": national, "subscriber": subscriber}

// natures are the values of a column of natures where the map lists none.
var natures = map[string]uint8{"1": subscriber, "2": unknown, "3": national, "4": international,
	"subscriber": subscriber, "unknown": unknown, "national": national, "international": international}

// flagYes and flagNo are the values of a flag where the map lists none, in lower case.
var (
	flagYes = []string{"yes", "y", "true", "t", "1"}
	flagNo  = []string{"no", "n", "false", "f", "0"}
)

// columns reads which column is what.
func (p *mapFile) columns(top *yamlfile.Object) {
	if !top.Has("columns") {
		top.Errorf("columns", "is missing: add columns: with called, start and others")
		return
	}
	o := p.Object(top.Values["columns"], "columns", "calling", "called", "start", "answer", "end", "duration", "answered",
		"charged", "trunk_group", "cic", "money", "currency", "tariff")
	if o == nil {
		return
	}
	if top.Has("numbers") {
		p.numbers = p.Object(top.Values["numbers"], "numbers", "form", "strip")
	}
	if p.numbers == nil {
		p.numbers = p.Object(nil, "numbers")
	}
	m := p.m
	m.calling, m.called = p.numberField(o, "calling"), p.numberField(o, "called")
	p.times(top, o)
	p.durationField(o)
	m.answered, m.charged = p.flagField(o, "answered"), p.flagField(o, "charged")
	m.trunkGroup, m.tariff = p.nameField(o, "trunk_group", 2), p.nameField(o, "tariff", 1)
	m.cic, _ = p.field(o, "cic", 2)
	if len(m.cic.columns) == 2 && len(m.trunkGroup.columns) != 2 {
		o.Errorf("cic", "two columns are for a trunk_group of two: take one away")
	}
	p.moneyField(o)
	m.currency, _ = p.field(o, "currency", 1)
	if !o.Has("called") {
		o.Errorf("called", "is missing: a record without a called number fits no call")
	}
	if !o.Has("start") && !o.Has("answer") && !o.Has("end") {
		o.Errorf("start", "is missing: one of start, answer, end is needed")
	}
}

// field reads the columns of a key, up to so many, which is a column alone or has more keys. The object is nil where the key is
// not there.
func (p *mapFile) field(columns *yamlfile.Object, key string, most int, keys ...string) (field, *yamlfile.Object) {
	f := field{key: key, whole: key == "duration" || key == "cic" || key == "money"}
	if !columns.Has(key) {
		return f, nil
	}
	n := columns.Values[key]
	var o *yamlfile.Object
	if _, ok := yamlfile.Plain(n); ok {
		o = p.Object(nil, key)
		o.Node, o.Values["column"] = n, n
	} else if o = p.Object(n, key, append(keys, "column", "columns", "empty")...); o == nil {
		return f, nil
	}
	names := o.Scalars("columns")
	if o.Has("column") {
		names = append(names, yamlfile.Scalar{Text: o.Text("column"), Node: o.At("column")})
	}
	switch {
	case o.Has("column") && o.Has("columns"):
		o.Errorf("columns", "beside column: take one of them away")
	case !o.Has("column") && !o.Has("columns"):
		o.Errorf("column", "is missing: add column: NAME")
	case len(names) > most:
		o.Errorf("columns", "%d columns: at most %d can be read", len(names), most)
	}
	for _, name := range names {
		f.columns = append(f.columns, p.column(name.Node, key, name.Text))
	}
	f.empty = p.texts(o, "empty")
	return f, o
}

// column gives the index of a column, which is added where it is new.
func (p *mapFile) column(n yamlfile.Node, what, name string) int {
	name = strings.TrimSpace(name)
	if i := slices.IndexFunc(p.m.columns, func(c column) bool { return c.name == name }); i >= 0 {
		return i
	}
	c, ok := column{name: name, octets: p.octets(n, name)}, name != ""
	need := "a name is needed"
	switch p.m.format {
	case csv:
		if number, err := strconv.Atoi(name); err == nil {
			c.number, ok = number, number >= 1 && number <= maxRow
		}
		if !p.m.header {
			ok, need = ok && c.number > 0, "the number of a column is needed, from 1, for there is no header"
		}
	case fixed:
		from, to, found := strings.Cut(name, "-")
		if !found {
			to = from
		}
		first, err1 := strconv.Atoi(strings.TrimSpace(from))
		last, err2 := strconv.Atoi(strings.TrimSpace(to))
		c.from, c.to = first-1, last
		ok = err1 == nil && err2 == nil && 1 <= first && first <= last && last <= maxRow
		need = "first and last position are needed, from 1, such as 1-16"
	case jsonl:
		ok = ok && !slices.Contains(strings.Split(name, "."), "")
		need = "a key, or keys with a point between them are needed, such as call.from"
	}
	if !ok {
		p.Errorf(n, "%s: %q: %s", what, name, need)
	}
	p.m.columns = append(p.m.columns, c)
	return len(p.m.columns) - 1
}

// pairs reads a list of values as the file has them and what they are, "4 = international".
func (p *mapFile) pairs(o *yamlfile.Object, key string, take func(n yamlfile.Node, file, ours string)) {
	seen := map[string]bool{}
	for _, s := range o.Scalars(key) {
		file, ours, ok := strings.Cut(s.Text, "=")
		file, ours = strings.TrimSpace(p.octets(s.Node, file)), strings.TrimSpace(ours)
		switch {
		case !ok || file == "" || ours == "":
			p.Errorf(s.Node, "%s: %s: %q: write it as FILE = OURS, the value in the file and what it is here", o.What, key, s.Text)
		case seen[file]:
			p.Errorf(s.Node, "%s: %s: %q stands twice: take one away", o.What, key, file)
		default:
			take(s.Node, file, ours)
		}
		seen[file] = true
	}
}
