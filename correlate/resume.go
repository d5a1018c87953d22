package correlate

import (
	"c7mon/mtp"
	"c7mon/wire"
)

// Resume goes on with a call that an earlier capture left open: further messages on its circuit belong to it. It is to be
// called before the first message, with the oldest call first; a call that has ended, or whose circuit has one already, is
// left out. FirstFile and LastFile of the call are indexes as of At.File.
func (c *Correlator) Resume(call *Call) {
	if call.EndReason != ByCaptureEnd {
		return
	}
	rel := c.relations.of(&mtp.MSU{NI: call.NI, OPC: call.OPC, DPC: call.DPC}, call.Protocol, c.opt.Namer)
	ct := c.circuits.of(rel, call.CIC)
	if ct.call != nil {
		return
	}
	l := c.take()
	l.Call = *call
	l.Outcome, l.EndReason, l.End = OutcomeNone, ReasonNone, wire.NoTime
	l.ct, l.blocked, l.retry, l.paused = ct, wire.NoTime, wire.NoTime, wire.NoTime
	c.begun++
	l.serial, l.began, l.last = c.begun, call.Start, max(call.Start, call.ACM, call.Alerting, call.Answer)
	l.backward = call.ACM.Known() || call.Alerting.Known() || call.Answer.Known()
	l.early = call.Flags&Partial != 0 && (call.ACM.Known() || call.Alerting.Known())
	ct.call = l
	ct.tell(l.last)
	c.open.add(l)
}
