package e1cap

import (
	"bufio"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// tickEvery is how long a read of a FIFO waits, so that timers still run, and awaitEvery how often one that no program has
// opened for writing is looked at.
const (
	tickEvery  = time.Second
	awaitEvery = 100 * time.Millisecond
)

var errGone = errors.New("the program that wrote to it has gone")

// An input is a file or FIFO that is read. Read gives os.ErrDeadlineExceeded when nothing has come for a second.
type input struct {
	file   *os.File
	from   io.Reader
	fifo   bool
	heard  bool
	closed atomic.Bool
	once   sync.Once
	err    error
}

// openInput opens for reading alone. A FIFO is opened whether or not somebody writes to it.
func openInput(path string) (*input, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	s, err := f.Stat()
	switch {
	case err != nil:
		f.Close()
		return nil, err
	case s.Mode()&os.ModeNamedPipe != 0:
		return &input{file: f, from: f, fifo: true}, nil
	case !s.Mode().IsRegular():
		f.Close()
		return nil, errors.New(path + ": a file or FIFO is needed")
	}
	in := &input{file: f, from: f}
	b := bufio.NewReader(f)
	if head, _ := b.Peek(2); len(head) == 2 && head[0] == 0x1f && head[1] == 0x8b {
		if in.from, err = gzip.NewReader(b); err != nil {
			f.Close()
			return nil, err
		}
		return in, nil
	}
	in.from = b
	return in, nil
}

// Read reads what there is.
func (in *input) Read(b []byte) (int, error) {
	if in.closed.Load() {
		return 0, os.ErrClosed
	}
	if !in.fifo {
		return in.from.Read(b)
	}
	deadline := time.Now().Add(tickEvery)
	in.file.SetReadDeadline(deadline)
	for {
		n, err := in.file.Read(b)
		in.heard = in.heard || n > 0
		if n > 0 || err != io.EOF {
			return n, err
		}
		if in.heard {
			return 0, errGone
		}
		time.Sleep(awaitEvery) // nobody has opened it for writing
		if in.closed.Load() {
			return 0, os.ErrClosed
		}
		if time.Now().After(deadline) {
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// Close ends reading. It may be called from any goroutine, more than once.
func (in *input) Close() error {
	in.once.Do(func() {
		in.closed.Store(true)
		in.err = in.file.Close()
	})
	return in.err
}
