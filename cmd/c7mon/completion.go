package main

import (
	"github.com/spf13/cobra"
)

// completionCmd takes the place of cobra's own, which gives help and status 0 for a shell that there is not.
func (a *app) completionCmd() *cobra.Command {
	shells := []string{"bash", "zsh", "fish"}
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print the completion script of a shell",
		Long:  "Print the script by which a shell completes the command lines of c7mon: commands, flags and what flags may be.",
		Example: `  source <(c7mon completion bash)
  c7mon completion bash > /etc/bash_completion.d/c7mon
  c7mon completion zsh > "${fpath[1]}/_c7mon"
  c7mon completion fish > ~/.config/fish/completions/c7mon.fish`,
		ValidArgs: shells,
		Args:      one("shell: bash, zsh or fish"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch root := cmd.Root(); args[0] {
			case "bash":
				return root.GenBashCompletionV2(a.stdout, true)
			case "zsh":
				return root.GenZshCompletion(a.stdout)
			case "fish":
				return root.GenFishCompletion(a.stdout, true)
			}
			return a.usage("there is no completion for %s: one of bash, zsh, fish is needed", args[0])
		},
	}
}
