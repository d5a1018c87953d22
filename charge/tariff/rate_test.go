package tariff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"c7mon/charge"
	"c7mon/correlate"
	"c7mon/wire"
)

// price holds what calls of some length cost by a book, in its smallest part. The calls are answered at from.
func price(t *testing.T, text, from string) func(length time.Duration, want int64) {
	t.Helper()
	r := rater(t, text)
	return func(length time.Duration, want int64) {
		t.Helper()
		c := answered(at(t, from), length)
		g := r.Rate(&c)
		if g.Status != Rated || g.Money != want || g.Duration != length {
			t.Errorf("%v from %s: %v %d in %v, want %d", length, from, g.Status, g.Money, g.Duration, want)
		}
		steps, e := r.Explain(nil, &c)
		if e != g || len(steps) == 0 || steps[len(steps)-1].Sum != g.Units {
			t.Errorf("%v from %s: explained as %+v, rated as %+v, by %v", length, from, e, g, steps)
		}
	}
}

const (
	sec    = time.Second
	monday = "2003-10-13T10:00:00+07:00"
)

// TestBlocks: carriers charge a block when it has begun; times are in tenths of a second, rounded up.
func TestBlocks(t *testing.T) {
	f := price(t, oneTariff("blocks: {next: 60s, next_price: 1000}"), monday)
	f(0, 1000) // answered: the first block has begun
	f(sec, 1000)
	f(60*sec, 1000) // the second block would begin just when the call is over
	f(60*sec+100*time.Millisecond, 2000)
	f(60*sec+time.Nanosecond, 2000)
	f(120*sec, 2000)
	f(120*sec+100*time.Millisecond, 3000)

	f = price(t, oneTariff("blocks: {setup: 500, first: 60s, first_price: 1200, next: 6s, next_price: 100}"), monday)
	f(0, 1700)
	f(60*sec, 1700)
	f(60100*time.Millisecond, 1800)
	f(66*sec, 1800)
	f(66100*time.Millisecond, 1900)
	f(90*sec, 2200) // 500 + 1200 + 5 * 100

	f = price(t, oneTariff("blocks: {first: 6s, first_price: 720, next: 1s, next_price: 120}"), monday)
	f(5*sec, 720)
	f(6*sec, 720)
	f(6100*time.Millisecond, 840)
	f(10*sec, 1200)       // 720 + 4 * 120
	f(time.Hour, 432_000) // 720 + 3594 * 120

	f = price(t, oneTariff("blocks: {setup: 500}"), monday)
	f(0, 500)
	f(time.Hour, 500)
	f = price(t, oneTariff("blocks: {}"), monday)
	f(time.Hour, 0)
}

// TestCompleted: advice of charge counts intervals that are over (4.3 d), in whole tenths of a second.
func TestCompleted(t *testing.T) {
	f := price(t, oneTariff("cai: {e1: 1, e2: 60}"), monday)
	f(0, 0)
	f(60*sec-time.Nanosecond, 0)
	f(60*sec, 100)
	f(120*sec-time.Nanosecond, 100)
	f(120*sec, 200)
	f = price(t, oneTariff("cai: {e4: 2, e7: 30, e1: 1.5, e2: 10}"), monday)
	f(0, 200)
	f(29900*time.Millisecond, 200)
	f(30*sec, 350)
	f(45*sec, 500) // 2 + 1.5 at 30 s + 1.5 at 40 s
	f = price(t, oneTariff("cai: {}"), monday)
	f(time.Hour, 0)
}

// TestMoney is rounded once, half up, to the decimals of the currency: a tenth of a unit is half a cent here.
func TestMoney(t *testing.T) {
	text := strings.Replace(strings.Replace(oneTariff("cai: {e1: 0.1, e2: 1}"), "unit_price: 100", "unit_price: 0.05", 1),
		"code: VND, decimals: 0", "code: USD, decimals: 2", 1)
	f := price(t, text, monday)
	f(0, 0)
	f(1*sec, 1)
	f(2*sec, 1)
	f(3*sec, 2)
	f(1000*sec, 500)
}

// dayAndNight are bands of a day from 7 to 23 and the night.
func dayAndNight(day, night string) string {
	return oneTariff("{hours: 07:00-23:00, "+day+"}", "{hours: 23:00-07:00, "+night+"}")
}

// TestBorder: a call that lasts over 23:00 goes on by the tariff of the night when the block or interval under way is over.
func TestBorder(t *testing.T) {
	text := dayAndNight("blocks: {setup: 300, next: 60s, next_price: 1000}", "blocks: {setup: 200, next: 60s, next_price: 500}")
	f := price(t, text, "2003-10-13T22:59:30+07:00")
	f(30*sec, 1300)
	f(60*sec, 1300)                 // the block of 22:59:30 to 23:00:30, and the set-up fee of the day
	f(60100*time.Millisecond, 1800) // the block that begins at 23:00:30 is the night's, without a set-up fee
	f(120*sec, 1800)
	f(120100*time.Millisecond, 2300)
	f = price(t, text, "2003-10-13T22:59:00+07:00") // the second block begins at 23:00:00.0: the night's
	f(60*sec, 1300)
	f(60100*time.Millisecond, 1800)
	f = price(t, text, "2003-10-13T22:58:59.95+07:00") // at 22:59:59.95: the day's; the third is the night's
	f(60100*time.Millisecond, 2300)
	f(120100*time.Millisecond, 2800)
	f = price(t, text, "2003-10-13T22:59:00.05+07:00") // at 23:00:00.05
	f(60100*time.Millisecond, 1800)

	// Blocks of another length begin with the first block of the night.
	f = price(t, dayAndNight("blocks: {next: 60s, next_price: 1000}", "blocks: {next: 6s, next_price: 50}"), "2003-10-13T22:59:30+07:00")
	f(60*sec, 1000)
	f(66*sec, 1050)
	f(72*sec, 1100)
	f(72100*time.Millisecond, 1150)

	// The first block is under way at 23:00; the night's own first block is for calls that begin then.
	f = price(t, dayAndNight("blocks: {first: 120s, first_price: 2000, next: 60s, next_price: 1000}",
		"blocks: {first: 300s, first_price: 100, next: 60s, next_price: 500}"), "2003-10-13T22:59:30+07:00")
	f(120*sec, 2000)
	f(120100*time.Millisecond, 2500)
	f(180100*time.Millisecond, 3000)

	// The night is free, or the day is.
	f = price(t, dayAndNight("blocks: {next: 60s, next_price: 1000}", "blocks: {}"), "2003-10-13T22:59:30+07:00")
	f(60*sec, 1000)
	f(600*sec, 1000)
	f = price(t, dayAndNight("blocks: {next: 60s, next_price: 1000}", "blocks: {}"), "2003-10-13T06:59:30+07:00")
	f(30*sec, 0)
	f(30100*time.Millisecond, 1000) // nothing is timed, so a block begins at 07:00:00 (4.3 e)
	f(90*sec, 1000)
	f(90100*time.Millisecond, 2000)

	text = dayAndNight("cai: {e1: 10, e2: 60}", "cai: {e1: 5, e2: 60}")
	f = price(t, text, "2003-10-13T22:59:30+07:00")
	f(60*sec-1, 0)
	f(60*sec, 1000) // e1 of the day is held until then (4.3 e)
	f(120*sec-1, 1000)
	f(120*sec, 1500)
	f = price(t, text, "2003-10-13T22:59:00+07:00")
	f(60*sec, 1000)
	f(120*sec, 1500)
	f = price(t, dayAndNight("cai: {e4: 3, e7: 30, e1: 10, e2: 60}", "cai: {e4: 3, e7: 30}"), "2003-10-14T06:59:30+07:00")
	f(30*sec, 300)
	f(90*sec-1, 300) // from 07:00:00 on intervals of e2: e7 is not sent again, nor e4
	f(90*sec, 1300)
}

// TestDays: 2003-09-02 is a Tuesday and a holiday, 2003-10-18 a Saturday.
func TestDays(t *testing.T) {
	text := oneTariff("{days: weekday, blocks: {next: 60s, next_price: 1000}}", "{days: weekend, blocks: {next: 60s, next_price: 700}}",
		"{days: holiday, blocks: {next: 60s, next_price: 400}}") + "holidays: [2003-09-02, 2003-11-01]\n"
	f := price(t, text, "2003-09-01T23:59:30+07:00")
	f(60*sec, 1000)
	f(120*sec, 1400)
	f = price(t, text, "2003-09-02T23:59:30+07:00")
	f(120*sec, 1400)
	f = price(t, text, "2003-10-17T23:59:30+07:00")
	f(120*sec, 1700)
	f = price(t, text, "2003-10-19T23:59:30+07:00")
	f(120*sec, 1700)
	f = price(t, text, "2003-11-01T10:00:00+07:00") // a Saturday
	f(60*sec, 400)
	f = price(t, text, "2003-10-17T16:59:30Z") // days are those of the book's zone
	f(120*sec, 1700)
	f = price(t, text, "1969-12-31T23:59:30+07:00") // a Wednesday
	f(120*sec, 2000)
	f = price(t, text, "1969-12-28T10:00:00+07:00") // a Sunday
	f(60*sec, 700)

	// From Friday 00:00 three days: 144 intervals of 1 unit, then 288 of half a unit.
	f = price(t, oneTariff("{days: weekday, cai: {e1: 1, e2: 600}}", "{days: weekend, cai: {e1: 0.5, e2: 600}}"),
		"2003-10-17T00:00:00+07:00")
	f(24*time.Hour, 14_400)
	f(72*time.Hour, 28_800)
	f(72*time.Hour+600*sec, 28_900)
}

// TestSummerTime: in Berlin clocks went from 02:00 to 03:00 on 2003-03-30, and from 03:00 back to 02:00 on 2003-10-26.
func TestSummerTime(t *testing.T) {
	berlin := func(bands ...string) string {
		return strings.Replace(oneTariff(bands...), "Asia/Ho_Chi_Minh", "Europe/Berlin", 1)
	}
	// 02:30 does not come: the second band begins at 03:00.
	f := price(t, berlin("{hours: 00:00-02:30, blocks: {next: 60s, next_price: 1000}}", "{hours: 02:30-24:00, blocks: {next: 60s, next_price: 500}}"),
		"2003-03-30T01:59:30+01:00")
	f(60*sec, 1000)
	f(120*sec, 1500)
	// The hour from 2 to 3 comes twice.
	f = price(t, berlin("{hours: 02:00-03:00, cai: {e1: 1, e2: 60}}", "{hours: 03:00-02:00, cai: {e1: 10, e2: 60}}"),
		"2003-10-26T01:59:00+02:00")
	f(time.Minute, 1000)
	f(121*time.Minute, 13_000) // 10 + 120 * 1
	f(122*time.Minute, 14_000)
	// So does 02:30: one minute, then 30 of the second band, 30 of the first again, and then the second for good.
	f = price(t, berlin("{hours: 00:00-02:30, cai: {e1: 10, e2: 60}}", "{hours: 02:30-24:00, cai: {e1: 1, e2: 60}}"),
		"2003-10-26T02:29:00+02:00")
	f(31*time.Minute, 4_000)
	f(61*time.Minute, 34_000)
	f(62*time.Minute, 34_100)
}

// TestSuspension: time that the network suspended is charged or not, as the book says.
func TestSuspension(t *testing.T) {
	f := func(more string, suspended time.Duration, want int64) {
		t.Helper()
		r := rater(t, oneTariff("blocks: {next: 60s, next_price: 1000}")+more)
		c := answered(at(t, monday), 125*sec)
		c.Suspended = suspended
		if g := r.Rate(&c); g.Money != want || g.Status != Rated {
			t.Errorf("%s%v: got %v %d, want %d", more, suspended, g.Status, g.Money, want)
		}
	}
	f("", 65*sec, 3000)
	f("suspension: charged\n", 65*sec, 3000)
	f("suspension: free\n", 65*sec, 1000)
	f("suspension: free\n", 4900*time.Millisecond, 3000)
	f("suspension: free\n", 300*sec, 1000)
	f("suspension: free\n", -sec, 3000)
}

// TestRoaming: e3 is 3.80 home units a unit of the visited network.
func TestRoaming(t *testing.T) {
	roaming := func(tariff, bands string) func(time.Duration, int64) {
		t.Helper()
		return price(t, head+"networks: [{name: VN, home: true}, {name: TH, e3: 3.80, unit_price: 0.5}]\n"+
			"tariffs: [{name: T, "+tariff+", bands: ["+bands+"]}]\ndestinations: [{tariff: T}]\n", monday)
	}
	f := roaming("network: TH", "{cai: {e1: 1, e2: 10, e7: 30}}")
	f(65*sec, 1520) // 5.1: at 30, 40, 50 and 60 s 1 * 3.80 units of 100
	f = roaming("network: TH, direction: incoming", "{cai: {e1: 7.6, e2: 30}}")
	f(65*sec, 1520) // 5.2: e1i = 7.6 / 3.80 = 2.0, twice 2.0 * 3.80 units
	f = roaming("network: TH, direction: incoming", "{cai: {e4: 1, e1: 1, e2: 30}}")
	f(65*sec, 342) // 1 / 3.80 = 0.263, rounded 0.3: three times 0.3 * 3.80 = 3.42 units
	f = roaming("network: TH", "{blocks: {next: 60s, next_price: 5}}")
	f(60100*time.Millisecond, 7600) // 5 baht are 10 units of 0.5, 38 home units
	f = roaming("network: TH, direction: incoming", "{blocks: {next: 60s, next_price: 380}}")
	f(60100*time.Millisecond, 760) // 3.8 home units are one of the visited network
	f = roaming("network: VN, direction: incoming", "{blocks: {next: 60s, next_price: 380}}")
	f(60100*time.Millisecond, 760) // at home e3 is 1
}

// TestStatus takes the statuses in their order.
func TestStatus(t *testing.T) {
	r := rater(t, head+"valid: {from: 2003-10-13, to: 2003-10-13}\ntariffs:\n  - name: T\n    bands: [{hours: 07:00-23:00, cai: {e4: 1}}]\n"+
		"destinations: [{prefix: +84, tariff: T}]\n")
	f := func(want Status, change func(c *correlate.Call)) {
		t.Helper()
		c := answered(at(t, monday), time.Minute)
		change(&c)
		g := r.Rate(&c)
		if g.Status != want || want != Rated && (g.Money != 0 || g.Units != 0) {
			t.Errorf("got %v of %d, want %v", g.Status, g.Money, want)
		}
		if steps, e := r.Explain(nil, &c); e != g || (len(steps) > 0) != (want == Rated) {
			t.Errorf("explained as %+v by %v", e, steps)
		}
	}
	unanswered := func(c *correlate.Call, o correlate.Outcome) { c.Answer, c.Outcome = wire.NoTime, o }
	endless := func(c *correlate.Call, why correlate.EndReason) { c.Release, c.EndReason = wire.NoTime, why }
	f(Rated, func(c *correlate.Call) {})
	f(Rated, func(c *correlate.Call) { c.Charge = correlate.ChargeUnknown }) // no indication is charged
	f(Rated, func(c *correlate.Call) { endless(c, correlate.ByReset) })
	f(Rated, func(c *correlate.Call) { endless(c, correlate.ByRelease) }) // its RLC was heard, not its REL
	f(Rated, func(c *correlate.Call) { c.Release = c.Answer - 5 })        // as of a capture out of order: no time at all
	f(Free, func(c *correlate.Call) { c.Charge = correlate.ChargeNo })
	f(Free, func(c *correlate.Call) { c.Charge, c.Flags = correlate.ChargeNo, correlate.Partial })
	f(NotAnswered, func(c *correlate.Call) { unanswered(c, correlate.Busy) })
	f(NotAnswered, func(c *correlate.Call) { unanswered(c, correlate.Busy); c.Charge = correlate.ChargeNo })
	f(NotAnswered, func(c *correlate.Call) { unanswered(c, correlate.Busy); c.Flags = correlate.Partial })
	f(Partial, func(c *correlate.Call) { unanswered(c, correlate.Unknown); c.Flags = correlate.Partial })
	f(Partial, func(c *correlate.Call) { c.Flags = correlate.Partial })
	f(Lost, func(c *correlate.Call) { unanswered(c, correlate.Lost); endless(c, correlate.ByTimeout) })
	f(Lost, func(c *correlate.Call) { endless(c, correlate.ByTimeout) })
	f(Lost, func(c *correlate.Call) { endless(c, correlate.ByNewIAM) })
	f(Lost, func(c *correlate.Call) { endless(c, correlate.ByRestart) })
	f(Lost, func(c *correlate.Call) { endless(c, correlate.ByReset); c.End = wire.NoTime })
	f(Open, func(c *correlate.Call) { endless(c, correlate.ByCaptureEnd); c.End = wire.NoTime })
	f(Open, func(c *correlate.Call) {
		unanswered(c, correlate.Open)
		endless(c, correlate.ByCaptureEnd)
		c.End = wire.NoTime
	})
	f(NoBook, func(c *correlate.Call) { c.Answer = at(t, "2003-10-12T23:59:59+07:00") })
	f(NoBook, func(c *correlate.Call) {
		c.Answer = at(t, "2003-10-14T00:00:00+07:00")
		c.Release = c.Answer
	})
	f(Rated, func(c *correlate.Call) {
		c.Answer, c.Release = at(t, "2003-10-13T22:00:00+07:00"), at(t, "2003-10-13T23:00:00+07:00")
	})
	f(NoTariff, func(c *correlate.Call) { c.Called = correlate.ParseNumber("1234", 4, 0) })
	f(NoBand, func(c *correlate.Call) { c.Answer = at(t, "2003-10-13T06:59:59+07:00") })
	f(NoBand, func(c *correlate.Call) { c.Release = at(t, "2003-10-13T23:00:01+07:00") })
	f(Failed, func(c *correlate.Call) { c.Release = 1<<62 + 1 })
	if g := r.Rate(&correlate.Call{Answer: wire.NoTime}); g.Status != NotAnswered {
		t.Error(g.Status)
	}
}

// TestTooMuch: money that int64 does not hold.
func TestTooMuch(t *testing.T) {
	r := rater(t, strings.Replace(oneTariff("cai: {e4: 800}"), "unit_price: 100", "unit_price: 9223372036854775807", 1))
	c := answered(at(t, monday), time.Minute)
	if g := r.Rate(&c); g.Status != Failed || g.Money != 0 || g.Units != 0 {
		t.Errorf("%+v", g)
	}
}

func TestStatusNames(t *testing.T) {
	for s := Unrated; s <= Failed; s++ {
		if got, ok := StatusOf(s.String()); got != s || !ok {
			t.Errorf("%v is %v, %v", s, got, ok)
		}
	}
	if _, ok := StatusOf("cheap"); ok || Status(200).String() != "unrated" {
		t.Error("names that there are not")
	}
}

// TestBooksByTime: each call by the book that is valid at its answer, to its end, in any order.
func TestBooksByTime(t *testing.T) {
	text := func(name, price, valid string) *Book {
		return book(t, strings.Replace(oneTariff("blocks: {next: 60s, next_price: "+price+"}"), "name: test", "name: "+name, 1)+valid)
	}
	old, new := text("old", "1000", "valid: {from: 2003-01-01, to: 2003-06-30}"), text("new", "900", "valid: {from: 2003-07-01}")
	r, err := NewRater([]*Book{new, old}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := func(from string, want *Book, money int64) {
		t.Helper()
		c := answered(at(t, from), 120*sec)
		if g := r.Rate(&c); g.Book != want || g.Money != money {
			t.Errorf("%s: %+v", from, g)
		}
	}
	for range 2 {
		f("2003-07-01T00:00:00+07:00", new, 1800)
		f("2003-06-30T23:59:59.9+07:00", old, 2000)
		f("2002-12-31T23:59:59+07:00", nil, 0)
		f("2103-01-01T00:00:00+07:00", new, 1800)
	}
}

// TestDaysThatBeginOddly: in Sao Paulo clocks went from 00:00 to 01:00 on 2003-10-19, and from 00:00 back to 23:00 on 2003-02-16;
// in St John's from 00:01 back to 23:01 on 2003-10-26; Samoa had no 2011-12-30. A book begins with its first day all the same.
func TestDaysThatBeginOddly(t *testing.T) {
	f := func(zone, first, before, begin string) {
		t.Helper()
		text := strings.Replace(oneTariff("blocks: {setup: 100}"), "Asia/Ho_Chi_Minh", zone, 1)
		r := rater(t, text+"valid: {from: "+first+"}\n")
		c := answered(at(t, before), sec)
		if g := r.Rate(&c); g.Status != NoBook {
			t.Errorf("%s: %s: got %v", zone, before, g.Status)
		}
		c = answered(at(t, begin), sec)
		if g := r.Rate(&c); g.Status != Rated {
			t.Errorf("%s: %s: got %v", zone, begin, g.Status)
		}
	}
	f("America/Sao_Paulo", "2003-10-19", "2003-10-18T23:59:59.9-03:00", "2003-10-19T01:00:00-02:00")
	f("America/Sao_Paulo", "2003-02-16", "2003-02-15T23:59:59.9-03:00", "2003-02-16T00:00:00-03:00")
	f("America/St_Johns", "2003-10-26", "2003-10-25T23:59:59.9-03:30", "2003-10-26T00:00:00-03:30")
	f("Pacific/Apia", "2011-12-30", "2011-12-29T23:59:59.9-10:00", "2011-12-31T00:00:00+14:00")
	f("Pacific/Apia", "2011-12-31", "2011-12-29T23:59:59.9-10:00", "2011-12-31T00:00:00+14:00")
	f("Europe/Berlin", "2003-03-30", "2003-03-29T23:59:59.9+01:00", "2003-03-30T00:00:00+01:00")
	f("Europe/Berlin", "2003-10-26", "2003-10-25T23:59:59.9+02:00", "2003-10-26T00:00:00+02:00")
	f("Asia/Kathmandu", "1986-01-01", "1985-12-31T23:59:59.9+05:30", "1986-01-01T00:15:00+05:45")
}

// TestExplain shows what is sent and counted.
func TestExplain(t *testing.T) {
	f := func(text, from string, length time.Duration, want ...string) {
		t.Helper()
		r := rater(t, text)
		c := answered(at(t, from), length)
		c.Suspended = 45 * sec // which is told where the book says it is free
		steps, g := r.Explain([]charge.Step{{What: "before"}}, &c)
		if len(steps) == 0 || steps[0].What != "before" {
			t.Fatalf("%v", steps)
		}
		var got []string
		for _, s := range steps[1:] {
			if s.Each == 0 && !strings.Contains(s.What, "CAI e") && !strings.Contains(s.What, "block that has begun") &&
				s.Rule != "" && s.Rule != "4.2.4" {
				continue // of the meter alone
			}
			got = append(got, fmt.Sprintf("%v [%s] %s: %d * %v = %v", s.At, s.Rule, s.What, s.Count, s.Each, s.Sum))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || g.Status != Rated {
			t.Errorf("%v\ngot\n%s\nwant\n%s", g.Status, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	f(dayAndNight("blocks: {next: 60s, next_price: 1000}", "blocks: {next: 6s, next_price: 50}"), "2003-10-13T22:58:30+07:00", 130*sec,
		"0s [3] CAI e2=60 e3=1 e4=10 e7=60: set-up fee and first block (07:00-23:00): 1 * 0.000 = 0.000",
		"0s [4.1] charging point: e4 of the first CAI: 1 * 10.000 = 10.000",
		"0s [4.3 e] CAI e1=10: next blocks (07:00-23:00): 1 * 0.000 = 10.000",
		"1m30s [4.3 e] CAI e1=0.5 e2=6 e3=1 e7=0: change of tariff (23:00-07:00): 1 * 0.000 = 10.000",
		"2m0s [4.3 d] interval of e2 is over: 1 * 10.000 = 20.000",
		"2m6s [4.3 d] interval of e2 is over: 1 * 0.500 = 20.500",
		"2m10s [4.3 d] the call is over: the block that has begun is charged as a whole: 1 * 0.000 = 20.500",
		"2m12s [4.3 d] interval of e2 is over: 1 * 0.500 = 21.000",
		"2m12s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 21.000")
	f(oneTariff("cai: {e4: 2, e7: 30, e1: 1.5, e2: 10}"), monday, 65*sec,
		"0s [3] CAI e1=1.5 e2=10 e3=1 e4=2 e7=30: 1 * 0.000 = 0.000",
		"0s [4.1] charging point: e4 of the first CAI: 1 * 2.000 = 2.000",
		"30s [4.3 d] interval of e7 is over: 1 * 1.500 = 3.500",
		"1m0s [4.3 d] interval of e2 is over: 3 * 1.500 = 8.000",
		"1m5s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 8.000")
	// The border is the end of an interval: the new elements are there when it is over.
	f(dayAndNight("cai: {e1: 2, e2: 60}", "cai: {e1: 1, e2: 60}"), "2003-10-13T22:59:00+07:00", 120*sec,
		"0s [3] CAI e1=2 e2=60 e3=1 (07:00-23:00): 1 * 0.000 = 0.000",
		"1m0s [4.3 e] CAI e1=1 e2=60 e3=1 e7=0: change of tariff (23:00-07:00): 1 * 0.000 = 0.000",
		"1m0s [4.3 d] interval of e2 is over: 1 * 2.000 = 2.000",
		"2m0s [4.3 d] interval of e2 is over: 1 * 1.000 = 3.000",
		"2m0s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 3.000")
	f(oneTariff("cai: {e1: 1, e2: 60}")+"suspension: free\n", monday, 120*sec,
		"0s [3] CAI e1=1 e2=60 e3=1: 1 * 0.000 = 0.000",
		"1m0s [4.3 d] interval of e2 is over: 1 * 1.000 = 1.000",
		"1m15s [] suspended by the network for 45s, which is free: the end comes so much earlier: 1 * 0.000 = 1.000",
		"1m15s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 1.000")
	roaming := func(direction string) string {
		return strings.Replace(oneTariff("{hours: 00:00-24:00, cai: {e4: 3.8}}"), "- name: T", "- name: T\n    network: TH"+direction, 1) +
			"networks: [{name: VN, home: true}, {name: TH, e3: 3.80}]\n"
	}
	f(roaming(""), monday, sec, "0s [3] CAI e3=3.8 e4=3.8 (00:00-24:00; in units of TH, 5.1): 1 * 0.000 = 0.000",
		"0s [4.1] charging point: e4 of the first CAI: 1 * 14.440 = 14.440", "1s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 14.440")
	f(roaming("\n    direction: incoming"), monday, sec, "0s [3] CAI e3=3.8 e4=1 (00:00-24:00; divided by e3 of TH, 5.2): 1 * 0.000 = 0.000",
		"0s [4.1] charging point: e4 of the first CAI: 1 * 3.800 = 3.800", "1s [4.2.4] price of a unit: 100 VND: 1 * 0.000 = 3.800")
}

// TestRateAllocations: a call costs no memory, by the example and over the border of two bands.
func TestRateAllocations(t *testing.T) {
	r, calls := exampleRater(t), varied(t)
	i := 0
	if a := testing.AllocsPerRun(len(calls), func() {
		r.Rate(&calls[i%len(calls)])
		i++
	}); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
