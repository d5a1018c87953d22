package reports

import (
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Rows of the sheet, from 1: the title, an empty row, the headings, which stay in sight, and what is below them.
const (
	titleRow   = 1
	headingRow = 3
	firstRow   = headingRow + 1
)

// What a spreadsheet holds: digits of a number, UTF-16 units of a text; and how wide the widest column is made, and a page of
// A4 is upright and across, in letters.
const (
	maxDigits    = 15
	maxUnits     = excelize.TotalCellChars
	maxCharWidth = 60
	uprightChars = 90
	acrossChars  = 180
)

// A workbook is a spreadsheet under way. Its rows are written one after the other, as inline text: the library's list of
// shared texts mistakes some for others.
type workbook struct {
	f      *excelize.File
	w      *excelize.StreamWriter
	sheet  string
	styles map[string]int // by number format, and by name
	kinds  []sheetKind    // by column of the table
	row    int            // the next one, from 1
}

// A sheetKind is what the cells of a column are that have a value.
type sheetKind uint8

const (
	sheetText sheetKind = iota
	sheetNumber
	sheetTime
)

// writeXLSX writes the table as a workbook of one sheet. Figures are numbers, which may be sorted and summed, and times are
// times; text is text, whatever it begins with: nothing in the sheet is a formula. The rows of a divided table have their group in a first
// column, and those of the whole are not repeated.
func (t *Table) writeXLSX(w io.Writer) error {
	b := &workbook{f: excelize.NewFile(), sheet: t.Report, styles: map[string]int{}, kinds: make([]sheetKind, len(t.Columns))}
	defer b.f.Close()
	for i := range t.Columns {
		b.kinds[i] = t.sheetKind(i)
	}
	for _, step := range [...]func(*Table) error{b.document, b.page, b.columns, b.headings, b.body} {
		if err := step(t); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
	}
	if err := b.w.Flush(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	if err := b.f.Write(w); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

// sheetKind gives what every cell of a column is that has a value for programs; text where they differ. A number is the one
// that CSV has: hexadecimal codes are text.
func (t *Table) sheetKind(column int) sheetKind {
	kind := sheetText
	for _, p := range t.parts() {
		for _, r := range p.rows {
			c := r[column]
			if c.JSON == nil {
				continue
			}
			k := sheetText
			if n := number(c.JSON); n != "" && n == c.CSV {
				k = sheetNumber
			} else if _, _, ok := sheetTimeOf(c); ok {
				k = sheetTime
			}
			if k == sheetText || kind != sheetText && k != kind {
				return sheetText
			}
			kind = k
		}
	}
	return kind
}

// sheetTimes are the ways in which a reader sees times, and the number formats in which a spreadsheet shows them so.
var sheetTimes = [...]struct{ layout, format string }{
	{"2006-01-02 15:04:05.000", "yyyy-mm-dd hh:mm:ss.000"},
	{time.DateTime, "yyyy-mm-dd hh:mm:ss"},
}

// sheetTimeOf gives the time that a reader sees in a cell, as the days since the last one of 1899 that spreadsheets count, and
// its format. A time is what programs get as one (RFC 3339). Those before March 1900 are none: a spreadsheet counts a day
// there that was not.
func sheetTimeOf(c Cell) (days float64, format string, ok bool) {
	const first, day = 61, 24 * 60 * 60 * 1000 // milliseconds
	if _, err := time.Parse(time.RFC3339Nano, c.CSV); err != nil {
		return 0, "", false
	}
	for _, s := range sheetTimes {
		if at, err := time.Parse(s.layout, c.Text); err == nil && at.Format(s.layout) == c.Text {
			ms := at.UnixMilli() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMilli()
			return float64(ms) / day, s.format, ms >= first*day
		}
	}
	return 0, "", false
}

// sheetDigits gives the number of a cell as its reader sees it, who has seconds where programs have milliseconds; the one that
// programs have where the text is more than a number.
func (t *Table) sheetDigits(c Cell) string {
	s := strings.TrimSuffix(c.Text, "%")
	if t.Lang == Vietnamese {
		if strings.Contains(s, ".") {
			return number(c.JSON)
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	if n := number(Fixed(s)); n != "" {
		return n
	}
	return number(c.JSON)
}

// number gives the digits of an integer or a Fixed, "" for what is none or has more of them than a spreadsheet keeps.
func number(v any) string {
	var s string
	if f, ok := v.(Fixed); ok {
		s = string(f)
		if _, err := strconv.ParseFloat(s, 64); err != nil || strings.Trim(s, "-.0123456789") != "" {
			return ""
		}
	} else if r := reflect.ValueOf(v); r.CanInt() {
		s = strconv.FormatInt(r.Int(), 10)
	} else if r.CanUint() {
		s = strconv.FormatUint(r.Uint(), 10)
	}
	if len(strings.Trim(s, "-.")) > maxDigits {
		return ""
	}
	return s
}

// document sets what the file says of itself and names the sheet.
func (b *workbook) document(t *Table) error {
	if b.sheet == "" {
		b.sheet = "report"
	}
	if err := b.f.SetSheetName(b.f.GetSheetName(0), b.sheet); err != nil {
		return err
	}
	made := t.moment().Format(time.RFC3339)
	return b.f.SetDocProps(&excelize.DocProperties{Title: shown(t.Title), Creator: "c7mon", LastModifiedBy: "c7mon",
		Language: t.Lang.String(), Created: made, Modified: made})
}

// headings writes title and headings and keeps them in sight.
func (b *workbook) headings(t *Table) error {
	if err := b.line(t.Title, "title"); err != nil {
		return err
	}
	b.row = headingRow
	var cells []any
	if t.Groups != nil {
		cells = append(cells, t.Lang.labels().group)
	}
	for _, c := range t.Columns {
		cells = append(cells, c.Title)
	}
	for i, c := range cells {
		style, column := "heading", i-(len(cells)-len(t.Columns))
		if column >= 0 && t.Columns[column].Right {
			style = "right heading"
		}
		var err error
		if cells[i], err = b.text(c.(string), style); err != nil {
			return err
		}
	}
	return b.write(cells)
}

// body writes the rows, and below them what is said of the groups and of the table.
func (b *workbook) body(t *Table) error {
	var notes []string
	for _, p := range t.parts() {
		for _, r := range p.rows {
			if err := b.cells(t, &p, r); err != nil {
				return err
			}
		}
		if p.note != "" {
			notes = append(notes, p.title+": "+p.note)
		}
	}
	if b.row == firstRow {
		notes = append(notes, t.Empty)
	}
	if last := cellName(t.sheetColumns(), max(b.row-1, firstRow)); last != "" {
		if err := b.f.AutoFilter(b.sheet, cellName(1, headingRow)+":"+last, nil); err != nil {
			return err
		}
	}
	b.row++
	for _, n := range append(notes, t.Notes...) {
		if err := b.line(n, "note"); err != nil {
			return err
		}
	}
	return nil
}

// sheetColumns is how many columns the sheet has.
func (t *Table) sheetColumns() int {
	if t.Groups != nil {
		return len(t.Columns) + 1
	}
	return len(t.Columns)
}

// cells writes a row of the table. A cell without text stays empty.
func (b *workbook) cells(t *Table, p *part, r Row) error {
	cells := make([]any, 0, len(r)+1)
	add := func(c any, err error) error {
		cells = append(cells, c)
		return err
	}
	if t.Groups != nil {
		if err := add(b.text(p.title, "text")); err != nil {
			return err
		}
	}
	for i, c := range r {
		var err error
		switch {
		case c.Text == "":
			err = add(nil, nil)
		case b.kinds[i] == sheetNumber && c.JSON != nil:
			n := t.sheetDigits(c)
			err = add(b.number(n, numberFormat(n, c.Text)))
		case b.kinds[i] == sheetTime && c.JSON != nil:
			days, format, _ := sheetTimeOf(c)
			err = add(b.cell(days, format))
		case t.Columns[i].Right:
			err = add(b.text(c.Text, "right text"))
		default:
			err = add(b.text(c.Text, "text"))
		}
		if err != nil {
			return err
		}
	}
	return b.write(cells)
}

// line writes a text in a row of its own, from the first column on.
func (b *workbook) line(s, style string) error {
	c, err := b.text(s, style)
	if err != nil {
		return err
	}
	return b.write([]any{c})
}

// write writes the next row, an error where a sheet has none.
func (b *workbook) write(cells []any) error {
	if b.row > excelize.TotalRows {
		return fmt.Errorf("more than the %d rows that a sheet has", excelize.TotalRows)
	}
	b.row++
	return b.w.SetRow(cellName(1, b.row-1), cells)
}

// number gives a number that is shown in a format.
func (b *workbook) number(digits, format string) (any, error) {
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return nil, err
	}
	return b.cell(n, format)
}

// text gives a text, which no spreadsheet takes for anything else. One that is longer than a cell holds ends in "…".
func (b *workbook) text(s, style string) (any, error) {
	s = shown(s)
	if units := utf16.Encode([]rune(s)); len(units) > maxUnits {
		s = string(utf16.Decode(units[:maxUnits-2])) + "…"
	}
	return b.cell(s, style)
}

// cell gives a value in the style of a name.
func (b *workbook) cell(v any, style string) (any, error) {
	id, err := b.style(style)
	return excelize.Cell{StyleID: id, Value: v}, err
}

// numberFormat gives the format in which a number looks as its text does: with as many decimals, with groups of thousands
// and with a per cent sign where that has them. The sign is a letter there, which multiplies nothing.
func numberFormat(digits, text string) string {
	whole, decimals, _ := strings.Cut(strings.TrimPrefix(digits, "-"), ".")
	format := "0"
	if len(whole) > 3 && !strings.Contains(text, whole) {
		format = "#,##0"
	}
	if decimals != "" {
		format += "." + strings.Repeat("0", len(decimals))
	}
	if strings.HasSuffix(text, "%") {
		format += `"%"`
	}
	return format
}

// sheetFont is the font of everything, which a cell names: one that names none is shown in whatever there is.
const sheetFont = "Calibri"

// textFormat is the built-in number format of text: what is typed into such a cell stays text too.
const textFormat = 49

// style gives the style of a name, or that of a number format.
func (b *workbook) style(name string) (int, error) {
	id, ok := b.styles[name]
	if !ok {
		s := &excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{Vertical: "top"},
			Font: &excelize.Font{Family: sheetFont, Size: 11, Color: "1D2329"}}
		switch name {
		case "title":
			s.Font.Bold, s.Font.Size = true, 14
		case "heading", "right heading":
			s.Font.Bold = true
			s.Alignment.WrapText = true
			s.Border = []excelize.Border{{Type: "bottom", Color: "8B95A1", Style: 2}}
		case "text", "right text":
			s.Alignment.WrapText = true
		case "note":
			s.Font.Color = "59636E"
		default:
			s.NumFmt, s.CustomNumFmt = 0, &name
		}
		if strings.HasPrefix(name, "right ") {
			s.Alignment.Horizontal = "right"
		}
		var err error
		if id, err = b.f.NewStyle(s); err != nil {
			return 0, err
		}
		b.styles[name] = id
	}
	return id, nil
}

// charWidths gives the width of each column of the sheet, in letters; longer texts wrap.
func (t *Table) charWidths() []int {
	widths := t.widths()
	if t.Groups != nil {
		group := width(t.Lang.labels().group)
		for i := range t.Groups {
			group = max(group, width(t.Groups[i].Title))
		}
		widths = append([]int{group}, widths...)
	}
	for i := range widths {
		widths[i] = min(widths[i], maxCharWidth)
	}
	return widths
}

// page sets how the sheet is printed: all columns on a page, headings on each.
func (b *workbook) page(t *Table) error {
	const a4, a3 = 9, 8 // their numbers
	yes, paper, orientation, one, any := true, a4, "portrait", 1, 0
	total := 0
	for _, n := range t.charWidths() {
		total += n
	}
	if total > uprightChars {
		orientation = "landscape"
	}
	if total > acrossChars {
		paper = a3
	}
	if err := b.f.SetSheetProps(b.sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	if err := b.f.SetPageLayout(b.sheet, &excelize.PageLayoutOptions{Size: &paper, Orientation: &orientation, FitToWidth: &one,
		FitToHeight: &any}); err != nil {
		return err
	}
	if err := b.f.SetHeaderFooter(b.sheet, &excelize.HeaderFooterOptions{OddFooter: "&R&P/&N"}); err != nil {
		return err
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: b.sheet,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", b.sheet, headingRow, headingRow)})
}

// columns begins the rows: it makes each column as wide as what stands in it, and keeps the headings in sight.
func (b *workbook) columns(t *Table) error {
	var err error
	if b.w, err = b.f.NewStreamWriter(b.sheet); err != nil {
		return err
	}
	for i, n := range slices.Backward(t.charWidths()) { // the library writes the last one first
		const button = 4 // of the filter, in the heading
		if err := b.w.SetColWidth(i+1, i+1, float64(n+button)); err != nil {
			return err
		}
	}
	b.row = titleRow
	panes := excelize.Panes{Freeze: true, YSplit: headingRow, TopLeftCell: cellName(1, firstRow), ActivePane: "bottomLeft"}
	if len(t.Columns) > fewColumns { // the first one says what a row is about
		panes.XSplit, panes.TopLeftCell, panes.ActivePane = 1, cellName(2, firstRow), "bottomRight"
	}
	return b.w.SetPanes(&panes)
}

// cellName gives the name of a cell, "B4", by its column and row from 1. What is outside a sheet has a name that excelize
// refuses.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	return name
}
