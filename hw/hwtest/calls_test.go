package hwtest

import (
	"testing"
	"time"

	"c7mon/correlate"
	"c7mon/lab"
)

// TestDifference holds that what differs between two calls is named, and what may differ is not.
func TestDifference(t *testing.T) {
	one := correlate.Call{Start: 1e18, Answer: 1e18 + 5, CIC: 7, Suspended: 3}
	f := func(change func(c *correlate.Call), within time.Duration, want string) {
		t.Helper()
		other := one
		change(&other)
		if got := difference(&other, &one, within); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f(func(c *correlate.Call) {}, 0, "")
	f(func(c *correlate.Call) { c.FirstFrame, c.LastFile = 8, 9 }, 0, "")
	f(func(c *correlate.Call) { c.Start += 10 }, 11, "")
	f(func(c *correlate.Call) { c.Start += 1e9; c.Suspended = 99 }, Untimed, "")
	f(func(c *correlate.Call) { c.CIC = 8 }, Untimed, "CIC: 8, want 7")
	f(func(c *correlate.Call) { c.Suspended = 5 }, 2, "Suspended: 5ns, want 3ns")
	f(func(c *correlate.Call) { c.Answer = 1e18 + 7 }, 2, "Answer: 2001-09-09T01:46:40.000000007Z, want 2001-09-09T01:46:40.000000005Z")
}

// TestScene holds that all lanes of a scene have one length, and that idle time is left out where that is asked for.
func TestScene(t *testing.T) {
	long := NewScene(t, lab.Options{Scenario: "basic"}, true)
	short := NewScene(t, lab.Options{Scenario: "basic", Pause: time.Second}, true)
	for k, b := range long.Lanes {
		if other := long.Lanes[Lane{16, 1 - k.Dir}]; len(other) != len(b) || len(short.Lanes[k]) > len(b)/2 || len(short.Lanes[k]) == 0 {
			t.Errorf("%v: %d octets, %d the other way, %d without pauses", k, len(b), len(other), len(short.Lanes[k]))
		}
	}
	if long.MSUs == 0 || short.MSUs != long.MSUs || len(short.Links()) != 1 {
		t.Errorf("%d and %d MSUs, links %v", long.MSUs, short.MSUs, short.Links())
	}
	short.Record(t).Same(t, long.Record(t), Untimed)
}
