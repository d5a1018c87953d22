//go:build !race

package e1

// sizeStep is the step from one size of a read to the next in TestRecordingsInPieces: every size.
const sizeStep = 1
