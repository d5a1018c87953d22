package monitor

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/mtp"
	"c7mon/wire"
)

// An ipWriter writes the messages of a capture as M3UA over SCTP over IPv4 over Ethernet: an association for each link, whose
// chunks it bundles, cuts in pieces and sends again.
type ipWriter struct {
	out sheet
	tsn [8]uint32 // by link and way
	ip  uint16
}

// data gives a DATA chunk. RFC 9260 3.3.1; flags: 2 begins a message, 1 ends it.
func (w *ipWriter) data(line int, flags byte, payload []byte) []byte {
	be := binary.BigEndian
	c := []byte{0, flags, 0, 0}
	be.PutUint16(c[2:], uint16(16+len(payload)))
	c = be.AppendUint32(c, w.tsn[line])
	w.tsn[line]++
	c = append(c, 0, 1, 0, 0) // stream 1
	c = be.AppendUint32(c, 3) // M3UA
	c = append(c, payload...)
	return append(c, make([]byte, -len(payload)&3)...)
}

// packet writes chunks as one packet.
func (w *ipWriter) packet(at wire.Time, line int, chunks ...[]byte) {
	be := binary.BigEndian
	link, way := byte(line/2), byte(line%2)
	from, to := []byte{10, 0, link, 1 + way}, []byte{10, 0, link, 2 - way}
	b := []byte{2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 132, 0, 0}
	w.ip++
	be.PutUint16(b[18:], w.ip)
	b = append(append(b, from...), to...)
	b = append(b, 0x0b, 0x59, 0x0b, 0x59)                            // port 2905
	b = be.AppendUint32(b, 0x5eed0000|uint32(link)<<8|uint32(way)+1) // verification tag
	b = be.AppendUint32(b, 0)                                        // checksum, which is not looked at
	for _, c := range chunks {
		b = append(b, c...)
	}
	be.PutUint16(b[16:], uint16(len(b)-14))
	w.out.records = append(w.out.records, capture.Record{Time: at, Direction: wire.NoDirection, Data: b})
}

// m3uaData gives a DATA message. RFC 4666 3.3.1.
func m3uaData(m *mtp.MSU) []byte {
	be := binary.BigEndian
	b := []byte{1, 0, 1, 1, 0, 0, 0, 0, 2, 0x10, 0, 0}
	be.PutUint16(b[10:], uint16(16+len(m.Data)))
	b = be.AppendUint32(be.AppendUint32(b, m.OPC), m.DPC)
	b = append(append(b, m.SI, m.NI, 0, m.SLS), m.Data...)
	b = append(b, make([]byte, -len(m.Data)&3)...)
	be.PutUint32(b[4:], uint32(len(b)))
	return b
}

// A bundle is what one packet carries: messages that follow one another on one way of one link.
type bundle struct {
	at   wire.Time
	line int
	msus []mtp.MSU
}

// bundles takes the messages of ISUP out of a capture and puts up to most of them, within 30 ms, together.
func bundles(t *testing.T, s sheet, most int) (list []bundle) {
	for i := range s.records {
		r := &s.records[i]
		u := unitOf(t, r)
		if u.cic < 0 {
			continue
		}
		line := u.link*2 + int(u.way)
		if n := len(list); n > 0 {
			if b := &list[n-1]; b.line == line && len(b.msus) < most && r.Time.Sub(b.at) < 30*time.Millisecond {
				b.at, b.msus = r.Time, append(b.msus, u.msu)
				continue
			}
		}
		list = append(list, bundle{r.Time, line, []mtp.MSU{u.msu}})
	}
	return list
}

// asMTP3 gives the messages at the times of their bundles with nothing around them.
func asMTP3(list []bundle) sheet {
	s := sheet{link: capture.LinkMTP3}
	for _, b := range list {
		for _, m := range b.msus {
			s.records = append(s.records, capture.Record{Time: b.at, Direction: wire.NoDirection, Data: m.Append(nil)})
		}
	}
	return s
}

// TestBundles holds the calls of M3UA, bundled, in pieces and with chunks sent again, against those of the same messages
// without anything around them.
func TestBundles(t *testing.T) {
	s := links(t)
	f := func(what string, most, pieces, again int) {
		t.Helper()
		list := bundles(t, s, most)
		want := play(t, mtp.ITU, asMTP3(list).pcap(t)).table(t)
		if len(want.calls) != 602 {
			t.Fatalf("%d calls", len(want.calls))
		}
		random := rand.New(rand.NewPCG(uint64(most), uint64(pieces)))
		w := &ipWriter{out: sheet{link: capture.LinkEthernet}, tsn: [8]uint32{0xfffffff0, 1, 0x80000000, 12345}}
		repeats, cut := 0, 0
		type old struct {
			at     wire.Time
			chunks [][]byte
		}
		var sent [8][]old
		for i, b := range list {
			var chunks [][]byte
			free := i == 0 || b.at.Sub(list[i-1].at) > 20*time.Millisecond // nothing else within the pieces
			for _, m := range b.msus {
				octets := m3uaData(&m)
				if n := len(octets) / (pieces + 1); pieces > 0 && free && len(b.msus) == 1 && (again == 0 || i%2 == 0) {
					for p := range pieces {
						flags := byte(0)
						if p == 0 {
							flags = 2
						}
						piece := w.data(b.line, flags, octets[p*n:p*n+n])
						chunks = append(chunks, piece)
						w.packet(b.at.Add(time.Duration(p-pieces)*time.Millisecond), b.line, piece)
					}
					cut++
					last := w.data(b.line, 1, octets[pieces*n:])
					chunks = append(chunks, last)
					w.packet(b.at, b.line, last)
				} else {
					chunks = append(chunks, w.data(b.line, 3, octets))
				}
			}
			if len(chunks) == len(b.msus) {
				bundled := chunks
				// What was sent lately goes out again, before the new chunks or behind them.
				if o := sent[b.line]; again > 0 && len(o) > 0 && i%again == 0 && b.at.Sub(o[len(o)-1].at) < 5*time.Second {
					back := o[len(o)-1].chunks
					repeats += len(back)
					if random.IntN(2) == 0 {
						bundled = slices.Concat(back, chunks)
					} else {
						bundled = slices.Concat(chunks, back)
					}
				}
				w.packet(b.at, b.line, bundled...)
				sent[b.line] = append(sent[b.line], old{b.at, chunks})
			} else {
				sent[b.line] = nil
			}
		}
		got := play(t, mtp.ITU, w.out.pcap(t)).table(t)
		same(t, what, got, want, place...)
		got.duplicates(t, what, repeats)
		if again > 0 && repeats < 20 || pieces > 0 && cut < 500 {
			t.Errorf("%s: only %d repeats and %d messages in pieces", what, repeats, cut)
		}
		if n := got.sum.FramesBy["fragment"]; n != uint64(cut*pieces) {
			t.Errorf("%s: %d frames are fragments, want %d", what, n, cut*pieces)
		}
	}
	f("one by one", 1, 0, 0)
	f("bundled", 8, 0, 0)
	f("in two pieces", 1, 1, 0)
	f("in four pieces", 4, 3, 0)
	f("sent again", 8, 0, 3)
	f("all of it", 8, 2, 3)
}

// TestSecondTapOfIP lets a second tap hear every packet again: as it was, or with other addresses on the outside, as both
// legs of a transfer point have them.
func TestSecondTapOfIP(t *testing.T) {
	list := bundles(t, links(t), 8)
	want := play(t, mtp.ITU, asMTP3(list).pcap(t)).table(t)
	f := func(what string, late time.Duration, readdress, renumber bool) {
		t.Helper()
		one := &ipWriter{out: sheet{link: capture.LinkEthernet}}
		msus := 0
		for _, b := range list {
			var chunks [][]byte
			for _, m := range b.msus {
				chunks = append(chunks, one.data(b.line, 3, m3uaData(&m)))
				msus++
			}
			one.packet(b.at, b.line, chunks...)
		}
		both := sheet{one.out.link, slices.Clone(one.out.records)}
		for _, r := range one.out.records {
			r.Time, r.Data = r.Time.Add(late), slices.Clone(r.Data)
			if readdress {
				r.Data[26+1] += 50 // the second octet of both addresses
				r.Data[30+1] += 50
			}
			if renumber { // the tag and the TSNs of another association
				r.Data[38] ^= 0x40
				for at := 46; at+16 <= len(r.Data); at += (int(binary.BigEndian.Uint16(r.Data[at+2:])) + 3) &^ 3 {
					binary.BigEndian.PutUint32(r.Data[at+4:], binary.BigEndian.Uint32(r.Data[at+4:])+1000000)
				}
			}
			both.records = append(both.records, r)
		}
		got := play(t, mtp.ITU, both.sorted().pcap(t)).table(t)
		same(t, what, got, want, place...)
		got.duplicates(t, what, msus)
	}
	f("the same packets", 100*time.Microsecond, false, false)
	f("the same packets, late", 800*time.Millisecond, false, false)
	f("another leg", time.Millisecond, true, true)
	f("another leg, late", 1500*time.Millisecond, true, true)
	f("another path", time.Millisecond, true, false)
}
