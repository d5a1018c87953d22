package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"c7mon/charge/cdr"
	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/yamlfile"
)

func (a *app) chargeCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "charge",
		Short: "Say what calls ought to have cost, and check call records against them",
		Args:  aCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.chargeCheckCmd(), a.chargeCallsCmd(), a.chargeExampleCmd(), a.chargeReconcileCmd())
	return cmd
}

// bookFlag is --book of the commands that rate calls.
func bookFlag(cmd *cobra.Command, files *[]string) {
	cmd.Flags().StringArrayVar(files, "book", nil, "book of tariffs `FILE`, a flag for each (default: those of the configuration)")
}

// books reads the books of tariffs: files, or, where there are none, those that the configuration names. By a book that is
// wrong no call is rated.
func (a *app) books(cfg *config.Config, files []string) ([]*tariff.Book, error) {
	if len(files) == 0 {
		files = cfg.Charge.Books
	}
	if len(files) == 0 {
		return nil, a.usage("a book of tariffs is needed: --book FILE, or books under charge in the configuration " +
			"(c7mon charge example book prints one to begin with)")
	}
	var list []*tariff.Book
	for _, file := range files {
		b, err := tariff.Load(file)
		if err != nil {
			return nil, a.configErrors(file, err)
		}
		if errs, _ := b.Check(cfg); len(errs) > 0 {
			return nil, a.configErrors(file, errs)
		}
		list = append(list, b)
	}
	return list, nil
}

func (a *app) chargeCheckCmd() *cobra.Command {
	var maps []string
	cmd := &cobra.Command{
		Use:   "check [FILE...]",
		Short: "Say what is wrong in books of tariffs and maps of call records, with the lines",
		Long: `Read books of tariffs, and with --map maps of call records, and say everything that is wrong in them, each error on a line of
its own with the number of the line it stands in: elements out of range, bands and destinations that overlap, names that
the book or the configuration does not have. Warnings are of what may be meant: hours that no band covers, tariffs that no
destination uses, elements that charge nothing, prefixes as they are dialled. Books are also held against each other: a call
has one, and none where they leave a gap. Without FILE and --map the books and the map that the configuration names are checked.`,
		Example: `  c7mon charge check tariffs.yaml
  c7mon charge check --map map.yaml
  c7mon --config c7mon.yaml charge check 2003.yaml 2004.yaml`,
		RunE: func(_ *cobra.Command, files []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			if len(files)+len(maps) == 0 {
				files = cfg.Charge.Books
				if cfg.Charge.Map != "" {
					maps = append(maps, cfg.Charge.Map)
				}
			}
			if len(files)+len(maps) == 0 {
				return a.usage("nothing to check: FILE is a book of tariffs, --map FILE a map of call records, " +
					"and the configuration names neither")
			}
			return a.checkCharge(cfg, files, maps)
		},
	}
	cmd.Flags().StringArrayVar(&maps, "map", nil, "map of call records `FILE`, a flag for each")
	return cmd
}

// checkCharge prints everything that is wrong in books and maps, and what is good of those that are.
func (a *app) checkCharge(cfg *config.Config, books, maps []string) error {
	var good []*tariff.Book
	var last error
	failed := func(file string, err error) {
		if last != nil {
			a.tell(last) // of the last file the error is that of the command
		}
		last = a.configErrors(file, err)
	}
	for _, file := range books {
		b, err := tariff.Load(file)
		if err != nil {
			failed(file, err)
			continue
		}
		errs, doubts := b.Check(cfg)
		for _, d := range doubts {
			fmt.Fprintf(a.stderr, "%s:%d: warning: %s\n", d.File, d.Line, oneLine(errors.New(d.Text)))
		}
		if len(errs) > 0 {
			failed(file, errs)
			continue
		}
		good = append(good, b)
		if err := a.printBook(b, doubts); err != nil {
			return err
		}
	}
	if _, err := tariff.NewRater(good, cfg); err != nil {
		failed("books", err)
	} else {
		for _, gap := range tariff.Gaps(good) {
			fmt.Fprintln(a.stderr, "warning:", oneLine(errors.New(gap)))
		}
	}
	for _, file := range maps {
		if _, err := cdr.LoadMap(file); err != nil {
			failed(file, err)
			continue
		}
		if _, err := fmt.Fprintf(a.stdout, "%s is good: a map of call records\n", file); err != nil {
			return err
		}
	}
	return last
}

// tell prints an error that is not the last.
func (a *app) tell(err error) { fmt.Fprintln(a.stderr, "c7mon:", oneLine(err)) }

// printBook prints the line of a book that is good.
func (a *app) printBook(b *tariff.Book, doubts yamlfile.Errors) error {
	tariffs, destinations := b.Size()
	_, err := fmt.Fprintf(a.stdout, "%s is good: book %s, %s, %s, %s, fingerprint %s\n", b.File, b.Name, count(tariffs, "tariff"),
		count(destinations, "destination"), count(len(doubts), "warning"), b.Fingerprint)
	return err
}

func (a *app) chargeExampleCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "example book|map",
		Short: "Print a book of tariffs, or a map of call records, to begin with",
		Long: `Print an example, ready to be changed: a book of tariffs, whose prices are invented, or a map that says how the call records
of a switch or a biller are read.`,
		Example: `  c7mon charge example book > tariffs.yaml
  c7mon charge example map > map.yaml`,
		Args:      one("book or map"),
		ValidArgs: []string{"book", "map"},
		RunE: func(_ *cobra.Command, args []string) error {
			text := tariff.Example()
			switch args[0] {
			case "book":
			case "map":
				text = cdr.Example()
			default:
				return a.usage("example %s: book or map is needed", args[0])
			}
			_, err := fmt.Fprint(a.stdout, text)
			return err
		},
	}
}
