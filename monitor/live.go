package monitor

import (
	"io"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A LiveSource is a capture.Source that waits for what comes, names its lines, and can be closed by another goroutine.
type LiveSource interface {
	capture.Source
	LineName(f *capture.Frame) string
	Close() error
}

// A NamedSource is a live source and the name that the configuration gives it.
type NamedSource struct {
	Name   string
	Source LiveSource
}

// Bounds of Live.
const (
	liveWait   = 500 * time.Millisecond // how long a frame waits for what a silent source may have before it
	liveGrain  = 10 * time.Millisecond  // and how much longer, so that those that wait are given many at once
	liveFrames = 1 << 16                // frames of a source that wait to be read; then the source itself waits
	liveOctets = 8 << 20                // and their octets
	liveTick   = time.Second
	liveBehind = 2 * time.Second // ticks stay so much behind, for what is on its way
	liveBegin  = 2 * time.Second // how long a source may take to speak before the clocks of others are judged
	liveEnd    = 3 * time.Second // how long Close waits for the sources
	liveAstray = time.Minute     // a frame whose time is so far from the machine's clock may be astray, see place
)

// Live gives the frames of several live sources as one stream in the order of time: each source has a goroutine that waits
// for it, and what it heard waits here until nothing earlier can come of the others. One that is silent, or gone, holds the
// others up for half a second and no longer, and not at all while the queue of a source is full. A frame whose time is far
// off is put in order by when it came; its Time stays as it is. Clock never goes back. It goes on with the frames, and where
// these are late, or there are none, with the time that passes, two seconds behind; then ticks tell it.
//
// It ends with io.EOF when all sources have ended. A source that ends with another error is told as down. Next is for one
// goroutine, Close for any.
type Live struct {
	queues []*liveQueue
	wake   chan struct{}
	closed atomic.Pointer[time.Time]
	ended  chan struct{} // closed when all sources have ended
	shut   chan struct{} // closed when Close of all sources has come back
	news   atomic.Uint32 // changes when a source that had nothing has something, or has ended
	full   atomic.Int32  // sources that wait for room
	near   atomic.Bool   // a source was heard whose times are near the machine's clock
	began  time.Time

	heads  []wire.Time // by source: the place of its first frame in the order of time, nothing where it has none
	behind wire.Time   // up to here none of those that have nothing can have anything
	seen   uint32      // news that were looked at
	looked wire.Time   // when it was last looked at the machine's clock

	given  *liveQueue // whose first frame the caller has
	clock  wire.Time  // of the last frame or tick
	when   time.Time  // when it was so late by the clock
	ticked time.Time  // when the caller was last given anything
	late   uint64
}

// nothing is the place of a frame that is not there.
const nothing wire.Time = math.MaxInt64

// NewLive begins to read the sources. Close closes them.
func NewLive(sources []NamedSource) *Live {
	now := time.Now()
	l := &Live{wake: make(chan struct{}, 1), ended: make(chan struct{}), shut: make(chan struct{}),
		clock: wire.NoTime, behind: wire.NoTime, began: now, when: now, ticked: now}
	var all sync.WaitGroup
	for i, s := range sources {
		q := newLiveQueue(s, i)
		l.queues, l.heads = append(l.queues, q), append(l.heads, nothing)
		all.Go(func() { q.read(l) })
	}
	go func() {
		all.Wait()
		close(l.ended)
	}()
	return l
}

// now reads the machine's clock, which nothing else of this package does.
func (l *Live) now() time.Time { return time.Now() }

// changed says that a source that had nothing has something, or that it has ended.
func (l *Live) changed() {
	l.news.Add(1)
	l.tell()
}

// tell wakes the reader.
func (l *Live) tell() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Next gives the next frame, event or tick. At the end f is as it was.
func (l *Live) Next(f *capture.Frame) error {
	if q := l.given; q != nil {
		l.given = nil
		if q.head++; q.empty() {
			l.refill()
		} else {
			l.heads[q.index] = l.place(q.first())
		}
	}
	for {
		if n := l.news.Load(); n != l.seen {
			l.seen = n
			l.refill()
		}
		q, closed := l.earliest(), l.closed.Load()
		if q != nil && (l.due(q) || closed != nil) {
			l.give(f, q)
			return nil
		}
		now := time.Now()
		l.looked = wire.TimeOf(now)
		wait := liveTick - now.Sub(l.ticked)
		switch {
		case q != nil:
			left := l.patience(q, now)
			if left <= 0 {
				l.give(f, q)
				return nil
			}
			wait = min(wait, left+liveGrain)
		case closed != nil:
			wait = liveEnd - now.Sub(*closed)
		}
		switch {
		case q == nil && (l.over() || closed != nil && wait <= 0):
			return io.EOF
		case wait <= 0:
			l.tick(f, now)
			return nil
		}
		l.sleep(wait)
	}
}

// refill looks for frames of the sources that have none here.
func (l *Live) refill() {
	l.behind = nothing
	for i, q := range l.queues {
		if q.empty() && !q.over {
			q.take(l)
		}
		switch {
		case q.over:
			l.heads[i] = nothing
		case q.empty():
			l.heads[i], l.behind = nothing, min(l.behind, q.reach)
		default:
			l.heads[i] = l.place(q.first())
		}
	}
}

// earliest finds the source whose turn it is, nil when there is no frame.
func (l *Live) earliest() *liveQueue {
	first, at := nothing, -1
	for i, t := range l.heads {
		if t < first {
			first, at = t, i
		}
	}
	if at < 0 {
		return nil
	}
	return l.queues[at]
}

// over reports whether nothing more can come.
func (l *Live) over() bool {
	for _, q := range l.queues {
		if !q.over {
			return false
		}
	}
	return true
}

// sleep waits until something comes, at most so long.
func (l *Live) sleep(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.wake:
	}
}

// give hands the first frame of q over.
func (l *Live) give(f *capture.Frame, q *liveQueue) {
	q.give(f)
	at := l.heads[q.index]
	own := at == f.Time
	if own {
		q.reach = max(q.reach, at)
	}
	if at >= l.clock {
		l.clock, l.when = at, q.taken
	} else {
		if own {
			l.late++
		}
		l.pass(q.taken)
	}
	f.Clock, l.given = l.clock, q
	if f.Payload == capture.Tick { // what was left out: no more than a time
		f.Time = f.Clock
	}
}

// pass lets the clock go on by the time that has passed.
func (l *Live) pass(now time.Time) {
	if passed := now.Sub(l.when) - liveBehind; passed > 0 && l.clock.Known() {
		l.clock, l.when = l.clock.Add(passed), l.when.Add(passed)
	}
}

// tick makes f say that time passes.
func (l *Live) tick(f *capture.Frame, now time.Time) {
	l.pass(now)
	l.ticked = now
	*f = capture.Frame{Time: l.clock, Clock: l.clock, Direction: wire.NoDirection}
}

// Late counts the frames that came when later ones had been given already.
func (l *Live) Late() uint64 { return l.late }

// LineName names the line of a frame: the source, a colon, and the line where the source has several.
func (l *Live) LineName(f *capture.Frame) string {
	if f.File < 0 || f.File >= len(l.queues) {
		return ""
	}
	q := l.queues[f.File]
	if name := q.Source.LineName(f); name != "" {
		return q.Name + ":" + name
	}
	return q.Name
}

// Close closes all sources. What they had heard before is still given, then io.EOF. It waits until the sources have ended,
// but not for one that does not.
func (l *Live) Close() error {
	now := time.Now()
	if l.closed.CompareAndSwap(nil, &now) {
		var all sync.WaitGroup
		for _, q := range l.queues {
			all.Go(q.close)
		}
		go func() {
			all.Wait()
			close(l.shut)
		}()
		l.tell()
	}
	timer := time.NewTimer(liveEnd)
	defer timer.Stop()
	for _, done := range [...]<-chan struct{}{l.shut, l.ended} {
		select {
		case <-done:
		case <-timer.C:
			return nil
		}
	}
	return nil
}
