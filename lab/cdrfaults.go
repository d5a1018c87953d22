package lab

import (
	"fmt"
	"time"

	"c7mon/wire"
)

// A cdrKind is a way in which records are wrong.
type cdrKind struct {
	Info
	priced bool // shows in amounts alone
	alone  bool // concerns no call
	// spoil sets the rows of a damage whose call and undamaged row are there, and says what it did; false where the call is
	// not good for it.
	spoil func(s *cdrSheet, d *damage) bool
}

// cdrKinds are in the order in which their calls are chosen: what few calls are good for comes first.
var cdrKinds = [...]cdrKind{
	{Info{"charged-free", "a call that the signalling says is free has an amount"}, true, false, chargeFree},
	{Info{"charged-unanswered", "a call that was not answered has an answer, a duration and an amount"}, false, false, chargeUnanswered},
	{Info{"tariff", "the amount and the name of another tariff"}, true, false, otherTariff},
	{Info{"price", "another amount by the right tariff, and none that a call a little shorter or longer would cost"}, true, false, otherPrice},
	{Info{"duration", "the end is half a minute to two minutes wrong, and the duration with it"}, false, false, otherDuration},
	{Info{"answer", "answer and end are 20 to 90 seconds late, the duration is right"}, false, false, lateAnswer},
	{Info{"uncharged", "an answered call has no answer, no duration or no amount"}, false, false, uncharged},
	{Info{"number", "one of the last four digits of the called number is another"}, false, false, otherNumber},
	{Info{"double", "a call has two records"}, false, false, double},
	{Info{"missing", "a call has no record"}, false, false, missing},
	{Info{"extra", "a record of a call that never was"}, false, true, nil},
}

// CDRFaultKinds lists the faults of call records.
func CDRFaultKinds() []Info {
	list := make([]Info, len(cdrKinds))
	for i := range cdrKinds {
		list[i] = cdrKinds[i].Info
	}
	return list
}

func cdrKindNames() []string {
	names := make([]string, len(cdrKinds))
	for i := range cdrKinds {
		names[i] = cdrKinds[i].Name
	}
	return names
}

// chargeable tells whether a call is answered and costs something, as far as that is known.
func (d *damage) chargeable(s *cdrSheet) bool {
	return d.call.Answer.Known() && d.call.Charge != "no_charge" && (s.o.Price == nil || d.was.priced && d.was.price.Money > 0)
}

// pay prices a call other than it was, for row r. False where it costs nothing.
func (s *cdrSheet) pay(r *cdrRow, c *Call) bool {
	if s.o.Price == nil {
		return true
	}
	r.price, r.priced = s.o.Price(c)
	return r.priced && r.price.Money > 0
}

func chargeFree(s *cdrSheet, d *damage) bool {
	if !d.call.Answer.Known() || d.call.Charge != "no_charge" || !d.was.priced || d.was.price.Money != 0 {
		return false
	}
	c, r := *d.call, d.was
	c.Charge = "charge"
	if !s.pay(&r, &c) {
		return false
	}
	d.rows, d.what = []cdrRow{r}, "charged though free"
	return true
}

// cdrLeastRing is how long a call that is taken for an answered one has rung at least.
const cdrLeastRing = 5 * time.Second

func chargeUnanswered(s *cdrSheet, d *damage) bool {
	c, r := *d.call, d.was
	if c.Answer.Known() || !c.ACM.Known() || c.Release.Sub(c.ACM) < cdrLeastRing || c.Charge == "no_charge" {
		return false
	}
	c.Answer, c.Outcome = c.ACM, "answered"
	r.answer = c.ACM
	if !s.pay(&r, &c) {
		return false
	}
	d.rows, d.what = []cdrRow{r}, "charged though not answered"
	return true
}

// otherTariff prices a call as if its number were one of another tariff.
func otherTariff(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	donors := s.tariffs()
	for i, first := 0, int(s.chance.below(uint64(len(donors)+1))); i < len(donors); i++ {
		c, r := *donors[(first+i)%len(donors)], d.was
		c.Start, c.ACM, c.Alerting, c.Answer = d.call.Start, d.call.ACM, d.call.Alerting, d.call.Answer
		c.Release, c.ReleaseComplete, c.End, c.Suspended = d.call.Release, d.call.ReleaseComplete, d.call.End, d.call.Suspended
		if s.pay(&r, &c) && r.price.Tariff != d.was.price.Tariff && r.price.Money != d.was.price.Money {
			d.rows, d.what = []cdrRow{r}, fmt.Sprintf("tariff %q instead of %q", r.price.Tariff, d.was.price.Tariff)
			return true
		}
	}
	return false
}

// tariffDraws is how many calls are looked at for the tariffs that there are.
const tariffDraws = 3000

// tariffs gives a call of each tariff that is found.
func (s *cdrSheet) tariffs() []*Call {
	if s.donors != nil {
		return s.donors
	}
	s.donors = []*Call{}
	seen := map[string]bool{}
	for range tariffDraws {
		d := damage{call: s.calls[s.chance.below(uint64(len(s.calls)))]}
		if d.was = s.row(d.call); d.chargeable(s) && !seen[d.was.price.Tariff] {
			seen[d.was.price.Tariff] = true
			s.donors = append(s.donors, d.call)
		}
	}
	return s.donors
}

// otherPrice doubles an amount, halves it, or makes half as much again of it.
func otherPrice(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	r := d.was
	switch m := r.price.Money; s.chance.below(3) {
	case 0:
		r.price.Money = 2 * m
	case 1:
		r.price.Money = m / 2
	default:
		r.price.Money = m + (m+1)/2
	}
	if r.price.Money == 0 || s.mayCost(d.call, r.price.Money) {
		return false
	}
	d.rows, d.what = []cdrRow{r}, fmt.Sprintf("amount %s instead of %s", amount(r.price), amount(d.was.price))
	return true
}

// cdrUnsure is how much shorter or longer a call may seem to a clock of whole seconds, and a bit: what it then costs is no fault
// that anybody could find.
const cdrUnsure = 3 * time.Second

// mayCost tells whether an amount lies between what a call costs, and would cost a little earlier, later, shorter and longer.
func (s *cdrSheet) mayCost(c *Call, money int64) bool {
	below, above := false, false
	for _, answer := range [...]time.Duration{-cdrUnsure, 0, cdrUnsure} {
		for _, end := range [...]time.Duration{-cdrUnsure, 0, cdrUnsure} {
			n := *c
			n.Answer = c.Answer.Add(answer)
			n.Release = max(chargedUntil(c).Add(end), n.Answer)
			if p, ok := s.o.Price(&n); ok {
				below, above = below || p.Money <= money, above || p.Money >= money
			}
		}
	}
	return below && above
}

// The faults of a duration: how much it is wrong, and what is left of it at least, so that it is not cut to nothing.
const (
	cdrLeastWrong = 30 * time.Second
	cdrMostWrong  = 120 * time.Second
	cdrLeastLeft  = 5 * time.Second
)

func otherDuration(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	c, r := *d.call, d.was
	by := s.chance.between(cdrLeastWrong, cdrMostWrong)
	talk := r.end.Sub(r.answer)
	if longest := talk - max(cdrLeastLeft, s.o.Round); longest >= cdrLeastWrong && s.chance.percent(50) {
		by = -min(by, longest)
	}
	r.end = r.end.Add(by)
	c.Release, c.ReleaseComplete, c.End = r.end, c.ReleaseComplete.Add(by), c.End.Add(by)
	if !s.pay(&r, &c) {
		return false
	}
	d.rows, d.what = []cdrRow{r}, fmt.Sprintf("duration %s s instead of %s s", seconds(talk+by), seconds(talk))
	return true
}

func seconds(d time.Duration) string { return decimal(d.Milliseconds(), 3) }

func lateAnswer(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	r := d.was
	by := s.chance.between(20*time.Second, 90*time.Second)
	r.answer, r.end = r.answer.Add(by), r.end.Add(by)
	d.rows, d.what = []cdrRow{r}, "answer "+seconds(by)+" s late"
	return true
}

// uncharged takes the answer, the duration or the amount from the record of a call. A file of answered calls alone keeps the
// answer, and one without prices has no amount to lose.
func uncharged(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	ways := [3]uint32{1, 1, 1}
	if s.o.AnsweredOnly {
		ways[0] = 0
	}
	switch {
	case !d.was.priced:
		ways[2] = 0
	case s.mayCost(d.call, 0):
		ways[1], ways[2] = 0, 0
	}
	if ways == [3]uint32{} {
		return false
	}
	r := d.was
	r.price.Money = 0
	switch s.chance.pick(ways[:]) {
	case 0:
		r.answer, r.price.Tariff, d.what = wire.NoTime, "", "not answered in the record"
	case 1:
		r.unmeasured, d.what = true, "no duration"
	default:
		d.what = "no amount"
	}
	d.rows = []cdrRow{r}
	return true
}

func otherNumber(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	r := d.was
	r.called = s.miswrite(r.called, 1)
	d.rows, d.what = []cdrRow{r}, fmt.Sprintf("called number %s instead of %s", r.called, d.was.called)
	return true
}

// miswrite changes so many of the last four digits of a number, one after the other, each into another one.
func (s *cdrSheet) miswrite(number string, n int) string {
	b := []byte(number)
	at := len(b) - 4 + int(s.chance.below(uint64(5-n)))
	for i := at; i < at+n; i++ {
		b[i] = '0' + (b[i]-'0'+1+byte(s.chance.below(9)))%10
	}
	return string(b)
}

func double(s *cdrSheet, d *damage) bool {
	if !d.chargeable(s) {
		return false
	}
	d.rows, d.what = []cdrRow{d.was, d.was}, "two records"
	return true
}

func missing(s *cdrSheet, d *damage) bool {
	d.what = "no record"
	return d.chargeable(s)
}
