package lab

import (
	"cmp"
	"slices"
	"time"

	"c7mon/isup"
	"c7mon/wire"
)

// A play shows one thing that happens to calls, on circuits of its own.
type play struct {
	name  string
	parts []part
}

// A part is one call of a play. Its steps are as they are; what came of it is written beside them.
type part struct {
	after   time.Duration // of the first message, from the beginning of the play
	circuit uint16        // in the E1 of the play
	in      bool          // comes from the far exchange
	again   bool          // has the numbers of the part before: the exchange tries again
	other   bool          // in the other national network
	outcome string
	reason  string
	flags   string
	steps   []step
}

// sent gives a step some milliseconds after the first message of its part.
func sent(ms int, typ isup.Type, back bool) step {
	return step{after: time.Duration(ms) * time.Millisecond, typ: typ, back: back}
}

// with sets what the message carries, see step.
func (s step) with(a, b uint8) step {
	s.a, s.b = a, b
	return s
}

// acm and rel are the messages of most parts.
func acm(ms int) step {
	s := sent(ms, isup.ACM, true)
	s.bci = bciCharge | bciFree | bciOrdinary | bciISUP
	return s
}

func rel(ms int, back bool, code, location uint8) step {
	return sent(ms, isup.REL, back).with(code, location)
}

// heard is a message about several circuits that another part sends.
func heard(ms int, typ isup.Type, back bool) step {
	s := sent(ms, typ, back)
	s.silent = true
	return s
}

// iam sends the whole number; iamCheck also asks for a continuity check on the circuit.
var (
	iam      = sent(0, isup.IAM, false).with(allDigits, 0)
	iamCheck = sent(0, isup.IAM, false).with(allDigits, 1)
)

// allDigits stands for as many as there are.
const allDigits = 0xff

// whole is an ordinary answered call from the IAM on.
var whole = []step{iam, acm(900), sent(6000, isup.ANM, true), rel(40000, false, 16, 2), sent(40080, isup.RLC, true)}

// plays are in the order in which they begin, a minute apart. The last one's calls are up when the capture ends.
var plays = []play{
	{"the caller gives up before any answer of the network", []part{{circuit: 1, outcome: "abandoned", reason: "release",
		steps: []step{iam, rel(2500, false, 16, 2), sent(2600, isup.RLC, true)}}}},
	{"the called side ends a call before its answer with cause 16", []part{{circuit: 1, outcome: "failed", reason: "release",
		steps: []step{iam, acm(800), rel(9000, true, 16, 3), sent(9060, isup.RLC, false)}}}},
	{"a connect message is the answer", []part{{circuit: 1, outcome: "answered", reason: "release",
		steps: []step{iam, sent(1500, isup.CON, true), rel(30000, true, 16, 0), sent(30060, isup.RLC, false)}}}},
	{"a call of two hours", []part{{circuit: 1, outcome: "answered", reason: "release",
		steps: []step{iam, acm(900), sent(6000, isup.ANM, true), rel(7206000, true, 16, 0), sent(7206070, isup.RLC, false)}}}},
	{"the called party hangs up first and nobody waits any longer (T6)", []part{{circuit: 1, outcome: "answered",
		reason: "release", steps: []step{iam, acm(900), sent(6000, isup.ANM, true), sent(50000, isup.SUS, true).with(byNetwork, 0),
			rel(80000, false, 102, 2), sent(80080, isup.RLC, true)}}}},
	{"a reset ends an answered call", []part{{circuit: 1, outcome: "answered", reason: "reset",
		steps: []step{iam, acm(900), sent(6000, isup.ANM, true), sent(31000, isup.RSC, true), sent(31050, isup.RLC, false)}}}},
	{"a reset ends a call that rings", []part{{circuit: 1, outcome: "reset", reason: "reset",
		steps: []step{iam, acm(900), sent(12000, isup.RSC, false), sent(12050, isup.RLC, true)}}}},
	{"a reset before anything came back: the exchange tries again", []part{
		{circuit: 1, outcome: "reattempt", reason: "reset", steps: []step{iam, sent(300, isup.RSC, true), sent(340, isup.RLC, false)}},
		{after: 500 * time.Millisecond, circuit: 3, again: true, outcome: "answered", reason: "release", steps: whole}}},
	{"a group reset ends what is up", []part{
		{circuit: 1, outcome: "answered", reason: "group_reset", steps: []step{iam, acm(900), sent(6000, isup.ANM, true),
			sent(20000, isup.GRS, true).with(14, 0), sent(20060, isup.GRA, false).with(14, 0)}},
		{circuit: 3, outcome: "reset", reason: "group_reset", steps: []step{iam, acm(900), heard(20000, isup.GRS, true)}},
		{circuit: 5, outcome: "busy", reason: "release", flags: "no_rlc", steps: []step{iam, rel(19900, true, 17, 0),
			heard(20000, isup.GRS, true)}}}},
	{"a circuit that is not equipped", []part{{circuit: 1, outcome: "failed", reason: "unequipped",
		steps: []step{iam, sent(120, isup.UCIC, true)}}}},
	{"a circuit that is not equipped: the exchange tries again", []part{
		{circuit: 1, outcome: "reattempt", reason: "unequipped", steps: []step{iam, sent(120, isup.UCIC, true)}},
		{after: 300 * time.Millisecond, circuit: 3, again: true, outcome: "answered", reason: "release", steps: whole}}},
	{"the continuity check fails: the exchange tries again", []part{
		{circuit: 1, outcome: "reattempt", reason: "continuity", flags: "continuity_failed",
			steps: []step{iamCheck, sent(1900, isup.COT, false).with(0, 0)}},
		{after: 2100 * time.Millisecond, circuit: 3, again: true, outcome: "answered", reason: "release", steps: whole}}},
	{"dual seizure: the higher point code has the even circuits", []part{
		{circuit: 2, outcome: "answered", reason: "release", flags: "dual_seizure", steps: whole},
		{after: 15 * time.Millisecond, circuit: 2, in: true, outcome: "glare", reason: "glare", flags: "dual_seizure",
			steps: []step{iam}},
		{after: 150 * time.Millisecond, circuit: 5, in: true, outcome: "busy", reason: "release",
			steps: []step{iam, rel(1200, true, 17, 0), sent(1260, isup.RLC, false)}}}},
	{"blocking for a hardware failure, and the release that follows", []part{{circuit: 1, outcome: "answered",
		reason: "release", steps: []step{iam, acm(900), sent(6000, isup.ANM, true), sent(25000, isup.CGB, true).with(1, forHardware),
			sent(25050, isup.CGBA, false).with(1, forHardware), rel(25300, true, 31, 2), sent(25360, isup.RLC, false)}}}},
	{"blocking for a hardware failure, and no release", []part{{circuit: 1, outcome: "failed", reason: "blocking",
		steps: []step{iam, acm(900), sent(9000, isup.CGB, true).with(1, forHardware), sent(9050, isup.CGBA, false).with(1, forHardware)}}}},
	{"blocking for maintenance leaves the call up", []part{{circuit: 1, outcome: "answered", reason: "release",
		steps: []step{iam, acm(900), sent(6000, isup.ANM, true), sent(15000, isup.CGB, true).with(1, forMaintenance),
			sent(15050, isup.CGBA, false).with(1, forMaintenance), rel(40000, false, 16, 2), sent(40080, isup.RLC, true)}}}},
	{"a release is sent again (T1)", []part{{circuit: 1, outcome: "abandoned", reason: "release", flags: "repeated",
		steps: []step{iam, acm(900), rel(9000, false, 16, 2), rel(24000, false, 16, 2), sent(24080, isup.RLC, true)}}}},
	{"both sides release at once", []part{{circuit: 1, outcome: "answered", reason: "release", flags: "release_collision",
		steps: []step{iam, acm(900), sent(6000, isup.ANM, true), rel(30000, false, 16, 2), rel(30020, true, 16, 0),
			sent(30080, isup.RLC, true), sent(30090, isup.RLC, false)}}}},
	{"an IAM is sent again", []part{{circuit: 1, outcome: "answered", reason: "release", flags: "repeated",
		steps: []step{iam, sent(800, isup.IAM, false).with(allDigits, 0), acm(1900), sent(6000, isup.ANM, true),
			rel(30000, false, 16, 2), sent(30080, isup.RLC, true)}}}},
	{"a release without its completion, and the next call", []part{
		{circuit: 1, outcome: "unallocated", reason: "release", flags: "no_rlc", steps: []step{iam, rel(900, true, 1, 4),
			heard(15000, isup.IAM, false)}},
		{after: 15 * time.Second, circuit: 1, outcome: "answered", reason: "release", steps: whole}}},
	{"a release that was missed, and the next call", []part{
		{circuit: 1, outcome: "answered", reason: "new_iam", steps: []step{iam, acm(900), sent(6000, isup.ANM, true),
			heard(45000, isup.IAM, false)}},
		{after: 45 * time.Second, circuit: 1, outcome: "no_answer", reason: "release", steps: []step{iam, acm(900),
			rel(70000, true, 19, 4), sent(70060, isup.RLC, false)}}}},
	{"the same circuit in two networks", []part{
		{circuit: 1, outcome: "answered", reason: "release", steps: whole},
		{after: 2 * time.Second, circuit: 1, other: true, outcome: "rejected", reason: "release", steps: []step{iam,
			rel(2000, true, 21, 0), sent(2060, isup.RLC, false)}}}},
	{"a call that began before the capture", []part{{circuit: 1, outcome: "answered", reason: "release", flags: "partial",
		steps: []step{acm(0), sent(6000, isup.ANM, true), rel(30000, true, 16, 0), sent(30060, isup.RLC, false)}}}},
	{"a call of which only the release is seen", []part{{circuit: 1, outcome: "unknown", reason: "release", flags: "partial",
		steps: []step{rel(0, false, 16, 2), sent(60, isup.RLC, true)}}}},
	{"calls still up at the end", []part{
		{circuit: 1, outcome: "answered", reason: "capture_end", steps: []step{iam, acm(900), sent(6000, isup.ANM, true)}},
		{circuit: 3, outcome: "open", reason: "capture_end", steps: []step{iam, acm(900)}}}},
}

// playEvery is the time between the beginnings of two plays.
const playEvery = time.Minute

// A cue is a part with the moment when it begins.
type cue struct {
	at   wire.Time
	e1   uint16
	part *part
}

// faults is the traffic of the scenario of that name.
type faults struct {
	routes [2]*route // the second in the other national network
	cues   []cue
	last   call // whose numbers are used again
}

func setFaults(e *engine, _ *Options) (wire.Time, error) {
	f := &faults{routes: [2]*route{e.network.join(pcHome, pcVTN, nationalNI, 1), e.network.join(pcHome, pcVTN, 3, 1)}}
	for i := range plays {
		begin := basicStart.Add(time.Duration(i) * playEvery)
		if i == len(plays)-1 {
			begin = basicStart.Add(3 * time.Hour) // after the longest call
		}
		for j := range plays[i].parts {
			p := &plays[i].parts[j]
			f.cues = append(f.cues, cue{begin.Add(p.after), uint16(i), p})
		}
	}
	slices.SortStableFunc(f.cues, func(a, b cue) int { return cmp.Compare(a.at, b.at) })
	e.traffic = f
	return basicStart, nil
}

func (f *faults) next() (wire.Time, bool) {
	if len(f.cues) == 0 {
		return 0, false
	}
	return f.cues[0].at, true
}

func (f *faults) begin(e *engine, at wire.Time) error {
	p, cic := f.cues[0].part, 32*f.cues[0].e1+f.cues[0].part.circuit
	f.cues = f.cues[1:]
	r := f.routes[0]
	if p.other {
		r = f.routes[1]
	}
	c := e.call(r, cic, !p.in)
	c.Outcome, c.EndReason, c.Flags = p.outcome, p.reason, p.flags
	c.steps = append(c.steps, p.steps...)
	if p.steps[0].typ == isup.IAM {
		f.numbers(e.chance, c, p)
		for i := range c.steps {
			if s := &c.steps[i]; s.typ == isup.IAM {
				s.a = uint8(len(c.digits))
			}
		}
	}
	return e.start(c, at)
}

// numbers sets who calls whom.
func (f *faults) numbers(ch chance, c *call, p *part) {
	c.Service, c.Category, c.TMR, c.HasCalling = "NATIONAL", categoryOrdinary, tmrAudio, true
	switch {
	case p.again:
		c.digits = append(c.digits, f.last.Called...)
		c.CalledNOA, c.Calling, c.CallingNOA = f.last.CalledNOA, f.last.Calling, f.last.CallingNOA
	case p.in:
		dialHome(ch, c)
		fromAreas(ch, c)
	default:
		dialNational(ch, c)
		fromHome(ch, c)
	}
	f.last.Called = string(c.digits)
	f.last.CalledNOA, f.last.Calling, f.last.CallingNOA = c.CalledNOA, c.Calling, c.CallingNOA
}
