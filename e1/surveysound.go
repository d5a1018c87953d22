package e1

import (
	"fmt"
	"math"
)

// soundEvidence tells an idle pattern and A-law speech from data: by how often each octet comes, and by how much an octet
// tells of the next.
type soundEvidence struct {
	count   [256]int
	last    int   // value of the octet before, 0 at the beginning
	product int64 // sum of the products of neighbours
}

// level gives an octet as A-law has it, from -255 to 255 in the steps of its compression, never 0: the sign is the first
// bit, and every other bit is turned. Compressed values are taken because one bit error makes no outlier of them. G.711.
func level(o uint8) int {
	o ^= 0x55
	v := 2*int(o&0x7f) + 1
	if o&0x80 == 0 {
		return -v
	}
	return v
}

func (e *soundEvidence) add(b []byte) {
	for _, o := range b {
		e.count[o]++
		v := level(o)
		e.product += int64(v * e.last)
		e.last = v
	}
}

// common gives the octet that comes most often.
func (e *soundEvidence) common() (octet, n int) {
	for o, c := range e.count {
		if c > n {
			octet, n = o, c
		}
	}
	return octet, n
}

// Bounds of the statistics. Random octets have a correlation of 0 and a quarter of them is quiet.
const (
	speechCorrelation = 0.35
	sureCorrelation   = 0.5
	quietShare        = 0.9
	quietLevel        = 2 * 32 // segments 0 and 1 of A-law: a pause with noise
)

// finding tells idle and speech, or Unknown.
func (e *soundEvidence) finding(octets int) Finding {
	if o, n := e.common(); 100*n >= 85*octets {
		return Finding{Idle, octets >= sureOctets && o != 0xff || octets >= wholeSurvey, // frames may stand between ones
			fmt.Sprintf("0x%02X in %d of %d octets", o, n, octets)}
	}
	s := e.statistics()
	speaks := s.correlation >= speechCorrelation || s.quiet >= quietShare
	if !speaks || s.above < 0.3 || s.above > 0.7 || 20*s.loud < octets {
		return Finding{}
	}
	return Finding{Speech, octets >= sureOctets && s.correlation >= sureCorrelation, e.counts(octets)}
}

// statistics are those of A-law samples.
type statistics struct {
	correlation float64 // of neighbours, -1 to 1
	quiet       float64 // share of quiet samples
	above       float64 // share of positive ones among those that are not next to nothing
	loud        int     // samples that are not next to nothing
}

func (e *soundEvidence) statistics() (s statistics) {
	var n, sum, squares, positive, quiet float64
	for o, count := range e.count {
		v, c := float64(level(uint8(o))), float64(count)
		n += c
		sum += c * v
		squares += c * v * v
		if math.Abs(v) < quietLevel {
			quiet += c
		}
		if math.Abs(v) > 1 {
			s.loud += count
			if v > 0 {
				positive += c
			}
		}
	}
	if n == 0 {
		return s
	}
	mean := sum / n
	if variance := squares/n - mean*mean; variance > 0 {
		s.correlation = (float64(e.product)/n - mean*mean) / variance
	}
	s.quiet = quiet / n
	if s.loud > 0 {
		s.above = positive / float64(s.loud)
	}
	return s
}

// counts says what the statistics are.
func (e *soundEvidence) counts(octets int) string {
	s := e.statistics()
	o, n := e.common()
	return fmt.Sprintf("as A-law %.2f correlation of neighbours, %.0f %% quiet, %.0f %% positive in %s; most common 0x%02X in %.0f %%",
		s.correlation, 100*s.quiet, 100*s.above, seconds(octets), o, 100*float64(n)/float64(max(octets, 1)))
}
