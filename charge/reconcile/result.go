package reconcile

import (
	"time"

	"c7mon/wire"
)

// A Result says what became of each call and record.
type Result struct {
	Clock    Clock
	Calls    int64 // that were added
	Records  int64
	Attempts bool // the file has records of calls that were not answered
	// Foreign is how many paired records name a tariff that no call has: they could not be compared by it.
	Foreign int64
	// Uncompared is how many pairs have money in the record and no price of the call.
	Uncompared int64
	From, To   wire.Time       // what was judged, as Options say; NoTime where nothing bounds it
	Sums       [numClasses]Sum // by class

	m             *Matcher
	options       Options
	gaps          gaps
	group         uint32  // of the names, the one trunk group that is judged; 0 for all
	spans         [3]span // of the file, by kind
	mates, legs   []uint32
	owners, twins []uint32
	ours          []bool // of the names, whether a call has it as tariff or destination
}

// A Sum adds up a class. Amounts are in the smallest part of the currency and stop at the ends of 64 bits.
type Sum struct {
	Calls, Records int64         // each call and record once
	Talk           time.Duration // of the calls, as far as it is known
	FileTalk       time.Duration // of the records
	Expected       int64         // money of the calls, as far as they could be rated and are not free
	Charged        int64         // money of the records
	Lost           int64         // what the operator did not get, 0 or more
	Over           int64         // what subscribers paid too much, 0 or more
	Unpriced       int64         // items of which what is at stake is not known
}

// An Item is a call, a record, or a pair. What is not known is NoTime, -1, or marked so.
type Item struct {
	Class Class
	At    wire.Time // on the wire: answer, else start, else end; NoTime for a record without any

	// Call is the observed call, 0 where there is none. Of a double, or a record of another leg, it is the
	// call that the record repeats, which has an item of its own; its figures then stand here only to compare. The same holds for
	// Line and the record of a call that is another leg.
	Call uint64
	Line int64 // of the record in the file, 0 where there is none

	// Numbers as they were added, nil where there are none; not to be changed.
	Calling, Called             []byte
	RecordCalling, RecordCalled []byte
	Start, Answer, End          wire.Time
	RecordStart, RecordAnswer   wire.Time // by the clock of the switch
	RecordEnd                   wire.Time
	TrunkGroup                  []byte
	RecordTrunkGroup            []byte
	CIC, RecordCIC              int64
	Talk, RecordTalk            time.Duration
	Tariff, RecordTariff        []byte
	HasExpected, HasCharged     bool
	Expected, Charged           int64

	// What differs: record less call, by the clock of the wire.
	HasAnswerOff, HasTalkOff bool
	AnswerOff, TalkOff       time.Duration
	// Stake is the money charged less the money due: more than zero is lost by the subscriber, less by the operator.
	HasStake bool
	Stake    int64

	hasCall, hasRecord bool // whose item it is: what only stands here to compare does not count
}

// judgeAll finds what the file has, and adds up.
func (x *Result) judgeAll() {
	x.Calls, x.Records = int64(len(x.m.calls)), int64(len(x.m.records))
	x.gaps = newGaps(x.options.Gaps)
	x.group = x.m.names.idOf(x.options.TrunkGroup)
	x.bound()
	x.ours = make([]bool, len(x.m.names.ends)+1)
	attempts, recorded := 0, 0
	for i := range x.m.calls {
		c := &x.m.calls[i]
		x.ours[c.tariff], x.ours[c.dest] = true, true
		if !c.answered() && c.flags&sure != 0 && x.judged(reference(&c.times), c.group) && x.inFile(c) {
			attempts++
			if x.mates[i] != nobody && !x.m.records[x.mates[i]].charged() {
				recorded++
			}
		}
	}
	x.Attempts = recorded > 0 && 10*recorded >= attempts // a single one may be a fault
	for i, owner := range x.owners {
		if name := x.m.records[i].tariff; owner != nobody && name != 0 && !x.ours[name] {
			x.Foreign++
		}
	}
	for item := range x.Items {
		x.Sums[item.Class].add(item)
		if item.ownsCall() && item.ownsRecord() && item.HasCharged && !item.HasExpected && item.Class != Outside {
			x.Uncompared++
		}
	}
}

// add counts an item.
func (s *Sum) add(i *Item) {
	if i.ownsCall() {
		s.Calls++
		s.Talk = time.Duration(plus(int64(s.Talk), int64(max(i.Talk, 0))))
		if i.HasExpected {
			s.Expected = plus(s.Expected, i.Expected)
		}
	}
	if i.ownsRecord() {
		s.Records++
		s.FileTalk = time.Duration(plus(int64(s.FileTalk), int64(max(i.RecordTalk, 0))))
		if i.HasCharged {
			s.Charged = plus(s.Charged, i.Charged)
		}
	}
	switch {
	case !i.HasStake:
		s.Unpriced++
	case i.Stake > 0:
		s.Over = plus(s.Over, i.Stake)
	default:
		s.Lost = less(s.Lost, i.Stake)
	}
}

// ownsCall tells whether the item is the one of its call.
func (i *Item) ownsCall() bool { return i.hasCall }

// ownsRecord tells whether the item is the one of its record.
func (i *Item) ownsRecord() bool { return i.hasRecord }

// Items gives every item in order of time; what yield gets is used again for the next. It may be ranged over, and more than once.
func (x *Result) Items(yield func(*Item) bool) {
	var item Item
	calls, records := x.m.calls, x.m.records
	i, j := 0, 0
	for {
		for j < len(records) && x.owners[j] != nobody {
			j++
		}
		switch {
		case i < len(calls) && (j == len(records) || reference(&calls[i].times) <= x.Clock.Wire(reference(&records[j].times))):
			x.callItem(&item, i)
			i++
		case j < len(records):
			x.recordItem(&item, j)
			j++
		default:
			return
		}
		if !yield(&item) {
			return
		}
	}
}

// callItem makes the item of a call, with its record or the one of its other leg.
func (x *Result) callItem(item *Item, i int) {
	c := &x.m.calls[i]
	*item = blank()
	x.putCall(item, c)
	item.At = reference(&c.times)
	switch {
	case x.mates[i] != nobody:
		r := &x.m.records[x.mates[i]]
		item.Class = x.pair(c, r)
		if !x.judged(item.At, x.groupOf(r, uint32(i))) {
			item.Class = Outside
		}
		x.putRecord(item, r)
		x.putDifference(item, c, r)
	default:
		if item.Class = x.alone(i); item.Class == Leg {
			x.putRecord(item, &x.m.records[x.mates[x.legs[i]]])
			item.hasRecord = false
		}
	}
	item.HasStake, item.Stake = item.stake()
}

// recordItem makes the item of a record without a call, or of a double.
func (x *Result) recordItem(item *Item, j int) {
	r := &x.m.records[j]
	*item = blank()
	x.putRecord(item, r)
	item.At = x.Clock.Wire(reference(&r.times))
	if item.Class = x.stray(j); item.Class == Double || item.Class == Leg {
		c := &x.m.calls[x.twins[j]]
		x.putCall(item, c)
		item.hasCall = false
		x.putDifference(item, c, r)
	}
	item.HasStake, item.Stake = item.stake()
}

func blank() Item {
	return Item{Start: wire.NoTime, Answer: wire.NoTime, End: wire.NoTime, RecordStart: wire.NoTime, RecordAnswer: wire.NoTime,
		RecordEnd: wire.NoTime, CIC: -1, RecordCIC: -1, Talk: -1, RecordTalk: -1}
}

func (x *Result) putCall(item *Item, c *call) {
	item.hasCall = true
	item.Call, item.CIC = c.id, int64(c.cic)
	item.Calling, item.Called = x.m.numbers.text(c.calling), x.m.numbers.text(c.called)
	item.Answer, item.Start, item.End = c.times[byAnswer], c.times[byStart], c.times[byEnd]
	item.TrunkGroup, item.Tariff = x.m.names.text(c.group), x.m.names.text(c.tariff)
	item.Talk = c.lasts()
	switch {
	case c.flags&free != 0 || !c.answered() && c.flags&sure != 0:
		item.HasExpected = true
	case c.flags&hasMoney != 0:
		item.HasExpected, item.Expected = true, c.money
	}
}

func (x *Result) putRecord(item *Item, r *record) {
	item.hasRecord = true
	item.Line = r.line
	item.RecordCalling, item.RecordCalled = x.m.numbers.text(r.calling), x.m.numbers.text(r.called)
	item.RecordAnswer, item.RecordStart, item.RecordEnd = r.times[byAnswer], r.times[byStart], r.times[byEnd]
	item.RecordTrunkGroup, item.RecordTariff = x.m.names.text(r.group), x.m.names.text(r.tariff)
	item.RecordTalk = r.lasts()
	if r.flags&hasCIC != 0 {
		item.RecordCIC = int64(r.cic)
	}
	if r.flags&hasMoney != 0 {
		item.HasCharged, item.Charged = true, r.money
	}
}

func (x *Result) putDifference(item *Item, c *call, r *record) {
	item.AnswerOff, item.HasAnswerOff = x.answerOff(c, r)
	if item.Talk >= 0 && item.RecordTalk >= 0 {
		item.HasTalkOff = true
		item.TalkOff = item.RecordTalk - time.Duration(scale(int64(item.RecordTalk), x.Clock.Drift)) - item.Talk
	}
}

// stake gives what is charged less what is due: all of it for a record that ought not to be, nothing where the class has no money.
func (i *Item) stake() (known bool, money int64) {
	switch i.Class {
	case NoCharge, Attempt, Leg, Outside, Unusable:
		return true, 0
	case FileOnly, Unseen, Double, ChargedNotAnswered, ChargedFree:
		return i.HasCharged, i.Charged
	case WireOnly:
		return i.HasExpected, less(0, i.Expected)
	}
	switch {
	case !i.ownsRecord(): // unproved, without a record
		return i.HasExpected, less(0, i.Expected)
	case i.Class == AnsweredNotCharged && !i.HasCharged: // no money column
		return i.HasExpected, less(0, i.Expected)
	case !i.HasExpected || !i.HasCharged:
		return false, 0
	}
	return true, less(i.Charged, i.Expected)
}
