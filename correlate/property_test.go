package correlate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// A kind is a way to make a random line of a script; n is how often it comes among the others.
type kind struct {
	text string
	n    int
}

var kinds = []kind{{"IAM called=1", 8}, {"IAM called=12 calling=7", 4}, {"SAM 5", 2}, {"ACM free charge=yes", 5}, {"ACM", 2},
	{"CPG alerting", 2}, {"CPG progress charge=no", 2}, {"CON", 2}, {"ANM", 6}, {"SUS network", 1}, {"RES network", 1}, {"SUS user", 1},
	{"REL 16 LN", 8}, {"REL 17 TN", 2}, {"REL none", 1}, {"RLC", 8}, {"RSC", 2}, {"GRS range=3", 1}, {"GRS range=31", 1}, {"UCIC", 1},
	{"COT failed", 1}, {"COT good", 1}, {"CCR", 1}, {"BLO", 1}, {"CGB hardware range=3 status=0d", 2},
	{"CGB maintenance range=3 status=0f", 1}, {"INR", 1}, {"INF", 1}, {"FAC", 1}}

// random makes a script of n messages on few circuits. gap gives the time from one to the next, in seconds.
func random(r *rand.Rand, n int, gap func() float64) string {
	var bag []string
	for _, k := range kinds {
		bag = append(bag, slices.Repeat([]string{k.text}, k.n)...)
	}
	followed := r.IntN(2) == 0 // every line has sequence numbers
	pairs := []string{"A>B", "B>A", "A>B", "B>A", "A>C", "C>A", "A>A"}
	var b strings.Builder
	at := 0.0
	var since [4]float64 // when each line came in doubt
	for range n {
		wait := gap()
		for i, s := range since {
			if s != 0 && wait > 10 { // no doubt lasts long
				fmt.Fprintf(&b, "%f doubt off link=%d dir=%d\n", at, i/2, i%2)
				since[i] = 0
			}
		}
		at = max(at+wait, 0)
		if i := r.IntN(80); i < 4 { // as the sequence numbers of a line tell it
			line := fmt.Sprintf("link=%d dir=%d", i/2, i%2)
			switch {
			case since[i] == 0 && r.IntN(2) == 0:
				fmt.Fprintf(&b, "%f missed %s\n", at, line)
			case since[i] == 0:
				fmt.Fprintf(&b, "%f doubt on %s\n", at, line)
				since[i] = at
			case r.IntN(2) == 0:
				fmt.Fprintf(&b, "%f missed %s since=%f\n", at, line, since[i])
				fallthrough
			default:
				fmt.Fprintf(&b, "%f doubt off %s\n", at, line)
				since[i] = 0
			}
		}
		link, dir := r.IntN(2), r.IntN(2)
		if followed {
			fmt.Fprintf(&b, "%f heard link=%d dir=%d\n", at, link, dir)
		}
		fmt.Fprintf(&b, "%f %s %d %s link=%d dir=%d\n", at, pairs[r.IntN(len(pairs))], 1+r.IntN(5), bag[r.IntN(len(bag))], link, dir)
	}
	return b.String()
}

// gaps draws the time between messages: mostly short, now and then past one timer or another.
func gaps(r *rand.Rand, longest time.Duration) func() float64 {
	past := []time.Duration{2, 5, 10, 30, 60, 600, 3600, 86400}
	return func() float64 {
		if r.IntN(6) > 0 {
			return r.Float64()
		}
		return min(past[r.IntN(len(past))]*time.Second, longest).Seconds() + r.Float64() - 0.5
	}
}

// steps parses a random script, whose fates are whatever they are.
func randomSteps(t *testing.T, script string) []step {
	steps, _ := parse(t, script)
	return steps
}

// records plays steps and gives every record as text, in the order they came out.
func records(t *testing.T, steps []step) (out []string) {
	t.Helper()
	c := New(Options{Namer: namer{}, Sink: func(c *Call) { out = append(out, show(c)) }})
	for i := range steps {
		s := &steps[i]
		switch s.do {
		case "":
			if f := c.Message(At{Time: s.at, Clock: s.clock, Frame: uint64(i + 1)}, &s.msu, &s.msg); f >= FateEnds {
				t.Errorf("%s: fate %d", s.line, f)
			}
		case "tick":
			c.Tick(s.at)
		case "missed":
			c.Missed(s.msu.Link, s.msu.Direction, s.since)
		case "doubt":
			c.Doubt(s.msu.Link, s.msu.Direction, s.on)
		case "heard":
			c.Heard(s.msu.Link, s.msu.Direction, s.at)
		}
		if c.begun != c.ended+uint64(c.open.n+c.held.n) {
			t.Fatalf("%s: %d calls begun, %d ended, %d open, %d held", s.line, c.begun, c.ended, c.open.n, c.held.n)
		}
	}
	c.Close()
	if c.begun != c.ended || c.Open() != 0 || uint64(len(out)) != c.Ended() {
		t.Fatalf("%d calls begun, %d ended, %d given out, %d still open", c.begun, c.ended, len(out), c.Open())
	}
	return out
}

// TestTicksChangeNothing puts ticks between the messages of random scripts.
func TestTicksChangeNothing(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		steps := randomSteps(t, random(r, 150, gaps(r, 30*time.Hour)))
		want := records(t, steps)
		var ticked []step
		for i, s := range steps {
			ticked = append(ticked, s)
			if i+1 == len(steps) {
				break
			}
			from := max(s.at, s.clock)
			for room := steps[i+1].at - from; room > 0 && r.IntN(3) > 0; {
				from += wire.Time(r.Int64N(int64(room) + 1))
				room = steps[i+1].at - from
				ticked = append(ticked, step{do: "tick", at: from})
			}
		}
		// What the frames count is the number of the step.
		for i := range want {
			want[i] = withoutFrames(want[i])
		}
		got := records(t, ticked)
		for i := range got {
			got[i] = withoutFrames(got[i])
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: with ticks\n%s", seed, difference(got, want))
		}
	}
}

func withoutFrames(s string) string {
	words := strings.Fields(s)
	return strings.Join(slices.DeleteFunc(words, func(w string) bool {
		return strings.HasPrefix(w, "first=") || strings.HasPrefix(w, "last=")
	}), " ")
}

func difference(got, want []string) string {
	var b strings.Builder
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			b.WriteString("missing " + want[i] + "\n")
		case i >= len(want):
			b.WriteString("too many " + got[i] + "\n")
		case got[i] != want[i]:
			b.WriteString("is   " + got[i] + "\nwant " + want[i] + "\n")
		}
	}
	return b.String()
}

// TestSameInputSameOutput plays random scripts twice: the same calls in the same order.
func TestSameInputSameOutput(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2))
		steps := randomSteps(t, random(r, 300, gaps(r, 30*time.Hour)))
		if a, b := records(t, steps), records(t, steps); !slices.Equal(a, b) {
			t.Fatalf("seed %d:\n%s", seed, difference(a, b))
		}
	}
}

// TestRandomTimes plays messages at any times, backward ones and nonsense among them: nothing panics, and as many calls
// come out as began.
func TestRandomTimes(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 3))
		script := random(r, 200, func() float64 { return r.NormFloat64() * 100 })
		if seed%2 == 0 {
			script = "untrusted\n" + script
		}
		steps := randomSteps(t, script)
		for i := range steps {
			switch r.IntN(40) {
			case 0:
				steps[i].at = wire.Time(r.Uint64())
			case 1:
				steps[i].at = wire.NoTime
			case 2:
				steps[i].clock = wire.Time(r.Uint64())
			}
		}
		records(t, steps)
	}
}

// FuzzMessages plays any octets as messages of the three variants.
func FuzzMessages(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 4))
	for range 20 {
		steps, _ := parse(f, random(r, 30, gaps(r, time.Hour)))
		var b []byte
		for i := range steps {
			if s := &steps[i]; s.do == "" {
				b = append(b, byte(s.msu.OPC/1000), byte(s.msu.DPC/1000), byte(i), byte(len(s.msu.Data)))
				b = append(b, s.msu.Data...)
			}
		}
		f.Add(b)
	}
	tables := [...]*isup.Tables{&isup.ITU, &isup.ANSI, &isup.BICC}
	f.Fuzz(func(t *testing.T, b []byte) {
		var given uint64
		c := New(Options{Namer: namer{}, Sink: func(c *Call) { given++; _ = show(c) }})
		var msg isup.Message
		at := epoch
		for len(b) >= 4 {
			msu := mtp.MSU{OPC: uint32(b[0] % 4), DPC: uint32(b[1] % 4), Link: mtp.Link(b[0] >> 4), NI: b[1] >> 6}
			at += wire.Time(int8(b[2])) * 1e9
			n := min(int(b[3]), len(b)-4)
			msu.Data = b[4 : 4+n]
			msg.Decode(tables[int(b[0]>>2)%3], msu.Data)
			if fate := c.Message(At{Time: at}, &msu, &msg); fate >= FateEnds {
				t.Errorf("fate %d", fate)
			}
			b = b[4+n:]
		}
		c.Close()
		if given != c.begun || c.Open() != 0 {
			t.Errorf("%d calls begun, %d given out, %d open", c.begun, given, c.Open())
		}
	})
}
