package mtp

import "testing"

// TestSUERM plays units and holds after how many of them the state changed.
func TestSUERM(t *testing.T) {
	// errored says which units are; the numbers are those of the units, from 1, at which the state changes.
	f := func(units int, errored func(n int) bool, want ...int) {
		t.Helper()
		var m SUERM
		var got []int
		for n := 1; n <= units; n++ {
			before, changed := m.Excessive(), false
			if errored(n) {
				changed = m.Bad()
			} else {
				changed = m.Good()
			}
			if changed != (m.Excessive() != before) {
				t.Fatalf("unit %d: changed %v, from %v to %v", n, changed, before, m.Excessive())
			}
			if changed {
				got = append(got, n)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("changes at %v, want %v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("changes at %v, want %v", got, want)
			}
		}
	}
	f(100000, func(int) bool { return false })
	f(63, func(int) bool { return true })
	f(100000, func(int) bool { return true }, 64)
	f(100000, func(n int) bool { return n <= 63 })
	f(100000, func(n int) bool { return n <= 64 }, 64, 64+64*256)
	f(100000, func(n int) bool { return n <= 500 }, 64, 64+256+64*256) // the count was 63 at unit 320, and 64 again until 500
	f(1000000, func(n int) bool { return n%256 == 0 })                 // one in 256 is no more than is taken
	f(64*256, func(n int) bool { return n%128 == 0 }, 63*256)          // two up, one down: 62 and two more
}

func TestEIM(t *testing.T) {
	f := func(intervals int, play func(n int, m *EIM), want ...int) {
		t.Helper()
		var m EIM
		var got []int
		for n := 1; n <= intervals; n++ {
			play(n, &m)
			before := m.Excessive()
			if m.Interval() {
				got = append(got, n)
			}
			if changed := m.Excessive() != before; changed != (len(got) > 0 && got[len(got)-1] == n) {
				t.Fatalf("interval %d: from %v to %v", n, before, m.Excessive())
			}
		}
		if len(got) != len(want) {
			t.Fatalf("changes at %v, want %v", got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("changes at %v, want %v", got, want)
			}
		}
	}
	good := func(_ int, m *EIM) { m.Good() }
	f(1000, good)
	f(1000, func(_ int, m *EIM) { m.Bad() }, 5)
	f(1000, func(int, *EIM) {}, 5) // nothing heard is errored
	f(1000, func(n int, m *EIM) {
		good(n, m)
		if n <= 4 {
			m.Bad()
		}
	})
	// 577170 is taken away in 63 intervals.
	f(1000, func(n int, m *EIM) {
		good(n, m)
		if n <= 5 || n >= 500 && n < 510 {
			m.Bad()
		}
	}, 5, 68, 504, 509+63)
	f(100000, func(n int, m *EIM) { // one in seventeen is less than what is taken
		good(n, m)
		if n%17 == 0 {
			m.Bad()
		}
	})
}
