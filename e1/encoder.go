package e1

// An Encoder makes the frames of one direction of an E1, for the lab and for tests: it adds timeslot 0 to the others. The
// zero value makes frames without CRC-4. Nothing of c7mon puts them on a line.
type Encoder struct {
	CRC4   bool    // make CRC-4 multiframes, G.704 2.3.3; to be set before the first frame
	Remote bool    // send the remote alarm indication, the A bit, G.704 2.3.2
	FarBad [2]bool // send zeros as E bits: the first, the second block of a multiframe was wrong when it came here, G.704 2.3.3.4

	num  int // of the next frame, 0 to 15
	sum  uint64
	crc4 uint8 // of the block before the one under way
}

// Append adds frames to dst. slots has the octets of timeslots 1 to 31, 31 for each frame; those that the last frame lacks
// are ones, as in a timeslot without anything.
func (e *Encoder) Append(dst, slots []byte) []byte {
	for len(slots) > 0 {
		n := min(len(slots), FrameOctets-1)
		at := len(dst)
		dst = append(dst, e.timeslot0())
		dst = append(dst, slots[:n]...)
		for len(dst) < at+FrameOctets {
			dst = append(dst, 0xff)
		}
		e.end(dst[at:])
		slots = slots[n:]
	}
	return dst
}

// timeslot0 makes the octet of the next frame. The bits for national use, Sa4 to Sa8, are ones, and so is bit 1 without
// CRC-4. G.704 2.3.2.
func (e *Encoder) timeslot0() byte {
	if e.num%2 == 0 {
		if e.CRC4 {
			return fasBits | e.crc4<<(4+e.num%8/2)&0x80
		}
		return fasBits | 0x80
	}
	t := byte(0xff &^ nfasA)
	if e.Remote {
		t |= nfasA
	}
	if e.CRC4 && e.zero() {
		t &^= 0x80
	}
	return t
}

// zero reports whether bit 1 of the next frame, one without the frame alignment signal, is a zero.
func (e *Encoder) zero() bool {
	if e.num > signalEnd {
		return e.FarBad[(e.num-signalEnd)/2-1]
	}
	return multiframeSignal>>((signalEnd-e.num)/2)&1 == 0
}

// end takes the frame made into the CRC-4 of its block.
func (e *Encoder) end(b []byte) {
	keep := keepAll
	if e.num%2 == 0 {
		keep = keepCRC
	}
	e.sum = times(e.sum, 1) ^ frameSum(b, keep)
	if e.num&blockMask == blockMask {
		e.crc4, e.sum = remainder(e.sum), 0
	}
	e.num = (e.num + 1) & frameMask
}

// AppendAIS adds octets octets of the alarm indication signal, which is ones without frames. G.775 5.2.
func AppendAIS(dst []byte, octets int) []byte {
	for range octets {
		dst = append(dst, 0xff)
	}
	return dst
}
