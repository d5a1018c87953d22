package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"c7mon/lab"
)

func (a *app) labCmd() *cobra.Command {
	opt := lab.Options{}
	var out string
	var long strings.Builder
	long.WriteString("Write the capture of a synthetic network. The same scenario and seed give the same octets. Scenarios:\n")
	var names []string
	for _, s := range lab.Scenarios() {
		fmt.Fprintf(&long, "\n  %-10s %s", s.Name, s.Doc)
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:       "lab SCENARIO -o FILE",
		Short:     "Write a synthetic capture",
		Long:      long.String(),
		Example:   "  c7mon lab oct2003 -o oct2003.pcap\n  c7mon lab load --msus 1000000 --link m3ua -o - | c7mon --db none replay -",
		Args:      scenario(names),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return a.usage("-o FILE is needed: the capture to write, - for standard output")
			}
			opt.Scenario = args[0]
			return a.lab(cmd.Context(), opt, out)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "`FILE` to write, - for standard output")
	f.Uint64Var(&opt.Seed, "seed", 1, "`NUMBER` that decides everything that is left to chance")
	f.IntVar(&opt.Calls, "calls", 0, "make `N` calls (default: the scenario's)")
	f.IntVar(&opt.MSUs, "msus", 0, "end the capture after `N` messages (load)")
	f.StringVar(&opt.Link, "link", "", "`FORM` of the links: "+strings.Join(lab.Links(), ", ")+" (default: the scenario's)")
	values(cmd, "link", lab.Links()...)
	return cmd
}

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

// lab writes the capture.
func (a *app) lab(ctx context.Context, opt lab.Options, out string) error {
	var s lab.Summary
	err := a.writeTo(out, func(w io.Writer) (err error) {
		to := &interruptWriter{ctx: ctx, w: w}
		if s, err = lab.Write(to, opt); err != nil && to.err == nil {
			return a.usage("%w", err) // the writing was good, so an option is not
		}
		return err
	})
	if err != nil || out == "-" {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d frames, %d MSUs, %d calls, from %s to %s\n", out, s.Frames, s.MSUs, s.Calls,
		a.moment(s.First), a.moment(s.Last))
	return err
}
