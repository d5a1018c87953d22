package capture

import (
	"errors"
	"fmt"

	"golang.org/x/net/bpf"
)

// A kernel filter is a program of classic BPF over the octets of a frame: the register A holds what was read last, X where
// the header in hand begins. A read behind the end of the frame ends the program and drops it.

// maxPorts bounds the UDP ports of a filter, for the kernel bounds its length.
const maxPorts = 100

// Protocol numbers of IP that the filter knows.
const (
	protoUDP      = 17
	protoFragment = 44
	protoSCTP     = 132
)

// udpSCTP is the UDP port of encapsulated SCTP, RFC 6951 4.1.
const udpSCTP = 9899

// tagTypes are the EtherTypes of what may stand once or twice before the EtherType of the packet.
var tagTypes = []uint32{typeVLAN, typeService, typeQinQ}

// extensions are the IPv6 extension headers that are stepped over, by the unit of their length octet: that many octets for
// each, and 8 besides. RFC 8200 4, RFC 4302 2.2, RFC 6275 6.1, RFC 7401 5.1, RFC 5533 5.1.
var extensions = []struct {
	shift  uint32 // log2 of the unit
	protos []uint32
}{
	{3, []uint32{0, 43, 60, 135, 139, 140}}, // hop-by-hop, routing, destination options, mobility, HIP, Shim6
	{2, []uint32{51}},                       // authentication
}

// maxExtensions is how many of them are stepped over: as many as sigtran follows.
const maxExtensions = 15

// kernelFilter gives the program that passes what may carry signalling, at most snap octets of each frame, and drops all
// else: SCTP, UDP from or to port 9899 or one of ports, and each fragment but the first of either protocol, which bears no
// ports, over IPv4 and IPv6. With ethernet frames begin with an Ethernet header and up to two VLAN tags; the kernel has
// taken off one more. Without they begin with the IP header.
func kernelFilter(ports []int, snap int, ethernet bool) ([]bpf.Instruction, error) {
	if len(ports) > maxPorts {
		return nil, fmt.Errorf("%d UDP ports: at most %d", len(ports), maxPorts)
	}
	list := []uint32{udpSCTP}
	for _, p := range ports {
		if p < 1 || p > 65535 {
			return nil, fmt.Errorf("UDP port %d: 1 to 65535", p)
		}
		list = append(list, uint32(p))
	}
	if snap < 1 {
		return nil, errors.New("the filter would keep nothing of a frame")
	}
	k := filterKit{take: program{bpf.RetConstant{Val: uint32(snap)}}, drop: program{bpf.RetConstant{}}}
	k.udp = join(
		program{half(0)}, anyOf(list, k.take), // source
		program{half(2)}, anyOf(list, k.take), // destination
		k.drop)
	start := k.raw()
	if ethernet {
		start = k.ethernet()
	}
	return join(start, k.ipv6()), nil
}

// A program is a part of one, or all of it, that is left at its end, or never.
type program []bpf.Instruction

func join(blocks ...program) (all program) {
	for _, b := range blocks {
		all = append(all, b...)
	}
	return all
}

// octet and half read one or two octets of the header in hand into A.
func octet(off uint32) bpf.Instruction { return bpf.LoadIndirect{Off: off, Size: 1} }
func half(off uint32) bpf.Instruction  { return bpf.LoadIndirect{Off: off, Size: 2} }

// anyOf runs body when A is one of values. There may be 254 of them.
func anyOf(values []uint32, body program) (b program) {
	for i, v := range values {
		b = append(b, bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: uint8(len(values) - i)})
	}
	return join(b, program{bpf.Jump{Skip: uint32(len(body))}}, body)
}

// filterKit holds the ends of a filter: X stands at the UDP header in udp, and none of them is left.
type filterKit struct{ take, drop, udp program }

// raw is the beginning of a filter of IP packets: it is left with X at the header of an IPv6 packet.
func (k *filterKit) raw() program {
	return join(
		program{bpf.LoadConstant{Dst: bpf.RegX}, octet(0), bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4}},
		anyOf([]uint32{4}, k.ipv4()),
		program{bpf.JumpIf{Cond: bpf.JumpEqual, Val: 6, SkipTrue: 1}}, k.drop)
}

// ethernet is the beginning of a filter of Ethernet frames, left likewise.
func (k *filterKit) ethernet() program {
	const header, tag = 14, 4
	at := func(x uint32) program {
		return program{bpf.LoadConstant{Dst: bpf.RegX, Val: x}, bpf.LoadAbsolute{Off: x - 2, Size: 2}}
	}
	return join(
		at(header), anyOf(tagTypes, join(
			at(header+tag), anyOf(tagTypes,
				at(header+2*tag)))),
		anyOf([]uint32{typeIPv4}, k.ipv4()),
		program{bpf.JumpIf{Cond: bpf.JumpEqual, Val: typeIPv6, SkipTrue: 1}}, k.drop)
}

// ipv4 judges the packet at X by its protocol and fragment offset. RFC 791 3.1.
func (k *filterKit) ipv4() program {
	return join(
		program{octet(9)}, anyOf([]uint32{protoSCTP}, k.take),
		program{bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoUDP, SkipTrue: 1}}, k.drop,
		program{half(6), bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: 0x1fff, SkipTrue: 1}}, k.take,
		program{octet(0), // the header length in words of 4 octets
			bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: 0x0f}, bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2},
			bpf.ALUOpX{Op: bpf.ALUOpAdd}, bpf.TAX{}},
		k.udp)
}

// ipv6 steps over the extension headers of the packet at X and judges what is behind them. RFC 8200 3 and 4.
func (k *filterKit) ipv6() program {
	const header, typeOff = 40, 6
	var steps program
	for range maxExtensions {
		steps = k.extension(steps)
	}
	return join(
		program{octet(typeOff), bpf.StoreScratch{Src: bpf.RegA}, bpf.TXA{},
			bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: header}, bpf.TAX{}, bpf.LoadScratch{Dst: bpf.RegA}},
		steps,
		anyOf([]uint32{protoSCTP}, k.take),
		program{bpf.JumpIf{Cond: bpf.JumpEqual, Val: protoUDP, SkipTrue: 1}}, k.drop,
		k.udp)
}

// extension steps over the header at X where A says that it is one to be stepped over, and goes on with the steps inner;
// else it leaves them out. It is left with the type of the header at X in A.
func (k *filterKit) extension(inner program) program {
	// A is the length of the header less 8 octets here.
	inner = join(program{bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: 8}, bpf.ALUOpX{Op: bpf.ALUOpAdd}, bpf.StoreScratch{Src: bpf.RegA},
		octet(0), bpf.LoadScratch{Dst: bpf.RegX}}, inner)
	kinds := program{bpf.Jump{Skip: uint32(len(inner))}}
	add := func(protos []uint32, body program) {
		kinds = join(anyOf(protos, join(body, program{bpf.Jump{Skip: uint32(len(kinds))}})), kinds)
	}
	for _, e := range extensions {
		add(e.protos, program{octet(1), bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: e.shift}})
	}
	other := join(program{octet(0)}, anyOf([]uint32{protoSCTP, protoUDP}, k.take), k.drop) // not the first fragment
	add([]uint32{protoFragment}, join(
		program{half(2), bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: 0xfff8, SkipTrue: uint8(len(other))}}, other,
		program{bpf.LoadConstant{Dst: bpf.RegA}}))
	return join(kinds, inner)
}
