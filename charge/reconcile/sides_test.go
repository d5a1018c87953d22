package reconcile

import (
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// wantClasses holds the classes of all items, in order of time.
func wantClasses(t *testing.T, calls []Observed, records []cdr.Record, want ...Class) {
	t.Helper()
	x := run1(Options{}, calls, records)
	invariants(t, calls, records, x)
	var got []Class
	for i := range x.Items {
		got = append(got, i.Class)
	}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// TestBothSides holds a file with a record of either side of the switch: the one on the circuit that was heard goes with the call, or
// the one that is paid for where nothing tells the circuit; the other is a leg, and a double only where both are paid for.
func TestBothSides(t *testing.T) {
	f := func(call func(*Observed), in func(*cdr.Record), want ...Class) {
		t.Helper()
		side := entered(func(r *cdr.Record) { r.Line, r.CIC, r.TrunkGroup = 3, 99, []byte("LOCAL") }, noMoney, in)
		wantClasses(t, []Observed{talk(call)}, []cdr.Record{side, entered()}, want...)
	}
	heard := func(*Observed) {}
	noGroup := func(o *Observed) { o.TrunkGroup = "" }
	f(heard, func(*cdr.Record) {}, Matched, Leg)
	f(heard, func(r *cdr.Record) { r.HasMoney = true }, Matched, Leg)
	f(heard, func(r *cdr.Record) { r.HasMoney, r.Money = true, 600 }, Matched, Double)
	f(heard, func(r *cdr.Record) { r.Charged = 1 }, Matched, Double)
	f(heard, func(r *cdr.Record) { r.TrunkGroup = nil }, Matched, Leg)
	f(heard, func(r *cdr.Record) { r.TrunkGroup, r.CIC = []byte("G"), 7 }, Matched, Double)
	f(heard, func(r *cdr.Record) { r.TrunkGroup, r.CIC = nil, -1 }, Matched, Double) // nothing says that it is the other side
	// The same CIC on both sides, of which one fits to the millisecond, where the lines have no names.
	f(noGroup, func(r *cdr.Record) { r.CIC, r.HasMoney = 7, true }, Matched, Leg)
	f(noGroup, func(r *cdr.Record) { r.CIC, r.HasMoney, r.Start = 7, true, r.Start-1e9 }, Matched, Leg)
	// What is wrong with the numbers is so on both sides.
	wrong := func(r *cdr.Record) { r.Called = []byte("+14155550199") }
	wantClasses(t, []Observed{talk()}, []cdr.Record{entered(wrong), entered(wrong, noMoney, func(r *cdr.Record) { r.Line, r.CIC = 3, 99 })}, Number, Leg)
	// A caller who withholds the number.
	hidden := func(o *Observed) { o.Calling = nil }
	withheld := func(r *cdr.Record) { r.Calling = nil }
	other := entered(withheld, noMoney, func(r *cdr.Record) { r.Line, r.CIC = 3, 99 })
	wantClasses(t, []Observed{talk(hidden)}, []cdr.Record{entered(withheld), other}, Matched, Leg)
	other.End += 5e9
	other.Duration += 5 * time.Second
	wantClasses(t, []Observed{talk(hidden)}, []cdr.Record{entered(withheld), other}, Matched, FileOnly)
	// A call that was not answered.
	silent := func(r *cdr.Record) {
		r.Answer, r.Duration, r.Answered, r.End = wire.NoTime, 0, 0, second(30)
		noMoney(r)
	}
	wantClasses(t, []Observed{talk(unanswered)},
		[]cdr.Record{entered(silent), entered(silent, func(r *cdr.Record) { r.Line, r.CIC = 3, 99 })}, Matched, Leg)
	wantClasses(t, []Observed{talk(unanswered)},
		[]cdr.Record{entered(silent), entered(silent, func(r *cdr.Record) { r.Line = 3 })}, Matched, Double)
}

// TestLegSums holds that the record of the other side is counted and no money is at stake for it.
func TestLegSums(t *testing.T) {
	x := run1(Options{}, []Observed{talk()}, []cdr.Record{entered(), entered(noMoney, func(r *cdr.Record) { r.Line, r.CIC = 3, 99 })})
	if s, want := x.Sums[Leg], (Sum{Records: 1, FileTalk: time.Minute}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
	for i := range x.Items {
		if i.Class == Leg && (i.Call != 1 || i.Line != 3 || i.RecordCIC != 99) {
			t.Errorf("%+v", i)
		}
	}
}

// TestEndAndDuration holds that a file with ends and durations alone is compared as one that has the answers.
func TestEndAndDuration(t *testing.T) {
	f := func(call Observed, change func(*cdr.Record), want ...Class) {
		t.Helper()
		r := entered(func(r *cdr.Record) { r.Start, r.Answer, r.CIC, r.TrunkGroup = wire.NoTime, wire.NoTime, -1, nil }, noMoney, change)
		wantClasses(t, []Observed{call}, []cdr.Record{r}, want...)
	}
	f(talk(), func(*cdr.Record) {}, Matched)
	f(talk(), func(r *cdr.Record) { r.End, r.Duration = r.End+40e9, r.Duration+40*time.Second }, Duration)
	f(talk(), func(r *cdr.Record) { r.End, r.Duration = r.End+40e9, r.Duration+44*time.Second }, WireOnly, FileOnly)
	f(talk(), func(r *cdr.Record) { r.Called = []byte("+14155550900") }, Number)
	f(talk(), func(r *cdr.Record) { r.Called, r.Duration = []byte("+14155550900"), 50*time.Second }, WireOnly, FileOnly)
	f(talk(unanswered), func(r *cdr.Record) { r.End, r.Duration = second(95), 80*time.Second }, ChargedNotAnswered)
}

// TestNumberOnCircuit holds that a record with another number is told by its CIC, time and duration where the configuration has no trunk
// groups, and by the rest of the number where the file has no caller.
func TestNumberOnCircuit(t *testing.T) {
	f := func(calling, called, file, fileCalled string, change func(*cdr.Record), want ...Class) {
		t.Helper()
		o := talk(func(o *Observed) { o.Calling, o.Called, o.TrunkGroup = []byte(calling), []byte(called), "" })
		r := entered(func(r *cdr.Record) { r.Calling, r.Called = []byte(file), []byte(fileCalled) }, change)
		wantClasses(t, []Observed{o}, []cdr.Record{r}, want...)
	}
	same := func(*cdr.Record) {}
	f("", "+8458847941", "", "+8458847961", same, Number)
	f("", "+8458847941", "", "+8458847916", same, Number)
	f("", "+8458847941", "", "+8431122961", same, WireOnly, FileOnly)
	f("", "+8458847941", "", "+8458847961", func(r *cdr.Record) { r.CIC = 8 }, WireOnly, FileOnly)
	none := func(r *cdr.Record) { r.CIC, r.TrunkGroup = -1, nil }
	f("", "+8458847941", "", "+8458847961", none, Number)
	f("+84912345678", "+8458847941", "", "+8458147961", none, WireOnly, FileOnly) // one at the beginning, and one at the end
	f("+84912345678", "+8458847941", "", "+8431847941", none, Number)
	f("+84912345678", "+8458847941", "", "+8451747961", none, WireOnly, FileOnly)
	f("+84912345678", "+8458847941", "+84977777777", "+8458847961", none, WireOnly, FileOnly)
	f("", "+8458847941", "", "+8458847961", func(r *cdr.Record) { r.Duration, r.End = 50*time.Second, second(60) }, WireOnly, FileOnly)
	f("+84912345678", "+8458847941", "+84977777777", "+8458847941", same, Number)
	f("+84912345678", "+8458847941", "+84977777777", "+8458847961", same, WireOnly, FileOnly)
}
