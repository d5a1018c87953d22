package e1

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// events holds what a line is heard to say.
func events(t *testing.T, what string, crc CRC4, line []byte, want ...string) *heard {
	t.Helper()
	h := hear(t, NewFramer(MSBFirst, crc), line, inPieces(1000))
	if got := h.said(); !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
	return h
}

const (
	lfaSignals = "loss of frame alignment begins: three wrong frame alignment signals in a row"
	lfaBit2    = "loss of frame alignment begins: three zeros in a row in bit 2 of frames between"
	lfaNone    = "loss of frame alignment begins: none found"
	lfaEnds    = "loss of frame alignment ends"
)

// TestFramerLFA loses the alignment with three wrong frame alignment signals in a row, whichever bit of them is wrong, and
// not with two, three apart or any bit 1. G.706 4.1.1.
func TestFramerLFA(t *testing.T) {
	try := func(what string, crc bool, before int, mask byte, frames []int, lost int, want []string) {
		t.Helper()
		e := Encoder{CRC4: crc}
		line := e.Append(nil, idle(400+before))
		line = line[before*FrameOctets:] // so that they are at each place of a multiframe
		for _, k := range frames {
			line[k*FrameOctets] ^= mask
		}
		h := hear(t, NewFramer(MSBFirst, map[bool]CRC4{true: CRC4On, false: CRC4Off}[crc]), line, inPieces(5000))
		if said := alarms(h); !slices.Equal(said, want) {
			t.Errorf("%s, CRC-4 %v, from frame %d on: %q, want %q", what, crc, before, said, want)
		}
		if len(h.at) != 400-lost {
			t.Errorf("%s: %d frames, want %d", what, len(h.at), 400-lost)
		}
		if lost > 0 && (h.at[frames[2]-1] != uint64(frames[2]-1)*FrameOctets || h.at[frames[2]] != uint64(frames[2]+lost)*FrameOctets) {
			t.Errorf("%s: frames are given after the third wrong one", what)
		}
	}
	f := func(what string, mask byte, frames []int, lost int, want ...string) {
		t.Helper()
		try(what, false, 0, mask, frames, lost, want)
		for before := 0; before < 16; before += 2 {
			try(what, true, before, mask, frames, lost, want)
		}
	}
	for bit := range 7 {
		f("three wrong", 1<<bit, []int{200, 202, 204}, 2, lfaSignals, lfaEnds)
		f("two wrong", 1<<bit, []int{200, 202}, 0)
		f("three wrong, one right between", 1<<bit, []int{200, 202, 206}, 0)
	}
	f("three wrong, far apart", 0x7f, []int{200, 250, 300}, 0)
	f("three zeros in bit 2, far apart", 0x40, []int{201, 251, 301}, 0)
	f("four wrong", 0x7f, []int{200, 202, 204, 206}, 4, lfaSignals, lfaEnds)
	f("bit 1", 0x80, []int{200, 202, 204, 206, 208}, 0)
	f("three zeros in bit 2", 0x40, []int{201, 203, 205}, 1, lfaBit2, lfaEnds)
	f("two zeros in bit 2", 0x40, []int{201, 203}, 0)
	f("national bits", 0x9f, []int{201, 203, 205, 207, 209, 211}, 0)
}

// TestFramerNone tells of a line that never had frames after 8 ms, once.
func TestFramerNone(t *testing.T) {
	const octets = 64 * FrameOctets // 8 ms
	events(t, "zeros", CRC4Auto, make([]byte, 20*octets), lfaNone)
	events(t, "not yet", CRC4Auto, make([]byte, octets+65-1))
	events(t, "just now", CRC4Auto, make([]byte, octets+65), lfaNone)
	events(t, "ones", CRC4Auto, AppendAIS(nil, 20*octets), "AIS begins", lfaNone)
}

// TestFramerWary asks more of the next alignment when one was lost within 8 ms, and no more once one lasts.
func TestFramerWary(t *testing.T) {
	f := func(frames int, want bool) {
		t.Helper()
		var e Encoder
		framer := NewFramer(MSBFirst, CRC4Off)
		h := &heard{}
		h.more(t, framer, append(e.Append(nil, idle(frames)), make([]byte, 1000)...), inPieces(700))
		if framer.wary != want || framer.aligned {
			t.Errorf("after %d frames: wary %v", frames, framer.wary)
		}
		line := e.Append(nil, idle(100))
		h.more(t, framer, line, inOne)
		if framer.wary || !framer.aligned || !bytes.HasSuffix(h.frames, line[FrameOctets:]) {
			t.Errorf("after %d frames: not found again, or not whole", frames)
		}
	}
	f(10, true)
	f(500, false)
}

// withZeros makes periods of 512 ones, each with as many zeros as said.
func withZeros(zeros ...int) (b []byte) {
	for _, n := range zeros {
		p := AppendAIS(nil, aisPeriod)
		for i := range n {
			p[7+5*i] &^= 1 << (i % 8)
		}
		b = append(b, p...)
	}
	return b
}

// TestFramerAIS begins with two periods of at most two zeros and ends with two of at least three. G.775 5.2.
func TestFramerAIS(t *testing.T) {
	const begins, ends = "AIS begins", "AIS ends"
	tail := make([]byte, 66) // looked at, and no period
	f := func(what string, zeros []int, want ...string) {
		t.Helper()
		events(t, what, CRC4Auto, append(withZeros(zeros...), tail...), want...)
	}
	f("two zeros, twice", []int{9, 2, 2}, begins)
	f("three zeros", []int{9, 3, 3, 3, 3, 3, 3})
	f("two zeros, once", []int{9, 2, 3, 2, 3, 2, 3})
	f("no zeros, once", []int{0, 3, 0, 3})
	f("no zeros", []int{0, 0}, begins)
	f("ends with three, twice", []int{1, 2, 0, 3, 3}, begins, ends)
	f("stays with three, once", []int{1, 2, 0, 3, 2, 3, 2, 9, 0}, begins)
	f("begins again", []int{1, 2, 3, 4, 2, 2, 3, 3}, begins, ends, begins, ends)
}

// TestFramerAISFrames tells AIS while there were frames, and ends it with them.
func TestFramerAISFrames(t *testing.T) {
	var e Encoder
	head := e.Append(nil, idle(200))
	f := func(what string, ais int, want ...string) {
		t.Helper()
		line := AppendAIS(slices.Clone(head), ais*FrameOctets)
		e := Encoder{}
		line = e.Append(line, idle(100))
		h := events(t, what, CRC4Auto, line, want...)
		if !bytes.HasSuffix(line, h.frames[len(h.frames)-95*FrameOctets:]) {
			t.Errorf("%s: other frames at the end", what)
		}
	}
	f("too short", 2)
	f("too short for loss of alignment", 4, "AIS begins", "AIS ends")
	f("too short, again", 2)
	f("long", 50, "AIS begins", lfaSignals, "AIS ends", lfaEnds)
	f("from the middle of a double frame", 51, "AIS begins", lfaSignals, "AIS ends", lfaEnds)
}

// TestFramerAISTwice does not take periods far apart for two in a row.
func TestFramerAISTwice(t *testing.T) {
	var e Encoder
	line := e.Append(nil, idle(400))
	for _, k := range []int{200, 300} {
		copy(line[k*FrameOctets:], AppendAIS(nil, aisPeriod))
	}
	events(t, "far apart", CRC4Off, line)
	copy(line[202*FrameOctets:], AppendAIS(nil, aisPeriod))
	events(t, "in a row", CRC4Off, line, "AIS begins", "AIS ends")
}

// TestFramerRAI begins and ends remote alarm with three A bits in a row, and not with two. O.162 2.1.4.
func TestFramerRAI(t *testing.T) {
	const begins, ends = "remote alarm begins", "remote alarm ends"
	f := func(what, bits string, want ...string) {
		t.Helper()
		var e Encoder
		line := e.Append(nil, idle(100))
		for _, a := range bits {
			e.Remote = a == '1'
			line = e.Append(line, idle(2))
		}
		events(t, what, CRC4Off, line, want...)
	}
	f("three", "0111000", begins, ends)
	f("two", "011011011")
	f("stays with two zeros", "111001001", begins)
	f("from the first frame", strings.Repeat("1", 200), begins)
}

// TestFramerRAIGarbage does not take what AIS has in place of A bits for remote alarm.
func TestFramerRAIGarbage(t *testing.T) {
	for frames := 100; frames < 108; frames++ {
		var e Encoder
		h := hear(t, NewFramer(MSBFirst, CRC4Off), AppendAIS(e.Append(nil, idle(frames)), 9000), inOne)
		for _, s := range h.said() {
			if strings.HasPrefix(s, "remote") || strings.HasPrefix(s, "slip") {
				t.Errorf("%d frames, then ones: %s", frames, s)
			}
		}
	}
}

// TestFramerSlip tells a frame lost or repeated at every place of a multiframe, without loss of alignment, gives every frame
// there is, and finds the multiframe again.
func TestFramerSlip(t *testing.T) {
	f := func(crc bool, at, lost int, want ...string) {
		t.Helper()
		e := Encoder{CRC4: crc}
		line := e.Append(nil, payload(random(uint64(at)), 400))
		at *= FrameOctets
		if lost > 0 {
			line = slices.Delete(line, at, at+lost*FrameOctets)
		} else {
			line = slices.Insert(line, at, line[at+lost*FrameOctets:at]...)
		}
		flip := len(line) - 20*FrameOctets + 3 // its block is whole again
		line[flip] ^= 1
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inOne)
		if !bytes.Equal(h.frames, line) {
			t.Errorf("%d octets of frames of %d, or others", len(h.frames), len(line))
		}
		// Blocks are checked where they were until the slip is seen: one after a frame, two multiframes after two or four.
		wrong, most := counted(h, "CRC-4 errors"), 2
		if lost%2 == 0 {
			most = 6
		}
		if said := alarms(h); !slices.Equal(said, want) || crc && wrong < 1 || wrong > most {
			t.Errorf("CRC-4 %v, frame %d, %d lost: %q", crc, at/FrameOctets, lost, h.said())
		}
	}
	for at := 160; at < 176; at++ {
		for _, crc := range []bool{false, true} {
			f(crc, at, 1, "slip: 1")
			f(crc, at, -1, "slip: 1")
			f(crc, at, 3, "slip: 1") // timeslot 0 shows no more
		}
		f(true, at, 2, "slip: 2")
		f(true, at, -2, "slip: 2")
		f(true, at, 4, "slip: 4")
		f(false, at, 2) // nothing shows it
	}
}

// TestFramerNoSlip takes no frames for a slip unless all three are as they must be.
func TestFramerNoSlip(t *testing.T) {
	f := func(a, b, c byte, want ...string) {
		t.Helper()
		var e Encoder
		line := e.Append(nil, idle(400))
		line[201*FrameOctets], line[202*FrameOctets], line[203*FrameOctets] = a, b, c
		for k := 204; k < 400; k++ {
			line[k*FrameOctets] = []byte{0x9b, 0xdf}[k%2]
			if len(want) > 0 {
				line[k*FrameOctets] = []byte{0xdf, 0x9b}[k%2]
			}
		}
		events(t, "three frames", CRC4Off, line, want...)
	}
	f(0x9b, 0xdf, 0x9b, "slip: 1")
	f(0x9b, 0x9f, 0x9b) // bit 2 is a zero
	f(0x9b, 0x9b, 0xdf)
	f(0x9a, 0xdf, 0x9b)
	f(0x9b, 0xdf, 0x9a)
}

// TestFramerRandom finds no lasting alignment in random octets, and does not fill the store with events either.
func TestFramerRandom(t *testing.T) {
	b := make([]byte, 20*FrameRate*FrameOctets)
	r := random(1)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	for _, crc := range []CRC4{CRC4Auto, CRC4On, CRC4Off} {
		h := hear(t, NewFramer(MSBFirst, crc), b, inOne)
		if len(h.events) > 10 || len(h.events) == 0 || len(h.at) > 10*young {
			t.Errorf("CRC-4 %d: %d frames, %q", crc, len(h.at), h.events)
		}
	}
}

// TestFramerBitErrors keeps the alignment with one bit of a thousand wrong: little is lost, and it comes back at once.
func TestFramerBitErrors(t *testing.T) {
	const seconds = 20
	e := Encoder{CRC4: true}
	r := random(1)
	line := e.Append(nil, payload(r, seconds*FrameRate))
	for range len(line) * 8 / 1000 {
		line[r.IntN(len(line))] ^= 1 << r.IntN(8)
	}
	h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inPieces(10000))
	if len(h.at) < seconds*FrameRate-100 {
		t.Errorf("%d frames of %d", len(h.at), seconds*FrameRate)
	}
	for i := 1; i < len(h.at); i++ {
		if gap := h.at[i] - h.at[i-1]; gap > 20*FrameOctets {
			t.Errorf("%d octets without frames before %d", gap, h.at[i])
		}
	}
	for _, s := range alarms(h) {
		if s != lfaSignals && s != lfaEnds {
			t.Error(s)
		}
	}
	if n := counted(h, "CRC-4 errors"); n < 800*seconds || n > 915*seconds {
		t.Errorf("%d wrong blocks in %d seconds", n, seconds)
	}
}

// TestFramerReturn finds the frames at another bit after the signal was lost.
func TestFramerReturn(t *testing.T) {
	r := random(1)
	for shift := range 64 {
		e := Encoder{CRC4: true}
		line := e.Append(nil, payload(r, 100))
		line = append(line, make([]byte, 5000+r.IntN(99))...)
		after := e.Append(nil, payload(r, 100))
		start := len(line)
		line = append(line, bitsBefore(after, shift, 0)...)
		h := hear(t, NewFramer(MSBFirst, CRC4Auto), line, inPieces(999))
		if said := alarms(h); !slices.Equal(said, []string{lfaSignals, lfaEnds}) {
			t.Errorf("bit %d: %q", shift, said)
		}
		n := (len(line)-start)*8 - shift
		n = n / 256 * FrameOctets
		for skip := 0; ; skip += FrameOctets { // from the first or second frame on
			if skip > FrameOctets {
				t.Fatalf("bit %d: other frames after the return", shift)
			}
			if bytes.HasSuffix(h.frames, after[skip:n]) && h.at[len(h.at)-(n-skip)/FrameOctets] == uint64(start+shift/8+skip) {
				break
			}
		}
	}
}
