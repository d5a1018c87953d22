package reports

import (
	"fmt"

	"c7mon/store"
)

// Coverage is what part of the signal units of a period was heard, by their sequence numbers.
type Coverage struct {
	Seen, Expected uint64
	Known          bool // false where sequence numbers, link or direction are not known for a part of what was heard
}

// CoverageOf adds up the rows of the store. One row without an expected number makes the whole unknown: of the rest of
// the traffic it could only be guessed. Without rows nothing is known.
func CoverageOf(rows []store.Coverage) Coverage {
	c := Coverage{Known: len(rows) > 0}
	for i := range rows {
		r := &rows[i]
		if r.Expected == 0 {
			c.Known = false
		}
		c.Seen += min(r.Seen, r.Expected)
		c.Expected += r.Expected
	}
	return c
}

// part gives seen of expected in units of 1/scale, rounded down, so that only what is whole is called so.
func (c Coverage) part(scale uint64) uint64 { return c.Seen * scale / max(c.Expected, 1) }

// json gives a share from 0 to 1 with up to six decimals, nil where it is not known.
func (c Coverage) json() any {
	if !c.Known {
		return nil
	}
	n := c.part(1e6)
	return Fixed(fmt.Sprintf("%d.%06d", n/1e6, n%1e6))
}

// note is the line under the text.
func (c Coverage) note(l Lang) string {
	if !c.Known {
		return l.texts().coverageUnknown
	}
	n := c.part(1e4)
	return fmt.Sprintf(l.texts().coverage, l.decimal(fmt.Sprintf("%d.%02d", n/100, n%100)))
}
