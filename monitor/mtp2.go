package monitor

import (
	"errors"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// errFCS tells of an errored signal unit.
var errFCS = errors.New("signal unit: frame check sequence is wrong")

// signalUnit reads a frame of MTP2.
func (m *Monitor) signalUnit(f *capture.Frame) frameFate {
	l := m.lines.of(f, &m.opt)
	annexA := f.Payload == capture.MTP2Annex
	unit, ok := f.Data, true
	if f.FCS != capture.FCSGone {
		unit, ok = l.fcs.Trim(f.Data, annexA, f.FCS == capture.FCSThere, f.Cut)
	}
	if !ok {
		return m.broken(f, errFCS)
	}
	if err := m.unit.Decode(unit, annexA, f.Cut); err != nil {
		return m.broken(f, err)
	}
	if m.unit.Kind == mtp.MSUnit {
		return m.messageUnit(f, l, annexA)
	}
	fate := frameFISU
	if m.unit.Kind == mtp.LSSU {
		fate = frameLSSU
		if m.opt.Unit != nil {
			m.opt.Unit(f, m.lines.names[l.link], m.unit.Status.String())
		}
	}
	if f.Direction != wire.NoDirection {
		s := l.sequence(f.Direction, 0, annexA)
		if fate == frameLSSU && m.unit.Status.Aligning() {
			m.missedUnits(f, l, f.Direction, s.Restart(), f.Clock)
		} else {
			m.missedUnits(f, l, f.Direction, s.Fill(f.Clock, m.unit.FSN), s.Since())
		}
		m.doubt(l, f.Direction, s)
		m.heardLine(f, l.link, f.Direction)
	}
	return fate
}

// messageUnit reads an MSU of MTP2.
func (m *Monitor) messageUnit(f *capture.Frame, l *line, annexA bool) frameFate {
	if err := m.label(l, m.unit.Data); err != nil {
		return m.broken(f, err)
	}
	m.msu.Link, m.msu.Direction = l.link, f.Direction
	s := l.sequence(f.Direction, m.msu.OPC, annexA)
	since := s.Since()
	repeat, missed := s.Unit(f.Clock, m.unit.FSN, m.msu.Hash())
	if !s.Mixed() {
		m.missedUnits(f, l, f.Direction, missed, since)
		m.doubt(l, f.Direction, s)
		m.heardLine(f, l.link, f.Direction)
	}
	if !repeat {
		m.measures.heard(f.File, l.link, f.Direction, f.Time, !s.Mixed())
	}
	m.user(f, &m.msu, repeat)
	if repeat {
		return frameDuplicate
	}
	return frameMSU
}

// missedUnits tells that n signal units of a line are given up; since is when they were passed over.
func (m *Monitor) missedUnits(f *capture.Frame, l *line, dir wire.Direction, n int, since wire.Time) {
	if n == 0 {
		return
	}
	m.measures.lost(f.File, l.link, dir, f.Time, uint64(n))
	if m.correlator != nil {
		m.correlator.Missed(l.link, dir, since)
	}
}

// doubt tells the correlator when numbers are passed over that may still come, and when none are any more.
func (m *Monitor) doubt(l *line, dir wire.Direction, s *mtp.Sequence) {
	if open := s.Open(); open != l.doubt[dir&1] {
		l.doubt[dir&1] = open
		if m.correlator != nil {
			m.correlator.Doubt(l.link, dir, open)
		}
	}
}

// heardLine tells the correlator that a line whose sequence numbers are followed was heard.
func (m *Monitor) heardLine(f *capture.Frame, link mtp.Link, dir wire.Direction) {
	if m.correlator != nil {
		m.correlator.Heard(link, dir, f.Clock)
	}
}

// finishLines gives up what is still open on every line.
func (m *Monitor) finishLines() {
	for _, l := range m.lines.all {
		for dir, s := range [...]*mtp.Sequence{wire.Forth: l.forth, wire.Back: l.back} {
			if s != nil {
				since := s.Since()
				m.missedUnits(&m.frame, l, wire.Direction(dir), s.Finish(), since)
			}
		}
	}
}
