package e1d

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// A client is a connection with osmo-e1d's control socket. Its methods are for one goroutine, but for wakeUp.
type client struct {
	control int
	pipe    [2]int // when 1 is closed, a wait on 0 comes back
	events  func(*message)
	packet  []byte
	rights  []byte

	mu    sync.Mutex // guards gone, woken and pipe[1]
	gone  bool
	woken bool
}

// answerTime is how long osmo-e1d may take to answer. It answers at once; only one that hangs does not.
const answerTime = 5 * time.Second

// errClosed ends what waits when the session is closed.
var errClosed = errors.New("closed")

// connect opens the control socket. Events that come between the answers are given to events, which may not keep them.
func connect(path string, events func(*message)) (*client, error) {
	c := &client{control: -1, events: events, packet: make([]byte, maxMessage), rights: make([]byte, unix.CmsgSpace(4*4))}
	if err := makePipe(&c.pipe); err != nil {
		return nil, fmt.Errorf("pipe: %w", err)
	}
	fd, err := makeSocket()
	if err != nil {
		c.close()
		return nil, fmt.Errorf("socket: %w", err)
	}
	c.control = fd
	if err := unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != nil {
		c.close()
		return nil, fmt.Errorf("osmo-e1d at %s: %w", path, err)
	}
	return c, nil
}

// dialClient connects; what waits comes back when ctx ends, until stop is called.
func dialClient(ctx context.Context, path string, events func(*message)) (c *client, stop func() bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if c, err = connect(path, events); err != nil {
		return nil, nil, err
	}
	return c, context.AfterFunc(ctx, c.wakeUp), nil
}

// wakeUp makes every wait come back with errClosed, now and later. It may be called by any goroutine.
func (c *client) wakeUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.woken {
		c.woken = true
		unix.Close(c.pipe[1])
	}
}

// close ends the connection.
func (c *client) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return
	}
	c.gone = true
	unix.Close(c.pipe[0])
	if !c.woken {
		c.woken = true
		unix.Close(c.pipe[1])
	}
	if c.control >= 0 {
		unix.Close(c.control)
	}
}

// ask sends a request and waits for its answer, whose body is borrowed until the next call. fd is the descriptor that came
// with it, -1 where none did.
func (c *client) ask(m message) (body []byte, fd int, err error) {
	if err := unix.Send(c.control, m.Append(nil), sendFlags); err != nil {
		return nil, -1, fmt.Errorf("osmo-e1d: request: %w", err)
	}
	until := time.Now().Add(answerTime)
	for {
		polls := []unix.PollFd{{Fd: int32(c.pipe[0]), Events: unix.POLLIN}, {Fd: int32(c.control), Events: unix.POLLIN}}
		if err := poll(polls, time.Until(until)); err != nil {
			return nil, -1, err
		}
		if polls[0].Revents != 0 {
			return nil, -1, errClosed
		}
		if polls[1].Revents == 0 {
			if time.Until(until) <= 0 {
				return nil, -1, fmt.Errorf("osmo-e1d: no answer in %v", answerTime)
			}
			continue
		}
		got, fd, err := c.receive()
		switch {
		case err != nil:
			return nil, -1, err
		case got.kind&kindMask == event:
			drop(fd)
			c.events(&got)
		case got.kind == m.kind|answer:
			return got.body, fd, nil
		case got.kind&kindMask == refusal:
			drop(fd)
			return nil, -1, fmt.Errorf("osmo-e1d: refused, error 0x%02x", uint8(got.kind&^kindMask))
		default:
			drop(fd)
			return nil, -1, fmt.Errorf("osmo-e1d: message of type 0x%02x is no answer to 0x%02x", uint8(got.kind), uint8(m.kind))
		}
	}
}

// receive takes a packet, with the descriptor that came with it or -1. What it gives is borrowed until the next call.
func (c *client) receive() (m message, fd int, err error) {
	n, rights, flags, _, err := unix.Recvmsg(c.control, c.packet, c.rights, receiveFlags)
	if err != nil {
		return m, -1, fmt.Errorf("osmo-e1d: %w", err)
	}
	if fd, err = oneDescriptor(c.rights[:rights]); err != nil {
		return m, -1, err
	}
	switch {
	case n == 0:
		err = errors.New("osmo-e1d has closed the connection")
	case flags&unix.MSG_TRUNC != 0:
		err = fmt.Errorf("message of osmo-e1d: longer than %d octets", maxMessage)
	default:
		err = m.Decode(c.packet[:n])
	}
	if err != nil {
		drop(fd)
		return m, -1, err
	}
	return m, fd, nil
}

// oneDescriptor reads the descriptors that came with a packet; osmo-e1d sends one or none. More are closed.
func oneDescriptor(b []byte) (fd int, err error) {
	fd = -1
	list, err := unix.ParseSocketControlMessage(b)
	if err != nil {
		return -1, fmt.Errorf("osmo-e1d: descriptor: %w", err)
	}
	for i := range list {
		fds, err := unix.ParseUnixRights(&list[i])
		if err != nil {
			continue // credentials, which nobody asked for
		}
		for _, d := range fds {
			drop(fd)
			fd = d
		}
	}
	return fd, nil
}

// drop closes a descriptor that is not wanted.
func drop(fd int) {
	if fd >= 0 {
		unix.Close(fd)
	}
}

// poll waits until one of the descriptors has something, at most for d.
func poll(p []unix.PollFd, d time.Duration) error {
	until := time.Now().Add(d)
	for {
		_, err := unix.Poll(p, int(max(time.Until(until), 0)/time.Millisecond)+1)
		if err != unix.EINTR {
			return err
		}
	}
}

// lineMode asks for the mode of a line.
func (c *client) lineMode(at address) (mode uint8, err error) {
	body, fd, err := c.ask(message{kind: lineQuery, at: at, timeslot: unused})
	drop(fd)
	if err != nil {
		return 0, err
	}
	list, err := decodeLines(body)
	if err != nil {
		return 0, err
	}
	if len(list) != 1 || list[0].id != at.line {
		return 0, fmt.Errorf("osmo-e1d has no line %v", at)
	}
	return list[0].mode, nil
}

// setLineMode puts a line into a mode.
func (c *client) setLineMode(at address, mode uint8) error {
	body, fd, err := c.ask(message{kind: lineConfig, at: at, timeslot: unused, body: []byte{mode}})
	drop(fd)
	if err != nil {
		return err
	}
	if list, err := decodeLines(body); err != nil || len(list) != 1 || list[0].mode != mode {
		return fmt.Errorf("osmo-e1d does not put line %v into mode %s", at, modeText(mode))
	}
	return nil
}

// open opens a timeslot and gives its descriptor.
func (c *client) open(at address, timeslot uint8, force bool, buffer int) (fd int, err error) {
	body, fd, err := c.ask(message{kind: timeslotOpen, at: at, timeslot: timeslot, body: openBody(force, buffer)})
	if err != nil {
		return -1, err
	}
	list, err := decodeTimeslots(body)
	if err == nil && (len(list) != 1 || list[0].id != timeslot || fd < 0) {
		err = errors.New("osmo-e1d does not open it: it is open in another program (force: true takes it), or is not there")
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		drop(fd)
		return -1, err
	}
	return fd, nil
}
