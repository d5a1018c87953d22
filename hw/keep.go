package hw

import (
	"context"

	"c7mon/capture"
)

// A Session is one connection with a device, from the moment it is up to the moment it is lost.
type Session interface {
	// Next waits for the next frame, event or tick and fills f, which is empty but for Direction (wire.NoDirection): Time,
	// Interface, Direction, Type, Payload, FCS, Data, Len, and what else the device says. What it gives is valid until the
	// next call. io.EOF ends the whole source (a file has been read); any other error ends the session, and another one is
	// begun.
	Next(f *capture.Frame) error
	// Close ends the session. It may be called from any goroutine, more than once, and a Next that waits comes back.
	Close() error
}

// Kept is a Source made of sessions one after another. When one is lost, or cannot be had, it says so once as EventDown, and
// tries again after 0.25 s, twice as long each time, at most 30 s; when one is up again, EventDown ends. It gives a tick a
// second while it waits, and numbers the frames.
//
// (contract; to be implemented)
type Kept struct {
	lines *Lines
}

// Keep makes a Source of the sessions that dial opens. The context that dial gets ends when the Source is closed.
func Keep(lines *Lines, dial func(context.Context) (Session, error)) *Kept {
	return &Kept{lines: lines}
}

// Next gives the next frame, event or tick, as Source says.
func (k *Kept) Next(f *capture.Frame) error { return nil }

// LineName names the line of a frame.
func (k *Kept) LineName(f *capture.Frame) string { return k.lines.Name(f.Interface) }

// Close ends the source.
func (k *Kept) Close() error { return nil }
