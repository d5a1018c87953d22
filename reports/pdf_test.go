package reports

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// pdfPagesOf gives the text of each page, each line with single spaces.
func pdfPagesOf(t *testing.T, path string) (list [][]string) {
	t.Helper()
	out := tool(t, "poppler-utils", "pdftotext", "-layout", path, "-")
	for _, page := range strings.Split(strings.TrimSuffix(out, "\f"), "\f") {
		var lines []string
		for _, line := range strings.Split(page, "\n") {
			if s := strings.Join(strings.Fields(line), " "); s != "" {
				lines = append(lines, s)
			}
		}
		list = append(list, lines)
	}
	return list
}

// pdfInfo gives what a file says of itself.
func pdfInfo(t *testing.T, path string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, line := range strings.Split(tool(t, "poppler-utils", "pdfinfo", "-rawdates", path), "\n") {
		key, value, _ := strings.Cut(line, ":")
		m[key] = strings.TrimSpace(value)
	}
	return m
}

// TestPDF holds that the weekly table stands on its page line by line, in both languages.
func TestPDF(t *testing.T) {
	for _, table := range []Table{Causes(iddInput(t, Style{Lang: Vietnamese})), Causes(byLocation(t, English)),
		Causes(byLocation(t, Vietnamese)), Causes(CausesInput{Period: octoberWeek(t), Style: Style{Lang: Vietnamese}}),
		Causes(voipInput(t, Style{Lang: Vietnamese, Hex: true, CauseNames: Vietnamese}))} {
		path := file(t, &table, PDF)
		pages := pdfPagesOf(t, path)
		if len(pages) != 1 {
			t.Fatalf("%d pages", len(pages))
		}
		text := strings.Join(pages[0], " ")
		want := append([]string{table.Title}, table.Notes...)
		for _, p := range table.parts() {
			want = append(want, p.title, p.note)
			if len(p.rows) == 0 {
				want = append(want, table.Empty)
			}
			for _, r := range p.rows {
				var cells []string
				for _, c := range r {
					cells = append(cells, c.Text)
				}
				want = append(want, strings.TrimSpace(strings.Join(cells, " ")))
			}
		}
		for _, s := range append(want, "1/1") {
			if !strings.Contains(text, s) {
				t.Errorf("no %q in\n%s", s, strings.Join(pages[0], "\n"))
			}
		}
		info := pdfInfo(t, path)
		if info["Title"] != table.Title || info["Page size"] != "595.28 x 841.89 pts (A4)" ||
			!strings.HasPrefix(info["CreationDate"], "D:20031019000000") || info["ModDate"] != info["CreationDate"] {
			t.Errorf("%v", info)
		}
	}
}

// TestPDFPages holds that 500 rows come one after the other, that each page has the headings, its number and as many rows
// as it has room for, and that columns which need it turn the page.
func TestPDFPages(t *testing.T) {
	narrow := Table{Report: "x", Lang: Vietnamese, Title: "Cuộc gọi", Columns: []Column{{"n", "Số thứ tự", true}, {"t", "Tên gọi", false}}}
	for i := range 500 {
		n := strconv.Itoa(i)
		narrow.Rows = append(narrow.Rows, Row{{n, n, i}, {"Hướng " + n, "", nil}})
	}
	f := func(table Table, size string, pages int, heading *regexp.Regexp, row func(i int) string) {
		t.Helper()
		path := file(t, &table, PDF)
		if info := pdfInfo(t, path); info["Page size"] != size || info["Pages"] != strconv.Itoa(pages) {
			t.Errorf("%s: %s pages of %s, want %d of %s", table.Title, info["Pages"], info["Page size"], pages, size)
		}
		next := 0
		list := pdfPagesOf(t, path)
		for i, lines := range list {
			text := strings.Join(lines, "\n")
			if next < len(table.Rows) && !heading.MatchString(text) {
				t.Errorf("page %d has no heading:\n%s", i+1, text)
			}
			if last := lines[len(lines)-1]; last != fmt.Sprintf("%s %d/%d", table.Title, i+1, len(list)) {
				t.Errorf("page %d ends in %q", i+1, last)
			}
			for _, line := range lines {
				if next < len(table.Rows) && strings.HasPrefix(line, row(next)) {
					next++
				}
			}
		}
		if next != len(table.Rows) {
			t.Errorf("row %d is not where it should be", next)
		}
	}
	f(narrow, "595.28 x 841.89 pts (A4)", 12, regexp.MustCompile(`(?m)^Số thứ tự Tên gọi$`), func(i int) string {
		return fmt.Sprintf("%d Hướng %d", i, i)
	})
	wide := wideTable(120)
	f(wide, "841.89 x 595.28 pts (A4)", 7, regexp.MustCompile(`(?m)^Destination outcome 0 .* Remark$`), func(i int) string {
		return fmt.Sprintf("Network %d 0 %d ", i, i*1234)
	})
}

// TestPDFWide holds that a list of 21 columns has its times, numbers and amounts in one piece, on a sheet that is as large as
// they need, with no more than 3 lines of headings.
func TestPDFWide(t *testing.T) {
	f := func(call, group, size string) {
		t.Helper()
		table := Differences(reconciled(t, Vietnamese), DifferenceOptions{})
		table.Rows[0][2], table.Rows[0][8] = words([]byte(call)), words([]byte(group))
		path := file(t, &table, PDF)
		if got := pdfInfo(t, path)["Page size"]; got != size {
			t.Errorf("page size %s, want %s", got, size)
		}
		text := strings.Join(pdfPagesOf(t, path)[0], "\n")
		for _, r := range table.Rows {
			for i, c := range r {
				if table.Columns[i].Key != "class" && !strings.Contains(text, c.Text) {
					t.Errorf("%s %q is divided", table.Columns[i].Key, c.Text)
				}
			}
		}
		p := newPages(&table)
		if p.layOut(); p.rowLines(p.headings) > headingLines {
			t.Errorf("headings %q", p.headings)
		}
	}
	f("1003", "TOLL-1", "1190.55 x 841.89 pts (A3)")
	f("4611686018427388907", "HANOI-SAIGON-INTERNATIONAL-2", "1683.78 x 1190.55 pts (A2)")
}

// TestPDFGroups holds that a group which goes on says so on the next page, and that no heading stands alone at the foot of
// one.
func TestPDFGroups(t *testing.T) {
	table := Table{Report: "x", Title: "T", Columns: []Column{{"n", "Number", true}}, Groups: []Group{}}
	for g := range 30 {
		group := Group{Title: fmt.Sprintf("Group %c", 'A'+g), Note: "end of it"}
		for range 3 + g*2 {
			group.Rows = append(group.Rows, Row{{"7", "7", 7}})
		}
		table.Groups = append(table.Groups, group)
	}
	pages := pdfPagesOf(t, file(t, &table, PDF))
	again, rows := 0, 0
	for i, lines := range pages {
		for j, line := range lines {
			if strings.HasSuffix(line, " …") {
				again++
				if j != 0 {
					t.Errorf("page %d: %q is line %d", i+1, line, j+1)
				}
			}
			if line == "7" {
				rows++
			}
			if line == "Number" && lines[j+1] != "7" {
				t.Errorf("page %d: below the heading is %q", i+1, lines[j+1])
			}
			if strings.HasPrefix(line, "Group ") && lines[j+1] != "Number" {
				t.Errorf("page %d: below %q is %q", i+1, line, lines[j+1])
			}
		}
	}
	if want := 30*3 + 29*30; rows != want || again < 5 || again >= len(pages) {
		t.Errorf("%d rows, want %d; %d of %d pages go on", rows, want, again, len(pages))
	}
}

// bboxWord is a word with its place in what pdftotext -bbox prints.
var bboxWord = regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</word>`)

// TestPDFFigures holds that figures end in one line at the right of their column.
func TestPDFFigures(t *testing.T) {
	table := Causes(iddInput(t, Style{Lang: Vietnamese}))
	ends := map[string][]float64{}
	for _, m := range bboxWord.FindAllStringSubmatch(tool(t, "poppler-utils", "pdftotext", "-bbox", file(t, &table, PDF), "-"), -1) {
		end, err := strconv.ParseFloat(m[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		ends[m[5]] = append(ends[m[5]], end)
	}
	for column := range 3 {
		var right []float64 // one figure of each row that occurs once on the page
		for _, r := range table.Rows {
			if at := ends[r[column].Text]; len(at) == 1 {
				right = append(right, at[0])
			}
		}
		if len(right) < 5 || slices.Max(right)-slices.Min(right) > 0.2 {
			t.Errorf("column %d ends at %v", column, right)
		}
	}
}

// TestPDFWraps holds that no letter of a long text is lost, however narrow its column is.
func TestPDFWraps(t *testing.T) {
	long := strings.TrimSpace(strings.Repeat("Cuộc gọi bị từ chối vì đường dây bận. ", 60))
	var word strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&word, "%c", 'a'+(i*i+i/7)%26)
	}
	table := Table{Report: "x", Title: "T", Columns: []Column{{"a", "A", false}, {"b", "B", false}},
		Rows: []Row{{{Text: long}, {Text: "end"}}, {{Text: "1"}, {Text: word.String()}}}}
	var text strings.Builder
	for _, page := range pdfPagesOf(t, file(t, &table, PDF)) {
		for _, line := range page {
			text.WriteString(line)
		}
	}
	got := strings.ReplaceAll(text.String(), " ", "")
	for _, s := range []string{strings.ReplaceAll(long, " ", "")[:200], word.String()[100:200]} {
		if !strings.Contains(got, s) {
			t.Errorf("no %q in\n%s", s, got)
		}
	}
	if n := strings.Count(got, "đườngdây"); n < 40 {
		t.Errorf("%d of 60 sentences are whole", n)
	}
}

// TestPDFHostile holds that texts which the library cannot write, or would read beyond its tables for, come out as what
// can be written.
func TestPDFHostile(t *testing.T) {
	table := hostileTable()
	path := file(t, &table, PDF)
	text := tool(t, "poppler-utils", "pdftotext", "-layout", path, "-")
	if !utf8.ValidString(text) {
		t.Error("what is read back is no UTF-8")
	}
	for _, s := range []string{`=1+1`, `+84912345678`, `@SUM(A1)`, `_x0041_`, `\( ) \\ \r`, "/F1 9 Tf (", "�"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q", s)
		}
	}
	info := pdfInfo(t, path)
	if info["JavaScript"] != "no" || info["Encrypted"] != "no" || !strings.HasPrefix(info["CreationDate"], "D:19700101000000") {
		t.Errorf("%v", info)
	}
	// It is a file that can be drawn.
	tool(t, "poppler-utils", "pdftoppm", "-r", "10", path, t.TempDir()+"/page")
	if b := write(t, &table, PDF); bytes.Contains(b, []byte("/URI")) || bytes.Contains(b, []byte("/JS")) {
		t.Error("something in it acts")
	}
}

func TestDivide(t *testing.T) {
	f := func(room float64, natural, least, want []float64) {
		t.Helper()
		got := divide(room, natural, least)
		for i := range want {
			if math.Abs(got[i]-want[i]) > 1e-9 {
				t.Errorf("%v: %v, want %v", natural, got, want)
				return
			}
		}
	}
	f(100, []float64{20, 30}, []float64{10, 10}, []float64{20, 30})
	f(100, []float64{20, 180}, []float64{20, 40}, []float64{20, 80})
	f(100, []float64{60, 100}, []float64{20, 40}, []float64{40, 60})
	f(100, []float64{60, 45, 10}, []float64{20, 40, 10}, []float64{45, 45, 10})
	f(30, []float64{60, 100}, []float64{20, 40}, []float64{10, 20})
	f(30, nil, nil, nil)
}

func TestWrap(t *testing.T) {
	table := Table{Title: "T"}
	p := newPages(&table)
	ten := 10 * 10 * millimetre // ten letters as wide as they are high
	f := func(s string, width float64, want ...string) {
		t.Helper()
		got := p.wrap(s, regular, 10, width)
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
		for _, line := range got {
			if w := p.ems(line) * 10 * millimetre; w > width+0.02 && len([]rune(strings.ReplaceAll(line, "\u0301", ""))) > 1 {
				t.Errorf("%q is %.2f mm wide, there is room for %.2f", line, w, width)
			}
		}
	}
	f("", ten, "")
	f("abc", ten, "abc")
	f("một hai ba bốn năm sáu", ten, "một hai ba bốn", "năm sáu")
	f("WWWWWWWWWWWWWWWWWWWWWWWWW", ten, "WWWWWWWWWW", "WWWWWWWWWW", "WWWWW")
	f("ab WWWWWWWWWWWWWW", ten, "ab", "WWWWWWWWWW", "WWWW")
	f("abc", 0, "a", "b", "c")
	f("e\u0301e\u0301", 0, "e\u0301", "e\u0301")
	f("abc", -5, "a", "b", "c")
}
