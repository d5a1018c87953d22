package main

import (
	"fmt"
	"io"
	"strings"

	"c7mon/capture"
	"c7mon/wire"
)

// A recording is a pcapng file of what live lines carry. Each line is an interface with its name, so that a replay of the
// file names it as the monitor does.
type recording struct {
	out        *capture.Writer
	lineName   func(*capture.Frame) string
	interfaces map[recorded]uint32
	octets     []byte
	frames     uint64
	leftOut    uint64
	errored    uint64
	dropped    uint64
	other      uint64
}

// recorded is an interface of the file: pcapng has one link type an interface.
type recorded struct {
	file int
	line uint32
	link capture.LinkType
}

func newRecording(w io.Writer, lineName func(*capture.Frame) string) *recording {
	return &recording{out: capture.NewPcapngWriter(w), lineName: lineName, interfaces: map[recorded]uint32{}}
}

// add writes a frame as the link type that says most of it.
func (r *recording) add(f *capture.Frame) error {
	r.leftOut += uint64(f.Repeats)
	var link capture.LinkType
	r.octets = r.octets[:0]
	switch f.Payload {
	case capture.Tick:
		return nil
	case capture.LineEvent:
		if f.Event.Kind == capture.EventDropped {
			r.dropped += f.Event.Count
		}
		return nil
	case capture.Malformed:
		r.errored++
		return nil
	case capture.MTP2:
		link = capture.LinkMTP2
	case capture.MTP2Annex:
		link = capture.LinkMTP2Phdr
		r.octets = append(r.octets, sentOctet(f.Direction), 1, 0, 0) // then: Annex A, link number
	case capture.MTP3:
		link = capture.LinkMTP3
	case capture.IP:
		link = capture.LinkRaw
	case capture.M3UA:
		link = capture.LinkExported
	default:
		r.other++
		return nil
	}
	key := recorded{f.File, f.Interface, link}
	i, ok := r.interfaces[key]
	if !ok {
		var err error
		if i, err = r.out.AddInterface(capture.InterfaceInfo{Name: r.lineName(f), Link: link}); err != nil {
			return err
		}
		r.interfaces[key] = i
	}
	if link == capture.LinkExported {
		r.octets = capture.AppendExportedM3UA(r.octets, f.Data)
	} else {
		r.octets = append(r.octets, f.Data...)
	}
	r.frames++
	return r.out.Write(capture.Record{Time: f.Time, Interface: i, Direction: f.Direction, Data: r.octets, Cut: f.Cut})
}

func (r *recording) end() error { return r.out.Flush() }

// String says what was written and what was not.
func (r *recording) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d frames of %s written", r.frames, count(len(r.interfaces), "line"))
	for _, k := range [...]struct {
		n    uint64
		what string
	}{{r.leftOut, "fill-in and link status units like the one before left out"}, {r.errored, "errored units left out"},
		{r.other, "frames of other kinds left out"}, {r.dropped, "frames dropped before they came here"}} {
		if k.n > 0 {
			fmt.Fprintf(&b, ", %d %s", k.n, k.what)
		}
	}
	return b.String()
}

// sentOctet is how the pseudo-header of link type 139 says the direction: 1 is sent, which is Back here.
func sentOctet(d wire.Direction) byte {
	if d == wire.Back {
		return 1
	}
	return 0
}
