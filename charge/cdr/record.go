package cdr

import (
	"slices"
	"unicode/utf8"

	"c7mon/wire"
)

// mostDigits is the longest number that is read: twice what E.164 allows, for the codes before it.
const mostDigits = 32

// record fills a record from the cells. What is wrong stands in r.bad.
func (r *Reader) record(rec *Record) {
	if r.bad != nil {
		return
	}
	m := r.m
	*rec = Record{Line: r.line, Start: wire.NoTime, Answer: wire.NoTime, End: wire.NoTime, Duration: -1, CIC: -1}
	rec.Calling = r.number(&m.calling)
	rec.Called = r.number(&m.called)
	r.times(rec)
	rec.Charged = r.flag(&m.charged)
	r.circuit(rec)
	if text := r.value(&m.money.field); text != nil {
		var reason string
		if rec.Money, reason = m.money.read(text, int(m.Currency.Decimals)); reason != "" {
			r.fail(&m.money.field, text, reason)
		}
		rec.HasMoney = true
	}
	if text := r.value(&m.currency); text != nil && m.Currency.Code != "" && string(text) != m.Currency.Code {
		r.fail(&m.currency, text, "the currency is "+m.Currency.Code)
	}
	rec.Tariff = r.name(&m.tariff, 0)
}

// value gives the value of a field, of two columns with a space between them; nil where it is not told.
func (r *Reader) value(f *field) []byte {
	switch len(f.columns) {
	case 0:
		return nil
	case 1:
		return r.part(f, 0)
	}
	first, second := r.part(f, 0), r.part(f, 1)
	if first == nil || second == nil {
		return nil
	}
	begin := len(r.text)
	r.text = append(append(append(r.text, first...), ' '), second...)
	return r.text[begin:]
}

// part gives the value of one column of a field, nil where it is not told.
func (r *Reader) part(f *field, i int) []byte {
	if i < 0 || i >= len(f.columns) {
		return nil
	}
	c := f.columns[i]
	value := r.cells[c]
	if len(value) == 0 || isOne(r.m.empty, value) || isOne(f.empty, value) {
		return nil
	}
	r.seen[c] = true
	if r.odd[c] && r.m.format == jsonl {
		r.failPart(f, i, value, "one value is needed, not an object or a list")
		return nil
	}
	if r.odd[c] && f.whole {
		r.failPart(f, i, value, "the line ends inside the column")
		return nil
	}
	return value
}

func isOne(of []string, value []byte) bool {
	for _, s := range of {
		if s == string(value) {
			return true
		}
	}
	return false
}

// number gives the normal form of a number. The digits 11 and 12 of a telephone set, * and #, are B and C as on the lines
// (Q.763 3.9); an F is the end of the digits.
func (r *Reader) number(f *numberField) []byte {
	text := r.value(&f.field)
	if text == nil {
		return nil
	}
	nature := f.nature
	if v := r.part(&f.natureField, 0); v != nil {
		var ok bool
		if nature, ok = f.natures[string(v)]; !ok {
			r.fail(&f.natureField, v, "no nature of address: add it to values")
			return nil
		}
	}
	r.digits = r.digits[:0]
	ended := false
	for _, c := range text {
		if f.strip[c] {
			continue
		}
		d := digit(c)
		switch {
		case c == '+' && len(r.digits) == 0 && !ended:
			nature = international
		case c|0x20 == 'f':
			ended = true
		case d == 0 || ended:
			r.fail(&f.field, text, "no number")
			return nil
		case len(r.digits) == mostDigits:
			r.fail(&f.field, text, "more than 32 digits")
			return nil
		default:
			r.digits = append(r.digits, d)
		}
	}
	begin := len(r.text)
	if len(r.digits) == 0 {
		return nil
	}
	r.text = r.numbering.Normal(r.text, string(r.digits), nature)
	return r.text[begin:]
}

// digit gives the digit that an octet stands for, 0-9 or A-E; 0 for none.
func digit(c byte) byte {
	switch {
	case '0' <= c && c <= '9' || 'A' <= c && c <= 'E':
		return c
	case 'a' <= c && c <= 'e':
		return c - 'a' + 'A'
	case c == '*':
		return 'B'
	case c == '#':
		return 'C'
	}
	return 0
}

// flag gives 1 for yes, 0 for no, -1 where it is not told.
func (r *Reader) flag(f *flagField) int8 {
	text := r.value(&f.field)
	if text == nil {
		return -1
	}
	key := text
	if f.folded {
		r.digits = r.digits[:0]
		for _, c := range text {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			r.digits = append(r.digits, c)
		}
		key = r.digits
	}
	switch {
	case f.yes[string(key)]:
		return 1
	case f.no[string(key)]:
		return 0
	case f.yes != nil && f.no != nil:
		r.fail(&f.field, text, "neither under yes nor under no")
	}
	return -1
}

// circuit fills trunk group and circuit. Of two trunk groups, in and out, it takes the first that names has, else the first that is
// told, and of two circuits the one beside it.
func (r *Reader) circuit(rec *Record) {
	m, which := r.m, 0
	if len(m.trunkGroup.columns) == 2 {
		first, second := r.part(&m.trunkGroup.field, 0), r.part(&m.trunkGroup.field, 1)
		if m.trunkGroup.names[string(first)] == nil && (m.trunkGroup.names[string(second)] != nil || first == nil) {
			which = 1
		}
	}
	rec.TrunkGroup = r.name(&m.trunkGroup, which)
	which = min(which, len(m.cic.columns)-1)
	text := r.part(&m.cic, which)
	if text == nil {
		return
	}
	n, rest, ok := readDigits(text)
	if !ok || len(rest) > 0 {
		r.failPart(&m.cic, which, text, "no circuit identification code: a whole number is needed")
		return
	}
	rec.CIC = n
}

// name gives a name as the map renames it.
func (r *Reader) name(f *nameField, which int) []byte {
	text := r.part(&f.field, which)
	if ours := f.names[string(text)]; ours != nil {
		return ours
	}
	switch {
	case !slices.ContainsFunc(text, func(c byte) bool { return c >= utf8.RuneSelf }):
		return text
	case r.m.latin1:
		begin := len(r.text)
		r.text = appendLatin1(r.text, text)
		return r.text[begin:]
	case !utf8.Valid(text):
		r.failPart(&f.field, which, text, "not UTF-8: the map may need encoding: latin-1")
	}
	return text
}
