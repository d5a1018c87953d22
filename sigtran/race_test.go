//go:build race

package sigtran

// raceDetector tells that the test was built with the race detector.
const raceDetector = true
