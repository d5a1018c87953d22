package sigtran

import (
	"bytes"
	"encoding/binary"
	"errors"
	"time"

	"c7mon/wire"
)

const (
	maxFragmented   = 64               // IP packets put together at once
	fragmentTimeout = 30 * time.Second // RFC 791 3.2 leaves 15 to 255 s
	maxPacket       = 65535
)

var (
	errOverlap  = errors.New("IP fragment: it overlaps another with other octets")
	errFragment = errors.New("IP fragment: its length is no multiple of 8 octets")
	errTooLong  = errors.New("IP fragment: it ends behind octet 65,535")
	errLast     = errors.New("IP fragment: it disagrees with the end of the packet")
	errCut      = errors.New("IP fragment: the capture did not keep all of it")
)

// fragmentKey is what the fragments of one packet have in common, RFC 791 3.2, RFC 8200 4.5.
type fragmentKey struct {
	src, dst addr
	id       uint32
	proto    byte
	version  byte
}

// A fragmented is a packet that is being put together. Octets are marked as there by units of 8, so that overlaps and
// repeats need no list.
type fragmented struct {
	key      fragmentKey
	deadline wire.Time
	data     []byte // as far as it is known; its capacity is kept for the next packet
	total    int    // octets of the whole, -1 before the last fragment is there
	have     int    // units there
	there    [(maxPacket + 1) / 8 / 64]uint64
}

// fragments holds the packets that are being put together; the oldest gives way to a new one.
type fragments struct {
	open []*fragmented
	idle []*fragmented
}

// fragment takes one fragment: off is the offset of b in the packet, more says that others follow. UDP is put together
// only when the first fragment shows the port of SCTP.
func (d *Decoder) fragment(k fragmentKey, off int, more, cut bool, b []byte) (Verdict, error) {
	fs := &d.fragments
	f := fs.find(k)
	if f == nil && k.proto == protoUDP {
		if off != 0 || len(b) < 4 || binary.BigEndian.Uint16(b) != udpSCTP && binary.BigEndian.Uint16(b[2:]) != udpSCTP {
			return Other, nil
		}
	}
	switch {
	case cut:
		return Malformed, errCut
	case more && (len(b) == 0 || len(b)%8 != 0):
		return Malformed, errFragment
	case off+len(b) > maxPacket:
		return Malformed, errTooLong
	}
	if f == nil {
		var dropped int
		f, dropped = fs.begin(k, d.time.Add(fragmentTimeout))
		d.counts.DroppedIP += uint64(dropped)
		d.wake(f.deadline)
	}
	if err := f.add(off, more, b); err != nil {
		fs.drop(f)
		d.counts.DroppedIP++
		return Malformed, err
	}
	if f.total < 0 || f.have*8 < f.total {
		return Fragment, nil
	}
	fs.drop(f) // its octets are in use until the next packet, and nothing is begun before
	return d.transport(k.src, k.dst, k.proto, f.data[:f.total])
}

// add puts the octets in their place. Octets heard before must be the same.
func (f *fragmented) add(off int, more bool, b []byte) error {
	end := off + len(b)
	if f.total >= 0 && (end > f.total || !more && end != f.total) || !more && end < len(f.data) {
		return errLast
	}
	if !more {
		f.total = end
	}
	for len(f.data) < end {
		f.data = append(f.data, make([]byte, end-len(f.data))...)
	}
	for i := 0; i < len(b); i += 8 {
		unit, n := (off+i)/8, min(8, len(b)-i)
		word, bit := &f.there[unit/64], uint64(1)<<(unit%64)
		at := f.data[off+i : off+i+n]
		switch {
		case *word&bit == 0:
			*word |= bit
			f.have++
			copy(at, b[i:])
		case !bytes.Equal(at, b[i:i+n]):
			return errOverlap
		}
	}
	return nil
}

func (fs *fragments) find(k fragmentKey) *fragmented {
	for _, f := range fs.open {
		if f.key == k {
			return f
		}
	}
	return nil
}

// begin opens a packet, in place of the oldest when there are too many, and says how many were dropped for it.
func (fs *fragments) begin(k fragmentKey, deadline wire.Time) (*fragmented, int) {
	dropped := 0
	if len(fs.open) >= maxFragmented {
		fs.drop(fs.open[0])
		dropped = 1
	}
	var f *fragmented
	if n := len(fs.idle); n > 0 {
		f, fs.idle = fs.idle[n-1], fs.idle[:n-1]
	} else {
		f = &fragmented{}
	}
	*f = fragmented{key: k, deadline: deadline, data: f.data[:0], total: -1}
	fs.open = append(fs.open, f)
	return f, dropped
}

// drop closes a packet and keeps its buffer for another.
func (fs *fragments) drop(f *fragmented) {
	for i, g := range fs.open {
		if g == f {
			fs.open = append(fs.open[:i], fs.open[i+1:]...)
			fs.idle = append(fs.idle, f)
			return
		}
	}
}

// expire drops the packets that waited too long, says how many, and gives the earliest deadline of the others.
func (fs *fragments) expire(t wire.Time) (dropped int, next wire.Time) {
	next = never
	for i := 0; i < len(fs.open); {
		if f := fs.open[i]; f.deadline <= t {
			fs.drop(f)
			dropped++
			continue
		}
		next = min(next, fs.open[i].deadline)
		i++
	}
	return dropped, next
}

// clear drops everything that waits and says how many there were.
func (fs *fragments) clear() int {
	n := len(fs.open)
	for len(fs.open) > 0 {
		fs.drop(fs.open[0])
	}
	return n
}
