package capture

import "c7mon/wire"

// Bounds of the reordering window of a file.
const (
	windowTime wire.Time = 1e9 // how far behind the newest a frame may be to be put back in order
	windowSize           = 256 // and how many frames behind
	lookahead            = 32  // frames that are asked whether a leap forward is real
	maxBlocks            = 4   // blocks that frames in the window may hold before it is made smaller
	beforeAll            = earliest
)

// A window puts the frames of one file back in the order of time, as far as they are little out of it.
//
// Frames wait in a ring, sorted by key, until one comes that is windowTime later than the first of them, until the
// ring is full, or until the file ends. Nothing is copied: the ring holds where the octets are, and the blocks that
// they are in stay until the frame has been given back.
//
// A frame further back than the window goes is given where it stands in the file: its key is that of the newest frame,
// and no frame after it is put before it, so that a clock that was set back leaves the order as it is.
// A leap forward of more than windowTime is believed only when at least half of the frames after it (up to lookahead
// of them) are as late: a silent night is, a frame with a wrong time is not, and is then given where it stands too.
// So keys never go back, and one wrong time moves no other frame.
type window struct {
	read     func(*entry) error
	stream   *stream
	ring     [windowSize]entry
	head     uint // number of entries taken out since the beginning
	tail     uint // number of entries put in
	newest   wire.Time
	released wire.Time        // key of the last one taken out
	floor    wire.Time        // key of the last one that was too far back
	ahead    [lookahead]entry // a ring too: the frames after a leap, read but not yet put in
	first    uint             // the first of ahead, counted from the beginning
	held     uint             // how many are in ahead
	err      error            // why there is no more to read
	counts   Anomalies
}

// Anomalies counts frames whose time is out of order.
type Anomalies struct {
	Reordered uint64 // put back in order within the window
	Backward  uint64 // too far behind for that; given where they stand in the file
	Forward   uint64 // far ahead of what follows; given where they stand in the file
	Untimed   uint64 // without a time of their own; given that of the frame before
}

func (a *Anomalies) add(b Anomalies) {
	a.Reordered += b.Reordered
	a.Backward += b.Backward
	a.Forward += b.Forward
	a.Untimed += b.Untimed
}

// reset makes w ready for a file.
func (w *window) reset(read func(*entry) error, s *stream) {
	w.read, w.stream = read, s
	w.head, w.tail, w.first, w.held = 0, 0, 0, 0
	w.newest, w.released, w.floor = beforeAll, beforeAll, beforeAll
	w.err, w.counts = nil, Anomalies{}
}

// peek gives the entry whose turn it is, or why there is none.
func (w *window) peek() (*entry, error) {
	for {
		n := w.tail - w.head
		if n > 0 {
			e := &w.ring[w.head%windowSize]
			if n == windowSize || w.newest-e.key >= windowTime || w.stream.live > maxBlocks {
				return e, nil
			}
		}
		if w.err == nil || w.held > 0 {
			w.take()
			for i := 1; i < batch && w.more(); i++ {
				w.take()
			}
			continue
		}
		if n > 0 {
			return &w.ring[w.head%windowSize], nil
		}
		return nil, w.err
	}
}

// A batch of frames is put in at once, as far as it can be had without reading from the file: taking turns between putting
// in and taking out at each frame costs a wrong guess of the processor at most of them.
const (
	batch       = 16
	batchOctets = 8 << 10 // read and not yet taken
)

// more reports whether another entry can be put in for nothing.
func (w *window) more() bool {
	return w.err == nil && w.held == 0 && w.tail-w.head < windowSize && w.stream.live <= maxBlocks &&
		w.stream.end-w.stream.pos >= batchOctets
}

// pop takes out the entry that peek has given. It stays as it is until the next peek.
func (w *window) pop() *entry {
	e := &w.ring[w.head%windowSize]
	w.head++
	e.key = max(e.key, w.released)
	w.released = e.key
	return e
}

// drop gives back all that w holds.
func (w *window) drop() {
	for ; w.head != w.tail; w.head++ {
		w.stream.release(w.ring[w.head%windowSize].blk)
	}
	for ; w.held > 0; w.held-- {
		w.stream.release(w.ahead[w.first%lookahead].blk)
		w.first++
	}
}

// take puts one more entry in, or notes why there is none.
func (w *window) take() {
	e := &w.ring[w.tail%windowSize]
	if w.held > 0 {
		*e = w.ahead[w.first%lookahead]
		w.first++
		w.held--
	} else if err := w.read(e); err != nil {
		w.err = err
		return
	}
	if lead := e.time - w.newest; lead >= 0 && lead <= windowTime && !e.blank {
		e.key, w.newest = e.time, e.time
		w.tail++
		return
	}
	e.key = w.judge(e)
	w.place()
}

// judge gives the key of an entry that does not simply follow the newest.
func (w *window) judge(e *entry) wire.Time {
	switch lead := e.time - w.newest; {
	case e.blank:
		w.counts.Untimed++
		e.time = 0
		if w.newest != beforeAll {
			e.time = w.newest
		}
		return e.time
	case lead < 0 && lead >= -windowTime && e.time >= max(w.released, w.floor):
		w.counts.Reordered++
		return e.time
	case lead < 0:
		w.counts.Backward++
		w.floor = w.newest
		return w.newest
	}
	if w.believed(e.time) {
		w.newest = e.time
		return e.time
	}
	w.counts.Forward++
	if w.newest != beforeAll {
		return w.newest
	}
	key := e.time
	for i := range w.held {
		key = min(key, w.ahead[(w.first+i)%lookahead].time)
	}
	return key
}

// believed tells whether the frames that follow agree with a leap to t.
func (w *window) believed(t wire.Time) bool {
	for w.held < lookahead && w.err == nil && w.stream.live <= maxBlocks/2 {
		if err := w.read(&w.ahead[(w.first+w.held)%lookahead]); err != nil {
			w.err = err
			break
		}
		w.held++
	}
	agree, against := 0, 0
	for i := range w.held {
		switch e := &w.ahead[(w.first+i)%lookahead]; {
		case e.blank:
		case e.time >= t-windowTime:
			agree++
		default:
			against++
		}
	}
	return agree >= against
}

// place moves the entry at the tail forward to where its key belongs, behind its equals.
func (w *window) place() {
	e := w.ring[w.tail%windowSize]
	at := w.tail
	for ; at != w.head && w.ring[(at-1)%windowSize].key > e.key; at-- {
		w.ring[at%windowSize] = w.ring[(at-1)%windowSize]
	}
	w.ring[at%windowSize] = e
	w.tail++
}
