package sigtran

import (
	"time"

	"c7mon/wire"
)

const (
	pieceTimeout = 3 * time.Second
	maxPieces    = 256     // that wait in one flow
	maxWaiting   = 2 << 20 // octets that wait in all flows
	idleBuffers  = 256     // buffers kept for later pieces
	idleOctets   = 4096    // and how large each may be
)

// A piece is a part of a user message, RFC 9260 6.9 and RFC 8260 2.2.
type piece struct {
	message  message
	seq      uint32 // place in the message: TSN of DATA, fragment sequence number of I-DATA
	tsn      uint32
	first    bool
	last     bool
	ppid     uint32 // of the first piece
	deadline wire.Time
	data     []byte
}

// message tells the user messages of a flow apart. Pieces are sorted by it and by seq.
type message struct {
	stream uint16
	kind   uint16 // unordered, I-DATA
	id     uint32 // stream sequence number or message identifier
}

func (p *piece) before(q *piece) bool {
	a, b := p.message, q.message
	switch {
	case a.stream != b.stream:
		return a.stream < b.stream
	case a.kind != b.kind:
		return a.kind < b.kind
	case a.id != b.id:
		return a.id < b.id
	}
	return int32(p.seq-q.seq) < 0
}

// pieceStore holds the buffers of all pieces.
type pieceStore struct {
	octets int
	idle   [][]byte
}

// keep copies a piece, and gives the user message it completes with its payload protocol, or nil.
func (d *Decoder) keep(f *flow, p piece) (whole []byte, ppid uint32) {
	s := &d.store
	if s.octets+len(p.data) > maxWaiting || len(f.pieces) >= maxPieces {
		d.counts.DroppedPieces++
		return nil, 0
	}
	var buffer []byte
	if n := len(s.idle); n > 0 {
		buffer, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	p.data, p.deadline = append(buffer[:0], p.data...), d.time.Add(pieceTimeout)
	s.octets += len(p.data)
	at := len(f.pieces)
	for at > 0 && p.before(&f.pieces[at-1]) {
		at--
	}
	if at > 0 && f.pieces[at-1].message == p.message && f.pieces[at-1].seq == p.seq {
		at--
		d.drop(f, at, at+1)
		d.counts.DroppedPieces++
	}
	f.pieces = append(f.pieces, piece{})
	copy(f.pieces[at+1:], f.pieces[at:])
	f.pieces[at] = p
	from, to := f.around(at)
	if from < 0 {
		d.await(f, p.deadline)
		return nil, 0
	}
	start := len(d.joined)
	for i := from; i < to; i++ {
		d.joined = append(d.joined, f.pieces[i].data...)
	}
	ppid = f.pieces[from].ppid
	d.drop(f, from, to)
	d.counts.Joined++
	return d.joined[start:len(d.joined):len(d.joined)], ppid
}

// around gives the pieces from the first to behind the last of the message that the piece at i is in, or -1 while one
// is missing.
func (f *flow) around(i int) (from, to int) {
	for from = i; !f.pieces[from].first; from-- {
		if from == 0 || !f.follows(from) {
			return -1, -1
		}
	}
	for to = i; !f.pieces[to].last; to++ {
		if to+1 == len(f.pieces) || !f.follows(to+1) {
			return -1, -1
		}
	}
	return from, to + 1
}

// follows says whether the piece at i continues the one before it.
func (f *flow) follows(i int) bool {
	a, b := &f.pieces[i-1], &f.pieces[i]
	return a.message == b.message && a.seq+1 == b.seq
}

// drop takes the pieces from i to before j off.
func (d *Decoder) drop(f *flow, i, j int) {
	s := &d.store
	for k := i; k < j; k++ {
		s.octets -= len(f.pieces[k].data)
		if len(s.idle) < idleBuffers && cap(f.pieces[k].data) <= idleOctets {
			s.idle = append(s.idle, f.pieces[k].data)
		}
	}
	n := i + copy(f.pieces[i:], f.pieces[j:])
	clear(f.pieces[n:])
	f.pieces = f.pieces[:n]
}

// dropPieces takes all pieces of a flow off.
func (d *Decoder) dropPieces(f *flow) {
	d.counts.DroppedPieces += uint64(len(f.pieces))
	d.drop(f, 0, len(f.pieces))
}

// dropPiecesTo takes the pieces up to a TSN off.
func (d *Decoder) dropPiecesTo(f *flow, tsn uint32) {
	for i := 0; i < len(f.pieces); {
		if int32(f.pieces[i].tsn-tsn) > 0 {
			i++
			continue
		}
		d.drop(f, i, i+1)
		d.counts.DroppedPieces++
	}
}

// expirePieces takes off the pieces that waited too long and gives the next deadline.
func (d *Decoder) expirePieces(f *flow, t wire.Time) wire.Time {
	next := never
	for i := 0; i < len(f.pieces); {
		if due := f.pieces[i].deadline; due > t {
			next = min(next, due)
			i++
			continue
		}
		d.drop(f, i, i+1)
		d.counts.DroppedPieces++
	}
	return next
}
