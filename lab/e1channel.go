package lab

import (
	"c7mon/e1"
	"c7mon/mtp"
)

// e1Channel is one direction of a link: the end that sends, and its octets of a timeslot. It sends FISUs one behind the other
// where there is no message.
type e1Channel struct {
	stuffer *e1.Stuffer
	made    int64 // octets made, of which the stuffer still has some
	fsn     uint16
	heard   uint16      // FSN of the other end's last message that has come
	waiting []e1Unit    // messages
	sent    []e1Unit    // messages that are not wholly on the line, first the oldest
	unread  []e1Unit    // of them, those that the other end has not heard
	shadow  int64       // messages that begin before it are hit
	measure *e1.Stuffer // tells how long a unit is
	octets  []byte
	spare   []byte
}

// e1Unit is a message and where it lies on the line, in octets of its timeslot.
type e1Unit struct {
	begin, end int64
	fsn        uint16
	octets     []byte // SIO and SIF while it waits, then the whole unit without its check sequence
	hit        bool
}

func newE1Channel() e1Channel {
	return e1Channel{stuffer: e1.NewStuffer(e1.MSBFirst), measure: e1.NewStuffer(e1.MSBFirst)}
}

func (c *e1Channel) begin(fsn uint16) { c.fsn = fsn }

func (c *e1Channel) busy() bool { return len(c.waiting) > 0 || len(c.sent) > 0 }

// send lets a message wait whose last bit is to lie in front of octet end.
func (c *e1Channel) send(end int64, data []byte) {
	c.octets = (&mtp.SignalUnit{BSN: c.heard, FSN: c.fsn, BIB: true, FIB: true, Data: data}).Append(c.octets[:0], false)
	c.waiting = append(c.waiting, e1Unit{begin: end - c.length(c.octets), end: end, octets: append([]byte(nil), data...)})
}

// length is how many octets of the line a unit takes behind a flag, with its check sequence.
func (c *e1Channel) length(unit []byte) int64 {
	c.measure.Flags(1)
	before := c.measure.Ready()
	c.measure.Unit(unit)
	n := c.measure.Ready()
	c.spare = append(c.spare[:0], make([]byte, n)...)
	c.measure.Take(c.spare)
	return int64(n - before - 1)
}

// around is how many octets on either side of a message the flag there may take.
const around = 2

// soon is how many octets a message may come too early, so that no flags are needed behind the FISU before it.
const soon = 3

// make makes octets up to number to, and a few more where a unit has begun. It acknowledges what came from the other end.
func (c *e1Channel) make(to int64, other *e1Channel) {
	for c.made < to {
		for len(other.unread) > 0 && other.unread[0].end <= c.made {
			c.heard, other.unread = other.unread[0].fsn, other.unread[1:]
		}
		if len(c.waiting) > 0 && c.waiting[0].begin <= c.made+soon {
			u := c.waiting[0]
			c.waiting = c.waiting[1:]
			c.message(&u)
			continue
		}
		c.unit(nil)
	}
}

// message makes a message and notes where it lies.
func (c *e1Channel) message(u *e1Unit) {
	c.fsn = (c.fsn + 1) & 0x7f
	u.begin, u.fsn = c.made, c.fsn
	u.hit = u.begin-around < c.shadow
	c.unit(u.octets)
	u.end = c.made - 1 // a flag is behind it
	u.octets = append([]byte(nil), c.octets...)
	c.sent, c.unread = append(c.sent, *u), append(c.unread, *u)
}

// unit makes a message, or a FISU where data is nil.
func (c *e1Channel) unit(data []byte) {
	before := c.stuffer.Ready()
	c.octets = (&mtp.SignalUnit{BSN: c.heard, FSN: c.fsn, BIB: true, FIB: true, Data: data}).Append(c.octets[:0], false)
	c.stuffer.Unit(c.octets)
	c.made += int64(c.stuffer.Ready() - before)
}
