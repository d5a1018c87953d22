package hw

import (
	"math"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

const clockStart = wire.Time(1_700_000_000_000_000_000)

// step is one stamp: where it stands, when it came, and what is to be made of it, all after clockStart.
type step struct {
	stamp, now, want time.Duration
	moved            bool
}

func playClock(t *testing.T, what, key string, steps []step) *Clock {
	t.Helper()
	c, err := NewClock(key)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range steps {
		got, moved := c.Time(clockStart.Add(s.stamp), clockStart.Add(s.now))
		if got != clockStart.Add(s.want) || moved != s.moved {
			t.Errorf("%s: stamp %d: %v, moved %v; want %v, %v", what, i, time.Duration(got-clockStart), moved, s.want, s.moved)
		}
	}
	return &c
}

func TestClock(t *testing.T) {
	const s, ms, h = time.Second, time.Millisecond, time.Hour
	playClock(t, "right", "", []step{{0, 3 * ms, 0, false}, {s, s + 1999*ms, s, false}, {2 * s, 2 * s, 2 * s, false}})
	c := playClock(t, "an hour behind", "machine", []step{{-h, 0, 0, true}, {-h + s, s + 5*ms, s, false}, {-h + 2*s, 2 * s, 2 * s, false}})
	if c.Shift() != h || c.Event() != (capture.Event{Kind: capture.EventClock, Text: "the source's clock is 1h0m0s behind, which is added to its times"}) {
		t.Error(c.Shift(), c.Event())
	}
	c = playClock(t, "an hour ahead", "machine", []step{{h, 0, 0, true}, {h + s, s, s, false}})
	if c.Event().Text != "the source's clock is 1h0m0s ahead, which is taken off its times" {
		t.Error(c.Event())
	}
	c = playClock(t, "set forward and right again", "machine", []step{{0, 0, 0, false}, {h, s, s, true}, {h + s, 2 * s, 2 * s, false}, {3 * s, 3 * s, 3 * s, true}})
	if c.Event().Text != "the source's clock is right again" {
		t.Error(c.Event())
	}
	playClock(t, "set back", "machine", []step{{0, 0, 0, false}, {-h, s, s, true}, {-h + s, 2 * s, 2 * s, false}})
	// A stop on the way of 20 s: what was held up keeps its time.
	playClock(t, "held up", "machine", []step{{0, 0, 0, false}, {s, 21 * s, s, false}, {10 * s, 21 * s, 10 * s, false}, {21 * s, 21 * s, 21 * s, false}, {50 * s, 50 * s, 50 * s, false}})
	// The clock stood still for 10 s, which shows only when nothing comes in time any more.
	playClock(t, "stood still", "machine", []step{{0, 0, 0, false}, {s, 11*s + 7*ms, s, false}, {20 * s, 30*s + 5*ms, 20 * s, false}, {32 * s, 42*s + 9*ms, 42*s + 5*ms, true}, {33 * s, 43*s + 9*ms, 43*s + 5*ms, false}})
	playClock(t, "as it is", "source", []step{{-h, 0, -h, false}, {h, s, h, false}})
	if _, err := NewClock("gps"); err == nil || err.Error() != `clock: "gps": machine or source is needed` {
		t.Error(err)
	}
}

func TestClockNow(t *testing.T) {
	at := clockStart.Add
	machine, _ := NewClock("machine")
	source, _ := NewClock("source")
	if got := source.Now(at(5)); got != at(5) {
		t.Error("before the first stamp:", got)
	}
	for _, c := range []*Clock{&machine, &source} {
		c.Time(at(-time.Hour), at(0))
	}
	if got, _ := machine.Time(wire.NoTime, at(time.Second)); got != at(time.Second) {
		t.Error("no stamp:", got)
	}
	if got := source.Now(at(time.Second)); got != at(time.Second-time.Hour) {
		t.Error("by the source's clock:", got)
	}
	if got := source.Now(at(-time.Second)); got != at(-time.Hour) {
		t.Error("a machine's clock that went back:", got)
	}
}

func TestClockRestart(t *testing.T) {
	c := playClock(t, "behind", "", []step{{-time.Hour, 0, 0, true}})
	c.Restart()
	if _, moved := c.Time(clockStart.Add(time.Second-time.Hour), clockStart.Add(time.Second)); moved {
		t.Error("moved by a new session with the same clock")
	}
	c.Restart()
	if got, moved := c.Time(clockStart.Add(2*time.Second-2*time.Hour), clockStart.Add(2*time.Second)); !moved || got != clockStart.Add(2*time.Second) {
		t.Error("the clock was set between sessions:", got, moved)
	}
}

// FuzzClock holds that after a move the time is that of the machine, and that without one a time lies nowhere in the future.
func FuzzClock(f *testing.F) {
	f.Add(int64(0), int64(1), int64(2), int64(3))
	f.Add(int64(clockStart), int64(clockStart)+5, int64(3600e9), int64(math.MaxInt64))
	f.Fuzz(func(t *testing.T, a, b, x, y int64) {
		const top = int64(8e18)
		c, _ := NewClock("")
		for _, p := range [][2]int64{{a, b}, {x, y}, {b, y}, {a, y}} {
			stamp, now := wire.Time(p[0]&math.MaxInt64%top), wire.Time(p[1]&math.MaxInt64%(top/4))
			got, moved := c.Time(stamp, now)
			if early := got - now; early > clockTolerance {
				t.Errorf("stamp %d at %d: time %d ns ahead", stamp, now, early)
			}
			if moved && c.Shift() != 0 && got > now {
				t.Errorf("stamp %d at %d: moved to %d", stamp, now, got)
			}
		}
	})
}

func TestClockAllocations(t *testing.T) {
	c, _ := NewClock("")
	now := clockStart
	if n := testing.AllocsPerRun(1000, func() { now++; c.Time(now-5, now); c.Now(now) }); n != 0 {
		t.Error(n, "allocations")
	}
}
