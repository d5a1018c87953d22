package m3ua

import (
	"errors"

	"github.com/wmnsk/go-m3ua/messages"
	"github.com/wmnsk/go-m3ua/messages/params"
)

// kind is a type of message that is sent here. There are six: those by which an ASP says that it is there, that it wants
// the copy, and that it wants it no more. No value is DATA, and nothing but a request can be written to an association.
type kind uint8

// The kinds, RFC 4666 3.5.1, 3.5.3, 3.5.5, 3.5.6, 3.7.1 and 3.7.3.
const (
	aspUp kind = iota
	aspDown
	beat
	beatAck
	aspActive
	aspInactive
	kinds
)

// A request is a message to the STP. What it holds besides its kind can change no more than parameters.
type request struct {
	kind       kind
	contexts   []uint32 // of aspActive and aspInactive
	identifier *uint32  // of aspUp; nil: none
	data       []byte   // of beat and beatAck; nil: none
}

var errNoRequest = errors.New("a message that is not to be sent")

// octets gives the whole message.
func (r request) octets() ([]byte, error) {
	m := r.message()
	if m == nil {
		return nil, errNoRequest
	}
	return messages.MarshalBinary(m)
}

// message gives the message, nil for one that must not be sent. ASP Active is always in broadcast mode and always names
// its routing contexts: in another mode an ASP takes traffic from the others, RFC 4666 4.3.4.3.
func (r request) message() messages.M3UA {
	switch r.kind {
	case aspUp:
		return messages.NewAspUp(r.aspIdentifier(), nil)
	case aspDown:
		return messages.NewAspDown(nil)
	case beat:
		return messages.NewHeartbeat(r.heartbeat())
	case beatAck:
		return messages.NewHeartbeatAck(r.heartbeat())
	}
	if len(r.contexts) == 0 {
		return nil
	}
	context := params.NewRoutingContext(r.contexts...)
	switch r.kind {
	case aspActive:
		return messages.NewAspActive(params.NewTrafficModeType(params.TrafficModeBroadcast), context, nil)
	case aspInactive:
		return messages.NewAspInactive(context, nil)
	}
	return nil
}

func (r request) aspIdentifier() *params.Param {
	if r.identifier == nil {
		return nil
	}
	return params.NewAspIdentifier(*r.identifier)
}

func (r request) heartbeat() *params.Param {
	if r.data == nil {
		return nil
	}
	return params.NewHeartbeatData(r.data)
}
