package correlate

import (
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"c7mon/cause"
	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// The test language. A script is what was heard, a line each, in the order it was heard:
//
//	TIME FROM>TO CIC MESSAGE words...   1.2 B>A 5 ACM free
//	TIME tick | heard | missed | doubt on | doubt off [link=N dir=N since=TIME]
//	bicc | ansi | itu                   tables of the messages that follow
//	untrusted                           what follows has no clock but the times themselves
//
// TIME is in seconds after epoch, or in the form 1h2m3s. Points are letters: A is 1000, B 2000, C 3000, D 4000. A message
// that must end in another counter than Decoded has "= orphan" or "= repeat" at the end of its line. Text after # is a
// comment. The capture ends with the script, unless its last line is "on".
//
// The wanted calls are a line each, in the order of their start: "A>B 5" and then field=value; times as in the script. A
// line that begins with a field goes on with the one before.
// Fields that are not named are not compared, but for the strict ones, which have to be empty when they are not named.
const epoch = wire.Time(1_065_916_800_000_000_000) // 2003-10-12 00:00 UTC

var strict = []string{"flags", "cause", "by", "charge", "suspended", "acm", "alerting", "answer", "release", "rlc"}

// A step is a line of a script.
type step struct {
	line  string
	at    wire.Time
	clock wire.Time
	do    string // "" for a message
	on    bool
	since wire.Time
	msu   mtp.MSU
	msg   isup.Message
	fate  Fate
}

var points = map[string]uint32{"A": 1000, "B": 2000, "C": 3000, "D": 4000}

func pointName(pc uint32) string {
	for name, n := range points {
		if n == pc {
			return name
		}
	}
	return strconv.Itoa(int(pc))
}

// parseTime reads seconds after epoch.
func parseTime(t testing.TB, s string) wire.Time {
	t.Helper()
	if d, err := time.ParseDuration(s); err == nil {
		return epoch.Add(d)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("time %q: %v", s, err)
	}
	return epoch + wire.Time(math.Round(f*1e6))*1000
}

// showTime is the inverse, "" for NoTime.
func showTime(at wire.Time) string {
	if !at.Known() {
		return ""
	}
	return strconv.FormatFloat(float64(at-epoch)/1e9, 'f', -1, 64)
}

// parse reads a script.
func parse(t testing.TB, script string) (steps []step, end bool) {
	t.Helper()
	tables, end, trusted, clock := &isup.ITU, true, true, wire.NoTime
	for _, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "bicc":
			tables = &isup.BICC
			continue
		case "ansi":
			tables = &isup.ANSI
			continue
		case "itu":
			tables = &isup.ITU
			continue
		case "untrusted":
			trusted = false
			continue
		case "on":
			end = false
			continue
		}
		if len(words) < 2 {
			t.Fatalf("line %q: too short", line)
		}
		s := step{line: strings.TrimSpace(line), at: parseTime(t, words[0]), clock: wire.NoTime}
		s.msu.Direction = wire.NoDirection
		s.msu.NI = 2
		if strings.Contains(words[1], ">") {
			s.message(t, tables, words[1:])
		} else {
			s.command(t, words[1:])
		}
		if trusted && !s.clock.Known() { // as a capture gives it: never back
			clock = max(clock, s.at)
			s.clock = clock
		}
		steps = append(steps, s)
	}
	return steps, end
}

// command reads what is not a message.
func (s *step) command(t testing.TB, words []string) {
	t.Helper()
	s.do, s.since = words[0], s.at
	for _, w := range words[1:] {
		if k, v, ok := strings.Cut(w, "="); ok {
			s.common(t, k, v)
		} else {
			s.on = w == "on"
		}
	}
}

// common reads the words that any line may have.
func (s *step) common(t testing.TB, key, value string) bool {
	t.Helper()
	switch key {
	case "since":
		s.since = parseTime(t, value)
	case "clock":
		s.clock = parseTime(t, value)
	case "link":
		s.msu.Link = mtp.Link(number(t, value))
	case "dir":
		s.msu.Direction = wire.Direction(number(t, value))
	case "ni":
		s.msu.NI = uint8(number(t, value))
	default:
		return false
	}
	return true
}

func number(t testing.TB, s string) int {
	t.Helper()
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		t.Fatalf("number %q: %v", s, err)
	}
	return int(n)
}

// message reads "A>B 5 REL 16 LN" and encodes it.
func (s *step) message(t testing.TB, tables *isup.Tables, words []string) {
	t.Helper()
	from, to, _ := strings.Cut(words[0], ">")
	s.msu.OPC, s.msu.DPC = point(t, from), point(t, to)
	cic := uint32(number(t, words[1]))
	typ, ok := tables.TypeOf(words[2])
	if !ok {
		t.Fatalf("line %q: no message %s", s.line, words[2])
	}
	words = words[3:]
	if n := len(words); n > 1 && words[n-2] == "=" {
		s.fate = map[string]Fate{"orphan": Orphan, "repeat": Repeat, "decoded": Decoded}[words[n-1]]
		words = words[:n-2]
	}
	args := map[string]string{}
	for _, w := range words {
		k, v, _ := strings.Cut(w, "=")
		if !s.common(t, k, v) {
			args[k] = v
		}
	}
	b, err := tables.Append(nil, cic, typ, fields(t, tables, typ, words, args))
	if err != nil {
		t.Fatalf("line %q: %v", s.line, err)
	}
	s.msu.SI, s.msu.Data = mtp.ISUP, b
	if tables == &isup.BICC {
		s.msu.SI = mtp.BICC
	}
	if tables == &isup.ANSI {
		s.msu.Variant = mtp.ANSI
	}
	if _, cut := args["empty"]; cut {
		n := 3
		if tables == &isup.BICC {
			n = 5
		}
		s.msu.Data = b[:n]
	}
	s.msg.Decode(tables, s.msu.Data)
}

func point(t testing.TB, s string) uint32 {
	t.Helper()
	if pc, ok := points[s]; ok {
		return pc
	}
	return uint32(number(t, s))
}

// fields encodes the parameters of a message.
func fields(t testing.TB, tables *isup.Tables, typ isup.Type, words []string, args map[string]string) []isup.Field {
	t.Helper()
	f := []isup.Field{}
	add := func(c isup.Code, v []byte) { f = append(f, isup.Field{Code: c, Value: v}) }
	backward := func() []byte {
		v := map[string]isup.BackwardIndicators{"": 0, "none": 0, "no": isup.NoCharge, "yes": isup.Charge}[args["charge"]]
		if has(args, "free") {
			v |= isup.SubscriberFree << 2
		}
		return v.Append(nil)
	}
	switch typ {
	case isup.IAM:
		add(isup.NatureOfConnection, []byte{0})
		add(isup.ForwardCall, []byte{0x60, 1})
		add(isup.CallingCategory, isup.Category(number(t, or(args["category"], "10"))).Append(nil))
		if tables == &isup.ANSI {
			add(isup.UserService, []byte{0x80, 0x90, 0xa2})
		} else {
			add(isup.TMR, isup.Medium(number(t, or(args["tmr"], "3"))).Append(nil))
		}
		add(isup.CalledNumber, address(t, args["called"], 3))
		for _, p := range []struct {
			name string
			code isup.Code
		}{{"calling", isup.CallingNumber}, {"redirecting", isup.RedirectingNumber}, {"original", isup.OriginalCalled}} {
			if has(args, p.name) {
				add(p.code, address(t, args[p.name], 3))
			}
		}
	case isup.SAM:
		var n isup.SubsequentNumber
		n.Signals, n.Odd = wire.AppendBCD(nil, words[0]), len(words[0])%2 == 1
		add(isup.SubsequentNum, n.Append(nil))
	case isup.ACM, isup.CON:
		add(isup.BackwardCall, backward())
	case isup.ANM:
		if has(args, "charge") {
			add(isup.BackwardCall, backward())
		}
	case isup.CPG:
		events := map[string]isup.Event{"alerting": isup.Alerting, "progress": isup.Progress, "inband": isup.InBandInformation}
		add(isup.EventInformation, events[words[0]].Append(nil))
		if has(args, "charge") {
			add(isup.BackwardCall, backward())
		}
	case isup.REL:
		add(isup.CauseIndicators, causeOctets(t, words))
	case isup.SUS, isup.RES:
		v := isup.SuspendIndicators(0)
		if words[0] == "network" {
			v = 1
		}
		add(isup.SuspendResume, v.Append(nil))
	case isup.COT:
		v := isup.ContinuityIndicators(0)
		if words[0] == "good" {
			v = 1
		}
		add(isup.Continuity, v.Append(nil))
	case isup.GRS, isup.GRA:
		r := isup.Range{Range: uint8(number(t, or(args["range"], "1")))}
		add(isup.RangeAndStatus, r.Append(nil))
	case isup.CGB, isup.CGU:
		v := isup.Supervision(0)
		if words[0] == "hardware" {
			v = isup.HardwareFailure
		}
		add(isup.SupervisionType, v.Append(nil))
		r := isup.Range{Range: uint8(number(t, args["range"]))}
		for s := args["status"]; len(s) >= 2; s = s[2:] {
			r.Status = append(r.Status, byte(number(t, "0x"+s[:2])))
		}
		add(isup.RangeAndStatus, r.Append(nil))
	case isup.INR:
		add(isup.InformationRequest, isup.RequestIndicators(1).Append(nil))
	case isup.INF:
		add(isup.Information, isup.InformationIndicators(3).Append(nil))
	}
	return f
}

func has(args map[string]string, key string) bool { _, ok := args[key]; return ok }

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// address encodes digits, with "/noa" and "/noa/presentation" behind where they are not national and allowed.
func address(t testing.TB, s string, noa uint8) []byte {
	t.Helper()
	part := strings.Split(s, "/")
	n := isup.Number{NOA: noa, Plan: 1}
	if len(part) > 1 {
		n.NOA = uint8(number(t, part[1]))
	}
	if len(part) > 2 {
		n.Presentation = uint8(number(t, part[2]))
	}
	n.SetDigits(nil, part[0])
	return n.Append(nil)
}

// causeOctets encodes "16 LN", "16 LN rec" (with the octet of the recommendation), "16 LN national" or "none".
func causeOctets(t testing.TB, words []string) []byte {
	t.Helper()
	if words[0] == "none" {
		return nil
	}
	c := isup.Cause{Value: cause.Code(number(t, words[0]))}
	if len(words) > 1 {
		c.Location = locations[words[1]]
	}
	rest := ""
	if len(words) > 2 {
		rest = words[2]
	}
	switch rest {
	case "national":
		c.Coding = 2
	case "rec":
		return []byte{byte(c.Location), 0x80, 0x80 | byte(c.Value)}
	}
	return c.Append(nil)
}

var locations = map[string]cause.Location{"U": 0, "LPN": 1, "LN": 2, "TN": 3, "RLN": 4, "RPN": 5, "INTL": 7, "BI": 10}

// A namer names what the scripts need.
type namer struct{}

func (namer) Network(ni uint8, opc, dpc uint32) string { return "n" + strconv.Itoa(int(ni)) }
func (namer) TrunkGroup(c *Call) string                { return "tg" + pointName(c.DPC) }
func (namer) Service(c *Call) string                   { return "s" }

// play gives steps to a Correlator and returns the calls in the order they came out.
func play(t testing.TB, opt Options, steps []step, end bool) (calls []Call, c *Correlator) {
	t.Helper()
	opt.Namer = namer{}
	opt.Sink = func(c *Call) { calls = append(calls, *c) }
	c = New(opt)
	for i := range steps {
		s := &steps[i]
		switch s.do {
		case "":
			if got := c.Message(At{Time: s.at, Clock: s.clock, Frame: uint64(i + 1)}, &s.msu, &s.msg); got != s.fate {
				t.Errorf("%s: fate %d, want %d", s.line, got, s.fate)
			}
		case "tick":
			c.Tick(s.at)
		case "missed":
			c.Missed(s.msu.Link, s.msu.Direction, s.since)
		case "doubt":
			c.Doubt(s.msu.Link, s.msu.Direction, s.on)
		case "heard":
			c.Heard(s.msu.Link, s.msu.Direction, s.at)
		default:
			t.Fatalf("%s: what is that?", s.line)
		}
	}
	if end {
		c.Close()
		if c.Open() != 0 || c.held.n != 0 {
			t.Errorf("after Close %d calls are open, %d held", c.Open(), c.held.n)
		}
	}
	return calls, c
}

// run plays a script and compares the calls that came out.
func run(t testing.TB, script, want string) {
	t.Helper()
	runWith(t, Options{}, script, want)
}

func runWith(t testing.TB, opt Options, script, want string) {
	t.Helper()
	steps, end := parse(t, script)
	calls, _ := play(t, opt, steps, end)
	compare(t, calls, want)
}

// compare holds calls against the wanted lines.
func compare(t testing.TB, calls []Call, want string) {
	t.Helper()
	sort.SliceStable(calls, func(i, j int) bool { return calls[i].Start < calls[j].Start })
	var lines []string
	for _, l := range strings.Split(want, "\n") {
		l, _, _ = strings.Cut(l, "#")
		l = strings.TrimSpace(l)
		switch first, _, _ := strings.Cut(l, " "); {
		case l == "":
		case strings.Contains(first, "="): // goes on with the call of the line before
			lines[len(lines)-1] += " " + l
		default:
			lines = append(lines, l)
		}
	}
	for i := range max(len(lines), len(calls)) {
		switch {
		case i >= len(lines):
			t.Errorf("call too many: %s", show(&calls[i]))
		case i >= len(calls):
			t.Errorf("call missing: %s", lines[i])
		default:
			if diff := differ(t, &calls[i], lines[i]); diff != "" {
				t.Errorf("call %s\n\tis   %s\n\twant %s", diff, show(&calls[i]), lines[i])
			}
		}
	}
}

// differ names the fields in which c is not as line says.
func differ(t testing.TB, c *Call, line string) string {
	t.Helper()
	got := map[string]string{}
	for _, f := range record(c) {
		got[f.name] = f.value
	}
	words := strings.Fields(line)
	want := map[string]string{"points": words[0], "cic": words[1]}
	for _, name := range strict {
		want[name] = ""
	}
	for _, w := range words[2:] {
		k, v, ok := strings.Cut(w, "=")
		if _, known := got[k]; !ok || !known {
			t.Fatalf("wanted call %q: what is %q?", line, w)
		}
		want[k] = v
	}
	diff := ""
	for _, f := range record(c) {
		if w, ok := want[f.name]; ok && w != f.value {
			diff += fmt.Sprintf("%s=%s not %s ", f.name, f.value, w)
		}
	}
	return diff
}

// show gives the fields of c that are not empty, in a line.
func show(c *Call) string {
	var b strings.Builder
	for i, f := range record(c) {
		switch {
		case i < 2:
			b.WriteString(f.value + " ")
		case f.value != "":
			b.WriteString(f.name + "=" + f.value + " ")
		}
	}
	return b.String()
}

type field struct{ name, value string }

// record gives every field of c as text.
func record(c *Call) []field {
	num := func(n *Number) string {
		s := n.String()
		if n.ST {
			s += "F"
		}
		return s
	}
	code := func(ok bool, v int) string {
		if !ok {
			return ""
		}
		return strconv.Itoa(v)
	}
	span := func(d time.Duration, ok bool) string {
		if !ok {
			return ""
		}
		return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
	}
	why := ""
	if c.HasCause {
		why = fmt.Sprintf("%d/%v", uint8(c.Cause), c.Location)
		if c.Coding != 0 {
			why += fmt.Sprintf("/%d", c.Coding)
		}
	}
	suspended := ""
	if c.Suspended != 0 {
		suspended = span(c.Suspended, true)
	}
	setup, hasSetup := c.SetupTime()
	ring, hasRing := c.RingTime()
	talk, hasTalk := c.TalkTime()
	return []field{
		{"points", pointName(c.OPC) + ">" + pointName(c.DPC)}, {"cic", strconv.FormatUint(uint64(c.CIC), 10)},
		{"protocol", c.Protocol}, {"network", c.Network}, {"ni", strconv.Itoa(int(c.NI))},
		{"service", c.Service}, {"tg", c.TrunkGroup},
		{"called", num(&c.Called)}, {"called_noa", code(c.Called.Seen, int(c.Called.NOA))},
		{"calling", num(&c.Calling)}, {"calling_noa", code(c.Calling.Seen, int(c.Calling.NOA))},
		{"presentation", code(c.Calling.Seen, int(c.Calling.Presentation))},
		{"redirecting", num(&c.Redirecting)}, {"original", num(&c.OriginalCalled)},
		{"category", code(c.HasCategory, int(c.Category))}, {"tmr", code(c.HasTMR, int(c.TMR))},
		{"start", showTime(c.Start)}, {"acm", showTime(c.ACM)}, {"alerting", showTime(c.Alerting)},
		{"answer", showTime(c.Answer)}, {"release", showTime(c.Release)}, {"rlc", showTime(c.ReleaseComplete)},
		{"end", showTime(c.End)}, {"setup", span(setup, hasSetup)}, {"ring", span(ring, hasRing)},
		{"talk", span(talk, hasTalk)}, {"outcome", c.Outcome.String()}, {"reason", c.EndReason.String()},
		{"cause", why}, {"by", c.ReleasedBy.String()}, {"charge", c.Charge.String()},
		{"suspended", suspended}, {"flags", strings.ReplaceAll(c.Flags.String(), " ", "+")},
		{"first", strconv.FormatUint(c.FirstFrame, 10)}, {"last", strconv.FormatUint(c.LastFrame, 10)},
		{"messages", strconv.Itoa(int(c.Messages))},
	}
}
