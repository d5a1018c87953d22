package correlate

import "c7mon/wire"

// begin makes a call of the message in hand and puts it on ct.
func (c *Correlator) begin(ct *circuit) *leg {
	l := c.take()
	l.Protocol, l.Network, l.NI = ct.rel.protocol, ct.rel.network, ct.rel.ni
	l.OPC, l.DPC, l.CIC = c.msu.OPC, c.msu.DPC, ct.cic
	l.Start, l.FirstFile, l.FirstFrame = c.at.Time, c.at.File, c.at.Frame
	l.ACM, l.Alerting, l.Answer = wire.NoTime, wire.NoTime, wire.NoTime
	l.Release, l.ReleaseComplete, l.End = wire.NoTime, wire.NoTime, wire.NoTime
	l.ct, l.blocked, l.retry, l.paused = ct, wire.NoTime, wire.NoTime, wire.NoTime
	c.begun++
	l.serial, l.began, l.last = c.begun, c.now, c.now
	ct.call = l
	c.open.add(l)
	c.part(l)
	return l
}

// part counts the message in hand to call l, and flags what was lost since the one before: a later loss would hide it.
func (c *Correlator) part(l *leg) {
	l.suspectIf(c.now)
	l.ct.tell(c.now)
	l.last = c.now
	l.LastFile, l.LastFrame = c.at.File, c.at.Frame
	l.Messages++
}

// take gives an empty leg.
func (c *Correlator) take() *leg {
	if n := len(c.free); n > 0 {
		l := c.free[n-1]
		c.free = c.free[:n-1]
		*l = leg{}
		return l
	}
	return new(leg)
}

// end takes call l off its circuit. It goes to the sink at once, unless its record may still change: a candidate for a
// re-attempt waits for evidence, and any call waits while it is not known whether frames were lost while it was up.
func (c *Correlator) end(l *leg, why EndReason, at wire.Time) {
	ct := l.ct
	l.EndReason, l.End = why, at
	if l.Release.Known() && why == ByRelease && !l.ReleaseComplete.Known() {
		l.Flags |= NoRLC
	}
	l.until = c.upUntil(l)
	switch l {
	case ct.call:
		ct.call, ct.rival = ct.rival, nil
	case ct.rival:
		ct.rival = nil
	}
	c.open.remove(l)
	for side, n := range l.due {
		if n > 0 {
			ct.owe(side, n, l.last)
		}
	}
	if end := l.endOfTalk(); l.paused.Known() && end.Known() {
		c.resume(l, end)
	}
	l.suspectIf(l.until)
	c.held.add(l)
	if l.retry.Known() && !l.retried && c.clock.now.Sub(l.retry) <= reattemptWithin {
		c.due.set(l.retry.Add(reattemptWithin), forEvidence, l)
		return
	}
	c.release(l)
}

// endOfTalk is when talking stopped.
func (l *leg) endOfTalk() wire.Time {
	if l.Release.Known() {
		return l.Release
	}
	return l.End
}

// release gives a held call out, unless frames are in doubt on its lines, or one of them has to be heard again: then
// settleHeld or letGo does it.
func (c *Correlator) release(l *leg) {
	l.retry = wire.NoTime
	if l.ct.rel.doubts > 0 || c.waits(l) {
		return
	}
	c.emit(l)
}

// settleHeld gives out the calls that waited for nothing but a doubt that is gone.
func (c *Correlator) settleHeld() {
	for l := c.held.first; l != nil; {
		next := l.next
		if !l.retry.Known() && l.ct.rel.doubts == 0 && !c.waits(l) {
			c.emit(l)
		}
		l = next
	}
}

// emit completes a record, gives it to the sink and takes the leg back.
func (c *Correlator) emit(l *leg) {
	c.held.remove(l)
	if l.undirected {
		l.ReleasedBy = NoSide
	}
	l.Outcome = l.outcome()
	if l.Flags&Partial == 0 {
		l.TrunkGroup = c.opt.Namer.TrunkGroup(&l.Call)
		l.Service = c.opt.Namer.Service(&l.Call)
	}
	c.ended++
	if c.opt.Sink != nil {
		c.opt.Sink(&l.Call)
	}
	c.free = append(c.free, l)
}

// outcome is the table of design section 4.3: the first row that fits.
func (l *leg) outcome() Outcome {
	switch {
	case l.EndReason == ByGlare:
		return Glare
	case l.retried:
		return Reattempt
	case l.Answer.Known():
		return Answered
	case l.Flags&Partial != 0 && !l.early:
		return Unknown
	case l.EndReason == ByReset || l.EndReason == ByGroupReset:
		return Reset
	case l.Release.Known():
		return l.byCause()
	case l.EndReason == ByUnequipped || l.EndReason == ByContinuity || l.EndReason == ByBlocking:
		return Failed
	case l.EndReason == ByCaptureEnd:
		return Open
	}
	return Lost
}

// byCause is the part of the table that goes by the first REL.
func (l *leg) byCause() Outcome {
	if !l.HasCause {
		return Failed
	}
	switch l.Cause {
	case 16:
		if l.ReleasedBy == CallingSide {
			return Abandoned
		}
	case 17:
		return Busy
	case 18, 19:
		return NoAnswer
	case 21:
		return Rejected
	case 1:
		return Unallocated
	case 34, 42, 44, 47:
		return Congestion
	}
	return Failed
}
