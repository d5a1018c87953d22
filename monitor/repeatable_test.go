package monitor

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/lab"
	"c7mon/mtp"
	"c7mon/wire"
)

// repeatables are captures of each kind.
func repeatables(t *testing.T) map[string][]byte {
	list := map[string][]byte{"links": links(t).pcap(t), "yate": readSheet(t, "testdata/yate_itu.pcap.gz").pcap(t)}
	for _, o := range []lab.Options{{Scenario: "faults"}, {Scenario: "load", Calls: 1000}} {
		for _, o.Link = range lab.Links() {
			b, err := os.ReadFile(labFile(t, o))
			if err != nil {
				t.Fatal(err)
			}
			list[o.Scenario+" "+o.Link] = b
		}
	}
	return list
}

// sameOctets holds that two replays gave the same list of calls, octet for octet, and the same counts.
func sameOctets(t *testing.T, what string, got, want *played) {
	t.Helper()
	if got.csv != want.csv {
		t.Errorf("%s: the lists of calls differ", what)
		same(t, what, got, want)
	}
	if got.sum.MSUs != want.sum.MSUs || got.sum.Missed != want.sum.Missed || got.sum.Frames != want.sum.Frames || got.sum.First != want.sum.First || got.sum.Last != want.sum.Last {
		t.Errorf("%s: the counts differ: %+v, want %+v", what, got.sum, want.sum)
	}
	for name, n := range want.sum.MessagesBy {
		if got.sum.MessagesBy[name] != n {
			t.Errorf("%s: %d messages are %s, want %d", what, got.sum.MessagesBy[name], name, n)
		}
	}
}

// TestSameAgain replays captures twice, and once more in each form in which the same records can come.
func TestSameAgain(t *testing.T) {
	for what, octets := range repeatables(t) {
		want := play(t, mtp.ITU, octets).table(t)
		if len(want.calls) == 0 {
			t.Fatalf("%s: no calls", what)
		}
		sameOctets(t, what+" again", play(t, mtp.ITU, octets).table(t), want)
		sameOctets(t, what+" in gzip", play(t, mtp.ITU, gzipped(t, octets)).table(t), want)
		sameOctets(t, what+" in zstd", play(t, mtp.ITU, zstandard(octets)).table(t), want)
		if binary.LittleEndian.Uint32(octets) == 0x0a0d0d0a {
			continue // several interfaces
		}
		path := t.TempDir() + "/c"
		if err := os.WriteFile(path, octets, 0o600); err != nil {
			t.Fatal(err)
		}
		s := readSheet(t, path)
		sameOctets(t, what+" as pcapng", play(t, mtp.ITU, s.pcapng(t)).table(t), want)
		sameOctets(t, what+" as pcap of the other byte order", play(t, mtp.ITU, swappedPcap(s)).table(t), want)
	}
}

func gzipped(t *testing.T, octets []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(octets); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zstandard wraps octets in a frame of zstd whose blocks are not compressed. RFC 8878 3.1.1.
func zstandard(octets []byte) []byte {
	const most = 128 << 10
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58} // a window of 2 MiB
	for last := uint32(0); last == 0; {
		n := min(len(octets), most)
		if n == len(octets) {
			last = 1
		}
		h := uint32(n)<<3 | last
		b = append(append(b, byte(h), byte(h>>8), byte(h>>16)), octets[:n]...)
		octets = octets[n:]
	}
	return b
}

// swappedPcap writes a pcap with the high octet first.
func swappedPcap(s sheet) []byte {
	be := binary.BigEndian
	b := be.AppendUint32(nil, 0xa1b23c4d)
	b = append(b, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0)
	b = be.AppendUint32(b, uint32(s.link))
	for _, r := range s.records {
		b = be.AppendUint32(be.AppendUint32(b, uint32(r.Time/1e9)), uint32(r.Time%1e9))
		b = be.AppendUint32(be.AppendUint32(b, uint32(len(r.Data))), uint32(len(r.Data)+r.Cut))
		b = append(b, r.Data...)
	}
	return b
}

// TestSplit replays a capture as two and three files, which have to be one stream.
func TestSplit(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 6))
	for what, octets := range repeatables(t) {
		if binary.LittleEndian.Uint32(octets) == 0x0a0d0d0a {
			continue
		}
		path := t.TempDir() + "/c"
		if err := os.WriteFile(path, octets, 0o600); err != nil {
			t.Fatal(err)
		}
		s := readSheet(t, path)
		want := play(t, mtp.ITU, octets).table(t)
		for range 4 {
			a, b := random.IntN(len(s.records)-1)+1, random.IntN(len(s.records)-1)+1
			a, b = min(a, b), max(a, b)
			for a > 1 && s.records[a].Time == s.records[a-1].Time {
				a-- // frames of one time come in the order of their files
			}
			if s.records[a].Time == s.records[a-1].Time {
				continue
			}
			got := play(t, mtp.ITU, sheet{s.link, s.records[:a]}.pcap(t), sheet{s.link, s.records[a:]}.pcap(t)).table(t)
			same(t, what+" in two", got, want, place...)
			got = play(t, mtp.ITU, sheet{s.link, s.records[:a]}.pcap(t), sheet{s.link, s.records[a:b]}.pcap(t),
				sheet{s.link, s.records[b:]}.pcap(t)).table(t)
			same(t, what+" in three", got, want, place...)
			got = play(t, mtp.ITU, sheet{s.link, s.records[a:]}.pcap(t), sheet{s.link, s.records[:a]}.pcap(t)).table(t)
			same(t, what+" in two, the later one first", got, want, place...)
		}
	}
}

// ticks is a source that says the time between the frames of another, as a silent live source does.
type ticks struct {
	capture.Source
	random *rand.Rand
	next   capture.Frame
	held   bool
	now    wire.Time
	err    error
}

// Next gives the next frame, or a tick before it.
func (s *ticks) Next(f *capture.Frame) error {
	if !s.held {
		if s.err = s.Source.Next(&s.next); s.err != nil {
			return s.err
		}
		s.held = true
	}
	at := s.next.Clock
	if s.now == 0 {
		s.now = at
	}
	if gap := at.Sub(s.now); gap > 0 && s.random.IntN(3) > 0 {
		s.now = s.now.Add(min(time.Duration(s.random.Int64N(int64(gap))+1), 50*time.Second))
		*f = capture.Frame{Time: s.now, Clock: s.now, Payload: capture.Tick}
		return nil
	}
	*f, s.held = s.next, false
	s.now = at
	return nil
}

// TestTicks holds that the time passing between frames changes no record.
func TestTicks(t *testing.T) {
	for what, octets := range repeatables(t) {
		want := play(t, mtp.ITU, octets).table(t)
		for seed := range uint64(5) {
			got := playThrough(t, mtp.ITU, func(src capture.Source) capture.Source {
				return &ticks{Source: src, random: rand.New(rand.NewPCG(seed, 8))}
			}, octets).table(t)
			sameOctets(t, what+" with ticks", got, want)
		}
	}
	// Where frames are missing, what is known of the loss must not depend on when the clock was looked at.
	s := links(t)
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 9))
		dirty := sheet{link: s.link}
		for i := range s.records {
			if u := unitOf(t, &s.records[i]); random.IntN(30) > 0 && (seed%2 == 0 || u.su.Kind != mtp.FISU) {
				dirty.records = append(dirty.records, s.records[i])
			}
		}
		octets := dirty.pcap(t)
		want := play(t, mtp.ITU, octets).table(t)
		got := playThrough(t, mtp.ITU, func(src capture.Source) capture.Source {
			return &ticks{Source: src, random: random}
		}, octets).table(t)
		sameOctets(t, "a capture with holes with ticks", got, want)
	}
}
