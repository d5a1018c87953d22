package capture

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"c7mon/wire"
)

// kept is a frame with its octets copied, so that it outlives the next call of Next.
type kept struct {
	Frame
	record []byte
}

// readAll gives all frames of a stream and the errors that Next gave on the way.
func readAll(t testing.TB, fs *Files) (frames []kept, failed []error) {
	t.Helper()
	var f Frame
	for range 10_000_000 {
		err := fs.Next(&f)
		if err == io.EOF {
			return frames, failed
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		k := kept{f, bytes.Clone(fs.Record())}
		k.Data = bytes.Clone(f.Data)
		frames = append(frames, k)
	}
	t.Fatal("Next never gave io.EOF")
	return nil, nil
}

// openBytes opens a capture that lies in memory.
func openBytes(b []byte) (*Files, error) {
	return Open([]string{"-"}, Options{Stdin: bytes.NewReader(b)})
}

// framesOf reads a capture in memory that must be whole.
func framesOf(t testing.TB, b []byte) []kept {
	t.Helper()
	fs, err := openBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	defer fs.Close()
	frames, failed := readAll(t, fs)
	if len(failed) > 0 || len(fs.Warnings()) > 0 {
		t.Fatalf("errors %v, warnings %v", failed, fs.Warnings())
	}
	return frames
}

// one reads a capture of a single frame with the given link type.
func one(t testing.TB, link LinkType, data []byte) Frame {
	t.Helper()
	var b bytes.Buffer
	w := NewPcapWriter(&b, link)
	if err := w.Write(Record{Data: data}); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	frames := framesOf(t, b.Bytes())
	if len(frames) != 1 {
		t.Fatalf("%d frames", len(frames))
	}
	return frames[0].Frame
}

// A made capture: times in seconds, each frame holding its number.
func made(t testing.TB, pcapng bool, times ...float64) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewPcapWriter(&b, LinkMTP2)
	if pcapng {
		w = NewPcapngWriter(&b)
		if _, err := w.AddInterface(InterfaceInfo{Name: "span1", Link: LinkMTP2}); err != nil {
			t.Fatal(err)
		}
	}
	for i, at := range times {
		data := binary.BigEndian.AppendUint32(nil, uint32(i+1))
		if err := w.Write(Record{Time: wire.Time(at * 1e9), Direction: wire.NoDirection, Data: append(data, make([]byte, i%5)...)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// writeFile puts b into a file of the test's own directory.
func writeFile(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// shared gives a folder beside the checkout, or skips the test.
func shared(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "shared"}, parts...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not there", path)
	}
	return path
}
