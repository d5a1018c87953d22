package sigtran

import (
	"c7mon/mtp"
	"c7mon/wire"
)

// Headers of M2PA in front of the user data.
//
//	common header 8 | unused 1, BSN 3 | unused 1, FSN 3    RFC 4165 2.1 and the drafts from 3 on: class 11, type 1 and 2
//	common header 8                                        draft 2: the class and type octets are 6 and 1, 6 and 2
//
// User data starts with an octet that holds the priority, in its top two bits (RFC 4165 2.2.1; in draft 2 the lowest).
const (
	m2paHead      = 16
	m2paDraftHead = 8
)

// m2paHasMSU says whether a message is user data with a payload; without one it only acknowledges.
func m2paHasMSU(b []byte) bool {
	n := m2paUserData(b)
	if n == 0 {
		return false
	}
	b, err := body(b)
	return err != nil || len(b) != n
}

// m2paUserData gives the length of the header of user data, 0 for every other message.
func m2paUserData(b []byte) int {
	switch {
	case b[3] != typeData:
		return 0
	case b[2] == classM2PA:
		return m2paHead
	case b[2] == classMAUP:
		return m2paDraftHead
	}
	return 0
}

// m2pa reads user data: the MSU from the service information octet on, its label that of its network in v. The priority of
// the TTC form is that of the octet before it. m.Data aliases b.
func m2pa(m *mtp.MSU, v *Variants, b []byte) error {
	clearMSU(m)
	head := m2paUserData(b)
	b, err := body(b)
	if err != nil {
		return err
	}
	if len(b) <= head {
		return &wire.ShortError{Field: "M2PA user data", Off: 0, Need: head + 1, Have: len(b)}
	}
	err = m.Decode(v.of(b[head+1:]), b[head+1:])
	if m.Variant == mtp.Japan {
		m.Priority = b[head] >> 6
		if head == m2paDraftHead {
			m.Priority = b[head] & 3
		}
	}
	return err
}
