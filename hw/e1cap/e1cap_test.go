package e1cap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/e1"
	"c7mon/hw"
	"c7mon/hw/hwtest"
	"c7mon/lab"
	"c7mon/wire"
)

func TestOpen_Failure(t *testing.T) {
	f := func(c Config, want string) {
		t.Helper()
		if _, err := Open(c); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%v, want %s ...", err, want)
		}
	}
	f(Config{}, "file: ")
	f(Config{File: "x", Pairs: []string{"0"}}, `pairs: "0"`)
	f(Config{File: "x", Pairs: []string{"0+1+2"}}, `pairs: "0+1+2"`)
	f(Config{File: "x", Pairs: []string{"0+256"}}, `pairs: "0+256"`)
	f(Config{File: "x", Pairs: []string{"0+1", "1+2"}}, `pairs: "1+2": a line stands twice`)
	f(Config{File: "x", Line: hw.LineConfig{Sequence: "odd"}}, "sequence: ")
	f(Config{File: "x", Line: hw.LineConfig{Clock: "stream"}}, "clock: machine")
}

// heard is what a source gave.
type heard struct {
	units, bad int
	frames     []string // whole ones of HDLC mode and units, with their line and direction
	events     []string
	last       wire.Time
	back       int // frames out of the order of time
}

// take takes a frame.
func (h *heard) take(f *hwtest.Heard) {
	switch f.Payload {
	case capture.MTP2:
		h.units++
		h.frames = append(h.frames, fmt.Sprintf("%s.%v", f.Line, f.Direction))
		if f.Time < h.last {
			h.back++
		}
		h.last = f.Time
	case capture.Malformed:
		h.bad++
	}
	h.events = append(h.events, hwtest.Events([]hwtest.Heard{*f})...)
}

// hear reads a source to its end.
func hear(t *testing.T, c Config, file []byte) *heard {
	t.Helper()
	c.File = hwtest.File(t, "x.e1cap", file)
	src, err := Open(c)
	if err != nil {
		t.Fatal(err)
	}
	h := &heard{}
	for _, f := range hwtest.ReadAll(t, src) {
		h.take(&f)
	}
	return h
}

func (h *heard) eventsAre(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(h.events, want) {
		t.Errorf("events\n got %q\nwant %q", h.events, want)
	}
}

// A transfer is one of a tracer, of 8 frames, that a test changes.
type transfer struct {
	at     wire.Time
	place  byte
	flags  byte
	frames []byte
	failed bool
}

// transfers gives a second of an E1 with a message each 20 ms in timeslot 16.
func transfers(frames int) (list []transfer) {
	octets := hwtest.E1(hwtest.Numbered(frames))
	for n := 0; n < frames; n += 8 {
		list = append(list, transfer{at: t0 + wire.Time(n+8)*125_000, place: byte(n), frames: octets[n*32 : n*32+256]})
	}
	return list
}

func fileOf(list []transfer) (b []byte) {
	for _, r := range list {
		if r.failed {
			b = append(b, tracerRecord(binary.BigEndian, r.at, -1, 0x81, nil)...)
			continue
		}
		data := append([]byte{r.place, 0, 0, r.flags}, r.frames...)
		b = append(b, tracerRecord(binary.BigEndian, r.at, len(data), 0x81, data)...)
	}
	return b
}

// TestTracer_Faults does to the transfers of a tracer what happens to them, and holds what is said of it.
func TestTracer_Faults(t *testing.T) {
	f := func(name string, frames int, change func(l []transfer) []transfer, events ...string) {
		t.Helper()
		t.Run(name, func(t *testing.T) {
			t.Helper()
			h := hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, fileOf(change(transfers(frames))))
			h.eventsAre(t, events...)
			whole := hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, fileOf(transfers(frames)))
			if h.units < whole.units-42 || h.back > 0 || len(whole.events) > 0 {
				t.Errorf("%d units of %d, %d in disorder, %q", h.units, whole.units, h.back, whole.events)
			}
		})
	}
	f("a transfer is missing, the places tell", 8000, func(l []transfer) []transfer { return slices.Delete(l, 500, 501) }, "0 gap: 256")
	f("three failed", 8000, func(l []transfer) []transfer {
		for i := range 3 {
			l[500+i].failed = true
		}
		return l
	}, "0 gap: 768")
	f("more than a round is missing, the times tell the rounds", 8000, func(l []transfer) []transfer { return slices.Delete(l, 500, 500+45) },
		fmt.Sprintf("0 gap: %d", 45*256))
	f("places that mean nothing, and a stop", 8000, func(l []transfer) []transfer {
		for i := range l {
			l[i].place = 0
		}
		return slices.Delete(l, 200, 600)
	}, fmt.Sprintf("0 gap: %d", 400*256))
	f("places that mean nothing, and one failed", 8000, func(l []transfer) []transfer {
		for i := range l {
			l[i].place = 0
		}
		l[500].failed = true
		return l
	}, "0 dropped: 1 transfers failed on the USB")
	f("the memory ran over", 8000, func(l []transfer) []transfer {
		l = slices.Delete(l, 500, 520)
		l[500].flags, l[500].place = flagOverflow, 77
		for i := 501; i < len(l); i++ {
			l[i].place = 77 + byte(8*(i-500))
		}
		return l
	}, fmt.Sprintf("0 gap: %d", 20*256), "0 dropped: the memory of the tracer ran over")
	f("the times jitter", 8000, func(l []transfer) []transfer {
		for i := range l {
			l[i].at = (l[i].at-t0+19_999_999)/20_000_000*20_000_000 + t0
		}
		return l
	})
}

// TestTracer_Pauses holds that a recording that stood still while nothing was sent has the times of its records, and that
// each pause is a gap.
func TestTracer_Pauses(t *testing.T) {
	var file bytes.Buffer
	var want []wire.Time
	if _, err := lab.Write(&file, lab.Options{Scenario: "basic", Link: "e1", Pause: time.Second,
		Unit: func(u *lab.Unit) { want = append(want, u.At) }}); err != nil {
		t.Fatal(err)
	}
	src, err := Open(Config{File: hwtest.File(t, "x.e1cap", file.Bytes()), Line: hw.LineConfig{Links: []string{"16"}}})
	if err != nil {
		t.Fatal(err)
	}
	var got []wire.Time
	gaps := 0
	for _, f := range hwtest.ReadAll(t, src) {
		if f.Payload == capture.MTP2 && len(f.Data) > 5 {
			got = append(got, f.Time)
		}
		if f.Event.Kind == capture.EventGap {
			gaps++
			if f.Event.Count < 256_000/2 || f.Event.Count%32 != 0 {
				t.Errorf("%v", f.Event)
			}
		}
	}
	slices.Sort(want)
	if len(got) != len(want) || len(want) == 0 || gaps < 2 {
		t.Fatalf("%d messages, want %d; %d gaps", len(got), len(want), gaps)
	}
	for i := range got {
		if off := got[i].Sub(want[i]).Abs(); off > 2*time.Millisecond {
			t.Errorf("message %d at %v, want %v", i, got[i], want[i])
		}
	}
}

// TestTracer_BitErrors holds that a line with 1 % of its bits wrong is heard again when that is over.
func TestTracer_BitErrors(t *testing.T) {
	l := transfers(16000)
	for i := range l[:1000] {
		for j := range 20 { // of 2,048 bits
			l[i].frames[(i*7+j*13)%256] ^= 1 << ((i + j) % 8)
		}
	}
	h := hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, fileOf(l))
	if h.units < 45 || h.bad < 10 || h.back > 0 {
		t.Errorf("%d units, %d errored, %d in disorder", h.units, h.bad, h.back)
	}
}

// TestTracer_Garbage holds what is told of octets that are of no record, and of half a record at the end.
func TestTracer_Garbage(t *testing.T) {
	file := fileOf(transfers(1600))
	record := len(file) / 200
	file = slices.Concat(file[:100*record], []byte("garbage"), file[100*record:200*record-10])
	h := hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, file)
	h.eventsAre(t, "note: 7 octets of the recording are of no record",
		fmt.Sprintf("note: the recording ends inside a record; its last %d octets are left out", record-10))
	if h.units < 9 {
		t.Errorf("%d units", h.units)
	}
	hear(t, Config{}, []byte("GIF89a, and then so many octets that a header would be there")).eventsAre(t,
		"note: the recording cannot be read any further: "+errForm.Error())
	hear(t, Config{}, nil).eventsAre(t)
}

// TestRecorder holds how the lines of the recorder are named and paired, and what becomes of its modes.
func TestRecorder(t *testing.T) {
	le := binary.LittleEndian
	unit := []byte{0x80, 0x81, 3, 0xc5, 1, 2}
	s := e1.NewStuffer(e1.MSBFirst)
	s.Fill(400, nil)
	s.Unit(unit)
	s.Fill(800, nil)
	raw := make([]byte, 800)
	s.Take(raw)
	var b []byte
	for i := range 5 {
		at := t0 + wire.Time(i+1)*20e6
		b = append(b, recorderRecord(le, at, 5, 16, modeRaw, raw[i*160:i*160+160])...)
		b = append(b, recorderRecord(le, at+1e6, 2, 1, modeHDLC, unit)...)
		b = append(b, recorderRecord(le, at+1e6, 3, 1, modeHDLC, unit)...)
		b = append(b, recorderRecord(le, at+1e6, 3, 2, 2, some(160))...)
	}
	h := hear(t, Config{Pairs: []string{"7+5"}, Line: hw.LineConfig{Links: []string{"1", "2", "16"}}}, b)
	h.eventsAre(t, "note: 5 records of modes that are no signalling are left out")
	want := []string{"2/1.0", "2/1.1", "2/1.0", "2/1.1", "7/16.1", "2/1.0", "2/1.1", "2/1.0", "2/1.1", "2/1.0", "2/1.1"}
	if !slices.Equal(h.frames, want) || h.back > 0 {
		t.Errorf("%q, want %q; %d in disorder", h.frames, want, h.back)
	}
	h = hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, b)
	h.eventsAre(t, "note: 15 records of timeslots that links does not name are left out")
}

// TestRecorder_Stop holds that a timeslot that stood still has a gap of the length that the times tell.
func TestRecorder_Stop(t *testing.T) {
	var b []byte
	for i := range 100 {
		at := t0 + wire.Time(i+1)*20e6
		if i >= 50 {
			at += 1e9
		}
		b = append(b, recorderRecord(binary.BigEndian, at, 0, 16, modeRaw, bytes.Repeat([]byte{0x7e}, 160))...)
	}
	hear(t, Config{Line: hw.LineConfig{Links: []string{"16"}}}, b).eventsAre(t, "0/16 gap: 8000")
}

// TestFIFO holds that a FIFO is waited for, that a writer who goes is told, and that the next one is heard.
func TestFIFO(t *testing.T) {
	path := hwtest.FIFO(t)
	src, err := Open(Config{File: path, Line: hw.LineConfig{Links: []string{"16"}}})
	if err != nil {
		t.Fatal(err)
	}
	file := fileOf(transfers(1600))
	write := func() {
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		w.Write(file[:len(file)-20]) // half a record at the end
		w.Close()
	}
	go write()
	l, h := hwtest.Listen(t, src), &heard{}
	for downs := 0; downs < 3; {
		f := l.Next()
		h.take(&f)
		if f.Event.Kind == capture.EventDown {
			if downs++; downs == 1 {
				go write()
			}
		}
	}
	if h.units < 18 {
		t.Errorf("%d units", h.units)
	}
	if !slices.Contains(h.events, "source down begins: "+hw.ErrGone.Error()) {
		t.Errorf("%q", h.events)
	}
	l.Close()
	l.Rest()
}
