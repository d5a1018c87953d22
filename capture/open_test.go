package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"c7mon/wire"
)

func gzipped(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstded(t testing.TB, b []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(b, nil)
}

// steady makes n frames a tenth of a second apart.
func steady(t testing.TB, pcapng bool, n int, start, step float64) []byte {
	t.Helper()
	times := make([]float64, n)
	for i := range times {
		times[i] = start + float64(i)*step
	}
	return made(t, pcapng, times...)
}

// TestOpenCompressed reads the same capture plain, compressed, and in pieces compressed one behind the other.
func TestOpenCompressed(t *testing.T) {
	for _, pcapng := range []bool{false, true} {
		plain := steady(t, pcapng, 1000, 10, 0.1)
		f := func(b []byte) {
			t.Helper()
			if n := len(framesOf(t, b)); n != 1000 {
				t.Errorf("%d frames", n)
			}
			fs, err := Open([]string{writeFile(t, "a", b)}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer fs.Close()
			if frames, failed := readAll(t, fs); len(frames) != 1000 || len(failed) > 0 {
				t.Errorf("from a file: %d frames, errors %v", len(frames), failed)
			}
			if read, total := fs.Progress(); read != int64(len(b)) || total != int64(len(b)) {
				t.Errorf("progress %d of %d, the file has %d", read, total, len(b))
			}
			want := sha256.Sum256(b[:min(len(b), 64<<10)])
			if i := fs.Info()[0]; i.SHA256 != hex.EncodeToString(want[:]) || i.Size != int64(len(b)) || i.Frames != 1000 ||
				i.First != 10e9 || i.Last != 109.9e9 || len(i.Interfaces) != 1 || i.Interfaces[0].Link != LinkMTP2 {
				t.Errorf("info %+v", i)
			}
		}
		f(plain)
		f(gzipped(t, plain))
		f(zstded(t, plain))
		f(append(gzipped(t, plain[:777]), gzipped(t, plain[777:])...))
		f(append(zstded(t, plain[:777]), zstded(t, plain[777:])...))
		f(append([]byte{0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2}, zstded(t, plain)...)) // a skippable frame first
	}
}

// TestOpenStandardInput tells what is known of a stream: no size, but the hash once it has been read.
func TestOpenStandardInput(t *testing.T) {
	file := steady(t, false, 5000, 0, 0.1)
	fs, err := Open([]string{"-"}, Options{Stdin: iotest.HalfReader(bytes.NewReader(file))})
	if err != nil {
		t.Fatal(err)
	}
	frames, failed := readAll(t, fs)
	want := sha256.Sum256(file[:64<<10])
	i := fs.Info()[0]
	if len(frames) != 5000 || len(failed) > 0 || i.Size != -1 || i.SHA256 != hex.EncodeToString(want[:]) || i.Path != "-" {
		t.Errorf("%d frames, errors %v, info %+v", len(frames), failed, i)
	}
	if read, total := fs.Progress(); read != int64(len(file)) || total != -1 {
		t.Errorf("progress %d of %d", read, total)
	}
	if n := len(framesOf(t, file)); n != 5000 {
		t.Errorf("%d frames", n)
	}
	if _, err := Open([]string{"-", "-"}, Options{Stdin: bytes.NewReader(file)}); err == nil {
		t.Error("standard input was taken twice")
	}
	fs, err = Open([]string{"-"}, Options{Stdin: iotest.OneByteReader(bytes.NewReader(file[:2000]))})
	if err != nil {
		t.Fatal(err)
	}
	if frames, _ := readAll(t, fs); len(frames) == 0 || len(fs.Warnings()) != 1 {
		t.Errorf("octet by octet: %d frames, warnings %v", len(frames), fs.Warnings())
	}
}

// TestOpenRefuses names the file and what was found in it.
func TestOpenRefuses(t *testing.T) {
	path := ""
	f := func(b []byte, want string) {
		t.Helper()
		path = writeFile(t, "x", b)
		_, err := Open([]string{path}, Options{})
		if err == nil || err.Error() != path+": "+want {
			t.Errorf("got  %v\nwant %s: %s", err, path, want)
		}
	}
	const read = " (pcap and pcapng are read, plain or in gzip or zstd)"
	f(nil, "no capture: empty")
	f([]byte{0xd4, 0xc3}, "no capture: too short (2 octets)")
	f([]byte("id,service\n1,IDD\n"), `no capture: starts with text "id,service\n1,IDD"`+read)
	f([]byte("\x7fELF\x02\x01\x01\x00\x00\x00"), "no capture: starts with octets 7f 45 4c 46 02 01 01 00"+read)
	f(gzipped(t, []byte("hello")), `no capture: starts with text "hello" inside gzip`+read)
	f(zstded(t, nil), "no capture: empty inside zstd")
	f([]byte{0x1f, 0x8b, 8}, "gzip header: unexpected EOF")
	if _, err := Open([]string{t.TempDir()}, Options{}); err == nil {
		t.Error("a directory was opened")
	}
	if _, err := Open([]string{path + ".missing"}, Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := Open(nil, Options{}); err == nil {
		t.Error("no file was opened")
	}
	good := writeFile(t, "good", made(t, false, 1))
	if _, err := Open([]string{good, path}, Options{}); err == nil {
		t.Error("one good file hides a bad one")
	}
}

// TestCompressedCut keeps what comes out of compressed files that are cut, and tells broken ones from them.
func TestCompressedCut(t *testing.T) {
	plain := steady(t, false, 20000, 10, 0.1)
	f := func(b []byte, cut bool) {
		t.Helper()
		fs, err := openBytes(b)
		if err != nil {
			t.Fatal(err)
		}
		frames, failed := readAll(t, fs)
		if len(frames) == 0 || len(frames) >= 20000 || cut != (len(failed) == 0) || cut != (len(fs.Warnings()) == 1) {
			t.Errorf("%d frames, errors %v, warnings %v", len(frames), failed, fs.Warnings())
		}
	}
	z := gzipped(t, plain)
	f(z[:len(z)*3/4], true)
	bad := bytes.Clone(z)
	for i := range 40 {
		bad[len(bad)*3/4+i] ^= 0x55
	}
	f(bad, false)
	var s bytes.Buffer // a stream of several blocks, so that some come out before the cut
	w, err := zstd.NewWriter(&s, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(32<<10))
	if err != nil {
		t.Fatal(err)
	}
	w.Write(plain)
	w.Close()
	f(s.Bytes()[:s.Len()*3/4], true)
	f(append(bytes.Clone(s.Bytes()[:s.Len()*3/4]), bytes.Repeat([]byte{0xff}, 100_000)...), false)
}

// TestMerge reads several files as one stream.
func TestMerge(t *testing.T) {
	f := func(want string, files ...[]float64) {
		t.Helper()
		var paths []string
		for i, times := range files {
			paths = append(paths, writeFile(t, fmt.Sprint(i), made(t, i%2 == 1, times...)))
		}
		fs, err := Open(paths, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer fs.Close()
		frames, failed := readAll(t, fs)
		got := ""
		for i, k := range frames {
			got += fmt.Sprintf("%c%d ", 'a'+k.File, k.Number)
			if i > 0 && k.Clock < frames[i-1].Clock {
				t.Errorf("the clock goes back at %s", got)
			}
		}
		if got != want || len(failed) > 0 {
			t.Errorf("got  %s\nwant %s (errors %v)", got, want, failed)
		}
		read, total := fs.Progress()
		if read != total {
			t.Errorf("progress %d of %d", read, total)
		}
		for i, info := range fs.Info() {
			if info.Frames != uint64(len(files[i])) {
				t.Errorf("file %d: %+v", i, info)
			}
		}
	}
	f("a1 b1 a2 b2 ", []float64{1, 3}, []float64{2, 4})
	f("a1 a2 b1 b2 c1 c2 ", []float64{1, 2}, []float64{2, 2}, []float64{2, 3}) // equal times: by the order of files
	f("b1 b2 a1 a2 ", []float64{10, 11}, []float64{1, 2})
	f("c1 b1 c2 a1 c3 ", []float64{10}, []float64{5}, []float64{1, 6, 11}, nil)
	f("a1 b1 a3 b2 a2 b3 ", []float64{1, 1.8, 1.4}, []float64{1.1, 1.5, 1.9})                   // out of order inside one
	f("a1 a2 b1 a3 b2 a4 b3 ", []float64{1, 1e9, 1.2, 1.6}, []float64{1.1, 1.5, 1.9})           // a wrong time in one
	f("b1 a1 a2 b2 a3 b3 a4 b4 ", []float64{1e9, 1.2, 1.4, 1.6}, []float64{1.1, 1.3, 1.5, 1.7}) // at its beginning
	f("a1 b1 a2 a3 b2 a4 b3 ", []float64{100, 100.2, 5, 100.4}, []float64{100.1, 100.3, 100.5}) // and backward
	f("", nil, nil)
	f("b1 ", nil, []float64{1})
}

// TestMergeError goes on with the other files when one cannot be read any further.
func TestMergeError(t *testing.T) {
	bad := append(made(t, false, 1, 3), bytes.Repeat([]byte{0xff}, 16)...)
	paths := []string{writeFile(t, "bad", bad), writeFile(t, "good", made(t, false, 2, 4, 5)), writeFile(t, "cut", made(t, false, 6, 7)[:60])}
	fs, err := Open(paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	frames, failed := readAll(t, fs)
	var where *RecordError
	if len(frames) != 6 || len(failed) != 1 || !errors.As(failed[0], &where) || where.Path != paths[0] || where.Frame != 3 || where.Offset != 65 {
		t.Errorf("%d frames, errors %v", len(frames), failed)
	}
	if w := fs.Warnings(); len(w) != 1 || !errors.Is(w[0], ErrCut) || !errors.As(w[0], &where) || where.Path != paths[2] || where.Frame != 2 {
		t.Errorf("warnings %v", w)
	}
	var f Frame
	if err := fs.Next(&f); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	fs.Close()
	if err := fs.Next(&f); err == nil || err == io.EOF {
		t.Errorf("after Close: %v", err)
	}
}

// TestFileGone goes on when a file is no longer there at its turn.
func TestFileGone(t *testing.T) {
	paths := []string{writeFile(t, "a", made(t, false, 1, 3)), writeFile(t, "b", made(t, false, 2, 4))}
	fs, err := Open(paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(paths[1]); err != nil {
		t.Fatal(err)
	}
	frames, failed := readAll(t, fs)
	var where *RecordError
	if len(frames) != 2 || len(failed) != 1 || !errors.As(failed[0], &where) || where.Path != paths[1] || !errors.Is(where, os.ErrNotExist) {
		t.Errorf("%d frames, errors %v", len(frames), failed)
	}
}

// TestManyFiles reads many files written one after another with the memory of a few.
func TestManyFiles(t *testing.T) {
	var paths []string
	for i := range 200 {
		paths = append(paths, writeFile(t, fmt.Sprint(i), steady(t, false, 50, float64(i), 0.02)))
	}
	slices.Reverse(paths) // they are found in order whatever the order of their names
	fs, err := Open(paths, Options{})
	if err != nil {
		t.Fatal(err)
	}
	frames, failed := readAll(t, fs)
	if len(frames) != 10000 || len(failed) > 0 {
		t.Errorf("%d frames, errors %v", len(frames), failed)
	}
	for i := 1; i < len(frames); i++ {
		if frames[i].Time < frames[i-1].Time {
			t.Fatalf("frame %d at %v after %v", i, frames[i].Time, frames[i-1].Time)
		}
	}
	if n := len(fs.files[0].pool.free); n > 4 {
		t.Errorf("%d blocks were in use", n)
	}
}

// TestLineName names lines.
func TestLineName(t *testing.T) {
	n := &ngFile{}
	n.section(binary.LittleEndian)
	n.iface(139, 0, n.option(2, 'p', 'c', 'a', 'p', '0'))
	n.iface(140, 0, n.option(2, []byte("span\x1b1\x00\xff")...))
	n.iface(140, 0)
	n.iface(139, 0)
	for i := range uint32(4) {
		n.packet(i, uint64(i), 4, []byte{0, 0, 0, 3})
	}
	f := func(file []byte, want ...string) {
		t.Helper()
		fs, err := openBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		frames, _ := readAll(t, fs)
		for i, k := range frames {
			if got := fs.LineName(&k.Frame); got != want[i] {
				t.Errorf("frame %d: %q, want %q", i+1, got, want[i])
			}
		}
	}
	f(n.b, "pcap0:3", "span1", "2", "3:3")
	f(made(t, false, 1), "0")
	f(append(pcapOf(binary.LittleEndian, 0xa1b2c3d4, 4, 139, 0, 0, 4, 4), 0, 0, 0, 7), "7")
	unnamed := &ngFile{}
	unnamed.section(binary.BigEndian)
	unnamed.iface(139, 0)
	unnamed.packet(0, 1, 4, []byte{0, 0, 0, 7})
	f(unnamed.b, "7")
	fs := &Files{}
	if got := fs.LineName(&Frame{File: -1, Interface: 4}); got != "4" {
		t.Errorf("a frame of elsewhere: %q", got)
	}
}

// TestNextAllocates counts allocations for each frame, the reading of blocks included.
func TestNextAllocates(t *testing.T) {
	f := func(name string, file []byte) {
		t.Helper()
		fs, err := openBytes(file)
		if err != nil {
			t.Fatal(err)
		}
		defer fs.Close()
		var fr Frame
		for range 60000 { // until the blocks that the window needs are there
			if err := fs.Next(&fr); err != nil {
				t.Fatal(err)
			}
		}
		if n := testing.AllocsPerRun(100000, func() {
			if err := fs.Next(&fr); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations a frame", name, n)
		}
	}
	f("pcap", steady(t, false, 200000, 0, 0.001))
	f("pcapng", steady(t, true, 200000, 0, 0.001))
	var b bytes.Buffer
	w := NewPcapWriter(&b, LinkEthernet)
	for i := range 200000 {
		w.Write(Record{Time: wire.Time(i) * 2e9, Data: octets(t, "020000000001 020000000002 8100 0064 0800 4500")})
	}
	w.Flush()
	f("Ethernet, sparse", b.Bytes())
}
