package capture

import (
	"strconv"

	"c7mon/wire"
)

// FileInfo says which file a capture is, and what was read of it so far.
type FileInfo struct {
	Path        string
	Size        int64           // octets as it lies on the disk; -1 when it is no regular file
	SHA256      string          // of its first 64 KiB as it lies on the disk, in hex
	First, Last wire.Time       // by the clock of the stream; wire.NoTime without frames
	Frames      uint64          // given by Next
	Bytes       uint64          // octets of those frames, as captured
	Interfaces  []InterfaceInfo // one in a pcap; those met so far in a pcapng
}

// InterfaceInfo is what a file says about one of its interfaces.
type InterfaceInfo struct {
	Name string // empty where the file gives none
	Link LinkType
}

// Info tells about each file, in the order given to Open.
func (fs *Files) Info() []FileInfo {
	list := make([]FileInfo, 0, len(fs.files))
	for _, f := range fs.files {
		i := FileInfo{Path: f.path, Size: f.size, SHA256: f.sha, First: f.first, Last: f.last, Frames: f.frames, Bytes: f.bytes}
		if i.SHA256 == "" && f.raw != nil {
			i.SHA256 = f.raw.sum()
		}
		for _, have := range f.ifaces {
			i.Interfaces = append(i.Interfaces, InterfaceInfo{Name: have.name, Link: have.link})
		}
		list = append(list, i)
	}
	return list
}

// Progress gives the octets read of all files as they lie on the disk, and how many there are; total is -1 when that is
// not known, as with standard input. It may be called while another goroutine calls Next.
func (fs *Files) Progress() (read, total int64) { return fs.read.Load(), fs.total }

// Warnings gives a *RecordError for each file that ended inside a record, as far as they have been read.
func (fs *Files) Warnings() []error {
	var list []error
	for _, f := range fs.files {
		if f.warning != nil && !f.parked {
			list = append(list, f.warning)
		}
	}
	return list
}

// Anomalies counts what was out of order in all files so far.
func (fs *Files) Anomalies() Anomalies {
	var sum Anomalies
	for _, f := range fs.files {
		switch {
		case f.window != nil:
			sum.add(f.window.counts)
		case !f.parked:
			sum.add(f.counts)
		}
	}
	return sum
}

// LineName names the line that f was heard on, the same for the same line in every file: the name of the interface and
// the link number that the frame itself tells, "pcap0:3", or whichever of them there is. An interface without a name
// goes by its number in the file; the one interface of a pcap, and the first of a pcapng without a name, need none
// beside a link number. The name is made anew with each call.
func (fs *Files) LineName(f *Frame) string {
	name := ""
	if f.File >= 0 && f.File < len(fs.files) {
		if known := fs.files[f.File].ifaces; int64(f.Interface) < int64(len(known)) {
			name = known[f.Interface].name
		}
	}
	line := strconv.FormatUint(uint64(f.Line), 10)
	switch {
	case name == "" && f.HasLine && f.Interface == 0:
		return line
	case name == "":
		name = strconv.FormatUint(uint64(f.Interface), 10)
	}
	if !f.HasLine {
		return name
	}
	return name + ":" + line
}
