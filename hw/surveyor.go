package hw

import (
	"fmt"

	"c7mon/capture"
	"c7mon/e1"
)

// A surveyor finds out what one direction of a timeslot carries, and makes a link of it when it is one.
type surveyor struct {
	name    string
	slots   [1]int // the timeslot
	survey1 *e1.Survey
	heard   []byte // since the survey began, so that a link is read from there
	at      uint64 // position of the line where it began
	begun   bool
	rest    uint64 // position of the line where the next survey begins
	told    e1.Content
	tellAll bool // nothing was told yet
	asked   int  // octets at which the survey was asked last
	link    bool
}

// How long a survey may take, how often it is asked, and how long a timeslot rests before the next one. In octets of the
// timeslot, 8,000 a second.
const (
	surveyOctets = 8000
	surveyAsk    = 500
	surveyRest   = 60 * 8000
)

func newSurveyor(name string, slot int) *surveyor {
	return &surveyor{name: name, slots: [1]int{slot}, tellAll: true}
}

// restart forgets what was heard: octets are missing.
func (s *surveyor) restart() { s.begun = false }

// survey takes whole frames that begin at position at of the line.
func (s *surveyor) survey(p *Port, b []byte, at uint64) {
	if at < s.rest {
		return
	}
	if !s.begun {
		s.begun, s.at, s.asked = true, at, 0
		s.survey1, s.heard = e1.NewSurvey(), s.heard[:0]
	}
	n := len(s.heard)
	s.heard = gather(s.heard, b, s.slots[:], p.width)
	if p.r.reading.orderOf(p) == e1.LSBFirst {
		s.survey1.Add(e1.Reverse(nil, s.heard[n:]))
	} else {
		s.survey1.Add(s.heard[n:])
	}
	if len(s.heard)-s.asked < surveyAsk {
		return
	}
	s.ask(p)
}

// ask asks what the timeslot carries, and tells it when that is sure or has taken long enough.
func (s *surveyor) ask(p *Port) {
	s.asked = len(s.heard)
	f := s.survey1.Finding()
	if !f.Sure && len(s.heard) < surveyOctets {
		return
	}
	s.found(p, f)
}

// settle makes a link of a timeslot whose octets show signal units, sure or not, when no more may come.
func (s *surveyor) settle(p *Port) {
	if !s.begun {
		return
	}
	if f := s.survey1.Finding(); f.Content == e1.MTP2 || f.Content == e1.MTP2Annex {
		s.found(p, f)
	}
}

// found tells what was found when it is news, and opens the link.
func (s *surveyor) found(p *Port, f e1.Finding) {
	end := s.at + uint64(len(s.heard)*p.width)
	if s.tellAll || f.Content != s.told {
		s.tellAll, s.told = false, f.Content
		text := fmt.Sprint(f.Content)
		if f.Evidence != "" {
			text = fmt.Sprintf("%s: %s", text, f.Evidence)
		}
		p.event(p.r.lines.Add(s.name), capture.Event{Kind: capture.EventFound, Text: text}, p.clock.at(end))
	}
	s.begun, s.rest = false, end+surveyRest*uint64(p.width)
	var seq sequence
	switch f.Content {
	case e1.MTP2:
		seq = sequenceBasic
	case e1.MTP2Annex:
		seq = sequenceExtended
	default:
		return
	}
	if p.r.reading.sequence != sequenceAuto {
		seq = p.r.reading.sequence
	}
	c := p.addChannel(s.name, s.slots[:], seq)
	c.feed(p, s.heard, s.at)
	s.link, s.heard, s.survey1 = true, nil, nil
}
