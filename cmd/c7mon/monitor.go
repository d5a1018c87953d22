package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/capture"
	"c7mon/correlate"
	"c7mon/e1"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/store"
	"c7mon/wire"
)

func (a *app) monitorCmd() *cobra.Command {
	var variant string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "monitor",
		Short: "Listen to live sources and store the calls",
		Long: `Listen to all sources of the configuration at once (cards, probes, pseudowires, network interfaces), join the ISUP messages
of each call by circuit, and store the calls as they end. A source that is lost is tried again until it is back, and holds
no other up. What happens to sources and lines is told on standard error.

SIGTERM or an interrupt ends it: calls that had ended are stored, those still up are stored as open, and the next run goes
on with them. It ends by itself when all sources have come to their end, as recordings do.`,
		Example: "  c7mon monitor --config c7mon.yaml",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			v, err := mtp.ParseVariant(variant)
			if err != nil {
				return a.usage("--variant: %w", err)
			}
			if a.config == "" {
				return a.usage("--config FILE is needed: its sources say what to listen to")
			}
			return a.monitor(cmd.Context(), v, asJSON)
		},
	}
	variantFlag(cmd, &variant)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the summary at the end as one JSON object")
	return cmd
}

// monitor reads the sources through the monitor into the store until they end or ctx does.
func (a *app) monitor(ctx context.Context, v mtp.Variant, asJSON bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	if len(cfg.Sources) == 0 {
		return fmt.Errorf("%s: there are no sources to listen to: add sources: with name and driver", a.config)
	}
	sources, err := openSources(cfg.Sources)
	if err != nil {
		return a.configErrors(a.config, err)
	}
	began := time.Now()
	heard := newListening(sources, began)
	sink, err := a.openSink(ctx, heard.captures)
	if err != nil {
		return closeSources(sources, err)
	}
	live := monitor.NewLive(sources)
	defer live.Close()
	stop := func() { live.Close() }
	sink.stop = func() { go stop() }
	defer context.AfterFunc(ctx, stop)()
	opt := monitorOptions(cfg, v, live.LineName, &correlate.Options{Namer: monitor.NewNaming(cfg), MaxCall: cfg.MaxCall, Sink: sink.put})
	opt.Event = a.event
	m := monitor.New(opt)
	heard.Source, heard.sink, heard.m = live, sink, m
	var src capture.Source = heard
	if sink.store != nil {
		// Nothing was heard between the runs: messages of these calls may be missing.
		src = &continued{Source: heard, ctx: sink.ctx, sink: sink, m: m, maxCall: cfg.MaxCall, flags: correlate.Suspect}
	}
	runErr := m.Run(context.WithoutCancel(ctx), src)
	m.Finish()
	if err := sink.close(m, true); err != nil {
		return errors.Join(runErr, err)
	}
	s := m.Summary()
	out := summary(&s, len(sources), sink.result, time.Since(began))
	out.Anomalies += live.Late()
	out.NoStore, out.Indexing = a.db == "none", sink.indexing.Seconds()
	if err := a.printReplay(out, &s, asJSON); err != nil {
		return err
	}
	return runErr
}

// event tells what happened to a line or source.
func (a *app) event(f *capture.Frame, line string) {
	level := slog.LevelWarn
	switch f.Event.Kind {
	case capture.EventFound:
		level = slog.LevelDebug
		if strings.HasPrefix(f.Event.Text, e1.MTP2.String()) {
			level = slog.LevelInfo
		}
	case capture.EventNote, capture.EventCRC4, capture.EventEBit:
		level = slog.LevelInfo
	}
	args := []any{"line", line}
	if f.Direction != wire.NoDirection {
		args = append(args, "direction", f.Direction.String())
	}
	a.log.Log(context.Background(), level, f.Event.String(), append(args, "at", f.Time.String())...)
}

// listening is the frames of live sources on their way to the monitor. As they go by it notes what came of each source, and
// lets what has ended be stored before long.
type listening struct {
	capture.Source
	sink    *sink
	m       *monitor.Monitor
	began   time.Time
	sources []monitor.NamedSource
	of      []store.Capture // what came of each source
	held    capture.Frame   // waits while a tick is given
	holds   bool
	ticked  wire.Time // the clock when a tick was given
	n       uint
	looked  wire.Time // the clock when it was last looked whether something is due
	flushed time.Time
	kept    time.Time

	storeEvery, keepEvery time.Duration
}

// How often calls that have ended are stored, and what was heard of links and sources.
const (
	storeEvery = time.Second
	keepEvery  = time.Minute
	tickEvery  = time.Second            // of the clock of the frames
	lookEvery  = 100 * time.Millisecond // of the clock of the frames; more often where there are many
)

// newListening begins to listen to sources; Source, sink and m are still to be set.
func newListening(sources []monitor.NamedSource, began time.Time) *listening {
	return &listening{began: began, kept: began, sources: sources, of: make([]store.Capture, len(sources)),
		storeEvery: storeEvery, keepEvery: keepEvery}
}

// captures gives what is known of each source, as a capture. Each run of a source is one of its own, so its mark is the
// moment at which the run began.
func (l *listening) captures() []store.Capture {
	for i, s := range l.sources {
		c := &l.of[i]
		if c.Path == "" {
			c.Path = fmt.Sprintf("%s%s@%s", livePath, s.Name, wire.TimeOf(l.began))
			c.SHA256 = sha256.Sum256([]byte(c.Path))
			c.Size, c.First, c.Last = -1, wire.NoTime, wire.NoTime
		}
	}
	return l.of
}

// livePath begins the path of what is no file but a live source.
const livePath = "live:"

// Next gives the next frame, event or tick. A tick comes each second of the clock also where frames come: those of idle links
// say nothing that lets timers run, and calls that have ended wait for them.
func (l *listening) Next(f *capture.Frame) error {
	if l.holds {
		*f, l.holds = l.held, false // its octets are still there
		l.note(f)
		return nil
	}
	if err := l.Source.Next(f); err != nil {
		return err
	}
	if f.Payload == capture.Tick || f.Clock.Sub(l.ticked) < tickEvery {
		l.note(f)
		return nil
	}
	l.held, l.holds, l.ticked = *f, true, f.Clock
	*f = capture.Frame{Time: f.Clock, Clock: f.Clock, Direction: wire.NoDirection}
	return nil
}

// note counts what goes by, and looks from time to time whether something is to be stored.
func (l *listening) note(f *capture.Frame) {
	if f.Payload != capture.Tick && f.Payload != capture.LineEvent && f.File < len(l.of) {
		c := &l.of[f.File]
		c.Frames++
		c.Bytes += uint64(f.Len)
		if !c.First.Known() || f.Time < c.First {
			c.First = f.Time
		}
		c.Last = max(c.Last, f.Time)
	}
	if l.n++; l.n%256 == 0 || f.Payload == capture.Tick || f.Clock.Sub(l.looked) >= lookEvery {
		l.looked = f.Clock
		l.keep(f.Clock)
	}
}

// keep stores what is due.
func (l *listening) keep(clock wire.Time) {
	now := time.Now()
	if now.Sub(l.flushed) < l.storeEvery {
		return
	}
	l.flushed = now
	l.sink.flush()
	if now.Sub(l.kept) >= l.keepEvery {
		l.kept = now
		l.sink.keep(l.m, clock)
	}
}
