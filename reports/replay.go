package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// A Replay is the summary of a replay, design section 4.1. FramesBy adds up to Frames, MessagesBy to MSUs, and with a
// database Stored and Known to Calls.
type Replay struct {
	Files      int                          `json:"files"`
	Frames     uint64                       `json:"frames"`
	Bytes      uint64                       `json:"bytes"`
	First      string                       `json:"first"` // RFC 3339, UTC; empty without a frame
	Last       string                       `json:"last"`
	MSUs       uint64                       `json:"msus"`
	FramesBy   map[string]uint64            `json:"frames_by"`
	MessagesBy map[string]uint64            `json:"messages_by"`
	Messages   map[string]map[string]uint64 `json:"messages"`
	Calls      uint64                       `json:"calls"`
	Stored     int64                        `json:"stored"`
	Known      int64                        `json:"known"`
	Open       uint64                       `json:"open"`
	Outcomes   map[string]uint64            `json:"outcomes"`
	Coverage   *float64                     `json:"coverage"` // null where no link has sequence numbers
	Anomalies  uint64                       `json:"anomalies"`
	Dropped    uint64                       `json:"dropped,omitempty"` // frames that live sources heard and lost before they came here; in no other count
	Events     map[string]uint64            `json:"events,omitempty"`  // what happened to lines and sources, by kind
	Elapsed    float64                      `json:"elapsed_s"`         // by the clock on the wall, Indexing among it
	Indexing   float64                      `json:"index_s"`           // building the indexes of numbers and circuits after the load

	NoStore bool `json:"-"` // there was no database: Stored and Known are 0
}

// WriteText prints the summary for people: what came in, what became of it, and the calls.
func (r *Replay) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d frames, %d octets", r.Frames, r.Bytes)
	if r.First != "" {
		fmt.Fprintf(&b, ", from %s to %s", r.First, r.Last)
	}
	fmt.Fprintf(&b, ", read in %.2f s", r.Elapsed-r.Indexing)
	if r.Indexing > 0 {
		fmt.Fprintf(&b, ", indexed in %.2f s", r.Indexing)
	}
	b.WriteByte('\n')
	counters(&b, "frames", r.FramesBy)
	counters(&b, fmt.Sprintf("%d MSUs", r.MSUs), r.MessagesBy)
	for _, protocol := range keys(r.Messages) {
		counters(&b, protocol, r.Messages[protocol])
	}
	if r.NoStore {
		fmt.Fprintf(&b, "%d calls, not stored: %d still up at the end\n", r.Calls, r.Open)
	} else {
		fmt.Fprintf(&b, "%d calls: %d stored, %d known already, %d still up at the end\n", r.Calls, r.Stored, r.Known, r.Open)
	}
	counters(&b, "outcomes", r.Outcomes)
	if r.Coverage != nil {
		fmt.Fprintf(&b, "seen %.2f %% of the signal units, by their sequence numbers\n", *r.Coverage*100)
	} else {
		b.WriteString("how many signal units were not seen is not known: no link, direction or sequence numbers\n")
	}
	if r.Anomalies > 0 {
		fmt.Fprintf(&b, "%d frames with a time far from those around them\n", r.Anomalies)
	}
	if r.Dropped > 0 {
		fmt.Fprintf(&b, "%d frames were dropped before they came here\n", r.Dropped)
	}
	counters(&b, "events", r.Events)
	_, err := io.WriteString(w, b.String())
	return err
}

// counters prints counts by name, the largest first.
func counters(b *strings.Builder, what string, by map[string]uint64) {
	if len(by) == 0 {
		return
	}
	names := keys(by)
	slices.SortStableFunc(names, func(x, y string) int { return cmp.Compare(by[y], by[x]) })
	sep := ": "
	b.WriteString(what)
	for _, n := range names {
		fmt.Fprintf(b, "%s%s %d", sep, n, by[n])
		sep = ", "
	}
	b.WriteByte('\n')
}

// keys gives the keys of m in order.
func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
