package cdr

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"c7mon/yamlfile"
)

// FuzzParseMap holds that no octets make the reader of maps panic, that each error has a line, and that what is a map reads any file.
func FuzzParseMap(f *testing.F) {
	f.Add([]byte(Example()), octets(f, "testdata/lab.cdr"))
	for _, in := range vectors(f) {
		if !strings.HasSuffix(in, "lab.cdr") {
			f.Add(octets(f, strings.TrimSuffix(in, ".cdr")+".yaml"), octets(f, in))
		}
	}
	f.Fuzz(func(t *testing.T, file, data []byte) {
		m, err := ParseMap("f", file)
		if err != nil {
			var list yamlfile.Errors
			if m != nil || !errors.As(err, &list) {
				t.Fatalf("%v beside %v", m, err)
			}
			for _, e := range list {
				if e.Line < 1 || e.Text == "" {
					t.Errorf("%#v", e)
				}
			}
			return
		}
		dump(t, NewReader(bytes.NewReader(data), "f", m, numbering()))
	})
}

// fuzzReader reads any file by the map of a vector: the sums fit, and it does not matter in what pieces it comes.
func fuzzReader(f *testing.F, vector string) {
	m, data := mapOf(f, vector), octets(f, vector)
	f.Add(data)
	header, rows, _ := bytes.Cut(data, []byte("\n"))
	for row := range bytes.Lines(rows) {
		f.Add(append(append(bytes.Clone(header), '\n'), row...))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		want := dump(t, NewReader(bytes.NewReader(data), "f", m, numbering()))
		if got := dump(t, NewReader(iotest.HalfReader(iotest.DataErrReader(bytes.NewReader(data))), "f", m, numbering())); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

func FuzzCSV(f *testing.F)    { fuzzReader(f, "testdata/lab.cdr") }
func FuzzBiller(f *testing.F) { fuzzReader(f, "testdata/biller.cdr") }
func FuzzFixed(f *testing.F)  { fuzzReader(f, "testdata/axe.cdr") }
func FuzzJSON(f *testing.F)   { fuzzReader(f, "testdata/softswitch.cdr") }

// FuzzJSONValue holds the walk over JSON against the standard library.
func FuzzJSONValue(f *testing.F) {
	m := parse(f, "format: jsonl\ncolumns: {called: c, start: {column: s, layout: epoch}, tariff: t.n}")
	for _, s := range []string{`{"t.n":"a\"\\\/\u00e9\ud83d\ude00","s":1}`, `{"x":[{"t.n":"}"},"]"],"t.n":-1.5E+3,"s":"1"}`, `{"t.n":null,"s":1}`, `{"t\u002en":true,"s":1}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\r") || len(line) > maxRow {
			return
		}
		r := NewReader(bytes.NewReader(line), "f", m, nil)
		var rec Record
		if err := r.Read(&rec); err != nil {
			return
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")), &want); err != nil {
			t.Fatal(err)
		}
		if _, nested := want["t"]; nested {
			return
		}
		text := string(want["t.n"])
		switch {
		case text == "null":
			text = ""
		case strings.HasPrefix(text, `"`):
			if err := json.Unmarshal(want["t.n"], &text); err != nil {
				t.Fatal(err)
			}
		}
		if text = strings.TrimSpace(text); string(rec.Tariff) != text {
			t.Errorf("got %q, want %q", rec.Tariff, text)
		}
	})
}
