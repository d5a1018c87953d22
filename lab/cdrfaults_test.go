package lab

import (
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// allKinds asks for so many faults of each kind, and for none of those without.
func allKinds(n int, without ...string) map[string]int {
	m := map[string]int{}
	for i, k := range CDRFaultKinds() {
		if !slices.Contains(without, k.Name) {
			m[k.Name] = n + i%3
		}
	}
	return m
}

// TestCDR_Faults tells the faults from the differences between a file with them and one without, and holds that they are those
// that were asked for, of calls of their own, and well over what a clock may explain.
func TestCDR_Faults(t *testing.T) {
	f := func(o Options, c CDR) {
		t.Helper()
		sound := c
		sound.Faults = nil
		was, is := writeCDR(t, o, sound), writeCDR(t, o, c)
		got := map[string]int{}
		told := tellFaults(t, was.rows, is.rows)
		for _, kind := range told {
			got[kind]++
		}
		if !maps.Equal(got, c.Faults) {
			t.Errorf("%+v: %v, not %v", o, got, c.Faults)
		}
		calls := map[*Call]bool{}
		for _, fault := range is.faults {
			key := ""
			if fault.Record > 0 {
				key = keyOf(is.rows[fault.Record-1])
			} else {
				key = rowKey(t, was.rows, fault.Call)
			}
			if told[key] != fault.Kind || fault.What == "" {
				t.Errorf("fault %+v is %q in the file", fault, told[key])
			}
			if fault.Call != nil && calls[fault.Call] || fault.Call == nil && fault.Kind != "extra" {
				t.Errorf("fault %+v has no call of its own", fault)
			}
			calls[fault.Call] = true
			if c.Price != nil {
				moneyOf(t, &fault, was.rows, is.rows, key)
			}
		}
		truth, err := csv.NewReader(strings.NewReader(is.truth)).ReadAll()
		if err != nil || len(truth) != 1+len(is.faults) || len(is.faults) != len(told) {
			t.Fatalf("%d rows of truth and %d faults, %d found: %v", len(truth), len(is.faults), len(told), err)
		}
		for i, row := range truth[1:] {
			if row[0] != is.faults[i].Kind || row[1] != strings.TrimPrefix(strconv.Itoa(is.faults[i].Record), "0") {
				t.Errorf("truth %v of %+v", row, is.faults[i])
			}
		}
	}
	f(Options{Scenario: "oct2003"}, CDR{Price: testPrice, Faults: allKinds(10)})
	f(Options{Scenario: "oct2003", Seed: 2}, CDR{Price: testPrice, Faults: allKinds(10), Offset: -3 * time.Second, Drift: 50_000, Round: time.Second})
	f(Options{Scenario: "oct2003", Seed: 3}, CDR{Faults: allKinds(10, "price", "tariff", "charged-free")})
	f(Options{Scenario: "load", Calls: 3000, Seed: 4}, CDR{Price: testPrice, Faults: allKinds(7)})
	f(Options{Scenario: "load", Calls: 3000, Seed: 5, For: 2 * time.Minute}, CDR{Price: testPrice, AnsweredOnly: true, Faults: allKinds(7, "charged-unanswered")})
	f(Options{Scenario: "faults", Seed: 6}, CDR{Faults: map[string]int{"missing": 1, "extra": 2, "double": 1, "duration": 1, "charged-unanswered": 1}})
	f(Options{Scenario: "basic", Seed: 7}, CDR{Faults: map[string]int{"missing": 1}})
}

// keyOf names a record by what no fault touches.
func keyOf(row []string) string { return row[colStart] + " " + row[colCIC] + " " + row[colCalling] }

// rowKey finds the key of the record of a call by its circuit and numbers.
func rowKey(t *testing.T, rows [][]string, c *Call) string {
	t.Helper()
	key := ""
	for _, row := range rows {
		if row[colCIC] == strconv.Itoa(int(c.CIC)) && strings.HasSuffix(row[colCalling], c.Calling) && strings.HasSuffix(row[colCalled], c.Called) {
			if key != "" {
				t.Errorf("two records of %+v", c)
			}
			key = keyOf(row)
		}
	}
	return key
}

// tellFaults compares two files, and gives by the key of the record what is wrong with the second.
func tellFaults(t *testing.T, was, is [][]string) map[string]string {
	t.Helper()
	told := map[string]string{}
	sound := map[string][]string{}
	for _, row := range was {
		if sound[keyOf(row)] != nil {
			t.Fatalf("two records have the key of %v", row)
		}
		sound[keyOf(row)] = row
	}
	seen := map[string]bool{}
	for i, row := range is {
		key := keyOf(row)
		old := sound[key]
		switch {
		case old == nil:
			told[key] = "extra"
			if seen[key] {
				t.Errorf("record %v is there twice, and its call never was", row)
			}
		case seen[key]:
			told[key] = "double"
			if !slices.Equal(row[1:], old[1:]) {
				t.Errorf("record %v, the second of %v", row, old)
			}
		default:
			if kind := tellFault(t, old, row); kind != "" {
				told[key] = kind
			}
		}
		seen[key] = true
		if row[colRecord] != strconv.Itoa(i+1) || i > 0 && row[colEnd] < is[i-1][colEnd] {
			t.Errorf("record %v is not in its place", row)
		}
	}
	for key := range sound {
		if !seen[key] {
			told[key] = "missing"
		}
	}
	return told
}

// tellFault says what is wrong with one record, "" where nothing is.
func tellFault(t *testing.T, old, row []string) string {
	t.Helper()
	var differs []int
	for i := range row {
		if i != colRecord && row[i] != old[i] {
			differs = append(differs, i)
		}
	}
	over := func(col int, least, most time.Duration) {
		t.Helper()
		d := at(t, row[col]).Sub(at(t, old[col])).Abs()
		if d < least-time.Second || d > most+time.Second {
			t.Errorf("%v: column %d is %v wrong, was %v", row, col, d, old)
		}
	}
	switch fmt.Sprint(differs) {
	case "[]":
		return ""
	case fmt.Sprint([]int{colCalled}):
		return "number"
	case fmt.Sprint([]int{colAnswer, colEnd}), fmt.Sprint([]int{colAnswer, colEnd, colDuration}):
		over(colAnswer, 20*time.Second, 90*time.Second)
		over(colEnd, 20*time.Second, 90*time.Second)
		was, _ := time.ParseDuration(old[colDuration] + "s")
		if is, err := time.ParseDuration(row[colDuration] + "s"); err != nil || (is-was).Abs() > time.Second { // a second is a tick of some
			t.Errorf("%v: the duration was %v", row, was)
		}
		return "answer"
	case fmt.Sprint([]int{colEnd, colDuration}), fmt.Sprint([]int{colEnd, colDuration, colAmount}):
		over(colEnd, 30*time.Second, 120*time.Second)
		return "duration"
	case fmt.Sprint([]int{colAmount}):
		if row[colAmount] == "0.00" {
			return "uncharged"
		}
		return "price"
	case fmt.Sprint([]int{colDuration}), fmt.Sprint([]int{colDuration, colAmount}):
		if row[colDuration] == "0.000" {
			return "uncharged"
		}
	case fmt.Sprint([]int{colAnswer, colDuration, colAnswered}), fmt.Sprint([]int{colAnswer, colDuration, colAnswered, colAmount, colTariff}):
		if row[colAnswered] == "0" && row[colDuration] == "0.000" && row[colAnswer] == "" {
			return "uncharged"
		}
		if at(t, row[colEnd]).Sub(at(t, row[colAnswer])) >= cdrLeastRing-time.Second {
			return "charged-unanswered"
		}
	case fmt.Sprint([]int{colAmount, colTariff}):
		if old[colAmount] == "0.00" && old[colAnswered] == "1" {
			return "charged-free"
		}
		return "tariff"
	}
	t.Errorf("record %v, was %v: no fault is like that", row, old)
	return "?"
}

// moneyOf holds what a fault says of the money against the records of its call.
func moneyOf(t *testing.T, fault *CDRFault, was, is [][]string, key string) {
	t.Helper()
	sum := func(rows [][]string) (cents int64) {
		for _, row := range rows {
			if keyOf(row) == key {
				n, err := strconv.ParseInt(strings.Replace(row[colAmount], ".", "", 1), 10, 64)
				if err != nil {
					t.Errorf("amount of %v: %v", row, err)
				}
				cents += n
			}
		}
		return cents
	}
	before, after := sum(was), sum(is)
	if !fault.Priced || fault.Before.Money != before || fault.After.Money != after || fault.Before.Currency != "XTS" || fault.After.Currency != "XTS" {
		t.Errorf("fault %+v: %d and %d cents are right", fault, before, after)
	}
	same := fault.Kind == "answer" || fault.Kind == "number" || fault.Kind == "uncharged" && before == after
	if same != (before == after) {
		t.Errorf("fault %+v: %d and %d cents", fault, before, after)
	}
}

// TestCDR_Extra holds that a record without a call has a circuit that was idle, within the capture, and numbers of its own.
func TestCDR_Extra(t *testing.T) {
	o := Options{Scenario: "load", Calls: 3000, Seed: 8}
	_, s, calls := write(t, o)
	r := writeCDR(t, o, CDR{Faults: map[string]int{"extra": 40}})
	if len(r.faults) != 40 {
		t.Fatalf("%d faults", len(r.faults))
	}
	for _, fault := range r.faults {
		row := r.rows[fault.Record-1]
		start, end := at(t, row[colStart]), at(t, row[colEnd])
		if start < s.First.Add(-time.Millisecond) || end > s.Last || row[colAnswered] != "1" {
			t.Errorf("record %v is not within the capture", row)
		}
		busy := 0
		for i := range calls {
			c := &calls[i]
			if dialled(c.Called, c.CalledNOA, c.Service) == row[colCalled] {
				t.Errorf("record %v has the called number of a call", row)
			}
			if strconv.Itoa(int(c.CIC)) == row[colCIC] && c.Start < end && c.End > start {
				busy++
			}
		}
		if busy == loadRoutes { // the circuit of that number of each route
			t.Errorf("the circuit of record %v is busy", row)
		}
	}
}

// TestCDRFaults_Told holds that a wrong amount is none that the call would cost were it a little shorter or longer.
func TestCDRFaults_Told(t *testing.T) {
	blocks := func(c *Call) (Price, bool) { // of half a minute; the first is free
		p, ok := testPrice(c)
		if p.Money > 0 {
			p.Money = int64(chargedUntil(c).Sub(c.Answer)/(30*time.Second)) * 100
		}
		return p, ok
	}
	r := writeCDR(t, Options{Scenario: "load", Calls: 3000}, CDR{Price: blocks, Faults: map[string]int{"price": 200, "uncharged": 200}})
	for _, f := range r.faults {
		if f.Call == nil || f.What == "not answered in the record" {
			continue
		}
		c := *f.Call
		for _, by := range []time.Duration{-3 * time.Second, -time.Second, 0, time.Second, 3 * time.Second} {
			c.Release = max(chargedUntil(f.Call).Add(by), c.Answer)
			if p, _ := blocks(&c); p.Money == f.After.Money {
				t.Errorf("%s: %s: it would cost as much were it longer by %v", f.Kind, f.What, by)
			}
		}
	}
	if len(r.faults) != 400 {
		t.Errorf("%d faults", len(r.faults))
	}
}
