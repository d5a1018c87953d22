package pseudowire

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"c7mon/wire"
)

// A tape writes down what a window gives.
type tape struct {
	out     []string
	numbers []uint16
	lost    int64
	again   int
}

func (r *tape) packet(h *held) {
	r.out = append(r.out, fmt.Sprint(h.sequence))
	r.numbers = append(r.numbers, h.sequence)
	if len(h.data) != 2 || uint16(h.data[0])<<8|uint16(h.data[1]) != h.sequence {
		r.out = append(r.out, "with the octets of another")
	}
}

func (r *tape) missing(_ wire.Time, n int64) {
	r.out = append(r.out, fmt.Sprintf("-%d", n))
	r.lost += n
}

func (r *tape) restarted(_ wire.Time, passed int64) {
	r.out = append(r.out, "anew")
	r.again++
}

const ms wire.Time = 1_000_000

func put(w *window, t wire.Time, n uint16) verdict {
	return w.put(t, n, 0, []byte{byte(n >> 8), byte(n)})
}

// TestWindow gives packets of 1 ms that come 1 ms apart to a window of 4.
func TestWindow(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		r := &tape{}
		w := newWindow(4, r)
		w.period = ms
		at, verdicts := wire.Time(0), ""
		for _, word := range strings.Fields(in) {
			var n int
			if _, err := fmt.Sscanf(word, "+%d", &n); err == nil {
				at += wire.Time(n) * ms
				continue
			}
			fmt.Sscan(word, &n)
			at += ms
			verdicts += string("tdlsa"[put(w, at, uint16(n))])
		}
		w.idle(at + 10_000*ms)
		w.tell(at)
		if got := verdicts + ": " + strings.Join(r.out, " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
	f("1 2 3", "ttt: 1 2 3")
	f("65534 65535 0 1", "tttt: 65534 65535 0 1")
	f("1 3 2 4", "tttt: 1 2 3 4")
	f("1 4 3 2 5", "ttttt: 1 2 3 4 5")
	f("65535 1 0 2", "tttt: 65535 0 1 2")
	f("1 3 4 5 6 7", "tttttt: 1 -1 3 4 5 6 7")
	f("1 3", "tt: 1 -1 3")                           // nothing comes any more
	f("1 2 2 3 3 3", "ttdtdd: 1 2 3")                // twice
	f("1 3 3 2", "ttdt: 1 2 3")                      // twice while it waits
	f("1 3 4 5 6 2 7", "tttttlt: 1 -1 3 4 5 6 7")    // too late
	f("1 3 4 5 6 2 3 7", "tttttldt: 1 -1 3 4 5 6 7") // too late, and twice
	f("1 9 10", "ttt: 1 -7 9 10")                    // several lost at once
	f("1 3 9 10", "tttt: 1 -1 3 -5 9 10")            // in two places
	f("1 +100 102 103", "ttt: 1 -100 102 103")       // for a while
	f("1 +65636 102 103", "ttt: 1 -65636 102 103")   // so long that the numbers went round
	f("1 +131172 102", "tt: 1 -131172 102")          // twice
	f("1 +65533 65535 0", "ttt: 1 -65533 65535 0")   // so long that the number seems one of the past
	f("1 2 30000 3 4", "ttstt: 1 2 3 4")             // a number of no place
	f("1 2 30000 3 40000 4", "ttstst: 1 2 3 4")      // two of them
	f("1 2 30000 30001 30002", "ttsat: 1 2 anew 30000 30001 30002")
	f("1 2 4 30000 30001 5", "tttsas: 1 2 -1 4 anew 30000 30001")
	f("2000 2001 1 2 3", "ttsat: 2000 2001 anew 1 2 3") // more than is remembered behind
}

// TestWindow_Chance holds the counts against those of what was done to the packets: none is invented, given twice or out of
// order, and what is lost is what never came or came too late.
func TestWindow_Chance(t *testing.T) {
	for seed := range uint64(200) {
		c := rand.New(rand.NewPCG(seed, 1))
		size := 1 + c.IntN(40)
		r := &tape{}
		w := newWindow(size, r)
		w.period = ms
		type sent struct {
			n  int
			at wire.Time
		}
		var way []sent
		first, came, doubles := c.IntN(1<<16), 0, 0
		for n := range 3000 {
			at := wire.Time(n) * ms
			if n > 0 && c.IntN(20) == 0 {
				continue
			}
			if n > 0 {
				at += wire.Time(c.IntN(size)) * ms
			}
			way = append(way, sent{n, at})
			came++
			if n > 0 && c.IntN(30) == 0 {
				way = append(way, sent{n, at + wire.Time(c.IntN(500))*ms})
				doubles++
			}
		}
		slices.SortStableFunc(way, func(a, b sent) int { return int(a.at - b.at) })
		var fates [anew + 1]int
		for _, p := range way {
			fates[put(w, p.at, uint16(first+p.n))]++
		}
		w.drain()
		w.tell(0)
		last := 0
		for i, n := range r.numbers {
			at := int(n - uint16(first))
			if i > 0 && at <= last {
				t.Fatalf("seed %d: %d after %d", seed, at, last)
			}
			last = at
		}
		if fates[taken] != len(r.numbers) || fates[taken]+fates[duplicate]+fates[late] != len(way) || fates[taken] > came {
			t.Fatalf("seed %d: %v of %d, %d given", seed, fates, len(way), len(r.numbers))
		}
		if int64(last+1-len(r.numbers)) != r.lost {
			t.Fatalf("seed %d: %d lost, want %d", seed, r.lost, last+1-len(r.numbers))
		}
		if fates[late] == 0 && fates[duplicate] != doubles {
			t.Fatalf("seed %d: %d twice, want %d", seed, fates[duplicate], doubles)
		}
		if came != fates[taken] && fates[late] == 0 {
			t.Fatalf("seed %d: %d came and %d were given", seed, came, fates[taken])
		}
	}
}

func FuzzWindow(f *testing.F) {
	f.Add([]byte{0, 1, 1, 0, 3, 1, 0, 2, 1, 0x80, 0, 9}, uint8(4))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		r := &tape{}
		w := newWindow(1+int(size), r)
		at, given := wire.Time(0), 0
		for ; len(b) >= 3; b = b[3:] {
			at += wire.Time(b[2]) * wire.Time(b[2]) * ms
			w.period = wire.Time(b[2]&1) * ms
			switch put(w, at, uint16(b[0])<<8|uint16(b[1])) {
			case taken:
				given++
			case anew:
				given += 2
			}
			w.idle(at)
		}
		w.drain()
		w.tell(at)
		if given != len(r.numbers) || w.waiting != 0 || w.span != 0 {
			t.Errorf("%d given of %d, %d wait", len(r.numbers), given, w.waiting)
		}
		if slices.Contains(r.out, "with the octets of another") {
			t.Error("octets of another packet")
		}
	})
}
