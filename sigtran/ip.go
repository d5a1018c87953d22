package sigtran

import (
	"encoding/binary"
	"errors"

	"c7mon/wire"
)

// Protocol numbers of IP that are followed or stepped over.
const (
	protoHopByHop    = 0
	protoUDP         = 17
	protoRouting     = 43
	protoFragment    = 44
	protoAuth        = 51
	protoDestination = 60
	protoSCTP        = 132
	protoMobility    = 135
	protoHIP         = 139
	protoShim6       = 140
)

// udpSCTP is the UDP port of encapsulated SCTP, RFC 6951 4.1.
const udpSCTP = 9899

var (
	errVersion   = errors.New("IP header: version is neither 4 nor 6")
	errIHL       = errors.New("IPv4 header: header length is less than 5 words")
	errTotal     = errors.New("IPv4 header: total length is less than the header length")
	errExtension = errors.New("IPv6 header: more than 16 extension headers")
)

// An addr is an IPv6 address, or an IPv4 address in its mapped form ::ffff:a.b.c.d.
type addr struct{ hi, lo uint64 }

func addr4(b []byte) addr { return addr{0, 0xffff<<32 | uint64(binary.BigEndian.Uint32(b))} }

func addr6(b []byte) addr {
	return addr{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (a addr) less(b addr) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

// ip takes the IP header off. A packet that says to be longer than the octets there are (cut by a snap length) is read
// as far as it goes.
func (d *Decoder) ip(b []byte) (Verdict, error) {
	if len(b) < 20 {
		r := wire.NewReader(b)
		r.Take("IP header", 20)
		return Malformed, r.Err()
	}
	switch b[0] >> 4 {
	case 4:
		return d.ipv4(b)
	case 6:
		return d.ipv6(b)
	}
	return Malformed, errVersion
}

// ipv4 reads the header of RFC 791 3.1. A total length of 0 stands in captures of hosts that leave the segmentation to
// their card; the frame then says how long the packet is.
func (d *Decoder) ipv4(b []byte) (Verdict, error) {
	proto := b[9]
	if proto != protoSCTP && proto != protoUDP {
		return Other, nil
	}
	head, total := int(b[0]&0x0f)*4, int(binary.BigEndian.Uint16(b[2:]))
	switch {
	case head < 20:
		return Malformed, errIHL
	case total != 0 && total < head:
		return Malformed, errTotal
	case len(b) < head:
		r := wire.NewReader(b)
		r.Take("IPv4 options", head)
		return Malformed, r.Err()
	}
	cut := total > len(b)
	if total != 0 && !cut {
		b = b[:total]
	}
	src, dst := addr4(b[12:]), addr4(b[16:])
	if frag := binary.BigEndian.Uint16(b[6:]); frag&0x3fff != 0 {
		k := fragmentKey{src, dst, uint32(binary.BigEndian.Uint16(b[4:])), proto, 4}
		return d.fragment(k, int(frag&0x1fff)*8, frag&0x2000 != 0, cut, b[head:])
	}
	v, err := d.transport(src, dst, proto, b[head:])
	if cut {
		return whyCut(v, err, total, len(b))
	}
	return v, err
}

// whyCut gives a packet that the capture did not keep whole that error, unless a better one was found.
func whyCut(v Verdict, err error, need, have int) (Verdict, error) {
	if err == nil && v != Other {
		err = &wire.ShortError{Field: "IP packet", Off: 0, Need: need, Have: have}
	}
	return v, err
}

// ipv6 reads the header of RFC 8200 3 and steps over the extension headers, RFC 8200 4.
func (d *Decoder) ipv6(b []byte) (Verdict, error) {
	r := wire.NewReader(b)
	h := r.Take("IPv6 header", 40)
	if h == nil {
		return Malformed, r.Err()
	}
	src, dst, next := addr6(h[8:]), addr6(h[24:]), h[6]
	length := int(binary.BigEndian.Uint16(h[4:]))
	cut := length > r.Len()
	if length != 0 && !cut {
		r = wire.NewReader(b[:40+length])
		r.Take("IPv6 header", 40)
	}
	for range 16 {
		switch next {
		case protoSCTP, protoUDP:
			v, err := d.transport(src, dst, next, r.Rest())
			if cut {
				return whyCut(v, err, 40+length, len(b))
			}
			return v, err
		case protoHopByHop, protoRouting, protoDestination, protoMobility, protoHIP, protoShim6:
			x := r.Take("IPv6 extension header", 2)
			if x == nil || r.Take("IPv6 extension header", 6+int(x[1])*8) == nil {
				return Malformed, r.Err()
			}
			next = x[0]
		case protoAuth: // RFC 4302 2.2: counted in words of 4 octets
			x := r.Take("IPv6 authentication header", 2)
			if x == nil || r.Take("IPv6 authentication header", 6+int(x[1])*4) == nil {
				return Malformed, r.Err()
			}
			next = x[0]
		case protoFragment:
			x := r.Take("IPv6 fragment header", 8)
			if x == nil {
				return Malformed, r.Err()
			}
			next = x[0]
			off := binary.BigEndian.Uint16(x[2:])
			if off&0xfff9 == 0 {
				continue // an atomic fragment, RFC 6946
			}
			if next != protoSCTP && next != protoUDP {
				return Other, nil
			}
			k := fragmentKey{src, dst, binary.BigEndian.Uint32(x[4:]), next, 6}
			return d.fragment(k, int(off&^7), off&1 != 0, cut, r.Rest())
		default:
			return Other, nil
		}
	}
	return Malformed, errExtension
}

// transport hands SCTP on, bare or in UDP. What uses the UDP port but does not look like SCTP is other traffic.
func (d *Decoder) transport(src, dst addr, proto byte, b []byte) (Verdict, error) {
	if proto == protoSCTP {
		return d.sctp(src, dst, b)
	}
	if len(b) < 8 || binary.BigEndian.Uint16(b) != udpSCTP && binary.BigEndian.Uint16(b[2:]) != udpSCTP {
		return Other, nil
	}
	if n := int(binary.BigEndian.Uint16(b[4:])); n >= 8 && n <= len(b) {
		b = b[:n]
	}
	if b = b[8:]; !plausible(b) {
		return Other, nil
	}
	return d.sctp(src, dst, b)
}
