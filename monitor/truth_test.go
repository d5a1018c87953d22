package monitor

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/mtp"
	"c7mon/wire"
)

// replayFile gives the calls of a capture, copied, and what was counted.
func replayFile(t *testing.T, path string, v mtp.Variant) ([]correlate.Call, Summary) {
	t.Helper()
	files, err := capture.Open([]string{path}, capture.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	var calls []correlate.Call
	m := New(Options{Variants: [4]mtp.Variant{v, v, v, v}, LineName: files.LineName, Calls: &correlate.Options{
		Namer: NewNaming(config.Default()), Sink: func(c *correlate.Call) { calls = append(calls, *c) }}})
	if err := m.Run(context.Background(), files); err != nil {
		t.Fatal(err)
	}
	m.Finish()
	s := m.Summary()
	checkSums(t, &s)
	return calls, s
}

// checkSums holds that every frame and every message is in exactly one counter.
func checkSums(t *testing.T, s *Summary) {
	t.Helper()
	f := func(what string, by map[string]uint64, want uint64) {
		t.Helper()
		sum := uint64(0)
		for _, n := range by {
			sum += n
		}
		if sum != want {
			t.Errorf("%s: the counters add up to %d of %d: %v", what, sum, want, by)
		}
	}
	f("frames", s.FramesBy, s.Frames)
	f("MSUs", s.MessagesBy, s.MSUs)
	f("calls", s.Outcomes, s.Calls)
}

// readTruth gives the rows of a truth file by column name.
func readTruth(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// A matcher finds the call of a truth row, once.
type matcher struct {
	t     *testing.T
	calls []correlate.Call
	used  []bool
}

// find gives the call that began on a circuit at the time of a row, at the earliest then and at the latest slack seconds
// later.
func (m *matcher) find(row map[string]string, at string, slack float64) *correlate.Call {
	start := seconds(row[at])
	for i := range m.calls {
		c := &m.calls[i]
		late := float64(c.Start)/1e9 - start
		if !m.used[i] && fmt.Sprint(c.CIC) == row["cic"] && fmt.Sprint(c.OPC) == row["opc"] && late > -1e-5 && late <= slack {
			m.used[i] = true
			return c
		}
	}
	m.t.Errorf("no call on circuit %s from %s at %s", row["cic"], row["opc"], row[at])
	return nil
}

// rest gives the calls that no row has.
func (m *matcher) rest() (list []*correlate.Call) {
	for i := range m.calls {
		if !m.used[i] {
			list = append(list, &m.calls[i])
		}
	}
	return list
}

func seconds(s string) float64 {
	if s == "" {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// A checker compares the fields of one call with its row.
type checker struct {
	t   *testing.T
	row map[string]string
	c   *correlate.Call
}

func (k *checker) eq(field string, got, want any) {
	k.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		k.t.Errorf("call at %s on circuit %d: %s is %v, want %v; truth %v", k.c.Start, k.c.CIC, field, got, want, k.row)
	}
}

// near holds that a time is that of the row, or at most slack seconds later; empty is not seen.
func (k *checker) near(field string, got wire.Time, want string, slack float64) {
	k.t.Helper()
	w := seconds(want)
	if math.IsNaN(w) {
		k.eq(field, got, wire.NoTime)
		return
	}
	if late := float64(got)/1e9 - w; !got.Known() || late < -1e-5 || late > slack {
		k.eq(field, got, want)
	}
}

// byCause is the outcome of a call that was released unanswered, design section 4.3.
func byCause(cause string, by correlate.Side) correlate.Outcome {
	switch cause {
	case "16":
		if by == correlate.CallingSide {
			return correlate.Abandoned
		}
		return correlate.Failed
	case "17":
		return correlate.Busy
	case "18", "19":
		return correlate.NoAnswer
	case "21":
		return correlate.Rejected
	case "1":
		return correlate.Unallocated
	case "34", "42", "44", "47":
		return correlate.Congestion
	}
	return correlate.Failed
}

func flag(s *correlate.Flags, on bool, f correlate.Flags) {
	if on {
		*s |= f
	}
}

// TestLibss7 holds every property that the call control of a real stack knows of its calls against the record.
func TestLibss7(t *testing.T) {
	f := func(name string, v mtp.Variant, services bool) {
		t.Helper()
		calls, _ := replayFile(t, "testdata/libss7_"+name+".pcap.gz", v)
		rows := readTruth(t, "testdata/libss7_"+name+".csv.gz")
		m := &matcher{t, calls, make([]bool, len(calls))}
		for _, row := range rows {
			if c := m.find(row, "t_iam", 0.35); c != nil {
				checkLibss7(&checker{t, row, c}, services)
			}
		}
		for _, c := range m.rest() {
			t.Errorf("a call too many: %s %d>%d circuit %d, %s", c.Start, c.OPC, c.DPC, c.CIC, c.Outcome)
		}
	}
	f("itu_clean", mtp.ITU, true)
	f("ansi_clean", mtp.ANSI, false)
}

func checkLibss7(k *checker, services bool) {
	c, row := k.c, k.row
	note := func(s string) bool { return strings.Contains(row["notes"], s) }
	k.eq("dpc", c.DPC, row["dpc"])
	k.eq("called", c.Called.String(), row["called"])
	k.eq("called_noa", c.Called.NOA, row["called_nai"])
	k.eq("calling", c.Calling.String(), row["calling"])
	if c.Calling.Seen {
		k.eq("calling_noa", c.Calling.NOA, row["calling_nai"])
		k.eq("calling_presentation", c.Calling.Presentation, row["calling_pres"])
	}
	if services {
		service, _, _ := strings.Cut(row["service"], "_")
		k.eq("service", c.Service, service)
	}
	cause := row["cause"]
	reset := strings.HasPrefix(row["outcome"], "reset") // call control has the reset as release; no REL is sent
	lost := row["outcome"] == "dual_seizure"
	unequipped := row["outcome"] == "unequipped_circuit"
	answered := row["answered"] == "1"
	var wantBy correlate.Side
	if !reset && !lost && !unequipped {
		wantBy = correlate.CalledSide
		if row["released_by"] == row["from"] {
			wantBy = correlate.CallingSide
		}
		k.eq("cause", uint8(c.Cause), cause)
		k.near("release", c.Release, row["t_rel"], 0.35)
	} else {
		k.eq("has cause", c.HasCause, false)
		k.eq("release", c.Release, wire.NoTime)
		if !lost {
			k.near("end", c.End, row["t_rel"], 0.35)
		}
	}
	k.eq("released_by", c.ReleasedBy, wantBy)
	if !note("CON") {
		k.near("acm", c.ACM, row["t_acm"], 0.35)
	} else {
		k.near("acm", c.ACM, row["t_anm"], 0.35)
	}
	k.near("answer", c.Answer, row["t_anm"], 0.35)
	if !reset && !unequipped {
		k.near("release_complete", c.ReleaseComplete, row["t_rlc"], 0.35)
	}
	outcome, reason := byCause(cause, wantBy), correlate.ByRelease
	switch {
	case lost:
		outcome, reason = correlate.Glare, correlate.ByGlare
	case answered:
		outcome = correlate.Answered
	case unequipped:
		outcome, reason = correlate.Failed, correlate.ByUnequipped
	}
	if reset {
		reason = correlate.ByReset
	}
	k.eq("outcome", c.Outcome, outcome)
	k.eq("end_reason", c.EndReason, reason)
	var flags correlate.Flags
	flag(&flags, note("SUS"), correlate.SuspendedFlag)
	flag(&flags, note("REL collision"), correlate.ReleaseCollision)
	if lost {
		flag(&flags, true, correlate.DualSeizure)
	}
	k.eq("flags", c.Flags&^correlate.DualSeizure, flags&^correlate.DualSeizure)
	if d := seconds(row["duration_s"]); !math.IsNaN(d) {
		talk, ok := c.TalkTime()
		if !ok || math.Abs(talk.Seconds()-d) > 0.35 {
			k.eq("talk", talk, row["duration_s"])
		}
	}
}

// TestYate does the same with a second stack, whose truth has the times of the frames.
func TestYate(t *testing.T) {
	calls, _ := replayFile(t, "testdata/yate_itu.pcap.gz", mtp.ITU)
	m := &matcher{t, calls, make([]bool, len(calls))}
	for _, row := range readTruth(t, "testdata/yate_itu.csv.gz") {
		if c := m.find(row, "iam_time", 0.001); c != nil {
			checkYate(&checker{t, row, c})
		}
	}
	for _, c := range m.rest() {
		if c.Outcome != correlate.Glare {
			t.Errorf("a call too many: %s %d>%d circuit %d, %s", c.Start, c.OPC, c.DPC, c.CIC, c.Outcome)
		}
	}
}

func checkYate(k *checker) {
	c, row := k.c, k.row
	note := func(s string) bool { return strings.Contains(row["note"], s) }
	k.eq("dpc", c.DPC, row["dpc"])
	k.eq("called", c.Called.String(), row["called"])
	k.eq("st", c.Called.ST, row["st"] == "1")
	k.eq("calling", c.Calling.String(), row["calling"])
	if row["calling"] != "" {
		k.eq("calling_presentation", c.Calling.Presentation, row["clir"])
	}
	k.near("answer", c.Answer, row["pcap_answer"], 1e-5)
	k.near("release", c.Release, row["pcap_rel"], 1e-5)
	wantBy := correlate.NoSide
	switch row["pcap_relfrom"] {
	case "orig":
		wantBy = correlate.CallingSide
	case "term":
		wantBy = correlate.CalledSide
	}
	k.eq("released_by", c.ReleasedBy, wantBy)
	// After a hardware CGB the stack releases the call by itself, without a detail record of the cause: the frame has it.
	cause := row["cause"]
	if cause == "" && !note("ended_by") {
		cause = row["pcap_cause"]
	}
	k.eq("has cause", c.HasCause, cause != "")
	outcome, reason := byCause(cause, wantBy), correlate.ByRelease
	if c.HasCause {
		k.eq("cause", uint8(c.Cause), cause)
		if row["location"] != "" {
			k.eq("location", c.Location, row["location"])
		}
		k.near("release_complete", c.ReleaseComplete, row["pcap_rlc"], 1e-5)
	}
	switch {
	case note("GRS"):
		outcome, reason = correlate.Reset, correlate.ByGroupReset
	case note("RSC"):
		outcome, reason = correlate.Reset, correlate.ByReset
	}
	if row["answered"] == "1" {
		outcome = correlate.Answered
	}
	k.eq("outcome", c.Outcome, outcome)
	k.eq("end_reason", c.EndReason, reason)
	k.eq("suspended", c.Flags&correlate.SuspendedFlag != 0, strings.Contains(row["events"], "SUS"))
	// The stack sends at most 16 signals in an IAM and the others, the end of dialling among them, in a SAM.
	signals := len(row["called"])
	if c.Called.ST {
		signals++
	}
	k.eq("overlap", c.Flags&correlate.Overlap != 0, note("overlap") || signals > 16)
	k.eq("partial", c.Flags&correlate.Partial != 0, false)
	k.eq("suspect", c.Flags&correlate.Suspect != 0, false)
	k.eq("no_rlc", c.Flags&correlate.NoRLC != 0, c.Release.Known() && row["pcap_rlc"] == "")
}
