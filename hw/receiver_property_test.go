package hw

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/mtp"
	"c7mon/wire"
)

// A sentUnit is a signal unit of a drawn line.
type sentUnit struct {
	octets []byte
	msu    bool
	end    int // octets of the channel when it had been made
}

// A drawnLine is one direction of one link of an E1: its timeslots, and what is sent on them.
type drawnLine struct {
	name  string
	dir   wire.Direction
	slots []int
	units []sentUnit
	made  []byte

	passed, left int
	got          [][]byte
	times        []wire.Time
	last         wire.Time
}

// draw makes octets for so many frames.
func (d *drawnLine) draw(r *rand.Rand, frames int) {
	s, n := e1.NewStuffer(e1.MSBFirst), frames*len(d.slots)
	fsn := uint16(0)
	for s.Ready() < n {
		su := mtp.SignalUnit{BIB: true, FIB: true, FSN: fsn}
		msu := r.IntN(6) == 0
		if msu {
			fsn = (fsn + 1) & 127
			su.FSN = fsn
			su.Data = make([]byte, 8+r.IntN(265))
			for i := range su.Data {
				su.Data[i] = byte(r.Uint32())
			}
		}
		b := su.Append(nil, false)
		s.Unit(b)
		d.units = append(d.units, sentUnit{b, msu, s.Ready()})
	}
	d.made = make([]byte, n)
	s.Take(d.made)
}

// A hole is octets of a line that are lost, from the one to before the other.
type hole struct{ from, to int }

// hit reports whether unit i, with margin octets more of its channel on either side, has octets in a hole. Half a frame is lost
// as a whole one.
func (d *drawnLine) hit(i int, holes []hole, margin int) bool {
	from, to := -margin, d.units[i].end+margin
	if i > 0 {
		from += d.units[i-1].end
	}
	n := len(d.slots)
	first, last := from/n, (to-1)/n // frames
	for _, h := range holes {
		if last >= h.from/e1.FrameOctets && first <= (h.to-1)/e1.FrameOctets {
			return true
		}
	}
	return false
}

// check holds that what was heard is what was sent, but for what is lost.
func (d *drawnLine) check(t *testing.T, holes []hole, closed int) {
	t.Helper()
	k, sure, maybe := 0, 0, 0
	for i := range d.units {
		u := &d.units[i]
		whole := !d.hit(i, holes, 2*len(d.slots)+2) && u.end < closed
		could := !d.hit(i, holes, -2*len(d.slots)-2) && u.end <= closed
		if whole {
			sure++
		}
		if could {
			maybe++
		}
		if !u.msu {
			continue
		}
		if k < len(d.got) && bytes.Equal(d.got[k], u.octets) {
			want := start + wire.Time(u.end)*125_000/wire.Time(len(d.slots))
			if off := d.times[k] - want; off < -250_000 || off > 250_000 {
				t.Fatalf("%s: MSU %d is %d ns off", d.name, i, off)
			}
			if !could {
				t.Fatalf("%s: unit %d was lost and is heard", d.name, i)
			}
			k++
		} else if whole {
			t.Fatalf("%s: MSU %d of %d is missing", d.name, i, len(d.units))
		}
	}
	if k != len(d.got) {
		t.Fatalf("%s: %d MSUs that were not sent, or out of order", d.name, len(d.got)-k)
	}
	if n := d.passed + d.left; n < sure || n > maybe || len(holes) == 0 && maybe-sure > 2 {
		t.Fatalf("%s: %d units passed and %d left out, %d to %d were sent", d.name, d.passed, d.left, sure, maybe)
	}
}

// drawHoles draws what is lost of n octets, none at the beginning.
func drawHoles(r *rand.Rand, n int) (holes []hole) {
	for range r.IntN(5) {
		from := n/5 + r.IntN(n*3/5)
		size := 1 + r.IntN(200*e1.FrameOctets)
		if r.IntN(3) == 0 {
			size = 1 + r.IntN(40)
		}
		holes = append(holes, hole{from, min(from+size, n-e1.FrameOctets)})
	}
	slices.SortFunc(holes, func(a, b hole) int { return a.from - b.from })
	return slices.CompactFunc(holes, func(a, b hole) bool { return b.from <= a.to+4*e1.FrameOctets })
}

// TestReceiverDrawn feeds E1s in pieces of any size, with nothing in some, with gaps, and with Flush at any moment, by both
// clocks. Each unit that is not hit comes out once, or is counted once as left out, at the right time; times of a line, and
// Clock at all, do not go back.
func TestReceiverDrawn(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { drawnReceiver(t, rand.New(rand.NewPCG(seed, 5))) })
	}
}

func drawnReceiver(t *testing.T, r *rand.Rand) {
	frames := 2000 + r.IntN(8000)
	links := []string{"16", "1+2+5", "31"}
	auto := r.IntN(3) == 0
	c := stream(links...)
	if auto {
		c.Links, links = nil, []string{"16", "31", "1"}
	}
	machine := r.IntN(2) == 0
	if machine {
		c.Clock, c.Start = "", ""
	}
	crc := r.IntN(2) == 0
	switch c.CRC4 = "auto"; {
	case r.IntN(2) == 0: // it is found out
	case crc:
		c.CRC4 = "on"
	default:
		c.CRC4 = "off"
	}
	var lines Lines
	rx, err := NewReceiver(&lines, c)
	if err != nil {
		t.Fatal(err)
	}
	var all []*drawnLine
	var ports [2]*Port
	var raw [2][]byte
	var holes [2][]hole
	var at [2]int
	for dir := range ports {
		slots := map[int][]byte{}
		for _, l := range links {
			d := &drawnLine{name: "0/" + l, dir: wire.Direction(dir), last: wire.NoTime}
			for _, s := range strings.Split(l, "+") {
				var n int
				fmt.Sscan(s, &n)
				d.slots = append(d.slots, n)
			}
			d.draw(r, frames)
			for i, s := range d.slots {
				for k := i; k < len(d.made); k += len(d.slots) {
					slots[s] = append(slots[s], d.made[k])
				}
			}
			all = append(all, d)
		}
		raw[dir] = inE1(&e1.Encoder{CRC4: crc}, slots, frames)
		ports[dir] = rx.E1("0", wire.Direction(dir))
		if !auto { // a gap in a survey begins it anew
			holes[dir] = drawHoles(r, len(raw[dir]))
		}
	}
	clock := wire.NoTime
	drain := func() {
		var f capture.Frame
		for rx.Next(&f) {
			if f.Clock < clock || f.Clock < f.Time {
				t.Fatalf("clock %v after %v", f.Clock, clock)
			}
			clock = f.Clock
			name := lines.Name(f.Interface)
			for _, d := range all {
				if d.name != name || d.dir != f.Direction || f.Payload == capture.LineEvent {
					continue
				}
				if f.Time < d.last {
					t.Fatalf("%s: %v after %v", name, f.Time, d.last)
				}
				d.last = f.Time
				d.left += int(f.Repeats)
				switch f.Payload {
				case capture.MTP2:
					d.passed++
					if f.Data[2] != 0 {
						d.got, d.times = append(d.got, bytes.Clone(f.Data)), append(d.times, f.Time)
					}
				case capture.Malformed:
					t.Fatalf("%s: %v", name, f.Err)
				}
			}
		}
	}
	now := func(dir int) wire.Time { return start + wire.Time(at[dir])*125_000/e1.FrameOctets }
	gaps := holes
	for at[0] < len(raw[0]) || at[1] < len(raw[1]) {
		dir := r.IntN(2)
		if at[1-dir] < at[dir]-e1.FrameOctets*400 && at[1-dir] < len(raw[1-dir]) { // no more than 50 ms behind
			dir = 1 - dir
		}
		n := min(r.IntN(1+[...]int{40, 700, 10_000}[r.IntN(3)]), len(raw[dir])-at[dir])
		if len(gaps[dir]) > 0 {
			h := gaps[dir][0]
			if n = min(n, h.from-at[dir]); at[dir] == h.from {
				at[dir] = h.to
				gaps[dir] = gaps[dir][1:]
				ports[dir].Gap(now(dir), int64(h.to-h.from))
				continue
			}
		}
		b := bytes.Clone(raw[dir][at[dir] : at[dir]+n])
		at[dir] += n
		ports[dir].Feed(now(dir), b)
		clear(b) // nothing of it is kept
		switch r.IntN(12) {
		case 0:
			rx.Flush()
			drain()
		case 1, 2, 3:
			drain()
		}
	}
	rx.Flush()
	drain()
	for _, d := range all {
		d.check(t, holes[d.dir], len(d.made))
	}
}

// TestReceiverHugeGap holds that a gap of no sensible length is one all the same.
func TestReceiverHugeGap(t *testing.T) {
	var lines Lines
	r, err := NewReceiver(&lines, stream("16"))
	if err != nil {
		t.Fatal(err)
	}
	s, h, last := newSender(1, e1.MSBFirst, 5), newHeard(), wire.NoTime
	p, q := r.Channel("x", wire.Forth, 1), r.E1("y", wire.Back)
	for _, n := range []int64{1 << 62, -1 << 62, 0} {
		p.Feed(0, s.octets(1000))
		q.Feed(0, s.octets(1000))
		p.Gap(0, n)
		q.Gap(0, n)
	}
	p.Feed(0, s.octets(1000))
	r.Flush()
	h.drain(t, r, &last)
	if year := wire.Time(365 * 86400e9); last < start+year || last > start+year+2e9 || len(h.msus["x 0"]) < 10 || strings.Count(strings.Join(h.events, "\n"), "gap: ") != 2 {
		t.Errorf("%v, %d MSUs, %q", last, len(h.msus["x 0"]), h.events)
	}
}
