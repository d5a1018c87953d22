package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"c7mon/wire"
)

// pcapOf builds a pcap file with one record, in any of its forms.
func pcapOf(order binary.AppendByteOrder, magic uint32, minor uint16, link uint32, record ...uint32) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, minor)
	for _, v := range append([]uint32{0, 0, 65535, link}, record...) {
		b = order.AppendUint32(b, v)
	}
	return b
}

// TestPcapForms reads one frame of each form of pcap.
func TestPcapForms(t *testing.T) {
	const at = 1066471200_000000000
	f := func(file []byte, want wire.Time) kept {
		t.Helper()
		frames := framesOf(t, append(file, 0x85, 0x86, 0x00))
		if len(frames) != 1 {
			t.Fatalf("%d frames", len(frames))
		}
		k := frames[0]
		if k.Time != want || !bytes.Equal(k.Data, []byte{0x85, 0x86, 0x00}) || k.Cut != 4 || k.Type != LinkMTP2 ||
			k.Payload != MTP2 || k.Number != 1 || k.Offset != 24 || k.HasLine {
			t.Errorf("got %+v", k)
		}
		return k
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f(pcapOf(order, 0xa1b2c3d4, 4, 140, 1066471200, 123456, 3, 7), at+123456000)
		f(pcapOf(order, 0xa1b23c4d, 4, 140, 1066471200, 123456, 3, 7), at+123456)
		f(pcapOf(order, 0xa1b2c3d4, 2, 140, 1066471200, 1, 7, 3), at+1000) // lengths the other way about
		if k := f(pcapOf(order, 0xa1b2c3d4, 4, 140|fcsFlag|1<<28, 1066471200, 1, 3, 7), at+1000); k.FCS == FCSThere {
			t.Error("a cut frame has a frame check sequence")
		}
		modified := pcapOf(order, 0xa1b2cd34, 4, 140, 1066471200, 123456, 3, 7, 2)
		if k := f(append(modified, 0, 0, 4, 0), at+123456000); k.Direction != wire.Back {
			t.Errorf("direction %q", k.Direction)
		}
	}
	whole := append(pcapOf(binary.BigEndian, 0xa1b2c3d4, 4, 140|fcsFlag|1<<28, 0, 0, 5, 5), 1, 2, 0, 3, 4)
	if k := framesOf(t, whole)[0]; k.FCS != FCSThere {
		t.Error("the frame check sequence that the header announces is not told")
	}
}

// TestPcapBroken reads files whose header or record headers cannot be right.
func TestPcapBroken(t *testing.T) {
	f := func(b []byte, want string) {
		t.Helper()
		fs, err := openBytes(b)
		if err == nil {
			_, failed := readAll(t, fs)
			err = errors.Join(failed...)
		}
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
	good := made(t, false, 1, 2, 3)
	f(append(bytes.Clone(good), 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
		"standard input: frame 4 at octet 87: record length 4294967295 is over 262144")
	f(good[:10], "standard input: pcap header of 24 octets: the last record is cut")
	bad := bytes.Clone(good)
	bad[4] = 9
	f(bad, "standard input: pcap version 9.4 is not known")
}

// TestPrefixes reads every beginning of a file: the frames before the cut come out, and what is left over is told.
func TestPrefixes(t *testing.T) {
	// header is where the file may end first, and ends are where its frames end.
	f := func(file []byte, header []int, ends ...int) {
		t.Helper()
		for n := range file {
			want := 0
			for _, end := range ends {
				if n >= end {
					want++
				}
			}
			fs, err := openBytes(file[:n])
			if n < header[0] {
				if err == nil || !strings.HasPrefix(err.Error(), "standard input: ") {
					t.Errorf("%d octets: opened, %v", n, err)
				}
				continue
			}
			if err != nil {
				t.Errorf("%d octets: %v", n, err)
				continue
			}
			frames, failed := readAll(t, fs)
			warned := fs.Warnings()
			cut := 1
			if slices.Contains(header, n) || slices.Contains(ends, n) {
				cut = 0
			}
			if len(frames) != want || len(failed) != 0 || len(warned) != cut {
				t.Errorf("%d octets: %d frames of %d, errors %v, warnings %v", n, len(frames), want, failed, warned)
			}
			for _, w := range warned {
				var where *RecordError
				if !errors.Is(w, ErrCut) || !errors.As(w, &where) || where.Frame != uint64(want+1) {
					t.Errorf("%d octets: warning %v", n, w)
				}
			}
		}
	}
	f(made(t, false, 1, 2, 3), []int{24}, 44, 65, 87)
	ng := made(t, true, 1, 2, 3)
	starts := []int{}
	for off := 0; off < len(ng); off += int(binary.LittleEndian.Uint32(ng[off+4:])) {
		starts = append(starts, off)
	}
	f(ng, starts[1:3], append(starts[3:], len(ng))...)
}
