package dsi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"c7mon/wire"
)

// A conn is where octets come from.
type conn interface {
	io.ReadCloser
	SetReadDeadline(time.Time) error
}

// dial begins a session.
func (h *host) dial(ctx context.Context) (s *session, err error) {
	s = &session{h: h, live: true}
	switch h.network {
	case "fifo":
		err = s.openFIFO(ctx)
	case "file":
		err = s.openFile()
	default:
		var d net.Dialer
		d.Timeout = 10 * time.Second
		var c net.Conn
		if c, err = d.DialContext(ctx, h.network, h.address); err == nil {
			s.conn = c
		}
	}
	if err != nil {
		return nil, err
	}
	s.heard = time.Now()
	s.greeted = h.text
	h.clock.Restart()
	return s, nil
}

// openFile opens a file that is read to its end.
func (s *session) openFile() error {
	f, err := os.Open(s.h.address)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s: is no file; fifo: is for pipes", s.h.address)
	}
	if err != nil {
		f.Close()
		return err
	}
	s.conn, s.live = f, false
	if !s.h.start.Known() {
		s.h.start = wire.TimeOf(info.ModTime())
	}
	return nil
}

// errNobody tells of a pipe into which nobody writes.
var errNobody = errors.New("nobody writes into the pipe")

// openFIFO waits a second for somebody to write. The descriptor stays open until the source is closed: a pipe without a
// reader would end the one who writes. It is opened without waiting, for else nothing could end the wait.
func (s *session) openFIFO(ctx context.Context) error {
	if s.h.fifo != nil { // it may have been made anew
		now, err := os.Stat(s.h.address)
		old, oerr := s.h.fifo.Stat()
		if err != nil || oerr != nil || !os.SameFile(now, old) {
			s.h.fifo.Close()
			s.h.fifo = nil
		}
	}
	if s.h.fifo == nil {
		f, err := os.OpenFile(s.h.address, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
			f.Close()
			return fmt.Errorf("%s: is no pipe", s.h.address)
		}
		s.h.fifo = f
		context.AfterFunc(ctx, func() { f.Close() })
	}
	s.conn = s.h.fifo
	for range 20 {
		n, err := s.readWithin(50 * time.Millisecond)
		switch {
		case n > 0 || errors.Is(err, os.ErrDeadlineExceeded): // somebody is there, whether or not it has written
			return nil
		case err != io.EOF && err != nil:
			return err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errNobody
}

// readWithin reads what comes within d.
func (s *session) readWithin(d time.Duration) (n int, err error) {
	if s.live {
		if err := s.conn.SetReadDeadline(time.Now().Add(d)); err != nil {
			return 0, err
		}
		if s.closed.Load() { // Close has set a deadline that was just undone
			return 0, net.ErrClosed
		}
	}
	n, err = s.conn.Read(s.octets[s.to:])
	if n > 0 {
		s.to += n
		s.heard = time.Now()
		s.came = wire.TimeOf(s.heard)
	}
	return n, err
}

// Close ends the session.
func (s *session) Close() error {
	s.closed.Store(true)
	if s.h.network == "fifo" {
		s.conn.SetReadDeadline(time.Now()) // wakes a Next that waits; an error says that the source is closed
		return nil
	}
	s.once.Do(func() { s.err = s.conn.Close() })
	return s.err
}
