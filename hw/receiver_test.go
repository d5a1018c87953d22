package hw

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/mtp"
	"c7mon/wire"
)

const start = wire.Time(1_066_471_200e9) // 2003-10-18 10:00:00 UTC

// stream is a LineConfig whose clock counts octets from start.
func stream(links ...string) LineConfig {
	return LineConfig{Links: links, Clock: "stream", Start: "2003-10-18T10:00:00Z"}
}

// A sender makes the octets of one direction of a link: MSUs now and then, and FISUs between.
type sender struct {
	r     *rand.Rand
	s     *e1.Stuffer
	fsn   uint16
	every int // units from one MSU to the next, on average
	msus  [][]byte
	ends  []int // octets made when each MSU had been made
	made  int
	units int
}

func newSender(seed uint64, order e1.BitOrder, every int) *sender {
	return &sender{r: rand.New(rand.NewPCG(seed, 1)), s: e1.NewStuffer(order), every: every}
}

// octets gives the next n.
func (s *sender) octets(n int) []byte {
	for s.s.Ready() < n {
		su := mtp.SignalUnit{BIB: true, FIB: true, FSN: s.fsn}
		if s.r.IntN(s.every) == 0 {
			s.fsn = (s.fsn + 1) & 127
			su.FSN = s.fsn
			su.Data = make([]byte, 8+s.r.IntN(60))
			for i := range su.Data {
				su.Data[i] = byte(s.r.Uint32())
			}
			s.msus = append(s.msus, su.Append(nil, false))
			s.s.Unit(s.msus[len(s.msus)-1])
			s.ends = append(s.ends, s.made+s.s.Ready())
		} else {
			s.s.Unit(su.Append(nil, false))
		}
		s.units++
	}
	b := make([]byte, n)
	s.s.Take(b)
	s.made += n
	return b
}

// inE1 puts octets of timeslots into frames of an E1; the others carry the idle pattern.
func inE1(enc *e1.Encoder, slots map[int][]byte, frames int) (out []byte) {
	row := bytes.Repeat([]byte{0xd5}, e1.FrameOctets-1)
	for i := range frames {
		for t, b := range slots {
			row[t-1] = b[i]
		}
		out = enc.Append(out, row)
	}
	return out
}

// heard is what a Receiver gave.
type heard struct {
	msus    map[string][][]byte // by line and direction
	times   map[string][]wire.Time
	events  []string
	units   int // all, those left out among them
	errored int
}

// drain takes what is due.
func (h *heard) drain(t *testing.T, r *Receiver, last *wire.Time) {
	t.Helper()
	var f capture.Frame
	for r.Next(&f) {
		if f.Time < *last || f.Clock != f.Time {
			t.Fatalf("%v after %v", f.Time, *last)
		}
		*last = f.Time
		h.units += int(f.Repeats)
		name := fmt.Sprintf("%s %v", r.lines.Name(f.Interface), f.Direction)
		switch f.Payload {
		case capture.LineEvent:
			h.events = append(h.events, name+" "+f.Event.String())
		case capture.Malformed:
			h.errored++
		case capture.MTP2:
			h.units++
			if f.Data[2] != 0 {
				h.msus[name] = append(h.msus[name], bytes.Clone(f.Data))
				h.times[name] = append(h.times[name], f.Time)
			}
		}
	}
}

func newHeard() *heard {
	return &heard{msus: map[string][][]byte{}, times: map[string][]wire.Time{}}
}

// TestReceiver holds that both directions of the links of an E1 come out whole, in the order of time and at the right time,
// whatever the pieces; that every signal unit is counted; that links are found by what they carry.
func TestReceiver(t *testing.T) {
	f := func(c LineConfig, order e1.BitOrder, crc bool, shift int) {
		t.Helper()
		const frames = 3 * e1.FrameRate
		var lines Lines
		r, err := NewReceiver(&lines, c)
		if err != nil {
			t.Fatal(err)
		}
		ports := [2]*Port{r.E1("0", wire.Forth), r.E1("0", wire.Back)}
		var senders [4]*sender
		var raw [2][]byte
		for i := range senders {
			senders[i] = newSender(uint64(i), e1.MSBFirst, 5)
		}
		for dir := range raw {
			enc := e1.Encoder{CRC4: crc}
			raw[dir] = inE1(&enc, map[int][]byte{16: senders[2*dir].octets(frames), 3: senders[2*dir+1].octets(frames)}, frames)
			raw[dir] = shifted(raw[dir], shift)
			if order == e1.LSBFirst {
				raw[dir] = e1.Reverse(nil, raw[dir])
			}
		}
		h, last := newHeard(), wire.NoTime
		rnd := rand.New(rand.NewPCG(7, 7))
		for len(raw[0])+len(raw[1]) > 0 {
			for dir := range raw {
				n := min(len(raw[dir]), rnd.IntN(3000))
				ports[dir].Feed(0, raw[dir][:n])
				raw[dir] = raw[dir][n:]
			}
			h.drain(t, r, &last)
		}
		r.Flush()
		h.drain(t, r, &last)
		units := 0
		for i, s := range senders {
			name := fmt.Sprintf("0/%d %d", [...]int{16, 3}[i%2], i/2)
			got := h.msus[name]
			lost := len(s.msus) - len(got) // before the alignment, and the last one, which has no closing flag yet
			if lost < 0 || lost > 6 {
				t.Fatalf("%s: %d MSUs of %d", name, len(got), len(s.msus))
			}
			first := 0
			for first < len(s.msus) && !bytes.Equal(s.msus[first], got[0]) {
				first++
			}
			for k, m := range got {
				if !bytes.Equal(m, s.msus[first+k]) {
					t.Fatalf("%s: MSU %d: %x, want %x", name, k, m, s.msus[first+k])
				}
				want := start + wire.Time(s.ends[first+k])*125_000
				if off := h.times[name][k] - want; off < -2*125_000 || off > 2*125_000 {
					t.Fatalf("%s: MSU %d at %v, want %v", name, k, h.times[name][k], want)
				}
			}
			units += s.units
		}
		if h.units > units || h.units < units-40 || h.errored > 0 {
			t.Errorf("%d units of %d, %d errored", h.units, units, h.errored)
		}
		if events := strings.Join(h.events, "\n"); len(c.Links) == 0 &&
			(!strings.Contains(events, "0/16 0 found: MTP2") || !strings.Contains(events, "0/3 1 found: MTP2") || strings.Count(events, "found") != 62) {
			t.Errorf("events\n%s", events)
		}
	}
	f(stream("16", "3"), e1.MSBFirst, true, 0)
	f(stream(), e1.MSBFirst, true, 0)
	f(stream(), e1.MSBFirst, false, 5)
	lsb := stream("3", "16")
	lsb.BitOrder = "lsb"
	f(lsb, e1.LSBFirst, true, 3)
}

// shifted puts n bits before b.
func shifted(b []byte, n int) []byte {
	if n == 0 {
		return b
	}
	out := make([]byte, len(b)+1)
	for i, o := range b {
		out[i] |= o >> n
		out[i+1] |= o << (8 - n)
	}
	return out
}

// TestReceiverChannel holds the same of channels that come without their E1, of one timeslot and of several, in both orders
// of bits; and that a gap is told and costs no more than the units in it.
func TestReceiverChannel(t *testing.T) {
	f := func(c LineConfig, n int, order e1.BitOrder) {
		t.Helper()
		var lines Lines
		r, err := NewReceiver(&lines, c)
		if err != nil {
			t.Fatal(err)
		}
		p := r.Channel("x", wire.Back, n)
		s := newSender(9, order, 4)
		h, last := newHeard(), wire.NoTime
		for i := range 40 {
			b := s.octets(n*1000 + i) // pieces that end within a frame
			if i == 20 {
				p.Gap(0, int64(len(b)))
			} else {
				p.Feed(0, b)
			}
			h.drain(t, r, &last)
		}
		r.Flush()
		h.drain(t, r, &last)
		got := h.msus["x 1"]
		missing, k := 0, 0
		for i, m := range s.msus {
			if k < len(got) && bytes.Equal(m, got[k]) {
				if want := start + wire.Time(s.ends[i])*125_000/wire.Time(n); h.times["x 1"][k] < want-250_000 || h.times["x 1"][k] > want+250_000 {
					t.Fatalf("MSU %d at %v, want %v", i, h.times["x 1"][k], want)
				}
				k++
			} else {
				missing++
			}
		}
		if k != len(got) || missing == 0 || missing > len(s.msus)/20 {
			t.Errorf("%d MSUs of %d in order, %d of them sent, %d missing", k, len(got), len(s.msus), missing)
		}
		if want := fmt.Sprintf("x 1 gap: %d", n*1000+20); !strings.Contains(strings.Join(h.events, "\n"), want) {
			t.Errorf("%q, want %s", h.events, want)
		}
	}
	f(stream("16"), 1, e1.MSBFirst)
	f(stream(), 1, e1.MSBFirst)
	f(stream(), 4, e1.MSBFirst)
	f(stream(), 31, e1.MSBFirst)
	lsb := stream()
	lsb.BitOrder = "lsb"
	f(lsb, 1, e1.LSBFirst)
	f(lsb, 2, e1.LSBFirst)
}

// TestReceiverErrors holds that bit errors become errored units that are counted, and an excessive rate is told.
func TestReceiverErrors(t *testing.T) {
	var lines Lines
	r, err := NewReceiver(&lines, stream("16"))
	if err != nil {
		t.Fatal(err)
	}
	p := r.Channel("x", wire.Forth, 1)
	s, rnd := newSender(3, e1.MSBFirst, 6), rand.New(rand.NewPCG(1, 2))
	b := s.octets(30 * e1.FrameRate)
	for range len(b) * 8 / 100 { // one bit in a hundred
		i := rnd.IntN(len(b) * 8)
		b[i/8] ^= 1 << (i % 8)
	}
	h, last := newHeard(), wire.NoTime
	p.Feed(0, b)
	r.Flush()
	h.drain(t, r, &last)
	if h.errored < s.units/10 || h.units < s.units/4 {
		t.Errorf("%d units good, %d errored, of %d", h.units, h.errored, s.units)
	}
	if events := strings.Join(h.events, "\n"); !strings.Contains(events, "x 0 excessive error rate begins") {
		t.Errorf("events %q", events)
	}
}

// TestReceiverLongest holds how long a unit may be: of a link that is known to be basic, 278 octets with its check sequence,
// of any other 281. A longer one has the octets counted (Q.703 4.1.4), until a good one ends that.
func TestReceiverLongest(t *testing.T) {
	fisu := []byte{0x81, 0x82, 0}
	f := func(sequence string, before []byte, octets int, good bool) {
		t.Helper()
		var lines Lines
		c := stream("16")
		c.Sequence = sequence
		r, err := NewReceiver(&lines, c)
		if err != nil {
			t.Fatal(err)
		}
		unit := make([]byte, octets-fcsOctets)
		copy(unit, []byte{0x81, 0x83, 63, 0x85})
		if sequence == "extended" {
			copy(unit, []byte{0, 0x80, 0, 0x80, byte(octets - 8), byte((octets - 8) >> 8), 0x85})
		}
		s := e1.NewStuffer(e1.MSBFirst)
		if before != nil {
			s.Unit(before)
		}
		s.Unit(unit)
		s.Flags(100)
		b := make([]byte, s.Ready())
		s.Take(b)
		r.Channel("x", wire.Forth, 1).Feed(0, b)
		r.Flush()
		units, bad := 0, 0
		for frame := (capture.Frame{}); r.Next(&frame); {
			switch {
			case frame.Payload == capture.Malformed && errors.Is(frame.Err, unitErrors[e1.Long]):
				bad++
			case frame.Payload != capture.LineEvent && frame.Len == octets:
				units++
			}
		}
		if good && (units != 1 || bad != 0) || !good && (units != 0 || bad != 1) {
			t.Errorf("%s, %d octets: %d good, %d too long", sequence, octets, units, bad)
		}
	}
	f("basic", nil, 278, true)
	f("basic", nil, 279, false)
	f("auto", fisu, 278, true)
	f("auto", fisu, 279, false)
	f("auto", fisu, 281, false)
	f("auto", nil, 281, true)
	f("auto", nil, 282, false)
	f("extended", nil, 281, true)
	f("extended", nil, 282, false)
}

// TestReceiverOne holds that a direction that is silent does not hold up the other for ever.
func TestReceiverOne(t *testing.T) {
	var lines Lines
	r, err := NewReceiver(&lines, stream("16"))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := r.Channel("x", wire.Forth, 1), r.Channel("x", wire.Back, 1)
	s, h, last := newSender(3, e1.MSBFirst, 6), newHeard(), wire.NoTime
	p.Feed(0, s.octets(10*e1.FrameRate))
	h.drain(t, r, &last)
	if behind := start + 10e9 - last; behind > 3e9 {
		t.Errorf("%d ns behind", behind)
	}
}

// TestReceiverAllocs holds that octets cost no memory once a Receiver runs.
func TestReceiverAllocs(t *testing.T) {
	r, ports, raw := manyE1s(t, 2)
	var f capture.Frame
	turn := func() {
		for i, p := range ports {
			p.Feed(0, raw[i%len(raw)])
		}
		for r.Next(&f) {
		}
	}
	for range 20 {
		turn()
	}
	if n := testing.AllocsPerRun(20, turn); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// manyE1s makes E1s in both directions whose 31 timeslots are all links of 0.4 erlang, and the octets of one second.
func manyE1s(tb testing.TB, n int) (r *Receiver, ports []*Port, raw [][]byte) {
	var lines Lines
	r, err := NewReceiver(&lines, stream("1-31"))
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		ports = append(ports, r.E1(fmt.Sprint(i), wire.Forth), r.E1(fmt.Sprint(i), wire.Back))
	}
	for i := range 2 {
		slots := map[int][]byte{}
		for t := 1; t < e1.FrameOctets; t++ {
			slots[t] = newSender(uint64(100*i+t), e1.MSBFirst, 13).octets(e1.FrameRate) // MSUs of 43 octets, FISUs of 6: 0.38 erlang
		}
		raw = append(raw, inE1(&e1.Encoder{CRC4: true}, slots, e1.FrameRate))
	}
	return r, ports, raw
}

// BenchmarkReceiver takes a second of 32 E1s in both directions with all timeslots as links, from bits to signal units. The
// core that this takes is the time of an operation as a part of that second.
func BenchmarkReceiver(b *testing.B) {
	r, ports, raw := manyE1s(b, 32)
	var f capture.Frame
	const piece = 20 * 8 * e1.FrameOctets // 20 ms
	units := 0
	for b.Loop() {
		for at := 0; at < len(raw[0]); at += piece {
			for i, p := range ports {
				p.Feed(0, raw[i%2][at:min(at+piece, len(raw[0]))])
			}
			for r.Next(&f) {
				units++
			}
		}
	}
	b.SetBytes(int64(len(ports) * len(raw[0])))
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)*100, "%core")
	b.ReportMetric(float64(units)/float64(b.N), "frames/op")
}

// TestErrorRate holds that a link of 64 kbit/s is judged by its units and begins anew when it is aligned, and one of high
// speed by intervals of 100 ms, those without any unit among them.
func TestErrorRate(t *testing.T) {
	var e errorRate
	for range 63 {
		e.unit(false, 0)
	}
	e.restart()
	for i := range 64 {
		if changed := e.unit(false, 0); changed != (i == 63) {
			t.Errorf("errored unit %d: %v", i, changed)
		}
	}
	e.restart() // it stays excessive
	e.widen(0, 31*8000)
	if !e.excessive() || e.wide != 0 {
		t.Error("what is excessive has to end first")
	}
	var w errorRate
	w.widen(1000, 31*8000)
	const interval = 31 * 800
	for i := range uint64(4) {
		if w.unit(false, 1000+i*interval+5) {
			t.Errorf("interval %d", i)
		}
	}
	if w.excessive() || !w.unit(true, 1000+5*interval+1) || !w.excessive() {
		t.Error("five errored intervals")
	}
	var quiet errorRate
	quiet.widen(0, 31*8000)
	quiet.unit(true, 10)
	if !quiet.unit(true, 10*interval) {
		t.Error("intervals without a unit")
	}
	for i := range uint64(63) {
		quiet.unit(true, (10+i)*interval+5)
	}
	if quiet.excessive() {
		t.Error("it does not end")
	}
}

func TestAligning(t *testing.T) {
	f := func(want, annexA bool, unit ...byte) {
		t.Helper()
		if got := aligning(unit, annexA); got != want {
			t.Errorf("%x: %v", unit, got)
		}
	}
	f(true, false, 0xff, 0xff, 1, 0)
	f(true, false, 0xff, 0xff, 2, 3, 0)
	f(false, false, 0xff, 0xff, 1, 5)
	f(false, false, 0xff, 0xff, 0)
	f(false, false, 0xff, 0xff, 3, 0, 0, 0)
	f(true, true, 0xff, 0xff, 0xff, 0xff, 1, 0, 1)
}
