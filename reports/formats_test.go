package reports

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// readable are the formats for readers.
var readable = []Format{HTML, XLSX, PDF}

// write gives what a table is written as.
func write(t testing.TB, table *Table, f Format) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := table.Write(&b, f); err != nil {
		t.Fatalf("%v: %v", f, err)
	}
	return b.Bytes()
}

// file writes a table into a file.
func file(t *testing.T, table *Table, f Format) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table."+f.String())
	if err := os.WriteFile(path, write(t, table, f), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program of a Debian package and gives what it prints. The tests are none without it.
func tool(t *testing.T, debian, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends %s",
			name, debian)
	}
	cmd := exec.CommandContext(t.Context(), path, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, &stderr)
	}
	return string(out)
}

// samples are tables of every shape: whole and divided, in both languages, empty, wide, with numbers of every kind.
func samples(t testing.TB) map[string]Table {
	t.Helper()
	hex := Style{Lang: Vietnamese, Hex: true, CauseNames: Vietnamese}
	list := map[string]Table{
		"idd":        Causes(iddInput(t, Style{Lang: Vietnamese})),
		"hex":        Causes(voipInput(t, hex)),
		"divided":    Causes(byLocation(t, Vietnamese)),
		"divided en": Causes(byLocation(t, English)),
		"empty":      Causes(CausesInput{Period: octoberWeek(t), Style: Style{Lang: Vietnamese}}),
		"no groups":  Causes(CausesInput{Period: octoberWeek(t), By: byLocation(t, English).By}),
		"wide":       wideTable(40),
		"list":       Differences(reconciled(t, Vietnamese), DifferenceOptions{}),
		"hostile":    hostileTable(),
		"nothing":    {},
	}
	return list
}

// wideTable has more columns than an upright page has room for, and texts that wrap.
func wideTable(rows int) Table {
	t := Table{Report: "wide", Title: "Calls by destination", Columns: []Column{{"name", "Destination", false}},
		Notes: []string{strings.Repeat("A note that goes on. ", 30)}}
	for i := range 11 {
		t.Columns = append(t.Columns, Column{"c" + strconv.Itoa(i), "Calls with outcome " + strconv.Itoa(i), true})
	}
	t.Columns = append(t.Columns, Column{"remark", "Remark", false})
	for i := range rows {
		name := "Network " + strconv.Itoa(i)
		r := Row{{name, name, name}}
		for j := range 11 {
			n := i * j * 1234
			r = append(r, Cell{strconv.Itoa(n), strconv.Itoa(n), n})
		}
		text := strings.TrimSpace(strings.Repeat("lời nhắn ", i%9))
		t.Rows = append(t.Rows, append(r, Cell{text, text, text}))
	}
	return t
}

// hostile are texts that drive something: a browser, a spreadsheet, a terminal, a page.
var hostile = []string{
	`<script>document.title="taken"</script>`, `"><img src=http://elsewhere.invalid/x onerror=alert(1)>`, `</td></table>&lt;&amp;&#60;`,
	`</style><style>*{display:none}`, `javascript:alert(1)`, `{{.Title}}`, "`${x}`", "--part:url(http://elsewhere.invalid/y)",
	`=1+1`, `+84912345678`, `-5`, `@SUM(A1)`, `=HYPERLINK("http://elsewhere.invalid")`, "\t=1", `_x0041_`, `_x005F_x0041_`, `_x005F_`, `_x005F_x005F_x0041_`, `'text`,
	"\x00\x01\x1b[2J\x7f\u0085", "a\nb\r\nc", "\xff\xfe broken \xc3", "\ufffe\uffff\ufdd0", "😀 \U0001f468\u200d\U0001f469 \U0010ffff \U00010000",
	"\u202eright to left\u202c", "مرحبا بالعالم", "שלום", "中国 日本語", "ế e\u0302\u0301 ỷ", `\( ) \\ \r`, "/F1 9 Tf (", ")",
	strings.Repeat("W", 10000), strings.Repeat("đường dây ", 1000), strings.Repeat("\u0301", 3000), strings.Repeat(" ", 500), " x ", "\u00a0",
	strings.Repeat("😀", 20000),
}

func hostileTable() Table {
	all := strings.Join(hostile[:20], " ")
	t := Table{Report: "hostile", Lang: Vietnamese, Title: all, By: "x", Notes: hostile, Empty: hostile[0],
		Fields:  []Field{{"to", "no day"}},
		Columns: []Column{{"a", all, false}, {"share", hostile[0], true}, {"c", "Chữ", false}}}
	g := Group{Title: all, Note: all}
	for i, s := range hostile {
		share := Fixed([]string{"67.06", "-1", "x", "1e99", "NaN", "100.01"}[i%6])
		g.Rows = append(g.Rows, Row{{s, s, s}, {s, s, share}, {s, s, nil}})
	}
	t.Groups = []Group{g, {Title: hostile[1]}, g}
	return t
}

// TestSameOctets holds that a table always gives the same octets, which need no clock and no order of a map; also where
// several are written at a time.
func TestSameOctets(t *testing.T) {
	for name, table := range samples(t) {
		for _, f := range readable {
			want := write(t, &table, f)
			got := make([][]byte, 4)
			var wg sync.WaitGroup
			for i := range got {
				wg.Go(func() {
					var b bytes.Buffer
					if err := table.Write(&b, f); err != nil {
						t.Errorf("%s %v: %v", name, f, err)
					}
					got[i] = b.Bytes()
				})
			}
			wg.Wait()
			for _, b := range got {
				if !bytes.Equal(b, want) {
					t.Errorf("%s: %v is not written the same twice", name, f)
					break
				}
			}
		}
	}
}

// TestMoment holds that documents are of the end of their period, whatever the time is.
func TestMoment(t *testing.T) {
	f := func(table Table, want string) {
		t.Helper()
		if got := table.moment().Format("2006-01-02 15:04:05"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(Causes(iddInput(t, Style{})), "2003-10-19 00:00:00")
	f(Table{}, "1970-01-01 00:00:00")
	f(Table{Fields: []Field{{"to", 5}, {"to", "next week"}}}, "1970-01-01 00:00:00")
}

func TestShown(t *testing.T) {
	f := func(s, want string) {
		t.Helper()
		if got := shown(s); got != want {
			t.Errorf("%q is shown as %q, want %q", s, got, want)
		}
	}
	f("Tỷ lệ, 中 😀", "Tỷ lệ, 中 😀")
	f("a\x00b\x1b[\n\u0085\x7f", "a\ufffdb\ufffd[\ufffd\ufffd\ufffd")
	f("\xff\xc3(", "\ufffd\ufffd(")
	f("\ufffe\uffff\U0010ffff\ufdd0", "\ufffd\ufffd\ufffd\ufffd")
	f("\u202e\u200d", "\u202e\u200d")
}

// FuzzFormats writes tables made of any octets. None may panic or be refused, and no text may become markup: a table of
// the same shape has as many tags whatever its texts are.
func FuzzFormats(f *testing.F) {
	for i, s := range hostile {
		f.Add(fmt.Appendf([]byte{byte(i), byte(i * 7), byte(i * 3)}, "%.300s\x00x\x00%d.50\x00%s", s, i, strings.Repeat("từ ", i)))
	}
	f.Add([]byte{})
	f.Add([]byte{5, 0xff, 0xff, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		table := tableOf(b)
		for _, format := range readable {
			write(t, &table, format)
		}
		plain := tableOf(b)
		mapTexts(&plain, func(s string) string { return strings.Repeat("x", min(len(s), 1)) })
		got, want := write(t, &table, HTML), write(t, &plain, HTML)
		if n, m := bytes.Count(got, []byte("<")), bytes.Count(want, []byte("<")); n != m {
			t.Errorf("%d tags, %d of a table with other texts\n%s", n, m, got)
		}
		if pdf := write(t, &table, PDF); !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.HasSuffix(pdf, []byte("%%EOF\n")) {
			t.Errorf("no PDF: %q", pdf)
		}
	})
}

// tableOf makes a table: its shape of the first three octets, its texts of what stands between zeros behind them.
func tableOf(b []byte) Table {
	var shape [3]byte
	texts := []string{""}
	if n := copy(shape[:], b); n == len(shape) {
		texts = strings.Split(string(b[n:]), "\x00")
	}
	k := 0
	next := func() string {
		k++
		return strings.Repeat(texts[(k-1)%len(texts)], 1+int(shape[2]>>2&3)*40)
	}
	t := Table{Report: "fuzz", Lang: Lang(shape[2] >> 1 & 3), Title: next(), Empty: next(), Notes: []string{next(), next()},
		Fields: []Field{{"to", next()}}}
	keys := []string{"a", shareKey, "c"}
	for i := range int(shape[0] % 9) {
		t.Columns = append(t.Columns, Column{keys[i%3], next(), shape[1]>>(i%8)&1 == 1})
	}
	rows := func() (list []Row) {
		for range int(shape[0]>>4) * 2 {
			var r Row
			for i := range t.Columns {
				s := next()
				values := []any{s, Fixed(s), int64(len(s)) << 40, uint8(i), nil, true, binary.BigEndian}
				r = append(r, Cell{s, s, values[(k+i)%len(values)]})
			}
			list = append(list, r)
		}
		return list
	}
	if t.Rows = rows(); shape[2]&1 == 1 {
		t.Groups = []Group{}
		for range shape[2] >> 5 {
			t.Groups = append(t.Groups, Group{Title: next(), Note: next(), Rows: rows()})
		}
	}
	return t
}

// mapTexts changes every text of a table.
func mapTexts(t *Table, f func(string) string) {
	row := func(rows []Row) {
		for _, r := range rows {
			for i := range r {
				r[i].Text = f(r[i].Text)
			}
		}
	}
	t.Title, t.Empty, t.Notes = f(t.Title), f(t.Empty), slices.Clone(t.Notes)
	for i := range t.Notes {
		t.Notes[i] = f(t.Notes[i])
	}
	for i := range t.Columns {
		t.Columns[i].Title = f(t.Columns[i].Title)
	}
	row(t.Rows)
	for i := range t.Groups {
		t.Groups[i].Title, t.Groups[i].Note = f(t.Groups[i].Title), f(t.Groups[i].Note)
		row(t.Groups[i].Rows)
	}
}

// BenchmarkFormats writes the weekly table, and a list of 8,192 differences with all their columns.
func BenchmarkFormats(b *testing.B) {
	week, list := Causes(iddInput(b, Style{Lang: Vietnamese})), Differences(reconciled(b, Vietnamese), DifferenceOptions{})
	for range 10 {
		list.Rows = append(list.Rows, list.Rows...)
	}
	for _, table := range []*Table{&week, &list} {
		for _, f := range readable {
			b.Run(table.Report+"/"+f.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					b.SetBytes(int64(len(write(b, table, f))))
				}
			})
		}
	}
}
