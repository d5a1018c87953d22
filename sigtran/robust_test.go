package sigtran

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"c7mon/wire"
)

// sums checks that everything that came in is in exactly one counter.
func sums(tb testing.TB, d *Decoder, packets int) {
	tb.Helper()
	c := d.Counts()
	total := uint64(0)
	for _, n := range c.Packets {
		total += n
	}
	if total != uint64(packets) {
		tb.Errorf("%d packets counted of %d: %+v", total, packets, c)
	}
	if c.Data != c.Whole+c.Pieces+c.RepeatedPieces+c.Spoiled+c.ForeignChunks {
		tb.Errorf("data chunks do not add up: %+v", c)
	}
	if c.Whole+c.Joined+c.Alone != c.MSUs+c.Repeats+c.Broken+c.Management+c.Foreign {
		tb.Errorf("messages do not add up: %+v", c)
	}
	if d.store.octets < 0 || d.store.octets > maxWaiting {
		tb.Errorf("%d octets wait", d.store.octets)
	}
}

// seeds are packets of every kind that the tests build.
func seeds() [][]byte {
	a, b := append(six1[:15:15], 1), append(six1[:15:15], 2)
	packet := sctpPacket(2905, 2905, tagB, whole(1, long))
	all := [][]byte{
		ab(whole(1, simple("one")), whole(2, simple("two")), whole(4, simple("four"))),
		ab(whole(3, simple("three"))), ab(whole(2, simple("two"))),
		from(hostA, hostB, 0, initChunk(chunkInit, tagA, 100, hostA, hostA2, a)),
		ba(initChunk(chunkInitAck, tagB, 200, hostB, hostB2)),
		from(hostA2, hostB2, tagB, whole(100, simple("multi"))),
		ab(forwardChunk(105)), ba(controlChunk(chunkAbort, 1)), ab(controlChunk(chunkShutdownComplete, 0)),
		ab(iDataChunk(2, 7, 1, 1, 3, long[:40])), ab(iDataChunk(1, 8, 1, 1, 1, long[40:])),
		ipv4Packet(hostA, hostB, protoUDP, 1, 0, udp(9899, 9899, packet)),
		ipv6Packet(a, b, protoHopByHop, append([]byte{protoSCTP, 0, 0, 0, 0, 0, 0, 0}, packet...)),
		ipv6Packet(a, b, protoFragment, append([]byte{protoSCTP, 0, 0, 1, 0, 0, 0, 9}, packet[:40]...)),
		ipv6Packet(a, b, protoFragment, append([]byte{protoSCTP, 0, 0, 40, 0, 0, 0, 9}, packet[40:]...)),
		from(hostA, hostB, 9, dataChunk(3, 1, 0, 0, 2, maup(param(tagM2UAData1, isup)))),
		from(hostA, hostB, 8, dataChunk(3, 1, 0, 0, 5, m2paMessage(1, append([]byte{0}, isup...)))),
		ab(dataChunk(3, 5, 0, 0, 3, m3uaMessage(param(2, isup)))),
		ab(dataChunk(3, 6, 0, 0, 3, []byte{1, 0, 3, 1, 0, 0, 0, 16, 0, 0x11, 0, 8, 0, 0, 0, 1})),
	}
	all = append(all, split(hostA, hostB, protoSCTP, 3, packet, 40)...)
	for _, p := range pieces(3) {
		all = append(all, ab(p))
	}
	return all
}

// TestEveryPrefix reads every packet cut at every octet, each by a decoder of its own and all by one.
func TestEveryPrefix(t *testing.T) {
	d, n := New(Options{}), 0
	for _, p := range seeds() {
		for cut := range len(p) + 1 {
			one := New(Options{Associations: 1})
			one.Packet(0, p[:cut:cut])
			one.Flush()
			sums(t, one, 1)
			n++
			d.Packet(wire.Time(n)*1e8, p[:cut:cut])
		}
	}
	d.Flush()
	sums(t, d, n)
}

// TestCut: what a snap length left of a packet is read as far as it goes.
func TestCut(t *testing.T) {
	s := newScript(t)
	p := ab(whole(1, simple("one")), whole(2, simple(longText)))
	s.send(MSU, p[:len(p)-30])
	it := s.d.Items
	if len(it) != 2 || it[0].Err != nil || it[1].Err == nil || it[1].MSU.OPC != 1 || !bytes.HasPrefix([]byte(longText), it[1].MSU.Data) {
		t.Errorf("items %+v", it)
	}
	two := ab(whole(7, simple("seven")), whole(8, simple("eight")))
	if v, err := s.d.Packet(0, two[:len(two)-len(whole(8, simple("eight")))]); v != MSU || err == nil {
		t.Errorf("a packet cut between its chunks: %v, %v", v, err)
	}
	s.data(MSU, 3)
	s.send(MSU, ab(whole(4, simple("four")), []byte{0, 3, 0, 2})) // a chunk of length 2 behind a good one
	s.send(Malformed, ab([]byte{0, 3, 0, 2}))
	s.send(Malformed, ab())
	s.send(Malformed, ab(dataChunk(3, 5, 1, 1, 3, nil)))
	s.send(Malformed, ab(controlChunk(chunkInit, 0, 1, 2, 3)))
	s.send(SCTPControl, ab(controlChunk(3, 0, 1, 2, 3, 4)))
	s.send(MSU, ab(controlChunk(3, 0, 1, 2, 3, 4), whole(5, simple("five"))))
	s.send(Malformed, []byte{0x45})
	s.send(Malformed, make([]byte, 40))
	s.send(Malformed, append([]byte{0x42}, ab()[1:]...))
	if c := s.d.Counts(); c.BadChunks != 4 || c.Spoiled != 1 || c.Broken != 1 {
		t.Errorf("counts %+v", c)
	}
}

// TestCorrupted damages octets of the captures: nothing panics, and the sums still hold.
func TestCorrupted(t *testing.T) {
	names, _ := filepath.Glob("../../shared/captures/*cap")
	if len(names) == 0 {
		t.Skip("the shared captures are not there")
	}
	var frames []heard
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil || len(b) < 24 || b[0] == 0x0a || b[20]|b[23] > 113 {
			continue // pcapng, or link types without IP
		}
		if all := readPcap(t, "captures", filepath.Base(name)); len(all) < 100 {
			frames = append(frames, all...)
		}
	}
	for i, p := range seeds() {
		frames = append(frames, heard{wire.Time(i), p})
	}
	var buffer []byte
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 7))
		d := New(Options{Associations: 8})
		for _, h := range frames {
			buffer = append(buffer[:0], h.ip...)
			for range r.IntN(4) {
				if len(buffer) > 0 {
					buffer[r.IntN(len(buffer))] = byte(r.Uint32())
				}
			}
			d.Packet(h.time, buffer)
			for i := range d.Messages {
				d.Messages[i].Text()
			}
		}
		d.Flush()
		sums(t, d, len(frames))
	}
}

// TestAllocs: no packet of the steady state allocates, fragments, repeats and gaps among them.
func TestAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	d := New(Options{})
	var list [][]byte
	for i := range uint32(8) {
		list = append(list, ab(whole(i, simple(longText)), whole(i, simple(longText))), ba(whole(i, simple("x"))))
	}
	for _, p := range pieces(3) {
		list = append(list, ab(p))
	}
	list = append(list, split(hostA, hostB, protoSCTP, 3, sctpPacket(2905, 2905, tagB, whole(30, long)), 40)...)
	list = append(list, ab(whole(40, simple("gap"))), ab(forwardChunk(20)), ab(controlChunk(3, 0, 1, 2, 3, 4)),
		from(hostA, hostB, 0, initChunk(chunkInit, tagA, 0)), ba(initChunk(chunkInitAck, tagB, 0)),
		from(hostA, hostB, 0, initChunk(chunkInit, tagA, 7)), ba(initChunk(chunkInitAck, tagB, 7)))
	now := wire.Time(0)
	run := func() {
		for _, p := range list {
			now += 1e9
			d.Packet(now, p)
		}
	}
	for range 20 {
		run()
	}
	if n := testing.AllocsPerRun(100, run); n != 0 {
		t.Errorf("%v allocations for %d packets", n, len(list))
	}
	if c := d.Counts(); c.Joined == 0 || c.Repeats == 0 || c.Restarts == 0 || c.Broken != 0 {
		t.Errorf("counts %+v", c)
	}
}

// FuzzPacket reads three packets one after the other: the length of each stands in front of it.
func FuzzPacket(f *testing.F) {
	list := seeds()
	for i, p := range list {
		var in []byte
		for _, q := range [][]byte{p, list[(i+1)%len(list)], p} {
			in = append(be16(in, len(q)), q...)
		}
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		d, n := New(Options{Associations: 2}), 0
		for len(in) >= 2 {
			size := min(int(in[0])<<8|int(in[1]), len(in)-2)
			d.Packet(wire.Time(n)*1e9, in[2:2+size:2+size])
			for i := range d.Messages {
				d.Messages[i].Name()
				d.Messages[i].Text()
			}
			in, n = in[2+size:], n+1
		}
		d.Flush()
		sums(t, d, n)
	})
}

// FuzzData holds our walk of M3UA DATA against the library's.
func FuzzData(f *testing.F) {
	f.Add(simple("text"))
	f.Add(m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), pdata(1, 2, 5, 2, 0, 3, []byte("text."))))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= uaHeader && b[0] == 1 && b[2] == classTransfer && b[3] == typeData {
			againstLibrary(t, b)
		}
	})
}
