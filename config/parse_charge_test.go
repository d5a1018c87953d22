package config

import (
	"strings"
	"testing"
)

// TestChargeFiles holds where the files of charging are looked for.
func TestChargeFiles(t *testing.T) {
	f := func(file, text, want string) {
		t.Helper()
		c, err := Parse(file, []byte(text), testPointCodes)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			return
		}
		if got := strings.Join(append(c.Charge.Books, "map "+c.Charge.Map), " "); got != want {
			t.Errorf("%s in %s: %s, want %s", text, file, got, want)
		}
	}
	f("c7mon.yaml", "", "map ")
	f("c7mon.yaml", "charge: {books: []}", "map ")
	f("c7mon.yaml", "charge: {books: book.yaml}", "book.yaml map ")
	f("etc/c7mon.yaml", "charge: {books: [a.yaml, ../b.yaml, /c.yaml], map: m.yaml}", "etc/a.yaml b.yaml /c.yaml map etc/m.yaml")
	f("/etc/c7mon/c7mon.yaml", "charge:\n  books:\n    - books/2003.yaml\n  map: /m.yaml", "/etc/c7mon/books/2003.yaml map /m.yaml")
}
