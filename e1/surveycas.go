package e1

import "fmt"

// casEvidence looks for the multiframe of timeslot 16: sixteen octets, the first with four zeros in front and the others
// without, since a, b, c, d are never all 0 for channels 1 to 15. G.704 5.1.3.2, 5.1.3.3.
type casEvidence struct {
	phase int
	zeros [casFrames]int // octets with four zeros in front, by place in sixteen
	heard [casFrames]int
}

// casFrames is how many frames a multiframe has, and casSure how many multiframes make it sure.
const (
	casFrames = 16
	casSure   = 60
)

func (e *casEvidence) add(b []byte) {
	for _, o := range b {
		e.heard[e.phase]++
		if o>>4 == 0 {
			e.zeros[e.phase]++
		}
		e.phase = (e.phase + 1) % casFrames
	}
}

// finding is CAS when one place in sixteen has the zeros, but for bit errors, and no other has.
func (e *casEvidence) finding() Finding {
	aligned := -1
	others, all := 0, 0
	for i, n := range e.zeros {
		switch heard := e.heard[i]; {
		case 100*n >= 85*heard && aligned < 0:
			aligned = i
		case 10*n <= heard:
			others += n
			all += heard
		default:
			return Finding{}
		}
	}
	if aligned < 0 {
		return Finding{}
	}
	n := e.heard[aligned]
	return Finding{CAS, n >= casSure, fmt.Sprintf("%d of %d multiframes have their alignment, and %d of the %d octets between begin with four zeros",
		e.zeros[aligned], n, others, all)}
}
