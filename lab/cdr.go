package lab

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"c7mon/wire"
)

// A CDR says how the near exchange writes its call records beside the capture. A record is a row of CSV below a heading:
//
//	record,calling,called,start,answer,end,duration_s,answered,trunk_group,cic,amount,currency,tariff
//
// Records are numbered from 1 and come in the order in which the calls ended. Times are by the clock of the switch, without
// their zone: 2003-10-12 08:00:00.123. Numbers are as they are dialled: 0912345678, 0084912345678, 1710912345678, 880123.
// A call that is not answered has no answer and a duration of 0, and a call that cannot be priced has no amount. There are
// no records of calls that found no idle circuit, that are still up when the capture ends (a call is up until it is released),
// or that began before it (their numbers are not known), nor of attempts that go on as another call on another circuit
// (glare, reattempt). Every call is kept in memory, about 400 octets each, until the capture is written.
type CDR struct {
	File  io.Writer // is given the records
	Truth io.Writer // is given the faults for people, as CSV; nil for none

	Zone         *time.Location // of the times, nil for UTC
	Offset       time.Duration  // of the clock of the switch when the scenario begins: above 0 it is ahead
	Drift        int64          // of that clock, in parts per billion: above 0 it is fast
	Round        time.Duration  // times are cut to a whole multiple of it, 1 ms to 10 s; 0 for 1 ms
	AnsweredOnly bool           // calls that are not answered have no record

	// Faults says how many of each of CDRFaultKinds there are. Each damages another call, one that is seen whole on the line.
	Faults map[string]int
	Fault  func(CDRFault) // is given each fault, in the order of the records

	// Price gives what a call costs; ok is false where that cannot be told. Nil for records without amounts.
	Price func(*Call) (p Price, ok bool)
}

// A Price is what a call costs.
type Price struct {
	Money    int64 // in the smallest part of the currency
	Decimals uint8 // of an amount: 0 for VND and 2 for USD
	Currency string
	Tariff   string // name of the tariff by which it costs so much
}

// A CDRFault is one that was put into the call records.
type CDRFault struct {
	Kind   string // of CDRFaultKinds
	Record int    // number of the damaged record, of a double one the second; 0 of one that is missing
	Call   *Call  // as it was on the line, nil of a record without a call
	What   string // what is wrong, for people

	// Where there are prices, what the call ought to cost, and what its records come to in the file. The price of a record
	// without a call ought to be 0.
	Priced        bool
	Before, After Price
}

// The limits of a clock and of its rounding.
const (
	cdrLeastRound = time.Millisecond
	cdrMostRound  = 10 * time.Second
	cdrMostOffset = 24 * time.Hour
	cdrMostDrift  = 1_000_000 // ppb
)

// check says what is wrong with the options.
func (o *CDR) check() error {
	switch {
	case o.File == nil:
		return errors.New("call records: there is no file to write")
	case o.Round != 0 && (o.Round < cdrLeastRound || o.Round > cdrMostRound):
		return fmt.Errorf("call records rounded to %v: from %v to %v is needed", o.Round, cdrLeastRound, cdrMostRound)
	case o.Offset < -cdrMostOffset || o.Offset > cdrMostOffset:
		return fmt.Errorf("clock of the switch %v ahead: at most %v is needed", o.Offset, cdrMostOffset)
	case o.Drift < -cdrMostDrift || o.Drift > cdrMostDrift:
		return fmt.Errorf("drift of the clock of the switch of %d ppm: at most %d is needed", o.Drift/1000, cdrMostDrift/1000)
	}
	for name, n := range o.Faults {
		i := slices.IndexFunc(cdrKinds[:], func(k cdrKind) bool { return k.Name == name })
		switch {
		case i < 0:
			return fmt.Errorf("fault %q of call records: there are %s", name, strings.Join(cdrKindNames(), ", "))
		case n < 0:
			return fmt.Errorf("fault %s of call records: its number cannot be below 0", name)
		case n > 0 && cdrKinds[i].priced && o.Price == nil:
			return fmt.Errorf("fault %s of call records: prices are needed", name)
		}
	}
	return nil
}

// stamp gives the time that the clock of the switch shows at t: it counts from the beginning of the scenario.
func (o *CDR) stamp(t, begin wire.Time) wire.Time {
	us := t.Sub(begin) / time.Microsecond
	t = t.Add(o.Offset + us*time.Duration(o.Drift)/1_000_000)
	return t - t%wire.Time(max(o.Round, cdrLeastRound))
}

// dialled gives a number as it is dialled in the country: behind 0 where it is a national one and behind 00 where it is an
// international one. VoIP prefixes are dialled as they are, whatever nature the exchange gives the number.
func dialled(digits string, nature uint8, service string) string {
	switch {
	case digits == "" || service == "VOIP":
		return digits
	case nature == noaNational:
		return "0" + digits
	case nature == noaInternational:
		return "00" + digits
	}
	return digits
}
