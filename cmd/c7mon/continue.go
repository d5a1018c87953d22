package main

import (
	"context"
	"time"

	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/monitor"
	"c7mon/store"
	"c7mon/wire"
)

// A continued source looks into the database before the first frame: calls that were still up when an earlier capture
// ended go on in this one.
type continued struct {
	capture.Source
	ctx     context.Context
	sink    *sink
	m       *monitor.Monitor
	maxCall time.Duration
	flags   correlate.Flags // that calls get which go on
	begun   bool
}

// Next gives the next frame; before the first one the open calls are handed to the monitor. Events and ticks that come
// before it do not tell the time of the frames.
func (c *continued) Next(f *capture.Frame) error {
	err := c.Source.Next(f)
	if err != nil || c.begun || f.Payload == capture.Tick || f.Payload == capture.LineEvent {
		return err
	}
	c.begun = true
	return c.resume(f.Clock)
}

// resume hands over the calls that were open at the end of their capture and are no older than max_call at t.
func (c *continued) resume(t wire.Time) error {
	f := store.Filter{From: t.Add(-c.maxCall), To: t, EndReason: correlate.ByCaptureEnd}
	index := map[int64]int{} // of a capture in the list of the sink
	return c.sink.store.Calls(c.ctx, f, func(r *store.Row) error {
		for _, of := range []struct {
			id int64
			to *int
		}{{r.Capture, &r.FirstFile}, {r.LastCapture, &r.LastFile}} {
			i, ok := index[of.id]
			if !ok {
				i = c.sink.add(of.id)
				index[of.id] = i
			}
			*of.to = i
		}
		r.Call.Flags |= c.flags
		c.m.Resume(&r.Call)
		return nil
	})
}
