package lab

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/wire"
)

// Columns of the records, as their heading has them.
const (
	colRecord = iota
	colCalling
	colCalled
	colStart
	colAnswer
	colEnd
	colDuration
	colAnswered
	colTrunkGroup
	colCIC
	colAmount
	colCurrency
	colTariff
)

const cdrHeading = "record,calling,called,start,answer,end,duration_s,answered,trunk_group,cic,amount,currency,tariff"

var ict = time.FixedZone("ICT", 7*3600)

// perSecond are the prices of the tests: so many cents for the setup and as many for a second that has begun, by service.
var perSecond = map[string]int64{"IDD": 7, "VOIP": 3, "MOBILE": 5, "NATIONAL": 2, "LOCAL": 1}

// testPrice prices calls; those of other services cannot be priced.
func testPrice(c *Call) (Price, bool) {
	p := Price{Decimals: 2, Currency: "XTS", Tariff: strings.ToLower(c.Service)}
	rate := perSecond[c.Service]
	if rate == 0 {
		return Price{}, false
	}
	if !c.Answer.Known() || c.Charge == "no_charge" {
		p.Tariff = ""
		return p, true
	}
	end := c.Release
	if !end.Known() {
		end = c.End
	}
	p.Money = rate * (1 + int64((end.Sub(c.Answer)+time.Second-1)/time.Second))
	return p, true
}

// A cdrFile is what came of a scenario with call records.
type cdrFile struct {
	capture []byte
	text    string
	truth   string
	rows    [][]string // without the heading
	faults  []CDRFault
	sum     Summary
}

// writeCDR plays a scenario with call records.
func writeCDR(t testing.TB, o Options, c CDR) cdrFile {
	t.Helper()
	var r cdrFile
	var file, truth bytes.Buffer
	c.File, c.Truth, c.Zone = &file, &truth, ict
	c.Fault = func(f CDRFault) { r.faults = append(r.faults, f) }
	o.CDR = &c
	r.capture, r.sum, _ = write(t, o)
	r.text, r.truth = file.String(), truth.String()
	head, rest, _ := strings.Cut(r.text, "\n")
	if head != cdrHeading {
		t.Fatalf("heading %s, not %s", head, cdrHeading)
	}
	var err error
	if r.rows, err = csv.NewReader(strings.NewReader(rest)).ReadAll(); err != nil {
		t.Fatal(err)
	}
	if r.sum.Records != len(r.rows) {
		t.Errorf("%d records in the summary, %d written", r.sum.Records, len(r.rows))
	}
	return r
}

// at reads a time of a record.
func at(t testing.TB, text string) wire.Time {
	t.Helper()
	v, err := time.ParseInLocation("2006-01-02 15:04:05.000", text, ict)
	if err != nil || len(text) != len("2003-10-12 08:00:00.123") {
		t.Fatalf("time %q: %v", text, err)
	}
	return wire.TimeOf(v)
}

func TestCDR_SameCapture(t *testing.T) {
	for _, o := range []Options{{Scenario: "basic"}, {Scenario: "faults"}, {Scenario: "load", Calls: 400}, {Scenario: "load", MSUs: 3000},
		{Scenario: "oct2003"}, {Scenario: "basic", Link: "e1", For: 30 * time.Second, BitErrors: 1e-4, Slips: 2},
		{Scenario: "load", Link: "m3ua", Calls: 100}} {
		want, _, _ := write(t, o)
		c := CDR{Offset: time.Second, Drift: 1000}
		if o.Scenario == "oct2003" {
			c.Faults = map[string]int{"missing": 5, "extra": 5, "double": 5}
		}
		if r := writeCDR(t, o, c); !bytes.Equal(r.capture, want) {
			t.Errorf("%+v: the call records change the capture", o)
		}
	}
}

func TestCDR_SeedMatters(t *testing.T) {
	c := CDR{Price: testPrice, Faults: map[string]int{"missing": 3, "extra": 3, "price": 3}}
	a := writeCDR(t, Options{Scenario: "load", Calls: 500, Seed: 1}, c)
	b := writeCDR(t, Options{Scenario: "load", Calls: 500, Seed: 1, Link: "mtp3"}, c)
	other := writeCDR(t, Options{Scenario: "load", Calls: 500, Seed: 2}, c)
	if a.text != b.text || a.truth != b.truth {
		t.Error("the same seed gave other records")
	}
	if a.text == other.text || a.truth == other.truth {
		t.Error("another seed gave the same records")
	}
}

// TestCDR_Rows holds each record against the call that it is of.
func TestCDR_Rows(t *testing.T) {
	f := func(o Options, answeredOnly bool) {
		t.Helper()
		_, _, calls := write(t, o)
		want := map[string]*Call{}
		for i := range calls {
			c := &calls[i]
			if c.End.Known() && c.Outcome != "glare" && c.Outcome != "reattempt" && !strings.Contains(c.Flags, "partial") &&
				(c.Answer.Known() || !answeredOnly) {
				want[strconv.Itoa(int(c.CIC))+" "+strconv.FormatInt(int64(c.Start)/1e6, 10)+" "+c.Calling] = c
			}
		}
		r := writeCDR(t, o, CDR{Price: testPrice, AnsweredOnly: answeredOnly})
		if len(r.rows) != len(want) || len(want) == 0 {
			t.Errorf("%s: %d records, not %d", o.Scenario, len(r.rows), len(want))
		}
		last := wire.NoTime
		for i, row := range r.rows {
			calling := strings.TrimPrefix(strings.TrimPrefix(row[colCalling], "0"), "0")
			key := row[colCIC] + " " + strconv.FormatInt(int64(at(t, row[colStart]))/1e6, 10) + " " + calling
			c := want[key]
			if c == nil {
				t.Fatalf("%s: record %v is of no call, or the second of one", o.Scenario, row)
			}
			delete(want, key)
			sameRow(t, row, c)
			if end := at(t, row[colEnd]); row[colRecord] != strconv.Itoa(i+1) || end < last {
				t.Errorf("record %v is not in its place", row)
			} else {
				last = end
			}
		}
		for _, c := range want {
			t.Errorf("%s: no record of %+v", o.Scenario, c)
		}
	}
	f(Options{Scenario: "basic"}, false)
	f(Options{Scenario: "faults"}, false)
	f(Options{Scenario: "faults"}, true)
	f(Options{Scenario: "load", Calls: 2000}, false)
	f(Options{Scenario: "oct2003", Seed: 5}, true)
	f(Options{Scenario: "oct2003", Seed: 5}, false)
}

// sameRow holds what a record says of its call.
func sameRow(t *testing.T, row []string, c *Call) {
	t.Helper()
	end := c.Release
	if !end.Known() {
		end = c.End
	}
	ms := func(t wire.Time) wire.Time { return t - t%wire.Time(time.Millisecond) }
	if at(t, row[colEnd]) != ms(end) || row[colTrunkGroup] != c.TrunkGroup {
		t.Errorf("record %v of %+v", row, c)
	}
	if c.Answer.Known() {
		talk := time.Duration(ms(end) - ms(c.Answer))
		d, err := time.ParseDuration(row[colDuration] + "s")
		if err != nil || d != talk || row[colAnswered] != "1" || at(t, row[colAnswer]) != ms(c.Answer) {
			t.Errorf("record %v of the answered call %+v", row, c)
		}
	} else if row[colAnswer] != "" || row[colDuration] != "0.000" || row[colAnswered] != "0" {
		t.Errorf("record %v of the unanswered call %+v", row, c)
	}
	price, ok := testPrice(c)
	amount := ""
	if ok {
		digits := strconv.FormatInt(1000+price.Money, 10)[1:] // of less than 10.00
		if price.Money >= 1000 {
			digits = strconv.FormatInt(price.Money, 10)
		}
		amount = digits[:len(digits)-2] + "." + digits[len(digits)-2:]
	}
	if row[colAmount] != amount || row[colCurrency] != price.Currency || row[colTariff] != price.Tariff {
		t.Errorf("record %v: %s %s by %q is right", row, amount, price.Currency, price.Tariff)
	}
}

// TestCDR_Cut holds that a call has a record when it is released before the end of the capture, and else none.
func TestCDR_Cut(t *testing.T) {
	o := Options{Scenario: "load", Calls: 3000, Seed: 4}
	whole := writeCDR(t, o, CDR{})
	o.For = 80 * time.Second
	cut := writeCDR(t, o, CDR{})
	if cut.sum.Open == 0 {
		t.Fatal("no call is up at the end")
	}
	stop := loadStart.Add(o.For)
	n := 0
	for n < len(whole.rows) && at(t, whole.rows[n][colEnd]) < stop {
		n++
	}
	if n < 100 || n == len(whole.rows) || len(cut.rows) != n || len(cut.rows) <= cut.sum.Calls {
		t.Fatalf("%d records of %d calls, not %d of %d", len(cut.rows), cut.sum.Calls, n, len(whole.rows))
	}
	for i, row := range cut.rows {
		if !slices.Equal(row, whole.rows[i]) {
			t.Errorf("record %v, not %v", row, whole.rows[i])
		}
	}
}

// TestCDR_Numbers holds that numbers are as they are dialled.
func TestCDR_Numbers(t *testing.T) {
	f := func(digits string, nature uint8, service, want string) {
		t.Helper()
		if got := dialled(digits, nature, service); got != want {
			t.Errorf("%s, nature %d: %s, not %s", digits, nature, got, want)
		}
	}
	f("912345678", noaNational, "MOBILE", "0912345678")
	f("0912345678", noaUnknown, "MOBILE", "0912345678")
	f("14085550123", noaInternational, "IDD", "0014085550123")
	f("0014085550123", noaUnknown, "IDD", "0014085550123")
	f("1710903123456", noaNational, "VOIP", "1710903123456")
	f("1710903123456", noaUnknown, "VOIP", "1710903123456")
	f("812345", noaSubscriber, "LOCAL", "812345")
	f("108", noaUnknown, "OTHER", "108")
	f("", noaNational, "", "")
}

// TestCDR_Clock holds times that were worked out by hand. The call of two hours begins 180 s after the scenario, is answered
// at 186 s and released at 7,386 s.
func TestCDR_Clock(t *testing.T) {
	f := func(c CDR, start, answer, end, duration string) {
		t.Helper()
		for _, row := range writeCDR(t, Options{Scenario: "faults"}, c).rows {
			if row[colStart] == start {
				if row[colAnswer] != answer || row[colEnd] != end || row[colDuration] != duration {
					t.Errorf("%v: answer %s, end %s and duration %s are right", row, answer, end, duration)
				}
				return
			}
		}
		t.Errorf("no record with start %s", start)
	}
	f(CDR{}, "2003-10-12 08:03:00.000", "2003-10-12 08:03:06.000", "2003-10-12 10:03:06.000", "7200.000")
	// 2.3 s ahead, and 40 ppm of 180 s are 7.2 ms, of 186 s 7.44 ms, of 7,386 s 295.44 ms.
	f(CDR{Offset: 2300 * time.Millisecond, Drift: 40_000},
		"2003-10-12 08:03:02.307", "2003-10-12 08:03:08.307", "2003-10-12 10:03:08.595", "7200.288")
	f(CDR{Offset: 2300 * time.Millisecond, Drift: 40_000, Round: time.Second},
		"2003-10-12 08:03:02.000", "2003-10-12 08:03:08.000", "2003-10-12 10:03:08.000", "7200.000")
	// Half a second behind, and 1000 ppm of 180 s are 0.18 s, of 186 s 0.186 s, of 7,386 s 7.386 s.
	f(CDR{Offset: -500 * time.Millisecond, Drift: -1_000_000},
		"2003-10-12 08:02:59.320", "2003-10-12 08:03:05.314", "2003-10-12 10:02:58.114", "7192.800")
	f(CDR{Offset: -500 * time.Millisecond, Drift: -1_000_000, Round: 10 * time.Second},
		"2003-10-12 08:02:50.000", "2003-10-12 08:03:00.000", "2003-10-12 10:02:50.000", "7190.000")
}

func TestCDR_Failure(t *testing.T) {
	f := func(o Options, c CDR, want string) {
		t.Helper()
		var b bytes.Buffer
		if c.File == nil {
			c.File = &b
		}
		o.CDR = &c
		_, err := Write(io.Discard, o)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, not %q", c, err, want)
		}
		if b.Len() > 0 {
			t.Errorf("%v, and records were written", err)
		}
	}
	basic := Options{Scenario: "basic"}
	f(basic, CDR{Round: -1}, "from 1ms to 10s is needed")
	f(basic, CDR{Round: 11 * time.Second}, "from 1ms to 10s is needed")
	f(basic, CDR{Offset: 25 * time.Hour}, "at most 24h0m0s is needed")
	f(basic, CDR{Drift: 1_000_001}, "at most 1000 is needed")
	f(basic, CDR{Faults: map[string]int{"wrong": 1}}, `fault "wrong" of call records: there are charged-free, charged-unanswered, tariff,`)
	f(basic, CDR{Faults: map[string]int{"missing": -1}}, "cannot be below 0")
	for _, kind := range []string{"price", "tariff", "charged-free"} {
		f(basic, CDR{Faults: map[string]int{kind: 1}}, "fault "+kind+" of call records: prices are needed")
	}
	// There is one answered call, and it lasts from the beginning to the end.
	f(basic, CDR{Faults: map[string]int{"missing": 2}}, "2 are wanted, and the scenario has calls for 1")
	f(basic, CDR{Faults: map[string]int{"missing": 1, "double": 1}}, "1 are wanted, and the scenario has calls for 0")
	f(basic, CDR{Faults: map[string]int{"extra": 1}}, "1 are wanted, and the scenario has calls for 0")
	f(Options{Scenario: "load", Calls: 50}, CDR{Faults: map[string]int{"charged-unanswered": 50}}, "50 are wanted, and the scenario has calls for")
	f(Options{Scenario: "load", Calls: 50}, CDR{Price: oneTariff, Faults: map[string]int{"tariff": 1}}, "1 are wanted, and the scenario has calls for 0")

	for _, c := range []*CDR{{File: full{}}, {File: io.Discard, Truth: full{}}} {
		if _, err := Write(io.Discard, Options{Scenario: "load", Calls: 1000, CDR: c}); !errors.Is(err, errFull) {
			t.Errorf("a full disk: %v", err)
		}
	}
	if _, err := Write(io.Discard, Options{Scenario: "basic", CDR: &CDR{}}); err == nil {
		t.Error("call records without a file")
	}
}

// oneTariff prices all calls alike.
func oneTariff(c *Call) (Price, bool) {
	p, ok := testPrice(c)
	p.Tariff = "all"
	return p, ok
}

func TestDecimal(t *testing.T) {
	f := func(n int64, decimals int, want string) {
		t.Helper()
		if got := decimal(n, decimals); got != want {
			t.Errorf("%d with %d decimals: %s, not %s", n, decimals, got, want)
		}
	}
	f(0, 0, "0")
	f(1400, 0, "1400")
	f(0, 2, "0.00")
	f(5, 2, "0.05")
	f(12345, 2, "123.45")
	f(-5, 3, "-0.005")
	f(-9223372036854775808, 1, "-922337203685477580.8")
}

// BenchmarkCDR tells what call records cost beside a capture.
func BenchmarkCDR(b *testing.B) {
	kinds := maps.Collect(func(yield func(string, int) bool) {
		for _, k := range CDRFaultKinds() {
			if !yield(k.Name, 5) {
				return
			}
		}
	})
	b.ReportAllocs()
	for b.Loop() {
		s, err := Write(io.Discard, Options{Scenario: "load", Calls: 20000, CDR: &CDR{File: io.Discard, Price: testPrice, Faults: kinds}})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(s.Records), "records")
	}
}
