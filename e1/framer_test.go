package e1

import (
	"bytes"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"

	"c7mon/capture"
)

// heard is all that a Framer gave.
type heard struct {
	frames []byte
	at     []uint64 // of each frame
	events []string // each with its position in the line and the number of frames before it
}

// hear feeds b in pieces as cut says, and takes what comes. It holds what must hold of any line.
func hear(t testing.TB, f *Framer, b []byte, cut func() int) *heard {
	t.Helper()
	h := &heard{}
	h.more(t, f, b, cut)
	h.flush(f)
	return h
}

func (h *heard) more(t testing.TB, f *Framer, b []byte, cut func() int) {
	t.Helper()
	var r Run
	for len(b) > 0 {
		piece := b[:min(max(cut(), 1), len(b))]
		b = b[len(piece):]
		for idle := 0; len(piece) > 0; {
			n := f.Next(piece, &r)
			if n < 0 || n > len(piece) || len(r.Frames)%FrameOctets != 0 {
				t.Fatalf("took %d of %d octets, gave %d octets of frames", n, len(piece), len(r.Frames))
			}
			if idle++; n > 0 {
				idle = 0
			}
			if idle > 10 {
				t.Fatal("takes nothing")
			}
			piece = piece[n:]
			h.take(t, &r)
		}
	}
	if len(h.frames) > int(f.pos) {
		t.Fatalf("%d octets of frames out of %d", len(h.frames), f.pos)
	}
}

// take keeps a run.
func (h *heard) take(t testing.TB, r *Run) {
	t.Helper()
	at := r.At
	for i := 0; i < len(r.Frames); i += FrameOctets {
		if n := len(h.at); n > 0 && at < h.at[n-1]+FrameOctets-1 { // two alignments may share an octet
			t.Fatalf("frame at %d after one at %d", at, h.at[n-1])
		}
		h.at = append(h.at, at)
		at += FrameOctets
	}
	h.frames = append(h.frames, r.Frames...)
	if r.Event.Kind != capture.NoEvent {
		h.events = append(h.events, fmt.Sprintf("%d %d %v", at, len(h.at), r.Event))
	}
}

func (h *heard) flush(f *Framer) {
	var r Run
	for f.Flush(&r); r.Event.Kind != capture.NoEvent; f.Flush(&r) {
		h.events = append(h.events, fmt.Sprintf("%d %d %v", r.At, len(h.at), r.Event))
	}
}

// said gives the events without their places.
func (h *heard) said() (s []string) {
	for _, e := range h.events {
		var at, n int
		fmt.Sscan(e, &at, &n)
		s = append(s, e[len(fmt.Sprintf("%d %d ", at, n)):])
	}
	return s
}

// inOne gives all of b at once, inPieces some octets at once.
func inOne() int                    { return 1 << 30 }
func inPieces(n int) func() int     { return func() int { return n } }
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 1)) }

// payload makes octets for timeslots 1 to 31.
func payload(r *rand.Rand, frames int) []byte {
	b := make([]byte, frames*(FrameOctets-1))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// idle makes timeslots that look like nothing else: 0x54, as many exchanges send it, whose bits no frame alignment signal
// is in, nor with timeslot 0 beside it.
func idle(frames int) []byte { return bytes.Repeat([]byte{0x54}, frames*(FrameOctets-1)) }

// bitsBefore puts n bits of before's end in front of b. What is left of the last octet is dropped.
func bitsBefore(b []byte, n int, before uint64) []byte {
	out := make([]byte, (len(b)*8+n)/8)
	for i := range len(out) * 8 {
		var bit byte
		if i < n {
			bit = byte(before >> ((n - 1 - i) % 64) & 1)
		} else {
			bit = b[(i-n)/8] >> (7 - (i-n)%8) & 1
		}
		out[i/8] |= bit << (7 - i%8)
	}
	return out
}

// mirrored puts the bits of each octet in the other order.
func mirrored(b []byte) []byte {
	out := slices.Clone(b)
	for i := range out {
		out[i] = bits.Reverse8(out[i])
	}
	return out
}

// TestFramerPhases finds the frames at each of the 256 bits at which they may begin, in either order of the bits.
func TestFramerPhases(t *testing.T) {
	f := func(phase int, order BitOrder, crc bool) {
		t.Helper()
		e := Encoder{CRC4: crc}
		line := e.Append(nil, idle(80))
		b := bitsBefore(line, phase, 0x5454545454545454)
		if order == LSBFirst {
			b = mirrored(b)
		}
		h := hear(t, NewFramer(order, CRC4Auto), b, inPieces(100))
		want := len(b) * 8
		want = (want - phase) / 256 * FrameOctets
		if !bytes.Equal(h.frames, line[:want]) {
			t.Errorf("bit %d, order %d: %d octets of frames, want %d, or other octets", phase, order, len(h.frames), want)
			return
		}
		if h.at[0] != uint64(phase/8) || len(h.events) > 0 {
			t.Errorf("bit %d, order %d: first frame at %d, events %q", phase, order, h.at[0], h.events)
		}
	}
	for phase := range 256 {
		f(phase, MSBFirst, phase%2 == 0)
		f(phase, LSBFirst, phase%2 == 1)
	}
}

// alignmentAt finds the first alignment by the letter of G.706 4.1.2, a bit at a time.
func alignmentAt(b []byte) int {
	bit := func(i int) byte { return b[i/8] >> (7 - i%8) & 1 }
	signal := func(i int) bool {
		for k, want := range []byte{0, 0, 1, 1, 0, 1, 1} {
			if bit(i+1+k) != want {
				return false
			}
		}
		return true
	}
	for i := 0; i+520 <= len(b)*8; i++ {
		if signal(i) && bit(i+256+1) == 1 && signal(i+512) {
			return i
		}
	}
	return -1
}

// TestFramerFirst holds the search by words against the one by bits, on random octets with an E1 behind them.
func TestFramerFirst(t *testing.T) {
	r := random(1)
	for range 300 {
		var e Encoder
		b := e.Append(payload(r, r.IntN(90)), payload(r, 10))
		b = bitsBefore(b, r.IntN(8), r.Uint64())
		h := hear(t, NewFramer(MSBFirst, CRC4Off), b, func() int { return 1 + r.IntN(99) })
		if want := alignmentAt(b); want < 0 || h.at[0] != uint64(want/8) {
			t.Errorf("first frame at %d, want bit %d", h.at[0], want)
		}
	}
}

// TestFramerCuts reads the same line in pieces of every size.
func TestFramerCuts(t *testing.T) {
	b := eventful()
	for _, order := range []BitOrder{MSBFirst, LSBFirst} {
		for _, shift := range []int{0, 3} {
			in := bitsBefore(b, shift, 5)
			if order == LSBFirst {
				in = mirrored(in)
			}
			want := hear(t, NewFramer(order, CRC4Auto), in, inOne)
			if len(want.events) < 10 {
				t.Errorf("only %q happens", want.events)
			}
			f := func(size int) {
				t.Helper()
				h := hear(t, NewFramer(order, CRC4Auto), in, inPieces(size))
				same(t, fmt.Sprintf("pieces of %d, order %d, bit %d", size, order, shift), h, want)
			}
			for size := 1; size <= 4096; size++ {
				if testing.Short() && size > 70 && size%97 > 0 {
					continue
				}
				f(size)
			}
		}
	}
}

func same(t testing.TB, what string, got, want *heard) {
	t.Helper()
	if !slices.Equal(got.events, want.events) {
		t.Errorf("%s: events\n%q, want\n%q", what, got.events, want.events)
	}
	if !bytes.Equal(got.frames, want.frames) || !slices.Equal(got.at, want.at) {
		t.Errorf("%s: %d frames, want %d, or others", what, len(got.at), len(want.at))
	}
}

// eventful makes a short line on which everything happens: alignment, errors, slips, remote alarm, AIS, silence, and frames
// that begin elsewhere.
func eventful() []byte {
	r := random(2)
	e := Encoder{CRC4: true, FarBad: [2]bool{true, false}}
	b := e.Append(payload(r, 3), payload(r, 100))
	b[len(b)-60*FrameOctets+7] ^= 4
	e.Remote = true
	b = e.Append(b, payload(r, 40))
	b = append(b, b[len(b)-FrameOctets:]...) // one repeated
	b = e.Append(b, payload(r, 40))
	b = append(b, 0x55) // all a timeslot further
	b = e.Append(b, payload(r, 100))
	b = AppendAIS(b, 700)
	b = e.Append(b, payload(r, 90))
	b = append(b, make([]byte, 3000)...)
	e.Remote = false
	return append(b, bitsBefore(e.Append(nil, payload(r, 40)), 5, 9)...)
}

// TestFramerQuick holds what looks at many frames at once against what looks at one, with wrong bits in timeslot 0.
func TestFramerQuick(t *testing.T) {
	r := random(6)
	for i := range 300 {
		e := Encoder{CRC4: i%3 > 0, Remote: i%5 == 0}
		line := e.Append(nil, idle(1000))
		for range 1 + r.IntN(60) {
			for k, n := 80+r.IntN(900), 1+r.IntN(4); n > 0; n-- {
				line[k*FrameOctets] ^= 1 << r.IntN(8)
				k += 1 + r.IntN(2)
			}
		}
		one := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inPieces(FrameOctets))
		same(t, fmt.Sprintf("line %d", i), hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne), one)
	}
}

// TestFramerRoundTrip gives back the frames of an Encoder after any bits and in any pieces.
func TestFramerRoundTrip(t *testing.T) {
	r := random(4)
	for i := range 400 {
		e := Encoder{CRC4: r.IntN(2) == 0}
		line := e.Append(nil, payload(r, 3+r.IntN(200)))
		shift := r.IntN(256)
		b := bitsBefore(line, shift, 0)
		order := BitOrder(i % 2)
		if order == LSBFirst {
			b = mirrored(b)
		}
		most := 1 + r.IntN(3000)
		h := hear(t, NewFramer(order, CRC4(i%3)), b, func() int { return r.IntN(most) })
		want := (len(b)*8 - shift) / 256 * FrameOctets
		if at := alignmentAt(bitsBefore(line, shift, 0)); at != shift {
			continue // the payload looks like the signal before it comes: TestFramerFirst
		}
		if !bytes.Equal(h.frames, line[:want]) || h.at[0] != uint64(shift/8) {
			t.Fatalf("line %d: %d octets of frames of %d, or others", i, len(h.frames), want)
		}
	}
}

// TestFramerBorrows gives frames out of the octets themselves where they begin with an octet.
func TestFramerBorrows(t *testing.T) {
	e := Encoder{}
	b := e.Append(nil, idle(400))
	f := NewFramer(MSBFirst, CRC4Off)
	var r Run
	n := f.Next(b[:100*FrameOctets], &r)
	for n < 100*FrameOctets {
		n += f.Next(b[n:100*FrameOctets], &r)
	}
	if f.Next(b[n:], &r); len(r.Frames) != len(b)-n || &r.Frames[0] != &b[n] {
		t.Errorf("%d octets of frames of %d, or a copy", len(r.Frames), len(b)-n)
	}
}

// TestFramerSkip keeps the alignment over a known loss, whatever its length, at any bit and in the midst of a frame.
func TestFramerSkip(t *testing.T) {
	r := random(5)
	for i := range 300 {
		e := Encoder{CRC4: i%2 == 0}
		line := e.Append(nil, payload(r, 300))
		shift := i % 8
		b := bitsBefore(line, shift, 0)
		if alignmentAt(b) != shift {
			continue
		}
		from := 100*FrameOctets + r.IntN(100)
		lost := 1 + r.IntN(60*FrameOctets)
		f := NewFramer(MSBFirst, CRC4Auto)
		h := &heard{}
		h.more(t, f, b[:from], inPieces(500))
		f.Skip(int64(lost))
		h.more(t, f, b[from+lost:], inPieces(500))
		h.flush(f)
		if len(h.events) > 0 {
			t.Fatalf("line %d: %q", i, h.events)
		}
		var want []byte
		for k := 0; k+FrameOctets <= len(line); k += FrameOctets {
			last := k + FrameOctets // octet after the last of the frame
			if shift > 0 {
				last++
			}
			if last <= from || k >= from+lost && last <= len(b) {
				want = append(want, line[k:k+FrameOctets]...)
			}
		}
		if !bytes.Equal(h.frames, want) {
			t.Fatalf("line %d: %d frames, want %d, or others", i, len(h.at), len(want)/FrameOctets)
		}
	}
}

// TestFramerSkipUnknown looks for the frames again after a loss of unknown length, and tells nothing when it finds them.
func TestFramerSkipUnknown(t *testing.T) {
	e := Encoder{CRC4: true}
	line := e.Append(nil, idle(300))
	f := NewFramer(MSBFirst, CRC4Auto)
	h := &heard{}
	h.more(t, f, line[:3210], inOne)
	f.Skip(0)
	h.more(t, f, line[5555:], inOne)
	h.flush(f)
	if len(h.events) > 0 || !bytes.HasSuffix(line, h.frames[3200:]) || len(h.frames) < 3200+(len(line)-5555)-3*FrameOctets {
		t.Errorf("%d octets of frames, events %q", len(h.frames), h.events)
	}
}

// TestFramerSkipOften does not lose the multiframe for what is lost of it again and again.
func TestFramerSkipOften(t *testing.T) {
	e := Encoder{CRC4: true}
	line := e.Append(nil, idle(1600))
	f, h := NewFramer(MSBFirst, CRC4Auto), &heard{}
	h.more(t, f, line[:160*FrameOctets], inOne)
	for k := 160; k < 1600; k += 16 {
		b := line[k*FrameOctets:]
		h.more(t, f, b[:5*FrameOctets], inOne)
		f.Skip(FrameOctets)
		h.more(t, f, b[6*FrameOctets:16*FrameOctets], inOne)
	}
	if h.flush(f); len(h.events) > 0 || len(h.at) != 1600-90 {
		t.Errorf("%d frames, %q", len(h.at), h.events)
	}
}

// TestFramerAllocs holds that nothing is allocated, whatever happens on the line.
func TestFramerAllocs(t *testing.T) {
	b := eventful()
	fs := []*Framer{NewFramer(MSBFirst, CRC4Auto), NewFramer(LSBFirst, CRC4On)}
	if n := testing.AllocsPerRun(20, func() {
		for _, f := range fs {
			var r Run
			for in := b; len(in) > 0; {
				in = in[f.Next(in[:min(len(in), 1000)], &r):]
			}
			f.Skip(0)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzFramer reads any octets in any pieces.
func FuzzFramer(f *testing.F) {
	for i, b := 0, eventful(); i < len(b); i += 1500 { // short, or nothing but shortening them would be done
		seed := bitsBefore(b[i:min(i+1700, len(b))], i%7, 0)
		if i%2 == 1 {
			seed = mirrored(seed)
		}
		f.Add(seed, uint64(i), uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, seed uint64, kind uint8) {
		order, crc := BitOrder(kind%2), CRC4(kind/2%3)
		want := hear(t, NewFramer(order, crc), b, inOne)
		r := random(seed)
		most := 1 + r.IntN(1000)
		same(t, "pieces", hear(t, NewFramer(order, crc), b, func() int { return r.IntN(most) }), want)
		framer := NewFramer(order, crc)
		h := &heard{}
		for len(b) > 0 { // with losses between
			n := min(1+r.IntN(most), len(b))
			h.more(t, framer, b[:n], inPieces(1+r.IntN(most)))
			if b = b[n:]; r.IntN(3) == 0 {
				framer.Skip(int64(r.IntN(200)))
			}
		}
	})
}
