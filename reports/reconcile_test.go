package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
	"c7mon/charge/cdr"
	"c7mon/charge/reconcile"
	"c7mon/wire"
)

// reconciled is a day of forty calls and the file of a switch that is seven hours ahead, with one of several faults in it.
func reconciled(t testing.TB, l Lang) ReconcileInput {
	t.Helper()
	p := octoberWeek(t)
	p.To = p.From
	from, _ := p.Bounds()
	var m reconcile.Matcher
	add := func(o reconcile.Observed, r cdr.Record) {
		if o.ID != 0 {
			m.AddCall(&o)
		}
		if r.Line != 0 {
			m.AddRecord(&r)
		}
	}
	for i := range 40 {
		at := from + wire.Time(i)*1800e9
		o := reconcile.Observed{ID: uint64(1000 + i), Calling: fmt.Appendf(nil, "+84912%06d", i), Called: fmt.Appendf(nil, "+1415555%04d", i),
			Start: at, Answer: at + 10e9, End: at + 10e9 + wire.Time(30+i)*1e9, CIC: uint32(i), TrunkGroup: "TOLL-1", Sure: true, HasMoney: true,
			Money: int64(30+i) * 25, Tariff: "IDD"}
		r := cdr.Record{Line: int64(i + 2), Calling: o.Calling, Called: o.Called, Start: o.Start.Add(7 * time.Hour),
			Answer: o.Answer.Add(7 * time.Hour), End: o.End.Add(7 * time.Hour), Duration: o.End.Sub(o.Answer), Answered: 1, Charged: -1,
			CIC: int64(i), TrunkGroup: []byte("TOLL-1"), HasMoney: true, Money: o.Money, Tariff: []byte("IDD")}
		switch i {
		case 3:
			r.Line = 0
		case 5:
			o.ID = 0
		case 8:
			r.Duration, r.Money = r.Duration+time.Minute, r.Money+1500
		case 13:
			o.Answer, o.HasMoney = wire.NoTime, false
		case 21:
			r.Called, r.Money = []byte("+442055550021"), 600
		case 25:
			r.Money = 0
		case 30:
			add(reconcile.Observed{}, r)
			r.Line = 90
		case 33:
			o.Sure, r.Duration = false, r.Duration+time.Minute
		case 35:
			r.HasMoney, r.Money, r.Duration = false, 0, r.Duration-20*time.Second
		}
		add(o, r)
	}
	return ReconcileInput{Result: m.Match(reconcile.Options{}), File: "switch.csv", Period: p, Zone: p.Zone,
		Currency: charge.Currency{Code: "USD", Decimals: 2}, Coverage: Coverage{Seen: 9998, Expected: 10000, Known: true},
		Style: Style{Lang: l}, Books: []string{"usd-2003 (0123456789abcdef)"}, ByMap: 7, Bad: 1}
}

func TestReconciliationGolden(t *testing.T) {
	for _, l := range []Lang{English, Vietnamese} {
		in := reconciled(t, l)
		for _, f := range []Format{Text, CSV, JSON} {
			golden(t, "reconciliation-"+l.String()+"."+f.String(), Reconciliation(in), f)
			golden(t, "differences-"+l.String()+"."+f.String(), Differences(in, DifferenceOptions{Brief: f == Text}), f)
		}
	}
	var none reconcile.Matcher
	empty := ReconcileInput{Result: none.Match(reconcile.Options{})}
	golden(t, "reconciliation-nothing.text", Reconciliation(empty), Text)
	golden(t, "reconciliation-nothing.json", Reconciliation(empty), JSON)
	golden(t, "differences-nothing.text", Differences(empty, DifferenceOptions{}), Text)
}

// TestReconciliationContract holds the keys that programs read, and that the rows add up to what was compared.
func TestReconciliationContract(t *testing.T) {
	table := Reconciliation(reconciled(t, Vietnamese))
	var b bytes.Buffer
	if err := table.Write(&b, JSON); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Report, Title, File, From, To, TZ, Currency string
		Calls, Records, Differences, Doubts         int
		Lost, Overcharged, Coverage                 float64
		Unpriced                                    int
		Clock                                       struct {
			Known           bool
			At              time.Time
			OffsetMS        int64   `json:"offset_ms"`
			DriftPPM        float64 `json:"drift_ppm"`
			ScatterMS       int64   `json:"scatter_ms"`
			Pairs           int
			LookedAt        int   `json:"looked_at"`
			ToleranceMS     int64 `json:"tolerance_ms"`
			TalkToleranceMS int64 `json:"talk_tolerance_ms"`
			StepMS          int64 `json:"step_ms"`
		}
		AnsweredOnly bool `json:"answered_only"`
		Foreign      int  `json:"foreign_tariffs"`
		Uncompared   int
		JudgedFrom   *time.Time `json:"judged_from"`
		JudgedTo     *time.Time `json:"judged_to"`
		Books        []string
		Rows         []struct {
			Class                                    string
			Calls, Records, Unpriced                 int
			Minutes, Due, Charged, Lost, Overcharged float64
			FileMinutes                              float64 `json:"file_minutes"`
		}
		Excluded map[string]int
	}
	d := json.NewDecoder(&b)
	d.DisallowUnknownFields()
	if err := d.Decode(&got); err != nil {
		t.Fatal(err)
	}
	calls, records := 0, 0
	for _, r := range got.Rows {
		if _, ok := reconcile.ClassOf(r.Class); !ok {
			t.Errorf("class %q", r.Class)
		}
		calls, records = calls+r.Calls, records+r.Records
	}
	if calls != got.Calls || records != got.Records || calls != 39 || records != 40 {
		t.Errorf("%d calls and %d records in the rows, %d and %d said", calls, records, got.Calls, got.Records)
	}
	if got.Report != "reconciliation" || got.From != "2003-10-12" || got.Currency != "USD" || got.Differences != 8 || got.Doubts != 1 ||
		got.Lost != 28.75 || got.Overcharged != 49.5 || got.Unpriced != 1 || got.Excluded["map"] != 7 || got.Excluded["bad"] != 1 {
		t.Errorf("%+v", got)
	}
	if c := got.Clock; !c.Known || c.OffsetMS != 7*3600_000 || c.DriftPPM != 0 || c.Pairs != 36 || c.ToleranceMS != 2000 {
		t.Errorf("%+v", c)
	}
}

// TestDifferences holds that each difference leads to its call and its record, and that a list may be cut.
func TestDifferences(t *testing.T) {
	in := reconciled(t, English)
	f := func(o DifferenceOptions, want string) {
		t.Helper()
		table := Differences(in, o)
		var b bytes.Buffer
		if err := table.Write(&b, CSV); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for i, key := range rows[0] {
			at[key] = i
		}
		var got []string
		for _, r := range rows[1:] {
			got = append(got, strings.Join([]string{r[at["class"]], r[at["call"]], r[at["line"]], r[at["stake"]]}, " "))
		}
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
	}
	const all = "wire_only 1003  -8.25|file_only  7 8.75|duration 1008 10 15.00|charged_not_answered 1013 15 10.75|number 1021 23 -6.75|" +
		"answered_not_charged 1025 27 -13.75|double 1030 90 15.00|duration 1035 37 "
	f(DifferenceOptions{}, all)
	f(DifferenceOptions{Limit: 2}, "wire_only 1003  -8.25|file_only  7 8.75")
	f(DifferenceOptions{Classes: []reconcile.Class{reconcile.Unproved}}, "unproved 1033 35 0.00")
	f(DifferenceOptions{Classes: []reconcile.Class{}}, "")
	table := Differences(in, DifferenceOptions{Limit: 2})
	if table.Notes[0] != "Not listed: 6 more." || table.Fields[len(table.Fields)-1].Value != int64(8) {
		t.Errorf("%q %v", table.Notes, table.Fields)
	}
	for format := range formatNames {
		var one, other bytes.Buffer
		o := DifferenceOptions{Limit: 3}
		table := Differences(in, o)
		total, err := WriteDifferences(&one, in, o, Format(format))
		if err2 := table.Write(&other, Format(format)); err != nil || err2 != nil || total != 8 || !bytes.Equal(one.Bytes(), other.Bytes()) {
			t.Errorf("%v: %d, %v, %v: other octets", Format(format), total, err, err2)
		}
	}
	if _, err := WriteDifferences(full{}, in, DifferenceOptions{}, CSV); err == nil {
		t.Error("a writer that fails is no error")
	}
	brief, whole := Differences(in, DifferenceOptions{Brief: true}), Differences(in, DifferenceOptions{})
	if len(brief.Columns) >= len(whole.Columns) || len(brief.Rows[0]) != len(brief.Columns) || len(whole.Rows[0]) != len(whole.Columns) {
		t.Errorf("%d and %d columns", len(brief.Columns), len(whole.Columns))
	}
}

// TestReconcileFiles holds that a line of several files names its own, and that calls around what is judged are not told.
func TestReconcileFiles(t *testing.T) {
	var m reconcile.Matcher
	for i := range 3 {
		at := wire.Time(i) * 86400e9
		m.AddRecord(&cdr.Record{Line: LineOf(i, 7), Called: []byte("+84912345678"), Start: at, Answer: wire.NoTime, End: at + 10e9, Duration: -1,
			Answered: -1, Charged: -1, CIC: -1})
		m.AddCall(&reconcile.Observed{ID: uint64(i + 1), Called: []byte("+84987654321"), Start: at + 100e9, Answer: wire.NoTime, End: at + 110e9, Sure: true})
	}
	in := ReconcileInput{Result: m.Match(reconcile.Options{From: -1e9, To: 86400e9}), Files: []string{"a", "b", "c"}}
	table := Differences(in, DifferenceOptions{Classes: reconcile.Classes()})
	var got []string
	for _, r := range table.Rows {
		got = append(got, r[1].CSV+" "+r[2].CSV+" "+r[3].CSV)
	}
	if s := strings.Join(got, "|"); s != "file_only  a:7|no_charge 1 |outside  b:7|outside  c:7" {
		t.Error(s)
	}
	if calls, records := in.judged(); calls != 1 || records != 1 {
		t.Errorf("%d calls and %d records are judged", calls, records)
	}
	if rows := Reconciliation(in).Rows; rows[len(rows)-1][0].CSV != "outside" {
		t.Errorf("%v", rows)
	}
	in.Result = m.Match(reconcile.Options{From: 100e9, To: 3 * 86400e9})
	for _, r := range Reconciliation(in).Rows {
		if r[0].CSV == "outside" && r[2].CSV != "1" {
			t.Errorf("%v", r)
		}
	}
}

// TestReconcileHostile holds that what stands in a file can break no format.
func TestReconcileHostile(t *testing.T) {
	var m reconcile.Matcher
	for i, s := range []string{"\xff\xfe\x1b[2J", "<b>,\"\n", "=1+1"} {
		m.AddRecord(&cdr.Record{Line: int64(i + 1), Called: []byte(s), Calling: []byte(s), Start: wire.NoTime, Answer: wire.Time(i), End: wire.NoTime,
			Duration: -1, Answered: -1, Charged: -1, CIC: -1, TrunkGroup: []byte(s), Tariff: []byte(s), HasMoney: true, Money: -1 << 63})
	}
	in := ReconcileInput{Result: m.Match(reconcile.Options{}), File: "\x1b<i>\xff", Currency: charge.Currency{Code: "XTS", Decimals: 3}}
	for f := range formatNames {
		for _, table := range []Table{Reconciliation(in), Differences(in, DifferenceOptions{})} {
			var b bytes.Buffer
			if err := table.Write(&b, Format(f)); err != nil {
				t.Errorf("%v: %v", Format(f), err)
			}
			if Format(f) == Text && strings.ContainsAny(b.String(), "\x1b\x07") || Format(f) == JSON && !json.Valid(b.Bytes()) {
				t.Errorf("%v: %q", Format(f), b.String())
			}
		}
	}
}

// TestReconcileTexts holds that each language has every text, and a name for every class.
func TestReconcileTexts(t *testing.T) {
	for l := range reconcileTexts {
		seen := map[string]bool{}
		for _, c := range reconcile.Classes() {
			name := reconcileTexts[l].classes[c]
			if name == "" || seen[name] {
				t.Errorf("%v: %v is %q", Lang(l), c, name)
			}
			seen[name] = true
		}
		if len(reconcileTexts[l].classes) != len(seen) {
			t.Errorf("%v: %d names", Lang(l), len(reconcileTexts[l].classes))
		}
		v := reflect.ValueOf(reconcileTexts[l])
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%v: no text for %s", Lang(l), v.Type().Field(i).Name)
			}
		}
	}
	if Lang(9).reconcileTexts() != English.reconcileTexts() {
		t.Error("a language that there is not has other texts")
	}
}

func TestReconcileFigures(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(thousandths(0), "0.000")
	f(thousandths(-1), "-0.001")
	f(thousandths(-200_044), "-200.044")
	f(thousandths(1<<63-1), "9223372036854775.807")
	f(thousandths(-1<<63), "-9223372036854775.808")
	f(clockTime(7*time.Hour+3*time.Second+200*time.Millisecond), "7:00:03.200")
	f(clockTime(26*time.Hour), "26:00:00.000")
	in := ReconcileInput{Style: Style{Lang: Vietnamese}, Currency: charge.Currency{Decimals: 2}}
	for _, c := range []struct {
		d    time.Duration
		want string
	}{{0, "0.00"}, {299 * time.Millisecond, "0.00"}, {300 * time.Millisecond, "0.01"}, {90 * time.Second, "1.50"}} {
		f(in.minutes(c.d).CSV, c.want)
	}
	f(in.minutes(90*time.Second).Text, "1,50")
	f(in.money(-1234, true).Text, "-12,34")
	f(in.money(-1234, true).CSV, "-12.34")
	f(in.money(5, false).CSV, "")
	f(in.span(-1500*time.Millisecond, true).Text, "-1,500")
	f(in.span(-1500*time.Millisecond, true).CSV, strconv.Itoa(-1500))
	f(in.moment(wire.NoTime).Text, "")
	if c := capped(1<<63-1, 1); c != 1<<63-1 {
		t.Error(c)
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }
