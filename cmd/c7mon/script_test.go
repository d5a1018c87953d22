package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"c7mon/store/pgtest"
)

var cluster = pgtest.Cluster{Settings: []string{"fsync=off"}}

// A suite is the tests with the database server that they share.
type suite struct{ *testing.M }

func (s suite) Run() int {
	defer cluster.Stop()
	return s.M.Run()
}

// TestMain makes this binary the program itself where a script runs c7mon.
func TestMain(m *testing.M) { testscript.Main(suite{m}, map[string]func(){"c7mon": main}) }

// TestScripts runs testdata/*.txtar: what the command line promises, each promise as one who types it meets it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			env.Setenv("C7MON_DB", "")
			env.Setenv("C7MON_TZ", "")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else every process waits a second under the race detector
			env.Values["testing"] = env.T()
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails":    fails,
			"object":   object,
			"summary":  summaryAddsUp,
			"messages": messages,
			"frames":   frames,
			"setid":    setID,
			"postgres": postgres,
		},
		Condition: func(cond string) (bool, error) {
			if cond == "private" { // asked after postgres
				return cluster.Private(), nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
	})
}

// fails STATUS PROGRAM ARGS... holds that a command ends with that status and says why on one line, and nothing on
// standard output.
func fails(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != want {
		ts.Fatalf("%v, exit status %d is wanted", err, want)
	}
	if said := ts.ReadFile("stderr"); !regexp.MustCompile(`^c7mon: [^\n]+\n$`).MatchString(said) {
		ts.Fatalf("standard error is not one line: %q", said)
	}
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("standard output: %q", out)
	}
}

// object FILE KEY:TYPE... holds that each line of a file is a JSON object with these keys in this order and no others. A
// type is string, number, int, bool, null, array or object, several with | between; a key after ? may be missing.
func object(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	for i, line := range lines {
		keys, values, err := members(line)
		if err != nil {
			ts.Fatalf("line %d: %v: %s", i+1, err, line)
		}
		for _, spec := range args[1:] {
			name, types, _ := strings.Cut(spec, ":")
			optional := strings.HasPrefix(name, "?")
			name = strings.TrimPrefix(name, "?")
			if len(keys) == 0 || keys[0] != name {
				if optional {
					continue
				}
				ts.Fatalf("line %d: %q is wanted next, have %q: %s", i+1, name, keys, line)
			}
			kind := kindOf(values[0])
			if list := strings.Split(types, "|"); !slices.Contains(list, kind) && !(kind == "int" && slices.Contains(list, "number")) {
				ts.Fatalf("line %d: %s is %s %s, %s is wanted", i+1, name, kind, values[0], types)
			}
			keys, values = keys[1:], values[1:]
		}
		if len(keys) > 0 {
			ts.Fatalf("line %d: keys that are not wanted: %q", i+1, keys)
		}
	}
}

// members gives the keys and values of a JSON object in their order.
func members(line string) (keys []string, values []json.RawMessage, err error) {
	d := json.NewDecoder(strings.NewReader(line))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, nil, fmt.Errorf("no JSON object: %v", err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, nil, err
		}
		var v json.RawMessage
		if err := d.Decode(&v); err != nil {
			return nil, nil, err
		}
		keys, values = append(keys, key.(string)), append(values, v)
	}
	if _, err := d.Token(); err != nil {
		return nil, nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, nil, errors.New("more after the object")
	}
	return keys, values, nil
}

func kindOf(v json.RawMessage) string {
	switch v[0] {
	case '"':
		return "string"
	case '{':
		return "object"
	case '[':
		return "array"
	case 't', 'f':
		return "bool"
	case 'n':
		return "null"
	}
	if bytes.ContainsAny(v, ".eE") {
		return "number"
	}
	return "int"
}

// summary FILE holds that a summary of a replay adds up: frames, MSUs, messages, calls and outcomes.
func summaryAddsUp(ts *testscript.TestScript, _ bool, args []string) {
	var s struct {
		Frames, MSUs, Calls, Stored, Known uint64
		FramesBy                           map[string]uint64 `json:"frames_by"`
		MessagesBy                         map[string]uint64 `json:"messages_by"`
		Messages                           map[string]map[string]uint64
		Outcomes                           map[string]uint64
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &s))
	f := func(what string, have, want uint64) {
		if have != want {
			ts.Fatalf("%s are %d, %d are wanted", what, have, want)
		}
	}
	f("frames_by", total(s.FramesBy), s.Frames)
	f("messages_by", total(s.MessagesBy), s.MSUs)
	f("outcomes", total(s.Outcomes), s.Calls)
	if len(args) == 1 { // a database is there
		f("stored and known", s.Stored+s.Known, s.Calls)
	}
	var named uint64
	for _, by := range s.Messages {
		named += total(by)
	}
	heard := s.MSUs - s.MessagesBy["duplicate"] - s.MessagesBy["other_user_part"]
	if named > heard || named < heard-s.MessagesBy["malformed"]-s.MessagesBy["unknown"] { // some have no type
		ts.Fatalf("%d messages have a name, %d were heard", named, heard)
	}
}

func total(by map[string]uint64) (n uint64) {
	for _, v := range by {
		n += v
	}
	return n
}

// messages [ansi] OUT IN writes a pcap file of link type MTP3 with the ISUP messages of a text file, a line each: seconds
// after 2003-10-12 01:00 UTC, OPC, DPC, CIC and the octets from the message type on. The network indicator is 2.
func messages(ts *testscript.TestScript, _ bool, args []string) {
	ansi := args[0] == "ansi"
	if ansi {
		args = args[1:]
	}
	writePcap(ts, args[0], 141, ts.ReadFile(args[1]), func(words []string) []byte {
		var n [3]uint64
		for i := range n {
			var err error
			n[i], err = strconv.ParseUint(words[i], 10, 24)
			ts.Check(err)
		}
		opc, dpc := uint32(n[0]), uint32(n[1])
		b := binary.LittleEndian.AppendUint32([]byte{0x85}, opc<<14|dpc)
		if ansi {
			b = []byte{0x85, byte(dpc), byte(dpc >> 8), byte(dpc >> 16), byte(opc), byte(opc >> 8), byte(opc >> 16), 0}
		}
		return append(binary.LittleEndian.AppendUint16(b, uint16(n[2])), octets(ts, words[3:])...)
	})
}

// frames TYPE OUT IN writes a pcap file of a link type with the frames of a text file, a line each: seconds as for
// messages, and the octets.
func frames(ts *testscript.TestScript, _ bool, args []string) {
	link, err := strconv.ParseUint(args[0], 10, 16)
	ts.Check(err)
	writePcap(ts, args[1], uint32(link), ts.ReadFile(args[2]), func(words []string) []byte { return octets(ts, words) })
}

func octets(ts *testscript.TestScript, words []string) []byte {
	b, err := hex.DecodeString(strings.Join(words, ""))
	ts.Check(err)
	return b
}

func writePcap(ts *testscript.TestScript, path string, link uint32, text string, frame func(words []string) []byte) {
	out := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	for _, v := range []uint32{4<<16 | 2, 0, 0, 65535, link} {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		text, _, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		after, err := time.ParseDuration(words[0] + "s")
		ts.Check(err)
		at := time.Date(2003, 10, 12, 1, 0, 0, 0, time.UTC).Add(after)
		b := frame(words[1:])
		for _, v := range []uint32{uint32(at.Unix()), uint32(at.Nanosecond() / 1000), uint32(len(b)), uint32(len(b))} {
			out = binary.LittleEndian.AppendUint32(out, v)
		}
		out = append(out, b...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(path), out, 0o644))
}

// setid NAME PATTERN sets an environment variable to the id, the last word of the first line of standard output that
// the pattern fits.
func setID(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile(args[1])
	for _, line := range strings.Split(ts.ReadFile("stdout"), "\n") {
		if words := strings.Fields(line); pattern.MatchString(line) && len(words) > 0 {
			ts.Setenv(args[0], words[len(words)-1])
			return
		}
	}
	ts.Fatalf("no line fits %s", args[1])
}

// postgres sets PG to the URL of a new database on a real server, PG_OTHER to that of one that is not there, PG_WRONG to the
// same with a wrong password (the condition private says whether the server has the user for it), and PSQL to its psql.
func postgres(ts *testscript.TestScript, _ bool, _ []string) {
	t, ok := ts.Value("testing").(testing.TB)
	if !ok {
		ts.Fatalf("no testing.TB")
	}
	ts.Setenv("PG", cluster.Database(t))
	ts.Setenv("PSQL", cluster.Psql())
	u, err := url.Parse(ts.Getenv("PG"))
	ts.Check(err)
	other, wrong := *u, *u
	other.Path = "/not_there"
	wrong.User = url.UserPassword(pgtest.Locked, "wrong")
	ts.Setenv("PG_OTHER", other.String())
	ts.Setenv("PG_WRONG", wrong.String())
}
