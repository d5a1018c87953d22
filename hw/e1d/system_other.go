//go:build unix && !linux

package e1d

import "errors"

const (
	sendFlags    = 0
	receiveFlags = 0
)

// errLinux is why nothing is heard here.
var errLinux = errors.New("osmo-e1d runs on Linux alone")

func makePipe(*[2]int) error { return errLinux }

func makeSocket() (fd int, err error) { return -1, errLinux }
