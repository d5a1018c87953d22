package tariff

import (
	"io"
	"testing"
	_ "time/tzdata"

	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
)

// TestExample holds that the example has nothing to complain of, and goes with the configuration that there is without a file.
func TestExample(t *testing.T) {
	b, err := Parse("example.yaml", []byte(Example()))
	if err != nil {
		t.Fatal(err)
	}
	if errs, doubts := b.Check(config.Default()); len(errs)+len(doubts) > 0 {
		t.Errorf("errors:\n%v\ndoubts:\n%v", errs, doubts)
	}
	from, to := b.Valid()
	if from.String() != "2002-12-31T17:00:00Z" || to.String() != "2003-12-31T17:00:00Z" {
		t.Errorf("valid from %v to %v", from, to)
	}
	if len(b.Fingerprint) != 16 || b.Name != "vietnam-2003-example" || b.Zone.String() != "Asia/Ho_Chi_Minh" {
		t.Errorf("%+v", b)
	}
}

// TestExampleRatesTheWeek holds that every answered call of the week of October 2003 finds a tariff.
func TestExampleRatesTheWeek(t *testing.T) {
	r, cfg := exampleRater(t), config.Default()
	statuses, tariffs := map[Status]int{}, map[string]int{}
	_, err := lab.Write(io.Discard, lab.Options{Scenario: "oct2003", Seed: 1, Call: func(l *lab.Call) {
		c := ofLab(l, cfg)
		g := r.Rate(&c)
		statuses[g.Status]++
		if answered := l.Answer.Known(); answered != (g.Status == Rated || g.Status == Free) {
			t.Errorf("%s of service %s, answered %v: %v", c.Called.String(), c.Service, answered, g.Status)
		}
		if g.Status == Rated {
			tariffs[g.Tariff]++
			if g.Money < 0 || g.Tariff != "FREE" && g.Tariff != "VOIP-NATIONAL" && g.Money == 0 {
				t.Errorf("%s: %d VND by tariff %s in %v", c.Called.String(), g.Money, g.Tariff, g.Duration)
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(statuses, tariffs)
	for _, name := range []string{"LOCAL", "NATIONAL-NEAR", "NATIONAL-FAR", "MOBILE", "IDD-NEAR", "IDD-FAR", "VOIP-NATIONAL",
		"VOIP-ABROAD", "INFORMATION", "FREE"} {
		if tariffs[name] == 0 {
			t.Errorf("no call has tariff %s", name)
		}
	}
}

// TestExampleRoaming: prefixes of the roamers are longer than those of the services.
func TestExampleRoaming(t *testing.T) {
	r := exampleRater(t)
	f := func(digits, service, tariff string, money int64) {
		t.Helper()
		c := answered(at(t, monday), 65*sec)
		c.Called, c.Service = correlate.ParseNumber(digits, 4, 0), service
		if g := r.Rate(&c); g.Tariff != tariff || g.Money != money {
			t.Errorf("%s: %+v", digits, g)
		}
	}
	f("66819123456", "IDD", "ROAMING-IN", 1520)     // 7.6 / 3.80 = 2.0; twice 2.0 * 3.80 units of 100
	f("84900123456", "MOBILE", "ROAMING-OUT", 1520) // at 30, 40, 50 and 60 s 1 * 3.80 units
	f("66839123456", "IDD", "IDD-NEAR", 13_500)     // 500 + 1200 + 59 * 200
}
