package tariff

// A timer knows when the intervals of a call are over, as the meter counts them (4.1, 4.3 d and e), in ticks of a tenth of a
// second since the answer. The book needs it for what the meter does not tell: when a block that has begun ends, and whether
// an interval ends in the moment in which the tariff changes.
type timer struct {
	over int64 // when the interval under way is over, 0 when nothing is timed
	next int64 // e2, in force when it is over
}

// newTimer starts a timer with e7 and e2.
func newTimer(e7, e2 int64) timer {
	if e7 == 0 {
		e7 = e2
	}
	return timer{over: e7, next: e2}
}

// advance lets time go on to a tick, whose own interval is over.
func (t *timer) advance(now int64) {
	if t.over == 0 || t.over > now {
		return
	}
	if t.next == 0 {
		t.over = 0
		return
	}
	t.over += ((now-t.over)/t.next + 1) * t.next
}

// change tells a new e2 at a time in nanoseconds, and gives the time at which the meter has to be told. A band is in force
// from its first moment on, so an interval that begins in just that moment is already its own: the message comes a
// nanosecond before it.
func (t *timer) change(at, e2 int64) int64 {
	now, told := at/int64(tick), at
	if at%int64(tick) == 0 {
		t.advance(now - 1)
		if t.over == now {
			told--
		}
	} else {
		t.advance(now)
	}
	t.next = e2
	if t.over == 0 && e2 > 0 { // at once
		t.over = now + e2
	}
	return told
}

// whole gives the time up to which a call has to be charged so that the block under way at its end is charged as a whole. A
// block has begun when the call lasted longer than to its beginning.
func (t *timer) whole(length int64) int64 {
	now := (length + int64(tick) - 1) / int64(tick)
	t.advance(now - 1)
	if now == 0 || t.over == 0 {
		return length
	}
	return t.over * int64(tick)
}
