package pseudowire

import (
	"errors"
	"slices"
	"strconv"

	"c7mon/hw"
)

// A format is how the packets of a pseudowire are made.
type format struct {
	satop     bool  // a whole E1, else timeslots
	cas       bool  // the signalling of the timeslots follows those of a multiframe
	timeslots []int // of CESoPSN, in the order of time
	links     []hw.Link
	width     int // octets of the line each 125 us
	payload   int // octets of the line in a packet, 0: as the packets have it
	rtp       rtpPlace
	window    int
}

const frameTime = 125_000 // ns, G.704 2.3

// Parts of a multiframe, FRG of RFC 5086 4.3.
const (
	partWhole = 0
	partLast  = 2
)

var (
	errSize = errors.New("packet: its length is not that of the others")
	errPart = errors.New("packet: no whole frames of the timeslots that are configured")
	errFRG  = errors.New("packet: a part of a multiframe, where no signalling of timeslots is configured")
)

// data gives the octets of the line in a packet; none where the sender's line has failed and they were left out. size is
// how many there have to be, 0 where that is not known.
func (f *format) data(p *packet, size int) ([]byte, error) {
	b := p.payload
	if len(b) == 0 && p.L {
		return nil, nil
	}
	switch {
	case f.cas && (p.FRG == partWhole || p.FRG == partLast):
		trailer := (len(f.timeslots) + 1) / 2 // four bits a timeslot, RFC 5086 5.2
		if len(b) < trailer {
			return nil, errPart
		}
		b = b[:len(b)-trailer]
	case !f.cas && p.FRG != partWhole:
		return nil, errFRG
	}
	switch {
	case size != 0 && len(b) != size || len(b) == 0:
		return nil, errSize
	case !f.satop && len(b)%f.width != 0:
		return nil, errPart
	}
	return b, nil
}

// flags gives what a packet says of the lines.
func (f *format) flags(p *packet) (says flags) {
	if p.L {
		says |= lineFault
	}
	if p.R {
		says |= remoteLoss
	}
	if !f.satop && !p.L && p.M == 2 {
		says |= remoteAlarm
	}
	return says
}

// channels gives the links, or each timeslot where none are configured, with the places of their timeslots in a frame.
func (f *format) channels() (all []hw.Link) {
	if len(f.links) == 0 {
		for at, t := range f.timeslots {
			all = append(all, hw.Link{Name: strconv.Itoa(t), Timeslots: []int{at}})
		}
		return all
	}
	for _, l := range f.links {
		c := hw.Link{Name: l.Name}
		for _, t := range l.Timeslots {
			c.Timeslots = append(c.Timeslots, slices.Index(f.timeslots, t))
		}
		all = append(all, c)
	}
	return all
}
