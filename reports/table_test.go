package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestWidth(t *testing.T) {
	f := func(s string, want int) {
		t.Helper()
		if got := width(s); got != want {
			t.Errorf("%q takes %d columns, want %d", s, got, want)
		}
	}
	f("Tỷ lệ", 5)
	f("Tỷ lệ", 5) // the same with combining marks
	f("Nguyên nhân", 11)
	f("中国", 4)
	f("", 0)
}

// TestTextAligned holds that in Vietnamese the columns end where they end in ASCII.
func TestTextAligned(t *testing.T) {
	table := Table{Title: "T", Columns: []Column{{"a", "Tỷ lệ", true}, {"b", "Tên", false}, {"c", "x", true}},
		Rows: []Row{{{Text: "1"}, {Text: "Cuộc gọi bị từ chối"}, {Text: "2"}}, {{Text: "123456"}, {Text: "a"}, {Text: "3"}}}}
	var b bytes.Buffer
	if err := table.Write(&b, Text); err != nil {
		t.Fatal(err)
	}
	want := "T\n\n Tỷ lệ  Tên                  x\n     1  Cuộc gọi bị từ chối  2\n123456  a                    3\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// TestHostileNames holds that a name from a configuration can neither drive the terminal nor break CSV or JSON.
func TestHostileNames(t *testing.T) {
	in := byLocation(t, English)
	in.Select.Service, in.Counts[0].Key = "A\x1b[2J\n\"<b>\"", "k\x07,\"x\n"
	table := Causes(in)
	var b bytes.Buffer
	if err := table.Write(&b, Text); err != nil || strings.ContainsAny(b.String(), "\x1b\x07") {
		t.Errorf("%q, %v", b.String(), err)
	}
	b.Reset()
	if err := table.Write(&b, JSON); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Service string
		Groups  []struct{ Group string }
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || got.Service != in.Select.Service {
		t.Errorf("%+v, %v", got, err)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrors(t *testing.T) {
	table := Causes(byLocation(t, English))
	for f := range formatNames {
		if err := table.Write(fullDisk{}, Format(f)); !errors.Is(err, errFull) {
			t.Errorf("%v: %v", Format(f), err)
		}
	}
}

func TestNames(t *testing.T) {
	f := func(err error, want string) {
		t.Helper()
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	_, err := ParseFormat("xml")
	f(err, `format "xml": one of text, csv, json, html, xlsx, pdf is needed`)
	_, err = ParseLang("fr")
	f(err, `language "fr": one of en, vi is needed`)
	_, err = ParseBy("cic")
	f(err, `--by "cic": one of service, dpc, trunk_group, location, day is needed`)
	for d, name := range dimensionNames {
		if got, err := ParseBy(name); err != nil || int(got) != d {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestAmount(t *testing.T) {
	f := func(text, en, vi string) {
		t.Helper()
		if a, b := English.amount(text), Vietnamese.amount(text); a != en || b != vi {
			t.Errorf("%s: %s and %s, want %s and %s", text, a, b, en, vi)
		}
	}
	f("0", "0", "0")
	f("-1", "-1", "-1")
	f("999", "999", "999")
	f("1000", "1,000", "1.000")
	f("-100000.50", "-100,000.50", "-100.000,50")
	f("82525720", "82,525,720", "82.525.720")
	f("9223372036854775807", "9,223,372,036,854,775,807", "9.223.372.036.854.775.807")
	f("0.001", "0.001", "0,001")
	f("", "", "")
}
