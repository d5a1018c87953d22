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
	m.doubtChunks()
	m.missedChunks(f)
	for i := range m.sigtran.Items {
		item := &m.sigtran.Items[i]
		msu := &item.MSU
		repeat := item.Fate == sigtran.Repeat
		if !repeat {
			m.measures.heard(f.File, msu.Link, msu.Direction, f.Time, true)
			m.heardLine(f, msu.Link, msu.Direction)
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
	return packetFates[verdict]
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
