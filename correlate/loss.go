package correlate

import (
	"time"

	"c7mon/mtp"
	"c7mon/wire"
)

// A gap is a span of the clock in which messages of a line were lost: it was heard at from, and at to numbers were passed
// over.
type gap struct{ from, to wire.Time }

// hearsay is what is known of a line whose sequence numbers are followed.
type hearsay struct {
	heard  wire.Time // when it was last heard
	before wire.Time // the same when numbers were passed over that may still come
}

// A loss shows only when its line is heard again: calls that have ended wait for that, but not for longer than this, which
// is longer than the time between two tests of a link, and not more of them.
const (
	lossWithin  = time.Minute
	mostWaiting = 1 << 14
)

// hearsay gives what is known of a line, or nil.
func (rs *relations) hearsay(w line) *hearsay {
	if int(w.link) < len(rs.known) && uint8(w.dir) < 2 {
		return rs.known[w.link][w.dir]
	}
	return nil
}

// Heard tells that a line whose sequence numbers are followed was heard at t, by the clock: whatever was lost on it later
// was lost after t. It is to be called after Doubt and before Message.
func (c *Correlator) Heard(link mtp.Link, dir wire.Direction, t wire.Time) {
	if s := c.relations.hearsay(line{link, dir}); s != nil {
		s.heard = t // the clock never goes back
	} else {
		c.relations.follow(line{link, dir}, t)
	}
}

// follow notes that the sequence numbers of a line are followed.
func (rs *relations) follow(w line, t wire.Time) {
	if uint8(w.dir) > 1 {
		return
	}
	for int64(w.link) >= int64(len(rs.known)) {
		rs.known = append(rs.known, [2]*hearsay{})
	}
	rs.known[w.link][w.dir] = &hearsay{heard: t, before: t}
}

// Missed tells that signal units were lost on a line: since is when the numbers were passed over. Calls that were up since
// the line was heard before are suspect (those that still are learn it when they end), and circuits that were idle are
// unknown again.
func (c *Correlator) Missed(link mtp.Link, dir wire.Direction, since wire.Time) {
	w := line{link, dir}
	c.hide(since)
	g := gap{since, since}
	if s := c.relations.hearsay(w); s != nil {
		g.from = min(since, s.heard)
		if c.relations.doubt[w] {
			g.from = min(since, s.before)
		}
	}
	for _, r := range c.relations.all {
		if r.on(w) {
			r.lost(g)
		}
	}
	for l := c.held.first; l != nil; l = l.next {
		if l.ct.rel.on(w) {
			l.suspectIf(l.until)
		}
	}
}

// lost notes a loss.
func (r *relation) lost(g gap) {
	for i := range r.gaps {
		switch h := &r.gaps[i]; {
		case g.to == h.to:
			h.from = min(h.from, g.from)
			return
		case g.to > h.to:
			copy(r.gaps[i+1:], r.gaps[i:])
			r.gaps[i] = g
			return
		}
	}
}

// suspectIf flags a call that is known to have been up until end, by the clock (NoTime: of the capture), when messages may
// have been lost while it was. A loss that showed only long after its end is not counted, whenever the end was noticed.
func (l *leg) suspectIf(end wire.Time) {
	if l.ct.rel.gaps[0].to > l.began { // short, so that it costs nothing where nothing was lost
		l.suspectWithin(end)
	}
}

func (l *leg) suspectWithin(end wire.Time) {
	for _, g := range l.ct.rel.gaps {
		if g.to > l.began && (g.to <= end || !end.Known() || g.from < end && g.to.Sub(end) <= lossWithin) {
			l.Flags |= Suspect
		}
	}
}

// upUntil is the time, by the clock, until which l may have been up that ends now. One whose RLC was not heard may have
// been until now: the RLC may be what was lost.
func (c *Correlator) upUntil(l *leg) wire.Time {
	switch l.EndReason {
	case ByCaptureEnd:
		return wire.NoTime
	case ByBlocking:
		return l.blockedAt
	case ByGlare:
		return max(l.began, l.ct.call.began)
	}
	return min(c.clock.now, l.last.Add(c.opt.MaxCall))
}

// An awaited line has to be heard again before a call can go that ended at since.
type awaited struct {
	*hearsay
	since wire.Time
}

// by reports whether the line is still waited for at t.
func (a *awaited) by(t wire.Time) bool {
	return a.hearsay != nil && a.heard < a.since && t.Sub(a.since) <= lossWithin
}

// waits reports whether l, which has ended, waits for a line of its points. What the oldest of such calls waits for is noted,
// so that it need not be looked at with every message.
func (c *Correlator) waits(l *leg) bool {
	if !l.until.Known() || c.held.n > mostWaiting {
		return false
	}
	for _, w := range l.ct.rel.lines {
		if a := (awaited{c.relations.hearsay(w), l.until}); a.by(c.clock.now) {
			if l == c.held.first {
				c.awaited = a
			}
			return true
		}
	}
	return false
}

// letGo gives out the calls that have waited longest, as far as they wait no more.
func (c *Correlator) letGo() {
	for l := c.held.first; l != nil && !l.retry.Known() && l.ct.rel.doubts == 0 && !c.waits(l); l = c.held.first {
		c.emit(l)
	}
}
