package cdr

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"c7mon/charge"
)

// readAll reads text by a map and gives what dump says of it, without the sums.
func readAll(t *testing.T, m *Map, data string) string {
	t.Helper()
	got := dump(t, NewReader(strings.NewReader(data), "f", m, numbering()))
	return got[:strings.LastIndex(got, "rows ")]
}

// brief is a map of three columns, whose records are short in text.
const brief = "format: csv\nzone: UTC\nlayout: \"%Y%m%d%H%M\"\ncolumns: {called: B, start: S, tariff: T}\n"

func TestCSV(t *testing.T) {
	m := parse(t, brief)
	f := func(data string, want ...string) {
		t.Helper()
		if got := readAll(t, m, data); got != strings.Join(append(want, ""), "\n") {
			t.Errorf("%q\ngot\n%swant\n%s", data, got, strings.Join(want, "\n"))
		}
	}
	rec := func(line int, tariff string) string {
		if tariff != "" {
			tariff = " tariff " + tariff
		}
		return fmt.Sprintf("%d:  > 1 start 2003-10-12T08:00:00Z%s", line, tariff)
	}
	const at = "200310120800"
	f("")
	f("B,S,T")
	f("\xef\xbb\xbfB,S,T\r\n1,"+at+",x\r\n1,"+at+",y", rec(2, "x"), rec(3, "y"))
	f("\n \nB,S,T\n\n1,"+at+",x\n", rec(5, "x"))
	f(" T , more, B,S\nx,,1,"+at+"\n", rec(2, "x"))
	f("B,S,T\n1 , "+at+" ,  x  \n", rec(2, "x"))
	f("B,S,T\n1,"+at+",\n", rec(2, ""))
	f("B,S,T\n1,"+at+",x,, \n", rec(2, "x")) // empty columns behind the last
	f("\"B\",\"S\",\"T\"\n\"1\", \""+at+"\" ,\"x, \"\"y\"\" \"\n1,"+at+",\"\"\n", rec(2, `x, "y"`), rec(3, ""))
	f("B,S,T\n1,"+at+",\"a\r\nb\n\nc\"\n1,"+at+",x\n", rec(2, "a\r\nb\n\nc"), rec(6, "x"))
	f("B,S,T\n1,"+at+",5\"6\n", rec(2, `5"6`))
	f("B,S,T\n1,"+at+",x,y\n1,"+at+",z\n", "bad f:2: it has 4 columns, the header has 3", rec(3, "z"))
	f("B,S,T\n1,"+at+"\n1,"+at+",z\n", "bad f:2: it has 2 columns: T is the column 3", rec(3, "z"))
	f("B,S,T\n1,"+at+",\"x\n1,"+at+",y\n1,"+at+",z", "bad f:2: a quote is not closed", rec(3, "y"), rec(4, "z"))
	f("B,S,T\n1,"+at+",\"x\n1,"+at+",\"y\"\n", "bad f:2: text behind a closing quote", rec(3, "y"))
	long := strings.Repeat("x", maxRow)
	f("B,S,T\n1,"+at+","+long+"\n1,"+at+",y\n", "bad f:2: longer than 65536 octets", rec(3, "y"))
	f("B,S,T\n1,"+at+","+long+long+long+long+long+"\n1,"+at+",y\n", "bad f:2: longer than 65536 octets", rec(3, "y"))
	f("B,S,T\n1,"+at+","+long+long+long+long+long, "bad f:2: longer than 65536 octets")
	f("B,S,T\n1,"+at+",\"x\n"+long+"x\n1,"+at+",y\n", "bad f:2: a quote is not closed", "bad f:3: longer than 65536 octets", rec(4, "y"))
	f("B,S,T\n1,"+at+",\xff\n", `bad f:2: tariff: column T: "`+"\ufffd"+`": not UTF-8: the map may need encoding: latin-1`)
	f("B,S,T\n"+strings.Repeat("1", 33)+","+at+",\n", `bad f:2: called: column B: "`+strings.Repeat("1", 33)+`": more than 32 digits`)
	f("B,S,T\n1,"+long[:100]+",x\n", `bad f:2: start: column S: "`+long[:64]+`...": no time of a layout of the map`)

	// What ends the file at once.
	f("B;S;T\n1;"+at+";x\n", "end f:1: the header has no column B, S, T, which the map names; it has B;S;T; is the delimiter ',' of the map the right one?")
	f("B;x,S,T\n1,"+at+",x\n", "end f:1: the header has no column B, which the map names; it has B;x, S, T; for a file without a header write header: no in the map")
	f("B,S,B,T\n", "end f:1: header: column B stands there twice: write its number in the map")
	f("B,S,\"T\n", "end f:1: header: a quote is not closed")
	f(long+long, "end f:1: header: longer than 65536 octets")
	f(strings.Repeat("B,S,T\r1,"+at+",x\r", 5000), "end f:1: header: longer than 65536 octets: lines end with carriage returns alone: write line feeds")
	for _, text := range []string{"\xff\xfeB\x00", "\xfe\xff\x00B", "B\x00,\x00S\x00", "\x00B\x00,\x00S"} {
		f(text, "end f: it is UTF-16: write it as UTF-8")
	}
	f("\x1f\x8b\x08\x00\n", "end f: it is compressed by gzip: unpack it")
	f("PK\x03\x04\n", "end f: it is a ZIP archive or a spreadsheet: unpack it, or save the sheet as CSV")

	// Files that were joined, and columns that are filled with NULs.
	f("B,S,T\n1,"+at+",x\nB,S,T\n1,"+at+",y\r\n\xef\xbb\xbfB,S,T\r\n1,"+at+",z\n", rec(2, "x"), rec(4, "y"), rec(6, "z"))
	f("B,S,T\n1\x00\x00,\x00"+at+",\x00\x00\n\x00\x00\n1,"+at+", \x00x \x00\n", rec(2, ""), rec(4, "x"))
}

func TestCSVShapes(t *testing.T) {
	f := func(m, data, want string) {
		t.Helper()
		if got := readAll(t, parse(t, m), data); got != want {
			t.Errorf("%q by\n%s\ngot\n%swant\n%s", data, m, got, want)
		}
	}
	const rest = "\nformat: csv\nzone: UTC\nlayout: \"%Y%m%d%H%M\"\ncolumns: {called: 2, start: 1}\n"
	const one = ":  > 1 start 2003-10-12T08:00:00Z\n"
	f("header: no"+rest, "200310120800,1\n", "1"+one)
	f("header: yes"+rest, "S,B\n200310120800,1\n", "2"+one)
	f("header: yes"+rest, "2,1\n1,200310120800\n", "2"+one) // columns that are called so
	f("header: no\ndelimiter: tab\nquote: none"+rest, "200310120800\t1\t\"\n", "1"+one)
	f("header: no\ndelimiter: \"|\"\nskip: 2\ncomment: \"#\""+rest, "# one\n\n#x\n200310120800|1\n#200310120800|1\n", "4"+one)
	f("header: no\nskip: 5"+rest, "x\n", "")
	f("header: no\nexcept: [{column: 3, values: [T]}]"+rest, "200310120800,1,R\n,,T\nT\n",
		"1:  > 1 start 2003-10-12T08:00:00Z\nbad f:3: it has 1 column: 2 is the column 2\n")
}

// TestReadSizes holds that it does not matter in what pieces a file comes, and that the error of its source is told behind its
// whole lines.
func TestReadSizes(t *testing.T) {
	for _, in := range vectors(t) {
		data, m := octets(t, in), mapOf(t, in)
		want := dump(t, NewReader(bytes.NewReader(data), "f", m, numbering()))
		for _, src := range []io.Reader{iotest.OneByteReader(bytes.NewReader(data)), iotest.HalfReader(bytes.NewReader(data)),
			iotest.DataErrReader(bytes.NewReader(data))} {
			if got := dump(t, NewReader(src, "f", m, numbering())); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", in, got, want)
			}
		}
	}
	broken := errors.New("the disk is gone")
	r := NewReader(io.MultiReader(strings.NewReader("B,S,T\n1,200310120800,x\n1,2003"), iotest.ErrReader(broken)), "f", parse(t, brief), nil)
	var rec Record
	if err := r.Read(&rec); err != nil {
		t.Error(err)
	}
	if err := r.Read(&rec); !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "f:3: ") {
		t.Error(err)
	}
}

// TestPrefixes reads every prefix of every vector: what stands before the cut is the same, and what is cut adds at most one row.
func TestPrefixes(t *testing.T) {
	for _, in := range vectors(t) {
		data, m := octets(t, in), mapOf(t, in)
		whole := strings.Split(dump(t, NewReader(bytes.NewReader(data), "f", m, numbering())), "\n")
		for cut := range data {
			got := strings.Split(dump(t, NewReader(bytes.NewReader(data[:cut]), "f", m, numbering())), "\n")
			got = got[:len(got)-2] // the sums
			same := 0
			for same < len(got) && same < len(whole) && got[same] == whole[same] {
				same++
			}
			// A row of two lines is two rows when its quote is not there yet.
			if len(got)-same > 2 {
				t.Fatalf("%s: the first %d octets differ from line %d on:\n%s", filepath.Base(in), cut, same+1, strings.Join(got, "\n"))
			}
		}
	}
}

func TestJSON(t *testing.T) {
	f := func(data, want string) {
		t.Helper()
		if got := readAll(t, parse(t, "format: jsonl\ncolumns: {called: b.n, start: {column: s, layout: epoch}, tariff: t}"), data); got != want {
			t.Errorf("%s\ngot\n%swant\n%s", data, got, want)
		}
	}
	f(`{"b":{"n":"1"},"s":0,"t":"\"\\\/\b\f\n\r\t\u00e9"}`, "1:  > 1 start 1970-01-01T00:00:00Z tariff \"\\/\b\f\n\r\té\n")
	f(`{"b":{"n":"1"},"s":0,"t":"a\ud800"}`, "1:  > 1 start 1970-01-01T00:00:00Z tariff a\ufffd\n")
	f(`{"b":{"n":"1"},"s":0,"t":"a\ud800\u0041"}`, "1:  > 1 start 1970-01-01T00:00:00Z tariff a\ufffdA\n")
	f(`{"\u0062":{"\u006e":"1"},"s":0}`, "1:  > 1 start 1970-01-01T00:00:00Z\n")
	f(`{"b.n":"2","s":0,"s":1}`, "1:  > 2 start 1970-01-01T00:00:01Z\n") // of two that are called alike, the last
	f(`{"b":{"n":{"n":1}},"s":0}`, "bad f:1: called: column b.n: \"{\\\"n\\\":1}\": one value is needed, not an object or a list\n")
	f(`{"b":"1","s":0,"c":[{"b":{"n":"3"}},"s"],"d":-1.5e+3}`, "1:  > "+" start 1970-01-01T00:00:00Z\n")
	f("{}\n", "end f:1: the first record has no column of the map (b.n, s, t); its keys are \n")
	f("x\n{\"B\":1,\"S\":2}\n", "bad f:1: no JSON object\nend f:2: the first record has no column of the map (b.n, s, t); its keys are \"B\", \"S\"\n")
	f(`{"s":0} {"s":1}`, "bad f:1: not JSON: invalid character '{' after top-level value\n")
}

// TestCurrency holds that an amount without a currency is not read, and that the caller can say which it is.
func TestCurrency(t *testing.T) {
	m := parse(t, strings.Replace(brief, "tariff: T", "money: T", 1))
	const data = "B,S,T\n1,200310120800,1.5\n"
	if got := readAll(t, m, data); got != "end f: money: the currency is not known: add currency: {code: VND, decimals: 0} to the map\n" {
		t.Error(got)
	}
	m.Currency = charge.Currency{Code: "USD", Decimals: 2}
	if got := readAll(t, m, data); got != "2:  > 1 start 2003-10-12T08:00:00Z money 150\n" {
		t.Error(got)
	}
}

// TestNumbering holds that numbers without a numbering stay as they are.
func TestNumbering(t *testing.T) {
	r := NewReader(strings.NewReader("B,S,T\n0912345678,200310120800,\n"), "f", parse(t, brief), nil)
	var rec Record
	if err := r.Read(&rec); err != nil || string(rec.Called) != "0912345678" {
		t.Errorf("%s, %v", rec.Called, err)
	}
}

// TestNoAlloc holds that a CSV record costs no memory, with quotes, two columns of a date, and times of a zone with summer time.
func TestNoAlloc(t *testing.T) {
	const m = `
format: csv
header: no
zone: Europe/Berlin
currency: {code: EUR, decimals: 2}
columns:
  calling: 1
  called: {column: 2, nature: 3}
  start: {columns: [4, 5], layout: "%Y-%m-%d %H:%M:%S"}
  answer: {columns: [4, 6], layout: ["%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S"]}
  duration: 7
  answered: 8
  trunk_group: {columns: [9, 10], names: [R12 = TOLL-1]}
  cic: {columns: [11, 12]}
  money: {column: 13, decimal: ","}
  tariff: 14
`
	const row = `0313825100,"00 84 912345678",2,2003-10-12,08:00:00,08:00:07,60.5,YES,X,R12,1,2,"12,50","a ""b"""` + "\n"
	const rows = 3000
	r := NewReader(strings.NewReader(strings.Repeat(row, rows)), "f", parse(t, m), numbering())
	var rec Record
	read := func() {
		if err := r.Read(&rec); err != nil || rec.Money != 1250 || string(rec.Tariff) != `a "b"` || rec.CIC != 2 ||
			string(rec.Called) != "+84912345678" {
			t.Fatalf("%s, %v", text(&rec), err)
		}
	}
	read()
	if n := testing.AllocsPerRun(rows-2, read); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}
