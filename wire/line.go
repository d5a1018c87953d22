package wire

import (
	"math"
	"time"
)

// Time is the moment a frame was heard, in nanoseconds since 1970-01-01 00:00 UTC. It is the only clock of the path:
// every timer runs on it. Zero is a valid time; a time that is not known is NoTime.
type Time int64

// NoTime stands for a moment that was not seen.
const NoTime Time = math.MinInt64

// Known tells a moment from NoTime.
func (t Time) Known() bool { return t != NoTime }

// Std gives the time in UTC.
func (t Time) Std() time.Time { return time.Unix(0, int64(t)).UTC() }

// Micros gives whole microseconds since 1970, rounded down.
func (t Time) Micros() int64 {
	us := int64(t) / 1000
	if int64(t)%1000 < 0 {
		us--
	}
	return us
}

// Add gives the time d later; NoTime stays NoTime.
func (t Time) Add(d time.Duration) Time {
	if t == NoTime {
		return t
	}
	return t + Time(d)
}

// Sub gives the time from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// AppendRFC3339 appends the time in UTC with nanoseconds as far as they are not zero; nothing for NoTime.
func (t Time) AppendRFC3339(dst []byte) []byte {
	if t == NoTime {
		return dst
	}
	return t.Std().AppendFormat(dst, time.RFC3339Nano)
}

// String gives RFC 3339 in UTC, or "" for NoTime.
func (t Time) String() string { return string(t.AppendRFC3339(nil)) }

// TimeOf converts a standard time; one outside the years 1678 to 2261 is NoTime.
func TimeOf(t time.Time) Time {
	if y := t.Year(); y < 1678 || y > 2261 {
		return NoTime
	}
	return Time(t.UnixNano())
}

// Direction is the way a frame went on its line, as the capture says it.
type Direction int8

// Forth and Back are the two ways; which end is which is the capture's affair.
const (
	NoDirection Direction = -1
	Forth       Direction = 0
	Back        Direction = 1
)

// String gives "0", "1", or "" where the direction is not known.
func (d Direction) String() string {
	switch d {
	case Forth:
		return "0"
	case Back:
		return "1"
	}
	return ""
}
