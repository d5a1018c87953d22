package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"c7mon/lab"
)

func (a *app) labCmd() *cobra.Command {
	opt := lab.Options{}
	var out string
	var records labCDR
	var long strings.Builder
	long.WriteString("Write the capture of a synthetic network. The same scenario and seed give the same octets. Scenarios:\n")
	var names []string
	for _, s := range lab.Scenarios() {
		fmt.Fprintf(&long, "\n  %-10s %s", s.Name, s.Doc)
		names = append(names, s.Name)
	}
	long.WriteString(labForms)
	long.WriteString(labRecords())
	forms := slices.Concat(lab.Links(), lab.E1Forms())
	cmd := &cobra.Command{
		Use:   "lab SCENARIO -o FILE",
		Short: "Write a synthetic capture",
		Long:  long.String(),
		Example: "  c7mon lab oct2003 -o oct2003.pcap\n  c7mon lab load --msus 1000000 --link m3ua -o - | c7mon --db none replay -\n" +
			"  c7mon lab basic --link e1 --bit-errors 1e-5 --slips 3 -o basic.e1cap\n" +
			"  c7mon lab oct2003 -o week.pcap --cdr week.csv --cdr-clock 2.3s,40 --cdr-faults missing=5,double=4",
		Args:      scenario(names),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return a.usage("-o FILE is needed: the capture to write, - for standard output")
			}
			opt.Scenario = args[0]
			var err error
			if opt.CDR, err = records.options(a, cmd, out); err != nil {
				return err
			}
			return a.lab(cmd.Context(), opt, out, &records)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`FILE` to write, - for standard output")
	f.Uint64Var(&opt.Seed, "seed", 1, "`NUMBER` that decides everything that is left to chance")
	f.IntVar(&opt.Calls, "calls", 0, "make `N` calls (default: the scenario's)")
	f.IntVar(&opt.MSUs, "msus", 0, "end the capture after `N` messages (load)")
	f.DurationVar(&opt.For, "for", 0, "end the capture after so `LONG`, with calls still up: 90s, 10m")
	f.StringVar(&opt.Link, "link", "", "`FORM` of the links: "+strings.Join(forms, ", ")+" (default: the scenario's)")
	f.DurationVar(&opt.Pause, "pause", 0, "leave out of an E1 the times in which it is idle for longer than `LONG`")
	f.Float64Var(&opt.BitErrors, "bit-errors", 0, "turn this `SHARE` of the bits of an E1: 1e-5")
	f.IntVar(&opt.Slips, "slips", 0, "repeat or leave out `N` frames of an E1")
	f.IntVar(&opt.LOS, "los", 0, "take the signal from a direction of an E1 `N` times, for 150 to 450 ms: zeros")
	f.BoolVar(&opt.Swap, "swap", false, "let the directions of an E1 change places")
	records.flags(cmd)
	values(cmd, "link", forms...)
	return cmd
}

// labForms says what the forms are that are no captures.
const labForms = `

An E1 has CRC-4, its links on timeslots 16, 1 to 15 and 17 to 28 with fill-in between the messages, speech on 30 and 31, and
idle patterns. Its forms:

  e1         both directions as an e1-tracer records them (.e1cap): 34 MB a minute
  e1-raw     the 32-octet frames that the near exchange sends (with --swap the far one): 15 MB a minute
  timeslot   the octets of the first link out of these: 0.5 MB a minute`

// scenario makes sure that there is one argument, and that it is the name of a scenario.
func scenario(names []string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := one("SCENARIO")(cmd, args); err != nil {
			return err
		}
		for _, n := range names {
			if n == args[0] {
				return nil
			}
		}
		return fmt.Errorf("there is no scenario %s: one of %s is needed", args[0], strings.Join(names, ", "))
	}
}

// lab writes the capture, and the call records beside it.
func (a *app) lab(ctx context.Context, opt lab.Options, out string, records *labCDR) error {
	var s lab.Summary
	write := func(to *interruptWriter, others ...*interruptWriter) (err error) {
		if s, err = lab.Write(to, opt); err == nil {
			return nil
		}
		for _, w := range append(others, to) {
			if w.err != nil {
				return err
			}
		}
		return a.usage("%w", err) // the writing was good, so an option is not
	}
	err := a.writeTo(out, func(w io.Writer) error {
		to := &interruptWriter{ctx: ctx, w: w}
		if opt.CDR == nil {
			return write(to)
		}
		return records.open(ctx, a, opt.CDR, func(others ...*interruptWriter) error { return write(to, others...) })
	})
	if err != nil || out == "-" {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d frames, %d MSUs, %d calls, from %s to %s%s\n", out, s.Frames, s.MSUs, s.Calls,
		a.moment(s.First), a.moment(s.Last), faultsOf(&s.Faults))
	if err == nil && opt.CDR != nil {
		_, err = fmt.Fprintf(a.stdout, "%s: %s\n", records.file, count(s.Records, "call record"))
	}
	return err
}

// faultsOf says what went wrong on an E1, and nothing where nothing did.
func faultsOf(f *lab.Faults) string {
	if *f == (lab.Faults{}) {
		return ""
	}
	return fmt.Sprintf("; %d bit errors, %d slips, %d losses of signal, %d messages hit", f.BitErrors, f.Slips, f.LOS, f.Hit)
}
