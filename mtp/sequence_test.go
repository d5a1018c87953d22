package mtp

import (
	"testing"
	"time"

	"c7mon/wire"
)

// A tape plays units into a Sequence: each has a number and octets, named by a letter.
type tape struct {
	t *testing.T
	s *Sequence
	n wire.Time
}

// unit plays one unit, a millisecond after the last, and holds what the Sequence says.
func (p *tape) unit(fsn uint16, octets byte, repeat bool, missed int) {
	p.t.Helper()
	p.n = p.n.Add(time.Millisecond)
	if r, m := p.s.Unit(p.n, fsn, uint64(octets)); r != repeat || m != missed {
		p.t.Errorf("unit %d %c: repeat %v, missed %d; want %v, %d", fsn, octets, r, m, repeat, missed)
	}
}

func (p *tape) fill(fsn uint16, missed int) {
	p.t.Helper()
	p.n = p.n.Add(time.Millisecond)
	if m := p.s.Fill(p.n, fsn); m != missed {
		p.t.Errorf("fill-in %d: missed %d, want %d", fsn, m, missed)
	}
}

func (p *tape) counts(seen, missed uint64) {
	p.t.Helper()
	if s, m := p.s.Counts(); s != seen || m != missed {
		p.t.Errorf("seen %d, missed %d; want %d, %d", s, m, seen, missed)
	}
}

func TestSequenceRepeats(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	p.unit(126, 'a', false, 0)
	p.unit(127, 'b', false, 0)
	p.unit(0, 'c', false, 0)
	p.unit(126, 'a', true, 0) // preventive cyclic retransmission
	p.unit(127, 'b', true, 0)
	p.unit(0, 'c', true, 0)
	p.unit(1, 'c', false, 0) // a new number with the octets of the last: two equal SAM digits
	p.unit(1, 'c', true, 0)
	p.counts(4, 0)
}

// TestSequenceRound holds that the same octets under the same number, a round of 128 later, are new.
func TestSequenceRound(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	for i := range 300 {
		p.unit(uint16(i%128), 'x', false, 0)
	}
	p.counts(300, 0)
	m := &tape{t, NewSequence(false, true), 0}
	for i := range 300 {
		m.unit(uint16(i%128), 'x', false, 0)
	}
}

// TestSequenceNoise holds that a unit lost to noise and sent again is no loss: 7 and 8 came before 6 was asked for again.
func TestSequenceNoise(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	p.unit(5, 'e', false, 0)
	p.unit(7, 'g', false, 0)
	if !p.s.Open() {
		t.Error("6 is not open")
	}
	p.unit(8, 'h', false, 0)
	p.unit(6, 'f', false, 0)
	if p.s.Open() {
		t.Error("6 is open still")
	}
	p.unit(7, 'g', true, 0)
	p.unit(8, 'h', true, 0)
	p.unit(9, 'i', false, 0)
	p.counts(5, 0)
}

func TestSequenceLoss(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	p.unit(5, 'e', false, 0)
	p.unit(9, 'i', false, 0)
	since := p.s.Since()
	p.n = p.n.Add(4 * time.Second) // nothing brings 6 to 8 any more
	p.unit(10, 'j', false, 3)
	if since != wire.Time(2*time.Millisecond) {
		t.Errorf("passed over at %v", since)
	}
	p.unit(11, 'k', false, 0)
	p.counts(4, 3)
}

// TestSequenceFill holds that a fill-in unit shows the number of the last MSU, also where that was not heard.
func TestSequenceFill(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	p.fill(3, 0)
	p.unit(4, 'd', false, 0)
	p.fill(4, 0)
	p.fill(6, 0)
	if !p.s.Open() {
		t.Error("5 and 6 are not open")
	}
	p.unit(7, 'g', false, 0)
	if missed := p.s.Finish(); missed != 2 {
		t.Errorf("%d missed at the end", missed)
	}
	p.counts(2, 2)
}

func TestSequenceRestart(t *testing.T) {
	p := &tape{t, NewSequence(false, false), 0}
	p.unit(50, 'a', false, 0)
	if missed := p.s.Restart(); missed != 0 {
		t.Errorf("%d missed by a restart", missed)
	}
	p.unit(0, 'b', false, 0)
	p.unit(50, 'a', false, 0) // 49 were passed over; it is no repeat of before
	p.counts(3, 0)
	if missed := p.s.Restart(); missed != 49 {
		t.Errorf("%d missed, want 49", missed)
	}
}

// TestSequenceMixed holds that two links whose units cannot be told apart give neither repeats nor losses that are none.
func TestSequenceMixed(t *testing.T) {
	p := &tape{t, NewSequence(false, true), 0}
	for i := range uint16(200) {
		p.unit(i%128, byte('a'+i%20), false, 0)
		p.unit((i+64)%128, byte('A'+i%20), false, 0)
	}
	p.unit(100, 'a'+100%20, false, 0)
	p.unit(100, 'a'+100%20, true, 0)
	p.fill(1, 0)
	if !p.s.Mixed() || p.s.Open() {
		t.Error("a mixed sequence has open numbers")
	}
}

// TestSequenceAnnexA holds the same on 12-bit numbers.
func TestSequenceAnnexA(t *testing.T) {
	p := &tape{t, NewSequence(true, false), 0}
	p.unit(4094, 'a', false, 0)
	p.unit(4095, 'b', false, 0)
	p.unit(0, 'c', false, 0)
	p.unit(4095, 'b', true, 0)
	p.unit(500, 'd', false, 0)
	if missed := p.s.Finish(); missed != 499 {
		t.Errorf("%d missed, want 499", missed)
	}
}

func TestSequenceAllocations(t *testing.T) {
	s := NewSequence(false, false)
	var n uint16
	if a := testing.AllocsPerRun(1000, func() { n++; s.Unit(wire.Time(n), n, uint64(n)) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

// FuzzSequence holds that any numbers keep the counts whole: every unit is seen or a repeat.
func FuzzSequence(f *testing.F) {
	f.Add([]byte{1, 2, 3, 2, 2, 9, 1}, false)
	f.Fuzz(func(t *testing.T, b []byte, mixed bool) {
		s := NewSequence(false, mixed)
		repeats := uint64(0)
		for i, o := range b {
			at := wire.Time(i) * wire.Time(o) * 1e7
			if o == 200 {
				s.Restart()
			}
			if r, _ := s.Unit(at, uint16(o), uint64(o&3)); r {
				repeats++
			}
			s.Fill(at, uint16(o)+uint16(i%3))
		}
		s.Finish()
		if seen, _ := s.Counts(); seen+repeats != uint64(len(b)) {
			t.Errorf("%d seen and %d repeats of %d", seen, repeats, len(b))
		}
	})
}

func BenchmarkSequence(b *testing.B) {
	s := NewSequence(false, false)
	var n uint16
	for b.Loop() {
		n++
		s.Unit(wire.Time(n), n, uint64(n))
	}
}

func BenchmarkHash(b *testing.B) {
	m := MSU{OPC: 1, DPC: 2, Data: make([]byte, 40)}
	for b.Loop() {
		m.Hash()
	}
}
