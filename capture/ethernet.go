package capture

import (
	"fmt"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// EtherTypes of VLAN tags: IEEE 802.1Q, 802.1ad, and what was used for the outer tag before the latter.
const (
	typeVLAN    = 0x8100
	typeService = 0x88a8
	typeQinQ    = 0x9100
)

// EtherTypes of what can carry signalling.
const (
	typeIPv4 = 0x0800
	typeIPv6 = 0x86dd
)

// ethernet takes off an Ethernet header and any VLAN tags behind it. Padding and frame check sequence, where the
// capture has them, stay: the length in the IP header says where the packet ends. Frames with a length instead of an
// EtherType (IEEE 802.2) are Other.
func (d *linkDecoder) ethernet(f *Frame) {
	const header = 14
	if len(f.Data) < header {
		f.short("Ethernet header", 0, header)
		return
	}
	if err := d.eth.DecodeFromBytes(f.Data, gopacket.NilDecodeFeedback); err != nil {
		f.malformed(err)
		return
	}
	d.network(f, d.eth.EthernetType, d.eth.Payload)
}

// network reads rest, which ends f.Data, as the EtherType says: the VLAN tags are taken off, IP is told from all else.
func (d *linkDecoder) network(f *Frame, kind layers.EthernetType, rest []byte) {
	const tag = 4
	for kind == typeVLAN || kind == typeService || kind == typeQinQ {
		if len(rest) < tag {
			f.short("VLAN tag", len(f.Data)-len(rest), tag)
			return
		}
		if err := d.tag.DecodeFromBytes(rest, gopacket.NilDecodeFeedback); err != nil {
			f.malformed(err)
			return
		}
		kind, rest = d.tag.Type, d.tag.Payload
	}
	f.Payload, f.Data = Other, rest
	if kind == typeIPv4 || kind == typeIPv6 {
		f.Payload = IP
	}
}

// loopback takes off the address family of BSD, which stands in the byte order of the machine that captured.
func (d *linkDecoder) loopback(f *Frame) {
	const size = 4
	if len(f.Data) < size {
		f.short("address family", 0, size)
		return
	}
	if err := d.loop.DecodeFromBytes(f.Data, gopacket.NilDecodeFeedback); err != nil {
		f.malformed(fmt.Errorf("address family % x", f.Data[:size]))
		return
	}
	f.Payload, f.Data = Other, d.loop.Payload
	switch d.loop.Family {
	case layers.ProtocolFamilyIPv4, layers.ProtocolFamilyIPv6BSD, layers.ProtocolFamilyIPv6FreeBSD,
		layers.ProtocolFamilyIPv6Darwin, layers.ProtocolFamilyIPv6Linux:
		f.Payload = IP
	}
}
