package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/charge/tariff"
	"c7mon/config"
	"c7mon/correlate"
	"c7mon/lab"
	"c7mon/monitor"
)

// A labCDR is what the flags say of the call records that lab writes beside a capture.
type labCDR struct {
	file, truth  string
	clock        string
	round        time.Duration
	answeredOnly bool
	faults       map[string]int
	books        []string
}

// cdrFlags are the flags that say nothing without --cdr.
var cdrFlags = []string{"cdr-truth", "cdr-clock", "cdr-round", "cdr-answered-only", "cdr-faults", "book"}

func (c *labCDR) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.file, "cdr", "", "write the call records of the switch beside the capture: CSV `FILE`")
	f.StringVar(&c.clock, "cdr-clock", "", "clock of the switch, how far it is ahead and how fast in ppm: `OFFSET[,PPM]`, as 2.3s,40 or -500ms,-12.5")
	f.DurationVar(&c.round, "cdr-round", 0, "cut the times of call records to whole `LONG`s, as 1s (default 1ms)")
	f.BoolVar(&c.answeredOnly, "cdr-answered-only", false, "write no call records of calls that were not answered")
	f.StringToIntVar(&c.faults, "cdr-faults", nil, "damage so many call records: `KIND=N,...`, as missing=5,double=4")
	f.Lookup("cdr-faults").DefValue = "" // an empty list is no value that is worth a word
	f.StringVar(&c.truth, "cdr-truth", "", "say in a CSV `FILE` which call records are damaged")
	f.StringArrayVar(&c.books, "book", nil, "price call records by the tariff book `FILE` (may be repeated: the one that is valid counts)")
}

// labRecords says what call records there are, and how they can be wrong.
func labRecords() string {
	var s strings.Builder
	s.WriteString(`

With --cdr the home exchange writes a record of each call that ended, in the order in which they ended, by its own clock in --tz, with
the heading

  record,calling,called,start,answer,end,duration_s,answered,trunk_group,cic,amount,currency,tariff

Calls that began before the capture or are up at its end have no record; amounts need --book. The capture is the same with
--cdr and without. Records are damaged by chance, as --seed has it, each that of another call. The kinds of --cdr-faults:
`)
	for _, k := range lab.CDRFaultKinds() {
		fmt.Fprintf(&s, "\n  %-18s %s", k.Name, k.Doc)
	}
	return s.String()
}

// options turns the flags into the options of lab, nil where there are to be no call records.
func (c *labCDR) options(a *app, cmd *cobra.Command, out string) (*lab.CDR, error) {
	if c.file == "" {
		for _, name := range cdrFlags {
			if cmd.Flags().Changed(name) {
				return nil, a.usage("--%s is about call records: --cdr FILE is needed", name)
			}
		}
		return nil, nil
	}
	names := map[string]bool{out: true}
	for _, name := range []string{c.file, c.truth} {
		if name != "" && (name == "-" || names[name]) {
			return nil, a.usage("call records into %s: a file of their own is needed", name)
		}
		names[name] = true
	}
	o := &lab.CDR{Round: c.round, AnsweredOnly: c.answeredOnly, Faults: c.faults}
	var err error
	if o.Offset, o.Drift, err = switchClock(c.clock); err != nil {
		return nil, a.usage("%w", err)
	}
	cfg, err := a.loadConfig()
	if err != nil {
		return nil, err
	}
	o.Zone = a.zone
	if len(c.books) > 0 {
		o.Price, err = c.prices(a, cfg)
	}
	return o, err
}

// open makes the files of the call records for the time that write takes.
func (c *labCDR) open(ctx context.Context, a *app, o *lab.CDR, write func(...*interruptWriter) error) error {
	return a.writeTo(c.file, func(w io.Writer) error {
		file := &interruptWriter{ctx: ctx, w: w}
		o.File = file
		if c.truth == "" {
			return write(file)
		}
		return a.writeTo(c.truth, func(w io.Writer) error {
			truth := &interruptWriter{ctx: ctx, w: w}
			o.Truth = truth
			return write(file, truth)
		})
	})
}

// switchClock reads the flag --cdr-clock. The drift is in parts per billion.
func switchClock(text string) (offset time.Duration, drift int64, err error) {
	if text == "" {
		return 0, 0, nil
	}
	ahead, ppm, found := strings.Cut(text, ",")
	offset, err = time.ParseDuration(ahead)
	if err != nil {
		return 0, 0, fmt.Errorf("--cdr-clock %s: OFFSET[,PPM] is needed, as 2.3s,40", text)
	}
	if !found {
		return offset, 0, nil
	}
	f, err := strconv.ParseFloat(ppm, 64)
	if err != nil || !(math.Abs(f) <= 1e6) {
		return 0, 0, fmt.Errorf("--cdr-clock %s: OFFSET[,PPM] is needed, as 2.3s,40", text)
	}
	return offset, int64(math.Round(1000 * f)), nil
}

// prices makes what prices the calls of lab by the books.
func (c *labCDR) prices(a *app, cfg *config.Config) (func(*lab.Call) (lab.Price, bool), error) {
	books, err := a.books(cfg, c.books)
	if err != nil {
		return nil, err
	}
	rater, err := tariff.NewRater(books, cfg)
	if err != nil {
		return nil, err
	}
	naming := monitor.NewNaming(cfg)
	return func(call *lab.Call) (lab.Price, bool) {
		seen := seenBySwitch(call, naming)
		r := rater.Rate(&seen)
		book := r.Book
		if book == nil {
			book = books[0]
		}
		p := lab.Price{Decimals: book.PUCT.Currency.Decimals, Currency: book.PUCT.Currency.Code, Tariff: r.Tariff}
		switch r.Status {
		case tariff.Rated:
			p.Money = r.Money
		case tariff.Free, tariff.NotAnswered: // nothing
		default:
			return p, false
		}
		return p, true
	}, nil
}

// seenBySwitch gives a call of lab as the switch that has the circuit knows it, as far as it matters to tariffs: nothing of it
// is lost.
func seenBySwitch(c *lab.Call, naming *monitor.Naming) correlate.Call {
	seen := correlate.Call{Protocol: "isup", Network: naming.Network(c.NI, c.OPC, c.DPC), NI: c.NI, OPC: c.OPC, DPC: c.DPC,
		CIC: uint32(c.CIC), Called: correlate.ParseNumber(c.Called, c.CalledNOA, 0), Category: c.Category, HasCategory: true,
		TMR: c.TMR, HasTMR: true, Start: c.Start, ACM: c.ACM, Alerting: c.Alerting, Answer: c.Answer, Release: c.Release,
		ReleaseComplete: c.ReleaseComplete, End: c.End, EndReason: correlate.ByRelease, Suspended: c.Suspended}
	seen.Outcome, _ = correlate.OutcomeOf(c.Outcome)
	seen.Charge, _ = correlate.ChargeOf(c.Charge)
	if c.HasCalling {
		seen.Calling = correlate.ParseNumber(c.Calling, c.CallingNOA, c.CallingPresentation)
	}
	if !seen.Release.Known() {
		seen.Release = c.End // a switch that gives up a call releases it
	}
	seen.TrunkGroup = naming.TrunkGroup(&seen)
	seen.Service = naming.Service(&seen)
	return seen
}
