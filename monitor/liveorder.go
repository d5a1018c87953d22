package monitor

import (
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// due reports whether the first frame of q need not wait, as far as that can be told without looking at the machine's clock.
func (l *Live) due(q *liveQueue) bool {
	return l.heads[q.index] <= l.behind || l.full.Load() > 0 || q.first().Clock.Add(liveWait) <= l.looked && !l.early(q)
}

// patience is how long the first frame of q is still to wait for silent sources. The batch that it is of bounds it too,
// should the machine's clock be set back.
func (l *Live) patience(q *liveQueue, now time.Time) time.Duration {
	if l.early(q) {
		return l.began.Add(liveBegin).Sub(now)
	}
	return min(q.first().Clock.Add(liveWait).Sub(l.looked), q.taken.Add(liveWait).Sub(now))
}

// early reports whether it is too early to believe the first frame of q, which is far ahead of the machine's clock: there
// are sources that have not spoken yet, and none that has is near it.
func (l *Live) early(q *liveQueue) bool {
	f := q.first()
	if l.near.Load() || f.Time <= f.Clock || !farApart(f.Time, f.Clock) || l.now().Sub(l.began) > liveBegin {
		return false
	}
	for _, q := range l.queues {
		if !q.spoke.Load() {
			return true
		}
	}
	return false
}

// place is where a frame stands in the order: at its time, or where it came, by the machine's clock, when its time is far
// from that and would hold up the clock of the stream, or is far behind it. A source that has a clock of its own, such as a
// recording, is in nobody's way as long as no other has the machine's.
func (l *Live) place(f *capture.Frame) wire.Time {
	t, came := f.Time, f.Clock
	switch {
	case !t.Known():
		return came
	case !farApart(t, came):
		return t
	case t > came && l.near.Load(), t < came && l.clock.Known() && t < l.clock.Add(-liveAstray):
		return came
	}
	return min(t, nothing-1)
}

// farApart reports whether t is astray by a clock that shows now.
func farApart(t, now wire.Time) bool { return t > now.Add(liveAstray) || t < now.Add(-liveAstray) }
