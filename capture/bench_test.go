package capture

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"c7mon/wire"
)

// written makes a file of n frames of 39 octets, one every millisecond, from the given start on.
func written(b *testing.B, name string, link LinkType, pcapng bool, n int, start wire.Time) string {
	b.Helper()
	var out bytes.Buffer
	w := NewPcapWriter(&out, link)
	if pcapng {
		w = NewPcapngWriter(&out)
		w.AddInterface(InterfaceInfo{Name: "span1", Link: link})
	}
	data := make([]byte, 43)
	if link == LinkEthernet {
		data = append(data, make([]byte, 100)...)
		data[12], data[13] = 0x08, 0x00
	}
	for i := range n {
		w.Write(Record{Time: start + wire.Time(i)*1e6, Direction: wire.Direction(i & 1), Data: data})
	}
	w.Flush()
	path := filepath.Join(b.TempDir(), name)
	if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
	return path
}

// benchmark reads the files again and again; one operation is one frame.
func benchmark(b *testing.B, paths ...string) {
	b.Helper()
	b.ReportAllocs()
	for n := 0; n < b.N; {
		fs, err := Open(paths, Options{})
		if err != nil {
			b.Fatal(err)
		}
		var f Frame
		for n < b.N {
			if err := fs.Next(&f); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
			n++
		}
		fs.Close()
	}
}

func BenchmarkPcap(b *testing.B) {
	path := written(b, "a.pcap", LinkMTP2Phdr, false, 1e6, 0)
	b.ResetTimer()
	benchmark(b, path)
}

func BenchmarkPcapng(b *testing.B) {
	path := written(b, "a.pcapng", LinkMTP2Phdr, true, 1e6, 0)
	b.ResetTimer()
	benchmark(b, path)
}

func BenchmarkEthernet(b *testing.B) {
	path := written(b, "a.pcap", LinkEthernet, false, 1e6, 0)
	b.ResetTimer()
	benchmark(b, path)
}

func BenchmarkMerge4(b *testing.B) {
	var paths []string
	for i, name := range []string{"a.pcap", "b.pcap", "c.pcap", "d.pcap"} {
		paths = append(paths, written(b, name, LinkMTP2Phdr, false, 25e4, wire.Time(i)*25e4))
	}
	b.ResetTimer()
	benchmark(b, paths...)
}

// BenchmarkRecords is the reading of records alone, without window, merging and link layers.
func BenchmarkRecords(b *testing.B) {
	path := written(b, "a.pcap", LinkMTP2Phdr, false, 1e6, 0)
	file, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for n := 0; n < b.N; {
		s := newStream(bytes.NewReader(file), &pool{})
		var ifaces []iface
		r, err := newRecordReader(s, "", &ifaces)
		if err != nil {
			b.Fatal(err)
		}
		var e entry
		for n < b.N {
			if err := r.read(&e); err == io.EOF {
				break
			}
			s.release(e.blk)
			n++
		}
	}
}
