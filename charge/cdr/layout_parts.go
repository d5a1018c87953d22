package cdr

import "time"

// readWord reads the name of a month or the half of a day.
func readWord(text []byte, p part, v *[parts]int) (rest []byte, ok bool) {
	width, words := 3, monthNames
	if p == half {
		width, words = 2, "ampm"
	}
	if len(text) < width {
		return nil, false
	}
	for i := 0; i < len(words); i += width {
		if foldedEqual(text[:width], words[i:i+width]) {
			v[p] = i/width + 1
			return text[width:], true
		}
	}
	return nil, false
}

// foldedEqual compares with letters in lower case.
func foldedEqual(text []byte, lower string) bool {
	for i, c := range text {
		if c|0x20 != lower[i] {
			return false
		}
	}
	return true
}

// readZone reads an offset at the head of the text.
func readZone(text []byte, v *[parts]int) (rest []byte, ok bool) {
	if len(text) > 0 && text[0] == 'Z' {
		v[offset] = 0
		return text[1:], true
	}
	for _, length := range []int{len("+07:00"), len("+0700"), len("+07")} {
		if length <= len(text) {
			if seconds, ok := readOffset(string(text[:length])); ok {
				v[offset] = seconds
				return text[length:], true
			}
		}
	}
	return nil, false
}

// readOffset reads an offset from UTC as +07:00, +0700 or +07, in seconds.
func readOffset(text string) (seconds int, ok bool) {
	if len(text) == 6 && text[3] == ':' {
		text = text[:3] + text[4:]
	}
	if len(text) != 5 && len(text) != 3 || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	var n [4]int
	for i := range text[1:] {
		c := text[1+i] - '0'
		if c > 9 {
			return 0, false
		}
		n[i] = int(c)
	}
	h, m := n[0]*10+n[1], n[2]*10+n[3]
	if h > 14 || m > 59 {
		return 0, false
	}
	seconds = h*3600 + m*60
	if text[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// stampOf puts the parts together.
func stampOf(v *[parts]int, absolute bool) (stamp, bool) {
	y, m, d, h := v[year], v[month]+v[monthName], v[day], v[hour]
	if y == 0 {
		y = 1900 + v[yearOfCentury]
		if v[yearOfCentury] < 70 {
			y += 100
		}
	}
	if v[half] > 0 {
		if v[hourOf12] < 1 || v[hourOf12] > 12 {
			return stamp{}, false
		}
		h = v[hourOf12]%12 + (v[half]-1)*12
	}
	if y < firstYear || y > lastYear || h > 23 || v[minute] > 59 || v[second] > 60 {
		return stamp{}, false
	}
	if v[dayOfYear] > 0 {
		if v[dayOfYear] > daysBefore(y+1, 1)-daysBefore(y, 1) {
			return stamp{}, false
		}
		m, d = 1, v[dayOfYear]
	} else if m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return stamp{}, false
	}
	days := int64(daysBefore(y, m) + d - 1 - daysBefore(1970, 1))
	seconds := days*86400 + int64(h)*3600 + int64(v[minute])*60 + int64(v[second])
	return stamp{seconds: seconds - int64(v[offset]), nanos: int64(v[fraction]), utc: absolute, known: true}, true
}

// daysIn gives the days of a month.
func daysIn(y, m int) int {
	if m == 12 {
		return 31
	}
	return daysBefore(y, m+1) - daysBefore(y, m)
}

// daysBeforeMonth are the days of a year that is no leap year before each month, from 1.
var daysBeforeMonth = [...]int{0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334}

// daysBefore gives the days of the Gregorian calendar from its year 1 to the first of a month.
func daysBefore(y, m int) int {
	p := y - 1
	days := p*365 + p/4 - p/100 + p/400 + daysBeforeMonth[m]
	if m > 2 && y%4 == 0 && (y%100 != 0 || y%400 == 0) {
		days++
	}
	return days
}

// readEpoch reads what is counted since 1970, with or without decimals.
func readEpoch(text []byte, unit time.Duration) (stamp, bool) {
	whole, rest, ok := readDigits(text)
	if !ok {
		return stamp{}, false
	}
	below, ok := readFraction(rest, unit)
	each := int64(time.Second / unit)
	s := stamp{seconds: whole / each, nanos: whole%each*int64(unit) + int64(below), utc: true, known: true}
	return s, ok && s.seconds < int64(daysBefore(lastYear+1, 1)-daysBefore(1970, 1))*86400
}
