package tariff

import (
	"slices"
	"time"
)

// Types of day. A holiday wins over the other two.
const (
	weekday = iota
	weekend
	holiday
	dayTypes
)

var dayNames = [dayTypes]string{"weekday", "weekend", "holiday"}

const (
	dayMinutes = 24 * 60
	minute     = int64(time.Minute)
	dayLength  = int64(24 * time.Hour)
	noBand     = -1
)

// A stretch is the part of a day up to until, in nanoseconds from midnight by the clock on the wall, in which one band is in
// force, or none.
type stretch struct {
	until int64
	band  int
}

// A calendar finds the band of a moment. It keeps what it looked up last, for calls come nearly in the order of time.
type calendar struct {
	book       *Book
	begin, end int64 // the zone has the offset from the one to before the other
	offset     int64 // nanoseconds ahead of UTC
	day        int64 // since 1970, by the clock on the wall
	kind       int   // its type
}

func newCalendar(b *Book) calendar {
	c := calendar{book: b}
	c.kind = c.kindOf(0)
	return c
}

// at gives the band of a tariff that is in force at a moment, noBand where none is, and until when nothing changes. Times are
// nanoseconds since 1970, and not within days of the limits of the number.
func (c *calendar) at(t *tariff, moment int64) (band int, until int64) {
	if moment < c.begin || moment >= c.end {
		c.look(moment)
	}
	wall := moment + c.offset
	day := wall / dayLength
	if wall < day*dayLength {
		day--
	}
	if day != c.day {
		c.day, c.kind = day, c.kindOf(day)
	}
	midnight := day * dayLength
	for _, s := range t.week[c.kind] {
		if wall-midnight < s.until {
			return s.band, min(midnight+s.until-c.offset, c.end)
		}
	}
	return noBand, min(midnight+dayLength-c.offset, c.end) // no tariff is without its stretches up to the end of the day
}

// look finds the offset of the zone at a moment. Where clocks are put forward or back it changes, and with it the time of
// day.
func (c *calendar) look(moment int64) {
	t := time.Unix(0, moment).In(c.book.Zone)
	_, seconds := t.Zone()
	c.offset = int64(seconds) * int64(time.Second)
	c.begin, c.end = always, forever
	begin, end := t.ZoneBounds()
	if inRange(begin) {
		c.begin = begin.UnixNano()
	}
	if inRange(end) {
		c.end = end.UnixNano()
	}
}

// inRange reports whether the nanoseconds of a moment since 1970 fit the number: a zone may have had its offset since the
// beginning of time.
func inRange(t time.Time) bool { return t.Year() > 1700 && t.Year() < 2200 }

// kindOf gives the type of a day, counted from 1970.
func (c *calendar) kindOf(day int64) int {
	if _, ok := slices.BinarySearch(c.book.holidays, day); ok {
		return holiday
	}
	switch (day%7 + 7 + int64(time.Thursday)) % 7 { // 1 January 1970 was a Thursday
	case int64(time.Saturday), int64(time.Sunday):
		return weekend
	}
	return weekday
}
