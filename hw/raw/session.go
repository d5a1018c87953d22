package raw

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// Pieces in which octets are read: 20 ms of the line, so that both directions stay in step.
const (
	pieceFrames           = 160
	pieceTime   wire.Time = pieceFrames * 125_000 // ns, G.704 2.3
	tickEvery             = time.Second
	waiting               = 64 // pieces of live directions that wait to be taken
)

// A leg is one direction.
type leg struct {
	path string
	dir  wire.Direction
	in   *input
	port *hw.Port
	over bool // a file has been read to its end
}

// A session reads both directions from when they were opened.
type session struct {
	driver   *driver
	receiver *hw.Receiver
	legs     []*leg
	live     bool
	err      error // the session has ended with it, once all that waits is given
	piece    []byte
	began    time.Time
	now      wire.Time // of files: the time of their line

	pieces chan piece // of what is live
	free   chan []byte
	stop   chan struct{}
	once   sync.Once
	timer  *time.Timer
}

// A piece is octets of a live direction and when they came, or why none come any more.
type piece struct {
	leg    *leg
	octets []byte
	at     wire.Time
	err    error
}

func newSession(d *driver, r *hw.Receiver, legs []*leg) *session {
	s := &session{driver: d, receiver: r, legs: legs, live: legs[0].in.live, began: time.Now(), stop: make(chan struct{})}
	s.now = wire.TimeOf(s.began)
	if d.reached.Known() && d.conf.Line.Clock == "stream" {
		r.Start(d.reached) // times go on where they had come to
	}
	for _, l := range legs {
		if d.conf.Format == "e1" {
			l.port = r.E1(d.conf.Name, l.dir)
		} else {
			l.port = r.Channel(d.conf.Name, l.dir, 1)
		}
	}
	size := pieceFrames * d.conf.width()
	if !s.live {
		s.piece = make([]byte, size)
		return s
	}
	s.pieces, s.free, s.timer = make(chan piece, waiting), make(chan []byte, waiting), time.NewTimer(tickEvery)
	for range waiting {
		s.free <- make([]byte, size)
	}
	for _, l := range legs {
		go s.read(l)
	}
	return s
}

// Next gives the next frame or event, or a tick when nothing has come for a second.
func (s *session) Next(f *capture.Frame) error {
	for !s.receiver.Next(f) {
		switch {
		case s.err != nil:
			return s.err
		case s.live:
			if s.wait(f) {
				return nil
			}
		default:
			s.step()
		}
	}
	if f.Payload != capture.Tick {
		s.driver.reached = max(s.driver.reached, f.Time)
	}
	return nil
}

// read reads a live direction in a goroutine of its own: either one may be silent, or its buffers full.
func (s *session) read(l *leg) {
	for {
		var b []byte
		select {
		case b = <-s.free:
		case <-s.stop:
			return
		}
		n, err := l.in.Read(b[:cap(b)])
		p := piece{l, b[:n], wire.TimeOf(time.Now()), err}
		select {
		case s.pieces <- p:
		case <-s.stop:
			return
		}
		if err != nil {
			return
		}
	}
}

// wait takes the next piece. told says that f is a tick, because none came.
func (s *session) wait(f *capture.Frame) (told bool) {
	s.timer.Reset(tickEvery)
	select {
	case p := <-s.pieces:
		p.leg.port.Feed(p.at, p.octets)
		s.free <- p.octets
		if p.err != nil {
			s.end(fmt.Errorf("%s: %w", p.leg.path, p.err))
		}
	case <-s.stop:
		s.err = os.ErrClosed
	case <-s.timer.C:
		s.receiver.Flush()
		if !s.receiver.Next(f) {
			f.Time = wire.TimeOf(time.Now())
			f.Clock = f.Time
		}
		return true
	}
	return false
}

// step reads the next 20 ms of the files, at the pace of a line where that is asked for.
func (s *session) step() {
	s.now += pieceTime
	if s.driver.conf.Pace == "line" {
		select {
		case <-time.After(time.Until(s.began.Add(time.Duration(s.now - wire.TimeOf(s.began))))):
		case <-s.stop:
			s.err = os.ErrClosed
			return
		}
	}
	over := true
	for _, l := range s.legs {
		if l.over {
			continue
		}
		n, err := fill(l.in, s.piece)
		l.port.Feed(s.now-wire.Time(len(s.piece)-n)*pieceTime/wire.Time(len(s.piece)), s.piece[:n])
		switch {
		case err == nil:
			over = false
		case errors.Is(err, os.ErrClosed):
			s.err = err
			return
		default:
			l.over = true
			if err != io.EOF {
				l.port.Event(s.now, capture.Event{Kind: capture.EventNote, Text: fmt.Sprintf("%s: cannot be read any further: %v", l.path, err)})
			}
		}
	}
	if over {
		s.end(io.EOF)
	}
}

// fill reads until b is full, and gives the error that stopped it.
func fill(r io.Reader, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var m int
		m, err = r.Read(b[n:])
		n += m
	}
	return n, err
}

// end lets go what waits.
func (s *session) end(err error) {
	s.err = err
	s.receiver.Flush()
}

// Close ends the session.
func (s *session) Close() error {
	var errs []error
	s.once.Do(func() {
		close(s.stop)
		for _, l := range s.legs {
			errs = append(errs, l.in.Close())
		}
	})
	return errors.Join(errs...)
}
