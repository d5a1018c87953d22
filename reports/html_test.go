package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// A domTable is a table as a browser has it.
type domTable struct {
	caption string
	head    []string
	rows    [][]string
}

// A dom is what the tests look at of a page that a browser has read.
type dom struct {
	lang, title, h1 string
	headings        []string // h2
	links, ids      []string // of the list of groups, and of the groups
	tables          []domTable
	text            []string // of every p
	scopes, figures int      // cells with scope, cells to the right
	elements        map[string]int
}

// browse opens a page in Chromium and gives its tree, written out.
func browse(t *testing.T, url string, args ...string) string {
	t.Helper()
	profile, err := os.MkdirTemp("", "c7mon-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(profile) }) // a process of the browser may still write there: that is no failure
	return tool(t, "chromium", "chromium", append(args, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
		"--user-data-dir="+profile, "--dump-dom", url)...)
}

// domOf reads the tree that a browser wrote.
func domOf(t *testing.T, page string) *dom {
	t.Helper()
	d := &dom{elements: map[string]int{}}
	x := xml.NewDecoder(strings.NewReader(page))
	x.Strict, x.AutoClose, x.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var inside []string
	var text strings.Builder
	for {
		token, err := x.Token()
		if err == io.EOF {
			return d
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inside = append(inside, e.Name.Local)
			text.Reset()
			d.open(e)
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			d.close(e.Name.Local, text.String(), slices.Contains(inside, "thead"), slices.Contains(inside, "tbody"))
			text.Reset()
			inside = inside[:len(inside)-1]
		}
	}
}

func (d *dom) open(e xml.StartElement) {
	d.elements[e.Name.Local]++
	for _, a := range e.Attr {
		switch {
		case e.Name.Local == "html" && a.Name.Local == "lang":
			d.lang = a.Value
		case a.Name.Local == "href" && e.Name.Local == "a":
			d.links = append(d.links, a.Value)
		case a.Name.Local == "id":
			d.ids = append(d.ids, "#"+a.Value)
		case a.Name.Local == "scope":
			d.scopes++
		case a.Name.Local == "class" && slices.Contains(strings.Fields(a.Value), "n"):
			d.figures++
		}
	}
	switch e.Name.Local {
	case "table":
		d.tables = append(d.tables, domTable{})
	case "tr":
		if n := len(d.tables); n > 0 {
			d.tables[n-1].rows = append(d.tables[n-1].rows, nil)
		}
	}
}

func (d *dom) close(name, text string, head, body bool) {
	var table *domTable
	if n := len(d.tables); n > 0 {
		table = &d.tables[n-1]
	}
	switch {
	case name == "title":
		d.title = text
	case name == "h1":
		d.h1 = text
	case name == "h2":
		d.headings = append(d.headings, text)
		if table != nil && table.caption == "" && len(table.rows) == 0 {
			table.caption = text
		}
	case name == "caption" && text != "":
		table.caption = text
	case name == "p":
		d.text = append(d.text, text)
	case (name == "th" || name == "td") && head:
		table.head = append(table.head, text)
	case (name == "th" || name == "td") && body:
		table.rows[len(table.rows)-1] = append(table.rows[len(table.rows)-1], text)
	case name == "thead":
		table.rows = nil
	}
}

// TestHTML holds that a browser has every text of a table in its place, and nothing else: what drives a browser elsewhere
// is text here.
func TestHTML(t *testing.T) {
	for name, table := range samples(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := domOf(t, browse(t, "file://"+file(t, &table, HTML)))
			if d.lang != table.Lang.String() || d.h1 != shown(table.Title) {
				t.Errorf("lang %q, heading %q", d.lang, d.h1)
			}
			// A browser joins the spaces of a title.
			if want := strings.Join(strings.Fields(shown(table.Title)), " "); strings.Join(strings.Fields(d.title), " ") != want {
				t.Errorf("title %q", d.title)
			}
			comparePage(t, &table, d)
			if d.elements["script"]+d.elements["img"]+d.elements["iframe"] > 0 || d.elements["style"] != 1 {
				t.Errorf("%v", d.elements)
			}
		})
	}
}

// comparePage compares tables, headings and notes.
func comparePage(t *testing.T, table *Table, d *dom) {
	t.Helper()
	var head, text, headings, ids []string
	for _, c := range table.Columns {
		head = append(head, shown(c.Title))
	}
	var tables []domTable
	for i, p := range table.parts() {
		if table.Groups != nil {
			ids = append(ids, fmt.Sprintf("#group-%d", i+1))
			headings = append(headings, p.title)
		}
		if len(p.rows) == 0 {
			text = append(text, shown(table.Empty))
		} else {
			w := domTable{caption: p.title, head: head}
			if p.title == "" {
				w.caption = shown(table.Title)
			}
			for _, r := range p.rows {
				var cells []string
				for _, c := range r {
					cells = append(cells, shown(c.Text))
				}
				w.rows = append(w.rows, cells)
			}
			tables = append(tables, w)
		}
		if p.note != "" {
			text = append(text, p.note)
		}
	}
	if table.Groups != nil && len(table.Groups) == 0 {
		text = append(text, shown(table.Empty))
	}
	for _, n := range table.Notes {
		text = append(text, shown(n))
	}
	if len(tables) != len(d.tables) {
		t.Fatalf("%d tables, want %d", len(d.tables), len(tables))
	}
	for i, w := range tables {
		g := d.tables[i]
		if g.caption != w.caption || !slices.Equal(g.head, w.head) || !slices.EqualFunc(g.rows, w.rows, slices.Equal) {
			t.Errorf("table %d: got\n%q\nwant\n%q", i, g, w)
		}
	}
	if !slices.Equal(d.text, text) {
		t.Errorf("texts: got\n%q\nwant\n%q", d.text, text)
	}
	if !slices.Equal(d.headings, headings) || !slices.Equal(d.ids, ids) || len(ids) > 1 && !slices.Equal(d.links, ids) {
		t.Errorf("headings %q, want %q; anchors %q, links %q, want %q", d.headings, headings, d.ids, d.links, ids)
	}
}

// TestHTMLAccessible holds that headings say what they are headings of, and that figures stand to the right.
func TestHTMLAccessible(t *testing.T) {
	table := Causes(byLocation(t, English)) // four groups of 1, 1, 2 and 1 rows, the last without a code
	d := domOf(t, browse(t, "file://"+file(t, &table, HTML)))
	if want := 4*4 + 4; d.scopes != want { // headings of columns; the first cell of every row that has a text
		t.Errorf("%d cells with a scope, want %d", d.scopes, want)
	}
	if want := 4*3 + 5*3; d.figures != want {
		t.Errorf("%d cells with figures, want %d", d.figures, want)
	}
	if d.elements["caption"] != 4 || d.elements["nav"] != 1 {
		t.Errorf("%v", d.elements)
	}
}

// TestHTMLPrinted holds that a printed page leaves out no column, and that its headings stand on each sheet: what does not fit
// on one would be lost without a word.
func TestHTMLPrinted(t *testing.T) {
	f := func(table Table, wide, high float64) { // points
		t.Helper()
		path := filepath.Join(t.TempDir(), "page.pdf")
		browse(t, "file://"+file(t, &table, HTML), "--no-pdf-header-footer", "--print-to-pdf="+path)
		var w, h float64
		size := pdfInfo(t, path)["Page size"]
		if _, err := fmt.Sscanf(size, "%g x %g pts", &w, &h); err != nil || math.Abs(w-wide) > 3 || math.Abs(h-high) > 3 {
			t.Errorf("%s: page size %s, want %v x %v", table.Report, size, wide, high)
		}
		list := pdfPagesOf(t, path)
		text, first := "", strings.Fields(table.Columns[0].Title)[0]
		for i, lines := range list {
			page := strings.Join(lines, "\n") + "\n"
			if text += page; !strings.Contains(page, first) || !strings.Contains(page, fmt.Sprintf("%d/%d\n", i+1, len(list))) {
				t.Errorf("%s: sheet %d has no headings or no number:\n%s", table.Report, i+1, page)
			}
		}
		for _, r := range table.Rows {
			for i, c := range r {
				if !strings.Contains(text, c.Text) && len(c.Text) <= shortText {
					t.Errorf("%s: %s %q is not there in one piece", table.Report, table.Columns[i].Key, c.Text)
				}
			}
		}
	}
	f(Causes(iddInput(t, Style{Lang: Vietnamese})), 595, 842)
	f(Reconciliation(reconciled(t, Vietnamese)), 842, 595)
	list := Differences(reconciled(t, English), DifferenceOptions{})
	for range 4 {
		list.Rows = append(list.Rows, list.Rows...)
	}
	f(list, 1431, 1012)
}

// TestHTMLAlone holds that a browser asks for nothing but the page: neither of the server it came from nor of any other,
// for everything would come to the same one. What the browser asks its makers is not the page's. A page that does ask
// shows that the test would see it.
func TestHTMLAlone(t *testing.T) {
	const icon = "reports.invalid/favicon.ico" // asked for when the page has been read: the browser may be gone by then
	f := func(page []byte, mayAsk string, want ...string) {
		t.Helper()
		var mu sync.Mutex
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if strings.HasSuffix(r.Host, ".invalid") {
				asked = append(asked, r.Host+r.URL.Path)
			}
			if r.URL.Path != "/page" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(page)
		}))
		defer server.Close()
		got := browse(t, "http://reports.invalid/page", "--proxy-server="+server.URL)
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(asked)
		asked = slices.DeleteFunc(asked, func(s string) bool { return s == mayAsk })
		if !strings.Contains(got, "<h1>") || !slices.Equal(asked, want) {
			t.Errorf("asked for %q, want %q; the page has %d octets", asked, want, len(got))
		}
	}
	f([]byte(`<h1>x</h1><img src="/y"><img src="http://elsewhere.invalid/z">`), icon, "elsewhere.invalid/z",
		"reports.invalid/page", "reports.invalid/y")
	table := hostileTable()
	f(write(t, &table, HTML), "", "reports.invalid/page")
	table = Causes(iddInput(t, Style{}))
	f(write(t, &table, HTML), "", "reports.invalid/page")
}

func TestBar(t *testing.T) {
	f := func(v any, want string) {
		t.Helper()
		if got := barOf(v); got != want {
			t.Errorf("%v: %q, want %q", v, got, want)
		}
	}
	f(Fixed("67.06"), "0.6706")
	f(Fixed("100.00"), "1.0000")
	f(Fixed("0.01"), "0.0001")
	for _, v := range []any{Fixed("0.00"), Fixed("100.01"), Fixed("-1"), Fixed("NaN"), Fixed("x"), Fixed(""), "67.06", 67, nil} {
		f(v, "")
	}
}
