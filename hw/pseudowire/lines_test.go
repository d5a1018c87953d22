package pseudowire_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/hw"
	"c7mon/hw/e1cap"
	"c7mon/hw/hwtest"
	"c7mon/hw/pseudowire"
	"c7mon/hw/raw"
	"c7mon/lab"
	"c7mon/wire"
)

// A scene is a scenario of lab on an E1: the recording of an e1-tracer, the frames of both directions, and the messages with
// the time at which the last octet of each is on the line.
type scene struct {
	tracer []byte
	start  wire.Time // when the first frame began
	frames [2][]byte
	units  hwtest.Frames
}

// play makes 12 s of calls on sixteen links, in timeslots 1 to 16.
func play(t *testing.T, o lab.Options) *scene {
	t.Helper()
	s := &scene{}
	o.Scenario, o.Link, o.Calls, o.For = "load", "e1", 60, 12*time.Second
	o.Unit = func(u *lab.Unit) {
		way := wire.Forth
		if !u.Near {
			way = wire.Back
		}
		s.units = append(s.units, capture.Frame{Time: u.At, Clock: u.At, Interface: uint32(u.Timeslot), Direction: way,
			Type: capture.LinkMTP2, Payload: capture.MTP2, FCS: capture.FCSGone, Data: slices.Clone(u.Octets), Len: len(u.Octets)})
	}
	var out bytes.Buffer
	if _, err := lab.Write(&out, o); err != nil {
		t.Fatal(err)
	}
	s.tracer = out.Bytes()
	slices.SortStableFunc(s.units, func(a, b capture.Frame) int { return cmp.Compare(a.Time, b.Time) })
	for b := s.tracer; len(b) > 0; {
		n := int(binary.LittleEndian.Uint16(b[20:]))
		if s.start == 0 {
			s.start = wire.Time(binary.LittleEndian.Uint64(b[4:])*1e9+binary.LittleEndian.Uint64(b[12:])*1e3) - wire.Time(n-4)/32*frame
		}
		way := b[22] - 0x81
		s.frames[way] = append(s.frames[way], b[27:23+n]...)
		b = b[23+n:]
	}
	return s
}

const frame wire.Time = 125_000

// timeslots gives the octets of some timeslots of one direction.
func (s *scene) timeslots(way int, slots ...int) (out []byte) {
	for f := s.frames[way]; len(f) > 0; f = f[32:] {
		for _, slot := range slots {
			out = append(out, f[slot])
		}
	}
	return out
}

// same holds that the source gives the calls of the scene, but for capture, frame numbers and parts of a millisecond.
func (s *scene) same(t *testing.T, src hw.Source, err error, among ...uint32) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	units := slices.Clone(s.units)
	if len(among) > 0 {
		units = slices.DeleteFunc(units, func(f capture.Frame) bool { return !slices.Contains(among, f.Interface) })
	}
	want := hwtest.Hear(t, &units, func(f *capture.Frame) string { return fmt.Sprintf("0/%d", f.Interface) })
	hwtest.Hear(t, src, src.LineName).Same(t, want, time.Millisecond)
}

func zipped(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// atStart is the configuration of lines whose first octet was on them at that time.
func atStart(at wire.Time, links ...string) hw.LineConfig {
	return hw.LineConfig{Links: links, Clock: "stream", Start: time.Unix(0, int64(at)).UTC().Format(time.RFC3339Nano)}
}

// TestCalls plays one scenario through every way in which octets of a line are had without a card.
func TestCalls(t *testing.T) {
	s := play(t, lab.Options{})
	t.Run("tracer", func(t *testing.T) {
		src, err := e1cap.Open(e1cap.Config{File: hwtest.File(t, "e1.e1cap", s.tracer)})
		s.same(t, src, err)
	})
	t.Run("tracer, links known, gzip", func(t *testing.T) {
		src, err := e1cap.Open(e1cap.Config{File: hwtest.File(t, "e1.e1cap.gz", zipped(t, s.tracer)), Line: hw.LineConfig{Links: []string{"1-16"}}})
		s.same(t, src, err)
	})
	t.Run("recorder", func(t *testing.T) {
		src, err := e1cap.Open(e1cap.Config{File: hwtest.File(t, "2003.e1cap", s.recorded())})
		s.same(t, src, err)
	})
	t.Run("recorder, HDLC", func(t *testing.T) {
		src, err := e1cap.Open(e1cap.Config{File: hwtest.File(t, "hdlc.e1cap", s.recordedHDLC())})
		s.same(t, src, err)
	})
	t.Run("frames", func(t *testing.T) {
		src, err := raw.Open(raw.Config{Forth: hwtest.File(t, "f.raw", s.frames[0]), Back: hwtest.File(t, "b.raw.gz", zipped(t, s.frames[1])),
			Format: "e1", Line: atStart(s.start, "1-16")})
		s.same(t, src, err)
	})
	t.Run("timeslot", func(t *testing.T) {
		src, err := raw.Open(raw.Config{Forth: hwtest.File(t, "f.ts", e1.Reverse(nil, s.timeslots(0, 16))),
			Back: hwtest.File(t, "b.ts", e1.Reverse(nil, s.timeslots(1, 16))), Format: "timeslot", Name: "0/16",
			Line: hw.LineConfig{BitOrder: "lsb", Clock: "stream", Start: atStart(s.start).Start}})
		s.same(t, src, err, 16)
	})
	t.Run("SAToP", func(t *testing.T) {
		c := &capturing{wires: s.satop()}
		src, err := pseudowire.Open(pseudowire.Config{File: hwtest.File(t, "satop.pcap", c.pcap(t)), Protocol: "satop",
			Lines: []pseudowire.Named{{Name: "0", From: "10.0.0.1:2142", To: "10.0.0.2:3000"}}, Line: hw.LineConfig{Links: []string{"1-16"}}})
		s.same(t, src, err)
	})
	t.Run("SAToP with RTP, links found", func(t *testing.T) {
		c := &capturing{wires: s.satop(), rtp: true}
		src, err := pseudowire.Open(pseudowire.Config{File: hwtest.File(t, "satop.pcap", c.pcap(t)), Protocol: "satop", Ports: []int{2142},
			Lines: []pseudowire.Named{{Name: "0", From: "10.0.0.1:2142", To: "10.0.0.2:3000"}}})
		s.same(t, src, err)
	})
	t.Run("CESoPSN over IPv6", func(t *testing.T) {
		slots := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
		c := &capturing{wires: []*wireOf{s.wire(0, 16*8, s.timeslots(0, slots...), 16), s.wire(1, 16*8, s.timeslots(1, slots...), 16)}, v6: true}
		src, err := pseudowire.Open(pseudowire.Config{File: hwtest.File(t, "ces.pcap", c.pcap(t)), Protocol: "cesopsn", Timeslots: []string{"1-16"},
			Lines: []pseudowire.Named{{Name: "0", From: "[fd00::1]:2142", To: "[fd00::2]:3000"}}})
		s.same(t, src, err)
	})
	t.Run("CESoPSN with signalling, RTP behind", func(t *testing.T) {
		c := &capturing{wires: []*wireOf{s.wire(0, 8, s.timeslots(0, 16), 1), s.wire(1, 8, s.timeslots(1, 16), 1)}, rtp: true, behind: true, trailer: 1}
		src, err := pseudowire.Open(pseudowire.Config{File: hwtest.File(t, "ces.pcap", c.pcap(t)), Protocol: "cesopsn", Timeslots: []string{"16"}, CAS: true,
			Lines: []pseudowire.Named{{Name: "0", From: "10.0.0.1:2142", To: "10.0.0.2:3000"}}})
		s.same(t, src, err, 16)
	})
}

// recorded gives the timeslots as osmo-e1-recorder writes them, 20 ms of each at once.
func (s *scene) recorded() (out []byte) {
	for at := 0; at+160*32 <= len(s.frames[0]); at += 160 * 32 {
		end := s.start + wire.Time(at/32+160)*frame
		for way := range s.frames {
			for slot := 1; slot <= 16; slot++ {
				out = appendRecord(out, end, byte(way), byte(slot), 0, 160)
				for i := range 160 {
					out = append(out, s.frames[way][at+i*32+slot])
				}
			}
		}
	}
	return out
}

// recordedHDLC gives the messages as it writes them where a card found them.
func (s *scene) recordedHDLC() (out []byte) {
	for _, u := range s.units {
		out = append(appendRecord(out, u.Time, byte(u.Direction), byte(u.Interface), 1, len(u.Data)), u.Data...)
	}
	return out
}

func appendRecord(dst []byte, t wire.Time, line, slot, mode byte, n int) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(t/1e9))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(t%1e9/1e3))
	dst = binary.BigEndian.AppendUint32(dst, uint32(n))
	return append(dst, line, slot, mode, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

// A wireOf is one direction of a pseudowire as it is to be sent.
type wireOf struct {
	src, dst netip.AddrPort
	octets   []byte
	size     int // of a packet
	width    int
	start    wire.Time
}

func (s *scene) wire(way, size int, octets []byte, width int) *wireOf {
	w := &wireOf{netip.MustParseAddrPort("10.0.0.1:2142"), netip.MustParseAddrPort("10.0.0.2:3000"), octets, size, width, s.start}
	if way == 1 {
		w.src, w.dst = w.dst, w.src
	}
	return w
}

// satop gives both directions as SAToP, whose packets begin anywhere in a frame.
func (s *scene) satop() []*wireOf {
	a, b := s.wire(0, 256, s.frames[0][13:], 32), s.wire(1, 256, s.frames[1][5:], 32)
	a.start += 13 * frame / 32
	return []*wireOf{a, b}
}

// capturing writes packets of pseudowires as a capture of a mirror port.
type capturing struct {
	wires           []*wireOf
	rtp, behind, v6 bool
	trailer         int
	shuffle         func(way int, packets []packet) []packet // what happens to them on the way
	first           uint16
	word            func(way, n int, w []byte) (payload bool) // changes a control word
}

// A packet is one on its way.
type packet struct {
	at   wire.Time
	data []byte // from the UDP header on
	w    *wireOf
}

func (c *capturing) packets() (all []packet) {
	for way, w := range c.wires {
		var list []packet
		for n := 0; (n+1)*w.size <= len(w.octets); n++ {
			seq := c.first + uint16(n)
			at := w.start + wire.Time((n+1)*w.size)*frame/wire.Time(w.width)
			word := []byte{0, 0, byte(seq >> 8), byte(seq)}
			rtp := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte{0x80, 96, byte(seq >> 8), byte(seq)}, uint32(n*256)), 0xabcd0000+uint32(way))
			payload := true
			if c.word != nil {
				payload = c.word(way, n, word)
			}
			var b []byte
			switch {
			case c.rtp && c.behind:
				b = append(word, rtp...)
			case c.rtp:
				b = append(rtp, word...)
			default:
				b = word
			}
			if payload {
				b = append(b, w.octets[n*w.size:(n+1)*w.size]...)
				b = append(b, make([]byte, c.trailer)...)
			}
			list = append(list, packet{at, b, w})
		}
		if c.shuffle != nil {
			list = c.shuffle(way, list)
		}
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b packet) int { return cmp.Compare(a.at, b.at) })
	return all
}

// pcap gives the capture.
func (c *capturing) pcap(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w := capture.NewPcapWriter(&out, capture.LinkEthernet)
	for _, p := range c.packets() {
		frame := append([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0}, ipv4(p.w, p.data)...)
		if c.v6 {
			frame = append([]byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd}, ipv6(p.w, p.data)...)
		}
		if err := w.Write(capture.Record{Time: p.at, Direction: wire.NoDirection, Data: frame}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func udp(w *wireOf, b []byte) []byte {
	h := binary.BigEndian.AppendUint16(nil, w.src.Port())
	h = binary.BigEndian.AppendUint16(h, w.dst.Port())
	h = binary.BigEndian.AppendUint16(h, uint16(8+len(b)))
	return append(append(h, 0, 0), b...)
}

func ipv4(w *wireOf, b []byte) []byte {
	u := udp(w, b)
	h := []byte{0x45, 0, byte((20 + len(u)) >> 8), byte(20 + len(u)), 0, 0, 0x40, 0, 64, 17, 0, 0}
	src, dst := w.src.Addr().As4(), w.dst.Addr().As4()
	return append(append(append(h, src[:]...), dst[:]...), u...)
}

func ipv6(w *wireOf, b []byte) []byte {
	u := udp(w, b)
	h := []byte{0x60, 0, 0, 0, byte(len(u) >> 8), byte(len(u)), 17, 64}
	src, dst := [16]byte{0: 0xfd, 15: w.src.Addr().As4()[3]}, [16]byte{0: 0xfd, 15: w.dst.Addr().As4()[3]}
	return append(append(append(h, src[:]...), dst[:]...), u...)
}
