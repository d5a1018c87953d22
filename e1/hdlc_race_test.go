//go:build race

package e1

// sizeStep is the step from one size of a read to the next in TestRecordingsInPieces: the race detector makes each ten
// times as slow, and has nothing to find in one goroutine.
const sizeStep = 31
