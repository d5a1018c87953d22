package correlate

import "c7mon/isup"

// initialAddress takes an IAM: a call begins, unless the circuit says otherwise.
func (c *Correlator) initialAddress(ct *circuit) Fate {
	l := ct.call
	switch {
	case l == nil:
	case l.Release.Known():
		c.end(l, ByRelease, l.Release)
	case l.blocked.Known():
		c.end(l, ByBlocking, l.blocked)
	case c.repeated(ct):
		return Repeat
	case c.crossing(ct, l):
		c.dualSeizure(ct, l)
		return Decoded
	default:
		c.settleSeizure(ct)
		c.end(ct.call, ByNewIAM, c.at.Time)
	}
	c.seize(ct)
	return Decoded
}

// seize begins a call with the IAM in hand.
func (c *Correlator) seize(ct *circuit) *leg {
	l := c.begin(ct)
	for _, p := range c.msg.Params {
		c.keep(&l.Call, p)
	}
	if len(c.retries) > 0 {
		c.evidence(l)
	}
	return l
}

// keep copies the parameter p of an IAM to the record, where it has a place.
func (c *Correlator) keep(l *Call, p isup.Param) {
	switch p.Code {
	case isup.CalledNumber:
		c.number(&l.Called, p)
	case isup.CallingNumber:
		c.number(&l.Calling, p)
	case isup.RedirectingNumber:
		c.number(&l.Redirecting, p)
	case isup.OriginalCalled:
		c.number(&l.OriginalCalled, p)
	case isup.CallingCategory:
		if v := c.msg.Value(p); len(v) > 0 {
			l.Category, l.HasCategory = v[0], true
		}
	case isup.TMR:
		if v := c.msg.Value(p); len(v) > 0 {
			l.TMR, l.HasTMR = v[0], true
		}
	}
}

// number keeps an address; of two parameters of one name the first counts.
func (c *Correlator) number(to *Number, p isup.Param) {
	var n isup.Number
	if !to.Seen && n.Decode(c.msg.Value(p)) == nil {
		to.Set(&n)
	}
}

// repeated reports whether the IAM in hand is the one that began a call on ct once more, and counts it to that call.
func (c *Correlator) repeated(ct *circuit) bool {
	for _, l := range [...]*leg{ct.call, ct.rival} {
		if l != nil && c.forward(l) && l.Flags&Partial == 0 && c.now.Sub(l.began) <= repeatedIAM && c.sameNumbers(l) {
			c.part(l)
			return true
		}
	}
	return false
}

// sameNumbers compares the numbers of the IAM in hand with those of l; digits that came by SAM are past the comparison.
func (c *Correlator) sameNumbers(l *leg) bool {
	var again Call
	for _, p := range c.msg.Params {
		if p.Code == isup.CalledNumber || p.Code == isup.CallingNumber {
			c.keep(&again, p)
		}
	}
	return again.Calling.SameDigits(&l.Calling) && sameCalled(&again, &l.Call)
}

// sameCalled compares called numbers; one that was dialled in overlap counts as far as the shorter goes.
func sameCalled(a, b *Call) bool {
	if (a.Flags|b.Flags)&Overlap == 0 {
		return a.Called.SameDigits(&b.Called)
	}
	return a.Called.prefixOf(&b.Called) || b.Called.prefixOf(&a.Called)
}

// crossing reports whether the IAM in hand and the one of l crossed on the way: it comes from the other side, nothing went
// backward yet, and T7 of the first is not over.
func (c *Correlator) crossing(ct *circuit, l *leg) bool {
	return ct.rival == nil && !c.forward(l) && l.Flags&Partial == 0 && !l.backward && c.now.Sub(l.began) <= seizureWindow
}

// dualSeizure puts a second call beside l. The exchange with the higher point code controls even circuits, the other odd
// ones: its call is the one that is expected to go on. Q.764 2.9.1.4.
func (c *Correlator) dualSeizure(ct *circuit, l *leg) {
	l.suspectIf(c.now)
	second := c.seize(ct)
	l.Flags |= DualSeizure
	second.Flags |= DualSeizure
	evenSide := max(l.OPC, second.OPC)
	ct.call, ct.rival = l, second
	if (second.OPC == evenSide) == (ct.cic%2 == 0) {
		ct.call, ct.rival = second, l
	}
}

// yielded settles a dual seizure by the first backward message: who sends it has given up its own call.
func (c *Correlator) yielded(ct *circuit) {
	if ct.call.OPC == c.msu.OPC {
		ct.call, ct.rival = ct.rival, ct.call
	}
	c.settleSeizure(ct)
}

// settleSeizure ends the losing call of a dual seizure, as of the second IAM.
func (c *Correlator) settleSeizure(ct *circuit) {
	if l := ct.rival; l != nil {
		c.end(l, ByGlare, max(l.Start, ct.call.Start))
	}
}

// candidate marks a call that its exchange may try again on another circuit: nothing went backward yet.
func (c *Correlator) candidate(l *leg) {
	if l.backward || l.Flags&Partial != 0 || l.Release.Known() || l.retry.Known() {
		return
	}
	l.retry = c.now
	c.retries = append(c.retries, retry{l, l.serial})
}

// A retry is a call for whose second try the correlator looks.
type retry struct {
	l    *leg
	call uint64 // legs are used again
}

// evidence looks for the call that l is the second try of: the same numbers between the same points on another circuit.
// Of several the first is it, for one IAM is one try.
func (c *Correlator) evidence(l *leg) {
	kept := c.retries[:0]
	found := false
	for _, r := range c.retries {
		old := r.l
		if old.in == free || old.serial != r.call || !old.retry.Known() || c.now.Sub(old.retry) > reattemptWithin {
			continue
		}
		if found || old.ct.rel != l.ct.rel || old.ct == l.ct || old.OPC != l.OPC || !old.Calling.SameDigits(&l.Calling) ||
			!sameCalled(&old.Call, &l.Call) {
			kept = append(kept, r)
			continue
		}
		old.retried, found = true, true
		if old.in == held {
			c.release(old)
		}
	}
	c.retries = kept
}
