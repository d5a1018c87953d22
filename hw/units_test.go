package hw

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// TestUnitPort holds that units that a device found come in the order of time, whole, with the count of those that were left
// out, and that an error rate is told where all units come.
func TestUnitPort(t *testing.T) {
	f := func(all bool, fcs capture.FCS) {
		t.Helper()
		r, err := NewReceiver(&Lines{}, LineConfig{})
		if err != nil {
			t.Fatal(err)
		}
		forth, back := r.Units("x", wire.Forth, 1, all), r.Units("x", wire.Back, 1, all)
		fisu, msu := []byte{0x81, 0x82, 0}, []byte{0x81, 0x83, 4, 0x85, 1, 2, 3}
		if fcs == capture.FCSThere {
			fisu, msu = append(fisu, 0, 0), append(msu, 0, 0)
		}
		at := start
		for range 100 {
			at += 1e6
			forth.Good(at, fisu, fcs)
		}
		for range 64 {
			forth.Bad(at, errors.New("spoilt"))
		}
		back.Good(at+2, msu, fcs)
		forth.Good(at+1, msu, fcs)
		r.Flush()
		units, left, bad, events, last := 0, uint32(0), 0, 0, wire.NoTime
		for g := (capture.Frame{}); r.Next(&g); {
			left += g.Repeats
			if g.Time < last {
				t.Error("the times go back")
			}
			last = g.Time
			switch g.Payload {
			case capture.MTP2:
				units++
				if n := len(g.Data); g.FCS != fcs || g.Type != capture.LinkMTP2 || fcs == capture.FCSGone && g.Len != n+2 || fcs != capture.FCSGone && g.Len != n {
					t.Errorf("%+v", g)
				}
			case capture.Malformed:
				bad++
			case capture.LineEvent:
				events++
				if g.Event != (capture.Event{Kind: capture.EventErrorRate, On: true}) {
					t.Error(g.Event)
				}
			}
		}
		if units+int(left) != 102 || units != 3 || bad != 64 || (events == 1) != all || last != at+2 {
			t.Errorf("%d units, %d left out, %d errored, %d events, to %v", units, left, bad, events, last)
		}
	}
	f(true, capture.FCSThere)
	f(false, capture.FCSGone)
	f(true, capture.FCSGone)
}

// TestUnits_Wide holds that of a link of high speed time in which nothing was heard is no error, and that it takes no time
// to count any time at all.
func TestUnits_Wide(t *testing.T) {
	msu := []byte{0x81, 0x80, 0x82, 0x80, 4, 0, 0x85, 1, 2, 3}
	u := NewUnits(31, true, moments)
	good := func(at uint64) {
		t.Helper()
		u.Rate(true, at)
		if payload, pass, _ := u.Good(msu, at); payload != capture.MTP2Annex || !pass {
			t.Errorf("payload %v, pass %v", payload, pass)
		}
	}
	good(1000)
	u.Skip(5000)
	if good(5050); u.Excessive() {
		t.Error("what was not heard is counted")
	}
	if good(7000); !u.Excessive() {
		t.Error("two seconds without a unit are not counted")
	}
	u.Forget()
	if good(7010); u.Excessive() {
		t.Error("it is not forgotten")
	}
	if good(math.MaxUint64 / 2); !u.Excessive() {
		t.Error("an age without a unit is not counted")
	}
}

func TestBackoff(t *testing.T) {
	var b Backoff
	at := time.Unix(1_000_000_000, 0)
	if b.Left(at) > 0 {
		t.Error("the zero value is not due")
	}
	for _, want := range []float64{0.25, 0.5, 1, 2, 4, 8, 16, 30, 30} {
		if b.Failed(at); b.Left(at).Seconds() != want || b.Left(at.Add(31*time.Second)) > 0 {
			t.Errorf("%v left, want %v s", b.Left(at), want)
		}
	}
	b.Reset()
	if b.Failed(at); b.Left(at) != firstWait {
		t.Errorf("%v left after Reset", b.Left(at))
	}
}

// TestInput_FIFO holds that a FIFO is waited for with ticks, and that its end is a loss.
func TestInput_FIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	in, err := OpenInput(path, 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8)
	if _, err := in.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) || !in.Live() {
		t.Error("nobody there:", err)
	}
	w, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Read(b); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("nothing written:", err)
	}
	if _, err := w.WriteString("abc"); err != nil {
		t.Fatal(err)
	}
	if n, err := in.Read(b); n != 3 || err != nil {
		t.Error(n, err)
	}
	w.Close()
	if _, err := in.Read(b); err != ErrGone {
		t.Error("gone:", err)
	}
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if _, err := in.Read(b); err != os.ErrClosed {
		t.Error("closed:", err)
	}
	if _, err := OpenInput(t.TempDir(), 0); err == nil {
		t.Error("a folder is opened")
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if in, err = OpenInput(empty, 0); err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.Read(b); err != io.EOF || in.Live() {
		t.Error("the end of a file:", err)
	}
}
