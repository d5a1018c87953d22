package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"c7mon/correlate"
)

// BenchmarkPutCharges charges calls that have no charge, then with the same charges and then with others; then half of the
// calls get another service, and at last all of them are replaced by a better copy. figures are a second.
func BenchmarkPutCharges(b *testing.B) {
	calls := traffic(1000000)
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				url := "sqlite:" + filepath.Join(b.TempDir(), "c.db")
				if kind == "postgres" {
					url = cluster.Database(b)
				}
				s := open(b, url, Write)
				load(b, s, calls)
				chargeAll(b, s, "new-charges/s", ChargeResult{New: int64(len(calls))}, calls, 1)
				chargeAll(b, s, "same-charges/s", ChargeResult{Same: int64(len(calls))}, calls, 1)
				chargeAll(b, s, "changed-charges/s", ChargeResult{Changed: int64(len(calls))}, calls, 2)
				rate := func(name string, n int, do func()) {
					b.Helper()
					began := time.Now()
					do()
					b.ReportMetric(float64(n)/time.Since(began).Seconds(), name)
				}
				rate("read/s", len(calls), func() {
					n := 0
					if err := s.Charges(context.Background(), Filter{}, func(_ *Row, c *Charge) error {
						if c != nil {
							n++
						}
						return nil
					}); err != nil || n != len(calls) {
						b.Fatal(n, err)
					}
				})
				rate("renamed/s", len(calls)/2, func() {
					n := 0
					if r, err := s.Reclassify(context.Background(), Filter{}, func(r *Row) (string, string) {
						if n++; n%2 == 0 {
							return "VOIP", r.TrunkGroup
						}
						return r.Service, r.TrunkGroup
					}); err != nil || r.Changed != int64(len(calls)/2) {
						b.Fatal(r, err)
					}
				})
				rate("replaced/s", 200000, func() { replaceAll(b, s, calls[:200000]) })
			}
		})
	}
}

// chargeAll charges calls in batches.
func chargeAll(b *testing.B, s Store, name string, want ChargeResult, calls []correlate.Call, units int64) {
	b.Helper()
	began := time.Now()
	var batch []Charge
	var sum ChargeResult
	for i := range calls {
		c := &calls[i]
		batch = append(batch, Charge{Start: c.Start, ID: c.ID(), Status: "rated", Units: units, HasMoney: true, Money: int64(i), Currency: "VND",
			Tariff: "international", Prefix: c.Called.String()[:6], Destination: "abroad", Book: "2003", Fingerprint: "0123456789abcdef",
			Of: Copy{c.Messages, c.EndReason, c.Service, c.TrunkGroup}})
		if len(batch) == DefaultBatch || i == len(calls)-1 {
			r, err := s.PutCharges(context.Background(), batch)
			if err != nil {
				b.Fatal(err)
			}
			sum.Add(r)
			batch = batch[:0]
		}
	}
	if sum != want {
		b.Fatalf("%+v, want %+v", sum, want)
	}
	b.ReportMetric(float64(len(calls))/time.Since(began).Seconds(), name)
}

// replaceAll stores a better copy of each call.
func replaceAll(b *testing.B, s Store, calls []correlate.Call) {
	b.Helper()
	w := NewWriter(context.Background(), s, []int64{1}, 0)
	for i := range calls {
		c := calls[i]
		c.Messages++
		w.Put(&c)
	}
	if r, err := w.Close(); err != nil || r.Stored != int64(len(calls)) {
		b.Fatal(r, err)
	}
}
