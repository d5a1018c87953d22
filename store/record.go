package store

import (
	"math"
	"time"

	"c7mon/cause"
	"c7mon/correlate"
	"c7mon/wire"
)

// kind is the type of a column in both databases.
type kind uint8

const (
	moment kind = iota // timestamptz; microseconds since 1970 in SQLite
	big                // bigint
	whole              // integer
	small              // smallint
	text               // text COLLATE "C"
)

// The columns of calls, in the order of the table: wide ones first, so that none needs padding.
const (
	colStart = iota
	colID
	colACM
	colAlerting
	colAnswer
	colRelease
	colReleaseComplete
	colEnded
	colFirstFrame
	colLastFrame
	colSuspended
	colCIC
	colOPC
	colDPC
	colCapture
	colLastCapture
	colMessages
	colFlags
	colNI
	colCategory
	colTMR
	colCalledNOA
	colCalledPresentation
	colCallingNOA
	colCallingPresentation
	colRedirectingNOA
	colRedirectingPresentation
	colOriginalNOA
	colOriginalPresentation
	colNumberEnd
	colOutcome
	colEndReason
	colCause
	colCauseLocation
	colCauseCoding
	colReleasedBy
	colCharge
	colNetwork // the first text
	colProtocol
	colService
	colTrunkGroup
	colCalled
	colCalling
	colRedirecting
	colOriginal
	numColumns
)

// A column of a table.
type column struct {
	name string
	kind kind
}

var columns = [numColumns]column{
	colStart:                   {"start", moment},
	colID:                      {"id", big},
	colACM:                     {"acm", moment},
	colAlerting:                {"alerting", moment},
	colAnswer:                  {"answer", moment},
	colRelease:                 {"release", moment},
	colReleaseComplete:         {"release_complete", moment},
	colEnded:                   {"ended", moment},
	colFirstFrame:              {"first_frame", big},
	colLastFrame:               {"last_frame", big},
	colSuspended:               {"suspended_us", big},
	colCIC:                     {"cic", big},
	colOPC:                     {"opc", whole},
	colDPC:                     {"dpc", whole},
	colCapture:                 {"capture", whole},
	colLastCapture:             {"last_capture", whole},
	colMessages:                {"messages", whole},
	colFlags:                   {"flags", whole},
	colNI:                      {"ni", small},
	colCategory:                {"category", small},
	colTMR:                     {"tmr", small},
	colCalledNOA:               {"called_noa", small},
	colCalledPresentation:      {"called_presentation", small},
	colCallingNOA:              {"calling_noa", small},
	colCallingPresentation:     {"calling_presentation", small},
	colRedirectingNOA:          {"redirecting_noa", small},
	colRedirectingPresentation: {"redirecting_presentation", small},
	colOriginalNOA:             {"original_called_noa", small},
	colOriginalPresentation:    {"original_called_presentation", small},
	colNumberEnd:               {"number_end", small},
	colOutcome:                 {"outcome", small},
	colEndReason:               {"end_reason", small},
	colCause:                   {"cause", small},
	colCauseLocation:           {"cause_location", small},
	colCauseCoding:             {"cause_coding", small},
	colReleasedBy:              {"released_by", small},
	colCharge:                  {"charge", small},
	colNetwork:                 {"network", text},
	colProtocol:                {"protocol", text},
	colService:                 {"service", text},
	colTrunkGroup:              {"trunk_group", text},
	colCalled:                  {"called", text},
	colCalling:                 {"calling", text},
	colRedirecting:             {"redirecting", text},
	colOriginal:                {"original_called", text},
}

// A record is one row in the terms of the columns; each database writes and reads it by the table above.
type record struct {
	null uint64                          // a bit a column
	num  [colNetwork]int64               // moments in microseconds since 1970
	text [numColumns - colNetwork][]byte // into buf
	buf  []byte                          // used again
}

func (r *record) isNull(i int) bool { return r.null>>i&1 != 0 }

// opt sets a number that may be unknown.
func (r *record) opt(i int, known bool, n int64) {
	if known {
		r.num[i] = n
	} else {
		r.null |= 1 << i
	}
}

func (r *record) moment(i int, t wire.Time) { r.opt(i, t.Known(), t.Micros()) }

// string sets a text; an empty one is null where that can be.
func (r *record) string(i int, s string) {
	start := len(r.buf)
	r.buf = append(r.buf, s...)
	r.setText(i, start)
}

func (r *record) setText(i, start int) {
	r.text[i-colNetwork] = r.buf[start:]
	if len(r.buf) == start && i != colNetwork && i != colProtocol {
		r.null |= 1 << i
	}
}

// number sets the three columns of an address, digits, nature of address and presentation. Its bit of number_end tells
// that it ended with the end-of-dialling digit.
func (r *record) number(digits, noa, presentation int, bit int64, n *correlate.Number) {
	start := len(r.buf)
	r.buf = n.Append(r.buf)
	r.setText(digits, start)
	r.opt(noa, n.Seen, int64(n.NOA))
	r.opt(presentation, n.Seen, int64(n.Presentation))
	if n.ST {
		r.num[colNumberEnd] |= bit
	}
}

// set fills r from a call. Its inverse is call.
func (r *record) set(c *correlate.Call, captures []int64) {
	r.null, r.buf = 0, r.buf[:0]
	r.num[colStart] = c.Start.Micros() // not known: the smallest there is
	r.num[colID] = int64(c.ID())
	r.moment(colACM, c.ACM)
	r.moment(colAlerting, c.Alerting)
	r.moment(colAnswer, c.Answer)
	r.moment(colRelease, c.Release)
	r.moment(colReleaseComplete, c.ReleaseComplete)
	r.moment(colEnded, c.End)
	r.opt(colFirstFrame, c.FirstFrame != 0, int64(c.FirstFrame))
	r.opt(colLastFrame, c.LastFrame != 0, int64(c.LastFrame))
	r.opt(colSuspended, c.Suspended != 0, c.Suspended.Microseconds())
	r.num[colCIC], r.num[colOPC], r.num[colDPC] = int64(c.CIC), int64(c.OPC), int64(c.DPC)
	r.capture(colCapture, c.FirstFile, captures)
	r.capture(colLastCapture, c.LastFile, captures)
	r.num[colMessages], r.num[colFlags], r.num[colNI] = int64(c.Messages), int64(c.Flags), int64(c.NI)
	r.opt(colCategory, c.HasCategory, int64(c.Category))
	r.opt(colTMR, c.HasTMR, int64(c.TMR))
	r.num[colOutcome], r.num[colEndReason] = int64(c.Outcome), int64(c.EndReason)
	r.opt(colCause, c.HasCause, int64(c.Cause))
	r.opt(colCauseLocation, c.HasCause, int64(c.Location))
	r.opt(colCauseCoding, c.HasCause, int64(c.Coding))
	r.opt(colReleasedBy, c.ReleasedBy != correlate.NoSide, int64(c.ReleasedBy))
	r.opt(colCharge, c.Charge != correlate.ChargeUnknown, int64(c.Charge))
	r.string(colNetwork, c.Network)
	r.string(colProtocol, c.Protocol)
	r.string(colService, c.Service)
	r.string(colTrunkGroup, c.TrunkGroup)
	r.num[colNumberEnd] = 0
	r.number(colCalled, colCalledNOA, colCalledPresentation, 1, &c.Called)
	r.number(colCalling, colCallingNOA, colCallingPresentation, 2, &c.Calling)
	r.number(colRedirecting, colRedirectingNOA, colRedirectingPresentation, 4, &c.Redirecting)
	r.number(colOriginal, colOriginalNOA, colOriginalPresentation, 8, &c.OriginalCalled)
	if r.num[colNumberEnd] == 0 {
		r.null |= 1 << colNumberEnd
	}
}

// capture sets the id of the capture file with that index.
func (r *record) capture(i, file int, captures []int64) {
	known := file >= 0 && file < len(captures) && captures[file] != 0
	if known {
		r.num[i] = captures[file]
	} else {
		r.null |= 1 << i
	}
}

// call fills row from r. A null number reads as 0.
func (r *record) call(row *Row) {
	for i := range r.num {
		if r.isNull(i) {
			r.num[i] = 0
		}
	}
	n := &r.num
	*row = Row{ID: uint64(n[colID]), Capture: n[colCapture], LastCapture: n[colLastCapture]}
	c := &row.Call
	c.Start, c.ACM, c.Alerting = fromMicros(n[colStart]), r.time(colACM), r.time(colAlerting)
	c.Answer, c.Release = r.time(colAnswer), r.time(colRelease)
	c.ReleaseComplete, c.End = r.time(colReleaseComplete), r.time(colEnded)
	c.FirstFrame, c.LastFrame = uint64(n[colFirstFrame]), uint64(n[colLastFrame])
	c.Suspended = time.Duration(n[colSuspended]) * time.Microsecond
	c.CIC, c.OPC, c.DPC, c.NI = uint32(n[colCIC]), uint32(n[colOPC]), uint32(n[colDPC]), uint8(n[colNI])
	c.Messages, c.Flags = uint32(n[colMessages]), correlate.Flags(n[colFlags])
	c.HasCategory, c.Category = !r.isNull(colCategory), uint8(n[colCategory])
	c.HasTMR, c.TMR = !r.isNull(colTMR), uint8(n[colTMR])
	c.Outcome, c.EndReason = correlate.Outcome(n[colOutcome]), correlate.EndReason(n[colEndReason])
	c.HasCause, c.Cause = !r.isNull(colCause), cause.Code(n[colCause])
	c.Location, c.Coding = cause.Location(n[colCauseLocation]), uint8(n[colCauseCoding])
	c.ReleasedBy, c.Charge = correlate.Side(n[colReleasedBy]), correlate.Charge(n[colCharge])
	c.Network, c.Protocol = r.get(colNetwork), r.get(colProtocol)
	c.Service, c.TrunkGroup = r.get(colService), r.get(colTrunkGroup)
	c.Called = r.getNumber(colCalled, colCalledNOA, colCalledPresentation, 1)
	c.Calling = r.getNumber(colCalling, colCallingNOA, colCallingPresentation, 2)
	c.Redirecting = r.getNumber(colRedirecting, colRedirectingNOA, colRedirectingPresentation, 4)
	c.OriginalCalled = r.getNumber(colOriginal, colOriginalNOA, colOriginalPresentation, 8)
}

func (r *record) time(i int) wire.Time {
	if r.isNull(i) {
		return wire.NoTime
	}
	return fromMicros(r.num[i])
}

func (r *record) get(i int) string {
	if r.isNull(i) {
		return ""
	}
	return string(r.text[i-colNetwork])
}

func (r *record) getNumber(digits, noa, presentation int, bit int64) correlate.Number {
	n := correlate.ParseNumber(r.get(digits), uint8(r.num[noa]), uint8(r.num[presentation]))
	n.Seen = !r.isNull(noa)
	n.ST = r.num[colNumberEnd]&bit != 0
	return n
}

// fromMicros gives the time that so many microseconds since 1970 are; what a Time cannot hold is NoTime.
func fromMicros(us int64) wire.Time {
	if us < math.MinInt64/1000 || us > math.MaxInt64/1000 {
		return wire.NoTime
	}
	return wire.Time(us * 1000)
}

// A key is the primary key of a call.
type key struct{ start, id int64 }

// better tells whether a call takes the place of one stored with the same key: the stored one was cut off by the end of
// its capture and the new one is finished, or the new one has more messages. The SQL of both databases says the same.
func better(stored, c *correlate.Call) bool {
	return stored.EndReason == correlate.ByCaptureEnd && c.EndReason != correlate.ByCaptureEnd &&
		c.EndReason != correlate.ReasonNone || c.Messages > stored.Messages
}

// distinct gives calls with each key once, the better copy where there are several. It returns calls itself where there
// is nothing to leave out.
func distinct(calls []correlate.Call) []correlate.Call {
	at := make(map[key]int, len(calls))
	var out []correlate.Call
	for i := range calls {
		k := key{calls[i].Start.Micros(), int64(calls[i].ID())}
		j, there := at[k]
		switch {
		case !there:
			at[k] = i
			if out != nil {
				at[k] = len(out)
				out = append(out, calls[i])
			}
		case out == nil:
			out = append(out, calls[:i]...)
			fallthrough
		default:
			if better(&out[j], &calls[i]) {
				out[j] = calls[i]
			}
		}
	}
	if out == nil {
		return calls
	}
	return out
}
