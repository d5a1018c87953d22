package tariff

import (
	"strings"
	"testing"

	"c7mon/config"
	"c7mon/yamlfile"
)

// findings gives what Check says, each line without the name of the book; doubts have a question mark before them.
func findings(b *Book, c *config.Config) string {
	errs, doubts := b.Check(c)
	var lines []string
	add := func(list yamlfile.Errors, mark string) {
		for _, e := range list {
			lines = append(lines, mark+strings.TrimPrefix(e.Error(), "b:"))
		}
	}
	add(errs, "")
	add(doubts, "?")
	return strings.Join(lines, "\n")
}

// TestCheckBands: the band begins on line 8, one a line.
func TestCheckBands(t *testing.T) {
	f := func(more string, bands []string, want ...string) {
		t.Helper()
		if got := findings(book(t, oneTariff(bands...)+more), nil); got != strings.Join(want, "\n") {
			t.Errorf("%q\ngot\n%s\nwant\n%s", bands, got, strings.Join(want, "\n"))
		}
	}
	const holidays = "holidays: [2003-09-02]\n"
	f("", []string{"cai: {}"})
	f("", []string{"{hours: 07:00-23:00, cai: {}}", "{hours: 23:00-07:00, cai: {}}"})
	f("", []string{"{hours: 00:00-12:00, cai: {}}", "{hours: 12:00-24:00, cai: {}}"})
	f("", []string{"{hours: 12:00-00:00, cai: {}}", "{hours: 00:00-12:00, cai: {}}"})
	f("", []string{`{hours: ["07:00-11:00", "13:00-17:00"], cai: {e4: 1}}`, `{hours: ["17:00-07:00", "11:00-13:00"], cai: {}}`})
	f("", []string{"{days: weekday, cai: {}}", "{days: weekend, cai: {}}"}) // there are no holidays to cover
	f(holidays, []string{"{days: weekday, cai: {}}", "{days: weekend, cai: {}}"},
		"?6: tariff T: holiday 00:00-24:00 has no band: add one, calls of that time cannot be rated")
	f("", []string{"{hours: 07:00-23:00, cai: {}}", "{hours: 23:00-06:59, cai: {}}"},
		"?6: tariff T: weekday 06:59-07:00 has no band: add one, calls of that time cannot be rated",
		"?6: tariff T: weekend 06:59-07:00 has no band: add one, calls of that time cannot be rated")
	f("", []string{"{hours: 07:00-23:00, cai: {}}", "{hours: 22:59-07:00, cai: {e4: 1}}"},
		"9: tariff T: weekday 22:59-23:00 has the band of line 8 already: a time has one band",
		"9: tariff T: weekend 22:59-23:00 has the band of line 8 already: a time has one band",
		"9: tariff T: holiday 22:59-23:00 has the band of line 8 already: a time has one band")
	f("", []string{"{days: weekday, cai: {}}", "{days: [weekday, weekend, holiday], hours: 08:00-09:00, cai: {}}"},
		"9: tariff T: weekday 08:00-09:00 has the band of line 8 already: a time has one band",
		"?6: tariff T: weekend 00:00-08:00 has no band: add one, calls of that time cannot be rated",
		"?6: tariff T: weekend 09:00-24:00 has no band: add one, calls of that time cannot be rated")
	f("", []string{"{days: [weekday, weekend], cai: {}}", "{days: holiday, cai: {}}"},
		"?9: tariff T: band for holidays, but the book lists none: add holidays: [2003-01-01]")
	const idle = "?8: tariff T: band: cai: "
	f("", []string{"cai: {e4: 1}"})
	f("", []string{"cai: {e1: 0, e2: 6}"})
	f("", []string{"cai: {e1: 1, e7: 6}"})
	f("", []string{"cai: {e1: 1}"}, idle+"e1 without e2: no interval is ever over, so that it charges nothing: add e2, in seconds")
	f("", []string{"cai: {e2: 6}"}, idle+"e2 and e7 without e1: intervals charge nothing: add e1, in units")
	f("", []string{"cai: {e5: 1, e6: 6}"}, idle+"e5: nothing on the lines counts segments, so that it charges nothing: take it away",
		idle+"e6: nothing on the lines counts segments, so that it charges nothing: take it away")
	f("networks: [{name: TH, e3: 2}]\n", []string{"cai: {}"},
		"?10: book: networks: none is the home network: add {name: VN, home: true}")
	f("valid: {to: 2003-09-01}\n"+holidays, []string{"cai: {}"},
		"?11: book: holidays: 2003-09-02 is outside the time in which the book is valid")
}

// TestCheckDestinations: the destinations begin on line 9.
func TestCheckDestinations(t *testing.T) {
	f := func(destinations []string, want ...string) {
		t.Helper()
		text := head + "tariffs:\n  - {name: T, bands: [{cai: {}}]}\n  - {name: U, bands: [{cai: {}}]}\ndestinations:\n  - " +
			strings.Join(destinations, "\n  - ") + "\n"
		if got := findings(book(t, text), nil); got != strings.Join(want, "\n") {
			t.Errorf("%q\ngot\n%s\nwant\n%s", destinations, got, strings.Join(want, "\n"))
		}
	}
	const tie = " too, and no condition tells their calls apart: take one away or add a condition"
	f([]string{"{prefix: +1, tariff: T}", "{prefix: +12, tariff: U}"})
	f([]string{"{prefix: +1, tariff: T}"}, "?7: tariff U: no destination uses it")
	f([]string{"{prefix: [+1, +2], tariff: T}", "{prefix: [+3, +2], tariff: U}"}, "10: destination: prefix +2 is that of line 9"+tie)
	f([]string{"{tariff: T}", "{name: Rest, tariff: U}"}, "10: destination Rest: every number is that of line 9"+tie)
	f([]string{"{tariff: T}", "{prefix: '', tariff: U}"}, "10: destination: every number is that of line 9"+tie)
	f([]string{"{service: [A, B], tariff: T}", "{service: [C], tariff: U}"})
	f([]string{"{service: [A, B], tariff: T}", "{service: [C, B], tariff: U}"}, "10: destination: every number is that of line 9"+tie)
	f([]string{"{service: A, tariff: T}", "{tariff: U}"})
	f([]string{"{service: A, operator: O, tariff: T}", "{service: A, operator: P, tariff: U}"})
	f([]string{"{service: A, operator: O, tariff: T}", "{service: A, operator: O, tariff: U}"},
		"10: destination: every number is that of line 9"+tie)
	f([]string{"{trunk_group: G, tariff: T}", "{operator: O, tariff: U}"}) // the trunk group decides
}

// TestCheckConfiguration: the book's destinations are on the lines 7 to 9.
func TestCheckConfiguration(t *testing.T) {
	b := book(t, head+"tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations:\n"+
		"  - {service: [IDD, VOPI], tariff: T}\n  - {trunk_group: G1, tariff: T}\n  - {operator: VTN, tariff: T}\n")
	f := func(c *config.Config, want ...string) {
		t.Helper()
		if got := findings(b, c); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
	const service = "7: destination: service: the configuration has no service VOPI: add it under services there, or write one of " +
		"IDD, LOCAL, MOBILE, NATIONAL, OTHER, VOIP"
	f(nil)
	f(config.Default(), service,
		"?8: destination: trunk_group: the configuration has no trunk group G1, it names none: no call will fit",
		"?9: destination: operator: the configuration has no operator VTN, it names none: no call will fit")
	c := config.Default()
	c.TrunkGroups = []config.TrunkGroup{{Key: "G2"}, {Key: "G3"}}
	c.Points = []config.Point{{Operator: "VTI"}, {Name: "X"}}
	f(c, service, "8: destination: trunk_group: the configuration has no trunk group G1: add it under trunk_groups there, or write one of G2, G3",
		"9: destination: operator: the configuration has no operator VTN: add it under points there, or write one of VTI")
	c.TrunkGroups[0].Key, c.Points[1].Operator = "G1", "VTN"
	f(c, service)
}

// TestCheckPrefixes: what is dialled is not how the normal form of a number begins.
func TestCheckPrefixes(t *testing.T) {
	f := func(prefix, want string) {
		t.Helper()
		b := book(t, head+"tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations:\n  - {name: D, prefix: "+prefix+", tariff: T}\n")
		if want != "" {
			want = "?7: destination D: prefix " + prefix + ": " + want
		}
		if got := findings(b, config.Default()); got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", prefix, got, want)
		}
		if got := findings(b, nil); got != "" {
			t.Errorf("%s: without a configuration: %s", prefix, got)
		}
	}
	f("+84", "")
	f("8490", "")
	f("17", "")
	f("116", "")
	f("0084", "numbers dialled so begin with a + in their normal form: write +84")
	f("090", "national numbers begin with +84 in their normal form: write +8490")
	f("1718", "access code 171 is taken off numbers: write what follows it, with a service that tells the code")
}

func TestBooks(t *testing.T) {
	f := func(a, b, want string) {
		t.Helper()
		make := func(name, valid string) *Book {
			return book(t, strings.Replace(oneTariff("cai: {}"), "name: test", "name: "+name, 1)+valid)
		}
		for _, list := range [][]*Book{{make("A", a), make("B", b)}, {make("B", b), make("A", a)}} {
			_, err := NewRater(list, nil)
			if got := errText(err); got != want {
				t.Errorf("%s and %s: got %s, want %s", a, b, got, want)
			}
		}
	}
	f("valid: {to: 2003-06-30}", "valid: {from: 2003-07-01}", "")
	f("valid: {from: 2003-01-01, to: 2003-06-30}", "valid: {from: 2003-06-30}",
		"books A (b) and B (b) are both valid on 2003-06-30: change valid in one of them, a call has one book")
	f("valid: {to: 2003-06-30}", "valid: {from: 2003-02-01, to: 2003-03-01}",
		"books A (b) and B (b) are both valid on 2003-02-01: change valid in one of them, a call has one book")
	f("valid: {from: 2003-02-01, to: 2003-03-01}", "valid: {from: 2003-01-01}",
		"books B (b) and A (b) are both valid on 2003-02-01: change valid in one of them, a call has one book")
	one := book(t, oneTariff("cai: {}"))
	if _, err := NewRater([]*Book{one, one}, nil); err == nil {
		t.Error("two books without limits")
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestBooksOfZones: days of two zones overlap, or leave a gap, though they follow each other.
func TestBooksOfZones(t *testing.T) {
	f := func(zoneA, zoneB, fault, gap string) {
		t.Helper()
		of := func(name, zone, valid string) *Book {
			text := strings.Replace(oneTariff("cai: {}"), "name: test", "name: "+name, 1) + valid
			return book(t, strings.Replace(text, "Asia/Ho_Chi_Minh", zone, 1))
		}
		list := []*Book{of("B", zoneB, "valid: {from: 2003-07-01}"), of("A", zoneA, "valid: {to: 2003-06-30}")}
		if _, err := NewRater(list, nil); errText(err) != fault {
			t.Errorf("%s, %s: got %v, want %s", zoneA, zoneB, err, fault)
		}
		if got := strings.Join(Gaps(list), "\n"); got != gap {
			t.Errorf("%s, %s: got %s, want %s", zoneA, zoneB, got, gap)
		}
	}
	f("Asia/Tokyo", "Asia/Tokyo", "", "")
	f("Europe/Berlin", "Asia/Tokyo", "books A (b) and B (b) are both valid on 2003-07-01 00:00 +09:00: change valid in one of them, a call has one book", "")
	f("Asia/Tokyo", "Europe/Berlin", "", "no book is valid from 2003-07-01 00:00 +09:00 to 2003-07-01 00:00 +02:00, between A (b) and B (b): "+
		"calls of that time cannot be rated")
}
