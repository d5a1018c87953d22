package charge_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"c7mon/charge"
)

func TestParseDecimal(t *testing.T) {
	f := func(text string, mantissa int64, decimals uint8) {
		t.Helper()
		got, err := charge.ParseDecimal(text)
		if err != nil || got != (charge.Decimal{Mantissa: mantissa, Decimals: decimals}) {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
		if got.String() != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
	f("0", 0, 0)
	f("550", 550, 0)
	f("1.50", 150, 2)
	f("0.0825", 825, 4)
	f("9223372036854775807", math.MaxInt64, 0)
	f("9.223372036854775807", math.MaxInt64, 18)

	for _, text := range []string{"", ".", "1.", ".5", "1.2.3", "1,5", "-1", "+1", "1e2", " 1", "1 ", "0x1", "1_0", "one", "9223372036854775808",
		"0.0000000000000000001", "92233720368547758070"} {
		if got, err := charge.ParseDecimal(text); err == nil || got != (charge.Decimal{}) {
			t.Errorf("%q: got %+v, %v", text, got, err)
		}
	}
}

func TestFormat(t *testing.T) {
	f := func(amount int64, decimals uint8, want string) {
		t.Helper()
		if got := (charge.Currency{Decimals: decimals}).Format(amount); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	f(123450, 2, "1234.50")
	f(5, 2, "0.05")
	f(0, 2, "0.00")
	f(0, 0, "0")
	f(-5, 3, "-0.005")
	f(-1234, 0, "-1234")
	f(math.MinInt64, 2, "-92233720368547758.08")
}

func TestUnits(t *testing.T) {
	f := func(u charge.Units, text string, whole int64) {
		t.Helper()
		if u.String() != text || u.Ceil() != whole {
			t.Errorf("got %v, %d, want %s, %d", u, u.Ceil(), text, whole)
		}
	}
	f(0, "0.000", 0)
	f(1, "0.001", 1)
	f(1000, "1.000", 1)
	f(1001, "1.001", 2)
	f(charge.MaxUnits, "9223372036854775.807", 9223372036854776)
}

// money is what Money is to give, by numbers of any size: units/1000 * price * 10^decimals + 1/2, rounded down.
func money(p charge.PUCT, u charge.Units) (int64, error) {
	switch {
	case u < 0 || p.Price.Mantissa < 0:
		return 0, charge.ErrNegative
	case u == charge.MaxUnits:
		return 0, charge.ErrTooMuch
	}
	tens := func(n uint8) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
	above := new(big.Int).Mul(big.NewInt(int64(u)), big.NewInt(p.Price.Mantissa))
	above.Mul(above, tens(p.Currency.Decimals)).Mul(above, big.NewInt(2))
	below := new(big.Int).Mul(tens(p.Price.Decimals), big.NewInt(1000))
	above.Add(above, below).Div(above, below.Mul(below, big.NewInt(2)))
	if !above.IsInt64() {
		return 0, charge.ErrTooMuch
	}
	return above.Int64(), nil
}

func sameMoney(t *testing.T, u, price int64, decimals, parts uint8) {
	t.Helper()
	p := charge.PUCT{Price: charge.Decimal{Mantissa: price, Decimals: decimals}, Currency: charge.Currency{Decimals: parts}}
	got, err := p.Money(charge.Units(u))
	want, wantErr := money(p, charge.Units(u))
	if got != want || !errors.Is(err, wantErr) {
		t.Errorf("%d thousandths at %+v: got %d, %v, want %d, %v", u, p, got, err, want, wantErr)
	}
}

// TestMoney holds the price of units against numbers of any size, at the edges and at random.
func TestMoney(t *testing.T) {
	edges := []int64{0, 1, 4, 5, 499, 500, 501, 999, 1000, 1e18, 5e18, math.MaxInt64 - 1, math.MaxInt64, -1, math.MinInt64}
	for _, u := range edges {
		for _, price := range edges {
			for _, decimals := range []uint8{0, 1, 2, 15, 18, 34, 35, 36, 37, 255} {
				for _, parts := range []uint8{0, 2, 3, 18, 255} {
					sameMoney(t, u, price, decimals, parts)
				}
			}
		}
	}
	r := random(0)
	for range 50_000 {
		sameMoney(t, r.Int64()>>r.IntN(63), r.Int64()>>r.IntN(63), uint8(r.IntN(40)), uint8(r.IntN(6)))
	}
}

func FuzzMoney(f *testing.F) {
	f.Add(int64(12_345), int64(825), uint8(4), uint8(2))
	f.Add(int64(math.MaxInt64-1), int64(math.MaxInt64), uint8(35), uint8(0))
	f.Add(int64(-1), int64(1), uint8(0), uint8(255))
	f.Fuzz(sameMoney)
}
