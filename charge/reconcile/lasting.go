package reconcile

import (
	"slices"
	"time"
)

// steps are the blocks that durations are rounded up to.
var steps = [...]time.Duration{6 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute}

// lasting gives the tolerance of durations and the step that those of the file are rounded up to, from pairs that are right.
func (m *Matcher) lasting(pairs []point, clock *Clock, given time.Duration) (tolerance, step time.Duration) {
	var diffs, files, near []time.Duration
	for _, p := range pairs {
		a, b := m.calls[p.a].lasts(), m.records[p.b].lasts()
		if a < 0 || b < 0 {
			continue
		}
		d := b - a - time.Duration(scale(int64(b), clock.Drift))
		diffs, files = append(diffs, d), append(files, b)
		if distance(d, 0) <= int64(Floor) {
			near = append(near, d)
		}
	}
	if given > 0 || 2*len(near) >= len(diffs) { // times that are cut to two seconds and more scatter by more than the floor
		return max(Floor, tenths(scatterTimes*deviation(near))), max(given, 0)
	}
	for _, step := range steps {
		rounded := 0
		for i, d := range diffs {
			if d >= -Floor && d < step+Floor && files[i]%step == 0 {
				rounded++
			}
		}
		if 10*rounded >= 8*len(diffs) {
			return Floor, step
		}
	}
	return max(Floor, tenths(scatterTimes*deviation(diffs))), 0
}

// ratio gives the median of the durations of the file as parts of those on the wire, of calls that no rounding makes twice as long.
func (m *Matcher) ratio(pairs []point) int64 {
	var list []int64
	for _, p := range pairs {
		if a, b := m.calls[p.a].lasts(), m.records[p.b].lasts(); a >= time.Minute && b >= 0 {
			list = append(list, int64(min(b, longestTold))/int64(a/1000))
		}
	}
	if len(list) < leastPairs {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// longestTold bounds what is reckoned with.
const longestTold = 1000 * 24 * time.Hour

// OtherUnit tells whether the durations of the file are so far from those on the wire that they can only be in another unit, or be
// something else.
func (c *Clock) OtherUnit() bool {
	return c.Pairs > 0 && c.Ratio != 0 && (c.Ratio < 300 || c.Ratio > 3000)
}

// deviation gives the median of the absolute differences from the median. It sorts.
func deviation[T ~int64](list []T) T {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	middle := list[len(list)/2]
	for i, v := range list {
		list[i] = T(distance(v, middle))
	}
	slices.Sort(list)
	return list[len(list)/2]
}
