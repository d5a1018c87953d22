package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// A simpleCall is what the messages of tshark say of a call, under the names of design section 4.3.
type simpleCall struct {
	said
	backward bool // something other than a REL was seen, so the direction of a call without an IAM is known
}

// simpleCalls joins messages to calls as plainly as can be: a circuit has one call, an IAM begins it, an RLC ends it. That
// is enough for traffic without any fault, but for the calls that were up when the capture began.
func simpleCalls(messages []said) (list []said) {
	up := map[string]*simpleCall{}
	heard := map[string]bool{}
	end := func(cic, how string) {
		c := up[cic]
		delete(up, cic)
		c.said["end_reason"] = how
		c.said["outcome"] = simpleOutcome(c.said)
		list = append(list, c.said)
	}
	for _, m := range messages {
		cic, typ, at := m["cic"], m["type"], m["time"]
		c := up[cic]
		first := !heard[cic]
		heard[cic] = true
		switch {
		case typ == "1": // IAM
			if c != nil {
				end(cic, "new_iam")
			}
			up[cic] = &simpleCall{said: said{"start": at, "cic": cic, "opc": m["opc"], "dpc": m["dpc"], "called": m["called"],
				"calling": m["calling"], "called_noa": m["called_noa"], "calling_noa": m["calling_noa"], "flags": ""}}
			continue
		case c == nil && first && typ != "16":
			c = &simpleCall{said: said{"start": at, "cic": cic, "opc": m["dpc"], "dpc": m["opc"], "flags": "partial"}}
			if typ == "12" {
				c.said["opc"], c.said["dpc"] = m["opc"], m["dpc"]
			}
			up[cic] = c
		case c == nil:
			continue
		}
		if c.said["release"] != "" && typ != "16" && typ != "6" {
			continue // it crossed the REL
		}
		switch typ {
		case "6":
			c.said["acm"], c.backward = at, true
		case "9":
			c.said["answer"], c.backward = at, true
		case "12":
			c.said["release"], c.said["cause"], c.said["cause_location"] = at, m["cause"], m["cause_location"]
			if c.said["flags"] == "" || c.backward {
				c.said["released_by"] = map[bool]string{true: "calling", false: "called"}[m["opc"] == c.said["opc"]]
			}
		case "16":
			c.said["release_complete"] = at
			end(cic, "release")
		}
	}
	for cic := range up {
		if up[cic].said["release"] != "" {
			up[cic].said["flags"] = strings.TrimSpace(up[cic].said["flags"] + " no_rlc")
			end(cic, "release")
		} else {
			end(cic, "capture_end")
		}
	}
	return list
}

// simpleOutcome is the table of design section 4.3 for what a load generator does.
func simpleOutcome(c said) string {
	switch {
	case c["answer"] != "":
		return "answered"
	case strings.HasPrefix(c["flags"], "partial") && c["acm"] == "":
		return "unknown"
	case c["release"] == "":
		return "open"
	case c["cause"] == "16" && c["released_by"] == "calling":
		return "abandoned"
	case c["cause"] == "17":
		return "busy"
	case c["cause"] == "18", c["cause"] == "19":
		return "no_answer"
	}
	return "failed"
}

// TestLoadGenerator takes a capture of many calls through replay, the database and the list of calls, and holds every call
// against those that the messages of tshark imply.
func TestLoadGenerator(t *testing.T) {
	path := shared + "captures/realjimmy__isup_load_generator.pcap"
	if _, err := os.Stat(path); err != nil {
		t.Skip("no folder of captures beside the checkout:", err)
	}
	want := simpleCalls(pdml(t, path, nil))
	got := storedCalls(t, path)
	if len(got) != len(want) {
		t.Errorf("%d calls, the messages of tshark make %d", len(got), len(want))
	}
	inOrder := func(a, b said) int { return strings.Compare(a["start"]+" "+a["cic"], b["start"]+" "+b["cic"]) }
	slices.SortFunc(got, inOrder)
	slices.SortFunc(want, inOrder)
	for i := range min(len(got), len(want)) {
		for _, name := range []string{"start", "cic", "opc", "dpc", "called", "called_noa", "calling", "calling_noa", "acm", "answer",
			"release", "release_complete", "cause", "cause_location", "released_by", "outcome", "end_reason", "flags"} {
			if got[i][name] != want[i][name] {
				t.Errorf("call %d at %s on circuit %s: %s is %q, want %q", i+1, got[i]["start"], got[i]["cic"], name, got[i][name], want[i][name])
			}
		}
		if t.Failed() && i > 20 {
			break
		}
	}
}

// storedCalls replays a capture into a database and lists its calls.
func storedCalls(t *testing.T, path string) []said {
	t.Helper()
	db := "sqlite:" + filepath.Join(t.TempDir(), "c7mon.db")
	do(t, "--db", db, "replay", path)
	return listCalls(t, db)
}

// listCalls gives the calls of a database by column.
func listCalls(t *testing.T, db string) (list []said) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(do(t, "--db", db, "calls", "--limit", "0", "--format", "csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		s := said{}
		for i, name := range rows[0] {
			s[name] = row[i]
		}
		list = append(list, s)
	}
	return list
}

// do runs the program and gives what it prints.
func do(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := Execute(args, strings.NewReader(""), &stdout, &stderr); status != exitDone {
		t.Fatalf("%v: exit status %d: %s", args, status, &stderr)
	}
	return stdout.String()
}

// epochTime turns the seconds since 1970 of PDML into the time of design section 4.3.
func epochTime(t *testing.T, s string) string {
	t.Helper()
	whole, part, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	nanos, err := strconv.ParseInt(part, 10, 64)
	if err != nil || len(part) != 9 {
		t.Fatalf("time %q: %v", s, err)
	}
	return time.Unix(seconds, nanos).UTC().Format(time.RFC3339Nano)
}
