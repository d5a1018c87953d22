package lab

import (
	"fmt"
	"time"

	"c7mon/isup"
	"c7mon/mtp"
	"c7mon/wire"
)

// engine plays a scenario: calls come from its traffic, each puts its next message into the queue, and what is due goes out
// on the line. It holds the calls that are up and the chores, never the whole of the capture.
type engine struct {
	chance  chance // of the traffic; the line has its own, so that the calls are the same whatever the link form
	network *network
	traffic traffic
	line    line
	queue   queue
	coder   coder
	idle    []*call // to be used again
	truth   func(*Call)
	records *cdrSheet // of the switch, nil for none
	end     wire.Time // chores are not taken up again from then on
	stop    wire.Time // the capture ends there
	cut     bool      // it did, and more was to come
	limit   int       // MSUs of the user part after which the capture stops, 0 without one
	sum     Summary
}

// traffic is where calls come from: when the next one does (ok is false after the last), and how it begins.
type traffic interface {
	next() (at wire.Time, ok bool)
	begin(e *engine, at wire.Time) error
}

// line puts messages into a capture in one of the link forms.
type line interface {
	begin(e *engine, at wire.Time) error
	msu(e *engine, at wire.Time, r *route, near bool, m *mtp.MSU) error // near: sent by the near exchange
	test(e *engine, at wire.Time, r *route, link int) error             // of a signalling link or an association
	written() written
	flush() error
}

// run plays until the last call has ended, or the limit is reached.
func (e *engine) run() error {
	for e.limit == 0 || e.sum.MSUs < e.limit {
		at, more := e.traffic.next()
		if e.over(at, more) {
			return nil
		}
		if more && (len(e.queue.events) == 0 || at <= e.queue.events[0].at) {
			if err := e.traffic.begin(e, at); err != nil {
				return err
			}
			continue
		}
		if len(e.queue.events) == 0 {
			return nil
		}
		ev := e.queue.take()
		var err error
		if ev.call != nil {
			err = e.step(ev.call, ev.at)
		} else {
			err = ev.chore.run(e, ev.at)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// over reports whether all that is to come lies behind the end of the capture; next is when the next call begins, if any.
func (e *engine) over(next wire.Time, more bool) bool {
	queued := len(e.queue.events) > 0
	e.cut = (more || queued) && (!more || next >= e.stop) && (!queued || e.queue.events[0].at >= e.stop)
	return e.cut
}

// seize gives a call on an idle circuit of the group, with no numbers yet, or nil when all circuits are busy.
func (e *engine) seize(g *group, out bool) *call {
	cic, ok := g.seize(out)
	if !ok {
		return nil
	}
	c := e.call(g.route, cic, out)
	c.group, c.TrunkGroup = g, g.name
	return c
}

// call gives a call on a circuit of the route, with no numbers yet.
func (e *engine) call(r *route, cic uint16, out bool) *call {
	var c *call
	if n := len(e.idle); n > 0 {
		c, e.idle = e.idle[n-1], e.idle[:n-1]
		*c = call{digits: c.digits[:0], steps: c.steps[:0]}
	} else {
		c = &call{}
	}
	c.route, c.out, c.CIC, c.NI = r, out, cic, r.ni
	c.OPC, c.DPC = r.near, r.far
	if !out {
		c.OPC, c.DPC = r.far, r.near
	}
	c.Link = r.link(uint8(cic & 15))
	for _, t := range [...]*wire.Time{&c.Start, &c.ACM, &c.Alerting, &c.Answer, &c.Release, &c.ReleaseComplete, &c.End, &c.susp, &c.blocked} {
		*t = wire.NoTime
	}
	return c
}

// start sends the first message of a call whose script is written.
func (e *engine) start(c *call, at wire.Time) error {
	c.Called = string(c.digits)
	if n := len(c.digits); n > 0 && c.digits[n-1] == 'F' {
		c.Called = c.Called[:n-1]
	}
	c.Start = at
	return e.step(c, at)
}

// step sends the next message of a call and puts the one after it into the queue; after the last the circuit is idle.
func (e *engine) step(c *call, at wire.Time) error {
	s := &c.steps[c.next]
	if !s.silent {
		data, err := e.coder.step(c, s)
		if err != nil {
			return fmt.Errorf("%s of a %s call: %w", isup.ITU.Name(s.typ), c.Service, err)
		}
		if err := e.send(at, c.route, c.out != s.back, c.CIC, data); err != nil {
			return err
		}
	}
	c.note(s, at)
	c.next++
	if c.next < len(c.steps) {
		e.queue.put(event{at: c.Start.Add(c.steps[c.next].after), call: c})
		return nil
	}
	c.finish()
	e.sum.Calls++
	if e.truth != nil {
		e.truth(&c.Call)
	}
	if e.records != nil {
		e.records.take(&c.Call)
	}
	if c.group != nil {
		c.group.free(c.CIC)
	}
	e.idle = append(e.idle, c)
	return nil
}

// send puts a message of the user part on the line.
func (e *engine) send(at wire.Time, r *route, near bool, cic uint16, data []byte) error {
	m := mtp.MSU{Variant: mtp.ITU, NI: r.ni, SI: mtp.ISUP, SLS: uint8(cic & 15), OPC: r.near, DPC: r.far, Data: data}
	if !near {
		m.OPC, m.DPC = r.far, r.near
	}
	e.sum.MSUs++
	return e.line.msu(e, at, r, near, &m)
}

// later puts a chore into the queue, unless the scenario is over by then.
func (e *engine) later(at wire.Time, c chore) {
	if at < e.end {
		e.queue.put(event{at: at, chore: c})
	}
}

// linkTests sends the tests of one link again and again.
type linkTests struct {
	route *route
	link  int
	every time.Duration
}

func (t *linkTests) run(e *engine, at wire.Time) error {
	e.later(at.Add(t.every), t)
	return e.line.test(e, at, t.route, t.link)
}

// summary is what came of it.
func (e *engine) summary(scenario, link string) Summary {
	s, w := e.sum, e.line.written()
	s.Scenario, s.Link = scenario, link
	s.Frames, s.First, s.Last = w.frames, w.first, w.last
	for i := range e.queue.events {
		if e.queue.events[i].call != nil {
			s.Open++
		}
	}
	return s
}
