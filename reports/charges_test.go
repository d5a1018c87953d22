package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
	"c7mon/charge/tariff"
	"c7mon/correlate"
	"c7mon/store"
	"c7mon/wire"
)

// charged is a call of the week, answered and released after length, with a charge.
func charged(t testing.TB, n int, length time.Duration, c store.Charge) (*store.Row, *store.Charge) {
	t.Helper()
	from, _ := octoberWeek(t).Bounds()
	start := from.Add(time.Duration(n) * 5 * time.Hour)
	r := &store.Row{ID: uint64(1<<62 + n), Call: correlate.Call{Start: start, Answer: start.Add(8 * time.Second), OPC: uint32(n % 3), DPC: uint32(10401 + n%2), TrunkGroup: "TG" + strconv.Itoa(n%2),
		Service: []string{"IDD", "NATIONAL", ""}[n%3], EndReason: correlate.ByRelease, Called: correlate.ParseNumber("8491"+strconv.Itoa(n), 4, 0)}}
	r.Release = r.Answer.Add(length)
	r.End, r.ReleaseComplete = r.Release, r.Release
	c.Start, c.ID = r.Start, r.ID
	return r, &c
}

// chargesWeek has calls of every status, by two books in two currencies.
func chargesWeek(t testing.TB, by ChargeKey, l Lang) *ChargesInput {
	t.Helper()
	in := &ChargesInput{Period: octoberWeek(t), By: by, Coverage: Coverage{9998, 10000, true}, Style: Style{Lang: l},
		Operator: func(c *correlate.Call) string { return []string{"VTN", "", "EVN"}[c.OPC] }}
	dong := store.Charge{Status: "rated", HasMoney: true, Units: 12500, Money: 1250, Currency: "VND", Tariff: "T-1", Prefix: "+8491",
		Destination: "GPC", Book: "2003", Fingerprint: "00112233aabbccdd"}
	dollar := dong
	dollar.Currency, dollar.Decimals, dollar.Money, dollar.Fingerprint, dollar.Destination = "USD", 2, 205, "ffeeddcc00112233", ""
	add := func(n int, length time.Duration, c store.Charge) {
		r, charge := charged(t, n, length, c)
		in.Add(r, charge)
	}
	for n := range 6 {
		add(n, 90*time.Second, dong)
	}
	add(6, time.Minute, dollar)
	add(7, time.Hour, store.Charge{Status: "free", Tariff: "T-1"})
	for i, s := range tariff.Statuses() {
		if s != tariff.Rated && s != tariff.Free && s != tariff.Unrated {
			add(8+i, time.Minute, store.Charge{Status: s.String()})
		}
	}
	r, _ := charged(t, 30, time.Minute, store.Charge{})
	in.Add(r, nil)
	return in
}

func TestChargesGolden(t *testing.T) {
	for _, l := range []Lang{English, Vietnamese} {
		for _, f := range []Format{Text, CSV, JSON} {
			golden(t, "charges-"+l.String()+"."+f.String(), Charges(*chargesWeek(t, ChargesByService, l)), f)
		}
		golden(t, "charges-day-"+l.String()+".text", Charges(*chargesWeek(t, ChargesByDay, l)), Text)
	}
	for _, by := range []ChargeKey{ChargesByOperator, ChargesByDPC, ChargesByTrunkGroup, ChargesByDestination, ChargesByTariff} {
		golden(t, "charges-"+chargeKeyNames[by]+".csv", Charges(*chargesWeek(t, by, English)), CSV)
	}
	none := ChargesInput{Period: octoberWeek(t), Stored: true}
	golden(t, "charges-nothing.text", Charges(none), Text)
	golden(t, "charges-nothing.json", Charges(none), JSON)
}

// TestChargesAddUp holds that each call is in one row and one column of it, however the table is divided, and that money and
// time are the same.
func TestChargesAddUp(t *testing.T) {
	for by := range ChargeKey(len(chargeKeyNames)) {
		table := Charges(*chargesWeek(t, by, English))
		var b bytes.Buffer
		if err := table.Write(&b, CSV); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		var sums [6]float64
		money := map[string]float64{}
		for _, r := range rows[1:] {
			for i := range sums {
				n, _ := strconv.ParseFloat(r[1+i], 64)
				sums[i] += n
			}
			n, _ := strconv.ParseFloat(r[8], 64)
			money[r[9]] += n
		}
		if want := [...]float64{17, 7, 1, 1, 8, 10}; sums != want || money["VND"] != 7500 || money["USD"] != 2.05 {
			t.Errorf("by %s: %v, %v; want %v", chargeKeyNames[by], sums, money, want)
		}
	}
}

// TestChargesTooMuch holds that sums stop at the ends of the numbers.
func TestChargesTooMuch(t *testing.T) {
	in := ChargesInput{Period: octoberWeek(t)}
	for n := range 3 {
		r, c := charged(t, 3*n, time.Duration(math.MaxInt64/2), store.Charge{Status: "rated", HasMoney: true, Units: math.MaxInt64 - 1,
			Money: math.MaxInt64 - 1, Currency: "VND", Book: "b"})
		r.Answer, r.Start, r.Release = 0, 0, wire.Time(math.MaxInt64)
		in.Add(r, c)
	}
	row := Charges(in).Rows[0]
	if row[7].CSV != "9223372036854775.807" || row[8].CSV != "9223372036854775807" || !strings.HasPrefix(row[6].CSV, "153722867.28") {
		t.Errorf("%v", row)
	}
}

// TestChargesLaterStatus holds that a status that a later version may store is none of ours, and counted.
func TestChargesLaterStatus(t *testing.T) {
	in := ChargesInput{Period: octoberWeek(t)}
	r, c := charged(t, 0, time.Second, store.Charge{Status: "deferred"})
	in.Add(r, c)
	if row := Charges(in).Rows[0]; row[5].CSV != "1" || row[2].CSV != "0" {
		t.Errorf("%v", row)
	}
}

func TestOtherBooks(t *testing.T) {
	f := func(want int64, fingerprints ...string) {
		t.Helper()
		if got := chargesWeek(t, 0, English).OtherBooks(fingerprints); got != want {
			t.Errorf("%d calls of other books than %v, want %d", got, fingerprints, want)
		}
	}
	f(7)
	f(1, "00112233aabbccdd")
	f(0, "ffeeddcc00112233", "00112233aabbccdd")
}

func TestParseChargeKey(t *testing.T) {
	for _, name := range ChargeKeyNames() {
		if k, err := ParseChargeKey(name); err != nil || chargeKeyNames[k] != name {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
	_, err := ParseChargeKey("cic")
	if err == nil || err.Error() != `--by "cic": one of service, operator, dpc, trunk_group, destination, day, tariff is needed` {
		t.Error(err)
	}
}

// listed writes the calls of chargesWeek with steps in a format.
func listed(t *testing.T, format string) string {
	t.Helper()
	var b bytes.Buffer
	w, err := NewChargeWriter(&b, format, CallStyle{Zone: octoberWeek(t).Zone, PointCode: (&Style{}).pointCode})
	if err != nil {
		t.Fatal(err)
	}
	r, c := charged(t, 0, 90*time.Second+123*time.Millisecond, store.Charge{Status: "rated", HasMoney: true, Units: 12500, Money: 1250, Decimals: 2,
		Currency: "USD", Tariff: "T \"1\"\x1b", Prefix: "+8491", Destination: "GPC", Book: "2003", Fingerprint: "00112233aabbccdd"})
	steps := []charge.Step{{Rule: "3", What: `CAI e1=2.5 ("day")`, Count: 1},
		{At: 90 * time.Second, Rule: "4.3 d", What: "interval of e2 is over", Count: 5, Each: 2500, Sum: 12500}}
	if err := w.Write(r, c, steps); err != nil {
		t.Fatal(err)
	}
	r, c = charged(t, 1, time.Minute, store.Charge{Status: "not_answered"})
	r.Answer, r.Release, r.EndReason = wire.NoTime, wire.NoTime, correlate.ByCaptureEnd
	if err := w.Write(r, c, nil); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestChargeWriter(t *testing.T) {
	want := `START                SERVICE  CALLED  TALK     STATUS  UNITS   PRICE       TARIFF  DESTINATION  ID
2003-10-12 00:00:00  IDD      84910   1m30.1s  rated   12.500  12.50  USD  T "1"?    GPC          4611686018427387904
    +0:00:00.000   3      CAI e1=2.5 ("day")                                                                  = 0.000
    +0:01:30.000   4.3 d  interval of e2 is over                                           + 5 x 2.500        = 12.500
    12.500 units by book 2003 (00112233aabbccdd): 12.50 USD

START                SERVICE   CALLED  TALK  STATUS        UNITS  PRICE    TARIFF  DESTINATION  ID
2003-10-12 05:00:00  NATIONAL  84911         not_answered                                       4611686018427387905
`
	got := listed(t, "table")
	if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	rows, err := csv.NewReader(strings.NewReader(listed(t, "csv"))).ReadAll()
	if err != nil || len(rows) != 3 || len(rows[0]) != 18 {
		t.Fatalf("%v, %v", rows, err)
	}
	if got := strings.Join(rows[1], "|"); got != "4611686018427387904|2003-10-11T17:00:00Z|2003-10-11T17:00:08Z|2003-10-11T17:01:38.123Z|90123|IDD|TG0||84910|"+
		"rated|12.500|12.50|USD|T \"1\"\x1b|+8491|GPC|2003|00112233aabbccdd" {
		t.Error(got)
	}
	if got := strings.Join(rows[2], "|"); got != "4611686018427387905|2003-10-11T22:00:00Z||||NATIONAL|TG1||84911|not_answered||||||||" {
		t.Error(got)
	}
	d := json.NewDecoder(strings.NewReader(listed(t, "json")))
	var one struct {
		ID         string
		DurationMS int `json:"duration_ms"`
		Units      float64
		Price      float64
		Tariff     string
		Steps      []struct {
			AtMS      int `json:"at_ms"`
			Rule      string
			What      string
			Count     int
			Each, Sum float64
		}
	}
	if err := d.Decode(&one); err != nil || one.ID != "4611686018427387904" || one.DurationMS != 90123 || one.Units != 12.5 || one.Price != 12.5 ||
		len(one.Steps) != 2 || one.Steps[1].Count != 5 || one.Steps[1].Sum != 12.5 || one.Steps[0].What != `CAI e1=2.5 ("day")` || one.Steps[1].AtMS != 90000 {
		t.Errorf("%+v, %v", one, err)
	}
	var two map[string]any
	if err := d.Decode(&two); err != nil || len(two) != 18 || two["price"] != nil || two["status"] != "not_answered" {
		t.Errorf("%v, %v", two, err)
	}
	if _, err := NewChargeWriter(nil, "xml", CallStyle{}); err == nil {
		t.Error("no error of a format that there is not")
	}
}

// TestChargeOf holds what a rating becomes: money where there is a price, and none of what could not be rated.
func TestChargeOf(t *testing.T) {
	b, err := tariff.Parse("book.yaml", []byte(tariff.Example()))
	if err != nil {
		t.Fatal(err)
	}
	f := func(g tariff.Rating, hasMoney bool, currency string) {
		t.Helper()
		r, _ := charged(t, 4, time.Minute, store.Charge{})
		c := ChargeOf(r, &g)
		if c.HasMoney != hasMoney || c.Currency != currency || c.Status != g.Status.String() || c.Start != r.Start || c.ID != r.ID || c.Of != r.Copy() {
			t.Errorf("%+v", c)
		}
	}
	f(tariff.Rating{Status: tariff.Rated, Book: b, Money: 5}, true, "VND")
	f(tariff.Rating{Status: tariff.Free, Book: b}, true, "VND")
	f(tariff.Rating{Status: tariff.Free}, false, "")
	f(tariff.Rating{Status: tariff.NoBand, Book: b}, false, "VND")
	f(tariff.Rating{Status: tariff.Lost}, false, "")
}

func TestWriteCharge(t *testing.T) {
	f := func(c store.Charge, want string) {
		t.Helper()
		var b bytes.Buffer
		if err := WriteCharge(&b, &c); err != nil {
			t.Fatal(err)
		}
		if b.String() != want {
			t.Errorf("got\n%s\nwant\n%s", &b, want)
		}
	}
	f(store.Charge{Status: "rated", HasMoney: true, Units: 12500, Money: 1250, Decimals: 2, Currency: "USD", Tariff: "T\n1", Prefix: "+84",
		Destination: "VN", Book: "2003", Fingerprint: "00ff"},
		"rating                rated\nunits                 12.500\nprice                 12.50\ncurrency              USD\ntariff                T?1\n"+
			"prefix                +84\ndestination           VN\nbook                  2003 (00ff)\n")
	f(store.Charge{Status: "lost"}, "rating                lost\n")
}
