package reports

import (
	"reflect"
	"strconv"
	"strings"
	"time"
)

// A sheetKind is what the cells of a column are that have a value.
type sheetKind uint8

const (
	sheetText sheetKind = iota
	sheetNumber
	sheetTime
)

// sheetKind gives what every cell of a column is that has a value for programs; text where they differ. A number is the one
// that CSV has: hexadecimal codes are text.
func (t *Table) sheetKind(column int) sheetKind {
	kind := sheetText
	for _, p := range t.parts() {
		for _, r := range p.rows {
			c := r[column]
			if c.JSON == nil {
				continue
			}
			k := sheetText
			if n := number(c.JSON); n != "" && n == c.CSV {
				k = sheetNumber
			} else if _, _, ok := sheetTimeOf(c); ok {
				k = sheetTime
			}
			if k == sheetText || kind != sheetText && k != kind {
				return sheetText
			}
			kind = k
		}
	}
	return kind
}

// sheetTimes are the ways in which a reader sees times, and the number formats in which a spreadsheet shows them so.
var sheetTimes = [...]struct{ layout, format string }{
	{"2006-01-02 15:04:05.000", "yyyy-mm-dd hh:mm:ss.000"},
	{time.DateTime, "yyyy-mm-dd hh:mm:ss"},
}

// sheetTimeOf gives the time that a reader sees in a cell, as the days since the last one of 1899 that spreadsheets count, and
// its format. A time is what programs get as one (RFC 3339). Those before March 1900 are none: a spreadsheet counts a day
// there that was not.
func sheetTimeOf(c Cell) (days float64, format string, ok bool) {
	const first, day = 61, 24 * 60 * 60 * 1000 // milliseconds
	if _, err := time.Parse(time.RFC3339Nano, c.CSV); err != nil {
		return 0, "", false
	}
	for _, s := range sheetTimes {
		if at, err := time.Parse(s.layout, c.Text); err == nil && at.Format(s.layout) == c.Text {
			ms := at.UnixMilli() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMilli()
			return float64(ms) / day, s.format, ms >= first*day
		}
	}
	return 0, "", false
}

// sheetDigits gives the number of a cell as its reader sees it, who has seconds where programs have milliseconds; the one that
// programs have where the text is more than a number.
func (t *Table) sheetDigits(c Cell) string {
	s := strings.TrimSuffix(c.Text, "%")
	if t.Lang == Vietnamese {
		if strings.Contains(s, ".") {
			return number(c.JSON)
		}
		s = strings.Replace(s, ",", ".", 1)
	}
	if n := number(Fixed(s)); n != "" {
		return n
	}
	return number(c.JSON)
}

// number gives the digits of an integer or a Fixed, "" for what is none or has more of them than a spreadsheet keeps.
func number(v any) string {
	var s string
	if f, ok := v.(Fixed); ok {
		s = string(f)
		if _, err := strconv.ParseFloat(s, 64); err != nil || strings.Trim(s, "-.0123456789") != "" {
			return ""
		}
	} else if r := reflect.ValueOf(v); r.CanInt() {
		s = strconv.FormatInt(r.Int(), 10)
	} else if r.CanUint() {
		s = strconv.FormatUint(r.Uint(), 10)
	}
	if len(strings.Trim(s, "-.")) > maxDigits {
		return ""
	}
	return s
}
