package cdr

import (
	"strings"

	"c7mon/yamlfile"
)

func (p *mapFile) numberField(columns *yamlfile.Object, key string) numberField {
	f, o := p.field(columns, key, 1, "form", "strip", "nature")
	nf := numberField{field: f, nature: unknown}
	if o == nil {
		return nf
	}
	form, strip := p.numbers, p.numbers
	if o.Has("form") {
		form = o
	}
	if o.Has("strip") {
		strip = o
	}
	if text := form.Text("form"); form.Has("form") {
		var ok bool
		if nf.nature, ok = forms[text]; !ok && (form == o || key == "called") { // what both share is told once
			form.Errorf("form", "%q: one of as_dialled, international, national, subscriber is needed", text)
		}
	}
	text := " -.()"
	if strip.Has("strip") {
		text = p.octets(strip.At("strip"), strip.Text("strip"))
	}
	for i := range len(text) {
		nf.strip[text[i]] = true
	}
	var n *yamlfile.Object
	if nf.natureField, n = p.field(o, "nature", 1, "values"); n == nil {
		return nf
	}
	nf.natureField.key = key + ": nature"
	nf.natures = natures
	if n.Has("values") {
		nf.natures = map[string]uint8{}
		p.pairs(n, "values", func(at yamlfile.Node, file, ours string) {
			nature, ok := natures[ours]
			if !ok {
				p.Errorf(at, "%s: nature: %q: one of subscriber, unknown, national, international is needed", key, ours)
			}
			nf.natures[file] = nature
		})
	}
	return nf
}

// times reads start, answer and end.
func (p *mapFile) times(top, columns *yamlfile.Object) {
	noZone := false
	for i, key := range []string{"start", "answer", "end"} {
		f, o := p.field(columns, key, 2, "layout")
		t := timeField{field: f, layouts: p.layouts}
		if o != nil && o.Has("layout") {
			t.layouts = p.layoutsOf(o, nil)
		}
		if first := p.m.times[start].columns; i != start && len(f.columns) == 2 && len(first) == 2 {
			t.sharesDate = f.columns[0] == first[0]
		}
		for _, l := range t.layouts {
			noZone = noZone || o != nil && !l.absolute
		}
		p.m.times[i] = t
	}
	if noZone && !top.Has("zone") {
		top.Errorf("zone", "is missing: add zone: NAME of the zone in which the switch writes its times, such as Asia/Ho_Chi_Minh")
	}
}

func (p *mapFile) durationField(columns *yamlfile.Object) {
	f, o := p.field(columns, "duration", 1, "unit", "from")
	d := durationField{field: f, unit: units["seconds"]}
	if o == nil {
		return
	}
	if text := o.Text("unit"); o.Has("unit") {
		var ok bool
		if d.unit, ok = units[text]; !ok {
			o.Errorf("unit", "%q: one of seconds, tenths, milliseconds, minutes, h:m:s, hms is needed", text)
		}
	}
	switch text := o.Text("from"); {
	case text == "start" && len(p.m.times[start].columns) == 0:
		o.Errorf("from", "there is no start: add one under columns")
	case text == "start":
		d.fromStart = true
	case o.Has("from") && text != "answer":
		o.Errorf("from", "%q: answer or start is needed", text)
	}
	p.m.duration = d
}

func (p *mapFile) flagField(columns *yamlfile.Object, key string) flagField {
	f, o := p.field(columns, key, 1, "yes", "no")
	flag := flagField{field: f}
	if o == nil {
		return flag
	}
	if !o.Has("yes") && !o.Has("no") {
		flag.folded = true
		flag.yes, flag.no = set(flagYes), set(flagNo)
		return flag
	}
	flag.yes, flag.no = set(p.texts(o, "yes")), set(p.texts(o, "no"))
	for v := range flag.yes {
		if flag.no[v] {
			o.Errorf("no", "%q is under yes too: take one away", v)
		}
	}
	return flag
}

// set gives the values as a set, nil for none.
func set(values []string) map[string]bool {
	if len(values) == 0 {
		return nil
	}
	s := make(map[string]bool, len(values))
	for _, v := range values {
		s[v] = true
	}
	return s
}

func (p *mapFile) nameField(columns *yamlfile.Object, key string, most int) nameField {
	f, o := p.field(columns, key, most, "names")
	nf := nameField{field: f}
	if o == nil || !o.Has("names") {
		return nf
	}
	nf.names = map[string][]byte{}
	p.pairs(o, "names", func(_ yamlfile.Node, file, ours string) { nf.names[file] = []byte(ours) })
	return nf
}

func (p *mapFile) moneyField(columns *yamlfile.Object) {
	f, o := p.field(columns, "money", 1, "decimal", "group", "implied_decimals", "strip")
	money := moneyField{field: f, decimal: '.'}
	if o == nil {
		return
	}
	money.decimal = p.octet(o, "decimal", '.')
	money.group = p.octet(o, "group", 0)
	money.implied = p.count(o, "implied_decimals", 0, 9)
	strip := p.octets(o.At("strip"), o.Text("strip"))
	for i := range len(strip) {
		money.strip[strip[i]] = true
	}
	switch {
	case strings.ContainsAny(strip, "+-0123456789") || money.strip[money.decimal] && money.implied == 0:
		o.Errorf("strip", "%q: digits, signs and the mark of the decimals cannot be left out", o.Text("strip"))
	case money.group == money.decimal:
		o.Errorf("group", "%q separates the decimals: they have to differ", money.group)
	case strings.ContainsRune("+-", rune(money.decimal)) || strings.ContainsRune("+-", rune(money.group)):
		o.Errorf("decimal", "a sign cannot separate digits")
	case money.implied > 0 && o.Has("decimal"):
		o.Errorf("decimal", "beside implied_decimals: take one of them away")
	}
	p.m.money = money
}
