package gth

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"c7mon/wire"
)

// accept takes the connections of the probe. Others are refused and told of.
func (s *session) accept() {
	for {
		conn, err := s.ear.Accept()
		if err != nil {
			s.end(fmt.Errorf("waiting for the probe to connect: %w", err))
			return
		}
		if !s.known(conn.RemoteAddr()) {
			s.mu.Lock()
			if len(s.strange) < 10 {
				s.strange = append(s.strange, conn.RemoteAddr().String())
			}
			s.mu.Unlock()
			conn.Close()
			s.tell()
			continue
		}
		s.mu.Lock()
		over := s.err != nil
		if !over {
			s.data = append(s.data, conn)
			s.readers.Go(func() { s.readUnits(conn) })
		}
		s.mu.Unlock()
		if over {
			conn.Close()
			return
		}
	}
}

// known reports whether an address is the probe's.
func (s *session) known(a net.Addr) bool {
	from, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return false
	}
	probe := s.p.from
	if !probe.IsValid() {
		at, err := netip.ParseAddrPort(s.control.RemoteAddr().String())
		if err != nil {
			return false
		}
		probe = at.Addr()
	}
	return from.Addr().Unmap() == probe.Unmap()
}

// A chunk is whole records as they came.
type chunk struct {
	octets []byte      // the room, of which records are the front
	n      int         // octets of the records
	came   wire.Time   // by the machine's clock
	free   chan *chunk // where it goes when it has been read
}

// chunkOctets holds many records, and always one.
const chunkOctets = 32 << 10

// readUnits reads a connection of the probe. Two chunks go round, so that one is filled while the other is read.
func (s *session) readUnits(conn net.Conn) {
	free := make(chan *chunk, 2)
	for range cap(free) {
		free <- &chunk{octets: make([]byte, chunkOctets), free: free}
	}
	var rest []byte // of a record that is not whole yet
	for {
		var c *chunk
		select {
		case c = <-free:
		case <-s.done:
			return
		}
		n := copy(c.octets, rest)
		for c.n = 0; c.n == 0; {
			m, err := conn.Read(c.octets[n:])
			n += m
			var bad error
			if c.n, bad = whole(c.octets[:n]); bad != nil {
				err = bad
			}
			if err != nil {
				s.hand(c)
				s.end(fmt.Errorf("signal units: %w", noEOF(err)))
				return
			}
		}
		rest = c.octets[c.n:n]
		s.hand(c)
	}
}

// hand gives a chunk to Next.
func (s *session) hand(c *chunk) {
	if c.n == 0 {
		return
	}
	c.came = wire.TimeOf(time.Now())
	s.mu.Lock()
	s.chunks = append(s.chunks, c)
	s.mu.Unlock()
	s.tell()
}

// nextChunk takes the oldest chunk; false when there is none.
func (s *session) nextChunk() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunks) == 0 {
		return false
	}
	s.chunk = s.chunks[0]
	s.chunks = append(s.chunks[:0], s.chunks[1:]...)
	s.rest = s.chunk.octets[:s.chunk.n]
	return true
}
