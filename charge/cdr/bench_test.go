package cdr

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// benchmark reads a file of so many rows again and again and tells records and octets a second.
func benchmark(b *testing.B, m *Map, header string, row func(i int) string) {
	b.Helper()
	const rows = 20000
	var all strings.Builder
	all.WriteString(header)
	for i := range rows {
		all.WriteString(row(i))
	}
	data := all.String()
	b.SetBytes(int64(len(data) / rows))
	b.ReportAllocs()
	var rec Record
	var r *Reader
	for i := range b.N {
		if i%rows == 0 {
			r = NewReader(strings.NewReader(data), "f", m, numbering())
		}
		if err := r.Read(&rec); err != nil {
			b.Fatal(err)
		}
	}
	if err := r.Read(&rec); err != nil && err != io.EOF || rec.Duration < 0 {
		b.Fatal(err, text(&rec))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkCSV(b *testing.B) {
	benchmark(b, parse(b, Example()), "record,calling,called,start,answer,end,duration_s,answered,trunk_group,cic,amount,currency,tariff\n", func(i int) string {
		at := fmt.Sprintf("2003-10-12 %02d:%02d:", i/3600, i/60%60)
		return fmt.Sprintf("%d,03138%05d,0912%06d,%s01.123,%s07.456,%s47.456,40.000,1,TOLL-1,%d,800,VND,Mobile\n", i, i, i, at, at, at, i%31)
	})
}

func BenchmarkFixed(b *testing.B) {
	benchmark(b, mapOf(b, "testdata/axe.cdr"), "", func(i int) string {
		return fmt.Sprintf("R3138%05d   0912%06d      031012%02d%02d01%02d%02d07000100%4d00001250OUT1\n", i, i, i/3600, i/60%60, i/3600, i/60%60, i%31)
	})
}

func BenchmarkJSON(b *testing.B) {
	benchmark(b, mapOf(b, "testdata/softswitch.cdr"), "", func(i int) string {
		return fmt.Sprintf(`{"id":"%d","from":{"number":"843138%05d","type":"sub"},"to":{"number":"84912%06d"},"t":{"setup":%d123,"answer":%d.5},"ms":65500,"cause":16,"billed":true,"trunk":"TOLL-1","rate":{"amount":1200,"name":"Mobile"}}`+"\n",
			i, i, i, 1065920400+i, 1065920405+i)
	})
}
