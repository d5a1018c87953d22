package monitor

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/mtp"
)

// timed are the columns that a change of times changes.
var timed = append(slices.Clone(place), "id", "start", "acm", "alerting", "answer", "release", "release_complete", "end", "setup_ms", "ring_ms",
	"talk_ms", "suspended_ms")

// TestClockSet sets the clock of the tap at some frame: forward, as it is after a silence too, and back. All calls are as
// they were, but for the times. A step back of less than a second cannot be told from frames out of order.
func TestClockSet(t *testing.T) {
	s, want := cleanLinks(t)
	slices.SortStableFunc(want.rows, byFrame)
	random := rand.New(rand.NewPCG(1, 20))
	for _, step := range []time.Duration{time.Second, 20 * time.Minute, 5 * time.Hour, 23 * time.Hour, -3 * time.Second,
		-20 * time.Second, -time.Minute, -time.Hour, -100 * time.Hour} {
		for range 8 {
			dirty := sheet{s.link, slices.Clone(s.records)}
			from := random.IntN(len(s.records))
			for i := from; i < len(s.records); i++ {
				dirty.records[i].Time = dirty.records[i].Time.Add(step)
			}
			what := fmt.Sprintf("%v from frame %d on", step, from+1)
			got := play(t, mtp.ITU, dirty.pcap(t)).table(t)
			slices.SortStableFunc(got.rows, byFrame)
			same(t, what, got, want, timed...)
			got.duplicates(t, what, 0)
			for _, row := range got.rows {
				if d := row["setup_ms"] + row["ring_ms"] + row["talk_ms"] + row["suspended_ms"]; strings.Contains(d, "-") {
					t.Errorf("%s: a duration below zero: %v", what, row)
				}
			}
		}
	}
}

// byFrame puts calls in the order of the file.
func byFrame(a, b map[string]string) int {
	if d := len(a["first_frame"]) - len(b["first_frame"]); d != 0 {
		return d
	}
	return strings.Compare(a["first_frame"], b["first_frame"])
}

// TestEarlyEnd ends the capture earlier and earlier. Calls that had ended are as they are; those that were up stand as far as
// they had come.
func TestEarlyEnd(t *testing.T) {
	s, want := cleanLinks(t)
	random := rand.New(rand.NewPCG(1, 21))
	for range 40 {
		cut := random.IntN(len(s.records)-100) + 50
		for s.records[cut].Time == s.records[cut-1].Time {
			cut++
		}
		last := s.records[cut-1].Time
		got := play(t, mtp.ITU, sheet{s.link, s.records[:cut]}.pcap(t)).table(t)
		what := fmt.Sprintf("%d frames", cut)
		found := map[string]map[string]string{}
		for _, row := range got.rows {
			found[row["id"]] = row
		}
		open := 0
		for i := range want.calls {
			c, row := &want.calls[i], want.rows[i]
			mine := found[row["id"]]
			switch {
			case c.Start > last:
				continue
			case c.End <= last:
				if d := differ(mine, row); d != "" {
					t.Errorf("%s: call at %s on circuit %s: %s", what, row["start"], row["cic"], d)
				}
				continue
			}
			outcome, reason := "open", "capture_end"
			if c.Answer.Known() && c.Answer <= last {
				outcome = "answered"
			}
			if c.Release.Known() && c.Release <= last {
				outcome, reason = row["outcome"], "release"
			} else {
				open++
			}
			if mine["outcome"] != outcome || mine["end_reason"] != reason || mine["called"] != row["called"] && mine["flags"] == "" {
				t.Errorf("%s: call at %s on circuit %s was up: %v", what, row["start"], row["cic"], mine)
			}
		}
		if got.sum.Open != uint64(open) {
			t.Errorf("%s: %d calls are open, want %d", what, got.sum.Open, open)
		}
	}
}

// TestTwoTapsWithHoles lets two taps hear the links, each of which misses some units. What one of them heard is known.
func TestTwoTapsWithHoles(t *testing.T) {
	s, want := cleanLinks(t)
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 22))
		both := sheet{link: s.link}
		for i := range s.records {
			r := s.records[i]
			u := unitOf(t, &r)
			tap := random.IntN(60)
			if tap != 0 || u.su.Kind != mtp.MSUnit {
				both.records = append(both.records, r)
			}
			if tap != 1 || u.su.Kind != mtp.MSUnit {
				r.Data = slices.Clone(r.Data)
				r.Data[2] += 4
				both.records = append(both.records, r)
			}
		}
		got := play(t, mtp.ITU, both.pcap(t)).table(t)
		for _, row := range got.rows {
			row["flags"] = strings.TrimSpace(strings.Replace(row["flags"], "suspect", "", 1))
		}
		same(t, fmt.Sprint("seed ", seed), got, want, place...)
	}
}
