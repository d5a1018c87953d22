package e1

import "c7mon/capture"

// A multiframe is what a Framer knows of the CRC-4 multiframes of a line: sixteen frames, in two blocks of eight, that the
// first bits of their timeslots 0 mark. C1 to C4 are the CRC-4 of the block before, E is zero when the far end found a
// block wrong.
//
//	frame    0  1  2  3  4  5  6  7 | 8  9 10 11 12 13 14 15
//	bit 1   C1  0 C2  0 C3  1 C4  0 |C1  1 C2  1 C3  E C4  E
//
// G.704 2.3.3.4, table 5B.
type multiframe struct {
	state   multiframeState
	spare   uint64 // bit 1 of the frames without the frame alignment signal, the newest last
	waited  int    // frames since the multiframe was looked for
	had     bool   // it was there under this frame alignment, for certain
	lmfa    bool   // its loss was told
	seen    seen   // frames in which another alignment will be looked for
	seenLen int    // octets of them

	right    int    // blocks in a row that were right, until it is certain
	num      int    // of the frame that was looked at last, 0 to 15
	wrong    int    // multiframe alignment signals in a row that were wrong
	fresh    int    // frames without frame alignment signal that must go by until spare has a whole signal again
	sum      uint64 // of the block under way
	cbits    uint8  // CRC-4 bits in it
	complete bool   // it was seen from its first frame on
	crc4     uint8  // of the block before
	known    bool   // crc4 is

	blocks, bad int   // blocks checked of the thousand under way, and those that were wrong
	crc4Errors  count // wrong blocks
	eBits       count // blocks that the far end found wrong
}

type multiframeState uint8

const (
	noMultiframe multiframeState = iota // a line without, or no frames
	lookingForMultiframe
	inMultiframe
)

const (
	multiframeSignal = 0x0b // 001011, in bit 1 of frames 1 to 11
	signalBits       = 6
	signalEnd        = 11         // the frame with its last bit
	noSpare          = ^uint64(0) // has no signal in it, nor the beginning of one

	searchFrames = 64   // in which two signals must be found, 8 ms, G.706 4.2
	giveUpFrames = 3200 // until a line counts as one without, 400 ms, G.706 B.2
	wrongSignals = 4    // in a row: multiframe alignment is lost
	certain      = 3    // blocks in a row that are right: it is no chance, which has 2^-12

	thousand    = 1000 // blocks, a second
	falseBad    = 915  // of them, wrong: the alignment is false, G.706 4.3.2
	blockMask   = 7
	frameMask   = 15
	blockOctets = (blockMask + 1) * FrameOctets
)

// lookForMultiframe begins to look for it. had says that it was there under this frame alignment.
func (f *Framer) lookForMultiframe(had bool) {
	f.state, f.had = lookingForMultiframe, had
	f.waited, f.seenLen, f.spare = 0, 0, noSpare
}

// stepMultiframe looks at bit 1 of a frame, and at the block that it is part of.
func (f *Framer) stepMultiframe(b []byte, nfas bool) {
	if nfas {
		f.spare = f.spare<<1 | uint64(b[0]>>7)
	}
	switch f.state {
	case lookingForMultiframe:
		f.look(b, nfas)
	case inMultiframe:
		f.num = (f.num + 1) & frameMask
		if nfas {
			f.sum = times(f.sum, 1) ^ frameSum(b, keepAll)
			f.checkSignal()
		} else {
			f.sum = times(f.sum, 1) ^ frameSum(b, keepCRC)
			f.cbits = f.cbits<<1 | b[0]>>7
		}
		if f.num&blockMask == blockMask && f.state == inMultiframe {
			f.endBlock()
		}
	}
}

// look looks for two multiframe alignment signals at a distance of 2 ms or a multiple of it, within 8 ms. G.706 4.2.
//
// Where there are none the frames may be false. G.706 4.2 begins the search for them anew then; as in B.2, the frames are
// still given here while another alignment is looked for beside them (multiframe_elsewhere.go), since a line without CRC-4
// looks the same. After 400 ms it is taken for one unless CRC4On says otherwise, in which case loss of multiframe alignment begins (100 to 500 ms,
// G.706 4.2 note 2). Where the multiframe was there before, its loss begins after 8 ms.
func (f *Framer) look(b []byte, nfas bool) {
	if nfas && signalTwice(f.spare) {
		f.state, f.num, f.wrong, f.fresh = inMultiframe, signalEnd, 0, 0
		f.known, f.complete = false, false
		f.blocks, f.bad, f.right = 0, 0, 0
		return
	}
	if f.waited < giveUpFrames {
		f.waited++
	}
	switch {
	case f.waited == searchFrames && f.had:
		f.beginLMFA("none found within 8 ms")
	case f.waited == giveUpFrames && f.crc == CRC4Auto:
		f.state = noMultiframe
		f.endLMFA("a line without CRC-4")
		return
	case f.waited == giveUpFrames:
		f.beginLMFA("none found within 400 ms")
	}
	f.lookElsewhere(b)
}

// signalTwice reports whether the newest six bits are the multiframe alignment signal, and those 2, 4 or 6 ms before.
func signalTwice(spare uint64) bool {
	return spare&0x3f == multiframeSignal &&
		(spare>>8&0x3f == multiframeSignal || spare>>16&0x3f == multiframeSignal || spare>>24&0x3f == multiframeSignal)
}

// checkSignal looks whether the multiframe alignment signal ends where it is due. Four in a row that do not, 8 ms, are loss
// of multiframe alignment: G.706 names no number, and 4.2 has 8 ms for finding it. When meanwhile two signals 2 ms apart end
// elsewhere, frames were lost or repeated: an even number of them, since the frame alignment signals come by turns as
// before. It is taken to be the smallest that fits.
func (f *Framer) checkSignal() {
	if f.fresh > 0 {
		f.fresh--
		return
	}
	ends := f.spare&0x3f == multiframeSignal
	switch {
	case f.num == signalEnd && ends:
		f.wrong = 0
	case f.num == signalEnd:
		if f.wrong++; f.wrong == wrongSignals {
			f.loseMultiframe()
		}
	case ends && f.wrong > 0 && f.spare>>8&0x3f == multiframeSignal:
		step := (f.num - signalEnd) & frameMask
		if f.right == certain {
			f.push(capture.Event{Kind: capture.EventSlip, Count: uint64(min(step, frameMask+1-step))})
		}
		f.num, f.wrong = signalEnd, 0
		f.known, f.complete = false, false
	}
}

// loseMultiframe tells that the multiframe was lost. One that was there by chance, on a line without CRC-4, was not found:
// it goes on to be looked for.
func (f *Framer) loseMultiframe() {
	f.tellCounts()
	if f.right < certain {
		f.state, f.seenLen = lookingForMultiframe, 0
		return
	}
	f.lookForMultiframe(true)
	f.beginLMFA("four wrong multiframe alignment signals in a row")
}

// endBlock checks the CRC-4 of the block before the one that ends, and counts the E bits of a multiframe. 915 wrong blocks
// of a thousand or less mean that the frames are false. G.706 4.3.1, 4.3.2; G.704 2.3.3.4.
func (f *Framer) endBlock() {
	f.crc4Errors.tick()
	f.eBits.tick()
	if f.known {
		if f.blocks++; f.cbits != f.crc4 {
			f.bad++
			f.crc4Errors.n++
		}
		f.prove(f.cbits == f.crc4)
	}
	f.crc4, f.known = remainder(f.sum), f.complete
	f.sum, f.cbits, f.complete = 0, 0, true
	if f.num == frameMask {
		f.eBits.n += ^f.spare&1 + ^f.spare>>1&1
	}
	if f.bad == falseBad {
		f.lose("915 of 1000 blocks with a wrong CRC-4")
		return
	}
	if f.blocks == thousand {
		f.blocks, f.bad = 0, 0
	}
	if f.right < certain {
		return
	}
	if f.crc4Errors.due() {
		f.push(f.crc4Errors.event(capture.EventCRC4))
	}
	if f.eBits.due() {
		f.push(f.eBits.event(capture.EventEBit))
	}
}

// prove takes whether a block was right. Nothing is said of a multiframe before it is certain.
func (f *Framer) prove(right bool) {
	switch {
	case f.right == certain:
	case !right:
		f.right = 0
	default:
		if f.right++; f.right == certain {
			f.endLMFA("")
		}
	}
}

// quickBlocks passes over whole blocks that are in order but for their CRC-4 and E bits.
func (f *Framer) quickBlocks(b []byte) (n int) {
	const octets = blockOctets
	if f.num&blockMask != blockMask || f.wrong|f.fresh != 0 {
		return 0
	}
	want := f.inOrder()
	for ; len(b)-n >= octets && len(f.events) == 0 && f.state == inMultiframe; n += octets {
		k := b[n : n+octets]
		p0, p1, p2, p3 := pair(k), pair(k[octets/4:]), pair(k[octets/2:]), pair(k[octets*3/4:])
		if ((p0^want)|(p1^want)|(p2^want)|(p3^want))&pairMask != 0 {
			break
		}
		spare := f.spare<<4 | uint64(p0>>7&1<<3|p1>>7&1<<2|p2>>7&1<<1|p3>>7&1)
		if f.num == blockMask && spare>>2&0x3f != multiframeSignal {
			break
		}
		f.spare = spare
		f.cbits = cbits(p0, p1, p2, p3)
		f.sum = blockSum(k)
		f.num ^= 8
		f.endBlock()
	}
	return n
}

// cbits is the CRC-4 bits in the pairs of a block.
func cbits(p0, p1, p2, p3 uint16) uint8 {
	return uint8(p0>>15<<3 | p1>>15<<2 | p2>>15<<1 | p3>>15)
}

// missedMultiframe says that frames went by unheard. The blocks that they were part of cannot be checked.
func (f *Framer) missedMultiframe(frames uint64) {
	f.seenLen, f.spare = 0, noSpare
	f.num = (f.num + int(frames&frameMask)) & frameMask
	f.fresh = signalBits - 1
	f.known, f.complete = false, false
}

func (f *Framer) beginLMFA(text string) { f.tellLMFA(true, text) }

func (f *Framer) endLMFA(text string) { f.tellLMFA(false, text) }

// tellLMFA tells that the multiframe alignment was lost or found, where that is news.
func (f *Framer) tellLMFA(on bool, text string) {
	if f.lmfa != on {
		f.lmfa = on
		f.push(capture.Event{Kind: capture.EventLMFA, On: on, Text: text})
	}
}

// tellCounts gives what was counted and is not told yet. What a multiframe by chance has counted is none.
func (f *Framer) tellCounts() {
	if f.right < certain {
		f.crc4Errors.n, f.eBits.n = 0, 0
	}
	if f.crc4Errors.n > 0 {
		f.push(f.crc4Errors.event(capture.EventCRC4))
	}
	if f.eBits.n > 0 {
		f.push(f.eBits.event(capture.EventEBit))
	}
}

// A count is of errors that are told at once, and then once a second of the line at most.
type count struct {
	n      uint64
	blocks int // until it may be told again
}

// tick says that a block has gone by.
func (c *count) tick() {
	if c.blocks > 0 {
		c.blocks--
	}
}

// due reports whether there is something to tell.
func (c *count) due() bool { return c.n > 0 && c.blocks == 0 }

// event tells it.
func (c *count) event(kind capture.EventKind) capture.Event {
	e := capture.Event{Kind: kind, Count: c.n}
	*c = count{blocks: thousand}
	return e
}
