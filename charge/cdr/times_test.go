package cdr

import (
	"strings"
	"testing"
)

// TestDerived holds what follows from what is told, and what does not.
func TestDerived(t *testing.T) {
	f := func(columns, row, want string) {
		t.Helper()
		m := parse(t, "format: csv\nheader: no\nzone: UTC\nlayout: \"%Y%m%d%H%M%S\"\ncolumns:\n  called: 1\n"+columns)
		got := readAll(t, m, "1,"+row+"\n")
		got = strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(got, "1:  > 1 "), "\n"), "2003-10-12T", "")
		if got != want {
			t.Errorf("%s of\n%s\ngot  %s\nwant %s", row, columns, got, want)
		}
	}
	const s, a, e = "20031012080000", "20031012080007", "20031012080107"
	const all = "  start: 2\n  answer: 3\n  end: 4\n  duration: 5\n"
	f(all, s+","+a+","+e+",60", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f(all, s+","+a+","+e+",", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f(all, s+","+a+",,60", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f(all, s+",,"+e+",60", "start 08:00:00Z end 08:01:07Z duration 1m0s answered 1") // no answer is made up
	f(all, s+",,,60", "start 08:00:00Z duration 1m0s answered 1")
	f(all, s+",,"+e+",0", "start 08:00:00Z end 08:01:07Z duration 0s answered 0")
	f(all, s+",,"+e+",", "start 08:00:00Z end 08:01:07Z answered 0")
	f(all, s+","+a+",,", "start 08:00:00Z answer 08:00:07Z answered 1")
	f(all, s+","+a+","+e+",0", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 0s answered 1") // as it is told
	f(all, ","+a+",,60", "answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f(all, ",,,60", "bad f:1: it has no time: rows that are no calls, or of calls that were not answered, can be left out with only and except")
	f("  start: 2\n  end: 3\n", s+","+e, "start 08:00:00Z end 08:01:07Z")
	f("  start: 2\n  duration: 3\n", s+",0", "start 08:00:00Z duration 0s answered 0")

	f("  start: 2\n  answer: 3\n  duration: {column: 4, from: start}\n", s+","+a+",67", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f("  start: 2\n  answer: 3\n  duration: {column: 4, from: start}\n", s+",,67", "start 08:00:00Z end 08:01:07Z answered 0")
	f("  start: 2\n  duration: {column: 3, from: start}\n", s+",67", "start 08:00:00Z end 08:01:07Z") // ringing counts too

	const flag = "  start: 2\n  answer: 3\n  duration: 4\n  answered: {column: 5, "
	f(flag+"\"no\": [17]}\n", s+","+a+",60,17", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 0")
	f(flag+"\"no\": [17]}\n", s+","+a+",60,16", "start 08:00:00Z answer 08:00:07Z end 08:01:07Z duration 1m0s answered 1")
	f(flag+"\"yes\": [A]}\n", s+",,,A", "start 08:00:00Z answered 1")
	f(flag+"\"yes\": [A]}\n", s+",,,B", "start 08:00:00Z answered 0")
	f(flag+"\"yes\": [A], \"no\": [N]}\n", s+",,,", "start 08:00:00Z answered 0")
	f(flag+"\"yes\": [A], \"no\": [N]}\n", s+",,,B", `bad f:1: answered: column 5: "B": neither under yes nor under no`)

	// Times that contradict each other by more than a second.
	f(all, s+",20031012075959,,", "start 08:00:00Z answer 07:59:59Z answered 1")
	f(all, s+",20031012075958,,", `bad f:1: answer: column 3: "20031012075958": the answer is before the start`)
	f(all, s+","+a+",20031012080005,", `bad f:1: end: column 4: "20031012080005": the end is before the answer`)
	f(all, s+",,20031012075900,", `bad f:1: end: column 4: "20031012075900": the end is before the start`)
	f("  start: 2\n  answer: 3\n  duration: {column: 4, from: start}\n", s+","+a+",1", `bad f:1: duration: column 4: "1": the end is before the answer`)
}

// TestSharedDate holds that a time behind midnight has the date of the next day where all have the date of the start.
func TestSharedDate(t *testing.T) {
	f := func(row, want string) {
		t.Helper()
		m := parse(t, "format: csv\nheader: no\nzone: UTC\nlayout: \"%d/%m/%Y %H:%M:%S\"\ncolumns: {called: 1, start: {columns: [2, 3]}, "+
			"answer: {columns: [2, 4]}, end: {columns: [5, 6]}}")
		if got := readAll(t, m, "1,"+row+"\n"); got != want+"\n" {
			t.Errorf("%s\ngot  %swant %s", row, got, want)
		}
	}
	f("31/12/2003,23:59:58,00:00:03,1/1/2004,00:00:09", "1:  > 1 start 2003-12-31T23:59:58Z answer 2004-01-01T00:00:03Z end 2004-01-01T00:00:09Z duration 6s answered 1")
	f("31/12/2003,08:00:00,08:00:03,31/12/2003,08:00:09", "1:  > 1 start 2003-12-31T08:00:00Z answer 2003-12-31T08:00:03Z end 2003-12-31T08:00:09Z duration 6s answered 1")
	f("31/12/2003,08:00:00,,31/12/2003,", "1:  > 1 start 2003-12-31T08:00:00Z answered 0")
	f("31/12/2003,08:00:00,07:59:57,,", `bad f:1: answer: column 2 and 4: "31/12/2003 07:59:57": the answer is before the start`)
	f("31/12/2003,23:59:58,,31/12/2003,00:00:09", `bad f:1: end: column 5 and 6: "31/12/2003 00:00:09": the end is before the start`)
}

// TestSummerTime holds which of two moments a local time is in the hour that the clock repeats: in Berlin, 2003-10-26 02:00 to 03:00
// is there at +02:00 and then at +01:00.
func TestSummerTime(t *testing.T) {
	f := func(row, want string) {
		t.Helper()
		m := parse(t, "format: csv\nheader: no\nzone: Europe/Berlin\nlayout: \"%Y-%m-%d %H:%M:%S\"\n"+
			"columns: {called: 1, start: 2, answer: 3, end: 4, duration: 5}")
		got := strings.ReplaceAll(readAll(t, m, "1,"+row+"\n"), "2003-10-26T", "")
		if got != want+"\n" {
			t.Errorf("%s\ngot  %swant %s", row, got, want)
		}
	}
	const day = "2003-10-26 "
	f(day+"01:59:59,,,", "1:  > 1 start 2003-10-25T23:59:59Z answered 0")
	f(day+"02:30:00,,,", "1:  > 1 start 00:30:00Z other [1h0m0s 0s 0s] answered 0") // the first, or the second
	f(day+"02:30:00,"+day+"02:30:05,,60", "1:  > 1 start 00:30:00Z answer 00:30:05Z end 00:31:05Z other [1h0m0s 1h0m0s 1h0m0s] duration 1m0s answered 1")
	f(day+"02:30:00,"+day+"02:30:05,"+day+"02:31:05,", "1:  > 1 start 00:30:00Z answer 00:30:05Z end 00:31:05Z other [1h0m0s 1h0m0s 1h0m0s] duration 1m0s answered 1")
	// Nothing tells that a call took more than an hour, so that it is the shorter one.
	f(day+"02:30:00,"+day+"02:30:05,"+day+"03:01:05,", "1:  > 1 start 01:30:00Z answer 01:30:05Z end 02:01:05Z other [-1h0m0s -1h0m0s 0s] duration 31m0s answered 1")
	f(day+"02:30:00,"+day+"02:30:05,"+day+"03:01:05,5460", "1:  > 1 start 00:30:00Z answer 00:30:05Z end 02:01:05Z duration 1h31m0s answered 1")
	f(day+"02:30:00,"+day+"02:30:05,"+day+"03:01:05,1860", "1:  > 1 start 01:30:00Z answer 01:30:05Z end 02:01:05Z duration 31m0s answered 1")
	f(day+"03:00:00,,,", "1:  > 1 start 02:00:00Z answered 0")
	f(day+"02:59:00,"+day+"02:59:10,"+day+"02:00:10,60", "1:  > 1 start 00:59:00Z answer 00:59:10Z end 01:00:10Z duration 1m0s answered 1")
	f(day+"02:59:00,"+day+"02:00:10,"+day+"02:01:10,60", "1:  > 1 start 00:59:00Z answer 01:00:10Z end 01:01:10Z duration 1m0s answered 1")
	f(day+"02:59:00,"+day+"02:59:50,"+day+"03:00:50,60", "1:  > 1 start 01:59:00Z answer 01:59:50Z end 02:00:50Z duration 1m0s answered 1")
	f(day+"01:59:00,"+day+"02:00:00,"+day+"02:01:00,3660", "1:  > 1 start 2003-10-25T23:59:00Z answer 00:00:00Z end 01:01:00Z duration 1h1m0s answered 1")
	f("2003-03-30 02:30:00,,,", `bad f:1: start: column 2: "2003-03-30 02:30:00": there was no such time: the clock was put forward over it`)
	f("2003-03-30 01:59:59,2003-03-30 03:00:01,2003-03-30 03:00:02,", "1:  > 1 start 2003-03-30T00:59:59Z answer 2003-03-30T01:00:01Z end 2003-03-30T01:00:02Z duration 1s answered 1")
}
