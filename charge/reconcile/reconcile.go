// Package reconcile takes observed calls and the records of a switch or a biller, pairs them, and says what one has that the other
// has not, and what differs.
package reconcile

import (
	"cmp"
	"slices"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// Observed is a call as the lines showed it.
type Observed struct {
	ID              uint64
	Calling, Called []byte // as config.Numbering.Normal gives them; "" where there are no digits
	Start, Answer   wire.Time
	End             wire.Time // of the charging: release, or what ended the call; NoTime where it is not known
	CIC             uint32
	TrunkGroup      string
	Free            bool // the record says no charge
	Sure            bool // its beginning, answer and end were seen without loss; else a difference may be ours
	HasMoney        bool // it could be rated
	Money           int64
	Tariff          string // name of the tariff in the book
	Suspended       time.Duration

	// Destination is the name of the destination in the book, "" where it has none. A record may name it in place of the tariff.
	Destination string
	// Least and Most are what the call would cost were it shorter or longer by the tolerance: a switch that rounds to seconds
	// comes to another block. They hold where HasRange is set; without it the money must be Money.
	HasRange    bool
	Least, Most int64
}

// Floor is the least tolerance that is derived: switches round to whole seconds, each time and each duration.
const Floor = 2 * time.Second

// Options say how Match works. The zero value serves.
type Options struct {
	Tolerance time.Duration // of times and durations; 0: it follows from the scatter, at least Floor
	Step      time.Duration // the file's durations are rounded up to it; 0: it is found
	Money     int64         // a difference of money up to this is none: for billers that round in another way
	From, To  wire.Time     // what is judged, half open; both 0: everything
	Gaps      []Gap         // when the lines were not heard wholly

	// Own judges the time that the file is of, for callers that added calls of more than that: a call without a record counts
	// where each of its times lies between the first and the last of its kind in the file, by the clock of the wire. So it does
	// not matter whether a file was cut by beginnings or by ends. From and To serve as well.
	Own bool
	// TrunkGroup judges the calls of one group alone, "" for all. A record without a call counts where it names the group.
	TrunkGroup string
}

// A Gap is a time in which calls may have gone by unheard.
type Gap struct {
	From, To   wire.Time
	TrunkGroup string // whose lines it is about, "" for all
}

// A Matcher pairs. Fill it with AddCall and AddRecord, in any order, then Match. Its zero value is empty; it is used by one
// goroutine.
type Matcher struct {
	calls   []call
	records []record
	numbers texts
	names   texts // trunk groups, tariffs, destinations
}

// flags of calls and records.
const (
	free uint32 = 1 << iota
	sure
	hasMoney
	hasCIC
	saysAnswered
	saysUnanswered
	saysCharged
	saysUncharged
)

// A call is an Observed in little room.
type call struct {
	id                  uint64
	times               [3]wire.Time // by kind
	suspended           time.Duration
	money, least, most  int64
	calling, called     uint32 // texts in numbers
	group, tariff, dest uint32 // texts in names
	cic, flags          uint32
}

// A record is a cdr.Record in little room.
type record struct {
	line            int64
	times           [3]wire.Time // by the clock of the switch
	duration        time.Duration
	money           int64
	calling, called uint32
	group, tariff   uint32
	cic, flags      uint32
	other           [3]int32 // seconds, by kind: cdr.Record.Other
}

// moved gives the record in the other of two hours that the clock repeats.
func (r *record) moved() record {
	n := *r
	for k, s := range r.other {
		if n.times[k].Known() {
			n.times[k] = n.times[k].Add(time.Duration(s) * time.Second)
		}
		n.other[k] = -s
	}
	return n
}

// A kind is one of the three times of a call, in the order in which they are trusted.
type kind uint8

const (
	byAnswer kind = iota
	byStart
	byEnd
)

// maxTime keeps sums and differences of times within 64 bits. The years 1843 to 2096 are inside.
const maxTime = 4_000_000_000_000_000_000

// sane gives the time, NoTime for one outside the years that are reckoned with.
func sane(t wire.Time) wire.Time {
	if t < -maxTime || t > maxTime {
		return wire.NoTime
	}
	return t
}

// AddCall takes an observed call; nothing of it is kept but what is copied.
func (m *Matcher) AddCall(o *Observed) {
	c := call{id: o.ID, times: [3]wire.Time{sane(o.Answer), sane(o.Start), sane(o.End)}, suspended: max(o.Suspended, 0),
		money: o.Money, least: o.Money, most: o.Money, cic: o.CIC, flags: hasCIC,
		calling: m.numbers.id(o.Calling), called: m.numbers.id(o.Called), group: m.names.idOf(o.TrunkGroup),
		tariff: m.names.idOf(o.Tariff), dest: m.names.idOf(o.Destination)}
	if o.HasRange {
		c.least, c.most = min(c.least, o.Least, o.Most), max(c.most, o.Least, o.Most)
	}
	c.flags |= flag(free, o.Free) | flag(sure, o.Sure) | flag(hasMoney, o.HasMoney)
	m.calls = append(m.calls, c)
}

// AddRecord takes a record of the file; nothing of it is kept but what is copied.
func (m *Matcher) AddRecord(r *cdr.Record) {
	n := record{line: r.Line, times: [3]wire.Time{sane(r.Answer), sane(r.Start), sane(r.End)}, duration: r.Duration,
		money: r.Money, calling: m.numbers.id(r.Calling), called: m.numbers.id(r.Called), group: m.names.id(r.TrunkGroup),
		tariff: m.names.id(r.Tariff)}
	for k, i := range [3]int{byAnswer: 1, byStart: 0, byEnd: 2} {
		n.other[k] = int32(min(max(r.Other[i], -24*time.Hour), 24*time.Hour) / time.Second)
	}
	if r.Duration < 0 || r.Duration > maxTime/2 {
		n.duration = -1
	}
	if r.CIC >= 0 && r.CIC <= 1<<32-1 {
		n.cic, n.flags = uint32(r.CIC), hasCIC
	}
	n.flags |= flag(hasMoney, r.HasMoney) | flag(saysAnswered, r.Answered > 0) | flag(saysUnanswered, r.Answered == 0) |
		flag(saysCharged, r.Charged > 0) | flag(saysUncharged, r.Charged == 0)
	m.records = append(m.records, n)
}

func flag(f uint32, is bool) uint32 {
	if is {
		return f
	}
	return 0
}

// Match finds the clock of the switch, pairs, and judges. The result does not depend on the order in which calls and records were
// added. It keeps what the matcher holds: nothing may be added while it is used.
func (m *Matcher) Match(o Options) *Result {
	m.sort()
	p := pairing{m: m, clock: m.findClock(&o)}
	p.run()
	r := &Result{Clock: p.clock, m: m, options: o, mates: p.mates, twins: p.twins, legs: p.legs, owners: p.owners}
	r.judgeAll()
	return r
}

// sort brings calls and records in an order that depends on nothing but themselves: by time, then by all else.
func (m *Matcher) sort() {
	slices.SortFunc(m.calls, func(a, b call) int {
		if s, t := reference(&a.times), reference(&b.times); s != t {
			return cmp.Compare(s, t)
		} else if a.id != b.id {
			return cmp.Compare(a.id, b.id)
		}
		return cmp.Or(slices.Compare(a.times[:], b.times[:]), m.numbers.compare(a.called, b.called),
			m.numbers.compare(a.calling, b.calling), m.names.compare(a.group, b.group), cmp.Compare(a.cic, b.cic),
			cmp.Compare(a.flags, b.flags), cmp.Compare(a.money, b.money), cmp.Compare(a.least, b.least),
			cmp.Compare(a.most, b.most), cmp.Compare(a.suspended, b.suspended), m.names.compare(a.tariff, b.tariff),
			m.names.compare(a.dest, b.dest))
	})
	slices.SortFunc(m.records, func(a, b record) int {
		if s, t := reference(&a.times), reference(&b.times); s != t {
			return cmp.Compare(s, t)
		} else if a.line != b.line {
			return cmp.Compare(a.line, b.line)
		}
		return cmp.Or(slices.Compare(a.times[:], b.times[:]), m.numbers.compare(a.called, b.called),
			m.numbers.compare(a.calling, b.calling), m.names.compare(a.group, b.group), cmp.Compare(a.cic, b.cic),
			cmp.Compare(a.flags, b.flags), cmp.Compare(a.money, b.money), cmp.Compare(a.duration, b.duration),
			m.names.compare(a.tariff, b.tariff), slices.Compare(a.other[:], b.other[:]))
	})
}

// reference gives the time at which a call or record stands in a list: its answer, else its start, else its end.
func reference(times *[3]wire.Time) wire.Time {
	for _, t := range times {
		if t.Known() {
			return t
		}
	}
	return wire.NoTime
}
