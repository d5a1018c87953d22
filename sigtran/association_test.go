package sigtran

import (
	"encoding/binary"
	"fmt"
	"testing"

	"c7mon/mtp"
	"c7mon/wire"
)

// links gives the link and direction of the items of a packet.
func (s *script) link(packet []byte) string {
	s.Helper()
	s.send(MSU, packet)
	m := s.d.Items[0].MSU
	return fmt.Sprint(s.d.LinkName(m.Link), " ", m.Direction)
}

func (s *script) is(got, want string) {
	s.Helper()
	if got != want {
		s.Errorf("got %q, want %q", got, want)
	}
}

func TestLinkNames(t *testing.T) {
	s := newScript(t)
	m := whole(1, simple("x"))
	s.is(s.link(ab(m)), "10.0.0.1:2905-10.0.0.2:2905 0")
	s.is(s.link(ba(m)), "10.0.0.1:2905-10.0.0.2:2905 1")
	s.is(s.link(ipv4Packet(hostB, hostA, protoSCTP, 1, 0, sctpPacket(2000, 3000, 5, m))), "10.0.0.1:3000-10.0.0.2:2000 1")
	s.is(s.link(ipv4Packet(hostA, hostA, protoSCTP, 1, 0, sctpPacket(3000, 2000, 5, m))), "10.0.0.1:2000-10.0.0.1:3000 1")
	a, b := append(six1, 1), append(six1[:15:15], 2)
	s.is(s.link(ipv6Packet(b, a, protoSCTP, sctpPacket(2905, 2906, 5, m))), "[2001:db8::1]:2906-[2001:db8::2]:2905 1")
	if s.d.LinkName(99) != "" {
		t.Error("link 99 has a name")
	}
}

func TestNewLink(t *testing.T) {
	var names []string
	d := New(Options{NewLink: func(name string) mtp.Link {
		names = append(names, name)
		return mtp.Link(40 + len(names))
	}})
	d.Packet(0, ab(whole(1, simple("x"))))
	d.Packet(0, ba(whole(1, simple("x"))))
	if len(names) != 1 || d.Items[0].MSU.Link != 41 || d.Items[0].MSU.Direction != wire.Back {
		t.Errorf("names %v, item %+v", names, d.Items[0])
	}
	d.Packet(0, ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(1, 2, 3, dataChunk(3, 1, 0, 0, 46, []byte("Diameter")))))
	if len(names) != 1 {
		t.Errorf("a link without signalling got a number: %v", names)
	}
}

func from(src, dst []byte, tag uint32, chunks ...[]byte) []byte {
	return ipv4Packet(src, dst, protoSCTP, 1, 0, sctpPacket(2905, 2905, tag, chunks...))
}

// TestMultiHoming: INIT and INIT ACK name two addresses of each end, the data go between any of them. The tags are
// small, so that only the lists can tell.
func TestMultiHoming(t *testing.T) {
	s := newScript(t)
	s.send(SCTPControl, from(hostA, hostB, 0, initChunk(chunkInit, 11, 100, hostA, hostA2)))
	s.send(SCTPControl, from(hostB, hostA, 11, initChunk(chunkInitAck, 22, 200, hostB, hostB2)))
	name := "10.0.0.1:2905-10.0.0.2:2905 "
	s.is(s.link(from(hostA2, hostB2, 22, whole(100, simple("1")))), name+"0")
	s.is(s.link(from(hostB2, hostA, 11, whole(200, simple("2")))), name+"1")
	s.is(s.link(from(hostA, hostB, 22, whole(101, simple("3")))), name+"0")
	s.send(Duplicate, from(hostA, hostB2, 22, whole(100, simple("1"))))
	// A foreign host with the same ports and tag is another association.
	s.is(s.link(from([]byte{9, 9, 9, 9}, hostB, 22, whole(500, simple("x")))), "9.9.9.9:2905-10.0.0.2:2905 0")
	// A restart from the other address.
	s.send(SCTPControl, from(hostA2, hostB, 0, initChunk(chunkInit, 33, 100, hostA, hostA2)))
	s.send(SCTPControl, from(hostB, hostA2, 33, initChunk(chunkInitAck, 44, 200, hostB, hostB2)))
	s.is(s.link(from(hostA, hostB, 44, whole(100, simple("4")))), name+"0")
	s.is(s.link(from(hostB, hostA, 33, whole(200, simple("5")))), name+"1")
}

// TestMultiHomingMidStream: without the INIT a random tag and the TSN tell.
func TestMultiHomingMidStream(t *testing.T) {
	s := newScript(t)
	name := "10.0.0.1:2905-10.0.0.2:2905 "
	s.is(s.link(ab(whole(1, simple("1")))), name+"0")
	s.is(s.link(from(hostA2, hostB2, tagB, whole(2, simple("2")))), name+"0")
	s.send(Duplicate, from(hostA2, hostB2, tagB, whole(1, simple("1"))))
	s.is(s.link(ab(whole(3, simple("3")))), name+"0")
}

// TestSameTags: a generator uses the same ports, tag and TSNs for every association.
func TestSameTags(t *testing.T) {
	for _, tag := range []uint32{0, 1, tagB} {
		s := newScript(t)
		for tsn := range uint32(5) {
			for host := range byte(3) {
				p := from([]byte{10, 0, host, 1}, []byte{10, 0, host, 2}, tag, whole(tsn, simple(fmt.Sprint(host, tsn))))
				s.is(s.link(p), fmt.Sprintf("10.0.%d.1:2905-10.0.%d.2:2905 0", host, host))
			}
		}
		for _, m := range s.d.Measures() {
			if m.Seen != 5 || m.Untracked != 0 {
				t.Errorf("tag %d: %+v", tag, m)
			}
		}
	}
}

// TestNewTag: a new tag on a known path, its INIT not heard, is a new start on the same link.
func TestNewTag(t *testing.T) {
	s := newScript(t)
	s.data(MSU, 1, 2, 3)
	s.send(MSU, from(hostA, hostB, 77777, whole(2, simple("message 2"))))
	if got := s.d.LinkName(s.d.Items[0].MSU.Link); len(s.d.Measures()) != 1 || got != "10.0.0.1:2905-10.0.0.2:2905" {
		t.Errorf("link %q, measures %v", got, s.d.Measures())
	}
	s.data(Duplicate, 3)
}

// TestEviction: associations come and go beyond the limit; what is heard often stays.
func TestEviction(t *testing.T) {
	d := New(Options{Associations: 4})
	for i := range 100 {
		src := binary.BigEndian.AppendUint32(nil, 0x0b000000+uint32(i))
		d.Packet(0, from(src, hostB, uint32(i)<<20, whole(1, simple("x"))))
		d.Packet(0, ab(whole(uint32(i), simple(fmt.Sprint(i)))))
		if v, _ := d.Packet(0, ab(whole(uint32(i), simple(fmt.Sprint(i))))); v != Duplicate {
			t.Fatalf("round %d: %v", i, v)
		}
	}
	if n := len(d.table.flows); n != 8 || len(d.table.paths) != 8 || d.counts.Evicted != 93 {
		t.Errorf("%d flows, %d paths, %d evicted", n, len(d.table.paths), d.counts.Evicted)
	}
	if m := d.Measures(); len(m) != 101 {
		t.Errorf("%d measures, want all 101 associations", len(m))
	}
}

func TestLinksAreBounded(t *testing.T) {
	d := New(Options{Associations: 4})
	for i := range maxLinks + 100 {
		src := binary.BigEndian.AppendUint32(nil, 0x0b000000+uint32(i))
		d.Packet(0, from(src, hostB, 1, whole(1, simple("x"))))
	}
	if n := len(d.table.links); n != maxLinks || len(d.table.order) != maxLinks+1 {
		t.Errorf("%d links", n)
	}
	if got := d.LinkName(d.Items[0].MSU.Link); got != moreLinks {
		t.Errorf("the last is %q", got)
	}
}
