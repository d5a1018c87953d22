package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// TestTsharkAgreesOnEveryValue compares messages in which every code of every field that is compared stands at least once,
// whatever sense it makes: real captures hold only few of them.
func TestTsharkAgreesOnEveryValue(t *testing.T) {
	needTshark(t)
	slips := []slip{
		{why: "tshark reads a cause of the coding standards of ITU-T and ISO/IEC only, in ANSI of ITU-T and ANSI only, and shows " +
			"the octets of others",
			fits: func(ours, theirs said, field string) bool {
				return theirs["cause"] == "" && ours["cause_coding"] != "0" && ours["cause_coding"] == theirs["cause_coding"] &&
					(field == "cause" || field == "cause_location")
			}},
		{why: "where tshark reads ANSI it takes the recommendation, which follows an octet 1 whose extension bit is 0, for the " +
			"cause",
			fits: func(ours, theirs said, field string) bool {
				return field == "cause" && theirs["cause"] == "0" && strings.HasPrefix(ours["octets 18"], "0") &&
					strings.HasPrefix(ours["octets 18"][2:], "80")
			}},
	}
	t.Cleanup(func() {
		for i := range slips {
			if slips[i].used.Load() == 0 {
				t.Errorf("no longer needed: %s", slips[i].why)
			}
		}
	})
	f := func(v mtp.Variant, tables *isup.Tables, si uint8, preferences ...string) {
		t.Run(v.String()+tables.Protocol, func(t *testing.T) {
			t.Parallel()
			g := &generator{T: t, random: rand.New(rand.NewPCG(1, 2003)), tables: tables, si: si, variant: v}
			path := filepath.Join(t.TempDir(), "capture")
			out, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			g.out = capture.NewPcapWriter(out, capture.LinkMTP3)
			g.everything()
			if err := g.out.Flush(); err != nil {
				t.Fatal(err)
			}
			tsharkAgrees(t, path, g.n, preferences, slips)
		})
	}
	f(mtp.ITU, &isup.ITU, mtp.ISUP)
	f(mtp.ITU, &isup.BICC, mtp.BICC)
	f(mtp.ANSI, &isup.ANSI, mtp.ISUP, "mtp3.standard:ANSI")
}

// A generator writes messages of random labels, each with what it is asked for.
type generator struct {
	*testing.T
	random  *rand.Rand
	tables  *isup.Tables
	variant mtp.Variant
	si      uint8
	out     *capture.Writer
	n       int
}

// put writes one message.
func (g *generator) put(typ isup.Type, fields ...isup.Field) {
	g.Helper()
	cic := g.random.Uint32() & map[*isup.Tables]uint32{&isup.ITU: 0x0fff, &isup.ANSI: 0x3fff, &isup.BICC: 0xffffffff}[g.tables]
	data, err := g.tables.Append(nil, cic, typ, fields)
	if err != nil {
		g.Fatal(err)
	}
	bits := g.variant.PointCodeBits()
	m := mtp.MSU{Variant: g.variant, NI: uint8(g.n & 3), SI: g.si, OPC: g.random.Uint32() >> (32 - bits),
		DPC: g.random.Uint32() >> (32 - bits), SLS: uint8(g.random.Uint32()), Data: data}
	if g.variant == mtp.ANSI {
		m.SLS &= 0x1f // tshark reads 5 bits where no preference says 8
	}
	g.n++
	at := wire.Time(1_065_916_800_000_000_000 + int64(g.n)*1e9)
	if err := g.out.Write(capture.Record{Time: at, Direction: wire.NoDirection, Data: m.Append(nil)}); err != nil {
		g.Fatal(err)
	}
}

// number gives an address of some digits, 0 to 9 and A to E, in one of four with the end-of-dialling digit.
func (g *generator) number(noa, presentation int, st bool) []byte {
	digits := g.digits(g.random.IntN(25))
	if st {
		digits += "F"
	}
	n := isup.Number{NOA: uint8(noa), Plan: uint8(g.random.IntN(8)), Presentation: uint8(presentation),
		Screening: uint8(g.random.IntN(4)), INN: g.random.IntN(2) == 1}
	n.SetDigits(nil, digits)
	return n.Append(nil)
}

func (g *generator) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789ABCDE"[g.random.IntN(15)]
	}
	return string(b)
}

func (g *generator) octets(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(g.random.Uint32())
	}
	return b
}

// everything writes them all.
func (g *generator) everything() {
	for i := range 256 {
		g.initialAddress(i)
	}
	for i := range 128 {
		for coding := range 4 {
			g.put(isup.REL, isup.Field{Code: isup.CauseIndicators, Value: []byte{
				byte(0x80 | coding<<5 | g.random.IntN(16)), byte(0x80 | i)}})
		}
		// With the octet of the recommendation, and with diagnostics.
		g.put(isup.REL, isup.Field{Code: isup.CauseIndicators, Value: append([]byte{
			byte(i & 15), 0x80, byte(0x80 | i)}, g.octets(g.random.IntN(4))...)})
		g.put(isup.CPG, isup.Field{Code: isup.EventInformation, Value: []byte{byte(i | g.random.IntN(2)<<7)}},
			isup.Field{Code: isup.CauseIndicators, Value: []byte{byte(0x80 | i&15), byte(0x80 | i)}})
	}
	for i := range 32 {
		n := isup.SubsequentNumber{}
		digits := g.digits(i)
		if i%4 == 0 {
			digits += "F"
		}
		n.Signals, n.Odd = wire.AppendBCD(nil, digits), len(digits)%2 == 1
		g.put(isup.SAM, isup.Field{Code: isup.SubsequentNum, Value: n.Append(nil)})
		if g.si == mtp.ISUP {
			g.put(isup.GRS, isup.Field{Code: isup.RangeAndStatus, Value: []byte{byte(i)}})
			g.put(isup.CGB, isup.Field{Code: isup.SupervisionType, Value: []byte{byte(i & 3)}},
				isup.Field{Code: isup.RangeAndStatus, Value: append([]byte{byte(i)}, g.octets(i/8+1)...)})
		}
	}
	for _, typ := range []isup.Type{isup.RLC, isup.RSC, isup.BLO, isup.UBL, isup.BLA, isup.UBA, isup.CCR, isup.LPA, isup.UCIC,
		isup.UPT, isup.UPA, isup.ANM, isup.RES + 0x50, 0xff} {
		g.put(typ)
	}
	for i := range 256 {
		g.put(isup.ACM, isup.Field{Code: isup.BackwardCall, Value: []byte{byte(i), byte(g.random.Uint32())}})
	}
}

// initialAddress writes an IAM with the i-th code of each field.
func (g *generator) initialAddress(i int) {
	fields := []isup.Field{
		{Code: isup.NatureOfConnection, Value: g.octets(1)},
		{Code: isup.ForwardCall, Value: g.octets(2)},
		{Code: isup.CallingCategory, Value: []byte{byte(i)}},
		{Code: isup.TMR, Value: []byte{byte(i)}},
		{Code: isup.CalledNumber, Value: g.number(i&0x7f, g.random.IntN(4), i%4 == 0)},
	}
	if g.tables == &isup.ANSI {
		fields[3] = isup.Field{Code: isup.UserService, Value: []byte{0x80, 0x90, 0xa2}}
	}
	for k, code := range []isup.Code{isup.CallingNumber, isup.RedirectingNumber, isup.OriginalCalled} {
		if i&(1<<k) == 0 {
			fields = append(fields, isup.Field{Code: code, Value: g.number(i+k&0x7f, i>>2&3, false)})
		}
	}
	g.random.Shuffle(len(fields)-5, func(a, b int) { fields[5+a], fields[5+b] = fields[5+b], fields[5+a] })
	g.put(isup.IAM, fields...)
}
