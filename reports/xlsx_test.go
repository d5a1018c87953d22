package reports

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// readSheet reads a workbook back: the file and the name of its only sheet.
func readSheet(t *testing.T, b []byte) (*excelize.File, string) {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	sheets := f.GetSheetList()
	if len(sheets) != 1 {
		t.Fatalf("sheets %q", sheets)
	}
	return f, sheets[0]
}

// A sheetCell is a cell as it is stored and as it is shown.
type sheetCell struct {
	raw, shown, formula string
	kind                excelize.CellType
}

func cellOf(t *testing.T, f *excelize.File, sheet string, column, row int) sheetCell {
	t.Helper()
	at := cellName(column, row)
	var c sheetCell
	for _, get := range []func() error{
		func() (err error) {
			c.raw, err = f.GetCellValue(sheet, at, excelize.Options{RawCellValue: true})
			return
		},
		func() (err error) { c.shown, err = f.GetCellValue(sheet, at); return },
		func() (err error) { c.formula, err = f.GetCellFormula(sheet, at); return },
		func() (err error) { c.kind, err = f.GetCellType(sheet, at); return },
	} {
		if err := get(); err != nil {
			t.Fatalf("%s: %v", at, err)
		}
	}
	return c
}

// The kinds of cells that excelize tells apart: a number carries none in the file.
const (
	isNumber = excelize.CellTypeUnset
	isText   = excelize.CellTypeInlineString
)

// TestXLSX holds that every cell of a table is in its place in the sheet: a number where programs get one, else the text.
func TestXLSX(t *testing.T) {
	for name, table := range samples(t) {
		f, sheet := readSheet(t, write(t, &table, XLSX))
		row := headingRow
		check := func(column int, kind excelize.CellType, raw string) {
			t.Helper()
			c := cellOf(t, f, sheet, column, row)
			if raw == "" && c.raw == "" {
				return
			}
			if c.raw != raw || c.kind != kind || c.formula != "" {
				t.Errorf("%s: %s is %.60q of kind %d, formula %q, want %.60q of kind %d", name, cellName(column, row), c.raw, c.kind, c.formula,
					raw, kind)
			}
		}
		shift := 0
		if table.Groups != nil {
			shift = 1
			check(1, isText, table.Lang.labels().group)
		}
		for i, c := range table.Columns {
			check(i+1+shift, isText, shown(c.Title))
		}
		for _, p := range table.parts() {
			for _, r := range p.rows {
				row++
				if shift > 0 {
					check(1, isText, p.title)
				}
				for i, c := range r {
					days, _, _ := sheetTimeOf(c)
					switch kind := table.sheetKind(i); {
					case kind == sheetNumber && c.JSON != nil:
						check(i+1+shift, isNumber, plain(table.sheetDigits(c)))
					case kind == sheetTime && c.JSON != nil:
						check(i+1+shift, isNumber, strconv.FormatFloat(days, 'f', -1, 64))
					default:
						check(i+1+shift, isText, fits(shown(c.Text)))
					}
				}
			}
		}
	}
}

// plain writes a number without the zeros at the end of its decimals, which are a matter of format.
func plain(n string) string {
	if strings.Contains(n, ".") {
		n = strings.TrimSuffix(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// fits cuts a text as the sheet has it.
func fits(s string) string {
	if u := utf16.Encode([]rune(s)); len(u) > excelize.TotalCellChars {
		return string(utf16.Decode(u[:excelize.TotalCellChars-2])) + "…"
	}
	return s
}

// TestXLSXLooks holds that the weekly table looks in a spreadsheet as its text does, that its figures can be summed, and
// that nothing is left out of what stands around them.
func TestXLSXLooks(t *testing.T) {
	table := Causes(iddInput(t, Style{Lang: Vietnamese}))
	f, sheet := readSheet(t, write(t, &table, XLSX))
	if c := cellOf(t, f, sheet, 1, titleRow); c.raw != table.Title || sheet != "causes" {
		t.Errorf("title %q in sheet %s", c.raw, sheet)
	}
	for i, want := range []string{"16", "920", "67.06%", "Normal call clearing"} {
		if c := cellOf(t, f, sheet, i+1, firstRow); c.shown != want {
			t.Errorf("column %d shows %q, want %q", i+1, c.shown, want)
		}
	}
	last := firstRow + len(table.Rows) - 1
	if err := f.SetCellFormula(sheet, "H1", "SUM(B"+cellName(1, firstRow)[1:]+":B"+cellName(1, last)[1:]+")"); err != nil {
		t.Fatal(err)
	}
	if total, err := f.CalcCellValue(sheet, "H1"); err != nil || total != "1372" {
		t.Errorf("the calls are %s, %v", total, err)
	}
	for i, n := range table.Notes {
		if c := cellOf(t, f, sheet, 1, last+2+i); c.raw != n {
			t.Errorf("note %q, want %q", c.raw, n)
		}
	}
	panes, err := f.GetPanes(sheet)
	if err != nil || !panes.Freeze || panes.YSplit != headingRow {
		t.Errorf("%+v, %v", panes, err)
	}
	for row, bold := range map[int]bool{titleRow: true, headingRow: true, firstRow: false, last + 2: false} {
		if style, err := f.GetCellStyle(sheet, cellName(1, row)); err != nil {
			t.Error(err)
		} else if s, err := f.GetStyle(style); err != nil || s.Font == nil || s.Font.Bold != bold || s.Font.Family != sheetFont || s.Font.Size < 11 {
			t.Errorf("row %d: %+v, %v", row, s.Font, err)
		}
	}
	if w, err := f.GetColWidth(sheet, "D"); err != nil || w < 40 {
		t.Errorf("the causes are %v wide, %v", w, err)
	}
	if props, err := f.GetDocProps(); err != nil || props.Created != "2003-10-19T00:00:00Z" || props.Modified != props.Created ||
		props.Title != table.Title || props.Language != "vi" {
		t.Errorf("%+v, %v", props, err)
	}
	sheetXML := member(t, write(t, &table, XLSX), "xl/worksheets/sheet1.xml")
	if !strings.Contains(sheetXML, `<autoFilter ref="$A$3:$D$20"`) {
		t.Errorf("no filter over the rows in %s", sheetXML)
	}
}

// TestXLSXTimes holds that times of a list can be reckoned with and are shown as in its text, that spans are the seconds of the
// text, and that no digit of a call's number is lost.
func TestXLSXTimes(t *testing.T) {
	in := reconciled(t, Vietnamese)
	table := Differences(in, DifferenceOptions{})
	from, _ := in.Period.Bounds()
	table.Rows[0][0] = in.moment(from.Add(90*time.Minute + 11*time.Second + 123*time.Millisecond))
	table.Rows[0][2] = words([]byte("4611686018427388907"))
	f, sheet := readSheet(t, write(t, &table, XLSX))
	want := map[string]excelize.CellType{"call": isText, "calling": isText, "line": isNumber, "cic": isNumber, "time": isNumber,
		"file_answer": isNumber, "talk_off_ms": isNumber, "stake": isNumber, "tariff": isText}
	for i, r := range table.Rows {
		for j, c := range r {
			got := cellOf(t, f, sheet, j+1, firstRow+i)
			// A decimal comma is a matter of the spreadsheet's own language. excelize shows no milliseconds.
			if text := strings.Replace(strings.Replace(c.Text, ",", ".", 1), "11.123", "11.000", 1); table.Columns[j].Key != "class" && got.shown != text {
				t.Errorf("%s shows %q, want %q", table.Columns[j].Key, got.shown, text)
			}
			if kind, ok := want[table.Columns[j].Key]; ok && c.Text != "" && got.kind != kind {
				t.Errorf("%s %q is of kind %d", table.Columns[j].Key, c.Text, got.kind)
			}
		}
	}
	if got := cellOf(t, f, sheet, 1, firstRow); got.raw != "37906.0626287384" { // 2003-10-12 01:30:11.123
		t.Errorf("%s is %s", got.shown, got.raw)
	}
}

// TestXLSXFull holds that a list which no sheet can hold is an error that says so.
func TestXLSXFull(t *testing.T) {
	table := Table{Report: "x", Title: "T", Columns: []Column{{"n", "N", true}}, Rows: []Row{{whole(1)}, {whole(2)}}}
	b := &workbook{f: excelize.NewFile(), sheet: "Sheet1", styles: map[string]int{}, kinds: []sheetKind{sheetNumber}}
	defer b.f.Close()
	if err := b.columns(&table); err != nil {
		t.Fatal(err)
	}
	b.row = excelize.TotalRows
	if err := b.body(&table); err == nil || !strings.Contains(err.Error(), "1048576 rows") {
		t.Error(err)
	}
	if b.row != excelize.TotalRows+1 {
		t.Errorf("the next row is %d", b.row)
	}
}

func TestSheetTime(t *testing.T) {
	f := func(text, csv string, days float64, ok bool) {
		t.Helper()
		got, _, good := sheetTimeOf(Cell{Text: text, CSV: csv})
		if good != ok || ok && math.Abs(got-days) > 1e-11 {
			t.Errorf("%q, %q: %v %v", text, csv, got, good)
		}
	}
	const csv = "2003-10-11T17:00:00Z"
	f("2003-10-12 00:00:00.000", csv, 37906, true)
	f("2003-10-12 12:00:00", csv, 37906.5, true)
	f("2003-10-12 00:00:00.001", csv, 37906+1/86400e3, true)
	f("1900-03-01 00:00:00", csv, 61, true)
	f("1900-02-28 23:59:59", csv, 0, false)
	f("2003-10-12", csv, 0, false)
	f("12/10/2003 00:00:00", csv, 0, false)
	f("2003-10-12 00:00:00.000", "2003-10-12 00:00:00.000", 0, false)
	f("", "", 0, false)
}

func TestSheetDigits(t *testing.T) {
	f := func(l Lang, text string, v any, want string) {
		t.Helper()
		table := Table{Lang: l}
		if got := table.sheetDigits(Cell{Text: text, JSON: v}); got != want {
			t.Errorf("%s, %v: %s, want %s", text, v, got, want)
		}
	}
	f(English, "-1.500", int64(-1500), "-1.500")
	f(Vietnamese, "-1,500", int64(-1500), "-1.500")
	f(Vietnamese, "67,06%", Fixed("67.06"), "67.06")
	f(English, "67.06%", Fixed("67.06"), "67.06")
	f(Vietnamese, "1.234", 1234, "1234")
	f(Vietnamese, "1.234.567,50", Fixed("1234567.50"), "1234567.50")
	f(English, "1,234", 1234, "1234")
	f(English, "920", 920, "920")
	f(English, "12 s", 12, "12")
}

// TestXLSXGroups holds that a divided table is one list with its groups in a column, and that what stands below each group
// is below the list.
func TestXLSXGroups(t *testing.T) {
	table := Causes(byLocation(t, Vietnamese))
	f, sheet := readSheet(t, write(t, &table, XLSX))
	var got []string
	for row := headingRow; row < headingRow+16; row++ {
		got = append(got, cellOf(t, f, sheet, 1, row).raw)
	}
	want := []string{"Nhóm", "Vị trí RLN", "Vị trí U", "Vị trí LN", "Vị trí LN", "Không có vị trí", ""}
	for _, g := range table.Groups {
		want = append(want, g.Title+": "+g.Note)
	}
	want = append(want, table.Notes...)
	if want = append(want, ""); !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// TestXLSXNoFormula holds that a text is text whatever it begins with, also after it has been typed again: a calling
// number with its plus sign neither becomes a number nor a sum.
func TestXLSXNoFormula(t *testing.T) {
	table := Table{Report: "x", Title: "=1+1", Columns: []Column{{"a", "@a", false}, {"b", "-b", true}}, Notes: []string{"=NOW()"}}
	for _, s := range hostile {
		table.Rows = append(table.Rows, Row{{s, s, s}, {s, s, s}})
	}
	b := write(t, &table, XLSX)
	f, sheet := readSheet(t, b)
	for i, s := range hostile {
		for column := 1; column <= 2; column++ {
			c := cellOf(t, f, sheet, column, firstRow+i)
			if c.kind != isText || c.formula != "" || c.raw != fits(shown(s)) {
				t.Errorf("%.60q is %.60q of kind %d, formula %q", s, c.raw, c.kind, c.formula)
			}
			id, err := f.GetCellStyle(sheet, cellName(column, firstRow+i))
			if err != nil {
				t.Fatal(err)
			}
			if style, err := f.GetStyle(id); err != nil || style.NumFmt != textFormat {
				t.Errorf("%.100q has the format %+v, %v", s, style, err)
			}
		}
	}
	if text := member(t, b, "xl/worksheets/sheet1.xml"); strings.Contains(text, "<f>") || strings.Contains(text, "<f ") {
		t.Error("a formula is in the sheet")
	}
}

// TestXLSXWellFormed holds that every part of the file is XML, whatever the texts are.
func TestXLSXWellFormed(t *testing.T) {
	table := hostileTable()
	b := write(t, &table, XLSX)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range z.File {
		x := xml.NewDecoder(strings.NewReader(member(t, b, part.Name)))
		for err == nil {
			_, err = x.Token()
		}
		if err != io.EOF {
			t.Errorf("%s: %v", part.Name, err)
		}
		err = nil
		if !part.Modified.IsZero() && part.Modified.Year() > 1980 {
			t.Errorf("%s is of %v", part.Name, part.Modified)
		}
	}
}

// member gives a part of a workbook.
func member(t *testing.T, b []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestNumber(t *testing.T) {
	f := func(v any, want string) {
		t.Helper()
		if got := number(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	f(5, "5")
	f(int64(-920), "-920")
	f(uint32(4098), "4098")
	f(uint8(0), "0")
	f(int64(999999999999999), "999999999999999")
	f(int64(1000000000000000), "") // a spreadsheet keeps fifteen digits
	f(uint64(4611686018427387904), "")
	f(Fixed("67.06"), "67.06")
	f(Fixed("-0.50"), "-0.50")
	f(Fixed("1e5"), "")
	f(Fixed("0x10"), "")
	f(Fixed("NaN"), "")
	f(Fixed("+1"), "")
	f(Fixed(""), "")
	f("5", "")
	f(true, "")
	f(nil, "")
}

func TestNumberFormat(t *testing.T) {
	f := func(digits, text, want string) {
		t.Helper()
		if got := numberFormat(digits, text); got != want {
			t.Errorf("%s, %s: %s, want %s", digits, text, got, want)
		}
	}
	f("16", "16", "0")
	f("4098", "4098", "0")
	f("67.06", "67,06%", `0.00"%"`)
	f("1234567", "1.234.567", "#,##0")
	f("-1234567.50", "-1 234 567,50", "#,##0.00")
	f("0.5", "0.5", "0.0")
}
