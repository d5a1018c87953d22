package lab

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"c7mon/wire"
)

var update = flag.Bool("update", false, "rewrite testdata/sums.golden")

// write plays a scenario and gives the capture and the calls.
func write(t testing.TB, o Options) ([]byte, Summary, []Call) {
	t.Helper()
	var b bytes.Buffer
	var calls []Call
	o.Call = func(c *Call) { calls = append(calls, *c) }
	s, err := Write(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Calls != len(calls) {
		t.Errorf("%s %s: %d calls in the summary, %d given", o.Scenario, o.Link, s.Calls, len(calls))
	}
	if s.Bytes != uint64(b.Len()) {
		t.Errorf("%s %s: %d octets in the summary, %d written", o.Scenario, o.Link, s.Bytes, b.Len())
	}
	return b.Bytes(), s, calls
}

// TestSums compares each scenario in each form with the sum that it had on every machine before.
func TestSums(t *testing.T) {
	const golden = "testdata/sums.golden"
	var got strings.Builder
	for _, info := range Scenarios() {
		for _, link := range Links() {
			o := Options{Scenario: info.Name, Link: link, Seed: 1}
			if info.Name == "load" {
				o.MSUs = 20000
			}
			sum := sha256.New()
			if _, err := Write(sum, o); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%s %s %s\n", info.Name, link, hex.EncodeToString(sum.Sum(nil)))
		}
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the octets are not what they were (-update, if that was meant): got\n%swant\n%s", &got, want)
	}
}

func TestSeedMatters(t *testing.T) {
	a, _, _ := write(t, Options{Scenario: "basic", Seed: 1})
	b, _, _ := write(t, Options{Scenario: "basic", Seed: 1})
	c, _, _ := write(t, Options{Scenario: "basic", Seed: 2})
	if !bytes.Equal(a, b) {
		t.Error("the same seed gave other octets")
	}
	if bytes.Equal(a, c) {
		t.Error("another seed gave the same octets")
	}
}

// TestSameCalls holds that the link form changes the capture and not the calls.
func TestSameCalls(t *testing.T) {
	for _, name := range []string{"oct2003", "basic", "faults", "load"} {
		var first []Call
		for i, link := range Links() {
			o := Options{Scenario: name, Link: link, Seed: 3}
			if name == "load" {
				o.Calls = 500
			}
			_, _, calls := write(t, o)
			if i == 0 {
				first = calls
				continue
			}
			if len(calls) != len(first) {
				t.Fatalf("%s %s: %d calls, as %s %d", name, link, len(calls), Links()[0], len(first))
			}
			for j := range calls {
				if calls[j] != first[j] {
					t.Fatalf("%s %s: call %d differs: %+v and %+v", name, link, j, calls[j], first[j])
				}
			}
		}
	}
}

// TestTables counts the failed calls of the week as the report does.
func TestTables(t *testing.T) {
	week := func(day int) wire.Time {
		return wire.TimeOf(time.Date(2003, 10, day, 0, 0, 0, 0, time.FixedZone("ICT", 7*3600)))
	}
	f := func(calls []Call, service string, total int, want map[int]int) {
		t.Helper()
		got := map[int]int{}
		sum := 0
		for i := range calls {
			c := &calls[i]
			if c.Service != service {
				continue
			}
			if c.Start < week(12) || c.Start >= week(19) {
				t.Errorf("%s call at %v: not in the week", service, c.Start)
			}
			if c.Outcome != "answered" {
				got[int(c.Cause)]++
				sum++
			}
			if c.Outcome != "answered" && c.Cause == 16 && c.Outcome != "abandoned" {
				t.Errorf("%s call with cause 16: %s", service, c.Outcome)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || sum != total {
			t.Errorf("%s: got %v, %d in all; want %v, %d in all", service, got, sum, want, total)
		}
	}
	for seed := range uint64(4) {
		o := Options{Scenario: "oct2003", Seed: seed}
		if seed == 3 {
			o.Calls = 60000
		}
		_, s, calls := write(t, o)
		f(calls, "IDD", 1372, map[int]int{16: 920, 31: 180, 28: 58, 34: 44, 17: 51, 41: 38, 21: 18, 42: 13, 127: 12, 1: 9, 3: 8,
			19: 8, 27: 5, 58: 4, 18: 2, 4: 1, 47: 1})
		f(calls, "VOIP", 1013, map[int]int{0x10: 549, 1: 159, 0x13: 85, 0x11: 55, 0x1f: 42, 0x22: 32, 0x1c: 30, 0x66: 26, 0x15: 21,
			3: 8, 0x2f: 2, 27: 1, 41: 1, 42: 1, 127: 1})
		if s.Open != 0 || s.Blocked > s.Calls/200 {
			t.Errorf("seed %d: %d calls open at the end, %d blocked", seed, s.Open, s.Blocked)
		}
	}
}

// TestTraffic holds that the week looks like one: shares, lengths, hours.
func TestTraffic(t *testing.T) {
	_, s, calls := write(t, Options{Scenario: "oct2003"})
	n, answered := map[string]int{}, map[string]int{}
	hours := [24]int{}
	var talk time.Duration
	flags := map[string]int{}
	for i := range calls {
		c := &calls[i]
		n[c.Service]++
		hours[c.Start.Add(7*time.Hour).Std().Hour()]++
		if c.Outcome == "answered" {
			answered[c.Service]++
			talk += c.Release.Sub(c.Answer)
		}
		for name, is := range map[string]bool{"incoming": c.DPC == pcHome, "overlap": strings.Contains(c.Flags, "overlap"), "suspended": c.Suspended > 0,
			"restricted": c.CallingPresentation == 1, "redirected": c.Redirecting != "", "no charge": c.Charge == "no_charge",
			"without calling number": !c.HasCalling, "by called": c.ReleasedBy == "called", "payphone": c.Category == 15} {
			if is {
				flags[name]++
			}
		}
	}
	f := func(what string, got, least, most int) {
		t.Helper()
		if got < least || got > most {
			t.Errorf("%s: %d, not from %d to %d", what, got, least, most)
		}
	}
	f("calls", len(calls), 10000, 16000)
	f("MSUs a call, tenths", 10*s.MSUs/len(calls), 40, 60)
	for _, service := range []string{"IDD", "VOIP", "MOBILE", "NATIONAL", "LOCAL"} {
		f(service+" calls", n[service], 1500, 6000)
		f(service+" answered in 100", 100*answered[service]/n[service], 45, 62)
	}
	f("talk in seconds", int((talk / time.Duration(answered["IDD"]+answered["VOIP"]+answered["MOBILE"]+
		answered["NATIONAL"]+answered["LOCAL"]+answered["OTHER"])).Seconds()), 60, 200)
	f("calls from 9 to 10", hours[9], len(calls)/16, len(calls)/8)
	f("calls from 3 to 4", hours[3], 1, len(calls)/100)
	for name, least := range map[string]int{"incoming": 2500, "overlap": 300, "suspended": 50, "restricted": 200,
		"redirected": 20, "no charge": 100, "without calling number": 20, "by called": 2000, "payphone": 200} {
		f(name, flags[name], least, len(calls)/2)
	}
}

// TestLoad holds that the size of a load is what was asked for, with hundreds of calls up at once.
func TestLoad(t *testing.T) {
	_, s, calls := write(t, Options{Scenario: "load", MSUs: 40000, Link: "m3ua"})
	if s.MSUs != 40000 || s.Open < 200 {
		t.Errorf("%d MSUs and %d calls open", s.MSUs, s.Open)
	}
	messages := 0
	for i := range calls {
		messages += calls[i].Messages
	}
	if each := float64(messages) / float64(len(calls)); each < 4.9 || each > 6 {
		t.Errorf("%.2f messages a call", each)
	}
	_, s, calls = write(t, Options{Scenario: "load", Calls: 1234})
	if s.Calls != 1234 || s.Open != 0 || s.Frames != uint64(s.MSUs) || len(calls) != 1234 {
		t.Errorf("1234 calls: %+v", s)
	}
}

// TestFaults holds what came of the calls of that scenario, and that a failed one without a REL has no cause.
func TestFaults(t *testing.T) {
	_, s, calls := write(t, Options{Scenario: "faults"})
	outcomes := map[string]int{}
	for i := range calls {
		c := &calls[i]
		outcomes[c.Outcome]++
		if !c.Release.Known() && (c.Cause != 0 || c.ReleasedBy != "") {
			t.Errorf("no REL, and still a cause: %+v", c)
		}
		if c.EndReason != "capture_end" && !c.End.Known() {
			t.Errorf("no end: %+v", c)
		}
	}
	want := map[string]int{"abandoned": 2, "answered": 18, "busy": 2, "failed": 3, "glare": 1, "no_answer": 1, "open": 1, "reattempt": 3,
		"rejected": 1, "reset": 2, "unallocated": 1, "unknown": 1}
	if fmt.Sprint(outcomes) != fmt.Sprint(want) || s.Calls != 36 {
		t.Errorf("%v of %d calls, not %v", outcomes, s.Calls, want)
	}
}

func TestWrite_Failure(t *testing.T) {
	f := func(o Options, want string) {
		t.Helper()
		_, err := Write(io.Discard, o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, not %q", o, err, want)
		}
	}
	f(Options{Scenario: "oct2004"}, `scenario "oct2004": there are oct2003 load`)
	f(Options{Scenario: "basic", Link: "t1"}, `link "t1"`)
	f(Options{Scenario: "basic", For: -1}, "below 0")
	f(Options{Scenario: "basic", Slips: 1}, "link e1, e1-raw or timeslot is needed")
	f(Options{Scenario: "basic", Link: "mtp3", Swap: true}, "link e1, e1-raw or timeslot is needed")
	f(Options{Scenario: "basic", Link: "e1", BitErrors: 0.6}, "bit errors 0.6")
	f(Options{Scenario: "basic", Link: "e1", BitErrors: math.NaN()}, "bit errors NaN")
	f(Options{Scenario: "basic", Link: "e1", Pause: 1}, "100ms is the least")
	f(Options{Scenario: "faults", Link: "e1"}, "scenario faults goes on for 3h0m0s, as an E1 5829 MB: for or pause is needed")
	f(Options{Scenario: "load", Link: "e1", Calls: 40000}, "for or pause is needed")
	f(Options{Scenario: "basic", Calls: -1}, "below 0")
	f(Options{Scenario: "oct2003", MSUs: 10}, "msus is for load")
	_, err := Write(full{}, Options{Scenario: "load"})
	if !errors.Is(err, errFull) {
		t.Errorf("a full disk: %v", err)
	}
}

var errFull = errors.New("disk full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func BenchmarkWrite(b *testing.B) {
	for _, link := range Links() {
		b.Run(link, func(b *testing.B) {
			const msus = 100000
			for b.Loop() {
				if _, err := Write(io.Discard, Options{Scenario: "load", MSUs: msus, Link: link}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*msus), "ns/MSU")
		})
	}
}
