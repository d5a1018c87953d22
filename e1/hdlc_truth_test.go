package e1

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"testing"
)

// maxSignalUnit is the longest signal unit with its check sequence. Q.703 2.2.
const maxSignalUnit = 278

// recordings are the octets of a timeslot as libss7, a stack of others, made them, both directions, and the signal units in
// them, without check sequences.
func recordings(t *testing.T, f func(t *testing.T, octets []byte, units [][]byte)) {
	for dir := range 2 {
		name := fmt.Sprintf("testdata/e1ts_itu_clean_l0_dir%d", dir)
		t.Run(fmt.Sprint(dir), func(t *testing.T) {
			var units [][]byte
			for lines := bufio.NewScanner(bytes.NewReader(gunzip(t, name+".frames.txt.gz"))); lines.Scan(); {
				unit, err := hex.DecodeString(lines.Text())
				if err != nil {
					t.Fatal(err)
				}
				units = append(units, unit)
			}
			f(t, gunzip(t, name+".raw.gz"), units)
		})
	}
}

func gunzip(t *testing.T, name string) []byte {
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goodUnits deframes octets in pieces of size and holds each unit against units. It gives how many there were, and what
// there was of the next.
func goodUnits(t *testing.T, order BitOrder, octets []byte, size int, units [][]byte) (count int, begun []byte) {
	t.Helper()
	d := NewDeframer(order, maxSignalUnit)
	var u Unit
	for at := 0; at < len(octets); at += size {
		for piece := octets[at:min(at+size, len(octets))]; len(piece) > 0; {
			piece = piece[d.Next(piece, &u):]
			if u.Kind == NoUnit {
				continue
			}
			if u.Kind != Good || count == len(units) || !bytes.Equal(u.Data, units[count]) {
				t.Fatalf("number %d at octet %d: kind %d [% x]", count, at, u.Kind, u.Data)
			}
			count++
		}
	}
	return count, d.unit[:d.n]
}

// TestRecordings holds that a recording gives each of its units and nothing else, wherever its octets begin and in both bit
// orders. The last unit was begun when the recording ended: some twenty of its bits are there.
func TestRecordings(t *testing.T) {
	recordings(t, func(t *testing.T, octets []byte, units [][]byte) {
		for k := range 8 {
			line := shifted(octets, k)
			for order, b := range map[BitOrder][]byte{MSBFirst: line, LSBFirst: reversed(line)} {
				n, begun := goodUnits(t, order, b, len(b), units)
				if last := len(units) - 1; n != last || len(begun) < 2 || !bytes.HasPrefix(units[last], begun[:2]) {
					t.Errorf("%d bits on, order %d: %d units, want %d; then % x, want % x", k, order, n, last, begun, units[last])
				}
			}
		}
	})
}

// TestRecordingsInPieces holds that the size of a read does not matter.
func TestRecordingsInPieces(t *testing.T) {
	recordings(t, func(t *testing.T, octets []byte, units [][]byte) {
		octets = octets[:64<<10]
		whole, _ := goodUnits(t, MSBFirst, octets, len(octets), units)
		if whole < 5000 {
			t.Fatalf("%d units in the first 64 KiB", whole)
		}
		for size := 1; size <= 4096; size += sizeStep {
			if n, _ := goodUnits(t, MSBFirst, octets, size, units[:whole]); n != whole {
				t.Fatalf("pieces of %d: %d units, want %d", size, n, whole)
			}
		}
	})
}
