package reports

import (
	"fmt"
	"io"
	"strconv"
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

// cellName gives the name of a cell, "B4", by its column and row from 1. What is outside a sheet has a name that excelize
// refuses.
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		return ""
	}
	return name
}
