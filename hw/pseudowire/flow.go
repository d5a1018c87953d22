package pseudowire

import (
	"fmt"
	"slices"

	"c7mon/wire"
)

// counts are the packets of one direction by what became of them: each that came is in one of the first group.
type counts struct {
	given, early, duplicates, late, strays, malformed, channel, crowded uint64

	lost, gaps, reordered uint64 // packets that did not come, in how many pieces; of those given, how many came out of order
}

// heard is how many came.
func (c *counts) heard() uint64 {
	return c.given + c.early + c.duplicates + c.late + c.strays + c.malformed + c.channel + c.crowded
}

func (c *counts) String() string {
	return fmt.Sprintf("%d packets heard, %d given, %d of them put back in order; %d lost in %d gaps; %d twice, %d too late, %d of no place, %d malformed, %d of control, %d before it was known, %d beside those of another",
		c.heard(), c.given, c.reordered, c.lost, c.gaps, c.duplicates, c.late, c.strays, c.malformed, c.channel, c.early, c.crowded)
}

// A flow is the packets from one address and port to another: one direction of a pseudowire, once it is sure to be one.
type flow struct {
	key    flowKey
	format *format
	to     *direction
	window *window
	place  rtpPlace
	size   int // octets of the line in a packet, 0 while not known
	part   packet
	top    uint16 // the highest number taken
	count  counts
	told   counts // those that were told last, but for what is good
	first  error  // of the malformed ones
	odd    int    // malformed ones in a row
	known  bool
	early  []early // the first packets
	heard  wire.Time
}

// An early packet came before it was known how packets are made.
type early struct {
	time     wire.Time
	sequence uint16
	octets   []byte
}

const (
	evidence  = 3  // packets by which a pseudowire is told
	together  = 64 // how far apart their numbers may be
	unlearned = 16 // malformed packets in a row after which all is found out anew

	silentBefore wire.Time = 1_000_000_000 // ns without packets until another flow may take the place of one
)

func newFlow(f *format, to *direction) *flow {
	fl := &flow{format: f, to: to, place: f.rtp, heard: wire.NoTime}
	fl.window = newWindow(f.window, fl)
	return fl
}

// takes takes the payload of a datagram that came at t.
func (f *flow) takes(t wire.Time, b []byte) {
	f.heard = max(f.heard, t)
	if f.known {
		f.placed(t, b) // it is the owner of its direction
		return
	}
	if err := f.part.decode(b, f.place); err != nil {
		f.bad(err)
		return
	}
	f.early = append(f.early, early{t, f.part.Sequence, slices.Clone(b)})
	for _, e := range f.early {
		if d := int16(e.sequence - f.part.Sequence); d > together || d < -together {
			f.early = slices.Delete(f.early, 0, 1)
			f.count.early++
			return
		}
	}
	if len(f.early) >= evidence {
		f.learn()
	}
}

// takesOver reports whether the flow may be the one whose packets its direction takes. Where equipment was started again
// and sends from another port, the flow before has to be silent first.
func (f *flow) takesOver() bool {
	o := f.to.owner
	if o != nil && o != f {
		if f.heard-o.heard < silentBefore {
			return false
		}
		o.forgets()
	}
	f.to.owner = f
	return true
}

// forgets lets go what waits, and makes the flow find out all anew.
func (f *flow) forgets() {
	f.ends()
	f.to.since = f.window.last
	f.window, f.odd, f.known, f.place, f.size = newWindow(f.format.window, f), 0, false, f.format.rtp, 0
}

// learn tells from the first packets how they are made, and takes them.
func (f *flow) learn() {
	if !f.takesOver() {
		f.count.crowded += uint64(len(f.early))
		f.early = f.early[:0]
		return
	}
	slices.SortStableFunc(f.early, func(a, b early) int { return int(int16(a.sequence - b.sequence)) })
	if f.format.rtp == rtpAuto && f.behind() {
		f.place = rtpAfter
	}
	f.size = f.format.payload
	for _, e := range f.early {
		if f.part.decode(e.octets, f.place) == nil && f.size == 0 {
			b, _ := f.format.data(&f.part, 0)
			f.size = len(b)
		}
	}
	f.sized()
	f.to.open(f.format)
	f.known = true
	for _, e := range f.early {
		f.placed(e.time, e.octets)
	}
	f.early = nil
}

// behind reports whether all of the first packets have an RTP header of one source behind the control word.
func (f *flow) behind() bool {
	var source uint32
	for i, e := range f.early {
		ssrc, ok := rtpBehind(e.octets)
		if !ok || i > 0 && ssrc != source {
			return false
		}
		source = ssrc
	}
	return true
}

// sized sets what follows from the size of the packets.
func (f *flow) sized() { f.window.period = wire.Time(f.size) * frameTime / wire.Time(f.format.width) }

// placed puts a packet in its place.
func (f *flow) placed(t wire.Time, b []byte) {
	p := &f.part
	err := p.decode(b, f.place)
	if err == nil && p.M == 3 && !p.L && !f.format.satop {
		err = errChannel // signalling of the equipment at the ends, RFC 5086 4.3
	}
	var data []byte
	if err == nil {
		data, err = f.format.data(p, f.size)
	}
	if err != nil {
		f.bad(err)
		return
	}
	if f.size == 0 && len(data) > 0 {
		f.size = len(data)
		f.sized()
	}
	f.odd = 0
	behind := f.window.begun && int16(p.Sequence-f.top) < 0
	switch f.window.put(t, p.Sequence, f.format.flags(p), data) {
	case taken:
		f.count.given++
		if behind {
			f.count.reordered++
		} else {
			f.top = p.Sequence
		}
	case anew:
		f.count.strays--
		f.count.given += 2
		f.top = p.Sequence
	case duplicate:
		f.count.duplicates++
	case late:
		f.count.late++
	case stray:
		f.count.strays++
	}
}

// bad counts a packet that is not understood. After many in a row all is found out anew.
func (f *flow) bad(err error) {
	if err == errChannel {
		f.count.channel++
		return
	}
	f.count.malformed++
	if f.first == nil {
		f.first = err
	}
	if f.odd++; f.odd < unlearned || !f.known {
		return
	}
	f.forgets()
}

// ends lets go what waits.
func (f *flow) ends() {
	f.window.drain()
	f.window.tell(f.window.last)
	if f.window.last.Known() {
		f.to.settle(f.window.last)
	}
	f.count.early += uint64(len(f.early))
	f.early = nil
}

// packet gives the octets of the next packet.
func (f *flow) packet(h *held) {
	if h.flags&lineFault != 0 {
		f.to.dark(h.time, int64(f.size), h.flags)
		return
	}
	f.to.feed(h.time, h.data, h.flags)
}

// missing gives a gap of packets that did not come.
func (f *flow) missing(_ wire.Time, n int64) {
	f.count.lost += uint64(n)
	f.count.gaps++
	f.to.gap(n * int64(f.size))
}

// restarted gives a gap as long as the time says, for numbers that begin anew.
func (f *flow) restarted(_ wire.Time, passed int64) {
	f.count.gaps++
	f.to.restarted(passed * int64(f.size))
}
