package reports

import (
	"fmt"
	"time"

	"c7mon/wire"
)

// A Day is a day of the calendar, in days since 1970-01-01. It has no zone: when it starts is asked with one.
type Day int32

// A Period is whole days of a zone, both ends included.
type Period struct {
	From, To Day
	Zone     *time.Location
}

// PeriodFlags are the options that name a period, as they were typed; empty where they were not.
type PeriodFlags struct{ From, To, Week string }

// DayOf gives the day that it is in a zone at a moment.
func DayOf(t wire.Time, zone *time.Location) Day {
	y, m, d := t.Std().In(zone).Date()
	return dayOf(y, m, d)
}

func dayOf(y int, m time.Month, d int) Day {
	return Day(floorDiv(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix(), 86400))
}

// date gives midnight of the day, UTC, for its year, month and day.
func (d Day) date() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String gives the day as 2003-10-12.
func (d Day) String() string { return d.date().Format(time.DateOnly) }

// ParseDay reads a day such as 2003-10-12.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q: a day such as 2003-10-12 is needed", s)
	}
	if y := t.Year(); y < 1680 || y > 2260 {
		return 0, fmt.Errorf("%q: a day of the years 1680 to 2260 is needed", s)
	}
	return Day(floorDiv(t.Unix(), 86400)), nil
}

func floorDiv(a, b int64) int64 {
	if a%b < 0 {
		return a/b - 1
	}
	return a / b
}

// Start gives the first moment of the day in a zone. Where clocks change at midnight that is the moment of the change;
// where midnight comes twice, the first.
func (d Day) Start(zone *time.Location) time.Time {
	midnight := d.date()
	y, m, day := midnight.Date()
	noonBefore := time.Date(y, m, day-1, 12, 0, 0, 0, zone)
	_, before := noonBefore.Zone()
	_, after := time.Date(y, m, day, 12, 0, 0, 0, zone).Zone()
	for _, offset := range [...]int{before, after} {
		t := midnight.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, there := t.Zone(); there == offset {
			return t
		}
	}
	_, change := noonBefore.ZoneBounds()
	return change
}

// Bounds gives the half-open time of the period: from the start of its first day to that of the day after its last.
func (p Period) Bounds() (from, to wire.Time) {
	return wire.TimeOf(p.From.Start(p.Zone)), wire.TimeOf((p.To + 1).Start(p.Zone))
}

// Period gives the period that the options name: --from and --to, both days included; --week, seven days from a day or an
// ISO week; without any the last seven whole days before the newest call, whose time newest gives.
func (f PeriodFlags) Period(zone *time.Location, newest func() (wire.Time, error)) (Period, error) {
	p := Period{Zone: zone}
	var err error
	switch {
	case f.Week != "" && (f.From != "" || f.To != ""):
		return p, fmt.Errorf("--week goes without --from and --to: give one or the other")
	case f.Week != "":
		if p.From, err = parseWeek(f.Week); err != nil {
			return p, fmt.Errorf("--week %w", err)
		}
		p.To = p.From + 6
		return p, nil
	case f.From == "" && f.To == "":
		t, err := newest()
		if err != nil {
			return p, err
		}
		if !t.Known() {
			return p, fmt.Errorf("no calls are stored: c7mon replay FILE stores those of a capture")
		}
		p.To = DayOf(t, zone) - 1
		p.From = p.To - 6
		return p, nil
	case f.From == "" || f.To == "":
		return p, fmt.Errorf("--from and --to go together: give both, or --week")
	}
	if p.From, err = ParseDay(f.From); err != nil {
		return p, fmt.Errorf("--from %w", err)
	}
	if p.To, err = ParseDay(f.To); err != nil {
		return p, fmt.Errorf("--to %w", err)
	}
	if p.To < p.From {
		return p, fmt.Errorf("--to %v is before --from %v: exchange them", p.To, p.From)
	}
	return p, nil
}

// parseWeek gives the first day of a week: the day itself, or Monday of an ISO week such as 2003-W42.
func parseWeek(s string) (Day, error) {
	var year, week int
	if len(s) != len("2003-W42") || s[5]|0x20 != 'w' {
		d, err := ParseDay(s)
		if err != nil {
			return 0, fmt.Errorf("%q: its first day such as 2003-10-12, or an ISO week such as 2003-W42 is needed", s)
		}
		return d, nil
	}
	if !digits(s[:4], &year) || s[4] != '-' || !digits(s[6:], &week) || year < 1680 || year > 2260 {
		return 0, fmt.Errorf("%q: an ISO week such as 2003-W42 is needed", s)
	}
	// The 4th of January is always in week 1.
	jan4 := dayOf(year, time.January, 4)
	monday := jan4 - Day((int(jan4.date().Weekday())+6)%7) + Day(7*(week-1))
	if y, w := monday.date().ISOWeek(); y != year || w != week {
		return 0, fmt.Errorf("%q: year %d has no such week", s, year)
	}
	return monday, nil
}

// digits reads a number of nothing but digits.
func digits(s string, n *int) bool {
	*n = 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
		*n = *n*10 + int(s[i]-'0')
	}
	return s != ""
}

// zoneName gives the name of the zone, and the offset at the start of the period for one that has no name.
func (p Period) zoneName() string {
	if name := p.Zone.String(); name != "Local" && name != "" {
		return name
	}
	return p.From.Start(p.Zone).Format("-07:00")
}
