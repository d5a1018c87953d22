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

	"c7mon/wire"
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
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
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
		said(c[6], fmt.Sprintf("0x%08x", int(k.Direction)+1)) && said(c[7], fmt.Sprint(1-int(k.Direction))) && c[8] == line
}

// TestHeadersAgainstTshark writes frames of the link types that the shared captures do not have, and asks tshark which
// of them carry IP and which way they went.
func TestHeadersAgainstTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("tshark is not there. The line that installs it: apt-get update && apt-get install -y --no-install-recommends tshark")
	}
	const ip, mac = "4500001400000000400100000a0000010a000002", "020000000001020000000002"
	var b bytes.Buffer
	w := NewPcapngWriter(&b)
	n := 0
	f := func(link LinkType, record string) {
		t.Helper()
		id, err := w.AddInterface(InterfaceInfo{Name: fmt.Sprint("if", n), Link: link})
		if err != nil {
			t.Fatal(err)
		}
		r := Record{Time: wire.Time(n) * 1e9, Interface: id, Direction: wire.Direction(n%3 - 1), Data: octets(t, record)}
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
		n++
	}
	for _, header := range []string{"0800", "81000064 0800", "88a80064 81000001 0800", "91000064 0800", "0806", "0014 aaaa03000000"} {
		f(LinkEthernet, mac+header+ip)
	}
	for _, header := range []string{"02000000", "00000002", "07000000"} {
		f(LinkNull, header+ip)
	}
	f(LinkLoop, "00000002"+ip)
	for _, protocol := range []string{"0800", "0806", "81000064 0800"} {
		f(LinkSLL, "0003 0001 0006 0200000000010000"+protocol+ip)
	}
	f(LinkSLL2, "0800 0000 00000002 0001 03 06 0200000000010000"+ip)
	f(LinkSLL2, "88cc 0000 00000002 0001 03 06 0200000000010000"+ip)
	f(LinkRaw, ip)
	f(LinkIPv4, ip)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "made.pcapng", b.Bytes())
	out, err := exec.Command(tshark, "-n", "-r", path, "-T", "fields", "-e", "frame.interface_name",
		"-e", "frame.packet_flags_direction", "-e", "ip.src", "-E", "occurrence=f").Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	frames := framesOf(t, b.Bytes())
	if len(frames) != n || len(lines) != n {
		t.Fatalf("%d frames, tshark has %d, written %d", len(frames), len(lines), n)
	}
	for i, k := range frames {
		got := fmt.Sprintf("if%d\t", i)
		if k.Direction != wire.NoDirection {
			got += fmt.Sprintf("0x%08x", int(k.Direction)+1)
		}
		got += "\t"
		if k.Payload == IP {
			got += "10.0.0.1"
		}
		if got != lines[i] {
			t.Errorf("link type %d, % x: got %q, tshark %q", k.Type, k.record, got, lines[i])
		}
	}
}
