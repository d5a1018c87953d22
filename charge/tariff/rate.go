package tariff

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"c7mon/charge"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/wire"
)

// A Rater rates calls by the books, each by the one that is valid when the call is answered. It is used by one goroutine.
type Rater struct {
	config    *config.Config
	calendars []calendar // one a book, in the order of their validity
	last      int        // that of the call before
	meter     charge.Meter
	digits    []byte // scratch
	number    []byte // scratch
}

// NewRater makes a rater. The configuration says how numbers are dialled and which operator a point belongs to; nil is
// config.Default. An error names two books that are valid at the same time.
func NewRater(books []*Book, c *config.Config) (*Rater, error) {
	if c == nil {
		c = config.Default()
	}
	r := &Rater{config: c, digits: make([]byte, 0, 2*numberLength), number: make([]byte, 0, 4*numberLength)}
	for _, b := range books {
		r.calendars = append(r.calendars, newCalendar(b))
	}
	slices.SortStableFunc(r.calendars, func(a, b calendar) int { return cmp.Compare(a.book.from, b.book.from) })
	for i := 1; i < len(r.calendars); i++ {
		a, b := r.calendars[i-1].book, r.calendars[i].book
		if b.from < a.to {
			on := b.common(a)
			when := on.Format(time.DateOnly)
			if a.Zone.String() != b.Zone.String() { // the day of the one may be in parts a day of the other
				when = on.Format("2006-01-02 15:04 -07:00")
			}
			return nil, fmt.Errorf("books %s (%s) and %s (%s) are both valid on %s: change valid in one of them, a call has one book",
				a.Name, a.File, b.Name, b.File, when)
		}
	}
	return r, nil
}

// common gives a moment, in the zone of b, in which both books are valid; that of b begins no earlier.
func (b *Book) common(a *Book) time.Time {
	switch {
	case b.from != always:
		return time.Unix(0, b.from).In(b.Zone)
	case min(a.to, b.to) != forever:
		return time.Unix(0, min(a.to, b.to)-1).In(b.Zone)
	}
	return time.Unix(0, 0).In(b.Zone)
}

// numberLength is how many digits of a called number are looked at: no more than 15 are significant (E.164 6), behind a
// carrier's access code and prefixes.
const numberLength = 32

// timeLimit bounds times and lengths so that sums of two have room: 146 years before and after 1970.
const timeLimit = 1 << 62

func outOfTime(at int64) bool { return at <= -timeLimit || at >= timeLimit }

// EndOfCharging gives when a call stopped to cost: its release, else whatever ended it; wire.NoTime where that was not seen.
// The time at which a circuit was found to be free or in other use is no end: the call may have ended long before.
func EndOfCharging(c *correlate.Call) wire.Time {
	if c.Release.Known() {
		return c.Release
	}
	switch c.EndReason {
	case correlate.ByRelease, correlate.ByReset, correlate.ByGroupReset, correlate.ByUnequipped, correlate.ByBlocking,
		correlate.ByContinuity:
		return c.End
	}
	return wire.NoTime
}

// statusOf says of a call alone whether it can be rated.
func statusOf(c *correlate.Call) Status {
	answered := c.Answer.Known()
	switch {
	case answered && c.Charge == correlate.ChargeNo:
		return Free
	case !answered && c.Outcome != correlate.Unknown && c.Outcome != correlate.Lost && c.Outcome != correlate.Open:
		return NotAnswered
	case c.Flags&correlate.Partial != 0:
		return Partial
	case c.EndReason == correlate.ByCaptureEnd:
		return Open
	case !answered || !EndOfCharging(c).Known():
		return Lost
	}
	return Rated
}

// Rate rates a call. Nothing is allocated.
func (r *Rater) Rate(c *correlate.Call) Rating { return r.rate(c, nil) }

// Explain rates a call and appends the steps that led to it; times are since the answer. There are none of a call that cannot
// be rated.
func (r *Rater) Explain(dst []charge.Step, c *correlate.Call) ([]charge.Step, Rating) {
	steps := dst
	g := r.rate(c, &steps)
	if g.Status != Rated {
		return dst, g
	}
	return steps, g
}

// rate rates a call, and appends the steps where there is a place for them.
func (r *Rater) rate(c *correlate.Call, steps *[]charge.Step) Rating {
	g := Rating{Status: statusOf(c)}
	if g.Status != Rated && g.Status != Free {
		return g
	}
	cal, found := r.choose(c)
	if cal != nil {
		g.Book = cal.book
	}
	if found != nil {
		g.Tariff, g.Prefix, g.To = cal.book.tariffs[found.tariff].name, found.prefix, found.name
	}
	switch {
	case g.Status == Free: // it may belong to a tariff, but costs nothing
	case cal == nil:
		g.Status = NoBook
	case found == nil:
		g.Status = NoTariff
	default:
		r.price(&g, cal, &cal.book.tariffs[found.tariff], c, steps)
	}
	return g
}

// choose gives the calendar of the book that is valid at the answer of a call, and the entry that decides; nil for none.
func (r *Rater) choose(c *correlate.Call) (*calendar, *ref) {
	cal := r.calendar(int64(c.Answer))
	if cal == nil {
		return nil, nil
	}
	return cal, r.destination(cal.book, c)
}

// price completes the rating of a call by a tariff.
func (r *Rater) price(g *Rating, cal *calendar, t *tariff, c *correlate.Call, steps *[]charge.Step) {
	from, to := int64(c.Answer), int64(EndOfCharging(c))
	if outOfTime(from) || outOfTime(to) || to-from > timeLimit {
		g.Status = Failed
		return
	}
	length, suspended := max(to-from, 0), int64(0)
	if cal.book.free {
		suspended = min(max(int64(c.Suspended), 0), length)
		length -= suspended
	}
	g.Duration = time.Duration(length)
	r.meter = charge.Meter{}
	if steps != nil {
		r.meter.Trace = func(s charge.Step) {
			s.At = shown(s.At)
			*steps = append(*steps, s)
		}
	}
	end, ok := r.charge(cal, t, from, length, steps)
	if !ok {
		g.Status = NoBand
		return
	}
	if suspended > 0 && steps != nil {
		r.tell(length, "", fmt.Sprintf("suspended by the network for %v, which is free: the end comes so much earlier",
			time.Duration(suspended).Truncate(time.Millisecond)), steps)
	}
	if end > length {
		r.tell(length, "4.3 d", "the call is over: the block that has begun is charged as a whole", steps)
	}
	r.meter.End(time.Duration(end))
	units := r.meter.Units()
	money, err := cal.book.PUCT.Money(units)
	if err != nil {
		g.Status = Failed
		return
	}
	g.Units, g.Money = units, money
	if steps != nil {
		r.tell(end, "4.2.4", fmt.Sprintf("price of a unit: %v %s", cal.book.PUCT.Price, cal.book.PUCT.Currency.Code), steps)
	}
}

// calendar gives that of the book that is valid at a moment, nil where none is.
func (r *Rater) calendar(at int64) *calendar {
	if r.last < len(r.calendars) && r.calendars[r.last].holds(at) {
		return &r.calendars[r.last]
	}
	for i := range r.calendars {
		if r.calendars[i].holds(at) {
			r.last = i
			return &r.calendars[i]
		}
	}
	return nil
}

func (c *calendar) holds(at int64) bool {
	return at >= c.book.from && (at < c.book.to || c.book.to == forever)
}

// destination gives the entry of a book that decides for a call, nil where none fits.
func (r *Rater) destination(b *Book, c *correlate.Call) *ref {
	r.digits = c.Called.Append(r.digits[:0])
	// A string of at most 32 octets, which nobody keeps, takes no memory.
	r.number = r.config.Numbering.Normal(r.number[:0], string(r.digits[:min(len(r.digits), numberLength)]), c.Called.NOA)
	return r.find(b, r.number, &question{c.Service, c.TrunkGroup, c.Network, c.OPC})
}

// charge sends the meter what the network would send in a call of some length, in nanoseconds, and gives the time at which the
// charging ends; ok is false where a tariff has no band at a time that the call lasts.
func (r *Rater) charge(cal *calendar, t *tariff, answer, length int64, steps *[]charge.Step) (end int64, ok bool) {
	i, until := cal.at(t, answer)
	if i == noBand {
		return 0, false
	}
	b := &t.bands[i]
	if b.then == (charge.CAI{}) {
		r.send(0, b, b.first, "3", "", steps)
	} else {
		r.send(0, b, b.first, "3", ": set-up fee and first block", steps)
		r.send(0, b, b.then, "4.3 e", ": next blocks", steps)
	}
	timer := newTimer(b.initial, b.interval)
	for until-answer < length {
		j, next := cal.at(t, until)
		if j == noBand {
			return 0, false
		}
		if now := &t.bands[j]; now.change != b.change {
			r.send(timer.change(until-answer, now.interval), now, now.change, "4.3 e", ": change of tariff", steps)
			b = now
		}
		until = next
	}
	if t.style == begun {
		return timer.whole(length), true
	}
	return length, true
}

// send gives the meter a message, and tells what is in it and what it is for.
func (r *Rater) send(at int64, b *band, c charge.CAI, rule, purpose string, steps *[]charge.Step) {
	if steps != nil { // texts take memory
		what := "CAI " + c.String() + purpose
		if b.text != "" {
			what += " (" + b.text + ")"
		}
		r.tell(at, rule, what, steps)
	}
	r.meter.Receive(time.Duration(at), c)
}

// tell appends a step that adds nothing, behind those of the meter up to its time.
func (r *Rater) tell(at int64, rule, what string, steps *[]charge.Step) {
	if steps == nil {
		return
	}
	r.meter.Segments(time.Duration(at), 0) // lets the time go by
	*steps = append(*steps, charge.Step{At: shown(time.Duration(at)), Rule: rule, What: what, Count: 1, Sum: r.meter.Units()})
}

// shown gives the moment that is meant by one a nanosecond before a tick, see timer.change.
func shown(at time.Duration) time.Duration {
	if (at+1)%tick == 0 {
		return at + 1
	}
	return at
}
