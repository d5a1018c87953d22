package e1

// While a Framer has frames but no multiframe, it looks for an alignment beside the present one, which may be false: a
// payload can look like timeslot 0. A payload also does so by chance where the present alignment is true and the line has no
// CRC-4. Another alignment is therefore taken with proof only. Its multiframe alignment signal is there twice, as G.706 4.2
// has it; and seven blocks in a row have right frame alignment signals, and six of them, proofBlocks, a right CRC-4. The
// present alignment has nothing to set against that: it did not have the signal twice in the same frames, or nothing would
// be looked for, and without the signal there are no blocks to check.
//
// What random bits do: there are 511 places in the frames seen at which another alignment may begin, and each looks like
// one of G.706 4.1.2 with a chance of 2^-15. Its 32 bits for the multiframe alignment signal have 33 pairs of places for
// signalTwice, each with a chance of 2^-12, and six CRC-4 have 2^-24. 511 * 2^-15 * 33 * 2^-12 * 2^-24 is 7.5e-12 for each
// time that is looked, and 3.6e-10 for the 49 times in 400 ms. The other frame alignment signals and bits 2 in seven blocks,
// 26 and 27 at least, make that less by another 2^-209, so CRC4On may look for years.
//
// What a payload does that repeats timeslot 0 on purpose, or by rule: if all of it is right but the CRC-4, and the rest of the
// payload is random, 2^-24 is left for each time, 2.9e-6 in 400 ms. Where the blocks repeat, six of them say no more than
// two. If the CRC-4 is right too, the other alignment is taken, as by G.706 annex B: bit for bit such a line is an E1
// with CRC-4, of which one timeslot looks like timeslot 0 of an E1 without. CRC4Off is for who knows better.
//
// Bit errors delay the change: at 1e-4 one time in four has seven blocks without an error, so it takes some 30 ms. At 1e-3
// hardly any has; 915 blocks of a thousand (G.706 4.3.2) are near then as well.
const (
	seenFrames  = 66 // in which another alignment is looked for: 8 ms from any bit of the first two on
	proofBlocks = 6  // as many as there are in 64 frames with the block behind them, wherever in them a block begins
)

// seen is frames as they were given, one after the other. Those of another alignment begin anywhere in them.
type seen [seenFrames * FrameOctets]byte

// lookElsewhere takes a frame, and looks for another alignment once there are enough.
func (f *Framer) lookElsewhere(b []byte) {
	f.seenLen += copy(f.seen[f.seenLen:], b)
	if f.seenLen < len(f.seen) {
		return
	}
	f.seenLen = 0
	if bit := f.seen.elsewhere(); bit > 0 {
		f.move(bit)
	}
}

// elsewhere looks for an alignment that has a multiframe, and gives the first bit of a frame with the frame alignment
// signal; 0 when there is none. What begins with bit 0 is known to have none.
func (s *seen) elsewhere() int {
	for i := 0; i < 2*FrameOctets; i += 4 {
		m := starts(s[i:], false) >> 32 << 32
		for bit := 8 * i; m != 0; m <<= 1 {
			if m>>63 == 1 && bit > 0 && s.multiframeAt(bit) {
				return bit
			}
			bit++
		}
	}
	return 0
}

// multiframeAt reports whether 64 frames, the first of which begins at a bit and has the frame alignment signal, have the
// multiframe alignment signal twice and the blocks that prove it.
func (s *seen) multiframeAt(bit int) bool {
	spare := noSpare
	for k := 1; k < searchFrames; k += 2 {
		i := bit + k*8*FrameOctets
		spare = spare<<1 | uint64(s[i/8]>>(7-i%8)&1)
		if signalTwice(spare) && s.proved(bit+(k-signalEnd)&blockMask*8*FrameOctets) {
			return true
		}
	}
	return false
}

// proved reports whether blocks that are right begin at a bit: frame alignment signals and the bits 2 between them in
// proofBlocks + 1 of them, and the CRC-4 of all but the last.
func (s *seen) proved(bit int) bool {
	var aligned [blockOctets]byte
	var crc4 uint8
	b, shift := s[bit/8:], bit%8
	for n := 0; n <= proofBlocks; n++ {
		k := b[:blockOctets]
		if shift > 0 {
			advance(aligned[:], b, shift)
			k = aligned[:]
		}
		p0, p1, p2, p3 := pair(k), pair(k[blockOctets/4:]), pair(k[blockOctets/2:]), pair(k[blockOctets*3/4:])
		if ((p0^alignedPair)|(p1^alignedPair)|(p2^alignedPair)|(p3^alignedPair))&alignedMask != 0 {
			return false
		}
		if n > 0 && cbits(p0, p1, p2, p3) != crc4 {
			return false
		}
		crc4 = remainder(blockSum(k))
		b = b[blockOctets:]
	}
	return true
}

// What a pair has where the frames are aligned, whatever its A bit.
const (
	alignedPair = fasBits<<8 | nfasBit2
	alignedMask = pairMask &^ nfasA
)

// move takes another alignment in place of this one, which was false: the first frame with the frame alignment signal begins
// bit bits after the first frame seen.
func (f *Framer) move(bit int) {
	f.lose("the frames were false: others have a CRC-4 multiframe")
	next := bit % (8 * FrameOctets)
	f.drop, f.shift = (f.shift+next)/8, (f.shift+next)%8
	f.found(f.shift)
	// The next frame is as the first one seen, since their number is even. Where a frame with the signal began in the
	// first, one begins in the next: then it was one without that is over, and step goes on from it.
	f.nfas = bit < 8*FrameOctets
}
