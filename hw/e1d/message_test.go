package e1d

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// packet builds a message by hand, with a magic and a length of the test's choice.
func packet(magic uint16, length int, rest ...byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, magic)
	return append(binary.NativeEndian.AppendUint16(b, uint16(length)), rest...)
}

func TestMessage(t *testing.T) {
	f := func(in []byte, want message) {
		t.Helper()
		var m message
		if err := m.Decode(in); err != nil {
			t.Fatal(err)
		}
		if m.kind != want.kind || m.at != want.at || m.timeslot != want.timeslot || !bytes.Equal(m.body, want.body) {
			t.Errorf("% x is %+v, want %+v", in, m, want)
		}
		if got := want.Append(nil); !bytes.Equal(got, in) {
			t.Errorf("%+v is encoded as % x, want % x", want, got, in)
		}
	}
	f(packet(0x01e1, 8, 0x00, 0xff, 0xff, 0xff), message{kind: interfaceQuery, at: address{255, 255}, timeslot: 255})
	f(packet(0x01e1, 8, 0x01, 0, 0xff, 0xff), message{kind: lineQuery, at: address{0, 255}, timeslot: 255})
	f(packet(0x01e1, 8, 0x40, 0, 1, 0), message{kind: event, at: address{0, 1}})
	f(packet(0x01e1, 11, 0x81, 3, 2, 0xff, 2, 0x20, 0), message{kind: lineQuery | answer, at: address{3, 2}, timeslot: 255, body: []byte{2, 0x20, 0}})
	open := message{kind: timeslotOpen, at: address{0, 1}, timeslot: superchannel, body: openBody(true, 0x0140)}
	f(append(packet(0x01e1, 12, 0x04, 0, 1, 0xfe, 0x10, 0x80), binary.NativeEndian.AppendUint16(nil, 320)...), open)
}

func TestMessage_Failure(t *testing.T) {
	f := func(in []byte, want string) {
		t.Helper()
		var m message
		if err := m.Decode(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("% x: error %v, want one with %q", in, err, want)
		}
	}
	f(nil, "0 octets, its header has 8")
	f(packet(0x00e1, 8, 0, 0, 0, 0), "version 0 of its protocol, version 1 is needed")
	f(packet(0x02e1, 8, 0, 0, 0, 0), "version 2 of its protocol")
	f(packet(0x4854, 8, 0, 0, 0, 0), "magic is 0x4854: this is not osmo-e1d")
	f(packet(0x01e1, 0, 0, 0, 0, 0), "its length is 0, the packet has 8 octets")
	f(packet(0x01e1, 14, 0x82, 0, 0, 0, 1, 2), "its length is 14, the packet has 10 octets")
	f(packet(0x01e1, 8, 0x82, 0, 0, 0, 1), "its length is 8, the packet has 9 octets")
}

// TestMessagePrefixes holds that no part of a message is taken for a whole one.
func TestMessagePrefixes(t *testing.T) {
	whole := message{kind: timeslotQuery | answer, at: address{0, 1}, body: make([]byte, 32*timeslotOctets)}
	b := whole.Append(nil)
	for n := range b {
		var m message
		if err := m.Decode(b[:n]); err == nil {
			t.Errorf("the first %d of %d octets are a message", n, len(b))
		}
	}
}

func TestRecords(t *testing.T) {
	i, err := decodeInterfaces([]byte{0, 2, 1, 1})
	if err != nil || len(i) != 2 || i[0] != (interfaceInfo{0, 2}) || i[1] != (interfaceInfo{1, 1}) {
		t.Error(i, err)
	}
	l, err := decodeLines([]byte{0, 0x20, 0, 1, 0x21, 0})
	if err != nil || len(l) != 2 || l[0] != (lineInfo{0, 0x20}) || l[1] != (lineInfo{1, 0x21}) {
		t.Error(l, err)
	}
	s, err := decodeTimeslots([]byte{16, 0x10, 0, 0, 1, 0xa5})
	if err != nil || len(s) != 1 || s[0] != (timeslotInfo{16, 0x10}) {
		t.Error(s, err)
	}
	if _, err := decodeTimeslots(make([]byte, 7)); err == nil || err.Error() != "timeslots: 7 octets are no whole number of records of 6" {
		t.Error(err)
	}
}

// FuzzMessage reads anything as a message and its body as records. What decodes is encoded to the same octets.
func FuzzMessage(f *testing.F) {
	for _, m := range []message{
		{kind: interfaceQuery | answer, at: address{unused, unused}, timeslot: unused, body: []byte{0, 2}},
		{kind: lineQuery | answer, body: []byte{0, lineChannelized, 0, 1, lineSuperchannel, 0}},
		{kind: timeslotOpen | answer, timeslot: 16, body: []byte{16, timeslotRaw, 0, 0, 0, 0xa5}},
		{kind: event | 1}, {kind: refusal | 2}, {kind: event | 0x3f, body: []byte{0x80}},
	} {
		f.Add(m.Append(nil))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var m message
		if m.Decode(b) != nil {
			return
		}
		if again := m.Append(nil); !bytes.Equal(again, b) {
			t.Errorf("% x is encoded as % x", b, again)
		}
		i, err := decodeInterfaces(m.body)
		if (err == nil) != (len(m.body)%interfaceOctets == 0) || err == nil && len(i) != len(m.body)/interfaceOctets {
			t.Error(i, err)
		}
		if l, err := decodeLines(m.body); err == nil && len(l) != len(m.body)/lineOctets {
			t.Error(l)
		}
		if s, err := decodeTimeslots(m.body); err == nil && len(s) != len(m.body)/timeslotOctets {
			t.Error(s)
		}
	})
}
