package reports

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// millimetre is how many of them a point has.
const millimetre = 25.4 / 72

// Bounds of the width that a column keeps before pages are turned or letters made smaller, as parts of the size of the
// letters: a text may wrap to the first, longer words than the second are cut. pdfPad stands beside the text of a cell.
const (
	wrapsTo  = 10
	wordMost = 16
	pdfPad   = 0.75
)

// headingLines is how many lines a heading is divided into where nothing forces it.
const headingLines = 3

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
// parts of the size of the letters. What is to the right or has no letter, a figure or a time, is not wrapped.
func (p *pages) measure() (natural, least []float64) {
	natural, least = make([]float64, len(p.t.Columns)), make([]float64, len(p.t.Columns))
	p.font(bold, pdfNoteSize)
	for i, c := range p.t.Columns {
		text := pdfText(c.Title)
		natural[i], least[i] = p.ems(text), min(p.headingEms(strings.Fields(text)), wordMost)
	}
	p.font(regular, pdfNoteSize)
	for _, part := range p.t.parts() {
		for _, r := range part.rows {
			for i, c := range r {
				text := pdfText(c.Text)
				wide := p.ems(text)
				natural[i] = max(natural[i], wide)
				if wide <= wrapsTo || p.t.Columns[i].Right || !strings.ContainsFunc(text, unicode.IsLetter) {
					least[i] = max(least[i], min(wide, wordMost))
					continue
				}
				least[i] = max(least[i], wrapsTo)
				for _, w := range strings.Fields(text) {
					least[i] = max(least[i], min(p.ems(w), wordMost))
				}
			}
		}
	}
	return natural, least
}

// headingEms gives the least width in which words take no more than headingLines.
func (p *pages) headingEms(words []string) float64 {
	widths := make([]float64, len(words))
	for i, w := range words {
		widths[i] = p.ems(w)
	}
	return headingRoom(widths, p.ems(" "), 0.25, headingLines, wordMost)
}

// ems gives the width of a text in the letters that are set, as a part of their size.
func (p *pages) ems(s string) float64 { return float64(p.f.GetStringSymbolWidth(s)) / 1000 }

// lengths gives the widths of columns in millimetres, with what stands beside the text.
func (p *pages) lengths(ems []float64) []float64 {
	list := make([]float64, len(ems))
	for i, n := range ems {
		list[i] = math.Ceil(10*(n+2*pdfPad)*p.page.size*millimetre) / 10
	}
	return list
}

// divide gives each column its least width and an equal part of what is over, as far as its natural one: as many columns as
// can be have no text that wraps. Where there is not even room for the least, each has a part of it.
func divide(room float64, natural, least []float64) []float64 {
	list := slices.Clone(least)
	narrow := sum(least)
	if narrow > room {
		for i := range list {
			list[i] *= room / narrow
		}
		return list
	}
	order := make([]int, len(list)) // the column that lacks least comes first
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(natural[a]-least[a], natural[b]-least[b]) })
	over := room - narrow
	for n, i := range order {
		more := max(0, min(natural[i]-least[i], over/float64(len(order)-n)))
		list[i] += more
		over -= more
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
func (p *pages) pad(column int) float64 {
	return min(pdfPad*p.page.size*millimetre, p.columns[column]/4)
}

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
