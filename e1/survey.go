package e1

// A Survey finds out what one direction of one timeslot carries, by evidence that it can show. It takes the octets of the
// timeslot, most significant bit first.
//
// (contract; to be implemented)
type Survey struct{}

// NewSurvey gives a Survey that has heard nothing.
func NewSurvey() *Survey { return &Survey{} }

// Add takes more octets.
func (s *Survey) Add(b []byte) {}

// Octets is how many it has taken.
func (s *Survey) Octets() int { return 0 }

// Finding says what the timeslot carries as far as it can be told now. Sure is set when more octets would hardly change it.
func (s *Survey) Finding() Finding { return Finding{} }

// A Finding is what a timeslot carries, and the evidence.
type Finding struct {
	Content  Content
	Sure     bool
	Evidence string // "41 signal units of 3 octets with good check sequences in 0.25 s, 12 with wrong ones"
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
