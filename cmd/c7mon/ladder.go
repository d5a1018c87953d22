package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"c7mon/capture"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/store"
	"c7mon/wire"
)

// errLadderDone stops the reading when the last message of the call has been seen.
var errLadderDone = errors.New("the last message was seen")

// A ladder prints the messages of one call between its two points.
type ladder struct {
	row    *store.Row
	out    io.Writer
	octets bool
	zone   *time.Location
	form   mtp.PointCodeForm
	copy   *frameCopy // nil: frames are not written
	done   func(error)
	n      int
	frame  uint64 // last frame copied
	err    error
}

// heard takes one message of the capture.
func (l *ladder) heard(h *monitor.Heard) {
	r := l.row
	if r.End.Known() && h.Frame.Time.Micros() > r.End.Micros()+ladderSlack.Microseconds() {
		l.done(errLadderDone)
		return
	}
	if h.Message == nil || h.Duplicate || !l.mine(h) {
		return
	}
	if l.n == 0 {
		l.head()
	}
	l.n++
	l.step(h)
	if l.copy != nil && l.frame != h.Frame.Number {
		l.frame = h.Frame.Number
		l.keep(l.copy.frame(h.Frame))
	}
}

// ladderSlack is how long after its end the reading goes on: a record ends by its release where no RLC was seen, and the
// store keeps microseconds.
const ladderSlack = time.Second

// mine reports whether a message is one of the call: of its circuit, and in its time.
func (l *ladder) mine(h *monitor.Heard) bool {
	r, u := l.row, h.MSU
	between := u.OPC == r.OPC && u.DPC == r.DPC || u.OPC == r.DPC && u.DPC == r.OPC
	if !between || u.NI != r.NI || h.Message.CIC != r.CIC || h.Message.Tables.Protocol != r.Protocol {
		return false
	}
	at := h.Frame.Time.Micros()
	return at >= r.Start.Micros() && (!r.End.Known() || at <= r.End.Micros() || h.Frame.Number <= r.LastFrame && r.Capture == r.LastCapture)
}

const ladderWidth = 44

func (l *ladder) head() {
	left, right := l.form.Format(l.row.OPC), l.form.Format(l.row.DPC)
	l.print("\n%26s %s%*s\n", "", left, ladderWidth-len(left), right)
}

// step prints an arrow: the message, and what it says.
func (l *ladder) step(h *monitor.Heard) {
	m := newMessage(h)
	what := m.Message
	if m.Cause != nil {
		what += fmt.Sprintf(" %d %s", *m.Cause, m.Location)
	}
	if m.Called != nil {
		what += " " + *m.Called
	}
	if m.Event != nil {
		what += fmt.Sprintf(" event %d", *m.Event)
	}
	dashes := strings.Repeat("-", max(ladderWidth-len(what)-4, 2))
	arrow := fmt.Sprintf("|- %s %s>|", what, dashes[2:])
	if h.MSU.OPC != l.row.OPC {
		arrow = fmt.Sprintf("|<%s %s -|", dashes[2:], what)
	}
	l.print("%s %s  frame %d\n", h.Frame.Time.Std().In(l.zone).Format("2006-01-02 15:04:05.000000"), arrow, h.Frame.Number)
	if m.Error != "" {
		l.print("%27s %s\n", "", m.Error)
	}
	if l.octets {
		l.keep(h.Message.Dump(indent{l.out}))
		l.print("%27s % x\n", "", h.Message.Data)
	}
}

func (l *ladder) print(format string, args ...any) {
	_, err := fmt.Fprintf(l.out, format, args...)
	l.keep(err)
}

// keep remembers the first error and stops the reading.
func (l *ladder) keep(err error) {
	if err != nil && l.err == nil {
		l.err = err
		l.done(err)
	}
}

// indent moves what is written through it under the ladder.
type indent struct{ w io.Writer }

func (i indent) Write(b []byte) (int, error) {
	text := strings.TrimSuffix(string(b), "\n")
	pad := "\n" + strings.Repeat(" ", 28)
	_, err := io.WriteString(i.w, pad[1:]+strings.ReplaceAll(text, "\n", pad)+"\n")
	return len(b), err
}

// A frameCopy writes frames to a pcapng file as they were captured.
type frameCopy struct {
	w      *capture.Writer
	files  *capture.Files
	ifaces map[[2]uint32]uint32
}

func newFrameCopy(w io.Writer, files *capture.Files) *frameCopy {
	return &frameCopy{w: capture.NewPcapngWriter(w), files: files, ifaces: map[[2]uint32]uint32{}}
}

// frame writes the frame that the source has just given.
func (c *frameCopy) frame(f *capture.Frame) error {
	k := [2]uint32{uint32(f.File), f.Interface}
	id, ok := c.ifaces[k]
	if !ok {
		var err error
		name := c.files.Info()[f.File].Interfaces[f.Interface].Name
		if id, err = c.w.AddInterface(capture.InterfaceInfo{Name: name, Link: f.Type}); err != nil {
			return err
		}
		c.ifaces[k] = id
	}
	return c.w.Write(capture.Record{Time: f.Time, Interface: id, Direction: direction(f), Data: c.files.Record(), Cut: f.Cut})
}

// direction is what goes into the record's own flags: a pseudo-header says it by itself.
func direction(f *capture.Frame) wire.Direction {
	if f.Type == capture.LinkMTP2Phdr || f.Type == capture.LinkERF {
		return wire.NoDirection
	}
	return f.Direction
}

func (c *frameCopy) close() error { return c.w.Flush() }
