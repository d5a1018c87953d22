package monitor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// The captures of these tests are one of a real stack, made dirty in the ways that a tap in a rack makes them. What comes
// out is held against what comes out of the clean one.

// cleanLinks gives the clean capture and its calls.
func cleanLinks(t *testing.T) (sheet, *played) {
	t.Helper()
	s := links(t)
	p := play(t, mtp.ITU, s.pcap(t)).table(t)
	if len(p.calls) != 602 || p.sum.Missed != 0 || p.sum.Seen == 0 || p.sum.MessagesBy["duplicate"] != 0 {
		t.Fatalf("the clean capture: %d calls, %d of %d units missed, %v", len(p.calls), p.sum.Missed, p.sum.Seen, p.sum.MessagesBy)
	}
	return s, p
}

// duplicates holds how many units were told to be repeats, and that nothing is taken for lost.
func (p *played) duplicates(t *testing.T, what string, want int) {
	t.Helper()
	if got := p.sum.MessagesBy["duplicate"]; got != uint64(want) {
		t.Errorf("%s: %d duplicates, want %d", what, got, want)
	}
	if p.sum.Missed != 0 {
		t.Errorf("%s: %d units missed", what, p.sum.Missed)
	}
}

// TestRepeatedUnits sends every n-th message unit again at once.
func TestRepeatedUnits(t *testing.T) {
	s, want := cleanLinks(t)
	for _, n := range []int{1, 2, 7} {
		dirty, msus, again := sheet{link: s.link}, 0, 0
		for i := range s.records {
			r := s.records[i]
			dirty.records = append(dirty.records, r)
			if unitOf(t, &r).su.Kind != mtp.MSUnit {
				continue
			}
			if msus++; msus%n == 0 {
				again++
				dirty.records = append(dirty.records, r)
			}
		}
		what := fmt.Sprintf("every %d", n)
		got := play(t, mtp.ITU, dirty.pcap(t)).table(t)
		same(t, what, got, want, place...)
		got.duplicates(t, what, again)
		if got.sum.FramesBy["duplicate"] != uint64(again) {
			t.Errorf("%s: %d frames are duplicates, want %d", what, got.sum.FramesBy["duplicate"], again)
		}
	}
}

// TestRetransmission sends the last few units of a direction again, as basic error correction does when the other end asks
// for them (the FIB is turned round, the BSN is that of the moment), and over and over, as preventive cyclic retransmission
// does while a link is idle.
func TestRetransmission(t *testing.T) {
	s, want := cleanLinks(t)
	f := func(what string, back, times int) {
		t.Helper()
		dirty, again := retransmitted(t, s, back, times)
		got := play(t, mtp.ITU, dirty.pcap(t)).table(t)
		same(t, what, got, want, place...)
		got.duplicates(t, what, again)
	}
	f("one unit", 1, 1)
	f("five units", 5, 1)
	f("cyclic", 8, 10)
}

// retransmitted puts the last units of a direction, up to back of them, into the capture again wherever the direction then
// sends no message for long enough.
func retransmitted(t *testing.T, s sheet, back, times int) (sheet, int) {
	const step, acknowledged = 4 * time.Millisecond, 8 * time.Second // T7 of Q.703, and T6 while the other end is busy
	type lineWay struct {
		link int
		way  byte
	}
	next := map[lineWay]wire.Time{} // when the direction sends its next message
	until := make([]wire.Time, len(s.records))
	for i := len(s.records) - 1; i >= 0; i-- {
		u := unitOf(t, &s.records[i])
		k := lineWay{u.link, u.way}
		until[i] = wire.Time(1<<63 - 1)
		if at, ok := next[k]; ok {
			until[i] = at
		}
		if u.su.Kind == mtp.MSUnit {
			next[k] = s.records[i].Time
		}
	}
	dirty, again := sheet{link: s.link, records: slices.Clone(s.records)}, 0
	sent, turned := map[lineWay][]capture.Record{}, map[lineWay]byte{}
	for i := range dirty.records {
		r := &dirty.records[i]
		u := unitOf(t, r)
		k := lineWay{u.link, u.way}
		r.Data = slices.Clone(r.Data)
		r.Data[5] ^= turned[k] // FIB
		if u.su.Kind == mtp.LSSU {
			sent[k] = nil // the link starts anew
		}
		if u.su.Kind != mtp.MSUnit {
			continue
		}
		sent[k] = append(sent[k], *r)
		last := sent[k][max(0, len(sent[k])-back):]
		for r.Time.Sub(last[0].Time) > acknowledged {
			last = last[1:]
		}
		if until[i].Sub(r.Time) < step*time.Duration(len(last)*times+1) {
			continue
		}
		turned[k] ^= 0x80
		at := r.Time
		for range times {
			for _, old := range last {
				at = at.Add(step)
				old.Time, old.Data = at, slices.Clone(old.Data)
				old.Data[4] = r.Data[4]
				old.Data[5] = old.Data[5]&0x7f | turned[k]
				dirty.records = append(dirty.records, old)
				again++
			}
		}
	}
	if again < 400 {
		t.Fatalf("only %d retransmissions", again)
	}
	return dirty.sorted(), again
}

// TestSecondTap lets a second tap hear every unit a little later on links of other numbers, in the same file and in
// another one.
func TestSecondTap(t *testing.T) {
	s, want := cleanLinks(t)
	msus := int(want.sum.MSUs)
	f := func(what string, late time.Duration, links byte, files int) {
		t.Helper()
		tap := sheet{link: s.link}
		for _, r := range s.records {
			r.Time, r.Data = r.Time.Add(late), slices.Clone(r.Data)
			r.Data[2] += links
			tap.records = append(tap.records, r)
		}
		var got *played
		if files == 2 {
			got = play(t, mtp.ITU, s.pcap(t), tap.pcap(t))
		} else {
			both := sheet{s.link, slices.Concat(s.records, tap.records)}
			got = play(t, mtp.ITU, both.sorted().pcap(t))
		}
		got.table(t)
		same(t, what, got, want, place...)
		got.duplicates(t, what, msus)
	}
	f("1 ms later", time.Millisecond, 1, 1)
	f("900 ms later", 900*time.Millisecond, 1, 1)
	f("same time", 0, 1, 1)
	f("other file", time.Millisecond, 1, 2)
	f("other file, same numbers", time.Millisecond, 0, 2)
	f("other file, 1.5 s later", 1500*time.Millisecond, 1, 2)
}

// TestOtherTap lets a second tap, whose records do not tell link and direction, hear the same in another file.
func TestOtherTap(t *testing.T) {
	s, want := cleanLinks(t)
	tap := sheet{link: capture.LinkMTP2}
	for _, r := range s.records {
		r.Time, r.Data = r.Time.Add(time.Millisecond), r.Data[4:]
		tap.records = append(tap.records, r)
	}
	for _, files := range [][][]byte{{s.pcap(t), tap.pcap(t)}, {tap.pcap(t), s.pcap(t)}} {
		got := play(t, mtp.ITU, files...).table(t)
		same(t, "tap without links", got, want, place...)
		got.duplicates(t, "tap without links", int(want.sum.MSUs))
	}
}

// TestClockSteps puts wrong times on frames: some an hour ahead or behind, and many that changed places with their
// neighbour. The order in the file, or the times of the others, tell where they belong.
func TestClockSteps(t *testing.T) {
	s, want := cleanLinks(t)
	random := rand.New(rand.NewPCG(1, 1))
	for range 40 {
		i, step := random.IntN(len(s.records)), time.Hour
		if random.IntN(2) == 0 {
			step = -time.Hour
		}
		dirty := sheet{s.link, slices.Clone(s.records)}
		dirty.records[i].Time = dirty.records[i].Time.Add(step)
		got := play(t, mtp.ITU, dirty.pcap(t)).table(t)
		what := fmt.Sprintf("frame %d is %v away", i+1, step)
		// Its own call may have the wrong time, and with it another id and place in the order; the others have not.
		own := map[string]bool{fmt.Sprint(unitOf(t, &s.records[i]).cic): true}
		a, b := others(got, own), others(want, own)
		same(t, what, a, b)
		if len(got.calls) != len(want.calls) || got.sum.Missed != 0 {
			t.Errorf("%s: %d calls, want %d; %d units missed", what, len(got.calls), len(want.calls), got.sum.Missed)
		}
	}
	swapped := sheet{s.link, slices.Clone(s.records)}
	if n := swapNeighbours(swapped.records, random); n < 1000 {
		t.Fatalf("only %d swaps", n)
	}
	got := play(t, mtp.ITU, swapped.pcap(t)).table(t)
	same(t, "swapped", got, want, place...)
	got.duplicates(t, "swapped", 0)
}

// others gives the calls of all circuits but some.
func others(p *played, cics map[string]bool) *played {
	q := &played{}
	for _, r := range p.rows {
		if !cics[r["cic"]] {
			q.rows = append(q.rows, r)
		}
	}
	return q
}

// TestEverythingAtOnce sends units again, lets a second tap hear all of it, lets frames change places and puts wrong times on
// some: whatever is not in a call with a wrong time is as it is in the clean capture.
func TestEverythingAtOnce(t *testing.T) {
	s, want := cleanLinks(t)
	again, repeats := retransmitted(t, s, 3, 2)
	const wrongTimes = 8
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 23))
		late := []time.Duration{0, 300 * time.Microsecond, 40 * time.Millisecond, 400 * time.Millisecond}[seed%4]
		both := sheet{link: s.link}
		for _, r := range again.records {
			both.records = append(both.records, r)
			r.Time, r.Data = r.Time.Add(late), slices.Clone(r.Data)
			r.Data[2] += 2
			both.records = append(both.records, r)
		}
		dirty := both.sorted()
		swapNeighbours(dirty.records, random)
		wrong := map[string]bool{}
		for range wrongTimes {
			r := &dirty.records[random.IntN(len(dirty.records))]
			r.Time = r.Time.Add([]time.Duration{time.Hour, -time.Hour, 30 * time.Hour}[random.IntN(3)])
			wrong[fmt.Sprint(unitOf(t, r).cic)] = true
		}
		got := play(t, mtp.ITU, dirty.pcap(t)).table(t)
		what := fmt.Sprint("seed ", seed)
		same(t, what, others(got, wrong), others(want, wrong), place...)
		// A unit with a wrong time after a silence may be too far from its other hearing to be told as the same.
		n, all := got.sum.MessagesBy["duplicate"], want.sum.MSUs+2*uint64(repeats)
		if n > all || n+wrongTimes < all || got.sum.Missed != 0 || len(got.calls) != len(want.calls) {
			t.Errorf("%s: %d duplicates of %d, %d units missed, %d calls", what, n, all, got.sum.Missed, len(got.calls))
		}
	}
}

// swapNeighbours lets frames less than 100 ms apart change places.
func swapNeighbours(r []capture.Record, random *rand.Rand) (n int) {
	for i := 0; i+1 < len(r); i += 1 + random.IntN(4) {
		if d := r[i+1].Time.Sub(r[i].Time); d > 0 && d < 100*time.Millisecond {
			r[i], r[i+1] = r[i+1], r[i]
			n++
			i++
		}
	}
	return n
}
