package correlate

import (
	"math"

	"c7mon/isup"
)

// continuity takes a COT: one that reports a failure ends the attempt. Q.764 2.1.8.
func (c *Correlator) continuity(ct *circuit) Fate {
	l := c.mine(ct)
	if l == nil {
		return Orphan
	}
	c.part(l)
	if v, ok := c.msg.Param(isup.Continuity); ok {
		var check isup.ContinuityIndicators
		if check.Decode(v) == nil && !check.Successful() {
			c.continuityFailed(ct, l)
		}
	}
	return Decoded
}

// continuityRequest takes a CCR: the exchange checks the circuit again, so the call on it is given up.
func (c *Correlator) continuityRequest(ct *circuit) Fate {
	if l := c.mine(ct); l != nil && !l.Release.Known() {
		c.part(l)
		c.continuityFailed(ct, l)
	}
	return Decoded
}

func (c *Correlator) continuityFailed(ct *circuit, l *leg) {
	if l.Release.Known() {
		return
	}
	c.settleSeizure(ct)
	if l != ct.call {
		return
	}
	l.Flags |= ContinuityFailed
	c.candidate(l)
	c.end(l, ByContinuity, c.at.Time)
}

// unequipped takes a UCIC: it ends the call that the other side's IAM began. Q.764 2.12.
func (c *Correlator) unequipped(ct *circuit) Fate {
	if ct.rival != nil && ct.call.OPC == c.msu.OPC {
		ct.call, ct.rival = ct.rival, ct.call
	}
	c.settleSeizure(ct)
	l := ct.call
	if l == nil || c.forward(l) && l.OPC != l.DPC {
		return Orphan
	}
	c.part(l)
	c.candidate(l)
	if l.Release.Known() {
		c.end(l, ByRelease, l.Release)
	} else {
		c.end(l, ByUnequipped, c.at.Time)
	}
	return Decoded
}

// resetCircuit takes an RSC. Q.764 2.9.3.1.
func (c *Correlator) resetCircuit(ct *circuit) Fate {
	c.reset(ct, ByReset)
	ct.owe(c.otherSide(), 1, c.now)
	return Decoded
}

// resetGroup takes a GRS, which names the circuits from its own on. Q.764 2.9.3.2.
func (c *Correlator) resetGroup(ct *circuit) Fate {
	for i := range min(c.groupSize(), int(math.MaxUint32-ct.cic)+1) {
		member := c.circuits.of(ct.rel, ct.cic+uint32(i))
		c.settleTimers(member)
		c.reset(member, ByGroupReset)
	}
	return Decoded
}

// groupSize is the number of circuits that range and status names: the range octet and one.
func (c *Correlator) groupSize() int {
	v, ok := c.msg.Param(isup.RangeAndStatus)
	var group isup.Range
	if ok && group.Decode(v) == nil {
		return group.Circuits()
	}
	return 1
}

// reset clears a circuit. A call that had its REL keeps it.
func (c *Correlator) reset(ct *circuit, why EndReason) {
	c.settleSeizure(ct)
	ct.tell(c.now)
	l := ct.call
	if l == nil {
		return
	}
	c.part(l)
	switch {
	case l.Release.Known():
		c.end(l, ByRelease, l.Release)
	case l.blocked.Known():
		c.end(l, ByBlocking, l.blocked)
	default:
		c.candidate(l)
		c.end(l, why, c.at.Time)
	}
}

// blockGroup takes a CGB. After one for hardware failure the exchange releases the calls on the circuits it marks; the
// REL that follows says how, and if none comes they ended here. Q.764 2.8.2.
func (c *Correlator) blockGroup(ct *circuit) Fate {
	v, ok := c.msg.Param(isup.SupervisionType)
	status, marked := c.msg.Param(isup.RangeAndStatus)
	var kind isup.Supervision
	var group isup.Range
	if !ok || !marked || kind.Decode(v) != nil || group.Decode(status) != nil {
		return Decoded
	}
	for i := range group.Circuits() {
		if !group.Bit(i) {
			continue
		}
		member := c.circuits.find(ct.rel, ct.cic+uint32(i))
		if member == nil {
			continue
		}
		c.settleTimers(member)
		if member.call == nil {
			continue
		}
		c.settleSeizure(member)
		c.blocked(member.call, kind.Hardware())
	}
	return Decoded
}

// blocked marks a call on a circuit that is being blocked.
func (c *Correlator) blocked(l *leg, clears bool) {
	if !c.forward(l) {
		c.candidate(l)
	}
	if !clears || l.Release.Known() || l.blocked.Known() {
		return
	}
	c.part(l)
	l.blocked, l.blockedAt = c.at.Time, c.now
	c.due.set(c.now.Add(blockingRelease), forRelease, l)
}

// block takes a BLO. It leaves calls up; but an exchange whose IAM it crosses tries again on another circuit.
// Q.764 2.8.2.1.
func (c *Correlator) block(ct *circuit) Fate {
	if ct.call != nil && ct.rival == nil {
		c.blocked(ct.call, false)
	}
	return Decoded
}
