package monitor

import (
	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/isup"
	"c7mon/mtp"
)

// user takes an MSU to its user part. repeat says that its sequence number showed a repeat.
func (m *Monitor) user(f *capture.Frame, msu *mtp.MSU, repeat bool) {
	if !repeat {
		repeat = m.hearings.Again(f.Clock, msu.Link, msu.Hash())
	}
	if m.opt.Heard != nil {
		m.heard = Heard{Frame: f, MSU: msu, Link: m.lines.names[msu.Link], Duplicate: repeat}
	}
	var fate messageFate
	switch msu.SI {
	case mtp.ISUP, mtp.BICC:
		fate = m.call(f, msu, repeat)
	case mtp.SNM, mtp.MTN, mtp.MTNS:
		fate = m.management(msu, repeat)
	default:
		fate = messageOtherUser
	}
	if repeat {
		fate = messageDuplicate
	}
	m.count.messages[fate]++
	if m.opt.Heard != nil {
		m.opt.Heard(&m.heard)
	}
}

// call decodes a message of ISUP or BICC and gives it to the correlator.
func (m *Monitor) call(f *capture.Frame, msu *mtp.MSU, repeat bool) messageFate {
	if repeat && m.opt.Heard == nil {
		return messageDuplicate
	}
	msg := &m.message
	msg.Decode(tablesOf(msu), msu.Data)
	if m.opt.Heard != nil {
		m.heard.Message, m.heard.Err = msg, msg.Err
	}
	if repeat {
		return messageDuplicate
	}
	fate := messageDecoded
	switch {
	case msg.Err != nil && msg.Type == 0: // too short to have one
		m.fault(f, msg.Err)
		return messageMalformed
	case !msg.Known():
		fate = messageUnknown
	}
	m.countType(msu.SI, msg.Type)
	if fate == messageDecoded && m.correlator != nil {
		fate = callFates[m.correlator.Message(correlate.At{Time: f.Time, Clock: f.Clock, File: f.File, Frame: f.Number}, msu, msg)]
	}
	if msg.Err != nil {
		m.fault(f, msg.Err)
		fate = messageMalformed
	}
	return fate
}

var callFates = [correlate.FateEnds]messageFate{correlate.Decoded: messageDecoded, correlate.Orphan: messageOrphan,
	correlate.Repeat: messageRepeated}

func (m *Monitor) countType(si uint8, t isup.Type) {
	if si == mtp.BICC {
		m.count.bicc[t]++
	} else {
		m.count.isup[t]++
	}
}

// management names a network management or test message.
func (m *Monitor) management(msu *mtp.MSU, repeat bool) messageFate {
	name := msu.Management()
	if m.opt.Heard != nil {
		m.heard.Name = name
	}
	protocol := "snm"
	if msu.SI != mtp.SNM {
		protocol = "sltm"
	}
	if name == "" {
		return messageUnknown
	}
	if !repeat {
		m.count.add(protocol, name)
	}
	return messageDecoded
}

// tablesOf gives the message tables of an MSU of ISUP or BICC.
func tablesOf(m *mtp.MSU) *isup.Tables {
	switch {
	case m.SI == mtp.BICC:
		return &isup.BICC
	case m.Variant == mtp.ANSI:
		return &isup.ANSI
	}
	return &isup.ITU
}

// isupTables gives the tables that name the message types of ISUP in the summary: those of national networks.
func (m *Monitor) isupTables() *isup.Tables {
	return tablesOf(&mtp.MSU{SI: mtp.ISUP, Variant: m.opt.Variants[2]})
}
