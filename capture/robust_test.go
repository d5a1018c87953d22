package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// samples are captures of every format and link type that the other tests make.
func samples(t testing.TB) [][]byte {
	t.Helper()
	n := &ngFile{}
	n.section(binary.BigEndian)
	n.iface(139, 0, n.option(2, 'p', '0'), n.option(9, 9), n.option(14, 0, 0, 0, 0, 0, 0, 0, 1), n.option(0))
	n.iface(1, 60, n.option(9, 0x94))
	n.packet(0, 5, 8, octets(t, "00 00 0001 80 80 00 00"), n.option(2, 0, 0, 0, 1), n.option(0))
	n.packet(1, 9, 20, octets(t, "020000000001 020000000002 8100 0064 0800 4500"))
	n.block(99, make([]byte, 12))
	n.section(binary.LittleEndian)
	n.iface(197, 0)
	n.packet(0, 1<<20, 29, octets(t, "0000000000000080 85 05 0028 0000 0005 8000000000000001 0000000000000002 00000001 8586000102"))
	n.block(blockSimple, n.u32(3), []byte{1, 2, 3, 0})
	n.block(blockPacket, []byte{0, 0, 0, 0}, n.u32(0, 7, 3, 3), []byte{1, 1, 2, 0}, n.option(2, 2, 0, 0, 0))
	files := [][]byte{n.b, made(t, false, 1, 2, 1.5, 9, 4), made(t, true, 3, 2, 1, 100, 1)}
	for link, record := range map[LinkType]string{
		LinkEthernet: "020000000001 020000000002 88a8 0064 8100 0064 86dd 6000",
		LinkSLL:      "0004 0001 0006 0200000000010000 0800 4500",
		LinkSLL2:     "0800 0000 00000002 0001 04 06 0200000000010000 4500",
		LinkNull:     "02000000 4500",
		LinkRaw:      "4500",
		LinkERF:      "0000000000000080 85 04 0028 0000 0005 8000000000000001 0000000000000002 00000001 8586000102",
		LinkMTP2Phdr: "01 01 0007 80 80 00",
	} {
		var b bytes.Buffer
		w := NewPcapWriter(&b, link)
		for range 3 {
			w.Write(Record{Data: octets(t, record)})
		}
		w.Flush()
		files = append(files, b.Bytes())
	}
	return files
}

// check reads b as far as it goes and holds what must be true of any octets whatever.
func check(t testing.TB, b []byte, blocks *pool) {
	t.Helper()
	fs, err := Open([]string{"-"}, Options{Stdin: bytes.NewReader(b), blocks: blocks})
	if err != nil {
		return
	}
	defer fs.Close()
	var f, last Frame
	given, failures := 0, 0
	for {
		err := fs.Next(&f)
		if err == io.EOF {
			break
		}
		if err != nil {
			var where *RecordError
			if failures++; failures > 1 || !errors.As(err, &where) {
				t.Fatalf("error %d of one file: %v", failures, err)
			}
			continue
		}
		given++
		if given > 1 && f.Clock < last.Clock {
			t.Fatalf("the clock goes back from %d to %d", last.Clock, f.Clock)
		}
		if f.Payload == Tick || (f.Payload == Malformed) != (f.Err != nil) || f.Cut < 0 || f.Number == 0 || f.Offset < 24 {
			t.Fatalf("got %+v", f)
		}
		if len(f.Data) > len(fs.Record()) {
			t.Fatalf("%d octets of a record of %d", len(f.Data), len(fs.Record()))
		}
		fs.LineName(&f)
		last = f
	}
	if n := len(blocks.free); n == 0 || n > maxBlocks+2 {
		t.Fatalf("%d blocks given back", n)
	}
	if info := fs.Info()[0]; info.Frames != uint64(given) {
		t.Fatalf("%d frames given, %d counted", given, info.Frames)
	}
	if len(fs.Warnings())+failures > 1 {
		t.Fatalf("warnings %v and %d errors", fs.Warnings(), failures)
	}
}

// TestCorrupted changes octets at random.
func TestCorrupted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	blocks := &pool{}
	for _, file := range samples(t) {
		for _, b := range [][]byte{file, gzipped(t, file), zstded(t, file)} {
			check(t, b, blocks)
			rounds := 2000
			if len(b) != len(file) || b[0] != file[0] {
				rounds = 20 // opening a decoder costs more than all the rest
			}
			for range rounds {
				c := bytes.Clone(b)
				for range 1 + random.IntN(4) {
					c[random.IntN(len(c))] = byte(random.Uint32())
				}
				check(t, c[:len(c)-random.IntN(2)*random.IntN(len(c))], blocks)
			}
		}
	}
}

// FuzzFile reads any octets as a capture file.
func FuzzFile(f *testing.F) {
	for _, b := range samples(f) {
		f.Add(b)
	}
	blocks := &pool{}
	f.Fuzz(func(t *testing.T, b []byte) { check(t, b, blocks) })
}

// FuzzLinkLayer reads any octets as a record of any link type.
func FuzzLinkLayer(f *testing.F) {
	types := []LinkType{0, 1, 12, 101, 108, 113, 139, 140, 141, 142, 197, 228, 229, 276, 999}
	for i := range types {
		f.Add(uint8(i), []byte("\x02\x00\x00\x00\x45\x00\x00\x00\x85\x04\x00\x40\x81\x00\x00\x27\x00\x00\x00\x10\x80\x81\x22\x85"))
	}
	d := &linkDecoder{}
	f.Fuzz(func(t *testing.T, i uint8, b []byte) {
		fr := Frame{Type: types[int(i)%len(types)], Data: b}
		d.decode(&fr, 2)
		if (fr.Payload == Malformed) != (fr.Err != nil) || len(fr.Data) > len(b) || fr.Payload == Tick {
			t.Errorf("got %+v", fr)
		}
		if len(fr.Data) < len(b) && fr.Payload != MTP2 && fr.Payload != Other && !bytes.HasSuffix(b, fr.Data) {
			t.Errorf("data % x are not the end of % x", fr.Data, b)
		}
	})
}
