package e1cap

import (
	"c7mon/capture"
	"c7mon/hw"
	"c7mon/wire"
)

// ordered puts frames that are whole already among those that a Receiver makes, in the order of time.
type ordered struct {
	queue []*held
	free  []*held
	given *held // whose octets the caller has

	frame capture.Frame // of the receiver, not given yet
	ahead bool          // it is there
	flush bool          // nothing earlier comes from the receiver
}

// A held frame has octets of its own.
type held struct {
	frame  capture.Frame
	octets []byte
}

// held frames wait no longer than the receiver itself does for a line that is behind.
const hold wire.Time = 2_000_000_000

// put adds a frame; its octets are copied.
func (o *ordered) put(f *capture.Frame, octets []byte) {
	var h *held
	if n := len(o.free); n > 0 {
		h = o.free[n-1]
		o.free = o.free[:n-1]
	} else {
		h = new(held)
	}
	h.frame, h.octets = *f, append(h.octets[:0], octets...)
	o.queue = append(o.queue, h)
	for i := len(o.queue) - 1; i > 0 && o.queue[i].frame.Time < o.queue[i-1].frame.Time; i-- {
		o.queue[i], o.queue[i-1] = o.queue[i-1], o.queue[i]
	}
}

// next gives the frame that is due, of these or of r, when one is. newest is the time up to which records were read; alone
// says that r was fed nothing.
func (o *ordered) next(f *capture.Frame, r *hw.Receiver, newest wire.Time, alone bool) bool {
	if o.given != nil {
		o.free = append(o.free, o.given)
		o.given = nil
	}
	if !o.ahead {
		o.ahead = r.Next(&o.frame)
	}
	if len(o.queue) > 0 {
		first := o.queue[0]
		t := first.frame.Time
		if o.ahead && t <= o.frame.Time || !o.ahead && (o.flush || alone || t+hold <= newest) {
			o.given = first
			o.queue = o.queue[:copy(o.queue, o.queue[1:])]
			*f = first.frame
			f.Data = first.octets
			return true
		}
	}
	if !o.ahead {
		return false
	}
	*f, o.ahead = o.frame, false
	return true
}
