package capture

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/wire"
)

// A Live hears a network interface: each packet that may carry signalling, chosen by a filter in the kernel, as a frame of
// LinkEthernet, or LinkRaw where the interface has no Ethernet header. The kernel writes them into a ring of memory that is
// read here, with times in nanoseconds. Direction is told where the host itself sent or received a packet; one that a mirror
// port or tap brings has none.
//
// Packets that came while the ring was full are counted by the kernel, and an EventDropped says how many they were at the
// place where they are missing; it counts those of an overrun behind it too that the kernel knows of by then. EventLOS begins where nothing comes and the interface has no carrier. A Tick comes each
// second in which nothing else does.
//
// There is no way to send: the socket is made to send from a ring of its own, whose memory cannot be reached (sealed).
//
// Next is for one goroutine, Close for any.
type Live struct {
	name    string
	link    LinkType
	decoder linkDecoder
	socket  int // -1 once closed
	poll    [2]unix.PollFd
	wake    int // the other end of a pipe that poll waits for: closing it wakes Next

	mu     sync.Mutex // held by Next and the end of Close
	closed atomic.Bool
	ring   ring
	rest   ring // what it held when it was closed
	lent   bool // the caller has octets of the ring
	events []liveEvent
	err    error     // what Next gives when there are no more events
	lost   error     // the interface is gone, or Live was closed; what is in the ring is still given
	until  time.Time // for so long

	number uint64
	clock  wire.Time // of the last frame; never goes back
	heard  wire.Time // Time of the last frame
	opened time.Time // when its block was opened
	told   time.Time // when the caller was last given anything
	los    bool
	astray bool // an EventClock has been given
}

// liveEvent is an event that waits to be given; with NoEvent, a tick.
type liveEvent struct {
	Event
	at wire.Time
}

// Times of a Live.
const (
	liveRetire = 10 * time.Millisecond  // a frame waits so long in the ring for others, then it can be read
	liveBehind = 100 * time.Millisecond // ticks stay so much behind, for what is still in the ring
	liveTick   = time.Second
	liveAstray = time.Second // a clock of the hardware that is off by so much is told of
)

// OpenLive begins to hear an interface, which has to be there and up. Root, or the capability CAP_NET_RAW, is needed.
func OpenLive(opt LiveOptions) (*Live, error) {
	opt, err := opt.checked()
	if err != nil {
		return nil, err
	}
	l := &Live{name: opt.Interface, socket: -1, wake: -1, clock: wire.NoTime, heard: wire.NoTime, told: time.Now()}
	l.poll[0].Fd, l.poll[1].Fd = -1, -1
	if err := l.open(&opt); err != nil {
		l.err = err
		l.Close()
		return nil, fmt.Errorf("interface %s: %w", opt.Interface, err)
	}
	return l, nil
}

// Next gives the next frame, event or tick. Data are octets of the ring, valid until the next call of Next or Close. The
// error is io.EOF after Close, when all is given that was in the ring by then; any other says why the interface can be heard
// no longer.
func (l *Live) Next(f *Frame) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lent = false
	if l.rest.mem != nil {
		l.ring.unmap(false)
		l.ring, l.rest = l.rest, ring{}
	}
	for {
		switch {
		case len(l.events) > 0:
			l.give(f)
			return nil
		case l.err != nil:
			l.ring.unmap(false)
			return l.err
		case l.ring.left > 0:
			l.err = l.frame(f)
			return l.err
		case l.ring.next():
			l.openBlock()
		default:
			l.wait()
		}
	}
}

// frame gives the next one of the block in hand.
func (l *Live) frame(f *Frame) error {
	p, err := l.ring.take()
	if err != nil {
		return fmt.Errorf("interface %s: %w", l.name, err)
	}
	l.number++
	l.heard = p.time()
	l.clock = max(l.clock, l.heard)
	l.lent = true
	*f = Frame{Time: l.heard, Clock: l.clock, Number: l.number, Direction: packetDirection(uint16(p.kind)), Type: l.link,
		Data: p.octets, Len: len(p.octets), Cut: int(p.Len) - len(p.octets)}
	l.decoder.decode(f, 0)
	return nil
}

// openBlock looks at what the ring says before the first frame of a block is given.
func (l *Live) openBlock() {
	now := time.Now()
	l.opened, l.told = now, now
	first, ok := l.ring.first()
	if !ok {
		return
	}
	if l.los {
		l.los = false
		l.tell(Event{Kind: EventLOS}, first.time())
	}
	if l.ring.losing() {
		l.drops(first.time())
	}
	if off := first.time().Sub(wire.TimeOf(now)); first.hardware() && !l.astray && off.Abs() > liveAstray {
		l.astray = true
		l.tell(Event{Kind: EventClock, Text: fmt.Sprintf("the hardware clock of %s is off by %v; its times are taken as they are",
			l.name, off.Round(time.Millisecond))}, first.time())
	}
}

// drops tells how many packets the kernel has dropped since it was last asked, before those of time at.
func (l *Live) drops(at wire.Time) {
	s, err := unix.GetsockoptTpacketStatsV3(l.socket, unix.SOL_PACKET, unix.PACKET_STATISTICS)
	if err == nil && s.Drops > 0 {
		l.tell(Event{Kind: EventDropped, Count: uint64(s.Drops)}, at)
	}
}

func (l *Live) tell(e Event, at wire.Time) { l.events = append(l.events, liveEvent{e, at}) }

// give gives the first of the events that wait.
func (l *Live) give(f *Frame) {
	e := l.events[0]
	l.events = append(l.events[:0], l.events[1:]...)
	l.clock = max(l.clock, e.at)
	*f = Frame{Time: e.at, Clock: l.clock, Direction: wire.NoDirection, Event: e.Event}
	if e.Kind != NoEvent {
		f.Payload = LineEvent
	}
}

// wait waits until a block is ready, the interface is gone, a tick is due, or Close wakes it.
func (l *Live) wait() {
	now := time.Now()
	due, polls := l.told.Add(liveTick), l.poll[:]
	if l.closed.Load() && l.lost == nil {
		l.ends(io.EOF)
	}
	if l.lost != nil {
		due, polls = l.until, l.poll[:1]
	}
	if left := due.Sub(now); left > 0 {
		_, err := unix.Poll(polls, int(left/time.Millisecond)+1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			l.end(fmt.Errorf("interface %s: poll: %w", l.name, err))
		}
		if l.poll[0].Revents&unix.POLLERR != 0 {
			l.gone()
		}
		return
	}
	if l.lost != nil {
		l.end(l.lost)
		return
	}
	l.told = now
	at := l.now(now)
	l.drops(at)
	l.carrier(at)
	if len(l.events) == 0 {
		l.tell(Event{}, at)
	}
}

// ends notes that no more is to be heard. What was heard before is in the ring, the last of it after as long as a block
// takes to be retired.
func (l *Live) ends(err error) { l.lost, l.until = err, time.Now().Add(5*liveRetire) }

// gone notes that the interface was set down or removed.
func (l *Live) gone() {
	code, err := unix.GetsockoptInt(l.socket, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil || code == 0 || l.lost != nil {
		return
	}
	l.ends(fmt.Errorf("interface %s: %w", l.name, unix.Errno(code)))
}

// carrier tells when the interface loses its carrier, or has it again.
func (l *Live) carrier(at wire.Time) {
	r, err := unix.NewIfreq(l.name)
	if err != nil || unix.IoctlIfreq(l.socket, unix.SIOCGIFFLAGS, r) != nil {
		return // it is gone, which poll tells
	}
	if los := r.Uint16()&unix.IFF_RUNNING == 0; los != l.los {
		l.los = los
		l.tell(Event{Kind: EventLOS, On: los}, at)
	}
}

// now is the time up to which all has been heard, by the clock that gives the times of the frames.
func (l *Live) now(t time.Time) wire.Time {
	if l.heard.Known() {
		return l.heard.Add(max(t.Sub(l.opened)-liveBehind, 0))
	}
	return wire.TimeOf(t.Add(-liveBehind))
}

// end makes err what Next gives from now on, after what the kernel dropped.
func (l *Live) end(err error) {
	if l.socket >= 0 {
		l.drops(l.now(time.Now()))
	}
	l.err = err
}

// Close ends it. A Next that waits comes back, and the octets of the last frame are zeros from now on. What has been heard is
// kept for Next.
func (l *Live) Close() error {
	if l.closed.Swap(true) {
		return nil
	}
	if l.wake >= 0 {
		unix.Close(l.wake)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		if l.lost == nil {
			l.ends(io.EOF)
		}
		time.Sleep(time.Until(l.until))
		l.drops(l.now(time.Now()))
		l.rest = l.ring.copyReady()
	}
	err := l.ring.unmap(l.lent)
	for _, fd := range [...]int{l.socket, int(l.poll[1].Fd)} {
		if fd >= 0 {
			err = errors.Join(err, unix.Close(fd))
		}
	}
	l.socket = -1
	return err
}
