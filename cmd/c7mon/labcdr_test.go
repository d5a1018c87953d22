package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/wire"
)

// TestLabCDR_Prices holds that a call that is heard from the capture costs, by the same book, what its record says, so that
// nothing differs but what was damaged.
func TestLabCDR_Prices(t *testing.T) {
	const book = "../../charge/tariff/example.yaml"
	f := func(o lab.Options) {
		t.Helper()
		path, records := filepath.Join(t.TempDir(), "lab.pcap"), map[string][]string{}
		var file bytes.Buffer
		price, err := (&labCDR{books: []string{book}}).prices(&app{}, config.Default())
		if err != nil {
			t.Fatal(err)
		}
		o.CDR = &lab.CDR{File: &file, Price: price}
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if _, err := lab.Write(out, o); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			records[row[3]+" "+row[9]+" "+strings.TrimLeft(row[1], "0")] = row
		}
		b, err := tariff.Load(book)
		if err != nil {
			t.Fatal(err)
		}
		rater, err := tariff.NewRater([]*tariff.Book{b}, config.Default())
		if err != nil {
			t.Fatal(err)
		}
		rated, zero := 0, 0
		for _, c := range heard(t, path) {
			row := records[recordTime(c.Start)+" "+strconv.Itoa(int(c.CIC))+" "+c.Calling.String()]
			r := rater.Rate(&c)
			if r.Status != tariff.Rated {
				up := c.EndReason == correlate.ByCaptureEnd && !c.Release.Known() // one that is free is known to be so before its end
				if r.Status == tariff.Free && !up && (row == nil || row[10] != "0") {
					t.Errorf("record %v of a call that is free", row)
				}
				continue
			}
			rated++
			if r.Money == 0 {
				zero++
			}
			if row == nil || row[10] != strconv.FormatInt(r.Money, 10) || row[12] != r.Tariff {
				t.Errorf("record %v: the call costs %d by %s", row, r.Money, r.Tariff)
			}
		}
		if rated < 10 || zero == rated {
			t.Errorf("%d calls were rated, %d of them cost nothing", rated, zero)
		}
	}
	f(lab.Options{Scenario: "faults"})
	f(lab.Options{Scenario: "load", Calls: 2000, Seed: 2})
	f(lab.Options{Scenario: "load", Calls: 2000, Seed: 3, For: time.Minute, Link: "m3ua"})
	f(lab.Options{Scenario: "oct2003", Seed: 4})
}

// recordTime writes a time as a record has it.
func recordTime(t wire.Time) string { return t.Std().In(time.UTC).Format("2006-01-02 15:04:05.000") }

// heard gives the calls of a capture.
func heard(t *testing.T, path string) (calls []correlate.Call) {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	m := monitor.New(monitor.Options{LineName: files.LineName, Calls: &correlate.Options{
		Namer: monitor.NewNaming(config.Default()), Sink: func(c *correlate.Call) { calls = append(calls, *c) }}})
	if err := m.Run(context.Background(), files); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	return calls
}
