package lab

// talkOctets is how long the speech of a timeslot is before it begins again: four seconds.
const talkOctets = 4 * 8000

// talk makes octets as A-law speech has them, in syllables with pauses between. It is not meant to be listened to: it has the
// levels and the spectrum, falling with frequency, by which speech is told from data.
func talk(ch chance) []byte {
	b := make([]byte, 0, talkOctets)
	for len(b) < talkOctets {
		length := int(1000 + ch.below(1500))
		if ch.percent(25) {
			b = noise(ch, b, length)
		} else {
			b = syllable(ch, b, length)
		}
	}
	return b[:talkOctets]
}

// noise appends a pause of n octets: a few steps around nothing.
func noise(ch chance, b []byte, n int) []byte {
	for range n {
		b = append(b, alaw(int(ch.below(13))-6))
	}
	return b
}

// syllable appends n octets of a voice: eight harmonics, each weaker than the one before, louder and softer again.
func syllable(ch chance, b []byte, n int) []byte {
	step := uint32(1<<32/8000) * uint32(90+ch.below(150)) // of the phase in a sample, a whole turn being 2^32
	loud := int(300 + ch.below(2500))
	var weight [8]int
	for i := range weight {
		weight[i] = (20 + int(ch.below(80))) / (i + 1)
	}
	phase := uint32(0)
	for i := range n {
		sum := 0
		for h, w := range weight {
			sum += w * wave(phase*uint32(h+1))
		}
		envelope := min(i, n-i) * 256 / n
		b = append(b, alaw(sum>>8*loud/256*envelope/256+int(ch.below(5))-2))
		phase += step
	}
	return b
}

// wave is near enough to a sine of amplitude 256: two parabolas.
func wave(phase uint32) int {
	x := int(phase >> 20) // 4,096 a turn
	half := x & 2047
	y := half * (2048 - half) >> 12
	if x >= 2048 {
		return -y
	}
	return y
}

// alaw compresses a sample of 13 bits, with every other bit turned. G.711 table 1a.
func alaw(v int) byte {
	sign := byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	v = min(v, 4095)
	segment := 0
	for v>>segment >= 32 {
		segment++
	}
	code := byte(v >> 1)
	if segment > 0 {
		code = byte(segment<<4 | v>>segment&0x0f)
	}
	return (sign | code) ^ 0x55
}
