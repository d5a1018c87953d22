package e1

import (
	"encoding/hex"
	"flag"
	"math/rand/v2"
	"os"
	"testing"

	"c7mon/mtp"
)

// For scripts/bench-hdlc, which gives the same octets to another receiver.
var (
	mixFile   = flag.String("hdlc-mix", "", "write the octets of BenchmarkDeframer/mix to this file")
	unitsFile = flag.String("hdlc-units", "", "write its good units to this file, a line of hex each")
)

const benchOctets = 4 << 20

// mix gives octets of a timeslot, most significant bit first, of which MSUs take erlang.
func mix(erlang float64, octets int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	s := NewStuffer(MSBFirst)
	s.Flags(8)
	var bsn, fsn uint16
	unit := make([]byte, 0, 300)
	busy := 0.0
	for s.Ready() < octets {
		su := mtp.SignalUnit{BSN: bsn, FSN: fsn, BIB: true, FIB: true}
		before := s.Ready()
		if busy < erlang*float64(before) {
			fsn = (fsn + 1) & 0x7f
			su.FSN = fsn
			su.Data = msu(r)
		} else if r.IntN(10) == 0 {
			bsn = (bsn + 1) & 0x7f
			su.BSN = bsn
		}
		unit = su.Append(unit[:0], false)
		s.Unit(unit)
		if su.Data != nil {
			busy += float64(s.Ready() - before)
		}
	}
	b := make([]byte, octets)
	s.Take(b)
	return b
}

// msu gives the octets of an ISUP message as they are mostly: small numbers and digits, some other.
func msu(r *rand.Rand) []byte {
	b := make([]byte, 9+r.IntN(45))
	for i := range b {
		switch r.IntN(3) {
		case 0:
			b[i] = byte(r.IntN(16))
		case 1:
			b[i] = byte(r.IntN(10)<<4 | r.IntN(10))
		default:
			b[i] = byte(r.IntN(256))
		}
	}
	b[0] = 0x85
	return b
}

func benchmarkDeframer(b *testing.B, order BitOrder, octets []byte) {
	d := NewDeframer(order, maxSignalUnit)
	var u Unit
	good := 0
	b.SetBytes(int64(len(octets)))
	b.ReportAllocs()
	for b.Loop() {
		good = 0
		for at := 0; at < len(octets); {
			at += d.Next(octets[at:], &u)
			if u.Kind == Good {
				good++
			}
		}
	}
	b.ReportMetric(float64(good), "good")
}

func BenchmarkDeframer(b *testing.B) {
	m := mix(0.4, benchOctets)
	writeMix(b, m)
	fisu := mix(0, benchOctets)
	s := NewStuffer(MSBFirst)
	s.Fill(benchOctets, nil)
	flags := make([]byte, benchOctets)
	s.Take(flags)
	noise := make([]byte, benchOctets)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	b.Run("mix", func(b *testing.B) { benchmarkDeframer(b, MSBFirst, m) })
	b.Run("mix-lsb", func(b *testing.B) { benchmarkDeframer(b, LSBFirst, reversed(m)) })
	b.Run("fisu", func(b *testing.B) { benchmarkDeframer(b, MSBFirst, fisu) })
	b.Run("flags", func(b *testing.B) { benchmarkDeframer(b, MSBFirst, flags) })
	b.Run("noise", func(b *testing.B) { benchmarkDeframer(b, MSBFirst, noise) })
}

func writeMix(b *testing.B, octets []byte) {
	if *mixFile != "" {
		if err := os.WriteFile(*mixFile, octets, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	if *unitsFile == "" {
		return
	}
	var text []byte
	d := NewDeframer(MSBFirst, maxSignalUnit)
	var u Unit
	for at := 0; at < len(octets); {
		at += d.Next(octets[at:], &u)
		if u.Kind == Good {
			text = append(hex.AppendEncode(text, u.Data), '\n')
		}
	}
	if err := os.WriteFile(*unitsFile, text, 0o644); err != nil {
		b.Fatal(err)
	}
}
