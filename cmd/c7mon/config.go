package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"c7mon/config"
	"c7mon/mtp"
)

func (a *app) configCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check a configuration file, or print an example",
		Args:  aCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "check FILE",
			Short: "Say what is wrong in a configuration file, with the line",
			Long: `Read a configuration file and say everything that is wrong in it, each error on a line of its own with the number of the line
it stands in.`,
			Example: "  c7mon config check c7mon.yaml",
			Args:    one("FILE"),
			RunE: func(_ *cobra.Command, args []string) error {
				c, err := config.Load(args[0], mtp.ParsePointCode)
				if err != nil {
					return a.configErrors(args[0], err)
				}
				if err := closeSources(openSources(c.Sources)); err != nil {
					return a.configErrors(args[0], err)
				}
				_, err = fmt.Fprintf(a.stdout, "%s is good: %s, %s, %s, %s, %s, %s\n", args[0], count(len(c.Networks), "network"),
					count(len(c.Points), "point"), count(len(c.LinkSets), "link set"),
					count(len(c.TrunkGroups), "trunk group"), count(len(c.Services), "service rule"),
					count(len(c.Sources), "source"))
				return err
			},
		},
		&cobra.Command{
			Use:   "example",
			Short: "Print a configuration file that says what holds without one",
			Long: `Print a configuration file that says what holds without one, with samples of all else that can be configured, ready to be
changed.`,
			Example: "  c7mon config example > c7mon.yaml",
			Args:    noArgs,
			RunE: func(*cobra.Command, []string) error {
				_, err := fmt.Fprint(a.stdout, config.Example())
				return err
			},
		})
	return cmd
}

// configErrors prints each error on a line of its own: a configuration is mended in one go.
func (a *app) configErrors(file string, err error) error {
	list, ok := err.(interface{ Unwrap() []error })
	if !ok || len(list.Unwrap()) < 2 {
		return err
	}
	for _, e := range list.Unwrap() {
		fmt.Fprintln(a.stderr, oneLine(e))
	}
	return fmt.Errorf("%s: %d errors", file, len(list.Unwrap()))
}

// count says how many of a thing there are: "1 point", "2 points".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
