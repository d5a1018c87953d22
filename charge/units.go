package charge

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Units is an amount of home units in thousandths. An element of a tenth times a scaling factor of hundredths has three
// decimals, so a charge is exact (4.3 h).
type Units int64

// MaxUnits is the greatest amount. A sum that would be more stays there and says no longer what was used, so no price is
// told of it. One call needs more than 292 years at the dearest rate of table 1 to come so far by time alone.
const MaxUnits Units = math.MaxInt64

// Ceil gives whole units, rounded up, as the ACM counts them (4.3 h).
func (u Units) Ceil() int64 {
	whole := int64(u / 1000)
	if u%1000 > 0 {
		whole++
	}
	return whole
}

// String gives units with the three decimals of the CCM: "1.500".
func (u Units) String() string { return point(int64(u), 3) }

// plus adds each n times and stays at MaxUnits where the sum is more. Neither may be negative.
func (u Units) plus(n uint64, each Units) Units {
	high, low := bits.Mul64(n, uint64(each))
	sum, carry := bits.Add64(low, uint64(u), 0)
	if high+carry != 0 || sum > math.MaxInt64 {
		return MaxUnits
	}
	return Units(sum)
}

// pow10 are the powers of ten that int holds on every machine.
var pow10 = [...]int{1, 10, 100, 1000}

// point writes a number with the last digits after a point.
func point(n int64, decimals int) string {
	if decimals == 0 {
		return strconv.FormatInt(n, 10)
	}
	magnitude, sign := uint64(n), ""
	if n < 0 {
		magnitude, sign = -magnitude, "-"
	}
	s := strconv.FormatUint(magnitude, 10)
	if missing := decimals + 1 - len(s); missing > 0 {
		s = strings.Repeat("0", missing) + s
	}
	return sign + s[:len(s)-decimals] + "." + s[len(s)-decimals:]
}

// cutDecimal splits "12.3" into "12" and "3"; ok is false for all that is not digits with at most one point between them.
func cutDecimal(text string) (whole, fraction string, ok bool) {
	whole, fraction, pointed := strings.Cut(text, ".")
	if whole == "" || pointed && fraction == "" {
		return "", "", false
	}
	for _, s := range [...]string{whole, fraction} {
		for i := range len(s) {
			if s[i] < '0' || s[i] > '9' {
				return "", "", false
			}
		}
	}
	return whole, fraction, true
}
