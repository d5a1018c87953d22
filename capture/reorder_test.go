package capture

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"c7mon/wire"
)

// TestReorder reads frames whose times are given in the order of the file; want is the order of their numbers.
func TestReorder(t *testing.T) {
	f := func(want []uint64, counts Anomalies, times ...float64) {
		t.Helper()
		fs, err := openBytes(made(t, false, times...))
		if err != nil {
			t.Fatal(err)
		}
		frames, failed := readAll(t, fs)
		var got []uint64
		for i, k := range frames {
			got = append(got, k.Number)
			if n := binary.BigEndian.Uint32(k.Data); uint64(n) != k.Number {
				t.Errorf("frame %d has the octets of %d", k.Number, n)
			}
			if k.Time != wire.Time(times[k.Number-1]*1e9) {
				t.Errorf("frame %d: time %d", k.Number, k.Time)
			}
			if i > 0 && k.Clock < frames[i-1].Clock {
				t.Errorf("frame %d: the clock goes back from %d to %d", k.Number, frames[i-1].Clock, k.Clock)
			}
		}
		if !slices.Equal(got, want) || len(failed) > 0 || fs.Anomalies() != counts {
			t.Errorf("%v: order %v, %+v, errors %v", times, got, fs.Anomalies(), failed)
		}
	}
	f([]uint64{1, 2, 3}, Anomalies{}, 1, 2, 3)
	f([]uint64{1, 2, 3}, Anomalies{}, 1, 1, 1)
	f([]uint64{1, 3, 2}, Anomalies{Reordered: 1}, 1, 1.5, 1.2)
	f([]uint64{2, 1, 3}, Anomalies{Reordered: 1}, 10, 9.5, 11)
	f([]uint64{1, 3, 2, 4}, Anomalies{Reordered: 1}, 1, 2, 1, 3) // just a second
	// More than a second behind.
	f([]uint64{1, 2, 3, 4, 5}, Anomalies{Backward: 1}, 0, 2, 4, 1, 6)
	f([]uint64{1, 2, 3, 4, 5, 6}, Anomalies{Backward: 1}, 100, 100.1, 0, 100.2, 100.3, 100.4)
	// Far ahead: one frame, then several, at the beginning and at the end.
	f([]uint64{1, 2, 3, 5, 4, 6, 7}, Anomalies{Forward: 1, Reordered: 1}, 100, 100.1, 1e9, 100.3, 100.2, 100.4, 100.5)
	f([]uint64{1, 2, 3, 4, 5, 6, 7}, Anomalies{Forward: 1}, 1e9, 100, 100.1, 100.2, 100.3, 100.4, 100.5)
	f([]uint64{1, 2, 3, 4, 5, 6, 7}, Anomalies{Forward: 2}, 100, 1e9, 2e9, 100.2, 100.3, 100.4, 100.5)
	f([]uint64{1, 2, 3, 4, 5, 6, 7}, Anomalies{Forward: 2}, 100, 1e9, 1e9, 5000, 5000.3, 5000.4, 5000.5)
	f([]uint64{1, 2, 3}, Anomalies{}, 100, 100.1, 1e9)
	// Silence is no anomaly.
	f([]uint64{1, 2, 3, 4, 5}, Anomalies{}, 100, 100.1, 30000, 30000.1, 60000)
}

// TestReorderShuffled mixes frames within the bounds of the window: they come out sorted. Beyond them they come out all
// the same.
func TestReorderShuffled(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	f := func(n int, step, spread float64, sorted bool) {
		t.Helper()
		times := make([]float64, n)
		for i := range times {
			times[i] = float64(int64((10+float64(i)*step+random.Float64()*spread)*1e6)) / 1e6
		}
		frames := framesOf(t, made(t, true, times...))
		if len(frames) != n {
			t.Fatalf("%d frames of %d", len(frames), n)
		}
		seen := map[uint64]bool{}
		for i, k := range frames {
			seen[k.Number] = true
			if i > 0 && sorted && k.Time < frames[i-1].Time {
				t.Fatalf("frame %d at %v after %v", k.Number, k.Time, frames[i-1].Time)
			}
		}
		if len(seen) != n {
			t.Errorf("%d numbers of %d", len(seen), n)
		}
	}
	f(5000, 0.01, 0.9, true)   // up to 90 frames
	f(5000, 0.001, 0.2, true)  // up to 200 frames
	f(2000, 0.5, 0.99, true)   // up to 2 frames
	f(5000, 0.0001, 1, false)  // thousands of frames
	f(5000, 0.01, 1000, false) // minutes
}

// TestWindowMemory reads frames as long as they may be: the window holds fewer of them, and stays within its blocks.
func TestWindowMemory(t *testing.T) {
	n := &ngFile{}
	n.section(binary.LittleEndian)
	n.iface(140, 0)
	data := make([]byte, maxFrame)
	for i := range uint64(60) {
		binary.BigEndian.PutUint64(data, i)
		n.packet(0, i^1, maxFrame, data)
	}
	fs, err := openBytes(n.b)
	if err != nil {
		t.Fatal(err)
	}
	var f Frame
	for i := range uint64(60) {
		if err := fs.Next(&f); err != nil {
			t.Fatal(err)
		}
		if got := binary.BigEndian.Uint64(f.Data); got != i^1 || f.Number != got+1 {
			t.Errorf("frame %d has the octets of %d instead of %d", f.Number, got, i^1)
		}
		if live := fs.files[0].stream.live; live > maxBlocks+2 {
			t.Fatalf("%d blocks", live)
		}
	}
	if free := len(fs.files[0].pool.free); free > maxBlocks+2 {
		t.Errorf("%d blocks in the pool", free)
	}
}
