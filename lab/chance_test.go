package lab

import (
	"math"
	"slices"
	"testing"
	"time"

	"c7mon/wire"
)

func TestLog2(t *testing.T) {
	f := func(m uint32) {
		t.Helper()
		want := math.Log2(float64(m) / (1 << 31))
		if got := float64(log2(m)) / (1 << fixed); math.Abs(got-want) > 0.0001 {
			t.Errorf("%d: %f, not %f", m, got, want)
		}
	}
	f(1 << 31)
	f(3 << 30)
	f(0xffffffff)
	f(0x9abcdef0)
}

func TestScale(t *testing.T) {
	f := func(d time.Duration, e float64) {
		t.Helper()
		want := float64(d) * math.Exp2(e)
		if got := float64(scale(d, int64(e*(1<<fixed)))); math.Abs(got-want) > 1000+want/10000 {
			t.Errorf("%v times 2 to %f: %f, not %f", d, e, got, want)
		}
	}
	f(time.Second, 0)
	f(time.Second, 1.5)
	f(time.Minute, -2.25)
	f(3*time.Hour, 0.999)
	f(time.Second, -70)
}

func TestDistributions(t *testing.T) {
	c := newChance("test", 7)
	const n = 20000
	var sum time.Duration
	lengths := make([]time.Duration, n)
	for i := range lengths {
		sum += c.exponential(time.Minute)
		lengths[i] = c.lognormal(time.Minute, 1000)
	}
	if mean := sum / n; mean < 58*time.Second || mean > 62*time.Second {
		t.Errorf("mean of the exponential: %v", mean)
	}
	slices.Sort(lengths)
	if median := lengths[n/2]; median < 58*time.Second || median > 62*time.Second {
		t.Errorf("median of the lognormal: %v", median)
	}
	if upper := lengths[n*841/1000]; upper < 114*time.Second || upper > 126*time.Second {
		t.Errorf("one deviation above the median: %v", upper)
	}
}

func TestQueue(t *testing.T) {
	c := newChance("test", 1)
	var q queue
	for range 2000 {
		q.put(event{at: wire.Time(c.below(300))})
	}
	last := event{at: -1}
	for range 2000 {
		ev := q.take()
		if !last.before(&ev) {
			t.Fatalf("%d/%d after %d/%d", ev.at, ev.order, last.at, last.order)
		}
		last = ev
	}
	if len(q.events) != 0 {
		t.Error("something is left")
	}
}
