package correlate

import (
	"fmt"
	"strings"
	"testing"
	"unsafe"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// traffic is a typical mix: answered, busy and abandoned calls on n circuits of several relations, interleaved; play it
// again and again with the times moved on by its length.
func traffic(t testing.TB, n int) (steps []step, length wire.Time) {
	var b strings.Builder
	at := 0.0
	line := func(i int, forward bool, text string) {
		from, to := "A", []string{"B", "C", "D"}[i%3]
		link := i % 4
		dir := 0
		if !forward {
			from, to, dir = to, from, 1
		}
		fmt.Fprintf(&b, "%.4f %s>%s %d %s link=%d dir=%d\n", at, from, to, i/3, text, link, dir)
		at += 0.0005
	}
	scripts := [][]string{
		{">IAM called=0084912345678/4 calling=48251234", "<ACM free charge=yes", "<ANM", ">REL 16 LN", "<RLC"},
		{">IAM called=912345678 calling=48251235", "<ACM", "<CPG alerting", "<ANM", "<REL 16 U", ">RLC"},
		{">IAM called=48251236 calling=912345679", "<REL 17 LN", ">RLC"},
		{">IAM called=171084482512 calling=48251237", "<ACM free", ">REL 16 LN", "<RLC"},
	}
	for at, busy := 0, true; busy; at++ {
		busy = false
		for i := range n {
			s := scripts[i%len(scripts)]
			if at < len(s) {
				line(i, s[at][0] == '>', s[at][1:])
				busy = true
			}
		}
	}
	steps, _ = parse(t, b.String())
	return steps, wire.Time(at*1e9) + 1e9
}

// player plays traffic round and round. Messages of the same text share their octets, as those of a capture share the
// buffer that they are read into.
type player struct {
	c      *Correlator
	steps  []played
	texts  []isup.Message
	msu    mtp.MSU
	length wire.Time
	i      int
	shift  wire.Time
}

type played struct {
	at       wire.Time
	text     int32
	cic      uint32
	opc, dpc uint32
	link     mtp.Link
	dir      wire.Direction
}

func newPlayer(t testing.TB, circuits int) *player {
	p := &player{c: New(Options{Sink: func(*Call) {}})}
	var steps []step
	steps, p.length = traffic(t, circuits)
	texts := map[string]int32{}
	for i := range steps {
		s := &steps[i]
		k, ok := texts[string(s.msu.Data[2:])]
		if !ok {
			k = int32(len(p.texts))
			texts[string(s.msu.Data[2:])] = k
			p.texts = append(p.texts, s.msg)
		}
		p.steps = append(p.steps, played{s.at, k, s.msg.CIC, s.msu.OPC, s.msu.DPC, s.msu.Link, s.msu.Direction})
	}
	return p
}

func (p *player) next() {
	s := &p.steps[p.i]
	msg := &p.texts[s.text]
	msg.CIC = s.cic
	p.msu = mtp.MSU{Link: s.link, Direction: s.dir, NI: 2, SI: mtp.ISUP, OPC: s.opc, DPC: s.dpc, Data: msg.Data}
	at := s.at + p.shift
	p.c.Message(At{Time: at, Clock: at, Frame: uint64(p.i)}, &p.msu, msg)
	if p.i++; p.i == len(p.steps) {
		p.i, p.shift = 0, p.shift+p.length
	}
}

// TestNoAllocation allocates nothing in the steady state.
func TestNoAllocation(t *testing.T) {
	p := newPlayer(t, 600)
	for range 3 * len(p.steps) {
		p.next()
	}
	if n := testing.AllocsPerRun(len(p.steps), p.next); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	if p.c.Ended() < 1000 {
		t.Errorf("only %d calls ended", p.c.Ended())
	}
}

// TestSizeOfOpenCall bounds what a call that is up takes: its leg, its circuit and their share of the table of circuits.
func TestSizeOfOpenCall(t *testing.T) {
	const share = 8 // octets of the table of circuits a circuit
	size := unsafe.Sizeof(leg{}) + unsafe.Sizeof(circuit{}) + share
	t.Logf("leg %d (call %d), circuit %d, table %d: %d octets", unsafe.Sizeof(leg{}), unsafe.Sizeof(Call{}),
		unsafe.Sizeof(circuit{}), share, size)
	if size > 512 {
		t.Errorf("an open call takes %d octets", size)
	}
}

// BenchmarkMessage is a message of a typical mix, on few circuits and on many.
func BenchmarkMessage(b *testing.B) {
	for _, n := range []int{60, 1000, 10000} {
		b.Run(fmt.Sprint(n, " circuits"), func(b *testing.B) {
			p := newPlayer(b, n)
			for range 2 * len(p.steps) {
				p.next()
			}
			b.ReportAllocs()
			b.ResetTimer()
			for range b.N {
				p.next()
			}
		})
	}
}
