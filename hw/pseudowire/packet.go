package pseudowire

import (
	"encoding/binary"
	"errors"
)

// A packet is what one packet of a pseudowire says. The control word is the same in both protocols, but for M, which SAToP
// has not, and for FRG, which only CESoPSN with signalling of timeslots uses.
//
//	0 0 0 0 | L | R | M M | FRG 2 | LEN 6 | sequence number 16
//
// RFC 4553 4.3, RFC 5086 4.3. Over UDP an RTP header may stand before it; over other networks it stands behind, which some
// equipment does over UDP too.
type packet struct {
	L        bool   // what the sender heard of its line is not valid; the payload may be missing
	R        bool   // the sender gets no packets of the other direction
	M        byte   // CESoPSN: 2 is a remote alarm on the sender's line, 3 a packet of signalling
	FRG      byte   // which part of a multiframe: 0 all, 1 the first, 2 the last, 3 another
	Sequence uint16 // counts packets, round at 65,536, zero being a number like others
	RTP      bool   // there was an RTP header
	SSRC     uint32
	payload  []byte // octets of the line; aliases those given to decode
}

// rtpPlace says where the RTP header is.
type rtpPlace uint8

const (
	rtpAuto   rtpPlace = iota // before the control word or nowhere: the first four bits of a control word are 0, of RTP never
	rtpNone                   // there is none
	rtpBefore                 // before the control word, RFC 4553 4.2, figure for UDP
	rtpAfter                  // behind it, as over MPLS
)

const (
	wordOctets = 4
	rtpOctets  = 12
	lenBound   = 64 // packets shorter than that may say their length
)

var (
	errShort   = errors.New("control word: cut")
	errChannel = errors.New("control word: a packet of the associated channel, RFC 4385 5")
	errWord    = errors.New("control word: its first four bits are not 0")
	errRTP     = errors.New("RTP header: cut, or not that of a pseudowire")
	errLength  = errors.New("control word: LEN is more than there is")
)

// decode sets p from the payload of a datagram.
func (p *packet) decode(b []byte, place rtpPlace) error {
	*p = packet{}
	size := len(b)
	if place == rtpBefore || place == rtpAuto && len(b) > 0 && b[0]>>6 == 2 {
		if !p.rtp(b) {
			return errRTP
		}
		b = b[rtpOctets:]
	}
	if len(b) < wordOctets {
		return errShort
	}
	switch b[0] >> 4 {
	case 0:
	case 1:
		return errChannel
	default:
		return errWord
	}
	p.L, p.R, p.M, p.FRG = b[0]&8 != 0, b[0]&4 != 0, b[0]&3, b[1]>>6
	length := int(b[1] & 0x3f)
	p.Sequence = binary.BigEndian.Uint16(b[2:])
	p.payload = b[wordOctets:]
	if place == rtpAfter {
		if !p.rtp(p.payload) {
			return errRTP
		}
		p.payload = p.payload[rtpOctets:]
	}
	return p.trim(length, size)
}

// rtp reads the fixed header of RFC 3550 5.1. A pseudowire uses none of what could make it longer, RFC 4553 4.3.1.
func (p *packet) rtp(b []byte) bool {
	if len(b) < rtpOctets || b[0] != 0x80 {
		return false
	}
	p.RTP, p.SSRC = true, binary.BigEndian.Uint32(b[8:])
	return true
}

// trim takes off the padding that a length tells of. It counts the headers; not all senders count the RTP header.
func (p *packet) trim(length, size int) error {
	if length == 0 || length == size || p.RTP && length == size-rtpOctets {
		return nil
	}
	head := size - len(p.payload)
	switch {
	case length > size:
		return errLength
	case length < head || size >= lenBound:
		return nil // it says nothing that could be meant
	}
	p.payload = p.payload[:length-head]
	return nil
}

// rtpBehind gives the SSRC where an RTP header stands behind the control word of b, by the evidence that the packet has: it
// begins as one does, and its sequence number is that of the control word.
func rtpBehind(b []byte) (ssrc uint32, ok bool) {
	if len(b) < wordOctets+rtpOctets || b[0]>>4 != 0 || b[wordOctets] != 0x80 || b[2] != b[wordOctets+2] || b[3] != b[wordOctets+3] {
		return 0, false
	}
	return binary.BigEndian.Uint32(b[wordOctets+8:]), true
}
