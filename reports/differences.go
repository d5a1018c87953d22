package reports

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"c7mon/charge/reconcile"
)

// DifferenceOptions say what Differences lists.
type DifferenceOptions struct {
	Classes []reconcile.Class // nil: all that are of the weight Difference
	Limit   int               // rows, 0 for all
	Brief   bool              // only the columns that fit a terminal
}

// A differenceColumn is one column of the list of differences.
type differenceColumn struct {
	key   string
	title func(x *reconcilePhrases) string
	right bool
	brief bool
	cell  func(in *ReconcileInput, i *reconcile.Item) Cell
}

var differenceColumns = []differenceColumn{
	{"time", func(x *reconcilePhrases) string { return x.time }, false, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.moment(i.At) }},
	{"class", func(x *reconcilePhrases) string { return x.class }, false, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell {
			return Cell{in.Style.Lang.reconcileTexts().classes[i.Class], i.Class.String(), i.Class.String()}
		}},
	{"call", func(x *reconcilePhrases) string { return x.call }, true, true,
		func(_ *ReconcileInput, i *reconcile.Item) Cell {
			if i.Call == 0 {
				return Cell{}
			}
			return words(strconv.AppendUint(nil, i.Call, 10))
		}},
	{"line", func(x *reconcilePhrases) string { return x.line }, true, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.line(i.Line) }},
	{"calling", func(x *reconcilePhrases) string { return x.calling }, false, true,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.Calling) }},
	{"called", func(x *reconcilePhrases) string { return x.called }, false, true,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.Called) }},
	{"file_calling", func(x *reconcilePhrases) string { return x.fileCalling }, false, true,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.RecordCalling) }},
	{"file_called", func(x *reconcilePhrases) string { return x.fileCalled }, false, true,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.RecordCalled) }},
	{"trunk_group", func(x *reconcilePhrases) string { return x.trunkGroup }, false, false,
		func(_ *ReconcileInput, i *reconcile.Item) Cell {
			return words(either(i.TrunkGroup, i.RecordTrunkGroup))
		}},
	{"cic", func(x *reconcilePhrases) string { return x.cic }, true, false,
		func(_ *ReconcileInput, i *reconcile.Item) Cell {
			if i.CIC < 0 {
				return atLeast(i.RecordCIC, 0)
			}
			return atLeast(i.CIC, 0)
		}},
	{"answer", func(x *reconcilePhrases) string { return x.answer }, false, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.moment(i.Answer) }},
	{"file_answer", func(x *reconcilePhrases) string { return x.fileAnswer }, false, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.moment(i.RecordAnswer) }},
	{"answer_off_ms", func(x *reconcilePhrases) string { return x.answerOff }, true, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.span(i.AnswerOff, i.HasAnswerOff) }},
	{"talk_ms", func(x *reconcilePhrases) string { return x.talk }, true, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.span(i.Talk, i.Talk >= 0) }},
	{"file_talk_ms", func(x *reconcilePhrases) string { return x.fileTalk }, true, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.span(i.RecordTalk, i.RecordTalk >= 0) }},
	{"talk_off_ms", func(x *reconcilePhrases) string { return x.talkOff }, true, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.span(i.TalkOff, i.HasTalkOff) }},
	{"tariff", func(x *reconcilePhrases) string { return x.tariff }, false, false,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.Tariff) }},
	{"file_tariff", func(x *reconcilePhrases) string { return x.fileTariff }, false, false,
		func(_ *ReconcileInput, i *reconcile.Item) Cell { return words(i.RecordTariff) }},
	{"due", func(x *reconcilePhrases) string { return x.due }, true, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.money(i.Expected, i.HasExpected) }},
	{"charged", func(x *reconcilePhrases) string { return x.charged }, true, false,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.money(i.Charged, i.HasCharged) }},
	{"stake", func(x *reconcilePhrases) string { return x.stake }, true, true,
		func(in *ReconcileInput, i *reconcile.Item) Cell { return in.money(i.Stake, i.HasStake) }},
}

// Differences makes the list of what differs, in order of time: each row has the call and the line of the record where there are any.
// The field total is how many there are, whatever the limit.
func Differences(in ReconcileInput, o DifferenceOptions) Table {
	t := in.differences(&o)
	_ = t.stream(func(r Row) error { // the error is that of this function
		t.Rows = append(t.Rows, slices.Clone(r))
		return nil
	})
	t.stream = nil
	return t
}

// WriteDifferences writes the list that Differences makes in a format, and tells how many there are. As CSV and JSON a list of any
// length takes no memory.
func WriteDifferences(w io.Writer, in ReconcileInput, o DifferenceOptions, f Format) (total int64, err error) {
	t := in.differences(&o)
	total, _ = t.Fields[len(t.Fields)-1].Value.(int64)
	if f != CSV && f != JSON {
		t = Differences(in, o)
	}
	return total, t.Write(w, f)
}

// differences makes the list without its rows, which stream gives; each is used again for the next.
func (in *ReconcileInput) differences(o *DifferenceOptions) Table {
	x := in.Style.Lang.reconcileTexts()
	t := Table{Report: "differences", Lang: in.Style.Lang, Title: in.reconcileTitle(x.list), Empty: x.none, Rows: []Row{}}
	columns := o.columns()
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{c.key, c.title(x), c.right})
	}
	total, listed := int64(0), int64(0)
	for i := range in.Result.Items {
		if o.wants(i) {
			total++
		}
	}
	if listed = total; o.Limit > 0 {
		listed = min(total, int64(o.Limit))
	}
	t.stream = func(do func(Row) error) error {
		row, n := make(Row, len(columns)), int64(0)
		for i := range in.Result.Items {
			switch {
			case !o.wants(i):
				continue
			case n == listed:
				return nil
			}
			n++
			for k, c := range columns {
				row[k] = c.cell(in, i)
			}
			if err := do(row); err != nil {
				return err
			}
		}
		return nil
	}
	t.Fields = append(in.reconcileFields(), Field{"total", total})
	if more := total - listed; more > 0 {
		t.Notes = append(t.Notes, fmt.Sprintf(x.more, more))
	}
	t.Notes = append(append(t.Notes, in.clockNotes()...), x.fileClock)
	if total > 0 {
		t.Notes = append(t.Notes, x.drill)
	}
	return t
}

// columns gives the columns of the list.
func (o *DifferenceOptions) columns() (list []*differenceColumn) {
	for i := range differenceColumns {
		if c := &differenceColumns[i]; !o.Brief || c.brief {
			list = append(list, c)
		}
	}
	return list
}

// wants tells whether an item is listed. Calls outside the time are as many as the caller thought good: only records are listed.
func (o *DifferenceOptions) wants(i *reconcile.Item) bool {
	if o.Classes == nil {
		return i.Class.Weight() == reconcile.Difference
	}
	return slices.Contains(o.Classes, i.Class) && (i.Class != reconcile.Outside || i.Line > 0)
}

// line gives the line of a record, behind the name of its file where there are several.
func (in *ReconcileInput) line(n int64) Cell {
	file := n >> fileBits
	if n == 0 || file < 0 || file >= int64(len(in.Files)) {
		return atLeast(n, 1)
	}
	return words(fmt.Appendf(nil, "%s:%d", in.Files[file], n&(1<<fileBits-1)))
}

func either(a, b []byte) []byte {
	if len(a) > 0 {
		return a
	}
	return b
}
