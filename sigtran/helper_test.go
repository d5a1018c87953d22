package sigtran

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"c7mon/wire"
)

// A heard packet of a capture file: the octets from the IP header on.
type heard struct {
	time wire.Time
	ip   []byte
}

// readPcap gives the IP packets of a classic pcap of Ethernet, Linux cooked or raw IP, and skips the test
// when the file is not there. It is only for the tests of this package.
func readPcap(tb testing.TB, parts ...string) []heard {
	tb.Helper()
	name := filepath.Join(append([]string{"..", "..", "shared"}, parts...)...)
	b, err := os.ReadFile(name)
	if err != nil {
		tb.Skipf("the shared captures are not there: %v", err)
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 0xa1 {
		order = binary.BigEndian
	}
	nanos := wire.Time(1000)
	switch magic := order.Uint32(b); magic {
	case 0xa1b23c4d:
		nanos = 1
	case 0xa1b2c3d4:
	default:
		tb.Fatalf("%s: magic %08x", name, magic)
	}
	link := order.Uint32(b[20:])
	var all []heard
	for b = b[24:]; len(b) >= 16; {
		sec, frac := order.Uint32(b), order.Uint32(b[4:])
		n := int(order.Uint32(b[8:]))
		data := b[16 : 16+n]
		switch link {
		case 1:
			data = data[14:]
		case 113:
			data = data[16:]
		}
		all = append(all, heard{wire.Time(sec)*1e9 + wire.Time(frac)*nanos, data})
		b = b[16+n:]
	}
	return all
}

// The rest builds packets.

func be16(dst []byte, v int) []byte { return binary.BigEndian.AppendUint16(dst, uint16(v)) }
func be32(dst []byte, v uint32) []byte {
	return binary.BigEndian.AppendUint32(dst, v)
}

func pad(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func dataChunk(flags byte, tsn uint32, stream, ssn int, ppid uint32, user []byte) []byte {
	c := be16([]byte{chunkData, flags}, dataHeader+len(user))
	c = be16(be16(be32(c, tsn), stream), ssn)
	return pad(append(be32(c, ppid), user...))
}

func iDataChunk(flags byte, tsn uint32, stream int, mid, fsn uint32, user []byte) []byte {
	c := be16([]byte{chunkIData, flags}, iDataHeader+len(user))
	c = be16(be16(be32(c, tsn), stream), 0)
	return pad(append(be32(be32(c, mid), fsn), user...))
}

func whole(tsn uint32, user []byte) []byte { return dataChunk(3, tsn, 1, 0, 3, user) }

func initChunk(typ byte, tag, tsn uint32, addresses ...[]byte) []byte {
	var params []byte
	for _, a := range addresses {
		p := paramIPv4
		if len(a) == 16 {
			p = paramIPv6
		}
		params = append(be16(be16(params, p), 4+len(a)), a...)
	}
	c := be16([]byte{typ, 0}, initLength+len(params))
	c = be16(be16(be32(be32(c, tag), 65536), 10), 10)
	return append(be32(c, tsn), params...)
}

func controlChunk(typ, flags byte, body ...byte) []byte {
	return pad(append(be16([]byte{typ, flags}, 4+len(body)), body...))
}

func forwardChunk(tsn uint32) []byte { return be32(be16([]byte{chunkForward, 0}, 8), tsn) }

func sctpPacket(srcPort, dstPort int, tag uint32, chunks ...[]byte) []byte {
	b := be32(be32(be16(be16(nil, srcPort), dstPort), tag), 0)
	for _, c := range chunks {
		b = append(b, c...)
	}
	return b
}

func ipv4Packet(src, dst []byte, proto byte, id, fragment int, payload []byte) []byte {
	b := be16([]byte{0x45, 0}, 20+len(payload))
	b = be16(be16(b, id), fragment)
	b = append(b, 64, proto, 0, 0)
	b = append(append(b, src...), dst...)
	return append(b, payload...)
}

func ipv6Packet(src, dst []byte, next byte, payload []byte) []byte {
	b := be16([]byte{0x60, 0, 0, 0}, len(payload))
	b = append(b, next, 64)
	b = append(append(b, src...), dst...)
	return append(b, payload...)
}

func m3uaMessage(parameters ...[]byte) []byte {
	var body []byte
	for _, p := range parameters {
		body = append(body, p...)
	}
	return append(be32([]byte{1, 0, 1, 1}, uint32(8+len(body))), body...)
}

func param(tag int, value []byte) []byte {
	return pad(append(be16(be16(nil, tag), 4+len(value)), value...))
}

func pdata(opc, dpc uint32, si, ni, mp, sls byte, data []byte) []byte {
	return param(tagProtocolData, append(append(be32(be32(nil, opc), dpc), si, ni, mp, sls), data...))
}

// simple is an M3UA DATA whose user part is text.
func simple(text string) []byte { return m3uaMessage(pdata(1, 2, 5, 2, 0, 3, []byte(text))) }

var (
	hostA  = []byte{10, 0, 0, 1}
	hostB  = []byte{10, 0, 0, 2}
	hostA2 = []byte{10, 1, 0, 1}
	hostB2 = []byte{10, 1, 0, 2}
	six1   = append([]byte{0x20, 1, 0xd, 0xb8}, make([]byte, 11, 12)...)
)

const (
	tagA = 0x1a2b3c4d // packets to A
	tagB = 0x5e6f7a8b
)

// ab is a packet from A to B, ba one back.
func ab(chunks ...[]byte) []byte {
	return ipv4Packet(hostA, hostB, protoSCTP, 1, 0, sctpPacket(2905, 2905, tagB, chunks...))
}

func ba(chunks ...[]byte) []byte {
	return ipv4Packet(hostB, hostA, protoSCTP, 1, 0, sctpPacket(2905, 2905, tagA, chunks...))
}
