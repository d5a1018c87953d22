package lab

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/wire"
)

// A cdrSheet keeps the calls of a scenario until all have ended, chooses those that are damaged, and writes the records.
type cdrSheet struct {
	o      *CDR
	chance chance
	begin  wire.Time // of the scenario
	zone   *time.Location
	calls  []*Call          // that have a record, in the order in which they ended
	others []*Call          // that have none, and were on a circuit
	tried  map[parties]bool // of attempts without a record that went on as another call
	damage map[*Call]*damage
	extra  []*damage
	donors []*Call // one of each tariff there is, found when the first is wanted
	rows   int     // written
}

// parties are who calls whom.
type parties struct{ calling, called string }

// A damage is what a fault made of a call.
type damage struct {
	kind *cdrKind
	call *Call // nil of a record without a call
	was  cdrRow
	rows []cdrRow
	what string
}

func newCDRSheet(o *CDR, ch chance, begin wire.Time) *cdrSheet {
	s := &cdrSheet{o: o, chance: ch, begin: begin, zone: o.Zone, tried: map[parties]bool{}, damage: map[*Call]*damage{}}
	if s.zone == nil {
		s.zone = time.UTC
	}
	return s
}

// clock gives the time that the switch has at t.
func (s *cdrSheet) clock(t wire.Time) wire.Time { return s.o.stamp(t, s.begin) }

// take keeps a call that has ended.
func (s *cdrSheet) take(c *Call) {
	kept := *c
	switch {
	case c.Outcome == "glare" || c.Outcome == "reattempt":
		s.tried[parties{c.Calling, c.Called}] = true
		fallthrough
	case hasFlag(c, "partial") || !chargedUntil(c).Known():
		s.others = append(s.others, &kept)
	default:
		s.calls = append(s.calls, &kept)
	}
}

// leftOver keeps the calls that were not over at the end of the capture. The charging of those that were released is.
func (s *cdrSheet) leftOver(e *engine) {
	for i := range e.queue.events {
		if c := e.queue.events[i].call; c != nil {
			last := *c
			if last.Release.Known() {
				last.finish()
			}
			s.take(&last.Call)
		}
	}
}

func hasFlag(c *Call, name string) bool { return slices.Contains(strings.Fields(c.Flags), name) }

// write chooses what is damaged and writes the records and the faults.
func (s *cdrSheet) write() error {
	slices.SortStableFunc(s.calls, func(a, b *Call) int { return cmp.Compare(chargedUntil(a), chargedUntil(b)) })
	if err := s.choose(); err != nil {
		return err
	}
	records := csv.NewWriter(s.o.File)
	var faults *csv.Writer
	if err := records.Write(cdrHead); err != nil {
		return err
	}
	if s.o.Truth != nil {
		faults = csv.NewWriter(s.o.Truth)
		if err := faults.Write(cdrTruthHead); err != nil {
			return err
		}
	}
	for _, it := range s.items() {
		if err := s.put(records, faults, it); err != nil {
			return err
		}
	}
	records.Flush()
	if faults == nil {
		return records.Error()
	}
	faults.Flush()
	return cmp.Or(records.Error(), faults.Error())
}

// A cdrItem is a call or a damage, and where it comes in the file.
type cdrItem struct {
	end    wire.Time
	call   *Call
	damage *damage // nil of a call that is not damaged
}

// items gives what is written in the order in which the calls ended, as far as the switch knows.
func (s *cdrSheet) items() []cdrItem {
	list := make([]cdrItem, 0, len(s.calls)+len(s.extra))
	for _, c := range s.calls {
		list = append(list, cdrItem{chargedUntil(c), c, s.damage[c]})
	}
	for _, d := range s.extra {
		list = append(list, cdrItem{damage: d})
	}
	for i := range list {
		if d := list[i].damage; d != nil && len(d.rows) > 0 {
			list[i].end = d.rows[0].end
		}
	}
	slices.SortStableFunc(list, func(a, b cdrItem) int { return cmp.Compare(a.end, b.end) })
	return list
}

// put writes the records of an item, and its fault.
func (s *cdrSheet) put(records, faults *csv.Writer, it cdrItem) error {
	d := it.damage
	if d == nil {
		if s.o.AnsweredOnly && !it.call.Answer.Known() {
			return nil
		}
		r := s.row(it.call)
		return s.record(records, &r)
	}
	f := CDRFault{Kind: d.kind.Name, Call: d.call, What: d.what, Priced: d.was.priced, Before: d.was.price}
	f.After = f.Before
	f.After.Money = 0
	for i := range d.rows {
		if err := s.record(records, &d.rows[i]); err != nil {
			return err
		}
		f.Record = s.rows
		if p := d.rows[i].price; d.rows[i].priced {
			p.Money += f.After.Money
			f.After, f.Priced = p, true
		}
	}
	if d.call == nil {
		f.Before = f.After
		f.Before.Money = 0
	}
	if s.o.Fault != nil {
		s.o.Fault(f)
	}
	if faults == nil {
		return nil
	}
	return faults.Write(s.truth(&f, d))
}

// record writes one record.
func (s *cdrSheet) record(to *csv.Writer, r *cdrRow) error {
	s.rows++
	return to.Write(s.fields(make([]string, 0, len(cdrHead)), s.rows, r))
}

// truth gives a fault for people: the call as it was on the line, or the record where there was none.
func (s *cdrSheet) truth(f *CDRFault, d *damage) []string {
	r := &d.was
	if d.call == nil {
		r = &d.rows[0]
	}
	number := ""
	if f.Record > 0 {
		number = strconv.Itoa(f.Record)
	}
	dst := append(make([]string, 0, len(cdrTruthHead)), f.Kind, number, r.calling, r.called)
	dst = append(s.times(dst, r, func(t wire.Time) wire.Time { return t }), r.group, strconv.Itoa(int(r.cic)))
	if f.Priced {
		dst = append(dst, amount(f.Before), amount(f.After), f.After.Currency)
	} else {
		dst = append(dst, "", "", "")
	}
	return append(dst, f.What)
}

// choose damages as many calls as the options say, each one once, by chance.
func (s *cdrSheet) choose() error {
	order := s.shuffled()
	for i := range cdrKinds {
		k := &cdrKinds[i]
		want := s.o.Faults[k.Name]
		if want == 0 {
			continue
		}
		got := 0
		if k.alone {
			got = s.invent(k, want)
		} else {
			got = s.hit(k, want, order)
		}
		if got < want {
			return fmt.Errorf("fault %s of call records: %d are wanted, and the scenario has calls for %d", k.Name, want, got)
		}
	}
	return nil
}

// shuffled gives the calls in an order of chance.
func (s *cdrSheet) shuffled() []*Call {
	if len(s.o.Faults) == 0 {
		return nil
	}
	order := slices.Clone(s.calls)
	for i := len(order) - 1; i > 0; i-- {
		j := s.chance.below(uint64(i + 1))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// hit damages up to so many calls that are good for the fault, and tells how many.
func (s *cdrSheet) hit(k *cdrKind, want int, order []*Call) (got int) {
	for _, c := range order {
		if got == want {
			break
		}
		if s.damage[c] != nil || !s.clean(c) {
			continue
		}
		d := &damage{kind: k, call: c, was: s.row(c)}
		if k.spoil(s, d) {
			s.damage[c] = d
			got++
		}
	}
	return got
}

// cdrLeastDigits is how long the numbers of a damaged call are at least: many people call a short one.
const cdrLeastDigits = 6

// clean tells whether a call is seen whole on the line, with both numbers, and took place once.
func (s *cdrSheet) clean(c *Call) bool {
	return c.Flags == "" && c.EndReason == "release" && c.ReleaseComplete.Known() &&
		min(len(c.Calling), len(c.Called)) >= cdrLeastDigits && !s.tried[parties{c.Calling, c.Called}]
}
