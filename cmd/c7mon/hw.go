package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/hw"
	"c7mon/hw/dahdi"
	"c7mon/hw/e1d"
	"c7mon/hw/tap"
	"c7mon/monitor"
	"c7mon/mtp"
)

const sourceHelp = `SOURCE is the name of a source in the configuration, or DRIVER:key=value,key=value with the keys of its driver.`

func (a *app) hwCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hw",
		Short: "Cards, probes and taps: what is attached, what they hear",
		Long:  `Look at cards, probes and taps before they are listened to: what is attached, what a source hears, a recording of it.`,
		Args:  aCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.hwListCmd(), a.hwTestCmd(), a.hwRecordCmd())
	return cmd
}

func (a *app) hwListCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "Show what is attached to this machine",
		Long: `Show the cards, daemons and network interfaces of this machine that a source can be made of, and the sources of the
configuration. Probes on the network (GTH, DSI hosts, STPs) cannot be found by looking: they are in the configuration.`,
		Example: "  c7mon hw list\n  c7mon --config c7mon.yaml hw list",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.hwList(cmd.Context())
		},
	}
}

// lists finds what is attached, by driver.
var lists = []struct {
	driver string
	find   func(context.Context) ([]hw.Device, error)
}{
	{"dahdi", func(ctx context.Context) ([]hw.Device, error) { return dahdi.List(ctx, "") }},
	{"e1d", func(ctx context.Context) ([]hw.Device, error) { return e1d.List(ctx, "") }},
	{"tap", tap.List},
}

func (a *app) hwList(ctx context.Context) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "DRIVER\tDEVICE\tWHAT IT IS")
	for _, l := range lists {
		devices, err := l.find(ctx)
		if err != nil {
			fmt.Fprintf(w, "%s\t-\tnone: %s\n", l.driver, oneLine(err))
		}
		for _, d := range devices {
			fmt.Fprintf(w, "%s\t%s\t%s\n", d.Driver, d.Name, d.Detail)
		}
	}
	for i := range cfg.Sources {
		s := &cfg.Sources[i]
		what := "source of the configuration"
		if src, err := openSource(s); err != nil {
			what += ", which is wrong: " + oneLine(err)
		} else {
			src.Close()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Driver, s.Name, what)
	}
	return w.Flush()
}

func (a *app) hwTestCmd() *cobra.Command {
	var length time.Duration
	var variant string
	cmd := &cobra.Command{
		Use:   "test SOURCE",
		Short: "Say what a source hears, without storing anything",
		Long: `Listen to a source for a while and say what it hears: what each timeslot carries and how that shows, the signal units of
each direction, their rate and errors, the points that send, and directions that look swapped or tied together. Nothing is
stored.

` + sourceHelp,
		Example: "  c7mon --config c7mon.yaml hw test host --for 10s\n  c7mon hw test tap:interface=eth1",
		Args:    one("SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := mtp.ParseVariant(variant)
			if err != nil {
				return a.usage("--variant: %w", err)
			}
			if length <= 0 {
				return a.usage("--for %v: a time such as 10s is needed", length)
			}
			return a.hwTest(cmd.Context(), args[0], v, length)
		},
	}
	variantFlag(cmd, &variant)
	cmd.Flags().DurationVar(&length, "for", 10*time.Second, "how `LONG` to listen; a recording may end before")
	return cmd
}

// oneSource opens the source that an argument means.
func (a *app) oneSource(arg string) (*config.Config, monitor.NamedSource, error) {
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, monitor.NamedSource{}, err
	}
	s, err := findSource(cfg, arg)
	if err != nil {
		return nil, monitor.NamedSource{}, err
	}
	src, err := openSource(s)
	return cfg, monitor.NamedSource{Name: s.Name, Source: src}, err
}

// hwTest listens and tells.
func (a *app) hwTest(ctx context.Context, arg string, v mtp.Variant, length time.Duration) error {
	cfg, source, err := a.oneSource(arg)
	if err != nil {
		return err
	}
	live := monitor.NewLive([]monitor.NamedSource{source})
	defer live.Close()
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	defer context.AfterFunc(ctx, func() { live.Close() })()
	t := newLineTest(live)
	opt := monitorOptions(cfg, v, live.LineName, nil)
	opt.Heard, opt.Event = t.heard, t.event
	m := monitor.New(opt)
	if err := m.Run(context.WithoutCancel(ctx), t); err != nil {
		return err
	}
	m.Finish()
	if ctx.Err() == context.Canceled {
		fmt.Fprintln(a.stderr, "c7mon: warning: interrupted; this is what was heard up to then")
	}
	s := m.Summary()
	if err := t.write(a.stdout, &s, formOf(cfg, v), a.moment); err != nil {
		return err
	}
	return t.unreachable()
}

func (a *app) hwRecordCmd() *cobra.Command {
	var out string
	var length time.Duration
	cmd := &cobra.Command{
		Use:   "record SOURCE",
		Short: "Write what a source hears to a capture file",
		Long: `Write what a source hears to a pcapng file, an interface a line, until it is interrupted, the time is over, or the source
ends. FISUs and LSSUs that say the same as the one before are left out, and errored signal units; what was left out is told
at the end. replay, decode and other programs read the file.

` + sourceHelp,
		Example: "  c7mon --config c7mon.yaml hw record host -o host.pcapng\n  c7mon hw record e1cap:file=tap.e1cap -o tap.pcapng",
		Args:    one("SOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return a.usage("-o FILE is needed, - for standard output")
			}
			if length < 0 {
				return a.usage("--for %v: a time such as 10s is needed", length)
			}
			return a.hwRecord(cmd.Context(), args[0], out, length)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "the pcapng `FILE` to write, - for standard output")
	f.DurationVar(&length, "for", 0, "how `LONG` to record; 0 is until the source ends or an interrupt")
	return cmd
}

// hwRecord writes what a source hears.
func (a *app) hwRecord(ctx context.Context, arg, out string, length time.Duration) error {
	_, source, err := a.oneSource(arg)
	if err != nil {
		return err
	}
	live := monitor.NewLive([]monitor.NamedSource{source})
	defer live.Close()
	if length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, length)
		defer cancel()
	}
	defer context.AfterFunc(ctx, func() { live.Close() })()
	file := &lateFile{path: out}
	var w io.Writer = file
	if out == "-" {
		w = a.stdout
	}
	r := newRecording(w, live.LineName)
	err = a.record(live, r)
	if file.file != nil {
		err = errors.Join(err, file.file.Close())
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(a.stderr, r)
	return err
}

// record writes what live gives until it ends. What has come is written within a second or two, also where the reader is
// another program. A source that is never reached leaves the file alone.
func (a *app) record(live *monitor.Live, r *recording) error {
	var f capture.Frame
	down, flushed := map[string]string{}, time.Now()
	for {
		if err := live.Next(&f); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		if f.Payload == capture.LineEvent {
			name := live.LineName(&f)
			a.event(&f, name)
			if f.Event.Kind == capture.EventDown {
				delete(down, name)
				if f.Event.On {
					down[name] = f.Event.Text
				}
			}
		}
		if err := r.add(&f); err != nil {
			return err
		}
		if now := time.Now(); now.Sub(flushed) >= time.Second && (r.frames > 0 || len(down) == 0) {
			flushed = now
			if err := r.end(); err != nil {
				return err
			}
		}
	}
	if r.frames == 0 && len(down) > 0 {
		return downError(down)
	}
	return r.end()
}
