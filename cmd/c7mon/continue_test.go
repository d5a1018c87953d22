package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"c7mon/capture"
)

// split writes the first n frames of a capture to one file and the others to a second one.
func split(t *testing.T, path string, n int, first, second string) {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	var halves [2]bytes.Buffer
	var to [2]*capture.Writer
	for i := 0; ; i++ {
		var f capture.Frame
		if err := files.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		half := 0
		if i >= n {
			half = 1
		}
		if to[half] == nil {
			to[half] = capture.NewPcapWriter(&halves[half], f.Type)
		}
		if err := to[half].Write(capture.Record{Time: f.Time, Data: files.Record()}); err != nil {
			t.Fatal(err)
		}
	}
	for i, name := range []string{first, second} {
		if err := to[i].Flush(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, halves[i].Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// callsByID gives the calls of a database by id; where a call was read from is left out.
func callsByID(t *testing.T, db string) map[string]said {
	t.Helper()
	calls := map[string]said{}
	for _, c := range listCalls(t, db) {
		delete(c, "capture")
		delete(c, "first_frame")
		delete(c, "last_frame")
		calls[c["id"]] = c
	}
	return calls
}

// TestContinue cuts a capture in two at many places and holds that both halves, one continued, give the calls of the
// whole. What was under way at the cut may differ as docs/calls.md says: a release that waited for its RLC, and a
// suspension by the network.
func TestContinue(t *testing.T) {
	const path = "../../monitor/testdata/libss7_itu_links.pcap.gz"
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	do(t, "--db", "sqlite:"+in("whole.db"), "replay", path)
	resumed := 0
	whole := callsByID(t, "sqlite:"+in("whole.db"))
	for at := 500; at < 10000; at += 900 {
		db := "sqlite:" + in("at"+strconv.Itoa(at)+".db")
		split(t, path, at, in("first.pcap"), in("second.pcap"))
		do(t, "--db", db, "replay", in("first.pcap"))
		for _, c := range listCalls(t, db) {
			if c["end_reason"] == "capture_end" {
				resumed++
			}
		}
		do(t, "--db", db, "replay", "--continue", in("second.pcap"))
		got := callsByID(t, db)
		if len(got) != len(whole) {
			t.Errorf("cut at %d: %d calls, want %d", at, len(got), len(whole))
		}
		for id, want := range whole {
			for name, value := range want {
				if got[id][name] == value || got[id]["flags"] == "no_rlc" || name == "suspended_ms" {
					continue
				}
				t.Errorf("cut at %d: call %s from %s: %s is %q, want %q", at, id, want["start"], name, got[id][name], value)
			}
		}
	}
	if resumed < 20 {
		t.Errorf("only %d calls were up at the cuts", resumed)
	}
}
