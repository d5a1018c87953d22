package reconcile

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"c7mon/charge/cdr"
	"c7mon/wire"
)

// province fills a matcher with n calls of a week and the records of a switch that is seven hours and some ppm off, one in a
// hundred missing on either side.
func province(m *Matcher, n int) {
	rng := rand.New(rand.NewPCG(1, 2))
	w := world{offset: 7 * time.Hour, ppm: 40, round: cut}
	var o Observed
	var r cdr.Record
	for i := range n {
		start := epoch + wire.Time(int64(i)*(7*86400e9/int64(n)))
		o = Observed{ID: uint64(i + 1), Calling: fmt.Appendf(o.Calling[:0], "+8491%07d", rng.IntN(n/3+1)),
			Called: fmt.Appendf(o.Called[:0], "+8498%07d", rng.IntN(n/2+1)), Start: start, Answer: start + wire.Time(rng.Int64N(9e9)),
			CIC: uint32(rng.IntN(4000)), TrunkGroup: "TOLL-1", Sure: true, HasMoney: true, Tariff: "NATIONAL"}
		o.End = o.Answer + wire.Time(rng.ExpFloat64()*80e9)
		d := o.End.Sub(o.Answer)
		o.Money, o.HasRange, o.Least, o.Most = price(d), true, price(d-Floor), price(d+Floor)
		if rng.IntN(100) > 0 {
			m.AddCall(&o)
		}
		r = cdr.Record{Line: int64(i + 2), Calling: o.Calling, Called: o.Called, Start: w.clock(o.Start), Answer: w.clock(o.Answer),
			End: wire.NoTime, Duration: d / time.Second * time.Second, Answered: -1, Charged: -1, CIC: int64(o.CIC), TrunkGroup: []byte("TOLL-1"),
			HasMoney: true, Money: price(d / time.Second * time.Second), Tariff: []byte("NATIONAL")}
		if rng.IntN(100) > 0 {
			m.AddRecord(&r)
		}
	}
}

// benchmark measures Match and one walk over the items; filling is not in it. peak-MB is the largest heap of filling, matching and
// walking that was in use or waited for the collector.
func benchmark(b *testing.B, n int) {
	b.ReportAllocs()
	var matched int64
	for b.Loop() {
		b.StopTimer()
		m := &Matcher{}
		province(m, n)
		b.StartTimer()
		r := m.Match(Options{})
		for i := range r.Items {
			if i.Class == Matched {
				matched++
			}
		}
	}
	if matched < int64(b.N)*int64(n)*97/100 {
		b.Fatalf("%d of %d matched", matched, int64(b.N)*int64(n))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/call")
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	b.ReportMetric(float64(s.HeapSys-s.HeapReleased)/1e6, "heap-MB")
}

func BenchmarkMatch(b *testing.B) { benchmark(b, 100_000) }

// BenchmarkMatchMillion is the size that the issue asks for: under a minute and within 2 GiB. Run it by its name.
func BenchmarkMatchMillion(b *testing.B) { benchmark(b, 1_000_000) }
