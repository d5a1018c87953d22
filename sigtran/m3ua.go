package sigtran

import (
	"encoding/binary"
	"fmt"

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
func m3ua(m *mtp.MSU, v mtp.Variant, b []byte) error {
	m.NI, m.SI, m.Priority, m.SLS, m.OPC, m.DPC, m.Data = 0, 0, 0, 0, 0, 0, nil
	end := len(b)
	switch n := binary.BigEndian.Uint32(b[4:]); {
	case n < uaHeader:
		return errUALength
	case uint64(n) < uint64(end):
		end = int(n)
	}
	for off := uaHeader; off < end; {
		if off+4 > end {
			return &wire.ShortError{Field: "parameter", Off: off, Need: 4, Have: end - off}
		}
		tag := binary.BigEndian.Uint16(b[off:])
		n := int(binary.BigEndian.Uint16(b[off+2:]))
		if n < 4 {
			return fmt.Errorf("parameter at octet %d: its length %d is less than 4", off, n)
		}
		if tag == tagProtocolData {
			return protocolData(m, b[off:end], n, off)
		}
		if off+n > end {
			return &wire.ShortError{Field: "parameter", Off: off, Need: n, Have: end - off}
		}
		if tag <= tagDraft7Data2 {
			if done, err := draftData(m, v, tag, b[off+4:off+n:off+n]); done {
				return err
			}
		}
		off += (n + 3) &^ 3
	}
	return errNoData
}

// protocolData reads the protocol data at the front of b, n octets long with its tag and length.
func protocolData(m *mtp.MSU, b []byte, n, off int) error {
	var err error
	if n > len(b) {
		err = &wire.ShortError{Field: "protocol data", Off: off, Need: n, Have: len(b)}
		n = len(b)
	}
	if n < 4+protocolDataHead {
		if err == nil {
			err = &wire.ShortError{Field: "protocol data", Off: off + 4, Need: protocolDataHead, Have: n - 4}
		}
		return err
	}
	m.OPC = binary.BigEndian.Uint32(b[4:]) & pointCodeMask
	m.DPC = binary.BigEndian.Uint32(b[8:]) & pointCodeMask
	m.SI, m.NI, m.Priority, m.SLS = b[12]&0x0f, b[13]&3, b[14]&3, b[15]
	m.Data = b[16:n:n]
	return err
}

// draftData reads the protocol data of the drafts. Draft 5 has a service information octet where draft 6 has a length
// indicator behind tag 3: an octet that agrees with the length is taken for one.
func draftData(m *mtp.MSU, v mtp.Variant, tag uint16, b []byte) (bool, error) {
	switch tag {
	case tagDraftData1, tagDraft7Data1:
		return true, m.Decode(v, b)
	case tagDraftData2, tagDraft7Data2:
		if len(b) > 0 && int(b[0]&0x3f) == min(len(b)-1, 63) {
			return true, ttc(m, b)
		}
		return true, m.Decode(v, b)
	}
	return false, nil
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
