package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"c7mon/capture"
	"c7mon/monitor"
	"c7mon/mtp"
	"c7mon/sigtran"
)

func (a *app) decodeCmd() *cobra.Command {
	var variant, expr string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "decode FILE...",
		Short: "Print the messages of captures",
		Long: `Print each message of capture files, a line each, in the order of time. With --json each is an object with its parameters.

A filter is words of the form field=value, all of which must fit; values are separated by commas and may end in *:
  message=REL cause=34,42     opc=2-66-1 cic=5     called=84*     protocol=isup     link=0`,
		Example: `  c7mon decode --filter 'message=IAM called=00*' week.pcap
  c7mon decode --json trace.pcapng | jq .cause`,
		Args: someFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := mtp.ParseVariant(variant)
			if err != nil {
				return a.usage("--variant: %w", err)
			}
			return a.decode(cmd.Context(), args, v, expr, asJSON)
		},
	}
	variantFlag(cmd, &variant)
	cmd.Flags().StringVar(&expr, "filter", "", "print only what fits the `EXPRESSION`: message=IAM,REL cic=5 called=84*")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print each message as a JSON object")
	return cmd
}

// decode prints the messages of the files.
func (a *app) decode(ctx context.Context, paths []string, v mtp.Variant, expr string, asJSON bool) error {
	cfg, err := a.loadConfig()
	if err != nil {
		return err
	}
	form := formOf(cfg, v)
	f, err := parseFilter(expr, form)
	if err != nil {
		return a.usage("--filter: %w", err)
	}
	files, err := capture.Open(paths, capture.Options{Stdin: a.input(ctx)})
	if err != nil {
		return err
	}
	defer files.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	out := bufio.NewWriterSize(a.stdout, 64<<10)
	p := &decodePrinter{out: out, json: asJSON, filter: f, lines: messageLine{zone: a.zone, form: form},
		fail: cancel}
	p.encoder = json.NewEncoder(out)
	p.encoder.SetEscapeHTML(false)
	if len(paths) > 1 {
		p.paths = paths
	}
	opt := monitorOptions(cfg, v, files.LineName, nil)
	opt.Heard, opt.Unit, opt.Control = p.heard, p.unit, p.control
	m := monitor.New(opt)
	runErr := m.Run(ctx, &unlabelled{Files: files, p: p})
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause // the output could not be written
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for _, w := range files.Warnings() {
		fmt.Fprintln(a.stderr, "c7mon: warning:", oneLine(w))
	}
	s := m.Summary()
	a.warnMalformed(&s)
	if s.MSUs == 0 && runErr == nil {
		fmt.Fprintf(a.stderr, "c7mon: warning: there is no message in %s: c7mon --db none replay says what they are\n",
			count(int(s.Frames), "frame"))
	}
	return runErr
}

// A decodePrinter prints what a monitor hears.
type decodePrinter struct {
	out     *bufio.Writer
	encoder *json.Encoder
	json    bool
	filter  filter
	lines   messageLine
	paths   []string // set where several files are read
	fail    func(error)
}

func (p *decodePrinter) heard(h *monitor.Heard) {
	if !p.json && len(p.filter) == 0 {
		if _, err := p.out.Write(p.lines.line(h)); err != nil {
			p.fail(err)
		}
		return
	}
	m := newMessage(h)
	if !p.filter.fits(m) {
		return
	}
	if !p.json {
		if _, err := p.out.Write(p.lines.line(h)); err != nil {
			p.fail(err)
		}
		return
	}
	p.print(h.Frame, m)
}

func (p *decodePrinter) print(f *capture.Frame, m *message) {
	if p.paths != nil {
		m.File = p.paths[f.File]
	}
	if m.Params == nil {
		m.Params = []param{} // always an array for those who read it by program
	}
	if err := p.encoder.Encode(m); err != nil {
		p.fail(err)
	}
}

// unit prints a link status signal unit.
func (p *decodePrinter) unit(f *capture.Frame, link, status string) {
	p.other(f, &message{Frame: f.Number, Time: f.Time.String(), Link: link, Direction: f.Direction.String(), Protocol: "mtp2",
		Message: status})
}

// An unlabelled source prints the messages of SCCP that were captured without MTP: nothing behind it makes an MSU of them.
type unlabelled struct {
	*capture.Files
	p *decodePrinter
}

// Next gives the next frame.
func (u *unlabelled) Next(f *capture.Frame) error {
	err := u.Files.Next(f)
	if err == nil && f.Payload == capture.SCCP {
		u.p.other(f, &message{Frame: f.Number, Time: f.Time.String(), Link: u.LineName(f), Direction: f.Direction.String(),
			Protocol: protocolOf(mtp.SCCP)})
	}
	return err
}

// control prints a message of the adaptation layers that carries no MSU.
func (p *decodePrinter) control(f *capture.Frame, link string, c *sigtran.Message) {
	text, err := c.Text()
	m := &message{Frame: f.Number, Time: f.Time.String(), Link: link, Direction: c.Direction.String(),
		Protocol: strings.ToLower(c.Protocol.String()), Message: c.Name(), text: text}
	if err != nil {
		m.Error = err.Error()
	}
	p.other(f, m)
}

// other prints what is no MSU.
func (p *decodePrinter) other(f *capture.Frame, m *message) {
	if !p.filter.fits(m) {
		return
	}
	if p.json {
		p.print(f, m)
		return
	}
	if _, err := p.out.Write(p.lines.other(f, m)); err != nil {
		p.fail(err)
	}
}
