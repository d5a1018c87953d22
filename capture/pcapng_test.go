package capture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"c7mon/wire"
)

// An ngFile builds a pcapng file block by block.
type ngFile struct {
	order binary.AppendByteOrder
	b     []byte
}

func (n *ngFile) block(kind uint32, body ...[]byte) {
	all := bytes.Join(body, nil)
	all = append(all, make([]byte, -len(all)&3)...)
	n.b = n.order.AppendUint32(n.b, kind)
	n.b = n.order.AppendUint32(n.b, uint32(len(all)+12))
	n.b = append(n.b, all...)
	n.b = n.order.AppendUint32(n.b, uint32(len(all)+12))
}

func (n *ngFile) u32(v ...uint32) (b []byte) {
	for _, x := range v {
		b = n.order.AppendUint32(b, x)
	}
	return b
}

func (n *ngFile) option(code uint16, value ...byte) []byte {
	b := n.order.AppendUint16(nil, code)
	b = n.order.AppendUint16(b, uint16(len(value)))
	return append(append(b, value...), make([]byte, -len(value)&3)...)
}

func (n *ngFile) section(order binary.AppendByteOrder) {
	n.order = order
	version := order.AppendUint16(order.AppendUint16(nil, 1), 0)
	n.block(blockSection, n.u32(byteOrderMagic), version, n.u32(0xffffffff, 0xffffffff))
}

func (n *ngFile) iface(link uint16, snap uint32, options ...[]byte) {
	body := append(n.order.AppendUint16(nil, link), 0, 0)
	n.block(blockInterface, append([][]byte{body, n.u32(snap)}, options...)...)
}

// packet adds an enhanced packet block; data are padded before the options.
func (n *ngFile) packet(id uint32, ticks uint64, length uint32, data []byte, options ...[]byte) {
	padded := append(bytes.Clone(data), make([]byte, -len(data)&3)...)
	body := [][]byte{n.u32(id, uint32(ticks>>32), uint32(ticks), uint32(len(data)), length), padded}
	n.block(blockEnhanced, append(body, options...)...)
}

// TestPcapngSections reads a file of two sections in different byte orders, with all that describes an interface.
func TestPcapngSections(t *testing.T) {
	n := &ngFile{}
	n.section(binary.BigEndian)
	n.iface(140, 0, n.option(2, 's', 'p', 'a', 'n', '1'), n.option(9, 9), n.option(0))
	n.iface(141, 3, n.option(14, 0, 0, 0, 0, 0, 0, 0, 100))
	n.packet(0, 5_000_000_001, 4, []byte{1, 2, 3, 4}, n.option(2, 0, 0, 0, 0x42), n.option(0))
	n.block(0x0bad, make([]byte, 40)) // not known
	n.packet(1, 7_000_000, 9, []byte{5, 6, 7})
	n.section(binary.LittleEndian)
	n.iface(140, 0, n.option(2, 's', 'p', 'a', 'n', '1'), n.option(9, 9), n.option(0)) // the same again
	n.iface(142, 2, n.option(13, 2), n.option(9, 0x8a))
	n.packet(1, 200<<10|512, 2, []byte{8, 9}, n.option(1, 'h', 'i'), n.option(2, 1, 0, 0, 0))
	n.block(blockPacket, []byte{0, 0, 0, 0}, n.u32(48, 0x4fe2b400, 3, 3), []byte{1, 1, 2, 0}, n.option(2, 2, 0, 0, 0))
	n.block(blockSimple, n.u32(9), []byte{1, 2, 3, 4})

	frames := framesOf(t, n.b)
	f := func(i int, number uint64, at wire.Time, link LinkType, index uint32, d wire.Direction, cut int, data ...byte) {
		t.Helper()
		k := frames[i]
		if k.Number != number || k.Time != at || k.Type != link || k.Interface != index || k.Direction != d || k.Cut != cut ||
			!bytes.Equal(k.Data, data) {
			t.Errorf("got %+v", k)
		}
	}
	if len(frames) != 5 {
		t.Fatalf("%d frames", len(frames))
	}
	f(0, 1, 5_000_000_001, 140, 0, wire.Back, 0, 1, 2, 3, 4)
	f(1, 2, 107_000_000_000, 141, 1, wire.NoDirection, 6, 5, 6, 7)
	f(2, 3, 200_500_000_000, 142, 2, wire.Forth, 0, 8, 9)
	f(3, 4, 48<<32+0x4fe2b400, 140, 0, wire.Back, 0, 1, 1, 2)
	// A simple packet has no time: it has that of the one before. Its length is that of interface 0, without a limit.
	f(4, 5, 48<<32+0x4fe2b400, 140, 0, wire.NoDirection, 5, 1, 2, 3, 4)

	fs, err := openBytes(n.b)
	if err != nil {
		t.Fatal(err)
	}
	readAll(t, fs)
	if got := fs.Info()[0].Interfaces; len(got) != 3 || got[0] != (InterfaceInfo{"span1", 140}) || got[2] != (InterfaceInfo{"", 142}) {
		t.Errorf("interfaces %v", got)
	}
	if a := fs.Anomalies(); a != (Anomalies{Untimed: 1}) {
		t.Errorf("anomalies %+v", a)
	}
}

// TestPcapngInterfaceUnknown keeps a packet of an interface that is not described, and goes on.
func TestPcapngInterfaceUnknown(t *testing.T) {
	n := &ngFile{}
	n.section(binary.LittleEndian)
	n.iface(140, 0)
	n.packet(0, 1, 1, []byte{1})
	n.packet(7, 2, 1, []byte{2})
	n.packet(0, 3, 1, []byte{3})
	frames := framesOf(t, n.b)
	if len(frames) != 3 || frames[1].Payload != Malformed || !errors.Is(frames[1].Err, errNoInterface) || frames[2].Payload != MTP2 {
		t.Errorf("got %+v", frames)
	}
}

// TestPcapngBroken ends a file at a block that cannot be right, with the frames before it.
func TestPcapngBroken(t *testing.T) {
	f := func(want string, frames int, change func(n *ngFile)) {
		t.Helper()
		n := &ngFile{}
		n.section(binary.LittleEndian)
		n.iface(140, 0)
		n.packet(0, 1, 4, []byte{1, 2, 3, 4})
		change(n)
		fs, err := openBytes(n.b)
		var got []kept
		if err == nil {
			var failed []error
			got, failed = readAll(t, fs)
			err = errors.Join(failed...)
		}
		if err == nil || err.Error() != "standard input: "+want || len(got) != frames {
			t.Errorf("got %d frames, %v\nwant %d, %s", len(got), err, frames, want)
		}
	}
	f("frame 2 at octet 84: block length 36, but 99 at its end", 1, func(n *ngFile) {
		n.packet(0, 1, 4, []byte{1, 2, 3, 4})
		n.b[len(n.b)-4] = 99
	})
	f("frame 2 at octet 84: block length 7 is not within 12 to 327680", 1, func(n *ngFile) {
		n.packet(0, 1, 4, []byte{1, 2, 3, 4})
		n.b[88] = 7
	})
	f("frame 2 at octet 84: block length 16777252 is not within 12 to 327680", 1, func(n *ngFile) {
		n.packet(0, 1, 4, []byte{1, 2, 3, 4})
		n.b[91] = 1
	})
	f("frame 2 at octet 84: packet of 5 octets in a block of 36", 1, func(n *ngFile) {
		n.packet(0, 1, 4, []byte{1, 2, 3, 4})
		n.b[84+20] = 5
	})
	f("frame 2 at octet 84: block length 3 is under 12", 1, func(n *ngFile) { n.b = append(n.b, 99, 0, 0, 0, 3, 0, 0, 0) })
	f("frame 2 at octet 84: block of type 99: length 12, but 1 at its end", 1, func(n *ngFile) {
		n.block(99)
		n.b[len(n.b)-4] = 1
	})
	f("frame 2 at octet 84: byte-order magic is 00 00 00 00", 1, func(n *ngFile) { n.block(blockSection, make([]byte, 16)) })
	f("pcapng section header: pcapng version 2.0 is not known", 0, func(n *ngFile) { n.b[12] = 2 })
}

// TestPcapngManyInterfaces bounds what a file can make us keep.
func TestPcapngManyInterfaces(t *testing.T) {
	n := &ngFile{}
	for range 3 { // three sections with the same interfaces are fine
		n.section(binary.LittleEndian)
		for range maxInterfaces {
			n.iface(140, 0)
		}
		n.packet(maxInterfaces-1, 1, 4, []byte{1, 2, 3, 4})
	}
	frames := framesOf(t, n.b)
	if len(frames) != 3 || frames[2].Interface != maxInterfaces-1 {
		t.Fatalf("got %+v", frames)
	}
	n.iface(140, 0)
	fs, err := openBytes(n.b)
	if err != nil {
		t.Fatal(err)
	}
	frames, failed := readAll(t, fs)
	if len(frames) != 3 || len(failed) != 1 {
		t.Errorf("%d frames, errors %v", len(frames), failed)
	}
}

// TestPcapngSkipsLargeBlocks passes over a block that is longer than the memory kept for reading.
func TestPcapngSkipsLargeBlocks(t *testing.T) {
	n := &ngFile{}
	n.section(binary.LittleEndian)
	n.iface(140, 0)
	n.packet(0, 1, 4, []byte{1, 2, 3, 4})
	n.block(99, make([]byte, 3*blockSize+5))
	n.packet(0, 2, 4, []byte{5, 6, 7, 8})
	frames := framesOf(t, n.b)
	if len(frames) != 2 || !bytes.Equal(frames[0].Data, []byte{1, 2, 3, 4}) || !bytes.Equal(frames[1].Data, []byte{5, 6, 7, 8}) {
		t.Errorf("got %+v", frames)
	}
}

// TestClock converts ticks of every resolution.
func TestClock(t *testing.T) {
	f := func(res uint8, offset int64, ticks uint64, want wire.Time) {
		t.Helper()
		if got := (clock{res, offset}).time(ticks); got != want {
			t.Errorf("resolution %#x, offset %d, %d ticks: %d, want %d", res, offset, ticks, got, want)
		}
	}
	f(6, 0, 1066471200_123456, 1066471200_123456000)
	f(9, 0, 1066471200_123456789, 1066471200_123456789)
	f(0, 0, 1066471200, 1066471200_000000000)
	f(3, 0, 1066471200_123, 1066471200_123000000)
	f(12, 0, 1066471200_123456, 1066471_200123)
	f(28, 0, 1<<63, 0)
	f(29, 0, 1<<63, 0)
	f(127, 0, 1<<63, 0)
	f(0x80, 0, 5, 5e9)
	f(0x80|20, 0, 3<<20|1<<19, 3_500_000_000)
	f(0x80|63, 0, 1<<63, 1e9)
	f(0x80|64, 0, 1<<63, 5e8)
	f(0x80|127, 0, 1<<63, 0)
	f(0, 0, 1<<63, latest)
	f(6, 0, 1<<63, latest)
	f(0x80, 0, 1<<63, latest)
	f(6, -10, 11_000_000, 1e9)
	f(6, -10, 1_000_000, -9e9)
	f(6, 1<<62, 1, 4611686018_000000000+1000)
	f(6, -1<<63, 1, -4611686018_000000000+1000)
	for res := range 256 {
		for _, ticks := range []uint64{0, 1, 1 << 31, 1 << 62, 1<<64 - 1} {
			for _, offset := range []int64{0, 1, -1, 1<<63 - 1, -1 << 63} {
				if got := (clock{uint8(res), offset}).time(ticks); got < earliest || got > latest {
					t.Errorf("resolution %#x: %d", res, got)
				}
			}
		}
	}
}
