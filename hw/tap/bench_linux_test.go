package tap

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"c7mon/capture"
	"c7mon/capture/vethtest"
	"c7mon/correlate"
	"c7mon/hw/hwtest"
	"c7mon/lab"
	"c7mon/monitor"
)

// role is set in the environment of a process that the benchmark starts: measure hears and measures, send sends.
const role = "C7MON_TEST_ROLE"

// rate is how many packets are sent in a second.
const rate = 200_000

// measured is what the process that hears says of itself, and what the one that sends does.
type measured struct {
	Packets, Heard, Dropped int
	Calls                   int
	Sent                    float64 // seconds that sending took
	Took                    float64 // from the first packet to the last
	CPU, SenderCPU          float64 // seconds
}

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(role) {
	case "measure":
		err = measure()
	case "send":
		err = sendPaced()
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// BenchmarkLive sends b.N packets of M3UA at 200,000 a second over a veth pair, and hears them with decoding and
// correlation, as c7mon monitor does. Both are processes of their own. Run it with -benchtime=1000000x or more: what counts
// is dropped, which is to be 0.
func BenchmarkLive(b *testing.B) {
	path, s := hwtest.Laboratory(b, lab.Options{Scenario: "load", Link: "m3ua", Seed: 1, MSUs: b.N})
	c := vethtest.Command(path, strconv.FormatUint(s.Frames, 10))
	c.Env = append(c.Env, role+"=measure")
	c.Stderr = os.Stderr
	b.ResetTimer()
	out, err := c.Output()
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	var m measured
	if err := json.Unmarshal(out, &m); err != nil {
		b.Fatal(err, string(out))
	}
	if m.Heard+m.Dropped != m.Packets || m.Calls == 0 && b.N > 1000 {
		b.Fatalf("the counters do not add up: %+v", m)
	}
	b.ReportMetric(float64(m.Packets)/m.Sent, "offered/s")
	b.ReportMetric(float64(m.Heard)/m.Took, "heard/s")
	b.ReportMetric(float64(m.Dropped), "dropped")
	b.ReportMetric(100*m.CPU/m.Took, "cpu-%")
	b.ReportMetric(100*m.SenderCPU/m.Sent, "sender-cpu-%")
	b.ReportMetric(float64(m.Calls), "calls")
}

// measure hears c7a as long as packets come, and writes what it measured.
func measure() error {
	if err := vethtest.Pair(); err != nil {
		return err
	}
	var m measured
	var err error
	if m.Packets, err = strconv.Atoi(os.Args[2]); err != nil {
		return err
	}
	c := exec.Command(os.Args[0], os.Args[1])
	c.Env = append(os.Environ(), role+"=send")
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.Stderr = os.Stderr
	said, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	tap, err := Open(Config{Interface: "c7a"})
	if err != nil {
		return err
	}
	live := monitor.NewLive([]monitor.NamedSource{{Name: "tap", Source: tap}})
	defer live.Close()
	if err := c.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute+time.Duration(m.Packets)*100*time.Microsecond)
	defer cancel()
	src := &timed{ending: ending{Source: live, left: m.Packets, ctx: ctx}}
	mon := monitor.New(monitor.Options{LineName: live.LineName, Calls: &correlate.Options{Sink: func(*correlate.Call) { m.Calls++ }}})
	if err := mon.Run(context.Background(), src); err != nil {
		return err
	}
	m.Took, m.CPU = time.Since(src.begin).Seconds(), used()-src.used
	m.Heard, m.Dropped = src.heard, src.dropped
	var sent measured
	if err := errors.Join(json.NewDecoder(said).Decode(&sent), c.Wait()); err != nil {
		return err
	}
	m.Sent, m.SenderCPU = sent.Sent, sent.SenderCPU
	return json.NewEncoder(os.Stdout).Encode(&m)
}

// timed notes when the first frame came.
type timed struct {
	ending
	begin time.Time
	used  float64
}

func (s *timed) Next(f *capture.Frame) error {
	err := s.ending.Next(f)
	if s.heard == 1 && s.begin.IsZero() {
		s.begin, s.used = time.Now(), used()
	}
	return err
}

// used is the processor time of this process so far.
func used() float64 {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano()).Seconds()
}

// sendPaced sends the frames of a capture at the rate, once somebody hears c7a.
func sendPaced() error {
	files, err := capture.Open(os.Args[1:2], capture.Options{})
	if err != nil {
		return err
	}
	var octets []byte
	ends := []int{0}
	for {
		var f capture.Frame
		if err := files.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		octets = append(octets, files.Record()...)
		ends = append(ends, len(octets))
	}
	s, err := vethtest.NewSender("c7b")
	if err != nil {
		return err
	}
	if err := vethtest.Listening("c7a"); err != nil {
		return err
	}
	begin, before := time.Now(), used()
	for n := 1; n < len(ends); {
		due := min(int(time.Since(begin).Seconds()*rate)+1, len(ends)-1)
		for ; n <= due; n++ {
			if err := s.Send(octets[ends[n-1]:ends[n]]); err != nil {
				return err
			}
		}
		time.Sleep(100 * time.Microsecond)
	}
	return json.NewEncoder(os.Stdout).Encode(measured{Sent: time.Since(begin).Seconds(), SenderCPU: used() - before})
}
