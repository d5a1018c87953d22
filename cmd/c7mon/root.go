package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"c7mon/config"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
)

// Exit statuses, design section 4.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// An app is one run of the program: what every command shares.
type app struct {
	db       string
	config   string
	logLevel string
	tz       string

	stdin          io.Reader
	stdout, stderr io.Writer
	log            *slog.Logger
	zone           *time.Location
	started        bool // flags and arguments were good: an error from here on is no wrong usage
}

// errInterrupted ends a command that was told to stop; what it had done is kept.
var errInterrupted = errors.New("interrupted")

// Execute runs the program with args and gives its exit status. Errors go to stderr as one line.
func Execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := a.rootCmd()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errInterrupted):
		fmt.Fprintln(stderr, "c7mon:", oneLine(err))
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitDone // the reader of the output has seen enough
	}
	fmt.Fprintln(stderr, "c7mon:", oneLine(err))
	if !a.started {
		return exitUsage
	}
	return exitFailed
}

// oneLine keeps an error to one line, as design section 4 wants it.
func oneLine(err error) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(err.Error(), "\n", "; ")), " ")
}

func (a *app) rootCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "c7mon",
		Short: "Listen to SS7/C7 signalling and say why calls fail",
		Long: `c7mon reads SS7/C7 signalling from capture files (MTP2, MTP3, M3UA, M2UA, M2PA), joins the ISUP messages of each
call by circuit, stores the calls with their causes, and reports why calls fail. It never transmits.`,
		Example: `  c7mon replay --tz Asia/Ho_Chi_Minh week.pcap
  c7mon report causes --week 2003-10-12 --service IDD
  c7mon calls --number 0912345678
  c7mon show 4611686018427387904`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.begin() },
	}
	f := cmd.PersistentFlags()
	f.StringVar(&a.db, "db", env("C7MON_DB", "sqlite:c7mon.db"), "database: sqlite:PATH, postgres://USER@HOST/NAME or none (env C7MON_DB)")
	f.StringVar(&a.config, "config", "", "configuration file (YAML); without one the built-in rules serve")
	f.StringVar(&a.logLevel, "log-level", "warn", "debug, info, warn or error")
	f.StringVar(&a.tz, "tz", os.Getenv("C7MON_TZ"), "time zone of days and of printed times, as Asia/Ho_Chi_Minh (env C7MON_TZ; default the machine's)")
	_ = cmd.RegisterFlagCompletionFunc("log-level", cobra.FixedCompletions([]string{"debug", "info", "warn", "error"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.SetOut(a.stdout)
	cmd.SetErr(a.stderr)
	cmd.SetIn(a.stdin)
	cmd.AddCommand(a.replayCmd(), a.decodeCmd(), a.callsCmd(), a.showCmd(), a.reportCmd(), a.labCmd(), a.migrateCmd(),
		a.configCmd(), a.versionCmd())
	return cmd
}

// begin checks the global flags.
func (a *app) begin() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.logLevel)); err != nil {
		return fmt.Errorf("--log-level %s: one of debug, info, warn, error is needed", a.logLevel)
	}
	a.log = slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	a.zone = machineZone()
	if a.tz != "" {
		zone, err := time.LoadLocation(a.tz)
		if err != nil {
			return fmt.Errorf("--tz %s: no such time zone; a name like Asia/Ho_Chi_Minh or UTC is needed", a.tz)
		}
		a.zone = zone
	}
	a.started = true
	return nil
}

// usage marks an error as wrong usage although the flags could be read.
func (a *app) usage(format string, args ...any) error {
	a.started = false
	return fmt.Errorf(format, args...)
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// loadConfig reads the configuration file, or gives the built-in one. A time zone in the file counts where no flag says
// another.
func (a *app) loadConfig() (*config.Config, error) {
	if a.config == "" {
		return config.Default(), nil
	}
	c, err := config.Load(a.config, mtp.ParsePointCode)
	if err != nil {
		return nil, err
	}
	if a.tz == "" && c.Zone != nil {
		a.zone = c.Zone
	}
	return c, nil
}

// openStore opens the database that --db names.
func (a *app) openStore(ctx context.Context, mode store.Mode) (store.Store, error) {
	if a.db == "none" {
		return nil, errors.New("--db none: this command needs a database")
	}
	return store.Open(ctx, a.db, mode)
}

// either reads a flag of two values: false for the first, true for the second.
func either(flag, have, first, second string) (bool, error) {
	switch have {
	case first:
		return false, nil
	case second:
		return true, nil
	}
	return false, fmt.Errorf("%s %s: %s or %s is needed", flag, have, first, second)
}

// pointCodeForm is how the configuration has point codes written: as the first network says, else as is the custom of
// its variant; 3-8-3 without a configuration.
func pointCodeForm(c *config.Config) mtp.PointCodeForm {
	for _, n := range c.Networks {
		if f, err := mtp.ParseForm(n.Form); err == nil {
			return f
		}
		if v, err := mtp.ParseVariant(n.Variant); err == nil {
			return v.PointCodeForm()
		}
	}
	return mtp.ITU.PointCodeForm()
}

// callStyle is how calls are written for people.
func (a *app) callStyle(form mtp.PointCodeForm) reports.CallStyle {
	return reports.CallStyle{Zone: a.zone, PointCode: form.Format}
}

// machineZone is the zone of the machine, by its name where that can be told: reports say which zone their days are of.
func machineZone() *time.Location {
	name := os.Getenv("TZ")
	if name == "" {
		link, _ := os.Readlink("/etc/localtime")
		_, name, _ = strings.Cut(link, "zoneinfo/")
	}
	if zone, err := time.LoadLocation(name); err == nil && name != "" {
		return zone
	}
	return time.Local
}
