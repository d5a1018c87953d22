package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// noArgs is for commands that take nothing but flags.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes no arguments, %q is one: see %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())
}

// someFiles is for commands that read captures.
func someFiles(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return fmt.Errorf("%s needs captures: name files, or - for standard input", cmd.CommandPath())
}

// one is for commands that take one argument, which what names.
func one(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return fmt.Errorf("%s needs one %s, %d are given: see %s --help", cmd.CommandPath(), what, len(args), cmd.CommandPath())
	}
}

// aCommand is for commands that do nothing but hold others: an argument is the name of one that there is not.
func aCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no command %s %s: did you mean %s?", cmd.CommandPath(), args[0], strings.Join(near, " or "))
	}
	return fmt.Errorf("there is no command %s %s: %s --help lists those there are", cmd.CommandPath(), args[0], cmd.CommandPath())
}

// flagError says what is wrong with a flag, without the names of functions, and where to read more.
func flagError(cmd *cobra.Command, err error) error {
	text, _, _ := strings.Cut(err.Error(), ": strconv.")
	return fmt.Errorf("%s: see %s --help", text, cmd.CommandPath())
}

// values says what a flag may be to the shells that complete command lines.
func values(cmd *cobra.Command, flag string, list ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
}

// helpCmd prints the help of a command; cobra's own prints that of the program for a name that there is not.
func (a *app) helpCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Say what a command does and what it takes",
		RunE: func(cmd *cobra.Command, args []string) error {
			of, rest, err := cmd.Root().Find(args)
			if err != nil || of.HasSubCommands() && len(rest) > 0 {
				return a.usage("%w", aCommand(of, rest))
			}
			of.InitDefaultHelpFlag()
			return of.Help()
		},
	}
}

// variantFlag is the flag of the commands that read captures.
func variantFlag(cmd *cobra.Command, variant *string) {
	cmd.Flags().StringVar(variant, "variant", "itu", "`VARIANT` of MTP and ISUP where the configuration does not say it: itu, ansi, china or japan")
	values(cmd, "variant", "itu", "ansi", "china", "japan")
}
