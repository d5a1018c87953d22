// Package hw is what the drivers of cards, probes and taps have in common: it takes sessions with a device and gives one
// capture.Source that connects again by itself, and it takes octets of timeslots and gives signal units as frames in the
// order of time. A driver has a folder of its own below. None of them can transmit on a line.
package hw

import (
	"sync"

	"c7mon/capture"
)

// A Source is a live capture.Source. Open of each driver makes one without touching the device: the first Next does.
type Source interface {
	// Next waits for the next frame, event or tick. It gives io.EOF when the source has come to its end, as a file does, or
	// was closed. It gives no other error: a device that is lost is an event, and the source connects again.
	capture.Source
	// LineName names the line of a frame, the same at every start: "0/16", "links/3". The name of the whole source is "".
	LineName(f *capture.Frame) string
	// Close ends the source. It may be called from any goroutine, and a Next that waits comes back.
	Close() error
}

// Lines are the lines of a source by number, in the order in which they were met. They may be used by several goroutines.
type Lines struct {
	mu     sync.Mutex
	names  []string
	number map[string]uint32
}

// Add gives the number of the line of that name, for Frame.Interface. The same name has the same number for ever.
func (l *Lines) Add(name string) uint32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n, ok := l.number[name]; ok {
		return n
	}
	if l.number == nil {
		l.number = map[string]uint32{}
	}
	n := uint32(len(l.names))
	l.names = append(l.names, name)
	l.number[name] = n
	return n
}

// Name gives the name of a line, "" for a number that none has.
func (l *Lines) Name(n uint32) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if int64(n) < int64(len(l.names)) {
		return l.names[n]
	}
	return ""
}
