package reconcile

import (
	"fmt"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// TestChoice holds which of two calls a record goes to where both would do.
func TestChoice(t *testing.T) {
	// f wants the record of line 2 with the second call, and no other record with the first.
	f := func(first, second Observed, r cdr.Record) {
		t.Helper()
		first.ID, second.ID = 1, 2
		for i := range run1(Options{}, []Observed{first, second}, []cdr.Record{r}).Items {
			if i.ownsRecord() && i.Call != 2 {
				t.Errorf("%v: the record is with call %d", i.Class, i.Call)
			}
		}
	}
	type o = Observed
	later := func(o *o) { o.Start, o.Answer, o.End = o.Start+5e8, o.Answer+5e8, o.End+5e8 }
	soon := func(o *o) { o.Start, o.Answer, o.End = o.Start+2e8, o.Answer+2e8, o.End+2e8 }

	f(talk(later), talk(), entered())
	f(talk(func(o *o) { o.End += 30e9 }), talk(), entered())
	f(talk(func(o *o) { o.CIC = 8 }), talk(later), entered())                      // the circuit counts for more than half a second
	f(talk(func(o *o) { o.TrunkGroup = "H" }), talk(later), entered())             // and so does the group
	f(talk(func(o *o) { o.TrunkGroup = "" }), talk(later), entered())              // which is better told than not
	f(talk(func(o *o) { o.Called = []byte("4155550100") }), talk(soon), entered()) // whole numbers before parts
	f(talk(func(o *o) { o.Calling = nil }), talk(soon), entered())
	f(talk(func(o *o) { o.Calling = []byte("912345678") }), talk(soon), entered())
	f(talk(unanswered), talk(later), entered(func(r *cdr.Record) { // answered ones before others
		r.Answer, r.End, r.Duration = wire.NoTime, wire.NoTime, -1
	}))
}

// TestDoubleFirst holds that a second record is one of the call that it fits wholly, though another call of the caller has none.
func TestDoubleFirst(t *testing.T) {
	other := talk(func(o *Observed) { o.ID, o.Called, o.CIC = 2, []byte("+44155550100"), 8 })
	plain := func(r *cdr.Record) { r.CIC, r.TrunkGroup = -1, nil }
	x := run1(Options{}, []Observed{talk(), other}, []cdr.Record{entered(plain), entered(plain, func(r *cdr.Record) { r.Line = 3 })})
	if x.Sums[Matched].Calls != 1 || x.Sums[Double].Records != 1 || x.Sums[WireOnly].Calls != 1 {
		t.Errorf("%+v", x.Sums)
	}
}

// TestOtherNumberByCircuit holds that a short call whose duration was cut to nothing is known again by its caller and circuit where the
// configuration has no trunk groups.
func TestOtherNumberByCircuit(t *testing.T) {
	f := func(cic int64, want Class) {
		t.Helper()
		short := talk(func(o *Observed) { o.TrunkGroup, o.End = "", second(12) })
		x := run1(Options{}, []Observed{short}, []cdr.Record{entered(func(r *cdr.Record) {
			r.Called, r.CIC, r.Duration, r.End = []byte("+14155559100"), cic, 0, second(10)
		})})
		if x.Sums[want].Calls != 1 {
			t.Errorf("circuit %d: %+v", cic, x.Sums)
		}
	}
	f(7, Number)
	f(8, WireOnly)
	f(-1, WireOnly)
}

// TestFewAttempts holds that one record of a call that was not answered does not make the others missing.
func TestFewAttempts(t *testing.T) {
	f := func(recorded int, want Class) {
		t.Helper()
		var calls []Observed
		var records []cdr.Record
		for i := range 40 {
			calls = append(calls, talk(unanswered, func(o *Observed) {
				o.ID, o.Called, o.CIC = uint64(i+1), fmt.Appendf(nil, "+4915%07d", i), uint32(i)
			}))
			if i < recorded {
				records = append(records, entered(func(r *cdr.Record) {
					r.Line, r.Called, r.CIC, r.Answered, r.Answer, r.Duration, r.Money = int64(i+1), calls[i].Called, int64(i), 0, wire.NoTime, 0, 0
					r.End = second(30)
				}))
			}
		}
		x := run1(Options{}, calls, records)
		if x.Sums[want].Calls != int64(40-recorded) || x.Sums[Matched].Calls != int64(recorded) {
			t.Errorf("%d recorded: %+v", recorded, x.Sums)
		}
	}
	f(0, NoCharge)
	f(1, NoCharge)
	f(3, NoCharge)
	f(4, Attempt)
	f(39, Attempt)
}

// TestLongGap holds that a gap counts though a shorter one began after it.
func TestLongGap(t *testing.T) {
	gaps := []Gap{{second(-50), second(-40), ""}, {second(-100), second(500), ""}, {second(-20), second(-15), ""}}
	if x := run1(Options{Gaps: gaps}, nil, []cdr.Record{entered()}); x.Sums[Unseen].Records != 1 {
		t.Errorf("%+v", x.Sums)
	}
}

// TestNoDrift holds that what ten minutes of whole seconds show is no drift.
func TestNoDrift(t *testing.T) {
	for seed := range uint64(20) {
		w := world{seed: seed, calls: 150, callers: 300, callees: 300, span: 10 * time.Minute, round: whole, columns: "answer calling duration"}
		if c := w.make(t).match(1, Options{}).Clock; !c.Known || c.Drift != 0 {
			t.Errorf("seed %d: %+v", seed, c)
		}
	}
}

// TestMayLast holds which durations may be of one call before the clock is known.
func TestMayLast(t *testing.T) {
	f := func(line, file time.Duration, want bool) {
		t.Helper()
		var m Matcher
		c := call{times: [3]wire.Time{byAnswer: epoch, byEnd: epoch.Add(line)}}
		r := record{times: [3]wire.Time{epoch, epoch, epoch}, duration: file}
		if got := m.mayLast(&c, &r); got != want {
			t.Errorf("%v and %v: %v", line, file, got)
		}
	}
	f(61*time.Second, 61*time.Second, true)
	f(61*time.Second, 63*time.Second, true)
	f(61*time.Second, 59*time.Second, true)
	f(61*time.Second, 58*time.Second, false)
	f(61*time.Second, 65*time.Second, false)
	f(61*time.Second, 66*time.Second, true) // eleven blocks of six seconds
	f(61*time.Second, 2*time.Minute, true)
	f(61*time.Second, 3*time.Minute, false)
}
