package sigtran

import (
	"encoding/binary"

	"c7mon/mtp"
	"c7mon/wire"
)

// Tags of protocol data: that of RFC 4666 3.3.1, and those of the Internet drafts before it, which carry the octets of
// MTP3 from the service information octet on (1) or from the length indicator of the TTC form on (2).
const (
	tagProtocolData  = 0x0210
	tagDraftData1    = 0x0002 // drafts 5 and 6
	tagDraftData2    = 0x0003
	tagDraft7Data1   = 0x0081
	tagDraft7Data2   = 0x0082
	protocolDataHead = 12 // OPC 4 | DPC 4 | SI 1 | NI 1 | MP 1 | SLS 1
)

// pointCodeMask: a point code stands right aligned in 32 bits and has at most 24. RFC 4666 3.3.1.
const pointCodeMask = 0xffffff

// m3ua reads a DATA message. Parameters other than the protocol data (network appearance, routing context, correlation
// identifier, unknown ones) are stepped over. m.Data aliases b.
func m3ua(m *mtp.MSU, v *Variants, b []byte) error {
	if n := binary.BigEndian.Uint32(b[4:]); uint64(n) < uint64(len(b)) {
		if n < uaHeader {
			clearMSU(m)
			return errUALength
		}
		b = b[:n]
	}
	for off := uaHeader; off+4 <= len(b); {
		word := binary.BigEndian.Uint32(b[off:])
		n := int(word & 0xffff)
		switch word >> 16 {
		case tagProtocolData:
			err := protocolData(m, b[off:], n, off)
			m.Variant = v[m.NI]
			return err
		case tagDraftData1, tagDraftData2, tagDraft7Data1, tagDraft7Data2:
			return draftData(m, v, b, off)
		}
		if n < 4 || off+n > len(b) {
			break // parameter says why
		}
		off += (n + 3) &^ 3
	}
	clearMSU(m)
	return noData(b)
}

func clearMSU(m *mtp.MSU) {
	m.NI, m.SI, m.Priority, m.SLS, m.OPC, m.DPC, m.Data = 0, 0, 0, 0, 0, 0, nil
}

// noData says what kept the walk of a message from its protocol data.
func noData(b []byte) error {
	for off := uaHeader; off < len(b); {
		_, _, next, err := parameter(b, off)
		if err != nil {
			return err
		}
		off = next
	}
	return errNoData
}

// protocolData reads the protocol data at the front of b, n octets long with its tag and length; off is its place in the
// message. What a cut left of it is read.
func protocolData(m *mtp.MSU, b []byte, n, off int) error {
	if n < 4+protocolDataHead || n > len(b) {
		return cutProtocolData(m, b, n, off)
	}
	m.OPC = binary.BigEndian.Uint32(b[4:]) & pointCodeMask
	m.DPC = binary.BigEndian.Uint32(b[8:]) & pointCodeMask
	m.SI, m.NI, m.Priority, m.SLS = b[12]&0x0f, b[13]&3, b[14]&3, b[15]
	m.Data = b[16:n:n]
	return nil
}

func cutProtocolData(m *mtp.MSU, b []byte, n, off int) error {
	clearMSU(m)
	switch {
	case n < 4:
		return noParameter(n, off)
	case n <= len(b):
		return &wire.ShortError{Field: "protocol data", Off: off + 4, Need: protocolDataHead, Have: n - 4}
	}
	if len(b) >= 4+protocolDataHead {
		protocolData(m, b, len(b), off)
	}
	return &wire.ShortError{Field: "protocol data", Off: off, Need: n, Have: len(b)}
}

// draftData reads the protocol data of the drafts at off. Draft 5 has a service information octet where draft 6 has a
// length indicator behind tag 3: an octet that agrees with the length is taken for one.
func draftData(m *mtp.MSU, v *Variants, b []byte, off int) error {
	clearMSU(m)
	tag, value, _, err := parameter(b, off)
	if value == nil {
		return err
	}
	two := tag == tagDraftData2 || tag == tagDraft7Data2
	return firstError(err, mtp3(m, v, two && len(value) > 0 && int(value[0]&0x3f) == min(len(value)-1, 63), value))
}

// ttc reads an MSU of the TTC form, JT-Q703: the length indicator octet, whose top bits are the priority, comes first.
func ttc(m *mtp.MSU, b []byte) error {
	if len(b) == 0 {
		return &wire.ShortError{Field: "length indicator", Off: 0, Need: 1, Have: 0}
	}
	err := m.Decode(mtp.Japan, b[1:])
	m.Priority = b[0] >> 6
	return err
}
