//go:build race

package charge_test

// sequences is how many random sequences of events TestLiteral compares: the race detector makes each twenty times as slow,
// and has nothing to find in one goroutine.
const sequences = 5_000
