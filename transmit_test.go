package c7mon_test

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	load "golang.org/x/tools/go/packages"
)

// listeners are the packages that hold descriptors of lines, cards and networks.
var listeners = []string{"./hw/...", "./capture"}

// sends matches functions and methods that can put octets out, whatever they belong to, and what changes a descriptor or
// runs another program.
var sends = regexp.MustCompile(`^(Write.*|ReadFrom|Send.*|Pwrite.*|Writev|Transmit.*|Splice|Tee|Sendfile|Copy.*|Fprint.*|Create.*|` +
	`Flush.*|Encode.*|Ioctl.*|Syscall.*|RawSyscall.*|Command.*|StartProcess|ForkExec|Vmsplice|PutMsg.*)$`)

// harmless are what such a name may belong to without any descriptor being near.
var harmless = regexp.MustCompile(`^\(?\*?(strings|bytes|hash|hash/.*|encoding/.*|unicode/.*|slices|maps)\.`)

// outlets are all places where a listener writes anything, with the reason why no line can be reached there. An entry is a
// file and the function that it calls.
var outlets = map[string]string{
	"capture/compress.go (io.Writer).Write":   "a hash of what is read",
	"capture/compress.go io.CopyN":            "the same",
	"capture/writer.go (*bufio.Writer).Write": "capture files, for hw record, show and lab",
	"capture/writer.go (*bufio.Writer).Flush": "the same",

	"capture/live_linux.go golang.org/x/sys/unix.IoctlIfreq":              "asks whether the interface has a carrier",
	"capture/live_socket_linux.go golang.org/x/sys/unix.IoctlGetHwTstamp": "asks how the interface stamps",
	"capture/live_socket_linux.go golang.org/x/sys/unix.IoctlSetHwTstamp": "has the interface stamp what it receives",

	"hw/dahdi/system_linux.go golang.org/x/sys/unix.Syscall": "ioctls of the table in hw/dahdi, none of which sends or sets bits",
	"hw/e1d/client.go golang.org/x/sys/unix.Send":            "requests to the daemon over its control socket",

	"hw/gth/command.go (net.Conn).Write": "commands of a closed set over the probe's control connection; none makes it send on a line",

	"hw/m3ua/sctp_linux.go (*os.File).Write":                                     "requests of an ASP, of which none is DATA (hw/m3ua/request.go)",
	"hw/m3ua/sctp_linux.go (*os.File).SyscallConn":                               "recvmsg",
	"hw/m3ua/sctp_linux.go (*github.com/ishidawataru/sctp.SCTPConn).SyscallConn": "takes the descriptor over",
}

// TestNothingTransmits holds that c7mon only listens: in the packages that touch lines, every use of a function that could
// send is one of the outlets, and every file is opened for reading alone.
func TestNothingTransmits(t *testing.T) {
	for _, goos := range []string{"linux", "darwin"} {
		used := map[string]bool{}
		for _, p := range typed(t, goos) {
			for id, obj := range p.TypesInfo.Uses {
				f, ok := obj.(*types.Func)
				if !ok || !sends.MatchString(f.Name()) || harmless.MatchString(f.FullName()) || own(f) {
					continue
				}
				at := p.Fset.Position(id.Pos())
				site := where(at.Filename) + " " + strings.TrimPrefix(f.FullName(), module+"/")
				used[site] = true
				if outlets[site] == "" {
					t.Errorf("%s:%d: %s can send, and is no outlet of transmit_test.go", where(at.Filename), at.Line, f.FullName())
				}
			}
			for _, file := range p.Syntax {
				opens(t, p, file)
			}
		}
		for site := range outlets {
			if goos == "linux" && !used[site] {
				t.Errorf("%s: an outlet that is not used", site)
			}
		}
	}
}

// own reports whether a function is declared in one of the listeners with a body of its own: what it calls is looked at there.
func own(f *types.Func) bool {
	if f.Pkg() == nil || !strings.HasPrefix(f.Pkg().Path(), module+"/") {
		return false
	}
	recv := f.Signature().Recv()
	return recv == nil || !types.IsInterface(recv.Type())
}

// opens holds that each file that is opened is opened for reading alone.
func opens(t *testing.T, p *load.Package, file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := ""
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if f, ok := p.TypesInfo.Uses[sel.Sel].(*types.Func); ok {
				name = f.FullName()
			}
		}
		arg, ok := map[string]int{"os.OpenFile": 1, "syscall.Open": 1, "golang.org/x/sys/unix.Open": 1, "golang.org/x/sys/unix.Openat": 2}[name]
		if !ok {
			return true
		}
		at := p.Fset.Position(call.Pos())
		flags := p.TypesInfo.Types[call.Args[arg]].Value
		if flags == nil {
			t.Errorf("%s:%d: %s with flags that are no constant", where(at.Filename), at.Line, name)
			return true
		}
		if v, exact := constant.Int64Val(flags); !exact || v&int64(os.O_RDWR|os.O_WRONLY|os.O_CREATE|os.O_TRUNC) != 0 {
			t.Errorf("%s:%d: %s: not for reading alone", where(at.Filename), at.Line, name)
		}
		return true
	})
}

// typed loads the listeners with their types, as they are for a system.
func typed(t *testing.T, goos string) []*load.Package {
	t.Helper()
	list, err := load.Load(&load.Config{
		Mode: load.NeedName | load.NeedFiles | load.NeedSyntax | load.NeedTypes | load.NeedTypesInfo | load.NeedImports,
		Env:  append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0"),
	}, listeners...)
	if err != nil {
		t.Fatal(err)
	}
	if load.PrintErrors(list) > 0 || len(list) < 2 {
		t.Fatal("the packages could not be loaded:", fmt.Sprint(list))
	}
	list = slices.DeleteFunc(list, func(p *load.Package) bool { // what serves tests alone is no part of the program
		r, _ := rowOf(strings.TrimPrefix(p.PkgPath, module+"/"))
		return r.only == forTests
	})
	slices.SortFunc(list, func(a, b *load.Package) int { return strings.Compare(a.PkgPath, b.PkgPath) })
	return list
}

// where gives the path of a file below the root.
func where(path string) string {
	root, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(root, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}
