// Package charge is the arithmetic of advice of charge: it takes the seven CAI elements and the events of calls with their
// times, and gives the units and the money that the calls cost, as 3GPP TS 22.024 defines them. It knows nothing of
// signalling, stored calls or tariffs, and reads no clock.
package charge

import "time"

// Units is an amount of units in thousandths. An element of a tenth times a scaling factor of hundredths has three decimals,
// so a charge is exact (4.3 h).
type Units int64

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

// CAI is charge advice information: elements that are there or missing (clause 3). The zero CAI has none. Its values are
// in steps of the resolution of table 1 (E1 of 12.3 units is 123).
type CAI struct {
	has   uint8 // bit e-1 for element e
	steps [7]uint16
}

// A Step is one thing that a Meter did, for explanations.
type Step struct {
	At    time.Duration
	Rule  string // clause, as "4.3 d"
	What  string // a constant text, as "interval of e7 is over"
	Count int64  // how many times at once, 1 where nothing is repeated
	Each  Units  // added by each
	Sum   Units  // of the call after it
}

// A Meter counts the units of one call (4.1, 4.3, 4.4). Its zero value is a call before its charging point, which the first
// Receive is. Times are since any moment that is the same for all of them; one before the last counts as the last. Nothing is
// allocated, unless Trace is set.
type Meter struct {
	Trace func(Step) // is given each step, nil for none

	// to be implemented
	units Units
}

// Receive takes a CAI message (4.3 c, e, g).
func (m *Meter) Receive(at time.Duration, c CAI) {}

// ServiceChange tells a change of the bearer: the next CAI is applied at once (4.4).
func (m *Meter) ServiceChange(at time.Duration) {}

// Segments counts n segments of data (4.3 f).
func (m *Meter) Segments(at time.Duration, n int64) {}

// LinkLost suspends the timing (4.3 m).
func (m *Meter) LinkLost(at time.Duration) {}

// LinkBack resumes it.
func (m *Meter) LinkBack(at time.Duration) {}

// End ends the charging and gives the units of the call.
func (m *Meter) End(at time.Duration) Units { return m.units }

// Units gives the units up to the last event.
func (m *Meter) Units() Units { return m.units }

// With gives a CAI in which e has so many steps of its resolution. An *ElementError tells that it is out of range.
func (c CAI) With(e Element, steps int64) (CAI, error) { return c, nil }

// Set gives a CAI in which e has the value that text says in decimal, as "12.3". An *ElementError tells that it is no number,
// out of range or too fine for table 1.
func (c CAI) Set(e Element, text string) (CAI, error) { return c, nil }

// Get gives the value of e in steps of its resolution; ok is false where it is missing, and steps 0.
func (c CAI) Get(e Element) (steps int64, ok bool) { return int64(c.steps[e-1]), c.has>>(e-1)&1 != 0 }

// Without gives a CAI in which e is missing.
func (c CAI) Without(e Element) CAI { return c }

// An ElementError says what is wrong with an element.
type ElementError struct {
	Element Element
	Value   string
	Reason  string
}

func (e *ElementError) Error() string { return e.Reason }

// A Decimal is a number of Mantissa / 10^Decimals.
type Decimal struct {
	Mantissa int64
	Decimals uint8
}

// ParseDecimal reads digits with at most one point.
func ParseDecimal(text string) (Decimal, error) { return Decimal{}, nil }

// Currency is a currency of ISO 4217.
type Currency struct {
	Code     string
	Decimals uint8 // of an amount, 0 for VND and 2 for USD
}

// PUCT is the price per unit and currency table (4.2.4).
type PUCT struct {
	Price    Decimal // of a home unit
	Currency Currency
}

// Money gives what the units cost, in the smallest part of the currency, rounded half up. An error tells that it is too much for
// the number.
func (p PUCT) Money(u Units) (int64, error) { return 0, nil }

// Outgoing gives the CAI of a call that a visited network charges: its own elements, and e3 (5.1).
func Outgoing(local CAI, e3 int64) (CAI, error) { return local, nil }

// Incoming gives the CAI with which a visited network charges an incoming call by the tariff of the home network: e1, e4 and e5
// divided by e3, in hundredths, each rounded half up to its resolution; e2, e6, e7 as they are (5.2). An *ElementError tells
// that e3 is 0 or a quotient out of range.
func Incoming(home CAI, e3 int64) (CAI, error) { return home, nil }
