package e1

// fcsTables are the CRC-16 of each octet with no, one, ... seven octets of zeros behind it: eight octets of a unit are then
// looked up at the same time, and need not wait for each other. Generator x^16 + x^12 + x^5 + 1, low bit first. Q.703 4.2.
var fcsTables = makeFCSTables()

func makeFCSTables() *[8][256]uint16 {
	t := new([8][256]uint16)
	for o := range t[0] {
		c := uint16(o)
		for i := range t {
			for range 8 {
				if c&1 != 0 {
					c = c>>1 ^ 0x8408
				} else {
					c >>= 1
				}
			}
			t[i][o] = c
		}
	}
	return t
}

// goodFCS reports whether the last two octets of b are the frame check sequence of those before them, as mtp.GoodFCS does,
// in less than half of the time: this is the most that a unit costs.
func goodFCS(b []byte) bool {
	const residue = 0xf0b8 // of a unit and its own check sequence
	t := fcsTables
	c := uint16(0xffff)
	for len(b) >= 8 {
		c = t[7][b[0]^byte(c)] ^ t[6][b[1]^byte(c>>8)] ^ t[5][b[2]] ^ t[4][b[3]] ^ t[3][b[4]] ^ t[2][b[5]] ^ t[1][b[6]] ^ t[0][b[7]]
		b = b[8:]
	}
	if len(b) >= 4 {
		c = t[3][b[0]^byte(c)] ^ t[2][b[1]^byte(c>>8)] ^ t[1][b[2]] ^ t[0][b[3]]
		b = b[4:]
	}
	for _, o := range b {
		c = c>>8 ^ t[0][byte(c)^o]
	}
	return c == residue
}
