package mtp

// fcsTable is the CRC-16 of each octet: generator x^16 + x^12 + x^5 + 1, low bit first. Q.703 4.2.
var fcsTable = makeFCSTable()

func makeFCSTable() (t [256]uint16) {
	for i := range t {
		c := uint16(i)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0x8408
			} else {
				c >>= 1
			}
		}
		t[i] = c
	}
	return t
}

// fcsResidue is what the CRC gives over a unit and its own good frame check sequence.
const fcsResidue = 0xf0b8

func crc(b []byte) uint16 {
	c := uint16(0xffff)
	for _, o := range b {
		c = c>>8 ^ fcsTable[byte(c)^o]
	}
	return c
}

// AppendFCS appends the frame check sequence of unit, the octets from its BSN on, low octet first.
func AppendFCS(dst, unit []byte) []byte {
	c := ^crc(unit)
	return append(dst, byte(c), byte(c>>8))
}

// GoodFCS reports whether the last two octets of b are the frame check sequence of those before them.
func GoodFCS(b []byte) bool { return len(b) > fcsOctets && crc(b) == fcsResidue }

// An FCSFinder tells, for the frames of one line, whether they end with the frame check sequence, which no capture format
// but ERF says. The evidence is in each unit with a length indicator below 63: the octets behind it are as many as it
// says, or two more. Units with length indicator 63 follow what was learnt, and before anything was learnt the check
// sequence itself decides.
type FCSFinder struct {
	known, with bool
}

// Trim gives the signal unit without its frame check sequence. ok is false when the sequence was there and is wrong: an
// errored signal unit. sure says that the sequence is there for certain; annexA is as of SignalUnit.Decode. A unit that
// the capture cut short (cut > 0) has lost its end and stays as it is, as far as it can be told.
func (f *FCSFinder) Trim(b []byte, annexA, sure bool, cut int) (unit []byte, ok bool) {
	if cut > 0 {
		return b, true
	}
	with := sure
	if !sure {
		with = f.find(b, annexA)
	}
	if !with {
		return b, true
	}
	if len(b) <= fcsOctets || crc(b) != fcsResidue {
		return b, false
	}
	return b[:len(b)-fcsOctets], true
}

func (f *FCSFinder) find(b []byte, annexA bool) bool {
	head, li := headBasic, 0
	if annexA {
		head = headAnnexA
	}
	if len(b) < head {
		return f.with
	}
	if annexA {
		li = int(b[4]) | int(b[5]&1)<<8
	} else {
		li = int(b[2] & 0x3f)
	}
	n := len(b) - head
	switch {
	case !annexA && li == maxLIBasic:
		if !f.known && n >= maxLIBasic {
			return GoodFCS(b)
		}
		return f.with
	case n == li:
		f.known, f.with = true, false
		return false
	case n == li+fcsOctets && (f.known && f.with || GoodFCS(b)):
		f.known, f.with = true, true
		return true
	}
	return f.with
}
