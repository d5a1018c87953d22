package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"c7mon/wire"
)

// A file is one of the files of a stream: what is known of it, and, while it is open, how it is read.
type file struct {
	index   int
	path    string
	stdin   io.Reader // what path "-" reads
	size    int64     // -1 when it is no regular file
	sha     string
	pool    *pool
	read    *atomic.Int64 // octets read, of all files of the stream
	ifaces  []iface
	records uint64 // read
	frames  uint64 // given
	bytes   uint64 // of those frames
	first   wire.Time
	last    wire.Time
	warning error
	counts  Anomalies

	key    wire.Time // of the next frame; valid while it has one
	parked bool      // closed again after its first frame was looked at
	raw    *rawReader
	close  func()
	stream *stream
	record recordReader
	window *window // nil while closed, as the four before it
}

// examine looks at the file without reading it, save for its hash.
func (f *file) examine() error {
	f.size = -1
	if f.stdin != nil {
		return nil
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s: no capture: a directory", f.path)
	}
	if !info.Mode().IsRegular() {
		return nil
	}
	f.size = info.Size()
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	f.sha, err = sumBeginning(in)
	return err
}

// open begins reading the file from its first octet. Its errors do not name the file, save those of the system.
func (f *file) open() error {
	in := io.NopCloser(f.stdin)
	if f.stdin == nil {
		r, err := os.Open(f.path)
		if err != nil {
			return err
		}
		in = r
	}
	f.raw = newRawReader(in, f.read)
	plain, how, done, err := decompress(f.raw)
	if err != nil {
		in.Close()
		return err
	}
	f.close = func() {
		done()
		in.Close()
	}
	f.stream = newStream(plain, f.pool)
	if f.record, err = newRecordReader(f.stream, how, &f.ifaces); err != nil {
		f.shut()
		return err
	}
	f.records, f.frames, f.bytes, f.first, f.last = 0, 0, 0, wire.NoTime, wire.NoTime
	f.warning, f.parked = nil, false
	f.window = new(window)
	f.window.reset(f.next, f.stream)
	return nil
}

// name is how errors call the file.
func (f *file) name() string {
	if f.stdin != nil {
		return "standard input"
	}
	return f.path
}

// next reads one record into e and gives it its number.
func (f *file) next(e *entry) error {
	err := f.record.read(e)
	switch {
	case err == nil:
		f.records++
		e.num = f.records
		if e.link == LinkERF {
			e.erfTime()
		}
		return nil
	case err == io.EOF:
		return err
	}
	where := &RecordError{Path: f.name(), Frame: f.records + 1, Offset: f.stream.mark, Err: err}
	if errors.Is(err, ErrCut) {
		f.warning = where
		return io.EOF
	}
	return where
}

// peek sets key to that of the next frame. The error is io.EOF when there is none, or why the rest cannot be read.
func (f *file) peek() error {
	e, err := f.window.peek()
	if err != nil {
		return err
	}
	f.key = e.key
	return nil
}

// give takes the frame that peek has found.
func (f *file) give() *entry {
	e := f.window.pop()
	f.frames++
	f.bytes += uint64(len(e.data))
	if !e.blank {
		if f.first == wire.NoTime {
			f.first = e.key
		}
		f.last = e.key
	}
	return e
}

// park closes the file until its turn comes; open then begins anew.
func (f *file) park() {
	f.read.Add(-f.raw.count)
	f.shut()
	f.parked = true
}

// shut closes the file and keeps what is known of it. A frame that is still with the caller stays valid.
func (f *file) shut() {
	if f.stream == nil {
		return
	}
	if f.sha == "" {
		f.sha = f.raw.sum()
	}
	if f.window != nil {
		f.window.drop()
		f.counts = f.window.counts
	}
	f.close()
	f.stream.close()
	f.raw, f.close, f.stream, f.record, f.window = nil, nil, nil, nil, nil
}
