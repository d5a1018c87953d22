package tariff

import (
	"math"
	"slices"
	"strings"
	"time"

	"c7mon/charge"
	"c7mon/yamlfile"
)

// Limits of the validity of a book that sets none.
const (
	always  = math.MinInt64
	forever = math.MaxInt64
)

// A network is one that charges: the home network is the first of a book. The others have a scaling factor (5.1, 5.2).
type network struct {
	name string
	e3   int64          // in hundredths, home units a unit of this network
	unit charge.Decimal // price of its unit in its own currency; Mantissa 0 where it is not known
	told bool           // the file has its price
}

// sections reads the sections of a book one after the other; later ones refer to earlier ones. Its own errors make the book
// unreadable, those of found make it one that nobody should rate by, and doubts are warnings.
type sections struct {
	yamlfile.Reader
	found, doubts yamlfile.Reader
	b             *Book
	blocks        []blocks          // whose prices wait to become elements
	nodes         [][]yamlfile.Node // of the bands of each tariff, for examine
	heads         []yamlfile.Node   // of each tariff
	entries       []yamlfile.Node   // of each destination
	days          yamlfile.Node     // the list of holidays
}

func newSections(b *Book) *sections {
	p := &sections{b: b}
	p.File, p.found.File, p.doubts.File = b.File, b.File, b.File
	return p
}

// object reads a mapping, and notes keys without a value: what they would stand for (every service, no set-up fee) is nothing
// that somebody wrote. Keys that have to be there, and lists of values, say the same where they are read.
func (p *sections) object(n yamlfile.Node, what string, keys ...string) *yamlfile.Object {
	o := p.Object(n, what, keys...)
	if o == nil {
		return nil
	}
	for _, key := range keys {
		v := o.Values[key]
		if v == nil {
			continue
		}
		text, plain := yamlfile.Plain(v)
		list := slices.Contains(listKeys, key)
		switch {
		case plain && text == "" && !list && key != "prefix",
			!o.Has(key) && (list || slices.Contains(mayLack, key)),
			list && yamlfile.Describe(v) == "a list" && len(o.List(key)) == 0:
			o.NoValue(key)
		}
	}
	return o
}

// listKeys are keys that may be left out and have one value or several.
var listKeys = []string{"days", "hours", "service", "trunk_group", "operator"}

// mayLack are other keys that may be left out, but not without a value.
var mayLack = []string{"valid", "from", "to", "suspension", "network", "direction", "home", "setup", "prefix",
	"e1", "e2", "e4", "e5", "e6", "e7"}

// book reads the whole file.
func (p *sections) book(n yamlfile.Node) {
	o := p.object(n, "book", "name", "valid", "zone", "currency", "unit_price", "suspension", "holidays", "networks", "tariffs",
		"destinations")
	if o == nil {
		return
	}
	b := p.b
	b.Name = p.name(o)
	b.from, b.to = always, forever
	p.zone(o)
	p.valid(o)
	p.currency(o)
	b.networks = []network{{e3: charge.Unity, unit: p.unitPrice(o), told: true}}
	b.PUCT.Price = b.networks[0].unit
	switch s := o.Text("suspension"); s {
	case "free":
		b.free = true
	case "charged", "":
	default:
		o.Errorf("suspension", "%q: charged or free is needed", s)
	}
	p.holidays(o)
	for _, n := range o.List("networks") {
		p.network(n)
	}
	if len(b.networks) > 1 && b.networks[0].name == "" {
		p.doubts.Errorf(o.At("networks"), "book: networks: none is the home network: add {name: VN, home: true}")
	}
	for _, n := range p.needed(o, "tariffs") {
		p.tariff(n)
	}
	p.convert()
	for _, n := range p.needed(o, "destinations") {
		p.destination(n)
	}
}

// needed gives the entries of a list that has to be there.
func (p *sections) needed(o *yamlfile.Object, key string) []yamlfile.Node {
	before := len(p.Errs)
	list := o.List(key)
	if len(list) == 0 && len(p.Errs) == before {
		o.Errorf(key, "is missing: list at least one, each with a hyphen")
	}
	return list
}

// name reads a name, which stands in records and tables.
func (p *sections) name(o *yamlfile.Object) string {
	s := o.Needed("name")
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\uFFFD' }) {
		o.Errorf("name", "%q: no control characters: it stands in records and tables", s)
	}
	return s
}

func (p *sections) zone(o *yamlfile.Object) {
	p.b.Zone = time.UTC // for what is read before the error is told
	z := o.Needed("zone")
	if z == "" {
		return
	}
	loc, err := time.LoadLocation(z)
	if err != nil || z == "Local" {
		o.Errorf("zone", "there is no zone %q: write a name such as Asia/Ho_Chi_Minh", z)
		return
	}
	p.b.Zone = loc
}

func (p *sections) valid(o *yamlfile.Object) {
	if !o.Has("valid") {
		return
	}
	v := p.object(o.Values["valid"], "valid", "from", "to")
	if v == nil {
		return
	}
	from, hasFrom := p.day(v, "from")
	to, hasTo := p.day(v, "to")
	if hasFrom {
		p.b.from = p.midnight(from)
	}
	if hasTo {
		p.b.to = p.midnight(to.AddDate(0, 0, 1))
	}
	if hasFrom && hasTo && to.Before(from) {
		v.Errorf("to", "%s is before from: both days are in the time, the later one stands here", to.Format(time.DateOnly))
	}
}

// day reads a day of a key; ok is false where it is not there or none.
func (p *sections) day(o *yamlfile.Object, key string) (day time.Time, ok bool) {
	s := o.Text(key)
	if s == "" {
		return day, false
	}
	day, ok = parseDay(s)
	if !ok {
		o.Errorf(key, "%q: a day from 1970 to 2099 is needed, such as 2003-10-12", s)
	}
	return day, ok
}

func parseDay(s string) (time.Time, bool) {
	day, err := time.Parse(time.DateOnly, s)
	return day, err == nil && day.Year() >= 1970 && day.Year() < 2100
}

// midnight gives the moment in which a day begins in the zone of the book. Where clocks are put forward at midnight, that is
// when they are; where they are put back over midnight, so that it comes twice, it is the later one.
func (p *sections) midnight(day time.Time) int64 {
	at := func(t time.Time) time.Time { // by the offset of that time
		_, seconds := t.Zone()
		return time.Unix(day.Unix()-int64(seconds), 0)
	}
	noon := time.Date(day.Year(), day.Month(), day.Day(), 12, 0, 0, 0, p.b.Zone)
	begin := at(noon)
	if changed, _ := noon.ZoneBounds(); !changed.IsZero() && begin.Before(changed) {
		if begin = at(changed.Add(-1)); begin.After(changed) {
			begin = changed
		}
	}
	return begin.UnixNano()
}

func (p *sections) currency(o *yamlfile.Object) {
	if !o.Has("currency") {
		o.Errorf("currency", "is missing: add currency: {code: VND, decimals: 0}")
		return
	}
	c := p.object(o.Values["currency"], "currency", "code", "decimals")
	if c == nil {
		return
	}
	code := c.Needed("code")
	if code != "" && (len(code) != 3 || strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'Z' })) {
		c.Errorf("code", "%q: three capital letters of ISO 4217 are needed, such as VND", code)
	}
	p.b.PUCT.Currency.Code = code
	switch s := c.Needed("decimals"); {
	case s == "":
	case len(s) != 1 || s[0] < '0' || s[0] > '4':
		c.Errorf("decimals", "%q: 0 to 4 is needed: how many an amount has, 0 for VND and 2 for USD", s)
	default:
		p.b.PUCT.Currency.Decimals = s[0] - '0'
	}
}

// unitPrice reads the price of the home unit.
func (p *sections) unitPrice(o *yamlfile.Object) charge.Decimal {
	if o.Needed("unit_price") == "" {
		return charge.Decimal{}
	}
	return p.price(o, "unit_price")
}

// price reads a price above zero.
func (p *sections) price(o *yamlfile.Object, key string) charge.Decimal {
	s := o.Text(key)
	if s == "" {
		return charge.Decimal{} // it has its error already
	}
	d, err := charge.ParseDecimal(s)
	switch {
	case err != nil:
		o.Errorf(key, "%v: a price is needed, such as 100 or 0.05", err)
	case d.Mantissa == 0:
		o.Errorf(key, "0: a price above 0 is needed")
	}
	return d
}

// holidays reads the days that are no weekday and no weekend.
func (p *sections) holidays(o *yamlfile.Object) {
	p.days = o.At("holidays")
	for _, s := range o.Scalars("holidays") {
		t, ok := parseDay(s.Text)
		if !ok {
			p.Errorf(s.Node, "book: holidays: %q: a day from 1970 to 2099 is needed, such as 2003-10-12", s.Text)
			continue
		}
		day := t.Unix() / 86400
		if slices.Contains(p.b.holidays, day) {
			p.Errorf(s.Node, "book: holidays: %s stands twice: take one away", s.Text)
		}
		if at := p.midnight(t); at < p.b.from || at >= p.b.to {
			p.doubts.Errorf(s.Node, "book: holidays: %s is outside the time in which the book is valid", s.Text)
		}
		p.b.holidays = append(p.b.holidays, day)
	}
	slices.Sort(p.b.holidays)
}

// network reads a network: the home network, which is unity (5.1), or another one.
func (p *sections) network(n yamlfile.Node) {
	o := p.object(n, "network", "name", "home", "e3", "unit_price")
	if o == nil {
		return
	}
	w := network{name: p.name(o), e3: charge.Unity}
	if w.name != "" && slices.ContainsFunc(p.b.networks, func(x network) bool { return x.name == w.name }) {
		o.Errorf("name", "%q stands twice: give each network its own", w.name)
	}
	switch home := o.Text("home"); home {
	case "true":
		p.home(o, w.name)
		return
	case "false", "":
	default:
		o.Errorf("home", "%q: true or false is needed", home)
	}
	if s := o.Needed("e3"); s != "" {
		c, err := charge.CAI{}.Set(charge.E3, s)
		w.e3, _ = c.Get(charge.E3)
		if err == nil && w.e3 == 0 {
			o.Errorf("e3", "0: a factor above 0 is needed: home units for a unit of this network")
		} else if err != nil {
			p.Errorf(o.At("e3"), "network: %v: table 1 of TS 22.024", err)
		}
	}
	if o.Has("unit_price") {
		w.unit, w.told = p.price(o, "unit_price"), true
	}
	p.b.networks = append(p.b.networks, w)
}

// home takes the name of the home network; what else there is of it stands elsewhere.
func (p *sections) home(o *yamlfile.Object, name string) {
	if p.b.networks[0].name != "" {
		o.Errorf("home", "%s is the home network already: a book has one", p.b.networks[0].name)
		return
	}
	p.b.networks[0].name = name
	if o.Has("e3") {
		o.Errorf("e3", "the factor of the home network is 1 (5.1): take it away")
	}
	if o.Has("unit_price") {
		o.Errorf("unit_price", "that of the home network is the book's own: take it away")
	}
}
