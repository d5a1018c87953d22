// Package hwtest gives the tests of drivers what they all need: it takes scenarios of lab and gives the octets that they put
// on timeslots and the calls that they are, and it reads a source in the background and waits for what it has to give. Only
// tests import it.
package hwtest

import (
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/hw"
)

// Patience is how long a test waits for what surely comes.
const Patience = time.Minute

// Await waits, with the lock of cond, until is says so, and reports whether it does; else what was waited for is told as an
// error of the test. It may be called in any goroutine.
func Await(t testing.TB, cond *sync.Cond, what string, is func() bool) bool {
	t.Helper()
	late := time.AfterFunc(Patience, func() {
		t.Errorf("waited %v for %s", Patience, what)
		cond.Broadcast()
	})
	defer late.Stop()
	for !is() && !t.Failed() {
		cond.Wait()
	}
	return !t.Failed()
}

// Opens holds that a source could be opened, and has nothing to give once it is closed.
func Opens(t testing.TB, s hw.Source, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := s.Next(new(capture.Frame)); err != io.EOF {
		t.Error("a closed source gives", err)
	}
}

// Decode reads the keys of a source, as it stands on the command line, into the Config of its driver.
func Decode(t testing.TB, text string, c any) {
	t.Helper()
	s, err := config.ParseSource(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Decode(c); err != nil {
		t.Fatal(err)
	}
}

// File writes octets to a file of that name in a folder of its own and gives its path.
func File(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// FIFO makes a FIFO and gives its path.
func FIFO(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
