package monitor

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"c7mon/capture"
	"c7mon/lab"
	"c7mon/mtp"
	"c7mon/wire"
)

// seeds is how many captures a test of corruption makes: some, or as many as C7MON_SEEDS says.
func seeds(t *testing.T, some int) uint64 {
	text := os.Getenv("C7MON_SEEDS")
	if text == "" {
		return uint64(some)
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		t.Fatal("C7MON_SEEDS:", err)
	}
	return n
}

// A victim is a capture to be corrupted.
type victim struct {
	name   string
	octets []byte
	frames [][2]int // where the octets of each frame begin and end; nil where they are not known
	ip     bool     // a frame may have any number of MSUs
}

// victims are captures of every kind of file and link.
func victims(t *testing.T) []victim {
	s := links(t)
	list := []victim{{name: "links", octets: s.pcap(t)}, {name: "links in pcapng", octets: s.pcapng(t)}, {name: "links in ERF", octets: asERF(t, s).pcap(t)},
		{name: "MTP3", octets: asMTP3(bundles(t, s, 1)).pcap(t)}, {name: "yate", octets: readSheet(t, "testdata/yate_itu.pcap.gz").pcap(t)},
		{name: "ansi", octets: readSheet(t, "testdata/libss7_ansi_clean.pcap.gz").pcap(t)}}
	for _, o := range []lab.Options{{Scenario: "faults"}, {Scenario: "load", Calls: 300}} {
		for _, o.Link = range []string{"mtp2", "m3ua"} {
			b, err := os.ReadFile(labFile(t, o))
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, victim{name: o.Scenario + " " + o.Link, octets: b, ip: o.Link == "m3ua"})
		}
	}
	if b, err := os.ReadFile("../../shared/protocol/samples/sigtran_eth.pcap"); err == nil {
		list = append(list, victim{name: "sample of every adaptation", octets: b, ip: true})
	}
	for i := range list {
		if v := &list[i]; binary.LittleEndian.Uint32(v.octets) != 0x0a0d0d0a {
			for at := 24; at+16 <= len(v.octets); {
				n := int(binary.LittleEndian.Uint32(v.octets[at+8:]))
				v.frames = append(v.frames, [2]int{at + 16, at + 16 + n})
				at += 16 + n
			}
		}
	}
	return list
}

// asERF writes the signal units of a capture of links as records of a card. Each record is 16 octets of header, 4 of
// connection number, the unit with its frame check sequence, and padding to eight.
func asERF(t *testing.T, s sheet) sheet {
	out := sheet{link: capture.LinkERF}
	for i := range s.records {
		r := s.records[i]
		u := unitOf(t, &r)
		body := mtp.AppendFCS(nil, r.Data[4:])
		length := (20 + len(body) + 7) &^ 7
		b := binary.LittleEndian.AppendUint64(nil, uint64(r.Time/1e9)<<32|uint64(r.Time%1e9)<<32/1e9)
		b = append(b, 5, 4, byte(length>>8), byte(length), 0, 0, byte(len(body)>>8), byte(len(body)))
		b = append(b, 0, 0, 0, byte(u.link*2)+u.way)
		b = append(b, body...)
		r.Data = append(b, make([]byte, length-len(b))...)
		out.records = append(out.records, r)
	}
	return out
}

// replayCorrupt replays a capture that is no more what it was. A panic shows which one it was.
func replayCorrupt(t *testing.T, what string, v mtp.Variant, octets []byte) *played {
	done := false
	defer func() {
		if !done {
			fmt.Println("corrupted capture:", what)
		}
	}()
	p := play(t, v, octets)
	if t.Failed() {
		t.Fatal(what)
	}
	done = true
	return p
}

// variants are the forms of label that corrupt captures are read with.
var variants = []mtp.Variant{mtp.ITU, mtp.ITU, mtp.ANSI, mtp.China, mtp.Japan}

// TestCorruptOctets puts wrong octets into captures: some few or many, into frames alone or anywhere.
func TestCorruptOctets(t *testing.T) {
	list := victims(t)
	for seed := range seeds(t, 400) {
		random := rand.New(rand.NewPCG(seed, 10))
		v := &list[seed%uint64(len(list))]
		octets := slices.Clone(v.octets)
		in := random.IntN(2) == 0 && v.frames != nil
		n := 1 << random.IntN(12)
		for range n {
			at := random.IntN(len(octets))
			if in {
				f := v.frames[random.IntN(len(v.frames))]
				at = f[0] + random.IntN(f[1]-f[0])
			}
			switch random.IntN(4) {
			case 0:
				octets[at] ^= 1 << random.IntN(8)
			case 1:
				octets[at] = byte(random.Uint32())
			case 2:
				octets[at] = []byte{0, 1, 0x7f, 0x80, 0xff}[random.IntN(5)]
			case 3: // a run
				for k := at; k < min(at+random.IntN(20), len(octets)); k++ {
					if !in || k < at+1 {
						octets[k] = byte(random.Uint32())
					}
				}
			}
		}
		what := fmt.Sprintf("%s, seed %d, %d octets, in frames: %v", v.name, seed, n, in)
		p := replayCorrupt(t, what, variants[random.IntN(len(variants))], octets)
		if in && p.frames != uint64(len(v.frames)) {
			t.Fatalf("%s: %d frames, want %d; %v", what, p.frames, len(v.frames), p.broken)
		}
		if units := p.sum.FramesBy["msu"] + p.sum.FramesBy["duplicate"]; in && !v.ip && (units != p.sum.MSUs || units != p.heard) {
			t.Fatalf("%s: %d frames with an MSU, %d heard, %d counted", what, units, p.heard, p.sum.MSUs)
		}
	}
}

// TestTruncated ends captures at any octet, and at every octet of a small one.
func TestTruncated(t *testing.T) {
	list := victims(t)
	for seed := range seeds(t, 100) {
		random := rand.New(rand.NewPCG(seed, 11))
		v := &list[seed%uint64(len(list))]
		cut := random.IntN(len(v.octets))
		what := fmt.Sprintf("%s, cut after %d octets", v.name, cut)
		p := replayCorrupt(t, what, mtp.ITU, v.octets[:cut])
		if v.frames == nil {
			continue
		}
		whole := uint64(0)
		for _, f := range v.frames {
			if f[1] <= cut {
				whole++
			}
		}
		if cut >= 24 && (p.broken != nil || p.frames != whole) {
			t.Fatalf("%s: %d frames, want %d; %v", what, p.frames, whole, p.broken)
		}
	}
	small := asMTP3(bundles(t, links(t), 1))
	small.records = small.records[:20]
	for _, octets := range [][]byte{small.pcap(t), small.pcapng(t)} {
		for cut := range octets {
			replayCorrupt(t, fmt.Sprint("cut after ", cut), mtp.ITU, octets[:cut])
		}
	}
}

// TestShuffled puts frames where they do not belong, with the times they had or new ones, drops them and repeats them.
func TestShuffled(t *testing.T) {
	s := links(t)
	msus := asMTP3(bundles(t, s, 1))
	w := &ipWriter{out: sheet{link: capture.LinkEthernet}}
	for _, b := range bundles(t, s, 4) {
		var chunks [][]byte
		for _, m := range b.msus {
			chunks = append(chunks, w.data(b.line, 3, m3uaData(&m)))
		}
		w.packet(b.at, b.line, chunks...)
	}
	for seed := range seeds(t, 100) {
		random := rand.New(rand.NewPCG(seed, 12))
		from := []sheet{s, msus, w.out}[seed%3]
		records := slices.Clone(from.records)
		for range 1 << random.IntN(12) {
			i, j := random.IntN(len(records)), random.IntN(len(records))
			if random.IntN(2) == 0 {
				j = min(i+random.IntN(50), len(records)-1)
			}
			switch random.IntN(6) {
			case 0:
				records[i], records[j] = records[j], records[i]
			case 1:
				records[i].Time, records[j].Time = records[j].Time, records[i].Time
			case 2:
				records[i].Data, records[j].Data = records[j].Data, records[i].Data
			case 3:
				records[i] = records[j]
			case 4:
				records[i].Time = max(records[i].Time+wire.Time(random.Int64N(2e16)-1e16), 0)
			case 5:
				records[i].Time = wire.Time(random.Int64N(4e18)) // 1970 to 2096
			}
		}
		what := fmt.Sprintf("%d, seed %d", from.link, seed)
		p := replayCorrupt(t, what, mtp.ITU, sheet{from.link, records}.pcap(t))
		if p.broken != nil || p.frames != uint64(len(records)) {
			t.Fatalf("%s: %d frames, want %d; %v", what, p.frames, len(records), p.broken)
		}
	}
}
