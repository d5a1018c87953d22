package reports

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
	"time"

	"c7mon/correlate"
	"c7mon/store"
	"c7mon/wire"
)

// A field is one column of the list of calls, design section 4.3: how a program reads it. null is true where it is
// unknown; text is then empty. A number goes into JSON as one.
type field struct {
	name   string
	number bool
	text   func(dst []byte, r *store.Row) []byte
}

// callFields are the columns in their order.
var callFields = []field{
	{"id", false, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, r.ID, 10) }},
	{"service", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.Service...) }},
	{"protocol", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.Protocol...) }},
	{"network", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.Network...) }},
	{"ni", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, uint64(r.NI), 10) }},
	{"opc", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, uint64(r.OPC), 10) }},
	{"dpc", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, uint64(r.DPC), 10) }},
	{"cic", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, uint64(r.CIC), 10) }},
	{"calling", false, func(dst []byte, r *store.Row) []byte { return r.Calling.Append(dst) }},
	{"calling_noa", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.Calling.Seen, r.Calling.NOA) }},
	{"calling_presentation", true, func(dst []byte, r *store.Row) []byte {
		return known(dst, r.Calling.Seen, r.Calling.Presentation)
	}},
	{"category", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.HasCategory, r.Category) }},
	{"called", false, func(dst []byte, r *store.Row) []byte { return r.Called.Append(dst) }},
	{"called_noa", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.Called.Seen, r.Called.NOA) }},
	{"redirecting", false, func(dst []byte, r *store.Row) []byte { return r.Redirecting.Append(dst) }},
	{"original_called", false, func(dst []byte, r *store.Row) []byte { return r.OriginalCalled.Append(dst) }},
	{"tmr", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.HasTMR, r.TMR) }},
	{"start", false, moment(func(c *correlate.Call) wire.Time { return c.Start })},
	{"acm", false, moment(func(c *correlate.Call) wire.Time { return c.ACM })},
	{"alerting", false, moment(func(c *correlate.Call) wire.Time { return c.Alerting })},
	{"answer", false, moment(func(c *correlate.Call) wire.Time { return c.Answer })},
	{"release", false, moment(func(c *correlate.Call) wire.Time { return c.Release })},
	{"release_complete", false, moment(func(c *correlate.Call) wire.Time { return c.ReleaseComplete })},
	{"end", false, moment(func(c *correlate.Call) wire.Time { return c.End })},
	{"setup_ms", true, millis((*correlate.Call).SetupTime)},
	{"ring_ms", true, millis((*correlate.Call).RingTime)},
	{"talk_ms", true, millis((*correlate.Call).TalkTime)},
	{"outcome", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.Outcome.String()...) }},
	{"end_reason", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.EndReason.String()...) }},
	{"cause", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.HasCause, uint8(r.Cause)) }},
	{"cause_location", false, func(dst []byte, r *store.Row) []byte {
		if !r.HasCause {
			return dst
		}
		return append(dst, r.Location.String()...)
	}},
	{"cause_coding", true, func(dst []byte, r *store.Row) []byte { return known(dst, r.HasCause, r.Coding) }},
	{"released_by", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.ReleasedBy.String()...) }},
	{"trunk_group", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.TrunkGroup...) }},
	{"charge", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.Charge.String()...) }},
	{"suspended_ms", true, func(dst []byte, r *store.Row) []byte {
		return strconv.AppendInt(dst, r.Suspended.Milliseconds(), 10)
	}},
	{"capture", false, func(dst []byte, r *store.Row) []byte { return append(dst, r.CapturePath...) }},
	{"first_frame", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, r.FirstFrame, 10) }},
	{"last_frame", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, r.LastFrame, 10) }},
	{"messages", true, func(dst []byte, r *store.Row) []byte { return strconv.AppendUint(dst, uint64(r.Messages), 10) }},
	{"flags", false, func(dst []byte, r *store.Row) []byte { return r.Flags.Append(dst) }},
}

func known(dst []byte, is bool, code uint8) []byte {
	if !is {
		return dst
	}
	return strconv.AppendUint(dst, uint64(code), 10)
}

func moment(of func(*correlate.Call) wire.Time) func([]byte, *store.Row) []byte {
	return func(dst []byte, r *store.Row) []byte { return of(&r.Call).AppendRFC3339(dst) }
}

func millis(of func(*correlate.Call) (time.Duration, bool)) func([]byte, *store.Row) []byte {
	return func(dst []byte, r *store.Row) []byte {
		d, ok := of(&r.Call)
		if !ok {
			return dst
		}
		return strconv.AppendInt(dst, d.Milliseconds(), 10)
	}
}

// A CallWriter prints calls one by one.
type CallWriter interface {
	Write(r *store.Row) error
	Close() error // finishes the output; the writer below stays open
}

// A CallStyle is how calls are written for people; CSV and JSON do not depend on it.
type CallStyle struct {
	Zone      *time.Location
	PointCode func(pc uint32) string // as the operator writes them
}

// NewCallWriter gives the writer of a format: table, csv or json (one object a line).
func NewCallWriter(w io.Writer, format string, style CallStyle) (CallWriter, error) {
	switch format {
	case "table":
		return newCallTable(w, style), nil
	case "csv":
		return newCallCSV(w)
	case "json":
		return &callJSON{w: w}, nil
	}
	return nil, fmt.Errorf("--format %s: one of table, csv, json is needed", format)
}

type callCSV struct {
	w      *csv.Writer
	record []string
	buf    []byte
}

func newCallCSV(w io.Writer) (*callCSV, error) {
	c := &callCSV{w: csv.NewWriter(w), record: make([]string, len(callFields))}
	for i, f := range callFields {
		c.record[i] = f.name
	}
	return c, c.w.Write(c.record)
}

func (c *callCSV) Write(r *store.Row) error {
	for i, f := range callFields {
		c.buf = f.text(c.buf[:0], r)
		c.record[i] = string(c.buf)
	}
	return c.w.Write(c.record)
}

func (c *callCSV) Close() error {
	c.w.Flush()
	return c.w.Error()
}

type callJSON struct {
	w   io.Writer
	buf []byte
}

// Write prints an object; a field that is unknown is null.
func (c *callJSON) Write(r *store.Row) error {
	c.buf = append(CallObject(c.buf[:0], r), '\n')
	_, err := c.w.Write(c.buf)
	return err
}

func (c *callJSON) Close() error { return nil }

// CallObject appends a call as a JSON object.
func CallObject(dst []byte, r *store.Row) []byte {
	var value []byte
	for i, f := range callFields {
		dst = append(dst, "{,"[min(i, 1)])
		dst = append(strconv.AppendQuote(dst, f.name), ':')
		value = f.text(value[:0], r)
		switch {
		case len(value) == 0 && f.name != "flags":
			dst = append(dst, "null"...)
		case f.number:
			dst = append(dst, value...)
		default:
			text, _ := json.Marshal(string(value)) // a string is always good JSON
			dst = append(dst, text...)
		}
	}
	return append(dst, '}')
}

// A callTable lists calls for people, with the columns that fit a terminal.
type callTable struct {
	w     *tabwriter.Writer
	style CallStyle
}

func newCallTable(w io.Writer, style CallStyle) *callTable {
	t := &callTable{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0), style: style}
	fmt.Fprintln(t.w, "START\tSERVICE\tCALLING\tCALLED\tOPC\tDPC\tCIC\tOUTCOME\tCAUSE\tBY\tTALK\tFLAGS\tID")
	return t
}

func (t *callTable) Write(r *store.Row) error {
	cause := ""
	if r.HasCause {
		cause = fmt.Sprintf("%d %s", r.Cause, r.Location)
	}
	talk := ""
	if d, ok := r.TalkTime(); ok {
		talk = d.Truncate(time.Second).String()
	}
	_, err := fmt.Fprintf(t.w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\t%d\n",
		r.Start.Std().In(t.style.Zone).Format("2006-01-02 15:04:05"), r.Service, r.Calling.String(), r.Called.String(),
		t.style.PointCode(r.OPC), t.style.PointCode(r.DPC), r.CIC, r.Outcome, cause, r.ReleasedBy, talk, r.Flags, r.ID)
	return err
}

func (t *callTable) Close() error { return t.w.Flush() }

// WriteCall prints every field of a call that is known, a line each, with codes in words.
func WriteCall(w io.Writer, r *store.Row, style CallStyle) error {
	var buf []byte
	for _, f := range callFields {
		buf = f.text(buf[:0], r)
		if len(buf) == 0 {
			continue
		}
		if _, err := fmt.Fprintf(w, "%-21s %s%s\n", f.name, buf, meaning(f.name, r, style)); err != nil {
			return err
		}
	}
	return nil
}

// meaning says in words what a code stands for.
func meaning(name string, r *store.Row, style CallStyle) string {
	local := func(t wire.Time) string {
		return "  (" + t.Std().In(style.Zone).Format("2006-01-02 15:04:05.000 -07") + ")"
	}
	switch name {
	case "opc":
		return "  (" + style.PointCode(r.OPC) + ")"
	case "dpc":
		return "  (" + style.PointCode(r.DPC) + ")"
	case "start":
		return local(r.Start)
	case "answer":
		return local(r.Answer)
	case "release":
		return local(r.Release)
	case "cause":
		return "  (" + r.Cause.Name() + ")"
	case "cause_location":
		return "  (" + r.Location.Name() + ")"
	}
	return ""
}
