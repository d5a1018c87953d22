package charge_test

import (
	"fmt"
	"strings"
	"time"

	"c7mon/charge"
)

// A kind is one of the events that drive a mobile station.
type kind int

const (
	evAdvance kind = iota
	evStart
	evReceive
	evChange
	evSegments
	evLost
	evBack
	evEnd
	evMax
)

var kindNames = [...]string{"advance", "start", "cai", "change", "segments", "lost", "back", "end", "acmmax"}

// An event is one line of a script.
type event struct {
	at                  time.Duration
	kind                kind
	call                charge.CallID
	cai                 charge.CAI
	n                   int64 // of segments, or the ACMmax
	incoming, emergency bool
}

func (v event) String() string {
	s := fmt.Sprintf("%v call %d %s", v.at, v.call, kindNames[v.kind])
	switch v.kind {
	case evStart:
		s += fmt.Sprintf(" incoming=%v emergency=%v", v.incoming, v.emergency)
	case evReceive:
		s += " " + v.cai.String()
	case evSegments, evMax:
		s += fmt.Sprintf(" %d", v.n)
	}
	return s
}

func text(script []event) string {
	var b strings.Builder
	for _, v := range script {
		fmt.Fprintln(&b, v)
	}
	return b.String()
}

// An outcome is what an event answers: barred of a start, confirmed of a CAI.
type outcome struct {
	yes bool
	err error
}

// play gives an event to the engine.
func play(s *charge.MS, v event) (o outcome) {
	switch v.kind {
	case evAdvance:
		s.Advance(v.at)
	case evStart:
		d := charge.MobileOriginated
		if v.incoming {
			d = charge.MobileTerminated
		}
		o.yes, o.err = s.Start(v.at, v.call, d, v.emergency)
	case evReceive:
		o.yes, o.err = s.Receive(v.at, v.call, v.cai)
	case evChange:
		o.err = s.ServiceChange(v.at, v.call)
	case evSegments:
		o.err = s.Segments(v.at, v.call, v.n)
	case evLost:
		o.err = s.LinkLost(v.at, v.call)
	case evBack:
		o.err = s.LinkBack(v.at, v.call)
	case evEnd:
		o.err = s.End(v.at, v.call)
	case evMax:
		s.SetACMMax(v.at, v.n)
	}
	return o
}

// octets make scripts: every sequence of them is one, so that chance and the fuzzer write scripts alike.
type octets []byte

func (o *octets) next() int {
	if len(*o) == 0 {
		return 0
	}
	b := (*o)[0]
	*o = (*o)[1:]
	return int(b)
}

// A span is how times are spread: on the grid of 0.1 s, odd by milliseconds, odd by nanoseconds, or all at one moment.
func (o *octets) span() time.Duration {
	switch b := o.next(); b % 8 {
	case 0, 1:
		return 0
	case 2, 3, 4:
		return time.Duration(o.next()%40) * 100 * time.Millisecond
	case 5, 6:
		return time.Duration(o.next()) * 13 * time.Millisecond
	default:
		return time.Duration(o.next())*7_654_321 + time.Duration(b)
	}
}

// cai has small values, so that intervals are short, and zero and missing ones often.
func (o *octets) cai() (c charge.CAI) {
	there, zero := o.next(), o.next()
	for e := charge.E1; e <= charge.E7; e++ {
		steps := int64(0)
		switch {
		case there>>(e-1)&1 == 0:
			continue
		case zero&3 == 3 && zero>>(e+1)&1 != 0:
		case e == charge.E3:
			if steps = 100; zero&4 != 0 {
				steps = int64(o.next()) * 2
			}
		case e == charge.E6:
			steps = 1 + int64(o.next()%6)
		case e == charge.E2 || e == charge.E7:
			steps = 1 + int64(o.next()%32)
		default:
			steps = int64(o.next() % 64)
		}
		c = must(c.With(e, steps))
	}
	return c
}

// script reads the octets: where the ACM and ACMmax stand, then events of at most four calls.
func (o octets) script() (acm, acmMax int64, script []event) {
	acm, acmMax = int64(o.next()%8), int64(o.next()%64)
	if acmMax > 40 {
		acmMax = 0
	}
	at := time.Duration(o.next()-128) * 98_765_432
	for len(o) > 0 && len(script) < 60 {
		b := o.next()
		v := event{call: charge.CallID(b >> 6), kind: kindOf[b&15]}
		if len(script) == 0 {
			v.kind = evStart
		}
		at += o.span()
		v.at = at
		switch v.kind {
		case evStart:
			flags := o.next()
			v.incoming, v.emergency = flags&1 != 0, flags&6 == 6
		case evReceive:
			v.cai = o.cai()
		case evSegments:
			v.n = int64(o.next() % 20)
		case evMax:
			v.n = int64(o.next() % 48)
		}
		script = append(script, v)
	}
	// Four more moments show what the last events have led to.
	for _, after := range []time.Duration{1, 3 * time.Second, 5 * time.Second, 6 * time.Second} {
		at += after
		script = append(script, event{at: at})
	}
	return acm, acmMax, script
}

// kindOf makes some events more frequent than others.
var kindOf = [16]kind{evReceive, evReceive, evReceive, evReceive, evReceive, evStart, evStart, evStart, evChange, evSegments,
	evSegments, evLost, evBack, evEnd, evMax, evAdvance}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
