package pseudowire

import "c7mon/wire"

// A verdict is what became of a packet when it came.
type verdict uint8

const (
	taken     verdict = iota // its octets are given, or wait for those before them
	duplicate                // it came before
	late                     // it was given up, and is part of a gap
	stray                    // its number is far from all others; it is kept until the next shows whether they begin anew
	anew                     // numbers begin anew with the stray before and this one, both of which are taken
)

// A held packet is one with its place and time.
type held struct {
	full     bool
	sequence uint16
	time     wire.Time
	flags    flags
	data     []byte
}

// flags are what a packet says of the lines at both ends.
type flags uint8

const (
	lineFault   flags = 1 << iota // L: what the sender heard is not valid
	remoteLoss                    // R: the sender gets no packets of the other direction
	remoteAlarm                   // M of CESoPSN is 2: the sender's line has the remote alarm
)

func (h *held) set(t wire.Time, sequence uint16, says flags, data []byte) {
	h.full, h.sequence, h.time, h.flags, h.data = true, sequence, t, says, append(h.data[:0], data...)
}

// A receiver takes what a window puts in order.
type receiver interface {
	packet(h *held)                      // the next packet; its octets are borrowed
	missing(t wire.Time, packets int64)  // so many are lost before the next one
	restarted(t wire.Time, passed int64) // numbers begin anew; by the time so many are lost
}

// A window puts the packets of one direction of a pseudowire in the order of their sequence numbers. A packet that does not
// come is waited for until one comes whose number is as much higher as the window is long, or nothing comes any more.
type window struct {
	size   int64     // packets, the one that is waited for among them
	period wire.Time // ns of the line in a packet, 0 while that is not known
	out    receiver

	begun   bool
	next    uint16 // number of the packet to be given next
	span    int64  // from there to the highest number that waits, with both; 0 when none waits
	waiting int
	lost    int64     // packets given up since the last was given
	last    wire.Time // when the last one came that was taken
	ring    []held    // by sequence number
	now     held      // the packet in hand
	odd     held      // a stray

	given [history]bool // by sequence number, of the remembered ones before next
	known int64         // how many are remembered
}

const (
	history            = 1024    // packets whose fate is remembered
	round              = 1 << 16 // sequence numbers there are, RFC 4553 4.3
	jitter   wire.Time = 250_000_000
	patience wire.Time = 200_000_000 // ns that a packet is waited for when no others come
)

func newWindow(size int, out receiver) *window {
	n := 1
	for n < size {
		n *= 2
	}
	return &window{size: int64(size), out: out, ring: make([]held, n), last: wire.NoTime}
}

// put takes a packet that came at t.
func (w *window) put(t wire.Time, sequence uint16, says flags, data []byte) verdict {
	if !w.begun {
		w.begun, w.next = true, sequence
	}
	ahead, behind := int64(sequence-w.next), int64(w.next-sequence)
	if ahead < w.size {
		return w.take(t, sequence, says, data)
	}
	passed := w.passed(t)
	if behind <= history && passed < round/2 {
		return w.old(sequence, behind)
	}
	rounds := max(passed-(ahead-w.span)+round/2, 0) / round
	if w.likely(ahead-w.span+rounds*round, passed) {
		w.advance(ahead - w.size + 1)
		w.lost += rounds * round
		return w.take(t, sequence, says, data)
	}
	if !w.odd.full || w.odd.sequence+1 != sequence {
		w.odd.set(t, sequence, says, data)
		return stray
	}
	w.drain()
	w.out.restarted(w.odd.time, max(w.passed(w.odd.time)-1, 0))
	w.odd.full = false
	w.next, w.known = w.odd.sequence, 0
	w.take(w.odd.time, w.odd.sequence, w.odd.flags, w.odd.data)
	w.take(t, sequence, says, data)
	return anew
}

// passed is how many packets the time since the last one is long.
func (w *window) passed(t wire.Time) int64 {
	if w.period == 0 || !w.last.Known() || t < w.last {
		return 0
	}
	return int64((t - w.last) / w.period)
}

// likely reports whether the loss of n packets can be believed where passed have gone by: the times of packets mislead a
// little, and those of a capture by more the longer it is.
func (w *window) likely(n, passed int64) bool {
	if w.period == 0 {
		return n < history
	}
	off := wire.Time(max(n-passed, passed-n)) * w.period
	return off <= jitter+wire.Time(passed)*w.period/8
}

// old tells what a packet of a number before the next is.
func (w *window) old(sequence uint16, behind int64) verdict {
	if behind <= w.known && w.given[sequence%history] {
		return duplicate
	}
	return late
}

// take takes a packet inside the window, and gives those that are due.
func (w *window) take(t wire.Time, sequence uint16, says flags, data []byte) verdict {
	if ahead := int64(sequence - w.next); ahead > 0 {
		h := &w.ring[int(sequence)%len(w.ring)]
		if h.full {
			return duplicate
		}
		h.set(t, sequence, says, data)
		w.waiting++
		w.span = max(w.span, ahead+1)
	} else {
		w.now = held{true, sequence, t, says, data}
		w.release(&w.now)
	}
	w.last = max(w.last, t)
	for w.waiting > 0 && w.ring[int(w.next)%len(w.ring)].full {
		w.step()
	}
	return taken
}

// release gives a packet, which is the next.
func (w *window) release(h *held) {
	w.tell(h.time)
	w.out.packet(h)
	w.moves(true)
}

// tell tells of those that are given up.
func (w *window) tell(t wire.Time) {
	if w.lost > 0 {
		w.out.missing(t, w.lost)
		w.lost = 0
	}
}

// moves goes on to the next number.
func (w *window) moves(given bool) {
	w.given[w.next%history] = given
	w.known = min(w.known+1, history)
	w.next++
	w.span = max(w.span-1, 0)
}

// step gives the next packet where it is there, or gives it up.
func (w *window) step() {
	h := &w.ring[int(w.next)%len(w.ring)]
	if !h.full {
		w.lost++
		w.moves(false)
		return
	}
	h.full = false
	w.waiting--
	w.release(h)
}

// advance goes on by n numbers.
func (w *window) advance(n int64) {
	for ; n > 0 && w.waiting > 0; n-- {
		w.step()
	}
	for ; n > 0 && n <= history; n-- {
		w.step()
	}
	if n > 0 {
		w.lost += n
		w.next += uint16(n)
		w.given, w.known = [history]bool{}, history
	}
}

// drain gives all that wait, and gives up those missing among them.
func (w *window) drain() {
	for w.waiting > 0 {
		w.step()
	}
}

// idle lets go what waits when no packet has come for some time before t.
func (w *window) idle(t wire.Time) {
	if w.waiting > 0 && t-w.last > max(patience, wire.Time(w.size)*w.period) {
		w.drain()
	}
}
