package hw

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrGone is given by an Input that is live when whoever wrote to it has closed it.
var ErrGone = errors.New("the other end has closed it")

// An Input is a file, FIFO or connection that is read, and never written to. Read waits for octets, and gives as many as
// there are. A file ends with io.EOF; one that is compressed by gzip gives what was compressed.
type Input struct {
	from   io.Reader
	under  io.Closer
	file   *os.File      // of a FIFO
	tick   time.Duration // 0: without end
	live   bool
	heard  bool
	closed atomic.Bool
	once   sync.Once
	err    error
}

// awaitEvery is how often a FIFO is looked at that no program has opened for writing.
const awaitEvery = 100 * time.Millisecond

// OpenInput opens a file or FIFO for reading alone, a FIFO whether or not somebody writes to it. A Read of a FIFO gives
// os.ErrDeadlineExceeded when nothing comes for tick; where tick is 0 it waits on.
func OpenInput(path string, tick time.Duration) (*Input, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	in := &Input{under: f, tick: tick}
	if err := in.read(f); err != nil {
		f.Close()
		return nil, err
	}
	return in, nil
}

// read finds out how the file is to be read.
func (in *Input) read(f *os.File) error {
	s, err := f.Stat()
	switch {
	case err != nil:
		return err
	case s.Mode()&os.ModeNamedPipe != 0:
		in.from, in.file, in.live = f, f, true
		return nil
	case !s.Mode().IsRegular():
		return errors.New(f.Name() + ": a file or FIFO is needed")
	}
	b := bufio.NewReader(f)
	in.from = b
	if head, _ := b.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		in.from, err = gzip.NewReader(b)
	}
	return err
}

// ConnInput reads a connection.
func ConnInput(c net.Conn) *Input { return &Input{from: c, under: c, live: true} }

// Live reports whether it is a FIFO or connection: its octets come when they come, and its end is a loss.
func (in *Input) Live() bool { return in.live }

// Read reads what there is, as Input says. It gives os.ErrClosed once it is closed.
func (in *Input) Read(b []byte) (int, error) {
	var until time.Time
	if in.file != nil && in.tick > 0 {
		until = time.Now().Add(in.tick)
		in.file.SetReadDeadline(until)
	}
	for {
		if in.closed.Load() {
			return 0, os.ErrClosed
		}
		n, err := in.from.Read(b)
		in.heard = in.heard || n > 0
		switch {
		case n > 0 || err != io.EOF || !in.live:
			return n, err
		case in.heard || in.file == nil:
			return 0, ErrGone
		case !until.IsZero() && time.Now().After(until):
			return 0, os.ErrDeadlineExceeded
		}
		time.Sleep(awaitEvery) // nobody has opened it for writing
	}
}

// Close ends reading. It may be called from any goroutine, more than once.
func (in *Input) Close() error {
	in.once.Do(func() {
		in.closed.Store(true)
		in.err = in.under.Close()
	})
	return in.err
}
