package sigtran

import (
	"testing"
	"time"
)

// pieces gives the message in n DATA chunks from TSN 10 on.
func pieces(n int) (all [][]byte) {
	size := (len(long) + n - 1) / n
	for i := range n {
		flags := byte(0)
		if i == 0 {
			flags |= flagFirst
		}
		if i == n-1 {
			flags |= flagLast
		}
		all = append(all, dataChunk(flags, 10+uint32(i), 1, 5, 3, long[i*size:min(len(long), (i+1)*size)]))
	}
	return all
}

func TestPieces(t *testing.T) {
	f := func(n int, order ...int) {
		t.Helper()
		s := newScript(t)
		for i, k := range order {
			want := Fragment
			if i == len(order)-1 {
				want = MSU
			}
			s.send(want, ab(pieces(n)[k]))
		}
		s.isLong()
		for _, k := range order {
			s.send(Duplicate, ab(pieces(n)[k]))
		}
		if c := s.d.Counts(); int(c.Pieces) != n || c.Joined != 1 || c.MSUs != 1 || int(c.RepeatedPieces) != n {
			t.Errorf("counts %+v", c)
		}
		if s.d.store.octets != 0 {
			t.Errorf("%d octets wait", s.d.store.octets)
		}
	}
	f(2, 0, 1)
	f(2, 1, 0)
	f(5, 0, 1, 2, 3, 4)
	f(5, 4, 3, 2, 1, 0)
	f(5, 2, 0, 4, 1, 3)
}

// TestPiecesBundled has the end of one message and the whole of two others in one packet.
func TestPiecesBundled(t *testing.T) {
	s := newScript(t)
	p := pieces(2)
	s.send(MSU, ab(whole(9, simple("one")), p[0]))
	s.send(MSU, ab(p[1], whole(12, simple("two")), whole(13, simple("three"))))
	if it := s.d.Items; len(it) != 3 || string(it[0].MSU.Data) != longText || string(it[2].MSU.Data) != "three" {
		t.Errorf("items %+v", it)
	}
}

// TestPieceLost: a piece that never comes leaves the others to be dropped.
func TestPieceLost(t *testing.T) {
	s := newScript(t)
	p := pieces(3)
	s.send(Fragment, ab(p[0]))
	s.send(Fragment, ab(p[2]))
	s.wait(2 * time.Second)
	if n := len(s.d.table.waiting); n != 1 {
		t.Errorf("%d flows wait", n)
	}
	s.wait(2 * time.Second)
	s.missed(Gap{Time: 3e9, Count: 1})
	if c := s.d.Counts(); c.DroppedPieces != 2 || s.d.store.octets != 0 || len(s.d.table.waiting) != 0 {
		t.Errorf("counts %+v", c)
	}
}

func TestPiecesForwarded(t *testing.T) {
	s := newScript(t)
	p := pieces(3)
	s.send(Fragment, ab(p[0], p[1]))
	s.send(SCTPControl, ab(forwardChunk(12)))
	if c := s.d.Counts(); c.DroppedPieces != 2 || s.d.store.octets != 0 {
		t.Errorf("counts %+v", c)
	}
	s.data(MSU, 13)
	s.wait(time.Minute)
	s.missed()
}

// TestPiecesOfTwoMessages: a first piece begins a message though the one before has no last.
func TestPiecesOfTwoMessages(t *testing.T) {
	s := newScript(t)
	p := pieces(2)
	s.send(Fragment, ab(dataChunk(flagFirst, 8, 1, 5, 3, []byte("lost"))))
	s.send(Fragment, ab(dataChunk(0, 9, 1, 5, 3, []byte("lost"))))
	s.send(Fragment, ab(p[0]))
	s.send(MSU, ab(p[1]))
	s.isLong()
}

// TestIData has two messages whose pieces are interleaved, RFC 8260.
func TestIData(t *testing.T) {
	s := newScript(t)
	half := len(long) / 2
	s.send(Fragment, ab(iDataChunk(flagFirst, 1, 1, 7, 3, long[:half])))
	s.send(Fragment, ab(iDataChunk(flagFirst, 2, 2, 7, 3, long[:half])))
	s.send(Fragment, ab(iDataChunk(flagLast, 3, 1, 7, 2, long[half+10:])))
	s.send(MSU, ab(iDataChunk(0, 4, 1, 7, 1, long[half:half+10])))
	s.isLong()
	s.send(MSU, ab(iDataChunk(flagLast, 5, 2, 7, 1, long[half:])))
	s.isLong()
	s.send(MSU, ab(iDataChunk(flagFirst|flagLast, 6, 1, 8, 3, long)))
	s.isLong()
	s.send(Duplicate, ab(iDataChunk(flagFirst|flagLast, 6, 1, 8, 3, long)))
}

// TestIDataOnOtherPorts: only the first piece says that it is M3UA.
func TestIDataOnOtherPorts(t *testing.T) {
	s := newScript(t)
	send := func(want Verdict, chunk []byte) {
		t.Helper()
		s.send(want, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(5000, 6000, tagB, chunk)))
	}
	send(Other, iDataChunk(0, 9, 1, 6, 3, long[:40])) // nothing is known yet; 3 is no PPID here
	send(Fragment, iDataChunk(flagFirst, 10, 1, 7, 3, long[:40]))
	send(Fragment, iDataChunk(0, 11, 1, 7, 1, long[40:80]))
	send(MSU, iDataChunk(flagLast, 12, 1, 7, 2, long[80:]))
	s.isLong()
	send(Other, iDataChunk(flagFirst|flagLast, 13, 1, 8, 46, long))
}

func TestPiecesAreBounded(t *testing.T) {
	s := newScript(t)
	for i := range uint32(2000) {
		s.d.Packet(0, ab(dataChunk(flagFirst, i, 1, int(i), 3, make([]byte, 2000))))
		s.d.Packet(0, ba(dataChunk(flagFirst, i, 1, int(i), 3, make([]byte, 40000))))
	}
	if s.d.store.octets > maxWaiting {
		t.Errorf("%d octets wait", s.d.store.octets)
	}
	if c := s.d.Counts(); c.DroppedPieces == 0 || c.Data != c.Pieces {
		t.Errorf("counts %+v", c)
	}
}
