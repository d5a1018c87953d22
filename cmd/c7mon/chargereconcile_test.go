package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/store"
	"c7mon/wire"
)

const exampleBook = "../../charge/tariff/example.yaml"

// runs runs the program and gives what it printed; warnings are none of it.
func runs(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Execute(append([]string{"--tz", "Asia/Ho_Chi_Minh"}, args...), strings.NewReader(""), &out, &errs); code != exitDone || strings.Contains(strings.ReplaceAll(errs.String(), "c7mon: warning: ", ""), "c7mon: ") {
		t.Fatalf("c7mon %s: exit status %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String()
}

// faultClass says in which class a fault of lab must be found.
var faultClass = map[string]string{"charged-free": "charged_free", "charged-unanswered": "charged_not_answered", "tariff": "tariff",
	"price": "tariff", "duration": "duration", "answer": "answer", "uncharged": "answered_not_charged", "number": "number",
	"double": "double", "missing": "wire_only", "extra": "file_only"}

// pricedFaults are those that show in amounts alone.
var pricedFaults = []string{"charged-free", "tariff", "price"}

// A reconciledJSON is what charge reconcile --format json prints.
type reconciledJSON struct {
	Report      string
	Calls       int
	Records     int
	Differences int
	Doubts      int
	Total       int
	Clock       struct {
		Known    bool
		OffsetMS int64   `json:"offset_ms"`
		DriftPPM float64 `json:"drift_ppm"`
	}
	AnsweredOnly bool `json:"answered_only"`
	Coverage     *float64
	Rows         []struct {
		Class string
		Call  *string
		Line  *int64
		Time  time.Time
	}
}

// TestReconcile_Lab plays a network with the call records of its switch, stores what the monitor hears, and has the program
// reconcile both: it must find each fault that lab put in, in its class, at its call and its line, and nothing else.
func TestReconcile_Lab(t *testing.T) {
	type scenario struct {
		name         string // with its own flags
		each         int    // faults of each kind
		offset       time.Duration
		ppm          float64
		flags        []string
		answeredOnly bool
		prices       bool
		db           string // "" for SQLite
		ask          []string
	}
	f := func(s scenario) {
		t.Helper()
		dir := t.TempDir()
		file := func(name string) string { return filepath.Join(dir, name) }
		args := append([]string{"lab"}, strings.Fields(s.name)...)
		args = append(args, "-o", file("lab.pcap"), "--cdr", file("lab.csv"), "--cdr-truth", file("truth.csv"),
			"--cdr-clock", fmt.Sprintf("%v,%g", s.offset, s.ppm))
		args = append(args, s.flags...)
		ask := []string{"charge", "reconcile", "--cdr", file("lab.csv"), "--map", "../../charge/cdr/example.yaml", "--format", "json",
			"--list", "differences,doubts", "--limit", "0"}
		if s.prices {
			args, ask = append(args, "--book", exampleBook), append(ask, "--book", exampleBook)
		}
		if s.answeredOnly {
			args = append(args, "--cdr-answered-only")
		}
		var faults []string
		for kind := range faultClass {
			switch {
			case !s.prices && slices.Contains(pricedFaults, kind):
			case s.answeredOnly && kind == "charged-unanswered" && s.each > 5: // a file with many of them is one of all calls
			default:
				faults = append(faults, fmt.Sprintf("%s=%d", kind, s.each))
			}
		}
		runs(t, append(args, "--cdr-faults", strings.Join(faults, ","))...)
		db := s.db
		if db == "" {
			db = "sqlite:" + file("calls.db")
		}
		runs(t, "--db", db, "replay", "--json", file("lab.pcap"))
		var got reconciledJSON
		text := runs(t, slices.Concat([]string{"--db", db}, ask, s.ask)...)
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		want := truthOf(t, file("truth.csv"), db)
		n := len(want)
		for _, r := range got.Rows {
			if r.Class == "unproved" && r.Call != nil { // calls that were cut off by the ends of the capture
				continue
			}
			k := finding(r.Class, r.Call, r.Line)
			if r.Class == "double" && !want[k] && r.Line != nil { // the two are alike: which is the second nobody can tell
				other := *r.Line + 1
				k = finding(r.Class, r.Call, &other)
			}
			if !want[k] {
				t.Errorf("%s: %s is no fault", s.name, k)
			}
			delete(want, k)
		}
		for k := range want {
			t.Errorf("%s: %s is not found", s.name, k)
		}
		if got.Differences != n || n != s.each*len(faults) || got.Coverage == nil || *got.Coverage != 1 || got.AnsweredOnly != s.answeredOnly {
			t.Errorf("%s: %d differences, %d wanted", s.name, got.Differences, n)
		}
		ppm := s.ppm
		if strings.HasPrefix(s.name, "load") { // minutes tell no drift
			ppm = 0
		}
		if off := got.Clock.OffsetMS - s.offset.Milliseconds(); !got.Clock.Known || off < -6500 || off > 1500 ||
			got.Clock.DriftPPM < ppm-2 || got.Clock.DriftPPM > ppm+2 {
			t.Errorf("%s: clock %+v", s.name, got.Clock)
		}
	}
	pg := cluster.Database(t)
	f(scenario{name: "oct2003", each: 10, prices: true})
	f(scenario{name: "oct2003 --seed 2", each: 15, prices: true, offset: -3 * time.Second, ppm: 50, flags: []string{"--cdr-round", "1s"}, db: pg})
	f(scenario{name: "oct2003 --seed 3", each: 10, prices: true, offset: 7 * time.Hour, ppm: -200, flags: []string{"--cdr-round", "1s"},
		answeredOnly: true})
	f(scenario{name: "oct2003 --seed 4", each: 20, offset: 90 * time.Minute, ppm: 300})
	f(scenario{name: "oct2003 --seed 7", each: 12, prices: true, offset: -24 * time.Hour, ask: []string{"--from", "2003-10-12", "--to", "2003-10-18"}})
	f(scenario{name: "load --calls 3000 --seed 5", each: 7, prices: true, offset: -7 * time.Hour})
	f(scenario{name: "load --calls 3000 --seed 6 --link m3ua", each: 7, prices: true, flags: []string{"--cdr-round", "10s"},
		ask: []string{"--from", "2003-10-12", "--to", "2003-10-12"}})
	f(scenario{name: "load --calls 20000 --seed 8", each: 40, prices: true, offset: 2300 * time.Millisecond, ppm: 40, flags: []string{"--cdr-round", "1s"}})
}

func finding(class string, call *string, line *int64) string {
	s := class
	if call != nil {
		s += " call " + *call
	}
	if line != nil {
		s += fmt.Sprintf(" line %d", *line)
	}
	return s
}

// truthOf gives what must be found: the faults of lab, with the ids of the calls that have their start and circuit.
func truthOf(t *testing.T, file, db string) map[string]bool {
	t.Helper()
	ids := map[string]string{}
	s, err := store.Open(context.Background(), db, store.Read)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	at := func(start wire.Time, cic, calling string) string {
		return start.Std().UTC().Format("2006-01-02 15:04:05.000 ") + cic + " " + strings.TrimLeft(calling, "0")
	}
	err = s.Calls(context.Background(), store.Filter{}, func(r *store.Row) error {
		ids[at(r.Start, strconv.Itoa(int(r.CIC)), r.Calling.String())] = strconv.FormatUint(r.ID, 10)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, row := range rows[1:] { // kind, record, calling, called, start, answer, end, duration_s, trunk_group, cic, ...
		var call *string
		var line *int64
		if row[0] != "extra" {
			start, err := time.ParseInLocation("2006-01-02 15:04:05.000", row[4], time.FixedZone("", 7*3600))
			if err != nil {
				t.Fatal(err)
			}
			id := ids[at(wire.TimeOf(start), row[9], row[2])]
			if id == "" {
				t.Fatalf("no call is stored of %v", row)
			}
			call = &id
		}
		if row[1] != "" {
			n, err := strconv.ParseInt(row[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			n++ // the heading
			line = &n
		}
		want[finding(faultClass[row[0]], call, line)] = true
	}
	return want
}
