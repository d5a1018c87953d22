package m3ua

import "time"

// An association is one of SCTP, up to its end. It sends nothing but requests.
type association interface {
	// read waits for user data and puts it into b: a whole message, or the next part of one where b or the buffers of SCTP
	// are too small. io.EOF is the end of the association, os.ErrDeadlineExceeded that of the time.
	read(b []byte) (int, chunk, error)
	// write sends a message on stream 0 with the payload protocol identifier of M3UA. It does not wait long.
	write(request) error
	// until sets the time at which a read that waits comes back.
	until(time.Time) error
	// end ends the association. It may be called from any goroutine, and a read that waits comes back.
	end() error
}

// chunk says what user data a read gave.
type chunk struct {
	stream uint16
	ppid   uint32 // payload protocol identifier
	whole  bool   // the message ends here
}

// maxMessage bounds a message. Those of SCCP, the longest that are carried, have less than 4 KiB.
const maxMessage = 64 << 10

// inbox puts messages together that an association gives in parts, RFC 6458 3.1.4. SCTP gives the parts of one message
// without others in between; where it breaks one off, what came of it is left out and counted.
type inbox struct {
	octets  [maxMessage]byte
	n       int   // octets that wait for the rest of their message
	first   chunk // what the first part was
	tooLong bool  // the message in hand is over maxMessage: its rest is left out too
	lost    uint64
}

// next gives the next message, valid until the next call, and what its first part was. After an error the parts that wait
// still wait.
func (in *inbox) next(a association) ([]byte, chunk, error) {
	for {
		n, c, err := a.read(in.octets[in.n:])
		if err != nil {
			return nil, c, err
		}
		if (in.n > 0 || in.tooLong) && c.stream != in.first.stream { // the message before it was broken off
			copy(in.octets[:], in.octets[in.n:in.n+n])
			in.n, in.tooLong = 0, false
			in.lost++
		}
		if in.n == 0 && !in.tooLong {
			in.first = c
		}
		in.n += n
		switch {
		case !c.whole && in.n < maxMessage:
		case !c.whole:
			in.n, in.tooLong = 0, true
		case in.tooLong:
			in.n, in.tooLong = 0, false
			in.lost++
		default:
			b := in.octets[:in.n:in.n]
			in.n = 0
			return b, in.first, nil
		}
	}
}

// takeLost gives how many messages were left out since it was last asked.
func (in *inbox) takeLost() uint64 {
	n := in.lost
	in.lost = 0
	return n
}
