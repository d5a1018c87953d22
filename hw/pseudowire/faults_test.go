package pseudowire

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/wire"
)

const t0 wire.Time = 1_066_000_000_000_000_000

// carried gives frames of an E1 whose timeslot 16 has a message each 20 ms with its number in it, and how many there are.
func carried(frames int) (octets []byte, units int) {
	return hwtest.E1(hwtest.Numbered(frames)), frames / hwtest.NumberedOctets
}

// A sent packet is on its way to the tap.
type sent struct {
	at   wire.Time
	seq  uint16
	word byte   // the first octet of the control word
	data []byte // of the line
	raw  []byte // instead of all that
	back bool
	port uint16 // of the sender, 0: 2142
}

const (
	each   = 256 // octets of the line in a packet
	eachMs = 1_000_000
)

// cutUp cuts octets of a line up.
func cutUp(octets []byte, first uint16) (list []sent) {
	for n := 0; (n+1)*each <= len(octets); n++ {
		list = append(list, sent{at: t0 + wire.Time(n+1)*eachMs, seq: first + uint16(n), data: octets[n*each : (n+1)*each]})
	}
	return list
}

func (p *sent) ip() []byte {
	b := p.raw
	if b == nil {
		b = append([]byte{p.word, 0, byte(p.seq >> 8), byte(p.seq)}, p.data...)
	}
	h := []byte{0x45, 0, byte((28 + len(b)) >> 8), byte(28 + len(b)), 0, 0, 0x40, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2}
	src, dst := uint16(2142), uint16(3000)
	if p.port != 0 {
		src = p.port
	}
	if p.back {
		h[15], h[19] = 2, 1
		src, dst = dst, src
	}
	h = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(h, src), dst)
	h = binary.BigEndian.AppendUint16(h, uint16(8+len(b)))
	return append(append(h, 0, 0), b...)
}

// A tap is a source of packets that a test made.
type tap struct {
	list []sent
	tick wire.Time // a last tick then
}

func (t *tap) Next(f *capture.Frame) error {
	*f = capture.Frame{Direction: wire.NoDirection}
	if len(t.list) == 0 {
		if t.tick == 0 {
			return io.EOF
		}
		f.Time, t.tick = t.tick, 0
		return nil
	}
	p := t.list[0]
	t.list = t.list[1:]
	f.Time, f.Clock, f.Payload, f.Data = p.at, p.at, capture.IP, p.ip()
	return nil
}

func (t *tap) Close() error { return nil }

// A heard is what a session gave.
type heardAll struct {
	units, bad int
	numbers    []int
	gaps       uint64 // octets
	gapCount   int
	events     []string // of conditions, gaps and drops, with their time in ms
	notes      []string
	session    *session
}

// hear gives what comes of packets.
func hear(t *testing.T, c Config, src source) *heardAll {
	t.Helper()
	if c.Protocol == "" {
		c.Protocol = "satop"
	}
	c.File = "tap"
	if len(c.Lines) == 0 && len(c.Ports) == 0 {
		c.Lines = []Named{{"pw", "10.0.0.1:2142", "10.0.0.2:3000"}}
	}
	if c.Line.Links == nil {
		c.Line.Links = []string{"16"}
	}
	d := &driver{conf: c, lines: &hw.Lines{}}
	d.lines.Add("")
	if err := d.check(); err != nil {
		t.Fatal(err)
	}
	r, err := hw.NewReceiver(d.lines, c.Line)
	if err != nil {
		t.Fatal(err)
	}
	h := &heardAll{session: newSession(d, r, src)}
	for {
		f := capture.Frame{Direction: wire.NoDirection}
		if err := h.session.Next(&f); err != nil {
			if err != io.EOF {
				t.Fatal(err)
			}
			break
		}
		h.take(&f, d.lines)
	}
	var in uint64
	for _, f := range h.session.order {
		in += f.count.heard()
	}
	if in+h.session.forgotten != h.session.count.flows {
		t.Errorf("%d packets of pseudowires came and %d were counted", h.session.count.flows, in)
	}
	return h
}

func (h *heardAll) take(f *capture.Frame, lines *hw.Lines) {
	switch f.Payload {
	case capture.MTP2:
		if len(f.Data) == 12 {
			h.units++
			h.numbers = append(h.numbers, int(f.Data[4])|int(f.Data[5])<<8)
		}
	case capture.Malformed:
		h.bad++
	case capture.LineEvent:
		e := f.Event
		switch e.Kind {
		case capture.EventNote:
			h.notes = append(h.notes, e.Text)
			return
		case capture.EventGap:
			h.gaps += e.Count
			h.gapCount++
		}
		text := e.Kind.String()
		if e.Kind.Condition() {
			text = map[bool]string{true: "+", false: "-"}[e.On] + text
		} else if e.Count > 0 {
			text += fmt.Sprint(" ", e.Count)
		}
		h.events = append(h.events, fmt.Sprintf("%s %d %s", lines.Name(f.Interface), int64(f.Time-t0)/eachMs, text))
	}
}

func (h *heardAll) is(t *testing.T, events string, f func(c counts) string, counts string) {
	t.Helper()
	if got := strings.Join(h.events, "; "); got != events {
		t.Errorf("events:\n got %s\nwant %s", got, events)
	}
	if got := f(h.session.order[0].count); got != counts {
		t.Errorf("counts: %s, want %s; %v", got, counts, h.notes)
	}
}

func short(c counts) string {
	return fmt.Sprintf("%d given, %d reordered, %d lost in %d, %d twice, %d late, %d stray, %d malformed, %d control", c.given, c.reordered, c.lost, c.gaps,
		c.duplicates, c.late, c.strays, c.malformed, c.channel)
}

// TestFaults does to the packets of a pseudowire what happens to packets, and holds every count.
func TestFaults(t *testing.T) {
	octets, units := carried(8 * 2000)
	f := func(name string, change func(p []sent) []sent, minUnits int, events, count string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			list := change(cutUp(octets, 65000))
			slices.SortStableFunc(list, func(a, b sent) int { return int(a.at - b.at) })
			h := hear(t, Config{}, &tap{list: list})
			h.is(t, events, short, count)
			if h.units < minUnits || h.bad > units-minUnits || !slices.IsSorted(h.numbers) {
				t.Errorf("%d messages and %d errored units, want %d of %d", h.units, h.bad, minUnits, units)
			}
		})
	}
	f("nothing", func(p []sent) []sent { return p }, 100, "", "2000 given, 0 reordered, 0 lost in 0, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("one lost", func(p []sent) []sent { return slices.Delete(p, 1000, 1001) }, 99,
		"pw 1000 gap 256", "1999 given, 0 reordered, 1 lost in 1, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("some lost", func(p []sent) []sent { return slices.Delete(slices.Delete(p, 1500, 1550), 1000, 1003) }, 95,
		"pw 1000 gap 768; pw 1500 gap 12800", "1947 given, 0 reordered, 53 lost in 2, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("out of order", func(p []sent) []sent {
		for i := 100; i < 1900; i += 10 {
			p[i].at += 8*eachMs + 1
		}
		return p
	}, 100, "", "2000 given, 180 reordered, 0 lost in 0, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("twice", func(p []sent) []sent { return append(p, p[50:150]...) }, 100, "",
		"2000 given, 0 reordered, 0 lost in 0, 100 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("too late", func(p []sent) []sent { p[1000].at += 30 * eachMs; return p }, 99, "pw 1000 gap 256",
		"1999 given, 0 reordered, 1 lost in 1, 0 twice, 1 late, 0 stray, 0 malformed, 0 control")
	f("cut, of another length, of control", func(p []sent) []sent {
		p[1000].data = p[1000].data[:200]
		p[1001].raw = []byte{0, 0}
		return append(p, sent{at: p[50].at + 1, raw: []byte{0x10, 0, 0, 0x21, 1, 2, 3, 4}})
	}, 98, "pw 1000 gap 512", "1998 given, 0 reordered, 2 lost in 1, 0 twice, 0 late, 0 stray, 2 malformed, 1 control")
	f("begun anew", func(p []sent) []sent {
		for i := 1000; i < len(p); i++ {
			p[i].seq += 20000
			p[i].at += 5 * eachMs
		}
		return p
	}, 98, "pw 1000 gap 1281; pw 1005 +loss of frame alignment; pw 1005 -loss of frame alignment", "2000 given, 0 reordered, 0 lost in 1, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("the line behind has failed", func(p []sent) []sent {
		for i := 500; i < 1000; i++ {
			p[i].word, p[i].data = 8, nil
		}
		for i := 1000; i < 1500; i++ {
			p[i].word = 4
		}
		return p
	}, 74, "pw 500 gap 128000; pw 501 +loss of signal; pw 1001 -loss of signal; pw 1001 +remote alarm; pw 1501 -remote alarm",
		"2000 given, 0 reordered, 0 lost in 0, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
	f("garbage on the port", func(p []sent) []sent {
		for i := range 10 {
			p = append(p, sent{at: p[100*i].at + 1, raw: []byte("GET / HTTP/1.1")})
		}
		return p
	}, 100, "", "2000 given, 0 reordered, 0 lost in 0, 0 twice, 0 late, 0 stray, 10 malformed, 0 control")
}

// TestSilence holds that packets that stop and come again after the numbers went round are a gap of that length.
func TestSilence(t *testing.T) {
	octets, _ := carried(8 * 100)
	list := cutUp(octets, 0)
	again := cutUp(octets, 100)
	for i := range again {
		again[i].at += 70_000 * eachMs
		again[i].seq = uint16(70_000 + i)
	}
	list = append(list, again...)
	list = append(list, sent{at: t0 + 50_000*eachMs, port: 9}) // something else on the way
	slices.SortStableFunc(list, func(a, b sent) int { return int(a.at - b.at) })
	h := hear(t, Config{}, &tap{list: list})
	want := fmt.Sprintf("pw 100 gap %d; pw 50000 +loss of signal; pw 70001 -loss of signal", (70_000-100)*each)
	h.is(t, want, short, "200 given, 0 reordered, 69900 lost in 1, 0 twice, 0 late, 0 stray, 0 malformed, 0 control")
}

// TestRelearn holds that a pseudowire whose packets are made otherwise from some time on is found out anew.
func TestRelearn(t *testing.T) {
	octets, _ := carried(8 * 1000)
	list := cutUp(octets, 0)[:500]
	for n := 0; (n+1)*1024 <= len(octets)-500*each; n++ {
		at := 500*each + n*1024
		list = append(list, sent{at: t0 + wire.Time(500+4*n+4)*eachMs, seq: uint16(700 + n), data: octets[at : at+1024]})
	}
	h := hear(t, Config{}, &tap{list: list})
	c := h.session.order[0].count
	if c.malformed != unlearned || c.given != 500+125-unlearned {
		t.Errorf("%v", &c)
	}
	if h.units < 46 || h.gapCount != 1 || h.gaps != unlearned*1024+1 {
		t.Errorf("%d messages, %d octets in %d gaps", h.units, h.gaps, h.gapCount)
	}
	if len(h.notes) != 1 || !strings.Contains(h.notes[0], "16 malformed") {
		t.Errorf("notes %q", h.notes)
	}
}

// TestTakeOver holds that equipment that begins to send from another port goes on where it was, and that two at once do not
// mix.
func TestTakeOver(t *testing.T) {
	octets, _ := carried(8 * 4000)
	list := cutUp(octets, 0)
	for i := 1000; i < 1500; i++ {
		noise := list[i]
		noise.port = 7000
		list = append(list, noise)
	}
	list = slices.Delete(list, 2000, 3200)
	for i := 2000; i < 2800; i++ {
		list[i].port, list[i].seq = 8000, list[i].seq+9000
	}
	slices.SortStableFunc(list, func(a, b sent) int { return int(a.at - b.at) })
	h := hear(t, Config{}, &tap{list: list})
	if n := h.session.order[1].count.crowded + h.session.order[1].count.early; n != 500 || h.session.count.flows != 3300 {
		t.Errorf("%d packets beside those of another, %+v", n, h.session.count)
	}
	if h.units < 100+38 || h.gapCount != 1 || h.gaps/each < 1195 || h.gaps/each > 1205 || !slices.IsSorted(h.numbers) {
		t.Errorf("%d messages, %d octets in %d gaps", h.units, h.gaps, h.gapCount)
	}
}

// TestUnnamed holds that pseudowires without a name are called by their ends, both directions alike, and that noise is none.
func TestUnnamed(t *testing.T) {
	octets, units := carried(8 * 500)
	list := cutUp(octets, 7)
	for _, p := range cutUp(octets, 900) {
		p.back = true
		list = append(list, p)
	}
	for i := range 50 {
		list = append(list, sent{at: t0 + wire.Time(i)*eachMs, port: 2999, raw: []byte("GET / HTTP/1.1")})
	}
	slices.SortStableFunc(list, func(a, b sent) int { return int(a.at - b.at) })
	h := hear(t, Config{Ports: []int{3000}}, &tap{list: list, tick: t0 + 600*eachMs})
	if h.units != 2*units || len(h.events) != 0 {
		t.Errorf("%d messages, want %d; %v", h.units, 2*units, h.events)
	}
	l := h.session.driver.lines
	if l.Name(1) != "10.0.0.1:2142-10.0.0.2:3000" || l.Name(2) != "10.0.0.1:2142-10.0.0.2:3000/16" {
		t.Errorf("%q, %q", l.Name(1), l.Name(2))
	}
}

// TestNoise holds that flows that are no pseudowires are forgotten after a while, and that one among them is heard.
func TestNoise(t *testing.T) {
	octets, units := carried(8 * 500)
	var list []sent
	for i := range 5000 {
		list = append(list, sent{at: t0 - 100_000*eachMs + wire.Time(i)*10*eachMs, port: uint16(10_000 + i), raw: []byte{0, 0, byte(i), 1, 2, 3}})
	}
	for i := range 2500 {
		list = append(list, sent{at: t0 - 40_000*eachMs + wire.Time(i)*eachMs, port: 2142, raw: []byte("GET / HTTP/1.1")})
	}
	list = append(list, cutUp(octets, 7)...)
	slices.SortStableFunc(list, func(a, b sent) int { return int(a.at - b.at) })
	h := hear(t, Config{Ports: []int{3000}}, &tap{list: list})
	if h.units != units {
		t.Errorf("%d messages, want %d", h.units, units)
	}
	c := h.session.count
	if len(h.session.flows) > maxFlows || len(h.session.directions) > maxLines || c.crowded+c.flows != 5000+2500+500 {
		t.Errorf("%d flows, %d directions, %+v", len(h.session.flows), len(h.session.directions), c)
	}
}

// TestBitErrors holds that a line with 1 % of its bits wrong goes on, and that the accounting adds up.
func TestBitErrors(t *testing.T) {
	octets, _ := carried(8 * 2000)
	c := rand.New(rand.NewPCG(1, 2))
	for range len(octets) * 8 / 100 {
		octets[c.IntN(len(octets))] ^= 1 << c.IntN(8)
	}
	clean, units := carried(8 * 1000)
	h := hear(t, Config{}, &tap{list: cutUp(append(octets, clean...), 0)})
	if got := h.session.order[0].count; got.given != 3000 || got.lost != 0 || h.gaps != 0 {
		t.Errorf("%v", &got)
	}
	if h.units < units*9/10 || h.bad == 0 {
		t.Errorf("%d messages, of %d without errors and as many with, %d errored units", h.units, units, h.bad)
	}
}

// TestNoAllocation holds that packets that come in order cost no memory, nor those that wait for another.
func TestNoAllocation(t *testing.T) {
	d := &driver{conf: Config{File: "x", Protocol: "cesopsn", Timeslots: []string{"1-4"}, Ports: []int{1}, Line: hw.LineConfig{Links: []string{"1"}}}, lines: &hw.Lines{}}
	if err := d.check(); err != nil {
		t.Fatal(err)
	}
	r, err := hw.NewReceiver(d.lines, d.conf.Line)
	if err != nil {
		t.Fatal(err)
	}
	f := newFlow(&d.format, &direction{receiver: r, name: "x", since: wire.NoTime})
	n, at := uint16(0), t0
	b := make([]byte, 4+32)
	send := func(seq uint16) {
		b[2], b[3] = byte(seq>>8), byte(seq)
		f.takes(at, b)
	}
	run := func() {
		for range 16 {
			send(n + 1)
			send(n)
			n += 2
			at += 2 * eachMs
		}
	}
	run()
	if a := testing.AllocsPerRun(100, run); a != 0 {
		t.Errorf("%v allocations", a)
	}
	if f.count.reordered < 1000 || f.count.lost != 0 {
		t.Errorf("%v", &f.count)
	}
	var g datagram
	p := sent{data: make([]byte, 256)}
	ip := p.ip()
	if a := testing.AllocsPerRun(100, func() {
		if g.decode(ip) != nil {
			t.Error("no datagram")
		}
	}); a != 0 {
		t.Errorf("%v allocations for a datagram", a)
	}
}

// BenchmarkPackets hears both directions of an E1 whose timeslot 16 is a link, from the IP header on to signal units.
func BenchmarkPackets(b *testing.B) {
	d := &driver{conf: Config{File: "x", Protocol: "satop", Ports: []int{2142}, Line: hw.LineConfig{Links: []string{"16"}}}, lines: &hw.Lines{}}
	if err := d.check(); err != nil {
		b.Fatal(err)
	}
	r, err := hw.NewReceiver(d.lines, d.conf.Line)
	if err != nil {
		b.Fatal(err)
	}
	s := newSession(d, r, &tap{})
	line, _ := carried(8 * 1024)
	list := cutUp(line, 0)
	var ip [2][][]byte
	for _, p := range list {
		ip[0] = append(ip[0], p.ip())
		p.back = true
		ip[1] = append(ip[1], p.ip())
	}
	var f capture.Frame
	b.SetBytes(2 * each)
	b.ReportAllocs()
	n, units := 0, 0
	for b.Loop() {
		at := t0 + wire.Time(n)*eachMs
		for way := range ip {
			p := ip[way][n%len(ip[way])]
			binary.BigEndian.PutUint16(p[30:], uint16(n))
			s.packet(at, p)
		}
		for r.Next(&f) {
			units++
		}
		n++
	}
	if c := s.order[0].count; c.heard() != uint64(n) || c.lost+c.strays > 0 || units < n/20 && n > 2000 {
		b.Errorf("%v, %d units", &c, units)
	}
	b.ReportMetric(float64(2*n)/b.Elapsed().Seconds(), "packets/s")
}
