package m3ua

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"

	"c7mon/capture"
)

const (
	header   = 8 // version 1 | reserved 1 | class 1 | type 1 | length 4, RFC 4666 1.3.1
	version1 = 1
	ppid     = 3 // RFC 4666 7.1
)

// take looks at a message. What it gives is the payload of the frame that the message is, Tick for one that is for this
// ASP alone. An error ends the session.
func (s *session) take(b []byte, c chunk) (capture.Payload, error) {
	if c.ppid != ppid && bits.ReverseBytes32(c.ppid) != ppid {
		s.foreign(c.ppid)
		if c.ppid != 0 {
			return capture.Other, nil
		}
	}
	if len(b) < header || b[0] != version1 {
		s.strange++
		return capture.M3UA, nil
	}
	switch b[2] {
	case messages.MsgClassManagement:
		return s.management(b)
	case messages.MsgClassASPSM:
		return s.aspState(b)
	case messages.MsgClassASPTM:
		return s.traffic(b)
	}
	return capture.M3UA, nil
}

// foreign notes, once for each, a payload protocol that is not M3UA. 0 says none, and is taken for M3UA.
func (s *session) foreign(id uint32) {
	if len(s.ppids) == maxPPIDs || slices.Contains(s.ppids, id) {
		return
	}
	s.ppids = append(s.ppids, id)
	s.event(note("the STP sends user data of payload protocol %d, M3UA is %d", id, ppid))
}

// management takes ERR and NTFY, RFC 4666 3.8.
func (s *session) management(b []byte) (capture.Payload, error) {
	list, err := parameters(b)
	switch b[3] {
	case messages.MsgTypeError:
		return capture.Tick, s.refused(list)
	case messages.MsgTypeNotify:
		if err != nil {
			return capture.M3UA, nil
		}
		return capture.Tick, s.notified(list)
	}
	return capture.M3UA, nil
}

// aspState takes the answers to ASP Up and ASP Down, and heartbeats, RFC 4666 3.5 and 4.6.
func (s *session) aspState(b []byte) (capture.Payload, error) {
	list, _ := parameters(b)
	switch b[3] {
	case messages.MsgTypeAspUpAck:
		s.up = true
		return capture.Tick, nil
	case messages.MsgTypeAspDownAck:
		return capture.Tick, &refusal{reason: "the STP took this ASP down: unblock it there"}
	case messages.MsgTypeHeartbeat:
		answer := request{kind: beatAck}
		if p := find(list, params.HeartbeatData); p != nil {
			answer.data = p.Data
		}
		if err := s.a.write(answer); err != nil {
			return capture.Tick, fmt.Errorf("BEAT ACK: %w", err)
		}
		return capture.Tick, nil
	case messages.MsgTypeHeartbeatAck:
		return capture.Tick, nil
	}
	return capture.M3UA, nil
}

// traffic takes the answers to ASP Active and ASP Inactive, RFC 4666 3.7. One that cannot be read, or does not say
// broadcast where it says a mode, ends it.
func (s *session) traffic(b []byte) (capture.Payload, error) {
	list, err := parameters(b)
	switch b[3] {
	case messages.MsgTypeAspActiveAck:
		if err != nil {
			return capture.Tick, &refusal{reason: "the answer to ASP Active cannot be read: " + err.Error()}
		}
		if err := s.mode(list); err != nil {
			return capture.Tick, err
		}
		return capture.Tick, s.acknowledged(find(list, params.RoutingContext))
	case messages.MsgTypeAspInactiveAck:
		return capture.Tick, &refusal{reason: "the STP made this ASP inactive: unblock it there"}
	}
	return capture.M3UA, nil
}

// mode holds a traffic mode type against broadcast, RFC 4666 3.7.1.
func (s *session) mode(list []*params.Param) error {
	p := find(list, params.TrafficModeType)
	if p == nil {
		s.unsure = true
		return nil
	}
	if len(p.Data) == 4 && p.TrafficModeType() == params.TrafficModeBroadcast {
		return nil
	}
	text := fmt.Sprintf("%x", p.Data)
	if len(p.Data) == 4 {
		text = modeName(p.TrafficModeType())
	}
	return &refusal{reason: "the STP has this ASP in traffic mode " + text + ", which takes calls from the network: " +
		s.dialer.setting.wants(), forGood: true}
}

func modeName(mode uint32) string {
	switch mode {
	case params.TrafficModeOverride:
		return "override"
	case params.TrafficModeLoadshare:
		return "loadshare"
	}
	return fmt.Sprint(mode)
}

// acknowledged notes for which routing contexts this ASP is active: all of them where the answer names none. One that was
// not asked for may be that of an exchange.
func (s *session) acknowledged(p *params.Param) error {
	if p == nil {
		s.absent = s.absent[:0]
		return nil
	}
	for b := p.Data; len(b) >= 4; b = b[4:] {
		context := binary.BigEndian.Uint32(b)
		if !slices.Contains(s.dialer.setting.contexts, context) {
			return &refusal{reason: fmt.Sprintf("the STP made this ASP active for routing context %d, which was not asked for and may be that of an exchange: %s",
				context, s.dialer.setting.wants()), forGood: true}
		}
		if i := slices.Index(s.absent, context); i >= 0 {
			s.absent = slices.Delete(s.absent, i, i+1)
		}
	}
	return nil
}

// refusals say what ERR means and what to do, by error code. RFC 4666 3.8.1.
var refusals = map[uint32]string{
	params.InvalidVersionError:           "invalid version",
	params.UnsupportedMessageErrorClass:  "unsupported message class: where it does not know BEAT, set heartbeat to -1",
	params.UnsupportedMessageErrorType:   "unsupported message type: where it does not know BEAT, set heartbeat to -1",
	params.ErrUnsupportedTrafficModeType: "unsupported traffic mode type",
	params.UnexpectedMessageError:        "unexpected message",
	params.ErrProtocolError:              "protocol error",
	params.ErrInvalidStreamIdentifier:    "invalid stream identifier",
	params.ErrRefusedManagementBlocking:  "refused, management blocking: unblock this ASP",
	params.ErrAspIdentifierRequired:      "ASP identifier required: give asp_identifier",
	params.ErrInvalidAspIdentifier:       "invalid ASP identifier: asp_identifier is not the one that the STP has",
	params.ErrInvalidParameterValue:      "invalid parameter value",
	params.ErrParameterFieldError:        "parameter field error",
	params.ErrUnexpectedParameter:        "unexpected parameter",
	params.ErrDestinationStatusUnknown:   "destination status unknown",
	params.ErrInvalidNetworkAppearance:   "invalid network appearance",
	params.ErrMissingParameter:           "missing parameter",
	params.ErrInvalidRoutingContext:      "invalid routing context: routing_context is not one that the STP has",
	params.ErrNoConfiguredAsForAsp:       "no application server configured for this ASP",
}

// refused gives the error of an ERR.
func (s *session) refused(list []*params.Param) error {
	text := "ERR without error code"
	if p := find(list, params.ErrorCode); p != nil && len(p.Data) == 4 {
		code := p.ErrorCode()
		text = fmt.Sprintf("ERR 0x%02x", code)
		if name := refusals[code]; name != "" {
			text += " " + name
		}
	}
	return &refusal{reason: "the STP answers " + text + "; " + s.dialer.setting.wants()}
}

// notices are the states that NTFY tells, by status type and information. RFC 4666 3.8.2.
var notices = map[uint32]string{
	params.AsStateInactive:          "application server inactive",
	params.AsStateActive:            "application server active",
	params.AsStatePending:           "application server pending",
	params.InsufficientAspResources: "too few ASPs active in the application server",
	params.AlternateAspActive:       "alternate ASP active",
	params.AspFailure:               "failure of an ASP",
}

// notified takes NTFY. That an alternate ASP is active is told in override mode only: this ASP was the one that had the
// traffic, RFC 4666 4.3.4.3.
func (s *session) notified(list []*params.Param) error {
	if err := s.modeIfAny(list); err != nil {
		return err
	}
	p := find(list, params.Status)
	if p == nil || len(p.Data) != 4 {
		s.event(note("the STP sends NTFY without a status"))
		return nil
	}
	text := notices[p.Status()]
	if text == "" {
		text = fmt.Sprintf("status type %d information %d", p.StatusType(), p.StatusInfo())
	}
	if c := find(list, params.RoutingContext); c != nil && len(c.Data)%4 == 0 {
		text += ", routing context " + numbers(c.RoutingContexts())
	}
	if a := find(list, params.AspIdentifier); a != nil && len(a.Data) == 4 {
		text += fmt.Sprintf(", ASP %d", a.AspIdentifier())
	}
	if p.Status() == params.AlternateAspActive && s.asked {
		return &refusal{reason: "the STP says " + text + ": it has this ASP in traffic mode override, which takes calls from the network: " +
			s.dialer.setting.wants(), forGood: true}
	}
	s.event(note("the STP says %s", text))
	return nil
}

// modeIfAny holds the traffic mode against broadcast where there is one.
func (s *session) modeIfAny(list []*params.Param) error {
	if find(list, params.TrafficModeType) == nil {
		return nil
	}
	return s.mode(list)
}

// parameters gives those of a message, as far as they can be read; they alias b. One at a time: the library's reading of a
// whole message fails on a parameter that it does not know.
func parameters(b []byte) (list []*params.Param, err error) {
	n := binary.BigEndian.Uint32(b[4:])
	if n < header {
		return nil, fmt.Errorf("message length %d", n)
	}
	if uint64(n) < uint64(len(b)) {
		b = b[:n]
	}
	for off := header; off < len(b); {
		p, err := params.Parse(b[off:])
		if err != nil {
			return list, fmt.Errorf("parameter at octet %d: %w", off, err)
		}
		list = append(list, p)
		off += p.MarshalLen()
	}
	return list, nil
}

// find gives the first parameter of a tag, or nil.
func find(list []*params.Param, tag uint16) *params.Param {
	for _, p := range list {
		if p.Tag == tag {
			return p
		}
	}
	return nil
}
