package e1

import "fmt"

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
