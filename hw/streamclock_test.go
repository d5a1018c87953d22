package hw

import (
	"math/rand/v2"
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

// TestStreamClockBounds runs lines of every sort for half an hour against the clock of the machine: pieces of any size with any
// delay, several at once, lines slower and faster than the machine's clock by 50 in a million; and holds that the end of a
// piece is never later than it came, nor earlier than it was on the line by more than what the comment of streamClock says.
func TestStreamClockBounds(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 11))
		drift := []wire.Time{-50, 0, 50}[r.IntN(3)] // parts in a million by which the line is slower
		width := []int64{1, 4, 32}[r.IntN(3)]
		least, jitter := wire.Time(r.IntN(20e6)), wire.Time(1+r.IntN(100e6))
		on := func(pos uint64) wire.Time { // when the octet at pos is on the line
			return start + wire.Time(pos)/wire.Time(width)*(frameTime+frameTime*drift/1_000_000)
		}
		c := streamClock{width: width}
		pos, now, last := uint64(0), start, wire.NoTime
		quick := start // when a piece came with hardly any delay
		for pos < uint64(width)*8000*1800 {
			pos += uint64(1+r.IntN(400)) * uint64(width)
			delay := least
			if r.IntN(10) > 0 {
				delay += wire.Time(r.Int64N(int64(jitter)))
			}
			was := c.at(pos)
			if now = max(now, on(pos)+delay); now == on(pos)+least {
				quick = on(pos)
			}
			if c.came(pos, now) {
				t.Fatalf("seed %d: stalled", seed)
			}
			at := c.at(pos)
			if at > now || at-was > (now-last)/driftPart+1 && last.Known() {
				t.Fatalf("seed %d: at %d the octet that came at %d", seed, at-start, now-start)
			}
			last = now
			if off := at - on(pos) - least; quick > start && (off < -boundEarly || off > (on(pos)-quick)/5000+boundEarly) {
				t.Fatalf("seed %d: %d ns off, %v s after the last quick piece", seed, off, float64(on(pos)-quick)/1e9)
			}
		}
	}
}

// boundEarly is what a slow line is behind for, in a piece of 50 ms and the bits of arithmetic.
const boundEarly = 10_000

// TestStreamClockBacklog holds what a stall costs, with octets lost in it and with a backlog that comes at once: no time is
// later than the octet came, or far from when it was on the line for longer than the backlog lasts.
func TestStreamClockBacklog(t *testing.T) {
	const piece, stop = 160, 5 * 8000 // octets
	f := func(lost bool) {
		t.Helper()
		c := streamClock{width: 1}
		stalls := 0
		var sent, pos uint64 // with what was lost, and without
		for sent = piece; sent < 60*8000; sent += piece {
			came := start + wire.Time(sent)*frameTime
			if sent > 20*8000 && sent <= 20*8000+stop {
				if lost {
					continue
				}
				came = start + (20*8000+stop)*frameTime
			}
			pos += piece
			if c.came(pos, came) {
				stalls++
			}
			at, real := c.at(pos), start+wire.Time(sent)*frameTime
			if at > came || at < real-1000 {
				t.Fatalf("lost %v: octet %d at %d, on the line at %d, came at %d", lost, sent, at-start, real-start, came-start)
			}
		}
		if stalls != 1 {
			t.Errorf("lost %v: told %d times", lost, stalls)
		}
	}
	f(true)
	f(false)
}

// TestOnward holds that times of a line do not go back, but when the clock of the machine is set back.
func TestOnward(t *testing.T) {
	f := func(last, at, want wire.Time) {
		t.Helper()
		if got := onward(last, at); got != want {
			t.Errorf("%v after %v: %v", at, last, got)
		}
	}
	f(wire.NoTime, start, start)
	f(start, start+1, start+1)
	f(start, start-1, start)
	f(start, start-59e9, start)
	f(start, start-3600e9, start-3600e9)
}
