package reports

import (
	"errors"
	"testing"
	"time"

	"c7mon/wire"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestPeriodFlags(t *testing.T) {
	newest := func() (wire.Time, error) {
		// 00:30 of the 19th in Viet Nam, still the 18th in UTC
		return wire.TimeOf(time.Date(2003, 10, 18, 17, 30, 0, 0, time.UTC)), nil
	}
	f := func(from, to, week, zoneName, want string) {
		t.Helper()
		p, err := PeriodFlags{from, to, week}.Period(zone(t, zoneName), newest)
		if got := p.From.String() + " " + p.To.String(); err != nil || got != want {
			t.Errorf("%q %q %q: %s, %v; want %s", from, to, week, got, err, want)
		}
	}
	const vn = "Asia/Ho_Chi_Minh"
	f("2003-10-12", "2003-10-18", "", vn, "2003-10-12 2003-10-18")
	f("2003-10-12", "2003-10-12", "", vn, "2003-10-12 2003-10-12")
	f("", "", "2003-10-12", vn, "2003-10-12 2003-10-18")
	f("", "", "2003-W42", vn, "2003-10-13 2003-10-19")
	f("", "", "2003-w42", vn, "2003-10-13 2003-10-19")
	f("", "", "2004-W01", vn, "2003-12-29 2004-01-04")
	f("", "", "2004-W53", vn, "2004-12-27 2005-01-02")
	f("", "", "2010-W01", vn, "2010-01-04 2010-01-10")
	f("", "", "", vn, "2003-10-12 2003-10-18")
	f("", "", "", "UTC", "2003-10-11 2003-10-17")
	f("1969-12-31", "1970-01-01", "", vn, "1969-12-31 1970-01-01")
	f("", "", "2004-02-26", vn, "2004-02-26 2004-03-03")
}

func TestPeriodFlagsErrors(t *testing.T) {
	f := func(from, to, week, want string) {
		t.Helper()
		_, err := PeriodFlags{from, to, week}.Period(time.UTC, func() (wire.Time, error) { return wire.NoTime, nil })
		if err == nil || err.Error() != want {
			t.Errorf("%q %q %q:\n got %v\nwant %s", from, to, week, err, want)
		}
	}
	f("2003-10-12", "", "", "--from and --to go together: give both, or --week")
	f("", "2003-10-12", "", "--from and --to go together: give both, or --week")
	f("2003-10-12", "2003-10-18", "2003-W42", "--week goes without --from and --to: give one or the other")
	f("2003-10-18", "2003-10-12", "", "--to 2003-10-12 is before --from 2003-10-18: exchange them")
	f("2003-13-12", "2003-10-18", "", `--from "2003-13-12": a day such as 2003-10-12 is needed`)
	f("2003-10-12", "2003-02-29", "", `--to "2003-02-29": a day such as 2003-10-12 is needed`)
	f("2003-10-12T00:00:00Z", "2003-10-18", "", `--from "2003-10-12T00:00:00Z": a day such as 2003-10-12 is needed`)
	f("0001-01-01", "2003-10-18", "", `--from "0001-01-01": a day of the years 1680 to 2260 is needed`)
	f("", "", "W42", `--week "W42": its first day such as 2003-10-12, or an ISO week such as 2003-W42 is needed`)
	f("", "", "2003-W53", `--week "2003-W53": year 2003 has no such week`)
	f("", "", "2003-W00", `--week "2003-W00": year 2003 has no such week`)
	f("", "", "2003-W99", `--week "2003-W99": year 2003 has no such week`)
	f("", "", "2003xW42", `--week "2003xW42": an ISO week such as 2003-W42 is needed`)
	f("", "", "", "no calls are stored: c7mon replay FILE stores those of a capture")
	away := errors.New("the database is away")
	if _, err := (PeriodFlags{}).Period(time.UTC, func() (wire.Time, error) { return 0, away }); !errors.Is(err, away) {
		t.Error(err)
	}
}

// TestDayStart goes through days that start at another time than midnight, or twice.
func TestDayStart(t *testing.T) {
	f := func(zoneName, day, want string, hours float64) {
		t.Helper()
		z := zone(t, zoneName)
		d, err := ParseDay(day)
		if err != nil {
			t.Fatal(err)
		}
		from, to := Period{d, d, z}.Bounds()
		if got := from.Std().In(z).Format(time.RFC3339); got != want || to.Sub(from).Hours() != hours {
			t.Errorf("%s %s starts %s and has %v hours, want %s and %v", zoneName, day, got, to.Sub(from).Hours(), want, hours)
		}
	}
	f("Asia/Ho_Chi_Minh", "2003-10-12", "2003-10-12T00:00:00+07:00", 24)
	f("Europe/Berlin", "2003-03-30", "2003-03-30T00:00:00+01:00", 23)
	f("Europe/Berlin", "2003-10-26", "2003-10-26T00:00:00+02:00", 25)
	f("Europe/Berlin", "2003-10-27", "2003-10-27T00:00:00+01:00", 24)
	f("America/Sao_Paulo", "2003-10-19", "2003-10-19T01:00:00-02:00", 23) // 00:00 was 01:00
	f("America/Sao_Paulo", "2003-10-18", "2003-10-18T00:00:00-03:00", 24)
	f("America/Sao_Paulo", "2003-02-15", "2003-02-15T00:00:00-02:00", 25) // 24:00 was 23:00
	f("America/Sao_Paulo", "2003-02-16", "2003-02-16T00:00:00-03:00", 24)
	f("America/Havana", "2003-10-26", "2003-10-26T00:00:00-04:00", 25) // 01:00 was 00:00: midnight came twice
	f("Australia/Lord_Howe", "2003-10-26", "2003-10-26T00:00:00+10:30", 23.5)
	f("Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00", 0) // there was no such day
}

func TestTitles(t *testing.T) {
	f := func(lang Lang, from, to, service string, all bool, want string) {
		t.Helper()
		a, err1 := ParseDay(from)
		b, err2 := ParseDay(to)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		in := CausesInput{Period: Period{a, b, time.UTC}, Select: Selection{Service: service}, All: all, Style: Style{Lang: lang}}
		if got := Causes(in).Title; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	const vi, en = Vietnamese, English
	f(vi, "2003-10-12", "2003-10-18", "IDD", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG DỊCH VỤ IDD từ 12 đến 18/10/2003")
	f(vi, "2003-10-12", "2003-10-18", "VOIP", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG DỊCH VỤ VOIP từ 12 đến 18/10/2003")
	f(vi, "2003-10-12", "2003-10-18", "", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG từ 12 đến 18/10/2003")
	f(vi, "2003-09-28", "2003-10-04", "IDD", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG DỊCH VỤ IDD từ 28/09 đến 04/10/2003")
	f(vi, "2003-12-29", "2004-01-04", "IDD", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG DỊCH VỤ IDD từ 29/12/2003 đến 04/01/2004")
	f(vi, "2003-10-12", "2004-10-12", "", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG từ 12/10/2003 đến 12/10/2004")
	f(vi, "2003-10-05", "2003-10-05", "IDD", false, "CÁC NGUYÊN NHÂN KHÔNG THÀNH CÔNG DỊCH VỤ IDD ngày 05/10/2003")
	f(vi, "2003-10-12", "2003-10-18", "IDD", true, "CÁC NGUYÊN NHÂN KẾT THÚC CUỘC GỌI DỊCH VỤ IDD từ 12 đến 18/10/2003")
	f(en, "2003-10-12", "2003-10-18", "IDD", false, "CAUSES OF UNSUCCESSFUL CALLS, IDD SERVICE, 12 to 18 October 2003")
	f(en, "2003-09-28", "2003-10-04", "", false, "CAUSES OF UNSUCCESSFUL CALLS, 28 September to 4 October 2003")
	f(en, "2003-12-29", "2004-01-04", "", true, "CAUSES OF ALL CALLS, 29 December 2003 to 4 January 2004")
	f(en, "2003-10-05", "2003-10-05", "", false, "CAUSES OF UNSUCCESSFUL CALLS, 5 October 2003")
}

func TestZoneName(t *testing.T) {
	f := func(z *time.Location, want string) {
		t.Helper()
		if got := (Period{From: dayOf(2003, 10, 12), Zone: z}).zoneName(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	f(time.UTC, "UTC")
	f(zone(t, "Asia/Ho_Chi_Minh"), "Asia/Ho_Chi_Minh")
	f(time.FixedZone("", 7*3600), "+07:00")
	f(time.FixedZone("Local", -150*60), "-02:30")
}
