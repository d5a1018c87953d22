package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/store"
	"c7mon/wire"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// A sourceRow is a row of the two tables that the sources print for the week of 12 to 18 October 2003.
type sourceRow struct {
	code  int
	calls int64
}

var iddRows = []sourceRow{{16, 920}, {31, 180}, {28, 58}, {34, 44}, {17, 51}, {41, 38}, {21, 18}, {42, 13}, {127, 12}, {1, 9},
	{3, 8}, {19, 8}, {27, 5}, {58, 4}, {18, 2}, {4, 1}, {47, 1}}

// voipRows end with four calls that the source cuts off; their causes are made up.
var voipRows = []sourceRow{{0x10, 549}, {0x01, 159}, {0x13, 85}, {0x11, 55}, {0x1f, 42}, {0x22, 32}, {0x1c, 30}, {0x66, 26},
	{0x15, 21}, {0x03, 8}, {0x2f, 2}, {0x29, 2}, {0x04, 1}, {0x3a, 1}}

// octoberWeek is the period of both tables.
func octoberWeek(t testing.TB) Period {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	from := dayOf(2003, time.October, 12)
	return Period{from, from + 6, zone}
}

// counts gives the rows as the store does: in pieces by outcome, with answered calls and some to be left out among them.
func counts(rows []sourceRow) []store.CauseCount {
	n := []store.CauseCount{
		{HasCause: true, Cause: 16, Outcome: correlate.Answered, Calls: 3000},
		{HasCause: true, Cause: 31, Outcome: correlate.Answered, Calls: 12},
		{HasCause: true, Cause: 16, Outcome: correlate.Glare, Calls: 7},
		{Outcome: correlate.Glare, Calls: 2},
		{Outcome: correlate.Reattempt, Calls: 3},
		{Outcome: correlate.Open, Calls: 4},
		{Outcome: correlate.Unknown, HasCause: true, Cause: 16, Partial: true, Calls: 5},
		{Outcome: correlate.Busy, HasCause: true, Cause: 17, Partial: true, Calls: 6},
		{Outcome: correlate.Answered, HasCause: true, Cause: 16, Partial: true, Calls: 8},
	}
	for _, r := range rows {
		if r.calls > 1 { // in two outcomes, which make one row
			n = append(n, store.CauseCount{HasCause: true, Cause: cause.Code(r.code), Outcome: correlate.Abandoned, Calls: r.calls / 2})
			r.calls -= r.calls / 2
		}
		n = append(n, store.CauseCount{HasCause: true, Cause: cause.Code(r.code), Outcome: correlate.Failed, Calls: r.calls})
	}
	return n
}

func iddInput(t testing.TB, s Style) CausesInput {
	return CausesInput{Period: octoberWeek(t), Select: Selection{Service: "IDD"}, Counts: counts(iddRows),
		Coverage: Coverage{Seen: 9998, Expected: 10000, Known: true}, Style: s}
}

func voipInput(t testing.TB, s Style) CausesInput {
	return CausesInput{Period: octoberWeek(t), Select: Selection{Service: "VOIP"}, Counts: counts(voipRows), Style: s}
}

// golden compares what the table is written as with a file of testdata.
func golden(t *testing.T, name string, table Table, f Format) []byte {
	t.Helper()
	var got bytes.Buffer
	if err := table.Write(&got, f); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, &got, want)
	}
	return got.Bytes()
}

func TestCausesGolden(t *testing.T) {
	for _, f := range []Format{Text, CSV, JSON} {
		ext := "." + f.String()
		golden(t, "idd-en-dec"+ext, Causes(iddInput(t, Style{})), f)
		golden(t, "idd-vi-dec"+ext, Causes(iddInput(t, Style{Lang: Vietnamese})), f)
		golden(t, "idd-vi-hex-names"+ext, Causes(iddInput(t, Style{Lang: Vietnamese, Hex: true, CauseNames: Vietnamese})), f)
		golden(t, "voip-vi-hex"+ext, Causes(voipInput(t, Style{Lang: Vietnamese, Hex: true})), f)
		golden(t, "voip-en-hex"+ext, Causes(voipInput(t, Style{Hex: true})), f)
		all := iddInput(t, Style{})
		all.All = true
		golden(t, "idd-en-all"+ext, Causes(all), f)
		for _, lang := range []Lang{English, Vietnamese} {
			golden(t, "by-location-"+lang.String()+ext, Causes(byLocation(t, lang)), f)
			golden(t, "nothing-"+lang.String()+ext, Causes(CausesInput{Period: octoberWeek(t), Style: Style{Lang: lang}}), f)
		}
	}
}

// byLocation is a divided table with filters and calls without a cause.
func byLocation(t testing.TB, lang Lang) CausesInput {
	dpc := uint32(4098)
	return CausesInput{
		Period: octoberWeek(t), By: store.ByLocation,
		Select: Selection{DPC: &dpc, TrunkGroup: "TOLL-1"},
		Style:  Style{Lang: lang, PointCode: func(uint32) string { return "2-0-2" }},
		Counts: []store.CauseCount{
			{Key: "LN", HasCause: true, Cause: 17, Outcome: correlate.Busy, Calls: 2},
			{Key: "LN", HasCause: true, Cause: 16, Outcome: correlate.Abandoned, Calls: 2},
			{Key: "RLN", HasCause: true, Cause: 34, Outcome: correlate.Congestion, Calls: 7},
			{Key: "U", HasCause: true, Cause: 16, Outcome: correlate.Abandoned, Calls: 4},
			{Key: "TN", HasCause: true, Cause: 16, Outcome: correlate.Answered, Calls: 9},
			{Key: "", Outcome: correlate.Lost, Calls: 12},
			{Key: "", Outcome: correlate.Open, Calls: 1},
		},
	}
}

// TestCausesOfTheSources holds the rows and shares that the sources print; one of them is a misprint there.
func TestCausesOfTheSources(t *testing.T) {
	f := func(in CausesInput, total int64, printed string) {
		t.Helper()
		table := Causes(in)
		var got []string
		var sum int64
		for _, r := range table.Rows {
			got = append(got, r[0].Text+" "+r[1].Text+" "+r[2].Text)
			sum += r[1].JSON.(int64)
		}
		if sum != total {
			t.Errorf("%d calls, want %d", sum, total)
		}
		for _, row := range strings.Split(printed, "|") {
			if !slices.Contains(got, row) {
				t.Errorf("no row %q among %q", row, got)
			}
		}
	}
	f(iddInput(t, Style{Lang: Vietnamese}), 1372, "16 920 67,06%|31 180 13,12%|28 58 4,23%|34 44 3,21%|17 51 3,72%|41 38 2,77%|"+
		"21 18 1,31%|42 13 0,95%|127 12 0,87%|1 9 0,66%|3 8 0,58%|19 8 0,58%|27 5 0,36%|58 4 0,29%|18 2 0,15%|4 1 0,07%|47 1 0,07%")
	f(voipInput(t, Style{Lang: Vietnamese, Hex: true}), 1013, "10 549 54,20%|1 159 15,70%|13 85 8,39%|11 55 5,43%|1F 42 4,15%|"+
		"22 32 3,16%|1C 30 2,96%|66 26 2,57%|15 21 2,07%|3 8 0,79%|2F 2 0,20%")
}

func TestShare(t *testing.T) {
	f := func(part, total int64, want string) {
		t.Helper()
		if got := share(part, total); got != want {
			t.Errorf("%d of %d is %s, want %s", part, total, got, want)
		}
	}
	f(0, 0, "0.00")
	f(0, 7, "0.00")
	f(7, 7, "100.00")
	f(1, 3, "33.33")
	f(2, 3, "66.67")
	f(1, 8, "12.50")
	f(1, 800, "0.13")   // 0.125: half goes away from zero
	f(3, 800, "0.38")   // 0.375
	f(1, 20000, "0.01") // 0.005
	f(1, 20001, "0.00")
	f(115, 2000, "5.75")
	f(201, 20000, "1.01") // 1.005, which a binary fraction rounds down
	f(99995, 100000, "100.00")
	f(99994, 100000, "99.99")
	f(400e12, 400e12, "100.00")
}

// TestCausesAccounts holds that every call is in a row or in one count of those left out, whatever is asked for; answered
// ones are neither where they were not asked for.
func TestCausesAccounts(t *testing.T) {
	in := iddInput(t, Style{})
	for _, all := range []bool{false, true} {
		in.All = all
		var want int64
		for _, n := range in.Counts {
			if all || n.Outcome != correlate.Answered {
				want += n.Calls
			}
		}
		table := Causes(in)
		var got int64
		for _, r := range table.Rows {
			got += r[1].JSON.(int64)
		}
		for _, f := range table.More[0].Value.(Object) {
			got += f.Value.(int64)
		}
		if got != want {
			t.Errorf("all %v: %d calls are accounted for, want %d", all, got, want)
		}
	}
}

func TestCausesJSONContract(t *testing.T) {
	var b bytes.Buffer
	in := byLocation(t, Vietnamese)
	in.Style.Hex = true
	table := Causes(in)
	if err := table.Write(&b, JSON); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Report, Title, From, To, TZ, Calls *string
		Service                            any
		Total                              *int
		Coverage                           *float64
		DPC                                int
		TrunkGroup                         string `json:"trunk_group"`
		Rows                               []struct {
			Code  *int
			Calls int
			Share float64
			Cause string
		}
		By       string
		Groups   []struct{ Group string }
		Excluded map[string]int
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	var loose any
	text := b.String()
	if err := json.Unmarshal([]byte(text), &loose); err != nil {
		t.Fatal(err, text)
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	if *got.Report != "causes" || *got.From != "2003-10-12" || *got.To != "2003-10-18" || *got.TZ != "Asia/Ho_Chi_Minh" ||
		*got.Calls != "unsuccessful" || got.Service != nil || got.Coverage != nil || *got.Total != 27 || got.DPC != 4098 ||
		got.By != "location" {
		t.Errorf("%s", text)
	}
	r := got.Rows
	if len(r) != 4 || *r[0].Code != 34 || *r[1].Code != 16 || r[1].Calls != 6 || *r[2].Code != 17 || r[3].Code != nil ||
		r[3].Calls != 12 || r[0].Share != 25.93 {
		t.Errorf("%+v", r)
	}
	if len(got.Groups) != 4 || got.Groups[3].Group != "" || got.Groups[0].Group != "RLN" {
		t.Errorf("%+v", got.Groups)
	}
	if want := map[string]int{"glare": 0, "reattempt": 0, "open": 1, "unknown": 0, "partial": 0}; !reflect.DeepEqual(got.Excluded, want) {
		t.Errorf("%v", got.Excluded)
	}
	// Without a division nothing but the contract is in it.
	var plain bytes.Buffer
	whole := Causes(iddInput(t, Style{}))
	if err := whole.Write(&plain, JSON); err != nil {
		t.Fatal(err)
	}
	var keys map[string]any
	if err := json.Unmarshal(plain.Bytes(), &keys); err != nil {
		t.Fatal(err)
	}
	for _, k := range strings.Fields("report title from to tz service calls total coverage rows excluded") {
		if _, ok := keys[k]; !ok {
			t.Errorf("%s is missing", k)
		}
		delete(keys, k)
	}
	if len(keys) != 0 {
		t.Errorf("also there: %v", keys)
	}
}

func TestCausesCSV(t *testing.T) {
	var b bytes.Buffer
	table := Causes(byLocation(t, Vietnamese))
	if err := table.Write(&b, CSV); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, r := range rows[1:] {
		n, err := strconv.Atoi(r[1])
		if err != nil {
			t.Error(err)
		}
		sum += n
	}
	if got := strings.Join(rows[0], ","); got != "code,calls,share,cause,group" || sum != 27 {
		t.Errorf("heading %s, %d calls", got, sum)
	}
}

func TestGroupOrder(t *testing.T) {
	in := CausesInput{Period: octoberWeek(t), By: store.ByDay}
	for _, k := range []string{"2003-10-14", "2003-10-12", "", "2003-10-13"} {
		in.Counts = append(in.Counts, store.CauseCount{Key: k, Outcome: correlate.Lost, Calls: int64(1 + len(in.Counts))})
	}
	f := func(want ...string) {
		t.Helper()
		var got []string
		for _, g := range Causes(in).Groups {
			got = append(got, g.Title)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f("Day 2003-10-12", "Day 2003-10-13", "Day 2003-10-14", "No day")
	in.Style.Lang = Vietnamese
	f("Ngày 12/10/2003", "Ngày 13/10/2003", "Ngày 14/10/2003", "Không có ngày")
	in.By, in.Style.Lang = store.ByDPC, English
	for i, k := range []string{"4098", "77", "5000", "4097"} {
		in.Counts[i].Key, in.Counts[i].Calls = k, 5
	}
	in.Counts[2].Calls = 9
	f("DPC 5000", "DPC 77", "DPC 4097", "DPC 4098")
}

func TestCoverage(t *testing.T) {
	f := func(wantJSON any, wantNote string, rows ...store.Coverage) {
		t.Helper()
		c := CoverageOf(rows)
		if c.json() != wantJSON || c.note(English) != wantNote {
			t.Errorf("%+v: %v, %s", rows, c.json(), c.note(English))
		}
	}
	const unknown = "Coverage: not known."
	f(nil, unknown)
	f(nil, unknown, store.Coverage{Seen: 5})
	f(nil, unknown, store.Coverage{Seen: 5, Expected: 5}, store.Coverage{Seen: 5})
	f(Fixed("1.000000"), "Coverage: seen 100.00 % of the signal units.", store.Coverage{Seen: 5, Expected: 5})
	f(Fixed("1.000000"), "Coverage: seen 100.00 % of the signal units.", store.Coverage{Seen: 6, Expected: 5})
	f(Fixed("0.999800"), "Coverage: seen 99.98 % of the signal units.", store.Coverage{Seen: 4999, Expected: 5000},
		store.Coverage{Seen: 4999, Expected: 5000})
	f(Fixed("0.999999"), "Coverage: seen 99.99 % of the signal units.", store.Coverage{Seen: 1e9 - 1, Expected: 1e9})
	f(Fixed("0.000000"), "Coverage: seen 0.00 % of the signal units.", store.Coverage{Expected: 5})
	if got := (Coverage{9998, 10000, true}).note(Vietnamese); got != "Độ phủ: đã thu 99,98 % đơn vị báo hiệu." {
		t.Error(got)
	}
}

// TestQueryCauses goes through a database: the right calls of the right days, and the partial ones beside a service.
func TestQueryCauses(t *testing.T) {
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "c7mon.db"), store.Write)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := octoberWeek(t)
	from, to := p.Bounds()
	var calls []correlate.Call
	add := func(at wire.Time, service string, code cause.Code, o correlate.Outcome, flags correlate.Flags) {
		calls = append(calls, correlate.Call{Protocol: "isup", Network: "default", Service: service, NI: 2, OPC: 1, DPC: 2,
			CIC: uint32(len(calls)), Start: at, ACM: wire.NoTime, Alerting: wire.NoTime, Answer: wire.NoTime,
			Release: wire.NoTime, ReleaseComplete: wire.NoTime, End: at + 1e9, Outcome: o, HasCause: code != 0, Cause: code,
			Flags: flags})
	}
	add(from-1000, "IDD", 17, correlate.Busy, 0)
	add(from, "IDD", 17, correlate.Busy, 0)
	add(to-1000, "IDD", 16, correlate.Abandoned, 0)
	add(to-2000, "IDD", 16, correlate.Answered, 0)
	add(to-3000, "VOIP", 16, correlate.Abandoned, 0)
	add(to-4000, "", 16, correlate.Unknown, correlate.Partial)
	add(to-5000, "", 17, correlate.Busy, correlate.Partial)
	add(to-6000, "IDD", 0, correlate.Lost, 0)
	add(to, "IDD", 17, correlate.Busy, 0)
	if _, err := s.Put(t.Context(), calls, nil); err != nil {
		t.Fatal(err)
	}
	f := func(service string, by store.Dimension, total int64, groups int) {
		t.Helper()
		in := CausesInput{Period: p, Select: Selection{Service: service}, By: by}
		if err := QueryCauses(t.Context(), s, &in); err != nil {
			t.Fatal(err)
		}
		table := Causes(in)
		var got int64
		for _, r := range table.Rows {
			got += r[1].JSON.(int64)
		}
		if got != total || len(table.Groups) != groups {
			t.Errorf("%s %v: %d calls in %d groups, want %d in %d", service, by, got, len(table.Groups), total, groups)
		}
		want := Object{{"glare", int64(0)}, {"reattempt", int64(0)}, {"open", int64(0)}, {"unknown", int64(1)}, {"partial", int64(1)}}
		if out := table.More[0].Value; !reflect.DeepEqual(out, want) {
			t.Errorf("%s %v: left out %v", service, by, out)
		}
	}
	f("", store.ByNothing, 4, 0)
	f("IDD", store.ByNothing, 3, 0)
	f("VOIP", store.ByNothing, 1, 0)
	f("IDD", store.ByDay, 3, 2)
	f("", store.ByService, 4, 2)
	f("NONE", store.ByNothing, 0, 0)
}

// TestManual holds that the manual shows what c7mon prints.
func TestManual(t *testing.T) {
	manual, err := os.ReadFile("../docs/reports.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"idd-vi-dec.text", "by-location-en.text", "by-location-en.json"} {
		want, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(manual, append([]byte("\n"), want...)) {
			t.Errorf("docs/reports.md does not show %s", name)
		}
	}
}
