package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// errorsOf gives the errors that a file has, without its name.
func errorsOf(t *testing.T, text string) string {
	t.Helper()
	c, err := Parse("f", []byte(text), testPointCodes)
	if err == nil {
		t.Errorf("%q: no error", text)
		return ""
	}
	var list Errors
	if c != nil || !errors.As(err, &list) {
		t.Errorf("%q: a configuration %v beside the error %v", text, c != nil, err)
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
	const keys = "time_zone, max_call, numbering, networks, points, link_sets, trunk_groups, services, sources, charge"
	f("\ncolour: red", `2: configuration: unknown key "colour": one of `+keys)
	f("max_call: 3h\nmax_call: 4h", "2: configuration: max_call stands twice: take one away")
	f("max_call: 5", `1: configuration: max_call: "5": a time of at least 1m is needed, such as 24h or 90m`)
	f("max_call: -3h", `1: configuration: max_call: "-3h": a time of at least 1m is needed, such as 24h or 90m`)
	f("max_call:\n  - 1", "2: configuration: max_call: a list where one value is needed")
	f("time_zone: Mars", `1: configuration: time_zone: there is no zone "Mars": write a name such as Asia/Ho_Chi_Minh`)
	f("time_zone: Local", `1: configuration: time_zone: there is no zone "Local": write a name such as Asia/Ho_Chi_Minh`)
	f("numbering: {trunk_prefix: x}", `1: numbering: trunk_prefix: "X": digits are needed, 0-9 and A-E, or "" for none`)
	f("5", `1: configuration: "5" where keys are needed: one of `+keys+", each with a colon")
	f("a: [", "1: not YAML: sequence end token ']' not found; look at the indentation and the quotes of this line")
	f("max_call: 3h\n---\nmax_call: 4h", "3: a second document: a file has one, take the --- away")
	f("max_call: &x 3h", "1: configuration: max_call: an anchor, alias or tag where one value is needed")
	f("<<: {a: 1}", `1: configuration: unknown key "<<": one of `+keys)
	f("networks: {}", "1: configuration: networks: a mapping where a list is needed: start each entry with a hyphen")
	f("networks: [{key: nat, variant: uk}]", `1: network: variant "uk": one of itu, ansi, china, japan is needed`)
	f("networks: [{variant: itu}, {variant: itu}]", "1: network: key: is missing: add key: VALUE",
		"1: network: key: is missing: add key: VALUE")
	f("networks: [{key: a b, variant: itu}]", `1: network: key: "a b": no spaces, commas or quotes: it stands in records and tables`)
	f("networks: [{key: a, variant: itu, ni: 4}]", `1: network: ni: "4": 0 (international), 1, 2 (national) or 3 is needed`)
	f("networks: [{key: a, variant: itu, point_codes: 9-9}]", `1: network: point code form "9-9": one of decimal, 3-8-3 is needed`)
	f("networks: [{key: a, variant: itu}, {key: a, variant: itu}]", `1: network: key: "a" stands twice: give each network its own`)
	f("points: [{pc: 1}]", "1: point: network: there are no networks: add networks: with key and variant")
	f("charge: x", `1: charge: "x" where keys are needed: one of books, map, each with a colon`)
	f("charge: {book: x}", `1: charge: unknown key "book": one of books, map`)
	f("charge:\n  books: [{a: b}]", "2: charge: books: a mapping where one value or a list of values is needed")
	f("charge:\n  books:\n    - x/../b.yaml\n    - b.yaml", `4: charge: books: "b.yaml" stands twice: take one away`)
	f("charge: {map: [a, b]}", "1: charge: map: a list where one value is needed")
	f("services: [null]", "1: service rule: nothing where keys are needed: one of service, called, nature, digits, network, "+
		"trunk_group, from, to, each with a colon")
	f("services: [{called: 1}]", "1: service rule: service: is missing: add service: VALUE")
	f("services: [{service: A, called: [12x]}]", `1: service rule: called: "12x": a prefix of digits is needed, 0-9 and A-E`)
	f("services: [{service: A, called: ''}]", `1: service rule: called: "" where one value or a list of values is needed`)
	f("services: [{service: A, nature: 128}]", `1: service rule: nature: "128": one of subscriber, unknown, national, `+
		`international, network_specific or a code from 0 to 127 is needed`)
	f("services: [{service: A, digits: 4-3}]", `1: service rule: digits: "4-3": how many digits, such as 7 or 3-4, is needed`)
	f("services: [{service: A, network: b}]", `1: service rule: network: there is no network "b": add it under networks`)
	f("services: [{service: A, trunk_group: b}]", `1: service rule: trunk_group: there is no trunk group "b": add it under trunk_groups`)
	f("services: [{service: A, to: b}]", `1: service rule: to: there is no point named "b": add it under points`)
}

// TestParseErrorsAfterNetworks starts each file with two networks on line 1.
func TestParseErrorsAfterNetworks(t *testing.T) {
	f := func(text string, want ...string) {
		t.Helper()
		text = "networks: [{key: a, variant: itu}, {key: b, variant: itu}]\n" + text
		if got := errorsOf(t, text); got != strings.Join(want, "\n") {
			t.Errorf("%s\ngot\n%s\nwant\n%s", text, got, strings.Join(want, "\n"))
		}
	}
	f("points: [{pc: 1, network: c}]", `2: point: network: there is no network "c": one of a, b`)
	f("points: [{pc: 1}]", "2: point: network: is missing: one of a, b")
	f("points:\n  - pc: 1-256-1\n    network: a", `3: point: pc: point code "1-256-1": part 2 is wrong`)
	f("points: [{pc: 9, network: a}, {pc: 0-1-1, network: a}]", "2: point: pc: 0-1-1 of network a stands twice: take one away")
	f("points: [{pc: 9, network: a, name: X}, {pc: 9, network: b, name: X}]",
		`2: point: name: "X" stands twice: give each point its own`)
	f("link_sets:\n  - {name: l, links: [x, x]}", `3: link set: links: "x" is in link set l already: take one away`)
	f("link_sets: [{name: l}]", `2: link set: links: is missing: name the lines as c7mon decode shows them, links: ["0"]`)
	f("link_sets: [{name: l, links: x}, {name: l, links: y}]", `2: link set: name: "l" stands twice: give each link set its own`)
	f("link_sets: [{name: l, links: x, variant: ansi, network: a}]",
		"2: link set: variant: ansi, but network a is itu: take variant away or name another network")
	f("link_sets: [{name: l, links: x, network: a, points: [1, 2, 3]}]",
		"2: link set: points: 3 of them: two are needed, points: [A, B]")
	f("link_sets: [{name: l, links: x, network: a, points: [1, 1]}]",
		"2: link set: points: both ends are the same point: two are needed")
	f("trunk_groups: [{key: t, network: a}]", "2: trunk group: points: is missing: name the two ends, points: [A, B]",
		"2: trunk group: cic: is missing: give the circuits, cic: [1-15, 17-31]")
	f("trunk_groups: [{key: t, network: a, points: [1, Nobody], cic: 1}]", `2: trunk group: points: there is no point named `+
		`"Nobody" in network a: add it under points or write its code`)
	f("trunk_groups: [{key: t, network: a, points: [1, 2], cic: 9-8}]",
		`2: trunk group: cic: "9-8": a circuit or a range is needed, such as 7 or 1-31`)
	f("trunk_groups: [{key: t, network: a, points: [1, 2], cic: 1, direction: up}]",
		`2: trunk group: direction: "up": one of both, forth (seized by the first point alone), back is needed`)
	f("trunk_groups:\n  - {key: t, network: a, points: [1, 2], cic: 1-31}\n  - {key: u, network: a, points: [2, 1], cic: 31-60}",
		"4: trunk group: cic: 31-60: circuit 31 is in trunk group t already: a circuit has one group")
}

// TestParseAllErrors holds that everything wrong is told at once, in the order of the lines.
func TestParseAllErrors(t *testing.T) {
	got := errorsOf(t, "services:\n  - {service: A, nature: x}\nnetworks:\n  - {key: a, variant: b}\ncolour: 1\nmax_call: 1")
	var lines []string
	for _, l := range strings.Split(got, "\n") {
		n, _, _ := strings.Cut(l, ":")
		lines = append(lines, n)
	}
	if want := "2 4 5 6"; strings.Join(lines, " ") != want {
		t.Errorf("errors of the lines %s, want %s:\n%s", lines, want, got)
	}
}

// TestParseLax holds what is no error.
func TestParseLax(t *testing.T) {
	for _, text := range []string{"", "---\n", "# nothing\n", "%YAML 1.2\n---\nmax_call: 3h\n", "services:\nnetworks:\n", "{}"} {
		c, err := Parse("f", []byte(text), testPointCodes)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got := c.Service(&Attempt{NOA: natureInternational}); got != "IDD" {
			t.Errorf("%q: %s: the built-in rules are gone", text, got)
		}
	}
	adjacent := parse(t, "networks: [{key: a, variant: itu, ni: [0, 2]}]\ntrunk_groups:\n"+
		"  - {key: t, points: [1, 2], cic: 1-31, ni: 0}\n  - {key: u, points: [2, 1], cic: 1-31, ni: 2}\n")
	if got := adjacent.TrunkGroup("a", 2, 1, 2, 7); got != "u" {
		t.Errorf("circuits of another indicator: %q", got)
	}
	off := parse(t, `numbering: {trunk_prefix: "", international_prefix: ""}`)
	if got := off.Service(&Attempt{Called: []byte("0901"), NOA: natureNational}); got != "NATIONAL" {
		t.Errorf("without a trunk prefix: %s", got)
	}
}

func TestLoad(t *testing.T) {
	name := filepath.Join(t.TempDir(), "c7mon.yaml")
	_, err := Load(name, testPointCodes)
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := os.WriteFile(name, []byte("max_call: 1h\nx: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Load(name, testPointCodes); err == nil || !strings.HasPrefix(err.Error(), name+":2: ") {
		t.Errorf("an error without its file: %v", err)
	}
}

// FuzzParse holds that no file harms, and that what is read can be asked.
func FuzzParse(f *testing.F) {
	f.Add([]byte(Example()))
	f.Add([]byte(sample))
	f.Add([]byte("networks: [{key: a, variant: itu}]\ntrunk_groups: [{key: t, points: [1, 2], cic: 1-4294967295}]"))
	f.Add([]byte("? a\n: b\n"))
	f.Add([]byte("a: |\n  b\n---\n- c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("f", data, testPointCodes)
		if (c == nil) == (err == nil) {
			t.Fatal("neither or both of a configuration and an error")
		}
		if err != nil {
			if err.Error() == "" {
				t.Error("an error that says nothing")
			}
			return
		}
		c.Service(&Attempt{Called: []byte("0171"), NOA: 3})
		c.Network(2, 1, 2)
		c.TrunkGroup("a", 0, 1, 2, 3)
		c.Link("0")
	})
}
