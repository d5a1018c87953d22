package monitor

import (
	"io"
	"sync"
	"sync/atomic"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A liveQueue is what one source has heard and is not yet given. The source's goroutine fills one batch while the other is
// being given.
type liveQueue struct {
	NamedSource
	index int
	spoke atomic.Bool // it has given something, a tick at least

	mu    sync.Mutex
	space sync.Cond // told when the batch is taken
	in    liveBatch // filled by the source's goroutine
	ended bool
	stop  bool // Live was closed
	after int  // frames since

	out   liveBatch // being given
	head  int
	taken time.Time // when out was taken
	over  bool      // ended, and all of it is taken
	reach wire.Time // time of its last frame: nothing earlier comes
}

// A liveBatch is frames with their octets. Until a frame is given, its Clock is when it came by the machine's clock.
type liveBatch struct {
	frames []capture.Frame
	ends   []int // of each frame's octets in octets
	octets []byte
}

func (b *liveBatch) full() bool { return len(b.frames) >= liveFrames || len(b.octets) >= liveOctets }

func newLiveQueue(s NamedSource, index int) *liveQueue {
	q := &liveQueue{NamedSource: s, index: index, reach: wire.NoTime}
	q.space.L = &q.mu
	return q
}

// read takes what the source gives, until it ends. An error is told as a source that is down, for nothing comes behind it.
func (q *liveQueue) read(l *Live) {
	var f capture.Frame
	for {
		err := q.Source.Next(&f)
		now := wire.TimeOf(l.now())
		q.spoke.Store(true)
		if err != nil {
			f = capture.Frame{Time: now, Direction: wire.NoDirection, Payload: capture.LineEvent,
				Event: capture.Event{Kind: capture.EventDown, On: true, Text: err.Error()}}
		} else if !l.near.Load() && f.Time.Known() && !farApart(f.Time, now) {
			l.near.Store(true)
		}
		first, more := false, err != io.EOF
		if f.Clock = now; more && (f.Payload != capture.Tick || f.Repeats > 0) {
			first, more = q.put(l, &f)
		}
		if err != nil || !more {
			q.end()
			l.changed()
			return
		}
		if first {
			l.changed()
		}
	}
}

// put adds a frame, and waits before where there is no room. first says that nothing waited; more is false when the source
// goes on and on after it was closed.
func (q *liveQueue) put(l *Live, f *capture.Frame) (first, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.in.full() && !q.stop {
		l.full.Add(1)
		l.tell()
		q.space.Wait()
		l.full.Add(-1)
	}
	if q.stop {
		if q.after++; q.after > liveFrames || len(q.in.octets) >= 2*liveOctets {
			return false, false
		}
	}
	b := &q.in
	b.octets = append(b.octets, f.Data...)
	b.ends = append(b.ends, len(b.octets))
	b.frames = append(b.frames, *f)
	b.frames[len(b.frames)-1].Data = nil // the source's own octets
	return len(b.frames) == 1, true
}

func (q *liveQueue) end() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
}

// take gets what the source's goroutine has gathered, once all of the batch before is given.
func (q *liveQueue) take(l *Live) {
	q.out.frames, q.out.ends, q.out.octets, q.head = q.out.frames[:0], q.out.ends[:0], q.out.octets[:0], 0
	q.mu.Lock()
	q.in, q.out = q.out, q.in
	q.over = q.ended && len(q.out.frames) == 0
	q.mu.Unlock()
	if len(q.out.frames) > 0 {
		q.space.Signal()
		q.taken = l.now()
	}
}

func (q *liveQueue) empty() bool { return q.head >= len(q.out.frames) }

// first is the first frame, without its octets; there has to be one.
func (q *liveQueue) first() *capture.Frame { return &q.out.frames[q.head] }

// give hands the first frame over, with its octets.
func (q *liveQueue) give(f *capture.Frame) {
	at := 0
	if q.head > 0 {
		at = q.out.ends[q.head-1]
	}
	end := q.out.ends[q.head]
	*f = q.out.frames[q.head]
	f.Data, f.File = q.out.octets[at:end:end], q.index
}

// close makes the source's goroutine wait no more, and closes the source.
func (q *liveQueue) close() {
	q.mu.Lock()
	q.stop = true
	q.mu.Unlock()
	q.space.Broadcast()
	q.Source.Close()
}
