package monitor

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
)

// benchFile writes the load of the laboratory in a link form.
func benchFile(tb testing.TB, link string, msus int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), link+".pcap")
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := lab.Write(f, lab.Options{Scenario: "load", Seed: 1, MSUs: msus, Link: link}); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return path
}

// run replays a file, with or without a correlator.
func run(tb testing.TB, path string, calls bool) Summary {
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	defer files.Close()
	opt := Options{LineName: files.LineName}
	if calls {
		opt.Calls = &correlate.Options{Namer: NewNaming(config.Default())}
	}
	m := New(opt)
	if err := m.Run(context.Background(), files); err != nil {
		tb.Fatal(err)
	}
	m.Finish()
	return m.Summary()
}

// BenchmarkPath measures the whole path from the file on, in ns and allocations an MSU: decoding alone, and with the
// joining of messages to calls.
func BenchmarkPath(b *testing.B) {
	const msus = 1_000_000
	for _, link := range lab.Links() {
		path := benchFile(b, link, msus)
		for _, calls := range []bool{false, true} {
			name := link + "/decode"
			if calls {
				name = link + "/correlate"
			}
			b.Run(name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					run(b, path, calls)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/msus, "ns/MSU")
			})
		}
	}
}

// TestSteadyAllocations holds that the path allocates by what it has to remember, and nothing by the message: twenty times
// the messages may not cost more than the tables that grow with the circuits.
func TestSteadyAllocations(t *testing.T) {
	f := func(link string) {
		t.Helper()
		few, many := benchFile(t, link, 20_000), benchFile(t, link, 400_000)
		a := testing.AllocsPerRun(1, func() { run(t, few, true) })
		b := testing.AllocsPerRun(1, func() { run(t, many, true) })
		if perMSU := (b - a) / 380_000; perMSU > 0.01 {
			t.Errorf("%s: %.0f allocations for 20,000 MSUs, %.0f for 400,000: %.3f a further MSU", link, a, b, perMSU)
		}
	}
	for _, link := range lab.Links() {
		f(link)
	}
}
