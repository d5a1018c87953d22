//go:build !race

package charge_test

// sequences is how many random sequences of events TestLiteral compares.
const sequences = 100_000
