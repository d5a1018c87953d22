package monitor

import (
	"slices"

	"c7mon/capture"
	"c7mon/sigtran"
)

var packetFates = [...]frameFate{sigtran.Malformed: frameMalformed, sigtran.MSU: frameMSU,
	sigtran.Duplicate: frameDuplicate, sigtran.Fragment: frameFragment, sigtran.Management: frameManagement,
	sigtran.Other: frameOther, sigtran.SCTPControl: frameSCTPControl}

// packet reads an IP packet.
func (m *Monitor) packet(f *capture.Frame) frameFate {
	verdict, err := m.sigtran.Packet(f.Clock, f.Data)
	if err != nil {
		m.fault(f, err)
	}
	m.carried(f, true)
	return packetFates[verdict]
}

// m3ua reads one message of M3UA that came without IP and SCTP. No numbers tell of repeats and losses there.
func (m *Monitor) m3ua(f *capture.Frame) frameFate {
	l := m.lines.of(f, &m.opt)
	variants := sigtran.Variants(m.opt.Variants)
	if l.hasVariant {
		variants = sigtran.Variants{l.variant, l.variant, l.variant, l.variant}
	}
	verdict := m.sigtran.M3UA(f.Clock, sigtran.Line{Link: l.link, Direction: f.Direction}, &variants, f.Data)
	m.carried(f, false)
	return packetFates[verdict]
}

// carried takes what sigtran has found in a frame; numbered says that TSNs tell of losses.
func (m *Monitor) carried(f *capture.Frame, numbered bool) {
	m.doubtChunks()
	m.missedChunks(f)
	for i := range m.sigtran.Items {
		item := &m.sigtran.Items[i]
		msu := &item.MSU
		repeat := item.Fate == sigtran.Repeat
		if !repeat {
			m.measures.heard(f.File, msu.Link, msu.Direction, f.Time, numbered)
			if numbered {
				m.heardAt(msu.Link, f)
				m.heardLine(f, msu.Link, msu.Direction)
			}
		}
		if item.Err != nil {
			m.count.messages[messageMalformed]++
			m.fault(f, item.Err)
			continue
		}
		m.user(f, msu, repeat)
	}
	if m.opt.Control != nil {
		for i := range m.sigtran.Messages {
			c := &m.sigtran.Messages[i]
			m.opt.Control(f, m.lines.names[c.Link], c)
		}
	}
	m.settleChunks()
}

// doubtChunks tells the correlator of associations on which TSNs are passed over that may still come.
func (m *Monitor) doubtChunks() {
	m.doubted, m.doubting = m.doubting, m.doubted
	m.doubting = m.sigtran.Open(m.doubting[:0])
	if m.correlator == nil {
		return
	}
	for _, l := range m.doubting {
		m.correlator.Doubt(l.Link, l.Direction, true)
	}
}

// settleChunks takes back the doubts that are gone, once what is known of them and the messages since have been told.
func (m *Monitor) settleChunks() {
	if m.correlator == nil {
		return
	}
	for _, l := range m.doubted {
		if !slices.Contains(m.doubting, l) {
			m.correlator.Doubt(l.Link, l.Direction, false)
		}
	}
}

// missedChunks takes the gaps of TSNs that are given up.
func (m *Monitor) missedChunks(f *capture.Frame) {
	for _, g := range m.sigtran.Missed {
		m.measures.lost(f.File, g.Link, g.Direction, g.Time, uint64(g.Count))
		if m.correlator != nil {
			m.correlator.Missed(g.Link, g.Direction, g.Noticed)
		}
	}
}
