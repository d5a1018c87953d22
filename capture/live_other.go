//go:build !linux

package capture

import (
	"errors"
	"io"
)

// A Live is a network interface that is heard; it is there on Linux only.
type Live struct{}

// OpenLive gives an error: the ring of packet sockets is there on Linux only.
func OpenLive(LiveOptions) (*Live, error) {
	return nil, errors.New("a network interface can be heard on Linux only; elsewhere record it to a file and replay that")
}

// Next gives io.EOF.
func (*Live) Next(*Frame) error { return io.EOF }

// Close does nothing.
func (*Live) Close() error { return nil }
