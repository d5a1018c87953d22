package main

import (
	"testing"
	"time"

	"c7mon/wire"
)

// TestLineTime holds that the time of a line is that of the standard formatting, whatever came before it.
func TestLineTime(t *testing.T) {
	zone := time.FixedZone("test", 7*3600)
	p := messageLine{zone: zone}
	for _, at := range []wire.Time{0, 1, 999_999_999, 1_000_000_000, 1_066_471_200_123_456_789, 1_066_471_200_000_001_000,
		1_066_471_201_000_000_999, -1, -1_000_000_000, -1_500_000_001, 0} {
		want := time.UnixMicro(at.Micros()).In(zone).Format("2006-01-02 15:04:05.000000")
		if got := string(p.time(nil, at)); got != want {
			t.Errorf("%d: %s, want %s", at, got, want)
		}
	}
}
