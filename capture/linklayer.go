package capture

import (
	"encoding/binary"
	"fmt"

	"github.com/google/gopacket/layers"

	"c7mon/wire"
)

// Link types of old files that stand for raw IP on some systems and for something else on others.
const (
	linkRawBSD     LinkType = 12
	linkRawOpenBSD LinkType = 14
)

// A linkDecoder takes off what a capture put before the octets of the line. Its layers are reused for every frame.
type linkDecoder struct {
	eth  layers.Ethernet
	tag  layers.Dot1Q
	loop layers.Loopback
}

// decode sets Payload, Data, Line, Direction and FCS of f from its link type and the whole record in Data. fcs is the
// number of octets of frame check sequence that the file says its frames end with.
func (d *linkDecoder) decode(f *Frame, fcs uint8) {
	switch f.Type {
	case LinkMTP2Phdr:
		f.mtp2Phdr()
		f.FCS = thereIf(fcs == 2 && f.Cut == 0)
	case LinkMTP2:
		f.Payload = MTP2
		f.FCS = thereIf(fcs == 2 && f.Cut == 0)
	case LinkMTP3:
		f.Payload = MTP3
	case LinkSCCP:
		f.Payload = SCCP
	case LinkEthernet:
		d.ethernet(f)
	case LinkIPv4, LinkIPv6:
		f.Payload = IP
	case LinkRaw:
		f.rawIP(true)
	case linkRawBSD, linkRawOpenBSD:
		f.rawIP(false)
	case LinkERF:
		f.erf()
	case LinkSLL:
		d.cooked(f)
	case LinkSLL2:
		d.cooked2(f)
	case LinkNull, LinkLoop:
		d.loopback(f)
	case LinkExported:
		f.exported()
	default:
		f.Payload = Unsupported
	}
}

// mtp2Phdr takes off the pseudo-header of link type 139.
//
//	sent 1, received 0 | Annex A: 0 no, 1 yes, 2 not known | link number, high octet first
//
// What is not known to be of Annex A of Q.703 is taken for the common form.
func (f *Frame) mtp2Phdr() {
	const size = 4
	if len(f.Data) < size {
		f.short("MTP2 pseudo-header", 0, size)
		return
	}
	if sent := f.Data[0]; sent <= 1 {
		f.Direction = wire.Direction(sent)
	}
	f.Payload = MTP2
	if f.Data[1] == 1 {
		f.Payload = MTP2Annex
	}
	f.Line, f.HasLine = uint32(binary.BigEndian.Uint16(f.Data[2:])), true
	f.Data = f.Data[size:]
}

// rawIP reads a packet without any link layer. sure says that the link type cannot mean anything else.
func (f *Frame) rawIP(sure bool) {
	if len(f.Data) > 0 && (f.Data[0]>>4 == 4 || f.Data[0]>>4 == 6) {
		f.Payload = IP
		return
	}
	switch {
	case !sure:
		f.Payload = Unsupported
	case len(f.Data) == 0:
		f.short("IP version", 0, 1)
	default:
		f.malformed(fmt.Errorf("IP version %d", f.Data[0]>>4))
	}
}

// exported takes off the tags of an exported message.
func (f *Frame) exported() {
	message, ok, err := exportedM3UA(f.Data)
	switch {
	case err != nil:
		f.malformed(err)
	case ok:
		f.Payload, f.Data = M3UA, message
	default:
		f.Payload = Other
	}
}

// thereIf says that the frame check sequence is there where sure is true; else nothing is known of it.
func thereIf(sure bool) FCS {
	if sure {
		return FCSThere
	}
	return FCSUnknown
}
