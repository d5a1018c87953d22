package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/wire"
)

// TestSwappedDirections holds that the line is named whose directions are the other way round from those of the others
// between the same points. The lines are those of one recording of osmo-e1-recorder.
func TestSwappedDirections(t *testing.T) {
	dir := t.TempDir()
	f := func(want string, swapped ...bool) {
		t.Helper()
		var slots [][]byte
		for i, s := range swapped {
			for _, swap := range []bool{s, !s} {
				b, err := os.ReadFile(labFile(t, dir, "slot", lab.Options{Scenario: "basic", Seed: uint64(1 + i), Link: "timeslot", For: 20 * time.Second, Swap: swap}))
				if err != nil {
					t.Fatal(err)
				}
				slots = append(slots, b)
			}
		}
		path := filepath.Join(dir, "lines.e1cap")
		if err := os.WriteFile(path, recorderFile(slots), 0o600); err != nil {
			t.Fatal(err)
		}
		out := do(t, "hw", "test", "e1cap:file="+path)
		var look []string
		for _, line := range strings.Split(out, "\n") {
			if strings.HasPrefix(line, "look: ") {
				look = append(look, line)
			}
		}
		if got := strings.Join(look, "\n"); got != want {
			t.Errorf("says %q, want %q: %s", got, want, out)
		}
		for i := range swapped {
			if !strings.Contains(out, fmt.Sprintf("\ne1cap:%d/16 ", 2*i)) {
				t.Errorf("line %d is not there: %s", 2*i, out)
			}
		}
	}
	f("", false, false, false)
	f("", true, true)
	f("look: between 1-10-1 and 5-20-1 the directions of e1cap:2/16 are the other way round from those of e1cap:0/16, e1cap:4/16: one of them looks swapped",
		false, true, false)
}

// recorderFile makes a recording of osmo-e1-recorder: lines whose timeslot 16 has these octets, 20 ms a record.
func recorderFile(slots [][]byte) (file []byte) {
	const piece = 160
	begin := time.Date(2003, 10, 12, 1, 0, 0, 0, time.UTC)
	for at := 0; at+piece <= len(slots[0]); at += piece {
		now := begin.Add(time.Duration(at+piece) * 125 * time.Microsecond)
		for line, octets := range slots {
			file = binary.LittleEndian.AppendUint32(file, uint32(now.Unix()))
			file = binary.LittleEndian.AppendUint32(file, uint32(now.Nanosecond()/1000))
			file = binary.BigEndian.AppendUint32(file, piece)
			file = append(file, byte(line), 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
			file = append(file, octets[at:at+piece]...)
		}
	}
	return file
}

// TestInterruptHardware holds that hw test prints what it has heard when it is interrupted, and that hw record leaves a whole
// file, while the line goes on.
func TestInterruptHardware(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	octets, err := os.ReadFile(labFile(t, dir, "slot", lab.Options{Scenario: "basic", Link: "timeslot", For: 60 * time.Second}))
	if err != nil {
		t.Fatal(err)
	}
	f := func(s os.Signal, name string, heard func(*listener) bool, args ...string) *listener {
		t.Helper()
		line := fifo(t, in(name))
		p := listen(t, append(append([]string{"hw"}, args...), "raw:forth="+in(name)+",format=timeslot")...)
		stop := make(chan struct{})
		written := feed(line, octets, 800, 20*time.Millisecond, stop)
		eventually(t, "something heard", func() bool { return heard(p) })
		p.end(t, s, exitDone)
		close(stop)
		line.Close() // nobody reads any more
		if <-written == len(octets) {
			t.Error("the line has ended before")
		}
		return p
	}
	began := time.Now()
	p := f(os.Interrupt, "a", func(*listener) bool { return time.Since(began) > 2*time.Second }, "test", "--for", "1h")
	if out := p.stdout.String(); !regexp.MustCompile(`(?m)^raw:0 +0 +7 bits +\d{3,} `).MatchString(out) || !strings.Contains(out, "look: line raw:0: one direction alone is heard\n") {
		t.Errorf("prints %s", out)
	}
	if said := p.stderr.String(); said != "c7mon: warning: interrupted; this is what was heard up to then\n" {
		t.Errorf("says %q", said)
	}

	size := func(*listener) bool {
		s, err := os.Stat(in("a.pcapng"))
		return err == nil && s.Size() > 100 // it grows while the line goes on
	}
	p = f(syscall.SIGTERM, "b", size, "record", "-o", in("a.pcapng"))
	said := regexp.MustCompile(`^(\d+) frames of 1 line written, \d+ fill-in and link status units like the one before left out\n$`).FindStringSubmatch(p.stderr.String())
	if said == nil {
		t.Fatalf("says %q", p.stderr.String())
	}
	if s := summed(t, do(t, "--db", "none", "replay", "--json", in("a.pcapng"))); fmt.Sprint(s.Frames) != said[1] || s.FramesBy["fisu"] == 0 {
		t.Errorf("%d frames in the file, want %s: %v", s.Frames, said[1], s.FramesBy)
	}
}

// A labMessage is one of a capture of MTP3.
type labMessage struct {
	at     wire.Time
	octets []byte
}

// messagesOf reads the messages of a capture of MTP3.
func messagesOf(t *testing.T, path string) (list []labMessage) {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	for {
		var f capture.Frame
		if err := files.Next(&f); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, labMessage{f.Time, bytes.Clone(f.Data)})
	}
}

// pointsOf reads the points of a message of ITU-T.
func pointsOf(m labMessage) (opc, dpc uint32, sls byte) {
	label := binary.LittleEndian.Uint32(m.octets[1:])
	return label >> 14 & 0x3fff, label & 0x3fff, byte(label >> 28)
}

// TestRecordAnnexA holds that links with sequence numbers of 12 bits are recorded as such.
func TestRecordAnnexA(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	list := messagesOf(t, labFile(t, dir, "a.pcap", lab.Options{Scenario: "basic", Link: "mtp3"}))
	do(t, "--db", "sqlite:"+in("want.db"), "replay", in("a.pcap"))
	var stuffers [2]*e1.Stuffer
	var fsn [2]uint16
	for i := range stuffers {
		stuffers[i], fsn[i] = e1.NewStuffer(e1.MSBFirst), 4090 // goes round
	}
	var octets [2][]byte
	begin := list[0].at.Add(-time.Second)
	home, _, _ := pointsOf(list[0])
	for _, m := range append(list, labMessage{at: list[len(list)-1].at.Add(time.Second)}) {
		way := 0
		if m.octets != nil {
			if opc, _, _ := pointsOf(m); opc != home {
				way = 1
			}
		}
		for i, s := range stuffers {
			at := int(m.at-begin) / 125_000
			s.Flags(at - len(octets[i]) - s.Ready())
			if i == way && m.octets != nil {
				fsn[i] = (fsn[i] + 1) & 0xfff
				s.Unit((&mtp.SignalUnit{BSN: fsn[1-i], FSN: fsn[i], BIB: true, FIB: true, Data: m.octets}).Append(nil, true))
			}
			b := make([]byte, s.Ready())
			s.Take(b)
			octets[i] = append(octets[i], b...)
		}
	}
	for i, name := range []string{"forth", "back"} {
		if err := os.WriteFile(in(name), octets[i], 0o600); err != nil {
			t.Fatal(err)
		}
	}
	source := fmt.Sprintf("raw:forth=%s,back=%s,format=timeslot,links=[16],sequence=extended,clock=stream,start=%q", in("forth"), in("back"), begin.String())
	do(t, "hw", "record", source, "-o", in("a.pcapng"))
	do(t, "--db", "sqlite:"+in("have.db"), "replay", in("a.pcapng"))
	sameCalls(t, listCalls(t, "sqlite:"+in("have.db")), listCalls(t, "sqlite:"+in("want.db")), "")
	if out := do(t, "hw", "test", source); !regexp.MustCompile(`(?m)^raw:0 +0 +12 bits `).MatchString(out) {
		t.Error(out)
	}
}

// A played source gives the frames of a capture as if it heard them.
type played struct {
	*capture.Files
	as func(*capture.Frame) // makes of a frame what the source gives
}

func (p *played) Next(f *capture.Frame) error {
	err := p.Files.Next(f)
	if err == nil && p.as != nil {
		p.as(f)
	}
	return err
}

func (p *played) LineName(*capture.Frame) string { return "" }

// TestRecordPackets holds that messages of M3UA and packets are recorded so that a replay gives their calls.
func TestRecordPackets(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	f := func(form string, as func(*capture.Frame)) {
		t.Helper()
		path := labFile(t, dir, form+".pcap", lab.Options{Scenario: "load", MSUs: 3000, Link: form})
		do(t, "--db", "sqlite:"+in(form+"want.db"), "replay", path)
		files, err := capture.Open([]string{path}, capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		live := monitor.NewLive([]monitor.NamedSource{{Name: "stp", Source: &played{files, as}}})
		defer live.Close()
		var file bytes.Buffer
		a := &app{log: slog.New(slog.DiscardHandler)}
		r := newRecording(&file, live.LineName)
		if err := a.record(live, r); err != nil {
			t.Fatal(err)
		}
		if r.frames == 0 || r.other > 0 {
			t.Errorf("%s: %v", form, r)
		}
		output(t, file.Bytes(), "--db", "sqlite:"+in(form+"have.db"), "replay", "-")
		sameCalls(t, listCalls(t, "sqlite:"+in(form+"have.db")), listCalls(t, "sqlite:"+in(form+"want.db")), "")
	}
	f("m3ua", nil) // as packets
	f("mtp3", nil)
	f("mtp3", func(f *capture.Frame) {
		f.Payload, f.Data = capture.M3UA, data(labMessage{f.Time, f.Data})
	})
}

// data makes a DATA message of M3UA, RFC 4666 3.3.1.
func data(m labMessage) []byte {
	opc, dpc, sls := pointsOf(m)
	user := m.octets[5:]
	const header, points = 8, 16
	n := points + len(user)
	b := binary.BigEndian.AppendUint32([]byte{1, 0, 1, 1}, uint32(header+(n+3)&^3))
	b = binary.BigEndian.AppendUint16(b, 0x0210)
	b = binary.BigEndian.AppendUint16(b, uint16(n))
	b = binary.BigEndian.AppendUint32(b, opc)
	b = binary.BigEndian.AppendUint32(b, dpc)
	b = append(b, m.octets[0]&15, m.octets[0]>>6, 0, sls)
	b = append(b, user...)
	return append(b, make([]byte, (4-n%4)%4)...)
}

// TestLeftOutKinds holds that units that were left out count as what they were: a link that is out of service is not idle.
func TestLeftOutKinds(t *testing.T) {
	var d testedDirection
	unit := func(repeats uint32, octets ...byte) {
		d.count(&capture.Frame{Payload: capture.MTP2, FCS: capture.FCSGone, Data: octets, Repeats: repeats})
	}
	unit(0, 0xff, 0xff, 1, 3) // SIOS
	unit(600, 0xff, 0xff, 1, 3)
	unit(50, 0xff, 0xff, 0)
	unit(7, 0xff, 0x80, 8, 0x85, 1, 2, 3, 4, 5, 6, 7)
	unit(0, 0xff, 0x80, 0)
	d.count(&capture.Frame{Repeats: 9})
	if d.status != 652 || d.fill != 18 || d.messages != 1 || d.units != 671 {
		t.Errorf("%d link status, %d fill-in, %d messages, %d units", d.status, d.fill, d.messages, d.units)
	}
}
