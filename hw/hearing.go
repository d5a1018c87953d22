package hw

import (
	"sync"
	"time"

	"c7mon/capture"
	"c7mon/wire"
)

// A Feeder is what a session of a driver has of its device: it feeds a Receiver with what comes of it. Hear makes a Session
// of it. Listen, Lost and Close are never called at once.
type Feeder interface {
	// Listen waits for octets and events, at most for that long, and feeds the Receiver with all that there is. heard says
	// that there was something. An error ends the session, io.EOF the source; what was fed before is given before it.
	Listen(wait time.Duration) (heard bool, err error)
	// Lost says that the session has ended: from t on octets go by unheard, and what it told of its lines lasts no longer.
	Lost(t time.Time)
	// Wake has Listen wait no longer: it feeds what has been received, and fails once that is all. Any goroutine may call it,
	// more than once.
	Wake()
	// Close lets go of the device. It is called once, behind Wake and Lost.
	Close() error
}

// A Hearing is the Session of a Feeder: it gives what the Receiver makes of what the Feeder feeds, and ticks.
type Hearing struct {
	receiver *Receiver
	feeder   Feeder
	err      error     // why the session ended, once all that was heard is given
	given    time.Time // when Next gave anything
	heard    time.Time // when anything came
	last     wire.Time // of the newest frame given

	running sync.Mutex // held while Next or Close uses the Feeder
	once    sync.Once
	closing error
}

// Times of a Hearing.
const (
	tickBehind = 500 * time.Millisecond // ticks are so much behind: frames wait a little for those before them
	// When nothing comes for so long, what waits for its turn is given. That is longer than a line that is behind is waited
	// for, and than one that goes on may take until its octets come.
	silence = max(time.Duration(holdMachine), time.Duration(stall)) + 100*time.Millisecond
)

// Hear makes the Session.
func Hear(r *Receiver, f Feeder) *Hearing {
	now := time.Now()
	return &Hearing{receiver: r, feeder: f, given: now, heard: now, last: wire.NoTime}
}

// Next gives what is heard, as Session says.
func (h *Hearing) Next(f *capture.Frame) error {
	h.running.Lock()
	defer h.running.Unlock()
	for {
		if h.receiver.Next(f) {
			h.given, h.last = time.Now(), max(h.last, f.Time)
			return nil
		}
		if h.err != nil {
			return h.err
		}
		now := time.Now()
		if now.Sub(h.given) >= tickEvery {
			h.given, h.last = now, h.tickTime(now)
			*f = capture.Frame{Time: h.last, Clock: h.last, Direction: wire.NoDirection}
			return nil
		}
		heard, err := h.feeder.Listen(min(h.given.Add(tickEvery).Sub(now), silence))
		switch {
		case err != nil:
			h.end(err)
		case heard:
			h.heard = time.Now()
		case time.Since(h.heard) >= silence:
			h.receiver.Flush()
		}
	}
}

// tickTime is the time of a tick: a little behind the machine's clock, or where the line's own clock stands.
func (h *Hearing) tickTime(now time.Time) wire.Time {
	if r := h.receiver; r.reading.stream {
		return max(h.last, r.reading.start)
	}
	return max(h.last, wire.TimeOf(now.Add(-tickBehind)))
}

// end notes why the session ends, and lets go what is held back.
func (h *Hearing) end(err error) {
	h.err = err
	h.feeder.Lost(time.Now())
	h.receiver.forget()
	h.receiver.Flush()
}

// Close ends the session, as Session says.
func (h *Hearing) Close() error {
	h.once.Do(func() {
		h.feeder.Wake()
		h.running.Lock()
		defer h.running.Unlock()
		for h.err == nil {
			if _, err := h.feeder.Listen(0); err != nil {
				h.end(err)
			}
		}
		h.closing = h.feeder.Close()
	})
	return h.closing
}
