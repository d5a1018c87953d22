package reports

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"
)

// htmlText is the page. It asks for nothing from outside, has no script, and forbids the browser both.
//
//go:embed html.tmpl
var htmlText string

// A htmlPage is what the page is filled with; html/template escapes it where it stands.
type htmlPage struct {
	Lang, Title, Contents, Empty string
	Few                          bool // so few columns that their headings need not wrap
	Columns                      []htmlColumn
	Parts                        []htmlPart
	Notes                        []string
}

type htmlColumn struct {
	Title string
	Right bool
}

type htmlPart struct {
	ID, Title, Note string
	Rows            [][]htmlCell
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

// fewColumns is how many columns a page has room for whatever their headings are.
const fewColumns = 6

func (t *Table) htmlPage() *htmlPage {
	p := &htmlPage{Lang: t.Lang.String(), Title: shown(t.Title), Contents: t.Lang.labels().contents, Empty: shown(t.Empty),
		Few: len(t.Columns) <= fewColumns}
	for _, c := range t.Columns {
		p.Columns = append(p.Columns, htmlColumn{shown(c.Title), c.Right})
	}
	for i, part := range t.parts() {
		h := htmlPart{Title: part.title, Note: part.note, Rows: make([][]htmlCell, len(part.rows))}
		if t.Groups != nil {
			h.ID = "group-" + strconv.Itoa(i+1)
		}
		for j, r := range part.rows {
			h.Rows[j] = t.htmlRow(r)
		}
		p.Parts = append(p.Parts, h)
	}
	for _, n := range t.Notes {
		p.Notes = append(p.Notes, shown(n))
	}
	return p
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

// htmlClass tells figures, texts that may wrap, and texts with a word so long that it is cut.
func (t *Table) htmlClass(column int, text string) string {
	const longWord, longText = 60, 24 // octets
	switch {
	case len(text) > longWord && slices.ContainsFunc(strings.Fields(text), func(s string) bool { return len(s) > longWord }):
		return "long"
	case t.Columns[column].Right:
		return "n"
	case len(text) > longText:
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
