package store

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"c7mon/correlate"
)

// traffic makes n calls as a replay gives them: in the order of their ends, 200 a second from 08:00 on, over 3,000
// circuits, one in three not answered.
func traffic(n int) []correlate.Call {
	calls := make([]correlate.Call, n)
	seed := uint32(1)
	for i := range calls {
		seed = seed*1664525 + 1013904223
		c := answered(at("08:00:00").Add(time.Duration(i)*5*time.Millisecond+time.Duration(seed>>12)*time.Microsecond), uint32(i%3000))
		c.Called = correlate.ParseNumber(fmt.Sprintf("0084%09d", seed%1e9), 4, 0)
		c.Calling = correlate.ParseNumber(fmt.Sprintf("48%06d", seed>>8%1e6), 3, 0)
		if i%3 == 0 {
			c.Answer, c.Alerting, c.Outcome, c.Cause, c.Messages = -1<<63, -1<<63, correlate.Busy, 17, 4
		}
		calls[i] = c
	}
	return calls
}

func BenchmarkEncode(b *testing.B) {
	calls := traffic(8192)
	var r copyReader
	buf := make([]byte, 65531)
	octets := 0
	b.ReportAllocs()
	for n := 0; n < b.N; n += len(calls) {
		r.reset(calls, []int64{1})
		octets = 0
		for {
			k, err := r.Read(buf)
			octets += k
			if err != nil {
				break
			}
		}
	}
	b.ReportMetric(float64(octets)/float64(len(calls)), "octets/row")
}

// load puts calls in batches and finishes; it gives the time of each.
func load(b *testing.B, s Store, calls []correlate.Call) (rows, indexes time.Duration) {
	b.Helper()
	began := time.Now()
	w := NewWriter(context.Background(), s, []int64{1}, 0)
	for i := range calls {
		w.Put(&calls[i])
	}
	if r, err := w.Close(); err != nil || r.Stored != int64(len(calls)) {
		b.Fatal(r, err)
	}
	rows = time.Since(began)
	began = time.Now()
	if err := s.Finish(context.Background()); err != nil {
		b.Fatal(err)
	}
	return rows, time.Since(began)
}

func BenchmarkLoadSQLite(b *testing.B) {
	calls := traffic(200000)
	for b.Loop() {
		rows, index := load(b, open(b, "sqlite:"+filepath.Join(b.TempDir(), "c.db"), Write), calls)
		b.ReportMetric(float64(len(calls))/rows.Seconds(), "calls/s")
		b.ReportMetric(float64(len(calls))/(rows+index).Seconds(), "calls/s-with-indexes")
	}
}

// BenchmarkMore loads into a database that has calls and indexes, and then the same calls again.
func BenchmarkMore(b *testing.B) {
	all := traffic(600000)
	calls := all[400000:]
	for _, kind := range []string{"sqlite", "postgres"} {
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				url := "sqlite:" + filepath.Join(b.TempDir(), "c.db")
				if kind == "postgres" {
					url = cluster.Database(b)
				}
				s := open(b, url, Write)
				load(b, s, all[:400000])
				rows, index := load(b, s, calls)
				b.ReportMetric(float64(len(calls))/(rows+index).Seconds(), "calls/s")
				began := time.Now()
				w := NewWriter(context.Background(), s, []int64{1}, 0)
				for i := range calls {
					w.Put(&calls[i])
				}
				if r, err := w.Close(); err != nil || r.Known != int64(len(calls)) {
					b.Fatal(r, err)
				}
				b.ReportMetric(float64(len(calls))/time.Since(began).Seconds(), "known-calls/s")
			}
		})
	}
}

func BenchmarkLoadPostgres(b *testing.B) {
	calls := traffic(1000000)
	for b.Loop() {
		rows, index := load(b, open(b, cluster.Database(b), Write), calls)
		b.ReportMetric(float64(len(calls))/rows.Seconds(), "calls/s")
		b.ReportMetric(index.Seconds()*1e6/float64(len(calls)), "index-us/row")
	}
}

// BenchmarkCopyRatio loads the same rows into the same table by binary COPY and by \copy of psql, in turn, and gives the
// median of the ratios of their times.
func BenchmarkCopyRatio(b *testing.B) {
	calls := traffic(500000)
	csv := filepath.Join(b.TempDir(), "calls.csv")
	psql := func(url, command string) time.Duration {
		began := time.Now()
		if out, err := exec.Command(cluster.Psql(), "-q", "-X", "-d", url, "-c", command).CombinedOutput(); err != nil {
			b.Fatalf("psql: %v: %s", err, out)
		}
		return time.Since(began)
	}
	var ratios, ours, theirs []float64
	for b.Loop() {
		url := cluster.Database(b)
		s := open(b, url, Write)
		psql(url, "CHECKPOINT")
		began := time.Now()
		w := NewWriter(context.Background(), s, []int64{1}, 0)
		for i := range calls {
			w.Put(&calls[i])
		}
		if r, err := w.Close(); err != nil || r.Stored != int64(len(calls)) {
			b.Fatal(r, err)
		}
		binary := time.Since(began)
		if len(ratios) == 0 {
			psql(url, `\copy (SELECT * FROM calls ORDER BY ended, id) TO '`+csv+`' CSV`)
		}
		psql(url, "TRUNCATE calls; CHECKPOINT")
		text := psql(url, `\copy calls FROM '`+csv+`' CSV`)
		psql(url, "CHECKPOINT")
		ratios = append(ratios, text.Seconds()/binary.Seconds())
		ours = append(ours, float64(len(calls))/binary.Seconds())
		theirs = append(theirs, float64(len(calls))/text.Seconds())
	}
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(median(ours), "copy-calls/s")
	b.ReportMetric(median(theirs), "psql-calls/s")
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
