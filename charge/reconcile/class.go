package reconcile

import "fmt"

// Class is what became of a call or a record. Each call and each record is in exactly one.
type Class uint8

// The classes, in the order of reports. What each means stands in the table below.
const (
	Matched Class = iota
	WireOnly
	FileOnly
	Duration
	Answer
	ChargedNotAnswered
	AnsweredNotCharged
	ChargedFree
	Double
	Number
	Tariff
	Unproved
	Unseen
	NoCharge
	Attempt
	Leg
	Outside
	Unusable
	numClasses
)

// Weight is what a class says about the file.
type Weight uint8

// The weights.
const (
	Agrees     Weight = iota // nothing is wrong
	Difference               // something is wrong
	Doubt                    // it may be the monitor that is wrong
	Aside                    // it is not judged
)

// classes define what is in a class. Of a pair the classes are tried in the order charged_not_answered, answered_not_charged,
// charged_free, number, duration, answer, tariff, matched; the first that fits is taken, and it is unproved in place of any
// difference where the call is not sure.
var classes = [numClasses]struct {
	name   string
	weight Weight
	text   string
}{
	Matched:  {"matched", Agrees, "Call and record agree in all that both tell."},
	WireOnly: {"wire_only", Difference, "The call was answered and is not free, and the file has no record of it."},
	FileOnly: {"file_only", Difference, "The file has a record, and the lines, heard wholly at that time, carried no such call."},
	Duration: {"duration", Difference, "The durations differ by more than the tolerance."},
	Answer: {"answer", Difference, "The times of answer differ by more than the tolerance though the duration fits, " +
		"or the record has an answer where the call had none and nothing is charged."},
	ChargedNotAnswered: {"charged_not_answered", Difference, "The record is charged, and the call, heard wholly, was not answered."},
	AnsweredNotCharged: {"answered_not_charged", Difference, "The call was answered and is not free, and the record says not answered, " +
		"not charged, no duration or no money."},
	ChargedFree: {"charged_free", Difference, "The exchange said no charge for the call, and the record has money."},
	Double:      {"double", Difference, "A second record of a call that has its record already."},
	Number: {"number", Difference, "The called or calling number is another, on the same circuit at the same time; or the called number, " +
		"of the same caller at the same time, with the same last digits or the same duration; or a digit or two at its beginning or its " +
		"end, where the file has no caller."},
	Tariff: {"tariff", Difference, "The name of the tariff or the money is another though the duration fits."},
	Unproved: {"unproved", Doubt, "Something differs or has no record, and the call was not seen wholly (partial, lost, open, suspect), " +
		"so that it proves nothing."},
	Unseen:   {"unseen", Doubt, "The file has a record and there is no call, at a time when the lines were not heard wholly."},
	NoCharge: {"no_charge", Agrees, "A call without a record that needs none: free, or not answered while the file has only answered calls."},
	Attempt:  {"attempt", Aside, "A call that was not answered has no record, and the file has records of other such calls."},
	Leg: {"leg", Aside, "The same call a second time on another circuit, before and behind the switch: a call whose other leg has the record, " +
		"or a second record, of another circuit, that nobody pays for."},
	Outside:  {"outside", Aside, "A call or record outside the time that is judged."},
	Unusable: {"unusable", Aside, "A record without any time, or with neither a called number nor a circuit: nothing can be said of it."},
}

// Classes gives all classes in the order of reports.
func Classes() []Class {
	list := make([]Class, numClasses)
	for i := range list {
		list[i] = Class(i)
	}
	return list
}

// String gives the name in CSV and JSON.
func (c Class) String() string {
	if c < numClasses {
		return classes[c].name
	}
	return fmt.Sprintf("class %d", uint8(c))
}

// Text says in a sentence what is in the class.
func (c Class) Text() string {
	if c < numClasses {
		return classes[c].text
	}
	return ""
}

// Weight tells differences from agreement and doubt.
func (c Class) Weight() Weight {
	if c < numClasses {
		return classes[c].weight
	}
	return Aside
}

// ClassOf is the inverse of Class.String; ok is false for a name that there is not.
func ClassOf(name string) (c Class, ok bool) {
	for i := range classes {
		if classes[i].name == name {
			return Class(i), true
		}
	}
	return 0, false
}
