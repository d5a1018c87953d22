package cdr

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/charge"
	"c7mon/yamlfile"
)

// mapFile reads the sections of a map.
type mapFile struct {
	yamlfile.Reader
	m       *Map
	layouts []layout         // of times that have none of their own
	numbers *yamlfile.Object // how numbers are written that do not say it
}

// ParseMap reads a map from data; file stands in the errors. The error is a yamlfile.Errors with everything that is wrong.
func ParseMap(file string, data []byte) (*Map, error) {
	p := mapFile{Reader: yamlfile.Reader{File: file}, m: &Map{delimiter: ',', quote: '"'}}
	top := p.Object(p.Parse(data), "map", "format", "encoding", "delimiter", "quote", "header", "skip", "comment", "zone",
		"layout", "currency", "numbers", "empty", "columns", "only", "except")
	if top == nil {
		return nil, p.Errs
	}
	p.shape(top)
	p.timing(top)
	p.money(top)
	if p.m.format != 0 {
		p.m.empty = p.texts(top, "empty")
		p.columns(top)
		p.filters(top, "only", true)
		p.filters(top, "except", false)
	}
	if len(p.Errs) > 0 {
		p.Errs.Sort()
		return nil, p.Errs
	}
	p.m.keys = jsonKeys(p.m)
	return p.m, nil
}

// shape reads how records stand in the file.
func (p *mapFile) shape(top *yamlfile.Object) {
	m, text := p.m, top.Needed("format")
	m.format = formats[text]
	if m.format == 0 && text != "" {
		top.Errorf("format", "%q: one of csv, fixed, jsonl is needed", text)
	}
	for _, key := range []string{"delimiter", "quote", "header"} {
		if top.Has(key) && m.format != csv && m.format != 0 {
			top.Errorf(key, "only csv has it: take it away")
		}
	}
	switch text := top.Text("encoding"); {
	case text == "latin-1" && m.format == jsonl:
		top.Errorf("encoding", "JSON is utf-8: take it away")
	case text == "latin-1":
		m.latin1 = true
	case text != "utf-8" && text != "":
		top.Errorf("encoding", "%q: utf-8 or latin-1 is needed", text)
	}
	m.delimiter = p.octet(top, "delimiter", ',')
	m.quote = p.octet(top, "quote", '"')
	if m.delimiter == m.quote {
		top.Errorf("quote", "%q is the delimiter too: they have to differ", m.quote)
	}
	m.header = m.format == csv && p.yes(top, "header", true)
	m.skip = p.count(top, "skip", 0, 1000)
	m.comment = p.octets(top.At("comment"), top.Text("comment"))
}

// timing reads the zone and the layout of times.
func (p *mapFile) timing(top *yamlfile.Object) {
	if text := top.Text("zone"); text != "" {
		if offset, ok := readOffset(text); ok {
			p.m.zone = time.FixedZone(text, offset)
		} else if loc, err := time.LoadLocation(text); err == nil && text != "Local" {
			p.m.zone = loc
		} else {
			top.Errorf("zone", "there is no zone %q: write a name such as Asia/Ho_Chi_Minh, or an offset such as +07:00", text)
		}
	}
	p.layouts = p.layoutsOf(top, []string{"%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"})
}

// money reads the currency.
func (p *mapFile) money(top *yamlfile.Object) {
	if !top.Has("currency") {
		return
	}
	o := p.Object(top.Values["currency"], "currency", "code", "decimals")
	if o == nil {
		return
	}
	code := o.Needed("code")
	if code != "" && (len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		o.Errorf("code", "%q: three capital letters of ISO 4217 are needed, such as VND", code)
	}
	if !o.Has("decimals") {
		o.Errorf("decimals", "is missing: add decimals: 0 for VND, 2 for USD")
	}
	p.m.Currency = charge.Currency{Code: code, Decimals: uint8(p.count(o, "decimals", 0, 6))}
}

// filters reads only or except.
func (p *mapFile) filters(top *yamlfile.Object, key string, keep bool) {
	for _, n := range top.List(key) {
		o := p.Object(n, key, "column", "values")
		if o == nil {
			continue
		}
		f := filter{values: map[string]bool{}, keep: keep}
		if name := o.Needed("column"); name != "" {
			f.column = p.column(o.At("column"), key, name)
		}
		for _, v := range p.texts(o, "values") {
			f.values[v] = true
		}
		if len(f.values) == 0 && !o.Has("values") {
			o.Errorf("values", "is missing: add values: [MOC, ...]")
		}
		p.m.filters = append(p.m.filters, f)
	}
}

// texts gives a list of values as the file writes them.
func (p *mapFile) texts(o *yamlfile.Object, key string) (all []string) {
	for _, s := range o.Scalars(key) {
		all = append(all, strings.TrimSpace(p.octets(s.Node, s.Text)))
	}
	return all
}

// octets gives text as the file writes it.
func (p *mapFile) octets(n yamlfile.Node, text string) string {
	if !p.m.latin1 {
		return text
	}
	octets := make([]byte, 0, len(text))
	for _, c := range text {
		if c > 0xff {
			p.Errorf(n, "%q: %q is not in latin-1", text, c)
			return text
		}
		octets = append(octets, byte(c))
	}
	return string(octets)
}

// octet reads one character, or a name of one: tab, none.
func (p *mapFile) octet(o *yamlfile.Object, key string, without byte) byte {
	text := o.Text(key)
	switch {
	case !o.Has(key):
		return without
	case text == "tab":
		return '\t'
	case text == "none" && key != "delimiter" && key != "decimal":
		return 0
	case len(text) == 1 && text[0] != '\n' && text[0] != '\r' && text[0] < 0x80 && (text[0] < '0' || text[0] > '9'):
		return text[0]
	}
	o.Errorf(key, "%q: one character is needed, no digit", text)
	return without
}

// yes reads yes or no.
func (p *mapFile) yes(o *yamlfile.Object, key string, without bool) bool {
	text := strings.ToLower(o.Text(key))
	switch {
	case !o.Has(key):
		return without
	case slices.Contains(flagYes, text):
		return true
	case !slices.Contains(flagNo, text):
		o.Errorf(key, "%q: yes or no is needed", text)
	}
	return false
}

// count reads a whole number, 0 where it is not there.
func (p *mapFile) count(o *yamlfile.Object, key string, low, high int) int {
	if !o.Has(key) {
		return 0
	}
	n, err := strconv.Atoi(o.Text(key))
	if err != nil || n < low || n > high {
		o.Errorf(key, "%q: a whole number from %d to %d is needed", o.Text(key), low, high)
		return low
	}
	return n
}

// layoutsOf reads the layouts of an object, the given ones where it has none.
func (p *mapFile) layoutsOf(o *yamlfile.Object, without []string) (all []layout) {
	scalars := o.Scalars("layout")
	for _, s := range scalars {
		l, err := parseLayout(s.Text)
		if err != nil {
			p.Errorf(s.Node, "%s: layout: %v", o.What, err)
		}
		all = append(all, l)
	}
	if o.Has("layout") {
		return all
	}
	for _, text := range without {
		if l, err := parseLayout(text); err == nil {
			all = append(all, l)
		}
	}
	return all
}
