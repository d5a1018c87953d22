package monitor

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// A hole is a unit that the tap did not hear: between the units of its direction before and after it that were heard.
type hole struct {
	at, before, after wire.Time
	cic               int
	iam               bool
}

// without takes records out of a sheet and says what is missing then. Only message units count.
func without(t *testing.T, s sheet, gone map[int]bool) (sheet, []hole) {
	t.Helper()
	type lineWay struct {
		link int
		way  byte
	}
	dirty, holes := sheet{link: s.link}, []hole{}
	last, waiting := map[lineWay]wire.Time{}, map[lineWay][]int{}
	for i := range s.records {
		r := &s.records[i]
		u := unitOf(t, r)
		k := lineWay{u.link, u.way}
		if !gone[i] {
			for _, h := range waiting[k] {
				holes[h].after = r.Time
			}
			last[k], waiting[k] = r.Time, nil
			dirty.records = append(dirty.records, *r)
			continue
		}
		if u.su.Kind == mtp.MSUnit {
			waiting[k] = append(waiting[k], len(holes))
			holes = append(holes, hole{r.Time, last[k], 1<<63 - 1, u.cic, u.cic >= 0 && u.typ == 1})
		}
	}
	return dirty, holes
}

// TestLostUnits takes units out of the capture: some, one here and there; bursts, as when a tap is away for a moment; and all
// FISUs, so that a loss shows only with the next message.
func TestLostUnits(t *testing.T) {
	s, want := cleanLinks(t)
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 3))
		gone := map[int]bool{}
		pick := func() int { return 500 + random.IntN(len(s.records)-1000) } // both ends of a direction know where it stands
		what := ""
		switch seed % 3 {
		case 0:
			what = "single units"
			for range 30 {
				gone[pick()] = true
			}
		case 1:
			what = "bursts"
			for range 4 {
				for i, n := pick(), 5+random.IntN(60); n > 0; i, n = i+1, n-1 {
					gone[i] = true
				}
			}
		case 2:
			what = "without FISUs"
			for i := range s.records {
				if unitOf(t, &s.records[i]).su.Kind == mtp.FISU {
					gone[i] = true
				}
			}
			for range 60 {
				gone[pick()] = true
			}
		}
		lossIsTold(t, fmt.Sprintf("%s, seed %d", what, seed), s, gone, want)
	}
}

// lossIsTold takes units out of a capture and holds what has to be of one with holes: the units missing are counted, every call that was up at a hole is
// suspect, no call that was not is, and every call whose messages were all heard has the record that it has without holes.
func lossIsTold(t *testing.T, what string, s sheet, gone map[int]bool, want *played) {
	t.Helper()
	dirty, holes := without(t, s, gone)
	holesAreTold(t, what, play(t, mtp.ITU, dirty.pcap(t)).table(t), want, holes)
}

func holesAreTold(t *testing.T, what string, got, want *played, holes []hole) {
	t.Helper()
	if got.sum.Missed != uint64(len(holes)) {
		t.Errorf("%s: %d units missed, want %d", what, got.sum.Missed, len(holes))
	}
	found := map[string]map[string]string{}
	for _, row := range got.rows {
		found[row["id"]] = row
	}
	for i := range want.calls {
		c, row := &want.calls[i], want.rows[i]
		touched, up, near := false, false, false
		for _, h := range holes {
			on := uint32(h.cic) == c.CIC && h.at >= c.Start && h.at <= c.End
			touched = touched || on
			// Which of two crossing IAMs goes on is told by what the other call of the circuit sends later.
			if strings.Contains(row["flags"], "dual_seizure") && uint32(h.cic) == c.CIC {
				touched = touched || h.at.Sub(c.Start) < 10*time.Minute
			}
			// A loss that shows only when the call is long gone flags nothing.
			up = up || (h.at > c.Start && h.at < c.End || on && !h.iam) && h.after.Sub(c.End) < time.Minute
			near = near || h.after >= c.Start && h.before <= c.End
		}
		mine := found[row["id"]]
		delete(found, row["id"])
		if mine == nil {
			if !touched {
				t.Errorf("%s: call at %s on circuit %s is gone, though all its messages were heard", what, row["start"], row["cic"])
			}
			continue
		}
		suspect := strings.Contains(mine["flags"], "suspect")
		near = near || strings.Contains(mine["flags"], "no_rlc") // it may have been up for long
		if up && !suspect || suspect && !near {
			t.Errorf("%s: call at %s on circuit %s, until %s (touched: %v): suspect is %v\n\t%v", what, row["start"], row["cic"], row["end"], touched, suspect, mine)
		}
		if touched {
			continue
		}
		mine["flags"] = strings.TrimSpace(strings.Replace(mine["flags"], "suspect", "", 1))
		if d := differ(mine, row, place...); d != "" {
			t.Errorf("%s: call at %s on circuit %s, all of whose messages were heard: %s", what, row["start"], row["cic"], d)
		}
	}
	for _, row := range found {
		if !strings.Contains(row["flags"], "partial") || !slices.ContainsFunc(holes, func(h hole) bool { return fmt.Sprint(h.cic) == row["cic"] && h.iam }) {
			t.Errorf("%s: a call too many: %v", what, row)
		}
	}
}

// TestLostPackets drops packets of M3UA: what is missing is counted, and every call of which something is missing is suspect.
func TestLostPackets(t *testing.T) {
	list := bundles(t, links(t), 1)
	want := play(t, mtp.ITU, asMTP3(list).pcap(t)).table(t)
	for seed := range uint64(10) {
		random := rand.New(rand.NewPCG(seed, 5))
		w := &ipWriter{out: sheet{link: capture.LinkEthernet}}
		var holes []hole
		last, waiting := [8]wire.Time{}, [8][]int{}
		for i, b := range list {
			chunk := w.data(b.line, 3, m3uaData(&b.msus[0]))
			if i > 100 && i < len(list)-100 && random.IntN(100) == 0 {
				data := b.msus[0].Data
				waiting[b.line] = append(waiting[b.line], len(holes))
				holes = append(holes, hole{b.at, last[b.line], 1<<63 - 1, int(binary.LittleEndian.Uint16(data) & 0xfff), data[2] == 1})
				continue
			}
			for _, h := range waiting[b.line] {
				holes[h].after = b.at
			}
			last[b.line], waiting[b.line] = b.at, nil
			w.packet(b.at, b.line, chunk)
		}
		got := play(t, mtp.ITU, w.out.pcap(t)).table(t)
		holesAreTold(t, fmt.Sprintf("seed %d", seed), got, want, holes)
	}
}
