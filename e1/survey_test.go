package e1

import (
	"compress/gzip"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"c7mon/mtp"
)

// carry makes octets of a timeslot: next is asked for a unit and for how many flags stand behind it.
func carry(n int, next func() (unit []byte, flags int)) []byte {
	s := NewStuffer(MSBFirst)
	for s.Ready() < n {
		unit, flags := next()
		if unit != nil {
			s.Unit(unit)
		}
		s.Flags(flags)
	}
	b := make([]byte, n)
	s.Take(b)
	return b
}

// signalling makes a link of which so many units in a hundred are MSUs, and which sends spare flags behind each unit.
func signalling(annexA bool, percent, spare int) func(*rand.Rand, int) []byte {
	return func(r *rand.Rand, n int) []byte {
		modulo := uint32(128)
		if annexA {
			modulo = 4096
		}
		bsn, fsn := uint16(r.Uint32N(modulo)), uint16(r.Uint32N(modulo))
		return carry(n, func() ([]byte, int) {
			u := mtp.SignalUnit{BIB: true, FIB: true}
			if r.IntN(100) < percent {
				fsn = uint16((uint32(fsn) + 1) % modulo)
				u.Data = octets(r, 9+r.IntN(30))
				if r.IntN(20) == 0 {
					u.Data = octets(r, 60+r.IntN(213))
				}
			}
			if r.IntN(100) < percent {
				bsn = uint16((uint32(bsn) + 1) % modulo)
			}
			u.BSN, u.FSN = bsn, fsn
			return u.Append(nil, annexA), spare
		})
	}
}

// aligning makes a link that sends one link status again and again.
func aligning(status mtp.Status, length, spare int) func(*rand.Rand, int) []byte {
	return func(r *rand.Rand, n int) []byte {
		u := mtp.SignalUnit{BIB: true, FIB: true, BSN: 127, FSN: 127, Data: []byte{byte(status), 0}[:length]}
		if status > mtp.StatusOutOfService {
			u.BSN, u.FSN = uint16(r.UintN(128)), uint16(r.UintN(128))
		}
		return carry(n, func() ([]byte, int) { return u.Append(nil, false), spare })
	}
}

func octets(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// stations makes LAPD of which so many frames in a hundred carry information, with spare flags behind each.
func stations(percent, spare int) func(*rand.Rand, int) []byte {
	return func(r *rand.Rand, n int) []byte {
		sapi := []byte{0, 62}[r.IntN(2)]
		tei := byte(r.IntN(127))
		var send, receive byte
		return carry(n, func() ([]byte, int) {
			address := []byte{sapi<<2 | byte(r.IntN(2))<<1, tei<<1 | 1}
			switch {
			case r.IntN(100) < percent:
				send++
				return append(append(address, send<<1, receive<<1), octets(r, 4+r.IntN(100))...), spare
			case r.IntN(8) == 0 && percent > 0:
				return append([]byte{2, 0xff, controlUI}, octets(r, 10+r.IntN(20))...), spare
			}
			receive++
			return append(address, 0x01, receive<<1|byte(r.IntN(2))), spare
		})
	}
}

// routers makes PPP in frames like those of HDLC, or frame relay.
func routers(head ...byte) func(*rand.Rand, int) []byte {
	return func(r *rand.Rand, n int) []byte {
		return carry(n, func() ([]byte, int) {
			return append(append([]byte{}, head...), octets(r, 20+r.IntN(200))...), r.IntN(20)
		})
	}
}

// channels makes the multiframe of timeslot 16, in which a channel changes now and then.
func channels(r *rand.Rand, n int) []byte {
	var state [16]byte
	for i := range state {
		state[i] = 0x99
	}
	state[0] = byte(r.IntN(16)) & 0x0b
	b := make([]byte, n)
	for i, at := 0, r.IntN(16); i < n; i, at = i+1, (at+1)%16 {
		if r.IntN(200) == 0 && at > 0 {
			state[at] = byte(1+r.IntN(15))<<4 | byte(r.IntN(16))
		}
		b[i] = state[at]
	}
	return b
}

func again(o byte) func(*rand.Rand, int) []byte {
	return func(_ *rand.Rand, n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = o
		}
		return b
	}
}

// text makes words in ASCII, with or without even parity.
func text(parity bool) func(*rand.Rand, int) []byte {
	return func(r *rand.Rand, n int) []byte {
		var b []byte
		for len(b) < n {
			for range 2 + r.IntN(8) {
				b = append(b, "eeetttaaooiinnsshhrrddllcumwfgypbvkEATNS"[r.IntN(40)])
			}
			b = append(b, ' ')
		}
		for i, o := range b {
			for m := o; parity && m != 0; m &= m - 1 {
				b[i] ^= 0x80
			}
		}
		return b[:n]
	}
}

// voice makes A-law of someone who speaks: pulses of the vocal cords or noise through three resonances, in syllables.
func voice(r *rand.Rand, n int) []byte {
	type resonance struct{ a, b, y1, y2 float64 }
	var f [3]resonance
	tune := func() {
		for i, hz := range []float64{300 + 500*r.Float64(), 900 + 1300*r.Float64(), 2300 + 700*r.Float64()} {
			radius := math.Exp(-math.Pi * (60 + 60*r.Float64()) / 8000)
			f[i].a, f[i].b = 2*radius*math.Cos(2*math.Pi*hz/8000), -radius*radius
		}
	}
	loud := 200 + 2500*r.Float64()
	pitch, phase, length, at, voiced := 8000/(90+140*r.Float64()), 0.0, 0, 0, true
	b := make([]byte, n)
	for i := range b {
		if at >= length {
			at, length, voiced = 0, 800+r.IntN(1600), r.IntN(5) > 0
			tune()
		}
		at++
		in := 0.02 * r.NormFloat64()
		if voiced {
			if phase++; phase >= pitch {
				phase, in = 0, in+1
			}
		} else {
			in += 0.03 * r.NormFloat64()
		}
		out := 0.0
		for j := range f {
			y := in + f[j].a*f[j].y1 + f[j].b*f[j].y2
			f[j].y1, f[j].y2 = y, f[j].y1
			out += y / float64(j+1)
		}
		b[i] = alaw(out * loud * math.Sin(math.Pi*float64(at)/float64(length)))
	}
	return b
}

// hush makes A-law of a quiet line with noise.
func hush(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = alaw(6 * r.NormFloat64())
	}
	return b
}

// hum makes A-law of a low tone, whose crests stand still for some octets.
func hum(r *rand.Rand, n int) []byte {
	loud, step := 20+200*r.Float64(), 2*math.Pi*(40+100*r.Float64())/8000
	b := make([]byte, n)
	for i := range b {
		b[i] = alaw(loud * math.Sin(step*float64(i)))
	}
	return b
}

// alaw compresses a sample of 13 bits. G.711.
func alaw(x float64) byte {
	v, sign := int(math.Round(x)), byte(0x80)
	if v < 0 {
		v, sign = -v-1, 0
	}
	v = min(v, 4095)
	segment := 0
	for v>>segment >= 32 {
		segment++
	}
	code := byte(v >> 1)
	if segment > 0 {
		code = byte(segment<<4 | v>>segment&0x0f)
	}
	return (sign | code) ^ 0x55
}

// spoil turns one bit in a hundred.
func spoil(r *rand.Rand, b []byte) []byte {
	for i := range b {
		for bit := range 8 {
			if r.IntN(100) == 0 {
				b[i] ^= 1 << bit
			}
		}
	}
	return b
}

// lines are contents with what may be expected of a survey: after a quarter of a second, and after a second.
var lines = []struct {
	name  string
	make  func(*rand.Rand, int) []byte
	want  Content
	quick bool // it is found in a quarter of a second, and surely
}{
	{"MTP2 idle", signalling(false, 0, 0), MTP2, true},
	{"MTP2 with one message now and then", signalling(false, 2, 0), MTP2, true},
	{"MTP2 half full", signalling(false, 30, 0), MTP2, true},
	{"MTP2 full", signalling(false, 100, 0), MTP2, false},
	{"MTP2 with flags between FISUs", signalling(false, 1, 25), MTP2, true},
	{"MTP2 out of service", aligning(mtp.StatusOutOfService, 1, 0), MTP2, true},
	{"MTP2 out of service, two octets", aligning(mtp.StatusOutOfService, 2, 3), MTP2, true},
	{"MTP2 out of alignment, flags between", aligning(mtp.StatusOutOfAlignment, 1, 90), MTP2, true},
	{"MTP2 processor outage", aligning(mtp.StatusProcessorOutage, 1, 0), MTP2, true},
	{"Annex A idle", signalling(true, 0, 0), MTP2Annex, true},
	{"Annex A half full", signalling(true, 30, 2), MTP2Annex, true},
	{"Annex A full", signalling(true, 100, 0), MTP2Annex, false},
	{"LAPD idle", stations(0, 800), LAPD, false},
	{"LAPD", stations(30, 20), LAPD, true},
	{"LAPD full", stations(80, 0), LAPD, false},
	{"PPP", routers(0xff, 0x03, 0x00, 0x21, 0x45, 0x00), HDLC, false},
	{"frame relay", routers(0x18, 0x41, 0x03, 0xcc, 0x45, 0x00), HDLC, false},
	{"flags", again(0x7e), HDLC, false},
	{"flags that share their zeros", func(r *rand.Rand, n int) []byte {
		return append(make([]byte, 0, n), []byte(strings.Repeat("\x7e\xfd\xfb\xf7\xef\xdf\xbf", n/7+1))[:n]...)
	}, HDLC, false},
	{"CAS", channels, CAS, true},
	{"idle 0x54", again(0x54), Idle, true},
	{"idle 0xD5", again(0xd5), Idle, true},
	{"idle 0x7F", again(0x7f), Idle, true},
	{"ones", again(0xff), Idle, false},
	{"zeros", again(0x00), Idle, true},
	{"speech", voice, Speech, false},
	{"hum", hum, Speech, false},
	{"quiet line", hush, Speech, false},
	{"random", octets, Unknown, false},
	{"text", text(false), Unknown, false},
	{"text with parity", text(true), Unknown, false},
}

// TestSurvey surveys every content with many seeds, clean and with one bit in a hundred wrong.
func TestSurvey(t *testing.T) {
	f := func(name string, seed uint64, b []byte, want Content, quick bool) {
		t.Helper()
		s := NewSurvey()
		for i := 0; i < len(b); i += 160 {
			s.Add(b[i:min(i+160, len(b))])
			got := s.Finding()
			if got.Sure && got.Content != want || got.Evidence == "" {
				t.Errorf("%s, seed %d, after %d octets: sure of %v, not %v: %s", name, seed, s.Octets(), got.Content, want, got.Evidence)
				return
			}
			if quick && s.Octets() == 2000 && (got.Content != want || !got.Sure) {
				t.Errorf("%s, seed %d, after 2,000 octets: %v (sure: %v): %s", name, seed, got.Content, got.Sure, got.Evidence)
			}
		}
		if got := s.Finding(); got.Content != want {
			t.Errorf("%s, seed %d: %v, not %v: %s", name, seed, got.Content, want, got.Evidence)
		}
	}
	const seeds = 12
	for i, l := range lines {
		for seed := range uint64(seeds) {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			b := l.make(r, wholeSurvey)
			f(l.name, seed, b, l.want, l.quick)
			f(l.name+", bit errors", seed, spoil(r, b), l.want, l.quick && l.want != LAPD)
		}
	}
}

// TestSurvey_RealLink surveys both directions of a link of a real signalling stack from several places on.
func TestSurvey_RealLink(t *testing.T) {
	for _, name := range []string{"testdata/e1ts_itu_clean_l0_dir0.raw.gz", "testdata/e1ts_itu_clean_l0_dir1.raw.gz"} {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at+2000 <= len(b); at += 1 << 16 {
			s := NewSurvey()
			s.Add(b[at : at+2000])
			if got := s.Finding(); got.Content != MTP2 || !got.Sure {
				t.Errorf("%s at %d: %+v", name, at, got)
			}
		}
	}
}

// TestSurvey_Little asks before enough was heard.
func TestSurvey_Little(t *testing.T) {
	for _, l := range lines {
		for _, n := range []int{0, 1, 5, 16, 100, 249} {
			s := NewSurvey()
			s.Add(l.make(rand.New(rand.NewPCG(1, 1)), n))
			if got := s.Finding(); got.Sure && got.Content != l.want || s.Octets() != n {
				t.Errorf("%s after %d octets: %+v", l.name, n, got)
			}
		}
	}
}

func TestContent_String(t *testing.T) {
	f := func(c Content, want string) {
		t.Helper()
		if got := c.String(); got != want {
			t.Errorf("%d: %q, not %q", uint8(c), got, want)
		}
	}
	f(Unknown, "unknown")
	f(MTP2, "MTP2")
	f(MTP2Annex, "MTP2 with 12-bit sequence numbers")
	f(Speech, "speech")
	f(contents, "content 8")
}

func TestSurvey_Allocs(t *testing.T) {
	b := signalling(false, 30, 0)(rand.New(rand.NewPCG(1, 1)), wholeSurvey)
	s := NewSurvey()
	if n := testing.AllocsPerRun(20, func() { s.Add(b) }); n != 0 {
		t.Errorf("Add allocates %v times", n)
	}
}

// FuzzSurvey takes any octets, in pieces of any size: the finding does not hang on the pieces.
func FuzzSurvey(f *testing.F) {
	for i, l := range lines {
		f.Add(l.make(rand.New(rand.NewPCG(uint64(i), 2)), 600), uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		whole, pieces := NewSurvey(), NewSurvey()
		whole.Add(b)
		for rest := b; len(rest) > 0; {
			n := min(int(piece)+20, len(rest))
			pieces.Add(rest[:n])
			rest = rest[n:]
			pieces.Finding()
		}
		if a, b := whole.Finding(), pieces.Finding(); a != b || whole.Octets() != pieces.Octets() {
			t.Errorf("%+v whole, %+v in pieces", a, b)
		}
	})
}

func BenchmarkSurvey(b *testing.B) {
	in := signalling(false, 30, 0)(rand.New(rand.NewPCG(1, 1)), wholeSurvey)
	s := NewSurvey()
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		s.Add(in)
	}
}
