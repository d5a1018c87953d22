package sigtran

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"testing"

	"c7mon/lab"
	"c7mon/mtp"
	"c7mon/wire"
)

// alike is a message as one way of reading gives it, without its place.
type alike struct {
	msu        mtp.MSU
	err        string
	management bool
	data       string
}

func read(d *Decoder) (all []alike) {
	for _, it := range d.Items {
		a := alike{msu: it.MSU, data: string(it.MSU.Data)}
		a.msu.Data, a.msu.Link, a.msu.Direction = nil, 0, 0
		if it.Err != nil {
			a.err = it.Err.Error()
		}
		all = append(all, a)
	}
	for _, m := range d.Messages {
		all = append(all, alike{management: true, data: string(m.Data)})
	}
	return all
}

// chunksOf gives the user data of the DATA chunks of a packet that holds nothing else than whole messages.
func chunksOf(ip []byte) (all [][]byte) {
	for b := ip[20+commonHeader:]; len(b) >= 4; {
		n := int(binary.BigEndian.Uint16(b[2:]))
		if b[0] == chunkData {
			all = append(all, b[dataHeader:n:n])
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	return all
}

// TestM3UAMessage holds that the messages of captures of the lab read the same one by one as in their packets.
func TestM3UAMessage(t *testing.T) {
	variants := Variants{2: mtp.China, 3: mtp.ANSI}
	for _, scenario := range []string{"basic", "faults"} {
		var file bytes.Buffer
		if _, err := lab.Write(&file, lab.Options{Scenario: scenario, Link: "m3ua"}); err != nil {
			t.Fatal(err)
		}
		packets, single := New(Options{Variants: func(string) Variants { return variants }}), New(Options{})
		total, at := 0, Line{7, wire.NoDirection}
		for b := file.Bytes()[24:]; len(b) > 0; {
			n := int(binary.LittleEndian.Uint32(b[8:]))
			ip := b[16+14 : 16+n]
			packets.Packet(0, ip)
			want := read(packets)
			var got []alike
			for _, m := range chunksOf(ip) {
				v := single.M3UA(0, at, &variants, m)
				if v != MSU && v != Management || len(single.Items)+len(single.Messages) != 1 {
					t.Fatalf("%s: verdict %v, %d items", scenario, v, len(single.Items))
				}
				for _, it := range single.Items {
					if it.MSU.Link != 7 || it.MSU.Direction != wire.NoDirection || it.MSU.Variant != variants[it.MSU.NI] {
						t.Fatalf("%s: %+v", scenario, it.MSU)
					}
				}
				got = append(got, read(single)...)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: got %+v, want %+v", scenario, got, want)
			}
			total += len(got)
			b = b[16+n:]
		}
		p, s := packets.Counts(), single.Counts()
		if s.MSUs == 0 || s.MSUs != p.MSUs || s.Management != p.Management || int(s.Alone) != total || s.Repeats != 0 {
			t.Errorf("%s: %+v, want %+v", scenario, s, p)
		}
		sums(t, single, total)
		if single.LinkName(7) != "" || single.Measures() != nil {
			t.Error("a message without an association made one")
		}
	}
}

// TestM3UAMessageBroken holds what becomes of messages that are none, and that nothing is a repeat.
func TestM3UAMessageBroken(t *testing.T) {
	d := New(Options{})
	f := func(want Verdict, err string, b []byte) {
		t.Helper()
		got := d.M3UA(0, Line{1, wire.Forth}, &Variants{}, b)
		if got != want {
			t.Errorf("verdict %v, want %v", got, want)
		}
		if len(d.Items) == 1 {
			if e := d.Items[0].Err; (err != "") != (e != nil) || e != nil && e.Error() != err || d.Items[0].Fate != First {
				t.Errorf("error %v, want %s", e, err)
			}
		}
	}
	f(MSU, "", simple("text"))
	f(MSU, "", simple("text"))
	f(MSU, "message: its version is not 1", []byte{2, 0, 1, 1, 0, 0, 0, 8})
	f(MSU, "common message header: at octet 0: 8 octets needed, 0 there", nil)
	f(MSU, "message: it has no protocol data", m3uaMessage())
	f(Management, "", []byte{1, 0, 2, 1, 0, 0, 0, 8})
	f(Management, "", []byte{1, 0, 77, 1, 0, 0, 0, 8})
	sums(t, d, 7)
	if c := d.Counts(); c.Alone != 7 || c.MSUs != 2 || c.Broken != 3 || c.Management != 2 {
		t.Errorf("counts %+v", c)
	}
}

// TestM3UAMessageExpires holds that gaps of associations on the same Decoder are due whatever else is heard.
func TestM3UAMessageExpires(t *testing.T) {
	d := New(Options{})
	d.Packet(0, ab(whole(1, simple("one")), whole(2, simple("two")), whole(9, simple("nine"))))
	d.M3UA(10e9, Line{1, wire.NoDirection}, &Variants{}, simple("text"))
	if len(d.Missed) != 1 || d.Missed[0].Count != 6 || len(d.Items) != 1 {
		t.Errorf("missed %+v, items %+v", d.Missed, d.Items)
	}
}

func TestM3UAMessageAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	d, user, variants := New(Options{}), simple(longText), Variants{}
	beat := []byte{1, 0, 3, 3, 0, 0, 0, 8}
	if n := testing.AllocsPerRun(1000, func() {
		d.M3UA(0, Line{}, &variants, user)
		d.M3UA(0, Line{}, &variants, beat)
		d.M3UA(0, Line{}, &variants, user[:30])
	}); n > 1 { // the error of the cut one
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(1000, func() { d.M3UA(0, Line{}, &variants, user) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkM3UAMessage(b *testing.B) {
	user := m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), pdata(4625, 2050, 5, 2, 0, 5, make([]byte, 31)))
	d, variants := New(Options{}), Variants{}
	b.ReportAllocs()
	for i := range b.N {
		d.M3UA(wire.Time(i), Line{}, &variants, user)
	}
}

// FuzzM3UA reads a message by itself, in a chunk, and cut anywhere: both ways give the same.
func FuzzM3UA(f *testing.F) {
	f.Add(simple("text"))
	f.Add(m3uaMessage(param(0x200, []byte{0, 0, 0, 8}), param(6, []byte{0, 0, 0, 10}), pdata(1, 2, 5, 2, 0, 3, []byte("text."))))
	f.Add(m3uaMessage(param(2, isup)))
	f.Add([]byte{1, 0, 2, 1, 0, 0, 0, 16, 0, 18, 0, 8, 0, 0, 0x12, 0x11})
	f.Add([]byte{2, 0, 1, 1, 0, 0, 0, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		variants := Variants{2: mtp.ANSI}
		packets, single := New(Options{Variants: func(string) Variants { return variants }}), New(Options{})
		single.M3UA(0, Line{}, &variants, b)
		sums(t, single, 1)
		if n := len(b); n > 0 && n < 60000 {
			packets.Packet(0, ab(whole(1, b)))
			if got, want := read(single), read(packets); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		}
		for i := range single.Messages {
			single.Messages[i].Name()
			single.Messages[i].Text()
		}
		for cut := range min(len(b), 64) {
			single.M3UA(0, Line{}, &variants, b[:cut:cut])
		}
	})
}
