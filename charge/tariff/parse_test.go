package tariff

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"c7mon/yamlfile"
)

// errorsOf gives the errors that a book has, without its name.
func errorsOf(t *testing.T, text string) string {
	t.Helper()
	b, err := Parse("f", []byte(text))
	if err == nil {
		t.Errorf("%q: no error", text)
		return ""
	}
	var list yamlfile.Errors
	if b != nil || !errors.As(err, &list) {
		t.Errorf("%q: a book %v beside the error %v", text, b != nil, err)
	}
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "f:")
	}
	return strings.Join(lines, "\n")
}

func TestParseErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		if got := errorsOf(t, text); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, strings.Join(want, "\n"))
		}
	}
	const keys = "name, valid, zone, currency, unit_price, suspension, holidays, networks, tariffs, destinations"
	// good is five lines of a book without tariffs and destinations, and rest is those of a book without its head.
	const good = "name: n\nzone: Asia/Ho_Chi_Minh\ncurrency: {code: VND, decimals: 0}\nunit_price: 100\n"
	const rest = "tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations: [{tariff: T}]\n"
	f("", "1: book: name: is missing: add name: VALUE", "1: book: zone: is missing: add zone: VALUE",
		"1: book: currency: is missing: add currency: {code: VND, decimals: 0}",
		"1: book: unit_price: is missing: add unit_price: VALUE",
		"1: book: tariffs: is missing: list at least one, each with a hyphen",
		"1: book: destinations: is missing: list at least one, each with a hyphen")
	f("- a", "1: book: a list where keys are needed: one of "+keys+", each with a colon")
	f(good+rest+"colour: red", `7: book: unknown key "colour": one of `+keys)
	f(good+rest+"name: m", "7: book: name stands twice: take one away")
	f(good+rest+"suspension: maybe", `7: book: suspension: "maybe": charged or free is needed`)
	f(good+rest+"valid: {from: 2003-13-01}", `7: valid: from: "2003-13-01": a day from 1970 to 2099 is needed, such as 2003-10-12`)
	f(good+rest+"valid: {from: 1969-12-31}", `7: valid: from: "1969-12-31": a day from 1970 to 2099 is needed, such as 2003-10-12`)
	f(good+rest+"valid:\n  from: 2003-02-01\n  to: 2003-01-31",
		"9: valid: to: 2003-01-31 is before from: both days are in the time, the later one stands here")
	f(good+rest+"holidays: [2003-01-01, yesterday]\n",
		`7: book: holidays: "yesterday": a day from 1970 to 2099 is needed, such as 2003-10-12`)
	f(good+rest+"holidays:\n  - 2003-01-01\n  - 2003-01-01\n", "9: book: holidays: 2003-01-01 stands twice: take one away")
	f("name: n\nzone: Mars\ncurrency: {code: VND, decimals: 0}\nunit_price: 100\n"+rest,
		`2: book: zone: there is no zone "Mars": write a name such as Asia/Ho_Chi_Minh`)
	f("name: n\nzone: Local\ncurrency: {code: VND, decimals: 0}\nunit_price: 100\n"+rest,
		`2: book: zone: there is no zone "Local": write a name such as Asia/Ho_Chi_Minh`)
	f("name: n\nzone: UTC\ncurrency: {code: dong, decimals: 5}\nunit_price: 100\n"+rest,
		`3: currency: code: "dong": three capital letters of ISO 4217 are needed, such as VND`,
		`3: currency: decimals: "5": 0 to 4 is needed: how many an amount has, 0 for VND and 2 for USD`)
	f("name: n\nzone: UTC\ncurrency: {code: VND, decimals: 0}\nunit_price: 0\n"+rest,
		"4: book: unit_price: 0: a price above 0 is needed")
	f("name: n\nzone: UTC\ncurrency: {code: VND, decimals: 0}\nunit_price: -3\n"+rest,
		`4: book: unit_price: "-3": no decimal number: a price is needed, such as 100 or 0.05`)
	f("name: \"a\\tb\"\nzone: UTC\ncurrency: {code: VND, decimals: 0}\nunit_price: 1\n"+rest,
		`1: book: name: "a\tb": no control characters: it stands in records and tables`)
	f(good+rest+"networks: [{name: A, home: true}, {name: A, e3: 1}]", `7: network: name: "A" stands twice: give each network its own`)
	f(good+rest+"networks: [{name: A, home: true}, {name: B, home: true}]", "7: network: home: A is the home network already: a book has one")
	f(good+rest+"networks: [{name: A, home: true, e3: 1, unit_price: 1}]",
		"7: network: e3: the factor of the home network is 1 (5.1): take it away",
		"7: network: unit_price: that of the home network is the book's own: take it away")
	f(good+rest+"networks: [{name: A, home: yes}]", `7: network: home: "yes": true or false is needed`,
		"7: network: e3: is missing: add e3: VALUE")
	f(good+rest+"networks: [{name: A, e3: 82}]", `7: network: e3 of "82": out of range 0 to 81.91: table 1 of TS 22.024`)
	f(good+rest+"networks: [{name: A, e3: 1.001}]", `7: network: e3 of "1.001": finer than 0.01: table 1 of TS 22.024`)
	f(good+rest+"networks: [{name: A, e3: 0}]", "7: network: e3: 0: a factor above 0 is needed: home units for a unit of this network")
	f(good+"tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations: []", "6: book: destinations: is missing: list at least one, each with a hyphen")
	f(good+"tariffs: {}\ndestinations: [{tariff: T}]", "5: book: tariffs: a mapping where a list is needed: start each entry with a hyphen",
		`6: destination: tariff: there is no tariff "T": add it under tariffs`)
}

// TestTariffErrors starts each book with a head of four lines and ends it with one destination; the tariffs begin on line 5.
func TestTariffErrors(t *testing.T) {
	f := func(tariffs string, want ...string) {
		t.Helper()
		text := head + tariffs + "\ndestinations: [{tariff: T}]\n"
		if got := errorsOf(t, text); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, strings.Join(want, "\n"))
		}
	}
	f("tariffs:\n  - {name: T, network: X, direction: up, bands: [{cai: {}}]}",
		`6: tariff T: network: there is no network "X": add it under networks`,
		`6: tariff T: direction: "up": outgoing or incoming is needed`)
	f("tariffs:\n  - {name: T, bands: [{cai: {}}]}\n  - {name: T, bands: [{cai: {}}]}", `7: tariff T: name: "T" stands twice: give each tariff its own`)
	f("tariffs: [{name: T}]", "5: tariff T: bands: is missing: add one with cai or blocks; without days and hours it is always in force")
	band := func(text string, want ...string) {
		t.Helper()
		for i := range want {
			want[i] = "6: tariff T: band" + want[i]
		}
		f("tariffs:\n  - {name: T, bands: ["+text+"]}", want...)
	}
	band("{days: monday, cai: {}}", `: days: "monday": one of weekday, weekend, holiday is needed`)
	band("{days: [weekday, weekday], cai: {}}", ": days: weekday stands twice: take one away")
	band("{hours: 7-23, cai: {}}", `: hours: "7-23": two times of day are needed, such as 07:00-23:00, each in quotes in a list of several`)
	band("{hours: 07:00-24:01, cai: {}}", `: hours: "07:00-24:01": two times of day are needed, such as 07:00-23:00, each in quotes in a list of several`)
	band("{hours: 24:00-07:00, cai: {}}", `: hours: "24:00-07:00": two times of day are needed, such as 07:00-23:00, each in quotes in a list of several`)
	band("{hours: 07:60-08:00, cai: {}}", `: hours: "07:60-08:00": two times of day are needed, such as 07:00-23:00, each in quotes in a list of several`)
	band("{hours: 07:00-07:00, cai: {}}", ": hours: 07:00-07:00 has no length: the whole day is 00:00-24:00")
	band("{hours: [07:00-12:00, 13:00-23:00], cai: {}}", `: hours: in a list each time needs quotes: ["07:00-12:00", "13:00-23:00"]`)
	band("{days: {weekday: true}, cai: {}}", ": days: a mapping where one value or a list of values is needed")
	band("{}", ": cai or blocks is missing: add one; {} is a free band")
	band("{cai: {}, blocks: {}}", ": blocks: beside cai: write a band in one of the two ways")
	band("{days: weekday, cai: {}}, {days: weekend, blocks: {}}", ": cai and blocks in one tariff: write all of its bands in one of the two ways")
	band("{cai: {e1: 819.2}}", `: cai: e1 of "819.2": out of range 0 to 819.1: table 1 of TS 22.024`)
	band("{cai: {e2: 0.25}}", `: cai: e2 of "0.25": finer than 0.1: table 1 of TS 22.024`)
	band("{cai: {e6: 1.5}}", `: cai: e6 of "1.5": finer than 1: table 1 of TS 22.024`)
	band("{cai: {e4: x, e7: -1}}", `: cai: e4 of "x": no number: table 1 of TS 22.024`, `: cai: e7 of "-1": out of range 0 to 819.1: table 1 of TS 22.024`)
	band("{cai: {e3: 1}}", `: cai: unknown key "e3": one of e1, e2, e4, e5, e6, e7`)
	band("{blocks: {first: 60s, first_price: 100}}", ": blocks: next: is missing: add next and next_price: a call that is longer than the first block needs them")
	band("{blocks: {next: 60s}}", ": blocks: next_price: is missing: add it beside next")
	band("{blocks: {next_price: 100}}", ": blocks: next: is missing: add it beside next_price, such as 60s")
	band("{blocks: {next: 60, next_price: 100}}", `: blocks: next: "60": a length of time above 0 is needed, such as 6s, 60s or 0.5s`)
	band("{blocks: {next: 0s, next_price: 100}}", `: blocks: next: "0s": a length of time above 0 is needed, such as 6s, 60s or 0.5s`)
	band("{blocks: {next: 50ms, next_price: 100}}", ": blocks: next: 50ms is finer than a tenth of a second (e2, table 1 of TS 22.024): round it")
	band("{blocks: {first: 820s, first_price: 1, next: 1s, next_price: 1}}", `: blocks: first: e7 of "820": out of range 0 to 819.1: table 1 of TS 22.024`)
	band("{blocks: {setup: 1e3}}", `: blocks: setup: "1e3": no decimal number: a price is needed, such as 1200 or 0.15`)
	band("{blocks: []}", ": blocks: a list where keys are needed: one of setup, first, first_price, next, next_price, each with a colon")
}

// TestPriceErrors: what a price must be is a whole number of tenths of the unit_price of 100, and at most 819.1 times it.
func TestPriceErrors(t *testing.T) {
	f := func(blocks, want string) {
		t.Helper()
		if got := errorsOf(t, oneTariff("blocks: "+blocks)); got != "8: tariff T: band: blocks: "+want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", blocks, got, want)
		}
	}
	// 25 and 40 have the divisor 5, which as a tenth makes a unit of 50.
	f("{first: 6s, first_price: 40, next: 1s, next_price: 25}", "next_price: 25 is no whole number of tenths of unit_price 100, "+
		"as e1 has to be (table 1 of TS 22.024): unit_price: 50 does for all prices that are written in blocks")
	// 12.5 divides itself, as a tenth of 125.
	f("{setup: 12.5, next: 1s, next_price: 0}", "setup and first_price: 12.5 is no whole number of tenths of unit_price 100, "+
		"as e4 has to be (table 1 of TS 22.024): unit_price: 125 does for all prices that are written in blocks")
	f("{setup: 90000}", "setup and first_price: 90000 is more than 819.1 times unit_price 100, as e4 has to be (table 1 of "+
		"TS 22.024): unit_price: 900000 does for all prices that are written in blocks")
	// 90001 would have to be a multiple of 1, and 90001 of them are more than 8191.
	f("{setup: 90000, next: 1s, next_price: 1}", "setup and first_price: 90001 is no whole number of tenths of unit_price 100, as e4 "+
		"has to be (table 1 of TS 22.024): no unit_price does for all prices of the book, round them to a common multiple\n"+
		"8: tariff T: band: blocks: next_price: 1 is no whole number of tenths of unit_price 100, as e1 has to be (table 1 of "+
		"TS 22.024): no unit_price does for all prices of the book, round them to a common multiple")
	f("{setup: 9223372036854775807}", "setup and first_price: 9223372036854775807 is no whole number of tenths of unit_price 100, "+
		"as e4 has to be (table 1 of TS 22.024): no unit_price does for all prices of the book, round them to a common multiple")
}

// TestAdvice holds that the unit_price that an error names does.
func TestAdvice(t *testing.T) {
	f := func(unit, blocks string) {
		t.Helper()
		text := strings.Replace(oneTariff("blocks: "+blocks), "unit_price: 100", "unit_price: "+unit, 1)
		got := errorsOf(t, text)
		_, advice, _ := strings.Cut(got, "TS 22.024): unit_price: ")
		advice, _, _ = strings.Cut(advice, " ")
		book(t, strings.Replace(text, "unit_price: "+unit, "unit_price: "+advice, 1))
	}
	f("100", "{first: 6s, first_price: 40, next: 1s, next_price: 25}")
	f("0.05", "{setup: 0.333, first: 6s, first_price: 12, next: 1s, next_price: 0.6}")
	f("7", "{setup: 1.5, next: 1s, next_price: 2.25}")
}

func TestRoamingErrors(t *testing.T) {
	f := func(networks, tariff, want string) {
		t.Helper()
		text := head + "networks: " + networks + "\ntariffs:\n  - " + tariff + "\ndestinations: [{tariff: T}]\n"
		if got := errorsOf(t, text); got != "7: tariff T: band: "+want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, want)
		}
	}
	// 5.2: 100 / 0.1 = 1000, which is more than 819.1.
	f("[{name: V, e3: 0.1}]", "{name: T, network: V, direction: incoming, bands: [{cai: {e1: 100, e2: 10}}]}",
		`cai: divided by e3 of network V: e1 of "1000": out of range 0 to 819.1: table 1 and 5.2 of TS 22.024`)
	f("[{name: V, e3: 2}]", "{name: T, network: V, bands: [{blocks: {setup: 5}}]}",
		"blocks: network V has no unit_price: add it to the network, or write the tariff in cai")
	f("[{name: V, e3: 2, unit_price: 0.3}]", "{name: T, network: V, bands: [{blocks: {setup: 0.5}}]}",
		"blocks: setup and first_price: 0.5 is no whole number of tenths of unit_price 0.3, as e4 has to be (table 1 of TS 22.024): "+
			"unit_price: 5 does for all prices that are written in blocks")
}

func TestDestinationErrors(t *testing.T) {
	f := func(destination string, want ...string) {
		t.Helper()
		text := head + "tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations:\n  - " + destination + "\n"
		for i := range want {
			want[i] = "7: destination" + want[i]
		}
		if got := errorsOf(t, text); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, strings.Join(want, "\n"))
		}
	}
	f("{prefix: +84}", ": tariff: is missing: add tariff: VALUE")
	f("{name: Far, prefix: +84, tariff: U}", ` Far: tariff: there is no tariff "U": add it under tariffs`)
	f("{prefix: 84x, tariff: T}", `: prefix: "84x": at most 20 digits, 0-9 and A-E, are needed, behind a + for international ones`)
	f("{prefix: 8+4, tariff: T}", `: prefix: "8+4": at most 20 digits, 0-9 and A-E, are needed, behind a + for international ones`)
	f("{prefix: ++4, tariff: T}", `: prefix: "++4": at most 20 digits, 0-9 and A-E, are needed, behind a + for international ones`)
	f("{prefix: [+1, +1], tariff: T}", `: prefix: "+1" stands twice: take one away`)
	f("{prefix: [], tariff: T}", ": prefix: an empty list: take the key away for every number")
	f("{prefix: [[1]], tariff: T}", ": prefix: a list where a prefix is needed, such as +8491 or 116")
	f("{prefix: {a: 1}, tariff: T}", ": prefix: a mapping where a list is needed: start each entry with a hyphen")
	f("{service: [A, A], tariff: T}", ": service: A stands twice: take one away")
	f("{operator: {a: 1}, tariff: T}", ": operator: a mapping where one value or a list of values is needed")
	f("{called: 1, tariff: T}", `: unknown key "called": one of name, prefix, service, trunk_group, operator, tariff`)
}

// TestNoValue: a key without a value is an error, for what it would stand for is nothing that somebody wrote.
func TestNoValue(t *testing.T) {
	const good = "name: n\nvalid: {from: 2003-01-01, to: 2003-12-31}\nzone: UTC\ncurrency: {code: VND, decimals: 0}\nunit_price: 100\n" +
		"suspension: free\nnetworks:\n  - {name: A, home: true}\n  - {name: B, e3: 2, unit_price: 25}\ntariffs:\n" +
		"  - {name: T, network: B, direction: outgoing, bands: [{days: weekday, hours: 07:00-23:00, cai: {e1: 1, e2: 6}}]}\n" +
		"  - {name: U, bands: [{blocks: {setup: 1000, first: 6s, first_price: 100, next: 1s, next_price: 10}}]}\ndestinations:\n" +
		"  - {name: D, prefix: +84, service: S, trunk_group: G, operator: O, tariff: T}\n"
	book(t, good)
	for _, pair := range strings.Fields("name:n from:2003-01-01 to:2003-12-31 zone:UTC code:VND decimals:0 unit_price:100 suspension:free " +
		"name:A home:true name:B e3:2 unit_price:25 name:T network:B direction:outgoing days:weekday hours:07:00-23:00 e1:1 e2:6 setup:1000 " +
		"first:6s first_price:100 next:1s next_price:10 name:D prefix:+84 service:S trunk_group:G operator:O tariff:T") {
		key, value, _ := strings.Cut(pair, ":")
		for _, none := range []string{"", "''", "[]", "~"} {
			if pair == "prefix:+84" && none == "''" || (pair == "name:D" || pair == "unit_price:25") && (none == "" || none == "~") {
				continue // the beginning of every number; what may be unknown
			}
			text := strings.Replace(good, key+": "+value, key+": "+none, 1)
			line := 1 + strings.Count(good[:strings.Index(good, key+": "+value)], "\n")
			_, err := Parse("f", []byte(text))
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("f:%d: ", line)) || !strings.Contains(err.Error(), ": "+key+": ") {
				t.Errorf("%s: %q: got %v", pair, none, err)
			}
		}
	}
	for _, pair := range []string{"{from: 2003-01-01, to: 2003-12-31}", "[{days: weekday, hours: 07:00-23:00, cai: {e1: 1, e2: 6}}]"} {
		for _, none := range []string{"", "''", "[]", "~"} {
			if _, err := Parse("f", []byte(strings.Replace(good, pair, none, 1))); err == nil {
				t.Errorf("%s: %q: no error", pair, none)
			}
		}
	}
}

// TestNotYAML: of a text that cannot be read only that is told, not what would be missing in it.
func TestNotYAML(t *testing.T) {
	got := errorsOf(t, head+"tariffs:\n  - name: T\n    bands: [{cai: {}]\ndestinations: [{tariff: T}]\n")
	if !strings.Contains(got, "not YAML") || strings.Contains(got, "\n") || strings.Contains(got, "missing") {
		t.Error(got)
	}
}

// TestParseAllErrors holds that everything wrong is told at once, in the order of the lines.
func TestParseAllErrors(t *testing.T) {
	got := errorsOf(t, "destinations:\n  - {tariff: U}\ntariffs:\n  - name: T\n    bands:\n    - cai: {e1: 900}\n    - hours: 25\n      cai: {}\n"+
		"zone: UTC\ncurrency: {code: VND, decimals: 0}\nunit_price: nothing\n")
	var lines []string
	for _, l := range strings.Split(got, "\n") {
		n, _, _ := strings.Cut(l, ":")
		lines = append(lines, n)
	}
	if want := "1 2 6 7 11"; strings.Join(lines, " ") != want {
		t.Errorf("errors of the lines %s, want %s:\n%s", strings.Join(lines, " "), want, got)
	}
}

func TestLoad(t *testing.T) {
	_, err := Load(t.TempDir() + "/none.yaml")
	if err == nil || !strings.HasPrefix(err.Error(), "book of tariffs: open ") || !strings.HasSuffix(err.Error(), ": name a file that can be read") {
		t.Error(err)
	}
	b, err := Load("example.yaml")
	if err != nil || b.File != "example.yaml" {
		t.Error(b, err)
	}
}

// TestEveryPrefix: a book that is cut off anywhere is a book or has errors, each with a line and a text.
func TestEveryPrefix(t *testing.T) {
	text := dayAndNight("blocks: {setup: 300, next: 60s, next_price: 1000}", "cai: {e1: 1}") + "holidays: [2003-09-02]\nnetworks: [{name: V, e3: 2}]\n"
	for i := range text {
		b, err := Parse("f", []byte(text[:i]))
		var list yamlfile.Errors
		switch {
		case err == nil && b != nil:
		case b != nil || !errors.As(err, &list) || len(list) == 0:
			t.Errorf("%d octets: %v, %v", i, b, err)
		}
		for _, e := range list {
			if e.Line < 1 || e.Text == "" {
				t.Errorf("%d octets: %#v", i, e)
			}
		}
	}
}
