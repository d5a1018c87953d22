package dahdi

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"c7mon/hw/hwtest"
)

// A machine is a system with the driver and two spans of 31 channels: it does the requests as the driver does, on structures
// of the driver's layout. It refuses whatever would put something on a line.
type machine struct {
	t    *testing.T
	mu   sync.Mutex
	cond *sync.Cond
	gone bool // no device file

	alarms   [3]uint32 // by span
	counters [3][3]uint32
	sigtype  uint32
	odd      map[int]uint32 // kinds of channels that are configured otherwise
	master   map[int]int
	cards    map[int]*card
	busy     map[int]bool
	old      bool // the driver does not know bufferEvents
	bufsize  uint32
}

func newMachine(t *testing.T, sigtype uint32) *machine {
	m := &machine{t: t, sigtype: sigtype, odd: map[int]uint32{}, master: map[int]int{}, cards: map[int]*card{}, busy: map[int]bool{}}
	m.cond = sync.NewCond(&m.mu)
	return m
}

// open opens a device file.
func (m *machine) open(path string) (device, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone {
		return nil, unix.ENOENT
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	c := &card{machine: m, r: r, w: w, fd: int(r.Fd())}
	switch filepath.Base(path) {
	case "ctl":
		c.control = true
	case "channel":
	default:
		m.t.Errorf("%s is opened", path)
	}
	return c, nil
}

// A card is an open device file. Its pipe has an octet for each thing that waits, so that it can be polled.
type card struct {
	*machine
	control bool
	number  int
	r, w    *os.File
	fd      int
	waiting []waiting
	broken  error // what a read gives
	closed  bool
}

// waiting is a buffer, or an event where data is nil.
type waiting struct {
	data  []byte
	event uint32
}

func put(b []byte, at int, v uint32) { binary.NativeEndian.PutUint32(b[at:], v) }

func (c *card) ioctl(request uint, arg []byte) error {
	m := c.machine
	m.mu.Lock()
	defer m.mu.Unlock()
	if size := int(request >> 16 & 0x3fff); size != len(arg) {
		m.t.Errorf("request 0x%x with %d octets, the driver copies %d", request, len(arg), size)
		return unix.EFAULT
	}
	switch request {
	case spanStatus:
		return m.spanStatus(arg)
	case getParams:
		return m.params(arg)
	case specifyChannel:
		n := number(arg, 0)
		if n < 1 || n > 62 {
			return unix.ENXIO
		}
		if m.busy[n] || m.cards[n] != nil {
			return unix.EBUSY
		}
		c.number, m.cards[n] = n, c
		m.cond.Broadcast()
		return nil
	case setBufferInfo:
		tx, rx, bufs, size := number(arg, 0), number(arg, 4), number(arg, 8), number(arg, 12)
		if c.number == 0 || tx < 0 || tx > 2 || rx < 0 || rx > 1 || bufs < 2 || bufs > 32 || size < 16 || bufs*size > 32768 {
			return unix.EINVAL
		}
		m.bufsize = uint32(size)
		return nil
	case bufferEvents:
		if m.old {
			return unix.ENOTTY
		}
		return nil
	case getEvent:
		put(arg, 0, 0)
		for i, w := range c.waiting {
			if w.data == nil {
				put(arg, 0, w.event)
				c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
				c.took()
				break
			}
		}
		return nil
	}
	m.t.Errorf("request 0x%x: none that a listener may do", request)
	return unix.ENOTTY
}

func (m *machine) spanStatus(arg []byte) error {
	n := number(arg, 0)
	if n < 1 || n > 2 {
		return unix.EINVAL
	}
	clear(arg)
	put(arg, 0, uint32(n))
	copy(arg[4:24], "TE2/0/"+string(rune('0'+n)))
	copy(arg[24:64], "T2XXP (PCI) Card 0")
	put(arg, 64, m.alarms[n])
	for i, at := range []int{80, 84, 112} {
		put(arg, at, m.counters[n][i])
	}
	put(arg, 120, 31)
	put(arg, 124, 31)
	put(arg, 128, 2)
	put(arg, 136, 0x700)
	return nil
}

func (m *machine) params(arg []byte) error {
	asked := uint32(number(arg, 0))
	n := int(asked &^ wantMaster)
	if n < 1 || n > 62 {
		return unix.EINVAL
	}
	clear(arg)
	put(arg, 0, uint32(n))
	if master, ok := m.master[n]; ok && asked&wantMaster != 0 {
		put(arg, 0, uint32(master))
	}
	put(arg, 4, uint32((n-1)/31+1))
	put(arg, 8, uint32((n-1)%31+1))
	sig := m.sigtype
	if odd, ok := m.odd[n]; ok {
		sig = odd
	}
	put(arg, 12, sig)
	copy(arg[48:88], "TE2/0/1/1")
	return nil
}

func (c *card) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.waiting {
		if w.data == nil {
			return 0, errEvent
		}
	}
	if c.broken != nil {
		return 0, c.broken
	}
	if len(c.waiting) == 0 {
		return 0, unix.EAGAIN
	}
	n := copy(b, c.waiting[0].data)
	if n < len(c.waiting[0].data) {
		c.t.Errorf("a read of %d octets cuts a buffer of %d", len(b), len(c.waiting[0].data))
	}
	c.waiting = c.waiting[1:]
	c.took()
	return n, nil
}

// took takes an octet out of the pipe; the lock is held.
func (c *card) took() {
	c.r.Read(make([]byte, 1))
	c.cond.Broadcast()
}

func (c *card) descriptor() int { return c.fd }

func (c *card) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		c.t.Error("a device file is closed twice")
		return os.ErrClosed
	}
	c.closed = true
	if c.cards[c.number] == c {
		delete(c.cards, c.number)
	}
	c.cond.Broadcast()
	c.w.Close()
	return c.r.Close()
}

// wait waits, with the lock, until what is true.
func (m *machine) wait(what string, is func() bool) bool { return hwtest.Await(m.t, m.cond, what, is) }

// channels waits until channels are open.
func (m *machine) channels(numbers ...int) {
	m.t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range numbers {
		if !m.wait("a channel to be opened", func() bool { return m.cards[n] != nil }) {
			m.t.FailNow()
		}
	}
}

// push gives a channel a buffer or an event, once it has room. It reports whether the channel is open.
func (m *machine) push(channel int, room int, w waiting) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.wait("the channel to be read", func() bool { c := m.cards[channel]; return c == nil || len(c.waiting) < room })
	c := m.cards[channel]
	if c == nil {
		return false
	}
	if w.data != nil {
		w.data = bytes.Clone(w.data)
	}
	c.waiting = append(c.waiting, w)
	c.w.Write([]byte{0})
	return true
}

// set changes the machine.
func (m *machine) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
}
