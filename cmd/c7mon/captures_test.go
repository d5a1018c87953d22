package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestEveryCapture replays every capture that is at hand, in each variant, as it is, compressed and from standard input:
// nothing may stop it, each frame that capinfos counts is in one counter, and each MSU in one.
func TestEveryCapture(t *testing.T) {
	needTshark(t)
	paths := capturesAtHand(t)
	for path, frames := range capinfos(t, paths) {
		octets := plainOctets(t, path)
		want := replaySums(t, path, frames, nil, path)
		packed := filepath.Join(t.TempDir(), "c")
		for name, b := range map[string][]byte{"c.gz": gzipOf(t, octets), "c.zst": zstdOf(octets)} {
			if err := os.WriteFile(packed+name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			sameSums(t, path+" "+name, replaySums(t, path, frames, nil, packed+name), want)
			sameSums(t, path+" "+name+" on standard input", replaySums(t, path, frames, b, "-"), want)
		}
		sameSums(t, path+" on standard input", replaySums(t, path, frames, octets, "-"), want)
		for _, variant := range []string{"ansi", "china", "japan"} {
			replaySums(t, path, frames, nil, "--variant", variant, path)
		}
		var out, errs bytes.Buffer
		if status := Execute([]string{"decode", path}, strings.NewReader(""), &out, &errs); status != exitDone {
			t.Errorf("decode %s: status %d: %s", path, status, errs.String())
		}
	}
}

// plainOctets reads a capture, and unpacks one of the tests' own.
func plainOctets(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	octets, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

// capturesAtHand lists the captures of the tests, and those of the folder beside the checkout.
func capturesAtHand(t *testing.T) (paths []string) {
	t.Helper()
	for _, pattern := range []string{"../../monitor/testdata/*.pcap.gz", shared + "captures/*cap", shared + "libss7/*.pcap", shared + "yate/*.pcap",
		shared + "protocol/samples/*.pcap"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) == 0 {
			t.Logf("none of %s: the folder of captures is not beside the checkout", pattern)
		}
		paths = append(paths, found...)
	}
	return paths
}

// capinfos counts the frames of captures with the program of that name, which comes with tshark.
func capinfos(t *testing.T, paths []string) map[string]uint64 {
	t.Helper()
	out, err := exec.Command("capinfos", append([]string{"-T", "-M", "-r", "-c"}, paths...)...).Output()
	if err != nil {
		t.Fatal("capinfos, which comes with tshark:", err)
	}
	frames := map[string]uint64{}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, count, _ := strings.Cut(line, "\t")
		n, err := strconv.ParseUint(count, 10, 64)
		if err != nil {
			t.Fatalf("capinfos wrote %q", line)
		}
		frames[path] = n
	}
	if len(frames) != len(paths) {
		t.Fatalf("capinfos counted in %d files of %d", len(frames), len(paths))
	}
	return frames
}

// sums are the fields of replay --json that add up.
type sums struct {
	Frames     uint64
	MSUs       uint64
	FramesBy   map[string]uint64 `json:"frames_by"`
	MessagesBy map[string]uint64 `json:"messages_by"`
	Messages   map[string]map[string]uint64
	Calls      uint64
	Open       uint64
	Outcomes   map[string]uint64
}

// replaySums runs replay and checks its sums.
func replaySums(t *testing.T, path string, frames uint64, stdin []byte, args ...string) (s sums) {
	t.Helper()
	var out, errs bytes.Buffer
	if status := Execute(append([]string{"--db", "none", "replay", "--json"}, args...), bytes.NewReader(stdin), &out, &errs); status != exitDone {
		t.Errorf("%s %v: status %d: %s", path, args, status, errs.String())
	}
	if err := json.Unmarshal(out.Bytes(), &s); err != nil {
		t.Errorf("%s %v: %v in %s", path, args, err, out.String())
	}
	total := func(by map[string]uint64) (n uint64) {
		for _, k := range by {
			n += k
		}
		return n
	}
	messages := uint64(0)
	for _, by := range s.Messages {
		messages += total(by)
	}
	if s.Frames != frames || total(s.FramesBy) != frames || total(s.MessagesBy) != s.MSUs || total(s.Outcomes) != s.Calls ||
		s.Open > s.Calls || messages > s.MSUs {
		t.Errorf("%s %v: the sums are wrong; capinfos counts %d frames: %s", path, args, frames, out.String())
	}
	return s
}

func sameSums(t *testing.T, what string, got, want sums) {
	t.Helper()
	a, _ := json.Marshal(got)
	b, _ := json.Marshal(want)
	if !bytes.Equal(a, b) {
		t.Errorf("%s:\ngot  %s\nwant %s", what, a, b)
	}
}

func gzipOf(t *testing.T, octets []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(octets); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zstdOf wraps octets in a frame of zstd whose blocks are not compressed. RFC 8878 3.1.1.
func zstdOf(octets []byte) []byte {
	const most = 128 << 10
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58} // a window of 2 MiB
	for last := uint32(0); last == 0; {
		n := min(len(octets), most)
		if n == len(octets) {
			last = 1
		}
		h := uint32(n)<<3 | last
		b = append(append(b, byte(h), byte(h>>8), byte(h>>16)), octets[:n]...)
		octets = octets[n:]
	}
	return b
}
