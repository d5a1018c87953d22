package tariff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"c7mon/config"
	"c7mon/correlate"
)

// networkOfTwo is a configuration in which the calls of point 1 come from the operator VTN.
func networkOfTwo(t testing.TB) *config.Config {
	t.Helper()
	codes := func(variant, form, text string) (pc uint32, err error) {
		if text != "" {
			_, err = fmt.Sscan(text, &pc)
		}
		return pc, err
	}
	c, err := config.Parse("c", []byte("networks: [{key: nat, variant: itu}]\npoints:\n"+
		"  - {pc: 1, name: A, operator: VTN}\n  - {pc: 2, name: B, operator: VMS}\n"+
		"trunk_groups:\n  - {key: G1, points: [A, B], cic: 1-31}\n"), codes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSelection(t *testing.T) {
	b := book(t, head+`
tariffs: [{name: T, bands: [{cai: {}}]}]
destinations:
  - {name: rest, tariff: T}
  - {name: abroad, prefix: +, tariff: T}
  - {name: country, prefix: +84, tariff: T}
  - {name: VMS, prefix: +8490, tariff: T}
  - {name: GPC, prefix: +8491, service: MOBILE, tariff: T}
  - {name: VoIP, prefix: +84, service: VOIP, tariff: T}
  - {name: group, prefix: +84, trunk_group: G1, tariff: T}
  - {name: operator, prefix: +84, operator: VTN, tariff: T}
  - {name: group-and-service, prefix: +84, trunk_group: G1, service: [VOIP, IDD], tariff: T}
  - {name: operator-and-service, prefix: +84, operator: VTN, service: VOIP, tariff: T}
  - {name: short, prefix: [116, "119"], tariff: T}
  - {name: hex, prefix: 0B, tariff: T}
`)
	if got := findings(b, networkOfTwo(t)); got != "" {
		t.Error(got)
	}
	r, err := NewRater([]*Book{b}, networkOfTwo(t))
	if err != nil {
		t.Fatal(err)
	}
	f := func(digits string, nature uint8, service, group string, opc uint32, wantTo, wantPrefix string) {
		t.Helper()
		c := answered(at(t, "2003-10-13T10:00:00Z"), time.Minute)
		c.Called, c.Service, c.TrunkGroup, c.Network, c.OPC = correlate.ParseNumber(digits, nature, 0), service, group, "nat", opc
		if g := r.Rate(&c); g.To != wantTo || g.Prefix != wantPrefix || g.Status != Rated {
			t.Errorf("%s of nature %d: got %v %s by prefix %q, want %s by %q", digits, nature, g.Status, g.To, g.Prefix, wantTo, wantPrefix)
		}
	}
	f("33123456789", 4, "IDD", "", 9, "abroad", "+")
	f("0033123456789", 2, "IDD", "", 9, "abroad", "+")
	f("88123456", 3, "NATIONAL", "", 9, "country", "+84")
	f("90123456", 3, "MOBILE", "", 9, "VMS", "+8490")
	f("84901234567", 4, "", "", 9, "VMS", "+8490")
	f("91123456", 3, "MOBILE", "", 9, "GPC", "+8491")
	f("91123456", 3, "NATIONAL", "", 9, "country", "+84") // +8491 is of another service
	f("171091123456", 2, "VOIP", "", 9, "VoIP", "+84")    // behind the access code
	f("88123456", 3, "VOIP", "", 9, "VoIP", "+84")
	f("88123456", 3, "VOIP", "", 1, "operator-and-service", "+84")
	f("88123456", 3, "VOIP", "G1", 1, "group-and-service", "+84") // two and two: the trunk group
	f("88123456", 3, "VOIP", "G1", 2, "group-and-service", "+84")
	f("88123456", 3, "IDD", "G1", 1, "group-and-service", "+84")
	f("88123456", 3, "NATIONAL", "G1", 1, "group", "+84") // one and one: the trunk group
	f("88123456", 3, "NATIONAL", "G2", 1, "operator", "+84")
	f("88123456", 3, "NATIONAL", "G2", 2, "country", "+84")
	f("116", 2, "OTHER", "", 9, "short", "116")
	f("1161", 1, "LOCAL", "", 9, "short", "116")
	f("117", 2, "OTHER", "", 9, "rest", "")
	f("", 2, "OTHER", "", 9, "rest", "")
	f("0B12", 1, "OTHER", "", 9, "hex", "0B")
	f(strings.Repeat("9", 200), 4, "IDD", "", 9, "abroad", "+")
}

// TestNoTariff: nothing fits a call for which the book has no entry.
func TestNoTariff(t *testing.T) {
	r := rater(t, head+"tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations: [{prefix: [+1, 2], tariff: T}, {service: VOIP, tariff: T}]\n")
	c := answered(at(t, "2003-10-13T10:00:00Z"), time.Minute)
	if g := r.Rate(&c); g.Status != NoTariff || g.Tariff != "" || g.Book == nil {
		t.Errorf("%+v", g)
	}
}

// TestLongestPrefix holds the tree against a scan of all entries, over random books.
func TestLongestPrefix(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	digits := func(n int) string {
		s := ""
		for range n {
			s += string("123"[random.IntN(3)])
		}
		return s
	}
	for range 200 {
		var list []string
		var prefixes []string
		for range 1 + random.IntN(30) {
			p := [...]string{"", "+"}[random.IntN(2)] + digits(random.IntN(6))
			prefixes = append(prefixes, p)
			list = append(list, fmt.Sprintf("{prefix: '%s', name: n%d, tariff: T}", p, len(list)))
		}
		r := rater(t, head+"tariffs: [{name: T, bands: [{cai: {}}]}]\ndestinations:\n  - "+strings.Join(list, "\n  - ")+"\n")
		for range 50 {
			number := digits(1 + random.IntN(9))
			nature := [...]uint8{1, 4}[random.IntN(2)]
			normal := number
			if nature == 4 {
				normal = "+" + number
			}
			want, longest := "", -1
			for i, p := range prefixes {
				if strings.HasPrefix(normal, p) && len(p) > longest {
					want, longest = fmt.Sprint("n", i), len(p)
				}
			}
			c := answered(at(t, "2003-10-13T10:00:00Z"), time.Minute)
			c.Called = correlate.ParseNumber(number, nature, 0)
			if g := r.Rate(&c); g.To != want || (g.Status == Rated) != (longest >= 0) {
				t.Fatalf("%s in %q: got %v %s, want %s", normal, prefixes, g.Status, g.To, want)
			}
		}
	}
}
