//go:build unix && !linux

package dahdi

import "errors"

// kernel is a system without the driver.
type kernel struct{}

func (kernel) open(string) (device, error) { return nil, errors.New("DAHDI runs on Linux alone") }
