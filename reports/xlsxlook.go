package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

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
