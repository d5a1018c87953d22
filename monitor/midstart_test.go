package monitor

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// TestMidStart begins the capture later and later. A call whose IAM was before that is partial, or was never heard of; all
// others are as they are.
func TestMidStart(t *testing.T) {
	s, want := cleanLinks(t)
	random := rand.New(rand.NewPCG(1, 4))
	for range 40 {
		cut := random.IntN(len(s.records) - 100)
		from := s.records[cut].Time
		for cut > 0 && s.records[cut-1].Time == from {
			cut--
		}
		got := play(t, mtp.ITU, sheet{s.link, s.records[cut:]}.pcap(t)).table(t)
		what := fmt.Sprintf("from frame %d", cut+1)
		if got.sum.Missed != 0 {
			t.Errorf("%s: %d units missed", what, got.sum.Missed)
		}
		found := map[string]map[string]string{}
		for _, row := range got.rows {
			found[row["id"]] = row
		}
		partial := 0
		for i := range want.calls {
			c, row := &want.calls[i], want.rows[i]
			if c.Start < from {
				if openedAgain(t, s.records[cut:], c.CIC, c.End) {
					partial++
				}
				continue
			}
			if d := differ(found[row["id"]], row, place...); d != "" {
				t.Errorf("%s: call at %s on circuit %s: %s", what, row["start"], row["cic"], d)
			}
			delete(found, row["id"])
		}
		for _, row := range found {
			if !strings.HasPrefix(row["flags"], "partial") || row["called"] != "" || row["service"] != "" {
				t.Errorf("%s: a call too many: %v", what, row)
			}
		}
		if len(found) != partial {
			t.Errorf("%s: %d partial calls, want %d", what, len(found), partial)
		}
	}
}

// openedAgain reports whether records up to the end of a call have a message that opens a partial one.
func openedAgain(t *testing.T, records []capture.Record, cic uint32, end wire.Time) bool {
	for i := range records {
		r := &records[i]
		if r.Time > end {
			return false
		}
		if u := unitOf(t, r); uint32(u.cic) == cic && u.cic >= 0 {
			switch u.typ {
			case 6, 7, 9, 0x0c, 0x2c:
				return true
			case 0x10, 0x12, 0x17:
				return false
			}
		}
	}
	return false
}
