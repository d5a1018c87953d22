package tap

import (
	"context"
	"fmt"
	"net"
	"strings"

	"c7mon/hw"
)

// List gives the network interfaces of the machine that a source may hear, in the order of the system.
func List(ctx context.Context) ([]hw.Device, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("network interfaces: %w", err)
	}
	var devices []hw.Device
	for _, i := range all {
		devices = append(devices, hw.Device{Driver: "tap", Name: i.Name, Detail: detail(&i)})
	}
	return devices, ctx.Err()
}

// detail says in words what is to be known of an interface before it is heard: "up, no carrier, MTU 1500, 02:00:00:00:00:01".
func detail(i *net.Interface) string {
	var parts []string
	switch {
	case i.Flags&net.FlagUp == 0:
		parts = append(parts, "down")
	case i.Flags&net.FlagRunning == 0:
		parts = append(parts, "up, no carrier")
	default:
		parts = append(parts, "up")
	}
	if i.Flags&net.FlagLoopback != 0 {
		parts = append(parts, "loopback")
	}
	parts = append(parts, fmt.Sprintf("MTU %d", i.MTU))
	if len(i.HardwareAddr) > 0 {
		parts = append(parts, i.HardwareAddr.String())
	}
	return strings.Join(parts, ", ")
}
