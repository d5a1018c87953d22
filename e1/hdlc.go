package e1

// A Deframer finds what HDLC carries in the octets of one channel: a timeslot, several as one, or a whole E1. It takes the
// octets in pieces of any size.
//
// (contract; to be implemented)
type Deframer struct{}

// NewDeframer gives a Deframer that has heard nothing. A unit of more than max octets, its check sequence included, is Long.
func NewDeframer(order BitOrder, max int) *Deframer { return &Deframer{} }

// Next takes octets from the front of b until a unit ends, and says how many it took. u.Kind is NoUnit when all of b was
// taken and none ended. Call it again with the rest of b, until that is empty.
func (d *Deframer) Next(b []byte, u *Unit) (n int) { u.Kind = NoUnit; return len(b) }

// Skip says that octets of the channel were lost here: the unit under way is given up, and nothing is given for it.
func (d *Deframer) Skip() {}

// A Unit is what stood between two flags, or why nothing good did.
type Unit struct {
	Kind UnitKind
	Data []byte // without the check sequence when Good, else all that was read; borrowed until the next call of Next
}

// UnitKind is how a unit ended.
type UnitKind uint8

// The kinds. Q.703 4.1.
const (
	NoUnit        UnitKind = iota // none has ended
	Good                          // its check sequence is right
	BadFCS                        // its check sequence is wrong
	Short                         // fewer octets than any unit and its check sequence
	Long                          // more octets than max
	Ragged                        // no whole number of octets
	Abort                         // seven ones or more: octet counting begins
	SixteenOctets                 // sixteen octets more went by in octet counting mode
)
