package hw

import (
	"slices"
	"testing"
)

func TestTimeslots(t *testing.T) {
	f := func(text string, want ...int) {
		t.Helper()
		if got, err := Timeslots(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	f("16", 16)
	f("1-3", 1, 2, 3)
	f("31+1-2+ 17", 1, 2, 17, 31)
	f("5-5", 5)
}

func TestTimeslots_Failure(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got, err := Timeslots(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0-3", "32", "1-32", "5-3", "x", "1+", "1-2-3", "-1", "99999999999999999999", "1-9999999999"} {
		f(text, `"`+text+`": a timeslot from 1 to 31, a range such as 1-15, or several joined by + are needed`)
	}
	f("1-3+2", `"1-3+2": timeslot 2 stands twice`)
}
