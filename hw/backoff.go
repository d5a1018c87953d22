package hw

import "time"

// A Backoff says when what failed is to be tried again: after 0.25 s, then twice as long each time, at most 30 s. The zero
// value is due.
type Backoff struct {
	wait time.Duration // the last one; 0: there was none
	at   time.Time
}

// Waits between two tries: the first, and the longest.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 30 * time.Second
)

// Failed notes a try that failed at t.
func (b *Backoff) Failed(t time.Time) {
	b.wait = min(max(2*b.wait, firstWait), longestWait)
	b.at = t.Add(b.wait)
}

// Reset has the next wait be the first one again.
func (b *Backoff) Reset() { b.wait = 0 }

// Left is how long it is at t until the next try, not above zero when that is due.
func (b *Backoff) Left(t time.Time) time.Duration { return b.at.Sub(t) }
