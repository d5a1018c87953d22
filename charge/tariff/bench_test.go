package tariff

import (
	"testing"

	"c7mon/correlate"
)

// rateBoth holds that a call is rated as it is explained.
func rateBoth(t *testing.T, r *Rater, c *correlate.Call) {
	t.Helper()
	g := r.Rate(c)
	steps, e := r.Explain(nil, c)
	if e != g || g.Status == Rated && (len(steps) == 0 || steps[len(steps)-1].Sum != g.Units) || g.Status != Rated && len(steps) > 0 {
		t.Errorf("rated as %+v, explained as %+v by %v", g, e, steps)
	}
}

// BenchmarkRate rates calls of every service by the example book, one in eleven of which lasts five hours, and so over the
// border of two bands as likely as not.
func BenchmarkRate(b *testing.B) {
	r, calls := exampleRater(b), varied(b)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if g := r.Rate(&calls[i]); g.Status != Rated {
			b.Fatal(g.Status)
		}
		if i++; i == len(calls) {
			i = 0
		}
	}
}
