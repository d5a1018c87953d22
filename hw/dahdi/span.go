package dahdi

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// A direction is one span: one direction of an E1.
type direction struct {
	hw.Conditions
	span     int
	name     string // of the E1
	dir      wire.Direction
	channels map[string]*channel // by name of the line, the same from one session to the next
	order    []string            // names of channels
	failed   error               // why nothing of it can be heard
	loop     bool
	known    bool     // info is of this session
	info     spanInfo // when it was looked at last
}

// status asks for the state of a span.
func status(control device, span int) (info spanInfo, err error) {
	b := ints(spanOctets, uint32(span))
	if err := control.ioctl(spanStatus, b); err != nil {
		return info, fmt.Errorf("span %d: %w", span, err)
	}
	return info, info.Decode(b)
}

// allChannels asks for the channels of the machine.
func allChannels(control device) (all []params, err error) {
	for n := 1; n < maxChannels; n++ {
		p, err := channelParams(control, uint32(n))
		if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV) {
			continue // there is none of that number
		}
		if err != nil {
			return nil, fmt.Errorf("channel %d: %w", n, err)
		}
		p.channel = n
		all = append(all, p)
	}
	return all, nil
}

func channelParams(control device, channel uint32) (p params, err error) {
	b := ints(paramsOctets, channel)
	if err := control.ioctl(getParams, b); err != nil {
		return p, err
	}
	return p, p.Decode(b)
}

// openAll opens what is not open. It fails when nothing is open then; else events tell what cannot be opened, and it is
// tried again.
func (n *session) openAll() error {
	all, err := allChannels(n.control)
	if err != nil {
		return fmt.Errorf("DAHDI: %w", err)
	}
	var first error
	for _, d := range n.directions {
		d.failed = n.openDirection(d, all)
		first = cmp.Or(first, d.failed)
		for _, name := range d.order {
			first = cmp.Or(first, d.channels[name].failed)
		}
	}
	n.listOpen()
	if len(n.open) == 0 {
		return fmt.Errorf("DAHDI: %w", first)
	}
	for _, d := range n.directions {
		d.Down(d.failed)
		for _, name := range d.order {
			c := d.channels[name]
			c.Down(c.failed)
		}
	}
	return nil
}

// openDirection finds the channels of a span and opens them.
func (n *session) openDirection(d *direction, all []params) error {
	if _, err := status(n.control, d.span); err != nil {
		return fmt.Errorf("there is no %w", err)
	}
	byPosition := map[int]params{}
	for _, p := range all {
		if p.span == d.span {
			byPosition[p.position] = p
		}
	}
	links := n.links
	if len(links) == 0 {
		if links = clearLinks(byPosition); len(links) == 0 {
			return fmt.Errorf("span %d has no clear channel: bchan=1-31, or the timeslots in question, is needed in /etc/dahdi/system.conf", d.span)
		}
	}
	for _, l := range links {
		c := n.channelOf(d, l)
		if c.dev != nil {
			continue
		}
		p, err := n.check(d.span, l, byPosition)
		if err == nil {
			c.number = p.channel
			err = n.openChannel(c)
		}
		if c.failed = err; err != nil {
			c.failed = fmt.Errorf("span %d, timeslot %d (channel %d): %w", d.span, l.Timeslots[0], p.channel, err)
		}
	}
	return nil
}

// clearLinks are the timeslots that can be read, where the configuration names no links.
func clearLinks(byPosition map[int]params) (links []hw.Link) {
	for pos, p := range byPosition {
		if p.sigtype == sigClear {
			links = append(links, hw.Link{Name: strconv.Itoa(pos), Timeslots: []int{pos}})
		}
	}
	slices.SortFunc(links, func(a, b hw.Link) int { return a.Timeslots[0] - b.Timeslots[0] })
	return links
}

// channelOf gives the channel of a link, which stays the same from one session to the next.
func (n *session) channelOf(d *direction, l hw.Link) *channel {
	name := d.name + "/" + l.Name
	c := d.channels[name]
	if c == nil {
		c = &channel{Conditions: n.receiver.Conditions(name, d.dir), slots: l.Timeslots}
		if n.framed() {
			// In mode mtp2 the driver leaves out what is equal to the unit before and does not count it.
			c.units = n.receiver.Units(name, d.dir, len(l.Timeslots), n.mode.sigtype == sigHDLCFCS)
		} else {
			c.port = n.receiver.Channel(name, d.dir, 1)
		}
		d.channels[name] = c
		d.order = append(d.order, name)
	}
	return c
}

// check holds the configuration of a link's channels against the mode, and gives the one to be opened.
func (n *session) check(span int, l hw.Link, byPosition map[int]params) (p params, err error) {
	first, there := byPosition[l.Timeslots[0]]
	if !there {
		return first, errors.New("it is not there")
	}
	want := fmt.Sprintf("%s=%s is needed in /etc/dahdi/system.conf, and dahdi_cfg after that", n.mode.keyword, channelList(l, byPosition))
	if first.sigtype != n.mode.sigtype {
		return first, fmt.Errorf("it is configured as %s: %s", sigtypeText(first.sigtype), want)
	}
	for _, t := range l.Timeslots[1:] {
		p, there := byPosition[t]
		if !there {
			return first, fmt.Errorf("timeslot %d is not there", t)
		}
		m, err := channelParams(n.control, uint32(p.channel)|wantMaster)
		if err != nil {
			return first, fmt.Errorf("timeslot %d: %w", t, err)
		}
		if m.channel&^wantMaster != first.channel {
			return first, fmt.Errorf("timeslot %d is not bundled with it: %s", t, want)
		}
	}
	return first, nil
}

// channelList is the list of a link's channels as system.conf has it: "1-15,17-31".
func channelList(l hw.Link, byPosition map[int]params) string {
	var b strings.Builder
	for i := 0; i < len(l.Timeslots); {
		from := byPosition[l.Timeslots[i]].channel
		j := i + 1
		for j < len(l.Timeslots) && byPosition[l.Timeslots[j]].channel == from+j-i {
			j++
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(from))
		if j-i > 1 {
			b.WriteString("-" + strconv.Itoa(from+j-i-1))
		}
		i = j
	}
	return b.String()
}

// listOpen lists what is polled.
func (n *session) listOpen() {
	n.open = n.open[:0]
	n.polls = append(n.polls[:0], unix.PollFd{Fd: int32(n.stopped.Fd()), Events: unix.POLLIN})
	for _, d := range n.directions {
		for _, name := range d.order {
			if c := d.channels[name]; c.dev != nil {
				n.open = append(n.open, c)
				n.polls = append(n.polls, unix.PollFd{Fd: int32(c.dev.descriptor()), Events: unix.POLLIN | unix.POLLPRI})
			}
		}
	}
}

// tryAgain opens what is not open, when it is time.
func (n *session) tryAgain(now time.Time) error {
	if n.retry.Left(now) > 0 {
		return nil
	}
	n.retry.Failed(now)
	for _, d := range n.directions {
		closed := d.failed != nil
		for _, c := range d.channels {
			closed = closed || c.dev == nil
		}
		if closed {
			return n.openAll()
		}
	}
	return nil
}

// lookAtSpans asks for alarms and counters.
func (n *session) lookAtSpans(now time.Time) {
	n.look = now.Add(lookEvery)
	for _, d := range n.directions {
		info, err := status(n.control, d.span)
		if err != nil {
			continue // its channels tell that it is gone
		}
		d.setAlarms(info.alarms)
		if d.known {
			d.count(capture.EventCRC4, d.info.crc4, info.crc4, "")
			d.count(capture.EventEBit, d.info.ebits, info.ebits, "")
			d.count(capture.EventNote, d.info.irqMisses, info.irqMisses, "interrupts of the card were missed")
		}
		d.info, d.known = info, true
	}
}

// count tells how much a counter of the card has gone up. One that is lower than before was set back.
func (d *direction) count(kind capture.EventKind, before, now uint32, text string) {
	if now < before {
		before = 0
	}
	if now > before {
		d.Event(capture.Event{Kind: kind, Count: uint64(now - before), Text: text})
	}
}

// setAlarms tells of alarms that begin and end. A red alarm of a card that does not say more is told as loss of frame
// alignment, which it is in every case.
func (d *direction) setAlarms(bits uint32) {
	red := ""
	if bits&alarmRed != 0 && bits&(alarmLOS|alarmLFA|alarmLMFA|alarmBlue) == 0 {
		red = "red alarm"
	}
	d.Set(capture.EventLOS, bits&alarmLOS != 0, "")
	d.Set(capture.EventAIS, bits&alarmBlue != 0, "")
	d.Set(capture.EventLFA, bits&alarmLFA != 0 || red != "", red)
	d.Set(capture.EventLMFA, bits&alarmLMFA != 0, "")
	d.Set(capture.EventRAI, bits&alarmYellow != 0, "")
	if loop := bits&alarmLoopback != 0; loop != d.loop {
		if d.loop = loop; loop {
			d.Event(capture.Event{Kind: capture.EventNote, Text: "the span is in loopback: it hears what the card sends"})
		}
	}
}
