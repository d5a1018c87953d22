package capture

import (
	"math/bits"

	"c7mon/wire"
)

// Times of records are held within these bounds (the years 1823 and 2116), so that the difference of any two is a time.
const (
	earliest wire.Time = -1<<62 + 1
	latest   wire.Time = 1<<62 - 1
)

func clamp(t wire.Time) wire.Time { return min(max(t, earliest), latest) }

// A clock turns the ticks of a pcapng interface into nanoseconds.
type clock struct {
	res    uint8 // if_tsresol: the top bit set, ticks of 2^-n s; else of 10^-n s
	offset int64 // if_tsoffset in seconds
}

// clockMicro is the clock of an interface that says nothing about it.
const clockMicro = 6

// time gives the moment of ticks. A moment outside the bounds is the nearest bound.
func (c clock) time(ticks uint64) wire.Time {
	var ns uint64
	over := false
	switch n := c.res & 0x7f; {
	case c.res == clockMicro:
		var hi uint64
		hi, ns = bits.Mul64(ticks, 1000)
		over = hi != 0
	case c.res&0x80 != 0:
		ns, over = binaryTicks(ticks, uint(n))
	case n <= 9:
		var hi uint64
		hi, ns = bits.Mul64(ticks, pow10(9-n))
		over = hi != 0
	case n-9 <= 19:
		ns = ticks / pow10(n-9)
	}
	if over || ns > uint64(latest) {
		ns = uint64(latest)
	}
	if c.offset == 0 {
		return wire.Time(ns)
	}
	const bound = int64(latest / 1e9)
	return clamp(wire.Time(ns) + wire.Time(min(max(c.offset, -bound), bound))*1e9)
}

// binaryTicks converts ticks of 2^-n s, n at most 127, to nanoseconds; over says that they do not fit.
func binaryTicks(ticks uint64, n uint) (ns uint64, over bool) {
	hi, lo := bits.Mul64(ticks, 1e9)
	if n >= 64 {
		return hi >> (n - 64), false
	}
	return hi<<(64-n) | lo>>n, hi>>n != 0
}

// pow10 gives 10^n, n at most 19.
func pow10(n uint8) uint64 {
	p := uint64(1)
	for range n {
		p *= 10
	}
	return p
}
