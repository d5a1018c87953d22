package capture

import (
	"errors"
	"fmt"

	"c7mon/wire"
)

// ErrCut is what a warning of Files wraps when a file ends in the middle of a record. All frames before it were given.
var ErrCut = errors.New("the last record is cut")

// Reasons that a reader gives and that are told apart inside the package.
var (
	errNoInterface = errors.New("the record names an interface that the file does not describe")
	errClosed      = errors.New("capture: the files are closed")
)

// A RecordError says where in which file reading stopped and why.
type RecordError struct {
	Path   string
	Frame  uint64 // number of the record that could not be read, from 1
	Offset int64  // octet of the uncompressed file where it starts
	Err    error
}

func (e *RecordError) Error() string {
	return fmt.Sprintf("%s: frame %d at octet %d: %v", e.Path, e.Frame, e.Offset, e.Err)
}

// Unwrap gives the reason, ErrCut for a file that ends inside a record.
func (e *RecordError) Unwrap() error { return e.Err }

// malformed marks f as one whose own headers are broken. Its data stay the whole record.
func (f *Frame) malformed(err error) {
	f.Payload, f.Err = Malformed, err
}

// short marks f as too short for a header of need octets that starts at octet off of its data.
func (f *Frame) short(field string, off, need int) {
	f.malformed(&wire.ShortError{Field: field, Off: off, Need: need, Have: len(f.Data) - off})
}
