// Package monitor is the path: it takes frames from a capture.Source, gives the messages in them to the correlator, and
// hands over each call that has ended. Every frame and every message ends in exactly one counter.
package monitor

import (
	"context"
	"errors"
	"fmt"
	"io"

	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/sigtran"
	"c7mon/wire"
)

// Options say what a Monitor does with what it hears. The zero value decodes ITU messages and counts them.
type Options struct {
	LineVariant func(name string) (v mtp.Variant, ok bool)              // of a line that the configuration names; nil: Variants alone
	Variants    [4]mtp.Variant                                          // by network indicator
	LineName    func(*capture.Frame) string                             // names a line that is new; nil: by its number
	Calls       *correlate.Options                                      // nil: messages are not joined to calls
	Heard       func(*Heard)                                            // takes each MSU; what it is given is borrowed until it returns
	Fault       func(*capture.Frame, error)                             // takes each malformed frame, with the reason
	Unit        func(f *capture.Frame, link, status string)             // takes each LSSU
	Event       func(f *capture.Frame, line string)                     // takes each event of a line or source
	Control     func(f *capture.Frame, link string, m *sigtran.Message) // takes messages of M3UA, M2UA, M2PA without an MSU
}

// variantsOf gives the variants of an association, by network indicator.
func (o *Options) variantsOf(name string) sigtran.Variants {
	if o.LineVariant != nil {
		if v, ok := o.LineVariant(name); ok {
			return sigtran.Variants{v, v, v, v}
		}
	}
	return o.Variants
}

// Heard is one MSU with all that is known of it.
type Heard struct {
	Frame     *capture.Frame
	MSU       *mtp.MSU
	Message   *isup.Message // of ISUP and BICC, else nil
	Name      string        // abbreviation of a management or test message
	Link      string
	Duplicate bool // it was heard before: MTP2, SCTP or a second tap repeats it
	Err       error
}

// A Monitor follows the links of one stream of frames. It is for one goroutine.
type Monitor struct {
	opt        Options
	frame      capture.Frame
	unit       mtp.SignalUnit
	msu        mtp.MSU
	message    isup.Message
	sigtran    *sigtran.Decoder
	lines      lines
	hearings   *correlate.Hearings
	correlator *correlate.Correlator
	count      counters
	measures   measures
	places     [][4]heardPlace // of associations, by mtp.Link
	heard      Heard
	doubting   []sigtran.Line // associations on which TSNs are passed over that may still come
	doubted    []sigtran.Line // the same before the packet in hand
}

// New gives a Monitor that has heard nothing.
func New(opt Options) *Monitor {
	m := &Monitor{opt: opt, lines: newLines(), hearings: correlate.NewHearings(),
		count:    counters{first: wire.NoTime, last: wire.NoTime, other: map[string]map[string]uint64{}},
		measures: measures{byKey: map[measureKey]*measure{}}}
	m.sigtran = sigtran.New(sigtran.Options{NewLink: m.lines.add, Variants: opt.variantsOf})
	if opt.Calls != nil {
		calls := *opt.Calls
		sink := calls.Sink
		calls.Sink = func(c *correlate.Call) {
			m.count.outcomes[c.Outcome]++
			if c.EndReason == correlate.ByCaptureEnd {
				m.count.open++
			}
			if sink != nil {
				sink(c)
			}
		}
		m.correlator = correlate.New(calls)
	}
	return m
}

// Run reads src to its end, or until ctx is done. A file that breaks off ends there with its error, which is given back
// when the others have been read too. Finish has to follow when the calls still up are to be handed over.
func (m *Monitor) Run(ctx context.Context, src capture.Source) error {
	done := ctx.Done()
	var broken error
	for n := uint(0); ; n++ {
		if n%1024 == 0 && done != nil {
			select {
			case <-done:
				return ctx.Err()
			default:
			}
		}
		err := src.Next(&m.frame)
		if err == nil {
			m.take(&m.frame)
			continue
		}
		if err == io.EOF {
			return broken
		}
		broken = errors.Join(broken, err)
		if record := (*capture.RecordError)(nil); !errors.As(err, &record) {
			return broken
		}
	}
}

// take reads one frame.
func (m *Monitor) take(f *capture.Frame) {
	if f.Repeats > 0 {
		m.count.frames[frameLeftOut] += uint64(f.Repeats)
	}
	if len(m.measures.outages) > 0 {
		m.stillDeaf(f.Clock)
	}
	var fate frameFate
	switch f.Payload {
	case capture.Tick:
		if f.Time.Known() {
			m.tick(f.Time)
		}
		return
	case capture.LineEvent:
		m.event(f)
		return
	case capture.MTP2, capture.MTP2Annex:
		fate = m.signalUnit(f)
	case capture.IP:
		fate = m.packet(f)
	case capture.M3UA:
		fate = m.m3ua(f)
	case capture.MTP3:
		fate = m.network(f)
	case capture.SCCP:
		m.count.messages[messageOtherUser]++
		fate = frameMSU
	case capture.Other:
		fate = frameOther
	case capture.Malformed:
		fate = m.broken(f, f.Err)
	default:
		fate = frameUnsupported
	}
	m.count.frames[fate]++
	m.count.bytes += uint64(f.Len)
	if !m.count.first.Known() || f.Time < m.count.first {
		m.count.first = f.Time
	}
	m.count.last = max(m.count.last, f.Time)
}

// tick lets the timers run.
func (m *Monitor) tick(t wire.Time) {
	if m.correlator != nil {
		m.correlator.Tick(t)
	}
	m.sigtran.Tick(t)
	m.doubtChunks()
	m.missedChunks(&m.frame)
	m.settleChunks()
}

// Resume goes on with a call that an earlier capture left open, see correlate.Correlator.Resume.
func (m *Monitor) Resume(c *correlate.Call) {
	if m.correlator != nil {
		m.correlator.Resume(c)
	}
}

// Finish ends the capture: what waits is settled and the calls still up are handed over.
func (m *Monitor) Finish() {
	m.sigtran.Flush()
	m.missedChunks(&m.frame)
	m.finishOutages()
	m.finishLines()
	if m.correlator != nil {
		m.correlator.Close()
	}
}

// broken counts a frame that could not be read.
func (m *Monitor) broken(f *capture.Frame, err error) frameFate {
	m.fault(f, err)
	return frameMalformed
}

// fault tells of a frame or message that is broken.
func (m *Monitor) fault(f *capture.Frame, err error) {
	m.count.fault(fmt.Errorf("frame %d: %w", f.Number, err))
	if m.opt.Fault != nil {
		m.opt.Fault(f, err)
	}
}

// network reads a frame that begins with the service information octet.
func (m *Monitor) network(f *capture.Frame) frameFate {
	l := m.lines.of(f, &m.opt)
	if err := m.label(l, f.Data); err != nil {
		return m.broken(f, err)
	}
	m.msu.Link, m.msu.Direction = l.link, f.Direction
	m.measures.heard(f.File, l.link, f.Direction, f.Time, false)
	m.user(f, &m.msu, false)
	return frameMSU
}

// label reads the service information octet and the label, by the variant of the line or of its network.
func (m *Monitor) label(l *line, b []byte) error {
	v := l.variant
	if !l.hasVariant && len(b) > 0 {
		v = m.opt.Variants[b[0]>>6]
	}
	return m.msu.Decode(v, b)
}
