package pseudowire

import (
	"errors"
	"sync"

	"c7mon/capture"
)

// A source gives the packets. Close may be called from any goroutine.
type source interface {
	capture.Source
	Close() error
}

// A fileSource is a capture file that may be closed while it is read.
type fileSource struct {
	mu     sync.Mutex
	files  *capture.Files
	closed bool
}

func (s *fileSource) Next(f *capture.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return s.files.Next(f)
}

func (s *fileSource) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.files.Close()
}

var errClosed = errors.New("closed")
