package lab

import (
	"fmt"
	"io"
	"time"

	"c7mon/e1"
	"c7mon/mtp"
	"c7mon/wire"
)

// Times of an E1: a frame, and the piece that is made at once, as much as a USB tap gives each millisecond.
const (
	e1Frame  = 125 * time.Microsecond
	e1Piece  = 8 // frames
	e1Tick   = e1Piece * e1Frame
	e1Lead   = 500 * time.Millisecond // fill-in before the scenario begins, so that a receiver is aligned when it does
	e1Tail   = 250 * time.Millisecond // and after its last message
	e1Behind = 80 * time.Millisecond  // more than the longest unit takes: a unit is known before its first bit is due
)

// The timeslots that carry something else than the links: link 0 has timeslot 16, the others 1 to 15 and 17 to 28.
const (
	e1MostLinks   = 28
	firstSpeech   = 30
	secondSpeech  = 31
	idleEven      = 0xd5 // A-law without any sound
	idleOdd       = 0x54
	slotsOfAFrame = e1.FrameOctets - 1
)

// slotOf is the timeslot of a link.
func slotOf(link int) int {
	switch {
	case link == 0:
		return 16
	case link < 16:
		return link
	}
	return link + 1
}

// e1Line puts the signal units of all links on the timeslots of one E1, bit by bit, both directions. A unit ends on the line
// when the scenario says that it was heard, or later where the one before is in its way.
type e1Line struct {
	sink   *e1Sink
	faults *e1Faults
	chance chance
	engine *engine
	pause  time.Duration

	links   []e1Link
	encoder [2]e1.Encoder // near exchange's, far exchange's
	speech  [4][]byte     // again and again; the two timeslots of the one, then of the other
	base    wire.Time     // when frame 0 began, later by each pause
	first   wire.Time
	pos     int64     // frames made
	last    wire.Time // of the latest message
	slots   []byte
	frames  []byte
	msuBuf  []byte
}

// e1Link is a link: the direction of the near exchange, and the other.
type e1Link [2]e1Channel

func newE1Line(w io.Writer, o *Options, n *network, ch chance) (*e1Line, error) {
	if n.links > e1MostLinks {
		return nil, fmt.Errorf("scenario %s has %d links: an E1 takes %d", o.Scenario, n.links, e1MostLinks)
	}
	l := &e1Line{sink: newE1Sink(w, o), chance: ch, pause: o.Pause, links: make([]e1Link, n.links),
		slots: make([]byte, e1Piece*slotsOfAFrame)}
	for i := range l.links {
		for way := range l.links[i] {
			l.links[i][way] = newE1Channel()
		}
	}
	l.faults = newE1Faults(o, l.links)
	for way := range l.encoder {
		l.encoder[way].CRC4 = true
	}
	speech := newChance("speech", o.Seed)
	for i := range l.speech {
		l.speech[i] = talk(speech)
	}
	return l, nil
}

// begin gives each end the number that it had reached when the capture began, the same as without an E1.
func (l *e1Line) begin(e *engine, at wire.Time) error {
	l.engine, l.last = e, at
	l.base = at.Add(-e1Lead)
	l.first = l.base
	for i := range l.links {
		for way := range l.links[i] {
			l.links[i][way].begin(uint16(l.chance.below(128)))
		}
		for way := range l.links[i] {
			l.links[i][way].heard = l.links[i][1-way].fsn
		}
	}
	return nil
}

func (l *e1Line) msu(_ *engine, at wire.Time, r *route, near bool, m *mtp.MSU) error {
	if err := l.rest(at); err != nil {
		return err
	}
	l.last = at
	way := 0
	if !near {
		way = 1
	}
	l.msuBuf = m.Append(l.msuBuf[:0])
	l.links[r.link(m.SLS)][way].send(l.frameAt(at), l.msuBuf)
	return l.advance(at.Add(-e1Behind))
}

func (l *e1Line) test(e *engine, at wire.Time, r *route, link int) error {
	testLink(e, at, r, link)
	return nil
}

// frameAt is the number of frames that have gone by at a moment; when is the moment at which so many have.
func (l *e1Line) frameAt(at wire.Time) int64 { return int64(at.Sub(l.base) / e1Frame) }

func (l *e1Line) when(frames int64) wire.Time { return l.base.Add(time.Duration(frames) * e1Frame) }

// rest lets the recording stand still before a message at that moment, where that was asked for and the line is idle for
// longer. The frames go on where they were, and only their time tells.
func (l *e1Line) rest(at wire.Time) error {
	if l.pause == 0 || at.Sub(l.last) <= l.pause {
		return nil
	}
	if err := l.advance(l.last.Add(l.pause / 2)); err != nil {
		return err
	}
	for l.busy() {
		if err := l.tick(); err != nil {
			return err
		}
	}
	l.base = l.base.Add(max(0, at.Add(-l.pause/2).Sub(l.when(l.pos)).Truncate(2*time.Millisecond)))
	return nil
}

// busy reports whether a message waits, or is not wholly on the line.
func (l *e1Line) busy() bool {
	for i := range l.links {
		if l.links[i][0].busy() || l.links[i][1].busy() {
			return true
		}
	}
	return false
}

// advance makes the E1 up to a moment.
func (l *e1Line) advance(to wire.Time) error {
	for l.when(l.pos+e1Piece) <= to {
		if err := l.tick(); err != nil {
			return err
		}
	}
	return nil
}

// tick makes the next piece of both directions.
func (l *e1Line) tick() error {
	for i := range l.links {
		k := &l.links[i]
		k[0].make(l.pos+e1Piece, &k[1])
		k[1].make(l.pos+e1Piece, &k[0])
	}
	end := l.when(l.pos + e1Piece)
	for way := range l.encoder {
		l.fill(way)
		l.frames = l.encoder[way].Append(l.frames[:0], l.slots)
		l.frames = l.faults.spoil(way, l.pos, end, l.frames)
		if err := l.sink.put(way, l.pos, end, l.frames); err != nil {
			return err
		}
	}
	l.pos += e1Piece
	for i := range l.links {
		for way := range l.links[i] {
			l.tell(i, way)
		}
	}
	return nil
}

// fill sets the timeslots of a piece of one direction.
func (l *e1Line) fill(way int) {
	var octets [e1Piece]byte
	for slot := 1; slot <= slotsOfAFrame; slot++ {
		idle := byte(idleEven)
		if slot%2 == 1 {
			idle = idleOdd
		}
		for i := range octets {
			l.slots[i*slotsOfAFrame+slot-1] = idle
		}
	}
	for link := range l.links {
		l.links[link][way].stuffer.Take(octets[:])
		l.put(slotOf(link), octets[:])
	}
	for i, slot := range [...]int{firstSpeech, secondSpeech} {
		s := l.speech[2*way+i]
		at := int(l.pos % int64(len(s)))
		l.put(slot, s[at:at+e1Piece])
	}
}

func (l *e1Line) put(slot int, octets []byte) {
	for i, o := range octets {
		l.slots[i*slotsOfAFrame+slot-1] = o
	}
}

// tell gives the messages that are wholly on the line to whoever asked.
func (l *e1Line) tell(link, way int) {
	c := &l.links[link][way]
	for len(c.sent) > 0 && c.sent[0].end+around <= l.pos {
		u := &c.sent[0]
		if u.hit {
			l.faults.sum.Hit++
		}
		if l.faults.unit != nil {
			l.faults.unit(&Unit{Link: link, Timeslot: slotOf(link), Near: way == 0, At: l.when(u.end), Octets: u.octets, Hit: u.hit})
		}
		c.sent = c.sent[1:]
	}
}

// flush lets out what waits, and some fill-in behind it; an E1 that was to end at a moment goes on up to it.
func (l *e1Line) flush() error {
	end := l.last.Add(e1Tail)
	if l.engine.cut {
		end = l.engine.stop
	}
	for l.busy() {
		if err := l.tick(); err != nil {
			return err
		}
	}
	if err := l.advance(end); err != nil {
		return err
	}
	return l.sink.flush()
}

func (l *e1Line) written() written { return written{l.sink.frames, l.first, l.when(l.pos)} }
