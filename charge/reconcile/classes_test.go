package reconcile

import (
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// second gives a time so many seconds after the epoch of the tests.
func second(s float64) wire.Time { return epoch + wire.Time(s*1e9) }

// talk is an answered call of a minute on circuit 7 of G, which costs 600; change makes another of it.
func talk(change ...func(*Observed)) Observed {
	o := Observed{ID: 1, Calling: []byte("+84912345678"), Called: []byte("+14155550100"), Start: second(0), Answer: second(10),
		End: second(70), CIC: 7, TrunkGroup: "G", Sure: true, HasMoney: true, Money: 600, Tariff: "IDD", Destination: "USA"}
	for _, c := range change {
		c(&o)
	}
	return o
}

// entered is the record of talk.
func entered(change ...func(*cdr.Record)) cdr.Record {
	r := cdr.Record{Line: 2, Calling: []byte("+84912345678"), Called: []byte("+14155550100"), Start: second(0), Answer: second(10),
		End: second(70), Duration: time.Minute, Answered: 1, Charged: -1, CIC: 7, TrunkGroup: []byte("G"), HasMoney: true, Money: 600,
		Tariff: []byte("USA")}
	for _, c := range change {
		c(&r)
	}
	return r
}

func run1(o Options, calls []Observed, records []cdr.Record) *Result {
	var m Matcher
	for i := range calls {
		m.AddCall(&calls[i])
	}
	for i := range records {
		m.AddRecord(&records[i])
	}
	return m.Match(o)
}

func unanswered(o *Observed) {
	o.Answer, o.HasMoney, o.Money, o.End = wire.NoTime, false, 0, second(30)
}

func noMoney(r *cdr.Record) { r.HasMoney, r.Money = false, 0 }

// TestPairClasses holds the class of a call and its record, and what is at stake.
func TestPairClasses(t *testing.T) {
	f := func(o Observed, r cdr.Record, want Class, hasStake bool, stake int64) {
		t.Helper()
		x := run1(Options{}, []Observed{o}, []cdr.Record{r})
		n := 0
		for i := range x.Items {
			n++
			if i.Class != want || i.Call != 1 || i.Line != 2 || i.HasStake != hasStake || i.Stake != stake {
				t.Errorf("%v, call %d, line %d, stake %v %d; want %v, %v %d", i.Class, i.Call, i.Line, i.HasStake, i.Stake, want, hasStake, stake)
			}
		}
		s := x.Sums[want]
		if n != 1 || s.Calls != 1 || s.Records != 1 || s.Over != max(stake, 0) || s.Lost != max(-stake, 0) || (s.Unpriced == 0) != hasStake {
			t.Errorf("%d items, %+v", n, s)
		}
	}
	type o = Observed
	type r = cdr.Record
	f(talk(), entered(), Matched, true, 0)
	f(talk(), entered(noMoney), Matched, false, 0)
	f(talk(), entered(func(r *r) { r.Calling = nil }), Matched, true, 0)
	f(talk(), entered(func(r *r) { r.Called = []byte("14155550100") }), Matched, true, 0)
	f(talk(), entered(func(r *r) { r.CIC, r.TrunkGroup = -1, nil }), Matched, true, 0)
	f(talk(), entered(func(r *r) { r.CIC = 8 }), Matched, true, 0) // the numbers tell
	f(talk(), entered(func(r *r) { r.Answer, r.Start = second(12), second(2) }), Matched, true, 0)

	// Charged though not answered.
	f(talk(unanswered), entered(), ChargedNotAnswered, true, 600)
	f(talk(unanswered), entered(noMoney), ChargedNotAnswered, false, 0)
	f(talk(unanswered), entered(func(r *r) { r.Start, r.End = wire.NoTime, wire.NoTime }), ChargedNotAnswered, true, 600)
	f(talk(unanswered), entered(func(r *r) { r.Money = 0 }), Answer, true, 0)
	f(talk(unanswered), entered(noMoney, func(r *r) { r.Charged = 0 }), Answer, false, 0)
	f(talk(unanswered), entered(func(r *r) { r.Answer, r.Duration, r.Answered, r.Money, r.End = wire.NoTime, 0, 0, 0, second(30) }), Matched, true, 0)

	// Answered though not charged.
	f(talk(), entered(func(r *r) { r.Money = 0 }), AnsweredNotCharged, true, -600)
	f(talk(), entered(noMoney, func(r *r) { r.Duration = 0 }), AnsweredNotCharged, true, -600)
	f(talk(), entered(noMoney, func(r *r) { r.Charged = 0 }), AnsweredNotCharged, true, -600)
	f(talk(), entered(noMoney, func(r *r) { r.Answered, r.Answer = 0, wire.NoTime }), AnsweredNotCharged, true, -600)
	f(talk(), entered(noMoney, func(r *r) { r.Answered, r.Answer, r.Duration, r.End = -1, wire.NoTime, -1, wire.NoTime }), AnsweredNotCharged, true, -600)
	f(talk(func(o *o) { o.Money = 0 }), entered(func(r *r) { r.Money = 0 }), Matched, true, 0) // it costs nothing
	f(talk(func(o *o) { o.HasMoney = false }), entered(func(r *r) { r.Money = 0 }), AnsweredNotCharged, false, 0)
	f(talk(func(o *o) { o.End = second(10.8) }), entered(noMoney, func(r *r) { r.Duration, r.End = 0, second(10) }), Matched, false, 0)
	f(talk(func(o *o) { o.End = second(11.8) }), entered(noMoney, func(r *r) { r.Duration, r.End = 0, second(11.8) }), AnsweredNotCharged, true, -600)

	// Free calls.
	isFree := func(o *o) { o.Free, o.HasMoney, o.Money = true, false, 0 }
	f(talk(isFree), entered(), ChargedFree, true, 600)
	f(talk(isFree), entered(func(r *r) { r.Money = 0 }), Matched, true, 0)
	f(talk(isFree), entered(noMoney), Matched, false, 0)

	// Numbers.
	f(talk(), entered(func(r *r) { r.Called = []byte("+61295550100") }), Number, true, 0)
	f(talk(), entered(func(r *r) { r.Calling = []byte("+84987654321") }), Number, true, 0)
	f(talk(), entered(func(r *r) { r.Called, r.Calling = nil, nil }), Matched, true, 0) // by the circuit
	f(talk(), entered(func(r *r) { r.Called, r.CIC = []byte("+44155550100"), -1 }), Number, true, 0)
	f(talk(), entered(func(r *r) { r.Called, r.CIC = []byte("+14155551100"), -1 }), Number, true, 0)
	f(talk(), entered(func(r *r) { r.Called, r.TrunkGroup = []byte("+14155551100"), nil }), Number, true, 0)

	// Durations and answers.
	f(talk(), entered(func(r *r) { r.Duration, r.Money = 40*time.Second, 400 }), Duration, true, -200)
	f(talk(), entered(func(r *r) { r.Duration = 63 * time.Second }), Duration, true, 0)
	f(talk(), entered(func(r *r) { r.Duration = 62 * time.Second }), Matched, true, 0)
	f(talk(), entered(func(r *r) { r.Duration, r.End = -1, second(95) }), Duration, true, 0)
	f(talk(func(o *o) { o.Suspended = 20 * time.Second }), entered(func(r *r) { r.Duration = 40 * time.Second }), Matched, true, 0)
	f(talk(func(o *o) { o.Suspended = 20 * time.Second }), entered(func(r *r) { r.Duration = 50 * time.Second }), Duration, true, 0)
	f(talk(), entered(func(r *r) { r.Answer, r.End = second(30), second(90) }), Answer, true, 0)
	f(talk(), entered(func(r *r) { r.Start, r.Answer, r.End = second(90), second(100), second(160) }), Answer, true, 0)
	f(talk(), entered(func(r *r) { r.Start, r.Answer, r.End, r.Calling = second(90), second(100), second(160), nil }), Answer, true, 0)

	// Tariffs.
	f(talk(), entered(func(r *r) { r.Money = 900 }), Tariff, true, 300)
	f(talk(), entered(func(r *r) { r.Tariff = []byte("IDD") }), Matched, true, 0)
	f(talk(), entered(func(r *r) { r.Tariff = []byte("T17") }), Matched, true, 0) // a name of the file's own
	ranged := func(o *o) { o.HasRange, o.Least, o.Most = true, 580, 620 }
	f(talk(ranged), entered(func(r *r) { r.Money = 620 }), Matched, true, 20)
	f(talk(ranged), entered(func(r *r) { r.Money = 580 }), Matched, true, -20)
	f(talk(ranged), entered(func(r *r) { r.Money = 621 }), Tariff, true, 21)
	f(talk(ranged), entered(func(r *r) { r.Money = 579 }), Tariff, true, -21)

	// What is not sure proves nothing.
	unsure := func(o *o) { o.Sure = false }
	f(talk(unsure), entered(), Matched, true, 0)
	f(talk(unsure), entered(func(r *r) { r.Duration = 40 * time.Second }), Unproved, true, 0)
	f(talk(unsure, unanswered), entered(), Unproved, false, 0)
}

// TestTariffNames holds that a name counts where it is one of the book.
func TestTariffNames(t *testing.T) {
	local := talk(func(o *Observed) {
		o.ID, o.Called, o.Tariff, o.Destination, o.CIC = 2, []byte("+84812345"), "LOCAL", "", 9
	})
	x := run1(Options{}, []Observed{talk(), local}, []cdr.Record{entered(func(r *cdr.Record) { r.Tariff = []byte("LOCAL") })})
	if x.Sums[Tariff].Calls != 1 || x.Foreign != 0 {
		t.Errorf("%+v", x.Sums)
	}
	x = run1(Options{}, []Observed{talk(), local}, []cdr.Record{entered(func(r *cdr.Record) { r.Tariff = []byte("T17") })})
	if x.Sums[Matched].Calls != 1 || x.Foreign != 1 {
		t.Errorf("%+v", x.Sums)
	}
}

// TestMoneyOption holds that small differences may be allowed.
func TestMoneyOption(t *testing.T) {
	f := func(allowed, money int64, want Class) {
		t.Helper()
		x := run1(Options{Money: allowed}, []Observed{talk()}, []cdr.Record{entered(func(r *cdr.Record) { r.Money = money })})
		if x.Sums[want].Calls != 1 {
			t.Errorf("%d with %d allowed: %+v", money, allowed, x.Sums)
		}
	}
	f(0, 601, Tariff)
	f(1, 601, Matched)
	f(1, 599, Matched)
	f(1, 602, Tariff)
	f(1, 598, Tariff)
}

// TestAlone holds the classes of what has no partner.
func TestAlone(t *testing.T) {
	f := func(o Options, calls []Observed, records []cdr.Record, want ...Class) {
		t.Helper()
		x := run1(o, calls, records)
		var got []Class
		for i := range x.Items {
			got = append(got, i.Class)
		}
		if len(got) != len(want) {
			t.Errorf("%v, want %v", got, want)
			return
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%v, want %v", got, want)
				return
			}
		}
	}
	call := func(change ...func(*Observed)) []Observed { return []Observed{talk(change...)} }
	record := func(change ...func(*cdr.Record)) []cdr.Record { return []cdr.Record{entered(change...)} }
	f(Options{}, nil, nil)
	f(Options{}, call(), nil, WireOnly)
	f(Options{}, call(func(o *Observed) { o.Free = true }), nil, NoCharge)
	f(Options{}, call(func(o *Observed) { o.Sure = false }), nil, Unproved)
	f(Options{}, call(unanswered), nil, NoCharge)
	f(Options{}, nil, record(), FileOnly)
	f(Options{}, nil, record(func(r *cdr.Record) { r.Start, r.Answer, r.End = wire.NoTime, wire.NoTime, wire.NoTime }), Unusable)
	f(Options{}, nil, record(func(r *cdr.Record) { r.Called, r.TrunkGroup = nil, nil }), Unusable)
	f(Options{}, call(), record(func(r *cdr.Record) { r.Called, r.Calling, r.CIC = []byte("+331234567"), nil, 8 }), WireOnly, FileOnly)

	// The time that is judged: half open.
	f(Options{From: second(10), To: second(11)}, call(), nil, WireOnly)
	f(Options{From: second(0), To: second(10)}, call(), nil, Outside)
	f(Options{From: second(11), To: second(20)}, call(), record(), Outside)
	f(Options{From: second(11), To: second(20)}, nil, record(), Outside)

	// Gaps.
	gap := func(from, to float64, group string) Options {
		return Options{Gaps: []Gap{{second(2000), second(3000), ""}, {second(from), second(to), group}, {second(-3000), second(-2000), ""}}}
	}
	f(gap(1, 2, ""), nil, record(), Unseen)
	f(gap(1, 2, "G"), nil, record(), Unseen)
	f(gap(1, 2, "H"), nil, record(), FileOnly)
	f(gap(1, 2, "H"), nil, record(func(r *cdr.Record) { r.TrunkGroup, r.CIC = nil, -1 }), Unseen)
	f(gap(2, 80, ""), nil, record(), Unseen)
	f(gap(3, 80, ""), nil, record(), FileOnly) // its beginning would have been heard
	f(gap(-9, -3, ""), nil, record(), FileOnly)
	f(gap(-9, 900, "H"), nil, record(), FileOnly)
	// Without a start, it began some time before its answer; without an answer, before its duration.
	noStart := record(func(r *cdr.Record) { r.Start = wire.NoTime })
	f(gap(-150, -140, ""), nil, noStart, Unseen)
	f(gap(13, 80, ""), nil, noStart, FileOnly)
	noAnswer := record(func(r *cdr.Record) { r.Start, r.Answer = wire.NoTime, wire.NoTime })
	f(gap(-160, -155, ""), nil, noAnswer, Unseen)
	f(gap(73, 80, ""), nil, noAnswer, FileOnly)

	// An answer that was not heard. A record says when it was, but not that it was at a time at which the lines were heard.
	tried1 := call(unanswered)
	f(gap(100, 200, ""), tried1, record(), ChargedNotAnswered)
	f(gap(5, 20, ""), tried1, record(), Unproved)
	f(gap(5, 20, "G"), tried1, record(), Unproved)
	f(gap(5, 20, "H"), tried1, record(), ChargedNotAnswered)
	f(gap(29, 200, ""), tried1, record(), Unproved)

	// Second records.
	twice := []cdr.Record{entered(), entered(func(r *cdr.Record) { r.Line = 3 })}
	f(Options{}, call(), twice, Matched, Double)
	f(Options{}, call(), append(twice, entered(func(r *cdr.Record) { r.Line = 4 })), Matched, Double, Double)
	twice[1].CIC = 9 // the other side of the switch
	f(Options{}, call(), twice, Matched, Double)
	twice[1].Duration = 5 * time.Second
	f(Options{}, call(), twice, Matched, FileOnly)

	// Legs: the same call on two circuits, one record.
	leg := talk(func(o *Observed) { o.ID, o.CIC, o.Answer, o.End = 5, 99, o.Answer-2e8, o.End-1e8 })
	f(Options{}, []Observed{talk(), leg}, record(), Leg, Matched)
	leg.End -= 2e9
	f(Options{}, []Observed{talk(), leg}, record(), WireOnly, Matched)
	leg.End, leg.CIC = leg.End+2e9, 7
	f(Options{}, []Observed{talk(), leg}, record(), WireOnly, Matched)

	// A file with records of calls that were not answered ought to have the others too.
	tried := func(id uint64, at float64) Observed {
		return talk(unanswered, func(o *Observed) { o.ID, o.Start, o.End = id, second(at), second(at+20) })
	}
	other := record(func(r *cdr.Record) {
		r.Answer, r.Duration, r.Answered, r.Money, r.End = wire.NoTime, 0, 0, 0, second(20)
	})
	f(Options{}, []Observed{tried(1, 0), tried(2, 600)}, other, Matched, Attempt)
	f(Options{}, []Observed{tried(1, 600), talk()}, record(func(r *cdr.Record) { r.Answered, r.Money = 0, 0 }), AnsweredNotCharged, NoCharge)
}

// TestSums holds what the classes add up.
func TestSums(t *testing.T) {
	x := run1(Options{}, []Observed{talk(), talk(func(o *Observed) { o.ID, o.Called, o.CIC = 2, []byte("+81312345678"), 8 })},
		[]cdr.Record{entered(), entered(func(r *cdr.Record) { r.Line = 3 }),
			entered(func(r *cdr.Record) {
				r.Line, r.Called, r.Calling, r.CIC = 4, []byte("+4930123456"), []byte("+84811111111"), 20
			})})
	want := [numClasses]Sum{
		Matched:  {Calls: 1, Records: 1, Talk: time.Minute, FileTalk: time.Minute, Expected: 600, Charged: 600},
		WireOnly: {Calls: 1, Talk: time.Minute, Expected: 600, Lost: 600},
		FileOnly: {Records: 1, FileTalk: time.Minute, Charged: 600, Over: 600},
		Double:   {Records: 1, FileTalk: time.Minute, Charged: 600, Over: 600},
	}
	if x.Sums != want {
		t.Errorf("got  %+v\nwant %+v", x.Sums, want)
	}
	if x.Calls != 2 || x.Records != 3 {
		t.Errorf("%d calls, %d records", x.Calls, x.Records)
	}
	for i := range x.Items {
		if i.Class == Double && (i.Call != 1 || i.Line != 3 || !i.HasTalkOff || i.TalkOff != 0 || string(i.Called) != "+14155550100") {
			t.Errorf("%+v", i)
		}
	}
}

// TestBounds holds that amounts stop at the ends of the numbers.
func TestBounds(t *testing.T) {
	const most, least = 1<<63 - 1, -1 << 63
	f := func(got, want int64) {
		t.Helper()
		if got != want {
			t.Errorf("%d, want %d", got, want)
		}
	}
	f(plus(most, 1), most)
	f(plus(least, -1), least)
	f(plus(least, most), -1)
	f(less(0, least), most)
	f(less(-1, least), most)
	f(less(least, least), 0)
	f(less(least, 1), least)
	f(less(5, 7), -2)
}
