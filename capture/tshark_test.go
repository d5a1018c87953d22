package capture

import (
	"bufio"
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// wiretap gives the numbers by which tshark knows link types.
var wiretap = map[LinkType]string{
	LinkEthernet: "1", LinkRaw: "7", LinkSLL: "25", LinkMTP2: "42", LinkMTP3: "43", LinkMTP2Phdr: "75", LinkERF: "98",
	LinkSCCP: "101", LinkIPv4: "129",
}

// TestAgainstTshark compares every frame of the shared captures with what tshark makes of the record: number, time,
// interface, link type, both lengths, direction and ERF channel.
func TestAgainstTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is not there")
	}
	root := shared(t)
	var paths []string
	for _, pattern := range []string{"libss7/itu*.pcap", "yate/*.pcap", "protocol/samples/*.pcap", "captures/*.*cap"} {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		t.Skip("no captures in " + root)
	}
	fields := []string{"-T", "fields"}
	for _, name := range []string{"frame.number", "frame.time_epoch", "frame.interface_id", "frame.encap_type", "frame.len",
		"frame.cap_len", "frame.packet_flags_direction", "frame.p2p_dir", "erf.mchdlc.cn"} {
		fields = append(fields, "-e", name)
	}
	seen := map[string]bool{}
	for _, path := range paths {
		// One of each kind is enough of the small ones: starting tshark is what takes the time.
		name := filepath.Base(path)
		kind, _, _ := strings.Cut(name, "__")
		if strings.Contains(path, "captures") && !strings.HasPrefix(name, "realjimmy__i") && seen[kind] {
			continue
		}
		seen[kind] = true
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := exec.Command(tshark, append([]string{"-n", "-r", path}, fields...)...).Output()
			if err != nil {
				t.Fatal(err)
			}
			compare(t, path, out)
		})
	}
}

// compare reads a file and holds each frame against a line of tshark's.
func compare(t *testing.T, path string, lines []byte) {
	fs, err := Open([]string{path}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	frames, failed := readAll(t, fs)
	if len(failed) > 0 || len(fs.Warnings()) > 0 {
		t.Fatalf("errors %v, warnings %v", failed, fs.Warnings())
	}
	want := map[uint64][]string{}
	for s := bufio.NewScanner(bytes.NewReader(lines)); s.Scan(); {
		columns := strings.Split(s.Text(), "\t")
		number, err := strconv.ParseUint(columns[0], 10, 64)
		if err != nil || len(columns) != 9 {
			t.Fatalf("tshark wrote %q", s.Text())
		}
		want[number] = columns
	}
	if len(frames) != len(want) || len(frames) == 0 {
		t.Errorf("%d frames, tshark has %d", len(frames), len(want))
	}
	for _, k := range frames {
		if theirs := want[k.Number]; theirs == nil || !agrees(k, theirs) {
			t.Fatalf("frame %d: got %+v\ntshark %q", k.Number, k.Frame, theirs)
		}
	}
}

// agrees compares a frame with tshark's columns. What tshark says nothing of is not compared.
func agrees(k kept, c []string) bool {
	kept := len(k.record)
	if k.Type == LinkMTP2Phdr || k.Type == LinkERF {
		kept = len(k.Data) // without the pseudo-header
	}
	said := func(column, want string) bool { return column == "" || column == want }
	line := ""
	if k.Type == LinkERF {
		line = fmt.Sprint(k.Line)
	}
	return c[1] == fmt.Sprintf("%d.%09d", k.Time/1e9, k.Time%1e9) && said(c[2], fmt.Sprint(k.Interface)) &&
		c[3] == wiretap[k.Type] && c[4] == fmt.Sprint(kept+k.Cut) && c[5] == fmt.Sprint(kept) &&
		said(c[6], fmt.Sprintf("0x%08x", k.Direction+1)) && said(c[7], fmt.Sprint(1-k.Direction)) && c[8] == line
}
