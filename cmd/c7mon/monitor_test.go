package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"c7mon/lab"
	"c7mon/store/pgtest"
	"c7mon/wire"
)

// patience is how long a test waits for what must come; on a machine that is not overloaded it comes at once.
const patience = 40 * time.Second

// A listener is c7mon as a process of its own, whose standard error can be read while it goes on.
type listener struct {
	*exec.Cmd
	stdout bytes.Buffer // to be read when it has ended
	stderr spoken
	done   chan error
}

// spoken is what a process has said so far.
type spoken struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *spoken) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *spoken) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// listen starts c7mon.
func listen(t *testing.T, args ...string) *listener {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &listener{Cmd: exec.Command(self), done: make(chan error, 1)}
	p.Args = append([]string{"c7mon"}, args...) // TestMain goes by this name
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.done <- p.Wait() }()
	t.Cleanup(func() { p.Process.Kill() })
	return p
}

// labFile writes a scenario to a file of dir.
func labFile(t *testing.T, dir, name string, opt lab.Options) string {
	t.Helper()
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	opt.Seed = max(opt.Seed, 1)
	if _, err := lab.Write(f, opt); err != nil {
		t.Fatal(err)
	}
	return path
}

// sourcesFile writes a configuration with sources, each of them the keys of one.
func sourcesFile(t *testing.T, dir string, sources ...string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("sources:\n")
	for _, s := range sources {
		fmt.Fprintf(&b, "  - {%s}\n", s)
	}
	path := filepath.Join(dir, "c7mon.yaml")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// fifo makes a FIFO, and opens it for both so that it neither waits for a reader nor ends before close.
func fifo(t *testing.T, path string) *os.File {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// end sends a signal, where one is given, and waits for the end, whose status must be want.
func (p *listener) end(t *testing.T, s os.Signal, want int) {
	t.Helper()
	if s != nil {
		if err := p.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-p.done:
		if status := p.ProcessState.ExitCode(); status != want {
			t.Fatalf("exit status %d, want %d: %s", status, want, p.stderr.String())
		}
	case <-time.After(patience):
		t.Fatal("goes on after the signal")
	}
}

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: that has not come", what)
		}
	}
}

// callsSoFar lists the calls of a database that another program writes to; none while it is not made.
func callsSoFar(t *testing.T, db string) []said {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if Execute([]string{"--db", db, "calls", "--limit", "1"}, strings.NewReader(""), &stdout, &stderr) != exitDone {
		return nil
	}
	return listCalls(t, db)
}

// ended counts the calls that have ended.
func ended(calls []said) (n int) {
	for _, c := range calls {
		if c["end_reason"] != "capture_end" {
			n++
		}
	}
	return n
}

// liveSums are the fields of monitor --json that are held against others.
type liveSums struct {
	sums
	Files  int
	Stored uint64
}

// summed checks that a summary adds up, and gives it.
func summed(t *testing.T, text string) (s liveSums) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if total(s.FramesBy) != s.Frames || total(s.MessagesBy) != s.MSUs {
		t.Errorf("frames_by %v of %d, messages_by %v of %d", s.FramesBy, s.Frames, s.MessagesBy, s.MSUs)
	}
	return s
}

// How a call on an E1 may differ from the same in a capture of its messages: the line has them to a frame or two, later
// where other messages are in front. Milliseconds.
const (
	lineEarly = 2
	lineLate  = 25
)

// sameCalls holds that calls heard on lines are those of a capture, but for where they were read. mayHave is a flag that may
// be there besides.
func sameCalls(t *testing.T, have, want []said, mayHave string) {
	t.Helper()
	key := func(c said) string {
		return fmt.Sprint(c["opc"], " ", c["dpc"], " ", c["cic"], " ", c["calling"], " ", c["called"])
	}
	left := map[string][]said{}
	for _, c := range want {
		left[key(c)] = append(left[key(c)], c)
	}
	for _, c := range have {
		k := key(c)
		at := -1
		for i, w := range left[k] {
			if d, ok := apart(t, c["start"], w["start"]); ok && d >= -1000 && d <= 1000 {
				at = i
				break
			}
		}
		if at < 0 {
			t.Errorf("there is no call %s from %s", k, c["start"])
			continue
		}
		sameCall(t, c, left[k][at], mayHave)
		left[k] = append(left[k][:at], left[k][at+1:]...)
	}
	for k, list := range left {
		for _, c := range list {
			t.Errorf("the call %s from %s is not there", k, c["start"])
		}
	}
}

// sameCall compares two calls by column.
func sameCall(t *testing.T, have, want said, mayHave string) {
	t.Helper()
	for name, w := range want {
		h := have[name]
		switch {
		case name == "id", name == "capture", name == "first_frame", name == "last_frame", h == w:
			continue
		case name == "flags":
			if mayHave != "" && strings.Join(strings.Fields(strings.ReplaceAll(" "+h+" ", " "+mayHave+" ", " ")), " ") == w {
				continue
			}
		case strings.HasSuffix(name, "_ms"):
			x, errX := strconv.Atoi(h)
			y, errY := strconv.Atoi(w)
			if errX == nil && errY == nil && x-y <= lineLate && y-x <= lineLate {
				continue
			}
		default:
			if d, ok := apart(t, h, w); ok && d >= -lineEarly && d <= lineLate {
				continue
			}
		}
		t.Errorf("call from %s, %s to %s: %s is %q, want %q", want["start"], want["calling"], want["called"], name, h, w)
	}
}

// apart is how many milliseconds a comes after b, where both are times.
func apart(t *testing.T, a, b string) (ms float64, ok bool) {
	t.Helper()
	x, errX := time.Parse(time.RFC3339Nano, a)
	y, errY := time.Parse(time.RFC3339Nano, b)
	return float64(x.Sub(y)) / 1e6, errX == nil && errY == nil
}

// TestMonitorAsReplay holds that E1s and timeslots give the calls that a capture of their messages does.
func TestMonitorAsReplay(t *testing.T) {
	f := func(opt lab.Options, mayHave string, driver func(dir string) string) {
		t.Helper()
		dir := t.TempDir()
		in := func(name string) string { return filepath.Join(dir, name) }
		capture := opt
		capture.Link, capture.Pause = "mtp2-phdr", 0
		labFile(t, dir, "a.pcap", capture)
		do(t, "--db", "sqlite:"+in("want.db"), "replay", in("a.pcap"))
		config := sourcesFile(t, dir, "name: tap, "+driver(dir))
		out := do(t, "--config", config, "--db", "sqlite:"+in("have.db"), "--log-level", "error", "monitor", "--json")
		want := listCalls(t, "sqlite:"+in("want.db"))
		sameCalls(t, listCalls(t, "sqlite:"+in("have.db")), want, mayHave)
		s := summed(t, out)
		if len(want) == 0 || s.Calls != uint64(len(want)) || s.Stored != s.Calls {
			t.Errorf("%d calls, %d stored, want %d", s.Calls, s.Stored, len(want))
		}
	}
	tracer := func(opt lab.Options) func(string) string {
		return func(dir string) string {
			opt.Link = "e1"
			return "driver: e1cap, file: " + labFile(t, dir, "a.e1cap", opt)
		}
	}
	octets := func(opt lab.Options, link, format string) func(string) string {
		return func(dir string) string {
			opt.Link = link
			forth := labFile(t, dir, "forth", opt)
			opt.Swap = true
			back := labFile(t, dir, "back", opt)
			return fmt.Sprintf("driver: raw, forth: %s, back: %s, format: %s, clock: stream, start: '2003-10-12T00:59:59.5Z'", forth, back, format)
		}
	}
	basic := lab.Options{Scenario: "basic", For: 45 * time.Second}
	some := lab.Options{Scenario: "faults", For: 75 * time.Second}
	all := lab.Options{Scenario: "faults", Pause: 2 * time.Second}
	load := lab.Options{Scenario: "load", MSUs: 2500}
	f(basic, "", tracer(basic))
	f(some, "", tracer(some))
	f(all, "suspect", tracer(all)) // a line of which parts are missing
	f(load, "", tracer(load))
	f(basic, "", octets(basic, "e1-raw", "e1"))
	f(some, "", octets(some, "e1-raw", "e1"))
	f(load, "", octets(load, "e1-raw", "e1"))
	f(basic, "", octets(basic, "timeslot", "timeslot"))
	f(some, "", octets(some, "timeslot", "timeslot"))
}

// feed writes octets of a line in pieces, so fast as said, until stop is closed or there are no more. It gives how many it
// has written; the channel is closed behind that.
func feed(to *os.File, octets []byte, piece int, every time.Duration, stop chan struct{}) (written chan int) {
	written = make(chan int, 1)
	go func() {
		defer close(written)
		n := 0
		for n < len(octets) {
			select {
			case <-stop:
				written <- n
				return
			case <-time.After(every):
			}
			m, err := to.Write(octets[n:min(n+piece, len(octets))])
			if n += m; err != nil {
				break
			}
		}
		written <- n
	}()
	return written
}

// waiting is how many octets lie in a FIFO that nobody has read yet.
func waiting(t *testing.T, fifo *os.File) (n int32) {
	t.Helper()
	c, err := fifo.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	const fionread = 0x541b // of Linux
	var failed syscall.Errno
	err = c.Control(func(fd uintptr) {
		_, _, failed = syscall.Syscall(syscall.SYS_IOCTL, fd, fionread, uintptr(unsafe.Pointer(&n)))
	})
	if err != nil || failed != 0 {
		t.Fatal(err, failed)
	}
	return n
}

// TestMonitorSIGTERM ends a monitor in the middle of a stream that goes on: calls that had ended are stored while it goes on
// and when it ends.
func TestMonitorSIGTERM(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	octets, err := os.ReadFile(labFile(t, dir, "a.e1cap", lab.Options{Scenario: "load", MSUs: 6000, Link: "e1"}))
	if err != nil {
		t.Fatal(err)
	}
	line := fifo(t, in("fifo"))
	config := sourcesFile(t, dir, "name: tap, driver: e1cap, file: "+in("fifo"))
	db := "sqlite:" + in("live.db")
	p := listen(t, "--config", config, "--db", db, "monitor", "--json")
	stop := make(chan struct{})
	written := feed(line, octets, 1<<16, 20*time.Millisecond, stop) // six times as fast as the line
	eventually(t, "a call that has ended", func() bool { return ended(callsSoFar(t, db)) > 10 })
	close(stop)
	fed := <-written
	if fed == len(octets) {
		t.Fatal("the stream has ended before a call was stored")
	}
	p.end(t, syscall.SIGTERM, exitDone)
	s := summed(t, p.stdout.String())
	calls := listCalls(t, db)
	if s.Stored != uint64(len(calls)) || s.Open == 0 || len(calls)-ended(calls) != int(s.Open) {
		t.Errorf("%d calls are there, %d of them ended; the summary has %d, %d open", len(calls), ended(calls), s.Stored, s.Open)
	}

	// What had been heard, but for the last second of the line and what lay in the FIFO, is in.
	const second = 2 * 1000 * (23 + 4 + 8*32)
	heard := max(fed-second-1<<16, 0)
	if err := os.WriteFile(in("heard.e1cap"), octets[:heard], 0o600); err != nil {
		t.Fatal(err)
	}
	config = sourcesFile(t, dir, "name: tap, driver: e1cap, file: "+in("heard.e1cap"))
	do(t, "--config", config, "--db", "sqlite:"+in("heard.db"), "--log-level", "error", "monitor")
	byID := callsByID(t, db)
	n := 0
	for id, want := range callsByID(t, "sqlite:"+in("heard.db")) {
		if want["end_reason"] == "capture_end" || strings.Contains(want["flags"], "no_rlc") {
			continue // its end, or its RLC, may lie behind the cut
		}
		n++
		for name, w := range want {
			if byID[id][name] != w {
				t.Errorf("call %s from %s: %s is %q, want %q", id, want["start"], name, byID[id][name], w)
			}
		}
	}
	if n == 0 {
		t.Error("no call had ended")
	}
}

// TestMonitorStores holds that a call is stored soon after its end while its line goes on, also where so little comes that a
// batch would take hours.
func TestMonitorStores(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var lines [2]*os.File
	var octets [2][]byte
	for i := range lines {
		lines[i] = fifo(t, filepath.Join(dir, fmt.Sprint("fifo", i)))
		opt := lab.Options{Scenario: "basic", Link: "timeslot", For: 19 * time.Second, Swap: i == 1}
		var err error
		if octets[i], err = os.ReadFile(labFile(t, dir, "slot", opt)); err != nil {
			t.Fatal(err)
		}
	}
	config := sourcesFile(t, dir, fmt.Sprintf("name: slow, driver: raw, forth: %s, back: %s, format: timeslot", lines[0].Name(), lines[1].Name()))
	db := "sqlite:" + filepath.Join(dir, "live.db")
	p := listen(t, "--config", config, "--db", db, "monitor")
	stop, over := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(over)
		const piece = 320
		for at := 0; ; at += piece {
			if at+piece > len(octets[0]) {
				at = len(octets[0]) - 10*piece // fill-in, for ever
			}
			for i := range lines {
				lines[i].Write(octets[i][at:][:piece])
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	eventually(t, "the call", func() bool { return ended(callsSoFar(t, db)) == 1 })
	p.end(t, syscall.SIGTERM, exitDone)
	close(stop)
	for _, l := range lines {
		l.Close() // nobody reads any more
	}
	<-over
	for _, c := range listCalls(t, db) {
		if c["end_reason"] != "capture_end" && c["outcome"] != "busy" || c["end_reason"] == "capture_end" && c["outcome"] != "answered" {
			t.Errorf("%v", c)
		}
	}
}

// TestMonitorGoesOn holds that what a second run hears completes the calls that were up when the first one ended.
func TestMonitorGoesOn(t *testing.T) {
	t.Parallel()
	f := func(t *testing.T, db string) {
		t.Parallel()
		dir := t.TempDir()
		in := func(name string) string { return filepath.Join(dir, name) }
		opt := lab.Options{Scenario: "faults", Pause: 2 * time.Second, For: 8 * time.Minute, Link: "e1"}
		octets, err := os.ReadFile(labFile(t, dir, "a.e1cap", opt))
		if err != nil {
			t.Fatal(err)
		}
		opt.Link, opt.Pause = "mtp2-phdr", 0
		labFile(t, dir, "a.pcap", opt)
		do(t, "--db", "sqlite:"+in("want.db"), "replay", in("a.pcap"))
		want := listCalls(t, "sqlite:"+in("want.db"))
		var atCut, open int
		cut := wire.TimeOf(time.Date(2003, 10, 12, 1, 4, 30, 0, time.UTC)) // a call is suspended
		for _, c := range want {
			if start, _ := time.Parse(time.RFC3339Nano, c["start"]); wire.TimeOf(start) < cut {
				atCut++
				if end, err := time.Parse(time.RFC3339Nano, c["end"]); err != nil || wire.TimeOf(end) > cut {
					open++
				}
			}
		}
		if open == 0 {
			t.Fatal("no call is up at the cut")
		}
		at := tracerRecord(t, octets, cut)

		line := fifo(t, in("fifo"))
		config := sourcesFile(t, dir, "name: tap, driver: e1cap, file: "+in("fifo"))
		p := listen(t, "--config", config, "--db", db, "--log-level", "error", "monitor", "--json")
		<-feed(line, octets[:at], 1<<20, time.Microsecond, nil)
		eventually(t, "the end of what is fed", func() bool { return waiting(t, line) == 0 }) // calls that are up leave no other trace
		eventually(t, "the calls before the cut", func() bool { return ended(callsSoFar(t, db)) == atCut-open })
		p.end(t, syscall.SIGTERM, exitDone)
		if s := summed(t, p.stdout.String()); s.Open != uint64(open) {
			t.Errorf("%d calls are open, want %d", s.Open, open)
		}
		if calls := listCalls(t, db); len(calls) != atCut {
			t.Errorf("%d calls, want %d", len(calls), atCut)
		}

		p = listen(t, "--config", config, "--db", db, "--log-level", "error", "monitor", "--json")
		feed(line, octets[at:], 1<<20, time.Microsecond, nil)
		eventually(t, "the calls", func() bool { return ended(callsSoFar(t, db)) == ended(want) })
		p.end(t, syscall.SIGTERM, exitDone)
		calls := listCalls(t, db)
		sameCalls(t, calls, want, "suspect")
		for _, c := range calls {
			if start, _ := time.Parse(time.RFC3339Nano, c["start"]); wire.TimeOf(start) < cut && c["end_reason"] != "capture_end" {
				if end, _ := time.Parse(time.RFC3339Nano, c["end"]); wire.TimeOf(end) > cut && !strings.Contains(c["flags"], "suspect") {
					t.Errorf("the call from %s went on while nothing was heard, and has flags %q", c["start"], c["flags"])
				}
			}
		}
	}
	t.Run("sqlite", func(t *testing.T) { f(t, "sqlite:"+filepath.Join(t.TempDir(), "c7mon.db")) })
	t.Run("postgres", func(t *testing.T) { f(t, cluster.Database(t)) })
}

// tracerRecords gives where each record of a recording of lab begins; their numbers have the low octet first.
func tracerRecords(octets []byte, yield func(at int, seconds, micros uint64) bool) {
	order := binary.LittleEndian
	for at := 0; at+23 <= len(octets); at += 23 + max(int(int16(order.Uint16(octets[at+20:]))), 0) {
		if !yield(at, order.Uint64(octets[at+4:]), order.Uint64(octets[at+12:])) {
			return
		}
	}
}

// tracerRecord finds where the first record of a recording after a moment begins.
func tracerRecord(t *testing.T, octets []byte, after wire.Time) int {
	t.Helper()
	found := len(octets)
	tracerRecords(octets, func(at int, seconds, micros uint64) bool {
		if wire.Time(seconds)*1e9+wire.Time(micros)*1e3 >= after {
			found = at
		}
		return found == len(octets)
	})
	if found == len(octets) {
		t.Fatal("the recording ends before")
	}
	return found
}

// tracerBegins moves the times of a recording by whole seconds so that it begins at a moment.
func tracerBegins(octets []byte, begin time.Time) {
	first := uint64(0)
	tracerRecords(octets, func(at int, seconds, _ uint64) bool {
		if first == 0 {
			first = seconds
		}
		binary.LittleEndian.PutUint64(octets[at+4:], seconds-first+uint64(begin.Unix()))
		return true
	})
}

// TestMonitorSources listens to a source that is never there, one that dies and comes back, one that is silent, and one that
// has the calls.
func TestMonitorSources(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	octets, err := os.ReadFile(labFile(t, dir, "a.e1cap", lab.Options{Scenario: "load", MSUs: 1500, Link: "e1"}))
	if err != nil {
		t.Fatal(err)
	}
	tracerBegins(octets, time.Now().Add(-20*time.Second)) // all sources have the same time
	if err := os.WriteFile(in("a.e1cap"), octets, 0o600); err != nil {
		t.Fatal(err)
	}
	alone := sourcesFile(t, dir, "name: tap, driver: e1cap, file: "+in("a.e1cap"))
	do(t, "--config", alone, "--db", "sqlite:"+in("want.db"), "--log-level", "error", "monitor")
	want := listCalls(t, "sqlite:"+in("want.db"))
	basic := lab.Options{Scenario: "basic", Link: "timeslot", For: 20 * time.Second}
	slot, err := os.ReadFile(labFile(t, dir, "slot", basic))
	if err != nil {
		t.Fatal(err)
	}
	line := fifo(t, in("fifo"))
	fifo(t, in("silent"))
	peer, err := net.ListenUnix("unix", &net.UnixAddr{Name: in("peer"), Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close()

	db := "sqlite:" + in("live.db")
	config := sourcesFile(t, dir,
		"name: never, driver: e1cap, file: "+in("nothing"),
		"name: dies, driver: raw, forth: 'unix:"+in("peer")+"', format: timeslot",
		"name: silent, driver: e1cap, file: "+in("silent"),
		"name: tap, driver: e1cap, file: "+in("fifo"))
	p := listen(t, "--config", config, "--db", db, "monitor", "--json")
	fed := feed(line, octets, 1<<16, 10*time.Millisecond, nil)
	for i := range 2 { // the second time after it was lost
		peer.SetDeadline(time.Now().Add(patience))
		c, err := peer.Accept()
		if err != nil {
			t.Fatal(err, p.stderr.String())
		}
		for at := 0; at+800 <= 16000; at += 800 {
			if _, err := c.Write(slot[i*16000+at:][:800]); err != nil {
				t.Fatal(err)
			}
			time.Sleep(5 * time.Millisecond)
		}
		if i == 0 {
			c.Close()
		} else {
			defer c.Close()
		}
	}
	<-fed
	line.Close() // all of it has been read when that is told
	eventually(t, "the end of the line", func() bool { return strings.Contains(p.stderr.String(), "line=tap ") })
	if ended(callsSoFar(t, db)) == 0 {
		t.Error("no call was stored while the sources went on")
	}
	p.end(t, syscall.SIGTERM, exitDone)
	s := summed(t, p.stdout.String())
	var calls []said
	for _, c := range listCalls(t, db) {
		if strings.HasPrefix(c["capture"], "live:tap@") {
			calls = append(calls, c)
		}
	}
	sameCalls(t, calls, want, "suspect") // those of the points that the source which dies hears too, and those up at the end
	if s.Files != 4 || s.FramesBy["left_out"] < 1000 {
		t.Errorf("%d sources, frames %v", s.Files, s.FramesBy)
	}
	f := func(pattern string, want int) {
		t.Helper()
		if n := len(regexp.MustCompile(pattern).FindAllString(p.stderr.String(), -1)); n != want {
			t.Errorf("%q stands %d times, want %d: %s", pattern, n, want, p.stderr.String())
		}
	}
	f(`source down begins: open \S+nothing: no such file or directory" line=never`, 1)
	f(`source down begins: \S+peer: .*line=dies `, 1)
	f(`source down ends" line=dies `, 1)
	f(`source down begins: [^"]+" line=tap `, 1)
	f(`source down`, 4)
	f(`line=silent`, 0)
}

// lasting leaves the databases of a server that a test stops.
type lasting struct{ testing.TB }

func (lasting) Cleanup(func()) {}

// TestStoreError holds that a pipe to the database which breaks is no end of the output.
func TestStoreError(t *testing.T) {
	if err := ofStore(fmt.Errorf("postgres: %w", syscall.EPIPE)); errors.Is(err, syscall.EPIPE) || err.Error() != "postgres: broken pipe" {
		t.Error(err)
	}
	if err := ofStore(nil); err != nil {
		t.Error(err)
	}
}

// TestMonitorDatabaseGone stops the database under a monitor, which says so and ends.
func TestMonitorDatabaseGone(t *testing.T) {
	t.Setenv(pgtest.Env, "") // a server of its own
	server := pgtest.Cluster{Settings: []string{"fsync=off"}}
	stopped := false
	defer func() {
		if !stopped {
			server.Stop()
		}
	}()
	db := server.Database(lasting{t})
	dir := t.TempDir()
	octets, err := os.ReadFile(labFile(t, dir, "a.e1cap", lab.Options{Scenario: "load", MSUs: 6000, Link: "e1"}))
	if err != nil {
		t.Fatal(err)
	}
	line := fifo(t, filepath.Join(dir, "fifo"))
	config := sourcesFile(t, dir, "name: tap, driver: e1cap, file: "+filepath.Join(dir, "fifo"))
	p := listen(t, "--config", config, "--db", db, "monitor")
	stop := make(chan struct{})
	written := feed(line, octets, 1<<16, 20*time.Millisecond, stop)
	eventually(t, "a call that has ended", func() bool { return ended(callsSoFar(t, db)) > 0 })
	stopped = true
	server.Stop()
	p.end(t, nil, exitFailed)
	close(stop)
	line.Close() // nobody reads any more
	<-written
	if said := p.stderr.String(); !regexp.MustCompile(`^c7mon: postgres database [^\n]+\n$`).MatchString(said) {
		t.Errorf("says %q", said)
	}
	if p.stdout.Len() > 0 {
		t.Errorf("a summary of calls that may not be there: %s", p.stdout.String())
	}
}
