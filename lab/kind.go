package lab

import (
	"time"

	"c7mon/cause"
	"c7mon/wire"
)

// A kind is a stream of calls that are alike.
type kind struct {
	service string // by the built-in service rules
	group   *group
	out     bool // the IAM goes from the near exchange
	dial    func(chance, *call)
	from    func(chance, *call)
	manner  manner
	weight  uint32 // against the other kinds
}

// Calling party's categories, Q.763 3.11.
const (
	categoryOrdinary = 10
	categoryPriority = 11
	categoryPayphone = 15
)

// Redirecting reasons, Q.763 3.44.
const (
	redirectBusy          = 1
	redirectNoReply       = 2
	redirectUnconditional = 3
)

// begin makes a call of the kind on an idle circuit of group g and sends its IAM. ok is false when there is none.
func (k *kind) begin(e *engine, g *group, at wire.Time, answer bool, code cause.Code) (ok bool, err error) {
	c := e.seize(g, k.out)
	if c == nil {
		return false, nil
	}
	ch := e.chance
	c.Service, c.TMR = k.service, tmrAudio
	switch n := ch.below(100); {
	case code == 58 && !answer: // the bearer is what is not there
		c.TMR = tmrUnrestricted
	case n < 9:
		c.TMR = tmrSpeech
	case n < 10:
		c.TMR = tmrUnrestricted
	}
	c.Category = [...]uint8{categoryOrdinary, categoryPayphone, categoryPriority}[ch.pick([]uint32{94, 5, 1})]
	k.dial(ch, c)
	if code == 28 && !answer { // too few digits
		if n := len(c.digits); n > 8 {
			c.digits = c.digits[:n-2-int(ch.below(uint64(n-7)))]
		}
	}
	k.caller(ch, c)
	m := k.manner
	m.answer, m.cause = answer, code
	c.script(ch, m)
	return true, e.start(c, at)
}

// caller sets who calls, and now and then over whose number the call was redirected.
func (k *kind) caller(ch chance, c *call) {
	c.HasCalling = true
	k.from(ch, c)
	switch n := ch.below(100); {
	case n < 5:
		c.CallingPresentation = 1 // restricted
	case n < 7 && !c.out:
		c.CallingPresentation, c.Calling = 2, "" // not available
	case n < 9 && !c.out:
		c.HasCalling, c.Calling, c.CallingNOA = false, "", 0
	}
	if !k.out && ch.percent(2) {
		c.reason = uint8(redirectBusy + ch.below(redirectUnconditional))
		c.Redirecting = string(subscriber(ch, append(c.scratch[:0], homeArea...)))
		c.OriginalCalled = c.Redirecting
	}
}

// Manners of the kinds; overlap is what old exchanges and payphones do.
var (
	mannerIDD      = manner{setup: 4200 * time.Millisecond, talk: 110 * time.Second, overlap: 8, keep: 6, suspends: 4, far: abroad}
	mannerVoIP     = manner{setup: 3600 * time.Millisecond, talk: 100 * time.Second, overlap: 5, keep: 6, far: voice}
	mannerMobile   = manner{setup: 2900 * time.Millisecond, talk: 45 * time.Second, overlap: 4, keep: 5}
	mannerNational = manner{setup: 1600 * time.Millisecond, talk: 80 * time.Second, overlap: 7, keep: 4, suspends: 5}
	mannerLocal    = manner{setup: 500 * time.Millisecond, talk: 60 * time.Second, overlap: 9, keep: 3, suspends: 7}
)

// everyday is how calls fail that no table counts: cause and weight.
var (
	everydayCauses  = [...]cause.Code{16, 17, 19, 18, 1, 28, 31, 34, 21, 20, 41, 102, 27, 3, 42, 127}
	everydayWeights = [...]uint32{36, 26, 15, 3, 5, 4, 3, 3, 2, 3, 1, 1, 1, 1, 1, 1}
)

// fate draws whether a call is answered, as often as percent says, or else the cause it fails with.
func fate(ch chance, percent int) (answer bool, code cause.Code) {
	if ch.percent(percent) {
		return true, 0
	}
	return false, everydayCauses[ch.pick(everydayWeights[:])]
}
