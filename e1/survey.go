package e1

import "fmt"

// Survey finds out what one direction of one timeslot carries, by evidence that it can show. It takes the octets of the
// timeslot, most significant bit first.
type Survey struct {
	octets int
	units  unitEvidence
	cas    casEvidence
	sound  soundEvidence
}

// NewSurvey gives a Survey that has heard nothing.
func NewSurvey() *Survey { return &Survey{units: newUnitEvidence()} }

// Add takes more octets.
func (s *Survey) Add(b []byte) {
	s.units.add(b)
	s.cas.add(b)
	s.sound.add(b)
	s.octets += len(b)
}

// Octets is how many it has taken.
func (s *Survey) Octets() int { return s.octets }

// How many octets the evidence of a content needs at least, and how many make it sure. 8,000 are a second.
const (
	leastOctets = 250
	sureOctets  = 2000
	wholeSurvey = 8000
)

// Finding says what the timeslot carries as far as it can be told now. Sure is set when more octets would hardly change it.
// What only one content can do comes first: check sequences are good by chance once in 65,536 times, and a multiframe has
// fifteen chances to show that it is none. Flags behind flags may be the crests of a voice where there are few.
func (s *Survey) Finding() Finding {
	if f := s.units.finding(s.octets); f.Content != Unknown {
		return f
	}
	if s.octets < leastOctets {
		return Finding{Evidence: fmt.Sprintf("%d octets", s.octets)}
	}
	if f := s.cas.finding(); f.Content != Unknown {
		return f
	}
	if f := s.units.flagged(s.octets, fullOfFlags); f.Content != Unknown {
		return f
	}
	if f := s.sound.finding(s.octets); f.Content != Unknown {
		return f
	}
	if f := s.units.flagged(s.octets, someFlags); f.Content != Unknown {
		return f
	}
	return Finding{Sure: s.octets >= wholeSurvey,
		Evidence: fmt.Sprintf("%s in %s; %s", s.units.counts(), seconds(s.octets), s.sound.counts(s.octets))}
}

// seconds gives the time that so many octets of a timeslot take.
func seconds(octets int) string { return fmt.Sprintf("%.2f s", float64(octets)/FrameRate) }

// A Finding is what a timeslot carries, and the evidence.
type Finding struct {
	Content  Content
	Sure     bool
	Evidence string // "41 good signal units, 12 errored, in 0.25 s: 40 FISU of 3 octets, 0 LSSU, 1 MSU"
}

// Content is what a timeslot carries.
type Content uint8

// The contents.
const (
	Unknown   Content = iota // not enough heard, or none of the below
	MTP2                     // signal units with sequence numbers of 7 bits, Q.703
	MTP2Annex                // signal units with sequence numbers of 12 bits, Q.703 Annex A
	LAPD                     // frames of Q.921
	HDLC                     // flags and frames, of neither
	CAS                      // the multiframe of channel associated signalling, G.704 5.1.3.2
	Idle                     // one octet again and again
	Speech                   // octets as A-law speech has them
	contents
)

var contentNames = [contents]string{"unknown", "MTP2", "MTP2 with 12-bit sequence numbers", "LAPD", "HDLC", "CAS", "idle", "speech"}

// String gives the content in words: "MTP2", "idle".
func (c Content) String() string {
	if c < contents {
		return contentNames[c]
	}
	return fmt.Sprintf("content %d", uint8(c))
}
