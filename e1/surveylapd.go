package e1

import (
	"fmt"
	"math/bits"
)

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
