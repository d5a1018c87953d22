// Package c7mon_test guards the repository itself: which package may import which, where the wall clock is read, and the
// habits that no compiler holds. It reads the sources and takes nothing from them but their names.
package c7mon_test

import (
	"slices"
	"strings"
	"testing"
)

// A row is one package of the table that ARCHITECTURE.md draws. A package imports packages of lower levels only, so the
// arrows all point down.
type row struct {
	level   int
	decodes bool   // reads octets that came from outside: it has a fuzz target
	clock   bool   // may read the wall clock: frames are born there, or I/O waits
	only    string // the one package that imports it, test files apart; "" where every higher one may
}

// forTests is the only user of what serves tests alone: no package.
const forTests = "no package"

// packages are the packages there may be, by their path below the module. Add a row with the first file of a new one.
var packages = map[string]row{
	"wire":  {level: 0, decodes: true},
	"cause": {level: 0},

	"yamlfile": {level: 0},

	"capture/vethtest": {level: 0, clock: true, only: forTests},

	"config":  {level: 1},
	"capture": {level: 1, decodes: true, clock: true},
	"mtp":     {level: 1, decodes: true},
	"isup":    {level: 1, decodes: true},
	"tup":     {level: 1, decodes: true},
	"sccp":    {level: 1, decodes: true},
	"tcap":    {level: 1, decodes: true},
	"r2":      {level: 1, decodes: true},
	"sip":     {level: 1, decodes: true},

	"charge":     {level: 1}, // the arithmetic of TS 22.024, which knows nothing of calls
	"charge/cdr": {level: 2, decodes: true},

	"sigtran":     {level: 2, decodes: true},
	"e1":          {level: 2, decodes: true},
	"tcap/gsmmap": {level: 2, decodes: true},
	"tcap/inap":   {level: 2, decodes: true},
	"tcap/cap":    {level: 2, decodes: true},
	"tcap/is41":   {level: 2, decodes: true},

	"hw":        {level: 3, decodes: true, clock: true},
	"correlate": {level: 3},

	"store":            {level: 4, clock: true},
	"store/pgtest":     {level: 4, clock: true, only: forTests},
	"charge/tariff":    {level: 4},
	"charge/reconcile": {level: 4},
	"alarm":            {level: 4, clock: true},

	"reports": {level: 5},
	"monitor": {level: 5},

	"web":       {level: 6, clock: true},
	"hw/hwtest": {level: 6, clock: true, only: forTests},

	// lab builds octets of every protocol, so it stands above the decoders; only the commands and the tests use it.
	"lab": {level: 3, only: "cmd/c7mon"},

	"cmd/c7mon": {level: 7, clock: true},
}

// drivers are folders whose packages need no row each: hw has one folder a driver, a level above hw itself.
var drivers = map[string]row{
	"hw/": {level: 4, decodes: true, clock: true},
}

// libraries says which packages use which module that is not ours. A module is used where its subject is, and nowhere
// else: that keeps it replaceable.
var libraries = map[string][]string{
	"github.com/goccy/go-yaml":          {"config", "yamlfile"},
	"github.com/go-fonts/dejavu":        {"reports"},
	"github.com/go-pdf/fpdf":            {"reports"},
	"github.com/google/gopacket":        {"capture"},
	"github.com/ishidawataru/sctp":      {"hw/m3ua"},
	"github.com/jackc/pgx/v5":           {"store", "store/pgtest"},
	"github.com/klauspost/compress":     {"capture"},
	"github.com/pressly/goose/v3":       {"store"},
	"github.com/rogpeppe/go-internal":   {"cmd/c7mon"},
	"github.com/schollz/progressbar/v3": {"cmd/c7mon"},
	"github.com/spf13/cobra":            {"cmd/c7mon"},
	"github.com/wmnsk/go-m3ua":          {"sigtran", "lab", "hw/m3ua"},
	"github.com/xuri/excelize/v2":       {"reports"},
	"golang.org/x/net":                  {"capture"},
	"golang.org/x/sys":                  {"capture", "hw/dahdi", "hw/e1d"},
	"golang.org/x/term":                 {"cmd/c7mon"},
	"golang.org/x/tools":                {}, // the tests of the root alone
	"modernc.org/sqlite":                {"store"},
}

// rowOf finds the row of a package by its path below the module.
func rowOf(name string) (row, bool) {
	if r, ok := packages[name]; ok {
		return r, true
	}
	for prefix, r := range drivers {
		if strings.HasPrefix(name, prefix) {
			return r, true
		}
	}
	return row{}, false
}

// TestImports holds every import against the table. Test files may use any package of ours, which Go itself keeps free of
// cycles, but a library only where the table has it.
func TestImports(t *testing.T) {
	for _, p := range list(t) {
		name := p.name()
		if name == "" { // the root holds only these tests
			continue
		}
		from, ok := rowOf(name)
		if !ok {
			t.Errorf("%s: not in the table of packages in arch_test.go", name)
			continue
		}
		for _, path := range p.Imports {
			to, ours := strings.CutPrefix(path, module+"/")
			if !ours {
				continue
			}
			r, ok := rowOf(to)
			switch {
			case !ok:
				t.Errorf("%s imports %s, which is not in the table of packages in arch_test.go", name, to)
			case r.only != "" && r.only != name && from.only != forTests:
				t.Errorf("%s imports %s, which is for tests and %s alone", name, to, r.only)
			case r.level >= from.level:
				t.Errorf("%s (level %d) imports %s (level %d): imports go down only", name, from.level, to, r.level)
			}
		}
		for _, path := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			if standard(path) || strings.HasPrefix(path, module+"/") {
				continue
			}
			m := moduleOf(path)
			if !slices.Contains(libraries[m], name) {
				t.Errorf("%s imports %s: %s", name, path, whereAllowed(m))
			}
		}
	}
}

// moduleOf finds the library that an import path lies in, "" when it is none of the table.
func moduleOf(path string) string {
	for m := range libraries {
		if path == m || strings.HasPrefix(path, m+"/") {
			return m
		}
	}
	return ""
}

func whereAllowed(m string) string {
	if m == "" {
		return "a module that is not in the table of libraries in arch_test.go"
	}
	return "only " + strings.Join(libraries[m], " and ") + " may, see the table of libraries in arch_test.go"
}

// standard reports whether an import path is of the standard library: its first element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".") && first != module
}
