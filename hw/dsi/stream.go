package dsi

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The framing in which the relay at the DSI host sends messages. Numbers have their high octet first.
//
//	"C7DS"            4 octets   once, at the beginning
//	version           2          1
//	spare             2          0
//
// and then records:
//
//	length            2          of what follows
//	kind              1          1 message, 2 lost, 3 alive
//	spare             1          0
//	kind 1: type 2, id 2, instance 2, src 1, dst 1, rsp_req 2, hclass 1, status 1, err_info 4, len 2, parameter area len
//	kind 2: count 4              messages that the relay could not send since it last said so
//	kind 3: nothing              sent when there was nothing else for 10 s
//
// A reader takes no notice of octets that later versions may add at the end of a record, nor of kinds it does not know.
const (
	magic       = "C7DS"
	version     = 1
	helloOctets = 8

	recordHead  = 4 // length, kind, spare
	messageHead = 18
	lostOctets  = 4
	maxRecord   = 4096 // of length
)

// Kinds of records.
const (
	kindMessage = 1
	kindLost    = 2
	kindAlive   = 3
)

// errVersion is the beginning of what the version of the framing is told with.
var errVersion = errors.New("framing of another version")

// hello reads the beginning of a stream. more says that b is too short to tell.
func hello(b []byte) (more bool, err error) {
	n := min(len(b), len(magic))
	if string(b[:n]) != magic[:n] {
		return false, fmt.Errorf("it begins with % x, where %q is needed: it is no relay of DSI messages", b[:min(len(b), helloOctets)], magic)
	}
	if len(b) < helloOctets {
		return true, nil
	}
	if v := binary.BigEndian.Uint16(b[4:]); v != version {
		return false, fmt.Errorf("%w: %d, where %d is needed", errVersion, v, version)
	}
	return false, nil
}

// A record is one record of a stream.
type record struct {
	kind    uint8
	message message // of kindMessage; its param aliases the octets of the record
	lost    uint32  // of kindLost
	err     error   // why the inside of the record cannot be right; the record behind it can be read all the same
}

// errRecord is the reason of a record whose inside does not fit.
var errRecord = errors.New("record: shorter than what it holds")

// decode reads the record at the front of b and says how long it is, 0 when it is not whole. An error says that it is no
// record: nothing can be read behind it.
func (r *record) decode(b []byte) (n int, err error) {
	*r = record{}
	if len(b) < 2 {
		return 0, nil
	}
	length := int(binary.BigEndian.Uint16(b))
	if length < recordHead-2 || length > maxRecord {
		return 0, fmt.Errorf("a record of %d octets, where %d to %d can be", length, recordHead-2, maxRecord)
	}
	if n = 2 + length; len(b) < n {
		return 0, nil
	}
	r.kind = b[2]
	switch body := b[recordHead:n:n]; r.kind {
	case kindMessage:
		if !r.message.decode(body) {
			r.err = errRecord
		}
	case kindLost:
		if len(body) < lostOctets {
			r.err = errRecord
			break
		}
		r.lost = binary.BigEndian.Uint32(body)
	}
	return n, nil
}

// decode reads a message. It is false when b is too short for it.
func (m *message) decode(b []byte) bool {
	if len(b) < messageHead {
		return false
	}
	be := binary.BigEndian
	*m = message{kind: be.Uint16(b), id: be.Uint16(b[2:]), instance: be.Uint16(b[4:]), src: b[6], dst: b[7], rspReq: be.Uint16(b[8:]),
		hclass: b[10], status: b[11], errInfo: be.Uint32(b[12:])}
	n := int(be.Uint16(b[16:]))
	if n > maxParam || len(b) < messageHead+n {
		return false
	}
	m.param = b[messageHead : messageHead+n : messageHead+n]
	return true
}
