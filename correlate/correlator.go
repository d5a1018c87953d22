package correlate

import (
	"time"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// A Namer says what a call belongs to; the configuration is one. Network is asked once for each pair of points, the other
// two once for each call, when it ends.
type Namer interface {
	Network(ni uint8, opc, dpc uint32) string
	TrunkGroup(c *Call) string
	Service(c *Call) string
}

// nameless stands for a configuration that there is not.
type nameless struct{}

func (nameless) Network(uint8, uint32, uint32) string { return "default" }
func (nameless) TrunkGroup(*Call) string              { return "" }
func (nameless) Service(*Call) string                 { return "" }

// Options are what a Correlator needs to know.
type Options struct {
	Namer   Namer         // nil: every network is "default", and there are no trunk groups and services
	MaxCall time.Duration // a call of which nothing is heard for so long is closed; 24 h when zero
	Sink    func(*Call)   // takes each call when it has ended; the Call is borrowed until Sink returns
}

// The times that the rules of design section 5 name.
const (
	defaultMaxCall  = 24 * time.Hour
	repeatedIAM     = 2 * time.Second  // the same IAM again within this is a repeat
	reattemptWithin = 5 * time.Second  // the same call on another circuit within this is a re-attempt
	blockingRelease = 60 * time.Second // a REL after a hardware CGB comes within this
	seizureWindow   = 30 * time.Second // T7: an IAM from the other side later than this is no dual seizure
	owedFor         = 10 * time.Second // an RLC still owed for an earlier REL or RSC comes within this
	sweepEvery      = 10 * time.Minute // how often calls are looked through for max_call
)

// Fate is the counter that a message ends in.
type Fate uint8

// The fates.
const (
	Decoded  Fate = iota // part of a call, or circuit supervision
	Orphan               // for a circuit with no call
	Repeat               // ISUP's own repeat of an IAM
	FateEnds             // number of fates
)

// At says where and when a message was heard.
type At struct {
	Time  wire.Time // as the capture has it
	Clock wire.Time // for timers: of a source that puts wrong times right; NoTime or 0 for Time
	File  int
	Frame uint64
}

// clock is the time that timers go by: of a source that puts wrong times right, its own; else the capture's.
func (a *At) clock() (t wire.Time, trusted bool) {
	if a.Clock.Known() && a.Clock != 0 {
		return a.Clock, true
	}
	return a.Time, false
}

// A Correlator joins messages to calls. It is for one goroutine.
type Correlator struct {
	opt       Options
	clock     clock
	relations relations
	circuits  circuits
	open      list      // calls that stand on a circuit, in the order they began
	held      list      // ended calls that wait for evidence, in the order they ended
	awaited   awaited   // what the oldest of them waits for
	due       queue     // deadlines of held calls and blocked circuits
	retries   []retry   // calls that may be tried again on another circuit
	free      []*leg    // legs to use again
	swept     wire.Time // when calls were last looked through for max_call
	silent    wire.Time // the earliest that max_call of any of them can be over
	lapsed    []*leg    // those that the last look found over
	begun     uint64
	ended     uint64

	// The message in hand.
	at   At
	now  wire.Time // when it was heard, by the clock
	msu  *mtp.MSU
	msg  *isup.Message
	side int // of the sender: 0 the lower point code, 1 the higher
}

// New gives a Correlator.
func New(opt Options) *Correlator {
	if opt.MaxCall <= 0 {
		opt.MaxCall = defaultMaxCall
	}
	if opt.Namer == nil {
		opt.Namer = nameless{}
	}
	return &Correlator{opt: opt, circuits: circuits{}, relations: newRelations(), swept: wire.NoTime,
		clock: clock{now: wire.NoTime, ahead: wire.NoTime}, silent: wire.NoTime,
		open: list{place: open}, held: list{place: held}}
}

// Open is the number of calls that are up.
func (c *Correlator) Open() int { return c.open.n }

// Ended is the number of calls given to the sink.
func (c *Correlator) Ended() uint64 { return c.ended }

// Anomalies is the number of messages whose time was far ahead of those around them.
func (c *Correlator) Anomalies() uint64 { return c.clock.anomalies }

// Message takes an ISUP or BICC message. What a call record keeps is copied; msu and msg stay the caller's.
func (c *Correlator) Message(at At, msu *mtp.MSU, msg *isup.Message) Fate {
	c.now = c.advance(at.clock())
	c.at, c.msu, c.msg = at, msu, msg
	rel := c.relations.of(msu, msg.Tables.Protocol, c.opt.Namer)
	c.side = 0
	if msu.OPC > msu.DPC {
		c.side = 1
	}
	ct := c.circuits.of(rel, msg.CIC)
	if w := (line{msu.Link, msu.Direction}); ct.heard[c.side] != w {
		ct.heard[c.side] = w
		c.relations.heard(rel, w)
	}
	return c.dispatch(ct)
}

// Tick tells that it is t, when nothing was heard: timers run on it. It changes no record.
func (c *Correlator) Tick(t wire.Time) { c.advance(t, false) }

// advance moves the clock to t and runs the timers that are over; it gives the clock's time. A time that is not trusted
// moves it only when the clock believes it.
func (c *Correlator) advance(t wire.Time, trusted bool) wire.Time {
	now, moved := c.clock.advance(t, trusted)
	if !moved {
		return now
	}
	for c.due.before(now) {
		c.expire(c.due.pop())
	}
	if !c.swept.Known() || now.Sub(c.swept) >= sweepEvery {
		c.sweep()
	}
	if c.held.first != nil && (!c.awaited.by(now) || c.held.n > mostWaiting) {
		c.letGo()
	}
	return now
}

// Close ends the capture: calls still up go to the sink with the reason capture_end.
func (c *Correlator) Close() {
	c.sweep()
	c.relations.settle()
	for l := c.open.first; l != nil; l = c.open.first {
		c.settleSeizure(l.ct)
		switch {
		case l.in != open: // it lost
		case l.Release.Known():
			c.end(l, ByRelease, l.Release)
		default:
			c.end(l, ByCaptureEnd, wire.NoTime) // it has no end yet
		}
	}
	for c.held.first != nil {
		c.emit(c.held.first)
	}
}

// sweep closes the calls of which nothing was heard for max_call, as of their deadline, and notes when it has to be done
// again at the earliest.
func (c *Correlator) sweep() {
	c.swept = c.clock.now
	c.silent = c.swept.Add(c.opt.MaxCall)
	c.lapsed = c.lapsed[:0]
	for l := c.open.first; l != nil; l = l.next {
		if c.over(l) {
			c.lapsed = append(c.lapsed, l)
		} else {
			c.silent = min(c.silent, l.last.Add(c.opt.MaxCall))
		}
	}
	for _, l := range c.lapsed {
		if l.in == open { // else it lost a dual seizure to one of the others
			c.lapse(l)
		}
	}
}

// hide keeps what a loss at t would hide: the losses before it, of calls whose max_call was over already.
func (c *Correlator) hide(t wire.Time) {
	if !c.silent.Known() || t < c.silent {
		return
	}
	c.silent = t.Add(c.opt.MaxCall)
	for l := c.open.first; l != nil; l = l.next {
		deadline := l.last.Add(c.opt.MaxCall)
		if deadline <= t && !l.Release.Known() && !l.blocked.Known() { // else it ended earlier still
			l.suspectIf(deadline)
		}
		c.silent = min(c.silent, deadline)
	}
}

// over reports whether a timer of l is over.
func (c *Correlator) over(l *leg) bool {
	return c.clock.now.Sub(l.last) >= c.opt.MaxCall ||
		l.blocked.Known() && !l.Release.Known() && c.clock.now.Sub(l.blockedAt) > blockingRelease
}

// lapse closes l when one of its timers is over, as of its deadline. Whoever looks at a call calls it first, so that it
// does not matter when the timers were last run.
func (c *Correlator) lapse(l *leg) {
	if l == nil || !c.over(l) {
		return
	}
	c.settleSeizure(l.ct)
	switch {
	case l.in != open: // it lost
	case l.Release.Known():
		c.end(l, ByRelease, l.Release)
	case l.blocked.Known():
		c.end(l, ByBlocking, l.blocked)
	default:
		c.end(l, ByTimeout, l.last.Add(c.opt.MaxCall))
	}
}

// A clock follows frame time, never backward. A time far ahead of the ones before it is believed when the next one says so
// too: a single wrong time must not end every call.
type clock struct {
	now       wire.Time
	ahead     wire.Time // a time that is not believed yet
	anomalies uint64
}

const farAhead = time.Hour

// advance takes a time and gives the clock's; moved is false when that is as before.
func (k *clock) advance(t wire.Time, trusted bool) (now wire.Time, moved bool) {
	switch {
	case !t.Known():
		return k.now, false
	case !k.now.Known(), trusted && t > k.now:
	case t <= k.now:
		k.ahead = wire.NoTime
		return k.now, false
	case t.Sub(k.now) <= farAhead:
	case !k.ahead.Known() || k.ahead.Sub(t) > farAhead: // the one before was further ahead yet
		if !k.ahead.Known() {
			k.anomalies++
		}
		k.ahead = t
		return k.now, false
	default:
		k.anomalies-- // silence, not an error
	}
	k.now, k.ahead = t, wire.NoTime
	return t, true
}
