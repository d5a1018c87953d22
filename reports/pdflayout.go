package reports

import (
	"math"
	"strings"
	"unicode"
)

// millimetre is how many of them a point has.
const millimetre = 25.4 / 72

// Bounds of the width that a column keeps before pages are turned or letters made smaller, in widths of the letter M: a
// text may wrap to the first, longer words than the second are cut.
const (
	wrapsTo  = 10
	wordMost = 16
)

// lineOf gives the height of a line of letters of a size in points, in millimetres.
func lineOf(points float64) float64 { return 1.35 * points * millimetre }

// pdfText gives a text in the letters that the library can write: it knows the first 65,536 of Unicode and would read
// beyond its tables for others.
func pdfText(s string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, shown(s))
}

// layOut chooses the page, the width of each column, and with it the lines of the headings.
func (p *pages) layOut() {
	natural, least := p.measure()
	var wide, narrow []float64
	for _, p.page = range pdfPages {
		wide, narrow = p.lengths(natural), p.lengths(least)
		if sum(narrow) <= p.page.room() {
			break
		}
	}
	p.columns = divide(p.page.room(), wide, narrow)
	p.headings = make([][]string, len(p.columns))
	for i, c := range p.t.Columns {
		lines := p.wrap(pdfText(c.Title), bold, p.page.size, p.textWidth(i))
		if len(lines) > pdfHeadingMost {
			lines = append(lines[:pdfHeadingMost-1:pdfHeadingMost-1], "…")
		}
		p.headings[i] = lines
	}
}

// measure gives for each column the width that its texts have without wrapping, and the width that it should keep, both as
// parts of the size of the letters. Figures are not wrapped.
func (p *pages) measure() (natural, least []float64) {
	natural, least = make([]float64, len(p.t.Columns)), make([]float64, len(p.t.Columns))
	fit := func(i int, text string, words []string) {
		natural[i] = max(natural[i], p.ems(text))
		for _, w := range words {
			least[i] = max(least[i], min(p.ems(w), wordMost))
		}
	}
	p.font(bold, pdfNoteSize)
	for i, c := range p.t.Columns {
		text := pdfText(c.Title)
		fit(i, text, strings.Fields(text))
	}
	p.font(regular, pdfNoteSize)
	for _, part := range p.t.parts() {
		for _, r := range part.rows {
			for i, c := range r {
				text := pdfText(c.Text)
				words := []string{text}
				if !p.t.Columns[i].Right {
					words = strings.Fields(text)
				}
				fit(i, text, words)
			}
		}
	}
	for i, c := range p.t.Columns {
		if !c.Right {
			least[i] = max(least[i], min(natural[i], wrapsTo))
		}
	}
	return natural, least
}

// ems gives the width of a text in the letters that are set, as a part of their size.
func (p *pages) ems(s string) float64 { return float64(p.f.GetStringSymbolWidth(s)) / 1000 }

// lengths gives the widths of columns in millimetres, with what stands beside the text.
func (p *pages) lengths(ems []float64) []float64 {
	list := make([]float64, len(ems))
	for i, n := range ems {
		list[i] = math.Ceil(10*n*p.page.size*millimetre)/10 + 2*pdfPad
	}
	return list
}

// divide gives each column its natural width, or the least one and a part of what is over; where there is not even room for
// these, a part of it.
func divide(room float64, natural, least []float64) []float64 {
	wide, narrow := sum(natural), sum(least)
	list := make([]float64, len(natural))
	for i := range list {
		switch {
		case wide <= room:
			list[i] = natural[i]
		case narrow <= room:
			list[i] = least[i] + (room-narrow)*(natural[i]-least[i])/(wide-narrow)
		default:
			list[i] = least[i] * room / narrow
		}
	}
	return list
}

func sum(list []float64) (n float64) {
	for _, x := range list {
		n += x
	}
	return n
}

// pad is the room beside the text of a column, textWidth that of the text.
func (p *pages) pad(column int) float64       { return min(pdfPad, p.columns[column]/4) }
func (p *pages) textWidth(column int) float64 { return p.columns[column] - 2*p.pad(column) }

// wrapRow gives the lines of each cell of a row.
func (p *pages) wrapRow(r Row) [][]string {
	cells := make([][]string, len(r))
	for i, c := range r {
		cells[i] = p.wrap(pdfText(c.Text), regular, p.page.size, p.textWidth(i))
	}
	return cells
}

// rowLines gives the lines that a row takes, rowHeight its height.
func (p *pages) rowLines(cells [][]string) int {
	most := 1
	for _, lines := range cells {
		most = max(most, len(lines))
	}
	return most
}

func (p *pages) rowHeight(cells [][]string) float64 {
	return float64(p.rowLines(cells))*lineOf(p.page.size) + 2*pdfAir
}

// wrap divides a text into lines of a width in millimetres, at spaces, and within a word that is longer than a line. There
// is always a line, and every line of a text has a letter, however narrow it is.
func (p *pages) wrap(s, style string, points, width float64) []string {
	p.font(style, points)
	most := int((width + 0.01) / (points * millimetre) * 1000)
	if p.f.GetStringSymbolWidth(s) <= most {
		return []string{s}
	}
	var lines []string
	begin, space, wide := 0, -1, 0 // of the line; its last space; how wide it is
	for i, r := range s {
		n := p.f.GetStringSymbolWidth(string(r))
		if r == ' ' {
			space = i
		}
		for r != ' ' && n > 0 && wide+n > most && i > begin {
			end, next := i, i
			if space > begin {
				end, next = space, space+1
			}
			lines = append(lines, s[begin:end])
			begin, space = next, -1
			wide = p.f.GetStringSymbolWidth(s[begin:i])
		}
		wide += n
	}
	return append(lines, s[begin:])
}
