package main

import (
	"context"
	"io"
)

// An interruptReader reads until ctx is done and then gives its error, also where the octets that it waits for do not come:
// a pipe may be silent for hours.
type interruptReader struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	rest []byte // of buf, read and not yet given
	err  error  // came after rest
	done chan error
}

// Read leaves the waiting to a goroutine. One that waits still when ctx is done ends with the program.
func (i *interruptReader) Read(b []byte) (int, error) {
	if len(i.rest) == 0 && i.err == nil {
		i.fill()
	}
	if len(i.rest) == 0 {
		return 0, i.err
	}
	n := copy(b, i.rest)
	i.rest = i.rest[n:]
	return n, nil
}

func (i *interruptReader) fill() {
	if i.done == nil {
		i.done, i.buf = make(chan error, 1), make([]byte, 256<<10)
	}
	n := 0
	go func() {
		var err error
		n, err = i.r.Read(i.buf)
		i.done <- err
	}()
	select {
	case i.err = <-i.done:
		i.rest = i.buf[:n]
	case <-i.ctx.Done():
		i.err = i.ctx.Err()
	}
}

// An interruptWriter writes until ctx is done and then gives its error. It remembers the first error.
type interruptWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

func (i *interruptWriter) Write(b []byte) (n int, err error) {
	if i.err == nil {
		i.err = i.ctx.Err()
	}
	if i.err == nil {
		n, i.err = i.w.Write(b)
	}
	return n, i.err
}
