package charge

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Element names a CAI element, table 1.
type Element uint8

// The elements.
const (
	E1 Element = 1 + iota // units an interval, in tenths
	E2                    // time interval, in tenths of a second
	E3                    // scaling factor from local to home units, in hundredths
	E4                    // units to add when the CAI comes, in tenths
	E5                    // units a data interval, in tenths
	E6                    // data interval, in segments
	E7                    // initial time interval, in tenths of a second
)

// maxSteps is the greatest value of every element in steps of its resolution: 819.1, 81.91 and 8191.
const maxSteps = 8191

// Unity is the e3 of the home network, in hundredths (5.1).
const Unity = 100

// decimals gives the decimal places of the resolution of each element, table 1.
var decimals = [...]int{E1: 1, E2: 1, E3: 2, E4: 1, E5: 1, E6: 0, E7: 1}

// String gives the name in the specification: "e4".
func (e Element) String() string { return "e" + strconv.Itoa(int(e)) }

func (e Element) known() bool { return e >= E1 && e <= E7 }

// bit is the element's place in the has of a CAI.
func (e Element) bit() uint8 { return 1 << (e - 1) }

// text gives steps of the element's resolution as a decimal, without zeros at its end: "12.3", "60".
func (e Element) text(steps int64) string {
	s := point(steps, decimals[e])
	if decimals[e] > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// An ElementError says what is wrong with an element.
type ElementError struct {
	Element Element
	Value   string // in decimal, as it was given
	Reason  string // "out of range 0 to 819.1", "finer than 0.1", "no number", "zero, and so no divisor" or "no element"
}

// Error names the element, the value and the reason: `e4 of "819.2": out of range 0 to 819.1`.
func (e *ElementError) Error() string {
	return fmt.Sprintf("%v of %q: %s", e.Element, e.Value, e.Reason)
}

func outOfRange(e Element, value string) error {
	return &ElementError{e, value, "out of range 0 to " + e.text(maxSteps)}
}

// CAI is charge advice information: elements that are there or missing (clause 3). The zero CAI has none. Its values are
// in steps of the resolution of table 1 (E1 of 12.3 units is 123), and always in the range of table 1. Zero is a value of every
// element (4.3 i), and is not the same as missing; a free call has one with zeros (4.3 j). Two CAI that say the same are equal
// by ==.
type CAI struct {
	has   uint8 // bit e-1 for element e
	steps [7]uint16
}

// With gives a CAI in which e has so many steps of its resolution. An *ElementError tells that it is out of range.
func (c CAI) With(e Element, steps int64) (CAI, error) {
	switch {
	case !e.known():
		return c, &ElementError{e, strconv.FormatInt(steps, 10), "no element"}
	case steps < 0 || steps > maxSteps:
		return c, outOfRange(e, e.text(steps))
	}
	c.put(e, uint16(steps))
	return c, nil
}

// Set gives a CAI in which e has the value that text says in decimal, as "12.3". An *ElementError tells that it is no number,
// out of range or too fine for table 1. Zeros at the end of a fraction do not make it finer.
func (c CAI) Set(e Element, text string) (CAI, error) {
	if !e.known() {
		return c, &ElementError{e, text, "no element"}
	}
	digits, negative := strings.CutPrefix(text, "-")
	whole, fraction, ok := cutDecimal(digits)
	if !ok {
		return c, &ElementError{e, text, "no number"}
	}
	fraction = strings.TrimRight(fraction, "0")
	whole = strings.TrimLeft(whole, "0")
	switch {
	case negative && whole+fraction == "": // nobody writes -0 who means 0
		return c, &ElementError{e, text, "no number"}
	case negative || len(whole) > 4:
		return c, outOfRange(e, text)
	}
	if len(fraction) > decimals[e] {
		if value, _ := strconv.Atoi("0" + whole); value > maxSteps/pow10[decimals[e]] {
			return c, outOfRange(e, text)
		}
		return c, &ElementError{e, text, "finer than " + e.text(1)}
	}
	fraction += strings.Repeat("0", decimals[e]-len(fraction))
	steps, _ := strconv.Atoi("0" + whole + fraction) // at most six digits
	if steps > maxSteps {
		return c, outOfRange(e, text)
	}
	c.put(e, uint16(steps))
	return c, nil
}

// Without gives a CAI in which e is missing.
func (c CAI) Without(e Element) CAI {
	if e.known() {
		c.has &^= e.bit()
		c.steps[e-1] = 0
	}
	return c
}

// Get gives the value of e in steps of its resolution; ok is false where it is missing, and steps 0.
func (c CAI) Get(e Element) (steps int64, ok bool) {
	if !e.known() {
		return 0, false
	}
	return int64(c.steps[e-1]), c.has&e.bit() != 0
}

// String gives the elements that are there: "e1=12.3 e2=60", "none" where none is.
func (c CAI) String() string {
	if c.has == 0 {
		return "none"
	}
	var b strings.Builder
	for e := E1; e <= E7; e++ {
		if steps, ok := c.Get(e); ok {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(e.String() + "=" + e.text(steps))
		}
	}
	return b.String()
}

// put sets a value that is in range.
func (c *CAI) put(e Element, steps uint16) {
	c.has |= e.bit()
	c.steps[e-1] = steps
}

// take takes over from d the elements of a mask of bits that are there.
func (c *CAI) take(d *CAI, mask uint8) {
	for has := d.has & mask; has != 0; has &= has - 1 {
		i := bits.TrailingZeros8(has)
		c.steps[i] = d.steps[i]
	}
	c.has |= d.has & mask
}

// drop makes the elements of a mask of bits missing.
func (c *CAI) drop(mask uint8) { c.has &^= mask }
