package lab

import (
	"io"
	"strconv"

	"c7mon/capture"
	"c7mon/wire"
)

// file writes a capture and counts what goes into it.
type file struct {
	out *capture.Writer
	sum written
}

// written is how many frames went into a capture, and from when to when.
type written struct {
	frames      uint64
	first, last wire.Time
}

func (f *file) written() written { return f.sum }

func (f *file) flush() error { return f.out.Flush() }

// newPcap begins a capture of one link type.
func newPcap(w io.Writer, t capture.LinkType) *file { return &file{out: capture.NewPcapWriter(w, t)} }

// newPcapng begins a capture with an interface for each link.
func newPcapng(w io.Writer, t capture.LinkType, links int) (*file, error) {
	f := &file{out: capture.NewPcapngWriter(w)}
	for i := range links {
		if _, err := f.out.AddInterface(capture.InterfaceInfo{Name: "link" + strconv.Itoa(i), Link: t}); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// record writes one frame; link is its interface in a pcapng and 0 in a pcap.
func (f *file) record(at wire.Time, link int, data []byte) error {
	if f.sum.frames == 0 {
		f.sum.first = at
	}
	f.sum.frames++
	f.sum.last = at
	return f.out.Write(capture.Record{Time: at, Interface: uint32(link), Direction: wire.NoDirection, Data: data})
}

// counter counts the octets on their way to w.
type counter struct {
	w io.Writer
	n uint64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += uint64(n)
	return n, err
}
