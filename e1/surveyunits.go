package e1

import (
	"fmt"
	"math/bits"
)

// unitEvidence is what the units between flags say. Units with a good check sequence are held against the formats that they
// may have; each format has something that another cannot have for long.
type unitEvidence struct {
	deframer  *Deframer
	unit      Unit
	flags     int   // at any place in the octets
	pairs     int   // flags right behind a flag
	since     int   // bits since the last flag
	last      uint8 // octet before
	good, bad int   // units by check sequence
	basic     sequenceEvidence
	annex     sequenceEvidence
	lapd      lapdEvidence
}

// surveyMax is the longest unit that is of interest: frames of other protocols than MTP and LAPD come near it.
const surveyMax = 1700

func newUnitEvidence() unitEvidence { return unitEvidence{deframer: NewDeframer(MSBFirst, surveyMax)} }

func (e *unitEvidence) add(b []byte) {
	for _, o := range b {
		e.flag(uint16(e.last)<<8 | uint16(o))
		e.last = o
	}
	for len(b) > 0 {
		n := e.deframer.Next(b, &e.unit)
		b = b[min(n, len(b)):]
		switch e.unit.Kind {
		case NoUnit:
			return
		case Good:
			e.good++
			e.hold(e.unit.Data)
		default:
			e.bad++
			e.basic.missed++
			e.annex.missed++
		}
	}
}

// flag counts the flags that end in the low octet of w, and those right behind another, with which they may share a zero.
func (e *unitEvidence) flag(w uint16) {
	for shift := 7; shift >= 0; shift-- {
		e.since++
		if uint8(w>>shift) != flagOctet {
			continue
		}
		e.flags++
		if e.since == 7 || e.since == 8 {
			e.pairs++
		}
		e.since = 0
	}
}

// flagOctet is the flag, 01111110. Q.703 2.3.1.
const flagOctet = 0x7e

// hold holds a unit with a good check sequence against each format.
func (e *unitEvidence) hold(u []byte) {
	annex := e.annex.hold(fitsAnnex(u))
	if s := fitsBasic(u); s.ok && !(annex && s.kind == message && len(u) < leastMSU) {
		e.basic.hold(s)
	}
	e.lapd.hold(u)
}

// leastMSU is what the shortest message of the MTP has with basic sequence numbers: 3 octets, SIO, label and heading. Q.704.
const leastMSU = 3 + 1 + 4 + 1

// unitKind is what a signal unit is by its length indicator. Q.703 2.2.
type unitKind uint8

const (
	fillIn unitKind = iota
	linkStatus
	message
	unitKinds
)

// A fit is a unit read as a signal unit.
type fit struct {
	ok     bool // its length indicator and its spare bits are as they must be
	kind   unitKind
	fsn    uint16
	modulo uint16
}

func kindOf(li int) unitKind {
	switch {
	case li == 0:
		return fillIn
	case li <= 2:
		return linkStatus
	}
	return message
}

// fitsBasic reads a unit with sequence numbers of 7 bits. The two spare bits may hold the priority of the message.
func fitsBasic(u []byte) fit {
	if len(u) < 3 || len(u) > 3+273 {
		return fit{}
	}
	li, n := int(u[2]&0x3f), len(u)-3
	return fit{n == li || li == 63 && n > 63, kindOf(li), uint16(u[1] & 0x7f), 128}
}

// fitsAnnex reads a unit with sequence numbers of 12 bits, whose spare bits are 0.
func fitsAnnex(u []byte) fit {
	if len(u) < 6 || len(u) > 6+273 || u[1]&0x70|u[3]&0x70|u[5]&0xfe != 0 {
		return fit{}
	}
	li := int(u[4]) | int(u[5])<<8
	return fit{li == len(u)-6, kindOf(li), uint16(u[2]) | uint16(u[3]&0x0f)<<8, 4096}
}

// sequenceEvidence is what the units that fit one kind of sequence numbers say.
type sequenceEvidence struct {
	kinds          [unitKinds]int
	fsn            uint16
	begun          bool
	missed         int // units since the last one that fitted
	inOrder, order int // steps of the FSN that may be, and steps in all
}

// hold counts a unit that fits, and whether its FSN may follow the last one: at most one further, and two for each errored
// unit or sixteen octets between.
func (e *sequenceEvidence) hold(f fit) bool {
	if !f.ok {
		e.missed++
		return false
	}
	if e.begun {
		e.order++
		if int((f.fsn-e.fsn)&(f.modulo-1)) <= 2*e.missed+1 {
			e.inOrder++
		}
	}
	e.kinds[f.kind]++
	e.fsn, e.begun, e.missed = f.fsn, true, 0
	return true
}

func (e *sequenceEvidence) fits() int {
	return e.kinds[fillIn] + e.kinds[linkStatus] + e.kinds[message]
}

// orderly reports whether the sequence numbers are those of a link.
func (e *sequenceEvidence) orderly() bool { return 4*e.inOrder >= 3*e.order }

// Bounds of the evidence. Of random octets some 30 units a second have whole octets, so that one good check sequence means
// nothing and a few mean everything; and one flag a second is right behind another.
const (
	fewUnits     = 4
	manyUnits    = 8
	fullOfFlags  = 4   // octets for each pair of flags, at most, on a channel that has little else
	someFlags    = 100 // and on one that is no voice
	leastPairs   = 8
	unitsASecond = 10 // fewer units a second are not those of a link that is being aligned
)

// flagged is HDLC when flags stand behind flags, one in so many octets at least, and no more can be said.
func (e *unitEvidence) flagged(octets, each int) Finding {
	if e.pairs < max(octets/each, leastPairs) {
		return Finding{}
	}
	return e.classify(octets)
}

// finding is Unknown when there are not enough good units.
func (e *unitEvidence) finding(octets int) Finding {
	if e.good < fewUnits {
		return Finding{}
	}
	return e.classify(octets)
}

// classify says what the units are, HDLC at least.
func (e *unitEvidence) classify(octets int) Finding {
	f := Finding{Content: HDLC, Sure: e.good >= manyUnits && octets >= sureOctets}
	share := func(n int) bool { return n > 0 && 20*n >= 19*e.good }
	fits := 0
	switch basic, annex, lapd := share(e.basic.fits()), share(e.annex.fits()), share(e.lapd.frames()) && e.lapd.lives(); {
	case annex && e.annex.orderly():
		f.Content, fits = MTP2Annex, e.annex.fits()
	case basic && lapd:
		f.Content, fits = e.either(octets), 0
	case basic && e.basic.orderly():
		f.Content, fits = MTP2, e.basic.fits()
	case lapd:
		f.Content, fits = LAPD, e.lapd.frames()
	}
	if f.Content != HDLC {
		f.Sure = fits >= manyUnits || fits >= fewUnits && e.basic.kinds[message]+e.annex.kinds[message] == 0
	}
	f.Evidence = fmt.Sprintf("%s in %s%s", e.counts(), seconds(octets), e.detail(f.Content))
	return f
}

// either decides between MTP2 and LAPD where every unit fits both: receive ready frames look like LSSUs. A link that sends
// LSSUs sends them all the time, with status indications up to 5; a receive ready comes now and then.
func (e *unitEvidence) either(octets int) Content {
	if e.lapd.indications < e.good || e.good*FrameRate < octets*unitsASecond {
		return LAPD
	}
	return MTP2
}

// counts says how many units there were.
func (e *unitEvidence) counts() string {
	return fmt.Sprintf("%d good signal units or frames, %d errored, %d flags", e.good, e.bad, e.flags)
}

// detail says what spoke for the content.
func (e *unitEvidence) detail(c Content) string {
	switch c {
	case MTP2:
		return e.basic.detail(3)
	case MTP2Annex:
		return e.annex.detail(6)
	case LAPD:
		return e.lapd.detail()
	}
	return fmt.Sprintf("; %d fit MTP2, %d with 12-bit sequence numbers, %d LAPD", e.basic.fits(), e.annex.fits(), e.lapd.frames())
}

func (e *sequenceEvidence) detail(octets int) string {
	return fmt.Sprintf(": %d FISU of %d octets, %d LSSU, %d MSU; sequence numbers in order %d of %d times", e.kinds[fillIn], octets,
		e.kinds[linkStatus], e.kinds[message], e.inOrder, e.order)
}

// lapdEvidence is what the units that fit Q.921 say.
type lapdEvidence struct {
	information, supervisory, commands, unnumbered int // commands are those that set up and clear
	broadcast                                      int // unnumbered information to TEI 127
	indications                                    int // of them, those that LSSUs may be as well
	sapis                                          uint64
	teis                                           [2]uint64
}

// sapiSet has a bit for each SAPI in use: call control, packets by Q.931, X.25, operation of base stations, management. Q.921
// table 2, GSM 08.56.
const sapiSet uint64 = 1<<0 | 1<<1 | 1<<16 | 1<<62 | 1<<63

// Control fields without their P/F bit, Q.921 table 5.
const (
	controlPF    = 0x10
	controlUI    = 0x03
	controlSABME = 0x6f
	controlDM    = 0x0f
	controlDISC  = 0x43
	controlUA    = 0x63
	controlFRMR  = 0x87
	controlXID   = 0xaf
)

// hold counts a unit if it is a frame: two octets of address, the first with its extension bit 0 and the second with 1, a SAPI
// in use, and a control field that Q.921 knows with the length that belongs to it.
func (e *lapdEvidence) hold(u []byte) {
	if len(u) < 3 || u[0]&1 != 0 || u[1]&1 != 1 || sapiSet>>(u[0]>>2)&1 == 0 {
		return
	}
	tei := u[1] >> 1
	switch control := u[2]; {
	case control&1 == 0 && len(u) >= 4:
		e.information++
	case control == 0x01 || control == 0x05 || control == 0x09:
		if len(u) != 4 {
			return
		}
		e.supervisory++
		if control == 0x01 && u[3] <= 5 {
			e.indications++
		}
	case control&^controlPF == controlUI:
		e.unnumbered++
		if tei == 127 {
			e.broadcast++
		}
	default:
		switch control &^ controlPF {
		case controlSABME, controlDM, controlDISC, controlUA:
			if len(u) != 3 {
				return
			}
		case controlFRMR, controlXID:
		default:
			return
		}
		e.commands++
	}
	e.sapis |= 1 << (u[0] >> 2)
	e.teis[tei>>6] |= 1 << (tei & 63)
}

func (e *lapdEvidence) frames() int { return e.information + e.supervisory + e.commands + e.unnumbered }

// lives reports whether there is more than unnumbered information to one station, which other protocols have at the same
// place (Q.922).
func (e *lapdEvidence) lives() bool { return e.information+e.supervisory+e.commands+e.broadcast > 0 }

func (e *lapdEvidence) detail() string {
	teis := bits.OnesCount64(e.teis[0]) + bits.OnesCount64(e.teis[1])
	return fmt.Sprintf(": %d I, %d RR, RNR and REJ, %d UI, %d others; %d SAPI (lowest %d), %d TEI", e.information, e.supervisory,
		e.unnumbered, e.commands, bits.OnesCount64(e.sapis), bits.TrailingZeros64(e.sapis), teis)
}
