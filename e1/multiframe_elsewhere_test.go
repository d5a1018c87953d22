package e1

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"c7mon/capture"
)

const lfaElsewhere = "loss of frame alignment begins: the frames were false: others have a CRC-4 multiframe"

// imitate makes timeslot 5 look like timeslot 0 of an E1 with CRC-4, but for the CRC-4, which is random.
func imitate(slots []byte, r *rand.Rand) {
	for k := 0; 31*k < len(slots); k++ {
		bit := byte(r.Uint32() & 1)
		switch n := k % 16; {
		case n%2 == 1 && n <= signalEnd:
			bit = multiframeSignal >> (5 - n/2) & 1
		case n%2 == 1:
			bit = 1
		}
		slots[31*k+4] = []byte{fasBits, 0x7f &^ nfasA}[k%2] | bit<<7
	}
}

// unitsIn makes a payload of signal units in three timeslots and one octet in the others, which looks like timeslot 0 more
// often than random bits do.
func unitsIn(r *rand.Rand, frames int) []byte {
	slots := bytes.Repeat([]byte{0xd5}, 31*frames)
	for _, slot := range []int{1, 16, 31} {
		s := NewStuffer(MSBFirst)
		for n := byte(0); s.Ready() < frames; {
			unit := []byte{0xff, 0x80 | n, 0}
			if r.IntN(6) == 0 {
				n = (n + 1) & 127
				unit = []byte{0xff, 0x80 | n, 63}
				for range 8 + r.IntN(265) {
					unit = append(unit, byte(r.Uint32()))
				}
			}
			s.Unit(unit)
		}
		b := make([]byte, frames)
		s.Take(b)
		for k, o := range b {
			slots[31*k+slot-1] = o
		}
	}
	return slots
}

// TestFramerStays keeps the alignment of lines without CRC-4, whatever they carry, and gives every frame.
func TestFramerStays(t *testing.T) {
	f := func(what string, seed uint64, crc CRC4, in []byte, shift int, want ...string) {
		t.Helper()
		var e Encoder
		line := e.Append(nil, in)
		b := bitsBefore(line, shift, 0)
		if alignmentAt(b) != shift {
			return // not the true frames to begin with
		}
		h := hear(t, NewFramer(MSBFirst, crc), b, inOne)
		if said := h.said(); !slices.Equal(said, want) || !bytes.Equal(h.frames, line[:(len(b)*8-shift)/256*FrameOctets]) {
			t.Errorf("%s, seed %d: %d octets of frames of %d, %q", what, seed, len(h.frames), len(line), h.events)
		}
	}
	seeds := uint64(100)
	if testing.Short() {
		seeds = 20
	}
	for seed := range seeds {
		r := random(seed)
		f("units", seed, CRC4Auto, unitsIn(r, giveUpFrames+100), int(seed%8))
		if seed%10 > 0 {
			continue
		}
		f("random", seed, CRC4On, payload(r, 5*giveUpFrames), 3, lmfa400)
		slots := payload(r, giveUpFrames+100)
		imitate(slots, r)
		f("a timeslot 0 with a random CRC-4", seed, CRC4Auto, slots, int(seed%8))
	}
}

// TestFramerProof leaves false frames for others with six blocks in a row that have a right CRC-4, and not for five, at
// every bit that the others may begin with.
func TestFramerProof(t *testing.T) {
	f := func(right, phase int, want ...string) {
		t.Helper()
		e := Encoder{CRC4: true}
		slots := payload(random(uint64(phase)), 300)
		for k := range 300 {
			slots[31*k+phase/8%31] = []byte{fasBits | 0x80, 0xff &^ nfasA}[k%2]
		}
		line := e.Append(nil, slots)
		for k := range 300 / (8 * (right + 1)) {
			line[k*(right+1)*blockOctets+blockOctets/2+1+(phase/8+16)%31] ^= 4
		}
		b := bitsBefore(line[1+phase/8%31:], phase%8, 0) // begins with the false frames
		if alignmentAt(b) != phase%8 {
			return
		}
		h := hear(t, NewFramer(MSBFirst, CRC4On), b, inPieces(900))
		if said := alarms(h); !slices.Equal(said, want) {
			t.Errorf("%d blocks, bit %d: %q, want %q", right, phase, h.events, want)
		}
	}
	for phase := range 8 * 31 {
		f(5, phase)
		f(30, phase, lfaElsewhere, lfaEnds)
	}
}

// TestFramerElsewhereAllocs holds that neither looking elsewhere nor what is found there is allocated.
func TestFramerElsewhereAllocs(t *testing.T) {
	r := random(1)
	slots := payload(r, 300)
	imitate(slots, r)
	without, with := Encoder{}, Encoder{CRC4: true}
	line := without.Append(nil, slots)
	slots = idle(300)
	for k := range 300 {
		slots[31*k+4] = []byte{fasBits | 0x80, 0xff &^ nfasA}[k%2]
	}
	line = append(line, with.Append(nil, slots)[5:]...)
	f, moves := NewFramer(MSBFirst, CRC4Auto), 0
	if n := testing.AllocsPerRun(20, func() {
		var r Run
		for in := line; len(in) > 0; {
			in = in[f.Next(in, &r):]
			if r.Event.Text != "" && strings.HasSuffix(lfaElsewhere, r.Event.Text) {
				moves++
			}
		}
		f.Skip(0)
	}); n > 0 || moves < 20 {
		t.Errorf("%v allocations, %d moves", n, moves)
	}
}

// BenchmarkFramerLooking looks for another alignment all the time, on a line without CRC-4 that has a timeslot like timeslot
// 0.
func BenchmarkFramerLooking(b *testing.B) {
	var e Encoder
	slots := payload(random(1), FrameRate)
	imitate(slots, random(2))
	in := e.Append(nil, slots)
	f := NewFramer(MSBFirst, CRC4On)
	var r Run
	moves := 0
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		for p := in; len(p) > 0; {
			p = p[f.Next(p, &r):]
			if r.Event.Kind == capture.EventLFA {
				moves++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(in)), "ns/octet")
	if moves > 0 || f.state != lookingForMultiframe {
		b.Fatal("not looking")
	}
}
