package capture

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"c7mon/wire"
)

// Options of Open. The zero value is right for programs.
type Options struct {
	Stdin io.Reader // what the path "-" reads; nil is the standard input

	blocks *pool // shared by tests that open thousands of files
}

// Files gives the frames of capture files as one stream in the order of time; frames of the same time come in the
// order of their files. It is a Source.
//
// Within a file, frames that are up to a second and 256 frames behind are put back in order; those further out of
// order are given where they stand and counted (Anomalies). A file that ends inside a record is good up to there
// (Warnings). When a file cannot be read any further Next gives a *RecordError once, after all its frames before; Next
// may then be called again for what the other files have, and gives io.EOF in the end.
//
// Octets of a frame alias the blocks that its file is read into. A block is read into again only when all its frames
// have been given and another one has been asked for, so Frame.Data holds until the next call of Next or Close.
type Files struct {
	files  []*file
	order  merge // those that have more frames
	read   atomic.Int64
	total  int64
	link   linkDecoder
	asked  *file // whose next frame has not been looked at yet
	stream *stream
	blk    *block // block of the frame that the caller has, and its stream
	record []byte // that frame with all its headers
	failed []error
	closed bool
}

// Open begins reading captures: pcap or pcapng files, as they are or compressed by gzip or zstd. The path "-" is the
// standard input. The error names the file that cannot be read or is no capture, and what was found in it.
func Open(paths []string, opt Options) (*Files, error) {
	if len(paths) == 0 {
		return nil, errors.New("no capture file is named")
	}
	fs := &Files{}
	blocks := opt.blocks
	if blocks == nil {
		blocks = &pool{}
	}
	inputs := 0
	for i, path := range paths {
		f := &file{index: i, path: path, pool: blocks, read: &fs.read, first: wire.NoTime, last: wire.NoTime}
		if path == "-" {
			if inputs++; inputs > 1 {
				return nil, errors.New("standard input is named twice")
			}
			if f.stdin = opt.Stdin; f.stdin == nil {
				f.stdin = os.Stdin
			}
		}
		if err := f.examine(); err != nil {
			return nil, err
		}
		fs.files = append(fs.files, f)
		if f.size < 0 {
			fs.total = -1
		} else if fs.total >= 0 {
			fs.total += f.size
		}
	}
	for _, f := range fs.files {
		if err := fs.start(f); err != nil {
			fs.Close()
			return nil, err
		}
	}
	return fs, nil
}

// start opens f and puts it in the order by its first frame. Where there are several files it is closed again until
// that frame's turn comes, so that a thousand files written one after another need no more memory than two.
func (fs *Files) start(f *file) error {
	if err := f.open(); err != nil {
		if system := (*os.PathError)(nil); errors.As(err, &system) {
			return err
		}
		return fmt.Errorf("%s: %w", f.name(), err)
	}
	if !fs.look(f) {
		return nil
	}
	fs.order.push(f)
	if len(fs.files) > 1 && f.size >= 0 {
		f.park()
	}
	return nil
}

// look finds the next frame of f. When there is none it closes f, notes why, and says no.
func (fs *Files) look(f *file) bool {
	err := f.peek()
	if err == nil {
		return true
	}
	f.shut()
	if err != io.EOF {
		fs.failed = append(fs.failed, err)
	}
	return false
}

// Next sets f to the next frame. The error is io.EOF after the last one, or a *RecordError as told at Files.
func (fs *Files) Next(f *Frame) error {
	fs.giveBack()
	if fs.closed {
		return errClosed
	}
	if fs.asked != nil {
		fs.order.settle(fs.look(fs.asked))
		fs.asked = nil
	}
	for {
		if len(fs.failed) > 0 {
			err := fs.failed[0]
			fs.failed = fs.failed[1:]
			return err
		}
		if len(fs.order) == 0 {
			return io.EOF
		}
		from := fs.order[0]
		if from.parked {
			fs.order.settle(fs.resume(from))
			continue
		}
		fs.fill(f, from, from.give())
		return nil
	}
}

// giveBack ends the life of the octets of the last frame.
func (fs *Files) giveBack() {
	if fs.blk != nil {
		fs.stream.release(fs.blk)
		fs.blk, fs.record = nil, nil
	}
}

// resume opens a file whose turn has come. When that fails it notes why and says no.
func (fs *Files) resume(f *file) bool {
	if err := f.open(); err != nil {
		f.parked = false
		fs.failed = append(fs.failed, &RecordError{Path: f.name(), Frame: 1, Err: err})
		return false
	}
	return fs.look(f)
}

// fill sets f from a record of a file and takes its headers off.
func (fs *Files) fill(f *Frame, from *file, e *entry) {
	fs.asked, fs.stream, fs.blk, fs.record = from, from.stream, e.blk, e.data
	// Field by field: a composite literal is built aside and copied, which costs more than all the rest.
	f.Time, f.Clock = e.time, e.key
	f.File, f.Number, f.Offset = from.index, e.num, e.off
	f.Interface, f.Line, f.HasLine = e.iface, 0, false
	f.Direction, f.Type, f.Payload, f.FCS = e.dir, e.link, Tick, FCSUnknown
	f.Data, f.Len, f.Cut, f.Err = e.data, len(e.data), int(e.cut), nil
	f.Repeats = 0
	if e.bad {
		f.malformed(errNoInterface)
		return
	}
	fs.link.decode(f, e.fcs)
}

// Record gives the octets of the frame that Next gave last, with all headers that the capture has before them; nil
// before the first and after the last. They are valid until the next call of Next.
func (fs *Files) Record() []byte { return fs.record }

// Close ends reading. Data of the last frame are no longer valid.
func (fs *Files) Close() error {
	fs.giveBack()
	fs.closed, fs.asked, fs.order = true, nil, nil
	for _, f := range fs.files {
		f.shut()
		f.parked = false
	}
	return nil
}
