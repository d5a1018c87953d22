package hw

import (
	"testing"

	"c7mon/wire"
)

// TestStreamClock holds that octets bear the time at which they were on the line: those that came late are no later for it,
// a clock that runs a little slow is followed, and a line that stood still is told.
func TestStreamClock(t *testing.T) {
	const second, start = wire.Time(1e9), wire.Time(1_066_471_200e9)
	c := streamClock{width: 1}
	delays := []wire.Time{0, 40e6, 5e6, 90e6, 0, 20e6, 0, 0} // ns
	for i, d := range delays {
		pos := uint64(8000 * (i + 1))
		if c.came(pos, start+wire.Time(i+1)*second+d) {
			t.Errorf("piece %d: stalled", i)
		}
		if off := c.at(pos) - (start + wire.Time(i+1)*second); off < -1e6 || off > 1e6 {
			t.Errorf("piece %d: %d ns off", i, off)
		}
	}
	if !c.came(8000*9, start+15*second) {
		t.Error("a line that stood still for six seconds was not noticed")
	}
	if at := c.at(8000 * 9); at != start+15*second {
		t.Errorf("%d ns off", at-start-15*second)
	}
	slow := streamClock{width: 32} // by 50 in 1,000,000
	const n = 4000
	for i := range wire.Time(n) {
		slow.came(uint64(i)*32*8000, start+i*second+i*50_000)
	}
	if off := slow.at(uint64(n-1)*32*8000) - (start + (n-1)*(second+50_000)); off < -1e6 || off > 1e6 {
		t.Errorf("slow clock: %d ns off", off)
	}
	free := streamClock{width: 3, free: true, base: start}
	if free.came(3*8000, 5) || free.at(3*8000) != start+second || free.at(3*8000*86400*365) != start+86400*365*second {
		t.Error("free clock")
	}
}
