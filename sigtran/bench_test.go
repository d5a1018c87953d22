package sigtran

import (
	"encoding/binary"
	"testing"

	"c7mon/mtp"
	"c7mon/wire"
)

// benchmarkPackets reads packets of n DATA chunks, each an M3UA message with the ISUP of a short IAM, on 8 associations in
// both directions that take turns.
func benchmarkPackets(b *testing.B, chunks int) {
	user := m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), pdata(4625, 2050, 5, 2, 0, 5, make([]byte, 31)))
	var list [16][]byte
	for i := range list {
		var all [][]byte
		for range chunks {
			all = append(all, whole(0, user))
		}
		src, dst := []byte{10, 0, 0, byte(i / 2)}, []byte{10, 0, 1, byte(i / 2)}
		if i%2 == 1 {
			src, dst = dst, src
		}
		list[i] = ipv4Packet(src, dst, protoSCTP, 1, 0, sctpPacket(2905, 2905, tagA+uint32(i)*0x1111111, all...))
	}
	size := len(whole(0, user))
	d := New(Options{})
	b.ReportAllocs()
	tsn := uint32(0)
	for i := 0; i < b.N; i += chunks {
		p := list[i/chunks%16]
		if i/chunks%16 == 0 {
			tsn += uint32(chunks)
		}
		for k := range chunks {
			binary.BigEndian.PutUint32(p[32+k*size+4:], tsn+uint32(k))
		}
		d.Packet(wire.Time(i), p)
	}
	if int(d.counts.MSUs) < b.N || d.counts.Repeats > 0 {
		b.Fatal(d.counts)
	}
}

// The figures are for one MSU.
func BenchmarkPacket(b *testing.B)         { benchmarkPackets(b, 1) }
func BenchmarkPacketBundled4(b *testing.B) { benchmarkPackets(b, 4) }

func BenchmarkM3UA(b *testing.B) {
	user := m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), pdata(4625, 2050, 5, 2, 0, 5, make([]byte, 31)))
	var m mtp.MSU
	var itu Variants
	for range b.N {
		if m3ua(&m, &itu, user) != nil {
			b.Fatal()
		}
	}
}

func BenchmarkFingerprint(b *testing.B) {
	user := make([]byte, 72)
	sum := uint16(0)
	for range b.N {
		sum += fingerprint(user)
	}
	if sum == 1 {
		b.Log(sum)
	}
}
