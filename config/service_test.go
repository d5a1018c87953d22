package config

import (
	"encoding/csv"
	"os"
	"strconv"
	"strings"
	"testing"
)

func TestServiceBuiltIn(t *testing.T) {
	c := Default()
	f := func(digits string, noa uint8, want string) {
		t.Helper()
		if got := c.Service(&Attempt{Called: []byte(digits), NOA: noa}); got != want {
			t.Errorf("%s nature %d is %s, want %s", digits, noa, got, want)
		}
	}
	const sub, unknown, national, international, specific = 1, 2, 3, 4, 5
	f("1780033278336922", unknown, "VOIP")
	f("171038653872", national, "VOIP")
	f("177", sub, "VOIP")
	f("179001", specific, "VOIP")
	f("0171038653872", unknown, "VOIP") // a trunk 0 before the prefix
	f("172038653872", unknown, "OTHER")
	f("0033278336922", unknown, "IDD")
	f("0033278336922", national, "IDD") // 00 is not a trunk 0
	f("0033278336922", sub, "IDD")
	f("00", national, "IDD")
	f("00171", unknown, "IDD")
	f("3327833692", international, "IDD")
	f("17185550123", international, "IDD") // +1 718 is New York, not the prefix 171
	f("0912345678", international, "IDD")
	f("903001378", national, "MOBILE")
	f("0903001378", national, "MOBILE")
	f("0913001378", unknown, "MOBILE") // a trunk 0 makes it national
	f("913001378", unknown, "OTHER")
	f("923001378", national, "NATIONAL")
	f("048598903", national, "NATIONAL")
	f("048598903", unknown, "NATIONAL")
	f("9", national, "NATIONAL")
	f("", national, "NATIONAL")
	f("0", national, "NATIONAL")
	f("0", unknown, "NATIONAL")
	f("8598903", sub, "LOCAL")
	f("0903001378", sub, "LOCAL") // no trunk 0 in a subscriber number
	f("903001378", sub, "LOCAL")
	f("", sub, "LOCAL")
	f("8598903", unknown, "OTHER")
	f("8598903", specific, "OTHER")
	f("8598903", 0, "OTHER")
	f("8598903", 127, "OTHER")
	f("", unknown, "OTHER")
	f("ZZ", national, "NATIONAL")
}

func TestServiceRules(t *testing.T) {
	c := parse(t, sample)
	f := func(a Attempt, want string) {
		t.Helper()
		if got := c.Service(&a); got != want {
			t.Errorf("%+v is %s, want %s", a, got, want)
		}
	}
	f(Attempt{Network: "nat", TrunkGroup: "TOLL-2", Called: []byte("8000000"), NOA: 1}, "TEST")
	f(Attempt{Network: "nat", TrunkGroup: "TOLL-1", Called: []byte("8000000"), NOA: 1}, "LOCAL")
	f(Attempt{Network: "viettel", DPC: 4097, Called: []byte("7000000"), NOA: 1}, "TOVIETTEL")
	f(Attempt{Network: "nat", DPC: 4097, Called: []byte("7000000"), NOA: 1}, "LOCAL")
	f(Attempt{Network: "viettel", OPC: 4097, Called: []byte("7000000"), NOA: 1}, "LOCAL")
	f(Attempt{Called: []byte("113"), NOA: 1}, "SHORT")
	f(Attempt{Called: []byte("0119"), NOA: 2}, "SHORT")
	f(Attempt{Called: []byte("11900"), NOA: 126}, "LOCAL")
	f(Attempt{Called: []byte("12"), NOA: 3}, "OTHER")
	f(Attempt{Network: "int", Called: []byte("70000000"), NOA: 1}, "INTL")
	none := parse(t, "services: []")
	if got := none.Service(&Attempt{Called: []byte("8"), NOA: 1}); got != Other {
		t.Errorf("without rules: %s", got)
	}
	if got := (&Config{}).Service(&Attempt{Called: []byte("8"), NOA: 1}); got != Other {
		t.Errorf("an empty Config: %s", got)
	}
}

// TestServiceOrder compares the tree of prefixes with reading the rules one by one.
func TestServiceOrder(t *testing.T) {
	var text strings.Builder
	text.WriteString("numbering: {trunk_prefix: \"\"}\nservices:\n")
	prefixes := []string{"1", "12", "123", "2", "13", "1", "", "124", "21", "1234"}
	for i, p := range prefixes {
		nature := i%4 + 1
		text.WriteString("  - {service: S" + strconv.Itoa(i) + ", nature: " + strconv.Itoa(nature))
		if p != "" {
			text.WriteString(", called: [" + p + ", 9" + p + "]")
		}
		text.WriteString("}\n")
	}
	c := parse(t, text.String())
	slow := func(digits string, noa uint8) string {
		for i, p := range prefixes {
			if int(noa) == i%4+1 && (strings.HasPrefix(digits, p) || strings.HasPrefix(digits, "9"+p)) {
				return "S" + strconv.Itoa(i)
			}
		}
		return Other
	}
	for n := range 100000 {
		digits := strconv.Itoa(n)
		for noa := range uint8(6) {
			if got, want := c.Service(&Attempt{Called: []byte(digits), NOA: noa}), slow(digits, noa); got != want {
				t.Fatalf("%s nature %d is %s, want %s", digits, noa, got, want)
			}
		}
	}
}

// TestServiceOfRealCalls takes the called numbers of calls made by a real stack, with the services its call control had
// in mind.
func TestServiceOfRealCalls(t *testing.T) {
	file, err := os.Open("../../shared/libss7/itu_clean_calls.csv")
	if err != nil {
		t.Skip("the calls with their truth are not there: ", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, name := range rows[0] {
		column[name] = i
	}
	c, count := Default(), 0
	for _, row := range rows[1:] {
		noa, err := strconv.ParseUint(row[column["called_nai"]], 10, 7)
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := strings.Cut(row[column["service"]], "_") // VOIP_IDD and VOIP_NAT are one service here
		called := row[column["called"]]
		if got := c.Service(&Attempt{Called: []byte(called), NOA: uint8(noa)}); got != want {
			t.Errorf("call %s: %s nature %d is %s, want %s", row[0], called, noa, got, want)
		}
		count++
	}
	if count != 602 {
		t.Errorf("%d calls, want 602", count)
	}
}

func BenchmarkService(b *testing.B) {
	c := Default()
	for _, bench := range []struct {
		name   string
		digits string
		noa    uint8
	}{{"voip", "1780033278336922", 2}, {"idd", "886760444727", 4}, {"mobile", "0903001378", 2}, {"local", "8598903", 1},
		{"other", "8598903", 2}} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			a := Attempt{Called: []byte(bench.digits), NOA: bench.noa}
			for b.Loop() {
				c.Service(&a)
			}
		})
	}
}
