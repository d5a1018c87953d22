package monitor

import (
	"io"
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
	liveQueue  = 16384                  // frames of a source that wait to be read; then the source itself waits
	liveOctets = 16 << 20               // and their octets
	liveTick   = time.Second
	liveBehind = 2 * time.Second // ticks stay so much behind, for what is on its way
	liveEnd    = 3 * time.Second // how long Close waits for the sources
	liveAstray = time.Minute     // a source whose times are so far from the machine's clock, while others are not, is astray
)

// Live gives the frames of several live sources as one stream in the order of time: each source has a goroutine that waits
// for it, and what it heard waits here until nothing earlier can come of the others. One that is silent, or gone, holds the
// others up for half a second and no longer. A source whose clock is far off, while another's is right, is put in order by
// when its frames came; their Time stays as it is. Clock never goes back. Ticks go by the time of the frames: the time that
// passed since the last one, less two seconds.
//
// It ends with io.EOF when all sources have ended. Next is for one goroutine, Close for any.
type Live struct {
	queues []*liveQueued
	wake   chan struct{}
	closed atomic.Pointer[time.Time]
	ended  chan struct{} // closed when all sources have ended

	given  *liveQueued // whose head the caller has
	clock  wire.Time   // of the last frame
	when   time.Time   // it was given
	ticked time.Time   // when the caller was last given anything
	late   uint64
}

// liveQueued is what one source has heard and is not yet given.
type liveQueued struct {
	NamedSource
	index int

	mu    sync.Mutex
	space sync.Cond // told when the queue is taken
	in    liveBatch // filled by the source's goroutine
	ended bool
	stop  bool

	out    liveBatch // being given
	head   int
	taken  time.Time // when out was taken
	over   bool      // ended, and all of it is taken
	reach  wire.Time // time of its last frame: nothing earlier comes
	near   bool      // its times are near the machine's clock
	astray bool      // see liveAstray
}

// A liveBatch is frames with their octets.
type liveBatch struct {
	frames []capture.Frame
	ends   []int // of each frame's octets in octets
	octets []byte
}

// NewLive begins to read the sources. They are closed by Close of the Live, or when they end.
func NewLive(sources []NamedSource) *Live {
	l := &Live{wake: make(chan struct{}, 1), ended: make(chan struct{}), clock: wire.NoTime, when: time.Now()}
	l.ticked = l.when
	var all sync.WaitGroup
	for i, s := range sources {
		q := &liveQueued{NamedSource: s, index: i, reach: wire.NoTime}
		q.space.L = &q.mu
		l.queues = append(l.queues, q)
		all.Go(func() { l.read(q) })
	}
	go func() {
		all.Wait()
		close(l.ended)
	}()
	return l
}

// read takes what one source gives, until it ends.
func (l *Live) read(q *liveQueued) {
	var f capture.Frame
	for {
		err := q.Source.Next(&f)
		q.mu.Lock()
		if err != nil {
			q.ended = true
			q.mu.Unlock()
			l.tell()
			return
		}
		if f.Payload != capture.Tick || f.Repeats > 0 {
			for !q.stop && (len(q.in.frames) >= liveQueue || len(q.in.octets) >= liveOctets) {
				q.space.Wait()
			}
			q.in.octets = append(q.in.octets, f.Data...)
			q.in.frames = append(q.in.frames, f)
			q.in.ends = append(q.in.ends, len(q.in.octets))
		}
		first := len(q.in.frames) == 1
		q.mu.Unlock()
		if first {
			l.tell()
		}
	}
}

// tell wakes the reader.
func (l *Live) tell() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// take gets what the source's goroutine has gathered.
func (q *liveQueued) take(now time.Time) {
	q.out.frames, q.out.ends, q.out.octets, q.head = q.out.frames[:0], q.out.ends[:0], q.out.octets[:0], 0
	q.mu.Lock()
	q.in, q.out = q.out, q.in
	q.over = q.ended && len(q.out.frames) == 0
	q.mu.Unlock()
	q.space.Signal()
	q.taken = now
	if n := len(q.out.frames); n > 0 {
		off := q.out.frames[n-1].Time.Sub(wire.TimeOf(now))
		q.near = off.Abs() < liveAstray
	}
}

// Next gives the next frame, event or tick.
func (l *Live) Next(f *capture.Frame) error {
	if l.given != nil {
		l.given.head++
		l.given = nil
	}
	for {
		best, until, over := l.choose()
		closed := l.closedAt()
		if !closed.IsZero() {
			until, over = time.Time{}, over || time.Since(closed) > liveEnd
		}
		if best != nil && until.IsZero() {
			l.give(f, best)
			return nil
		}
		if over {
			return io.EOF
		}
		now := time.Now()
		wait := liveTick - now.Sub(l.ticked)
		if !closed.IsZero() {
			wait = time.Millisecond // until the sources have ended
		}
		if best != nil {
			wait = min(wait, until.Sub(now))
		}
		if wait > 0 {
			l.sleep(wait)
			continue
		}
		if best == nil || now.Sub(l.ticked) >= liveTick {
			l.tick(f, now)
			return nil
		}
	}
}

// choose finds the frame whose turn it is. Where it has to wait for silent sources, until is the moment up to which it does;
// over says that nothing more can come.
func (l *Live) choose() (best *liveQueued, until time.Time, over bool) {
	var now time.Time
	over = true
	silent, near := false, false
	for _, q := range l.queues {
		if q.head >= len(q.out.frames) && !q.over {
			if now.IsZero() {
				now = time.Now()
			}
			q.take(now)
		}
		over = over && q.over
		near = near || q.near && !q.over
	}
	for _, q := range l.queues {
		if q.over || q.head >= len(q.out.frames) {
			continue
		}
		q.astray = near && !q.near
		if best == nil || l.key(q) < l.key(best) {
			best = q
		}
	}
	if best == nil {
		return nil, until, over
	}
	key := l.key(best)
	for _, q := range l.queues {
		silent = silent || !q.over && q.head >= len(q.out.frames) && (!q.reach.Known() || q.reach < key)
	}
	if silent {
		if deadline := best.taken.Add(liveWait); time.Until(deadline) > 0 {
			return best, deadline, false
		}
	}
	return best, time.Time{}, false
}

// key is the place of the first frame of q in the order of time.
func (l *Live) key(q *liveQueued) wire.Time {
	if q.astray {
		return wire.TimeOf(q.taken)
	}
	return q.out.frames[q.head].Time
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
func (l *Live) give(f *capture.Frame, q *liveQueued) {
	at := 0
	if q.head > 0 {
		at = q.out.ends[q.head-1]
	}
	key := l.key(q)
	*f = q.out.frames[q.head]
	f.Data, f.File = q.out.octets[at:q.out.ends[q.head]:q.out.ends[q.head]], q.index
	if !q.astray {
		q.reach = max(q.reach, key)
	}
	if key < l.clock {
		l.late++
		key = l.clock
	}
	f.Clock, l.clock, l.given = key, key, q
	l.when = time.Now()
	l.ticked = l.when
}

// tick makes f say that time passes.
func (l *Live) tick(f *capture.Frame, now time.Time) {
	*f = capture.Frame{Time: wire.NoTime, Direction: wire.NoDirection}
	l.ticked = now
	if l.clock.Known() {
		l.clock = max(l.clock, l.clock.Add(now.Sub(l.when)-liveBehind))
		if passed := now.Sub(l.when) - liveBehind; passed > 0 {
			l.when = l.when.Add(passed)
		}
		f.Time = l.clock
	}
	f.Clock = f.Time
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

// closedAt is when Close was called, the zero time before.
func (l *Live) closedAt() time.Time {
	if t := l.closed.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// Close closes all sources. What they had heard before is still given, then io.EOF. It waits until the sources have ended,
// but not for one that does not.
func (l *Live) Close() error {
	now := time.Now()
	if l.closed.CompareAndSwap(nil, &now) {
		for _, q := range l.queues {
			q.mu.Lock()
			q.stop = true
			q.mu.Unlock()
			q.space.Broadcast()
			q.Source.Close()
		}
		l.tell()
	}
	timer := time.NewTimer(liveEnd)
	defer timer.Stop()
	select {
	case <-l.ended:
	case <-timer.C:
	}
	return nil
}
