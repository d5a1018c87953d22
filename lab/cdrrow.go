package lab

import (
	"strconv"

	"c7mon/wire"
)

// cdrHead is the heading of the records.
var cdrHead = []string{"record", "calling", "called", "start", "answer", "end", "duration_s", "answered", "trunk_group", "cic",
	"amount", "currency", "tariff"}

// cdrTruthHead is the heading of the faults. Times are those of the capture.
var cdrTruthHead = []string{"kind", "record", "calling", "called", "start", "answer", "end", "duration_s", "trunk_group", "cic",
	"amount_before", "amount_after", "currency", "what"}

// A cdrRow is a record before it is written. Times are those of the capture.
type cdrRow struct {
	calling, called    string
	start, answer, end wire.Time // answer is wire.NoTime of a call that is not answered
	unmeasured         bool      // the duration is 0 although the call is answered
	group              string
	cic                uint16
	priced             bool
	price              Price
}

// row makes the record of a call.
func (s *cdrSheet) row(c *Call) cdrRow {
	r := cdrRow{calling: dialled(c.Calling, c.CallingNOA, ""), called: dialled(c.Called, c.CalledNOA, c.Service),
		start: c.Start, answer: c.Answer, end: chargedUntil(c), group: c.TrunkGroup, cic: c.CIC}
	if s.o.Price != nil {
		r.price, r.priced = s.o.Price(c)
	}
	return r
}

// chargedUntil is when the charging of a call ends: at its release, or whatever else ends it.
func chargedUntil(c *Call) wire.Time {
	if c.Release.Known() {
		return c.Release
	}
	return c.End
}

// fields appends the columns of a record, with the number that it has in the file.
func (s *cdrSheet) fields(dst []string, number int, r *cdrRow) []string {
	answered := "0"
	if r.answer.Known() {
		answered = "1"
	}
	dst = append(dst, strconv.Itoa(number), r.calling, r.called)
	dst = append(s.times(dst, r, s.clock), answered, r.group, strconv.Itoa(int(r.cic)))
	if !r.priced {
		return append(dst, "", "", "")
	}
	return append(dst, amount(r.price), r.price.Currency, r.price.Tariff)
}

// times appends start, answer, end and duration by a clock.
func (s *cdrSheet) times(dst []string, r *cdrRow, clock func(wire.Time) wire.Time) []string {
	text := func(t wire.Time) string { return clock(t).Std().In(s.zone).Format("2006-01-02 15:04:05.000") }
	if !r.answer.Known() {
		return append(dst, text(r.start), "", text(r.end), "0.000")
	}
	ms := clock(r.end).Sub(clock(r.answer)).Milliseconds()
	if r.unmeasured {
		ms = 0
	}
	return append(dst, text(r.start), text(r.answer), text(r.end), decimal(ms, 3))
}

// amount writes a price without its currency.
func amount(p Price) string { return decimal(p.Money, int(p.Decimals)) }

// decimal writes n / 10^decimals.
func decimal(n int64, decimals int) string {
	digits, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		digits, sign = digits[1:], "-"
	}
	if decimals == 0 {
		return sign + digits
	}
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:]
}
