package pseudowire

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

// A datagram is a UDP datagram in an IP packet.
type datagram struct {
	src, dst netip.AddrPort
	payload  []byte // aliases the octets given to decode
}

// Protocol numbers of IP that are followed or stepped over.
const (
	protoHopByHop    = 0
	protoUDP         = 17
	protoRouting     = 43
	protoFragment    = 44
	protoDestination = 60
)

var (
	errOther    = errors.New("no UDP datagram")
	errIP       = errors.New("IP header: cut, or of no known version")
	errFragment = errors.New("IP header: a fragment; pseudowires are not sent in fragments")
	errUDP      = errors.New("UDP header: cut, or its length is that of no datagram")
	errCutShort = errors.New("UDP datagram: the capture did not keep all of it")
)

// decode sets d from an IP packet, RFC 791, RFC 8200 and RFC 768. errOther is the error of what is good and of no concern.
// Addresses and ports are set where they could be read, whatever the error.
func (d *datagram) decode(b []byte) error {
	*d = datagram{}
	if len(b) < 20 {
		return errIP
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b)
	case 6:
		return d.ipv6(b)
	}
	return errIP
}

func (d *datagram) ipv4(b []byte) error {
	if b[9] != protoUDP {
		return errOther
	}
	head, total := int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:]))
	if head < 20 || head > len(b) || total < head {
		return errIP
	}
	src, dst := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	frag := binary.BigEndian.Uint16(b[6:])
	if frag&0x1fff != 0 {
		return errOther // its ports stand in the first one
	}
	err := d.udp(src, dst, b[head:min(total, len(b))])
	if frag&0x2000 != 0 {
		return errFragment
	}
	return err
}

func (d *datagram) ipv6(b []byte) error {
	const head = 40
	if len(b) < head {
		return errIP
	}
	src, dst, next := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:])), b[6]
	rest := b[head:min(head+int(binary.BigEndian.Uint16(b[4:])), len(b))]
	for range 8 {
		switch next {
		case protoUDP:
			return d.udp(src, dst, rest)
		case protoFragment:
			if len(rest) < 8 {
				return errIP
			}
			if binary.BigEndian.Uint16(rest[2:])&0xfff8 != 0 {
				return errOther
			}
			more := rest[3]&1 != 0
			if next, rest = rest[0], rest[8:]; more && next == protoUDP {
				d.udp(src, dst, rest)
				return errFragment
			}
		case protoHopByHop, protoRouting, protoDestination:
			if len(rest) < 8 || len(rest) < 8+8*int(rest[1]) {
				return errIP
			}
			next, rest = rest[0], rest[8+8*int(rest[1]):]
		default:
			return errOther
		}
	}
	return errIP
}

func (d *datagram) udp(src, dst netip.Addr, b []byte) error {
	const head = 8
	if len(b) < head {
		return errUDP
	}
	d.src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
	d.dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
	n := int(binary.BigEndian.Uint16(b[4:]))
	switch {
	case n < head:
		return errUDP
	case n > len(b):
		return errCutShort
	}
	d.payload = b[head:n]
	return nil
}
