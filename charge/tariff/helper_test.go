package tariff

import (
	"strings"
	"testing"
	"time"

	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/wire"
)

// ofLab makes the record of a call that the lab played.
func ofLab(l *lab.Call, cfg *config.Config) correlate.Call {
	c := correlate.Call{Protocol: "isup", Network: config.DefaultNetwork, Service: l.Service, NI: l.NI, OPC: l.OPC, DPC: l.DPC,
		CIC: uint32(l.CIC), Called: correlate.ParseNumber(l.Called, l.CalledNOA, 0), Start: l.Start, ACM: l.ACM, Answer: l.Answer,
		Release: l.Release, ReleaseComplete: l.ReleaseComplete, End: l.End, Flags: correlate.FlagsOf(l.Flags), Suspended: l.Suspended}
	c.Outcome, _ = correlate.OutcomeOf(l.Outcome)
	c.EndReason, _ = correlate.EndReasonOf(l.EndReason)
	c.Charge, _ = correlate.ChargeOf(l.Charge)
	if s := cfg.Service(&config.Attempt{Network: c.Network, OPC: c.OPC, DPC: c.DPC, Called: c.Called.Append(nil), NOA: c.Called.NOA}); s != c.Service {
		c.Service = s // the lab's own name for what no rule has
	}
	return c
}

// book parses a book that has nothing wrong.
func book(t testing.TB, text string) *Book {
	t.Helper()
	b, err := Parse("b", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return b
}

// rater makes a rater of one book without a configuration.
func rater(t testing.TB, text string) *Rater {
	t.Helper()
	r, err := NewRater([]*Book{book(t, text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func exampleRater(t testing.TB) *Rater {
	t.Helper()
	return rater(t, Example())
}

// head is the beginning of a book: one unit is 100 dong, in Vietnam.
const head = "name: test\nzone: Asia/Ho_Chi_Minh\ncurrency: {code: VND, decimals: 0}\nunit_price: 100\n"

// oneTariff is a book with these bands for every call.
func oneTariff(bands ...string) string {
	return head + "tariffs:\n  - name: T\n    bands:\n      - " + strings.Join(bands, "\n      - ") + "\ndestinations: [{tariff: T}]\n"
}

// at gives the time of a text with its zone.
func at(t testing.TB, text string) wire.Time {
	t.Helper()
	m, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return wire.Time(m.UnixNano())
}

// answered is a call that was released some time after its answer.
func answered(from wire.Time, length time.Duration) correlate.Call {
	return correlate.Call{Called: correlate.ParseNumber("84912345678", 4, 0), Service: "MOBILE", Start: from.Add(-time.Second),
		Answer: from, Release: from.Add(length), ReleaseComplete: from.Add(length), End: from.Add(length),
		Outcome: correlate.Answered, EndReason: correlate.ByRelease, Charge: correlate.ChargeYes}
}

// varied are calls of every service of the example, in the order of time; one in eleven lasts five hours and more.
func varied(t testing.TB) []correlate.Call {
	t.Helper()
	numbers := [...]struct {
		digits  string
		nature  uint8
		service string
	}{{"14085550123", 4, "IDD"}, {"006565550123", 2, "IDD"}, {"1710014085550123", 2, "VOIP"}, {"178048123456", 2, "VOIP"},
		{"58812345", 3, "NATIONAL"}, {"88812345", 3, "NATIONAL"}, {"0901234567", 2, "MOBILE"}, {"911234567", 3, "MOBILE"},
		{"812345", 1, "LOCAL"}, {"108", 2, "OTHER"}}
	var calls []correlate.Call
	begin := at(t, "2003-10-12T00:00:00+07:00")
	for i := range 7 * 24 * 60 {
		n := numbers[i%len(numbers)]
		length := time.Duration(i*7919%300_000) * time.Millisecond
		if i%11 == 10 {
			length += 5 * time.Hour
		}
		c := answered(begin.Add(time.Duration(i)*time.Minute+time.Duration(i*31%60_000)*time.Millisecond), length)
		c.Called, c.Service, c.Network, c.OPC = correlate.ParseNumber(n.digits, n.nature, 0), n.service, config.DefaultNetwork, uint32(i%16)
		calls = append(calls, c)
	}
	return calls
}
