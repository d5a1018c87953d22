package mtp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// TestRepeatFilter plays units that follow each other, an octet apart.
func TestRepeatFilter(t *testing.T) {
	const second = 8000
	var filter RepeatFilter
	annexA, at := false, uint64(0)
	f := func(unit string, pass bool, left uint32) {
		t.Helper()
		at++
		if p, l := filter.Pass([]byte(unit), annexA, at, second); p != pass || l != left {
			t.Errorf("% x: pass %v, left %d; want %v, %d", unit, p, l, pass, left)
		}
	}
	begin := func(a bool) { filter, annexA = RepeatFilter{}, a }

	f("\xff\xff\x00", true, 0)
	f("\xff\xff\x00", false, 0)
	f("\xff\xff\x00", false, 0)
	f("\xff\xfe\x00", true, 2)             // other numbers
	f("\xff\xff\x00", true, 0)             // the unit before counts, not any
	f("\xff\xff\x01\x00", true, 0)         // LSSU
	f("\xff\xff\x01\x00", false, 0)        //
	f("\xff\xff\x01\x01", true, 1)         // other status
	f("\xff\xff\x02\x01\x00", true, 0)     // of two octets
	f("\xff\xff\x02\x01\x00", false, 0)    //
	f("\xff\xff\x03\x85\x01\x02", true, 1) // MSU
	f("\xff\xff\x03\x85\x01\x02", true, 0) // repeated: a retransmission
	f("\xff\xff\x01", true, 0)             // the length does not fit
	f("\xff\xff\x01", true, 0)
	f("\xff\xff\x00\x00", true, 0)
	f("\xff\xff\x00\x00", true, 0)
	f("", true, 0)
	f("", true, 0)
	f("\xff\xff\x80", true, 0) // the spare bits of LI may bear a priority
	f("\xff\xff\x80", false, 0)
	f("\xff\xff\x00", true, 1)

	begin(true)
	f("\xff\x8f\xff\x8f\x00\x00", true, 0)
	f("\xff\x8f\xff\x8f\x00\x00", false, 0)
	f("\xff\x8f\xff\x8f\x01\x00\x03", true, 1)
	f("\xff\x8f\xff\x8f\x01\x00\x03", false, 0)
	f("\xff\x8f\xff\x8f\x02\x00\x03\x00", true, 1)
	f("\xff\x8f\xff\x8f\x02\x00\x03\x00", false, 0)
	f("\xff\x8f\xff\x8f\x00\x01", true, 1) // length indicator 256
	f("\xff\x8f\xff\x8f\x00\x01", true, 0)
	f("\xff\xff\x00", true, 0) // too short for Annex A
	f("\xff\xff\x00", true, 0)

	begin(false)
	f("\xff\xff\x00", true, 0)
	at += second - 2
	f("\xff\xff\x00", false, 0)
	f("\xff\xff\x00", true, 1) // a second later
	f("\xff\xff\x00", false, 0)
	at = 0 // the count begins anew
	f("\xff\xff\x00", true, 1)
	f("\xff\xff\x00", false, 0)
	if l := filter.Left(); l != 1 {
		t.Errorf("Left: %d, want 1", l)
	}
	f("\xff\xff\x00", false, 0)
	if l := filter.Left(); l != 1 {
		t.Errorf("Left: %d, want 1", l)
	}
}

// sound plays units through a filter and holds what it promises, whatever they are.
func sound(t *testing.T, units [][]byte, annexA bool, step func() uint64, perSecond uint64) {
	t.Helper()
	var f RepeatFilter
	var at, passedAt uint64
	var passed, left int
	var before []byte
	for i, unit := range units {
		at += step()
		pass, l := f.Pass(unit, annexA, at, perSecond)
		left += int(l)
		switch {
		case pass:
			passed++
			passedAt = at
		case l != 0:
			t.Fatalf("unit %d is left out, and tells of %d", i, l)
		case !bytes.Equal(unit, before):
			t.Fatalf("unit %d is left out, and is not like the one before: % x, % x", i, unit, before)
		case at-passedAt >= perSecond:
			t.Fatalf("unit %d is left out %d octets after the last that passed", i, at-passedAt)
		default:
			var s SignalUnit
			if err := s.Decode(unit, annexA, 0); err != nil || s.Kind == MSUnit {
				t.Fatalf("unit %d is left out: kind %d, %v", i, s.Kind, err)
			}
		}
		before = unit
	}
	if left += int(f.Left()); passed+left != len(units) {
		t.Fatalf("%d passed and %d left out of %d", passed, left, len(units))
	}
}

func TestRepeatFilterCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		annexA := r.IntN(2) == 0
		kinds := make([][]byte, 6)
		for i := range kinds {
			u := SignalUnit{BSN: uint16(r.IntN(128)), FSN: uint16(r.IntN(128)), Data: make([]byte, r.IntN(6))}
			kinds[i] = u.Append(nil, annexA)
		}
		kinds[0] = kinds[0][:r.IntN(len(kinds[0]))]
		var units [][]byte
		for len(units) < 500 {
			unit := kinds[r.IntN(len(kinds))]
			for range 1 + r.IntN(20) {
				units = append(units, unit)
			}
		}
		sound(t, units, annexA, func() uint64 { return r.Uint64N(10) }, 1+r.Uint64N(60))
	}
}

func TestRepeatFilterAllocations(t *testing.T) {
	var f RepeatFilter
	fisu, lssu := []byte{0xff, 0xff, 0}, []byte{0xff, 0xff, 1, 0}
	at := uint64(0)
	if n := testing.AllocsPerRun(1000, func() {
		at += 6
		f.Pass(fisu, false, at, 8000)
		f.Pass(fisu, false, at, 8000)
		f.Pass(lssu, false, at, 8000)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzRepeatFilter(f *testing.F) {
	f.Add([]byte("\xff\xff\x00\xff\xff\x00\xff\xff\x00"), uint8(3), false)
	f.Add([]byte("\xff\xff\x01\x00\xff\xff\x01\x00\xff\xff\x01\x01"), uint8(4), false)
	f.Add([]byte("\xff\x8f\xff\x8f\x00\x00\xff\x8f\xff\x8f\x00\x00"), uint8(6), true)
	f.Fuzz(func(t *testing.T, b []byte, size uint8, annexA bool) {
		var units [][]byte
		for n := int(size%12) + 1; len(b) >= n; b = b[n:] {
			units = append(units, b[:n])
		}
		sound(t, units, annexA, func() uint64 { return uint64(size) }, 100)
	})
}

func BenchmarkRepeatFilter(b *testing.B) {
	var f RepeatFilter
	fisu := []byte{0xff, 0xff, 0}
	at := uint64(0)
	for b.Loop() {
		at += 6
		f.Pass(fisu, false, at, 8000)
	}
}
