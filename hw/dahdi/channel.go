package dahdi

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/hw"
	"c7mon/mtp"
	"c7mon/wire"
)

// A channel is one direction of a link, or of a timeslot that may be one.
type channel struct {
	name   string
	line   uint32
	dir    wire.Direction
	slots  []int
	number int    // of the channel in the machine
	dev    device // nil while it is not open
	port   *hw.Port
	silent time.Time // since when octets go by unheard
	failed error     // why it is not open
	down   bool      // EventDown has begun

	sequence string // of the link: basic, extended, or "" while it is not known
	repeats  mtp.RepeatFilter
	errors   mtp.SUERM
	begun    wire.Time // of the first frame, from which the octets of the link are counted
}

// lost says that octets go by unheard from t on.
func (c *channel) lost(t time.Time) {
	if c.silent.IsZero() {
		c.silent = t
	}
}

// found says that octets are heard again, and gives the gap to the link.
func (c *channel) found(t time.Time) {
	if !c.silent.IsZero() && c.port != nil {
		c.port.Gap(wire.TimeOf(t), int64(t.Sub(c.silent)*e1.FrameRate/time.Second))
	}
	c.silent = time.Time{}
}

// close closes the channel, because of err.
func (c *channel) close(t time.Time, err error) {
	if c.dev != nil {
		c.dev.Close()
		c.dev = nil
		c.lost(t)
	}
	c.failed = err
}

// openChannel opens the channel, which its number names, and sets its buffers.
func (n *session) openChannel(c *channel) (err error) {
	dev, err := n.system.open(n.config.Directory + "/channel")
	if err != nil {
		return err
	}
	octets := uint32(clearOctets)
	if n.framed() {
		octets = framedOctets
	}
	err = dev.ioctl(specifyChannel, ints(intOctets, uint32(c.number)))
	switch {
	case err == unix.EBUSY:
		err = errors.New("another program has it open")
	case err == nil:
		if err = dev.ioctl(setBufferInfo, bufferInfo(octets)); err != nil {
			err = fmt.Errorf("buffers: %w", err)
		}
	}
	if err == nil {
		// Drivers before 2.6 do not know the request: what is lost is not told then.
		if err = dev.ioctl(bufferEvents, ints(intOctets, 1)); err == unix.ENOTTY || err == unix.EINVAL {
			err = nil
		}
	}
	if err != nil {
		dev.Close()
		return err
	}
	c.dev = dev
	c.found(time.Now())
	return nil
}

// errEvent is what a read gives while an event waits, ELAST of the driver.
const errEvent = unix.Errno(500)

// hear reads what a channel has: all its events, and at most as many buffers as there are.
func (n *session) hear(c *channel, t time.Time) error {
	for range buffers {
		k, err := c.dev.Read(n.octets)
		switch {
		case err == errEvent:
			if err := n.channelEvents(c); err != nil {
				return err
			}
		case err == unix.EAGAIN:
			return nil
		case err == unix.EINTR:
		case err != nil:
			return fmt.Errorf("read: %w", err)
		case k == 0:
			return errors.New("read: nothing")
		case n.framed():
			n.frame(c, n.octets[:k], wire.TimeOf(t))
		default:
			c.port.Feed(wire.TimeOf(t), n.octets[:k])
		}
	}
	return nil
}

// frameErrors are the events of frames that the driver found errored.
var frameErrors = map[uint32]error{
	eventAbort:   errors.New("signal unit: aborted by seven ones or more"),
	eventOverrun: errors.New("signal unit: longer than any"),
	eventBadFCS:  errors.New("signal unit: frame check sequence is wrong"),
}

// maxEvents is how many events of a channel the driver keeps. More than that in a row is a driver that does not stop.
const maxEvents = 64

// channelEvents takes the events that wait.
func (n *session) channelEvents(c *channel) error {
	for range maxEvents + 1 {
		b := ints(intOctets, 0)
		if err := c.dev.ioctl(getEvent, b); err != nil {
			return fmt.Errorf("event: %w", err)
		}
		switch e := uint32(number(b, 0)); e {
		case eventNone:
			return nil
		case eventAlarm, eventNoAlarm:
			n.look = time.Time{}
		case eventReadOverrun:
			n.event(c.name, c.dir, capture.Event{Kind: capture.EventDropped, Text: "the buffers of the channel were full"})
		case eventRemoved:
			return errors.New("the card was taken out")
		case eventAbort, eventOverrun, eventBadFCS:
			n.errored(c, frameErrors[e])
		}
	}
	return nil
}

// errored gives a frame that the driver found errored, of which it keeps nothing.
func (n *session) errored(c *channel, err error) {
	if !n.framed() {
		return // of a channel that was HDLC before it was clear
	}
	t := wire.TimeOf(time.Now())
	n.batch.put(&capture.Frame{Time: t, Interface: c.line, Direction: c.dir, Type: capture.LinkMTP2, Payload: capture.Malformed, Err: err}, nil)
	n.rate(c, c.errors.Bad())
}

// frame gives a frame, which ends with its check sequence. The driver has checked it, and in mode mtp2 left out those that
// are equal to the one before; what it left out is not counted, so the error rate is known in mode hdlc alone.
func (n *session) frame(c *channel, b []byte, t wire.Time) {
	unit := b[:max(len(b)-fcsOctets, 0)]
	annexA := c.annexA(unit)
	if c.begun == 0 {
		c.begun = t
	}
	perSecond := uint64(e1.FrameRate * len(c.slots))
	at := uint64(t-c.begun) / 1000 * perSecond / 1_000_000
	if pass, left := c.repeats.Pass(unit, annexA, at, perSecond); pass {
		f := capture.Frame{Time: t, Interface: c.line, Direction: c.dir, Type: capture.LinkMTP2, Payload: capture.MTP2,
			FCS: capture.FCSThere, Len: len(b), Repeats: left}
		if annexA {
			f.Payload = capture.MTP2Annex
		}
		n.batch.put(&f, b)
	}
	n.rate(c, c.errors.Good())
}

// fcsOctets is the length of the check sequence.
const fcsOctets = 2

// rate tells of an error rate that has become too high, or no longer is.
func (n *session) rate(c *channel, changed bool) {
	if changed && n.mode.sigtype == sigHDLCFCS {
		n.event(c.name, c.dir, capture.Event{Kind: capture.EventErrorRate, On: c.errors.Excessive()})
	}
}

// annexA tells which sequence numbers the link has: the first unit whose length fits one kind alone tells. Q.703 Annex A.
func (c *channel) annexA(unit []byte) bool {
	if c.sequence == "" {
		basic := fits(unit, false)
		if extended := fits(unit, true); basic != extended {
			c.sequence = "basic"
			if extended {
				c.sequence = "extended"
			}
		}
	}
	return c.sequence == "extended"
}

// flush gives the counts of what was left out of the links of a direction.
func (n *session) flush(d *direction, t wire.Time) {
	for _, c := range d.channels {
		if left := c.repeats.Left(); left > 0 {
			n.batch.put(&capture.Frame{Time: t, Interface: c.line, Direction: c.dir, Repeats: left}, nil)
		}
	}
}
