package raw

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// awaitEvery is how often a FIFO is looked at that no program has opened for writing.
const awaitEvery = 100 * time.Millisecond

var errGone = errors.New("the other end has closed it")

// An input is a file, FIFO or socket that is read. Nothing is ever written to it.
type input struct {
	from   io.Reader
	under  io.Closer
	live   bool // a FIFO or socket: its end is a loss, and its octets come when they come
	fifo   bool
	heard  bool
	closed atomic.Bool
	once   sync.Once
	err    error
}

// openInput opens for reading alone; sockets are connected to. A FIFO is opened whether or not somebody writes to it.
func openInput(ctx context.Context, path string) (*input, error) {
	if network, addr, ok := strings.Cut(path, ":"); ok && (network == "unix" || network == "tcp") {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &input{from: c, under: c, live: true}, nil
	}
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	in, err := fileInput(f)
	if err != nil {
		f.Close()
	}
	return in, err
}

func fileInput(f *os.File) (*input, error) {
	s, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case s.Mode()&os.ModeNamedPipe != 0:
		return &input{from: f, under: f, live: true, fifo: true}, nil
	case !s.Mode().IsRegular():
		return nil, errors.New(f.Name() + ": a file, FIFO or socket is needed")
	}
	b := bufio.NewReader(f)
	in := &input{from: b, under: f}
	if head, _ := b.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		in.from, err = gzip.NewReader(b)
	}
	return in, err
}

// Read reads what there is, and waits where that is nothing. The end of what is live is an error of its own.
func (in *input) Read(b []byte) (int, error) {
	for {
		if in.closed.Load() {
			return 0, os.ErrClosed
		}
		n, err := in.from.Read(b)
		in.heard = in.heard || n > 0
		if n > 0 || err != io.EOF || !in.live {
			return n, err
		}
		if in.heard || !in.fifo {
			return 0, errGone
		}
		time.Sleep(awaitEvery) // nobody has opened it for writing
	}
}

// Close ends reading. It may be called from any goroutine, more than once.
func (in *input) Close() error {
	in.once.Do(func() {
		in.closed.Store(true)
		in.err = in.under.Close()
	})
	return in.err
}
