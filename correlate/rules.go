package correlate

import (
	"c7mon/cause"
	"c7mon/isup"
	"c7mon/wire"
)

// dispatch is the table of design section 5: what each message does to the circuit it names.
func (c *Correlator) dispatch(ct *circuit) Fate {
	c.settleTimers(ct)
	switch c.msg.Type {
	case isup.IAM:
		return c.initialAddress(ct)
	case isup.SAM:
		return c.subsequentAddress(ct)
	case isup.ACM, isup.CPG, isup.CON, isup.ANM:
		return c.backward(ct)
	case isup.REL:
		return c.released(ct)
	case isup.RLC:
		return c.releaseComplete(ct)
	case isup.SUS, isup.RES:
		return c.suspendResume(ct)
	case isup.COT:
		return c.continuity(ct)
	case isup.CCR:
		return c.continuityRequest(ct)
	case isup.RSC:
		return c.resetCircuit(ct)
	case isup.GRS:
		return c.resetGroup(ct)
	case isup.CGB:
		return c.blockGroup(ct)
	case isup.BLO:
		return c.block(ct)
	case isup.UCIC:
		return c.unequipped(ct)
	case isup.UBL, isup.BLA, isup.UBA, isup.CGU, isup.CGBA, isup.CGUA, isup.GRA, isup.CQM, isup.CQR, isup.LPA, isup.UPT,
		isup.UPA, isup.OLM, isup.CVT, isup.CVR, isup.CRM, isup.CRA:
		return Decoded // supervision of circuits, which is no part of a call
	}
	return c.during(ct)
}

// settleTimers closes the calls of a circuit whose timers are over.
func (c *Correlator) settleTimers(ct *circuit) {
	c.lapse(ct.rival)
	c.lapse(ct.call)
}

// during takes a message that belongs to a call and changes nothing in its record.
func (c *Correlator) during(ct *circuit) Fate {
	l := c.mine(ct)
	if l == nil {
		return Orphan
	}
	c.part(l)
	l.backward = l.backward || !c.forward(l)
	return Decoded
}

// mine is the call that a message of the sender's own belongs to: while a dual seizure is not settled, the one it began.
func (c *Correlator) mine(ct *circuit) *leg {
	if ct.rival != nil && ct.rival.OPC == c.msu.OPC {
		return ct.rival
	}
	return ct.call
}

// forward reports whether the message in hand went the way of the IAM of l.
func (c *Correlator) forward(l *leg) bool { return c.msu.OPC == l.OPC }

// otherSide is the side that the message in hand went to; a network that talks to itself has but one.
func (c *Correlator) otherSide() int {
	if c.msu.OPC == c.msu.DPC {
		return c.side
	}
	return 1 - c.side
}

// subsequentAddress appends the digits of a SAM.
func (c *Correlator) subsequentAddress(ct *circuit) Fate {
	l := c.mine(ct)
	if l == nil {
		return Orphan
	}
	c.part(l)
	v, ok := c.msg.Param(isup.SubsequentNum)
	var n isup.SubsequentNumber
	if !ok || !c.forward(l) || n.Decode(v) != nil {
		return Decoded
	}
	l.Flags |= Overlap
	if l.Flags&Partial == 0 { // the digits of a partial call are the end of a number
		l.Called.Seen = true
		l.Called.AppendSignals(n.Signals, n.Odd)
	}
	return Decoded
}

// backward takes ACM, CPG, CON and ANM.
func (c *Correlator) backward(ct *circuit) Fate {
	if ct.rival != nil {
		c.yielded(ct)
	}
	l := ct.call
	if l == nil {
		if !ct.unknown() {
			return Orphan
		}
		l = c.beginPartial(ct)
	} else {
		c.part(l)
	}
	if c.forward(l) && l.OPC != l.DPC {
		if l.Flags&Partial == 0 || l.Release.Known() || c.msg.Type == isup.CPG {
			return Decoded // a CPG may go forward; it says nothing of ringing
		}
		l.OPC, l.DPC = l.DPC, l.OPC // the CPG that opened it did
	}
	c.progress(l)
	return Decoded
}

// beginPartial makes a call whose IAM was not seen. ACM, CPG, CON and ANM go backward: their sender is the called side.
func (c *Correlator) beginPartial(ct *circuit) *leg {
	l := c.begin(ct)
	l.Flags |= Partial
	l.OPC, l.DPC = c.msu.DPC, c.msu.OPC
	return l
}

// progress keeps what a backward message says.
func (c *Correlator) progress(l *leg) {
	t := c.at.Time
	l.backward = true
	if l.Release.Known() { // it crossed the REL: the call was not answered, though its address was complete
		if c.msg.Type == isup.ACM || c.msg.Type == isup.CON {
			first(&l.ACM, t)
		}
		return
	}
	free, ringing := false, false
	if v, ok := c.msg.Param(isup.BackwardCall); ok {
		var b isup.BackwardIndicators
		if b.Decode(v) == nil {
			free = b.CalledStatus() == isup.SubscriberFree
			l.charge(b.Charge())
		}
	}
	switch c.msg.Type {
	case isup.ACM:
		ringing = free
		first(&l.ACM, t)
	case isup.CPG:
		v, ok := c.msg.Param(isup.EventInformation)
		var e isup.Event
		ringing = ok && e.Decode(v) == nil && e.Indicator() == isup.Alerting
	case isup.CON:
		first(&l.ACM, t)
		first(&l.Answer, t)
	case isup.ANM:
		first(&l.Answer, t)
	}
	if ringing && !l.Answer.Known() {
		first(&l.Alerting, t)
	}
	l.early = l.early || c.msg.Type == isup.ACM || ringing
}

// charge keeps a charge indicator that says something.
func (l *leg) charge(indicator uint8) {
	switch indicator {
	case isup.NoCharge:
		l.Charge = ChargeNo
	case isup.Charge:
		l.Charge = ChargeYes
	}
}

// first sets a time that is not known yet.
func first(at *wire.Time, t wire.Time) {
	if !at.Known() {
		*at = t
	}
}

// released takes a REL: the first one of a call gives cause and side, a second one is a collision or a repeat after T1.
func (c *Correlator) released(ct *circuit) Fate {
	c.settleSeizure(ct)
	l := ct.call
	if l == nil {
		if !ct.unknown() {
			ct.owe(c.otherSide(), 1, c.now)
			ct.stray[c.otherSide()] = true
			return Orphan
		}
		l = c.begin(ct)
		l.Flags |= Partial
		l.undirected = true
	} else {
		c.part(l)
	}
	if l.Release.Known() {
		if l.due[c.side] > 0 && c.side != c.otherSide() {
			l.Flags |= ReleaseCollision
		}
		if n := &l.due[c.otherSide()]; *n < 255 {
			*n++
		}
		return Decoded
	}
	l.Release = c.at.Time
	l.due[c.otherSide()] = 1
	switch {
	case l.OPC == l.DPC: // a network that talks to itself: the points do not tell the sides
	case c.forward(l):
		l.ReleasedBy = CallingSide
	default:
		l.ReleasedBy = CalledSide
	}
	if v, ok := c.msg.Param(isup.CauseIndicators); ok {
		var cs isup.Cause
		if cs.Decode(v) == nil {
			l.HasCause, l.Cause, l.Location, l.Coding = true, cause.Code(cs.Value), cs.Location, cs.Coding
		}
	}
	if l.paused.Known() {
		c.resume(l, c.at.Time)
	}
	return Decoded
}

// releaseComplete takes an RLC. One owed for an earlier REL or RSC ends nothing; but a call that waits for its own takes
// the first that comes, since the earlier one may have been lost.
func (c *Correlator) releaseComplete(ct *circuit) Fate {
	l := ct.call
	if (l == nil || l.due[c.side] == 0) && ct.paid(c.side, c.now) {
		if l == nil && ct.stray[c.side] {
			return Orphan
		}
		return Decoded
	}
	if l == nil {
		ct.tell(c.now)
		return Orphan
	}
	c.settleSeizure(ct)
	l = ct.call
	c.part(l)
	if l.due[c.side] > 0 {
		l.due[c.side]--
	}
	switch {
	case l.Release.Known():
		l.ReleaseComplete = c.at.Time
		c.end(l, ByRelease, c.at.Time)
	case l.blocked.Known():
		c.end(l, ByBlocking, l.blocked)
	default: // its REL was not heard
		l.ReleaseComplete = c.at.Time
		c.end(l, ByRelease, c.at.Time)
	}
	return Decoded
}

// suspendResume takes SUS and RES. Talk time goes on; what the network suspended is kept beside it. Q.764 2.4.
func (c *Correlator) suspendResume(ct *circuit) Fate {
	l := ct.call
	if l == nil {
		return Orphan
	}
	c.part(l)
	v, ok := c.msg.Param(isup.SuspendResume)
	var who isup.SuspendIndicators
	byNetwork := ok && who.Decode(v) == nil && who.Network()
	switch {
	case l.Release.Known():
	case c.msg.Type == isup.SUS:
		l.Flags |= SuspendedFlag
		if byNetwork {
			first(&l.paused, c.at.Time)
		}
	case byNetwork && l.paused.Known():
		c.resume(l, c.at.Time)
	}
	return Decoded
}

// resume adds the time since the SUS of the network.
func (c *Correlator) resume(l *leg, t wire.Time) {
	l.Suspended += max(t.Sub(l.paused), 0)
	l.paused = wire.NoTime
}
