package dahdi

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A channel is one direction of a link, or of a timeslot that may be one.
type channel struct {
	hw.Conditions // of its line
	slots         []int
	number        int          // of the channel in the machine
	dev           device       // nil while it is not open
	port          *hw.Port     // of a clear channel
	units         *hw.UnitPort // of one in which the kernel finds the frames
	silence       hw.Silence   // while it is not heard
	failed        error        // why it is not open
}

// close closes the channel, because of err.
func (c *channel) close(t time.Time, err error) {
	if c.dev != nil {
		c.dev.Close()
		c.dev = nil
		c.silence.Begin(t)
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
	t := time.Now()
	silent := c.silence.End(t)
	if c.port != nil {
		c.port.Gap(wire.TimeOf(t), silent)
	} else {
		c.units.Skip(wire.TimeOf(t))
	}
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
			c.units.Good(wire.TimeOf(t), n.octets[:k], capture.FCSThere) // the driver has checked it
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
			c.Event(capture.Event{Kind: capture.EventDropped, Text: "the buffers of the channel were full"})
		case eventRemoved:
			return errors.New("the card was taken out")
		case eventAbort, eventOverrun, eventBadFCS:
			if n.framed() { // and no channel that was HDLC before it was clear
				c.units.Bad(now(), frameErrors[e])
			}
		}
	}
	return nil
}
