package lab

import (
	"time"

	"c7mon/cause"
	"c7mon/isup"
)

// Who suspends, Q.763 3.52.
const (
	byUser    = 0
	byNetwork = 1
)

// A manner says how the calls of a kind go.
type manner struct {
	answer   bool
	cause    cause.Code    // of a call that is not answered
	setup    time.Duration // median from the last digit to the ACM
	talk     time.Duration // median
	overlap  int           // percent of the calls that send some digits one after the other
	keep     int           // digits that even then come in the IAM
	suspends int           // percent of the answered calls whose called side hangs up first and is waited for
	far      far           // what lies beyond the far exchange
}

// far is what lies beyond the exchange that a call goes to; it tells where in the network a failure is.
type far uint8

const (
	national far = iota
	abroad
	voice // over IP
)

// A failure says how calls with a cause end unanswered.
type failure struct {
	acm      int           // percent that had an ACM before
	free     int           // percent of those whose called party was alerted
	forward  int           // percent released by the calling side
	min, max time.Duration // from the ACM, or else the last digit, to the REL
	at       place
}

// place is a choice of locations.
type place uint8

const (
	own     place = iota // the calling side's exchange
	user                 // the called party or its exchange
	remote               // the called party's network
	transit              // on the way
	beyond               // past the point of interworking
)

// failures holds each cause that calls fail with here; the others fail as usual does.
var failures = [128]failure{
	1:   {acm: 25, min: 400 * time.Millisecond, max: 4 * time.Second, at: remote},
	3:   {acm: 5, min: 200 * time.Millisecond, max: 2500 * time.Millisecond, at: transit},
	4:   {acm: 100, min: 4 * time.Second, max: 15 * time.Second, at: transit},
	16:  {acm: 86, free: 80, forward: 100, min: 1500 * time.Millisecond, max: 48 * time.Second, at: own},
	17:  {acm: 35, min: 300 * time.Millisecond, max: 6 * time.Second, at: user},
	18:  {acm: 40, min: 9 * time.Second, max: 30 * time.Second, at: remote},
	19:  {acm: 100, free: 100, forward: 35, min: 55 * time.Second, max: 118 * time.Second, at: remote},
	20:  {acm: 30, min: 2 * time.Second, max: 12 * time.Second, at: remote},
	21:  {acm: 70, free: 60, min: 1 * time.Second, max: 14 * time.Second, at: user},
	27:  {acm: 10, min: 1 * time.Second, max: 9 * time.Second, at: remote},
	28:  {acm: 5, min: 500 * time.Millisecond, max: 19 * time.Second, at: remote},
	31:  {acm: 45, free: 20, forward: 15, min: 1 * time.Second, max: 16 * time.Second, at: beyond},
	34:  {acm: 10, min: 150 * time.Millisecond, max: 3 * time.Second, at: transit},
	41:  {acm: 20, min: 500 * time.Millisecond, max: 8 * time.Second, at: transit},
	42:  {acm: 5, min: 150 * time.Millisecond, max: 2500 * time.Millisecond, at: transit},
	47:  {acm: 10, min: 300 * time.Millisecond, max: 4 * time.Second, at: transit},
	58:  {acm: 0, min: 200 * time.Millisecond, max: 2 * time.Second, at: transit},
	102: {acm: 55, forward: 45, min: 12 * time.Second, max: 60 * time.Second, at: transit},
	127: {acm: 30, min: 800 * time.Millisecond, max: 10 * time.Second, at: beyond},
}

var usual = failure{acm: 10, min: 300 * time.Millisecond, max: 5 * time.Second, at: transit}

// Times of Q.764 that calls run into.
const (
	t6Least, t6Most = 10 * time.Second, 32 * time.Second
	t7Least, t7Most = 20 * time.Second, 30 * time.Second
	t9Least, t9Most = 150 * time.Second, 180 * time.Second
)

// script writes down the messages of a call whose numbers are set.
func (c *call) script(ch chance, m manner) {
	c.plan = m
	c.steps, c.next, c.sent = c.steps[:0], 0, 0
	charge := uint16(bciCharge)
	if ch.percent(4) {
		charge = bciNoCharge
	}
	t := c.address(ch)
	if m.answer {
		t = c.answered(ch, t, charge|bciOrdinary|bciISUP)
	} else {
		t = c.failed(ch, t, charge|bciOrdinary|bciISUP)
	}
	rel := &c.steps[len(c.steps)-1]
	c.add(t+ch.between(18*time.Millisecond, 240*time.Millisecond), isup.RLC, !rel.back, 0, 0, 0)
}

// address sends the called number and gives the time of its last digit.
func (c *call) address(ch chance) (t time.Duration) {
	n := len(c.digits)
	send := n
	if c.plan.overlap > 0 && n-c.plan.keep > 1 && ch.percent(c.plan.overlap) {
		send = c.plan.keep + int(ch.below(uint64(n-c.plan.keep)))
	}
	c.add(0, isup.IAM, false, uint8(send), 0, 0)
	for send < n {
		more := min(1+int(ch.below(3)), n-send)
		t += ch.between(250*time.Millisecond, 1900*time.Millisecond)
		c.add(t, isup.SAM, false, uint8(more), 0, 0)
		send += more
	}
	return t
}

// complete sends the ACM, and with alert tells that the called party is being alerted: in the ACM, or in a CPG after it.
func (c *call) complete(ch chance, t time.Duration, bci uint16, alert bool) time.Duration {
	t += ch.lognormal(c.plan.setup, 700)
	if c.plan.far != national && ch.percent(40) {
		bci = bci&^bciISUP | bciInterwork
	}
	if alert && ch.percent(58) {
		c.add(t, isup.ACM, true, 0, 0, bci|bciFree)
		return t
	}
	c.add(t, isup.ACM, true, 0, 0, bci)
	if ch.percent(12) {
		t += ch.between(100*time.Millisecond, 900*time.Millisecond)
		c.add(t, isup.CPG, true, eventProgress+uint8(ch.below(2)), 0, 0)
	}
	if alert {
		t += ch.between(200*time.Millisecond, 3500*time.Millisecond)
		c.add(t, isup.CPG, true, eventAlerting, 0, 0)
	}
	return t
}

// answered plans an answered call up to its REL, whose time it gives.
func (c *call) answered(ch chance, t time.Duration, bci uint16) time.Duration {
	if ch.percent(1) {
		t += ch.lognormal(c.plan.setup, 700)
		c.add(t, isup.CON, true, 0, 0, bci)
	} else {
		t = c.complete(ch, t, bci, !ch.percent(4))
		t += 900*time.Millisecond + min(ch.exponential(7*time.Second), 55*time.Second)
		again := uint16(0)
		if ch.percent(15) { // the ANM may say once more whether to charge
			again = bci
		}
		c.add(t, isup.ANM, true, 0, 0, again)
	}
	t += time.Second + min(ch.lognormal(c.plan.talk, 1500), 3*time.Hour)
	if c.plan.suspends > 0 && ch.percent(c.plan.suspends) {
		return c.suspended(ch, t)
	}
	code, back, at := uint8(16), !ch.percent(60), cause.Location(2)
	switch n := ch.below(100); {
	case n < 3:
		code = 31
	case n < 4:
		code, back, at = 41, true, 3
	case back:
		at = location(ch, user, c.plan.far)
	}
	c.add(t, isup.REL, back, code, uint8(at), 0)
	return t
}

// suspended ends an answered call whose called party hung up first: it may come back, the caller may hang up, or the
// exchange that waits gives up (T6).
func (c *call) suspended(ch chance, t time.Duration) time.Duration {
	who := uint8(byNetwork)
	if ch.percent(10) {
		who = byUser
	}
	c.add(t, isup.SUS, true, who, 0, 0)
	switch n := ch.below(100); {
	case n < 30:
		t += ch.between(900*time.Millisecond, 9*time.Second)
		c.add(t, isup.RES, true, who, 0, 0)
		t += time.Second + ch.exponential(40*time.Second)
		c.add(t, isup.REL, false, 16, 2, 0)
	case n < 85:
		t += ch.between(300*time.Millisecond, 8*time.Second)
		c.add(t, isup.REL, false, 16, 2, 0)
	default:
		t += ch.between(t6Least, t6Most)
		c.add(t, isup.REL, false, 102, 2, 0)
	}
	return t
}

// failed plans a call that is not answered up to its REL, whose time it gives.
func (c *call) failed(ch chance, t time.Duration, bci uint16) time.Duration {
	f := &failures[c.plan.cause&0x7f]
	if f.max == 0 {
		f = &usual
	}
	forward := ch.percent(f.forward)
	least, most := f.min, f.max
	acm := ch.percent(f.acm)
	switch {
	case forward && c.plan.cause == 31: // no ACM came: T7
		acm, least, most = false, t7Least, t7Most
	case forward && c.plan.cause == 19: // no answer came: T9
		least, most = t9Least, t9Most
	}
	if acm {
		t = c.complete(ch, t, bci, ch.percent(f.free))
	}
	t += ch.between(least, most)
	at := f.at
	if forward {
		at = own
	}
	c.add(t, isup.REL, !forward, uint8(c.plan.cause), uint8(location(ch, at, c.plan.far)), 0)
	return t
}

// location chooses the location of a cause, Q.850 2.2.3.
func location(ch chance, at place, f far) cause.Location {
	const (
		u, ln, tn, rln, intl, bi = 0, 2, 3, 4, 7, 10
	)
	n := ch.below(100)
	often := func(p uint64, a, b cause.Location) cause.Location {
		if n < p {
			return a
		}
		return b
	}
	switch at {
	case own:
		return often(85, ln, u)
	case user:
		return often(70, u, rln)
	case remote:
		return [...]cause.Location{national: often(60, ln, rln), abroad: often(65, rln, intl), voice: often(60, rln, bi)}[f]
	case transit:
		return [...]cause.Location{national: often(80, tn, ln), abroad: often(55, intl, tn), voice: often(75, tn, bi)}[f]
	}
	return [...]cause.Location{national: often(70, tn, rln), abroad: often(60, bi, intl), voice: often(80, bi, tn)}[f]
}
