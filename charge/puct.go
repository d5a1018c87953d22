package charge

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// A Decimal is a number of Mantissa / 10^Decimals.
type Decimal struct {
	Mantissa int64
	Decimals uint8
}

// maxDecimals is how many decimals ParseDecimal takes: more digits than int64 has say nothing.
const maxDecimals = 18

// ParseDecimal reads digits with at most one point between them, as "550" or "0.0825": no sign, no exponent, nothing around
// it, at most 18 decimals. The decimals stay as they are written, so "1.50" has two.
func ParseDecimal(text string) (Decimal, error) {
	whole, fraction, ok := cutDecimal(text)
	if !ok {
		return Decimal{}, fmt.Errorf("%q: no decimal number", text)
	}
	if len(fraction) > maxDecimals {
		return Decimal{}, fmt.Errorf("%q: more than %d decimals", text, maxDecimals)
	}
	mantissa, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil { // digits only, so there are too many
		return Decimal{}, fmt.Errorf("%q: too large a number", text)
	}
	return Decimal{mantissa, uint8(len(fraction))}, nil
}

// String gives the number as ParseDecimal reads it: "0.0825".
func (d Decimal) String() string { return point(d.Mantissa, int(d.Decimals)) }

// Currency is a currency of ISO 4217.
type Currency struct {
	Code     string
	Decimals uint8 // of an amount, 0 for VND and 2 for USD
}

// Format gives an amount of the smallest part with the decimals of the currency, without its code: "1234.50".
func (c Currency) Format(amount int64) string { return point(amount, int(c.Decimals)) }

// PUCT is the price per unit and currency table (4.2.4).
type PUCT struct {
	Price    Decimal // of a home unit
	Currency Currency
}

// Errors of Money: nothing is paid back, and there is no price of what is more than the numbers hold.
var (
	ErrNegative = errors.New("units or price below zero")
	ErrTooMuch  = errors.New("more than can be counted")
)

// Money gives what the units cost, in the smallest part of the currency, rounded once, half up. The error is ErrNegative, or
// ErrTooMuch where the units are MaxUnits or the amount is more than int64 holds.
func (p PUCT) Money(u Units) (int64, error) {
	switch {
	case u < 0 || p.Price.Mantissa < 0:
		return 0, ErrNegative
	case u == MaxUnits:
		return 0, ErrTooMuch
	}
	high, low := bits.Mul64(uint64(u), uint64(p.Price.Mantissa)) // below 2^126
	high, low, ok := shiftDecimal(high, low, int(p.Currency.Decimals)-int(p.Price.Decimals)-3)
	if !ok || high != 0 || low > math.MaxInt64 {
		return 0, ErrTooMuch
	}
	return int64(low), nil
}

// shiftDecimal gives a number of 128 bits, below 2^126, times 10^n, rounded half up where n is negative; ok is false when it
// has no room.
func shiftDecimal(high, low uint64, n int) (uint64, uint64, bool) {
	if high|low == 0 || n < -38 { // 2^126 is less than half of 10^39
		return 0, 0, true
	}
	if n < 0 {
		high, low = addHalf(high, low, -n)
	}
	// What a division rounds down is rounded down no further by the next one, so steps of ten are as good as one division.
	for ; n < 0; n++ {
		var rest uint64
		high, rest = high/10, high%10
		low, _ = bits.Div64(rest, low, 10)
	}
	for ; n > 0; n-- {
		carry, part := bits.Mul64(low, 10)
		over, top := bits.Mul64(high, 10)
		var more uint64
		if high, more = bits.Add64(top, carry, 0); over+more != 0 {
			return 0, 0, false
		}
		low = part
	}
	return high, low, true
}

// addHalf adds half of 10^n, n from 1 to 38.
func addHalf(high, low uint64, n int) (uint64, uint64) {
	halfHigh, half := uint64(0), uint64(5)
	for range n - 1 {
		carry, part := bits.Mul64(half, 10)
		halfHigh, half = halfHigh*10+carry, part
	}
	low, carry := bits.Add64(low, half, 0)
	high, _ = bits.Add64(high, halfHigh, carry) // below 2^126 + 2^126
	return high, low
}
