package reports

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlText is the page. It asks for nothing from outside, has no script, and forbids the browser both.
//
//go:embed html.tmpl
var htmlText string

// A htmlPage is what the page is filled with; html/template escapes it where it stands.
type htmlPage struct {
	Lang, Title, Contents, Empty string
	Few                          bool // so few columns that their headings need not wrap
	Sheet                        htmlSheet
	Columns                      []htmlColumn
	Parts                        []htmlPart
	Notes                        []string
}

// A htmlSheet is the paper that the page is printed on, in millimetres.
type htmlSheet struct{ Width, Height int }

type htmlColumn struct {
	Title string
	Right bool
	Least int // letters that the heading keeps, 0 where that does not matter
}

type htmlPart struct {
	ID, Title, Note string
	Any, Tall       bool // there are rows; so many that their headings stay in sight
	Rows            iter.Seq[[]htmlCell]
}

// A htmlCell is a cell of the body. The first one of a row is its heading.
type htmlCell struct {
	Text  string
	Class string // see htmlClass
	Head  bool
	Bar   string // the part of the cell that a bar fills, from 0 to 1; "" without one
}

// writeHTML writes the table as one page for a browser, on the screen or printed.
func (t *Table) writeHTML(w io.Writer) error {
	page, err := template.New("page").Parse(htmlText)
	if err != nil {
		return fmt.Errorf("html: %w", err)
	}
	b := bufio.NewWriter(w)
	if err := page.Execute(b, t.htmlPage()); err != nil {
		return err
	}
	return b.Flush()
}

// fewColumns is how many columns a page has room for whatever their headings are; from tallRows on headings go out of sight.
const (
	fewColumns = 6
	tallRows   = 40
)

func (t *Table) htmlPage() *htmlPage {
	p := &htmlPage{Lang: t.Lang.String(), Title: shown(t.Title), Contents: t.Lang.labels().contents, Empty: shown(t.Empty),
		Few: len(t.Columns) <= fewColumns}
	for _, c := range t.Columns {
		h := htmlColumn{Title: shown(c.Title), Right: c.Right}
		if !p.Few {
			h.Least = headingLetters(h.Title)
		}
		p.Columns = append(p.Columns, h)
	}
	p.Sheet = t.htmlSheet(p.Columns)
	for i, part := range t.parts() {
		h := htmlPart{Title: part.title, Note: part.note, Any: len(part.rows) > 0, Tall: !p.Few || len(part.rows) >= tallRows,
			Rows: t.htmlRows(part.rows)}
		if t.Groups != nil {
			h.ID = "group-" + strconv.Itoa(i+1)
		}
		p.Parts = append(p.Parts, h)
	}
	for _, n := range t.Notes {
		p.Notes = append(p.Notes, shown(n))
	}
	return p
}

// headingLetters gives the least width, in letters, in which a heading takes two lines.
func headingLetters(title string) int {
	var words []float64
	for _, s := range strings.Fields(title) {
		words = append(words, float64(width(s)))
	}
	return int(headingRoom(words, 1, 1, 2, shortText))
}

// htmlSheet gives the paper: A4, upright for few columns, else across and as much larger as columns need whose texts wrap only
// where they are long. A browser would leave out what does not fit; a printer makes the sheet smaller.
func (t *Table) htmlSheet(columns []htmlColumn) htmlSheet {
	const short, long, most = 210, 297, 1189     // millimetres of A4, and of the longest side there is
	const margins, letter, beside = 30, 1.6, 3.5 // of the page, of a letter of 7.5 points, and of the sides of a cell
	if len(columns) <= fewColumns {
		return htmlSheet{short, long}
	}
	total := margins + beside*float64(len(columns))
	for i, n := range t.widths() {
		total += letter * float64(max(min(n, shortText), columns[i].Least))
	}
	n := max(long, min(most, int(total)))
	return htmlSheet{n, n * short / long}
}

// htmlRows gives the rows one after the other, so that a long list is in memory once.
func (t *Table) htmlRows(rows []Row) iter.Seq[[]htmlCell] {
	return func(yield func([]htmlCell) bool) {
		for _, r := range rows {
			if !yield(t.htmlRow(r)) {
				return
			}
		}
	}
}

func (t *Table) htmlRow(r Row) []htmlCell {
	cells := make([]htmlCell, len(r))
	for i, c := range r {
		cells[i] = htmlCell{Text: shown(c.Text), Head: i == 0 && c.Text != ""}
		cells[i].Class = t.htmlClass(i, c.Text)
		if t.Columns[i].Key == shareKey {
			cells[i].Bar = barOf(c.JSON)
		}
	}
	return cells
}

// shortText is how many letters a text has at most that need not wrap.
const shortText = 24

// htmlClass tells figures, texts that may wrap, and texts with a word so long that it is cut.
func (t *Table) htmlClass(column int, text string) string {
	const longWord = 60 // octets
	switch {
	case len(text) > longWord && slices.ContainsFunc(strings.Fields(text), func(s string) bool { return len(s) > longWord }):
		return "long"
	case t.Columns[column].Right:
		return "n"
	case utf8.RuneCountInString(text) > shortText:
		return "text"
	}
	return ""
}

// shareKey is the column of parts of the whole, in per cent: a bar shows at a glance how the rows compare.
const shareKey = "share"

// barOf gives a Fixed of up to 100 per cent as a part of 1; "" for what has no bar.
func barOf(v any) string {
	s, _ := v.(Fixed)
	n, err := strconv.ParseFloat(string(s), 64)
	if err != nil || !(n > 0 && n <= 100) {
		return ""
	}
	return strconv.FormatFloat(n/100, 'f', 4, 64)
}
