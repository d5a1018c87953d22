package reports

import (
	"fmt"
	"io"
	"slices"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-pdf/fpdf"
)

// Lengths on a page, in millimetres.
const (
	pdfSide, pdfTop = 15, 15
	pdfBottom       = 18  // where the number of the page stands
	pdfAir          = 0.8 // above and below the text of a cell
	pdfGap          = 6   // before a group and the notes
)

// Sizes of letters, in points, and the lines that a heading may take, which stands on every page.
const (
	pdfTitleSize   = 12.5
	pdfGroupSize   = 11
	pdfNoteSize    = 8.5
	pdfFooterSize  = 7.5
	pdfHeadingMost = 8
)

// Shades of grey: letters, what is said beside, thick and thin lines.
const (
	pdfInk    = 25
	pdfSoft   = 95
	pdfStrong = 130
	pdfThin   = 215
)

// The two fonts: of rows, and of what stands out.
const (
	regular = ""
	bold    = "B"
)

// pdfFamily is the name of both within a document.
const pdfFamily = "sans"

// A pdfPage is a way in which a table stands on its pages.
type pdfPage struct {
	paper, orientation string
	width, height      float64
	size               float64 // of the letters of rows, in points
}

// room is the width of a line.
func (p *pdfPage) room() float64 { return p.width - 2*pdfSide }

// pdfPages are these ways; the first that all columns fit into is taken, else the last. A larger sheet is better than
// figures that are cut: a printer makes it smaller, and a screen larger.
var pdfPages = [...]pdfPage{
	{"A4", "P", 210, 297, 9.5},
	{"A4", "L", 297, 210, 9.5},
	{"A4", "L", 297, 210, 8},
	{"A4", "L", 297, 210, 6.5},
	{"A3", "L", 420, 297, 8},
	{"A3", "L", 420, 297, 6.5},
	{"A2", "L", 594, 420, 8},
	{"A1", "L", 841, 594, 8},
}

// pages are the pages of a PDF under way.
type pages struct {
	f        *fpdf.Fpdf
	t        *Table
	page     pdfPage
	columns  []float64 // the width of each
	headings [][]string
	style    string // the letters that were set last
	points   float64
	shade    int     // their grey, 0 for none yet
	y        float64 // where the next line of the page begins
}

// writePDF writes the table as pages with both fonts in them, so that they look the same everywhere: A4 upright, or across
// or larger where the columns need it. Headings are repeated on each page.
func (t *Table) writePDF(w io.Writer) error {
	p := newPages(t)
	p.layOut()
	p.newPage()
	p.paragraph(t.Title, bold, pdfTitleSize, pdfInk)
	p.y += pdfGap / 2
	parts := t.parts()
	for i := range parts {
		if i > 0 {
			p.y += pdfGap
		}
		p.part(&parts[i])
	}
	if len(parts) == 0 {
		p.paragraph(t.Empty, regular, p.page.size, pdfInk)
	}
	p.y += pdfGap / 2
	for _, n := range t.Notes {
		p.paragraph(n, regular, pdfNoteSize, pdfSoft)
	}
	p.footers()
	if err := p.f.Output(w); err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	return nil
}

// newPages gives a document without pages, with its fonts and with what it says of itself. The library reads the clock
// where it is given no time.
func newPages(t *Table) *pages {
	f := fpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(t.moment())
	f.SetModificationDate(t.moment())
	f.SetTitle(pdfText(t.Title), true)
	f.SetCreator("c7mon", false)
	f.SetLang(t.Lang.String())
	f.SetAutoPageBreak(false, 0)
	// The library writes into the octets of a font when it takes glyphs out of it, so it gets its own.
	f.AddUTF8FontFromBytes(pdfFamily, regular, slices.Clone(dejavusans.TTF))
	f.AddUTF8FontFromBytes(pdfFamily, bold, slices.Clone(dejavusansbold.TTF))
	return &pages{f: f, t: t}
}

// newPage begins a page.
func (p *pages) newPage() {
	p.f.AddPageFormat(p.page.orientation, p.f.GetPageSizeStr(p.page.paper))
	p.y = pdfTop
}

// below is how much of the page is left.
func (p *pages) below() float64 { return p.page.height - pdfBottom - p.y }

// part writes rows under their headings, on as many pages as they take. A title and the headings never stand alone at the
// end of a page.
func (p *pages) part(part *part) {
	if len(part.rows) == 0 {
		p.title(part.title)
		p.paragraph(p.t.Empty, regular, p.page.size, pdfInk)
	}
	for i, r := range part.rows {
		cells := p.wrapRow(r)
		if i == 0 {
			if h := p.rowHeight(cells); h <= p.whole(part.title) && p.below() < lineOf(pdfGroupSize)+pdfAir+p.headingHeight()+h {
				p.newPage()
			}
			p.title(part.title)
			p.heading()
		}
		p.row(cells, part.title)
	}
	if part.note != "" {
		p.y += pdfAir
		p.paragraph(part.note, regular, pdfNoteSize, pdfSoft)
	}
}

// title writes the heading of a group.
func (p *pages) title(s string) {
	if s != "" {
		p.paragraph(s, bold, pdfGroupSize, pdfInk)
		p.y += pdfAir
	}
}

// heading writes the headings of the columns, at the foot of their cells, and a line below.
func (p *pages) heading() {
	most := p.rowLines(p.headings)
	for i, lines := range p.headings {
		p.cell(i, lines, p.y+float64(most-len(lines))*lineOf(p.page.size), bold, pdfSoft)
	}
	p.y += p.headingHeight()
	p.rule(pdfStrong, 0.35)
}

func (p *pages) headingHeight() float64 { return p.rowHeight(p.headings) }

// row writes the lines of a row. One that does not fit goes to the next page as a whole; one that is higher than a page is
// divided.
func (p *pages) row(cells [][]string, title string) {
	line := lineOf(p.page.size)
	for left := p.rowLines(cells); left > 0; {
		n := min(left, max(0, int((p.below()-2*pdfAir)/line)))
		if n < left && (n == 0 || p.rowHeight(cells) <= p.whole(title)) {
			p.onNextPage(title)
			n = min(left, max(1, int((p.below()-2*pdfAir)/line)))
		}
		for i, lines := range cells {
			m := min(n, len(lines))
			p.cell(i, lines[:m], p.y, regular, pdfInk)
			cells[i] = lines[m:]
		}
		p.y += float64(n)*line + 2*pdfAir
		p.rule(pdfThin, 0.15)
		left -= n
	}
}

// whole is the room for rows on a page that has nothing else.
func (p *pages) whole(title string) float64 {
	n := p.page.height - pdfTop - pdfBottom - p.headingHeight()
	if title != "" {
		n -= lineOf(pdfGroupSize) + pdfAir
	}
	return n
}

// onNextPage begins a page with what stands above rows. Of the title of a group one line is enough.
func (p *pages) onNextPage(title string) {
	p.newPage()
	if title != "" {
		lines := p.wrap(pdfText(title)+" …", bold, pdfGroupSize, p.page.room())
		p.paragraph(lines[0], bold, pdfGroupSize, pdfInk)
		p.y += pdfAir
	}
	p.heading()
}

// cell writes the lines of a cell whose top is at y.
func (p *pages) cell(column int, lines []string, y float64, style string, shade int) {
	left := float64(pdfSide)
	for _, w := range p.columns[:column] {
		left += w
	}
	pad := p.pad(column)
	for i, s := range lines {
		x := left + pad
		p.font(style, p.page.size)
		if p.t.Columns[column].Right {
			x = left + p.columns[column] - pad - p.f.GetStringWidth(s)
		}
		p.line(x, y+pdfAir+float64(i)*lineOf(p.page.size), s, style, p.page.size, shade)
	}
}

// paragraph writes a text over the whole width, on the next page where this one ends.
func (p *pages) paragraph(s, style string, points float64, shade int) {
	for _, line := range p.wrap(pdfText(s), style, points, p.page.room()) {
		if p.below() < lineOf(points) {
			p.newPage()
		}
		p.line(pdfSide, p.y, line, style, points, shade)
		p.y += lineOf(points)
	}
}

// line writes one line whose top is at y.
func (p *pages) line(x, y float64, s, style string, points float64, shade int) {
	if s == "" {
		return
	}
	p.font(style, points)
	if shade != p.shade {
		p.f.SetTextColor(shade, shade, shade)
		p.shade = shade
	}
	p.f.Text(x, y+lineOf(points)/2+0.35*points*millimetre, s)
}

// rule draws a line below the columns.
func (p *pages) rule(shade int, thick float64) {
	x := float64(pdfSide)
	for _, w := range p.columns {
		x += w
	}
	p.f.SetDrawColor(shade, shade, shade)
	p.f.SetLineWidth(thick)
	p.f.Line(pdfSide, p.y, x, p.y)
}

// footers writes title and number below each page, now that it is known how many there are.
func (p *pages) footers() {
	y := p.page.height - pdfBottom + 6
	n := p.f.PageCount()
	for i := 1; i <= n; i++ {
		p.f.SetPage(i)
		p.style, p.points = "", 0 // what was set last was set on another page
		number := fmt.Sprintf("%d/%d", i, n)
		title := p.wrap(pdfText(p.t.Title), regular, pdfFooterSize, p.page.room()-25)
		p.line(pdfSide, y, title[0], regular, pdfFooterSize, pdfSoft)
		p.line(p.page.width-pdfSide-p.f.GetStringWidth(number), y, number, regular, pdfFooterSize, pdfSoft)
	}
}

// font sets the letters that are measured and written with.
func (p *pages) font(style string, points float64) {
	if style != p.style || points != p.points {
		p.f.SetFont(pdfFamily, style, points)
		p.style, p.points = style, points
	}
}
