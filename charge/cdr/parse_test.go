package cdr

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c7mon/yamlfile"
)

// errorsOf gives the errors that a map has, without its name.
func errorsOf(t *testing.T, text string) string {
	t.Helper()
	m, err := ParseMap("f", []byte(text))
	if err == nil {
		return ""
	}
	var list yamlfile.Errors
	if m != nil || !errors.As(err, &list) {
		t.Errorf("%q: a map %v beside the error %v", text, m != nil, err)
	}
	lines := strings.Split(err.Error(), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "f:")
	}
	return strings.Join(lines, "\n")
}

// small is a map without errors, in which called and start are told.
const small = "format: csv\nzone: UTC\ncolumns:\n  called: B\n  start: S\n"

func TestParseErrors(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		if got := errorsOf(t, text); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, strings.Join(want, "\n"))
		}
	}
	f(small)
	f("", "1: map: format: is missing: add format: VALUE")
	f("5", `1: map: "5" where keys are needed: one of format, encoding, delimiter, quote, header, skip, comment, zone, layout, `+
		"currency, numbers, empty, columns, only, except, each with a colon")
	f("format: xml", `1: map: format: "xml": one of csv, fixed, jsonl is needed`)
	f("format: csv", "1: map: columns: is missing: add columns: with called, start and others")
	f("format: csv\ncolumns:\n  cic: C",
		"3: columns: called: is missing: a record without a called number fits no call",
		"3: columns: start: is missing: one of start, answer, end is needed")
	f("format: csv\ncolumns:\n  called: B\n  start: S",
		"1: map: zone: is missing: add zone: NAME of the zone in which the switch writes its times, such as Asia/Ho_Chi_Minh")
	f("format: csv\ncolumns:\n  called: B\n  start: {column: S, layout: epoch}")
	f("format: jsonl\ndelimiter: ;\nencoding: latin-1\nzone: Mars\ncolumns: {called: a..b, start: s}",
		"2: map: delimiter: only csv has it: take it away", "3: map: encoding: JSON is utf-8: take it away",
		`4: map: zone: there is no zone "Mars": write a name such as Asia/Ho_Chi_Minh, or an offset such as +07:00`,
		`5: called: "a..b": a key, or keys with a point between them are needed, such as call.from`)
	f("format: fixed\nzone: +07:00\ncolumns:\n  called: 5-3\n  start: 1-8\n  cic: 0-4\n  tariff: name",
		`4: called: "5-3": first and last position are needed, from 1, such as 1-16`,
		`6: cic: "0-4": first and last position are needed, from 1, such as 1-16`,
		`7: tariff: "name": first and last position are needed, from 1, such as 1-16`)
	f("header: no\n"+small, `5: called: "B": the number of a column is needed, from 1, for there is no header`,
		`6: start: "S": the number of a column is needed, from 1, for there is no header`)
	f("header: 7\ndelimiter: ab\nquote: 1\nskip: -1\nencoding: ebcdic\n"+small, `1: map: header: "7": yes or no is needed`,
		`2: map: delimiter: "ab": one character is needed, no digit`, `3: map: quote: "1": one character is needed, no digit`,
		`4: map: skip: "-1": a whole number from 0 to 1000 is needed`, `5: map: encoding: "ebcdic": utf-8 or latin-1 is needed`,
		`9: called: "B": the number of a column is needed, from 1, for there is no header`,
		`10: start: "S": the number of a column is needed, from 1, for there is no header`)
	f("delimiter: \"'\"\nquote: \"'\"\n"+small, `2: map: quote: '\'' is the delimiter too: they have to differ`)
	f("currency: {code: dong}\n"+small, `1: currency: code: "dong": three capital letters of ISO 4217 are needed, such as VND`,
		"1: currency: decimals: is missing: add decimals: 0 for VND, 2 for USD")
	f("numbers: {form: odd}\n"+small+"  calling: {column: A, form: even, nature: {column: N, values: [1=x, y]}}",
		`1: numbers: form: "odd": one of as_dialled, international, national, subscriber is needed`,
		`7: calling: form: "even": one of as_dialled, international, national, subscriber is needed`,
		`7: calling: nature: "x": one of subscriber, unknown, national, international is needed`,
		`7: nature: values: "y": write it as FILE = OURS, the value in the file and what it is here`)
	f(small+"  duration: {column: D, unit: weeks, from: end}", `6: duration: unit: "weeks": one of seconds, tenths, milliseconds, minutes, h:m:s, hms is needed`,
		`6: duration: from: "end": answer or start is needed`)
	f("format: csv\nzone: UTC\ncolumns: {called: B, end: E, duration: {column: D, from: start}}", "3: duration: from: there is no start: add one under columns")
	f(small+"  answered: {column: R, \"yes\": [1, 2], \"no\": [2]}", `6: answered: no: "2" is under yes too: take one away`)
	f(small+"  tariff: {column: T, columns: [U], names: [a = b, a = c]}", "6: tariff: columns: beside column: take one of them away",
		`6: tariff: names: "a" stands twice: take one away`)
	f(small+"  tariff: {names: [a = b]}\n  cic: {columns: [I, O]}\n  answer: {columns: [a, b, c]}", "6: tariff: column: is missing: add column: NAME",
		"7: columns: cic: two columns are for a trunk_group of two: take one away", "8: answer: columns: 3 columns: at most 2 can be read")
	f(small+"  money: {column: M, decimal: \",\", group: \",\", implied_decimals: 2}", "6: money: group: ',' separates the decimals: they have to differ")
	f(small+"  money: {column: M, strip: \"$.\"}", "6: money: strip: \"$.\": digits, signs and the mark of the decimals cannot be left out")
	f(small+"  money: {column: M, strip: \"-\"}", "6: money: strip: \"-\": digits, signs and the mark of the decimals cannot be left out")
	f(small+"  money: {column: M, decimal: \",\", implied_decimals: 2}", "6: money: decimal: beside implied_decimals: take one of them away")
	f(small+"only:\n  - {column: T}\n  - {values: [a]}\n  - x", "7: only: values: is missing: add values: [MOC, ...]",
		"8: only: column: is missing: add column: VALUE", `9: only: "x" where keys are needed: one of column, values, each with a colon`)
	f("encoding: latin-1\nempty: [ư]\n"+small, `2: "ư": 'ư' is not in latin-1`)
	f("layout: [\"%Q\", \"%H:%M\"]\n"+small, `1: map: layout: "%Q": there is no %Q: one of %Y %y %m %b %d %e %j %H %I %p %M %S %f %z`,
		`1: map: layout: "%H:%M": the year is needed once, %Y or %y`)
	f("format: csv\ncolumns: 3\ncolumns: 4", "2: columns: \"3\" where keys are needed: one of calling, called, start, answer, end, duration, "+
		"answered, charged, trunk_group, cic, money, currency, tariff, each with a colon", "3: map: columns stands twice: take one away")
}

// TestExample holds that the example is a map as it stands, and so is every alternative in its comments.
func TestExample(t *testing.T) {
	lines := strings.Split(Example(), "\n")
	if _, err := ParseMap("example.yaml", []byte(Example())); err != nil {
		t.Fatal(err)
	}
	tried := 0
	for i, line := range lines {
		_, text, ok := strings.Cut(line, "# ")
		key, _, isKey := strings.Cut(strings.TrimSpace(text), ":")
		if !ok || !isKey || strings.TrimSpace(line)[0] != '#' || strings.Contains(key, " ") || key == "or" {
			continue
		}
		indent := line[:strings.Index(line, "#")]
		changed := make([]string, 0, len(lines))
		for j, other := range lines {
			switch {
			case j == i:
				changed = append(changed, indent+text)
			case strings.HasPrefix(other, indent+key+":"): // what it stands for
			case key == "cic" && strings.HasPrefix(other, indent+"trunk_group:"): // two circuits need two groups
				changed = append(changed, indent+"trunk_group: {columns: [OUT, IN]}")
			default:
				changed = append(changed, other)
			}
		}
		if at := slices.Index(changed, text); at >= 0 && strings.HasSuffix(text, ":") { // its entries stand below
			changed[at+1] = strings.TrimPrefix(changed[at+1], "# ")
		}
		tried++
		if _, err := ParseMap("example.yaml", []byte(strings.Join(changed, "\n"))); err != nil {
			t.Errorf("%s\n%v", line, err)
		}
	}
	if tried < 15 {
		t.Errorf("only %d alternatives were tried", tried)
	}
}

func TestLoadMap(t *testing.T) {
	name := filepath.Join(t.TempDir(), "map.yaml")
	if _, err := LoadMap(name); err == nil || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a file that is not there: %v", err)
	}
	if err := os.WriteFile(name, []byte(Example()), 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := LoadMap(name)
	if err != nil || m.Currency.Code != "VND" {
		t.Errorf("%+v, %v", m, err)
	}
}
