package reconcile

import (
	"fmt"
	"strings"
	"testing"
)

func TestTexts(t *testing.T) {
	var x texts
	if x.idOf("") != 0 || len(x.text(0)) != 0 {
		t.Error("the empty text is not 0")
	}
	ids := map[uint32]string{}
	for i := range 5000 {
		s := fmt.Sprint(i * i)
		id := x.idOf(s)
		if was, ok := ids[id]; ok || id == 0 {
			t.Fatalf("%q has the number %d of %q", s, id, was)
		}
		ids[id] = s
	}
	for id, s := range ids {
		if x.idOf(s) != id || string(x.text(id)) != s {
			t.Fatalf("%d is %q, want %q", id, x.text(id), s)
		}
	}
	if n := testing.AllocsPerRun(100, func() { x.id([]byte("4")) }); n != 0 {
		t.Errorf("%v allocations for a text that is there", n)
	}
	if c := x.compare(x.idOf("1"), x.idOf("4")); c >= 0 {
		t.Errorf("1 against 4 is %d", c)
	}
}

func TestNumberFit(t *testing.T) {
	f := func(a, b string, want fit) {
		t.Helper()
		var x texts
		i, j := x.idOf(a), x.idOf(b)
		if got := x.fit(i, j); got != want || x.fit(j, i) != want {
			t.Errorf("%q and %q: %d, want %d", a, b, got, want)
		}
		met := x.tail(i) == x.tail(j) || x.head(i) == x.head(j) && x.head(i) != 0
		if want >= part && !met {
			t.Errorf("%q and %q never meet", a, b)
		}
	}
	f("+84912345678", "+84912345678", equal)
	f("113", "113", equal)
	f("+84912345678", "84912345678", part)
	f("+84912345678", "912345678", part) // without the country
	f("+84912345678", "345678", part)    // six digits are enough
	f("+84912345678", "45678", differs)
	f("+84912345678", "+849123", part) // no more than six are recorded
	f("+84912345678", "8491", differs)
	f("+84912345678", "+84912345679", differs)
	f("+84912345678", "1784912345678", part)
	f("+113", "113", differs) // short ones are the same or not
	f("", "113", unknown)
	f("", "", unknown)
	f("+", "113", differs)
}

func TestSameTail(t *testing.T) {
	f := func(a, b string, want bool) {
		t.Helper()
		var x texts
		if got := x.sameTail(x.idOf(a), x.idOf(b)); got != want {
			t.Errorf("%q and %q: %v", a, b, got)
		}
	}
	f("+14151234567", "+61234567", true)
	f("+14151234567", "+14151234568", false)
	f("34567", "34567", false)
	f("", "", false)
}

func TestClassTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Classes() {
		if got, ok := ClassOf(c.String()); !ok || got != c || seen[c.String()] {
			t.Errorf("%v is %v", c, got)
		}
		seen[c.String()] = true
		if text := c.Text(); !strings.HasSuffix(text, ".") || strings.ToUpper(text[:1]) != text[:1] {
			t.Errorf("%v: %q is no sentence", c, text)
		}
	}
	if len(seen) != int(numClasses) {
		t.Errorf("%d classes", len(seen))
	}
	if _, ok := ClassOf("good"); ok || numClasses.String() != "class 18" || numClasses.Text() != "" || numClasses.Weight() != Aside {
		t.Error("there is a class too many")
	}
}
