package c7mon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// module is the path of our module in go.mod.
const module = "c7mon"

// A listed is what `go list -json` tells of one package.
type listed struct {
	ImportPath   string
	Name         string
	Dir          string
	GoFiles      []string
	Imports      []string // of GoFiles
	TestImports  []string // of the test files inside the package
	XTestImports []string // of the test files outside
}

// name is the path below the module, "" for the root.
func (p *listed) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// list gives every package of the module.
func list(t *testing.T) []*listed {
	t.Helper()
	out := run(t, "go", "list", "-json=ImportPath,Name,Dir,GoFiles,Imports,TestImports,XTestImports", "./...")
	var ps []*listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			if len(ps) < 2 {
				t.Fatal("go list found no packages")
			}
			return ps
		case err != nil:
			t.Fatal("go list:", err)
		}
		ps = append(ps, &p)
	}
}

// run gives the standard output of a command.
func run(t *testing.T, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, &stderr)
	}
	return out
}

// A source is one Go file of the tree.
type source struct {
	path   string // from the root, with slashes
	test   bool
	octets []byte
	fset   *token.FileSet
	file   *ast.File
}

// dir is the package's path below the module.
func (s *source) dir() string {
	if i := strings.LastIndexByte(s.path, '/'); i >= 0 {
		return s.path[:i]
	}
	return ""
}

// at writes where a node stands, "isup/cause.go:12".
func (s *source) at(n ast.Node) string {
	p := s.fset.Position(n.Pos())
	return p.String()
}

// sources parses every Go file below the root. Folders that the go command leaves out are left out here.
func sources(t *testing.T) []*source {
	t.Helper()
	var all []*source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != "." && (name == "testdata" || name[0] == '.' || name[0] == '_') {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		s := &source{path: filepath.ToSlash(path), test: strings.HasSuffix(path, "_test.go"), fset: token.NewFileSet()}
		if s.octets, err = os.ReadFile(path); err != nil {
			return err
		}
		s.file, err = parser.ParseFile(s.fset, s.path, s.octets, parser.ParseComments|parser.SkipObjectResolution)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
