package e1

import (
	"math/rand/v2"
	"testing"

	"c7mon/mtp"
)

// TestGoodFCS holds that the eight tables and the one of mtp agree, for each length and each octet changed.
func TestGoodFCS(t *testing.T) {
	r := rand.New(rand.NewPCG(19, 20))
	for n := range 300 {
		b := make([]byte, n, n+2)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		if got, want := goodFCS(b), mtp.GoodFCS(b); got != want {
			t.Errorf("% x: %v, want %v", b, got, want)
		}
		b = mtp.AppendFCS(b, b)
		if !goodFCS(b) {
			t.Fatalf("% x is good", b)
		}
		for i := range b {
			b[i] ^= 1 << (i % 8)
			if goodFCS(b) {
				t.Fatalf("octet %d changed: % x is not good", i, b)
			}
			b[i] ^= 1 << (i % 8)
		}
	}
}
