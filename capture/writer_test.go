package capture

import (
	"bytes"
	"fmt"
	"testing"

	"c7mon/wire"
)

// TestWriterRoundTrip writes records in both formats and reads them back.
func TestWriterRoundTrip(t *testing.T) {
	records := []Record{
		{Time: 1066471200_123456789, Direction: wire.NoDirection, Data: []byte{1}},
		{Time: 1066471200_123456790, Direction: wire.Forth, Data: []byte{2, 3, 4, 5}, Cut: 7},
		{Time: 1066471201_000000000, Direction: wire.Back, Data: []byte{}},
		{Time: 1066471202_000000001, Direction: wire.Back, Data: bytes.Repeat([]byte{6}, maxFrame)},
	}
	f := func(pcapng bool) {
		t.Helper()
		var b bytes.Buffer
		w := NewPcapWriter(&b, LinkMTP3)
		if pcapng {
			w = NewPcapngWriter(&b)
			for i := range 2 {
				id, err := w.AddInterface(InterfaceInfo{Name: fmt.Sprint("e", i), Link: LinkMTP3})
				if err != nil || id != uint32(i) {
					t.Fatal(id, err)
				}
			}
		}
		for i, r := range records {
			if pcapng {
				r.Interface = uint32(i % 2)
			}
			if err := w.Write(r); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		frames := framesOf(t, b.Bytes())
		if len(frames) != len(records) {
			t.Fatalf("%d frames of %d", len(frames), len(records))
		}
		for i, r := range records {
			k := frames[i]
			if k.Time != r.Time || k.Clock != r.Time || !bytes.Equal(k.record, r.Data) || !bytes.Equal(k.Data, r.Data) ||
				k.Cut != r.Cut || k.Type != LinkMTP3 || k.Payload != MTP3 || k.Number != uint64(i+1) {
				t.Errorf("frame %d: got %+v", i+1, k)
			}
			want := wire.NoDirection
			if pcapng {
				want = r.Direction
			}
			if k.Direction != want {
				t.Errorf("frame %d: direction %q, want %q", i+1, k.Direction, want)
			}
		}
	}
	f(false)
	f(true)
}

// TestWriterRefuses asks for what the formats cannot hold.
func TestWriterRefuses(t *testing.T) {
	p, n := NewPcapWriter(&bytes.Buffer{}, LinkMTP2), NewPcapngWriter(&bytes.Buffer{})
	f := func(what string, err error) {
		t.Helper()
		if err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	_, err := p.AddInterface(InterfaceInfo{Link: LinkMTP2})
	f("a second interface of a pcap", err)
	_, err = n.AddInterface(InterfaceInfo{Link: 1 << 16})
	f("a link type over 16 bits", err)
	f("an interface not described", n.Write(Record{}))
	f("a frame over the limit", p.Write(Record{Data: make([]byte, maxFrame+1)}))
	f("a time before 1970", p.Write(Record{Time: -1}))
	f("a time after 2106 in a pcap", p.Write(Record{Time: 1 << 32 * 1e9}))
}

func TestWriteAllocates(t *testing.T) {
	w := NewPcapngWriter(&bytes.Buffer{})
	w.w.Reset(discard{})
	w.AddInterface(InterfaceInfo{Link: LinkMTP2})
	data := make([]byte, 40)
	if n := testing.AllocsPerRun(1000, func() { w.Write(Record{Data: data, Direction: wire.Back}) }); n != 0 {
		t.Errorf("%v allocations a record", n)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
