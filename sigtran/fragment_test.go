package sigtran

import (
	"bytes"
	"testing"
	"time"
)

// split gives the packet in IPv4 fragments of at most n octets.
func split(src, dst []byte, proto byte, id int, payload []byte, n int) [][]byte {
	var all [][]byte
	for off := 0; off < len(payload); off += n {
		part := payload[off:min(off+n, len(payload))]
		fragment := off / 8
		if off+n < len(payload) {
			fragment |= 0x2000
		}
		all = append(all, ipv4Packet(src, dst, proto, id, fragment, part))
	}
	return all
}

const longText = "a user part that is long enough for several fragments of forty octets, of the packet or of the message"

var long = simple(longText)

func (s *script) isLong() {
	s.Helper()
	if len(s.d.Items) != 1 || s.d.Items[0].Err != nil || string(s.d.Items[0].MSU.Data) != longText {
		s.Errorf("items %+v", s.d.Items)
	}
}

func TestIPFragments(t *testing.T) {
	f := func(order ...int) {
		t.Helper()
		s := newScript(t)
		parts := split(hostA, hostB, protoSCTP, 77, sctpPacket(2905, 2905, tagB, whole(1, long)), 40)
		for i, k := range order {
			p := append(bytes.Clone(parts[k]), 0, 0, 0, 0, 0, 0) // Ethernet padding
			if i < len(order)-1 {
				s.send(Fragment, p)
			} else {
				s.send(MSU, p)
			}
		}
		s.isLong()
	}
	f(0, 1, 2, 3)
	f(3, 2, 1, 0)
	f(2, 0, 3, 1)
	f(0, 0, 1, 3, 1, 2) // repeats
}

func TestIPFragmentsOfTwoPackets(t *testing.T) {
	s := newScript(t)
	one := split(hostA, hostB, protoSCTP, 1, sctpPacket(2905, 2905, tagB, whole(1, long)), 80)
	two := split(hostA, hostB, protoSCTP, 2, sctpPacket(2905, 2905, tagB, whole(2, long)), 80)
	s.send(Fragment, one[0])
	s.send(Fragment, two[1])
	s.send(MSU, two[0])
	s.send(MSU, one[1])
	s.isLong()
}

func TestIPFragmentOverlap(t *testing.T) {
	payload := sctpPacket(2905, 2905, tagB, whole(1, long))
	s := newScript(t)
	s.send(Fragment, ipv4Packet(hostA, hostB, protoSCTP, 1, 0x2000, payload[:80]))
	s.send(MSU, ipv4Packet(hostA, hostB, protoSCTP, 1, 40/8, payload[40:])) // the same octets
	s.isLong()

	s = newScript(t)
	other := bytes.Clone(payload)
	other[60] ^= 1
	s.send(Fragment, ipv4Packet(hostA, hostB, protoSCTP, 1, 0x2000, payload[:80]))
	s.send(Malformed, ipv4Packet(hostA, hostB, protoSCTP, 1, 40/8, other[40:]))
	s.send(Fragment, ipv4Packet(hostA, hostB, protoSCTP, 1, 80/8, payload[80:])) // the first part is gone
	if n := s.d.Counts().DroppedIP; n != 1 {
		t.Errorf("%d dropped", n)
	}
}

func TestIPFragmentErrors(t *testing.T) {
	f := func(packets ...[]byte) {
		t.Helper()
		s := newScript(t)
		for i, p := range packets {
			want := Fragment
			if i == len(packets)-1 {
				want = Malformed
			}
			s.send(want, p)
		}
	}
	part := func(fragment, n int) []byte {
		return ipv4Packet(hostA, hostB, protoSCTP, 1, fragment, make([]byte, n))
	}
	f(part(0x2000, 7))             // not the last, no multiple of 8
	f(part(0x2000, 0))             // empty
	f(part(0x1fff, 100))           // behind 65,535
	f(part(2, 8), part(4, 8))      // two ends
	f(part(2, 8), part(0x2004, 8)) // behind the end
	f(part(0x2004, 8), part(2, 8)) // the end before what is there
	f(part(0x2000, 80)[:60])       // cut by the capture
}

func TestIPFragmentTimeout(t *testing.T) {
	s := newScript(t)
	parts := split(hostA, hostB, protoSCTP, 1, sctpPacket(2905, 2905, tagB, whole(1, long)), 80)
	s.send(Fragment, parts[0])
	s.wait(29 * time.Second)
	s.send(MSU, parts[1])
	s.send(Fragment, parts[0])
	s.wait(30 * time.Second)
	s.send(Fragment, parts[1])
	if n := s.d.Counts().DroppedIP; n != 1 {
		t.Errorf("%d dropped", n)
	}
	s.d.Flush()
	if n := s.d.Counts().DroppedIP; n != 2 {
		t.Errorf("%d dropped after the end", n)
	}
}

func TestIPFragmentTableIsBounded(t *testing.T) {
	s := newScript(t)
	for id := range 1000 {
		s.send(Fragment, ipv4Packet(hostA, hostB, protoSCTP, id, 0x2000, make([]byte, 64)))
	}
	if n := len(s.d.fragments.open); n != maxFragmented || s.d.Counts().DroppedIP != 1000-maxFragmented {
		t.Errorf("%d open, %d dropped", n, s.d.Counts().DroppedIP)
	}
}

func udp(src, dst int, payload []byte) []byte {
	return append(be16(be16(be16(be16(nil, src), dst), 8+len(payload)), 0), payload...)
}

func TestUDP(t *testing.T) {
	s := newScript(t)
	packet := sctpPacket(2905, 2905, tagB, whole(1, long))
	for i, p := range split(hostA, hostB, protoUDP, 9, udp(40000, 9899, packet), 88) {
		s.send([]Verdict{Fragment, MSU}[i], p)
	}
	s.isLong()
	s.send(Duplicate, ipv4Packet(hostA, hostB, protoUDP, 1, 0, udp(9899, 9899, packet)))
	s.send(Other, ipv4Packet(hostA, hostB, protoUDP, 1, 0, udp(9898, 53, packet)))
	s.send(Other, ipv4Packet(hostA, hostB, protoUDP, 1, 0, udp(9899, 53, []byte("a name of some host, perhaps"))))
	s.send(Other, split(hostA, hostB, protoUDP, 9, udp(5060, 5060, packet), 80)[0])
	s.send(Other, ipv4Packet(hostA, hostB, 6, 1, 0, packet))
}

func TestIPv6(t *testing.T) {
	a, b := append(six1[:15:15], 1), append(six1[:15:15], 2)
	payload := sctpPacket(2905, 2905, tagB, whole(1, long))
	f := func(want Verdict, next byte, headers ...byte) {
		t.Helper()
		s := newScript(t)
		p := append(ipv6Packet(a, b, next, append(headers, payload...)), 0, 0, 0)
		s.send(want, p)
		if want == MSU {
			s.isLong()
		}
	}
	f(MSU, protoSCTP)
	f(MSU, protoHopByHop, protoDestination, 0, 0, 0, 0, 0, 0, 0, protoSCTP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	f(MSU, protoAuth, protoSCTP, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	f(MSU, protoFragment, protoSCTP, 0, 0, 0, 0, 0, 0, 9) // atomic
	f(Other, 59)
	f(Other, 6)
	f(Malformed, protoRouting, protoSCTP, 255)

	s := newScript(t)
	for i, k := range []int{2, 0, 1} {
		off := k * 48
		end, more := min(off+48, len(payload)), byte(1)
		if k == 2 {
			end, more = len(payload), 0
		}
		h := append([]byte{protoSCTP, 0}, byte(off>>8), byte(off)|more, 0, 0, 0, 9)
		s.send([]Verdict{Fragment, Fragment, MSU}[i], ipv6Packet(a, b, protoFragment, append(h, payload[off:end]...)))
	}
	s.isLong()
}
