package e1

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// counted adds up the counts of events of a name.
func counted(h *heard, name string) (sum int) {
	for _, s := range h.said() {
		var n int
		if rest, ok := strings.CutPrefix(s, name+": "); ok {
			fmt.Sscan(rest, &n)
			sum += n
		}
	}
	return sum
}

// alarms leaves out events that only count blocks.
func alarms(h *heard) []string {
	return slices.DeleteFunc(h.said(), func(s string) bool {
		return strings.HasPrefix(s, "CRC-4 errors") || strings.HasPrefix(s, "far end CRC-4 errors")
	})
}

const (
	lmfaSignals = "loss of multiframe alignment begins: four wrong multiframe alignment signals in a row"
	lmfa8       = "loss of multiframe alignment begins: none found within 8 ms"
	lmfa400     = "loss of multiframe alignment begins: none found within 400 ms"
	lmfaEnds    = "loss of multiframe alignment ends"
	lmfaWithout = "loss of multiframe alignment ends: a line without CRC-4"
)

// TestFramerCRC4 counts a block for each that has a wrong bit, in timeslot 0 or elsewhere, and no other. The CRC-4 bits of
// a block are in the next.
func TestFramerCRC4(t *testing.T) {
	r := random(1)
	for range 30 {
		e := Encoder{CRC4: true}
		const blocks = 500
		line := e.Append(nil, payload(r, 8*blocks))
		wrong := 0
		for block := 10; block < blocks-1; block++ {
			if r.IntN(20) > 0 {
				continue
			}
			b := line[block*8*FrameOctets:]
			switch i := r.IntN(8 * FrameOctets); {
			case i%FrameOctets > 0:
				b[i] ^= 1 << r.IntN(8)
				wrong++
			case i%(2*FrameOctets) > 0:
				b[i] ^= 0x10 // a national bit
				wrong++
			default:
				b[i] ^= 0x04 // of the frame alignment signal
				wrong++
			}
		}
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, func() int { return 1 + r.IntN(5000) })
		if got := counted(h, "CRC-4 errors"); got != wrong || len(h.frames) != len(line) {
			t.Fatalf("%d wrong blocks, want %d: %q", got, wrong, h.events)
		}
	}
}

// TestFramerCRC4Bit counts one block for one bit, whichever it is, and tells it at once.
func TestFramerCRC4Bit(t *testing.T) {
	e := Encoder{CRC4: true}
	line := e.Append(nil, payload(random(1), 8*16))
	const from = 80 * FrameOctets // a block
	for i := range 8 * FrameOctets * 8 {
		mask := byte(1) << (7 - i%8)
		line[from+i/8] ^= mask
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne)
		line[from+i/8] ^= mask
		frame := 96 // after which the next block, with the CRC-4, ends
		if i%512 == 0 {
			frame = 88 // a bit of the CRC-4 of the block before
		}
		want := fmt.Sprintf("%d %d CRC-4 errors: 1", frame*FrameOctets, frame)
		if i/8%(2*FrameOctets) == FrameOctets && i%8 == 0 { // of the multiframe alignment signal
			if len(h.events) != 1 {
				t.Errorf("bit %d: %q", i, h.events)
			}
			continue
		}
		if !slices.Equal(h.events, []string{want}) {
			t.Errorf("bit %d: %q, want %s", i, h.events, want)
		}
	}
}

// TestFramerCounts tells errors once a second of the line at most, and each of them.
func TestFramerCounts(t *testing.T) {
	e := Encoder{CRC4: true}
	line := e.Append(nil, payload(random(1), 3*FrameRate+800))
	for block := 10; block < 3000; block += 2 {
		line[block*8*FrameOctets+5] ^= 1
	}
	h := hear(t, NewFramer(MSBFirst, CRC4On), line, inOne)
	want := []string{"CRC-4 errors: 1", "CRC-4 errors: 500", "CRC-4 errors: 500", "CRC-4 errors: 494"}
	if got := h.said(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestFramerEBits counts the zeros among the E bits. G.704 2.3.3.4.
func TestFramerEBits(t *testing.T) {
	f := func(bad [2]bool, want int) {
		t.Helper()
		e := Encoder{CRC4: true}
		line := e.Append(nil, idle(160))
		e.FarBad = bad
		line = e.Append(line, idle(160))
		e.FarBad = [2]bool{}
		line = e.Append(line, idle(160))
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne)
		if got := counted(h, "far end CRC-4 errors"); got != want {
			t.Errorf("%v: %d, want %d", bad, got, want)
		}
	}
	f([2]bool{}, 0)
	f([2]bool{true, false}, 10)
	f([2]bool{false, true}, 10)
	f([2]bool{true, true}, 20)
}

// TestFramerLMFA loses the multiframe with four wrong signals in a row, not with three, and finds it with two right ones.
func TestFramerLMFA(t *testing.T) {
	f := func(what string, from, to int, want ...string) {
		t.Helper()
		e := Encoder{CRC4: true}
		line := e.Append(nil, payload(random(1), 1600))
		for k := from; k < to; k++ {
			line[(16*k+3)*FrameOctets] ^= 0x80
		}
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inPieces(700))
		if said := alarms(h); !slices.Equal(said, want) || !bytes.Equal(h.frames, line) {
			t.Errorf("%s: %q, want %q", what, h.said(), want)
		}
	}
	f("three", 20, 23)
	f("four", 20, 24, lmfaSignals, lmfaEnds)
	f("three and three", 20, 23)
	f("many", 20, 60, lmfaSignals, lmfaEnds)
}

// TestFramerInterworking settles on a line without CRC-4 after 400 ms, without an alarm unless it must be there. G.706 B.2.
func TestFramerInterworking(t *testing.T) {
	without, with := Encoder{}, Encoder{CRC4: true}
	slots := payload(random(1), 2*FrameRate)
	line := without.Append(nil, slots)
	events(t, "without, auto", CRC4Auto, line)
	events(t, "without, off", CRC4Off, line)
	events(t, "without, on", CRC4On, line, lmfa400)
	f := NewFramer(MSBFirst, CRC4Auto)
	const octets = 3200 * FrameOctets
	var h heard
	h.more(t, f, line[:octets-1], inOne)
	if f.state != lookingForMultiframe {
		t.Error("does not look for 400 ms")
	}
	h.more(t, f, line[octets-1:octets], inOne)
	if f.state != noMultiframe {
		t.Error("looks longer than 400 ms")
	}
	line = with.Append(nil, slots)
	events(t, "with, auto", CRC4Auto, line)
	events(t, "with, off", CRC4Off, line)
	events(t, "with, on", CRC4On, line)
	for _, crc := range []CRC4{CRC4Auto, CRC4On} { // it ends in the middle: wrong blocks, then no multiframe
		line = without.Append(with.Append(nil, slots[:31*1600]), slots)
		h := hear(t, NewFramer(MSBFirst, crc), line, inOne)
		said := alarms(h)
		want := []string{lmfaSignals}
		if crc == CRC4Auto {
			want = append(want, lmfaWithout)
		}
		if !slices.Equal(said, want) || !bytes.Equal(h.frames, line) {
			t.Errorf("CRC-4 %d, ends: %q", crc, said)
		}
	}
}

// TestFramerChance holds that nothing is said of multiframes that bit 1 of a line without CRC-4 shows by chance, and that they
// do not keep the line from being taken for what it is.
func TestFramerChance(t *testing.T) {
	r := random(1)
	found := 0
	for range 40 {
		var e Encoder
		line := e.Append(nil, payload(r, FrameRate))
		for k := range FrameRate {
			line[k*FrameOctets] ^= byte(r.IntN(2)) << 7
		}
		events(t, "auto", CRC4Auto, line)
		events(t, "on", CRC4On, line, lmfa400)

		f := NewFramer(MSBFirst, CRC4Auto)
		var run Run
		var in bool
		for n := 0; n < len(line); { // a frame at a time, to see the state
			end := min(n+FrameOctets, len(line))
			for n < end {
				n += f.Next(line[n:end], &run)
			}
			if f.state == inMultiframe && !in {
				found++
			}
			in = f.state == inMultiframe
		}
		if f.state != noMultiframe {
			t.Error("after a second it is still looked for multiframes")
		}
	}
	if found < 10 {
		t.Errorf("only %d by chance: nothing was tested", found)
	}
}

// TestFramerLMFASlip tells loss of the multiframe where a slip has moved it and it is not found within 8 ms, and its end.
func TestFramerLMFASlip(t *testing.T) {
	e, none := Encoder{CRC4: true}, Encoder{}
	line := e.Append(nil, idle(800))
	line = append(line, line[:FrameOctets]...)
	line = none.Append(line, idle(201)) // with the bits of no multiframe for 25 ms
	e = Encoder{CRC4: true}
	line = e.Append(line, idle(800))
	h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne)
	said := alarms(h)
	// The slip was seen after the third frame behind it, and the multiframe was looked for from there on.
	if i := len(h.events) - 2; !slices.Contains(h.events, fmt.Sprintf("%d %d %s", (803+64)*FrameOctets, 803+64, lmfa8)) {
		t.Errorf("%q", h.events[:i])
	}
	if len(said) < 3 || !strings.HasPrefix(said[0], "slip") || said[1] != lmfa8 || said[len(said)-1] != lmfaEnds {
		t.Errorf("%q", said)
	}
}

// TestFramerFar finds the multiframe by two signals 4 or 6 ms apart, and not by two that are 8 ms apart. G.706 4.2.
func TestFramerFar(t *testing.T) {
	f := func(every int, want multiframeState) {
		t.Helper()
		e := Encoder{CRC4: true}
		line := e.Append(nil, idle(400))
		for k := range 25 {
			if k%every > 0 {
				line[(16*k+3)*FrameOctets] ^= 0x80
			}
		}
		framer := NewFramer(MSBFirst, CRC4Auto)
		hear(t, framer, line[:(16*2*every-4)*FrameOctets], inOne)
		if framer.state != want {
			t.Errorf("every %d: state %d", every, framer.state)
		}
	}
	f(2, inMultiframe)
	f(3, inMultiframe)
	f(4, lookingForMultiframe)
}

// TestFramerTellsFirst tells what was counted before it tells that the frames are lost, and both at their places.
func TestFramerTellsFirst(t *testing.T) {
	e := Encoder{CRC4: true}
	line := e.Append(nil, idle(400))
	line[200*FrameOctets+7] ^= 1
	line[256*FrameOctets+7] ^= 1
	line = append(line, make([]byte, 640)...)
	h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne)
	want := []string{"6912 216 CRC-4 errors: 1", "12928 404 CRC-4 errors: 1", "12928 404 " + lfaSignals}
	if !slices.Equal(h.events, want) {
		t.Errorf("%q, want %q", h.events, want)
	}
}

// TestFramerFalse begins in the middle of a frame whose timeslot 5 looks like timeslot 0. With CRC-4 the true frames are
// found within 9 ms, though the false ones go on; without it when those end.
func TestFramerFalse(t *testing.T) {
	f := func(what string, crc bool, to int, within int, want ...string) {
		t.Helper()
		e := Encoder{CRC4: crc}
		slots := idle(1000)
		for k := range to {
			slots[k*31+4] = []byte{fasBits | 0x80, 0xff &^ nfasA}[k%2]
		}
		line := e.Append(nil, slots)
		in := line[3:]
		h := events(t, what, CRC4Auto, in, want...)
		if h.at[0] != 2 {
			t.Errorf("%s: first frame at %d: not deceived", what, h.at[0])
		}
		i := slices.IndexFunc(h.at, func(at uint64) bool { return at%FrameOctets == 29 })
		if i < 0 || h.at[i] > uint64(within*FrameOctets) {
			t.Fatalf("%s: true frames not found", what)
		}
		if !bytes.Equal(h.frames[i*FrameOctets:], line[h.at[i]+3:]) {
			t.Errorf("%s: other frames", what)
		}
	}
	const others = "loss of frame alignment begins: the frames were false: others have a CRC-4 multiframe"
	f("with CRC-4", true, 1000, 72, others, lfaEnds)
	f("without", false, 300, 310, lfaSignals, lfaEnds)
}

// TestFramerFalseMultiframe leaves false frames that have a multiframe alignment signal too: their CRC-4 is wrong fifteen
// times of sixteen. G.706 4.3.2.
func TestFramerFalseMultiframe(t *testing.T) {
	e := Encoder{CRC4: true}
	slots := payload(random(2), 2*FrameRate)
	for k := range 2 * FrameRate {
		bit := byte(1)
		if n := k % 16; n%2 == 1 && n < 12 {
			bit = multiframeSignal >> (5 - n/2) & 1
		} else if n%2 == 0 {
			bit = slots[k*31] & 1
		}
		slots[k*31+4] = []byte{fasBits, 0x7f &^ nfasA}[k%2] | bit<<7
	}
	line := e.Append(nil, slots)
	h := hear(t, NewFramer(MSBFirst, CRC4Auto), line[3:], inOne)
	const lost = "loss of frame alignment begins: 915 of 1000 blocks with a wrong CRC-4"
	i := slices.IndexFunc(h.at, func(at uint64) bool { return at%FrameOctets == 29 })
	if !slices.Contains(h.said(), lost) || i < 0 || h.at[i] > FrameRate*FrameOctets*11/10 || !bytes.Equal(h.frames[i*FrameOctets:], line[h.at[i]+3:]) {
		t.Errorf("frame %d, %q", i, h.events)
	}
}

// TestFramerFAS is not deceived by a timeslot that always has the frame alignment signal: the frame between has none.
func TestFramerFAS(t *testing.T) {
	slots := idle(100)
	for k := range 100 {
		slots[k*31+4] = 0x9b
	}
	var e Encoder
	line := e.Append(nil, slots)
	for from := range FrameOctets {
		h := events(t, "FAS in timeslot 5", CRC4Off, line[from:])
		if h.at[0]%FrameOctets != uint64(FrameOctets-from)%FrameOctets {
			t.Errorf("first frame at %d, octets from %d on", h.at[0], from)
		}
	}
}
