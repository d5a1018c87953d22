package reports

import (
	"io"
	"strings"
	"unicode"
)

// gap stands between two columns of text.
const gap = "  "

// writeText writes the table for a terminal: title, columns under their headings, notes.
func (t *Table) writeText(w io.Writer) error {
	var b strings.Builder
	putLine(&b, t.Title)
	putLine(&b, "")
	widths := t.widths()
	if t.Groups == nil {
		t.textRows(&b, widths, t.Rows)
	}
	for i := range t.Groups {
		g := &t.Groups[i]
		if i > 0 {
			putLine(&b, "")
		}
		putLine(&b, g.Title)
		t.textRows(&b, widths, g.Rows)
		putLine(&b, g.Note)
	}
	if t.Groups != nil && len(t.Groups) == 0 {
		putLine(&b, t.Empty)
	}
	if len(t.Notes) > 0 {
		putLine(&b, "")
	}
	for _, n := range t.Notes {
		putLine(&b, n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// widths gives the columns of the screen that each column needs, in all groups the same.
func (t *Table) widths() []int {
	widths := make([]int, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = width(c.Title)
	}
	fit := func(rows []Row) {
		for _, r := range rows {
			for i, c := range r {
				widths[i] = max(widths[i], width(c.Text))
			}
		}
	}
	fit(t.Rows)
	for i := range t.Groups {
		fit(t.Groups[i].Rows)
	}
	return widths
}

// textRows writes headings and rows, or the line that says there are none.
func (t *Table) textRows(b *strings.Builder, widths []int, rows []Row) {
	if len(rows) == 0 {
		putLine(b, t.Empty)
		return
	}
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		cells[i] = c.Title
	}
	t.textRow(b, widths, cells)
	for _, r := range rows {
		for i, c := range r {
			cells[i] = c.Text
		}
		t.textRow(b, widths, cells)
	}
}

func (t *Table) textRow(b *strings.Builder, widths []int, cells []string) {
	var line strings.Builder
	for i, c := range cells {
		if i > 0 {
			line.WriteString(gap)
		}
		fill := strings.Repeat(" ", widths[i]-width(c))
		if t.Columns[i].Right {
			line.WriteString(fill)
		}
		line.WriteString(c)
		if !t.Columns[i].Right {
			line.WriteString(fill)
		}
	}
	putLine(b, line.String())
}

// putLine writes one line without spaces at its end. Control characters, which a name in a configuration may have, do not
// reach the terminal.
func putLine(b *strings.Builder, s string) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, s)
	b.WriteString(strings.TrimRight(s, " "))
	b.WriteByte('\n')
}

// width is how many columns of a terminal the text takes: none for combining marks, so that Vietnamese letters count
// one whether they are composed or not, and two for the wide letters of East Asia.
func width(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r < 0xad: // no mark, nothing wide
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana), r >= 0xff01 && r <= 0xff60:
			n += 2
		default:
			n++
		}
	}
	return n
}
