package cdr

import (
	"fmt"
	"time"
)

// A layout says how a time is written: text in which a percent sign and a letter stand for a part.
//
//	%Y year        %m month      %d day    %j day of the year   %y year of two digits: 70-99 are 19.., 00-69 are 20..
//	%b Jan         %e day, with a space before a single digit
//	%H 0-23        %I 1-12       %p AM PM  %M minute            %S second         %f fraction, as many digits as there are
//	%z +0700, +07:00 or Z        %% percent sign
//
// The words epoch and epoch_ms stand for seconds and milliseconds since 1970-01-01 00:00 UTC. A space stands for one or more.
type layout struct {
	steps    []layoutStep
	epoch    time.Duration // what is counted since 1970, 0 for none
	absolute bool          // it tells the offset from UTC
}

// A layoutStep is a part of a time, or an octet as it is.
type layoutStep struct {
	part  part
	octet byte // of literal
	least int  // digits
	most  int
}

// part is a part of a time.
type part uint8

const (
	literal part = iota
	year
	yearOfCentury
	month
	monthName
	day
	dayOfYear
	hour
	hourOf12
	half
	minute
	second
	fraction
	offset
	parts
)

// directives are the parts by their letter, with the digits that they have at most.
var directives = map[byte]layoutStep{
	'Y': {part: year, most: 4}, 'y': {part: yearOfCentury, most: 2}, 'm': {part: month, most: 2}, 'b': {part: monthName},
	'd': {part: day, most: 2}, 'e': {part: day, octet: ' ', most: 2}, 'j': {part: dayOfYear, most: 3}, 'H': {part: hour, most: 2},
	'I': {part: hourOf12, most: 2}, 'p': {part: half}, 'M': {part: minute, most: 2}, 'S': {part: second, most: 2},
	'f': {part: fraction, most: 9}, 'z': {part: offset},
}

// monthNames are the months as %b has them, in lower case.
const monthNames = "janfebmaraprmayjunjulaugsepoctnovdec"

// parseLayout reads a layout.
func parseLayout(text string) (layout, error) {
	switch text {
	case "epoch":
		return layout{epoch: time.Second, absolute: true}, nil
	case "epoch_ms":
		return layout{epoch: time.Millisecond, absolute: true}, nil
	}
	var l layout
	var has [parts]int
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			l.steps = append(l.steps, layoutStep{octet: text[i]})
			continue
		}
		i++
		if i == len(text) {
			return l, fmt.Errorf("%q: a percent sign at the end: write %%%% for one", text)
		}
		s, ok := directives[text[i]]
		switch {
		case text[i] == '%':
			s = layoutStep{octet: '%'}
		case !ok:
			return l, fmt.Errorf("%q: there is no %%%c: one of %%Y %%y %%m %%b %%d %%e %%j %%H %%I %%p %%M %%S %%f %%z", text, text[i])
		}
		has[s.part]++
		l.steps = append(l.steps, s)
	}
	l.absolute = has[offset] > 0
	if err := complete(text, has); err != nil {
		return l, err
	}
	return l, l.widths(text)
}

// widths says how many digits a part has at least: all of them where digits of another part stand next to it.
func (l *layout) widths(text string) error {
	for i := range l.steps {
		s := &l.steps[i]
		if s.most == 0 {
			continue
		}
		s.least = 1
		next := i+1 < len(l.steps) && l.steps[i+1].most > 0
		before := i > 0 && l.steps[i-1].most > 0
		switch {
		case s.part == fraction && next:
			return fmt.Errorf("%q: digits behind %%f, whose end cannot be told", text)
		case s.part != fraction && (next || before || s.part == year):
			s.least = s.most
		}
	}
	return nil
}

// complete says what a layout lacks, or has too much of.
func complete(text string, has [parts]int) error {
	for p := year; p < parts; p++ {
		if has[p] > 1 {
			return fmt.Errorf("%q: a part of the time stands twice", text)
		}
	}
	switch date := has[month] + has[monthName] + has[day]; {
	case has[year]+has[yearOfCentury] != 1:
		return fmt.Errorf("%q: the year is needed once, %%Y or %%y", text)
	case has[dayOfYear] == 1 && date > 0 || has[dayOfYear] == 0 && (date != 2 || has[day] != 1):
		return fmt.Errorf("%q: month and day are needed once, %%m or %%b and %%d or %%e, or %%j alone", text)
	case has[hour]+has[hourOf12] != 1 || has[hourOf12] != has[half]:
		return fmt.Errorf("%q: the hour is needed once, %%H or %%I with %%p", text)
	case has[minute] == 0:
		return fmt.Errorf("%q: the minute is needed, %%M", text)
	case has[fraction] > has[second]:
		return fmt.Errorf("%q: a fraction %%f of a second that is not there, %%S", text)
	}
	return nil
}

// A stamp is a time as it is written: seconds since 1970-01-01 00:00 of the zone, or of UTC.
type stamp struct {
	seconds int64
	nanos   int64
	utc     bool
	known   bool
}

// years that a stamp may have: wire.Time holds no more than 1678 to 2261.
const (
	firstYear = 1900
	lastYear  = 2199
)

// read reads a time; ok is false where it is not written so, or where there is no such time.
func (l *layout) read(text []byte) (s stamp, ok bool) {
	if l.epoch != 0 {
		return readEpoch(text, l.epoch)
	}
	var v [parts]int
	for i := range l.steps {
		if text, ok = l.steps[i].read(text, &v); !ok {
			return stamp{}, false
		}
	}
	if len(text) > 0 {
		return stamp{}, false
	}
	return stampOf(&v, l.absolute)
}

// read reads one part and gives the rest of the text.
func (s *layoutStep) read(text []byte, v *[parts]int) (rest []byte, ok bool) {
	switch s.part {
	case literal:
		if len(text) == 0 || text[0] != s.octet {
			return nil, false
		}
		for text = text[1:]; s.octet == ' ' && len(text) > 0 && text[0] == ' '; {
			text = text[1:]
		}
		return text, true
	case monthName, half:
		return readWord(text, s.part, v)
	case offset:
		return readZone(text, v)
	}
	least, most := s.least, s.most
	if s.octet != 0 && len(text) > 0 && text[0] == s.octet {
		text, least, most = text[1:], 1, 1
	}
	n, digits := 0, 0
	for digits < most && digits < len(text) && text[digits]-'0' <= 9 {
		n = n*10 + int(text[digits]-'0')
		digits++
	}
	for i := digits; s.part == fraction && i < s.most; i++ {
		n *= 10
	}
	v[s.part] = n
	return text[digits:], digits >= least
}
