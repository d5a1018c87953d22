package config

import "testing"

func TestNormal(t *testing.T) {
	n := Default().Numbering
	f := func(digits string, nature uint8, want string) {
		t.Helper()
		if got := string(n.Normal(nil, digits, nature)); got != want {
			t.Errorf("%s of nature %d: got %s, want %s", digits, nature, got, want)
		}
	}
	f("17185550100", natureInternational, "+17185550100") // +1 718, not the access code 171
	f("0017185550100", natureUnknown, "+17185550100")
	f("0017185550100", natureInternational, "+17185550100")
	f("912345678", natureNational, "+84912345678")
	f("0912345678", natureNational, "+84912345678")
	f("0912345678", natureUnknown, "+84912345678")
	f("912345678", natureUnknown, "912345678") // a subscriber number as likely
	f("8123456", natureSubscriber, "8123456")
	f("1710017185550100", natureUnknown, "+17185550100")
	f("1710017185550100", natureNational, "+17185550100")
	f("17108123456", natureNational, "+848123456")
	f("171", natureUnknown, "171")
	f("116", natureSubscriber, "116")
	f("", natureNational, "")
	f("84912345678", natureInternational, "+84912345678")

	n.AreaCode = "4"
	f("8123456", natureSubscriber, "+8448123456")
	n = Numbering{}
	f("0912", natureNational, "0912")
	f("912", natureInternational, "+912")
}

func TestNormalAllocations(t *testing.T) {
	n := Default().Numbering
	dst := make([]byte, 0, 64)
	if a := testing.AllocsPerRun(1000, func() { dst = n.Normal(dst[:0], "1710017185550100", natureNational) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}
