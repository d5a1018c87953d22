package yamlfile

import (
	"strings"
	"testing"
)

// read walks a mapping that may have the keys a (a scalar), b (a list of scalars) and c (a list of mappings).
func read(file string) (*Reader, []string) {
	r := &Reader{File: "f.yaml"}
	o := r.Object(r.Parse([]byte(file)), "thing", "a", "b", "c")
	if o == nil {
		return r, nil
	}
	got := []string{o.Text("a")}
	for _, s := range o.Scalars("b") {
		got = append(got, s.Text)
	}
	for _, n := range o.List("c") {
		if p := r.Object(n, "part", "d"); p != nil {
			got = append(got, p.Needed("d"))
		}
	}
	return r, got
}

func TestRead(t *testing.T) {
	f := func(file, want string) {
		t.Helper()
		r, got := read(file)
		if s := strings.Join(got, "|"); s != want || len(r.Errs) > 0 {
			t.Errorf("got %s, want %s; errors %v", s, want, r.Errs)
		}
	}
	f("", "")
	f("a: 0171\n", "0171") // digits stay as they are written
	f("a: \"00\"\nb: [1.50, x]\n", "00|1.50|x")
	f("b: 7\nc: [{d: no}, {d: 1e3}]\n", "|7|no|1e3")
	f("a: ~\n# nothing else\n", "")
	f("\ufeffa: 1\n", "1")
}

func TestErrors(t *testing.T) {
	f := func(file string, want ...string) {
		t.Helper()
		r, _ := read(file)
		r.Errs.Sort()
		lines := strings.Split(r.Errs.Error(), "\n")
		if len(lines) != len(want) {
			t.Fatalf("got %d errors, want %d:\n%v", len(lines), len(want), r.Errs)
		}
		for i, w := range want {
			if !strings.HasPrefix(lines[i], "f.yaml:"+w) {
				t.Errorf("got %q, want it to begin with %q", lines[i], "f.yaml:"+w)
			}
		}
	}
	f("a: 1\nz: 2\n", `2: thing: unknown key "z"`)
	f("a: 1\n\na: 2\n", "3: thing: a stands twice")
	f("- a\n", "1: thing: a list where keys are needed")
	f("a: [1]\nb: {x: 1}\nc: 1\n", "1: thing: a: a list where one value", "2: thing: b: a mapping where one value", `3: thing: c: "1" where a list`)
	f("c:\n- d: 1\n- {}\n", "3: part: d: is missing")
	f("c:\n- d: ''\n- d: [1]\n", "2: part: d: has no value: write one", "3: part: d: a list where one value")
	f("a: 'x\n", "1: not YAML")
	f("a: 1\n\tb: 2\n", "2: not YAML: a tab stands before the text of this line: put blanks in its place")
	f("a: 1\n---\na: 2\n", "3: a second document")
}

// FuzzParse holds that no octets make the reader panic, and that each error has a line.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "a: 1\nb: [1, 2]\nc:\n- d: 1\n", "a: &x 1\nb: *x\n", "<<: {a: 1}\n", "a: |\n  text\n", "? [a]\n: 1\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, _ := read(string(file))
		for _, e := range r.Errs {
			if e.Line < 1 || e.Text == "" {
				t.Errorf("%#v", e)
			}
		}
	})
}
