package cdr

import (
	"errors"
	"io"
	"strings"
	"testing"

	"c7mon/config"
)

// sample is records as the example map reads them: a good one, one without an answer, and such as are damaged.
const sample = "record,calling,called,start,answer,end,duration_s,answered,trunk_group,cic,amount,currency,tariff\n" +
	"1,0912345678,0017185550100,2003-10-12 08:00:00.123,2003-10-12 08:00:05.000,2003-10-12 08:01:05.000,60.000,1,VTN-IDD,17,5000,VND,idd\n" +
	"2,,0912345678,2003-10-12 08:00:00.123,,2003-10-12 08:00:09.000,0.000,0,,,,,\n" +
	"3,0912345678,\"09\n12\",2003-13-12 08:00:00.123,x,,-1,2,,,1.5,EUR,\"\n"

// readAll reads a file to its end and gives how many records and bad rows it has. Every error but the end tells a row or the file.
func readAll(t *testing.T, m *Map, file string) (records, bad int) {
	t.Helper()
	n := config.Default().Numbering
	r := NewReader(strings.NewReader(file), "f.csv", m, &n)
	var rec Record
	for range len(file) + 2 {
		err := r.Read(&rec)
		var row *RowError
		switch {
		case err == nil:
			records++
			if rec.Line < 1 {
				t.Fatalf("line %d", rec.Line)
			}
		case err == io.EOF:
			return records, bad
		case errors.As(err, &row):
			bad++
		default:
			return records, bad // the file as a whole is none
		}
	}
	t.Fatal("the file has no end")
	return 0, 0
}

func exampleMap(t testing.TB) *Map {
	m, err := ParseMap("example.yaml", []byte(Example()))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestReadExample reads two good rows, and a third that costs nothing but itself.
func TestReadExample(t *testing.T) {
	if records, bad := readAll(t, exampleMap(t), sample); records != 2 || bad == 0 {
		t.Errorf("%d records and %d bad rows", records, bad)
	}
}

// TestEveryPrefix reads a file that is cut anywhere.
func TestEveryPrefix(t *testing.T) {
	m, most := exampleMap(t), 0
	for i := range len(sample) + 1 {
		records, _ := readAll(t, m, sample[:i])
		if records < most-1 || records > 2 {
			t.Errorf("%d octets: %d records, %d before", i, records, most)
		}
		most = max(most, records)
	}
}

// FuzzReader holds that no octets make the reader panic or go on without end.
func FuzzReader(f *testing.F) {
	f.Add(sample)
	f.Add("\ufeff" + strings.ReplaceAll(sample, "\n", "\r\n"))
	f.Add("")
	m := exampleMap(f)
	f.Fuzz(func(t *testing.T, file string) { readAll(t, m, file) })
}

// FuzzMap holds the same of a map, and of a file that such a map reads.
func FuzzMap(f *testing.F) {
	f.Add(Example(), sample)
	f.Add("format: jsonl\n", "{\"a\": 1}\n")
	f.Add("format: fixed\n", sample)
	f.Fuzz(func(t *testing.T, text, file string) {
		if m, err := ParseMap("map.yaml", []byte(text)); err == nil {
			readAll(t, m, file)
		}
	})
}
