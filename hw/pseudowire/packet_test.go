package pseudowire

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// octets reads hex with spaces.
func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const rtpHeader = "80 60 1234 00000100 cafe0001"

// show gives what was read.
func show(p *packet) string {
	s := fmt.Sprintf("%d", p.Sequence)
	for _, b := range [...]struct {
		on   bool
		text string
	}{{p.L, " L"}, {p.R, " R"}, {p.M != 0, fmt.Sprint(" M", p.M)}, {p.FRG != 0, fmt.Sprint(" FRG", p.FRG)}, {p.RTP, fmt.Sprintf(" %x", p.SSRC)}} {
		if b.on {
			s += b.text
		}
	}
	return s + fmt.Sprintf(" %x", p.payload)
}

// vectors are packets, where their RTP header stands, and what they say.
var vectors = []struct {
	place    rtpPlace
	in, want string
}{
	{rtpAuto, "0000 1234 aabb", "4660 aabb"},
	{rtpNone, "0000 ffff aabb", "65535 aabb"},
	{rtpAuto, "0800 0000", "0 L "},
	{rtpAuto, "0400 0001 aabb", "1 R aabb"},
	{rtpAuto, "0e40 0001 aabb", "1 L R M2 FRG1 aabb"},
	{rtpAuto, rtpHeader + "0000 1234 aabb", "4660 cafe0001 aabb"},
	{rtpBefore, rtpHeader + "0000 1234 aabb", "4660 cafe0001 aabb"},
	{rtpAfter, "0000 1234" + rtpHeader + "aabb", "4660 cafe0001 aabb"},
	{rtpAuto, "0006 1234 aabb", "4660 aabb"},                         // LEN is right
	{rtpAuto, "0006 1234 aabb 0000", "4660 aabb"},                    // there is padding behind it
	{rtpAuto, rtpHeader + "0012 1234 aabb", "4660 cafe0001 aabb"},    // LEN counts the RTP header
	{rtpAuto, rtpHeader + "0006 1234 aabb", "4660 cafe0001 aabb"},    // LEN does not
	{rtpAuto, rtpHeader + "0012 1234 aabb 00", "4660 cafe0001 aabb"}, // padding and RTP
	{rtpAuto, "0003 1234 aabb", "4660 aabb"},                         // LEN is less than the control word: it means nothing
}

func TestPacket(t *testing.T) {
	for _, v := range vectors {
		var p packet
		if err := p.decode(octets(t, v.in), v.place); err != nil || show(&p) != v.want {
			t.Errorf("%s: %s, %v, want %s", v.in, show(&p), err, v.want)
		}
	}
}

func TestPacket_Failure(t *testing.T) {
	f := func(place rtpPlace, in string, want error) {
		t.Helper()
		var p packet
		if err := p.decode(octets(t, in), place); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", in, err, want)
		}
	}
	f(rtpAuto, "", errShort)
	f(rtpAuto, "0000 12", errShort)
	f(rtpAuto, "1000 0021 0000", errChannel)
	f(rtpAuto, "4500 0054 0000", errWord)
	f(rtpAuto, "c000 0054 0000", errWord)
	f(rtpAuto, "9060 1234 00000100 cafe0001 0000 1234 aabb", errRTP) // with an extension
	f(rtpAuto, "8060 1234 00000100 cafe00", errRTP)
	f(rtpAuto, rtpHeader+"f000 1234 aabb", errWord)
	f(rtpBefore, "0000 1234 aabb", errRTP)
	f(rtpNone, rtpHeader+"0000 1234 aabb", errWord)
	f(rtpAfter, "0000 1234 aabb", errRTP)
	f(rtpAuto, "0007 1234 aabb", errLength)
}

// TestPacket_Prefixes holds that a cut packet is an error or has fewer octets of the line.
func TestPacket_Prefixes(t *testing.T) {
	for _, v := range vectors {
		b := octets(t, v.in)
		var whole, p packet
		whole.decode(b, v.place)
		for n := range b {
			if err := p.decode(b[:n], v.place); err == nil && len(p.payload) > len(whole.payload) {
				t.Errorf("%s: the first %d octets have more in them", v.in, n)
			}
		}
	}
}

func TestPacket_Behind(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		if ssrc, ok := rtpBehind(octets(t, in)); ok != want || ok && ssrc != 0xcafe0001 {
			t.Errorf("%s: %x, %v", in, ssrc, ok)
		}
	}
	f("0000 1234"+rtpHeader, true)
	f("0000 1235"+rtpHeader, false)
	f("0000 1234 8060 1234 00000100 cafe00", false)
	f(rtpHeader+"0000 1234", false)
}

func FuzzPacket(f *testing.F) {
	for _, v := range vectors {
		f.Add(octets(f, v.in), uint8(v.place))
	}
	f.Fuzz(func(t *testing.T, b []byte, place uint8) {
		var p packet
		if err := p.decode(b, rtpPlace(place%4)); err == nil && !bytes.Contains(b, p.payload) {
			t.Errorf("%x: octets %x that are not there", b, p.payload)
		}
		rtpBehind(b)
		for _, fm := range [...]format{{satop: true, width: 32}, {width: 3, timeslots: []int{1, 2, 3}}, {width: 3, cas: true, timeslots: []int{1, 2, 3}}} {
			if d, err := fm.data(&p, 0); err == nil && !fm.satop && len(d)%3 != 0 {
				t.Errorf("%x: %d octets are no frames", b, len(d))
			}
		}
	})
}

// datagrams are IP packets and what they are.
var datagrams = []struct{ name, in, want string }{
	{"IPv4", "4500 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", "10.0.0.1:2142 10.0.0.2:3000 01020304"},
	{"padding behind it", "4500 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304 0000", "10.0.0.1:2142 10.0.0.2:3000 01020304"},
	{"options", "4600 0024 0000 4000 4011 0000 0a000001 0a000002 94040000 085e 0bb8 000c 0000 01020304", "10.0.0.1:2142 10.0.0.2:3000 01020304"},
	{"IPv6", "60000000 000c 1140 fd000000000000000000000000000001 fd000000000000000000000000000002 085e 0bb8 000c 0000 01020304", "[fd00::1]:2142 [fd00::2]:3000 01020304"},
	{"hop by hop", "60000000 0014 0040 fd000000000000000000000000000001 fd000000000000000000000000000002 1100 0104 00000000 085e 0bb8 000c 0000 01020304", "[fd00::1]:2142 [fd00::2]:3000 01020304"},
	{"TCP", "4500 0020 0000 4000 4006 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", "no UDP datagram"},
	{"later fragment", "4500 0020 0000 0001 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", "no UDP datagram"},
	{"first fragment", "4500 0020 0000 2000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", errFragment.Error()},
	{"first fragment of IPv6", "60000000 0014 2c40 fd000000000000000000000000000001 fd000000000000000000000000000002 1100 0001 00000000 085e 0bb8 000c 0000 01020304", errFragment.Error()},
	{"cut", "4500 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 0102", errCutShort.Error()},
	{"UDP length", "4500 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 0007 0000 01020304", errUDP.Error()},
	{"header length", "4400 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", errIP.Error()},
	{"version", "2500 0020 0000 4000 4011 0000 0a000001 0a000002 085e 0bb8 000c 0000 01020304", errIP.Error()},
}

func TestDatagram(t *testing.T) {
	for _, v := range datagrams {
		var d datagram
		got := ""
		if err := d.decode(octets(t, v.in)); err != nil {
			got = err.Error()
		} else {
			got = fmt.Sprintf("%v %v %x", d.src, d.dst, d.payload)
		}
		if got != v.want {
			t.Errorf("%s: %s, want %s", v.name, got, v.want)
		}
		b := octets(t, v.in)
		for n := range min(len(b), 32) {
			if d.decode(b[:n]) == nil && v.name != "padding behind it" {
				t.Errorf("%s: the first %d octets are enough", v.name, n)
			}
		}
	}
}

func FuzzDatagram(f *testing.F) {
	for _, v := range datagrams {
		f.Add(octets(f, v.in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d datagram
		if err := d.decode(b); err == nil && !bytes.Contains(b, d.payload) {
			t.Errorf("%x: octets %x that are not there", b, d.payload)
		}
	})
}
