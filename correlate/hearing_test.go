package correlate

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unsafe"

	"c7mon/mtp"
	"c7mon/wire"
)

// hear plays "TIME LINK OCTETS" lines; "again" behind is what the MSU must be told to be.
func hear(t *testing.T, script string) {
	t.Helper()
	h := NewHearings()
	for _, line := range strings.Split(script, "\n") {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		var hash uint64
		for _, c := range w[2] {
			hash = hash*31 + uint64(c)
		}
		got := h.Again(parseTime(t, w[0]), mtp.Link(number(t, w[1])), hash)
		if want := len(w) > 3; got != want {
			t.Errorf("%s: again is %t", strings.TrimSpace(line), got)
		}
	}
}

// TestHearings pairs the n-th hearing of the same octets on one link with the n-th on another.
func TestHearings(t *testing.T) {
	hear(t, `
		0    1 iam
		0.1  2 iam again
		0.2  1 acm
		0.2  2 acm again
	`)
	// Two equal digits on one link are two, and so they are on the other.
	hear(t, `
		0    1 sam
		0.3  1 sam
		0.4  2 sam again
		0.6  2 sam again
		0.7  2 sam
		0.8  1 sam again
	`)
	hear(t, `
		0    1 sam
		0.01 2 sam again
		0.3  2 sam
		0.31 1 sam again
		0.6  1 sam
		0.61 2 sam again
	`)
	// Three links.
	hear(t, `
		0   1 rel
		0.1 2 rel again
		0.2 3 rel again
		0.3 3 rel
		0.4 1 rel again
		0.5 2 rel again
	`)
	// Within two seconds, and after.
	hear(t, `
		0    1 rlc
		2    2 rlc again
		10   1 rlc
		12.1 2 rlc
		12.2 1 rlc again
	`)
	// The second hearing on the second link is of the second on the first: that of the first came too late to be it.
	hear(t, `
		0    1 sam
		1.9  1 sam
		3.5  2 sam again
		3.6  2 sam
	`)
	// Backward times.
	hear(t, `
		5    1 anm
		4.9  2 anm again
		4    2 sus
		3.9  1 sus again
	`)
	// A wrong time, and a clock that is set back.
	hear(t, `
		0     1 rel
		1000h 1 foo
		0.1   2 rel again
		0.2   1 rlc
		0.3   2 rlc again
		100   1 cpg
		50    2 cpg
		50.1  1 cpg again
	`)
	// More links than are recorded, and very many hearings on one.
	hear(t, "0 1 x\n 0 2 x again\n 0 3 x again\n 0 4 x again\n 0 5 x again\n")
	hear(t, strings.Repeat("0 1 x\n", 1000))
}

// TestHearingsMany loses nothing at a high rate, and holds no more than its bound.
func TestHearingsMany(t *testing.T) {
	h := NewHearings()
	r := rand.New(rand.NewPCG(1, 5))
	var at wire.Time
	var delayed []uint64
	again := 0
	const n = 200_000
	for range n {
		at = at.Add(50 * time.Microsecond) // 20,000 a second
		hash := r.Uint64()
		if h.Again(at, 1, hash) {
			t.Fatal("a new one was heard already")
		}
		delayed = append(delayed, hash)
		if len(delayed) > 1000 {
			if h.Again(at, 2, delayed[0]) {
				again++
			}
			delayed = delayed[1:]
		}
	}
	if again != n-1000 {
		t.Errorf("%d of %d pairs were told", again, n-1000)
	}
	if size := h.size(); size > 16<<20 {
		t.Errorf("%d octets for 40,000 MSUs", size)
	}
	for range 3_000_000 { // all at once: it forgets rather than grow
		h.Again(at, 1, r.Uint64())
	}
	if size := h.size(); size > 24<<20 {
		t.Errorf("%d octets, more than the bound", size)
	}
}

// TestHearingsSmall holds little at the rate of a province, however long it goes on.
func TestHearingsSmall(t *testing.T) {
	h := NewHearings()
	r := rand.New(rand.NewPCG(1, 6))
	var at wire.Time
	for range 3_000_000 {
		at = at.Add(500 * time.Microsecond) // 2,000 a second
		h.Again(at, 1, r.Uint64())
	}
	if size := h.size(); size > 1<<20 {
		t.Errorf("%d octets for 4,000 MSUs", size)
	}
}

// TestHearingsAgainstModel compares with a plain model on random traffic of few messages.
func TestHearingsAgainstModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 7))
	h := NewHearings()
	var at wire.Time
	counts := map[string][3]int{}
	for range 20000 {
		at = at.Add(10 * time.Second) // each round by itself
		for k := range 12 {
			link, hash := mtp.Link(r.IntN(3)), r.Uint64()%3
			key := fmt.Sprint(hash)
			n := counts[key]
			most := max(n[0], n[1], n[2])
			n[link]++
			counts[key] = n
			if got, want := h.Again(at.Add(time.Duration(k)*time.Millisecond), link, hash), n[link] <= most; got != want {
				t.Fatalf("again is %t, want %t", got, want)
			}
		}
		clear(counts)
	}
}

func (h *Hearings) size() int {
	n := 0
	for _, p := range []*period{&h.now, &h.before} {
		n += cap(p.hearings)*int(unsafe.Sizeof(hearing{})) + cap(p.slots)*int(unsafe.Sizeof(slot(0)))
	}
	return n
}

// TestHearingsNoAllocation allocates nothing once it has its size.
func TestHearingsNoAllocation(t *testing.T) {
	h := NewHearings()
	r := rand.New(rand.NewPCG(1, 8))
	var at wire.Time
	one := func() {
		at = at.Add(time.Millisecond)
		h.Again(at, mtp.Link(r.IntN(2)), r.Uint64())
	}
	for range 100_000 {
		one()
	}
	if n := testing.AllocsPerRun(10000, one); n != 0 {
		t.Errorf("%v allocations an MSU", n)
	}
}

// BenchmarkHearings is an MSU of a load of 2,000 a second, heard on one link, on two taps, and as fast as an archive is
// replayed.
func BenchmarkHearings(b *testing.B) {
	f := func(name string, links int, every time.Duration) {
		b.Run(name, func(b *testing.B) {
			h := NewHearings()
			var hash uint64
			var at wire.Time
			for i := range b.N {
				if i%links == 0 {
					hash = hash*6364136223846793005 + 1442695040888963407
					at = at.Add(every)
				}
				h.Again(at, mtp.Link(i%links), hash^hash>>32)
			}
		})
	}
	f("one link", 1, 500*time.Microsecond)
	f("two taps", 2, 500*time.Microsecond)
	f("one link, 20000 a second", 1, 50*time.Microsecond)
}
