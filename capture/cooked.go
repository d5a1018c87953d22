package capture

import (
	"encoding/binary"

	"github.com/google/gopacket/layers"

	"c7mon/wire"
)

// cooked takes off the header of Linux cooked captures (link type 113).
//
//	packet type | ARPHRD | address length | address, 8 octets | protocol     16 octets
//
// It is read here and not by gopacket, which panics on an address length over the frame.
func (d *linkDecoder) cooked(f *Frame) {
	const size = 16
	if len(f.Data) < size {
		f.short("Linux cooked header", 0, size)
		return
	}
	f.sent(binary.BigEndian.Uint16(f.Data))
	d.network(f, layers.EthernetType(binary.BigEndian.Uint16(f.Data[14:])), f.Data[size:])
}

// cooked2 takes off the header of the second form of Linux cooked captures (link type 276).
//
//	protocol | reserved | interface index, 4 octets | ARPHRD | packet type, 1 octet | address length, 1 octet |
//	address, 8 octets                                                            20 octets
func (d *linkDecoder) cooked2(f *Frame) {
	const size = 20
	if len(f.Data) < size {
		f.short("Linux cooked header", 0, size)
		return
	}
	f.sent(uint16(f.Data[10]))
	d.network(f, layers.EthernetType(binary.BigEndian.Uint16(f.Data)), f.Data[size:])
}

// sent sets the direction from a packet type of Linux, where it tells one.
func (f *Frame) sent(kind uint16) {
	if d := packetDirection(kind); d != wire.NoDirection {
		f.Direction = d
	}
}

// packetDirection tells the direction from the packet type of Linux: to this host, to all, to a group; or sent by it.
func packetDirection(kind uint16) wire.Direction {
	switch kind {
	case 0, 1, 2:
		return wire.Forth
	case 4:
		return wire.Back
	}
	return wire.NoDirection
}
