package store

import (
	"math"
	"strconv"
	"strings"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/wire"
)

// A Filter says which calls are wanted: those that fit everything it sets. The zero Filter lets every call through.
type Filter struct {
	From, To wire.Time // start in this half-open time; NoTime opens a side, both zero open both

	Service    string // "" is any, as in the texts below
	TrunkGroup string
	Called     string   // the digits, or a prefix with a * at its end
	Calling    string   // the same
	Number     []string // one number in each form it may have been sent: called, calling, redirecting or original called

	CIC, OPC, DPC *uint32     // nil is any
	Cause         *cause.Code // nil is any
	NoCause       bool        // only calls that ended without a cause

	Outcome   correlate.Outcome   // OutcomeNone is any
	EndReason correlate.EndReason // ReasonNone is any

	Limit int // the first so many calls; 0 is all
}

// A dialect is how the two databases differ in a query.
type dialect struct {
	mark   string                     // what a numbered parameter starts with
	moment func(us int64) any         // a time as a parameter
	day    func(offset string) string // number of the day of start since 1970, given the zone's offset
	offset func(seconds int) string   // a constant offset for day

	hasVersions string // SQL that tells whether the table of versions is there
	lockCharges string // SQL that keeps others from writing charges, "" where a transaction that writes is alone
}

// A query is SQL with its parameters.
type query struct {
	*dialect
	strings.Builder
	args []any
}

// arg adds a parameter and gives its name in the SQL.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return q.mark + strconv.Itoa(len(q.args))
}

// where appends the conditions of f.
func (q *query) where(f *Filter) {
	sep := " WHERE "
	and := func(parts ...string) {
		q.WriteString(sep)
		for _, p := range parts {
			q.WriteString(p)
		}
		sep = " AND "
	}
	q.period(and, "calls.start", f)
	if f.Service != "" {
		and("service = ", q.arg(f.Service))
	}
	if f.TrunkGroup != "" {
		and("trunk_group = ", q.arg(f.TrunkGroup))
	}
	q.digits(and, "called", f.Called)
	q.digits(and, "calling", f.Calling)
	if len(f.Number) > 0 {
		marks := make([]string, len(f.Number))
		for i, n := range f.Number {
			marks[i] = q.arg(n)
		}
		in := " IN (" + strings.Join(marks, ", ") + ")"
		and("(called", in, " OR calling", in, " OR redirecting", in, " OR original_called", in, ")")
	}
	for _, c := range [...]struct {
		name string
		v    *uint32
	}{{"cic", f.CIC}, {"opc", f.OPC}, {"dpc", f.DPC}} {
		if c.v != nil {
			and(c.name, " = ", q.arg(int64(*c.v)))
		}
	}
	if f.Cause != nil {
		and("cause = ", q.arg(int64(*f.Cause)))
	}
	if f.NoCause {
		and("cause IS NULL")
	}
	if f.Outcome != correlate.OutcomeNone {
		and("outcome = ", q.arg(int64(f.Outcome)))
	}
	if f.EndReason != correlate.ReasonNone {
		and("end_reason = ", q.arg(int64(f.EndReason)))
	}
}

// period appends the conditions that the times of f make of a column.
func (q *query) period(and func(...string), column string, f *Filter) {
	if f.From == 0 && f.To == 0 {
		return
	}
	if f.From.Known() {
		and(column, " >= ", q.arg(q.moment(ceilMicros(f.From))))
	}
	if f.To.Known() {
		and(column, " < ", q.arg(q.moment(ceilMicros(f.To))))
	}
}

// digits appends the condition for a number or its prefix. Both databases compare these columns octet by octet, so that
// a prefix is a range of the index.
func (q *query) digits(and func(...string), column, want string) {
	prefix, open := strings.CutSuffix(want, "*")
	prefix = strings.ToUpper(prefix)
	switch {
	case want == "":
	case !open:
		and(column, " = ", q.arg(prefix))
	case prefix == "":
		and(column, " IS NOT NULL")
	default:
		last := len(prefix) - 1
		and(column, " >= ", q.arg(prefix), " AND ", column, " < ", q.arg(prefix[:last]+string(rune(prefix[last]+1))))
	}
}

// ceilMicros gives the first whole microsecond that is not before t: stored times are whole ones.
func ceilMicros(t wire.Time) int64 {
	us := t.Micros()
	if int64(t)%1000 != 0 && us < math.MaxInt64 {
		us++
	}
	return us
}
