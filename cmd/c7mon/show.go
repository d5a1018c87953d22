package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"c7mon/capture"
	"c7mon/config"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/reports"
	"c7mon/store"
)

// A showQuestion is what the flags of show say.
type showQuestion struct {
	id         uint64
	variant    mtp.Variant
	told       bool // the variant was given
	from, pcap string
	octets     bool
}

func (a *app) showCmd() *cobra.Command {
	var q showQuestion
	var variant string
	cmd := &cobra.Command{
		Use:   "show CALL-ID",
		Short: "Show one call: its fields and its messages",
		Long: `Show one stored call: every field that is known, its charge where one is stored, and a ladder of its messages, read again from
the capture they came from. With --octets each message is taken apart; with --pcap its frames are written to a file of their own.`,
		Example: "  c7mon show 1234567890123456789 --octets\n  c7mon show 1234567890123456789 --pcap call.pcapng",
		Args:    one("CALL-ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if q.id, err = callID(args[0]); err != nil {
				return a.usage("%w", err)
			}
			if q.variant, err = mtp.ParseVariant(variant); err != nil {
				return a.usage("--variant: %w", err)
			}
			q.told = cmd.Flags().Changed("variant")
			return a.show(cmd.Context(), &q)
		},
	}
	f := cmd.Flags()
	variantFlag(cmd, &variant)
	f.StringVar(&q.pcap, "pcap", "", "write the frames of the call to this pcapng `FILE`, - for standard output")
	f.StringVar(&q.from, "capture", "", "read the messages from this `FILE` instead of the one they came from")
	f.BoolVar(&q.octets, "octets", false, "take each message apart")
	return cmd
}

// callID reads the id of a call.
func callID(text string) (uint64, error) {
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%s: a call id is needed, the number in the last column of c7mon calls", text)
	}
	return id, nil
}

// show prints a call and its ladder.
func (a *app) show(ctx context.Context, q *showQuestion) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	db, err := a.openStore(ctx, store.Read)
	if err != nil {
		return err
	}
	defer db.Close()
	row, err := db.Call(ctx, q.id)
	if err != nil {
		return err
	}
	if !q.told && max(row.OPC, row.DPC)>>mtp.ITU.PointCodeBits() != 0 {
		q.variant = mtp.ANSI // it was replayed with --variant, and ANSI is the likeliest of those with longer point codes
	}
	form := formOf(cfg, q.variant)
	out := a.stdout
	if q.pcap == "-" {
		out = io.Discard // the frames stand there alone
	}
	if err := reports.WriteCall(out, row, a.callStyle(form)); err != nil {
		return err
	}
	if err := writeStoredCharge(ctx, db, out, row); err != nil {
		return err
	}
	paths, err := a.capturesOf(ctx, db, row, q.from)
	if err != nil {
		if q.pcap != "" {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "\nits messages cannot be shown: %s\n", oneLine(err))
		return err
	}
	l := &ladder{row: row, out: out, octets: q.octets, zone: a.zone, form: form}
	return a.ladder(ctx, cfg, l, paths, q.variant, q.pcap)
}

// writeStoredCharge prints the charge that the database keeps of a call, nothing where it keeps none.
func writeStoredCharge(ctx context.Context, db store.Store, w io.Writer, row *store.Row) error {
	f := store.Filter{From: row.Start, To: row.Start.Add(time.Microsecond)} // times are stored in microseconds
	return db.Charges(ctx, f, func(r *store.Row, c *store.Charge) error {
		if r.ID != row.ID || c == nil {
			return nil
		}
		return reports.WriteCharge(w, c)
	})
}

// capturesOf finds the files that hold the messages of a call, and makes sure that they are the ones that were read.
func (a *app) capturesOf(ctx context.Context, db store.Store, row *store.Row, from string) ([]string, error) {
	if from != "" {
		return []string{from}, nil
	}
	if row.Capture == 0 {
		return nil, errors.New("it is not known from which capture it came; --capture FILE names one")
	}
	all, err := db.Captures(ctx)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, c := range all { // a call that goes over from one file to the next may have messages in those between
		if c.ID != row.Capture && c.ID != row.LastCapture && (c.First > row.End || c.Last < row.Start) {
			continue
		}
		if err := sameFile(&c); err != nil {
			if c.ID != row.Capture && c.ID != row.LastCapture {
				continue
			}
			return nil, err
		}
		if c.ID == row.Capture || c.ID == row.LastCapture || row.Capture != row.LastCapture {
			paths = append(paths, c.Path)
		}
	}
	return paths, nil
}

// sameFile tells whether a capture still lies where it was read, unchanged.
func sameFile(c *store.Capture) error {
	if c.Path == "-" {
		return errors.New("the capture was standard input; --capture FILE names a copy of it")
	}
	if heard, live := strings.CutPrefix(c.Path, livePath); live {
		source, _, _ := strings.Cut(heard, "@")
		return fmt.Errorf("they were heard live, by source %s; --capture FILE names a recording of it", source)
	}
	f, err := os.Open(c.Path)
	if errors.Is(err, os.ErrNotExist) {
		if !filepath.IsAbs(c.Path) {
			return fmt.Errorf("%s is not in this folder; --capture FILE says where it is", c.Path)
		}
		return fmt.Errorf("%s is gone; --capture FILE says where it is now", c.Path)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(f, 64<<10)); err != nil {
		return err
	}
	if [32]byte(h.Sum(nil)) != c.SHA256 {
		return fmt.Errorf("%s is another file than the one that was read; --capture FILE names the right one", c.Path)
	}
	return nil
}

// ladder reads the captures again and prints the messages of the call.
func (a *app) ladder(ctx context.Context, cfg *config.Config, l *ladder, paths []string, v mtp.Variant, pcap string) error {
	files, err := capture.Open(paths, capture.Options{Stdin: a.input(ctx)})
	if err != nil {
		return err
	}
	defer files.Close()
	read := func(out io.Writer) error {
		if out != nil {
			l.copy = newFrameCopy(out, files)
		}
		return a.climb(ctx, l, files, monitorOptions(cfg, v, files.LineName, nil))
	}
	if pcap == "" {
		err := read(nil)
		if errors.Is(err, errNoMessage) {
			_, err = fmt.Fprintf(a.stdout, "\n%v\n", noMessage(paths))
		}
		return err
	}
	if pcap != "-" && slices.ContainsFunc(paths, func(p string) bool { return oneFile(p, pcap) }) {
		return fmt.Errorf("--pcap %s: it is the capture that the call is read from: name another file", pcap)
	}
	err = a.writeTo(pcap, read)
	if errors.Is(err, errNoMessage) {
		return noMessage(paths)
	}
	return err
}

// errNoMessage says that a capture was read and has nothing of the call.
var errNoMessage = errors.New("no message of the call")

func noMessage(paths []string) error {
	return fmt.Errorf("%w is in %s: --capture FILE names the right one, --variant how to read it", errNoMessage, strings.Join(paths, ", "))
}

// climb reads the captures for the ladder.
func (a *app) climb(ctx context.Context, l *ladder, files *capture.Files, opt monitor.Options) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l.done = cancel
	opt.Heard = l.heard
	err := monitor.New(opt).Run(ctx, files)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err != nil && !errors.Is(err, errLadderDone) {
		return err
	}
	if l.err != nil {
		return l.err
	}
	if l.n == 0 {
		return errNoMessage
	}
	if l.copy != nil {
		return l.copy.close()
	}
	return nil
}

// oneFile tells whether two paths name the same file.
func oneFile(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}
