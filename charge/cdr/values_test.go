package cdr

import (
	"testing"
	"time"

	"c7mon/wire"
)

func TestDuration(t *testing.T) {
	f := func(unit, text string, want time.Duration) {
		t.Helper()
		u, ok := units[unit]
		if !ok {
			t.Fatal(unit)
		}
		if d, ok := u.read([]byte(text)); !ok || d != want {
			t.Errorf("%s of %s: got %v %v, want %v", text, unit, d, ok, want)
		}
	}
	f("seconds", "0", 0)
	f("seconds", "60", time.Minute)
	f("seconds", "0060.123456789", time.Minute+123456789)
	f("seconds", "1,5", 1500*time.Millisecond)
	f("seconds", "31622400", 366*24*time.Hour)
	f("tenths", "601", 60100*time.Millisecond)
	f("tenths", "1.5", 150*time.Millisecond)
	f("milliseconds", "1500.25", 1500*time.Millisecond+250*time.Microsecond)
	f("minutes", "1.5", 90*time.Second)
	f("minutes", "0.0000000001", 6)
	f("h:m:s", "1:02:03", time.Hour+2*time.Minute+3*time.Second)
	f("h:m:s", "62:03", time.Hour+2*time.Minute+3*time.Second)
	f("h:m:s", "0:00.5", 500*time.Millisecond)
	f("hms", "010203", time.Hour+2*time.Minute+3*time.Second)
	f("hms", "203.25", 2*time.Minute+3250*time.Millisecond)
	f("hms", "1000000", 100*time.Hour)
}

func TestDurationFailure(t *testing.T) {
	f := func(unit, text string) {
		t.Helper()
		if d, ok := units[unit].read([]byte(text)); ok {
			t.Errorf("%s of %s: got %v", text, unit, d)
		}
	}
	for name := range units {
		for _, text := range []string{"", "-1", "+1", "x", "1x", "1.", ".5", "1.5x", "1.2.3", "99999999999999999999", "9223372036854775807"} {
			f(name, text)
		}
	}
	f("seconds", "31622401")
	f("seconds", "1:02")
	f("h:m:s", "3")
	f("h:m:s", "1:60")
	f("h:m:s", "1:2")
	f("h:m:s", "1:02:03:04")
	f("h:m:s", "900000000000000000:00:00")
	f("hms", "6000")
	f("hms", "60")
	f("hms", "9223372036854770000")
}

func TestMoney(t *testing.T) {
	f := func(m moneyField, decimals int, text string, want int64) {
		t.Helper()
		if n, reason := m.read([]byte(text), decimals); n != want || reason != "" {
			t.Errorf("%s: got %d %s, want %d", text, n, reason, want)
		}
	}
	plain, comma := moneyField{decimal: '.'}, moneyField{decimal: ',', group: '.'}
	implied := moneyField{decimal: '.', implied: 3}
	f(plain, 0, "1200", 1200)
	f(plain, 0, "1200.000", 1200)
	f(plain, 2, "1200", 120000)
	f(plain, 2, "0.5", 50)
	f(plain, 2, "-0.07", -7)
	f(plain, 2, "+12.3400", 1234)
	f(plain, 0, "9223372036854775807"[:18], 922337203685477580)
	f(comma, 2, "1.234.567,8", 123456780)
	f(comma, 2, "12,34", 1234)
	f(implied, 2, "0012340", 1234)
	f(implied, 3, "5", 5)
	f(plain, 2, ".5", 50)
	f(plain, 2, "-.07", -7)
	signs := plain
	signs.strip['$'], signs.strip[' '] = true, true
	f(signs, 2, "$1.32", 132)
	f(signs, 2, "-$ 1.32", -132)
	f(signs, 2, "$-1.32 $", -132)
	f(signs, 0, "1 000 000", 1000000)
}

func TestMoneyFailure(t *testing.T) {
	f := func(m moneyField, decimals int, text string, want string) {
		t.Helper()
		if n, reason := m.read([]byte(text), decimals); reason != want {
			t.Errorf("%s: got %d %q, want %q", text, n, reason, want)
		}
	}
	const none, fine, large = "no amount with the marks that the map says", "more decimals than the currency has", "too large"
	plain, comma := moneyField{decimal: '.'}, moneyField{decimal: ',', group: '.'}
	for _, text := range []string{"", "-", "x", "1x", ".", "..5", "$5", "5.", "1.2.3", "1,2", "--1", "1e3", "1 000", "1'000"} {
		f(plain, 2, text, none)
	}
	f(plain, 0, "0.5", fine) // nothing is rounded
	f(plain, 2, "0.005", fine)
	f(plain, 2, "9223372036854775807", large)
	f(plain, 2, "922337203685477580", large)
	f(plain, 0, "99999999999999999999", large)
	f(comma, 2, "1.5", none) // with a decimal point it would be a tenth
	f(comma, 2, "1.2345,00", none)
	f(comma, 2, "1..000", none)
	f(comma, 2, "1.00,5", none)
	f(comma, 2, "1,000.5", none)
	f(moneyField{decimal: '.', implied: 3}, 2, "1234.5", none)
	f(moneyField{decimal: '.', implied: 3}, 2, "12345", fine)
}

// utc reads a time whose layout tells its offset, or one of UTC.
func utc(layout, text string) (wire.Time, bool) {
	l, err := parseLayout(layout)
	if err != nil {
		return wire.NoTime, false
	}
	s, ok := l.read([]byte(text))
	return wire.Time(s.seconds*1e9 + s.nanos), ok
}

func TestLayout(t *testing.T) {
	f := func(layout, text, want string) {
		t.Helper()
		if at, ok := utc(layout, text); !ok || at.String() != want {
			t.Errorf("%q as %q: got %v %v, want %s", text, layout, at, ok, want)
		}
	}
	const iso = "%Y-%m-%d %H:%M:%S"
	f(iso, "2003-10-12 08:00:00", "2003-10-12T08:00:00Z")
	f(iso, "2004-2-29  8:0:60", "2004-02-29T08:01:00Z") // a leap second; a space stands for several
	f(iso, "1969-12-31 23:59:59", "1969-12-31T23:59:59Z")
	f(iso, "2100-03-01 00:00:00", "2100-03-01T00:00:00Z")
	f(iso+".%f", "2003-10-12 08:00:00.123", "2003-10-12T08:00:00.123Z")
	f(iso+".%f", "2003-10-12 08:00:00.123456789", "2003-10-12T08:00:00.123456789Z")
	f(iso+".%f%z", "2003-10-12 08:00:00.5+07:00", "2003-10-12T01:00:00.5Z")
	f(iso+"%z", "2003-10-12 08:00:00-0330", "2003-10-12T11:30:00Z")
	f(iso+" %z", "2003-10-12 08:00:00 Z", "2003-10-12T08:00:00Z")
	f(iso+" %z", "2003-10-12 08:00:00 +07", "2003-10-12T01:00:00Z")
	f("%Y%m%d%H%M%S%f", "200310120800001", "2003-10-12T08:00:00.1Z")
	f("%y%m%d%H%M", "0310120800", "2003-10-12T08:00:00Z")
	f("%y%m%d%H%M", "7001010000", "1970-01-01T00:00:00Z")
	f("%d/%m/%Y %I:%M:%S %p", "12/10/2003 12:00:00 am", "2003-10-12T00:00:00Z")
	f("%d/%m/%Y %I:%M:%S%p", "12/10/2003 12:00:00PM", "2003-10-12T12:00:00Z")
	f("%e-%b-%y %H.%M", " 5-FEB-04 23.59", "2004-02-05T23:59:00Z")
	f("%e%b%Y%H%M", " 5feb20042359", "2004-02-05T23:59:00Z")
	f("%Y%j:%H%M%S", "2004366:235959", "2004-12-31T23:59:59Z")
	f("%Y-%m-%d 100%% %H:%M", "2003-10-12 100% 08:00", "2003-10-12T08:00:00Z")
	f("epoch", "1065920400", "2003-10-12T01:00:00Z")
	f("epoch", "1065920400.25", "2003-10-12T01:00:00.25Z")
	f("epoch_ms", "1065920400250", "2003-10-12T01:00:00.25Z")
	f("epoch_ms", "1065920400250.5", "2003-10-12T01:00:00.2505Z")
}

func TestLayoutFailure(t *testing.T) {
	f := func(layout, text string) {
		t.Helper()
		if _, err := parseLayout(layout); err != nil {
			t.Error(err)
		}
		if at, ok := utc(layout, text); ok {
			t.Errorf("%q as %q: got %v", text, layout, at)
		}
	}
	for _, text := range []string{"", "2003-10-12", "2003-10-12 08:00", "2003-10-12 08:00:00.1", "2003-10-12 08:00:00 ", "2003-13-12 08:00:00",
		"2003-00-12 08:00:00", "2003-02-29 08:00:00", "2003-04-31 08:00:00", "2003-10-00 08:00:00", "2003-10-12 24:00:00",
		"2003-10-12 08:60:00", "2003-10-12 08:00:61", "1899-12-31 23:59:59", "2200-01-01 00:00:00", "203-10-12 08:00:00", "x003-10-12 08:00:00"} {
		f("%Y-%m-%d %H:%M:%S", text)
	}
	f("%y%m%d%H%M", "310120800")
	f("%Y%j%H%M", "20033660000")
	f("%Y%j%H%M", "20030000000")
	f("%d/%m/%Y %I:%M %p", "12/10/2003 13:00 PM")
	f("%d/%m/%Y %I:%M %p", "12/10/2003 0:00 PM")
	f("%d/%m/%Y %I:%M %p", "12/10/2003 1:00 XM")
	f("%e-%b-%y %H:%M", "5-Mai-04 23:59")
	f("%Y-%m-%d %H:%M%z", "2003-10-12 08:00+15:00")
	f("%Y-%m-%d %H:%M%z", "2003-10-12 08:00+7")
	for _, text := range []string{"", "-1", "x", "1.", "1.x", "99999999999999999999", "9223372036854775807"} {
		f("epoch", text)
		f("epoch_ms", text)
	}
}

func TestParseLayoutFailure(t *testing.T) {
	f := func(layout string) {
		t.Helper()
		if _, err := parseLayout(layout); err == nil {
			t.Errorf("%q is a layout", layout)
		}
	}
	for _, layout := range []string{"", "epochs", "%", "%Y-%m-%d", "%Y-%m-%d %H", "%H:%M", "%Y %y %m %d %H %M", "%Y %m %b %d %H %M",
		"%Y %m %j %H %M", "%Y %m %d %e %H %M", "%Y %m %d %I %M", "%Y %m %d %H %p %M", "%Y %m %d %H %I %p %M", "%Y %m %d %H %M %f",
		"%Y %m %d %H %M %S %S", "%Y %H %M %S.%f%m%d", "%Y-%m-%d %H:%M:%s"} {
		f(layout)
	}
}

// TestClock holds the clock against the standard library, asked in any order: around every hour in which the zone changed, and
// between.
func TestClock(t *testing.T) {
	for _, name := range []string{"UTC", "Asia/Ho_Chi_Minh", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := clock{zone: zone}
		for at := time.Date(2003, 1, 1, 0, 0, 0, 0, time.UTC).Unix(); at < time.Date(2012, 1, 5, 0, 0, 0, 0, time.UTC).Unix(); at += 1805 {
			_, offset := time.Unix(at, 0).In(zone).Zone()
			i := c.at(at + int64(offset))
			if i.n < 1 || i.at[0] != at && (i.n != 2 || i.at[1] != at) || i.n == 2 && i.at[0] >= i.at[1] {
				t.Fatalf("%s %v: got %v", name, time.Unix(at, 0).In(zone), i)
			}
			if i.n == 2 { // both are written alike
				a, b := time.Unix(i.at[0], 0).In(zone), time.Unix(i.at[1], 0).In(zone)
				if a.Format(time.DateTime) != b.Format(time.DateTime) {
					t.Fatalf("%s: %v and %v", name, a, b)
				}
			}
		}
	}
}
