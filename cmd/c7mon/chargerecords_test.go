package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
	"c7mon/charge/reconcile"
	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/store"
	"c7mon/wire"
)

// TestGaps holds when calls may have gone by unheard. Times are in minutes; quarters of an hour are 0, 15, ...
func TestGaps(t *testing.T) {
	at := func(m int) wire.Time { return wire.Time(m) * wire.Time(time.Minute) }
	capture := func(from, to int) store.Capture { return store.Capture{First: at(from), Last: at(to)} }
	quarterOf := func(m int, link string, seen, expected uint64) store.Coverage {
		return store.Coverage{Link: link, Quarter: at(m), Seen: seen, Expected: expected}
	}
	whole := func(from, to int, link string) (rows []store.Coverage) {
		for m := from; m < to; m += 15 {
			rows = append(rows, quarterOf(m, link, 9, 9))
		}
		return rows
	}
	f := func(captures []store.Capture, heard []store.Coverage, want string) {
		t.Helper()
		var got []string
		for _, g := range gapsOf(captures, heard, at(0), at(120)) {
			end := fmt.Sprint(int64(g.To) / int64(time.Minute))
			if g.To == math.MaxInt64 {
				end = "..."
			}
			begin := fmt.Sprint(int64(g.From) / int64(time.Minute))
			if !g.From.Known() {
				begin = "..."
			}
			if g.TrunkGroup != "" {
				t.Errorf("a gap of %s alone", g.TrunkGroup)
			}
			got = append(got, begin+"-"+end)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
	}
	f([]store.Capture{capture(-30, 130)}, whole(0, 120, "a"), "...--30 130-...")
	f([]store.Capture{capture(20, 100)}, whole(15, 105, "a"), "...-20 100-...")
	f([]store.Capture{capture(60, 100), capture(20, 60), {First: wire.NoTime, Last: wire.NoTime}}, whole(15, 105, "a"), "...-20 100-...") // one behind the other
	f([]store.Capture{capture(20, 50), capture(52, 100), capture(30, 40)}, whole(15, 105, "a"), "...-20 50-52 100-...")
	// Quarters in which nothing was heard, though the capture goes on.
	f([]store.Capture{capture(0, 120)}, append(whole(0, 30, "a"), whole(75, 90, "b")...), "...-0 120-... 30-75 90-120")
	f(nil, nil, "...-... 0-120")
	// A line that missed something: in that quarter, or since what was heard before.
	all := []store.Capture{capture(0, 120)}
	f(all, append(whole(0, 120, "b"), quarterOf(15, "a", 9, 9), quarterOf(30, "a", 8, 9), quarterOf(45, "a", 9, 9)), "...-0 120-... 15-45")
	f(all, append(whole(0, 120, "b"), quarterOf(15, "a", 9, 9), quarterOf(75, "a", 8, 9)), "...-0 120-... 15-90")
	f(all, append(whole(0, 120, "b"), quarterOf(15, "a", 9, 9), quarterOf(75, "a", 9, 9)), "...-0 120-...") // silent, and no number is missing
	f(all, append(whole(0, 120, "b"), quarterOf(15, "a", 9, 9), quarterOf(30, "a", 7, 0)), "...-0 120-... 15-45")
	f(all, append(whole(0, 120, "b"), quarterOf(15, "a", 9, 0), quarterOf(30, "a", 7, 0)), "...-0 120-...") // no numbers at all
}

// observed gives what an observer makes of a call.
func observed(t *testing.T, o observer, c correlate.Call) *reconcile.Result {
	t.Helper()
	var m reconcile.Matcher
	o.matcher, o.numbering = &m, &config.Default().Numbering
	if err := o.add(&store.Row{Call: c, ID: 7}); err != nil {
		t.Fatal(err)
	}
	return m.Match(reconcile.Options{})
}

// talkTo is an answered call to a number abroad.
func talkTo(called string, answer time.Time, talk time.Duration) correlate.Call {
	at := wire.TimeOf(answer)
	return correlate.Call{Protocol: "isup", Service: "IDD", Called: correlate.ParseNumber(called, 4, 0), Calling: correlate.ParseNumber("58823215", 3, 0),
		Start: at - 5e9, ACM: at - 3e9, Answer: at, Release: at.Add(talk), ReleaseComplete: at.Add(talk), End: at.Add(talk), Outcome: correlate.Answered,
		EndReason: correlate.ByRelease, Charge: correlate.ChargeYes, CIC: 5}
}

// TestObserver_Sure holds which calls prove something: without a record they are wire_only, no_charge or unproved.
func TestObserver_Sure(t *testing.T) {
	f := func(want reconcile.Class, change func(c *correlate.Call)) {
		t.Helper()
		c := talkTo("14155550100", time.Date(2003, 10, 14, 3, 0, 0, 0, time.UTC), time.Minute)
		change(&c)
		for i := range observed(t, observer{}, c).Items {
			if i.Class != want || i.Call != 7 {
				t.Errorf("%v of call %d, want %v", i.Class, i.Call, want)
			}
		}
	}
	type call = correlate.Call
	unanswered := func(c *call) { c.Answer, c.Outcome = wire.NoTime, correlate.Busy }
	f(reconcile.WireOnly, func(*call) {})
	f(reconcile.WireOnly, func(c *call) {
		c.Flags = correlate.Overlap | correlate.SuspendedFlag | correlate.NoRLC | correlate.ReleaseCollision
	})
	f(reconcile.WireOnly, func(c *call) { c.Release, c.EndReason = wire.NoTime, correlate.ByReset })
	f(reconcile.NoCharge, func(c *call) { c.Charge = correlate.ChargeNo })
	f(reconcile.NoCharge, unanswered)
	f(reconcile.Unproved, func(c *call) { c.Flags = correlate.Suspect })
	f(reconcile.Unproved, func(c *call) { c.Flags = correlate.Partial })
	f(reconcile.Unproved, func(c *call) { c.Release, c.EndReason = wire.NoTime, correlate.ByNewIAM })
	f(reconcile.Unproved, func(c *call) { c.Release, c.End, c.EndReason = wire.NoTime, wire.NoTime, correlate.ByCaptureEnd })
	f(reconcile.Unproved, func(c *call) { unanswered(c); c.Outcome = correlate.Lost })
	f(reconcile.Unproved, func(c *call) { unanswered(c); c.Flags, c.Outcome = correlate.Suspect, correlate.Failed })

	for _, outcome := range []correlate.Outcome{correlate.Glare, correlate.Reattempt} {
		o := observer{matcher: &reconcile.Matcher{}, numbering: &config.Default().Numbering}
		c := talkTo("14155550100", time.Now(), time.Minute)
		c.Outcome = outcome
		if err := o.add(&store.Row{Call: c}); err != nil || o.notCalls != 1 || o.matcher.Match(reconcile.Options{}).Calls != 0 {
			t.Errorf("%v is a call", outcome)
		}
	}
}

// TestObserver_Price holds what a call costs as a switch may have measured it.
func TestObserver_Price(t *testing.T) {
	b, err := tariff.Parse("book.yaml", []byte(priceBook))
	if err != nil {
		t.Fatal(err)
	}
	rater, err := tariff.NewRater([]*tariff.Book{b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := observer{rater: rater, tolerance: 2 * time.Second}
	f := func(clock string, talk time.Duration, money, least, most int64) {
		t.Helper()
		at, err := time.Parse(time.RFC3339, "2003-10-14T"+clock+"+07:00")
		if err != nil {
			t.Fatal(err)
		}
		c := talkTo("14155550100", at, talk)
		x := reconcile.Observed{End: tariff.EndOfCharging(&c)}
		o.price(&x, &c)
		if !x.HasMoney || !x.HasRange || x.Money != money || x.Least != least || x.Most != most || x.Tariff != "DAY" || x.Destination != "World" {
			t.Errorf("%s for %v: %+v; want %d, %d to %d", clock, talk, x, money, least, most)
		}
	}
	// By day a minute costs 100, by night, from 23:00, it costs 10.
	f("12:00:00", 90*time.Second, 200, 200, 200)
	f("12:00:00", 59*time.Second, 100, 100, 200)
	f("12:00:00", 61*time.Second, 200, 100, 200)
	f("12:00:00", time.Second, 100, 100, 100) // none is shorter than nothing, and the first block is charged at the answer
	f("23:30:00", 90*time.Second, 20, 20, 20)
	f("22:59:59", 30*time.Second, 100, 10, 100)
	f("23:00:01", 59*time.Second, 10, 10, 110)   // before the border, and longer
	f("22:58:59", 90*time.Second, 200, 110, 200) // the second minute begins at the border, or a moment before
	free := talkTo("14155550100", time.Date(2003, 10, 14, 3, 0, 0, 0, time.UTC), time.Minute)
	free.Charge = correlate.ChargeNo
	var x reconcile.Observed
	if o.price(&x, &free); x.HasMoney || x.Tariff != "DAY" {
		t.Errorf("%+v", x)
	}
}

const priceBook = `
name: test
valid: {from: 2003-01-01}
zone: Asia/Ho_Chi_Minh
currency: {code: VND, decimals: 0}
unit_price: 10
suspension: charged
networks:
  - {name: VN, home: true}
tariffs:
  - name: DAY
    bands:
      - {hours: "00:00-23:00", blocks: {next: 60s, next_price: 100}}
      - {hours: "23:00-24:00", blocks: {next: 60s, next_price: 10}}
destinations:
  - {name: World, prefix: +, tariff: DAY}
`

func TestSmallest(t *testing.T) {
	f := func(text string, decimals uint8, want int64, ok bool) {
		t.Helper()
		n, err := smallest(text, charge.Currency{Code: "XTS", Decimals: decimals})
		if n != want || (err == nil) != ok {
			t.Errorf("%s with %d decimals: %d, %v", text, decimals, n, err)
		}
	}
	f("0", 2, 0, true)
	f("0.05", 2, 5, true)
	f("0.050", 2, 5, true)
	f("7", 3, 7000, true)
	f("7.00", 0, 7, true)
	f("0.005", 2, 0, false)
	f("-1", 2, 0, false)
	f("1e3", 2, 0, false)
	f("9223372036854775807", 2, 0, false)
}

func TestReadClasses(t *testing.T) {
	f := func(list string, want ...reconcile.Class) {
		t.Helper()
		if got, err := readClasses(list); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v, %v", list, got, err)
		}
	}
	f("")
	f("double", reconcile.Double)
	f("double, unseen", reconcile.Double, reconcile.Unseen)
	f("doubts", reconcile.Unproved, reconcile.Unseen)
	f("all", reconcile.Classes()...)
	for _, bad := range []string{"none", "double,", ","} {
		if _, err := readClasses(bad); err == nil {
			t.Errorf("%q is good", bad)
		}
	}
}

func TestAround(t *testing.T) {
	for _, at := range []wire.Time{math.MinInt64, math.MaxInt64, 0} {
		if a, b := around(at, -clockMargin), around(at, clockMargin); a >= b || !a.Known() || b.Sub(a) != 2*clockMargin {
			t.Errorf("%d to %d", a, b)
		}
	}
}
