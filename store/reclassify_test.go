package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"c7mon/correlate"
)

// byCircuit names calls by their circuit, some as they are named already.
func byCircuit(r *Row) (service, trunkGroup string) {
	switch r.CIC % 4 {
	case 0:
		return "VOIP", r.TrunkGroup
	case 1:
		return r.Service, "HN-2"
	case 2:
		return "", ""
	}
	return r.Service, r.TrunkGroup
}

func TestReclassify(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		s := open(t, url, Write)
		var calls []correlate.Call
		for i := range uint32(40) {
			c := full()
			c.CIC, c.Start = i, at("08:00:00").Add(day*time.Duration(i%3)).Add(time.Duration(i)*time.Second)
			if i%5 == 0 {
				c = answered(c.Start, i)
			} else {
				c.Flags &^= correlate.Partial
			}
			if i == 13 {
				c.Flags |= correlate.Partial
				c.Service, c.TrunkGroup = "", ""
			}
			calls = append(calls, c)
		}
		put(t, s, 40, 0, calls...)
		was := read(t, s, Filter{})
		f := func(filter Filter, want ReclassResult) {
			t.Helper()
			var before *Row
			r, err := s.Reclassify(context.Background(), filter, func(r *Row) (string, string) {
				if r.CIC == 13 || before != nil && r.Start < before.Start {
					t.Errorf("circuit %d is shown", r.CIC)
				}
				row := *r
				before = &row
				return byCircuit(r)
			})
			if err != nil || r != want {
				t.Errorf("%+v: %+v %v, want %+v", filter, r, err, want)
			}
		}
		f(Filter{Service: "none"}, ReclassResult{})
		f(Filter{From: at("00:00:00"), To: at("23:59:59")}, ReclassResult{14, 10})
		f(Filter{}, ReclassResult{40, 19})
		f(Filter{}, ReclassResult{Seen: 40})
		for i, r := range read(t, s, Filter{}) {
			want := was[i]
			if want.CIC != 13 {
				want.Service, want.TrunkGroup = byCircuit(&want)
			}
			if !same(r.Call, want.Call) || r.ID != want.ID {
				t.Errorf("got  %+v\nwant %+v", r, want)
			}
		}
		// A partial call that has been named loses its names.
		run(t, s, "UPDATE calls SET service = 'IDD', trunk_group = 'HN-1' WHERE cic = 13")
		f(Filter{}, ReclassResult{40, 1})
		cic := uint32(13)
		if r := read(t, s, Filter{CIC: &cic})[0]; r.Service != "" || r.TrunkGroup != "" {
			t.Errorf("the partial call has service %q and trunk group %q", r.Service, r.TrunkGroup)
		}
	})
}

// TestReclassifyBreaksOff has the second batch fail: the first is in, whole, and a second run does the rest.
func TestReclassifyBreaksOff(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s := open(t, url, Write)
		const n = reclassBatch + 5000
		calls := traffic(n)
		for i := range calls {
			calls[i].Start = at("08:00:00").Add(time.Duration(i) * time.Second)
		}
		calls[n-10].CIC = 666666
		put(t, s, n, 0, calls...)
		voip := func(*Row) (string, string) { return "VOIP", "HN-1" }
		if _, lite := s.(*sqlite); lite {
			run(t, s, "CREATE TRIGGER refuse BEFORE UPDATE ON calls WHEN new.cic = 666666 BEGIN SELECT RAISE(ABORT, 'no'); END")
		} else {
			run(t, s, "ALTER TABLE calls ADD CONSTRAINT no CHECK (cic <> 666666 OR service <> 'VOIP')")
		}
		check := func(changed int64) {
			t.Helper()
			if got := number(t, s, "SELECT count(*) FROM calls WHERE service = 'VOIP'"); got != changed {
				t.Errorf("%d calls are changed, want %d", got, changed)
			}
			if got := number(t, s, "SELECT count(*) FROM calls WHERE service = 'IDD' AND trunk_group = 'HN-1'"); got != n-changed {
				t.Errorf("%d calls are as they were, want %d", got, n-changed)
			}
		}
		r, err := s.Reclassify(ctx, Filter{}, voip)
		if err == nil || r != (ReclassResult{n, reclassBatch}) {
			t.Errorf("%+v %v", r, err)
		}
		check(reclassBatch)
		if _, lite := s.(*sqlite); lite {
			run(t, s, "DROP TRIGGER refuse")
		} else {
			run(t, s, "ALTER TABLE calls DROP CONSTRAINT no")
		}
		stopped, cancel := context.WithCancel(ctx)
		r, err = s.Reclassify(stopped, Filter{}, func(r *Row) (string, string) {
			if r.CIC == 666666 {
				cancel()
			}
			return voip(r)
		})
		if !errors.Is(err, context.Canceled) || r.Changed != 0 {
			t.Errorf("with a context that ended: %+v %v", r, err)
		}
		check(reclassBatch)
		if r, err = s.Reclassify(ctx, Filter{}, voip); err != nil || r != (ReclassResult{n, 5000}) {
			t.Errorf("%+v %v", r, err)
		}
		check(n)
	})
}

// TestReclassifyMeanwhile has a call replaced between the reading and the renaming: it keeps the names of its new copy.
func TestReclassifyMeanwhile(t *testing.T) {
	both(t, func(t *testing.T, url string) {
		ctx := context.Background()
		s, other := open(t, url, Write), open(t, url, Write)
		a, b := answered(at("08:00:00"), 1), answered(at("08:00:01"), 2)
		put(t, s, 2, 0, a, b)
		r, err := s.Reclassify(ctx, Filter{}, func(r *Row) (string, string) {
			if r.CIC == 1 {
				a.Messages++
				a.Service = "MOBILE"
				put(t, other, 1, 0, a)
			}
			return "VOIP", "HN-2"
		})
		if err != nil || r != (ReclassResult{2, 1}) {
			t.Errorf("%+v %v", r, err)
		}
		rows := read(t, s, Filter{})
		if rows[0].Service != "MOBILE" || rows[0].TrunkGroup != "HN-1" || rows[1].Service != "VOIP" || rows[1].TrunkGroup != "HN-2" {
			t.Errorf("%s %s and %s %s", rows[0].Service, rows[0].TrunkGroup, rows[1].Service, rows[1].TrunkGroup)
		}
	})
}
