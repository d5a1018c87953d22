package cdr

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"c7mon/config"
)

var update = flag.Bool("update", false, "rewrite the .golden files")

// vectors gives the files of call records in testdata.
func vectors(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.cdr")
	if err != nil || len(files) == 0 {
		t.Fatal("no vectors:", err)
	}
	return files
}

// mapOf reads the map beside a vector; lab.cdr is read with the example.
func mapOf(t testing.TB, file string) *Map {
	t.Helper()
	if filepath.Base(file) == "lab.cdr" {
		return parse(t, Example())
	}
	m, err := LoadMap(strings.TrimSuffix(file, ".cdr") + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func parse(t testing.TB, text string) *Map {
	t.Helper()
	m, err := ParseMap("map.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// numbering is that of Vietnam in 2003.
func numbering() *config.Numbering { return &config.Default().Numbering }

func octets(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// text writes a record, without what is not told.
func text(rec *Record) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d: %s > %s", rec.Line, rec.Calling, rec.Called)
	put := func(told bool, format string, v ...any) {
		if told {
			fmt.Fprintf(&b, " "+format, v...)
		}
	}
	put(rec.Start.Known(), "start %v", rec.Start)
	put(rec.Answer.Known(), "answer %v", rec.Answer)
	put(rec.End.Known(), "end %v", rec.End)
	put(rec.Other != [3]time.Duration{}, "other %v", rec.Other)
	put(rec.Duration >= 0, "duration %v", rec.Duration)
	put(rec.Answered >= 0, "answered %d", rec.Answered)
	put(rec.Charged >= 0, "charged %d", rec.Charged)
	put(len(rec.TrunkGroup) > 0, "group %s", rec.TrunkGroup)
	put(rec.CIC >= 0, "cic %d", rec.CIC)
	put(rec.HasMoney, "money %d", rec.Money)
	put(len(rec.Tariff) > 0, "tariff %s", rec.Tariff)
	return b.String()
}

// dump reads a file to its end and writes a line for each row that is not left out, then the sums. It holds that the sums are
// those of the rows.
func dump(t testing.TB, r *Reader) string {
	t.Helper()
	var b strings.Builder
	var got Counts
	for {
		var rec Record
		err := r.Read(&rec)
		var bad *RowError
		switch {
		case err == nil:
			got.Records++
			b.WriteString(text(&rec) + "\n")
			continue
		case errors.As(err, &bad):
			got.Bad++
			b.WriteString("bad " + bad.Error() + "\n")
			continue
		case err != io.EOF:
			b.WriteString("end " + err.Error() + "\n")
		}
		if again := r.Read(&rec); again != err {
			t.Errorf("after the end: %v, then %v", err, again)
		}
		break
	}
	c := r.Counts()
	if c.Records != got.Records || c.Bad != got.Bad || c.Rows != c.Records+c.Bad+c.LeftOut {
		t.Errorf("counted %+v, read %+v", c, got)
	}
	fmt.Fprintf(&b, "rows %d records %d left out %d bad %d, never filled %q\n", c.Rows, c.Records, c.LeftOut, c.Bad, r.NeverFilled())
	return b.String()
}

// TestGolden reads every testdata/*.cdr by the .yaml beside it and compares with the .golden beside it.
func TestGolden(t *testing.T) {
	for _, in := range vectors(t) {
		t.Run(filepath.Base(in), func(t *testing.T) {
			data := octets(t, in)
			got := dump(t, NewReader(bytes.NewReader(data), filepath.Base(in), mapOf(t, in), numbering()))
			golden := strings.TrimSuffix(in, ".cdr") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if want := string(octets(t, golden)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
