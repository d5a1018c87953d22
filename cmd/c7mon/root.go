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
	"c7mon/wire"
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

// defaultDB is where calls are stored when nothing else is said.
const defaultDB = "sqlite:c7mon.db"

// errInterrupted ends a command that was told to stop; what it had done is kept.
var errInterrupted = errors.New("interrupted")

// Execute runs the program with args and gives its exit status. Errors go to stderr as one line.
func Execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)   // a second signal ends the program at once
	signal.Ignore(syscall.SIGPIPE) // a closed pipe is then an error of the write
	cmd := a.rootCmd()
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errInterrupted):
		fmt.Fprintln(stderr, "c7mon:", oneLine(err))
		return exitInterrupted
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "c7mon:", errInterrupted)
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

func (a *app) rootCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "c7mon",
		Short: "Listen to SS7/C7 signalling and say why calls fail",
		Long: `c7mon reads SS7/C7 signalling from capture files (MTP2, MTP3, M3UA, M2UA, M2PA) and from live lines (E1 cards, probes,
pseudowires, network taps), joins the ISUP messages of each call by circuit, stores the calls with their causes, and
reports why calls fail. It never transmits.

Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.`,
		Example: `  c7mon replay --tz Asia/Ho_Chi_Minh week.pcap
  c7mon monitor --config c7mon.yaml
  c7mon report causes --week 2003-10-12 --service IDD
  c7mon calls --number 0912345678
  c7mon show 4611686018427387904`,
		SilenceErrors:     true,
		SilenceUsage:      true,
		Version:           versionLine(),
		Args:              aCommand,
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.begin() },
	}
	f := cmd.PersistentFlags()
	f.StringVar(&a.db, "db", "", "database `URL`: sqlite:PATH, postgres://USER@HOST/NAME or none (env C7MON_DB; default "+defaultDB+")")
	f.StringVar(&a.config, "config", "", "configuration `FILE` (YAML); without one the built-in rules serve")
	f.StringVar(&a.logLevel, "log-level", "warn", "`LEVEL` of what is told on standard error: debug, info, warn or error")
	f.StringVar(&a.tz, "tz", "", "time `ZONE` of days and of printed times, as Asia/Ho_Chi_Minh (env C7MON_TZ; default the machine's)")
	values(cmd, "log-level", "debug", "info", "warn", "error")
	f.BoolP("help", "h", false, "say what the command does and what it takes")
	cmd.Flags().Bool("version", false, "print version, commit and Go version")
	cmd.SetVersionTemplate("{{.Version}}\n")
	cmd.SetFlagErrorFunc(flagError)
	cmd.SetHelpCommand(a.helpCmd())
	cmd.SetOut(a.stdout)
	cmd.SetErr(a.stderr)
	cmd.SetIn(a.stdin)
	cmd.AddCommand(a.replayCmd(), a.monitorCmd(), a.hwCmd(), a.decodeCmd(), a.callsCmd(), a.showCmd(), a.reportCmd(), a.labCmd(), a.migrateCmd(),
		a.reclassifyCmd(), a.chargeCmd(), a.configCmd(), a.completionCmd(), a.versionCmd())
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
	flag := "--tz"
	if a.tz == "" {
		flag, a.tz = "C7MON_TZ", os.Getenv("C7MON_TZ")
	}
	if a.tz != "" {
		zone, err := time.LoadLocation(a.tz)
		if err != nil {
			return fmt.Errorf("%s %s: no such time zone; a name like Asia/Ho_Chi_Minh or UTC is needed", flag, a.tz)
		}
		a.zone = zone
	}
	if err := a.checkDB(); err != nil {
		return err
	}
	a.started = true
	return nil
}

// checkDB takes the database from the environment where no flag names one, and makes sure that it is of a kind there is.
func (a *app) checkDB() error {
	flag := "--db"
	if a.db == "" {
		flag, a.db = "C7MON_DB", env("C7MON_DB", defaultDB)
	}
	switch scheme, _, found := strings.Cut(a.db, ":"); {
	case a.db == "none", found && (scheme == "sqlite" || scheme == "postgres" || scheme == "postgresql"):
		return nil
	case strings.Contains(a.db, "@"): // what looks like an address may hold a password, which is not printed
		return fmt.Errorf("%s: sqlite:PATH, postgres://USER@HOST/NAME or none is needed", flag)
	}
	return fmt.Errorf("%s %s: sqlite:PATH, postgres://USER@HOST/NAME or none is needed", flag, a.db)
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
		return nil, a.usage("--db none: this command needs a database, as --db %s", defaultDB)
	}
	return store.Open(ctx, a.db, mode)
}

// moment writes a time for people, in their zone.
func (a *app) moment(t wire.Time) string {
	if !t.Known() {
		return "-"
	}
	return t.Std().In(a.zone).Format("2006-01-02 15:04:05.000000 -07")
}

// input is the standard input of commands that read captures; an interrupt ends it.
func (a *app) input(ctx context.Context) io.Reader {
	return &interruptReader{ctx: ctx, r: a.stdin}
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

// formOf is pointCodeForm for commands that know the variant where the configuration does not say it.
func formOf(c *config.Config, v mtp.Variant) mtp.PointCodeForm {
	if len(c.Networks) == 0 {
		return v.PointCodeForm()
	}
	return pointCodeForm(c)
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
