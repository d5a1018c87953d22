package hwtest

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/lab"
	"c7mon/wire"
)

// Laboratory writes the capture of a scenario and gives its path. Without a form of the links it is signal units with the
// pseudo-header that names link and direction.
func Laboratory(t testing.TB, o lab.Options) (path string, s lab.Summary) {
	t.Helper()
	if o.Link == "" {
		o.Link = "mtp2-phdr"
	}
	path = filepath.Join(t.TempDir(), "lab.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if s, err = lab.Write(f, o); err != nil {
		t.Fatal(err)
	}
	return path, s
}

// Open opens a capture file, until the test is over.
func Open(t testing.TB, path string) *capture.Files {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files
}

// Each calls each with every frame of a source, until that ends.
func Each(t testing.TB, src capture.Source, each func(f *capture.Frame)) {
	t.Helper()
	for {
		var f capture.Frame
		if err := src.Next(&f); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		each(&f)
	}
}

// Frames is a source of frames that are there already.
type Frames []capture.Frame

// Next gives the next one.
func (s *Frames) Next(f *capture.Frame) error {
	if len(*s) == 0 {
		return io.EOF
	}
	*f = (*s)[0]
	*s = (*s)[1:]
	return nil
}

// A Lane is one direction of a timeslot.
type Lane struct {
	Timeslot int
	Dir      wire.Direction
}

// A Scene is a scenario of lab on the timeslots of an E1 named "0", from 16 on.
type Scene struct {
	Start wire.Time       // when the first octet of each lane is on the line
	Lanes map[Lane][]byte // as many octets of each
	Units Frames          // with the time at which the last octet of each is on the line; Interface is the timeslot
	MSUs  int             // of Units
}

// NewScene plays a scenario. Between its units there are flags, or FISUs as on a line. Where all is idle for longer than
// o.Pause, only that much of it is there, and what follows is earlier by the rest.
func NewScene(t testing.TB, o lab.Options, fisus bool) *Scene {
	t.Helper()
	pause := wire.Time(o.Pause)
	o.Pause = 0
	path, sum := Laboratory(t, o)
	s := &Scene{Start: sum.First - 1e9, Lanes: map[Lane][]byte{}}
	made, last := map[Lane]*e1.Stuffer{}, map[Lane][]byte{}
	cut, before := wire.Time(0), sum.First
	Each(t, Open(t, path), func(f *capture.Frame) {
		if idle := f.Time - before; pause > 0 && idle > pause {
			cut += idle - pause
		}
		before = f.Time
		f.Time -= cut
		k := Lane{16 + int(f.Line), f.Direction}
		line := made[k]
		if line == nil {
			line = e1.NewStuffer(e1.MSBFirst)
			made[k] = line
			if fisus {
				last[k] = fisuBefore(f.Data)
			}
		}
		line.Fill(int((f.Time-s.Start)/125_000)-len(f.Data)-3, last[k])
		line.Unit(f.Data)
		if fisus {
			last[k] = []byte{f.Data[0], f.Data[1], 0}
		}
		f.Time = s.Start + wire.Time(line.Ready())*125_000
		f.Clock, f.Interface, f.HasLine, f.FCS = f.Time, uint32(k.Timeslot), false, capture.FCSGone
		f.Data = slices.Clone(f.Data)
		s.Units = append(s.Units, *f)
		if isMSU(f) {
			s.MSUs++
		}
	})
	slices.SortStableFunc(s.Units, func(a, b capture.Frame) int { return int(a.Time - b.Time) })
	longest := 0
	for _, line := range made {
		line.Flags(1)
		longest = max(longest, line.Ready())
	}
	for k, line := range made {
		line.Fill(longest+80, last[k])
		s.Lanes[k] = make([]byte, longest+80)
		line.Take(s.Lanes[k])
	}
	return s
}

// fisuBefore is the FISU that a link sends before its first unit, whose number an MSU takes up.
func fisuBefore(unit []byte) []byte {
	fisu := []byte{unit[0], unit[1], 0}
	if len(unit) > 5 {
		fisu[1] = unit[1]&0x80 | (unit[1]-1)&0x7f
	}
	return fisu
}

// isMSU tells MSUs from FISUs and LSSUs of basic links, which have five octets at the most.
func isMSU(f *capture.Frame) bool {
	n := len(f.Data)
	if f.FCS == capture.FCSThere {
		n -= 2
	}
	return f.Payload == capture.MTP2 && n > 5
}

// Links names the timeslots that have lanes, as the configuration does.
func (s *Scene) Links() (links []string) {
	for k := range s.Lanes {
		if k.Dir == wire.Forth {
			links = append(links, strconv.Itoa(k.Timeslot))
		}
	}
	slices.Sort(links)
	return links
}

// InFrames gives the octets of one direction as frames of width octets, the first of which is that of timeslot first. A
// timeslot without a lane has its place in the frame as its octets.
func (s *Scene) InFrames(dir wire.Direction, first, width int) []byte {
	var out []byte
	for k, b := range s.Lanes {
		if out == nil {
			out = make([]byte, len(b)*width)
			for i := range out {
				out[i] = byte(i % width)
			}
		}
		if k.Dir == dir {
			for i, o := range b {
				out[i*width+k.Timeslot-first] = o
			}
		}
	}
	return out
}

// Record gives the calls of the scene, as from a file.
func (s *Scene) Record(t testing.TB) *Record {
	t.Helper()
	units := slices.Clone(s.Units)
	return Hear(t, &units, func(f *capture.Frame) string { return fmt.Sprintf("0/%d", f.Interface) })
}
