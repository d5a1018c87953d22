package hw

import (
	"strconv"
	"testing"
)

func TestOctets(t *testing.T) {
	f := func(text string, want int) {
		t.Helper()
		if got, err := Octets(text); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", text, got, err, want)
		}
	}
	f("", 0)
	f("65536", 65536)
	f("512KiB", 512<<10)
	f(" 64 MiB ", 64<<20)
	f("1GiB", 1<<30)
}

func TestOctets_Failure(t *testing.T) {
	f := func(text string) {
		t.Helper()
		want := strconv.Quote(text) + ": a number of octets is needed, with KiB, MiB or GiB behind it: 64MiB"
		if got, err := Octets(text); err == nil || err.Error() != want {
			t.Errorf("%q: %d, %v", text, got, err)
		}
	}
	f("2GiB")
	f("much")
	f("0")
	f("-1")
	f("MiB")
}
