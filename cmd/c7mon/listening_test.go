package main

import (
	"context"
	"io"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/store"
	"c7mon/wire"
)

// listenTo reads src as monitor does, into a database, but stores what is heard of links and sources each so many frames.
// It gives the most measures that were kept at once.
func listenTo(t *testing.T, db string, files *capture.Files, src capture.Source) (most int) {
	t.Helper()
	a := &app{db: db}
	heard := newListening([]monitor.NamedSource{{Name: "long"}}, time.Now())
	sink, err := a.openSink(context.Background(), heard.captures)
	if err != nil {
		t.Fatal(err)
	}
	sink.stop = func() { t.Error(sink.err) }
	cfg := config.Default()
	m := monitor.New(monitorOptions(cfg, mtp.ITU, files.LineName,
		&correlate.Options{Namer: monitor.NewNaming(cfg), MaxCall: cfg.MaxCall, Sink: sink.put}))
	heard.Source, heard.sink, heard.m = src, sink, m
	if err := m.Run(context.Background(), &measured{heard, m, 300, &most}); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	if err := sink.close(m, true); err != nil {
		t.Fatal(err)
	}
	return most
}

// A measured source stores what was heard each so many frames, whatever the clock on the wall says, and notes how many
// measures the monitor keeps then.
type measured struct {
	*listening
	m     *monitor.Monitor
	every uint
	most  *int
}

func (s *measured) Next(f *capture.Frame) error {
	s.storeEvery, s.keepEvery = time.Hour, time.Hour
	err := s.listening.Next(f)
	if err == nil && s.n%s.every == 0 {
		*s.most = max(*s.most, len(s.m.Measures()))
		s.storeEvery, s.keepEvery = 0, 0
		s.keep(f.Clock)
	}
	return err
}

// A late source has frames whose times are behind the clock by so much, as a source has whose clock is behind the others'.
type late struct {
	capture.Source
	by time.Duration
}

func (l *late) Next(f *capture.Frame) error {
	err := l.Source.Next(f)
	f.Clock = f.Time.Add(l.by)
	return err
}

// coverageOf reads the coverage in a database; of which capture it is is left out.
func coverageOf(t *testing.T, url string) []store.Coverage {
	t.Helper()
	db, err := store.Open(context.Background(), url, store.Read)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Coverage(context.Background(), wire.NoTime, wire.NoTime)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i].Capture = 0
	}
	return rows
}

// TestLongListening listens to days of calls, and holds that the calls and the coverage of each quarter of an hour are those
// of a replay, while what is long over is not kept in memory; also of a source whose clock is behind.
func TestLongListening(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	path := labFile(t, dir, "a.pcap", lab.Options{Scenario: "oct2003", For: 60 * time.Hour})
	do(t, "--db", "sqlite:"+in("want.db"), "replay", path)
	want := coverageOf(t, "sqlite:"+in("want.db"))
	quarters := map[wire.Time]int{}
	for _, r := range want {
		quarters[r.Quarter]++
	}
	if len(quarters) < 200 {
		t.Fatalf("%d quarters of an hour show nothing", len(quarters))
	}
	f := func(name string, around func(capture.Source) capture.Source) {
		t.Helper()
		files, err := capture.Open([]string{path}, capture.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer files.Close()
		db := "sqlite:" + in(name+".db")
		most := listenTo(t, db, files, around(files))
		if most > len(want)/2 { // as much as went by between two looks
			t.Errorf("%s: %d measures were kept at once, of %d", name, most, len(want))
		}
		have := coverageOf(t, db)
		if len(have) != len(want) {
			t.Errorf("%s: %d rows of coverage, want %d", name, len(have), len(want))
		}
		for i := range min(len(have), len(want)) {
			if have[i] != want[i] {
				t.Fatalf("%s: row %d of coverage is %+v, want %+v", name, i, have[i], want[i])
			}
		}
		calls, all := callsByID(t, db), callsByID(t, "sqlite:"+in("want.db"))
		for id, w := range all {
			for column, value := range w {
				if calls[id][column] != value {
					t.Errorf("%s: call %s: %s is %q, want %q", name, id, column, calls[id][column], value)
				}
			}
		}
		if len(calls) != len(all) {
			t.Errorf("%s: %d calls, want %d", name, len(calls), len(all))
		}
	}
	f("right", func(s capture.Source) capture.Source { return s })
	f("behind", func(s capture.Source) capture.Source { return &late{s, 3 * time.Hour} })
}

// idle is a source of links that say nothing but that they are there, for a long time.
type idle struct {
	at, end wire.Time
	n       uint32
	unit    []byte
}

func (s *idle) Next(f *capture.Frame) error {
	if s.at >= s.end {
		return io.EOF
	}
	const lines = 16
	*f = capture.Frame{Time: s.at, Clock: s.at, Interface: s.n / 2 % lines, Direction: wire.Direction(s.n & 1), Payload: capture.MTP2,
		FCS: capture.FCSGone, Data: s.unit, Len: len(s.unit), Repeats: 1300}
	if s.n++; s.n%(2*lines) == 0 {
		s.at = s.at.Add(time.Second)
		if s.n%(64*lines) == 0 { // and an E1 that has come and gone
			*f = capture.Frame{Time: s.at, Clock: s.at, Interface: lines, Direction: wire.NoDirection, Payload: capture.LineEvent,
				Event: capture.Event{Kind: capture.EventLFA, On: s.n%(128*lines) == 0}}
		}
	}
	return nil
}

// TestListeningMemory holds that memory does not grow with the time for which lines are listened to, with and without a
// database.
func TestListeningMemory(t *testing.T) {
	f := func(db string) {
		t.Helper()
		grown := func(hours int) uint64 {
			a := &app{db: db}
			heard := newListening([]monitor.NamedSource{{Name: "long"}}, time.Now())
			sink, err := a.openSink(context.Background(), heard.captures)
			if err != nil {
				t.Fatal(err)
			}
			sink.stop = func() { t.Error(sink.err) }
			names := func(f *capture.Frame) string {
				if f.Interface == 16 {
					return "long:0"
				}
				return "long:0/" + string(rune('a'+f.Interface))
			}
			m := monitor.New(monitorOptions(config.Default(), mtp.ITU, names,
				&correlate.Options{Namer: monitor.NewNaming(config.Default()), MaxCall: time.Hour, Sink: sink.put}))
			const begin = wire.Time(1_066_471_200e9)
			heard.Source = &idle{at: begin, end: begin.Add(time.Duration(hours) * time.Hour), unit: (&mtp.SignalUnit{BSN: 5, FSN: 6}).Append(nil, false)}
			heard.sink, heard.m = sink, m
			if err := m.Run(context.Background(), &measured{heard, m, 100_000, new(int)}); err != nil {
				t.Fatal(err)
			}
			heard.storeEvery, heard.keepEvery = 0, 0
			heard.keep(begin.Add(time.Duration(hours) * time.Hour))
			runtime.GC()
			var s runtime.MemStats
			runtime.ReadMemStats(&s)
			if n := len(m.Measures()); n > 6*32 {
				t.Errorf("%d measures after %d hours", n, hours)
			}
			m.Finish()
			if err := sink.close(m, true); err != nil {
				t.Fatal(err)
			}
			return s.HeapAlloc
		}
		grown(2)
		if short, long := grown(2), grown(48); long > short+1<<20 {
			t.Errorf("%d octets in use after 2 hours, %d after 48", short, long)
		}
	}
	f("none")
	f("sqlite:" + filepath.Join(t.TempDir(), "c7mon.db"))
}

// TestShowLive holds that show says where the messages of a call are that was heard live.
func TestShowLive(t *testing.T) {
	err := sameFile(&store.Capture{Path: livePath + "tap@2026-11-25T04:03:14Z"})
	if err == nil || !strings.Contains(err.Error(), "heard live, by source tap; --capture FILE") {
		t.Error(err)
	}
}
