// Package sigtran takes IP packets and gives the MSUs that SCTP associations carry in M3UA, M2UA and M2PA: it puts IP
// and SCTP fragments together, tells repeats and losses by transmission sequence number, and walks each message once,
// without copying it.
package sigtran

import (
	"c7mon/mtp"
	"c7mon/wire"
)

// Options of a Decoder. The zero value reads ITU labels and numbers its links from 0.
type Options struct {
	// Variant is that of the labels in M2UA and M2PA; MSUs of M3UA, which carry no label, are marked with it.
	Variant mtp.Variant
	// Variants gives them for the association called name, where they differ by association or network indicator; it is
	// asked once for each name. Nil: Variant for all.
	Variants func(name string) Variants
	// NewLink gives the number of the association called name; it is asked once for each name. Nil numbers them from 0.
	NewLink func(name string) mtp.Link
	// Associations is how many are followed at once, each way counted as half of one. The one not heard for longest is
	// forgotten for a new one. 0 is 2,048.
	Associations int
}

// Variants are the variants of the networks that an association carries, by network indicator.
type Variants [4]mtp.Variant

// of gives the variant of an MSU that begins with the service information octet.
func (v *Variants) of(b []byte) mtp.Variant {
	if len(b) == 0 {
		return v[0]
	}
	return v[b[0]>>6]
}

// Verdict says what a packet was, for the counter of frames: each packet has exactly one.
type Verdict uint8

// The verdicts. A packet that is several things gets the first of MSU, Duplicate, Fragment, Management, Other,
// SCTPControl that applies; Malformed only when it is nothing else.
const (
	Malformed   Verdict = iota // nothing in it could be read
	MSU                        // at least one message signal unit heard for the first time
	Duplicate                  // its user data were all heard before
	Fragment                   // a part of an IP packet or of a user message whose rest is awaited
	Management                 // M3UA, M2UA, M2PA or SUA messages that carry no MSU
	Other                      // no SCTP, or SCTP for a user that is not followed
	SCTPControl                // control chunks only
	verdicts
)

var verdictNames = [verdicts]string{"malformed", "msu", "duplicate", "fragment", "management", "other", "sctp_control"}

// String gives the name of the verdict, as counters use it.
func (v Verdict) String() string {
	if v < verdicts {
		return verdictNames[v]
	}
	return "unknown"
}

// Fate tells whether a message was heard for the first time.
type Fate uint8

// The fates.
const (
	First  Fate = iota
	Repeat      // its TSN was heard before on the same association and direction
)

// An Item is one message signal unit of a packet. With Err the message was broken, and MSU holds what was read before.
type Item struct {
	MSU  mtp.MSU
	Fate Fate
	Err  error
}

// A Message is a user message that carries no MSU: management of M3UA, M2UA, M2PA or SUA.
type Message struct {
	Link      mtp.Link
	Direction wire.Direction
	Protocol  Protocol
	Fate      Fate
	Data      []byte // from the common header on
}

// A Decoder follows the associations of one stream of IP packets. It is for one goroutine. Its memory is bounded
// whatever comes in: the associations by Options.Associations, waiting SCTP fragments by 2 MiB, waiting IP fragments by
// 64 packets, names of associations by 16,384 (all further ones share one link).
type Decoder struct {
	// Items, Messages and Missed are what the last Packet or M3UA gave. They and the octets they alias (those of the packet or
	// buffers of the Decoder) are valid until the next call of Packet, M3UA or Tick.
	Items    []Item
	Messages []Message
	Missed   []Gap

	counts Counts
	time   wire.Time // of the packet at hand
	timer  wire.Time // earliest deadline of a gap or a waiting fragment, or never

	fragments fragments
	table     table
	store     pieceStore
	joined    []byte // user messages put together in this packet
	alone     alone  // of M3UA
}

// Counts are the sub-counters of a Decoder, since New.
type Counts struct {
	Packets [verdicts]uint64 // by Verdict; a message that came without SCTP is one

	// Each DATA and I-DATA chunk is in exactly one of Whole, Pieces, RepeatedPieces, Spoiled and ForeignChunks.
	Data           uint64 // DATA and I-DATA chunks
	Whole          uint64 // that held a whole user message
	Pieces         uint64 // that held a part of one, kept
	RepeatedPieces uint64 // that held a part heard before
	Spoiled        uint64 // that were cut, or held nothing
	ForeignChunks  uint64 // of users that are not followed

	// Each user message (Whole + Joined + Alone) is in exactly one of MSUs, Repeats, Broken, Management and Foreign.
	Joined     uint64 // user messages put together from pieces
	Alone      uint64 // user messages that came without SCTP
	MSUs       uint64 // items without error, heard for the first time
	Repeats    uint64 // user messages heard before
	Broken     uint64 // items with an error
	Management uint64 // management messages
	Foreign    uint64 // messages of users that are not followed

	DroppedPieces uint64 // pieces whose message never became whole
	DroppedIP     uint64 // sets of IP fragments that never became whole
	BadChunks     uint64 // packets whose walk stopped at a broken chunk
	Evicted       uint64 // directions of associations forgotten to make room
	Restarts      uint64 // new starts of the TSN of a direction
}

// never is a deadline that no frame reaches.
const never = wire.Time(1<<63 - 1)

// New gives a Decoder that has heard nothing.
func New(opt Options) *Decoder {
	d := &Decoder{timer: never}
	d.table.init(opt)
	return d
}

// Packet reads one IP packet heard at t and fills Items, Messages and Missed. The error says what stopped the reading;
// what came before it stands. b may have octets of a link-layer padding behind the packet.
func (d *Decoder) Packet(t wire.Time, b []byte) (Verdict, error) {
	d.Items, d.Messages, d.Missed = d.Items[:0], d.Messages[:0], d.Missed[:0]
	d.joined, d.time = d.joined[:0], t
	if t >= d.timer {
		d.expire(t)
	}
	v, err := d.ip(b)
	d.counts.Packets[v]++
	return v, err
}

// Tick tells the time when no packet comes: gaps that are due are given in Missed, waiting fragments are dropped.
func (d *Decoder) Tick(t wire.Time) {
	d.Items, d.Messages, d.Missed = d.Items[:0], d.Messages[:0], d.Missed[:0]
	if t >= d.timer {
		d.expire(t)
	}
}

// Flush ends the stream: all gaps still open are given in Missed, all waiting fragments are dropped.
func (d *Decoder) Flush() {
	d.Tick(never)
	d.counts.DroppedIP += uint64(d.fragments.clear())
}

// Counts gives the sub-counters.
func (d *Decoder) Counts() Counts { return d.counts }
