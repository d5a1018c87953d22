package charge_test

import (
	"errors"
	"testing"

	"c7mon/charge"
)

// TestTable1 holds the range and the resolution of every element, and the error that names it.
func TestTable1(t *testing.T) {
	f := func(e charge.Element, text string, want int64) {
		t.Helper()
		c, err := charge.CAI{}.Set(e, text)
		got, ok := c.Get(e)
		if err != nil || !ok || got != want {
			t.Errorf("%v of %s: got %d, %v, %v, want %d", e, text, got, ok, err, want)
		}
	}
	for _, e := range []charge.Element{charge.E1, charge.E2, charge.E4, charge.E5, charge.E7} {
		f(e, "0", 0)
		f(e, "0.1", 1)
		f(e, "12.3", 123)
		f(e, "819.1", 8191)
		f(e, "00819.100", 8191) // zeros make no number larger or finer
	}
	f(charge.E3, "0.01", 1)
	f(charge.E3, "1", 100)
	f(charge.E3, "1.5", 150)
	f(charge.E3, "81.91", 8191)
	f(charge.E6, "8191", 8191)
	f(charge.E6, "64.0", 64)

	bad := func(e charge.Element, text, want string) {
		t.Helper()
		before := must(charge.CAI{}.With(charge.E5, 7))
		c, err := before.Set(e, text)
		var ee *charge.ElementError
		if !errors.As(err, &ee) || ee.Element != e || ee.Value != text || err.Error() != want || c != before {
			t.Errorf("got %v, %v, want %s", c, err, want)
		}
	}
	bad(charge.E1, "819.2", `e1 of "819.2": out of range 0 to 819.1`)
	bad(charge.E2, "8191", `e2 of "8191": out of range 0 to 819.1`)
	bad(charge.E3, "81.92", `e3 of "81.92": out of range 0 to 81.91`)
	bad(charge.E4, "-0.1", `e4 of "-0.1": out of range 0 to 819.1`)
	bad(charge.E5, "99999999999999999999999", `e5 of "99999999999999999999999": out of range 0 to 819.1`)
	bad(charge.E6, "8192", `e6 of "8192": out of range 0 to 8191`)
	bad(charge.E7, "0.15", `e7 of "0.15": finer than 0.1`)
	bad(charge.E1, "819.15", `e1 of "819.15": finer than 0.1`)
	bad(charge.E1, "820.15", `e1 of "820.15": out of range 0 to 819.1`)
	bad(charge.E3, "1.005", `e3 of "1.005": finer than 0.01`)
	bad(charge.E6, "0.5", `e6 of "0.5": finer than 1`)
	for _, text := range []string{"", ".", "1.", ".5", "1.2.3", "1,5", "+1", "-", "-0", "1e2", " 1", "1 ", "0x1", "1_0", "one", "٣"} {
		bad(charge.E1, text, (&charge.ElementError{Element: charge.E1, Value: text, Reason: "no number"}).Error())
	}
	bad(0, "1", `e0 of "1": no element`)
	bad(8, "1", `e8 of "1": no element`)
}

// TestWith holds the range in steps, and that a decimal says what steps say.
func TestWith(t *testing.T) {
	for e := charge.E1; e <= charge.E7; e++ {
		for steps := int64(0); steps <= 8191; steps++ {
			c, err := charge.CAI{}.With(e, steps)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := c.Get(e); !ok || got != steps {
				t.Fatalf("%v: got %d, %v, want %d", e, got, ok, steps)
			}
			text := c.String()[len("e1="):]
			if again, err := (charge.CAI{}).Set(e, text); err != nil || again != c {
				t.Fatalf("%v of %s: got %v, %v, want %v", e, text, again, err, c)
			}
		}
		for _, steps := range []int64{-1, 8192, -1 << 63, 1<<63 - 1, 1 << 16} {
			var ee *charge.ElementError
			if c, err := (charge.CAI{}).With(e, steps); !errors.As(err, &ee) || ee.Element != e || c != (charge.CAI{}) {
				t.Errorf("%v of %d steps: got %v, %v", e, steps, c, err)
			}
		}
	}
	for _, e := range []charge.Element{0, 8, 255} {
		c, err := charge.CAI{}.With(e, 1)
		if _, ok := c.Get(e); err == nil || ok || c.Without(e) != (charge.CAI{}) {
			t.Errorf("%v: got %v, %v", e, c, err)
		}
	}
}

// TestCAIString holds the text, and that missing is not zero.
func TestCAIString(t *testing.T) {
	c := charge.CAI{}
	f := func(want string) {
		t.Helper()
		if got := c.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	f("none")
	c = must(c.With(charge.E2, 600))
	c = must(c.With(charge.E1, 123))
	f("e1=12.3 e2=60")
	c = must(must(c.With(charge.E6, 8000)).With(charge.E3, 110))
	f("e1=12.3 e2=60 e3=1.1 e6=8000")
	c = must(c.With(charge.E1, 0))
	f("e1=0 e2=60 e3=1.1 e6=8000")
	c = c.Without(charge.E1).Without(charge.E2).Without(charge.E6)
	f("e3=1.1")
	if c != must(charge.CAI{}.With(charge.E3, 110)) {
		t.Error("what was taken out is still there")
	}
}
