package m3ua

import (
	"bytes"
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestRequest holds the octets of each message that can be sent, written by hand from RFC 4666 3.
func TestRequest(t *testing.T) {
	id := uint32(0x01020304)
	f := func(r request, want string) {
		t.Helper()
		b, err := r.octets()
		if got := hex.EncodeToString(b); err != nil || got != strings.ReplaceAll(want, " ", "") {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
		lawful(t, b)
	}
	f(request{kind: aspUp}, "01 00 03 01 00000008")
	f(request{kind: aspUp, identifier: &id}, "01 00 03 01 00000010 0011 0008 01020304")
	f(request{kind: aspDown}, "01 00 03 02 00000008")
	f(request{kind: beat, data: []byte{1, 2, 3, 4, 5}}, "01 00 03 03 00000014 0009 0009 0102030405 000000")
	f(request{kind: beatAck}, "01 00 03 06 00000008")
	f(request{kind: beatAck, data: []byte{}}, "01 00 03 06 0000000c 0009 0004")
	f(request{kind: aspActive, contexts: []uint32{10}}, "01 00 04 01 00000018 000b 0008 00000003 0006 0008 0000000a")
	f(request{kind: aspActive, contexts: []uint32{10, 11}}, "01 00 04 01 0000001c 000b 0008 00000003 0006 000c 0000000a 0000000b")
	f(request{kind: aspInactive, contexts: []uint32{10}}, "01 00 04 02 00000010 0006 0008 0000000a")
}

// TestNoRequest: no other value of a request gives a message, and ASP Active none without a routing context.
func TestNoRequest(t *testing.T) {
	sent := map[[2]byte]bool{}
	for k := range 256 {
		b, err := request{kind: kind(k), contexts: []uint32{10}, data: []byte("data")}.octets()
		if (err == nil) != (k < int(kinds)) || (err == nil) != (b != nil) {
			t.Errorf("kind %d: % x, %v", k, b, err)
		}
		if err == nil {
			lawful(t, b)
			sent[[2]byte(b[2:])] = true
		}
	}
	if len(sent) != 6 {
		t.Errorf("messages of %d types can be sent: %v", len(sent), sent)
	}
	for _, k := range []kind{aspActive, aspInactive} {
		if b, err := (request{kind: k}).octets(); err == nil {
			t.Errorf("kind %d without a routing context: % x", k, b)
		}
	}
}

// TestOnlyRequests holds, in the source itself, that octets leave in one place only, that they are those of a request, and
// that no other message is made than the six.
func TestOnlyRequests(t *testing.T) {
	made := map[string]string{"NewAspUp": "request.go", "NewAspDown": "request.go", "NewHeartbeat": "request.go",
		"NewHeartbeatAck": "request.go", "NewAspActive": "request.go", "NewAspInactive": "request.go", "MarshalBinary": "request.go"}
	out := map[string]string{"Write": "sctp_linux.go"} // os.File.Write, of octets that request.octets gave
	never := []string{"Writev", "SCTPWrite", "WriteString", "WriteTo", "WriteAt", "Sendto", "Sendmsg", "SendmsgN", "ReadFrom", "Pwrite"}
	used := map[string]int{}
	set := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			what := s.Sel.Name
			x, _ := s.X.(*ast.Ident)
			if x != nil && x.Name == "messages" && (strings.HasPrefix(what, "New") || strings.Contains(what, "Marshal")) && made[what] != name {
				t.Errorf("%s: messages.%s", set.Position(n.Pos()), what)
			}
			if x != nil && x.Name == "messages" && made[what] == name || out[what] == name {
				used[what]++
			} else if out[what] != "" {
				t.Errorf("%s: %s outside %s", set.Position(n.Pos()), what, out[what])
			}
			for _, w := range never {
				if what == w {
					t.Errorf("%s: %s", set.Position(n.Pos()), what)
				}
			}
			return true
		})
	}
	for _, list := range []map[string]string{made, out} {
		for what := range list {
			if used[what] != 1 {
				t.Errorf("%s is used %d times, want 1", what, used[what])
			}
		}
	}
}

// TestHeartbeatLength: the longest heartbeat data that a message can bring fits into the answer.
func TestHeartbeatLength(t *testing.T) {
	data := bytes.Repeat([]byte{7}, 0xffff-4)
	b, err := request{kind: beatAck, data: data}.octets()
	if err != nil || len(b) != header+4+len(data)+1 {
		t.Errorf("%d octets, %v", len(b), err)
	}
	lawful(t, b)
}
