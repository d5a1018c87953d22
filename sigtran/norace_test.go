//go:build !race

package sigtran

// raceDetector tells that the test was built without the race detector.
const raceDetector = false
