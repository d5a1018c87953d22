package hw

import (
	"c7mon/capture"
	"c7mon/wire"
)

// LineConfig says how octets of E1s and timeslots are to be read. It is a part of the configuration of every driver that
// gives octets, not signal units. The zero value finds out by itself what can be found out.
type LineConfig struct {
	Links    []string `yaml:"links"`     // timeslots with signalling links: "16", "1-31"; "1+2+3" is one link of 3 x 64 kbit/s; none: found by what they carry
	Sequence string   `yaml:"sequence"`  // sequence numbers of the links: auto, basic (7 bits) or extended (12 bits)
	BitOrder string   `yaml:"bit_order"` // msb (default) or lsb: which bit of an octet was first on the line
	CRC4     string   `yaml:"crc4"`      // auto (default), on or off
	Clock    string   `yaml:"clock"`     // machine (default): octets bear the time at which they came; stream: they are counted from start
	Start    string   `yaml:"start"`     // RFC 3339 time of the first octet where clock is stream; default: the moment the source was opened
}

// A Receiver turns the octets of E1s and timeslots, as a driver gets them, into frames: signal units, errored ones as
// Malformed, and events. Frames come in the order of time whatever order the octets of the lines came in. It is for one
// goroutine.
//
// (contract; to be implemented)
type Receiver struct{}

// NewReceiver gives a Receiver whose lines are added to lines. The error says which part of c is wrong.
func NewReceiver(lines *Lines, c LineConfig) (*Receiver, error) { return &Receiver{}, nil }

// E1 adds one direction of an E1 with the name of its line. Its links are lines of their own: name, a slash, the timeslot
// ("0/16"); with an empty name just the timeslot.
func (r *Receiver) E1(name string, dir wire.Direction) *Port { return &Port{} }

// Channel adds one direction of a channel of n timeslots that comes without the rest of its E1, n octets each 125 us.
func (r *Receiver) Channel(name string, dir wire.Direction, n int) *Port { return &Port{} }

// Next fills f with the next frame that is due; false says that none is, until more octets are fed. Its Data are valid until
// the next call of Next; Feed does not touch them.
func (r *Receiver) Next(f *capture.Frame) bool { return false }

// Flush says that nothing more comes for now: what was held back for the order of time is due. At the end of a source call
// it once more after the last octets.
func (r *Receiver) Flush() {}

// A Port is one direction of an E1 or channel.
type Port struct{}

// Feed takes octets, the last of which came at t (by the machine's clock; not asked where the clock is stream). Nothing of b
// is kept.
func (p *Port) Feed(t wire.Time, b []byte) {}

// Gap says that octets octets of this line were lost here, of which the stream's clock still counts each, and gives an
// EventGap.
func (p *Port) Gap(t wire.Time, octets int64) {}

// Event gives an event that the device tells of this line, at t; where the clock is stream, at the last octet fed.
func (p *Port) Event(t wire.Time, e capture.Event) {}
