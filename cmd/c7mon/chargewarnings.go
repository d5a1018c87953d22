package main

import (
	"fmt"

	"c7mon/charge/reconcile"
	"c7mon/store"
	"c7mon/wire"
)

// fewPairs is how many records there must be before it means something that they have no calls.
const fewPairs = 10

// warn says what in the result is rather a wrong map, database or file than a wrong record.
func (r *records) warn(x *reconcile.Result, captures []store.Capture) {
	say := func(format string, args ...any) { fmt.Fprintf(r.app.stderr, "c7mon: warning: "+format+"\n", args...) }
	outside := &x.Sums[reconcile.Outside]
	records := x.Records - outside.Records
	if x.Calls == outside.Calls {
		say("no calls are stored of the time that is judged, %s to %s%s: is it the right database, and are zone and layout, the order of day "+
			"and month too, right in the map?", r.app.moment(x.From), r.app.moment(x.To), r.stored(captures))
		return
	}
	if n := x.Sums[reconcile.FileOnly].Records + x.Sums[reconcile.Number].Records; n >= fewPairs && 2*n > records {
		say("%d of %d records go with no call, or with one of another number: are calling and called the right columns, and are the form of "+
			"numbers in the map and numbering in the configuration right? Or are the files of lines that are not monitored? %s", n, records, exampleNumbers(x))
	}
	if c := &x.Clock; c.OtherUnit() {
		say("the durations of the records are %d.%03d times those of the calls: is the unit of duration right in the map?", c.Ratio/1000, c.Ratio%1000)
	}
}

// stored says of what time there are captures.
func (r *records) stored(captures []store.Capture) string {
	first, last := wire.NoTime, wire.NoTime
	for _, c := range captures {
		if c.First.Known() && c.Last.Known() {
			if !first.Known() || c.First < first {
				first = c.First
			}
			last = max(last, c.Last)
		}
	}
	if !first.Known() {
		return ""
	}
	return fmt.Sprintf(" (captures are stored of %s to %s)", r.app.moment(first), r.app.moment(last))
}

// exampleNumbers shows numbers of a record that has no call, and of a call that has no record, as they were compared.
func exampleNumbers(x *reconcile.Result) string {
	var record, call string
	for i := range x.Items {
		switch {
		case record == "" && len(i.RecordCalled) > 0 && (i.Class == reconcile.FileOnly || i.Class == reconcile.Number):
			record = fmt.Sprintf("A record is of %s to %s", orNobody(i.RecordCalling), i.RecordCalled)
		case call == "" && len(i.Called) > 0 && i.Class == reconcile.WireOnly:
			call = fmt.Sprintf(", a call of %s to %s", orNobody(i.Calling), i.Called)
		}
		if record != "" && call != "" {
			break
		}
	}
	if record == "" {
		return ""
	}
	return record + call + "."
}

func orNobody(number []byte) string {
	if len(number) == 0 {
		return "nobody"
	}
	return string(number)
}
