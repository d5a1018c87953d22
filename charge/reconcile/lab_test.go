package reconcile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/config"
	"c7mon/lab"
	"c7mon/wire"
)

// classOf says in which class a fault of the lab must be found.
var classOf = map[string]Class{"charged-free": ChargedFree, "charged-unanswered": ChargedNotAnswered, "tariff": Tariff, "price": Tariff,
	"duration": Duration, "answer": Answer, "uncharged": AnsweredNotCharged, "number": Number, "double": Double, "missing": WireOnly,
	"extra": FileOnly}

// rates are what a second costs, by service.
var rates = map[string]int64{"IDD": 70, "VOIP": 30, "MOBILE": 50, "NATIONAL": 20, "LOCAL": 10}

func labPrice(c *lab.Call) (lab.Price, bool) {
	p := lab.Price{Currency: "VND", Tariff: c.Service}
	switch {
	case rates[c.Service] == 0:
		return p, false
	case c.Answer.Known() && c.Charge != "no_charge":
		p.Money = rates[c.Service] * (1 + int64(labEnd(c).Sub(c.Answer)/time.Second))
	}
	return p, true
}

func labEnd(c *lab.Call) wire.Time {
	if c.Release.Known() {
		return c.Release
	}
	return c.End
}

// labCall gives a call of the lab as the monitor would store it.
func labCall(id uint64, c *lab.Call, n *config.Numbering) Observed {
	o := Observed{ID: id, Calling: n.Normal(nil, c.Calling, c.CallingNOA), Called: n.Normal(nil, c.Called, c.CalledNOA), Start: c.Start,
		Answer: c.Answer, End: labEnd(c), CIC: uint32(c.CIC), TrunkGroup: c.TrunkGroup, Free: c.Charge == "no_charge", Suspended: c.Suspended,
		Sure: !strings.Contains(c.Flags, "partial") && c.Outcome != "lost" && c.End.Known()}
	if p, ok := labPrice(c); ok && c.Answer.Known() && !o.Free {
		o.HasMoney, o.Money, o.Tariff = true, p.Money, p.Tariff
	}
	return o
}

// TestLab plays a network with the call records of its switch, reads these as an operator would, and wants each fault that the lab
// put in, in its class, and nothing else.
func TestLab(t *testing.T) {
	f := func(o lab.Options, c lab.CDR, each int, without string) {
		t.Helper()
		var m Matcher
		var file bytes.Buffer
		numbering := config.Default().Numbering
		numbering.CountryCode = "84"
		want := map[string]int{}
		c.File, c.Zone, c.Faults = &file, time.FixedZone("", 7*3600), map[string]int{}
		for kind := range classOf {
			if !strings.Contains(without, kind) {
				c.Faults[kind] = each
			}
		}
		key := func(class Class, calling, called []byte, answer wire.Time, record int64) string {
			if class == WireOnly {
				return fmt.Sprintf("%v %s %s %v", class, calling, called, answer)
			}
			return fmt.Sprintf("%v record %d", class, record)
		}
		c.Fault = func(fault lab.CDRFault) {
			var call Observed
			if fault.Call != nil {
				call = labCall(0, fault.Call, &numbering)
			}
			want[key(classOf[fault.Kind], call.Calling, call.Called, call.Answer, int64(fault.Record))]++
		}
		calls := uint64(0)
		o.Call = func(c *lab.Call) {
			if c.Outcome == "glare" || c.Outcome == "reattempt" {
				return
			}
			calls++
			call := labCall(calls, c, &numbering)
			m.AddCall(&call)
		}
		o.CDR = &c
		if _, err := lab.Write(io.Discard, o); err != nil {
			t.Fatal(err)
		}
		layout, err := cdr.LoadMap("../cdr/example.yaml")
		if err != nil {
			t.Fatal(err)
		}
		r := cdr.NewReader(&file, "records.csv", layout, &numbering)
		var record cdr.Record
		for {
			err := r.Read(&record)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			m.AddRecord(&record)
		}
		x := m.Match(Options{})
		for i := range x.Items {
			if i.Class.Weight() != Difference {
				continue
			}
			k := key(i.Class, i.Calling, i.Called, i.Answer, i.Line-1)
			if i.Class == Double && want[k] == 0 { // the two are alike: which is the second nobody can tell
				k = key(i.Class, nil, nil, 0, i.Line)
			}
			if want[k]--; want[k] < 0 {
				t.Errorf("%v seed %d: %s is no fault: %+v", o.Scenario, o.Seed, k, *i)
			}
		}
		for k, n := range want {
			if n > 0 {
				t.Errorf("%v seed %d: %s is not found", o.Scenario, o.Seed, k)
			}
		}
		offset := c.Offset - c.Round/2
		if d := distance(x.Clock.Offset, offset); d > int64(time.Second+c.Round/4) || distance(x.Clock.Drift, c.Drift) > 1000 {
			t.Errorf("clock %+v, want %v and %d", x.Clock, offset, c.Drift)
		}
		if t.Failed() {
			t.Fatalf("%+v\n%+v", x.Clock, x.Sums)
		}
	}
	const money = "charged-free tariff price"
	f(lab.Options{Scenario: "oct2003"}, lab.CDR{Price: labPrice}, 10, "")
	f(lab.Options{Scenario: "oct2003", Seed: 2}, lab.CDR{Price: labPrice, Offset: -3 * time.Second, Drift: 50_000, Round: time.Second}, 15, "")
	f(lab.Options{Scenario: "oct2003", Seed: 3}, lab.CDR{Price: labPrice, Offset: 7 * time.Hour, Drift: -200_000, Round: time.Second, AnsweredOnly: true}, 10, "charged-unanswered")
	f(lab.Options{Scenario: "oct2003", Seed: 4}, lab.CDR{Offset: 90 * time.Minute, Drift: 300_000}, 20, money)
	f(lab.Options{Scenario: "load", Calls: 3000, Seed: 5}, lab.CDR{Price: labPrice, Offset: -7 * time.Hour}, 7, "")
	f(lab.Options{Scenario: "load", Calls: 3000, Seed: 6}, lab.CDR{Price: labPrice, Round: 10 * time.Second}, 7, "")
}
