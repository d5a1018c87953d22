package cdr

import (
	"math"
	"time"
)

// readDigits reads the whole number at the head of the text; ok is false where there is none, or it is too large.
func readDigits(text []byte) (n int64, rest []byte, ok bool) {
	i := 0
	for ; i < len(text) && text[i]-'0' <= 9; i++ {
		if n > (math.MaxInt64-9)/10 {
			return 0, nil, false
		}
		n = n*10 + int64(text[i]-'0')
	}
	return n, text[i:], i > 0
}

// readFraction reads the decimals that may follow, behind a point or a comma, up to the end of the text. It gives that part of a
// unit, cut below the nanosecond.
func readFraction(text []byte, unit time.Duration) (d time.Duration, ok bool) {
	if len(text) == 0 {
		return 0, true
	}
	if text[0] != '.' && text[0] != ',' || len(text) == 1 {
		return 0, false
	}
	for _, c := range text[1:] {
		if c-'0' > 9 {
			return 0, false
		}
		unit /= 10
		d += time.Duration(c-'0') * unit
	}
	return d, true
}

// A unit is how a duration is written.
type unit struct {
	each  time.Duration // of a number
	shape shape
}

// shape says what a number stands for.
type shape uint8

const (
	plain  shape = iota // a count of units
	colons              // H:MM:SS or MM:SS
	packed              // HHMMSS, zeros at its head may be missing
)

// units are the units by name.
var units = map[string]unit{
	"seconds": {each: time.Second}, "tenths": {each: 100 * time.Millisecond}, "milliseconds": {each: time.Millisecond},
	"minutes": {each: time.Minute}, "h:m:s": {time.Second, colons}, "hms": {time.Second, packed},
}

// longest is the longest duration that is taken for one; more is another column.
const longest = 366 * 24 * time.Hour

// read reads a duration, with or without decimals; ok is false where it is not written so.
func (u unit) read(text []byte) (d time.Duration, ok bool) {
	n, text, ok := readDigits(text)
	switch {
	case !ok:
		return 0, false
	case u.shape == packed:
		h, m, s := n/10000, n/100%100, n%100
		n, ok = h*3600+m*60+s, m < 60 && s < 60 && h <= int64(longest/time.Hour)
	case u.shape == colons:
		n, text, ok = readColons(n, text)
	}
	if !ok || n > int64(longest/u.each) {
		return 0, false
	}
	below, ok := readFraction(text, u.each)
	return time.Duration(n)*u.each + below, ok
}

// readColons reads what follows the hours, or the minutes where there are no hours: one or two pairs of digits, each behind a colon.
// It gives seconds.
func readColons(first int64, text []byte) (seconds int64, rest []byte, ok bool) {
	seconds = first
	pairs := 0
	for len(text) >= 3 && text[0] == ':' && text[1]-'0' < 6 && text[2]-'0' <= 9 && pairs < 2 {
		if seconds > int64(longest/time.Second) {
			return 0, nil, false
		}
		seconds = seconds*60 + int64(text[1]-'0')*10 + int64(text[2]-'0')
		text = text[3:]
		pairs++
	}
	return seconds, text, pairs > 0
}

// read reads an amount in the smallest part of a currency that has so many decimals. Nothing is rounded; the reason is "" where
// it is an amount.
func (f *moneyField) read(text []byte, decimals int) (amount int64, reason string) {
	for len(text) > 0 && f.strip[text[0]] { // before the sign
		text = text[1:]
	}
	negative := len(text) > 0 && text[0] == '-'
	if negative || len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	amount, behind, reason := f.mantissa(text)
	for ; reason == "" && behind > decimals; behind-- {
		if amount%10 != 0 {
			return 0, "more decimals than the currency has"
		}
		amount /= 10
	}
	for ; reason == "" && behind < decimals; behind++ {
		if amount > math.MaxInt64/10 {
			return 0, "too large"
		}
		amount *= 10
	}
	if negative {
		amount = -amount
	}
	return amount, reason
}

// mantissa reads the digits of an amount, and how many of them are decimals.
func (f *moneyField) mantissa(text []byte) (n int64, decimals int, reason string) {
	const none = "no amount with the marks that the map says"
	mark := false     // of the decimals was there
	group := -1       // digits since the last mark of a group, -1 where there was none
	last := byte('x') // no digit
	for _, c := range text {
		switch {
		case f.strip[c]:
			continue
		case c-'0' <= 9:
			if n > (math.MaxInt64-9)/10 {
				return 0, 0, "too large"
			}
			n = n*10 + int64(c-'0')
			if mark {
				decimals++
			} else if group >= 0 {
				group++
			}
		case last-'0' > 9 && (last != 'x' || c != f.decimal) || mark || c != f.decimal && (f.group == 0 || c != f.group) || group >= 0 && group != 3:
			return 0, 0, none
		case c == f.decimal:
			mark, group = true, -1
			if f.implied > 0 {
				return 0, 0, none
			}
		default:
			group = 0
		}
		last = c
	}
	if last-'0' > 9 || group >= 0 && group != 3 {
		return 0, 0, none
	}
	return n, decimals + f.implied, ""
}
