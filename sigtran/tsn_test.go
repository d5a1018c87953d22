package sigtran

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"c7mon/wire"
)

// A script drives one decoder with packets and notes what came of them.
type script struct {
	*testing.T
	d    *Decoder
	now  wire.Time
	gaps []Gap
}

func newScript(t *testing.T) *script { return &script{T: t, d: New(Options{})} }

// send hands a packet in and checks the verdict.
func (s *script) send(want Verdict, packet []byte) {
	s.Helper()
	got, err := s.d.Packet(s.now, packet)
	s.gaps = append(s.gaps, s.d.Missed...)
	if got != want {
		s.Errorf("verdict %v (%v), want %v", got, err, want)
	}
}

// data hands in one packet a TSN, each with its number as text.
func (s *script) data(want Verdict, tsns ...uint32) {
	s.Helper()
	for _, tsn := range tsns {
		s.send(want, ab(whole(tsn, simple(fmt.Sprint("message ", tsn)))))
	}
}

func (s *script) wait(d time.Duration) {
	s.now = s.now.Add(d)
	s.d.Tick(s.now)
	s.gaps = append(s.gaps, s.d.Missed...)
}

// measure checks seen, expected and repeats of the first direction; expected -1 is unknown.
func (s *script) measure(seen, expected, repeats int) {
	s.Helper()
	m := s.d.Measures()[0]
	n, known := m.Expected()
	if !known {
		n = 1<<64 - 1
	}
	if int(m.Seen) != seen || int(n) != expected || int(m.Repeats) != repeats {
		s.Errorf("seen %d expected %d repeats %d, want %d %d %d", m.Seen, int(n), m.Repeats, seen, expected, repeats)
	}
}

func (s *script) missed(want ...Gap) {
	s.Helper()
	if !slices.Equal(s.gaps, want) {
		s.Errorf("missed %v, want %v", s.gaps, want)
	}
	s.gaps = nil
}

func TestRepeat(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 100, 101, 102)
	s.data(Duplicate, 101, 100, 102)
	s.data(MSU, 103)
	s.measure(4, 4, 3)
	s.missed()
}

func TestRepeatCarriesTheItem(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2)
	s.send(MSU, ab(whole(2, simple("message 2")), whole(3, simple("message 3"))))
	if it := s.d.Items; len(it) != 2 || it[0].Fate != Repeat || it[1].Fate != First || string(it[0].MSU.Data) != "message 2" {
		t.Errorf("items %+v", it)
	}
}

func TestWrap(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 0xfffffffe, 0xffffffff, 0, 1)
	s.data(Duplicate, 0xffffffff, 0)
	s.data(MSU, 4)
	s.data(MSU, 2, 3)
	s.measure(7, 7, 2)
	s.wait(time.Minute)
	s.missed()
}

// TestLate has a first packet that is not the first TSN of what is heard.
func TestLate(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 10, 9, 8, 11)
	s.data(Duplicate, 8, 9, 10)
	s.measure(4, 4, 3)
}

func TestGapFilled(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2, 5)
	s.wait(2999 * time.Millisecond)
	s.data(MSU, 4, 3)
	s.wait(time.Minute)
	s.missed()
	s.measure(5, 5, 0)
}

func TestGapMissedByTime(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2)
	s.now = 5e9
	s.data(MSU, 6, 4)
	s.now = 8e9 - 1
	s.data(MSU, 7)
	s.missed()
	s.now = 20e9 // noticed late, by a packet of the other direction; the gap carries its deadline
	s.send(MSU, ba(whole(1, simple("x"))))
	s.missed(Gap{Link: 0, Direction: wire.Forth, Noticed: 5e9, Time: 8e9, Count: 2})
	s.measure(5, 7, 0)
	s.data(MSU, 3) // after all
	s.measure(6, 7, 0)
	s.data(Duplicate, 3)
}

func TestGapMissedByDistance(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 3)
	for tsn := uint32(4); tsn <= 1025; tsn++ {
		s.data(MSU, tsn)
	}
	s.missed()
	s.now = 1e9
	s.data(MSU, 1026)
	s.missed(Gap{Time: 1e9, Count: 1})
	s.measure(1025, 1026, 0)
	for tsn := uint32(1027); tsn <= 4000; tsn++ {
		s.data(MSU, tsn)
	}
	s.data(Duplicate, 4000-1023)
	s.missed()
}

func TestManyGaps(t *testing.T) {
	s := newScript(t)
	for i := uint32(0); i < 500; i++ {
		s.data(MSU, 1+2*i)
	}
	if n := len(s.d.table.flows[0].window.runs); n > maxRuns {
		t.Errorf("%d runs are open", n)
	}
	s.d.Flush()
	total := uint32(0)
	for _, g := range append(s.gaps, s.d.Missed...) {
		total += g.Count
	}
	if total != 499 {
		t.Errorf("%d missed, want 499", total)
	}
	s.measure(500, 999, 0)
}

// TestStandingStill has sources whose TSNs do not number their messages: they must be heard all the same.
func TestStandingStill(t *testing.T) {
	s := newScript(t)
	for i := range 10 {
		s.send(MSU, ab(whole(0, simple(fmt.Sprint("another ", i)))))
	}
	s.measure(1, -1, 0)

	s = newScript(t)
	s.data(MSU, 1, 2, 3)
	s.send(MSU, ab(whole(2, simple("something else"))))
	s.data(MSU, 2, 2, 3, 9, 700, 9)
	s.wait(time.Minute)
	s.missed()

	s = newScript(t) // the same octets, and no other TSN ever
	s.data(MSU, 7)
	s.data(Duplicate, 7, 7, 7)
	s.data(MSU, 7, 7, 7)
}

// TestStandingStillUntilInit: a new INIT lets the TSNs be judged again.
func TestStandingStillUntilInit(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1)
	s.send(MSU, ab(whole(1, simple("other"))))
	s.data(MSU, 1, 1)
	s.send(SCTPControl, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, 0, initChunk(chunkInit, tagA, 50))))
	s.data(MSU, 50, 51)
	s.data(Duplicate, 50, 51)
}

func TestRestart(t *testing.T) {
	s := newScript(t)
	start := func(tsnA, tsnB uint32) {
		t.Helper()
		s.send(SCTPControl, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, 0, initChunk(chunkInit, tagA, tsnA))))
		s.send(SCTPControl, ba(initChunk(chunkInitAck, tagB, tsnB)))
		s.send(SCTPControl, ab(controlChunk(10, 0, 1, 2, 3)))
		s.send(SCTPControl, ba(controlChunk(11, 0)))
	}
	start(1000, 2000)
	s.data(MSU, 1000, 1001, 1002)
	s.send(MSU, ba(whole(2000, simple("back"))))
	start(1000, 2000) // sent again: no restart
	s.data(Duplicate, 1000, 1001, 1002)
	s.data(MSU, 1003)
	start(1001, 2000) // both ends keep their tags, the TSNs begin again
	s.data(MSU, 1001, 1002)
	s.data(Duplicate, 1001)
	start(5000, 6000)
	s.data(MSU, 5000, 5001)
	s.send(MSU, ba(whole(6000, simple("back"))))
	s.send(Duplicate, ba(whole(6000, simple("back"))))
	s.wait(time.Minute)
	s.missed()
	if n := len(s.d.Measures()); n != 2 {
		t.Errorf("%d measures, want 2: a restart is the same link", n)
	}
}

// TestFirstTSNsLost: INIT says where the TSNs begin.
func TestFirstTSNsLost(t *testing.T) {
	s := newScript(t)
	s.send(SCTPControl, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, 0, initChunk(chunkInit, tagA, 10))))
	s.send(SCTPControl, ba(initChunk(chunkInitAck, tagB, 20)))
	s.data(MSU, 12)
	s.wait(time.Minute)
	s.missed(Gap{Time: 3e9, Count: 2})
}

// TestStrayInit: an INIT that comes to nothing does not disturb.
func TestStrayInit(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2, 3)
	s.send(SCTPControl, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, 0, initChunk(chunkInit, 99, 0x70000000))))
	s.send(SCTPControl, ba(controlChunk(chunkAbort, 0)))
	s.data(Duplicate, 3)
	s.data(MSU, 4)
}

func TestAbort(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2, 3)
	s.send(MSU, ba(whole(7, simple("back"))))
	s.send(SCTPControl, ba(controlChunk(chunkAbort, 0)))
	s.data(MSU, 1, 2)
	s.data(Duplicate, 1)
	s.send(MSU, ba(whole(7, simple("back"))))
	s.send(SCTPControl, ab(controlChunk(chunkShutdownComplete, 1))) // T bit: the tag is not that of B
	s.data(Duplicate, 2)
}

// TestFarTSN: one damaged TSN costs nothing, two that agree move the window.
func TestFarTSN(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 100, 101, 102)
	s.data(MSU, 0x40000066, 103, 104)
	s.data(Duplicate, 101, 103)
	s.measure(6, 6, 2)
	s.now = 1e9
	s.data(MSU, 50104, 50105, 50106) // an outage of 49,999
	s.data(Duplicate, 50104, 50106)
	s.missed(Gap{Noticed: 1e9, Time: 4e9, Count: 49999})
	s.measure(9, 9+49999, 4)
	s.data(MSU, 7, 8, 9) // back: a new start
	s.data(Duplicate, 7)
	s.wait(time.Minute)
	s.missed()
}

// TestTwoDamagedTSNs: two far TSNs that others come between do not confirm each other.
func TestTwoDamagedTSNs(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 100, 101, 0x40000066, 102, 0x40000067, 103)
	s.data(Duplicate, 102, 103)
	s.wait(time.Minute)
	s.missed()
}

func TestForwardTSN(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2)
	s.send(SCTPControl, ab(forwardChunk(5)))
	s.data(MSU, 6, 9)
	s.send(SCTPControl, ab(forwardChunk(7)))
	s.wait(time.Minute)
	s.missed(Gap{Time: 3e9, Count: 1})
	s.measure(4, 5, 0)
}
