package e1d

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/e1"
	"c7mon/hw"
	"c7mon/wire"
)

// A direction is one line of osmo-e1d: one direction of an E1.
type direction struct {
	hw.Conditions
	at     address
	name   string // of the E1
	dir    wire.Direction
	ports  map[string]*hw.Port // by name of the line
	mode   uint8               // of the line, 0 where it is not known yet
	feeds  []*feed
	failed error // why it was not opened
}

// A feed is one descriptor of osmo-e1d: a timeslot, or the super-channel, in which timeslots 1 to 31 follow each other.
type feed struct {
	hw.Conditions // of the timeslot, or of the whole line
	at            address
	timeslot      uint8
	fd            int // -1 while it is not open
	parts         []part
	rest          []byte     // of a frame of the super-channel that is not whole yet
	slot          []byte     // octets of one part
	silence       hw.Silence // while it is not heard
	failed        error      // why it is not open
}

// A part is the timeslots of one line in a feed.
type part struct {
	name  string
	slots []int // positions in a frame of the feed
	port  *hw.Port
}

// superchannelOctets is the length of a frame of the super-channel: timeslot 0 is left out.
const superchannelOctets = e1.FrameOctets - 1

// port gives the port of a line, which stays the same from one session to the next.
func (d *direction) port(r *hw.Receiver, name string, n int) *hw.Port {
	p := d.ports[name]
	if p == nil {
		p = r.Channel(name, d.dir, n)
		d.ports[name] = p
	}
	return p
}

// arrange makes the feeds of a line in its mode. The links are those of the configuration, or each timeslot that can be one.
func (d *direction) arrange(r *hw.Receiver, links []hw.Link, mode uint8) error {
	if len(links) == 0 {
		for t := 1; t < e1.FrameOctets; t++ {
			links = append(links, hw.Link{Name: strconv.Itoa(t), Timeslots: []int{t}})
		}
	}
	var parts []part
	for _, l := range links {
		p := part{name: d.name + "/" + l.Name}
		for _, t := range l.Timeslots {
			p.slots = append(p.slots, t-1)
		}
		if mode == lineChannelized && len(p.slots) > 1 {
			return fmt.Errorf("it is channelized, and link %s has several timeslots: mode: superchannel is needed", l.Name)
		}
		parts = append(parts, p)
	}
	d.feeds = d.feeds[:0]
	for i := range parts {
		parts[i].port = d.port(r, parts[i].name, len(parts[i].slots))
		if mode == lineChannelized {
			t := uint8(parts[i].slots[0] + 1)
			parts[i].slots[0] = 0
			d.feeds = append(d.feeds, &feed{Conditions: r.Conditions(parts[i].name, d.dir), at: d.at, timeslot: t, fd: -1, parts: parts[i : i+1]})
		}
	}
	if mode == lineSuperchannel {
		d.feeds = append(d.feeds, &feed{Conditions: r.Conditions(d.name, d.dir), at: d.at, timeslot: superchannel, fd: -1, parts: parts})
	}
	return nil
}

// found says that octets are heard again, and gives the gap to the links.
func (f *feed) found(t time.Time) {
	silent := f.silence.End(t)
	for _, p := range f.parts {
		p.port.Gap(wire.TimeOf(t), silent*int64(len(p.slots)))
	}
}

func (f *feed) close() {
	drop(f.fd)
	f.fd, f.rest = -1, f.rest[:0]
}

// take gives octets to the ports; in the super-channel they begin with f.rest. Nothing of b is kept.
func (f *feed) take(b []byte, t wire.Time) {
	if f.timeslot != superchannel {
		f.parts[0].port.Feed(t, b)
		return
	}
	whole := len(b) / superchannelOctets * superchannelOctets
	for i := range f.parts {
		p := &f.parts[i]
		f.slot = gather(f.slot[:0], b[:whole], p.slots)
		p.port.Feed(t, f.slot)
	}
	f.rest = append(f.rest[:0], b[whole:]...)
}

// gather appends the octets at the positions of slots in each frame.
func gather(dst, frames []byte, slots []int) []byte {
	for ; len(frames) >= superchannelOctets; frames = frames[superchannelOctets:] {
		for _, s := range slots {
			dst = append(dst, frames[s])
		}
	}
	return dst
}

// readOctets is how much of a timeslot is read at once: half a second, so that those that wait in line stay in step.
const readOctets = 4096

// firstFeed is where the descriptors of the feeds begin among those that are polled.
const firstFeed = 2

// hear reads what a descriptor has.
func (n *session) hear(f *feed, t time.Time) {
	room := n.octets
	if f.timeslot != superchannel {
		room = room[:readOctets]
	}
	rest := copy(room, f.rest)
	k, err := unix.Read(f.fd, room[rest:])
	switch {
	case err == unix.EAGAIN || err == unix.EINTR:
	case err == nil && k > 0:
		f.take(room[:rest+k], wire.TimeOf(t))
	default:
		f.close()
		f.silence.Begin(t)
		f.failed = errors.New("osmo-e1d has closed it")
		f.Down(f.failed)
		n.listOpen()
		n.retry.Reset()
		n.retry.Failed(t)
	}
}

// openAll opens what is not open. It fails when nothing is open then; else events tell what cannot be opened, and it is
// tried again.
func (n *session) openAll() error {
	var first error
	for _, d := range n.directions {
		d.failed = n.openDirection(d)
		first = cmp.Or(first, d.failed)
		for _, f := range d.feeds {
			first = cmp.Or(first, f.failed)
		}
	}
	n.listOpen()
	if len(n.open) == 0 {
		return first
	}
	for _, d := range n.directions {
		d.Down(d.failed)
		for _, f := range d.feeds {
			f.Down(f.failed)
		}
	}
	return nil
}

// openDirection finds the mode of a line and opens its feeds.
func (n *session) openDirection(d *direction) error {
	if d.mode == 0 {
		if err := n.findMode(d); err != nil {
			return fmt.Errorf("line %v: %w", d.at, err)
		}
	}
	for _, f := range d.feeds {
		if f.fd >= 0 {
			continue
		}
		if f.failed = n.openFeed(f); f.failed != nil {
			f.failed = fmt.Errorf("line %v, timeslot %d: %w", d.at, f.timeslot, f.failed)
		}
	}
	return nil
}

// findMode asks for the mode of a line, or puts it into that of the configuration, and makes its feeds, or keeps those of
// the session before where the mode is the same.
func (n *session) findMode(d *direction) error {
	mode, err := n.client.lineMode(d.at)
	if err != nil {
		return err
	}
	if n.mode != 0 && mode != n.mode {
		if err := n.client.setLineMode(d.at, n.mode); err != nil {
			return err
		}
		mode = n.mode
	}
	if mode != lineChannelized && mode != lineSuperchannel {
		return fmt.Errorf("its mode is %s: channelized or superchannel is needed", modeText(mode))
	}
	if len(d.feeds) == 0 || (d.feeds[0].timeslot == superchannel) != (mode == lineSuperchannel) {
		if err := d.arrange(n.receiver, n.links, mode); err != nil {
			return err
		}
	}
	d.mode = mode
	return nil
}

// openFeed opens one timeslot.
func (n *session) openFeed(f *feed) error {
	buffer := n.config.Buffer
	if f.timeslot == superchannel {
		buffer *= superchannelOctets // whole frames, so that what osmo-e1d drops is whole frames too
	}
	fd, err := n.client.open(f.at, f.timeslot, n.config.Force, buffer)
	if err != nil {
		return err
	}
	if n.config.ReceiveOnly {
		if err := unix.Shutdown(fd, unix.SHUT_WR); err != nil {
			drop(fd)
			return fmt.Errorf("receive_only: %w", err)
		}
	}
	f.fd = fd
	f.found(time.Now())
	return nil
}

// tryAgain opens what is not open, when it is time.
func (n *session) tryAgain(now time.Time) error {
	if n.retry.Left(now) > 0 {
		return nil
	}
	n.retry.Failed(now)
	for _, d := range n.directions {
		closed := d.mode == 0
		for _, f := range d.feeds {
			closed = closed || f.fd < 0
		}
		if closed {
			return n.openAll()
		}
	}
	return nil
}

// listOpen lists what is polled.
func (n *session) listOpen() {
	in := func(fd int) unix.PollFd { return unix.PollFd{Fd: int32(fd), Events: unix.POLLIN} }
	n.open = n.open[:0]
	n.polls = append(n.polls[:0], in(n.client.pipe[0]), in(n.client.control))
	for _, d := range n.directions {
		for _, f := range d.feeds {
			if f.fd >= 0 {
				n.open = append(n.open, f)
				n.polls = append(n.polls, in(f.fd))
			}
		}
	}
}
