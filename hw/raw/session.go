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
	waiting               = 64                    // pieces of live directions that wait to be taken
)

// A leg is one direction.
type leg struct {
	path string
	dir  wire.Direction
	in   *hw.Input
	port *hw.Port
	over bool // a file has been read to its end
}

// A session is both directions from when they were opened. It notes for the next one how far they got.
type session struct {
	*hw.Hearing
	driver *driver
}

// Next gives the next frame, event or tick.
func (s *session) Next(f *capture.Frame) error {
	err := s.Hearing.Next(f)
	if err == nil && f.Payload != capture.Tick {
		s.driver.reached = max(s.driver.reached, f.Time)
	}
	return err
}

// A feeder reads both directions and feeds a Receiver.
type feeder struct {
	conf  *Config
	legs  []*leg
	piece []byte
	began time.Time
	now   wire.Time // of files: the time of their line

	pieces chan piece // of what is live; closed when no more come
	free   chan []byte
	lost   error // why a live direction is heard no more
	stop   chan struct{}
	once   sync.Once
	closed error
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
	s := &feeder{conf: &d.conf, legs: legs, began: time.Now(), stop: make(chan struct{})}
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
	if legs[0].in.Live() {
		s.pieces, s.free, s.timer = make(chan piece, waiting), make(chan []byte, waiting), time.NewTimer(time.Hour)
		for range waiting {
			s.free <- make([]byte, size)
		}
		var readers sync.WaitGroup
		for _, l := range legs {
			readers.Go(func() { s.read(l) })
		}
		go func() {
			readers.Wait()
			close(s.pieces)
		}()
	} else {
		s.piece = make([]byte, size)
	}
	return &session{hw.Hear(r, s), d}
}

// Listen takes what comes, as hw.Feeder says.
func (s *feeder) Listen(wait time.Duration) (heard bool, err error) {
	if s.pieces == nil {
		return true, s.step()
	}
	s.timer.Reset(wait)
	select {
	case p, more := <-s.pieces:
		if !more {
			return false, s.lost
		}
		p.leg.port.Feed(p.at, p.octets)
		s.free <- p.octets
		if p.err != nil && s.lost == nil {
			s.lost = fmt.Errorf("%s: %w", p.leg.path, p.err)
			s.Wake() // the other direction ends with it, once what has come of it is taken
		}
		return true, nil
	case <-s.timer.C:
		return false, nil
	}
}

// read reads a live direction in a goroutine of its own: either one may be silent. It waits while nothing is taken; there is
// always room for a piece, since each has one of the buffers.
func (s *feeder) read(l *leg) {
	for {
		b := <-s.free
		n, err := l.in.Read(b[:cap(b)])
		s.pieces <- piece{l, b[:n], wire.TimeOf(time.Now()), err}
		if err != nil {
			return
		}
	}
}

// step reads the next 20 ms of the files, at the pace of a line where that is asked for.
func (s *feeder) step() error {
	s.now += pieceTime
	if s.conf.Pace == "line" {
		select {
		case <-time.After(time.Until(s.began.Add(time.Duration(s.now - wire.TimeOf(s.began))))):
		case <-s.stop:
			return os.ErrClosed
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
			return err
		default:
			l.over = true
			if err != io.EOF {
				l.port.Event(s.now, capture.Event{Kind: capture.EventNote, Text: fmt.Sprintf("%s: cannot be read any further: %v", l.path, err)})
			}
		}
	}
	if over {
		return io.EOF
	}
	return nil
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

// Lost has nothing to note: what was fed is all there was.
func (s *feeder) Lost(time.Time) {}

// Wake ends reading.
func (s *feeder) Wake() {
	s.once.Do(func() {
		close(s.stop)
		for _, l := range s.legs {
			s.closed = errors.Join(s.closed, l.in.Close())
		}
	})
}

// Close gives what was wrong with closing.
func (s *feeder) Close() error { return s.closed }
