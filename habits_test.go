package c7mon_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/format"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clockFiles may read the wall clock besides the packages that the table gives it to: the merge of live sources waits for
// the one that is late.
var clockFiles = []string{"monitor/live.go"}

// clock names what tells the time of the machine or waits for it, by import path.
var clock = map[string][]string{
	"time":    {"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"},
	"context": {"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause"},
}

// TestWallClock holds that frame time is the only clock: the same frames then give the same records at any speed.
func TestWallClock(t *testing.T) {
	for _, s := range sources(t) {
		if r, _ := rowOf(s.dir()); s.test || r.clock || slices.Contains(clockFiles, s.path) {
			continue
		}
		names := importNames(s.file, clock)
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && slices.Contains(clock[names[x.Name]], sel.Sel.Name) {
				t.Errorf("%s: %s.%s: frame time is the only clock here", s.at(n), x.Name, sel.Sel.Name)
			}
			return true
		})
	}
}

// importNames gives the name in the file of each import that is a key of paths.
func importNames(f *ast.File, paths map[string][]string) map[string]string {
	names := map[string]string{}
	for _, i := range f.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if _, ok := paths[path]; err != nil || !ok {
			continue
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		if i.Name != nil {
			name = i.Name.Name
		}
		names[name] = path
	}
	return names
}

// TestNoPanic holds that no input can stop the program: nothing panics, and nothing hides a panic. There is no init
// either: what a package does is done where it is called.
func TestNoPanic(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: func init", s.at(n))
				}
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "panic" || f.Name == "recover") {
					t.Errorf("%s: %s", s.at(n), f.Name)
				}
			}
			return true
		})
	}
}

// TestPackageSentence holds that every package says in one place, and first of all, what goes in and what comes out.
func TestPackageSentence(t *testing.T) {
	there := map[string]bool{}
	said := map[string]string{} // package -> file with its comment
	for _, s := range sources(t) {
		dir, name := s.dir(), s.file.Name.Name
		if s.test {
			continue
		}
		there[dir] = true
		if s.file.Doc == nil {
			continue
		}
		if other, ok := said[dir]; ok {
			t.Errorf("%s: package comment, and one in %s: one is enough", s.path, other)
		}
		said[dir] = s.path
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + dir[strings.LastIndexByte(dir, '/')+1:] + " "
		}
		if text := s.file.Doc.Text(); !strings.HasPrefix(text, want) || !strings.Contains(text, ".") {
			t.Errorf("%s: the package comment has no sentence that begins with %q", s.path, want)
		}
	}
	for dir := range there {
		if said[dir] == "" {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

// plain are methods whose contract the standard library has: their comment may be left out where there is nothing to add.
var plain = []string{"String", "Error", "Unwrap", "Read", "Write", "Close", "Len", "Less", "Swap"}

// TestComments holds that every exported identifier says what it is. The comment of a group of constants or variables
// serves all of them.
func TestComments(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) && !(d.Recv != nil && slices.Contains(plain, d.Name.Name)) {
					t.Errorf("%s: %s has no comment", s.at(d), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, name := range uncommented(d) {
					t.Errorf("%s: %s has no comment", s.at(d), name)
				}
			}
		}
	}
}

// exportedReceiver reports whether a function is no method, or one of an exported type.
func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return true
	}
	var name *ast.Ident // the first name is the type's, those after it are its type parameters
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == nil {
			name = id
		}
		return name == nil
	})
	return name == nil || name.IsExported()
}

// uncommented gives the exported names of a declaration that neither the declaration nor their own line explains.
func uncommented(d *ast.GenDecl) (names []string) {
	if d.Doc != nil {
		return nil
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			if spec.Doc == nil && spec.Name.IsExported() {
				names = append(names, spec.Name.Name)
			}
		case *ast.ValueSpec:
			for _, n := range spec.Names {
				if spec.Doc == nil && spec.Comment == nil && n.IsExported() {
					names = append(names, n.Name)
				}
			}
		}
	}
	return names
}

// TestFuzzTargets holds that every package that reads octets from outside is fuzzed.
func TestFuzzTargets(t *testing.T) {
	fuzzed := map[string]bool{}
	there := map[string]bool{}
	for _, s := range sources(t) {
		there[s.dir()] = there[s.dir()] || !s.test
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && s.test && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				fuzzed[s.dir()] = true
			}
		}
	}
	for name, r := range packages {
		if r.decodes && there[name] && !fuzzed[name] {
			t.Errorf("%s: no fuzz target", name)
		}
	}
}

// TestFormat holds that gofmt has nothing to change.
func TestFormat(t *testing.T) {
	for _, s := range sources(t) {
		switch want, err := format.Source(s.octets); {
		case err != nil:
			t.Errorf("%s: %v", s.path, err)
		case !bytes.Equal(s.octets, want):
			t.Errorf("%s: gofmt -w is needed", s.path)
		}
	}
}

// TestModule holds that go.mod takes every module as its authors published it, and that ARCHITECTURE.md says of each
// direct one why it is there.
func TestModule(t *testing.T) {
	var mod struct {
		Module  struct{ Path string }
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace []struct{ Old struct{ Path string } }
	}
	if err := json.Unmarshal(run(t, "go", "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	if mod.Module.Path != module {
		t.Errorf("go.mod: module %s, want %s", mod.Module.Path, module)
	}
	for _, r := range mod.Replace {
		t.Errorf("go.mod: replace of %s", r.Old.Path)
	}
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if r.Indirect {
			continue
		}
		if !bytes.Contains(text, []byte("`"+r.Path+"`")) {
			t.Errorf("ARCHITECTURE.md has no line of reason for `%s`", r.Path)
		}
		if _, ok := libraries[r.Path]; !ok {
			t.Errorf("go.mod requires %s, which is not in the table of libraries in arch_test.go", r.Path)
		}
	}
}

// TestArchitecture holds that the map has every package on it, with its level.
func TestArchitecture(t *testing.T) {
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list(t) {
		name := p.name()
		r, ok := packages[name]
		if !ok {
			continue // TestImports says so
		}
		paragraph := fmt.Sprintf("\n**%s** (%d)", name, r.level)
		mention := fmt.Sprintf("`%s`", name) // enough for what only tests use
		if !bytes.Contains(text, []byte(paragraph)) && (r.only == "" || !bytes.Contains(text, []byte(mention))) {
			t.Errorf("ARCHITECTURE.md has no paragraph %q", strings.TrimSpace(paragraph))
		}
	}
}
