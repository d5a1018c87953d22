package monitor

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

// A sheet is a capture taken apart into its records, to be changed and put together again.
type sheet struct {
	link    capture.LinkType
	records []capture.Record
}

// readSheet takes a capture apart. Its interfaces must be of one link type.
func readSheet(t testing.TB, path string) (s sheet) {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	for {
		var f capture.Frame
		if err := files.Next(&f); err == io.EOF {
			return s
		} else if err != nil {
			t.Fatal(err)
		}
		s.link = f.Type
		s.records = append(s.records, capture.Record{Time: f.Time, Interface: f.Interface, Direction: wire.NoDirection,
			Data: bytes.Clone(files.Record()), Cut: f.Cut})
	}
}

// links is a capture of two links by a real stack, every signal unit with its link and direction.
func links(t testing.TB) sheet { return readSheet(t, "testdata/libss7_itu_links.pcap.gz") }

// labFile writes a synthetic capture.
func labFile(t testing.TB, o lab.Options) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lab")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := lab.Write(f, o); err != nil {
		t.Fatal(err)
	}
	return path
}

// pcap gives the octets of the sheet as a file.
func (s sheet) pcap(t testing.TB) []byte {
	var b bytes.Buffer
	return s.write(t, capture.NewPcapWriter(&b, s.link), &b)
}

// pcapng does the same, with an interface that has no name.
func (s sheet) pcapng(t testing.TB) []byte {
	var b bytes.Buffer
	w := capture.NewPcapngWriter(&b)
	if _, err := w.AddInterface(capture.InterfaceInfo{Link: s.link}); err != nil {
		t.Fatal(err)
	}
	return s.write(t, w, &b)
}

func (s sheet) write(t testing.TB, w *capture.Writer, b *bytes.Buffer) []byte {
	t.Helper()
	for _, r := range s.records {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sorted gives the sheet in the order of time; records of the same time stay as they are.
func (s sheet) sorted() sheet {
	s.records = slices.Clone(s.records)
	slices.SortStableFunc(s.records, func(a, b capture.Record) int { return int(a.Time - b.Time) })
	return s
}

// A unit is what a record of link type 139 says.
type unit struct {
	link int
	way  byte
	su   mtp.SignalUnit
	msu  mtp.MSU
	cic  int // of a message of ISUP, else -1
	typ  byte
}

// unitOf reads a record of link type 139.
func unitOf(t testing.TB, r *capture.Record) (u unit) {
	t.Helper()
	u.way, u.link, u.cic = r.Data[0], int(binary.BigEndian.Uint16(r.Data[2:])), -1
	if err := u.su.Decode(r.Data[4:], false, 0); err != nil {
		t.Fatal(err)
	}
	if u.su.Kind != mtp.MSUnit {
		return u
	}
	if err := u.msu.Decode(mtp.ITU, u.su.Data); err != nil {
		t.Fatal(err)
	}
	if u.msu.SI == mtp.ISUP {
		u.cic, u.typ = int(binary.LittleEndian.Uint16(u.msu.Data)&0xfff), u.msu.Data[2]
	}
	return u
}

// A played capture is what came out of a replay.
type played struct {
	calls  []correlate.Call
	sum    Summary
	rows   []map[string]string // the calls as the list of calls prints them, in the order of start
	csv    string
	frames uint64 // that the source gave
	heard  uint64 // MSUs that Heard was given
	broken error
}

// play replays captures, given as octets and as one stream, and checks the sums.
func play(t testing.TB, v mtp.Variant, octets ...[]byte) *played {
	t.Helper()
	return playThrough(t, v, nil, octets...)
}

// playThrough does the same with a source around the files.
func playThrough(t testing.TB, v mtp.Variant, around func(capture.Source) capture.Source, octets ...[]byte) *played {
	t.Helper()
	paths := []string{"-"}
	if len(octets) > 1 {
		paths = nil
		dir := t.TempDir()
		for i, b := range octets {
			path := filepath.Join(dir, fmt.Sprint(i))
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, path)
		}
	}
	files, err := capture.Open(paths, capture.Options{Stdin: bytes.NewReader(octets[0])})
	if err != nil {
		return &played{broken: err}
	}
	defer files.Close()
	p := &played{}
	var src capture.Source = &counting{files, &p.frames}
	if around != nil {
		src = around(src)
	}
	m := New(Options{Variants: [4]mtp.Variant{v, v, v, v}, LineName: files.LineName, Heard: func(*Heard) { p.heard++ },
		Calls: &correlate.Options{Namer: NewNaming(config.Default()), Sink: func(c *correlate.Call) { p.calls = append(p.calls, *c) }}})
	p.broken = m.Run(context.Background(), src)
	m.Finish()
	p.sum = m.Summary()
	p.check(t)
	return p
}

// check holds what has to be true of every replay, whatever was in the capture.
func (p *played) check(t testing.TB) {
	t.Helper()
	sum := func(what string, by map[string]uint64, want uint64) {
		t.Helper()
		n := uint64(0)
		for _, k := range by {
			n += k
		}
		if n != want {
			t.Errorf("%s: the counters add up to %d of %d: %v", what, n, want, by)
		}
	}
	sum("frames", p.sum.FramesBy, p.frames)
	sum("MSUs", p.sum.MessagesBy, p.sum.MSUs)
	sum("calls", p.sum.Outcomes, uint64(len(p.calls)))
	if p.sum.Frames != p.frames || p.sum.Calls != uint64(len(p.calls)) || p.heard > p.sum.MSUs {
		t.Errorf("%d frames, %d calls and %d MSUs came, the summary has %d, %d, %d", p.frames, len(p.calls), p.heard, p.sum.Frames,
			p.sum.Calls, p.sum.MSUs)
	}
	p.checkBegun(t)
}

// checkBegun holds that as many calls came out as began: each IAM begins one, unless it is a repeat of ISUP's own. Whether
// a broken IAM was one is not told.
func (p *played) checkBegun(t testing.TB) {
	t.Helper()
	began, iams := uint64(0), p.sum.Messages["isup"]["IAM"]+p.sum.Messages["bicc"]["IAM"]
	for i := range p.calls {
		if p.calls[i].Flags&correlate.Partial == 0 {
			began++
		}
	}
	again, malformed := p.sum.MessagesBy["repeated"], p.sum.MessagesBy["malformed"]
	if began+again > iams || began+again+malformed < iams {
		t.Errorf("%d IAMs, %d of them repeats, and %d calls that began with one; %d messages are broken", iams, again, began, malformed)
	}
}

// table fills rows and csv.
func (p *played) table(t testing.TB) *played {
	t.Helper()
	if p.broken != nil {
		t.Error(p.broken)
	}
	slices.SortStableFunc(p.calls, func(a, b correlate.Call) int { return int(a.Start - b.Start) })
	var b bytes.Buffer
	w, err := reports.NewCallWriter(&b, "csv", reports.CallStyle{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.calls {
		c := &p.calls[i]
		if err := w.Write(&store.Row{Call: *c, ID: c.ID()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	p.csv = b.String()
	lines := strings.Split(strings.TrimSuffix(p.csv, "\n"), "\n")
	names := strings.Split(lines[0], ",")
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, v := range strings.Split(line, ",") {
			row[names[i]] = v
		}
		p.rows = append(p.rows, row)
	}
	return p
}

// A counting source counts the frames of another.
type counting struct {
	capture.Source
	n *uint64
}

func (c *counting) Next(f *capture.Frame) error {
	err := c.Source.Next(f)
	if err == nil && f.Payload != capture.Tick {
		*c.n++
	}
	return err
}

// place are the columns that say where a call stands in its file: they change when frames are put in or taken out.
var place = []string{"first_frame", "last_frame"}

// same holds that two replays gave the same calls, but for some columns.
func same(t testing.TB, what string, got, want *played, without ...string) {
	t.Helper()
	if len(got.rows) != len(want.rows) {
		t.Errorf("%s: %d calls, want %d", what, len(got.rows), len(want.rows))
	}
	differences := 0
	for i := range min(len(got.rows), len(want.rows)) {
		if d := differ(got.rows[i], want.rows[i], without...); d != "" {
			if differences++; differences <= 5 {
				t.Errorf("%s: call at %s on circuit %s: %s", what, want.rows[i]["start"], want.rows[i]["cic"], d)
			}
		}
	}
	if differences > 5 {
		t.Errorf("%s: %d calls differ", what, differences)
	}
}

// differ names the columns in which two calls differ.
func differ(got, want map[string]string, without ...string) string {
	var d []string
	for name, w := range want {
		if g := got[name]; g != w && !slices.Contains(without, name) {
			d = append(d, fmt.Sprintf("%s is %q, want %q", name, g, w))
		}
	}
	slices.Sort(d)
	return strings.Join(d, ", ")
}
