// Package capture gives the frames of capture files and interfaces: what came in, when, on which line and which way.
// Everything that the one who captured put before the octets of the line (record headers, pseudo-headers, Ethernet)
// is read here and taken off; what a frame then holds is said by its Payload.
package capture

import "c7mon/wire"

// A Source gives frames in time order. Next fills f and returns nil, or returns io.EOF after the last frame. The octets
// of f.Data belong to the Source and are valid until the next call of Next. A live source that hears nothing gives a
// frame of payload Tick now and then, so that timers still run, and one of payload LineEvent when something happens to a
// line or to itself.
type Source interface {
	Next(f *Frame) error
}

// A Frame is one record of a capture.
type Frame struct {
	Time      wire.Time      // when the record says it was heard
	Clock     wire.Time      // its place in the order of the stream: Time, save where that is out of place; never goes back
	File      int            // index of its file among those given, from 0
	Number    uint64         // number of the record in its file, from 1
	Offset    int64          // octet of the (uncompressed) file where the record starts
	Interface uint32         // index in FileInfo.Interfaces of its file; 0 in a pcap
	Line      uint32         // link number of a pseudo-header or ERF channel; valid when HasLine
	HasLine   bool           // the record itself names the line
	Direction wire.Direction // Forth received, Back sent by the one who captured; wire.NoDirection where that is not said
	Type      LinkType       // as the file has it
	Payload   Payload        // what Data starts with
	FCS       FCS            // whether Data ends with the two octets of the frame check sequence
	Data      []byte         // borrowed: valid until the next call of Next
	Len       int            // octets of the record as captured, with the headers that are off Data
	Cut       int            // octets of the frame that the capture did not keep (snap length)
	Err       error          // why the record's own headers were not understood, when Payload is Malformed
	Repeats   uint32         // FISUs or LSSUs equal to the one before that the source left out since its last frame of this line and direction
	Event     Event          // what happened, when Payload is LineEvent
}

// FCS says whether a frame ends with its frame check sequence.
type FCS uint8

// What is known of it.
const (
	FCSUnknown FCS = iota // most captures do not say
	FCSThere              // surely there, and to be checked
	FCSGone               // surely taken off; the source has checked it
)

// Payload tells what the octets of a frame are once the capture's own headers are off.
type Payload uint8

// The payloads, and the three ways for a frame to have none.
const (
	Tick        Payload = iota // no frame: time passed on a silent live source
	Unsupported                // a link type that is not known here
	Other                      // a known link type that carries something else (ARP, LLDP, ...)
	Malformed                  // the record's own headers are broken: Err says how
	IP                         // an IPv4 or IPv6 packet
	MTP2                       // a signal unit, 7-bit sequence numbers (Q.703 2.2)
	MTP2Annex                  // a signal unit, 12-bit sequence numbers (Q.703 Annex A)
	MTP3                       // from the service information octet on
	SCCP                       // from the SCCP message type on
	M3UA                       // one message of M3UA, from its common header on (RFC 4666 1.3.1)
	LineEvent                  // no frame: Event says what happened to the line Interface, or to all of the source
)

// LinkType is the link-layer header type of a capture file, as assigned by the tcpdump group.
type LinkType uint32

// The link types that are understood.
const (
	LinkNull     LinkType = 0
	LinkEthernet LinkType = 1
	LinkRaw      LinkType = 101
	LinkLoop     LinkType = 108
	LinkSLL      LinkType = 113
	LinkMTP2Phdr LinkType = 139
	LinkMTP2     LinkType = 140
	LinkMTP3     LinkType = 141
	LinkSCCP     LinkType = 142
	LinkERF      LinkType = 197
	LinkIPv4     LinkType = 228
	LinkIPv6     LinkType = 229
	LinkSLL2     LinkType = 276
)
