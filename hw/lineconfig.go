package hw

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"c7mon/e1"
	"c7mon/wire"
)

// LineConfig says how octets of E1s and timeslots are to be read. It is a part of the configuration of every driver that
// gives octets, not signal units. The zero value finds out by itself what can be found out.
type LineConfig struct {
	Links    []string `yaml:"links"`     // timeslots with signalling links: "16", "1-31"; "1+2+3" and "1-15+17-31" are one link of n x 64 kbit/s; none: found by what they carry
	Sequence string   `yaml:"sequence"`  // sequence numbers of the links: auto (default), basic (7 bits) or extended (12 bits)
	BitOrder string   `yaml:"bit_order"` // msb (default) or lsb: which bit of an octet was first on the line
	CRC4     string   `yaml:"crc4"`      // auto (default), on or off
	Clock    string   `yaml:"clock"`     // machine (default): octets bear the time at which they came; stream: they are counted from start
	Start    string   `yaml:"start"`     // RFC 3339 time of the first octet where clock is stream; default: the moment the source was opened
}

// Check says which part of the configuration is wrong.
func (c *LineConfig) Check() error {
	_, err := c.parse()
	return err
}

// reading is a LineConfig that has been checked.
type reading struct {
	links    []link
	sequence sequence
	order    e1.BitOrder
	crc      e1.CRC4
	stream   bool
	start    wire.Time // NoTime: when the Receiver is made
}

// A link is timeslots that carry one signalling link.
type link struct {
	name      string
	timeslots []int // in the order of time
}

// sequence is what is known of the sequence numbers of a link.
type sequence uint8

const (
	sequenceAuto sequence = iota
	sequenceBasic
	sequenceExtended
)

func (c *LineConfig) parse() (r reading, err error) {
	one := func(key, have string, among ...string) int {
		if have == "" {
			return 0
		}
		i := slices.Index(among, have)
		if i < 0 && err == nil {
			err = fmt.Errorf("%s: %q: one of %s is needed", key, have, strings.Join(among, ", "))
		}
		return max(i, 0)
	}
	r.sequence = sequence(one("sequence", c.Sequence, "auto", "basic", "extended"))
	r.order = e1.BitOrder(one("bit_order", c.BitOrder, "msb", "lsb"))
	r.crc = e1.CRC4(one("crc4", c.CRC4, "auto", "on", "off"))
	r.stream = one("clock", c.Clock, "machine", "stream") == 1
	if err != nil {
		return r, err
	}
	r.start = wire.NoTime
	if c.Start != "" {
		t, terr := time.Parse(time.RFC3339Nano, c.Start)
		switch {
		case terr != nil:
			return r, fmt.Errorf("start: %q: a time such as 2003-10-18T10:00:00Z is needed", c.Start)
		case !r.stream:
			return r, fmt.Errorf("start: is for clock: stream alone")
		}
		r.start = wire.TimeOf(t)
	}
	r.links, err = parseLinks(c.Links)
	return r, err
}

// parseLinks reads the timeslots of the links.
func parseLinks(texts []string) (all []link, err error) {
	taken := map[int]bool{}
	for _, text := range texts {
		slots, err := Timeslots(text)
		if err != nil {
			return nil, fmt.Errorf("links: %w", err)
		}
		for _, t := range slots {
			if taken[t] {
				return nil, fmt.Errorf("links: timeslot %d stands twice", t)
			}
			taken[t] = true
		}
		if strings.Contains(text, "+") {
			all = append(all, link{text, slots})
			continue
		}
		for _, t := range slots {
			all = append(all, link{strconv.Itoa(t), []int{t}})
		}
	}
	return all, nil
}
