package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/monitor"
	"c7mon/reports"
	"c7mon/store"
	"c7mon/wire"
)

func (a *app) reclassifyCmd() *cobra.Command {
	var from, to, format string
	var dry bool
	cmd := &cobra.Command{
		Use:   "reclassify",
		Short: "Give stored calls the service and trunk group of changed rules",
		Long: `Give stored calls the service and the trunk group that the configuration says now, as a replay with it would, and print what
moved from where to where. Nothing else of a call is changed; its charge is taken away, since its tariff may be another now.
Where there were charges and the configuration names books of tariffs, the charges of all calls that are looked at are computed
anew. Partial calls have neither service nor trunk group. Days are those of --tz, both included; without --from and --to all
calls are looked at.

What the configuration says of networks, links and variants is how messages are read and calls are known again. That needs a
replay into a new database; calls that would be of another network than the one they are stored with get the names of that
network, keep their own, and are counted.`,
		Example: `  c7mon --config c7mon.yaml reclassify --dry-run
  c7mon --config c7mon.yaml reclassify --from 2003-10-12 --to 2003-10-18`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadConfig()
			if err != nil {
				return err
			}
			asJSON, err := either("--format", format, "text", "json")
			if err != nil {
				return a.usage("%w", err)
			}
			var f store.Filter
			if f.From, f.To, err = timeSpan(from, to, a.zone); err != nil {
				return a.usage("%w", err)
			}
			r := &reclassified{naming: monitor.NewNaming(cfg), moves: map[move]int64{}, first: wire.NoTime}
			if err := a.reclassify(cmd.Context(), cfg, f, r, dry); err != nil {
				return err
			}
			as := reports.Text
			if asJSON {
				as = reports.JSON
			}
			return a.printReclassified(r, dry, as)
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "first `DAY` (2003-10-12), or time (2003-10-12T08:00:00+07:00)")
	f.StringVar(&to, "to", "", "last `DAY`, included, or time, not included")
	f.BoolVar(&dry, "dry-run", false, "say what would move, and change nothing")
	f.StringVar(&format, "format", "text", "`FORMAT` text or json")
	values(cmd, "format", "text", "json")
	return cmd
}

// A move is from one service or trunk group to another.
type move struct{ what, from, to string }

// reclassified is what becomes of the calls that are looked at.
type reclassified struct {
	naming   *monitor.Naming
	moves    map[move]int64
	networks int64     // calls that would be of another network
	first    wire.Time // start of the first of them
	charged  int64     // calls whose charge was computed anew
	store.ReclassResult
}

// reclassify changes the calls, or, dry, only looks at what would change.
func (a *app) reclassify(ctx context.Context, cfg *config.Config, f store.Filter, r *reclassified, dry bool) error {
	mode := store.Write
	if dry {
		mode = store.Read
	}
	db, err := a.openStore(ctx, mode)
	if err != nil {
		return err
	}
	defer db.Close()
	if !dry {
		charged, err := anyCharge(ctx, db, f)
		if err != nil {
			return err
		}
		r.ReclassResult, err = db.Reclassify(ctx, f, r.names)
		if err == nil && charged {
			return a.chargeAnew(ctx, cfg, db, f, r)
		}
		if err == nil {
			return nil
		}
		if errors.Is(err, context.Canceled) {
			err = errInterrupted
		}
		return fmt.Errorf("%w: %d calls have their new names, the others are as they were: run it again to complete them", err, r.Changed)
	}
	return db.Calls(ctx, f, func(row *store.Row) error {
		r.Seen++
		if row.Flags&correlate.Partial != 0 {
			return nil
		}
		if service, group := r.names(row); service != row.Service || group != row.TrunkGroup {
			r.Changed++
		}
		return nil
	})
}

// anyCharge tells whether a call that f lets through has a charge.
func anyCharge(ctx context.Context, db store.Store, f store.Filter) (bool, error) {
	err := db.Charges(ctx, f, func(_ *store.Row, c *store.Charge) error {
		if c != nil {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return true, nil
	}
	return false, err
}

// chargeAnew stores the charges of the calls that were looked at: those that changed have none any more.
func (a *app) chargeAnew(ctx context.Context, cfg *config.Config, db store.Store, f store.Filter, r *reclassified) error {
	const again = "c7mon charge calls --store computes the charges that are missing"
	if len(cfg.Charge.Books) == 0 && r.Changed == 0 {
		return nil
	}
	if len(cfg.Charge.Books) == 0 {
		fmt.Fprintln(a.stderr, "c7mon: warning: the calls that changed have no charge any more and the configuration names no book of tariffs: "+again)
		return nil
	}
	books, err := a.books(cfg, nil)
	if err != nil {
		return fmt.Errorf("%w: the calls that changed have no charge any more: %s", err, again)
	}
	rater, err := tariff.NewRater(books, cfg)
	if err != nil {
		return err
	}
	s, err := putCharges(ctx, db, rater, f)
	r.charged = s.New + s.Changed
	if err != nil {
		return fmt.Errorf("%w: not all calls that changed have a charge: %s", err, again)
	}
	return nil
}

// names gives the service and the trunk group that a replay would give a call, and counts what moves.
func (r *reclassified) names(row *store.Row) (service, trunkGroup string) {
	c := row.Call
	// Where networks share an indicator, the direction of the first message ever heard between two points may decide.
	if n := r.naming.Network(c.NI, c.OPC, c.DPC); n != c.Network && r.naming.Network(c.NI, c.DPC, c.OPC) != c.Network {
		if r.networks == 0 {
			r.first = c.Start
		}
		r.networks++
		c.Network = n
	}
	c.TrunkGroup = r.naming.TrunkGroup(&c)
	c.Service = r.naming.Service(&c)
	if c.Service != row.Service {
		r.moves[move{"service", row.Service, c.Service}]++
	}
	if c.TrunkGroup != row.TrunkGroup {
		r.moves[move{"trunk_group", row.TrunkGroup, c.TrunkGroup}]++
	}
	return c.Service, c.TrunkGroup
}

// printReclassified prints what moved, most calls first.
func (a *app) printReclassified(r *reclassified, dry bool, format reports.Format) error {
	title := "%d of %s changed"
	if dry {
		title = "%d of %s would change"
	}
	t := reports.Table{
		Report: "reclassify", Title: fmt.Sprintf(title, r.Changed, count(int(r.Seen), "call")), Empty: "Nothing moves.",
		Columns: []reports.Column{{Key: "what", Title: "What"}, {Key: "from", Title: "From"}, {Key: "to", Title: "To"},
			{Key: "calls", Title: "Calls", Right: true}},
		Fields: []reports.Field{{Key: "dry_run", Value: dry}, {Key: "seen", Value: r.Seen}, {Key: "changed", Value: r.Changed},
			{Key: "other_network", Value: r.networks}, {Key: "charged", Value: r.charged}},
	}
	moves := slices.SortedFunc(maps.Keys(r.moves), func(x, y move) int {
		return cmp.Or(cmp.Compare(x.what, y.what), cmp.Compare(r.moves[y], r.moves[x]), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	whats := map[string]string{"service": "service", "trunk_group": "trunk group"}
	for _, m := range moves {
		n := fmt.Sprint(r.moves[m])
		t.Rows = append(t.Rows, reports.Row{{Text: whats[m.what], CSV: m.what, JSON: m.what},
			{Text: cmp.Or(m.from, "-"), CSV: m.from, JSON: m.from}, {Text: "-> " + cmp.Or(m.to, "-"), CSV: m.to, JSON: m.to},
			{Text: n, CSV: n, JSON: r.moves[m]}})
	}
	if r.charged > 0 {
		t.Notes = append(t.Notes, count(int(r.charged), "charge")+" computed anew.")
	}
	if r.networks > 0 {
		fmt.Fprintf(a.stderr, "c7mon: warning: %s would be of another network by this configuration, the first at %s: the network is part of what "+
			"a call is known by, and stays; to change it, replay the captures into a new database\n",
			count(int(r.networks), "call"), a.moment(r.first))
	}
	return t.Write(a.stdout, format)
}
