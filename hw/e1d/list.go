package e1d

import (
	"context"
	"fmt"
	"strings"

	"c7mon/hw"
)

// List gives the lines of an osmo-e1d whose control socket is at path ("" for the default), in the order in which it lists
// them. The name of each is what Pair takes.
func List(ctx context.Context, path string) ([]hw.Device, error) {
	if path == "" {
		path = defaultSocket
	}
	c, stop, err := dialClient(ctx, path, func(*message) {})
	if err != nil {
		return nil, err
	}
	defer c.close()
	defer stop()
	devices, err := c.list()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return devices, err
}

func (c *client) list() (devices []hw.Device, err error) {
	body, fd, err := c.ask(message{kind: interfaceQuery, at: address{unused, unused}, timeslot: unused})
	drop(fd)
	if err != nil {
		return nil, err
	}
	interfaces, err := decodeInterfaces(body)
	if err != nil {
		return nil, err
	}
	for _, i := range interfaces {
		body, fd, err := c.ask(message{kind: lineQuery, at: address{i.id, unused}, timeslot: unused})
		drop(fd)
		if err != nil {
			return nil, fmt.Errorf("interface %d: %w", i.id, err)
		}
		lines, err := decodeLines(body)
		if err != nil {
			return nil, fmt.Errorf("interface %d: %w", i.id, err)
		}
		for _, l := range lines {
			at := address{i.id, l.id}
			detail, err := c.timeslotsInUse(at)
			if err != nil {
				return nil, fmt.Errorf("line %v: %w", at, err)
			}
			devices = append(devices, hw.Device{Driver: "e1d", Name: at.String(), Detail: modeText(l.mode) + detail})
		}
	}
	return devices, nil
}

// timeslotsInUse says which timeslots a program has open: ", open: 16 raw".
func (c *client) timeslotsInUse(at address) (string, error) {
	body, fd, err := c.ask(message{kind: timeslotQuery, at: at, timeslot: unused})
	drop(fd)
	if err != nil {
		return "", err
	}
	list, err := decodeTimeslots(body)
	if err != nil {
		return "", err
	}
	var open []string
	for _, t := range list {
		if t.mode != 0 {
			open = append(open, fmt.Sprintf("%d %s", t.id, modeText(t.mode)))
		}
	}
	if len(open) == 0 {
		return ", no timeslot open", nil
	}
	return ", open: " + strings.Join(open, ", "), nil
}
