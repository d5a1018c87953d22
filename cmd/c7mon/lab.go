package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"c7mon/lab"
)

func (a *app) labCmd() *cobra.Command {
	opt := lab.Options{}
	var out string
	var long strings.Builder
	long.WriteString("Write the capture of a synthetic network. The same scenario and seed give the same octets.\n\nScenarios:\n")
	var names []string
	for _, s := range lab.Scenarios() {
		fmt.Fprintf(&long, "  %-10s %s\n", s.Name, s.Doc)
		names = append(names, s.Name)
	}
	cmd := &cobra.Command{
		Use:       "lab SCENARIO -o FILE",
		Short:     "Write a synthetic capture",
		Long:      long.String(),
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: names,
		RunE: func(_ *cobra.Command, args []string) error {
			opt.Scenario = args[0]
			return a.lab(opt, out)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&out, "output", "o", "", "file to write, - for standard output")
	f.Uint64Var(&opt.Seed, "seed", 1, "seed of everything that is left to chance")
	f.IntVar(&opt.Calls, "calls", 0, "number of calls (default: the scenario's)")
	f.IntVar(&opt.MSUs, "msus", 0, "number of messages at which the capture ends (load)")
	f.StringVar(&opt.Link, "link", "", strings.Join(lab.Links(), ", ")+" (default: the scenario's)")
	_ = cmd.MarkFlagRequired("output")
	_ = cmd.RegisterFlagCompletionFunc("link", cobra.FixedCompletions(lab.Links(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// lab writes the capture; a file that could not be finished is taken away again.
func (a *app) lab(opt lab.Options, out string) error {
	if out == "-" {
		_, err := lab.Write(a.stdout, opt)
		return err
	}
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	s, err := lab.Write(file, opt)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(out)
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d frames, %d MSUs, %d calls, from %s to %s\n", out, s.Frames, s.MSUs, s.Calls,
		s.First, s.Last)
	return err
}
