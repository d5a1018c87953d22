package wire

const digitText = "0123456789ABCDEF"

// AppendDigits appends the address signals of b as text: two to an octet, the low half first, codes 10 to 15 as A to F.
// When odd is set the last high half is filler and is left out. Q.763 3.9.
func AppendDigits(dst, b []byte, odd bool) []byte {
	for i, o := range b {
		dst = append(dst, digitText[o&0x0f])
		if odd && i == len(b)-1 {
			break
		}
		dst = append(dst, digitText[o>>4])
	}
	return dst
}

// AppendBCD appends the octets that carry digits, the inverse of AppendDigits: an odd last digit gets a filler of 0.
// A character that is no digit (0-9, A-F, a-f) is sent as 0.
func AppendBCD(dst []byte, digits string) []byte {
	for i := 0; i < len(digits); i += 2 {
		o := nibble(digits[i])
		if i+1 < len(digits) {
			o |= nibble(digits[i+1]) << 4
		}
		dst = append(dst, o)
	}
	return dst
}

func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0
}
