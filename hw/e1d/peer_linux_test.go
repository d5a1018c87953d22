package e1d

import (
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"c7mon/hw/hwtest"
)

// A daemon speaks the protocol of osmo-e1d from its side: the queries, line configuration, timeslots with descriptors, and
// events. It has one interface, 0, with lines 0 and 1, as an e1-tracer has.
type daemon struct {
	t    *testing.T
	path string
	spin func(answer []byte) []byte // what is done to an answer before it is sent; nil: nothing

	mu       sync.Mutex
	cond     *sync.Cond
	listener *net.UnixListener
	conns    []*net.UnixConn
	modes    map[address]uint8
	streams  map[stream]*os.File // our ends of the timeslots
	asked    map[kind]int
	flags    byte // of the last timeslot that was asked for
	buffer   int
	written  []byte // that the client wrote into timeslots, which it never may
	taken    map[stream]bool
}

// A stream is a timeslot of a line.
type stream struct {
	address
	timeslot uint8
}

func newDaemon(t *testing.T) *daemon {
	d := &daemon{t: t, path: filepath.Join(t.TempDir(), "ctl"), modes: map[address]uint8{{0, 0}: lineChannelized, {0, 1}: lineChannelized},
		streams: map[stream]*os.File{}, asked: map[kind]int{}, taken: map[stream]bool{}}
	d.cond = sync.NewCond(&d.mu)
	d.start()
	t.Cleanup(func() {
		d.kill()
		if len(d.written) > 0 {
			t.Errorf("% x was written into timeslots", d.written)
		}
	})
	return d
}

// start begins to listen, also again after kill.
func (d *daemon) start() {
	d.t.Helper()
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Name: d.path, Net: "unixpacket"})
	if err != nil {
		d.t.Fatal(err)
	}
	d.mu.Lock()
	d.listener = l
	d.mu.Unlock()
	go func() {
		for {
			c, err := l.AcceptUnix()
			if err != nil {
				return
			}
			d.mu.Lock()
			d.conns = append(d.conns, c)
			d.mu.Unlock()
			go d.serve(c)
		}
	}()
}

// set changes the daemon.
func (d *daemon) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

// kill ends the daemon as SIGKILL would.
func (d *daemon) kill() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listener.Close()
	os.Remove(d.path)
	d.end()
}

// hangUp ends the sessions.
func (d *daemon) hangUp() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.end()
}

func (d *daemon) end() {
	for _, c := range d.conns {
		c.Close()
	}
	d.conns = nil
	for s := range d.streams {
		d.stop(s)
	}
}

// stop closes a timeslot, after a look at what the client wrote into it.
func (d *daemon) stop(s stream) {
	f := d.streams[s]
	if f == nil {
		return
	}
	var b [64]byte
	f.SetReadDeadline(time.Now().Add(time.Millisecond))
	n, _ := f.Read(b[:])
	d.written = append(d.written, b[:n]...)
	f.Close()
	delete(d.streams, s)
}

func (d *daemon) serve(c *net.UnixConn) {
	b := make([]byte, maxMessage)
	for {
		n, err := c.Read(b)
		if err != nil || n == 0 {
			return
		}
		var m message
		if err := m.Decode(b[:n]); err != nil {
			d.t.Errorf("the client sent % x: %v", b[:n], err)
			return
		}
		if err := d.reply(c, &m); err != nil {
			return
		}
	}
}

// reply answers a request as osmo-e1d does: without records where there is nothing of the kind.
func (d *daemon) reply(c *net.UnixConn, m *message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asked[m.kind]++
	d.cond.Broadcast()
	out, theirs := message{kind: m.kind | answer}, -1
	mode, there := d.modes[m.at]
	switch m.kind {
	case interfaceQuery:
		out.body = []byte{0, byte(len(d.modes))}
	case lineQuery:
		for line := range uint8(2) {
			if mode, there := d.modes[address{m.at.intf, line}]; there && (m.at.line == unused || m.at.line == line) {
				out.body = append(out.body, line, mode, 0)
			}
		}
	case timeslotQuery:
		for ts := range uint8(32) {
			mode := uint8(0)
			if d.streams[stream{m.at, ts}] != nil || d.taken[stream{m.at, ts}] {
				mode = timeslotRaw
			}
			out.body = append(out.body, ts, mode, 0, 0, 0, 0)
		}
	case lineConfig:
		if there {
			d.modes[m.at] = m.body[0]
			out.body = []byte{m.at.line, m.body[0], 0}
		}
	case timeslotOpen:
		if len(m.body) != 4 || m.body[0] != timeslotRaw {
			d.t.Errorf("timeslot asked for with % x", m.body)
		}
		d.flags, d.buffer = m.body[1], int(binary.NativeEndian.Uint16(m.body[2:]))
		s := stream{m.at, m.timeslot}
		if d.taken[s] && d.flags&openForce == 0 || !there || (m.timeslot == superchannel) != (mode == lineSuperchannel) {
			break
		}
		theirs = d.openStream(s)
		out.body = []byte{m.timeslot, timeslotRaw, 0, 0, 0, 0xa5}
	}
	packet := out.Append(nil)
	if d.spin != nil {
		packet = d.spin(packet)
	}
	var rights []byte
	if theirs >= 0 {
		rights = syscall.UnixRights(theirs)
		defer unix.Close(theirs)
	}
	_, _, err := c.WriteMsgUnix(packet, rights, nil)
	return err
}

// openStream makes the two ends of a timeslot and gives the client's.
func (d *daemon) openStream(s stream) int {
	d.stop(s)
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		d.t.Error(err)
		return -1
	}
	d.streams[s] = os.NewFile(uintptr(fds[0]), "timeslot")
	d.cond.Broadcast()
	return fds[1]
}

// wait waits until what is true of the daemon; is is called with its lock.
func (d *daemon) wait(what string, is func() bool) {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !hwtest.Await(d.t, d.cond, what, is) {
		d.t.FailNow()
	}
}

// timeslots waits until timeslots of both lines are open.
func (d *daemon) timeslots(ts ...uint8) {
	d.t.Helper()
	d.wait("the timeslots to be opened", func() bool {
		for at := range d.modes {
			for _, n := range ts {
				if d.streams[stream{at, n}] == nil {
					return false
				}
			}
		}
		return true
	})
}

// send gives octets of a timeslot to the client, and waits while its socket is full. It reports whether all were taken.
func (d *daemon) send(s stream, b []byte) bool {
	d.mu.Lock()
	f := d.streams[s]
	d.mu.Unlock()
	if f == nil {
		return false
	}
	f.SetWriteDeadline(time.Now().Add(hwtest.Patience))
	_, err := f.Write(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		d.t.Errorf("timeslot %d of line %v: the client does not read", s.timeslot, s.address)
	}
	return err == nil
}

// tell sends an event, or any packet, to every client.
func (d *daemon) tell(packet []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.conns {
		c.Write(packet)
	}
}
