package sigtran

import "c7mon/mtp"

// Tags of protocol data, RFC 3331 3.3.1.1 and 3.3.1.2, and that of the drafts up to 7.
const (
	tagM2UAData1 = 0x0300 // from the service information octet on
	tagM2UAData2 = 0x0301 // TTC: from the length indicator on
	tagM2UADraft = 0x000e
)

// m2ua reads a DATA message of MAUP. Its label is that of its network in v, but that of the TTC form is Japan's. m.Data
// aliases b.
func m2ua(m *mtp.MSU, v *Variants, b []byte) error {
	clearMSU(m)
	b, err := body(b)
	if err != nil {
		return err
	}
	for off := uaHeader; off < len(b); {
		tag, value, next, err := parameter(b, off)
		switch tag {
		case tagM2UAData1, tagM2UADraft, tagM2UAData2:
			if value == nil {
				return err
			}
			return firstError(err, mtp3(m, v, tag == tagM2UAData2, value))
		}
		if err != nil {
			return err
		}
		off = next
	}
	return errNoData
}

func mtp3(m *mtp.MSU, v *Variants, isTTC bool, b []byte) error {
	if isTTC {
		return ttc(m, b)
	}
	return m.Decode(v.of(b), b)
}

func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
