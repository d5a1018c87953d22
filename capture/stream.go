package capture

import "io"

// The octets of a file pass through blocks of this size. A record never straddles two of them, because its beginning
// is moved to the next block when it does not fit; so a block must hold the longest record that is accepted.
const (
	blockSize  = 1 << 20
	firstRead  = 64 << 10 // what is read at first: a file that is only looked at costs no more
	maxFrame   = 256 << 10
	maxRecord  = maxFrame + 64<<10 // a pcapng block also has options
	emptyReads = 100               // reads without an octet and without an error before a source is given up
)

// A block is a piece of a file that frames alias. It goes back to the pool when it is no longer read into and its last
// frame has been given back.
type block struct {
	buf  []byte
	refs int
}

// A pool keeps the blocks that are not in use; all files of a stream share it.
type pool struct {
	free []*block
}

func (p *pool) get() *block {
	if n := len(p.free); n > 0 {
		b := p.free[n-1]
		p.free = p.free[:n-1]
		return b
	}
	return &block{buf: make([]byte, blockSize)}
}

func (p *pool) put(b *block) { p.free = append(p.free, b) }

// A stream gives the octets of one file as slices of its blocks, without copying them.
type stream struct {
	src      io.Reader
	pool     *pool
	cur      *block
	buf      []byte // cur.buf
	pos, end int    // the octets read and not yet taken
	base     int64  // octet of the file at buf[0]
	mark     int64  // octet of the file where the record begins that is being read; set by its reader
	live     int    // blocks in use: cur and those that frames alias
	err      error  // why src gives no more
}

func newStream(src io.Reader, p *pool) *stream {
	s := &stream{src: src, pool: p, cur: p.get(), live: 1}
	s.buf = s.cur.buf
	return s
}

// offset is the octet of the file that need would start with.
func (s *stream) offset() int64 { return s.base + int64(s.pos) }

// need gives at least n octets from the current position on, n at most blockSize, without taking them. The error is
// io.EOF when nothing is left, ErrCut when less than n octets are, or what the source says.
func (s *stream) need(n int) ([]byte, error) {
	if s.end-s.pos >= n {
		return s.buf[s.pos:s.end], nil
	}
	return s.fill(n)
}

func (s *stream) fill(n int) ([]byte, error) {
	if s.pos+n > len(s.buf) {
		s.turn()
	}
	for empty := 0; s.end-s.pos < n && s.err == nil; {
		room := s.buf[s.end:]
		if s.base == 0 && s.end == 0 {
			room = room[:firstRead]
		}
		m, err := s.src.Read(room)
		s.end += m
		s.err = err
		if m > 0 {
			empty = 0
		} else if empty++; empty == emptyReads && err == nil {
			s.err = io.ErrNoProgress
		}
	}
	have := s.end - s.pos
	switch {
	case have >= n:
		return s.buf[s.pos:s.end], nil
	case s.err == io.EOF && have == 0:
		return nil, io.EOF
	case s.err == io.EOF || s.err == io.ErrUnexpectedEOF:
		return nil, ErrCut
	}
	return nil, s.err
}

// turn goes on in a new block, which starts with the octets not yet taken.
func (s *stream) turn() {
	old, b := s.cur, s.pool.get()
	s.base += int64(s.pos)
	s.end = copy(b.buf, s.buf[s.pos:s.end])
	s.pos = 0
	s.cur, s.buf = b, b.buf
	s.live++
	s.drop(old)
}

// take gives the next n octets, which need has shown to be there, and holds their block until release.
func (s *stream) take(n int) ([]byte, *block) {
	b := s.buf[s.pos : s.pos+n : s.pos+n]
	s.pos += n
	s.cur.refs++
	return b, s.cur
}

// skip passes over n octets, however many there are.
func (s *stream) skip(n int64) error {
	for n > int64(s.end-s.pos) {
		n -= int64(s.end - s.pos)
		s.pos = s.end
		if _, err := s.need(1); err == io.EOF {
			return ErrCut
		} else if err != nil {
			return err
		}
	}
	s.pos += int(n)
	return nil
}

// release gives back a block that take has held.
func (s *stream) release(b *block) {
	b.refs--
	s.drop(b)
}

func (s *stream) drop(b *block) {
	if b.refs == 0 && b != s.cur {
		s.live--
		s.pool.put(b)
	}
}

// close ends reading; blocks that frames alias go back when those are released.
func (s *stream) close() {
	if b := s.cur; b != nil {
		s.cur, s.buf, s.pos, s.end = nil, nil, 0, 0
		s.err = io.EOF
		s.drop(b)
	}
}
