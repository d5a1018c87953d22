package reconcile

import (
	"cmp"
	"slices"
	"time"

	"c7mon/wire"
)

// A line is the offset at time 0 of the points, and the drift in parts in 10^9.
type line struct{ offset, drift int64 }

// fitClock finds the line on which most points lie, though others lie anywhere: it counts those within a window that is moved over
// all offsets for each of some drifts, and does the same with narrower windows about what it found (Hough); among those inside the
// drift is then the median of slopes, the offset the median of what remains. It gives the points inside too.
func fitClock(points []point, at wire.Time) (Clock, []point) {
	clock := Clock{At: at, Looked: len(points)}
	slices.SortFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.d, b.d), cmp.Compare(a.a, b.a), cmp.Compare(a.b, b.b))
	})
	points = thin(points)
	if len(points) < leastPairs {
		return clock, nil
	}
	base := points[0].t
	for i := range points {
		points[i].t -= base
	}
	best, window, ok := search(points)
	if !ok {
		return clock, nil
	}
	inside := within(points, best, window)
	best, scatter := refine(inside, within(points, best, 2*window), best)
	clock.Known, clock.Drift = true, best.drift-scale(best.drift, best.drift) // drift / (1 + drift): by the clock of the switch
	since := int64(at) - base - best.offset
	clock.Offset = time.Duration(best.offset + scale(since, clock.Drift))
	clock.Scatter, clock.Pairs = time.Duration(scatter), len(inside)
	return clock, inside
}

// thin leaves mostPoints of the points, evenly.
func thin(points []point) []point {
	n := len(points)
	if n <= mostPoints {
		return points
	}
	for i := range mostPoints {
		points[i] = points[i*n/mostPoints]
	}
	return points[:mostPoints]
}

// search gives the line and the narrowest window that still holds most of the points that the widest held; ok is false where they
// are no more than chance puts there.
func search(points []point) (best line, window int64, ok bool) {
	span := max(points[len(points)-1].t-points[0].t, 1)
	window = max(int64(firstWindow), span/1e5) // the widest drift is then searched in some hundred steps
	rest := make([]int64, 0, len(points))
	from, to := int64(-maxDrift), int64(maxDrift)
	votes := 0
	for {
		step := max(stepOf(window, span), 1)
		next, n := scan(points, rest, from, to, step, window)
		if votes > 0 && 10*n < 6*votes {
			return best, 4 * window, true
		}
		if votes == 0 && !beyondChance(points, n, window) {
			return best, 0, false
		}
		best, votes = next, n
		if window <= int64(lastWindow) {
			return best, window, true
		}
		points = within(points, best, 2*window)
		from, to = max(best.drift-2*step, -maxDrift), min(best.drift+2*step, maxDrift)
		window /= 4
	}
}

// stepOf gives the drift that moves the end of the span by half a window, in parts in 10^9.
func stepOf(window, span int64) int64 { return window / 2 / max(span/1e9, 1) }

// scan tries drifts, and gives the line on which a window holds most points; of equals the one nearest to no drift and no offset.
func scan(points []point, rest []int64, from, to, step, window int64) (best line, votes int) {
	for drift := from / step * step; drift <= to; drift += step {
		rest = rest[:0]
		for _, p := range points {
			rest = append(rest, p.d-scale(p.t, drift))
		}
		slices.Sort(rest)
		first := 0
		for i := range rest {
			for rest[i]-rest[first] > window {
				first++
			}
			n, l := i-first+1, line{rest[(first+i)/2], drift}
			if n > votes || n == votes && closer(l, best) {
				best, votes = l, n
			}
		}
	}
	return best, votes
}

func closer(a, b line) bool {
	return cmp.Or(cmp.Compare(distance(a.drift, 0), distance(b.drift, 0)), cmp.Compare(distance(a.offset, 0), distance(b.offset, 0)),
		cmp.Compare(a.drift, b.drift), cmp.Compare(a.offset, b.offset)) < 0
}

// beyondChance tells whether so many points in a window are more than chance would put into the fullest one, were the others spread
// over the whole range.
func beyondChance(points []point, votes int, window int64) bool {
	low, high := points[0].d, points[0].d
	for _, p := range points {
		low, high = min(low, p.d), max(high, p.d)
	}
	others := int64(len(points) - votes)
	return votes >= leastPairs && int64(votes) >= leastPairs+5*others*(window/1e6)/max((high-low)/1e6, 1)
}

// within gives the points that lie within a window, in their order.
func within(points []point, l line, window int64) (list []point) {
	for _, p := range points {
		if distance(p.d-scale(p.t, l.drift), l.offset) <= window/2 {
			list = append(list, p)
		}
	}
	return list
}

// refine gives the line through points in order of time, and the median of the absolute deviations of all of them from it. A drift
// that is within three standard errors of none is none, and so is one that no clock has. One that moves the times by less than their
// scatter from the first to the last does no good, and would be told of durations that are longer than that.
func refine(points, all []point, l line) (line, int64) {
	rest := make([]int64, len(points))
	half := len(points) / 2
	slopes := make([]int64, 0, half)
	for i := range half {
		a, b := points[i], points[len(points)-half+i]
		if us := (b.t - a.t) / 1e3; us > 1e6 {
			slopes = append(slopes, (b.d-a.d-scale(b.t-a.t, l.drift))*1e6/us)
		}
	}
	if len(slopes) > 0 {
		slices.Sort(slopes)
		l.drift += slopes[len(slopes)/2]
	}
	settle := func() int64 {
		for i, p := range points {
			rest[i] = p.d - scale(p.t, l.drift)
		}
		slices.Sort(rest)
		l.offset = rest[len(rest)/2]
		diffs := make([]int64, len(all))
		for i, p := range all {
			diffs[i] = distance(p.d-scale(p.t, l.drift), l.offset)
		}
		slices.Sort(diffs)
		return diffs[len(diffs)/2]
	}
	scatter := settle()
	// A slope over half of the span errs by 2 sqrt(2) standard deviations a span, their median by 1.25 / sqrt(half) of that; a
	// standard deviation is 1.48 scatters, so three errors are 15.7 scatters / sqrt(half).
	span := points[len(points)-1].t - points[0].t
	moved := float64(scale(span, distance(l.drift, 0)))
	if moved*moved*float64(half) < 247*float64(scatter)*float64(scatter) || moved < float64(scatter) || distance(l.drift, 0) > 2*maxDrift {
		l.drift = 0
		scatter = settle()
	}
	return l, scatter
}
