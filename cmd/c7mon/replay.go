package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
)

// replayBatch is how many calls go to the database at once: enough that a transaction's cost is spread thin, few enough
// that memory stays small.
const replayBatch = 10_000

func (a *app) replayCmd() *cobra.Command {
	var variant string
	var asJSON, goOn bool
	cmd := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Read captures, join messages to calls and store them",
		Long: `Read capture files (pcap, pcapng, also compressed by gzip or zstd; - is standard input), join the ISUP messages of each
call by circuit, and store the calls. Several files are read as one stream in the order of time. A summary says what was
read: every frame and every message stands in exactly one of its counters.`,
		Example: `  c7mon replay monday.pcap tuesday.pcap.zst
  tcpdump -i eth0 -w - sctp | c7mon replay -
  c7mon --db none replay --json week.pcapng`,
		Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := mtp.ParseVariant(variant)
			if err != nil {
				return a.usage("--variant: %w", err)
			}
			if goOn && a.db == "none" {
				return a.usage("--continue: the open calls of a database are needed, and --db is none")
			}
			return a.replay(cmd.Context(), args, v, asJSON, goOn)
		},
	}
	variantFlag(cmd, &variant)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the summary as one JSON object")
	cmd.Flags().BoolVar(&goOn, "continue", false, "go on with the calls that were still up when an earlier capture ended")
	return cmd
}

// replay reads the files through the monitor into the store.
func (a *app) replay(ctx context.Context, paths []string, v mtp.Variant, asJSON, goOn bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	files, err := capture.Open(paths, capture.Options{Stdin: a.input(ctx)})
	if err != nil {
		return err
	}
	defer files.Close()
	sink, err := a.openSink(ctx, capturesIn(files))
	if err != nil {
		return err
	}
	began := time.Now()
	run, stop := context.WithCancel(ctx)
	defer stop()
	sink.stop = stop
	m := monitor.New(monitorOptions(cfg, v, files.LineName, &correlate.Options{
		Namer: monitor.NewNaming(cfg), MaxCall: cfg.MaxCall, Sink: sink.put}))
	bar := a.progress(files, m)
	var src capture.Source = bar
	if goOn {
		src = &continued{Source: bar, ctx: ctx, sink: sink, m: m, maxCall: cfg.MaxCall}
	}
	runErr := m.Run(run, src)
	bar.finish()
	whole := !errors.Is(runErr, context.Canceled)
	if whole {
		m.Finish()
	}
	if err := sink.close(m, whole); err != nil {
		return err // a summary would tell of calls that are not there
	}
	s := m.Summary()
	for _, w := range files.Warnings() {
		fmt.Fprintln(a.stderr, "c7mon: warning:", oneLine(w))
	}
	a.warnMalformed(&s)
	out := summary(&s, len(paths), sink.result, time.Since(began))
	out.Anomalies += anomalies(files)
	out.NoStore, out.Indexing = a.db == "none", sink.indexing.Seconds()
	if err := a.printReplay(out, &s, asJSON); err != nil {
		return err
	}
	return a.replayError(runErr, &s, out)
}

// replayError says how far an interrupted replay came.
func (a *app) replayError(err error, s *monitor.Summary, r *reports.Replay) error {
	switch {
	case err == nil:
		return nil
	case !errors.Is(err, context.Canceled):
		return fmt.Errorf("%w: what comes before that was read, what comes after was not", err)
	case r.Frames == 0:
		return errInterrupted
	case r.NoStore:
		return fmt.Errorf("%w at %s after %d frames", errInterrupted, a.moment(s.Last), r.Frames)
	}
	return fmt.Errorf("%w at %s after %d frames: %d calls that had ended are stored, those still up are not: replay again to complete them",
		errInterrupted, a.moment(s.Last), r.Frames, r.Stored+r.Known)
}

func (a *app) printReplay(r *reports.Replay, s *monitor.Summary, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(r)
	}
	text := *r
	if r.Frames > 0 {
		text.First, text.Last = a.moment(s.First), a.moment(s.Last)
	}
	return text.WriteText(a.stdout)
}

// warnMalformed says that something could not be read, and what the first of it was.
func (a *app) warnMalformed(s *monitor.Summary) {
	if len(s.Errors) == 0 {
		return
	}
	var what []string
	for _, k := range [...]struct {
		n    uint64
		name string
	}{{s.FramesBy["malformed"], "frame"}, {s.MessagesBy["malformed"], "message"}} {
		if k.n > 0 {
			what = append(what, count(int(k.n), k.name))
		}
	}
	fmt.Fprintf(a.stderr, "c7mon: warning: %s could not be read whole; the first: %s\n", strings.Join(what, " and "),
		oneLine(s.Errors[0]))
	for _, e := range s.Errors {
		a.log.Info("malformed", "error", e)
	}
}

// summary puts together what the monitor, the store and the clock on the wall say.
func summary(s *monitor.Summary, files int, stored store.Result, took time.Duration) *reports.Replay {
	r := &reports.Replay{Files: files, Frames: s.Frames, Bytes: s.Bytes, First: s.First.String(), Last: s.Last.String(),
		MSUs: s.MSUs, FramesBy: s.FramesBy, MessagesBy: s.MessagesBy, Messages: s.Messages, Calls: s.Calls,
		Stored: stored.Stored, Known: stored.Known, Open: s.Open, Outcomes: s.Outcomes, Anomalies: s.Anomalies,
		Elapsed: took.Seconds(), Dropped: s.Dropped}
	if len(s.Events) > 0 {
		r.Events = s.Events
	}
	if s.Seen+s.Missed > 0 {
		share := float64(s.Seen) / float64(s.Seen+s.Missed)
		r.Coverage = &share
	}
	return r
}

// anomalies counts the frames whose time was out of order.
func anomalies(files *capture.Files) uint64 {
	n := files.Anomalies()
	return n.Backward + n.Forward + n.Untimed
}

// monitorOptions are those that all commands which listen have in common.
func monitorOptions(cfg *config.Config, v mtp.Variant, lineName func(*capture.Frame) string, calls *correlate.Options) monitor.Options {
	opt := monitor.Options{LineName: lineName, Calls: calls}
	for ni := range opt.Variants {
		opt.Variants[ni] = v
	}
	for _, n := range cfg.Networks {
		if nv, err := mtp.ParseVariant(n.Variant); err == nil {
			for _, ni := range n.NI {
				opt.Variants[ni&3] = nv
			}
		}
	}
	opt.LineVariant = func(name string) (mtp.Variant, bool) {
		set := cfg.Link(name)
		if set == nil {
			return v, false
		}
		lv, err := mtp.ParseVariant(set.Variant)
		return lv, err == nil
	}
	return opt
}
